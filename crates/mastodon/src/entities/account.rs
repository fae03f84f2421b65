//! Accounts: people and groups; a group is an account with `group: true`.
use std::{borrow::Cow, collections::HashMap, sync::Arc};

use app::view;
use domain::{
    actor::{Actor, ActorKind},
    emoji::Palette,
    id::ActorId,
    post::Quoting,
    time::Timestamp,
    urls::{Site, media::Portrait},
};
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use store::{
    Conn, Result,
    accounts::Account as Login,
    kept::{self, Basis, Made},
    preferences::Preferences,
    profile_sources::Source as Typed,
    relations::Numbers,
};

use super::{
    Id, date,
    emoji::{self, CustomEmoji},
    instant,
    status::visibility,
    tag::Featured,
};
use crate::placeholder;

mod partial;

pub(crate) use self::partial::Partial;

/// An `Account`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Account {
    id: Id,
    username: String,
    pub(crate) acct: String,
    display_name: String,
    locked: bool,
    bot: bool,
    group: bool,
    discoverable: bool,
    indexable: bool,
    noindex: bool,
    created_at: String,
    note: String,
    url: String,
    uri: String,
    avatar: String,
    avatar_static: String,
    avatar_description: String,
    header: String,
    header_static: String,
    header_description: String,
    followers_count: i64,
    following_count: i64,
    statuses_count: i64,
    last_status_at: Option<String>,
    hide_collections: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    suspended: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limited: Option<bool>,
    emojis: Vec<CustomEmoji>,
    roles: Vec<Office>,
    fields: Vec<Field>,
    /// Where they are now, said where they alone are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    moved: Option<Box<Account>>,
}

/// A line of a profile.
#[derive(Debug, Clone, Serialize)]
struct Field {
    name: String,
    value: String,
    verified_at: Option<String>,
}

/// An `AccountRole`: what somebody is here, as everybody may know.
#[derive(Debug, Clone, Serialize)]
struct Office {
    id: &'static str,
    name: &'static str,
    color: &'static str,
}

impl Account {
    /// The account of an actor; one that is gone or suspended is an empty shell.
    fn new(site: &Site, actor: &Actor, numbers: Numbers, palette: &Palette, is_admin: bool) -> Self {
        let actor = &*if actor.suspended { Cow::Owned(shell(actor)) } else { Cow::Borrowed(actor) };
        let avatar = picture(site, actor);
        let header = site.portrait(actor, Portrait::Image).unwrap_or_else(|| placeholder::header(site));
        Self {
            id: Id(actor.id.0),
            username: actor.name.clone(),
            acct: acct(site, actor),
            display_name: actor.title.clone(),
            locked: actor.approves_followers,
            bot: matches!(actor.kind, ActorKind::Service | ActorKind::Application),
            group: actor.is_group(),
            discoverable: actor.discoverable,
            indexable: actor.indexable,
            noindex: !actor.indexable,
            created_at: midnight(actor.created),
            note: actor.summary.clone(),
            url: actor.url.clone(),
            uri: actor.uri.clone(),
            avatar_static: avatar.clone(),
            avatar,
            avatar_description: String::new(),
            header_static: header.clone(),
            header,
            header_description: String::new(),
            followers_count: numbers.followers,
            following_count: numbers.following,
            statuses_count: numbers.posts,
            last_status_at: numbers.newest.map(|post| date(post.timestamp())),
            hide_collections: actor.hides_circle,
            suspended: (actor.deleted.is_some() || actor.suspended).then_some(true),
            limited: actor.silenced.then_some(true),
            emojis: emoji::named(site, palette, actor.peer, actor.texts()),
            roles: is_admin.then(|| Office::from(&ADMIN)).into_iter().collect(),
            fields: fields(actor, actor.fields.iter().map(|field| &field.value)),
            moved: None,
        }
    }

    /// Whose account it is.
    pub(crate) fn actor(&self) -> ActorId {
        ActorId(self.id.0)
    }
}

/// What is shown of somebody who is suspended: whom others mean, and nothing that they say of themselves.
fn shell(actor: &Actor) -> Actor {
    let (title, summary, fields) = (String::new(), String::new(), Vec::new());
    Actor { title, summary, fields, icon: None, image: None, ..actor.clone() }
}

