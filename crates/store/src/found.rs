//! Where posts are found: whoever writes them says so here of all places, for the sake of what is kept of those.
use diesel::prelude::*;
use domain::id::{ActorId, PostId};

use crate::{
    conn::{Tx, db},
    error::Result,
    kept::Basis,
    schema::{post_tags, posts, shares},
};

/// How many of those who passed a post on are named one by one.
const NAMED: i64 = 100;

/// Says that there is something else to be found with an author, in a group, and with hashtags.
pub(crate) fn with(tx: &mut Tx<'_>, (author, group): (ActorId, Option<ActorId>), tags: &[String]) {
    for actor in [author].into_iter().chain(group) {
        tx.touch(Basis::Found(actor));
    }
    for tag in tags {
        tx.touch(Basis::tag(tag));
    }
}

/// Says that a post is found otherwise wherever it is found now: there, and with all who passed it on.
pub(crate) fn otherwise(tx: &mut Tx<'_>, id: PostId) -> Result<()> {
    let of: Option<(i64, Option<i64>)> =
        db!(tx, c => posts::table.find(id.0).select((posts::author_id, posts::group_id)).first(c).optional())?;
    let Some((author, group)) = of else { return Ok(()) };
    let tags: Vec<String> =
        db!(tx, c => post_tags::table.filter(post_tags::post_id.eq(id.0)).select(post_tags::tag).load(c))?;
    with(tx, (ActorId(author), group.map(ActorId)), &tags);
    let sharers: Vec<i64> = db!(tx, c => shares::table
        .filter(shares::post_id.eq(id.0))
        .limit(NAMED + 1)
        .select(shares::actor_id)
        .load(c))?;
    if i64::try_from(sharers.len()).is_ok_and(|count| count > NAMED) {
        tx.touch(Basis::Everything);
    }
    for sharer in sharers {
        tx.touch(Basis::Found(ActorId(sharer)));
    }
    Ok(())
}
