//! Background work and received activities: leased, retried, parked after the last try.
use std::collections::{BTreeSet, HashMap};

use diesel::{
    dsl::{exists, not, select, sql},
    expression::SqlLiteral,
    prelude::*,
    sql_types::{Bool, Integer},
};
use domain::{
    id::{JobId, ReceivedId},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::{AmongExt, SkipLockedExt},
    error::Result,
    presence::{Holder, Lease},
    schema::{jobs, peers, received, received_bodies},
};

/// What still waits, spelt as the partial indexes spell it: a bound value would not find them.
fn waiting() -> SqlLiteral<Bool> {
    sql("state = 'waiting'")
}

/// What was given up, spelt in the same way.
pub(crate) fn parked_state() -> SqlLiteral<Bool> {
    sql("state = 'parked'")
}

/// The holder of what nobody has.
const NOBODY: i32 = 0;

/// Whoever has it now began before somebody wanted it again: it is theirs until they are done, by its negative number, and then
/// to be done once more.
fn once_more() -> SqlLiteral<Integer> {
    sql("-abs(jobs.holder)")
}

/// A job as a worker gets it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Job {
    /// Its number.
    pub id: i64,
    /// What is to be done, one word.
    pub kind: String,
    /// With what.
    pub subject: String,
    /// How often it was tried, this time included.
    pub attempts: i32,
}

/// Puts work in the queue, unless the same work waits there already; parked work gets another chance.
pub fn push(tx: &mut Tx<'_>, id: JobId, kind: &str, subject: &str, run_at: Timestamp) -> Result<()> {
    let row = (
        jobs::id.eq(id.0),
        jobs::kind.eq(kind),
        jobs::subject.eq(subject),
        jobs::state.eq("waiting"),
        jobs::attempts.eq(0),
        jobs::run_at.eq(run_at.0),
        jobs::lease_until.eq(0_i64),
    );
    db!(tx, c => diesel::insert_into(jobs::table)
        .values(row)
        .on_conflict((jobs::kind, jobs::subject))
        .do_update()
        .set((jobs::state.eq("waiting"), jobs::holder.eq(once_more())))
        .execute(c))?;
    // What was never tried is done when somebody first wants it.
    let untried = jobs::lease_until.eq(0).and(jobs::attempts.eq(0)).and(jobs::run_at.gt(run_at.0));
    let same = jobs::kind.eq(kind).and(jobs::subject.eq(subject));
    db!(tx, c => diesel::update(jobs::table.filter(same.and(untried))).set(jobs::run_at.eq(run_at.0)).execute(c))?;
    Ok(())
}

/// Whether a job of this kind about this subject is still to be done.
pub fn is_planned(conn: &mut Conn, kind: &str, subject: &str) -> Result<bool> {
    let same = jobs::kind.eq(kind).and(jobs::subject.eq(subject)).and(jobs::state.eq("waiting"));
    Ok(db!(conn, c => select(exists(jobs::table.filter(same))).get_result(c))?)
}

/// Strikes out a job of this kind about this subject that is done in the same transaction; `false` if somebody was first.
pub fn take(tx: &mut Tx<'_>, kind: &str, subject: &str) -> Result<bool> {
    let same = jobs::kind.eq(kind).and(jobs::subject.eq(subject)).and(jobs::state.eq("waiting"));
    Ok(db!(tx, c => diesel::delete(jobs::table.filter(same)).execute(c))? > 0)
}

/// Takes work that is due, for as long as the lease lasts; never what is `in_hand` already, even if others believe by now
/// that its holder is no more.
pub fn claim(tx: &mut Tx<'_>, now: Timestamp, lease: Lease, in_hand: &[JobId], limit: i64) -> Result<Vec<Job>> {
    let in_hand: Vec<i64> = in_hand.iter().copied().map(i64::from).collect();
    Ok(db!(tx, c => {
        let ids: Vec<i64> = jobs::table
            .filter(waiting().and(jobs::run_at.le(now.0)).and(jobs::lease_until.le(now.0)))
            .filter(not(jobs::id.among(in_hand)))
            .order((jobs::run_at, jobs::id))
            .limit(limit)
            .select(jobs::id)
            .claimed()
            .load(c)?;
        diesel::update(jobs::table.filter(jobs::id.among(ids)))
            .set((
                jobs::lease_until.eq(lease.until.0),
                jobs::holder.eq(lease.holder.0),
                jobs::attempts.eq(jobs::attempts + 1),
            ))
            .returning((jobs::id, jobs::kind, jobs::subject, jobs::attempts))
            .get_results(c)
    })?)
}

