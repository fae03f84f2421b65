//! On which day, counted from 1970, each login was last here.
use diesel::{dsl, prelude::*};
use domain::id::ActorId;

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::{accounts, visits},
};

/// Notes that a login was here on a day, which is not before the one that was noted last.
pub fn note(tx: &mut Tx<'_>, account: ActorId, day: i64) -> Result<()> {
    db!(tx, c => diesel::insert_into(visits::table)
        .values((visits::account_id.eq(account.0), visits::day.eq(day)))
        .on_conflict(visits::account_id)
        .do_update()
        .set(visits::day.eq(day))
        .execute(c))?;
    Ok(())
}

/// On which day a login was last here.
pub fn last(conn: &mut Conn, account: ActorId) -> Result<Option<i64>> {
    Ok(db!(conn, c => visits::table.find(account.0).select(visits::day).first(c).optional())?)
}

/// How many open logins were here on that day or since.
pub fn count_since(conn: &mut Conn, day: i64) -> Result<i64> {
    let open = || accounts::table.filter(accounts::disabled.is_null()).select(accounts::id);
    Ok(db!(conn, c => visits::table
        .filter(visits::day.ge(day).and(visits::account_id.eq_any(open())))
        .count()
        .get_result(c))?)
}

/// Of the logins with these numbers, how many were last here on each day.
pub fn last_days(conn: &mut Conn, from: ActorId, to: ActorId) -> Result<Vec<(i64, i64)>> {
    Ok(db!(conn, c => visits::table
        .filter(visits::account_id.ge(from.0).and(visits::account_id.lt(to.0)))
        .group_by(visits::day)
        .select((visits::day, dsl::count_star()))
        .load(c))?)
}