/// The lines of a profile; `shown` makes their HTML what is to be seen of it.
fn fields<'a>(actor: &'a Actor, values: impl Iterator<Item = &'a String>) -> Vec<Field> {
    let field = |(field, value): (&domain::actor::Field, &String)| Field {
        name: field.name.clone(),
        value: value.clone(),
        verified_at: field.verified.map(instant),
    };
    actor.fields.iter().zip(values).map(field).collect()
}

/// The lines as they were typed.
fn typed_fields<'a>(actor: &'a Actor, typed: &'a Typed) -> Vec<Field> {
    fields(actor, typed.lines.iter().map(|(_, text)| text))
}

/// Somebody's picture, or the one of those who have none.
pub(crate) fn picture(site: &Site, actor: &Actor) -> String {
    site.portrait(actor, Portrait::Icon).unwrap_or_else(|| placeholder::avatar(site))
}

/// The handle, without host for those of the server's own.
pub(crate) fn acct(site: &Site, actor: &Actor) -> String {
    if actor.is_local() && actor.host == site.host().as_str() { actor.name.clone() } else { actor.handle() }
}

/// Clients show since which day, and some compare the text.
fn midnight(at: Timestamp) -> String {
    const DAY: i64 = 86_400_000;
    instant(Timestamp(at.millis().div_euclid(DAY) * DAY))
}

/// The account of one actor, with where they moved.
pub(crate) fn one(conn: &mut Conn, site: &Site, actor: &Actor) -> Result<Account> {
    let mut account = alone(conn, site, actor)?;
    if let Some((target, _)) = store::moves::last(conn, actor.id)?
        && let Some(target) = store::actors::by_id(conn, target)?.filter(|target| target.deleted.is_none())
    {
        account.moved = Some(Box::new(alone(conn, site, &target)?));
    }
    Ok(account)
}

fn alone(conn: &mut Conn, site: &Site, actor: &Actor) -> Result<Account> {
    let numbers = store::relations::numbers(conn, &[actor.id])?;
    let palette = view::palette(conn, [actor])?;
    let is_admin = !store::accounts::admins_among(conn, &[actor.id])?.is_empty();
    Ok(Account::new(site, actor, numbers.get(&actor.id).copied().unwrap_or_default(), &palette, is_admin))
}

/// The accounts of these actors, in their order.
pub(crate) fn list(conn: &mut Conn, site: &Site, ids: &[ActorId]) -> Result<Vec<Account>> {
    let actors: HashMap<ActorId, Actor> =
        store::actors::by_ids(conn, ids)?.into_iter().map(|actor| (actor.id, actor)).collect();
    let numbers = store::relations::numbers(conn, ids)?;
    let palette = view::palette(conn, actors.values())?;
    let admins = store::accounts::admins_among(conn, ids)?;
    let account = |id: &ActorId| {
        let numbers = numbers.get(id).copied().unwrap_or_default();
        Some(Account::new(site, actors.get(id)?, numbers, &palette, admins.contains(id)))
    };
    Ok(ids.iter().filter_map(account).collect())
}

/// An account as it is sent, made ready for many readers.
#[derive(Debug)]
pub(crate) struct Shown {
    id: ActorId,
    numbers: Numbers,
    json: Box<RawValue>,
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.json.serialize(serializer)
    }
}

impl Made for Shown {
    type Of = ActorId;

    fn of(&self) -> ActorId {
        self.id
    }

    fn made_of(&self) -> Option<Vec<Basis>> {
        Some(Vec::new())
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.json.get().len()
    }
}

/// The accounts of these actors, each once, as they are sent.
pub(crate) fn shown(conn: &mut Conn, site: &Site, ids: &[ActorId]) -> Result<HashMap<ActorId, Arc<Shown>>> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let numbers = store::relations::numbers(conn, &ids)?;
    let numbers = |id: ActorId| numbers.get(&id).copied().unwrap_or_default();
    let made = kept::lend(
        conn,
        &ids,
        |shown: &Shown| shown.numbers == numbers(shown.id),
        |conn, ids| {
            let actors = store::actors::by_ids(conn, ids)?;
            let palette = view::palette(conn, &actors)?;
            let admins = store::accounts::admins_among(conn, ids)?;
            let shown = |actor: &Actor| {
                let numbers = numbers(actor.id);
                // Texts and numbers cannot fail to be written.
                let account = Account::new(site, actor, numbers, &palette, admins.contains(&actor.id));
                let json = to_raw_value(&account).ok()?;
                Some(Shown { id: actor.id, numbers, json })
            };
            Ok(actors.iter().filter_map(shown).collect())
        },
    );
    Ok(made?.into_iter().map(|shown| (shown.id, shown)).collect())
}

