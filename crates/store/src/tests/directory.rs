//! Directories go on where a page ends, in every order, and communities are as alive as what happens there says.
use std::time::Duration;

use diesel::prelude::*;
use domain::{
    actor::{Actor, ActorKind},
    charter::{Charter, Purpose},
    group::{GroupRules, Joining, MemberState, Membership, Reach, Role, Visibility},
    id::{self, ActorId, PostId, TieId},
    post::{FollowState, Post},
    pulse::{Pulse, Signs},
    theme::Theme,
    time::{Timestamp, span},
};

use super::{TestDb, actor, login, member, on_both, thread, world};
use crate::{
    Error, Result, Tx, accounts, actors, charters,
    conn::db,
    directory::{self, Order, Wish},
    follows::{self, Follow},
    groups, posts, pulses, visits,
};

/// Groups from 20 on, by title; what everybody may know of.
fn found(tx: &mut Tx<'_>, titles: &[&str]) -> Result<()> {
    for (id, title) in (20..).zip(titles) {
        actors::insert(tx, &Actor { title: (*title).into(), ..actor(id, ActorKind::Group) })?;
        open(tx, id, Visibility::Public)?;
    }
    Ok(())
}

fn open(tx: &mut Tx<'_>, id: i64, visibility: Visibility) -> Result<()> {
    let (joining, confides_from) = (Joining::Open, PostId(0));
    let id = ActorId(id);
    groups::set_rules(
        tx,
        &GroupRules {
            hidden: false,
            id,
            visibility,
            joining,
            moderators_only: false,
            reach: Reach::Home,
            confides_from,
        },
    )
}

/// All pages of two each, one after another.
async fn walk(t: &TestDb, wish: &Wish, order: Order) -> Vec<i64> {
    let (mut all, mut after): (Vec<i64>, _) = (Vec::new(), None);
    loop {
        let wish = wish.clone();
        let page = t.db.read(move |c| directory::page(c, &wish, order, after, 2)).await.unwrap();
        after = page.last().copied();
        all.extend(page.iter().map(|id| id.0));
        if after.is_none() {
            return all;
        }
    }
}

