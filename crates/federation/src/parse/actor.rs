//! Actors of other servers: people, groups, bots, organizations, and the servers themselves.
use app::actors::FoundKey;
use domain::{
    actor::{ActorKind, Field},
    emoji::Named,
    group::{Joining, Visibility},
    handle::{self, Handle},
    host::{Host, same_origin},
    text::{html, plain},
    time::Timestamp,
};
use serde_json::Value;

use super::{
    Misfit, attached,
    shape::{
        bare_url, each, http, id, id_of, ids_of, is_a, link, link_of, moment, page_of, text, truth, types, worded,
    },
};
use crate::{
    render::actor::RFC_9421,
    signature::{KeyKind, PublicKey},
};

/// The longest text about oneself, in bytes.
const SUMMARY: usize = 20_000;
/// How many lines of a profile are kept, and how long each may be, in bytes.
const FIELDS: usize = 16;
const FIELD: usize = 4_000;
const KEYS: usize = 10;
const STAFF: usize = 100;
const ALIASES: usize = 20;

/// Who keeps order in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Staff {
    /// The document does not say.
    Unsaid,
    /// The members of the collection with this id, or, if it is a person, that person.
    Listed(String),
    /// These people.
    Named(Vec<String>),
}

/// What the document of an actor says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundActor {
    /// What it is.
    pub kind: ActorKind,
    /// Its id.
    pub uri: String,
    /// The name of its handle.
    pub name: String,
    /// The handle it claims, to be confirmed by WebFinger (FEP-2c59).
    pub claims: Option<Handle>,
    /// What it calls itself.
    pub title: String,
    /// What it says of itself, sanitised.
    pub summary: String,
    /// The page to show to people.
    pub url: String,
    /// Its picture.
    pub icon: Option<String>,
    /// Its banner.
    pub image: Option<String>,
    /// Where it receives.
    pub inbox: String,
    /// Where all of its server receive.
    pub shared_inbox: Option<String>,
    /// Its followers.
    pub followers: Option<String>,
    /// Whether it answers requests by hand.
    pub approves_followers: bool,
    /// Whether it may be listed.
    pub discoverable: bool,
    /// Whether its posts may be searched.
    pub indexable: bool,
    /// What it tells of itself in lines with a name.
    pub fields: Vec<Field>,
    /// Since when it exists, as it says.
    pub created: Option<Timestamp>,
    /// Its public keys: each one lists it as its owner and is listed by it.
    pub keys: Vec<FoundKey>,
    /// The rules of a group: who reads, how one joins, whether only moderators start threads.
    pub rules: Option<(Visibility, Joining, bool)>,
    /// Who keeps order in a group.
    pub staff: Staff,
    /// By which other ids it is known.
    pub also_known_as: Vec<String>,
    /// Whether its own server suspended it, and shows nothing of it.
    pub suspended: bool,
    /// The custom emoji in its texts.
    pub emoji: Vec<Named>,
    /// Whether its software says that it understands RFC 9421 (FEP-844e).
    pub understands_rfc9421: bool,
}

/// What kind of actor a document describes, if it does.
pub(super) fn kind(document: &Value) -> Option<ActorKind> {
    types(document).find_map(|name| match name {
        "Person" => Some(ActorKind::Person),
        "Group" => Some(ActorKind::Group),
        "Service" => Some(ActorKind::Service),
        "Application" => Some(ActorKind::Application),
        "Organization" => Some(ActorKind::Organization),
        _ => None,
    })
}

/// Reads an actor.
pub fn actor(document: &Value) -> Result<FoundActor, Misfit> {
    let kind = kind(document).ok_or(Misfit::Kind("an actor"))?;
    let uri = id(document).and_then(http).ok_or(Misfit::Lacks("id"))?.to_owned();
    let endpoint =
        |key: &str| document.get("endpoints").and_then(|ends| link_of(ends, key)).or_else(|| link_of(document, key));
    let group = kind == ActorKind::Group;
    let flag = |key: &str, unsaid: bool| document.get(key).and_then(Value::as_bool).unwrap_or(unsaid);
    let about = worded(document, "summary", "summaryMap").unwrap_or_default();
    let about = about.get(..about.floor_char_boundary(SUMMARY)).unwrap_or_default();
    let name = name(document, kind, &uri)?;
    let title = worded(document, "name", "nameMap").map(plain::name).unwrap_or_default();
    Ok(FoundActor {
        kind,
        title: if title.is_empty() { name.clone() } else { title },
        name,
        claims: text(document, "webfinger").and_then(Handle::parse).filter(|handle| handle.host.is_some()),
        summary: html::sanitize(about),
        url: page_of(document, "url").map_or_else(|| uri.clone(), bare_url),
        icon: link_of(document, "icon").map(bare_url),
        image: link_of(document, "image").map(bare_url),
        inbox: link_of(document, "inbox").ok_or(Misfit::Lacks("inbox"))?.to_owned(),
        shared_inbox: endpoint("sharedInbox").map(str::to_owned),
        followers: id_of(document, "followers").and_then(http).map(str::to_owned),
        approves_followers: truth(document, "manuallyApprovesFollowers"),
        discoverable: flag("discoverable", group),
        indexable: flag("indexable", group),
        fields: fields(document),
        created: moment(document, "published"),
        keys: keys(document, &uri),
        rules: group.then(|| rules(document)),
        staff: if group { staff(document, &uri) } else { Staff::Unsaid },
        also_known_as: ids_of(document, "alsoKnownAs", ALIASES),
        suspended: truth(document, "suspended"),
        emoji: attached::tags(document).emoji,
        understands_rfc9421: understands(document, RFC_9421),
        uri,
    })
}

