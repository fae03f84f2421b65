//! Timelines on both databases.
use domain::{
    actor::ActorKind,
    post::{Audience, FollowState, Post},
};

use super::*;
use crate::{
    actors, shares as passing,
    tests::{TestDb, actor, follow, on_both, thread, world},
};

/// Person 2 follows person 3 and the group 9; persons 4 and 1 are strangers to them.
async fn peopled(t: &TestDb) {
    t.db.write(|tx| {
        world(tx)?;
        actors::insert(tx, &actor(4, ActorKind::Person))?;
        follow(tx, 2, 3, FollowState::Accepted)?;
        follow(tx, 2, 9, FollowState::Accepted)?;
        follow(tx, 2, 4, FollowState::Pending)?;
        for n in 1..=60_i64 {
            let parent = (n % 4 == 3).then_some(PostId((n - 2) * 4));
            let post = Post {
                author: ActorId(1 + n % 4),
                group: (n % 5 == 0).then_some(ActorId(9)),
                parent,
                root: parent.unwrap_or(PostId(n * 4)),
                depth: i32::from(parent.is_some()),
                audience: if n % 7 == 0 { Audience::Followers } else { Audience::Public },
                ..thread(n * 4)
            };
            kept::insert(tx, &post, &[])?;
            let sharer = ActorId(1 + (n * 3) % 5 % 4);
            if n % 3 == 0 {
                passing::add(tx, post.id, sharer, "x", Timestamp(0))?;
            }
            if let Some(group) = post.group {
                passing::add(tx, post.id, group, "x", Timestamp(0))?;
            }
        }
        Ok::<_, crate::Error>(())
    })
    .await
    .unwrap();
}

async fn both_ways_home_lead_to_the_same(t: TestDb) {
    peopled(&t).await;
    for viewer in [1, 2, 3, 4, 9].map(ActorId) {
        for (before, after) in [(i64::MAX, 0), (150, 0), (i64::MAX, 60), (200, 30)] {
            for (nearest, limit) in [(false, 5), (true, 5), (false, 99), (true, 1)] {
                let window = Window { before, after, nearest, limit };
                let ways = t.db.read(move |c| {
                    let walked: Vec<(i64, i32)> = db!(c, c => Home::walked(viewer, window).load(c))?;
                    let merged: Vec<(i64, i32)> = db!(c, c => Home::merged(viewer, window).load(c))?;
                    Ok::<_, crate::Error>((walked, merged))
                });
                let (walked, merged) = ways.await.unwrap();
                assert_eq!(walked, merged, "{viewer} {window:?}");
                assert!(viewer == ActorId(9) || limit < 99 || !walked.is_empty(), "{viewer} {window:?}");
            }
        }
    }
    let home = t.db.read(|c| home(c, ActorId(2), Window::newest(99))).await.unwrap();
    let kinds: HashSet<bool> = home.iter().map(|entry| entry.by == By::Group).collect();
    assert_eq!(kinds.len(), 2, "threads of the group, and others");
    assert!(home.windows(2).all(|pair| pair[0].number > pair[1].number));
    let topics: Vec<PostId> = home.iter().filter(|e| e.by == By::Group).map(|e| e.post).collect();
    assert!(home.iter().filter(|e| e.by != By::Group).all(|e| !topics.contains(&e.post)), "once");
}

async fn numbers_lead_back_to_entries(t: TestDb) {
    peopled(&t).await;
    let home = t.db.read(|c| home(c, ActorId(2), Window::newest(99))).await.unwrap();
    assert!(home.iter().any(|entry| matches!(entry.by, By::Share(..))));
    for entry in home {
        let found = t.db.read(move |c| super::entry(c, entry.number, Some(ActorId(2)))).await.unwrap();
        assert_eq!(found, Some(entry));
    }
    // 35 × 4 is for followers of person 4 only, and stands in the group.
    for number in [0, 1, 2, 3, 7 * 4, 35 * 4 + 1, i64::MAX] {
        let found = t.db.read(move |c| super::entry(c, number, None)).await.unwrap();
        assert_eq!(found.filter(|entry| !matches!(entry.by, By::Share(..))), None, "{number}");
    }
}

on_both! { both_ways_home_lead_to_the_same numbers_lead_back_to_entries }
