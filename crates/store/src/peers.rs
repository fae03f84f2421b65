//! Other servers, and how sending to them goes.
use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use diesel::{dsl, prelude::*, sql_types::Bool};
use domain::{
    id::PeerId,
    peer::{Breaker, PeerState, Profile, Scheme},
    rule::Regard,
    time::{Timestamp, span},
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    kept::Basis,
    presence::{Holder, Lease},
    rows::Word,
    schema::{deliveries, peers},
};

/// How often a sign of life is written down.
const SEEN: Duration = span::minutes(1);

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = peers)]
struct Row {
    id: i64,
    host: String,
    software: String,
    version: String,
    profile: Word<Profile>,
    described: Option<i64>,
    state: Word<PeerState>,
    failures: i32,
    failing_since: Option<i64>,
    retry_at: i64,
    resting_until: i64,
    lease_until: i64,
    last_success: Option<i64>,
    last_seen: Option<i64>,
    last_error: Option<String>,
    scheme: Option<Word<Scheme>>,
    regard: Word<Regard>,
}

/// Another server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Its number.
    pub id: PeerId,
    /// Its host, canonical, with its port when it has one.
    pub host: String,
    /// The software that runs there, in lower case; empty when unknown.
    pub software: String,
    /// The version of the software.
    pub version: String,
    /// How a group's posts are sent to it.
    pub profile: Profile,
    /// When its software was last asked for.
    pub described: Option<Timestamp>,
    /// Whether it can be reached.
    pub state: PeerState,
    /// How often in a row it could not be reached.
    pub failures: i32,
    /// Since when it cannot be reached.
    pub failing_since: Option<Timestamp>,
    /// When it is tried again.
    pub retry_at: Timestamp,
    /// Nothing is asked of it before then, because it did not answer.
    pub resting_until: Timestamp,
    /// Until when a process has it for itself.
    pub lease_until: Timestamp,
    /// When it last took a delivery.
    pub last_success: Option<Timestamp>,
    /// When it last sent something itself.
    pub last_seen: Option<Timestamp>,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// How it wants requests signed, as far as that is known.
    pub scheme: Option<Scheme>,
    /// What it is to us.
    pub regard: Regard,
}

impl Peer {
    /// Until when it is left alone, because it did not answer or asked for that.
    pub fn left_alone_until(&self) -> Timestamp {
        self.retry_at.max(self.resting_until)
    }

    /// Whether it is asked for anything at `now`.
    pub fn breaker(&self, now: Timestamp) -> Breaker {
        if self.left_alone_until() > now {
            Breaker::Open
        } else if self.failures > 0 || self.resting_until > Timestamp(0) {
            Breaker::HalfOpen
        } else {
            Breaker::Closed
        }
    }
}

impl From<Row> for Peer {
    fn from(row: Row) -> Self {
        Self {
            id: PeerId(row.id),
            host: row.host,
            software: row.software,
            version: row.version,
            profile: row.profile.0,
            described: row.described.map(Timestamp),
            state: row.state.0,
            failures: row.failures,
            failing_since: row.failing_since.map(Timestamp),
            retry_at: Timestamp(row.retry_at),
            resting_until: Timestamp(row.resting_until),
            lease_until: Timestamp(row.lease_until),
            last_success: row.last_success.map(Timestamp),
            last_seen: row.last_seen.map(Timestamp),
            last_error: row.last_error,
            scheme: row.scheme.map(|scheme| scheme.0),
            regard: row.regard.0,
        }
    }
}

/// The server with this number.
pub fn by_id(conn: &mut Conn, id: PeerId) -> Result<Option<Peer>> {
    Ok(db!(conn, c => peers::table.find(id.0).select(Row::as_select()).first(c).optional())?.map(Peer::from))
}

/// The servers with these numbers, in no order.
pub fn by_ids(conn: &mut Conn, ids: &[PeerId]) -> Result<Vec<Peer>> {
    let rows: Vec<Row> = db!(conn, c => peers::table.filter(peers::id.among(ids)).select(Row::as_select()).load(c))?;
    Ok(rows.into_iter().map(Peer::from).collect())
}

/// The server at this host.
pub fn by_host(conn: &mut Conn, host: &str) -> Result<Option<Peer>> {
    Ok(db!(conn, c => peers::table.filter(peers::host.eq(host)).select(Row::as_select()).first(c).optional())?
        .map(Peer::from))
}

