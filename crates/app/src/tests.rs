//! Actions on both databases, with an outbox that only remembers and a network where nobody answers.
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use domain::{
    actor::{Actor, ActorKind},
    group::{Joining, MemberState, Role, Visibility},
    id::{ActorId, PostId, SessionId},
    policy::Refusal,
    post::{Audience, Content, FollowState, Post, PostKind, Vote},
    time::{Timestamp, span},
    urls::Site,
};
use futures_util::FutureExt;
use store::{Db, Location};

use crate::{
    App, Clock, Config, Error, Event, Me, Outbox, Parts, Resolver, Result, Tasks, Tx, actors, follows, groups,
    invitations, jobs, members, moderation, people,
    posts::{self, Draft, Origin, Way, Writing},
    retention,
    seal::Seal,
    second_step::Secret,
    votes,
};

#[derive(Clone, Default)]
struct Remembers(Arc<Mutex<Vec<String>>>);

impl Outbox for Remembers {
    fn emit(&self, _: &mut Tx<'_, '_>, event: &Event) -> Result<()> {
        let text = format!("{event:?}");
        let word = text.split([' ', '{']).next().unwrap_or_default().to_owned();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(word);
        Ok(())
    }
}

struct Nobody;

#[async_trait]
impl Resolver for Nobody {
    async fn actor(&self, _: &App, _: &str) -> Result<ActorId> {
        Err(Error::NotFound)
    }
    async fn handle(&self, _: &App, _: &str, _: &str) -> Result<ActorId> {
        Err(Error::NotFound)
    }
    async fn post(&self, _: &App, _: &str) -> Result<PostId> {
        Err(Error::NotFound)
    }
}

/// A password as somebody types it who is signed in.
fn shown(password: &str) -> Secret {
    Secret { password: password.into(), session: SessionId(0) }
}

/// An app with the owner `ana`, the member-to-be `bea`, and `zoe`, who lives elsewhere.
struct World {
    app: App,
    clock: Clock,
    said: Remembers,
    ana: Me,
    bea: Me,
    zoe: ActorId,
    location: Location,
    _folder: tempfile::TempDir,
}

#[expect(clippy::disallowed_methods, reason = "the address of the test server comes from the environment")]
fn location(folder: &std::path::Path, postgres: bool) -> Option<Location> {
    if !postgres {
        return Some(Location::Sqlite(folder.join("t.db")));
    }
    let server = std::env::var("TEST_POSTGRES_URL").ok()?;
    let name: String = folder.file_name()?.to_string_lossy().chars().filter(char::is_ascii_alphanumeric).collect();
    Some(Location::Postgres(store::testing::create_database(&server, &format!("app{}", name.to_lowercase()))))
}

/// An app on this database.
fn open(location: &Location, clock: &Clock, said: &Remembers, resolver: impl Resolver + 'static) -> App {
    let site = Site::new(&"https://plaza.example".parse().unwrap()).unwrap();
    App::new(Parts {
        db: Db::open(location, 2).unwrap(),
        config: Config {
            site,
            registration: domain::registration::Registration::Open,
            languages: vec!["en", "es"],
            mail_hosts: Vec::new(),
            provider: None,
            federation: domain::rule::Openness::Open,
            secure: false,
            premises: crate::Premises::default(),
        },
        clock: clock.clone(),
        seal: Seal::new([1; 32]),
        rules: crate::rules::Rules::default(),
        files: crate::media::Files::in_memory(),
        outbox: Box::new(said.clone()),
        resolver: Box::new(resolver),
        witness: None,
        clerk: None,
        mailer: None,
        pusher: None,
        tasks: Tasks::default(),
    })
}

async fn world(postgres: bool) -> Option<World> {
    let folder = tempfile::tempdir().unwrap();
    let location = location(folder.path(), postgres)?;
    let (said, clock) = (Remembers::default(), Clock::default());
    let app = open(&location, &clock, &said, Nobody);
    let ana = person(&app, "ana").await;
    let bea = person(&app, "bea").await;
    let zoe = stranger(&app, "zoe").await;
    Some(World { app, clock, said, ana, bea, zoe, location, _folder: folder })
}

async fn person(app: &App, name: &str) -> Me {
    let new = people::NewPerson {
        name: name.into(),
        email: format!("{name}@plaza.example"),
        password: "correct horse".into(),
        admin: false,
        language: "es".into(),
    };
    Me(people::create(app, new).await.unwrap().id)
}

