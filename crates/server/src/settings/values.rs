//! The values of settings, and how they are written.
use std::{
    fmt,
    net::{IpAddr, SocketAddr, ToSocketAddrs},
    ops::RangeInclusive,
    path::PathBuf,
    str::FromStr,
};

use app::identities::saml::Source;
use domain::host::Host;
use ipnet::IpNet;
use tracing_subscriber::filter::{EnvFilter, LevelFilter};
use url::Url;

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file.
    Sqlite(PathBuf),
    /// A server: the whole URL, which may hold a password.
    Postgres(String),
}

impl DatabaseUrl {
    pub(super) fn parse(text: &str) -> Option<Self> {
        if let Some(file) = text.strip_prefix("sqlite:") {
            // SQLite would take this name for a database that vanishes with its connection.
            return path_of(file).filter(|path| path.as_os_str() != ":memory:").map(Self::Sqlite);
        }
        let rest = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"))?;
        (!rest.is_empty() && !text.contains(char::is_whitespace)).then(|| Self::Postgres(text.to_owned()))
    }
}

impl DatabaseUrl {
    /// As it is written, unless it may hold a password.
    pub(super) fn shown(&self) -> Option<String> {
        match self {
            Self::Sqlite(path) => Some(format!("sqlite:{}", path.display())),
            Self::Postgres(_) => None,
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            // The password may also stand in the query, and a broken URL anywhere.
            Self::Postgres(_) => f.debug_tuple("Postgres").finish_non_exhaustive(),
        }
    }
}

/// Where media are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaUrl {
    /// A folder.
    File(PathBuf),
    /// A bucket.
    S3 {
        /// The name of the bucket.
        bucket: String,
        /// What all keys begin with: no slash at either end, empty for none.
        prefix: String,
        /// Endpoint, region, credentials.
        aws: AwsVariables,
    },
}

impl MediaUrl {
    pub(super) fn parse(text: &str, aws: AwsVariables) -> Option<Self> {
        if let Some(folder) = text.strip_prefix("file:") {
            return path_of(folder).map(Self::File);
        }
        let place = text.strip_prefix("s3://")?;
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        (!bucket.is_empty() && bucket.chars().all(named)).then(|| Self::S3 {
            bucket: bucket.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
            aws,
        })
    }
}

/// As it is written.
impl fmt::Display for MediaUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(folder) => write!(f, "file:{}", folder.display()),
            Self::S3 { bucket, prefix, .. } => {
                f.write_str("s3://")?;
                f.write_str(bucket)?;
                if prefix.is_empty() { Ok(()) } else { write!(f, "/{prefix}") }
            }
        }
    }
}

/// The `AWS_*` variables of the environment, names in lower case as `object_store` has them.
#[derive(Clone, PartialEq, Eq)]
pub struct AwsVariables(Vec<(String, String)>);

impl AwsVariables {
    pub(super) fn new(variables: Vec<(String, String)>) -> Self {
        Self(variables)
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl fmt::Debug for AwsVariables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|(name, _)| name)).finish()
    }
}

/// A mail server and how to log in there.
#[derive(Clone, PartialEq, Eq)]
pub struct Smtp(Url);

impl Smtp {
    /// Reads a setting: none for no text, nothing for what is no mail server.
    pub fn parse(text: &str) -> Option<Option<Self>> {
        if text.is_empty() {
            return Some(None);
        }
        let url = Url::parse(text).ok()?;
        let known = matches!(url.scheme(), "smtp" | "smtps")
            && url.host_str().is_some_and(|host| !host.is_empty())
            && matches!(url.path(), "" | "/")
            && matches!(url.query(), None | Some("tls=required" | "tls=opportunistic"))
            && url.fragment().is_none()
            && url.username().is_empty() == url.password().is_none();
        known.then_some(Some(Self(url)))
    }

