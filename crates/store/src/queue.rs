//! How much waits for those who keep order.
use diesel::{dsl, prelude::*};
use domain::{id::ActorId, post::FollowState};

use crate::{
    conn::{Conn, db},
    dialect::{AmongExt, literally},
    error::Result,
    rows::Word,
    schema::{appeals, follows, held, members, reports},
};

/// How much waits in these groups, requests, posts, reports and appeals together; with `everywhere`, all reports count.
pub fn count(conn: &mut Conn, groups: &[ActorId], everywhere: bool) -> Result<i64> {
    let posts = held::table.filter(held::group_id.among(groups).and(held::refused.is_null())).count();
    let said = appeals::table.filter(appeals::group_id.among(groups).and(appeals::decided.is_null())).count();
    // As a literal, or the partial index would not be taken.
    let waits = || literally("members.state = 'pending'");
    let asked = members::table.filter(members::group_id.among(groups).and(waits())).count();
    // Most who ask to follow ask to join by that.
    let same = members::group_id.eq(follows::target_id).and(members::person_id.eq(follows::follower_id));
    let followed = follows::table
        .filter(follows::target_id.among(groups).and(follows::state.eq(Word(FollowState::Pending))))
        .filter(dsl::not(dsl::exists(members::table.filter(same.and(waits())))))
        .count();
    let parts: (Option<i64>, Option<i64>, Option<i64>, Option<i64>) = db!(conn, c => diesel::select((
        posts.single_value(),
        said.single_value(),
        asked.single_value(),
        followed.single_value(),
    ))
    .get_result(c))?;
    let open: i64 = db!(conn, c => {
        let query = reports::table.filter(reports::resolved.is_null()).count().into_boxed();
        if everywhere { query } else { query.filter(reports::group_id.among(groups)) }.get_result(c)
    })?;
    Ok([parts.0, parts.1, parts.2, parts.3, Some(open)].into_iter().flatten().sum())
}