/// The server at this host, new under the number `id` if it was not known; then `regard` is what it is to us.
pub fn ensure(tx: &mut Tx<'_>, id: PeerId, host: &str, regard: Regard) -> Result<PeerId> {
    let find = |tx: &mut Tx<'_>| -> Result<Option<PeerId>> {
        let found: Option<i64> =
            db!(tx, c => peers::table.filter(peers::host.eq(host)).select(peers::id).first(c).optional())?;
        Ok(found.map(PeerId))
    };
    if let Some(known) = find(tx)? {
        return Ok(known);
    }
    let row = (
        peers::id.eq(id.0),
        peers::host.eq(host),
        peers::software.eq(""),
        peers::version.eq(""),
        peers::profile.eq(Word(Profile::of(""))),
        peers::state.eq(Word(PeerState::Alive)),
        peers::failures.eq(0),
        peers::retry_at.eq(0_i64),
        peers::lease_until.eq(0_i64),
        peers::regard.eq(Word(regard)),
    );
    db!(tx, c => diesel::insert_into(peers::table).values(row).execute(c))?;
    Ok(id)
}

/// What every server we know is to us.
pub fn regards(conn: &mut Conn) -> Result<Vec<(PeerId, String, Regard)>> {
    let rows: Vec<(i64, String, Word<Regard>)> =
        db!(conn, c => peers::table.select((peers::id, peers::host, peers::regard)).load(c))?;
    Ok(rows.into_iter().map(|(id, host, regard)| (PeerId(id), host, regard.0)).collect())
}

/// Records what a server is to us.
pub fn set_regard(tx: &mut Tx<'_>, id: PeerId, regard: Regard) -> Result<()> {
    tx.touch(Basis::Everything);
    db!(tx, c => diesel::update(peers::table.find(id.0)).set(peers::regard.eq(Word(regard))).execute(c))?;
    Ok(())
}

/// Records what a server says it runs.
pub fn describe(tx: &mut Tx<'_>, id: PeerId, software: &str, version: &str, now: Timestamp) -> Result<()> {
    let change = (
        peers::software.eq(software.trim().to_lowercase()),
        peers::version.eq(version),
        peers::profile.eq(Word(Profile::of(software))),
        peers::described.eq(now.0),
    );
    db!(tx, c => diesel::update(peers::table.find(id.0)).set(change).execute(c))?;
    Ok(())
}

/// Records how a server wants requests signed; what is only supposed gives way to what is known.
pub fn learn_scheme(tx: &mut Tx<'_>, host: &str, scheme: Scheme, supposed: bool) -> Result<()> {
    let unknown = peers::scheme.is_null().or((!supposed).into_sql::<Bool>());
    db!(tx, c => diesel::update(peers::table.filter(peers::host.eq(host).and(unknown)))
        .set(peers::scheme.eq(Word(scheme)))
        .execute(c))?;
    Ok(())
}

/// Records a sign of life: a request that the server signed. Whether something may be sent again because of it.
pub fn seen(tx: &mut Tx<'_>, host: &str, now: Timestamp) -> Result<bool> {
    let Some(peer) = by_host(tx, host)? else { return Ok(false) };
    // At most one more try a minute: a server may well send and yet take nothing.
    if peer.last_seen.is_some_and(|at| at + SEEN > now) {
        return Ok(false);
    }
    let dead = peer.state == PeerState::Dead;
    let failing_since = if dead { None } else { peer.failing_since };
    let change = (
        peers::last_seen.eq(now.0),
        peers::state.eq(Word(PeerState::Alive)),
        peers::failing_since.eq(failing_since.map(|at| at.0)),
        peers::retry_at.eq(peer.retry_at.min(now).0),
        peers::resting_until.eq(peer.resting_until.min(now).0),
    );
    db!(tx, c => diesel::update(peers::table.find(peer.id.0)).set(change).execute(c))?;
    Ok(dead || peer.retry_at > now || peer.resting_until > now)
}

/// A server did not answer and is left alone until then.
pub fn rests(tx: &mut Tx<'_>, host: &str, until: Timestamp, why: &str) -> Result<()> {
    let change = (peers::resting_until.eq(until.0), peers::last_error.eq(why));
    db!(tx, c => diesel::update(peers::table.filter(peers::host.eq(host))).set(change).execute(c))?;
    Ok(())
}

