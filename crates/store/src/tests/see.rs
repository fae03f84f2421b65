//! The predicate in SQL says what the function in Rust says, whatever the post, whoever reads.
use domain::{
    group::{GroupRules, MemberState, Role, Visibility},
    id::{ActorId, ListId, PostId},
    list::{List, Replies},
    notice::Level,
    policy::{self, Regard, Shunned},
    post::{Audience, FollowState, Post},
    shun::Deed,
    time::Timestamp,
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

use super::{TestDb, Tx, follow, login, member, on_both, shun, thread, world};
use crate::{
    Error, Result,
    accounts::{self, Account},
    follows, groups, host_shuns, known, levels, lists, notes,
    people::{self, For, People},
    posts, relations,
    search::{self, Narrow},
    suggestions,
    timelines::{self, Asked, Open, Tagged, Window},
};

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
    blocked: bool,
    suspended: bool,
    group_suspended: bool,
    /// Whether the group is mentioned.
    to_group: bool,
}

fn cases() -> impl Strategy<Value = Case> {
    let follow = proptest::option::of(proptest::sample::select(FollowState::ALL));
    let membership =
        proptest::option::of((proptest::sample::select(Role::ALL), proptest::sample::select(MemberState::ALL)));
    let audience = proptest::sample::select(Audience::ALL);
    let flags = proptest::array::uniform10(any::<bool>());
    (audience, follow, membership, flags).prop_map(
        |(
            audience,
            follow,
            membership,
            [author, mentioned, removed, deleted, grouped, anonymous, blocked, suspended, to_group, group_suspended],
        )| Case {
            audience,
            author,
            mentioned,
            follow,
            membership,
            removed,
            deleted: deleted && removed,
            grouped,
            anonymous,
            blocked: blocked && !author,
            // Or hardly anything would be seen.
            suspended: suspended && removed,
            group_suspended: group_suspended && removed,
            to_group,
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
        let active = case.membership.filter(|(_, state)| *state == MemberState::Active);
        let keeps_order = active.is_some_and(|(role, _)| role >= Role::Moderator);
        let active = active.filter(|_| case.grouped);
        let mut regard = Regard {
            author: case.author,
            mentioned: case.mentioned,
            follows_author: !case.author && case.follow == Some(FollowState::Accepted),
            member: active.is_some(),
            staff: keeps_order && case.grouped,
            team: keeps_order && case.to_group,
            blocked: case.blocked,
            suspended: false,
        };
        if case.anonymous {
            regard = Regard::default();
        }
        regard.suspended = case.suspended || case.group_suspended && case.grouped;
        let expected = policy::see(&post, regard);
        visible += i32::from(expected);
        let (reader, shown) = ((!case.anonymous).then_some(ActorId(2)), case.clone());
        let found =
            t.db.write(move |tx| {
                crate::follows::remove(tx, ActorId(2), ActorId(1), Timestamp(0))?;
                crate::groups::remove_membership(tx, ActorId(9), ActorId(2))?;
                shun(tx, 1, 2, Deed::Block, case.blocked)?;
                let suspension = case.suspended.then_some(crate::suspensions::Suspension::Person);
                crate::suspensions::set(tx, post.author, suspension)?;
                let of_group = case.group_suspended.then_some(crate::suspensions::Suspension::Person);
                crate::suspensions::set(tx, ActorId(9), of_group)?;
                if let Some(state) = case.follow {
                    follow(tx, 2, 1, state)?;
                }
                if let Some((role, state)) = case.membership {
                    member(tx, 2, role, state)?;
                }
                let me = case.mentioned.then_some(ActorId(2));
                let mentioned: Vec<ActorId> = me.into_iter().chain(case.to_group.then_some(ActorId(9))).collect();
                posts::insert(tx, &post, &mentioned)?;
                let found = posts::seen(tx, PostId(id), reader)?.is_some();
                let listed = posts::list(tx, posts::List::Author(post.author), reader, posts::Page::first(1))?;
                assert_eq!(listed.first() == Some(&PostId(id)), found, "a list and a look-up differ");
                let among = timelines::visible_among(tx, &[PostId(id)], reader)?;
                assert_eq!(!among.is_empty(), found, "one and one among many differ");
                Ok::<_, Error>(found)
            })
            .await
            .unwrap();
        assert_eq!(found, expected, "{shown:?}");
    }
    assert!((50..350).contains(&visible), "the cases are lopsided: {visible} of 400 are visible");
}

async fn an_expert_reads_what_members_read(t: TestDb) {
    t.db.write(|tx| {
        world(tx)?;
        posts::insert(tx, &Post { removed: Some(Timestamp(5)), ..thread(100) }, &[])?;
        posts::insert(tx, &Post { audience: Audience::Direct, group: None, ..thread(104) }, &[ActorId(9)])?;
        shun(tx, 3, 2, Deed::Block, true)?;
        posts::insert(tx, &Post { author: ActorId(3), ..thread(108) }, &[])?;
        posts::insert(tx, &Post { audience: Audience::Members, ..thread(112) }, &[])?;
        let all = [100, 104, 108, 112];
        for (role, expected) in [(Role::Member, &all[3..]), (Role::Expert, &all[3..]), (Role::Moderator, &all[..])] {
            member(tx, 2, role, MemberState::Active)?;
            let mut seen = Vec::new();
            for id in all {
                seen.extend(posts::seen(tx, PostId(id), Some(ActorId(2)))?.map(|post| post.id.0));
            }
            assert_eq!(seen, expected, "{role:?}");
        }
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
}

async fn nothing_of_whom_one_shuns_is_listed(t: TestDb) {
    t.db.write(|tx| {
        world(tx)?;
        for (id, tag) in [(100, "a"), (104, "b")] {
            let mut post = Post { group: Some(ActorId(9)), ..thread(id) };
            post.content.tags = vec![tag.into()];
            posts::insert(tx, &post, &[])?;
            search::index(tx, post.id, "tomat")?;
        }
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
    let (me, kinds) = (ActorId(2), [None, Some(Deed::Mute), Some(Deed::Block)]);
    let mut cases = Vec::new();
    for author in kinds {
        for group in kinds {
            cases.extend([(author, group, false), (author, group, true)]);
        }
    }
    for (author, group, host) in cases {
        let expected = policy::want(Shunned { author: author.is_some(), group: group.is_some(), host });
        let found = t.db.write(move |tx| {
            for deed in [Deed::Mute, Deed::Block] {
                shun(tx, 2, 1, deed, author == Some(deed))?;
                shun(tx, 2, 9, deed, group == Some(deed))?;
            }
            host_shuns::remove(tx, me, "a.test")?;
            if host {
                host_shuns::add(tx, me, "a.test", Timestamp(1))?;
            }
            let window = Window::newest(9);
            let tags = Tagged { any: vec!["a".into(), "b".into()], ..Tagged::default() };
            let words = domain::text::search::query("tomates");
            let ids = [PostId(100), PostId(104)];
            let lists = [
                timelines::public(tx, Some(me), &Open::default(), window)?.len(),
                timelines::tagged(tx, Some(me), &tags, &Open::default(), window)?.len(),
                timelines::of_group(tx, ActorId(9), Some(me), &Asked::default(), window)?.len(),
                crate::wanted::among(tx, &ids, Some(me))?.len(),
                search::narrowed(tx, &words, &Narrow::default(), Some(me), posts::Page::first(9))?.len(),
            ];
            // What somebody wrote is there for whoever goes to look for it.
            assert_eq!(timelines::of_person(tx, ActorId(1), Some(me), &Asked::default(), window)?.len(), 2);
            assert_eq!(timelines::public(tx, Some(ActorId(3)), &Open::default(), window)?.len(), 2, "others see it");
            Ok::<_, Error>(lists)
        });
        let number = if expected { 2 } else { 0 };
        assert_eq!(found.await.unwrap(), [number; 5], "author {author:?}, group {group:?}, server {host}");
    }
}

/// How many somebody follows, as profiles and as collections say it.
fn counted(tx: &mut Tx<'_>, whose: ActorId) -> Result<(i64, i64)> {
    let numbers = relations::numbers(tx, &[whose])?;
    Ok((numbers[&whose].following, follows::count_openly_following(tx, whose)?))
}

/// What person 1 may have of their own about the group, by one word each.
const OWN: [&str; 7] = ["block", "mute", "note", "recommendation", "level", "list", "follow"];

/// Makes one of these, or takes it back.
fn make(tx: &mut Tx<'_>, what: &str, on: bool) -> Result<()> {
    let (me, group, at) = (ActorId(1), ActorId(9), Timestamp(1));
    let list = List { id: ListId(5), owner: me, title: "x".into(), replies: Replies::Members, apart: false };
    match (what, on) {
        ("block", _) => shun(tx, 1, 9, Deed::Block, on),
        ("mute", _) => shun(tx, 1, 9, Deed::Mute, on),
        ("note", _) => notes::set(tx, me, group, if on { "x" } else { "" }),
        ("recommendation", _) => notes::endorse(tx, me, group, on, at),
        ("level", _) => levels::set_group(tx, me, group, on.then_some(Level::All)),
        ("list", true) => lists::insert(tx, &list, at).and_then(|()| lists::add(tx, &list, group)),
        ("list", false) => lists::remove(tx, &list, group),
        (_, true) => follow(tx, 1, 9, FollowState::Pending),
        (_, false) => follows::remove(tx, me, group, at).map(drop),
    }
}

async fn what_somebody_has_of_their_own_about_others_is_found(t: TestDb) {
    t.db.write(|tx| {
        world(tx)?;
        let (me, group) = (ActorId(1), ActorId(9));
        for what in OWN {
            make(tx, what, true)?;
            assert!(known::has_own(tx, me, group)?, "{what}");
            assert!(!known::has_own(tx, ActorId(2), group)? && !known::has_own(tx, me, ActorId(2))?, "{what}");
            make(tx, what, false)?;
            assert!(!known::has_own(tx, me, group)?, "{what}, not any more");
        }
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
}

async fn a_hidden_group_stands_in_lists_of_those_alone_who_may_know_of_it(t: TestDb) {
    t.db.write(|tx| {
        world(tx)?;
        let (ana, me, group) = (ActorId(1), ActorId(2), ActorId(9));
        let rules = groups::rules(tx, group)?.unwrap();
        follow(tx, 1, 9, FollowState::Accepted)?;
        assert_eq!(counted(tx, ana)?, (1, 1));
        let rules = GroupRules { hidden: true, visibility: Visibility::Private, ..rules };
        groups::set_rules(tx, &rules)?;
        assert_eq!(counted(tx, ana)?, (0, 0));
        follow(tx, 2, 1, FollowState::Accepted)?;
        notes::endorse(tx, ana, group, true, Timestamp(1))?;
        let window = Window::newest(9);
        let states = [None, Some(MemberState::Invited), Some(MemberState::Pending), Some(MemberState::Active)];
        for admin in [false, true] {
            if admin {
                accounts::insert(tx, &Account { admin, ..login(2) })?;
            }
            for state in states {
                groups::remove_membership(tx, group, me)?;
                if let Some(state) = state {
                    member(tx, 2, Role::Member, state)?;
                }
                let standing = groups::standing(tx, group, me, Timestamp(1))?;
                let expected = usize::from(policy::know(&rules, &standing).is_ok());
                let viewer = For::Viewer(Some(me));
                let found = [
                    people::page(tx, People::Following(ana), viewer, window)?.len(),
                    people::page(tx, People::Endorsed(ana), viewer, window)?.len(),
                    suggestions::near(tx, me, 9)?.len(),
                    suggestions::familiar(tx, me, &[group], 9)?.len(),
                ];
                assert_eq!(found, [expected; 4], "{state:?}, admin: {admin}");
            }
        }
        assert!(people::page(tx, People::Following(ana), For::Viewer(None), window)?.is_empty());
        assert_eq!(people::page(tx, People::Following(ana), For::Keeper, window)?.len(), 1, "it is her own");
        assert_eq!(
            people::page(tx, People::Followers(ana), For::Viewer(None), window)?.len(),
            1,
            "people are no secret"
        );
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
}

on_both! {
    sql_and_policy_agree
    an_expert_reads_what_members_read
    a_hidden_group_stands_in_lists_of_those_alone_who_may_know_of_it
    nothing_of_whom_one_shuns_is_listed
    what_somebody_has_of_their_own_about_others_is_found
}
