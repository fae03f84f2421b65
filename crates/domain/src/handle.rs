//! Handles: `@name` here, `@name@host` everywhere.
use std::fmt;
use std::str::FromStr;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::host::Host;

/// The name of a person or group, with the host it belongs to when that is not ours.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle {
    /// The part before the host: lower case for local names, as written for remote ones.
    pub name: String,
    /// The host; none for a name without one.
    pub host: Option<Host>,
}

/// A text that is no handle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a handle: `{0}`")]
pub struct NoHandle(pub String);

/// The longest local name.
pub const LOCAL_MAX: usize = 30;
/// The longest remote name, in characters.
pub const REMOTE_MAX: usize = 255;

/// Names that would pass for the server itself or for its staff.
const RESERVED: &[&str] = &[
    "abuse",
    "account",
    "accounts",
    "activities",
    "activity",
    "actor",
    "admin",
    "administrator",
    "api",
    "assets",
    "auth",
    "authorize",
    "everyone",
    "healthz",
    "help",
    "hostmaster",
    "inbox",
    "info",
    "instance",
    "internal",
    "localhost",
    "login",
    "logout",
    "mail",
    "mailer_daemon",
    "media",
    "metrics",
    "moderator",
    "no_reply",
    "nobody",
    "nodeinfo",
    "noreply",
    "null",
    "oauth",
    "official",
    "outbox",
    "owner",
    "password",
    "postmaster",
    "privacy",
    "proxy",
    "readyz",
    "register",
    "relay",
    "root",
    "search",
    "security",
    "server",
    "settings",
    "signup",
    "staff",
    "static",
    "stream",
    "streaming",
    "support",
    "system",
    "tertulia",
    "undefined",
    "webfinger",
    "webmaster",
    "well_known",
    "www",
];

impl Handle {
    /// Reads `name`, `@name`, `name@host`, `@name@host`, `!name@host` and `acct:name@host`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = strip_scheme(text).unwrap_or(text);
        let text = text.strip_prefix(['@', '!']).unwrap_or(text);
        match text.split_once('@') {
            None => local_name(text).map(|name| Self { name, host: None }),
            Some((name, host)) => {
                let host = Host::parse(host)?;
                is_remote_name(name).then(|| Self { name: name.to_owned(), host: Some(host) })
            }
        }
    }

    /// `name@host`, or `name` alone.
    pub fn acct(&self) -> String {
        match &self.host {
            Some(host) => format!("{}@{host}", self.name),
            None => self.name.clone(),
        }
    }

    /// The same handle as one of this server's own, if `ours` is its host and the name is one we can give.
    #[must_use]
    pub fn localized(self, ours: &Host) -> Self {
        match local_name(&self.name) {
            Some(name) if self.host.as_ref() == Some(ours) => Self { name, host: None },
            _ => self,
        }
    }

    /// What two spellings of one handle share: everything in lower case.
    pub fn folded(&self) -> String {
        self.acct().to_lowercase()
    }
}

/// The local form of a name, lower case, if it fits the local grammar `[a-z0-9_]{1,30}`.
pub fn local_name(text: &str) -> Option<String> {
    let fits = (1..=LOCAL_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    fits.then(|| text.to_ascii_lowercase())
}

/// A local name made of a title: its letters without accents, and one underscore for whatever stands between them; nothing,
/// if nothing of it is left.
pub fn proposed(title: &str) -> Option<String> {
    let plain: String = title.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    let words = plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name: String = words.collect::<Vec<_>>().join("_").chars().take(LOCAL_MAX).collect();
    local_name(name.trim_end_matches('_'))
}

/// Whether a name from elsewhere can be kept and shown: short, and without signs that hide or turn text.
pub fn is_remote_name(text: &str) -> bool {
    !text.is_empty()
        && text.chars().count() <= REMOTE_MAX
        && !text.chars().any(|c| {
            c.is_control()
                || c.is_whitespace()
                || matches!(c, '@' | '/' | '\\' | '?' | '#' | '<' | '>' | '"' | '&')
                || crate::text::plain::is_direction(c)
                || crate::text::plain::is_invisible(c)
        })
}

/// Whether nobody may register this name, also in a spelling that looks like a reserved one (`adm1n`, `r00t`).
pub fn is_reserved(name: &str) -> bool {
    let shape = skeleton(name);
    shape.is_empty() || RESERVED.iter().any(|reserved| skeleton(reserved) == shape)
}

/// What a local name looks like at a glance; two names with one skeleton are easily taken for one another.
pub fn skeleton(name: &str) -> String {
    let flat: String = name
        .chars()
        .filter(|c| *c != '_')
        .map(|c| match c.to_ascii_lowercase() {
            '0' => 'o',
            '1' | 'i' => 'l',
            '3' => 'e',
            '4' => 'a',
            '5' => 's',
            other => other,
        })
        .collect();
    flat.replace("rn", "m").replace("vv", "w")
}

fn strip_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once(':')?;
    scheme.eq_ignore_ascii_case("acct").then_some(rest)
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Some(host) => write!(f, "@{}@{host}", self.name),
            None => write!(f, "@{}", self.name),
        }
    }
}

