//! Deliveries: what is still to be sent, in order within a server.
use diesel::{
    dsl::{case_when, exists, min, not},
    prelude::*,
    sql_types::{BigInt, Bool, Integer, Nullable, Text},
};
use domain::{
    id::{ActivityId, ActorId, PeerId, PostId},
    peer::{CONFIDANTS, CONFIDANTS_SINCE_1, PeerState, Receivers},
    post::FollowState,
    rule::Regard,
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::{AmongExt, OneOfExt},
    error::Result,
    jobs::Backlog,
    portions::wants_threads,
    rows::Word,
    schema::{activities, actors, deliveries, follows, partings, peers},
};

diesel::define_sql_function! {
    /// The first of the two that is there.
    fn coalesce(first: Nullable<Text>, second: Text) -> Text;
}

/// For whom an activity is.
#[derive(Debug, Clone, Copy)]
pub struct Recipients<'a> {
    /// The followers of these.
    pub followers_of: &'a [ActorId],
    /// And those who followed them then and do no more: their servers have what is taken back.
    pub departed_since: Option<Timestamp>,
    /// And these, wherever they live.
    pub people: &'a [ActorId],
    /// And every server that we know.
    pub everywhere: bool,
    /// At their own inboxes, even if their server has one for all.
    pub personal: bool,
    /// But only where one of those followers at least wants threads.
    pub threads: bool,
    /// But only on servers of this sort.
    pub receivers: Receivers,
    /// And only on those that keep what is private among members.
    pub private: bool,
    /// And not on those that get one of these activities.
    pub instead_of: &'a [ActivityId],
    /// And not on this one.
    pub but: Option<PeerId>,
}

impl Recipients<'_> {
    /// Nobody at all, to be filled.
    pub const NONE: Self = Recipients {
        followers_of: &[],
        departed_since: None,
        people: &[],
        everywhere: false,
        personal: false,
        threads: false,
        receivers: Receivers::All,
        private: false,
        instead_of: &[],
        but: None,
    };
}

/// What is filled in of a delivery that is yet to be tried.
type Fresh =
    (deliveries::peer_id, deliveries::activity_id, deliveries::inbox, deliveries::attempts, deliveries::retry_at);
const FRESH: Fresh =
    (deliveries::peer_id, deliveries::activity_id, deliveries::inbox, deliveries::attempts, deliveries::retry_at);

/// Servers whose software keeps what comes from a private group among its members.
macro_rules! keeps_secrets {
    () => {
        peers::software
            .one_of(CONFIDANTS.iter().copied())
            .and(not(peers::software.one_of(CONFIDANTS_SINCE_1.iter().copied()).and(peers::version.like("0.%"))))
    };
}
pub(crate) use keeps_secrets;

/// Queues an activity for its recipients, once per inbox; returns how many inboxes that is.
pub fn queue(tx: &mut Tx<'_>, activity: ActivityId, to: &Recipients<'_>) -> Result<usize> {
    let choice = to.receivers.choice();
    let other = diesel::alias!(deliveries as other);
    macro_rules! select {
        ($from:expr, $filter:expr, $many:expr) => {{
            let profiles = choice.profiles.iter().map(|profile| profile.as_str());
            let mut query = $from
                .inner_join(peers::table.on(actors::peer_id.eq(peers::id.nullable())))
                .filter($filter)
                .filter(actors::deleted.is_null())
                .filter(peers::state.ne(Word(PeerState::Dead)).and(peers::profile.one_of(profiles)))
                .filter(peers::regard.ne(Word(Regard::Suspended)))
                .select((
                    peers::id,
                    activity.0.into_sql::<BigInt>(),
                    coalesce(case_when((!to.personal).into_sql::<Bool>(), actors::shared_inbox), actors::inbox),
                    0.into_sql::<Integer>(),
                    0_i64.into_sql::<BigInt>(),
                ))
                .into_boxed();
            if $many {
                query = query.distinct();
            }
            if let Some(only) = choice.only {
                query = query.filter(peers::software.one_of(only.iter().copied()));
            }
            if !choice.except.is_empty() {
                query = query.filter(not(peers::software.one_of(choice.except.iter().copied())));
            }
            if to.private {
                query = query.filter(keeps_secrets!());
            }
            if let Some(but) = to.but {
                query = query.filter(peers::id.ne(but.0));
            }
            if !to.instead_of.is_empty() {
                query = query.filter(not(exists(
                    other
                        .filter(other.field(deliveries::peer_id).eq(peers::id))
                        .filter(other.field(deliveries::activity_id).among(to.instead_of)),
                )));
            }
            query.insert_into(deliveries::table).into_columns(FRESH).on_conflict_do_nothing()
        }};
    }
    let mut queued = 0;
    // One after the other: there is hardly ever more than one, or more than a few.
    for target in to.followers_of {
        let followers = || follows::table.inner_join(actors::table.on(actors::id.eq(follows::follower_id)));
        let accepted = || follows::target_id.eq(target.0).and(follows::state.eq(Word(FollowState::Accepted)));
        queued += if to.threads {
            db!(tx, c => select!(followers(), accepted().and(wants_threads!()), true).execute(c))?
        } else {
            db!(tx, c => select!(followers(), accepted(), true).execute(c))?
        };
        if let Some(since) = to.departed_since {
            let parted = || partings::table.inner_join(actors::table.on(actors::id.eq(partings::person_id)));
            let later = || partings::target_id.eq(target.0).and(partings::at.ge(since.0));
            queued += db!(tx, c => select!(parted(), later(), true).execute(c))?;
        }
    }
    for person in to.people {
        queued += db!(tx, c => select!(actors::table, actors::id.eq(person.0), false).execute(c))?;
    }
    if to.everywhere {
        queued += db!(tx, c => select!(actors::table, actors::shared_inbox.is_not_null(), true).execute(c))?;
    }
    Ok(queued)
}

