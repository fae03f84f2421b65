//! Every URL of this server: minted here, and taken apart again here.
use std::{
    collections::HashSet,
    sync::{Arc, PoisonError, RwLock},
};

use url::{Url, form_urlencoded};

use crate::{
    host::{self, Host},
    id::{ActivityId, ActorId, PostId, StampId},
};

mod foreign;
pub mod media;
pub mod path;

pub use foreign::{authenticator, form_target, is_web, page_at, same_but_loopback_port, with_query};

/// What the versions of the server's description are called; the number of the version follows.
pub const NODEINFO_SCHEMA: &str = "http://nodeinfo.diaspora.software/ns/schema";

/// What people elsewhere send our people here for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// To follow somebody, or join a group.
    Follow,
    /// To like a post.
    Like,
    /// To pass a post on.
    Announce,
    /// To look at something.
    Object,
}

/// What of an actor a URL names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActorPart {
    /// Where it receives.
    Inbox,
    /// What it sent.
    Outbox,
    /// Who follows it.
    Followers,
    /// Whom it follows.
    Following,
    /// What is pinned.
    Featured,
    /// Who keeps order in the group.
    Moderators,
    /// Who keeps order in the group, and as what.
    Affiliations,
}

impl ActorPart {
    const ALL: [Self; 7] = [
        Self::Inbox,
        Self::Outbox,
        Self::Followers,
        Self::Following,
        Self::Featured,
        Self::Moderators,
        Self::Affiliations,
    ];

    /// The last segment of its URL.
    pub const fn segment(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Outbox => "outbox",
            Self::Followers => "followers",
            Self::Following => "following",
            Self::Featured => "featured",
            Self::Moderators => "moderators",
            Self::Affiliations => "affiliations",
        }
    }

    /// The part whose URL ends in `segment`.
    pub fn from_segment(segment: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.segment() == segment)
    }
}

/// What of a post a URL names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PostPart {
    /// Its direct replies.
    Replies,
    /// Votes for it.
    Likes,
    /// Who passed it on.
    Shares,
    /// Its whole thread.
    Context,
}

impl PostPart {
    const ALL: [Self; 4] = [Self::Replies, Self::Likes, Self::Shares, Self::Context];

    /// The last segment of its URL.
    pub const fn segment(self) -> &'static str {
        match self {
            Self::Replies => "replies",
            Self::Likes => "likes",
            Self::Shares => "shares",
            Self::Context => "context",
        }
    }

    /// The part whose URL ends in `segment`.
    pub fn from_segment(segment: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.segment() == segment)
    }
}

/// A page about an actor that is no document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sheet {
    /// What those who keep order in the group decided.
    Log,
    /// The rules that the group gave itself.
    Rules,
    /// The newest of what it holds, as an Atom feed.
    Atom,
    /// The same as RSS.
    Rss,
}

impl Sheet {
    /// The last segment of its URL.
    pub const fn segment(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Rules => "rules",
            Self::Atom => "feed.atom",
            Self::Rss => "feed.rss",
        }
    }

    /// Its route.
    pub fn path(self) -> String {
        format!("{}/{}", path::ACTOR, self.segment())
    }

    /// Its route below a post.
    pub fn post_path(self) -> String {
        format!("{}/{{post}}/{}", path::ACTOR, self.segment())
    }

    /// Its route below a hashtag.
    pub fn tag_path(self) -> String {
        format!("{}/{}", path::TAG, self.segment())
    }
}

/// Something of this server, recognised by its URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Local {
    /// The server's own actor.
    Instance,
    /// A person or a group, by name.
    Actor(String),
    /// Something of a person or group.
    ActorPart(String, ActorPart),
    /// A post, by the name of its author and its number.
    Post(String, PostId),
    /// Something of a post.
    PostPart(String, PostId, PostPart),
    /// What says that the author of a post agrees to be quoted.
    Stamp(String, PostId, StampId),
    /// An activity of ours.
    Activity(ActivityId),
    /// The shared inbox.
    Inbox,
    /// Any other URL on one of our hosts.
    Other,
}

/// The server as it is known outside: the scheme, the host of people and of all that has no host of its own, and the
/// hosts that groups were given. A clone is the same site: it learns of new hosts with all others.
#[derive(Debug, Clone)]
pub struct Site {
    scheme: &'static str,
    host: Host,
    more: Arc<RwLock<HashSet<Host>>>,
    media: Option<String>,
}

