//! The store on both databases: every test body runs on SQLite, and on PostgreSQL when there is one.
use domain::{
    actor::{Actor, ActorKind},
    group::{GroupRules, Joining, MemberState, Membership, Role, Visibility},
    id::{ActorId, PostId, TieId},
    post::{Audience, Content, FollowState, Post, PostKind, Vote},
    shun::{Deed, Shun},
    time::Timestamp,
};

use crate::{Db, Error, Location, Result, Tx, accounts::Account, actors, follows, groups, posts, shuns, votes};

mod directory;
mod emoji;
mod maps;
mod queues;
mod see;
mod texts;
mod writer;

/// A database of its own, gone when the test is over.
pub(super) struct TestDb {
    pub(super) db: Db,
    pub(super) location: Location,
    _folder: tempfile::TempDir,
}

/// A fresh SQLite database.
pub(super) fn sqlite() -> TestDb {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Sqlite(folder.path().join("t.db"));
    TestDb { db: Db::open(&location, 2).unwrap(), location, _folder: folder }
}

/// A fresh PostgreSQL database, if there is a server to make it on.
#[expect(clippy::disallowed_methods, reason = "the address of the test server comes from the environment")]
pub(super) fn postgres() -> Option<TestDb> {
    let server = std::env::var("TEST_POSTGRES_URL").ok()?;
    let folder = tempfile::tempdir().unwrap();
    let unique: String =
        folder.path().file_name()?.to_string_lossy().chars().filter(char::is_ascii_alphanumeric).collect();
    let url = crate::testing::create_database(&server, &format!("store{}", unique.to_lowercase()));
    let location = Location::Postgres(url);
    Some(TestDb { db: Db::open(&location, 4).unwrap(), location, _folder: folder })
}

/// Makes two tests of an `async fn(TestDb)`: one for each database.
macro_rules! on_both {
    ($($name:ident)*) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(crate::tests::sqlite()).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                match crate::tests::postgres() {
                    Some(db) => super::$name(db).await,
                    None => eprintln!("skipped: TEST_POSTGRES_URL is not set"),
                }
            }
        }
    )*};
}
pub(super) use on_both;

/// An actor with this number, local unless `remote`.
pub(super) fn actor(id: i64, kind: ActorKind) -> Actor {
    let uri = format!("https://a.test/@n{id}");
    Actor {
        id: ActorId(id),
        title: String::new(),
        inbox: format!("{uri}/inbox"),
        ..Actor::new(kind, uri, (&format!("n{id}"), "a.test"), Timestamp(1))
    }
}

/// A public thread by actor 1 in group 9.
pub(super) fn thread(id: i64) -> Post {
    let uri = format!("https://a.test/@n1/{id}");
    Post {
        id: PostId(id),
        url: uri.clone(),
        uri,
        kind: PostKind::Note,
        author: ActorId(1),
        group: Some(ActorId(9)),
        parent: None,
        root: PostId(id),
        depth: 0,
        audience: Audience::Public,
        content: Content { html: "<p>hola</p>".into(), tags: vec!["huerto".into()], ..Content::default() },
        local: true,
        published: Timestamp(id),
        edited: None,
        deleted: None,
        removed: None,
        locked: None,
        featured: None,
    }
}

/// A login of somebody, that waits for nothing.
pub(crate) fn login(id: i64) -> Account {
    Account {
        id,
        email: format!("{id}@a.test"),
        password_hash: String::new(),
        admin: false,
        language: "es".into(),
        created: 1,
        disabled: None,
        confirmed: Some(1),
        approved: Some(1),
        reason: String::new(),
        totp: None,
        totp_step: 0,
        wanted_email: None,
    }
}

/// Persons 1 to 3 and the public group 9.
pub(super) fn world(tx: &mut Tx<'_>) -> Result<()> {
    for id in 1..=3 {
        actors::insert(tx, &actor(id, ActorKind::Person))?;
    }
    actors::insert(tx, &actor(9, ActorKind::Group))?;
    let (visibility, joining) = (Visibility::Public, Joining::Open);
    groups::set_rules(
        tx,
        &GroupRules {
            hidden: false,
            id: ActorId(9),
            visibility,
            joining,
            moderators_only: false,
            reach: domain::group::Reach::Home,
            confides_from: PostId(0),
        },
    )
}

pub(super) fn member(tx: &mut Tx<'_>, person: i64, role: Role, state: MemberState) -> Result<()> {
    let (group, person, since) = (ActorId(9), ActorId(person), Timestamp(1));
    groups::set_membership(tx, &Membership { group, person, role, state, since })
}

pub(super) fn follow(tx: &mut Tx<'_>, follower: i64, target: i64, state: FollowState) -> Result<()> {
    let (follower, target) = (ActorId(follower), ActorId(target));
    let activity_uri = "x".into();
    let follow = follows::Follow { follower, target, state, activity_uri, created: Timestamp(1) };
    follows::set(tx, TieId(follower.0), &follow)
}