/// Servers that something is due for and that nobody serves, those that go well first; `well` leaves out the others.
pub fn due_peers(conn: &mut Conn, now: Timestamp, well: bool, limit: i64) -> Result<Vec<PeerId>> {
    let due = deliveries::table
        .filter(deliveries::peer_id.eq(peers::id))
        .filter(deliveries::parked.is_null().and(deliveries::retry_at.le(now.0)));
    let worst = if well { 0 } else { i32::MAX };
    let ids: Vec<i64> = db!(conn, c => peers::table
        .filter(peers::lease_until.le(now.0).and(peers::retry_at.le(now.0)).and(peers::resting_until.le(now.0)))
        .filter(peers::failures.le(worst).and(exists(due)))
        .order(peers::failures)
        .limit(limit)
        .select(peers::id)
        .load(c))?;
    Ok(ids.into_iter().map(PeerId).collect())
}

/// A delivery that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// What is to be sent.
    pub activity: ActivityId,
    /// Where to.
    pub inbox: String,
    /// How often it was tried.
    pub attempts: i32,
    /// Not before.
    pub retry_at: Timestamp,
    /// The post it is about.
    pub post: Option<PostId>,
}

/// What waits for a server, in order, after the place in the queue that `after` names.
pub fn waiting(conn: &mut Conn, peer: PeerId, after: Option<&Waiting>, limit: i64) -> Result<Vec<Waiting>> {
    let (activity, inbox) = after.map_or((0, ""), |last| (last.activity.0, last.inbox.as_str()));
    let rows: Vec<(i64, String, i32, i64, Option<i64>)> = db!(conn, c => deliveries::table
        .inner_join(activities::table.on(activities::id.eq(deliveries::activity_id)))
        .filter(deliveries::peer_id.eq(peer.0).and(deliveries::parked.is_null()))
        .filter(deliveries::activity_id.ge(activity))
        .filter(deliveries::activity_id.gt(activity).or(deliveries::inbox.gt(inbox)))
        .order((deliveries::activity_id, deliveries::inbox))
        .limit(limit)
        .select((
            deliveries::activity_id,
            deliveries::inbox,
            deliveries::attempts,
            deliveries::retry_at,
            activities::post_id,
        ))
        .load(c))?;
    let read = |(activity, inbox, attempts, retry_at, post): (i64, String, i32, i64, Option<i64>)| Waiting {
        activity: ActivityId(activity),
        inbox,
        attempts,
        retry_at: Timestamp(retry_at),
        post: post.map(PostId),
    };
    Ok(rows.into_iter().map(read).collect())
}

/// What became of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It needs no more tries.
    Done,
    /// It is tried again.
    Later {
        /// Not before.
        retry_at: Timestamp,
        /// What went wrong; `None` when it only waits for another one, which is no try.
        error: Option<String>,
    },
    /// It is given up.
    Parked {
        /// Why.
        error: String,
    },
}

