//! Leases: taken once, given back by time, retried, parked.
use domain::{
    id::{JobId, ReceivedId},
    time::Timestamp,
};

use super::{TestDb, on_both};
use crate::{
    Error,
    jobs::{self, Arrival},
};

async fn work_is_taken_once_and_comes_back_after_the_lease(t: TestDb) {
    t.db.write(|tx| {
        for id in 0..6 {
            jobs::push(tx, JobId(id), "k", &format!("s{}", id % 5), Timestamp(10))?;
        }
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
    let claim = |now: i64| t.db.write(move |tx| jobs::claim(tx, Timestamp(now), Timestamp(now + 100), 3));
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
    t.db.write(move |tx| jobs::fail(tx, id, "broken", None)).await.unwrap();
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
    let claimed = t.db.write(|tx| jobs::claim_received(tx, Timestamp(2), Timestamp(9), 9)).await.unwrap();
    assert_eq!(claimed.iter().map(|r| (r.id, r.body.as_str())).collect::<Vec<_>>(), [(1, "aa")]);
    t.db.write(|tx| jobs::finish_received(tx, ReceivedId(1), None)).await.unwrap();
    assert_eq!(receive(4, "aa").await.unwrap(), Arrival::Repeated, "done things stay known");
}

on_both! { work_is_taken_once_and_comes_back_after_the_lease the_first_activity_of_an_id_stays }