/// A server that was left alone answers again.
pub fn answers(tx: &mut Tx<'_>, host: &str) -> Result<()> {
    let resting = peers::table.filter(peers::host.eq(host).and(peers::resting_until.gt(0_i64)));
    db!(tx, c => diesel::update(resting).set(peers::resting_until.eq(0_i64)).execute(c))?;
    Ok(())
}

/// The hosts that are left alone, and until when.
pub fn resting(conn: &mut Conn, now: Timestamp) -> Result<Vec<(String, Timestamp)>> {
    let rows: Vec<(String, i64)> = db!(conn, c => peers::table
        .filter(peers::resting_until.gt(now.0))
        .select((peers::host, peers::resting_until))
        .load(c))?;
    Ok(rows.into_iter().map(|(host, until)| (host, Timestamp(until))).collect())
}

/// Lets a server be tried again at once.
pub fn hurry(tx: &mut Tx<'_>, id: PeerId) -> Result<()> {
    let change = (
        peers::state.eq(Word(PeerState::Alive)),
        peers::failing_since.eq(None::<i64>),
        peers::retry_at.eq(0_i64),
        peers::resting_until.eq(0_i64),
    );
    db!(tx, c => diesel::update(peers::table.find(id.0)).set(change).execute(c))?;
    Ok(())
}

/// How sending to a server goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traffic {
    /// The server.
    pub peer: Peer,
    /// How many deliveries wait.
    pub waiting: i64,
    /// How many were given up.
    pub parked: i64,
}

/// All known servers with their queues, the longest queue first.
pub fn list(conn: &mut Conn) -> Result<Vec<Traffic>> {
    let rows: Vec<Row> = db!(conn, c => peers::table.order(peers::host).select(Row::as_select()).load(c))?;
    let mut list = traffic(conn, rows)?;
    list.sort_by_key(|traffic| std::cmp::Reverse(traffic.waiting));
    Ok(list)
}

/// Known servers with their queues, by their hosts: `limit` of those after `after`, whose hosts hold `text`; with `failing`
/// only those that do not answer or did not take something.
pub fn page(conn: &mut Conn, text: &str, failing: bool, after: &str, limit: i64) -> Result<Vec<Traffic>> {
    let text = format!("%{}%", text.replace(['%', '_', '\\'], ""));
    let rows: Vec<Row> = db!(conn, c => {
        let query = peers::table
            .filter(peers::host.gt(after).and(peers::host.like(text)))
            .order(peers::host)
            .limit(limit)
            .select(Row::as_select())
            .into_boxed();
        if failing {
            let parked = deliveries::table
                .filter(deliveries::peer_id.eq(peers::id).and(deliveries::parked.is_not_null()));
            let silent = peers::failures.gt(0).or(peers::resting_until.gt(0_i64));
            query.filter(silent.or(dsl::exists(parked))).load(c)
        } else {
            query.load(c)
        }
    })?;
    traffic(conn, rows)
}

/// How sending to the server at this host goes.
pub fn at(conn: &mut Conn, host: &str) -> Result<Option<Traffic>> {
    let rows: Vec<Row> = db!(conn, c => peers::table.filter(peers::host.eq(host)).select(Row::as_select()).load(c))?;
    Ok(traffic(conn, rows)?.pop())
}

/// These servers with their queues.
fn traffic(conn: &mut Conn, rows: Vec<Row>) -> Result<Vec<Traffic>> {
    let ids: Vec<PeerId> = rows.iter().map(|row| PeerId(row.id)).collect();
    let queues: Vec<(i64, i64, i64)> = db!(conn, c => deliveries::table
        .filter(deliveries::peer_id.among(&ids))
        .group_by(deliveries::peer_id)
        .select((deliveries::peer_id, dsl::count_star(), dsl::count(deliveries::parked)))
        .load(c))?;
    let queues: HashMap<i64, (i64, i64)> =
        queues.into_iter().map(|(peer, all, parked)| (peer, (all, parked))).collect();
    let one = |peer: Peer| {
        let (all, parked) = queues.get(&peer.id.0).copied().unwrap_or_default();
        Traffic { peer, waiting: all - parked, parked }
    };
    Ok(rows.into_iter().map(|row| one(row.into())).collect())
}

