//! Actors and their keys.
use diesel::{dsl, prelude::*, upsert::excluded};
use domain::{
    actor::{Actor, ActorKind, Field, Restraint},
    group::Visibility,
    host::Host,
    id::{ActorId, PeerId},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    pulses,
    rows::{Json, Word},
    schema::{actor_keys, actors, groups},
};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = actors, treat_none_as_default_value = false)]
struct Row {
    id: i64,
    kind: Word<ActorKind>,
    uri: String,
    name: String,
    host: String,
    peer_id: Option<i64>,
    title: String,
    summary: String,
    url: String,
    icon: Option<String>,
    image: Option<String>,
    inbox: String,
    shared_inbox: Option<String>,
    followers: Option<String>,
    approves_followers: bool,
    discoverable: bool,
    indexable: bool,
    fields: Json<Vec<Field>>,
    hides_circle: bool,
    silenced: bool,
    veiled: bool,
    created: i64,
    updated: i64,
    deleted: Option<i64>,
    suspended: Option<String>,
}

impl From<Row> for Actor {
    fn from(row: Row) -> Self {
        Self {
            id: ActorId(row.id),
            kind: row.kind.0,
            uri: row.uri,
            name: row.name,
            host: row.host,
            peer: row.peer_id.map(PeerId),
            title: row.title,
            summary: row.summary,
            url: row.url,
            icon: row.icon,
            image: row.image,
            inbox: row.inbox,
            shared_inbox: row.shared_inbox,
            followers: row.followers,
            approves_followers: row.approves_followers,
            discoverable: row.discoverable,
            indexable: row.indexable,
            fields: row.fields.0,
            hides_circle: row.hides_circle,
            silenced: row.silenced,
            veiled: row.veiled,
            created: Timestamp(row.created),
            updated: Timestamp(row.updated),
            deleted: row.deleted.map(Timestamp),
            suspended: row.suspended.is_some(),
        }
    }
}

impl From<&Actor> for Row {
    fn from(actor: &Actor) -> Self {
        let actor = actor.clone();
        Self {
            id: actor.id.0,
            kind: Word(actor.kind),
            uri: actor.uri,
            name: actor.name,
            host: actor.host,
            peer_id: actor.peer.map(i64::from),
            title: actor.title,
            summary: actor.summary,
            url: actor.url,
            icon: actor.icon,
            image: actor.image,
            inbox: actor.inbox,
            shared_inbox: actor.shared_inbox,
            followers: actor.followers,
            approves_followers: actor.approves_followers,
            discoverable: actor.discoverable,
            indexable: actor.indexable,
            fields: Json(actor.fields),
            hides_circle: actor.hides_circle,
            silenced: actor.silenced,
            veiled: actor.veiled,
            created: actor.created.0,
            updated: actor.updated.0,
            deleted: actor.deleted.map(|t| t.0),
            // Nobody begins like this, and no document changes it.
            suspended: None,
        }
    }
}

/// The actor with this number.
pub fn by_id(conn: &mut Conn, id: ActorId) -> Result<Option<Actor>> {
    Ok(db!(conn, c => actors::table.find(id.0).select(Row::as_select()).first(c).optional())?.map(Actor::from))
}

/// Whether there is such an actor, and it lives here.
pub fn is_local(conn: &mut Conn, id: ActorId) -> Result<bool> {
    let local: Option<bool> =
        db!(conn, c => actors::table.find(id.0).select(actors::peer_id.is_null()).first(c).optional())?;
    Ok(local.unwrap_or(false))
}

/// The actors with these numbers, in no order.
pub fn by_ids(conn: &mut Conn, ids: &[ActorId]) -> Result<Vec<Actor>> {
    let rows: Vec<Row> = db!(conn, c => actors::table.filter(actors::id.among(ids)).select(Row::as_select()).load(c))?;
    Ok(rows.into_iter().map(Actor::from).collect())
}

/// The actor with this id on the network.
pub fn by_uri(conn: &mut Conn, uri: &str) -> Result<Option<Actor>> {
    Ok(db!(conn, c => actors::table.filter(actors::uri.eq(uri)).select(Row::as_select()).first(c).optional())?
        .map(Actor::from))
}

/// The actors with these ids on the network, in no order.
pub fn by_uris(conn: &mut Conn, uris: &[String]) -> Result<Vec<Actor>> {
    let rows: Vec<Row> =
        db!(conn, c => actors::table.filter(actors::uri.among(uris)).select(Row::as_select()).load(c))?;
    Ok(rows.into_iter().map(Actor::from).collect())
}