/// Whether the software of an actor says that it can do something.
fn understands(document: &Value, capability: &str) -> bool {
    let said =
        |of: &Value| each(of, "implements").any(|one| link(one) == Some(capability) || id(one) == Some(capability));
    said(document) || each(document, "generator").any(said)
}

/// The name of the handle; the actor of a server may go without, and is then called like the server.
fn name(document: &Value, kind: ActorKind, uri: &str) -> Result<String, Misfit> {
    let name = text(document, "preferredUsername").map(str::to_owned);
    let of_server = || Host::of(uri).filter(|_| kind == ActorKind::Application).map(|host| host.name().to_owned());
    name.or_else(of_server).filter(|name| handle::is_remote_name(name)).ok_or(Misfit::Lacks("preferredUsername"))
}

/// The lines of a profile (Mastodon, "profile metadata"); that a link is verified is for every server to find out by itself.
fn fields(document: &Value) -> Vec<Field> {
    let lines = each(document, "attachment").filter(|line| is_a(line, "PropertyValue"));
    let field = |line: &Value| {
        let value = text(line, "value")?;
        let value = html::sanitize(value.get(..value.floor_char_boundary(FIELD)).unwrap_or_default());
        Some(Field { name: plain::name(text(line, "name")?), value, verified: None })
    };
    lines.filter_map(field).take(FIELDS).collect()
}

/// The keys that belong to `uri`, and say so.
fn keys(document: &Value, uri: &str) -> Vec<FoundKey> {
    let ours = |key: &Value, owner: &str| {
        let owner = id_of(key, owner);
        owner.is_none_or(|owner| owner == uri)
    };
    let rsa = each(document, "publicKey").filter(|key| ours(key, "owner")).filter_map(|key| {
        let (uri, pem) = (id(key)?, text(key, "publicKeyPem")?);
        Some((uri, pem, PublicKey::from_pem(pem).ok()?))
    });
    let multikeys = each(document, "assertionMethod").filter(|key| is_a(key, "Multikey") && ours(key, "controller"));
    let multikeys = multikeys.filter_map(|key| {
        let (uri, text) = (id(key)?, text(key, "publicKeyMultibase")?);
        Some((uri, text, PublicKey::from_multibase(text).ok()?))
    });
    let mut found: Vec<FoundKey> = Vec::new();
    for (key_uri, public, key) in rsa.take(KEYS).chain(multikeys.take(KEYS)) {
        if same_origin(key_uri, uri) && found.iter().all(|known| known.uri != key_uri) {
            let kind = if key.kind() == KeyKind::Rsa { "rsa" } else { "ed25519" };
            found.push(FoundKey { uri: key_uri.to_owned(), kind, public: public.to_owned() });
        }
    }
    found
}

/// What a group tells of its rules. Approval of followers makes it private where the only groups that ask for it are, as on
/// Lemmy; others say so in another word.
fn rules(document: &Value) -> (Visibility, Joining, bool) {
    let is_forum = document.get("postingRestrictedToMods").is_some();
    let private = match text(document, "accessType") {
        Some(access) => access == "private",
        None => is_forum && truth(document, "manuallyApprovesFollowers"),
    };
    let joining = match (text(document, "openness"), text(document, "accessType")) {
        (Some("invite_only"), _) | (_, Some("private")) => Joining::Invite,
        (Some("moderated"), _) | (_, Some("closed")) => Joining::Approval,
        _ if truth(document, "manuallyApprovesFollowers") => Joining::Approval,
        _ => Joining::Open,
    };
    let visibility = if private { Visibility::Private } else { Visibility::Public };
    (visibility, joining, truth(document, "postingRestrictedToMods"))
}

fn staff(document: &Value, uri: &str) -> Staff {
    if let Some(list) = link_of(document, "moderators") {
        return Staff::Listed(list.to_owned());
    }
    let named: Vec<&Value> = each(document, "attributedTo").take(STAFF).collect();
    match named.as_slice() {
        [] => Staff::Unsaid,
        [Value::String(list)] if list == uri => Staff::Unsaid,
        [list @ Value::String(_)] => id(list).map_or(Staff::Unsaid, |list| Staff::Listed(list.to_owned())),
        several => Staff::Named(several.iter().filter_map(|person| id(person)).map(str::to_owned).collect()),
    }
}
