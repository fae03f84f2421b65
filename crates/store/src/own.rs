//! What people here keep for themselves, forgotten as a whole.
use diesel::prelude::*;
use domain::id::ActorId;

use crate::{
    conn::{Tx, db},
    error::Result,
    kept::Basis,
    schema::{
        announcement_marks, arrivals, bookmarks, conversations, drafts, echoes, endorsements, featured_tags, feed_keys,
        filter_keywords, filter_posts, filters, followed_tags, group_levels, host_shuns, idempotency, invitations,
        list_members, lists, mailings, markers, notes, notice_permissions, notice_policies, notifications, openings,
        pins, preferences, profile_sources, quiet_hours, readings, scheduled, severances, shuns, thanked,
        thread_levels, turns, unsent, unsuggested, visits, welcomed,
    },
};

macro_rules! forget {
    ($tx:ident, $id:expr, $($table:ident.$column:ident)*) => {$(
        db!($tx, c => diesel::delete($table::table.filter($table::$column.eq($id))).execute(c))?;
    )*};
}

/// Forgets what somebody kept for themselves. What others see of them is not among it.
pub fn forget(tx: &mut Tx<'_>, person: ActorId) -> Result<()> {
    tx.touch(Basis::Wishes(person));
    tx.touch(Basis::Marks(person));
    let mine = filters::table.filter(filters::person_id.eq(person.0)).select(filters::id);
    db!(tx, c => diesel::delete(filter_keywords::table.filter(filter_keywords::filter_id.eq_any(mine))).execute(c))?;
    let mine = filters::table.filter(filters::person_id.eq(person.0)).select(filters::id);
    db!(tx, c => diesel::delete(filter_posts::table.filter(filter_posts::filter_id.eq_any(mine))).execute(c))?;
    forget!(tx, person.0,
        filters.person_id list_members.owner_id lists.owner_id bookmarks.person_id markers.person_id notes.person_id
        endorsements.person_id unsuggested.person_id featured_tags.person_id followed_tags.person_id
        group_levels.person_id thread_levels.person_id scheduled.person_id conversations.person_id notice_policies.person_id
        notice_permissions.person_id announcement_marks.person_id drafts.person_id readings.person_id preferences.person_id
        host_shuns.person_id shuns.actor_id pins.actor_id notifications.account_id idempotency.account_id
        invitations.account_id profile_sources.person_id welcomed.person_id feed_keys.person_id
        visits.account_id echoes.person_id quiet_hours.person_id severances.person_id arrivals.person_id turns.person_id
        thanked.person_id openings.admin_id mailings.person_id unsent.person_id
    );
    Ok(())
}