/// Some who receive at `inbox` of a server, those learnt last first.
pub fn receiving_at(conn: &mut Conn, peer: PeerId, inbox: &str, limit: i64) -> Result<Vec<Actor>> {
    let rows: Vec<Row> = db!(conn, c => actors::table
        .filter(actors::peer_id.eq(peer.0).and(actors::deleted.is_null()))
        .filter(actors::inbox.eq(inbox).or(actors::shared_inbox.eq(inbox)))
        .order(actors::updated.desc())
        .limit(limit)
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Actor::from).collect())
}

/// The actor whose handle is `name@host`; `name` in lower case for local ones.
pub fn by_handle(conn: &mut Conn, name: &str, host: &str) -> Result<Option<Actor>> {
    Ok(db!(conn, c => actors::table
        .filter(actors::host.eq(host).and(actors::name.eq(name)))
        .order(actors::updated.desc())
        .select(Row::as_select())
        .first(c)
        .optional())?
    .map(Actor::from))
}

/// How many people (or groups) live here.
pub fn count_local(conn: &mut Conn, kind: ActorKind) -> Result<i64> {
    Ok(db!(conn, c => actors::table
        .filter(actors::peer_id.is_null().and(actors::kind.eq(Word(kind))).and(actors::deleted.is_null()))
        .count()
        .get_result(c))?)
}

/// How many groups live on this host of ours, but for those that only their members see into.
pub fn count_open_groups(conn: &mut Conn, host: &Host) -> Result<i64> {
    Ok(db!(conn, c => actors::table
        .inner_join(groups::table.on(groups::id.eq(actors::id)))
        .filter(actors::peer_id.is_null().and(actors::host.eq(host.as_str())).and(actors::deleted.is_null()))
        .filter(groups::visibility.ne(Word(Visibility::Private)))
        .count()
        .get_result(c))?)
}

/// Those of these groups that everybody sees into and that live on this server, or here.
pub fn open_groups_among(conn: &mut Conn, ids: &[ActorId], peer: Option<PeerId>) -> Result<Vec<Actor>> {
    let rows: Vec<Row> = db!(conn, c => {
        let query = actors::table
            .inner_join(groups::table.on(groups::id.eq(actors::id)))
            .filter(actors::id.among(ids).and(actors::deleted.is_null()))
            .filter(groups::visibility.ne(Word(Visibility::Private)))
            .order((actors::title, actors::id))
            .select(Row::as_select())
            .into_boxed();
        match peer {
            Some(peer) => query.filter(actors::peer_id.eq(peer.0)),
            None => query.filter(actors::peer_id.is_null()),
        }
        .load(c)
    })?;
    Ok(rows.into_iter().map(Actor::from).collect())
}

/// A page of the groups that live here, whoever sees into them, the newest first.
pub fn page_of_groups(conn: &mut Conn, before: Option<ActorId>, limit: i64) -> Result<Vec<Actor>> {
    let rows: Vec<Row> = db!(conn, c => actors::table
        .filter(actors::peer_id.is_null().and(actors::kind.eq(Word(ActorKind::Group))).and(actors::deleted.is_null()))
        .filter(actors::id.lt(before.map_or(i64::MAX, i64::from)))
        .order(actors::id.desc())
        .limit(limit)
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Actor::from).collect())
}

/// Adds an actor that was not known.
pub fn insert(tx: &mut Tx<'_>, actor: &Actor) -> Result<()> {
    db!(tx, c => diesel::insert_into(actors::table).values(Row::from(actor)).execute(c))?;
    if actor.is_group() { pulses::describe(tx, actor.id, actor) } else { Ok(()) }
}

/// Adds a remote actor or replaces what is known of it; the number stays that of the first time, and what was decided here
/// about it holds.
pub fn upsert(tx: &mut Tx<'_>, actor: &Actor) -> Result<ActorId> {
    let row = Row::from(actor);
    let id: i64 = db!(tx, c => diesel::insert_into(actors::table)
        .values(&row)
        .on_conflict(actors::uri)
        .do_update()
        .set((
            actors::kind.eq(excluded(actors::kind)),
            actors::name.eq(excluded(actors::name)),
            actors::host.eq(excluded(actors::host)),
            actors::peer_id.eq(excluded(actors::peer_id)),
            actors::title.eq(excluded(actors::title)),
            actors::summary.eq(excluded(actors::summary)),
            actors::url.eq(excluded(actors::url)),
            actors::icon.eq(excluded(actors::icon)),
            actors::image.eq(excluded(actors::image)),
            actors::inbox.eq(excluded(actors::inbox)),
            actors::shared_inbox.eq(excluded(actors::shared_inbox)),
            actors::followers.eq(excluded(actors::followers)),
            actors::approves_followers.eq(excluded(actors::approves_followers)),
            actors::discoverable.eq(excluded(actors::discoverable)),
            actors::indexable.eq(excluded(actors::indexable)),
            actors::fields.eq(excluded(actors::fields)),
            actors::hides_circle.eq(excluded(actors::hides_circle)),
            actors::updated.eq(excluded(actors::updated)),
            actors::deleted.eq(excluded(actors::deleted)),
        ))
        .returning(actors::id)
        .get_result(c))?;
    tx.touch(ActorId(id));
    if actor.is_group() {
        pulses::describe(tx, ActorId(id), actor)?;
    }
    Ok(ActorId(id))
}

