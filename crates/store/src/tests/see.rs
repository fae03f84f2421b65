//! The predicate in SQL says what the function in Rust says, whatever the post, whoever reads.
use domain::{
    group::{MemberState, Role},
    id::{ActorId, PostId},
    policy::{self, Regard},
    post::{Audience, FollowState, Post},
    time::Timestamp,
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

use super::{TestDb, follow, member, on_both, thread, world};
use crate::{Error, posts};

/// How person 2, the reader, stands to the post, and what was done with it.
#[derive(Debug, Clone)]
struct Case {
    audience: Audience,
    author: bool,
    mentioned: bool,
    follow: Option<FollowState>,
    membership: Option<(Role, MemberState)>,
    removed: bool,
    deleted: bool,
    grouped: bool,
    anonymous: bool,
}

fn cases() -> impl Strategy<Value = Case> {
    let follow = proptest::option::of(proptest::sample::select(FollowState::ALL));
    let membership =
        proptest::option::of((proptest::sample::select(Role::ALL), proptest::sample::select(MemberState::ALL)));
    let audience = proptest::sample::select(Audience::ALL);
    let flags = proptest::array::uniform6(any::<bool>());
    (audience, follow, membership, flags).prop_map(
        |(audience, follow, membership, [author, mentioned, removed, deleted, grouped, anonymous])| Case {
            audience,
            author,
            mentioned,
            follow,
            membership,
            removed,
            deleted: deleted && removed,
            grouped,
            anonymous,
        },
    )
}

async fn sql_and_policy_agree(t: TestDb) {
    t.db.write(world).await.unwrap();
    let mut runner = TestRunner::deterministic();
    let mut visible = 0;
    for id in 100..500 {
        let case = cases().new_tree(&mut runner).unwrap().current();
        let post = Post {
            author: ActorId(if case.author { 2 } else { 1 }),
            audience: case.audience,
            group: case.grouped.then_some(ActorId(9)),
            removed: case.removed.then_some(Timestamp(5)),
            deleted: case.deleted.then_some(Timestamp(5)),
            ..thread(id)
        };
        let active = case.membership.filter(|(_, state)| *state == MemberState::Active && case.grouped);
        let mut regard = Regard {
            author: case.author,
            mentioned: case.mentioned,
            follows_author: !case.author && case.follow == Some(FollowState::Accepted),
            member: active.is_some(),
            staff: active.is_some_and(|(role, _)| role > Role::Member),
        };
        if case.anonymous {
            regard = Regard::default();
        }
        let expected = policy::see(&post, regard);
        visible += i32::from(expected);
        let (reader, shown) = ((!case.anonymous).then_some(ActorId(2)), case.clone());
        let found =
            t.db.write(move |tx| {
                crate::follows::remove(tx, ActorId(2), ActorId(1))?;
                crate::groups::remove_membership(tx, ActorId(9), ActorId(2))?;
                if let Some(state) = case.follow {
                    follow(tx, 2, 1, state)?;
                }
                if let Some((role, state)) = case.membership {
                    member(tx, 2, role, state)?;
                }
                let mentioned: &[ActorId] = if case.mentioned { &[ActorId(2)] } else { &[] };
                posts::insert(tx, &post, mentioned)?;
                let found = posts::seen(tx, PostId(id), reader)?.is_some();
                let listed = posts::list(tx, posts::List::Author(post.author), reader, posts::Page::first(1))?;
                assert_eq!(listed.first() == Some(&PostId(id)), found, "a list and a look-up differ");
                Ok::<_, Error>(found)
            })
            .await
            .unwrap();
        assert_eq!(found, expected, "{shown:?}");
    }
    assert!((50..350).contains(&visible), "the cases are lopsided: {visible} of 400 are visible");
}

on_both! { sql_and_policy_agree }
