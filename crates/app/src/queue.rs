//! How much waits for those who keep order.
use domain::{id::ActorId, policy, urls::Site};

use crate::{Me, groups, instance};

/// How much waits for me, who keep order in these groups, and for the whole server if I administer it.
///
/// # Errors
/// When the database fails.
pub fn count(c: &mut store::Conn, site: &Site, me: Me, mut groups: Vec<ActorId>) -> store::Result<i64> {
    let administers = policy::administer(&groups::regard_at_large(c, me.0)?).is_ok();
    if administers {
        groups.push(instance::voice(c, site)?);
    }
    if groups.is_empty() { Ok(0) } else { store::queue::count(c, &groups, administers) }
}