async fn every_order_goes_on(t: TestDb) {
    t.db.write(|tx| {
        found(tx, &["Oca", "Ñandú", "nube", "Águila", "Zorro"])?;
        for (id, members, latest) in [(20, 5, 10), (21, 7, 10), (22, 5, 30), (23, 5, 20), (24, 1, 0)] {
            pulses::set(tx, ActorId(id), if id == 22 { Pulse::Alive } else { Pulse::Still }, members)?;
            pulses::stir(tx, ActorId(id), Timestamp(latest * 10_000_000))?;
        }
        // Of these nobody is told.
        for (id, visibility, discoverable) in [(30, Visibility::Private, true), (31, Visibility::Public, false)] {
            actors::insert(tx, &Actor { discoverable, title: "Oculta".into(), ..actor(id, ActorKind::Group) })?;
            open(tx, id, visibility)?;
        }
        let charter =
            Charter { purpose: Purpose::Society, languages: vec!["es".into(), "ca".into()], ..Charter::default() };
        charters::set(tx, ActorId(20), &Charter { themes: vec![Theme::Arts], ..Charter::default() })?;
        let (themes, topics) = (vec![Theme::Arts, Theme::Health], vec!["compost".into()]);
        charters::set(tx, ActorId(21), &Charter { themes, topics, ..charter })?;
        // Nobody counts what nobody is told of.
        charters::set(tx, ActorId(30), &Charter { themes: vec![Theme::Arts], ..Charter::default() })
    })
    .await
    .unwrap();
    let all = Wish::default();
    assert_eq!(walk(&t, &all, Order::Active).await, [22, 23, 21, 20, 24]);
    assert_eq!(walk(&t, &all, Order::Members).await, [21, 23, 22, 20, 24]);
    assert_eq!(walk(&t, &all, Order::Name).await, [23, 22, 21, 20, 24], "accents do not count, and ñ comes after n");
    let narrowed = [
        (Wish { words: "ÁGUI".into(), ..all.clone() }, vec![23]),
        (Wish { words: "%".into(), ..all.clone() }, vec![]),
        (Wish { words: "n_1@".into(), ..all.clone() }, vec![]),
        (Wish { words: "n24@a.test".into(), ..all.clone() }, vec![24]),
        (Wish { pulse: Some(Pulse::Alive), ..all.clone() }, vec![22]),
        (Wish { pulse: Some(Pulse::Still), ..all.clone() }, vec![24]),
        (Wish { purpose: Some(Purpose::Society), ..all.clone() }, vec![21]),
        (Wish { language: Some("ca".into()), ..all.clone() }, vec![21]),
        (Wish { theme: Some(Theme::Arts), ..all.clone() }, vec![21, 20]),
        (Wish { theme: Some(Theme::Arts), language: Some("ca".into()), ..all.clone() }, vec![21]),
        (Wish { theme: Some(Theme::Sport), ..all.clone() }, vec![]),
        (Wish { words: "compost".into(), ..all.clone() }, vec![21]),
        (Wish { language: Some("c".into()), ..all.clone() }, vec![]),
        (Wish { host: domain::host::Host::parse("b.test"), ..all.clone() }, vec![]),
    ];
    for (wish, expected) in narrowed {
        assert_eq!(walk(&t, &wish, Order::Name).await, expected, "{wish:?}");
    }
    let counts = async |wish: Wish| t.db.read(move |c| directory::themes(c, &wish)).await.unwrap();
    let told = counts(Wish { theme: Some(Theme::Health), ..all.clone() }).await;
    assert_eq!(told, [(Theme::Arts, 2), (Theme::Health, 1)].into(), "each theme, whichever is chosen");
    let told = counts(Wish { language: Some("ca".into()), ..all.clone() }).await;
    assert_eq!(told, [(Theme::Arts, 1), (Theme::Health, 1)].into(), "of those that are left by the others");
    assert_eq!(t.db.read(directory::languages).await.unwrap(), ["ca", "es"]);
    let renamed = |tx: &mut Tx<'_>| actors::upsert(tx, &Actor { title: "Ánade".into(), ..actor(24, ActorKind::Group) });
    t.db.write(renamed).await.unwrap();
    assert_eq!(walk(&t, &all, Order::Name).await, [23, 24, 22, 21, 20]);

    // As those were put in order who were there before: a piece at a time, they are put where they belong.
    t.db.write(|tx| {
        use crate::schema::pulses;
        let by_id = pulses::group_id.eq_any([20_i64, 22, 24]);
        db!(tx, c => diesel::update(pulses::table.filter(by_id)).set(pulses::name.eq("\u{e1}")).execute(c))?;
        Ok::<_, crate::Error>(())
    })
    .await
    .unwrap();
    assert_ne!(walk(&t, &all, Order::Name).await, [23, 24, 22, 21, 20]);
    let mut after = ActorId(0);
    while let Some(last) = t.db.write(move |tx| crate::pulses::describe_anew(tx, after, 2)).await.unwrap() {
        after = last;
    }
    assert_eq!(walk(&t, &all, Order::Name).await, [23, 24, 22, 21, 20]);
}

const HOUR: Duration = span::hours(1);

/// A post that somebody writes so long before a moment.
fn written(now: Timestamp, ago: Duration, author: i64, to: Option<&Post>) -> Post {
    let published = now - ago;
    let id = PostId(id::at(published, u16::try_from(author).unwrap()));
    let parent = to.map(|to| to.id);
    Post {
        id,
        uri: format!("https://a.test/{id}"),
        author: ActorId(author),
        parent,
        root: to.map_or(id, |to| to.root),
        depth: i32::from(to.is_some()),
        published,
        ..thread(id.0)
    }
}