/// Calls an actor otherwise, so that somebody else may have its name.
pub fn rename(tx: &mut Tx<'_>, id: ActorId, name: &str, uri: &str) -> Result<()> {
    tx.touch(id);
    db!(tx, c => diesel::update(actors::table.find(id.0)).set((actors::name.eq(name), actors::uri.eq(uri))).execute(c))?;
    Ok(())
}

/// Marks an actor as gone: its id answers 410 from now on.
pub fn set_deleted(tx: &mut Tx<'_>, id: ActorId, at: Timestamp) -> Result<()> {
    tx.touch(id);
    pulses::forget(tx, id)?;
    db!(tx, c => diesel::update(actors::table.find(id.0))
        .set((
            actors::deleted.eq(at.0),
            actors::title.eq(""),
            actors::summary.eq(""),
            actors::fields.eq("[]"),
            actors::icon.eq(None::<String>),
            actors::image.eq(None::<String>),
        ))
        .execute(c))?;
    Ok(())
}

/// Holds an actor back, or lets go of it.
pub fn restrain(tx: &mut Tx<'_>, id: ActorId, how: Restraint, on: bool) -> Result<()> {
    tx.touch(id);
    let it = actors::table.find(id.0);
    match how {
        Restraint::Silence => db!(tx, c => diesel::update(it).set(actors::silenced.eq(on)).execute(c))?,
        Restraint::Veil => db!(tx, c => diesel::update(it).set(actors::veiled.eq(on)).execute(c))?,
    };
    Ok(())
}

/// A key of an actor; the private half is there only for ours, and only sealed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = actor_keys, treat_none_as_default_value = false)]
pub struct KeyRow {
    /// The key's own id on the network.
    pub uri: String,
    /// Whose it is.
    pub actor_id: i64,
    /// `rsa` or `ed25519`.
    pub kind: String,
    /// PEM, or multibase for Ed25519.
    pub public: String,
    /// Sealed PEM.
    pub private: Option<Vec<u8>>,
}

/// The key with this id, with its owner.
pub fn key(conn: &mut Conn, uri: &str) -> Result<Option<(KeyRow, Actor)>> {
    let found: Option<(KeyRow, Row)> = db!(conn, c => actor_keys::table
        .inner_join(actors::table.on(actors::id.eq(actor_keys::actor_id)))
        .filter(actor_keys::uri.eq(uri))
        .select((KeyRow::as_select(), Row::as_select()))
        .first(c)
        .optional())?;
    Ok(found.map(|(key, actor)| (key, actor.into())))
}

/// All keys of an actor.
pub fn keys(conn: &mut Conn, actor: ActorId) -> Result<Vec<KeyRow>> {
    Ok(db!(conn, c => actor_keys::table
        .filter(actor_keys::actor_id.eq(actor.0))
        .order(actor_keys::uri)
        .select(KeyRow::as_select())
        .load(c))?)
}

/// Replaces the keys of an actor by these; a key id that belongs to somebody else stays theirs.
pub fn set_keys(tx: &mut Tx<'_>, actor: ActorId, keys: &[KeyRow]) -> Result<()> {
    db!(tx, c => diesel::delete(actor_keys::table.filter(actor_keys::actor_id.eq(actor.0))).execute(c))?;
    db!(tx, c => diesel::insert_into(actor_keys::table).values(keys).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// Whether any local actor, living or gone, has or had this name.
pub fn name_taken(conn: &mut Conn, name: &str, host: &str) -> Result<bool> {
    Ok(db!(conn, c => dsl::select(dsl::exists(
        actors::table.filter(actors::host.eq(host).and(actors::name.eq(name)).and(actors::peer_id.is_null()))
    )).get_result(c))?)
}