/// Records what became of a delivery to a server.
pub fn end(tx: &mut Tx<'_>, peer: PeerId, waiting: &Waiting, end: &End, now: Timestamp) -> Result<()> {
    let row = deliveries::table.find((waiting.activity.0, peer.0, &waiting.inbox));
    match end {
        End::Done => db!(tx, c => diesel::delete(row).execute(c))?,
        End::Later { retry_at, error: None } => {
            db!(tx, c => diesel::update(row).set(deliveries::retry_at.eq(retry_at.0)).execute(c))?
        }
        End::Later { retry_at, error: Some(error) } => db!(tx, c => diesel::update(row)
            .set((
                deliveries::retry_at.eq(retry_at.0),
                deliveries::attempts.eq(deliveries::attempts + 1),
                deliveries::error.eq(error),
            ))
            .execute(c))?,
        End::Parked { error } => db!(tx, c => diesel::update(row)
            .set((
                deliveries::parked.eq(now.0),
                deliveries::attempts.eq(deliveries::attempts + 1),
                deliveries::error.eq(error),
            ))
            .execute(c))?,
    };
    Ok(())
}

/// Gives up everything that is to be sent to a server, without a trace.
pub fn forget_peer(tx: &mut Tx<'_>, peer: PeerId) -> Result<()> {
    // One after the other: each has an index.
    let waiting = deliveries::peer_id.eq(peer.0).and(deliveries::parked.is_null());
    db!(tx, c => diesel::delete(deliveries::table.filter(waiting)).execute(c))?;
    let parked = deliveries::peer_id.eq(peer.0).and(deliveries::parked.is_not_null());
    db!(tx, c => diesel::delete(deliveries::table.filter(parked)).execute(c))?;
    Ok(())
}

/// Deletes deliveries that were made: those of `activities` to one inbox.
pub fn done(tx: &mut Tx<'_>, peer: PeerId, inbox: &str, activities: &[ActivityId]) -> Result<()> {
    db!(tx, c => diesel::delete(deliveries::table
        .filter(deliveries::peer_id.eq(peer.0).and(deliveries::activity_id.among(activities)).and(deliveries::inbox.eq(inbox))))
        .execute(c))?;
    Ok(())
}

/// An inbox is gone for good: nothing more is sent there, and whoever received only there follows no more.
pub fn inbox_gone(tx: &mut Tx<'_>, inbox: &str) -> Result<()> {
    let gone = actors::table
        .filter(actors::inbox.eq(inbox).and(actors::peer_id.is_not_null()))
        .filter(actors::shared_inbox.is_null().or(actors::shared_inbox.ne(inbox)))
        .select(actors::id);
    tx.memory().change_all();
    db!(tx, c => diesel::delete(follows::table.filter(follows::follower_id.eq_any(gone))).execute(c))?;
    Ok(())
}

/// Sends what waits for an inbox of a server to the one that took its place, and all who share it receive there.
pub fn redirect(tx: &mut Tx<'_>, peer: PeerId, from: &str, to: &str) -> Result<()> {
    let there = deliveries::peer_id.eq(peer.0).and(deliveries::inbox.eq(from)).and(deliveries::parked.is_null());
    db!(tx, c => {
        let sharing = actors::peer_id.eq(peer.0).and(actors::shared_inbox.eq(from));
        diesel::update(actors::table.filter(sharing)).set(actors::shared_inbox.eq(to)).execute(c)?;
        deliveries::table
            .filter(there)
            .select((
                deliveries::peer_id,
                deliveries::activity_id,
                to.into_sql::<Text>(),
                0.into_sql::<Integer>(),
                0_i64.into_sql::<BigInt>(),
            ))
            .insert_into(deliveries::table)
            .into_columns(FRESH)
            .on_conflict_do_nothing()
            .execute(c)?;
        diesel::delete(deliveries::table.filter(there)).execute(c)?;
    });
    Ok(())
}

/// Lets everything for a server be tried again, also what was given up; returns how much of that there was.
pub fn revive(tx: &mut Tx<'_>, peer: PeerId) -> Result<usize> {
    let waiting = deliveries::table.filter(deliveries::peer_id.eq(peer.0).and(deliveries::parked.is_null()));
    db!(tx, c => diesel::update(waiting).set(deliveries::retry_at.eq(0_i64)).execute(c))?;
    let parked = deliveries::table.filter(deliveries::peer_id.eq(peer.0).and(deliveries::parked.is_not_null()));
    Ok(db!(tx, c => diesel::update(parked).set(afresh()).execute(c))?)
}

/// Lets what was given up about a post, or waits, be tried again at once; returns at which servers, once for each delivery.
pub fn revive_about(tx: &mut Tx<'_>, post: PostId) -> Result<Vec<PeerId>> {
    let about = activities::table.filter(activities::post_id.eq(post.0)).select(activities::id);
    let outstanding = deliveries::activity_id.eq_any(about);
    let peers: Vec<i64> = db!(tx, c => diesel::update(deliveries::table.filter(outstanding))
        .set(afresh())
        .returning(deliveries::peer_id)
        .get_results(c))?;
    Ok(peers.into_iter().map(PeerId).collect())
}