/// Keeps work that is `in_hand` for as long as the new lease lasts, also what was wanted again meanwhile: that is done once
/// more, but not beside itself. Returns what somebody else has by now.
pub fn renew(tx: &mut Tx<'_>, in_hand: &[JobId], lease: Lease) -> Result<Vec<JobId>> {
    let ids: Vec<i64> = in_hand.iter().copied().map(i64::from).collect();
    let leased = || jobs::table.filter(jobs::id.among(&ids).and(jobs::lease_until.gt(0)));
    let own = jobs::holder.eq(lease.holder.0).or(jobs::holder.eq(-lease.holder.0));
    let others = jobs::holder.ne(lease.holder.0).and(jobs::holder.ne(-lease.holder.0));
    let lost: Vec<i64> = db!(tx, c => {
        diesel::update(leased().filter(own)).set(jobs::lease_until.eq(lease.until.0)).execute(c)?;
        leased().filter(others).select(jobs::id).load(c)?
    });
    Ok(lost.into_iter().map(JobId).collect())
}

/// Work is done: it goes, if `holder` still has it. What was wanted again meanwhile stays, and may be taken at once.
pub fn finish(tx: &mut Tx<'_>, id: JobId, holder: Holder) -> Result<()> {
    let done = jobs::table.find(id.0).filter(jobs::holder.eq(holder.0));
    db!(tx, c => diesel::delete(done).execute(c))?;
    put_back(tx, id, holder)
}

/// Work failed, and `holder` still has it: it waits until `retry_at`, or is parked for good if there is none. What was wanted
/// again meanwhile may be taken at once.
pub fn fail(tx: &mut Tx<'_>, id: JobId, holder: Holder, error: &str, retry_at: Option<Timestamp>) -> Result<()> {
    let (state, run_at) = retry_at.map_or(("parked", 0), |at| ("waiting", at.0));
    db!(tx, c => diesel::update(jobs::table.find(id.0).filter(jobs::holder.eq(holder.0)))
        .set((jobs::state.eq(state), jobs::run_at.eq(run_at), jobs::lease_until.eq(0_i64), jobs::error.eq(error)))
        .execute(c))?;
    put_back(tx, id, holder)
}

/// Lets work be taken that was wanted again while `holder` did it.
fn put_back(tx: &mut Tx<'_>, id: JobId, holder: Holder) -> Result<()> {
    let wanted = jobs::table.find(id.0).filter(jobs::holder.eq(-holder.0));
    db!(tx, c => diesel::update(wanted).set((jobs::holder.eq(NOBODY), jobs::lease_until.eq(0_i64))).execute(c))?;
    Ok(())
}

/// An activity that was received, as a worker gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its number.
    pub id: i64,
    /// Its id on the network.
    pub uri: String,
    /// Who signed it.
    pub actor_uri: String,
    /// Its type, one word.
    pub kind: String,
    /// The bytes that were verified.
    pub body: String,
    /// How often it was tried, this time included.
    pub attempts: i32,
}

/// What came of storing a received activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// It is new.
    New,
    /// It came before, with the same bytes.
    Repeated,
    /// Its id came before, with other bytes; the first stays.
    Different,
}