async fn stranger(app: &App, name: &str) -> ActorId {
    let uri = format!("https://far.example/{name}");
    let actor = Actor {
        inbox: format!("{uri}/inbox"),
        ..Actor::new(ActorKind::Person, uri, (name, "far.example"), Timestamp(1))
    };
    actors::learn(
        app,
        actors::Found { actor, keys: Vec::new(), rules: None, staff: None, emoji: Vec::new(), suspended: false },
    )
    .await
    .unwrap()
}

impl World {
    async fn group(&self, name: &str, visibility: Visibility, joining: Joining) -> ActorId {
        let (name, title, summary) = (name.into(), "Huerto".into(), "Cultivar *en casa*".into());
        let new = groups::NewGroup {
            hidden: false,
            name,
            title,
            summary,
            visibility,
            joining,
            reach: domain::group::Reach::Home,
            host: None,
        };
        groups::create(&self.app, self.ana.0, new).await.unwrap().id
    }

    async fn say(&self, me: Me, text: &str, change: impl FnOnce(&mut Writing)) -> Result<Post> {
        let mut writing = Writing { text: text.into(), ..Writing::default() };
        change(&mut writing);
        posts::create(&self.app, me, writing).await
    }

    async fn hear(&self, uri: &str, change: impl Fn(&mut Draft) + Send + 'static) -> Result<Post> {
        let (zoe, uri) = (self.zoe, uri.to_owned());
        self.app.write(move |tx| posts::receive(tx, zoe, &draft(&change), &origin(&uri), None)).await
    }

    fn said(&self) -> Vec<String> {
        std::mem::take(&mut self.said.0.lock().unwrap())
    }

    async fn seen(&self, post: PostId, by: Option<Me>) -> bool {
        self.app.read(move |c| store::posts::seen(c, post, by.map(|me| me.0))).await.unwrap().is_some()
    }

    async fn told(&self, me: Me) -> Vec<String> {
        let told = self.app.read(move |c| store::notifications::page(c, me.0, None, 20)).await.unwrap();
        told.into_iter().map(|n| n.kind).collect()
    }
}

fn draft(change: &impl Fn(&mut Draft)) -> Draft {
    let content = Content { html: "<p>hola</p>".into(), ..Content::default() };
    let mut draft = Draft::new(PostKind::Note, content, Audience::Public);
    change(&mut draft);
    draft
}

fn origin(uri: &str) -> Origin {
    Origin { uri: uri.into(), url: uri.into(), published: Timestamp(1_000), edited: None, way: Way::Sent }
}

macro_rules! on_both {
    ($($name:ident)*) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(super::world(false).await.unwrap()).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                match super::world(true).await {
                    Some(world) => super::$name(world).await,
                    None => eprintln!("skipped: TEST_POSTGRES_URL is not set"),
                }
            }
        }
    )*};
}

mod arrivals;
mod hidden;
mod hushes;
mod leaving;
mod lexicon;
mod logins;
mod media;
mod passkeys;
mod queues;
mod schedule;

on_both! {
    a_mention_of_a_group_starts_a_thread
    what_is_not_public_is_not_for_a_public_group
    a_private_group_keeps_everything_inside
    what_comes_twice_counts_once
    a_deletion_may_overtake_its_post
    only_newer_edits_by_the_author_count
    requests_are_answered_as_the_group_asks
    moderators_remove_and_the_log_says_so
    bans_end_follow_and_membership
    work_is_retried_and_parked
    names_are_one_namespace
    what_one_process_commits_wakes_another
    what_is_old_is_forgotten
}

async fn a_mention_of_a_group_starts_a_thread(w: World) {
    let group = w.group("huerto", Visibility::Public, Joining::Open).await;
    w.said();
    let post = w.say(w.bea, "@huerto Tomates en enero\n\n¿Cuándo?", |_| {}).await.unwrap();
    assert_eq!((post.group, post.content.title.as_deref()), (Some(group), Some("Tomates en enero")));
    assert_eq!(post.uri, format!("https://plaza.example/@bea/{}", post.id));
    let reply = w.say(w.ana, "En mayo, @bea", |writing| writing.parent = Some(post.id)).await.unwrap();
    assert_eq!((reply.group, reply.root, reply.depth), (Some(group), post.id, 1));
    assert_eq!(reply.content.title, None);
    assert_eq!(w.said(), ["Posted", "Posted"]);
    assert_eq!(w.told(w.bea).await, ["mention"], "named and answered, told once");
    let tally = w.app.read(move |c| store::posts::tallies(c, &[post.id])).await.unwrap();
    assert_eq!(tally[&post.id].replies, 1);
    assert!(matches!(w.say(w.bea, "  ", |_| {}).await, Err(Error::Invalid(_))));
}