/// A `CredentialAccount`: one's own.
#[derive(Debug, Serialize)]
pub(crate) struct Credentials {
    #[serde(flatten)]
    account: Account,
    source: Source,
    role: Role,
}

#[derive(Debug, Serialize)]
struct Source {
    privacy: &'static str,
    sensitive: bool,
    language: String,
    note: String,
    fields: Vec<Field>,
    follow_requests_count: usize,
    discoverable: bool,
    indexable: bool,
    hide_collections: bool,
    attribution_domains: Vec<String>,
    quote_policy: Quoting,
}

/// A `Role`.
#[derive(Debug, Serialize)]
pub(crate) struct Role {
    id: &'static str,
    name: &'static str,
    color: &'static str,
    permissions: &'static str,
    highlighted: bool,
}

/// The role of somebody with a login.
pub(crate) fn role(admin: bool) -> Role {
    if admin { ADMIN } else { EVERYBODY }
}

impl From<&Role> for Office {
    fn from(role: &Role) -> Self {
        Self { id: role.id, name: role.name, color: role.color }
    }
}

/// The numbers are Mastodon's: the first is everybody's role, the other the one with every permission.
const EVERYBODY: Role = Role { id: "-99", name: "", color: "", permissions: "0", highlighted: false };
const ADMIN: Role = Role { id: "3", name: "Admin", color: "", permissions: "1", highlighted: true };

impl Credentials {
    /// One's own account, with how many wait for an answer.
    pub(crate) fn new(
        account: Account,
        (actor, typed): (&Actor, Typed),
        (login, wanted): (&Login, Preferences),
        waiting: usize,
    ) -> Self {
        Self {
            account,
            source: Source {
                privacy: visibility(wanted.audience),
                sensitive: wanted.sensitive,
                language: wanted.language.unwrap_or_else(|| login.language.clone()),
                fields: typed_fields(actor, &typed),
                note: typed.about,
                follow_requests_count: waiting,
                discoverable: actor.discoverable,
                indexable: actor.indexable,
                hide_collections: actor.hides_circle,
                attribution_domains: typed.attribution,
                quote_policy: wanted.quoting,
            },
            role: role(login.admin),
        }
    }
}

/// A `Profile`: what one tells of oneself, as it is to be edited (Mastodon 4.6).
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "that is what the entity is")]
pub(crate) struct Profile {
    id: Id,
    display_name: String,
    note: String,
    fields: Vec<Field>,
    avatar: Option<String>,
    avatar_static: Option<String>,
    avatar_description: String,
    header: Option<String>,
    header_static: Option<String>,
    header_description: String,
    locked: bool,
    bot: bool,
    hide_collections: bool,
    discoverable: bool,
    indexable: bool,
    show_media: bool,
    show_media_replies: bool,
    show_featured: bool,
    attribution_domains: Vec<String>,
    featured_tags: Vec<Featured>,
}

impl Profile {
    /// One's own.
    pub(crate) fn new(site: &Site, actor: &Actor, typed: Typed, featured_tags: Vec<Featured>) -> Self {
        let (avatar, header) = (site.portrait(actor, Portrait::Icon), site.portrait(actor, Portrait::Image));
        Self {
            id: Id(actor.id.0),
            display_name: actor.title.clone(),
            fields: typed_fields(actor, &typed),
            note: typed.about,
            avatar_static: avatar.clone(),
            avatar,
            avatar_description: String::new(),
            header_static: header.clone(),
            header,
            header_description: String::new(),
            locked: actor.approves_followers,
            bot: actor.kind == ActorKind::Service,
            hide_collections: actor.hides_circle,
            discoverable: actor.discoverable,
            indexable: actor.indexable,
            show_media: true,
            show_media_replies: true,
            show_featured: true,
            attribution_domains: typed.attribution,
            featured_tags,
        }
    }
}
