//! What of others people here want to be told, and what was held back.
use std::collections::HashMap;

use diesel::{dsl, prelude::*, upsert::excluded};
use domain::{
    id::{ActorId, NotificationId},
    notice::Wishes,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    rows::Json,
    schema::{notice_permissions, notice_policies, notifications},
    timelines::Window,
    wanted::{Whom, wanted},
};

/// What a person wishes, if they ever said.
pub fn wishes(conn: &mut Conn, person: ActorId) -> Result<Option<Wishes>> {
    let row: Option<Json<Wishes>> =
        db!(conn, c => notice_policies::table.find(person.0).select(notice_policies::policy).first(c).optional())?;
    Ok(row.map(|row| row.0))
}

/// Records what a person wishes.
pub fn set_wishes(tx: &mut Tx<'_>, person: ActorId, wishes: Wishes) -> Result<()> {
    let row = (notice_policies::person_id.eq(person.0), notice_policies::policy.eq(Json(wishes)));
    db!(tx, c => diesel::insert_into(notice_policies::table)
        .values(row)
        .on_conflict(notice_policies::person_id)
        .do_update()
        .set(notice_policies::policy.eq(excluded(notice_policies::policy)))
        .execute(c))?;
    Ok(())
}

/// Whether a person wants to hear of `from` whatever they wish of others.
pub fn is_permitted(conn: &mut Conn, person: ActorId, from: ActorId) -> Result<bool> {
    Ok(db!(conn, c => dsl::select(dsl::exists(notice_permissions::table.find((person.0, from.0)))).get_result(c))?)
}

/// Wants to hear of `from` whatever is wished of others, and of what was held back.
pub fn permit(tx: &mut Tx<'_>, person: ActorId, from: ActorId) -> Result<()> {
    let row = (notice_permissions::person_id.eq(person.0), notice_permissions::from_id.eq(from.0));
    db!(tx, c => diesel::insert_into(notice_permissions::table).values(row).on_conflict_do_nothing().execute(c))?;
    db!(tx, c => diesel::update(
        notifications::table.filter(notifications::account_id.eq(person.0).and(notifications::actor_id.eq(from.0)))
    )
    .set(notifications::held.eq(false))
    .execute(c))?;
    Ok(())
}

/// Forgets what was held back of `from`.
pub fn dismiss(tx: &mut Tx<'_>, person: ActorId, from: ActorId) -> Result<()> {
    db!(tx, c => diesel::delete(
        notifications::table
            .filter(notifications::account_id.eq(person.0).and(notifications::actor_id.eq(from.0)))
            .filter(notifications::held.eq(true))
    )
    .execute(c))?;
    Ok(())
}

/// What of one person was held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Who did it.
    pub from: ActorId,
    /// How much it is.
    pub count: i64,
    /// The oldest of it.
    pub first: NotificationId,
    /// The newest of it.
    pub last: NotificationId,
}

/// Of whom something was held back, in the order of their numbers, the largest first.
pub fn held(conn: &mut Conn, person: ActorId, window: Window) -> Result<Vec<Held>> {
    type Row = (i64, i64, Option<i64>, Option<i64>);
    let rows: Vec<Row> = db!(conn, c => notifications::table
        .filter(notifications::account_id.eq(person.0).and(notifications::held.eq(true)))
        .filter(notifications::actor_id.lt(window.before).and(notifications::actor_id.gt(window.after)))
        .filter(wanted(Some(person), Whom::Teller))
        .group_by(notifications::actor_id)
        .order(notifications::actor_id.desc())
        .limit(window.limit)
        .select((
            notifications::actor_id,
            dsl::count_star(),
            dsl::min(notifications::id),
            dsl::max(notifications::id),
        ))
        .load(c))?;
    let held = |(from, count, first, last): Row| Held {
        from: ActorId(from),
        count,
        first: NotificationId(first.unwrap_or(0)),
        last: NotificationId(last.unwrap_or(0)),
    };
    Ok(rows.into_iter().map(held).collect())
}

/// The newest post of what each of these did that was held back.
pub fn last_posts(conn: &mut Conn, held: &[Held]) -> Result<HashMap<ActorId, i64>> {
    let ids: Vec<i64> = held.iter().map(|held| held.last.0).collect();
    let rows: Vec<(i64, i64)> = db!(conn, c => notifications::table
        .filter(notifications::id.among(&ids))
        .select((notifications::actor_id, notifications::post_id))
        .load(c))?;
    Ok(rows.into_iter().filter(|(_, post)| *post != 0).map(|(actor, post)| (ActorId(actor), post)).collect())
}

/// Of how many people something was held back, and how much.
pub fn count_held(conn: &mut Conn, person: ActorId) -> Result<(i64, i64)> {
    Ok(db!(conn, c => notifications::table
        .filter(notifications::account_id.eq(person.0).and(notifications::held.eq(true)))
        .select((dsl::count(notifications::actor_id).aggregate_distinct(), dsl::count_star()))
        .first(c))?)
}