    /// The whole URL with its password: for the mailer only.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Smtp").field(&self.0.host_str()).finish_non_exhaustive()
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

impl LogFormat {
    /// The word of the setting.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "text" => Some(Self::Text),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

pub(super) fn url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let bare = matches!(url.scheme(), "http" | "https")
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    // What the site cannot be built from is refused here, with the name of the setting.
    (bare && domain::urls::Site::new(&url).is_some()).then_some(url)
}

#[expect(clippy::option_option, reason = "no text means no URL, a wrong text means nothing")]
pub(super) fn optional_url(text: &str) -> Option<Option<Url>> {
    if text.is_empty() { Some(None) } else { url(text).map(Some) }
}

/// A page on the web.
#[expect(clippy::option_option, reason = "no text means no page, a wrong text means nothing")]
pub(super) fn page(text: &str) -> Option<Option<String>> {
    if text.is_empty() { Some(None) } else { domain::urls::is_web(text).then(|| Some(text.to_owned())) }
}

/// The name of a provider, kept as it is written: it has to be the very one that it signs with.
#[expect(clippy::option_option, reason = "no text means no provider, a wrong text means nothing")]
pub(super) fn issuer(text: &str) -> Option<Option<String>> {
    if text.is_empty() {
        return Some(None);
    }
    let url = Url::parse(text).ok()?;
    let plain = matches!(url.scheme(), "http" | "https") && url.query().is_none() && url.fragment().is_none();
    (plain && domain::host::origin(text).is_some()).then(|| Some(text.to_owned()))
}

/// Where the metadata of a provider are: what is read by plain http may come from anybody.
pub(super) fn metadata(text: &str) -> Option<Source> {
    if text.starts_with("https://") {
        return domain::urls::is_web(text).then(|| Source::Url(text.to_owned()));
    }
    let path = PathBuf::from(text);
    path.is_absolute().then_some(Source::File(path))
}

#[expect(clippy::option_option, reason = "no text means no address, a wrong text means nothing")]
pub(super) fn optional_address(text: &str) -> Option<Option<String>> {
    if text.is_empty() {
        return Some(None);
    }
    text.parse::<lettre::Address>().ok().map(|address| Some(address.to_string()))
}

pub(super) fn number<N: FromStr + PartialOrd>(text: &str, within: RangeInclusive<N>) -> Option<N> {
    text.parse().ok().filter(|number| within.contains(number))
}

pub(super) fn listen(text: &str) -> Option<SocketAddr> {
    text.parse().ok().or_else(|| text.to_socket_addrs().ok()?.next())
}

pub(super) fn path(text: &str) -> Option<PathBuf> {
    (!text.is_empty()).then(|| text.into())
}

/// The path behind `sqlite:` or `file:`, where many are used to writing two slashes more.
fn path_of(text: &str) -> Option<PathBuf> {
    path(text.strip_prefix("//").unwrap_or(text))
}

/// Some of the languages that pages are written in, each once.
pub(super) fn languages(text: &str) -> Option<Vec<&'static str>> {
    let known = |tag: &str| domain::imprint::LANGUAGES.into_iter().find(|known| *known == tag);
    let all: Vec<_> =
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(known).collect::<Option<_>>()?;
    let is_set = all.iter().enumerate().all(|(at, tag)| all.iter().position(|other| other == tag) == Some(at));
    (is_set && !all.is_empty()).then_some(all)
}

pub(super) fn hosts(text: &str) -> Option<Vec<Host>> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(Host::parse).collect()
}

pub(super) fn networks(text: &str) -> Option<Vec<IpNet>> {
    let one = |text: &str| match text.parse::<IpAddr>() {
        Ok(address) => Some(IpNet::from(address)),
        Err(_) => text.parse().ok().map(|network: IpNet| network.trunc()),
    };
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(one).collect()
}

/// A tracing filter. A lone word must be a level: it would otherwise name a part, and silence all others.
pub(super) fn filter(text: &str) -> Option<String> {
    let level = |part: &str| part.contains(['=', '[']) || part.parse::<LevelFilter>().is_ok();
    (!text.is_empty() && text.split(',').map(str::trim).all(level) && EnvFilter::try_new(text).is_ok())
        .then(|| text.to_owned())
}
