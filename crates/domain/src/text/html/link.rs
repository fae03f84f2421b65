//! Links: where they may lead, and whether their text says so.
use super::entity;
use crate::host::Host;

/// Every link says that we do not vouch for it.
pub(super) const REL: &str = "nofollow noopener noreferrer ugc";
/// The same for a hashtag.
pub(super) const REL_TAG: &str = "tag nofollow noopener noreferrer ugc";
/// The longest address of a link, in bytes.
const HREF: usize = 4_096;

/// The link being written: where it leads, and what is seen of it.
pub(super) struct Link {
    pub(super) host: String,
    pub(super) seen: String,
    /// How deep we were when the text became invisible.
    pub(super) hidden_at: Option<usize>,
}

impl Link {
    /// Whether the visible text names another host than the one it leads to.
    pub(super) fn misleads(&self) -> bool {
        let seen = entity::decode(&self.seen);
        let seen = seen.trim();
        if seen.strip_suffix(']').is_some_and(|seen| seen.ends_with(&format!("[{}", self.host))) {
            return false;
        }
        let bare = |host: &str| host.trim_start_matches("www.").trim_end_matches('.').to_owned();
        seen.split_whitespace().any(|word| match names_host(word) {
            Some(shown) => bare(shown.name()) != bare(&self.host),
            // An address nobody can read is there to be misread.
            None => word.contains("://") && !word.ends_with("://"),
        })
    }
}

/// The address a link may have, and the host it leads to.
pub(super) fn target(raw: &str) -> Option<(String, String)> {
    if raw.len() > HREF {
        return None;
    }
    let href: String = entity::decode(raw).trim().chars().filter(|c| !c.is_control()).collect();
    let lower = href.get(..8).unwrap_or(&href).to_ascii_lowercase();
    if !["http://", "https://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme)) {
        return None;
    }
    let url = url::Url::parse(&href).ok()?;
    let host = match url.host_str() {
        Some(host) => host,
        None => url.path().rsplit('@').next().unwrap_or_default(),
    };
    Some((href, host.to_owned()))
}

/// The host a reader takes a word for.
fn names_host(word: &str) -> Option<Host> {
    let (rest, is_address) = match word.split_once("://") {
        Some((_, rest)) => (rest, true),
        None if word.starts_with(['@', '#', '!']) => return None,
        None => (word, word.contains('/') || word.get(..4).is_some_and(|www| www.eq_ignore_ascii_case("www."))),
    };
    // What is before an `@` in an address is not its host, however much it looks like one.
    let authority =
        rest.split(['/', '?', '#', '\\']).next()?.rsplit('@').next()?.trim_end_matches(['…', '.', ':', ',']);
    let ending = authority.rsplit('.').next()?.to_ascii_lowercase();
    // `main.rs` and `README.md` look like hosts too; only well-known endings count without anything around them.
    let famous = matches!(ending.as_str(), "com" | "org" | "net" | "edu" | "gov" | "info");
    Host::parse(authority).filter(|_| authority.contains('.') && (is_address || famous))
}
