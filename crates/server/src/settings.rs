//! The settings: what they are called, what they mean, and how they are read from a file and the environment.
use std::{
    ffi::OsString,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use app::identities::Provider;
pub use domain::registration::Registration;
use domain::{host::Host, rule::Openness};
use ipnet::IpNet;
use url::Url;

mod given;
mod ldap;
mod oidc;
mod provider;
mod saml;
mod sources;
mod values;

pub use given::Given;
use given::secret;
use sources::{File, Sources};
pub use values::{AwsVariables, DatabaseUrl, LogFormat, MediaUrl, Smtp};

/// How a setting may be written and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One text.
    Text,
    /// One text that may hold a password: messages never repeat it.
    Secret,
    /// Several texts: comma-separated, or an array in the file.
    List,
    /// Yes or no: a text in the environment, a boolean or a text in the file.
    Flag,
}

/// One line of the table of settings.
#[derive(Debug)]
pub struct Setting {
    /// Its name in the file.
    pub key: &'static str,
    /// Its name in the environment, which wins over the file.
    pub env: &'static str,
    /// Its value when nobody gives one; `<data>` stands for the folder of that setting, empty for none.
    pub default: &'static str,
    /// What it decides.
    pub meaning: &'static str,
    /// What its values look like, completing "must be".
    pub expected: &'static str,
    /// How it may be written and shown.
    pub kind: Kind,
}