impl Site {
    /// The site at `url`; `None` unless that is http(s) with a host.
    pub fn new(url: &Url) -> Option<Self> {
        let scheme = match url.scheme() {
            "https" => "https",
            "http" => "http",
            _ => return None,
        };
        let host = match (url.host_str()?, url.port()) {
            (host, Some(port)) => Host::parse(&format!("{host}:{port}"))?,
            (host, None) => Host::parse(host)?,
        };
        Some(Self { scheme, host, more: Arc::default(), media: None })
    }

    /// The host of people, and of groups that have none of their own; with its port when it has one.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// `http` or `https`.
    pub fn scheme(&self) -> &'static str {
        self.scheme
    }

    /// Whether the server runs in development: plain http, ports in ids.
    pub fn is_development(&self) -> bool {
        self.scheme == "http"
    }

    /// Whether `host` is served here.
    pub fn serves(&self, host: &Host) -> bool {
        *host == self.host || self.more.read().unwrap_or_else(PoisonError::into_inner).contains(host)
    }

    /// All hosts that are served here, the site's own first.
    pub fn hosts(&self) -> Vec<Host> {
        let more = self.more.read().unwrap_or_else(PoisonError::into_inner);
        std::iter::once(&self.host).chain(more.iter()).cloned().collect()
    }

    /// Serves these hosts beside its own from now on, and no others.
    pub fn serve_also(&self, hosts: impl IntoIterator<Item = Host>) {
        *self.more.write().unwrap_or_else(PoisonError::into_inner) = hosts.into_iter().collect();
    }

    /// The host of ours that the authority of a request names, if it does.
    pub fn named(&self, authority: &str) -> Option<Host> {
        let host = Host::parse(authority)?;
        // The scheme's own port means no port at all.
        let own_port = if self.is_development() { 80 } else { 443 };
        let host = if host.port() == Some(own_port) { host.without_port() } else { host };
        self.serves(&host).then_some(host)
    }

    /// The URL of a path of this site; `path` starts with a slash.
    pub fn page(&self, path: &str) -> String {
        self.page_on(&self.host, path)
    }

    /// The URL of a path on `host`, one of those served here.
    pub fn page_on(&self, host: &Host, path: &str) -> String {
        format!("{}://{host}{path}", self.scheme)
    }

    /// Where people of `host` do something about what is elsewhere, as a template (FEP-3b86): the word that fills it is
    /// `{object}`, the id of the thing.
    pub fn intent(&self, host: &Host, intent: Intent) -> String {
        let what = match intent {
            Intent::Follow | Intent::Object => "",
            Intent::Like => "&intent=like",
            Intent::Announce => "&intent=announce",
        };
        format!("{}?uri={{object}}{what}", self.page_on(host, path::INTERACTION))
    }

    /// The id, and page, of the actor `name` on `host`, one of those served here.
    pub fn actor(&self, host: &Host, name: &str) -> String {
        format!("{}://{host}/@{name}", self.scheme)
    }

    /// The id of the server's own actor on `host`, one of those served here.
    pub fn instance(&self, host: &Host) -> String {
        self.page_on(host, path::INSTANCE)
    }

    /// The shared inbox of `host`, one of those served here.
    pub fn inbox(&self, host: &Host) -> String {
        self.page_on(host, path::INBOX)
    }

    /// Where somebody reads what was decided about them; `token` is the word that lets them.
    pub fn statement(&self, token: &str) -> String {
        self.page(&format!("/statement/{token}"))
    }

    /// The page of a hashtag.
    pub fn tag(&self, tag: &str) -> String {
        self.page(&format!("/tags/{tag}"))
    }

    /// Its newest posts as a feed.
    pub fn tag_sheet(&self, tag: &str, sheet: Sheet) -> String {
        format!("{}/{}", self.tag(tag), sheet.segment())
    }

    /// The id of an activity of a person here, or of the server itself.
    pub fn activity(&self, id: ActivityId) -> String {
        self.page(&activity_path(id))
    }

    /// What of this server a URL names, and on which of its hosts; `None` when it is on no host of ours.
    pub fn parse(&self, url: &str) -> Option<(Host, Local)> {
        let url = Url::parse(url).ok()?;
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        let host = match (url.host_str()?, url.port()) {
            (host, Some(port)) => Host::parse(&format!("{host}:{port}")),
            (host, None) => Host::parse(host),
        };
        let host = host.filter(|host| self.serves(host))?;
        Some((host, parse_path(&url).unwrap_or(Local::Other)))
    }
}

