//! How much waits for those who keep order.
use domain::{id::ActorId, policy, urls::Site};

use crate::{Me, groups, instance, second_step};

/// How much waits for me, who keep order in these groups, and for the whole server if I administer it: reports, and accounts to be
/// taken in. Of groups whose team needs a second step that I lack, nothing is shown and nothing counts.
///
/// # Errors
/// When the database fails.
pub fn count(c: &mut store::Conn, site: &Site, me: Me, mut groups: Vec<ActorId>) -> store::Result<i64> {
    let resting = second_step::lacking(c, me, &groups)?;
    groups.retain(|group| !resting.contains(group));
    let administers = policy::administer(&groups::regard_at_large(c, me.0)?).is_ok();
    if administers {
        groups.push(instance::voice(c, site)?);
    }
    let newcomers = if administers { store::accounts::count_waiting(c)? } else { 0 };
    let waiting = if groups.is_empty() { 0 } else { store::queue::count(c, &groups, administers)? };
    Ok(waiting + newcomers)
}