/// Lets `by` shun `target`, or not any more.
pub(super) fn shun(tx: &mut Tx<'_>, by: i64, target: i64, deed: Deed, on: bool) -> Result<()> {
    let (by, target) = (ActorId(by), ActorId(target));
    if !on {
        return shuns::remove(tx, by, target, deed).map(drop);
    }
    let shun = Shun { by, target, deed, quiet: true, until: None, activity_uri: String::new(), created: Timestamp(1) };
    shuns::set(tx, TieId(target.0), &shun)
}

async fn posts_come_back_as_they_went_in(t: TestDb) {
    let mut post = thread(10);
    post.content.title = Some("Tomates".into());
    let (kept, again) = (post.clone(), post.clone());
    t.db.write(move |tx| {
        world(tx)?;
        posts::insert(tx, &kept, &[ActorId(2)])
    })
    .await
    .unwrap();
    let back = t.db.read(|c| posts::by_uri(c, "https://a.test/@n1/10")).await.unwrap();
    assert_eq!(back, Some(post));
    assert_eq!(t.db.read(|c| posts::mentioned(c, PostId(10))).await.unwrap(), [ActorId(2)]);
    let twice = t.db.write(move |tx| posts::insert(tx, &again, &[])).await;
    assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");
}

async fn lists_run_from_page_to_page(t: TestDb) {
    t.db.write(|tx| {
        world(tx)?;
        for id in 10..20 {
            posts::insert(tx, &thread(id), &[])?;
        }
        posts::delete(tx, PostId(15), Timestamp(1))?;
        let reply = Post { parent: Some(PostId(10)), root: PostId(10), depth: 1, ..thread(30) };
        posts::insert(tx, &reply, &[])
    })
    .await
    .unwrap();
    let list = posts::List::Threads(ActorId(9));
    let page = |before| t.db.read(move |c| posts::list(c, list, None, posts::Page { before, after: None, limit: 4 }));
    let (mut seen, mut ids) = (Vec::new(), page(None).await.unwrap());
    while let Some(last) = ids.last().copied() {
        seen.append(&mut ids);
        ids = page(Some(last)).await.unwrap();
    }
    assert_eq!(seen.iter().map(|id| id.0).collect::<Vec<_>>(), [19, 18, 17, 16, 14, 13, 12, 11, 10]);
    assert_eq!(t.db.read(move |c| posts::count_in(c, list, None)).await.unwrap(), 9);
    let thread = posts::List::Thread(PostId(10));
    let ids = t.db.read(move |c| posts::list(c, thread, None, posts::Page::first(9))).await.unwrap();
    assert_eq!(ids, [PostId(10), PostId(30)]);
}

async fn the_last_vote_counts_once(t: TestDb) {
    t.db.write(|tx| {
        world(tx)?;
        posts::insert(tx, &thread(10), &[])?;
        for (actor, vote) in [(1, Vote::Like), (2, Vote::Like), (2, Vote::Dislike), (2, Vote::Dislike)] {
            votes::set(tx, PostId(10), ActorId(actor), (vote, None), "x", TieId(actor))?;
        }
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
    let tally = t.db.read(|c| posts::tallies(c, &[PostId(10)])).await.unwrap()[&PostId(10)];
    assert_eq!((tally.likes, tally.dislikes), (1, 1));
    t.db.write(|tx| votes::remove(tx, PostId(10), ActorId(2))).await.unwrap();
    t.db.write(|tx| votes::remove(tx, PostId(10), ActorId(2))).await.unwrap();
    let tally = t.db.read(|c| posts::tallies(c, &[PostId(10)])).await.unwrap()[&PostId(10)];
    assert_eq!((tally.likes, tally.dislikes), (1, 0));
}

async fn bans_end_by_themselves(t: TestDb) {
    t.db.write(|tx| {
        world(tx)?;
        member(tx, 2, Role::Moderator, MemberState::Active)?;
        let ban = |until| groups::Ban {
            group_id: 9,
            person_id: 3,
            by_id: 2,
            reason: "spam".into(),
            since: 1,
            until,
            reads: false,
        };
        groups::set_ban(tx, &ban(None))?;
        assert!(groups::standing(tx, ActorId(9), ActorId(3), Timestamp(99))?.banned);
        groups::set_ban(tx, &ban(Some(50)))?;
        assert!(groups::standing(tx, ActorId(9), ActorId(3), Timestamp(49))?.banned);
        assert!(!groups::standing(tx, ActorId(9), ActorId(3), Timestamp(50))?.banned);
        assert_eq!(groups::standing(tx, ActorId(9), ActorId(2), Timestamp(1))?.role, Some(Role::Moderator));
        groups::set_ban(tx, &groups::Ban { reads: true, ..ban(Some(50)) })?;
        let hushed = groups::standing(tx, ActorId(9), ActorId(3), Timestamp(49))?;
        assert_eq!((hushed.banned, hushed.hushed), (false, Some(Timestamp(50))), "they read");
        assert_eq!(groups::standing(tx, ActorId(9), ActorId(3), Timestamp(50))?.hushed, None);
        assert!(!groups::lift_ban(tx, ActorId(9), ActorId(3))? && groups::lift_hush(tx, ActorId(9), ActorId(3))?);
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
}

on_both! { posts_come_back_as_they_went_in lists_run_from_page_to_page the_last_vote_counts_once bans_end_by_themselves }
