//! Links that let people into a community, and what those who want to join answer to its questions.
use diesel::{prelude::*, upsert::excluded};
use domain::{
    id::{ActorId, InvitationId},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    rows::Json,
    schema::{applications, gates},
};

/// A link that lets people into a community.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = gates, treat_none_as_default_value = false)]
pub struct Gate {
    /// Its number.
    pub id: i64,
    /// The community.
    pub group_id: i64,
    /// Who invites.
    pub by_id: i64,
    /// Since when, in milliseconds.
    pub created: i64,
    /// Until when, in milliseconds.
    pub expires: Option<i64>,
    /// How many it is for.
    pub most: Option<i64>,
    /// How many came.
    pub used: i64,
    /// Where those have their mailbox or their account whom it is for.
    pub domain: Option<String>,
}

impl Gate {
    /// Whether it lets anybody in at `now`.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|at| at > now.0) && self.most.is_none_or(|most| self.used < most)
    }
}

/// Adds a link.
pub fn insert(tx: &mut Tx<'_>, gate: &Gate) -> Result<()> {
    db!(tx, c => diesel::insert_into(gates::table).values(gate).execute(c))?;
    Ok(())
}

/// The link with this number.
pub fn by_id(conn: &mut Conn, id: InvitationId) -> Result<Option<Gate>> {
    Ok(db!(conn, c => gates::table.find(id.0).select(Gate::as_select()).first(c).optional())?)
}

/// The latest links of a community before `before`.
pub fn of(conn: &mut Conn, group: ActorId, before: InvitationId, limit: i64) -> Result<Vec<Gate>> {
    Ok(db!(conn, c => gates::table
        .filter(gates::group_id.eq(group.0).and(gates::id.lt(before.0)))
        .order(gates::id.desc())
        .limit(limit)
        .select(Gate::as_select())
        .load(c))?)
}

/// Counts one who came in.
pub fn spend(tx: &mut Tx<'_>, id: InvitationId) -> Result<()> {
    db!(tx, c => diesel::update(gates::table.find(id.0)).set(gates::used.eq(gates::used + 1)).execute(c))?;
    Ok(())
}

/// Gives back a place that was kept for one who never came.
pub fn give_back(tx: &mut Tx<'_>, id: InvitationId) -> Result<()> {
    let spent = gates::table.filter(gates::id.eq(id.0).and(gates::used.gt(0)));
    db!(tx, c => diesel::update(spent).set(gates::used.eq(gates::used - 1)).execute(c))?;
    Ok(())
}

/// Takes a link away; whether there was one.
pub fn remove(tx: &mut Tx<'_>, group: ActorId, id: InvitationId) -> Result<bool> {
    let gate = gates::table.filter(gates::id.eq(id.0).and(gates::group_id.eq(group.0)));
    Ok(db!(tx, c => diesel::delete(gate).execute(c))? > 0)
}

/// Records what somebody who wants to join answered, in place of what they said before.
pub fn set_answers(tx: &mut Tx<'_>, group: ActorId, person: ActorId, answers: &[String], at: Timestamp) -> Result<()> {
    let row = (
        applications::group_id.eq(group.0),
        applications::person_id.eq(person.0),
        applications::answers.eq(Json(answers.to_vec())),
        applications::created.eq(at.0),
    );
    db!(tx, c => diesel::insert_into(applications::table)
        .values(row)
        .on_conflict((applications::group_id, applications::person_id))
        .do_update()
        .set((
            applications::answers.eq(excluded(applications::answers)),
            applications::created.eq(excluded(applications::created)),
        ))
        .execute(c))?;
    Ok(())
}

/// What people who want to join these communities answered: community, person, answers.
pub fn answers(
    conn: &mut Conn,
    groups: &[ActorId],
    people: &[ActorId],
) -> Result<Vec<(ActorId, ActorId, Vec<String>)>> {
    let rows: Vec<(i64, i64, Json<Vec<String>>)> = db!(conn, c => applications::table
        .filter(applications::group_id.among(groups).and(applications::person_id.among(people)))
        .select((applications::group_id, applications::person_id, applications::answers))
        .load(c))?;
    Ok(rows.into_iter().map(|(group, person, answers)| (ActorId(group), ActorId(person), answers.0)).collect())
}

/// Forgets what somebody answered.
pub fn forget_answers(tx: &mut Tx<'_>, group: ActorId, person: ActorId) -> Result<()> {
    db!(tx, c => diesel::delete(applications::table.find((group.0, person.0))).execute(c))?;
    Ok(())
}
