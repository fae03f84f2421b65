//! Who does not want to read whom.
use diesel::{dsl, prelude::*, upsert::excluded};
use domain::{
    id::{ActorId, TieId},
    shun::{Deed, Shun},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    kept::Basis,
    rows::Word,
    schema::{actors, host_shuns, shuns},
};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = shuns, treat_none_as_default_value = false)]
struct Row {
    actor_id: i64,
    target_id: i64,
    deed: Word<Deed>,
    quiet: bool,
    until: Option<i64>,
    activity_uri: String,
    created: i64,
}

impl From<Row> for Shun {
    fn from(row: Row) -> Self {
        Self {
            by: ActorId(row.actor_id),
            target: ActorId(row.target_id),
            deed: row.deed.0,
            quiet: row.quiet,
            until: row.until.map(Timestamp),
            activity_uri: row.activity_uri,
            created: Timestamp(row.created),
        }
    }
}

/// The shun of `target` by `by`.
pub fn get(conn: &mut Conn, by: ActorId, target: ActorId, deed: Deed) -> Result<Option<Shun>> {
    Ok(db!(conn, c => shuns::table
        .find((by.0, target.0, Word(deed)))
        .select(Row::as_select())
        .first(c)
        .optional())?
    .map(Shun::from))
}

/// Records a shun, new or changed; `id` is for a new one.
pub fn set(tx: &mut Tx<'_>, id: TieId, shun: &Shun) -> Result<()> {
    touch(tx, shun.by, shun.target);
    let row = Row {
        actor_id: shun.by.0,
        target_id: shun.target.0,
        deed: Word(shun.deed),
        quiet: shun.quiet,
        until: shun.until.map(|at| at.0),
        activity_uri: shun.activity_uri.clone(),
        created: shun.created.0,
    };
    db!(tx, c => diesel::insert_into(shuns::table)
        .values((&row, shuns::id.eq(id.0)))
        .on_conflict((shuns::actor_id, shuns::target_id, shuns::deed))
        .do_update()
        .set((shuns::quiet.eq(excluded(shuns::quiet)), shuns::until.eq(excluded(shuns::until))))
        .execute(c))?;
    Ok(())
}

/// Who blocks somebody takes from them what they wrote.
fn touch(tx: &mut Tx<'_>, by: ActorId, target: ActorId) {
    tx.touch(Basis::Wishes(by));
    tx.touch(Basis::Wishes(target));
}

/// Ends a shun; returns what it was.
pub fn remove(tx: &mut Tx<'_>, by: ActorId, target: ActorId, deed: Deed) -> Result<Option<Shun>> {
    let was = get(tx, by, target, deed)?;
    if was.is_some() {
        touch(tx, by, target);
        db!(tx, c => diesel::delete(shuns::table.find((by.0, target.0, Word(deed)))).execute(c))?;
    }
    Ok(was)
}

/// All shuns of these by `me`.
pub fn of(conn: &mut Conn, me: ActorId, others: &[ActorId]) -> Result<Vec<Shun>> {
    let rows: Vec<Row> = db!(conn, c => shuns::table
        .filter(shuns::actor_id.eq(me.0).and(shuns::target_id.among(others)))
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Shun::from).collect())
}

/// Who of these people keeps away from whom of the others: what they did, or nothing if they shun the whole server. What
/// counts more comes last.
pub fn kept_away(
    conn: &mut Conn,
    people: &[ActorId],
    others: &[ActorId],
) -> Result<Vec<(ActorId, ActorId, Option<Deed>)>> {
    let shunned: Vec<(i64, i64, Word<Deed>)> = db!(conn, c => shuns::table
        .filter(shuns::actor_id.among(people).and(shuns::target_id.among(others)))
        .select((shuns::actor_id, shuns::target_id, shuns::deed))
        .load(c))?;
    let housed: Vec<(i64, i64)> = db!(conn, c => host_shuns::table
        .inner_join(actors::table.on(actors::host.eq(host_shuns::host)))
        .filter(host_shuns::person_id.among(people).and(actors::id.among(others)))
        .select((host_shuns::person_id, actors::id))
        .load(c))?;
    let shunned = shunned.into_iter().map(|(by, whom, deed)| (by, whom, Some(deed.0)));
    let mut all: Vec<_> = shunned.chain(housed.into_iter().map(|(by, whom)| (by, whom, None))).collect();
    all.sort_by_key(|(.., deed)| match deed {
        Some(Deed::Mute) => 0,
        None => 1,
        Some(Deed::Block) => 2,
    });
    Ok(all.into_iter().map(|(by, whom, deed)| (ActorId(by), ActorId(whom), deed)).collect())
}

/// Those of these who block `me`.
pub fn blocking(conn: &mut Conn, me: ActorId, others: &[ActorId]) -> Result<Vec<ActorId>> {
    let ids: Vec<i64> = db!(conn, c => shuns::table
        .filter(shuns::target_id.eq(me.0).and(shuns::deed.eq(Word(Deed::Block))))
        .filter(shuns::actor_id.among(others))
        .select(shuns::actor_id)
        .load(c))?;
    Ok(ids.into_iter().map(ActorId).collect())
}

/// All who block somebody.
pub(crate) fn blockers(conn: &mut Conn, target: ActorId) -> Result<Vec<ActorId>> {
    let ids: Vec<i64> = db!(conn, c => shuns::table
        .filter(shuns::target_id.eq(target.0).and(shuns::deed.eq(Word(Deed::Block))))
        .select(shuns::actor_id)
        .load(c))?;
    Ok(ids.into_iter().map(ActorId).collect())
}

/// Whether one of the two blocks the other.
pub fn apart(conn: &mut Conn, one: ActorId, other: ActorId) -> Result<bool> {
    let between = shuns::actor_id
        .eq(one.0)
        .and(shuns::target_id.eq(other.0))
        .or(shuns::actor_id.eq(other.0).and(shuns::target_id.eq(one.0)));
    Ok(db!(conn, c => dsl::select(dsl::exists(
        shuns::table.filter(shuns::deed.eq(Word(Deed::Block))).filter(between)
    ))
    .get_result(c))?)
}

/// Whether what `by` does is no news for `reader`.
pub fn hushes(conn: &mut Conn, reader: ActorId, by: ActorId) -> Result<bool> {
    let shunned: bool = db!(conn, c => dsl::select(dsl::exists(
        shuns::table.filter(shuns::actor_id.eq(reader.0).and(shuns::target_id.eq(by.0)).and(shuns::quiet.eq(true)))
    ))
    .get_result(c))?;
    Ok(shunned || crate::host_shuns::concerns(conn, reader, by)?)
}