async fn what_is_not_public_is_not_for_a_public_group(w: World) {
    w.group("huerto", Visibility::Public, Joining::Open).await;
    let direct = w.say(w.bea, "@huerto en privado", |writing| writing.audience = Some(Audience::Direct)).await.unwrap();
    assert_eq!((direct.group, direct.audience), (None, Audience::Direct));
    let stranger = person(&w.app, "eva").await;
    assert!(!w.seen(direct.id, Some(stranger)).await && w.seen(direct.id, Some(w.bea)).await);
    assert!(w.seen(direct.id, Some(w.ana)).await, "it is written to the group, so its owner reads it");
    let hidden = w.say(stranger, "hola", |writing| writing.parent = Some(direct.id)).await;
    assert!(matches!(hidden, Err(Error::NotFound)), "what cannot be read cannot be answered");
}

async fn a_private_group_keeps_everything_inside(w: World) {
    let group = w.group("junta", Visibility::Private, Joining::Approval).await;
    let post = w.say(w.ana, "@junta Acta", |_| {}).await.unwrap();
    assert_eq!(post.audience, Audience::Members);
    assert!(w.seen(post.id, Some(w.ana)).await && !w.seen(post.id, Some(w.bea)).await && !w.seen(post.id, None).await);
    let outside = w.say(w.bea, "@junta hola", |_| {}).await;
    assert!(matches!(outside, Err(Error::Denied(Refusal::NotMember))), "{outside:?}");
    let public = w.hear("https://far.example/1", move |draft| draft.group = Some(group)).await;
    assert!(matches!(public, Err(Error::Denied(Refusal::NotPublic))), "{public:?}");
    invitations::invite(&w.app, w.ana, group, w.bea.0).await.unwrap();
    assert_eq!(members::join(&w.app, w.bea, group).await.unwrap(), MemberState::Active);
    assert!(w.seen(post.id, Some(w.bea)).await);
    members::leave(&w.app, w.bea, group).await.unwrap();
    assert!(!w.seen(post.id, Some(w.bea)).await);
}

async fn what_comes_twice_counts_once(w: World) {
    let group = w.group("huerto", Visibility::Public, Joining::Open).await;
    w.said();
    let first = w.hear("https://far.example/1", move |draft| draft.group = Some(group)).await.unwrap();
    let again = w.hear("https://far.example/1", move |draft| draft.group = Some(group)).await.unwrap();
    assert_eq!((first.id, w.said().as_slice()), (again.id, &["Posted".to_owned()][..]));
    let (zoe, id) = (w.zoe, first.id);
    for vote in [Vote::Like, Vote::Like, Vote::Dislike] {
        w.app.write(move |tx| votes::receive(tx, zoe, id, (vote, None), "https://far.example/v", None)).await.unwrap();
    }
    assert_eq!(w.said(), ["Voted", "Voted"]);
    let tally = w.app.read(move |c| store::posts::tallies(c, &[id])).await.unwrap()[&id];
    assert_eq!((tally.likes, tally.dislikes), (0, 1));
}

async fn a_deletion_may_overtake_its_post(w: World) {
    let zoe = w.zoe;
    w.app.write(move |tx| posts::receive_delete(tx, zoe, "https://far.example/1", None, None)).await.unwrap();
    assert!(matches!(w.hear("https://far.example/1", |_| {}).await, Err(Error::Denied(Refusal::Gone))));
    let ana = w.ana.0;
    w.app.write(move |tx| posts::receive_delete(tx, ana, "https://far.example/2", None, None)).await.unwrap();
    assert!(w.hear("https://far.example/2", |_| {}).await.is_ok(), "only its author can void it");
}

async fn only_newer_edits_by_the_author_count(w: World) {
    let post = w.hear("https://far.example/1", |_| {}).await.unwrap();
    let edit = |by: ActorId, text: &'static str, at: i64| {
        w.app.write(move |tx| {
            let draft = draft(&|_: &mut Draft| {}).saying(Content { html: text.into(), ..Content::default() });
            posts::receive_edit(tx, by, "https://far.example/1", &draft, Some(Timestamp(at)), None)
        })
    };
    edit(w.zoe, "new", 5_000).await.unwrap();
    edit(w.zoe, "old", 4_000).await.unwrap();
    assert!(matches!(edit(w.bea.0, "foreign", 6_000).await, Err(Error::Denied(Refusal::NotAuthor))));
    let id = post.id;
    let now = w.app.read(move |c| store::posts::by_id(c, id)).await.unwrap().unwrap();
    assert_eq!((now.content.html.as_str(), now.edited), ("new", Some(Timestamp(5_000))));
}