async fn what_happens_says_how_alive_it_is(t: TestDb) {
    let now = Timestamp::from_seconds(1_795_368_300);
    let tell = async |t: &TestDb| t.db.read(move |c| pulses::signs(c, ActorId(9), now)).await.unwrap();
    let write = async |t: &TestDb, post: Post| {
        t.db.write(move |tx| posts::insert(tx, &post, &[])).await.unwrap();
    };
    t.db.write(world).await.unwrap();
    assert_eq!(tell(&t).await, Signs { is_kept: true, ..Signs::default() }, "nobody knows of a team");

    // One person alone, however much: their own replies answer nothing.
    let asked = written(now, 30 * HOUR, 1, None);
    write(&t, asked.clone()).await;
    write(&t, written(now, 29 * HOUR, 1, Some(&asked))).await;
    assert_eq!(tell(&t).await, Signs { people: 1, is_used: true, late: 1, is_kept: true, ..Signs::default() });
    // An answer that came late; one that came soon; and a question that still may be answered.
    write(&t, written(now, HOUR, 2, Some(&asked))).await;
    let other = written(now, 50 * HOUR, 2, None);
    write(&t, other.clone()).await;
    write(&t, written(now, 40 * HOUR, 3, Some(&other))).await;
    write(&t, written(now, HOUR, 3, None)).await;
    let signs = Signs { people: 3, is_used: true, prompt: 1, late: 1, is_kept: true, usual: None };
    assert_eq!(tell(&t).await, signs);
    // What was taken out is nothing that happened.
    let taken = Post { removed: Some(now), ..written(now, 28 * HOUR, 2, Some(&asked)) };
    write(&t, taken).await;
    assert_eq!(tell(&t).await, signs);
    // Five answers say how soon one is usually answered; those who still wait count.
    for (begun, took) in [(60, 4), (61, 6), (62, 8), (63, 12)] {
        let asked = written(now, begun * HOUR, 1, None);
        write(&t, asked.clone()).await;
        write(&t, written(now, (begun - took) * HOUR, 2, Some(&asked))).await;
    }
    let usual = t.db.read(move |c| pulses::signs(c, ActorId(9), now)).await.unwrap().usual;
    assert_eq!(usual, Some(8 * HOUR));
    // Nor is what was a long time ago, for how many there are.
    let later = now + span::days(29);
    let signs = t.db.read(move |c| pulses::signs(c, ActorId(9), later)).await.unwrap();
    assert_eq!((signs.people, signs.is_used), (0, true));
}

async fn a_team_that_never_comes_abandons_it(t: TestDb) {
    let now = Timestamp::from_seconds(1_795_368_300);
    let is_kept = async |t: &TestDb| t.db.read(move |c| pulses::signs(c, ActorId(9), now)).await.unwrap().is_kept;
    t.db.write(|tx| {
        world(tx)?;
        member(tx, 1, Role::Owner, MemberState::Active)?;
        accounts::insert(tx, &login(1))
    })
    .await
    .unwrap();
    assert!(!is_kept(&t).await, "nobody came since the login was made, long ago");
    let day = now.0 / 86_400_000;
    for (seen, kept) in [(day - 61, false), (day - 59, true)] {
        t.db.write(move |tx| visits::note(tx, ActorId(1), seen)).await.unwrap();
        assert_eq!(is_kept(&t).await, kept, "{seen}");
    }
    t.db.write(|tx| member(tx, 2, Role::Moderator, MemberState::Active)).await.unwrap();
    assert!(is_kept(&t).await, "of somebody with an account elsewhere nobody knows");
}

async fn what_one_belongs_to_goes_on_by_name(t: TestDb) {
    t.db.write(|tx| {
        world(tx)?;
        found(tx, &["Oca", "Ñandú", "nube", "Águila", "Zorro", "Búho"])?;
        let since = Timestamp(1);
        for (group, state) in [
            (20, FollowState::Accepted),
            (21, FollowState::Accepted),
            (22, FollowState::Pending),
            (24, FollowState::Accepted),
        ] {
            let activity_uri = format!("https://a.test/f/{group}");
            let follow = Follow { follower: ActorId(1), target: ActorId(group), state, activity_uri, created: since };
            follows::set(tx, TieId(group), &follow)?;
        }
        let role = Role::Member;
        for (group, state) in [(21, MemberState::Active), (23, MemberState::Active), (25, MemberState::Pending)] {
            let (group, person) = (ActorId(group), ActorId(1));
            groups::set_membership(tx, &Membership { group, person, role, state, since })?;
        }
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = t.db.read(move |c| directory::of(c, ActorId(1), true, after, 2)).await.unwrap();
        after = page.last().copied();
        all.extend(page.iter().map(|id| id.0));
        if after.is_none() {
            break;
        }
    }
    assert_eq!(all, [23, 21, 20, 24], "each once, and nothing that is only asked for");
    assert!(t.db.read(|c| directory::of(c, ActorId(2), false, None, 9)).await.unwrap().is_empty());
}

on_both! { what_one_belongs_to_goes_on_by_name every_order_goes_on what_happens_says_how_alive_it_is a_team_that_never_comes_abandons_it }