/// How many servers there are, and how many of them did not answer last time.
pub fn count(conn: &mut Conn) -> Result<(i64, i64)> {
    Ok(db!(conn, c => {
        let all = peers::table.count().get_result(c)?;
        (all, peers::table.filter(peers::failures.gt(0)).count().get_result(c)?)
    }))
}

/// Takes those of these servers that are due and that nobody else has, for as long as the lease lasts.
pub fn claim(tx: &mut Tx<'_>, ids: &[PeerId], now: Timestamp, lease: Lease) -> Result<Vec<Peer>> {
    use crate::dialect::SkipLockedExt;
    let free = peers::lease_until.le(now.0).and(peers::retry_at.le(now.0));
    let rows: Vec<Row> = db!(tx, c => {
        let ids: Vec<i64> =
            peers::table.filter(peers::id.among(ids)).filter(free).select(peers::id).claimed().load(c)?;
        diesel::update(peers::table.filter(peers::id.among(ids)))
            .set((peers::lease_until.eq(lease.until.0), peers::holder.eq(lease.holder.0)))
            .returning(Row::as_returning())
            .get_results(c)
    })?;
    Ok(rows.into_iter().map(Peer::from).collect())
}

/// Lengthens a lease; returns those of the servers that nobody else took meanwhile.
pub fn renew(tx: &mut Tx<'_>, ids: &[PeerId], lease: Lease) -> Result<Vec<PeerId>> {
    let held = peers::id.among(ids).and(peers::holder.eq(lease.holder.0));
    let kept: Vec<i64> = db!(tx, c => diesel::update(peers::table.filter(held))
        .set(peers::lease_until.eq(lease.until.0))
        .returning(peers::id)
        .get_results(c))?;
    Ok(kept.into_iter().map(PeerId).collect())
}

/// Gives servers back; nothing was learnt about them.
pub fn release(tx: &mut Tx<'_>, ids: &[PeerId], holder: Holder) -> Result<()> {
    renew(tx, ids, Lease { holder, until: Timestamp(0) }).map(drop)
}

/// Those of these servers that nobody took after `holder`.
pub fn held(conn: &mut Conn, ids: &[PeerId], holder: Holder) -> Result<HashSet<PeerId>> {
    let held = peers::id.among(ids).and(peers::holder.eq(holder.0));
    let ids: Vec<i64> = db!(conn, c => peers::table.filter(held).select(peers::id).load(c))?;
    Ok(ids.into_iter().map(PeerId).collect())
}

/// Servers took deliveries.
pub fn succeeded(tx: &mut Tx<'_>, ids: &[PeerId], holder: Holder, now: Timestamp) -> Result<()> {
    let held = peers::id.among(ids).and(peers::holder.eq(holder.0));
    db!(tx, c => diesel::update(peers::table.filter(held))
        .set((
            peers::state.eq(Word(PeerState::Alive)),
            peers::failures.eq(0),
            peers::failing_since.eq(None::<i64>),
            peers::resting_until.eq(0_i64),
            peers::last_success.eq(now.0),
            peers::last_error.eq(None::<String>),
        ))
        .execute(c))?;
    Ok(())
}

/// What is to be done about a server that could not be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetBack {
    /// Whether it is still taken to be there.
    pub state: PeerState,
    /// How often in a row it could not be reached.
    pub failures: i32,
    /// Since when; `None` when it only asked for a pause.
    pub failing_since: Option<Timestamp>,
    /// When it is tried again.
    pub retry_at: Timestamp,
    /// What went wrong.
    pub error: String,
}

/// A server could not be reached by `holder`.
pub fn set_back(tx: &mut Tx<'_>, id: PeerId, holder: Holder, how: &SetBack) -> Result<()> {
    let change = (
        peers::state.eq(Word(how.state)),
        peers::failures.eq(how.failures),
        peers::failing_since.eq(how.failing_since.map(|at| at.0)),
        peers::retry_at.eq(how.retry_at.0),
        peers::last_error.eq(&how.error),
    );
    db!(tx, c => diesel::update(peers::table.find(id.0).filter(peers::holder.eq(holder.0))).set(change).execute(c))?;
    Ok(())
}
