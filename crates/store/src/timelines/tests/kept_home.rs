//! What is kept of homes says what is true, whatever happens to posts and to whom one follows.
use std::sync::Arc;

use domain::group::{GroupRules, Joining, MemberState, Reach, Role, Visibility};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

use super::*;
use crate::{
    Error, Tx, groups, host_shuns, own,
    posts::Mark,
    suspensions::{self, Suspension},
    tests::{member, sqlite},
    threads,
    timelines::{
        home::{beginning, walk},
        verdict::asked_now,
    },
};

/// How many posts there are in the beginning, more than are walked; how many of them are those of 6, who wrote no more; and
/// how many things happen.
const POSTS: i64 = 1_200;
const OLD: i64 = 100;
const STEPS: usize = 60;

/// Something that happens: what, and to whom and what, of many.
#[derive(Debug, Clone, Copy)]
struct Step {
    what: u8,
    one: ActorId,
    other: ActorId,
    post: PostId,
    on: bool,
    more: i64,
}

fn steps() -> impl Strategy<Value = Step> {
    let people = || (1..=5_i64).prop_map(ActorId);
    (0..19_u8, people(), people(), 1..=POSTS, any::<bool>(), 0..1000_i64)
        .prop_map(|(what, one, other, post, on, more)| Step { what, one, other, post: PostId(post * 40), on, more })
}

/// A post of this number; what it is otherwise comes with the step.
fn written(step: Step, id: i64) -> Post {
    let parent = (step.more % 3 == 0 && step.post.0 < id).then_some(step.post);
    let tags = if step.more % 4 == 0 { vec!["t".to_owned()] } else { Vec::new() };
    let language = ["es", "en"].get(usize::try_from(step.more % 5).unwrap()).map(|tag| (*tag).to_owned());
    let post = thread(id);
    Post {
        author: step.one,
        group: [None, None, Some(ActorId(9)), Some(ActorId(8))][usize::try_from(step.more % 4).unwrap()],
        parent,
        root: parent.unwrap_or(PostId(id)),
        depth: i32::from(parent.is_some()),
        audience: Audience::ALL[usize::try_from(step.more % 7).unwrap() % Audience::ALL.len()],
        content: domain::post::Content { tags, language, ..post.content },
        ..post
    }
}

fn happen(tx: &mut Tx<'_>, step: Step, next: i64) -> crate::Result<()> {
    let Step { what, one, other, post, on, more } = step;
    let (group, at, apart) =
        (if more % 2 == 0 { 8 } else { 9 }, Timestamp(1), List { id: ListId(70 + one.0), owner: one, ..apart() });
    match what {
        // Some come late, with an old number.
        0 => kept::insert(tx, &written(step, next), &[other])?,
        1 => {
            let late = written(step, post.0 + next % 9 * 4 + 4);
            if kept::by_ids(tx, &[late.id])?.is_empty() {
                kept::insert(tx, &late, &[other])?;
            }
        }
        2 if on => kept::delete(tx, post, at)?,
        2 => kept::revive(tx, post)?,
        3 => kept::set_mark(tx, post, Mark::Removed, on.then_some(at))?,
        4 => {
            if let Some(old) = kept::by_ids(tx, &[post])?.pop() {
                kept::update(tx, &Post { content: written(step, post.0).content, ..old }, &[other])?;
            }
        }
        5 | 6 if on => drop(passing::add(tx, post, if more % 5 == 0 { ActorId(group) } else { one }, "x", at)?),
        5 | 6 => drop(passing::remove(tx, post, one)?),
        7 | 8 if on => follow(tx, one.0, if more % 5 == 0 { group } else { other.0 }, FollowState::Accepted)?,
        7 => follow(tx, one.0, other.0, FollowState::Pending)?,
        8 => drop(follows::remove(tx, one, other, at)?),
        9 => {
            let languages = if more % 2 == 0 { vec!["es".to_owned()] } else { Vec::new() };
            follows::set_wishes(tx, one, other, &Wishes { no_shares: on, languages, ..Wishes::default() })?;
        }
        10 => shun(tx, one.0, other.0, if more % 2 == 0 { Deed::Mute } else { Deed::Block }, on)?,
        11 if on => drop(host_shuns::add(tx, one, "b.test", at)?),
        11 => host_shuns::remove(tx, one, "b.test")?,
        12 => match more % 4 {
            _ if lists::get(tx, apart.id, one)?.is_none() => lists::insert(tx, &apart, at)?,
            0 => lists::update(tx, &List { apart: on, ..apart })?,
            1 => lists::remove(tx, &apart, other)?,
            2 if on => lists::delete(tx, &apart)?,
            _ => lists::add(tx, &apart, other)?,
        },
        13 if on => tags::follow(tx, TagId(1_000 + next), one, "t", at)?,
        13 => tags::unfollow(tx, one, "t")?,
        14 if on => member(tx, one.0, if more % 2 == 0 { Role::Moderator } else { Role::Member }, MemberState::Active)?,
        14 => drop(groups::remove_membership(tx, ActorId(9), one)?),
        15 => {
            let whom = if more % 3 == 0 { ActorId(group) } else { one };
            suspensions::set(tx, whom, (on && more % 2 == 0).then_some(Suspension::Person))?;
        }
        16 => threads::transfer(tx, post, if on { (ActorId(8), ActorId(9)) } else { (ActorId(9), ActorId(8)) })?,
        17 if more % 20 == 0 => own::forget(tx, one)?,
        17 if more % 20 == 1 => follows::remove_all(tx, one, at)?,
        _ => actors::restrain(tx, one, Restraint::Silence, on)?,
    }
    Ok(())
}