/// Stores a received activity, durably once the transaction commits.
pub fn receive(
    tx: &mut Tx<'_>,
    id: ReceivedId,
    (uri, actor_uri, kind): (&str, &str, &str),
    (digest, body): (&str, &str),
    now: Timestamp,
) -> Result<Arrival> {
    let row = (
        received::id.eq(id.0),
        received::uri.eq(uri),
        received::actor_uri.eq(actor_uri),
        received::kind.eq(kind),
        received::digest.eq(digest),
        received::state.eq("waiting"),
        received::attempts.eq(0),
        received::run_at.eq(now.0),
        received::lease_until.eq(0_i64),
    );
    let new = db!(tx, c => diesel::insert_into(received::table).values(row).on_conflict_do_nothing().execute(c))? > 0;
    if new {
        let row = (received_bodies::id.eq(id.0), received_bodies::body.eq(body));
        db!(tx, c => diesel::insert_into(received_bodies::table).values(row).execute(c))?;
        return Ok(Arrival::New);
    }
    let first: String = db!(tx, c => received::table.filter(received::uri.eq(uri)).select(received::digest).first(c))?;
    Ok(if first == digest { Arrival::Repeated } else { Arrival::Different })
}

/// Takes received activities that are due, the oldest first, for as long as the lease lasts.
pub fn claim_received(tx: &mut Tx<'_>, now: Timestamp, lease: Lease, limit: i64) -> Result<Vec<Received>> {
    type Row = (i64, String, String, String, i32);
    let (mut rows, bodies): (Vec<Row>, Vec<(i64, String)>) = db!(tx, c => {
        let ids: Vec<i64> = received::table
            .filter(waiting().and(received::run_at.le(now.0)).and(received::lease_until.le(now.0)))
            .order((received::run_at, received::id))
            .limit(limit)
            .select(received::id)
            .claimed()
            .load(c)?;
        let rows = diesel::update(received::table.filter(received::id.among(&ids)))
            .set((
                received::lease_until.eq(lease.until.0),
                received::holder.eq(lease.holder.0),
                received::attempts.eq(received::attempts + 1),
            ))
            .returning((received::id, received::uri, received::actor_uri, received::kind, received::attempts))
            .get_results(c)?;
        (rows, received_bodies::table.filter(received_bodies::id.among(ids)).load(c)?)
    });
    rows.sort_unstable_by_key(|row| row.0);
    let mut bodies: HashMap<i64, String> = bodies.into_iter().collect();
    let read = |(id, uri, actor_uri, kind, attempts): Row| {
        let body = bodies.remove(&id).unwrap_or_default();
        Received { id, uri, actor_uri, kind, body, attempts }
    };
    Ok(rows.into_iter().map(read).collect())
}

/// A received activity has had its effect; written in the transaction of that effect. Whether `holder` still had it: if
/// not, somebody else sees to it.
pub fn finish_received(tx: &mut Tx<'_>, id: ReceivedId, holder: Holder, note: Option<&str>) -> Result<bool> {
    let held = received::table.find(id.0).filter(received::holder.eq(holder.0));
    Ok(db!(tx, c => diesel::update(held).set((received::state.eq("done"), received::error.eq(note))).execute(c))? > 0)
}

/// A received activity could not be applied, and `holder` still has it: it waits until `retry_at`, or is parked if there
/// is none.
pub fn fail_received(
    tx: &mut Tx<'_>,
    id: ReceivedId,
    holder: Holder,
    error: &str,
    retry_at: Option<Timestamp>,
) -> Result<()> {
    let (state, run_at) = retry_at.map_or(("parked", 0), |at| ("waiting", at.0));
    db!(tx, c => diesel::update(received::table.find(id.0).filter(received::holder.eq(holder.0)))
        .set((received::state.eq(state), received::run_at.eq(run_at), received::lease_until.eq(0_i64), received::error.eq(error)))
        .execute(c))?;
    Ok(())
}

/// The bytes of a received activity.
pub fn received_body(conn: &mut Conn, id: ReceivedId) -> Result<Option<String>> {
    Ok(db!(conn, c => received_bodies::table.find(id.0).select(received_bodies::body).first(c).optional())?)
}

