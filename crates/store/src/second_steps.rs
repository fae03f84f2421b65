//! Of whom a second step of signing in is asked, and who has one.
use diesel::{dsl, prelude::*, sql_types::Bool};
use domain::{
    group::{MemberState, Role},
    id::ActorId,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    rows::Word,
    schema::{accounts, charters, members, passkeys, settings},
};

/// The setting that says that all who keep order or administer here need one.
const REQUIRED: &str = "second_step";
const YES: &str = "yes";

/// Whether everybody with power needs one.
pub fn is_required(conn: &mut Conn) -> Result<bool> {
    Ok(crate::settings::get(conn, REQUIRED)?.as_deref() == Some(YES))
}

/// Says whether everybody with power needs one.
pub fn require(tx: &mut Tx<'_>, on: bool) -> Result<()> {
    crate::settings::set(tx, REQUIRED, if on { YES } else { "" })
}

/// The word that everybody with power needs one, if it was said.
macro_rules! of_all {
    () => {
        settings::table.filter(settings::key.eq(REQUIRED).and(settings::value.eq(YES)))
    };
}

/// The login of somebody who has none.
macro_rules! bare {
    ($person:expr) => {
        accounts::table
            .filter(accounts::id.eq($person.0).and(accounts::totp.is_null()))
            .filter(dsl::not(dsl::exists(passkeys::table.filter(passkeys::account_id.eq($person.0)))))
    };
}

/// Whether somebody who has power, in this group or on the whole server, lacks one that is asked for. Of those whose login is
/// elsewhere it is not asked.
pub fn lacks(conn: &mut Conn, person: ActorId, group: Option<ActorId>) -> Result<bool> {
    let there = || charters::group_id.nullable().eq(group.map(i64::from)).and(charters::second_step.eq(true));
    let asked = || dsl::exists(of_all!()).or(dsl::exists(charters::table.filter(there())));
    Ok(db!(conn, c => dsl::select(asked().and(dsl::exists(bare!(person)))).get_result(c))?)
}

/// The groups among these, in whose teams somebody is, that ask for one which they lack.
pub fn lacking(conn: &mut Conn, person: ActorId, groups: &[ActorId]) -> Result<Vec<ActorId>> {
    let is_bare: bool = db!(conn, c => dsl::select(dsl::exists(bare!(person))).get_result(c))?;
    if !is_bare {
        return Ok(Vec::new());
    }
    if is_required(conn)? {
        return Ok(groups.to_vec());
    }
    let ids: Vec<i64> = db!(conn, c => charters::table
        .filter(charters::group_id.among(groups).and(charters::second_step.eq(true)))
        .select(charters::group_id)
        .load(c))?;
    Ok(ids.into_iter().map(ActorId).collect())
}

/// Whether somebody lacks one that is asked for anywhere where they have power.
pub fn is_due(conn: &mut Conn, person: ActorId, admin: bool) -> Result<bool> {
    let in_team = || {
        members::table
            .filter(members::person_id.eq(person.0).and(members::state.eq(Word(MemberState::Active))))
            .filter(members::role.ne(Word(Role::Member)).and(members::role.ne(Word(Role::Expert))))
    };
    let asking = || {
        let asks = charters::table.filter(charters::group_id.eq(members::group_id).and(charters::second_step.eq(true)));
        in_team().filter(dsl::exists(asks))
    };
    let has_power = || dsl::exists(in_team()).or(admin.into_sql::<Bool>());
    let asked = || dsl::exists(asking()).or(has_power().and(dsl::exists(of_all!())));
    Ok(db!(conn, c => dsl::select(asked().and(dsl::exists(bare!(person)))).get_result(c))?)
}
