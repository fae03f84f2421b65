//! How much waits for those who keep order.
use diesel::prelude::*;
use domain::{group::MemberState, id::ActorId, post::FollowState};

use crate::{
    conn::{Conn, db},
    dialect::AmongExt,
    error::Result,
    rows::Word,
    schema::{appeals, follows, held, members, reports},
};

/// How much waits in these groups, requests, posts, reports and appeals together; with `everywhere`, all reports count.
pub fn count(conn: &mut Conn, groups: &[ActorId], everywhere: bool) -> Result<i64> {
    let posts = held::table.filter(held::group_id.among(groups).and(held::refused.is_null())).count();
    let said = appeals::table.filter(appeals::group_id.among(groups).and(appeals::decided.is_null())).count();
    let asked = members::table
        .filter(members::group_id.among(groups).and(members::state.eq(Word(MemberState::Pending))))
        .count();
    let followed = follows::table
        .filter(follows::target_id.among(groups).and(follows::state.eq(Word(FollowState::Pending))))
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