const URL: Setting = Setting {
    key: "url",
    env: "TERTULIA_URL",
    default: "http://localhost:8080",
    meaning: "The public base URL. Its host (and port) is the domain of every handle: never change it once others know it. \
              With http the server is in development mode and federates over plain http.",
    expected: "an http or https URL with a host and nothing behind it, such as `https://example.org`",
    kind: Kind::Text,
};
const LISTEN: Setting = Setting {
    key: "listen",
    env: "TERTULIA_LISTEN",
    default: "127.0.0.1:8080",
    meaning: "The address and port to bind.",
    expected: "an address and a port, such as `127.0.0.1:8080` or `[::]:8080`",
    kind: Kind::Text,
};
const DATA: Setting = Setting {
    key: "data",
    env: "TERTULIA_DATA",
    default: "./data",
    meaning: "The folder for the embedded database, media and keys.",
    expected: "a folder",
    kind: Kind::Text,
};
const DATABASE: Setting = Setting {
    key: "database",
    env: "TERTULIA_DATABASE",
    default: "sqlite:<data>/tertulia.db",
    meaning: "The database: a file, or a PostgreSQL server.",
    expected: "`sqlite:PATH` or `postgres://USER:PASSWORD@HOST/NAME`",
    kind: Kind::Secret,
};
const MEDIA: Setting = Setting {
    key: "media",
    env: "TERTULIA_MEDIA",
    default: "file:<data>/media",
    meaning: "Where media are kept: a folder, or an S3 bucket with endpoint, region and credentials in the usual AWS_* \
              variables.",
    expected: "`file:PATH` or `s3://BUCKET/PREFIX`",
    kind: Kind::Text,
};
const MEDIA_URL: Setting = Setting {
    key: "media_url",
    env: "TERTULIA_MEDIA_URL",
    default: "",
    meaning: "The base URL of media, if they are to have a host of their own: it must lead to this server, such as a cache \
              in front of it. With none, they are on the host of everything else.",
    expected: "an http or https URL with a host and nothing behind it, or empty for none",
    kind: Kind::Text,
};
const MEDIA_LIMIT: Setting = Setting {
    key: "media_limit",
    env: "TERTULIA_MEDIA_LIMIT",
    default: "99",
    meaning: "How large a film or a sound may be, in megabytes. Pictures may have 16, or this if it is less.",
    expected: "a number of megabytes, from 1 to 4096",
    kind: Kind::Text,
};
const MEDIA_CACHE: Setting = Setting {
    key: "media_cache",
    env: "TERTULIA_MEDIA_CACHE",
    default: "10240",
    meaning: "How much is kept of the media of other servers, in megabytes. What nobody wanted for longest goes first, and \
              after two weeks in any case.",
    expected: "a number of megabytes, from 0 to 1048576",
    kind: Kind::Text,
};
const REGISTRATION: Setting = Setting {
    key: "registration",
    env: "TERTULIA_REGISTRATION",
    default: "approval",
    meaning: "Who may sign up: anyone (open), anyone whom an admin approves (approval), the invited (invite), nobody \
              (closed). Once an admin chose on the page for people, that holds.",
    expected: "`open`, `approval`, `invite` or `closed`",
    kind: Kind::Text,
};
const LANGUAGES: Setting = Setting {
    key: "languages",
    env: "TERTULIA_LANGUAGES",
    default: "en, es",
    meaning: "The languages of pages and mails. The first is for visitors whose browser asks for none of them. Of several, \
              everybody chooses; one alone is everybody's.",
    expected: "`en`, `es`, or both with a comma between",
    kind: Kind::List,
};
const REGISTRATION_DOMAINS: Setting = Setting {
    key: "registration_domains",
    env: "TERTULIA_REGISTRATION_DOMAINS",
    default: "",
    meaning: "The domains of the e-mail addresses that may sign up, subdomains included. With none, those of any domain may, \
              except the ones that admins keep out on the page for that. Whoever is in may change theirs to another one.",
    expected: "domains, such as `example.org, example.com`",
    kind: Kind::List,
};
const FEDERATION: Setting = Setting {
    key: "federation",
    env: "TERTULIA_FEDERATION",
    default: "open",
    meaning: "Which servers this one deals with: all but those that are blocked (open), or only those that are allowed \
              (allowlist). See `tertulia peer --help`.",
    expected: "`open` or `allowlist`",
    kind: Kind::Text,
};
const SECURE_MODE: Setting = Setting {
    key: "secure_mode",
    env: "TERTULIA_SECURE_MODE",
    default: "false",
    meaning: "Whether other servers must sign their requests for documents (Mastodon calls this authorized fetch), so that \
              those that are blocked cannot read what is public. Servers that do not sign see no more than keys.",
    expected: "`true` or `false`",
    kind: Kind::Flag,
};
const INBOX_LIMIT: Setting = Setting {
    key: "inbox_limit",
    env: "TERTULIA_INBOX_LIMIT",
    default: "500",
    meaning: "How many activities per second one other server may send on average; after a calm, what it may send in 100 \
              seconds is taken at once. What nobody proves by a signature counts for the address it comes from: a tenth as \
              much. What is more is answered 429, and comes again later. 0 is no limit.",
    expected: "a number per second, from 0 to 100000",
    kind: Kind::Text,
};
const READ_LIMIT: Setting = Setting {
    key: "read_limit",
    env: "TERTULIA_READ_LIMIT",
    default: "1000",
    meaning: "How many documents per second other software may read on average from one address, or one server if it signs; \
              after a calm, what it may read in 100 seconds is answered at once. 0 is no limit.",
    expected: "a number per second, from 0 to 100000",
    kind: Kind::Text,
};
const CLIENT_LIMIT: Setting = Setting {
    key: "client_limit",
    env: "TERTULIA_CLIENT_LIMIT",
    default: "300",
    meaning: "How many requests one app may make for one person in five minutes, or one address without a login; all apps of \
              a person together five times as many. Apps know what is left from the headers X-RateLimit-*; what is more is \
              answered 429. 0 is no limit, and none on uploads, deletions, posts and follows either.",
    expected: "a number per five minutes, from 0 to 100000",
    kind: Kind::Text,
};
const SMTP: Setting = Setting {
    key: "smtp",
    env: "TERTULIA_SMTP",
    default: "",
    meaning: "The mail server. With none, e-mail addresses are taken as confirmed and mail is logged.",
    expected: "`smtp://USER:PASSWORD@HOST:PORT`, the same with `smtps`, or empty for none (`%40` stands for an @ in a name)",
    kind: Kind::Secret,
};
const MAIL_FROM: Setting = Setting {
    key: "mail_from",
    env: "TERTULIA_MAIL_FROM",
    default: "",
    meaning: "The address that mail comes from. With none, it is `no-reply` at the host of `url`.",
    expected: "an e-mail address, or empty for none",
    kind: Kind::Text,
};
const ALLOW_PRIVATE_NETWORKS: Setting = Setting {
    key: "allow_private_networks",
    env: "TERTULIA_ALLOW_PRIVATE_NETWORKS",
    default: "",
    meaning: "Address ranges that federation and other outgoing requests may reach although they are not public (tests, \
              intranets).",
    expected: "address ranges, such as `10.0.0.0/8, fd00::/8`",
    kind: Kind::List,
};
const TRUSTED_PROXIES: Setting = Setting {
    key: "trusted_proxies",
    env: "TERTULIA_TRUSTED_PROXIES",
    default: "127.0.0.0/8, ::1/128",
    meaning: "Address ranges of the proxies whose X-Forwarded-For is believed.",
    expected: "address ranges, such as `127.0.0.0/8, 172.16.0.0/12`",
    kind: Kind::List,
};
const SOURCE_URL: Setting = Setting {
    key: "source_url",
    env: "TERTULIA_SOURCE_URL",
    default: "",
    meaning: "Where the source of this program is, as it runs here: pages, applications and NodeInfo lead to it. Whoever \
              changes the program owes that to all who use it (AGPL-3.0, section 13).",
    expected: "an http or https URL, or empty for none",
    kind: Kind::Text,
};
const LOG: Setting = Setting {
    key: "log",
    env: "TERTULIA_LOG",
    default: "info",
    meaning: "What is logged to stderr.",
    expected: "`off`, `error`, `warn`, `info`, `debug` or `trace`, also by part, such as `info,federation=debug`",
    kind: Kind::Text,
};
const LOG_FORMAT: Setting = Setting {
    key: "log_format",
    env: "TERTULIA_LOG_FORMAT",
    default: "text",
    meaning: "How log lines look: for people (text) or for machines (json).",
    expected: "`text` or `json`",
    kind: Kind::Text,
};

