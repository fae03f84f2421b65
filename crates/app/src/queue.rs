//! How much waits for those who keep order.
use domain::{id::ActorId, urls::Site};

use crate::instance;

/// How much waits for somebody who keeps order in these groups, and for the whole server if they administer it.
///
/// # Errors
/// When the database fails.
pub fn count(c: &mut store::Conn, site: &Site, mut groups: Vec<ActorId>, is_admin: bool) -> store::Result<i64> {
    if is_admin {
        groups.push(instance::voice(c, site)?);
    }
    if groups.is_empty() { Ok(0) } else { store::queue::count(c, &groups, is_admin) }
}