async fn peopled_at_random(t: &TestDb, runner: &mut TestRunner) {
    let steps: Vec<Step> = (0..POSTS).map(|_| steps().new_tree(runner).unwrap().current()).collect();
    t.db.write(move |tx| {
        world(tx)?;
        actors::insert(tx, &actor(4, ActorKind::Person))?;
        actors::insert(tx, &domain::actor::Actor { host: "b.test".into(), ..actor(5, ActorKind::Person) })?;
        actors::insert(tx, &actor(6, ActorKind::Person))?;
        actors::insert(tx, &actor(8, ActorKind::Group))?;
        let (visibility, joining, reach) = (Visibility::Public, Joining::Open, Reach::Home);
        let (id, confides_from) = (ActorId(8), PostId(0));
        groups::set_rules(
            tx,
            &GroupRules { hidden: false, id, visibility, joining, moderators_only: false, reach, confides_from },
        )?;
        for (number, step) in (1..).zip(&steps) {
            let post = written(*step, number * 40);
            let author = if number < OLD { ActorId(6) } else { post.author };
            kept::insert(tx, &Post { author, ..post }, &[])?;
        }
        for (follower, target) in [(1, 2), (1, 3), (1, 4), (1, 5), (1, 9), (2, 8), (3, 1), (4, 6), (5, 9)] {
            follow(tx, follower, target, FollowState::Accepted)?;
        }
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
}

/// Some pages of a home, and more than one: as they are, and as they are when all is read anew.
fn compare(c: &mut Conn, viewer: ActorId, after: Step) -> crate::Result<usize> {
    let mut windows = vec![Window::newest(20), Window::newest(40), Window { nearest: true, ..Window::newest(5) }];
    for entry in home(c, viewer, Window::newest(200))?.into_iter().step_by(37) {
        windows.push(Window { before: entry.number, ..Window::newest(20) });
        windows.push(Window { after: entry.number, ..Window::newest(20) });
        windows.push(Window { after: entry.number, nearest: true, ..Window::newest(10) });
    }
    for window in &windows {
        assert_eq!(home(c, viewer, *window)?, walk(c, viewer, *window)?, "{viewer} {window:?} after {after:?}");
    }
    Ok(windows.len())
}

/// What of all posts somebody may read: as it is known, and as it is asked; how many.
fn compare_verdicts(c: &mut Conn, viewer: Option<ActorId>, after: Step) -> crate::Result<usize> {
    let all: Vec<i64> = db!(c, c => posts::table.select(posts::id).load(c))?;
    let all: Vec<PostId> = all.into_iter().map(PostId).collect();
    let seen = visible_among(c, &all, viewer)?;
    assert_eq!(seen, asked_now(c, &all, viewer)?, "{viewer:?} after {after:?}");
    Ok(seen.len())
}

async fn what_is_kept_of_homes_is_true(t: TestDb) {
    let mut runner = TestRunner::deterministic();
    peopled_at_random(&t, &mut runner).await;
    let mut compared = 0;
    for number in 0..STEPS {
        let (step, next) = (steps().new_tree(&mut runner).unwrap().current(), i64::try_from(number).unwrap());
        t.db.write(move |tx| happen(tx, step, POSTS * 40 + 400 + next * 40)).await.unwrap();
        for viewer in [1, 2, 3, 4, 5].map(ActorId) {
            compared += t.db.read(move |c| compare(c, viewer, step)).await.unwrap();
        }
    }
    assert!(compared > STEPS * 30, "homes have more than a page: {compared}");
}

async fn what_is_known_of_who_may_read_is_true(t: TestDb) {
    let mut runner = TestRunner::deterministic();
    peopled_at_random(&t, &mut runner).await;
    let (mut strangers, mut others) = (0, 0);
    for number in 0..2 * STEPS {
        let (step, next) = (steps().new_tree(&mut runner).unwrap().current(), i64::try_from(number).unwrap());
        t.db.write(move |tx| happen(tx, step, POSTS * 40 + 400 + next * 40)).await.unwrap();
        strangers += t.db.read(move |c| compare_verdicts(c, None, step)).await.unwrap();
        // The one whom it happens to, the other, and one of the rest.
        for viewer in [step.one, step.other, ActorId(1 + next % 6)] {
            others += t.db.read(move |c| compare_verdicts(c, Some(viewer), step)).await.unwrap();
        }
    }
    assert!(others > 3 * strangers && strangers > 0, "{strangers} {others}: some is for some alone");
}

on_both! { what_is_kept_of_homes_is_true what_is_known_of_who_may_read_is_true }

#[tokio::test]
async fn homes_are_kept_until_somebody_writes_who_is_followed() {
    let t = sqlite();
    t.db.write(|tx| {
        world(tx)?;
        follow(tx, 1, 2, FollowState::Accepted)
    })
    .await
    .unwrap();
    let kept = || t.db.read(|c| beginning(c, ActorId(1), true));
    let first = kept().await.unwrap().unwrap();
    let post = |id, author| Post { author: ActorId(author), group: None, ..thread(id) };
    t.db.write(move |tx| kept::insert(tx, &post(40, 3), &[])).await.unwrap();
    assert!(Arc::ptr_eq(&first, &kept().await.unwrap().unwrap()), "a stranger wrote");
    t.db.write(move |tx| kept::insert(tx, &post(80, 2), &[])).await.unwrap();
    assert!(!Arc::ptr_eq(&first, &kept().await.unwrap().unwrap()), "somebody who is followed wrote");
}