/// Every setting there is, in the order they are explained.
pub const SETTINGS: &[Setting] = &[
    URL,
    LISTEN,
    DATA,
    DATABASE,
    MEDIA,
    MEDIA_URL,
    MEDIA_LIMIT,
    MEDIA_CACHE,
    LANGUAGES,
    REGISTRATION,
    REGISTRATION_DOMAINS,
    oidc::ISSUER,
    oidc::CLIENT_ID,
    oidc::CLIENT_SECRET,
    oidc::NAME,
    oidc::SIGN_UP,
    oidc::ONLY,
    ldap::URL,
    ldap::BASE,
    ldap::BIND_DN,
    ldap::BIND_PASSWORD,
    ldap::FILTER,
    ldap::SUBJECT,
    ldap::HANDLE,
    ldap::NAME,
    ldap::SIGN_UP,
    ldap::ONLY,
    saml::ENTITY,
    saml::METADATA,
    saml::NAME,
    saml::SUBJECT,
    saml::MAIL,
    saml::SIGN_UP,
    saml::ONLY,
    FEDERATION,
    SECURE_MODE,
    INBOX_LIMIT,
    READ_LIMIT,
    CLIENT_LIMIT,
    SMTP,
    MAIL_FROM,
    ALLOW_PRIVATE_NETWORKS,
    TRUSTED_PROXIES,
    SOURCE_URL,
    LOG,
    LOG_FORMAT,
];

