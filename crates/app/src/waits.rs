//! How long those wait who ask to join a community, so that whoever asks knows when to look again.
use std::time::Duration;

use domain::{
    group::{MemberState, Membership},
    id::{ActorId, WaitId},
    time::{Timestamp, span},
};
use store::Conn;

use crate::{Result, Tx};

/// How far one looks back, and how many answers say what is usual.
const SPAN: Duration = span::days(90);
const ENOUGH: usize = 5;

/// Notes that somebody is answered who asked to join, if this is what they did.
pub(crate) fn end(tx: &mut Tx<'_, '_>, was: Option<&Membership>) -> Result<()> {
    let Some(was) = was.filter(|was| was.state == MemberState::Pending) else { return Ok(()) };
    let now = tx.now();
    let took = i64::try_from(now.since(was.since).as_millis()).unwrap_or(i64::MAX);
    let id: WaitId = tx.new_id();
    Ok(store::waits::insert(tx, id, was.group, took, now - SPAN)?)
}

/// After how long half of those are answered who ask to join a group; nothing, if too few were lately.
///
/// # Errors
/// When the database fails.
pub fn usual(c: &mut Conn, group: ActorId, now: Timestamp) -> store::Result<Option<Duration>> {
    let mut took = store::waits::since(c, group, now - SPAN)?;
    took.sort_unstable();
    let median = took.get(took.len() / 2).filter(|_| took.len() >= ENOUGH);
    Ok(median.map(|took| Duration::from_millis(took.unsigned_abs())))
}