/// Who signed the activity with this id on the network, and its bytes, if it was received and is still kept.
pub fn received_by_uri(conn: &mut Conn, uri: &str) -> Result<Option<(String, String)>> {
    Ok(db!(conn, c => received::table
        .inner_join(received_bodies::table.on(received_bodies::id.eq(received::id)))
        .filter(received::uri.eq(uri))
        .select((received::actor_uri, received_bodies::body))
        .first(c)
        .optional())?)
}

/// Whether the activity with this id on the network was received, and has had its effect or none.
pub fn is_settled(conn: &mut Conn, uri: &str) -> Result<bool> {
    Ok(db!(conn, c => diesel::dsl::select(diesel::dsl::exists(
        received::table.filter(received::uri.eq(uri).and(received::state.eq("done")))
    ))
    .get_result(c))?)
}

/// The processes that have work in hand.
pub(crate) fn holders(conn: &mut Conn) -> Result<BTreeSet<i32>> {
    let lists: [Vec<i32>; 3] = db!(conn, c => [
        jobs::table.filter(jobs::lease_until.gt(0)).select(jobs::holder).distinct().load(c)?,
        received::table.filter(waiting().and(received::lease_until.gt(0))).select(received::holder).distinct().load(c)?,
        peers::table.filter(peers::lease_until.gt(0)).select(peers::holder).distinct().load(c)?,
    ]);
    Ok(lists.into_iter().flatten().map(i32::abs).collect())
}

/// Gives back what these processes have in hand.
pub(crate) fn release(tx: &mut Tx<'_>, holders: &[i32]) -> Result<()> {
    let none = 0_i64;
    db!(tx, c => {
        let wanted_again = holders.iter().map(|holder| -holder);
        let held = jobs::lease_until.gt(0).and(jobs::holder.eq_any(holders.iter().copied().chain(wanted_again)));
        diesel::update(jobs::table.filter(held)).set(jobs::lease_until.eq(none)).execute(c)?;
        let held = received::lease_until.gt(0).and(received::holder.eq_any(holders));
        diesel::update(received::table.filter(waiting().and(held))).set(received::lease_until.eq(none)).execute(c)?;
        let held = peers::lease_until.gt(0).and(peers::holder.eq_any(holders));
        diesel::update(peers::table.filter(held)).set(peers::lease_until.eq(none)).execute(c)?;
    });
    Ok(())
}

/// How much is in a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Waiting, due or not.
    pub waiting: i64,
    /// Given up; somebody should look.
    pub parked: i64,
    /// Since when the oldest that waits has been due, in milliseconds.
    pub oldest: Option<i64>,
}

/// How many activities wait to be applied.
pub fn received_backlog(conn: &mut Conn) -> Result<Backlog> {
    Ok(db!(conn, c => {
        Backlog {
            waiting: received::table.filter(waiting()).count().get_result(c)?,
            parked: received::table.filter(parked_state()).count().get_result(c)?,
            oldest: received::table.filter(waiting()).select(diesel::dsl::min(received::run_at)).get_result(c)?,
        }
    }))
}

/// How much background work waits.
pub fn backlog(conn: &mut Conn) -> Result<Backlog> {
    Ok(db!(conn, c => {
        Backlog {
            waiting: jobs::table.filter(waiting()).count().get_result(c)?,
            parked: jobs::table.filter(jobs::state.eq("parked")).count().get_result(c)?,
            oldest: jobs::table.filter(waiting()).select(diesel::dsl::min(jobs::run_at)).get_result(c)?,
        }
    }))
}

/// How much work of a kind was given up.
pub fn count_parked(conn: &mut Conn, kind: &str) -> Result<i64> {
    Ok(db!(conn, c => jobs::table.filter(parked_state().and(jobs::kind.eq(kind))).count().get_result(c))?)
}

/// The work that was given up, newest first: kind, subject, error.
pub fn parked(conn: &mut Conn, limit: i64) -> Result<Vec<(String, String, Option<String>)>> {
    Ok(db!(conn, c => jobs::table
        .filter(jobs::state.eq("parked"))
        .order(jobs::id.desc())
        .limit(limit)
        .select((jobs::kind, jobs::subject, jobs::error))
        .load(c))?)
}