/// What the operator decided. Its `Debug` shows no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The public base URL: http(s), a host, no path.
    pub url: Url,
    /// The address to bind.
    pub listen: SocketAddr,
    /// The folder for database, media and keys.
    pub data: PathBuf,
    /// The database.
    pub database: DatabaseUrl,
    /// The media store.
    pub media: MediaUrl,
    /// The base URL of media, if they have a host of their own.
    pub media_url: Option<Url>,
    /// How large a film or a sound may be, in megabytes.
    pub media_limit: u64,
    /// How much is kept of the media of other servers, in megabytes.
    pub media_cache: u64,
    /// The languages of pages and mails, the usual one first.
    pub languages: Vec<&'static str>,
    /// Who may sign up.
    pub registration: Registration,
    /// The hosts of the mail addresses that may sign up; none for any.
    pub registration_domains: Vec<Host>,
    /// The provider that says who the people of an organization are.
    pub provider: Option<Provider>,
    /// Whom we deal with when nothing is said about them.
    pub federation: Openness,
    /// Whether other servers must sign their requests for documents.
    pub secure_mode: bool,
    /// How many activities per second one other server may send; 0 for any number.
    pub inbox_limit: u32,
    /// How many documents per second one other server may read; 0 for any number.
    pub read_limit: u32,
    /// How many requests one client may make in five minutes; 0 for any number.
    pub client_limit: u32,
    /// The mail server.
    pub smtp: Option<Smtp>,
    /// The address that mail comes from.
    pub mail_from: Option<String>,
    /// Ranges outgoing requests may reach although they are not public.
    pub allow_private_networks: Vec<IpNet>,
    /// Ranges of proxies whose forwarding headers count.
    pub trusted_proxies: Vec<IpNet>,
    /// Where the source of this program is, as it runs here.
    pub source_url: Option<String>,
    /// The tracing filter.
    pub log: String,
    /// How log lines look.
    pub log_format: LogFormat,
    /// Who said so.
    pub given: Given,
}

/// Why there are no settings; its text is one line and shows no secret.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("{path}: cannot read the configuration: {reason}")]
    File {
        /// Its path.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// The file is no TOML.
    #[error("{path}:{line}: {reason}")]
    Syntax {
        /// Its path.
        path: String,
        /// The line at fault.
        line: usize,
        /// What the parser says.
        reason: String,
    },
    /// A name that is no setting's.
    #[error("{place}: unknown setting `{name}`; did you mean `{nearest}`?")]
    Unknown {
        /// The file, or the environment.
        place: String,
        /// The name.
        name: String,
        /// The setting whose name looks most like it.
        nearest: &'static str,
    },
    /// A value that its setting cannot have.
    #[error("{place} must be {expected}{shown}")]
    Wrong {
        /// The file or the environment, and the setting.
        place: String,
        /// What values look like.
        expected: &'static str,
        /// The value, as far as it may be shown.
        shown: String,
    },
    /// Providers of two kinds, of which one is too many.
    #[error("the settings `{one}` and `{other}` name two providers, and people sign in by one alone: leave one empty")]
    Both {
        /// The setting that names one.
        one: &'static str,
        /// The setting that names the other.
        other: &'static str,
    },
}

impl Settings {
    /// Reads `config`, or `tertulia.toml` when there is one, then the environment, which wins.
    pub fn load(config: Option<&Path>) -> Result<Self, Error> {
        #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
        let environment = std::env::vars_os();
        Self::read(File::open(config)?, environment)
    }

