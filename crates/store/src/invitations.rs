//! Links that let people sign up.
use diesel::{dsl, prelude::*};
use domain::{id::InvitationId, time::Timestamp};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::invitations,
};

/// A link that lets people sign up.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = invitations, treat_none_as_default_value = false)]
pub struct Invitation {
    /// Its number.
    pub id: i64,
    /// Who invites.
    pub account_id: i64,
    /// Since when, in milliseconds.
    pub created: i64,
    /// Until when, in milliseconds.
    pub expires: Option<i64>,
    /// How many it is for.
    pub most: Option<i64>,
    /// How many came.
    pub used: i64,
}

/// Adds an invitation.
pub fn insert(tx: &mut Tx<'_>, invitation: &Invitation) -> Result<()> {
    db!(tx, c => diesel::insert_into(invitations::table).values(invitation).execute(c))?;
    Ok(())
}

/// The newest invitations before `before`.
pub fn page(conn: &mut Conn, before: InvitationId, limit: i64) -> Result<Vec<Invitation>> {
    Ok(db!(conn, c => invitations::table
        .filter(invitations::id.lt(before.0))
        .order(invitations::id.desc())
        .limit(limit)
        .select(Invitation::as_select())
        .load(c))?)
}

/// Takes an invitation back; whether there was one.
pub fn remove(tx: &mut Tx<'_>, id: InvitationId) -> Result<bool> {
    Ok(db!(tx, c => diesel::delete(invitations::table.find(id.0)).execute(c))? > 0)
}

/// Whether an invitation is good at `now`.
pub fn good(conn: &mut Conn, id: InvitationId, now: Timestamp) -> Result<bool> {
    Ok(db!(conn, c => dsl::select(dsl::exists(invitations::table
        .find(id.0)
        .filter(invitations::expires.is_null().or(invitations::expires.gt(now.0)))
        .filter(invitations::most.is_null().or(invitations::most.gt(invitations::used.nullable())))))
    .get_result(c))?)
}

/// Counts one who came; not if as many came as it is for.
pub fn spend(tx: &mut Tx<'_>, id: InvitationId) -> Result<bool> {
    Ok(db!(tx, c => diesel::update(invitations::table
        .find(id.0)
        .filter(invitations::most.is_null().or(invitations::most.gt(invitations::used.nullable()))))
    .set(invitations::used.eq(invitations::used + 1))
    .execute(c))?
        > 0)
}
