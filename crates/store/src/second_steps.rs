//! Of whom a second step of signing in is asked, and who has one.
use diesel::{dsl, prelude::*};
use domain::{
    group::{MemberState, Role},
    id::ActorId,
};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    rows::Word,
    schema::{accounts, charters, members, passkeys},
    settings,
};

/// The setting that says that all who keep order or administer here need one.
const REQUIRED: &str = "second_step";
const YES: &str = "yes";

/// Whether everybody with power needs one.
pub fn is_required(conn: &mut Conn) -> Result<bool> {
    Ok(settings::get(conn, REQUIRED)?.as_deref() == Some(YES))
}

/// Says whether everybody with power needs one.
pub fn require(tx: &mut Tx<'_>, on: bool) -> Result<()> {
    settings::set(tx, REQUIRED, if on { YES } else { "" })
}

/// Whether somebody who has power, in this group or on the whole server, lacks one that is asked for. Of those whose login is
/// elsewhere it is not asked.
pub fn lacks(conn: &mut Conn, person: ActorId, group: Option<ActorId>) -> Result<bool> {
    let asked = match group {
        Some(group) => {
            let asks = charters::table.find(group.0).filter(charters::second_step.eq(true));
            db!(conn, c => dsl::select(dsl::exists(asks)).get_result::<bool>(c))?
        }
        None => false,
    };
    Ok((asked || is_required(conn)?) && has_none(conn, person)?)
}

/// Whether somebody lacks one that is asked for anywhere where they have power.
pub fn is_due(conn: &mut Conn, person: ActorId, admin: bool) -> Result<bool> {
    let in_team = || {
        members::table
            .filter(members::person_id.eq(person.0).and(members::state.eq(Word(MemberState::Active))))
            .filter(members::role.ne(Word(Role::Member)))
    };
    let asking = || {
        let asks = charters::table.filter(charters::group_id.eq(members::group_id).and(charters::second_step.eq(true)));
        in_team().filter(dsl::exists(asks))
    };
    let (in_any, in_asking): (bool, bool) =
        db!(conn, c => dsl::select((dsl::exists(in_team()), dsl::exists(asking()))).get_result(c))?;
    let asked = in_asking || (in_any || admin) && is_required(conn)?;
    Ok(asked && has_none(conn, person)?)
}

fn has_none(conn: &mut Conn, person: ActorId) -> Result<bool> {
    let bare = accounts::table
        .filter(accounts::id.eq(person.0).and(accounts::totp.is_null()))
        .filter(dsl::not(dsl::exists(passkeys::table.filter(passkeys::account_id.eq(person.0)))));
    Ok(db!(conn, c => dsl::select(dsl::exists(bare)).get_result(c))?)
}
