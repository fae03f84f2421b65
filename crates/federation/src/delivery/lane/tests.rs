//! Queues and answers, without a network.
use domain::{
    id::PeerId,
    peer::{PeerState, Profile},
};

use super::*;

const NOW: Timestamp = Timestamp(1_000_000);

fn peer(failures: i32) -> Peer {
    Peer {
        id: PeerId(1),
        host: "far.test".into(),
        software: String::new(),
        version: String::new(),
        profile: Profile::Microblog,
        described: None,
        state: PeerState::Alive,
        failures,
        failing_since: None,
        retry_at: Timestamp(0),
        resting_until: Timestamp(0),
        lease_until: Timestamp(2_000_000),
        last_success: (failures == 0).then_some(NOW),
        last_seen: None,
        last_error: None,
        scheme: None,
        regard: domain::rule::Regard::Welcome,
    }
}

/// `3` is an activity about post 3, `-` is one about none; their numbers count up from 1.
fn lane(failures: i32, queue: &str) -> Lane {
    let waiting = |(at, post): (usize, &str)| Waiting {
        activity: ActivityId(i64::try_from(at).unwrap() + 1),
        inbox: "https://far.test/inbox".into(),
        attempts: 0,
        retry_at: Timestamp(0),
        post: post.parse().ok().map(PostId),
    };
    Lane::new(Claim { peer: peer(failures), first: queue.split(' ').enumerate().map(waiting).collect() })
}

fn start(lane: &mut Lane) -> Vec<Waiting> {
    std::iter::from_fn(|| lane.start(NOW, &mut Vec::new())).collect()
}

fn ids(waiting: &[Waiting]) -> Vec<i64> {
    waiting.iter().map(|one| one.activity.0).collect()
}

fn settle(lane: &mut Lane, waiting: &Waiting, verdict: Verdict) -> Settled {
    lane.settle(waiting, verdict, NOW, Luck::new())
}

fn away() -> Verdict {
    Verdict::Away("no route".into(), None)
}

#[test]
fn what_is_about_one_post_keeps_its_order_and_the_rest_overtakes_it() {
    let mut lane = lane(0, "7 7 8 7 9");
    let left = start(&mut lane);
    assert_eq!(ids(&left), [1, 3, 5]);
    settle(&mut lane, &left[1], Verdict::Delivered);
    assert!(start(&mut lane).is_empty());
    settle(&mut lane, &left[0], Verdict::Delivered);
    let left = start(&mut lane);
    assert_eq!(ids(&left), [2]);
    settle(&mut lane, &left[0], Verdict::Delivered);
    assert_eq!(ids(&start(&mut lane)), [4]);
}

#[test]
fn what_is_about_no_post_goes_alone() {
    let mut lane = lane(0, "7 - 8");
    let first = start(&mut lane);
    assert_eq!(ids(&first), [1]);
    settle(&mut lane, &first[0], Verdict::Delivered);
    let second = start(&mut lane);
    assert_eq!(ids(&second), [2]);
    settle(&mut lane, &second[0], Verdict::Delivered);
    assert_eq!(ids(&start(&mut lane)), [3]);
}

#[test]
fn a_server_that_takes_gets_more_at_a_time_and_one_that_failed_begins_with_one() {
    let queue = (1..=100).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
    let mut lane = lane(1, &queue);
    let first = start(&mut lane);
    assert_eq!(first.len(), 1);
    assert!(lane.is_probing());
    settle(&mut lane, &first[0], Verdict::Delivered);
    assert!(!lane.is_probing());
    assert_eq!(start(&mut lane).len(), 2);
}

#[test]
fn a_refused_one_waits_with_what_comes_after_it_and_the_rest_goes_on() {
    let mut lane = lane(0, "7 7 8");
    let left = start(&mut lane);
    let settled = settle(&mut lane, &left[0], Verdict::Later("answered 403".into(), span::minutes(5)));
    let retry_at = NOW + span::minutes(5);
    assert_eq!(settled.end, Some(End::Later { retry_at, error: Some("answered 403".into()) }));
    let mut delayed = Vec::new();
    assert_eq!(lane.start(NOW, &mut delayed), None);
    assert_eq!(delayed.iter().map(|(one, at)| (one.activity.0, *at)).collect::<Vec<_>>(), [(2, retry_at)]);
    settle(&mut lane, &left[1], Verdict::Delivered);
    assert!(lane.is_over());
    assert_eq!(lane.outcome(), (true, None));
}

#[test]
fn what_is_missing_on_a_server_that_is_there_is_soon_asked_for_again() {
    let waits = [span::hours(3), span::minutes(1)];
    for (taken, wait) in [(None, waits[0]), (Some(NOW), waits[1])] {
        let mut lane = lane(0, "7 7");
        lane.peer.last_success = taken;
        let left = start(&mut lane);
        let settled = settle(&mut lane, &left[0], Verdict::Missing("answered 404".into(), waits));
        assert_eq!(settled.end, Some(End::Later { retry_at: NOW + wait, error: Some("answered 404".into()) }));
    }
}

#[test]
fn a_server_that_is_away_is_set_back_and_its_queue_stays() {
    let mut lane = lane(0, "7 8 9");
    let left = start(&mut lane);
    assert_eq!(settle(&mut lane, &left[0], away()), Settled { end: None, gone: false, moved: false });
    assert!(!lane.is_over(), "two are still on their way");
    settle(&mut lane, &left[1], away());
    settle(&mut lane, &left[2], Verdict::Delivered);
    assert!(lane.is_over());
    let (_, set_back) = lane.outcome();
    let set_back = set_back.unwrap();
    assert_eq!((set_back.failures, set_back.failing_since), (1, Some(NOW)));
    assert!(set_back.retry_at > NOW && set_back.retry_at <= NOW + span::minutes(2));
}

#[test]
fn one_broken_connection_of_many_is_repeated_and_three_in_a_row_are_too_many() {
    let mut lane = lane(0, "1 2 3 4");
    let left = start(&mut lane);
    settle(&mut lane, &left[3], Verdict::Delivered);
    settle(&mut lane, &left[0], away());
    settle(&mut lane, &left[1], away());
    settle(&mut lane, &left[2], away());
    assert!(lane.is_over());
    assert!(lane.outcome().1.is_some());
    let mut lane = self::lane(0, "1 2");
    let left = start(&mut lane);
    settle(&mut lane, &left[1], Verdict::Delivered);
    settle(&mut lane, &left[0], away());
    assert_eq!(ids(&start(&mut lane)), [1], "the same again");
}
