//! Which replies a group brought to servers that want all of it, and by which activity.
use diesel::prelude::*;
use domain::id::{ActivityId, ActorId, PostId};

use crate::{
    conn::{Tx, db},
    error::Result,
    schema::brought,
};

/// Remembers by which activity a group brought a reply; that of an earlier time counts no more.
pub fn set(tx: &mut Tx<'_>, post: PostId, group: ActorId, activity: ActivityId) -> Result<()> {
    db!(tx, c => diesel::insert_into(brought::table)
        .values((brought::post_id.eq(post.0), brought::group_id.eq(group.0), brought::activity_id.eq(activity.0)))
        .on_conflict((brought::post_id, brought::group_id))
        .do_update()
        .set(brought::activity_id.eq(activity.0))
        .execute(c))?;
    Ok(())
}

/// By which activity a group brought a reply, if it did; it is about to be taken back.
pub fn take(tx: &mut Tx<'_>, post: PostId, group: ActorId) -> Result<Option<ActivityId>> {
    let one = || brought::table.find((post.0, group.0));
    let id: Option<i64> = db!(tx, c => one().select(brought::activity_id).first(c).optional())?;
    if id.is_some() {
        db!(tx, c => diesel::delete(one()).execute(c))?;
    }
    Ok(id.map(ActivityId))
}