async fn requests_are_answered_as_the_group_asks(w: World) {
    let open = w.group("abierto", Visibility::Public, Joining::Open).await;
    let asks = w.group("pide", Visibility::Restricted, Joining::Approval).await;
    w.said();
    let zoe = w.zoe;
    let follow = |target: ActorId| {
        w.app.write(move |tx| Ok(follows::receive(tx, zoe, target, "https://far.example/f", None)?.state))
    };
    assert_eq!(follow(open).await.unwrap(), FollowState::Accepted);
    assert_eq!(follow(open).await.unwrap(), FollowState::Accepted);
    assert_eq!(w.said(), ["FollowAnswered", "FollowAnswered"], "who asks again is answered again");
    assert_eq!(follow(asks).await.unwrap(), FollowState::Pending);
    assert!(w.told(w.ana).await.contains(&"follow_request".to_owned()));
    let other = follows::answer(&w.app, w.bea, asks, zoe, true).await;
    assert!(matches!(other, Err(Error::Denied(Refusal::NotStaff))));
    w.said();
    follows::answer(&w.app, w.ana, asks, zoe, true).await.unwrap();
    assert_eq!(w.said(), ["RoleChanged", "FollowAnswered"]);
    let now = w.app.now();
    let standing = w.app.read(move |c| store::groups::standing(c, asks, zoe, now)).await.unwrap();
    assert_eq!((standing.role, standing.follows), (Some(Role::Member), true));
    assert!(w.hear("https://far.example/1", move |draft| draft.group = Some(asks)).await.is_ok());
}

async fn moderators_remove_and_the_log_says_so(w: World) {
    let group = w.group("huerto", Visibility::Public, Joining::Open).await;
    let post = w.hear("https://far.example/1", move |draft| draft.group = Some(group)).await.unwrap();
    assert!(matches!(posts::delete(&w.app, w.bea, post.id).await, Err(Error::Denied(Refusal::NotStaff))));
    let take = |measure, reason: &str| moderation::take(&w.app, w.ana, post.id, measure, reason.into());
    take(moderation::Measure::Remove, "spam").await.unwrap();
    assert!(!w.seen(post.id, None).await && w.seen(post.id, Some(w.ana)).await);
    take(moderation::Measure::Restore, "error").await.unwrap();
    take(moderation::Measure::Lock, "").await.unwrap();
    let late = w.say(w.bea, "tarde", |writing| writing.parent = Some(post.id)).await;
    assert!(matches!(late, Err(Error::Denied(Refusal::Locked))));
    let log = w.app.read(move |c| store::log::page(c, group, None, 10)).await.unwrap();
    let log: Vec<(&str, &str)> = log.iter().rev().map(|e| (e.action.as_str(), e.reason.as_str())).collect();
    assert_eq!(log, [("remove", "spam"), ("restore", "error"), ("lock", "")]);
}

async fn bans_end_follow_and_membership(w: World) {
    let group = w.group("huerto", Visibility::Public, Joining::Open).await;
    let zoe = w.zoe;
    w.app.write(move |tx| follows::receive(tx, zoe, group, "https://far.example/f", None)).await.unwrap();
    w.said();
    let until = Some(w.app.now() + span::hours(1));
    let ban = moderation::NewBan { group, person: zoe, until, grounds: "spam".into(), clean: false };
    moderation::ban(&w.app, w.ana, ban).await.unwrap();
    assert_eq!(w.said(), ["Unfollowed", "Posted", "Stated", "Banned"], "and she is told why in a message");
    let refused = w.hear("https://far.example/1", move |draft| draft.group = Some(group)).await;
    assert!(matches!(refused, Err(Error::Denied(Refusal::Banned))));
    w.clock.advance(span::minutes(61));
    assert!(w.hear("https://far.example/1", move |draft| draft.group = Some(group)).await.is_ok());
}

fn fails(_: App, subject: String) -> futures_util::future::BoxFuture<'static, Result<()>> {
    let retry = subject == "again";
    Box::pin(async move { Err(Error::Unreachable { what: subject, retry }) })
}

fn panics(_: App, subject: String) -> futures_util::future::BoxFuture<'static, Result<()>> {
    Box::pin(async move { panic!("{subject} was not thought of") })
}

