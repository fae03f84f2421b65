//! Leases: taken once, given back by time, retried, parked.
use std::sync::mpsc;

use diesel::prelude::*;
use domain::{
    actor::{Actor, ActorKind},
    id::{ActivityId, JobId, PeerId, ReceivedId},
    peer::{PeerState, Scheme},
    rule::Regard,
    time::Timestamp,
};

use super::{TestDb, actor, on_both};
use crate::{
    Error, Holder, Isolation, Lease, Tx,
    activities::{self, Activity},
    actors,
    conn::db,
    deliveries::{self, End, Recipients},
    jobs::{self, Arrival, Backlog},
    peers::{self, SetBack},
    retention::{self, Cutoffs},
};

fn lease(holder: i32, until: i64) -> Lease {
    Lease { holder: Holder(holder), until: Timestamp(until) }
}

async fn work_is_taken_once_and_comes_back_after_the_lease(t: TestDb) {
    t.db.write(|tx| {
        for id in 0..6 {
            jobs::push(tx, JobId(id), "k", &format!("s{}", id % 5), Timestamp(10))?;
        }
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
    let claim = |now: i64| t.db.write(move |tx| jobs::claim(tx, Timestamp(now), lease(1, now + 100), &[], 3));
    assert!(claim(9).await.unwrap().is_empty(), "nothing is due yet");
    let (a, b) = tokio::join!(claim(20), claim(20));
    let mut taken: Vec<String> = a.unwrap().into_iter().chain(b.unwrap()).map(|job| job.subject).collect();
    taken.sort();
    assert_eq!(taken, ["s0", "s1", "s2", "s3", "s4"], "the same work waits once and is taken once");
    assert!(claim(119).await.unwrap().is_empty());
    let again = claim(120).await.unwrap();
    assert_eq!(again.len(), 3);
    assert!(again.iter().all(|job| job.attempts == 2));
    let id = JobId(again[0].id);
    t.db.write(move |tx| jobs::fail(tx, id, Holder(1), "broken", None)).await.unwrap();
    let backlog = t.db.read(jobs::backlog).await.unwrap();
    assert_eq!((backlog.waiting, backlog.parked), (4, 1));
}

async fn the_first_activity_of_an_id_stays(t: TestDb) {
    let receive = |id: i64, digest: &'static str| {
        t.db.write(move |tx| {
            jobs::receive(
                tx,
                ReceivedId(id),
                ("https://b.test/1", "https://b.test/u", "Like"),
                (digest, digest),
                Timestamp(1),
            )
        })
    };
    assert_eq!(receive(1, "aa").await.unwrap(), Arrival::New);
    assert_eq!(receive(2, "aa").await.unwrap(), Arrival::Repeated);
    assert_eq!(receive(3, "bb").await.unwrap(), Arrival::Different);
    let claimed = t.db.write(|tx| jobs::claim_received(tx, Timestamp(2), lease(1, 9), 9)).await.unwrap();
    assert_eq!(claimed.iter().map(|r| (r.id, r.body.as_str())).collect::<Vec<_>>(), [(1, "aa")]);
    t.db.write(|tx| jobs::finish_received(tx, ReceivedId(1), Holder(1), None)).await.unwrap();
    assert_eq!(receive(4, "aa").await.unwrap(), Arrival::Repeated, "done things stay known");
}

/// Where several transactions run side by side: what comes meanwhile, and is taken, makes nobody begin again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::disallowed_methods, reason = "two do something at once, and nothing else goes on in a test")]
async fn whoever_is_at_work_is_not_held_up_by_what_arrives() {
    let Some(t) = super::postgres() else { return eprintln!("skipped: TEST_POSTGRES_URL is not set") };
    let put = |id: i64| {
        t.db.transact(Isolation::Rows, move |tx| {
            let uri = format!("https://b.test/{id}");
            jobs::receive(tx, ReceivedId(id), (&uri, "https://b.test/u", "Like"), ("aa", "aa"), Timestamp(1))
        })
    };
    let take = || {
        t.db.transact(Isolation::Rows, |tx| jobs::claim_received(tx, Timestamp(2), lease(1, 9), 1).map(|it| it.len()))
    };
    put(1).await.unwrap();
    assert_eq!(take().await.unwrap(), 1);
    let (at_work, works) = mpsc::channel();
    let (let_go, held) = mpsc::channel::<()>();
    let db = t.db.clone();
    let work = tokio::spawn(async move {
        let mut runs = 0;
        db.write(move |tx| {
            runs += 1;
            jobs::finish_received(tx, ReceivedId(1), Holder(1), None)?;
            at_work.send(()).ok();
            held.recv().ok();
            Ok::<_, Error>(runs)
        })
        .await
    });
    tokio::task::spawn_blocking(move || works.recv()).await.unwrap().unwrap();
    put(2).await.unwrap();
    assert_eq!(take().await.unwrap(), 1);
    drop(let_go);
    assert_eq!(work.await.unwrap().unwrap(), 1, "it ran once");
}

/// One job, one received activity and one peer, all in the hands of `holder` for ever.
async fn take_everything(t: &TestDb, holder: i32) -> (usize, usize, usize) {
    let take = move |tx: &mut Tx<'_>| {
        let (now, lease) = (Timestamp(10), lease(holder, i64::MAX));
        let jobs = jobs::claim(tx, now, lease, &[], 1)?.len();
        let received = jobs::claim_received(tx, now, lease, 1)?.len();
        Ok::<_, Error>((jobs, received, peers::claim(tx, &[PeerId(1)], now, lease)?.len()))
    };
    t.db.write(take).await.unwrap()
}