fn activity_path(id: ActivityId) -> String {
    format!("/activities/{id}")
}

/// An activity of the local actor whose id is `actor`, on the host of that actor.
pub fn activity(actor: &str, id: ActivityId) -> String {
    format!("{}{}", host::origin(actor).unwrap_or_default(), activity_path(id))
}

fn parse_path(url: &Url) -> Option<Local> {
    let mut segments = url.path_segments()?.filter(|s| !s.is_empty());
    let first = segments.next()?;
    let rest = [segments.next(), segments.next(), segments.next()];
    if url.query().is_some() {
        return None;
    }
    if let Some(name) = first.strip_prefix('@') {
        let name = name.to_lowercase();
        return match rest {
            [None, ..] => Some(Local::Actor(name)),
            [Some(part), None, _] => match (ActorPart::from_segment(part), part.parse()) {
                (Some(part), _) => Some(Local::ActorPart(name, part)),
                (None, Ok(post)) => Some(Local::Post(name, post)),
                _ => None,
            },
            [Some(post), Some("quotes"), Some(stamp)] if segments.next().is_none() => {
                Some(Local::Stamp(name, post.parse().ok()?, stamp.parse().ok()?))
            }
            [Some(post), Some(part), None] => {
                Some(Local::PostPart(name, post.parse().ok()?, PostPart::from_segment(part)?))
            }
            _ => None,
        };
    }
    match (first, rest) {
        ("actor", [None, ..]) => Some(Local::Instance),
        ("inbox", [None, ..]) => Some(Local::Inbox),
        ("activities", [Some(id), None, _]) => id.parse().ok().map(Local::Activity),
        _ => None,
    }
}

/// Something of the local actor whose id is `actor`.
pub fn actor_part(actor: &str, part: ActorPart) -> String {
    format!("{actor}/{}", part.segment())
}

/// A page about the local actor whose id is `actor`.
pub fn sheet(actor: &str, sheet: Sheet) -> String {
    format!("{actor}/{}", sheet.segment())
}

/// A page of ours, asked with these values; what is empty is left out.
pub fn asking(page: &str, values: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(values.iter().filter(|(_, value)| !value.is_empty()));
    match query.finish() {
        query if query.is_empty() => page.to_owned(),
        query => format!("{page}?{query}"),
    }
}

/// Where a server finds which of its people follow the local actor whose id is `actor`.
pub fn synchronization(actor: &str) -> String {
    format!("{actor}/followers_synchronization")
}

/// The RSA key of a local actor.
pub fn rsa_key(actor: &str) -> String {
    format!("{actor}#main-key")
}

/// The Ed25519 key of a local actor.
pub fn ed25519_key(actor: &str) -> String {
    format!("{actor}#ed25519-key")
}

/// The post `id` of the local actor whose id is `author`.
pub fn post(author: &str, id: PostId) -> String {
    format!("{author}/{id}")
}

/// Something of the local post whose id is `post`.
pub fn post_part(post: &str, part: PostPart) -> String {
    format!("{post}/{}", part.segment())
}

/// The follow that makes `follower` receive `target`; derived, so that a repeat is the same activity.
pub fn follow(follower: &str, target: ActorId) -> String {
    format!("{follower}#follows/{target}")
}

/// What tells of the post `id`, by the local group whose id is `group`, to those who know private groups.
pub fn announcement(group: &str, id: PostId) -> String {
    format!("{group}#announcements/{id}")
}

/// The ballot by which `voter` chose an option of a poll; derived, so that a repeat is the same one.
pub fn ballot(voter: &str, poll: PostId, choice: usize) -> String {
    format!("{voter}#ballots/{poll}/{choice}")
}

/// The request of the local post whose id is `post` to quote what it quotes; derived, so that a repeat is the same one.
pub fn quote_request(post: &str) -> String {
    format!("{post}#quote")
}

/// What says that the author of the local post whose id is `post` agrees to be quoted.
pub fn stamp(post: &str, id: StampId) -> String {
    format!("{post}/quotes/{id}")
}

/// A page of a collection that runs from the oldest to the newest, from the item after `cursor`.
pub fn page_after(collection: &str, cursor: i64) -> String {
    format!("{collection}?after={cursor}")
}

/// A page of a collection, from the item before `cursor`.
pub fn page_before(collection: &str, cursor: Option<i64>) -> String {
    match cursor {
        Some(cursor) => format!("{collection}?before={cursor}"),
        None => format!("{collection}?page=1"),
    }
}

#[cfg(test)]
mod tests;
