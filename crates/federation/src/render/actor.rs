//! Actors as documents: people, groups, and the server's own.
use app::view::ActorView;
use domain::{
    actor::{ActorKind, Field},
    group::{Joining, Visibility},
    host::Host,
    urls::{self, ActorPart, Site},
};
use serde::Serialize;

use super::{
    date,
    tag::{self, Image, Tag},
};
use crate::signature::PublicKey;

/// A person, a group or the server's own actor.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ActorDocument<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    preferred_username: &'a str,
    webfinger: String,
    name: &'a str,
    summary: &'a str,
    url: &'a str,
    inbox: &'a str,
    outbox: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    followers: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    following: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    featured: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributed_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    affiliations: Option<String>,
    endpoints: Endpoints<'a>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    also_known_as: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    moved_to: Option<&'a str>,
    /// Which sites may name it as the author of their pages, in the word of Mastodon.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    attribution_domains: &'a [String],
    manually_approves_followers: bool,
    discoverable: bool,
    indexable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    posting_restricted_to_mods: Option<bool>,
    /// Who may read and who may join, in the words of Smithereen.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_type: Option<&'static str>,
    published: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<Image<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Image<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachment: Vec<PropertyValue<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tag: Vec<Tag<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_key: Option<RsaKey<'a>>,
    assertion_method: Vec<Multikey<'a>>,
    /// What runs here, and what it can do (FEP-844e); of the server's own actor, it says so itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    generator: Option<Generator>,
    #[serde(skip_serializing_if = "Option::is_none")]
    implements: Option<[Capability; 2]>,
}

/// A line of a profile, in the word of schema.org that Mastodon took.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type")]
struct PropertyValue<'a> {
    name: &'a str,
    value: &'a str,
}

#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename = "Application")]
struct Generator {
    id: String,
    implements: [Capability; 2],
}

/// Something that this software can do.
#[derive(Debug, Clone, Copy, Serialize)]
struct Capability {
    name: &'static str,
    href: &'static str,
}

/// What others may count on, and cannot tell otherwise.
const CAPABILITIES: [Capability; 2] = [
    Capability { name: "RFC-9421: HTTP Message Signatures", href: RFC_9421 },
    Capability { name: "FEP-8b32: Object Integrity Proofs", href: "https://w3id.org/fep/8b32" },
];

/// The name of the newer way to sign requests.
pub(crate) const RFC_9421: &str = "https://datatracker.ietf.org/doc/html/rfc9421";

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Endpoints<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    shared_inbox: Option<&'a str>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct RsaKey<'a> {
    id: &'a str,
    owner: &'a str,
    public_key_pem: &'a str,
}

#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
struct Multikey<'a> {
    id: &'a str,
    controller: &'a str,
    public_key_multibase: String,
}

/// As much of an actor as is needed to check what it signed, and to find it again.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stub<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    preferred_username: &'a str,
    inbox: &'a str,
    /// Whether nothing more is to be seen because its own server suspends it, in the word of Mastodon.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    suspended: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_key: &'a Option<RsaKey<'a>>,
    assertion_method: &'a [Multikey<'a>],
}

impl ActorDocument<'_> {
    /// As much of it as everybody gets in secure mode, or whoever asks if it is suspended.
    pub fn stub(&self, suspended: bool) -> Stub<'_> {
        Stub {
            id: self.id,
            kind: self.kind,
            preferred_username: self.preferred_username,
            inbox: self.inbox,
            suspended,
            public_key: &self.public_key,
            assertion_method: &self.assertion_method,
        }
    }
}

/// The document of an actor that lives here.
pub fn actor<'a>(site: &Site, view: &'a ActorView) -> ActorDocument<'a> {
    let ActorView { actor, rules, keys, aliases, moved, attribution, topics, palette } = view;
    let application = actor.kind == ActorKind::Application;
    let part = |part| urls::actor_part(&actor.uri, part);
    let own = |which| (!application).then(|| part(which));
    let asks = rules.is_some_and(|rules| rules.joining == Joining::Approval);
    ActorDocument {
        id: &actor.uri,
        kind: kind(actor.kind),
        preferred_username: &actor.name,
        webfinger: actor.handle(),
        name: &actor.title,
        summary: &actor.summary,
        url: &actor.url,
        inbox: &actor.inbox,
        outbox: part(ActorPart::Outbox),
        followers: actor.followers.as_deref(),
        following: own(ActorPart::Following),
        featured: own(ActorPart::Featured),
        attributed_to: actor.is_group().then(|| part(ActorPart::Moderators)),
        affiliations: actor.is_group().then(|| part(ActorPart::Affiliations)),
        endpoints: Endpoints { shared_inbox: actor.shared_inbox.as_deref() },
        also_known_as: aliases,
        moved_to: moved.as_deref(),
        attribution_domains: attribution,
        manually_approves_followers: actor.approves_followers || asks,
        discoverable: actor.discoverable,
        indexable: actor.indexable,
        posting_restricted_to_mods: rules.map(|rules| rules.moderators_only),
        access_type: rules.map(|rules| match (rules.visibility, rules.joining) {
            (Visibility::Private, _) => "private",
            (_, Joining::Open) => "open",
            (_, Joining::Approval | Joining::Invite) => "closed",
        }),
        published: date(actor.created),
        icon: actor.icon.as_deref().map(|url| Image { url: site.located(url), name: None }),
        image: actor.image.as_deref().map(|url| Image { url: site.located(url), name: None }),
        attachment: actor.fields.iter().map(|Field { name, value, .. }| PropertyValue { name, value }).collect(),
        tag: (topics.iter().map(|topic| Tag::Hashtag { href: site.tag(topic), name: format!("#{topic}") }))
            .chain(palette.of(None, actor.texts()).into_iter().map(|emoji| tag::emoji(site, emoji)))
            .collect(),
        public_key: keys.iter().find(|key| key.kind == "rsa").map(|key| RsaKey {
            id: &key.uri,
            owner: &actor.uri,
            public_key_pem: &key.public,
        }),
        generator: (!application).then(|| Generator {
            id: Host::of(&actor.uri).map_or_else(String::new, |host| site.instance(&host)),
            implements: CAPABILITIES,
        }),
        implements: application.then_some(CAPABILITIES),
        assertion_method: keys
            .iter()
            .filter(|key| key.kind == "ed25519")
            .filter_map(|key| {
                let public_key_multibase = PublicKey::from_pem(&key.public).ok()?.to_multibase().ok()?;
                Some(Multikey { id: &key.uri, controller: &actor.uri, public_key_multibase })
            })
            .collect(),
    }
}

pub(crate) fn kind(kind: ActorKind) -> &'static str {
    match kind {
        ActorKind::Person => "Person",
        ActorKind::Group => "Group",
        ActorKind::Service => "Service",
        ActorKind::Application => "Application",
        ActorKind::Organization => "Organization",
    }
}