async fn what_a_vanished_process_had_is_free(t: TestDb) {
    t.db.write(|tx| {
        jobs::push(tx, JobId(1), "k", "s", Timestamp(1))?;
        jobs::receive(tx, ReceivedId(1), ("u", "a", "Like"), ("d", "b"), Timestamp(1))?;
        peers::ensure(tx, PeerId(1), "b.test", Regard::Welcome)
    })
    .await
    .unwrap();
    assert_eq!(take_everything(&t, 7).await, (1, 1, 1));
    let here = t.db.appear(Holder(8)).unwrap();
    assert_eq!(take_everything(&t, 8).await, (1, 1, 1), "nobody is 7");
    here.look().unwrap();
    assert_eq!(take_everything(&t, 9).await, (0, 0, 0), "8 is here");
    if t.db.is_sqlite() {
        return;
    }
    let there = t.db.appear(Holder(9)).unwrap();
    assert_eq!(take_everything(&t, 9).await, (0, 0, 0), "8 is still here");
    drop(here);
    while take_everything(&t, 9).await == (0, 0, 0) {
        there.look().unwrap();
    }
    assert_eq!(take_everything(&t, 9).await, (0, 0, 0), "and now 9 has it all");
}

async fn who_lost_a_server_says_nothing_of_it_any_more(t: TestDb) {
    let (one, other, ids) = (Holder(1), Holder(2), [PeerId(1)]);
    let how = |error: &str| SetBack {
        state: PeerState::Alive,
        failures: 1,
        failing_since: None,
        retry_at: Timestamp(0),
        error: error.to_owned(),
    };
    let story = move |tx: &mut Tx<'_>| {
        peers::ensure(tx, PeerId(1), "b.test", Regard::Welcome)?;
        peers::claim(tx, &ids, Timestamp(1), lease(1, 5))?;
        assert_eq!(peers::renew(tx, &ids, lease(1, 6))?, ids);
        assert_eq!(peers::claim(tx, &ids, Timestamp(6), lease(2, 20))?.len(), 1, "the lease ran out");
        assert!(peers::renew(tx, &ids, lease(1, 30))?.is_empty());
        assert!(peers::held(tx, &ids, one)?.is_empty() && peers::held(tx, &ids, other)?.len() == 1);
        peers::release(tx, &ids, one)?;
        peers::set_back(tx, PeerId(1), one, &how("late"))?;
        peers::set_back(tx, PeerId(1), other, &how("true"))?;
        peers::succeeded(tx, &ids, one, Timestamp(7))?;
        peers::by_id(tx, PeerId(1))
    };
    let peer = t.db.write(story).await.unwrap().unwrap();
    assert_eq!((peer.lease_until, peer.failures), (Timestamp(20), 1));
    assert_eq!(peer.last_error.as_deref(), Some("true"));
}