/// Lets one activity be sent to a server again at once, also if that was given up; returns whether there is such a delivery.
pub fn revive_one(tx: &mut Tx<'_>, peer: PeerId, activity: ActivityId) -> Result<bool> {
    let one = deliveries::activity_id.eq(activity.0).and(deliveries::peer_id.eq(peer.0));
    Ok(db!(tx, c => diesel::update(deliveries::table.filter(one)).set(afresh()).execute(c))? > 0)
}

/// As if it was never tried; what went wrong stays readable.
#[derive(AsChangeset)]
#[diesel(table_name = deliveries, treat_none_as_null = true)]
struct Afresh {
    parked: Option<i64>,
    attempts: i32,
    retry_at: i64,
}

fn afresh() -> Afresh {
    Afresh { parked: None, attempts: 0, retry_at: 0 }
}

/// A delivery that was not made yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outstanding {
    /// What is to be sent.
    pub activity: ActivityId,
    /// The id of who says it.
    pub actor: String,
    /// Its type, one word.
    pub kind: String,
    /// The host of the server.
    pub host: String,
    /// Where to.
    pub inbox: String,
    /// How often it was tried.
    pub attempts: i32,
    /// Not before.
    pub retry_at: Timestamp,
    /// When it was given up.
    pub parked: Option<Timestamp>,
    /// What went wrong last.
    pub error: Option<String>,
}

type OutstandingRow = (i64, String, String, String, String, i32, i64, Option<i64>, Option<String>);

/// Deliveries with what they bring and where.
macro_rules! outstanding {
    () => {
        activities::table
            .inner_join(deliveries::table.on(deliveries::activity_id.eq(activities::id)))
            .inner_join(peers::table.on(peers::id.eq(deliveries::peer_id)))
            .inner_join(actors::table.on(actors::id.eq(activities::actor_id)))
            .select((
                activities::id,
                actors::uri,
                activities::kind,
                peers::host,
                deliveries::inbox,
                deliveries::attempts,
                deliveries::retry_at,
                deliveries::parked,
                deliveries::error,
            ))
    };
}

/// What was not delivered yet of what is to be said about a post.
pub fn about(conn: &mut Conn, post: PostId) -> Result<Vec<Outstanding>> {
    let rows: Vec<OutstandingRow> = db!(conn, c => outstanding!()
        .filter(activities::post_id.eq(post.0))
        .order((peers::host, activities::id, deliveries::inbox))
        .load(c))?;
    Ok(rows.into_iter().map(Outstanding::read).collect())
}

/// What was not delivered yet to a server, in order: `limit` after the delivery of an activity to an inbox there.
pub fn at_peer(
    conn: &mut Conn,
    peer: PeerId,
    after: Option<(ActivityId, &str)>,
    limit: i64,
) -> Result<Vec<Outstanding>> {
    let (activity, inbox) = after.map_or((0, ""), |(activity, inbox)| (activity.0, inbox));
    let rows: Vec<OutstandingRow> = db!(conn, c => outstanding!()
        .filter(deliveries::peer_id.eq(peer.0).and(deliveries::activity_id.ge(activity)))
        .filter(deliveries::activity_id.gt(activity).or(deliveries::inbox.gt(inbox)))
        .order((deliveries::activity_id, deliveries::inbox))
        .limit(limit)
        .load(c))?;
    Ok(rows.into_iter().map(Outstanding::read).collect())
}

impl Outstanding {
    fn read(row: OutstandingRow) -> Self {
        let (activity, actor, kind, host, inbox, attempts, retry_at, parked, error) = row;
        Self {
            activity: ActivityId(activity),
            actor,
            kind,
            host,
            inbox,
            attempts,
            retry_at: Timestamp(retry_at),
            parked: parked.map(Timestamp),
            error,
        }
    }
}

/// How many deliveries wait; the oldest by the moment of its activity.
pub fn backlog(conn: &mut Conn) -> Result<Backlog> {
    Ok(db!(conn, c => {
        let waiting = deliveries::table.filter(deliveries::parked.is_null());
        let oldest: Option<i64> = waiting.select(min(deliveries::activity_id)).get_result(c)?;
        Backlog {
            waiting: waiting.count().get_result(c)?,
            parked: deliveries::table.filter(deliveries::parked.is_not_null()).count().get_result(c)?,
            oldest: oldest.map(|id| ActivityId(id).timestamp().0),
        }
    }))
}