async fn work_is_retried_and_parked(w: World) {
    let handlers: jobs::Handlers = [("k", fails as jobs::Handler)].into();
    w.app
        .write(|tx| {
            tx.push_job("k", "again", Duration::ZERO)?;
            tx.push_job("k", "never", Duration::ZERO)?;
            tx.push_job("unknown", "x", Duration::ZERO)
        })
        .await
        .unwrap();
    assert_eq!(jobs::drain(&w.app, &handlers).await.unwrap(), 3);
    let backlog = w.app.read(store::jobs::backlog).await.unwrap();
    assert_eq!((backlog.waiting, backlog.parked), (1, 2), "only what may succeed later waits");
    assert_eq!(jobs::drain(&w.app, &handlers).await.unwrap(), 0, "not before its time");
    for _ in 1..jobs::ATTEMPTS {
        w.clock.advance(span::days(1));
        assert_eq!(jobs::drain(&w.app, &handlers).await.unwrap(), 1);
    }
    let backlog = w.app.read(store::jobs::backlog).await.unwrap();
    assert_eq!((backlog.waiting, backlog.parked), (0, 3));
    let handlers: jobs::Handlers = [("panics", panics as jobs::Handler)].into();
    jobs::push(&w.app, "panics", "x".into()).await.unwrap();
    assert_eq!(jobs::drain(&w.app, &handlers).await.unwrap(), 1, "and others go on");
    assert_eq!(w.app.read(store::jobs::backlog).await.unwrap().parked, 4);
}

async fn names_are_one_namespace(w: World) {
    w.group("huerto", Visibility::Public, Joining::Open).await;
    let new = |name: &str, email: &str| people::NewPerson {
        name: name.into(),
        email: email.into(),
        password: "correct horse".into(),
        admin: false,
        language: "es".into(),
    };
    let taken = people::create(&w.app, new("Huerto", "x@plaza.example")).await;
    assert!(matches!(taken, Err(Error::Conflict(_))), "{taken:?}");
    let mail = people::create(&w.app, new("otra", "ANA@plaza.example")).await;
    assert!(matches!(mail, Err(Error::Conflict(_))), "{mail:?}");
    for (name, email) in [("con espacio", "a@b.c"), ("admin", "a@b.c"), ("bien", "nada"), ("", "a@b.c")] {
        assert!(matches!(people::create(&w.app, new(name, email)).await, Err(Error::Invalid(_))), "{name} {email}");
    }
}

async fn what_one_process_commits_wakes_another(w: World) {
    w.app.listen().unwrap();
    // Whoever starts to listen hears what is sent later; so it is said again until it is heard.
    w.app.wakes().jobs.notified().now_or_never();
    for number in 0..100 {
        w.app.write(move |tx| Ok(store::signal::send(tx, number, "jobs")?)).await.unwrap();
        if tokio::time::timeout(Duration::from_millis(800), w.app.wakes().jobs.notified()).await.is_ok() {
            return;
        }
    }
    panic!("the signal was not heard");
}

async fn what_is_old_is_forgotten(w: World) {
    let arrive = |n: i64| {
        let (uri, body) = (format!("https://far.example/{n}"), format!("body {n}"));
        crate::inbox::accept(&w.app, uri, "https://far.example/zoe".into(), "Like".into(), "d".into(), body)
    };
    let bodies = || {
        w.app.write(|tx| {
            let (now, lease) = (tx.now(), tx.lease(Duration::ZERO));
            Ok(store::jobs::claim_received(tx, now, lease, 10)?)
        })
    };
    arrive(1).await.unwrap();
    arrive(2).await.unwrap();
    let first = domain::id::ReceivedId(bodies().await.unwrap()[0].id);
    w.app.apply(first, move |_| Ok(())).await.unwrap();
    w.clock.advance(span::days(8));
    retention::sweep(&w.app).await.unwrap();
    let body = w.app.read(move |c| store::jobs::received_body(c, first)).await.unwrap();
    let known = w.app.read(|c| store::jobs::is_settled(c, "https://far.example/1")).await.unwrap();
    assert_eq!((body, known), (None, true), "its body is gone, its id is known");
    let waiting = bodies().await.unwrap();
    assert_eq!(waiting[0].body, "body 2", "what had no effect yet is kept whole");
    w.clock.advance(span::days(90));
    retention::sweep(&w.app).await.unwrap();
    let body = w.app.read(move |c| store::jobs::received_body(c, first)).await.unwrap();
    assert_eq!((body, bodies().await.unwrap().len()), (None, 1));
}