async fn who_lost_a_piece_of_work_says_nothing_of_it_any_more(t: TestDb) {
    let (one, other, id, act) = (Holder(1), Holder(2), JobId(1), ReceivedId(1));
    let story = move |tx: &mut Tx<'_>| {
        let take = |tx: &mut Tx<'_>, holder: i32, now: i64| {
            let (now, lease) = (Timestamp(now), lease(holder, now + 5));
            let jobs = jobs::claim(tx, now, lease, &[], 9)?.len();
            Ok::<_, Error>((jobs, jobs::claim_received(tx, now, lease, 9)?.len()))
        };
        jobs::push(tx, id, "k", "s", Timestamp(1))?;
        jobs::receive(tx, act, ("u", "a", "Like"), ("d", "b"), Timestamp(1))?;
        assert_eq!(take(tx, 1, 1)?, (1, 1));
        assert_eq!(take(tx, 2, 6)?, (1, 1), "the leases ran out");
        jobs::finish(tx, id, one)?;
        jobs::fail(tx, id, one, "late", None)?;
        jobs::fail_received(tx, act, one, "late", None)?;
        assert!(!jobs::finish_received(tx, act, one, None)?);
        assert_eq!(take(tx, 3, 7)?, (0, 0), "the other one still has both");
        jobs::fail(tx, id, other, "true", Some(Timestamp(8)))?;
        jobs::fail_received(tx, act, other, "true", Some(Timestamp(8)))?;
        assert_eq!(take(tx, 3, 8)?, (1, 1));
        jobs::finish(tx, id, Holder(3))?;
        assert!(jobs::finish_received(tx, act, Holder(3), None)?);
        assert_eq!(take(tx, 4, 99)?, (0, 0));
        Ok::<_, Error>((jobs::backlog(tx)?, jobs::received_backlog(tx)?))
    };
    let (jobs, received) = t.db.write(story).await.unwrap();
    assert_eq!((jobs.waiting, jobs.parked, received.waiting, received.parked), (0, 0, 0, 0));
}

async fn what_is_wanted_again_while_it_is_done_is_done_again(t: TestDb) {
    let story = |tx: &mut Tx<'_>| {
        let (now, id) = (Timestamp(1), JobId(1));
        jobs::push(tx, id, "k", "s", now)?;
        let first = jobs::claim(tx, now, lease(1, 100), &[], 9)?.len();
        jobs::push(tx, JobId(2), "k", "s", now)?;
        let meanwhile = jobs::claim(tx, now, lease(1, 100), &[], 9)?.len();
        jobs::finish(tx, id, Holder(1))?;
        let second = jobs::claim(tx, now, lease(1, 100), &[], 9)?.len();
        jobs::finish(tx, id, Holder(1))?;
        Ok::<_, Error>((first, meanwhile, second, jobs::backlog(tx)?.waiting))
    };
    assert_eq!(t.db.write(story).await.unwrap(), (1, 0, 1, 0));
}

async fn what_is_wanted_again_stays_with_whoever_does_it(t: TestDb) {
    let here = t.db.appear(Holder(8)).unwrap();
    let take = |holder: i32| {
        t.db.write(move |tx| Ok::<_, Error>(jobs::claim(tx, Timestamp(9), lease(holder, 100), &[], 9)?.len()))
    };
    let want = |id: i64| t.db.write(move |tx| jobs::push(tx, JobId(id), "k", "s", Timestamp(1)));
    want(1).await.unwrap();
    assert_eq!(take(8).await.unwrap(), 1);
    want(2).await.unwrap();
    want(3).await.unwrap();
    here.look().unwrap();
    assert_eq!(take(9).await.unwrap(), 0, "8 is here, and not done");
    let renewed = t.db.write(|tx| jobs::renew(tx, &[JobId(1)], lease(8, 200)));
    assert!(renewed.await.unwrap().is_empty());
    t.db.write(|tx| jobs::fail(tx, JobId(1), Holder(8), "no", None)).await.unwrap();
    assert_eq!(take(9).await.unwrap(), 1, "it was wanted once more, and is done at once");
    let renewed = t.db.write(|tx| jobs::renew(tx, &[JobId(1)], lease(8, 200)));
    assert_eq!(renewed.await.unwrap(), [JobId(1)], "9 has it now");
    t.db.write(|tx| jobs::finish(tx, JobId(1), Holder(9))).await.unwrap();
    assert_eq!(t.db.read(jobs::backlog).await.unwrap().waiting, 0);
}

