//! What a page costs: a fixed number of statements, however much there is on it.
use app::{
    Me, bookmarks, members,
    moderation::{self, Measure},
    posts::Writing,
    reports::{self, Complaint},
    statements, votes,
};
use domain::{
    id::{ActorId, PostId},
    post::{Post, Vote},
    report::{Category, Reach},
    statement::{Grounds, Sanction},
};
use store::testing::Counter;

use super::{
    World,
    appeals::latest,
    journeys::{Browser, login},
};

/// How many replies the thread has before and after.
const FEW: usize = 5;
const MANY: usize = 100;
/// How many statements the longest page asks at most.
const MOST: u64 = 85;
/// What is read around what is shown, where an answer stands without the post that it answers: those posts, once for all.
const AROUND: u64 = 3;

/// Those who keep order, and where.
struct Team {
    ana: Me,
    carla: Me,
    huerto: ActorId,
}

/// Something for every page.
async fn happen(world: &World, team: &Team, n: usize) {
    let (app, Team { ana, carla, huerto }) = (&world.app, team);
    let person = login(world, &format!("persona{n}")).await;
    members::join(app, person, *huerto).await.unwrap();
    let write = async |text: &str| {
        let text = format!("{text} {n} #agua");
        world.write(person, Writing { text, group: Some(*huerto), ..Writing::default() }).await
    };
    let (thread, taken) = (write("¿Quién riega?").await, write("Vendo").await);
    votes::cast(app, *ana, thread.id, Vote::Like).await.unwrap();
    bookmarks::set(app, *ana, thread.id, true).await.unwrap();
    let complaint = Complaint {
        target: person.0,
        posts: vec![thread.id],
        comment: "Mira esto".into(),
        category: Category::Other,
        bylaw: None,
        rules: Vec::new(),
        reach: Reach::Here,
    };
    reports::file(app, *carla, complaint).await.unwrap();
    let grounds = Grounds { reason: "Publicidad".into(), ..Grounds::default() };
    moderation::take(app, *carla, taken.id, Measure::Remove, grounds).await.unwrap();
    let page = statements::page(app, latest(world, *huerto, Sanction::Remove).await).unwrap();
    app::appeals::file(app, page.rsplit('/').next().unwrap(), "No vendo nada".into()).await.unwrap();
    answer(world, person, &thread).await;
}

async fn answer(world: &World, person: Me, to: &Post) -> PostId {
    let text = "Yo, los **martes**".to_owned();
    world.write(person, Writing { text, parent: Some(to.id), ..Writing::default() }).await.id
}

/// Replies of two people, each below one of the other.
async fn converse(world: &World, team: &Team, mut last: Post, replies: usize) {
    for n in 0..replies {
        let text = format!("Respuesta {n}, con @ana");
        let by = if n % 2 == 0 { team.carla } else { team.ana };
        let reply = world.write(by, Writing { text, parent: Some(last.id), ..Writing::default() }).await;
        if n % 3 == 0 {
            last = reply;
        }
    }
}

#[actix_web::test]
async fn longer_pages_cost_no_more_statements() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let carla = login(&world, "carla").await;
    members::join(&world.app, carla, huerto.id).await.unwrap();
    app::invitations::invite(&world.app, ana, huerto.id, carla.0).await.unwrap();
    members::appoint(&world.app, ana, huerto.id, carla.0, Some(domain::group::Role::Moderator)).await.unwrap();
    let topic = Writing { text: "El agua #agua".into(), group: Some(huerto.id), ..Writing::default() };
    let topic = world.write(ana, topic).await;
    let team = Team { ana, carla, huerto: huerto.id };
    let pages: Vec<String> = [
        "/",
        "/?sort=new",
        "/communities",
        "/@huerto",
        "/@huerto?sort=unanswered",
        "/@huerto/log",
        "/@huerto/feed.atom",
        "/@ana",
        "/@persona0",
        "/tags/agua",
        "/search?q=agua",
        "/notices",
        "/saved",
        "/queue",
        "/admin/people",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain([format!("/members?group={}", huerto.id)])
    .chain(["", "?view=linear", "/feed.atom"].map(|view| format!("{}{view}", topic.uri)))
    .collect();
    let by_ana = Browser::of(&world, ana, "es").await;

    let counter = Counter::default();
    let watching = counter.clone();
    let watched = world.app.read(move |c| {
        watching.watch(c);
        Ok(())
    });
    watched.await.unwrap();
    // Of two looks the cheaper one: whoever looks for the first time is noted, and now and then a look renews what is at hand.
    let cost = async |path: &str, is_visitor: bool| {
        let (mut least, mut length) = (u64::MAX, 0);
        for _ in 0..2 {
            let before = counter.count();
            let answer = if is_visitor { world.get(path, "es").await } else { by_ana.get(path).await };
            least = least.min(counter.count() - before);
            length = answer.body.len();
        }
        (least, length)
    };
    for n in 0..2 {
        happen(&world, &team, n).await;
    }
    converse(&world, &team, topic.clone(), FEW).await;
    let mut few = Vec::new();
    for path in &pages {
        few.push([cost(path, true).await, cost(path, false).await]);
    }
    assert!(few.iter().all(|[_, by_ana]| by_ana.0 > 0), "they are counted");
    for n in 2..7 {
        happen(&world, &team, n).await;
    }
    converse(&world, &team, topic, MANY - FEW).await;
    for (path, before) in pages.iter().zip(few) {
        for (is_visitor, (statements, length)) in [true, false].into_iter().zip(before) {
            let (now, longer) = cost(path, is_visitor).await;
            assert!(
                now <= statements + AROUND,
                "{path} asks {now} times and no more {statements} times, the more there is (visitor: {is_visitor})"
            );
            assert!(statements < MOST && longer >= length, "{path}: {statements}, {length}, {longer}");
        }
    }
}