impl FromStr for Handle {
    type Err = NoHandle;
    fn from_str(text: &str) -> Result<Self, NoHandle> {
        Self::parse(text).ok_or_else(|| NoHandle(text.chars().take(80).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_spelling_reads_the_same() {
        for text in ["ana@Beta.test", "@ana@beta.test", "!ana@beta.test.", "acct:ana@beta.test", "ACCT:@ana@beta.test "]
        {
            assert_eq!(Handle::parse(text).unwrap().to_string(), "@ana@beta.test", "{text}");
        }
        assert_eq!(Handle::parse("@Ana_1").unwrap(), Handle { name: "ana_1".into(), host: None });
        assert_eq!(Handle::parse("@a@127.0.0.2:8081").unwrap().acct(), "a@127.0.0.2:8081");
        assert_eq!(Handle::parse("José.X@beta.test").unwrap().folded(), "josé.x@beta.test");
    }

    #[test]
    fn a_title_makes_a_name() {
        for (title, name) in [
            ("Huerto urbano", Some("huerto_urbano")),
            ("¡Café, té & más!", Some("cafe_te_mas")),
            ("Año_1", Some("ano_1")),
            ("日本", None),
            ("", None),
        ] {
            assert_eq!(proposed(title).as_deref(), name, "{title}");
        }
        assert_eq!(proposed(&"ab ".repeat(20)).unwrap(), "ab_ab_ab_ab_ab_ab_ab_ab_ab_ab");
    }

    #[test]
    fn what_is_no_handle() {
        let long_local = "a".repeat(31);
        let long_remote = format!("{}@beta.test", "a".repeat(256));
        for text in [
            "",
            "@",
            "@@beta.test",
            "ana@",
            "a@b@c",
            "ana maria",
            "añ",
            "a.b",
            "an\u{202e}a@beta.test",
            "a b@beta.test",
            "a\u{200b}b@beta.test",
            "a\n@beta.test",
            "a/b@beta.test",
            "ana@beta.test/x",
            &long_local,
            &long_remote,
        ] {
            assert_eq!(Handle::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn our_own_host_makes_a_handle_local() {
        let ours = Host::parse("alpha.test").unwrap();
        assert_eq!(Handle::parse("@Ana@ALPHA.test").unwrap().localized(&ours), Handle::parse("ana").unwrap());
        assert!(Handle::parse("@ana@beta.test").unwrap().localized(&ours).host.is_some());
    }

    #[test]
    fn reserved_names_and_their_doubles() {
        for name in ["admin", "ADMIN", "adm1n", "_r00t_", "inb0x", "____", "rnoderator"] {
            assert!(is_reserved(name), "{name}");
        }
        for name in ["alice", "rocks", "adminton", "rust", "noticias"] {
            assert!(!is_reserved(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(text in "[@!]?[a-zA-Z0-9_.ñ]{1,8}(@[a-z0-9.:]{1,12})?") {
            if let Some(handle) = Handle::parse(&text) {
                prop_assert_eq!(Handle::parse(&handle.to_string()), Some(handle));
            }
        }

        #[test]
        fn what_is_read_can_be_shown(text in "(@|!|acct:)?(\\PC|[a-z_.:\u{202e}\u{200b} ]){0,12}(@(a\\.test|\\PC{0,6})(:80)?)?") {
            if let Some(handle) = Handle::parse(&text) {
                prop_assert!(is_remote_name(&handle.name));
                prop_assert_eq!(Handle::parse(&handle.to_string()), Some(handle.clone()));
                prop_assert!(handle.host.is_some() || local_name(&handle.name).is_some_and(|name| name == handle.name));
                let _ = (is_reserved(&handle.name), skeleton(&handle.name), handle.folded());
            }
        }
    }
}