async fn what_is_known_of_a_server_is_not_supposed_away(t: TestDb) {
    use Scheme::{Cavage, Rfc9421};
    let story = |tx: &mut Tx<'_>| {
        peers::ensure(tx, PeerId(1), "b.test", Regard::Welcome)?;
        let mut learnt = Vec::new();
        for (scheme, supposed) in [(Rfc9421, true), (Cavage, true), (Cavage, false), (Rfc9421, true)] {
            peers::learn_scheme(tx, "b.test", scheme, supposed)?;
            learnt.extend(peers::by_id(tx, PeerId(1))?.and_then(|peer| peer.scheme));
        }
        Ok::<_, Error>(learnt)
    };
    assert_eq!(t.db.write(story).await.unwrap(), [Rfc9421, Rfc9421, Cavage, Cavage]);
}

async fn what_was_given_up_long_ago_is_forgotten(t: TestDb) {
    let story = |tx: &mut Tx<'_>| {
        peers::ensure(tx, PeerId(1), "b.test", Regard::Welcome)?;
        let reader = Actor { peer: Some(PeerId(1)), ..actor(1, ActorKind::Person) };
        actors::insert(tx, &reader)?;
        let mut left = Vec::new();
        for id in [ActivityId(1), ActivityId(2)] {
            let kind = "Create".to_owned();
            let sent = Activity { id, actor: reader.id, kind, post: None, public: true, body: "{}".to_owned() };
            activities::insert(tx, &sent)?;
            deliveries::queue(tx, id, &Recipients { people: &[reader.id], ..Recipients::NONE })?;
        }
        let waiting = deliveries::waiting(tx, PeerId(1), None, 9)?;
        deliveries::end(tx, PeerId(1), &waiting[0], &End::Parked { error: "no".into() }, Timestamp(10))?;
        for now in [10, 11] {
            let keep = Cutoffs {
                bodies: Timestamp(0),
                ids: Timestamp(0),
                activities: Timestamp(now),
                drafts: Timestamp(0),
                ended: Timestamp(0),
            };
            retention::sweep(tx, &keep)?;
            let Backlog { waiting, parked, .. } = deliveries::backlog(tx)?;
            left.push((waiting, parked));
        }
        Ok::<_, Error>(left)
    };
    assert_eq!(t.db.write(story).await.unwrap(), [(1, 1), (1, 0)]);
}

async fn whatever_is_old_is_forgotten_a_piece_at_a_time(t: TestDb) {
    use crate::schema::{deliveries as rows, tries};
    const ROWS: i64 = 2_001;
    let story = |tx: &mut Tx<'_>| {
        peers::ensure(tx, PeerId(1), "b.test", Regard::Welcome)?;
        let author = actor(1, ActorKind::Person);
        actors::insert(tx, &author)?;
        let kind = "Create".to_owned();
        let sent =
            Activity { id: ActivityId(9), actor: author.id, kind, post: None, public: true, body: String::new() };
        activities::insert(tx, &sent)?;
        for n in 0..ROWS {
            let tried = (tries::key.eq(n.to_string()), tries::used.eq(1), tries::until.eq(1_i64));
            let parked = (
                rows::peer_id.eq(1_i64),
                rows::activity_id.eq(9_i64),
                rows::inbox.eq(n.to_string()),
                rows::attempts.eq(1),
                rows::retry_at.eq(0_i64),
                rows::parked.eq(Some(1_i64)),
            );
            db!(tx, c => {
                diesel::insert_into(tries::table).values(tried).execute(c)?;
                diesel::insert_into(rows::table).values(parked).execute(c)?;
            });
        }
        let (at, none) = (Timestamp(2), Timestamp(0));
        let keep = Cutoffs { bodies: none, ids: none, activities: at, drafts: none, ended: at };
        let mut left = Vec::new();
        for _ in 0..3 {
            let more = retention::sweep(tx, &keep)?;
            let tried: i64 = db!(tx, c => tries::table.count().get_result(c))?;
            left.push((more, tried, deliveries::backlog(tx)?.parked));
        }
        Ok::<_, Error>(left)
    };
    assert_eq!(t.db.write(story).await.unwrap(), [(true, 1, 1), (false, 0, 0), (false, 0, 0)]);
}

on_both! {
    what_is_wanted_again_stays_with_whoever_does_it
    whatever_is_old_is_forgotten_a_piece_at_a_time
    what_was_given_up_long_ago_is_forgotten
    what_a_vanished_process_had_is_free
    who_lost_a_server_says_nothing_of_it_any_more
    who_lost_a_piece_of_work_says_nothing_of_it_any_more
    what_is_wanted_again_while_it_is_done_is_done_again
    what_is_known_of_a_server_is_not_supposed_away
    work_is_taken_once_and_comes_back_after_the_lease
    the_first_activity_of_an_id_stays
}