    fn read(file: Option<File>, environment: impl Iterator<Item = (OsString, OsString)>) -> Result<Self, Error> {
        let sources = Sources::new(file, environment)?;
        let data = sources.text(&DATA, values::path)?;
        Ok(Self {
            url: sources.text(&URL, values::url)?,
            listen: sources.text(&LISTEN, values::listen)?,
            database: sources.below(&data, &DATABASE, DatabaseUrl::parse)?,
            media: sources.below(&data, &MEDIA, |text| MediaUrl::parse(text, sources.aws()))?,
            media_url: sources.text(&MEDIA_URL, values::optional_url)?,
            media_limit: sources.text(&MEDIA_LIMIT, |text| values::number(text, 1..=4_096))?,
            media_cache: sources.text(&MEDIA_CACHE, |text| values::number(text, 0..=1 << 20))?,
            languages: sources.text(&LANGUAGES, values::languages)?,
            registration: sources.text(&REGISTRATION, |text| text.parse().ok())?,
            registration_domains: sources.text(&REGISTRATION_DOMAINS, values::hosts)?,
            provider: provider::named(&sources)?,
            federation: sources.text(&FEDERATION, |text| text.parse().ok())?,
            secure_mode: sources.text(&SECURE_MODE, |text| text.parse().ok())?,
            inbox_limit: sources.text(&INBOX_LIMIT, |text| values::number(text, 0..=100_000))?,
            read_limit: sources.text(&READ_LIMIT, |text| values::number(text, 0..=100_000))?,
            client_limit: sources.text(&CLIENT_LIMIT, |text| values::number(text, 0..=100_000))?,
            smtp: sources.text(&SMTP, Smtp::parse)?,
            mail_from: sources.text(&MAIL_FROM, values::optional_address)?,
            allow_private_networks: sources.text(&ALLOW_PRIVATE_NETWORKS, values::networks)?,
            trusted_proxies: sources.text(&TRUSTED_PROXIES, values::networks)?,
            source_url: sources.text(&SOURCE_URL, values::page)?,
            log: sources.text(&LOG, values::filter)?,
            log_format: sources.text(&LOG_FORMAT, LogFormat::parse)?,
            given: Given::by(&sources),
            data,
        })
    }

    /// The settings as they were read, for those who look after the server; of a secret only that it is there.
    pub(crate) fn shown(&self) -> app::Decisions {
        let nets = |nets: &[IpNet]| nets.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let hosts = |hosts: &[Host]| hosts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let shown = [
            (&URL, self.url.to_string()),
            (&LISTEN, self.listen.to_string()),
            (&DATA, self.data.display().to_string()),
            (&MEDIA, self.media.to_string()),
            (&MEDIA_URL, self.media_url.as_ref().map(ToString::to_string).unwrap_or_default()),
            (&MEDIA_LIMIT, self.media_limit.to_string()),
            (&MEDIA_CACHE, self.media_cache.to_string()),
            (&LANGUAGES, self.languages.join(", ")),
            (&REGISTRATION, self.registration.as_str().to_owned()),
            (&REGISTRATION_DOMAINS, hosts(&self.registration_domains)),
            (&FEDERATION, self.federation.to_string()),
            (&SECURE_MODE, self.secure_mode.to_string()),
            (&INBOX_LIMIT, self.inbox_limit.to_string()),
            (&READ_LIMIT, self.read_limit.to_string()),
            (&CLIENT_LIMIT, self.client_limit.to_string()),
            (&MAIL_FROM, self.mail_from.clone().unwrap_or_default()),
            (&ALLOW_PRIVATE_NETWORKS, nets(&self.allow_private_networks)),
            (&TRUSTED_PROXIES, nets(&self.trusted_proxies)),
            (&SOURCE_URL, self.source_url.clone().unwrap_or_default()),
            (&LOG, self.log.clone()),
            (&LOG_FORMAT, self.log_format.as_str().to_owned()),
        ];
        let mut shown: Vec<_> = shown.into_iter().map(|(setting, value)| (setting, Some(value))).collect();
        shown.extend([(&DATABASE, self.database.shown()), (&SMTP, secret(self.smtp.is_some()))]);
        shown.extend(provider::shown(self.provider.as_ref()));
        self.given.decisions(&shown)
    }

    /// How large media may be.
    pub(crate) fn media_limits(&self) -> app::media::Limits {
        let film = self.media_limit << 20;
        let usual = app::media::Limits::default();
        app::media::Limits { picture: usual.picture.min(film), film, cache: self.media_cache << 20 }
    }
}

#[cfg(test)]
mod tests;
