//! What a new community has and lacks, and how those fare who came to it.
use diesel::{dsl, prelude::*};
use domain::{
    group::{MemberState, Role},
    id::ActorId,
    time::Timestamp,
};

use crate::{
    bylaws,
    conn::{Conn, Tx, db},
    error::Result,
    groups,
    rows::Word,
    schema::{actors, charters, members, posts},
};

/// What a community has.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Facts {
    /// Whoever runs it does not want to be asked any more.
    pub put_away: bool,
    /// It welcomes those who come.
    pub welcome: bool,
    /// It has rules.
    pub rules: bool,
    /// Somebody began a conversation.
    pub thread: bool,
    /// One is pinned.
    pub pinned: bool,
    /// How many are members.
    pub members: i64,
}

/// What a community has.
pub fn facts(conn: &mut Conn, group: ActorId) -> Result<Facts> {
    let said: Option<(String, bool)> = db!(conn, c => charters::table
        .find(group.0)
        .select((charters::welcome, charters::steps_away))
        .first(c)
        .optional())?;
    let (welcome, put_away) = said.unwrap_or_default();
    let here = posts::group_id.eq(group.0).and(posts::parent_id.is_null()).and(posts::deleted.is_null());
    let thread = db!(conn, c => diesel::select(dsl::exists(posts::table.filter(here))).get_result(c))?;
    let pinned = posts::table.filter(here.and(posts::featured.is_not_null()));
    Ok(Facts {
        put_away,
        welcome: !welcome.is_empty(),
        rules: bylaws::of(conn, group)?.is_some_and(|bylaws| !bylaws.list.is_empty()),
        thread,
        pinned: db!(conn, c => diesel::select(dsl::exists(pinned)).get_result(c))?,
        members: groups::count_members(conn, group)?,
    })
}

/// Asks whoever runs a community no more.
pub fn put_away(tx: &mut Tx<'_>, group: ActorId) -> Result<()> {
    db!(tx, c => diesel::update(charters::table.find(group.0)).set(charters::steps_away.eq(true)).execute(c))?;
    Ok(())
}

/// How many became members since a moment, and how many of them wrote in the community: of those who live here, or of those
/// who live elsewhere.
pub fn arrivals(conn: &mut Conn, group: ActorId, since: Timestamp, local: bool) -> Result<(i64, i64)> {
    let wrote = posts::table
        .filter(posts::author_id.eq(members::person_id).and(posts::group_id.eq(group.0)))
        .filter(posts::deleted.is_null().and(posts::removed.is_null()));
    macro_rules! came {
        () => {
            members::table
                .inner_join(actors::table.on(actors::id.eq(members::person_id)))
                .filter(members::group_id.eq(group.0).and(members::since.ge(since.0)))
                .filter(members::state.eq(Word(MemberState::Active)).and(members::role.eq(Word(Role::Member))))
                .filter(actors::deleted.is_null().and(actors::peer_id.is_null().eq(local)))
        };
    }
    let came = db!(conn, c => came!().count().get_result(c))?;
    let writing = db!(conn, c => came!().filter(dsl::exists(wrote)).count().get_result(c))?;
    Ok((came, writing))
}

/// Whether somebody ever wrote in a community.
pub fn has_written(conn: &mut Conn, group: ActorId, person: ActorId) -> Result<bool> {
    let written = posts::table.filter(posts::author_id.eq(person.0).and(posts::group_id.eq(group.0)));
    Ok(db!(conn, c => diesel::select(dsl::exists(written)).get_result(c))?)
}
