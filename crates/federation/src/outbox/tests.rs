//! What leaves after which event, on both databases.
pub(crate) mod world;

use app::{Error, follows, groups, moderation, posts, votes};
use domain::{
    actor::ActorKind,
    group::Visibility,
    id::ActorId,
    peer::PeerState,
    post::{Audience, Vote},
    time::Timestamp,
};
use moderation::Measure;
use serde_json::Value;
use store::peers::SetBack;
use world::{World, somebody};

/// Two on Mastodon, one each on Lemmy, NodeBB and Discourse follow the group.
struct Followers {
    bob: ActorId,
    carol: ActorId,
    lea: ActorId,
}

async fn followers(world: &World) -> Followers {
    let bob = world.person("masto.test", "bob", "mastodon").await;
    let carol = world.person("masto.test", "carol", "mastodon").await;
    let lea = world.person("lemmy.test", "lea", "lemmy").await;
    let nora = world.person("node.test", "nora", "NodeBB").await;
    let dino = world.person("disco.test", "dino", "discourse").await;
    for follower in [bob, carol, lea, nora, dino] {
        world.follow(follower, world.huerto).await;
    }
    Followers { bob, carol, lea }
}

fn create(author: &str, id: u32, extra: &str) -> String {
    format!(
        r#"{{"@context": "https://www.w3.org/ns/activitystreams", "id":"{author}/create/{id}","type":"Create","actor":"{author}","object":{{"id":"{author}/{id}","type":"Note"}}{extra}}}"#
    )
}

macro_rules! on_both {
    ($($name:ident)*) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(super::World::new(false).await.unwrap()).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                match super::World::new(true).await {
                    Some(world) => super::$name(world).await,
                    None => eprintln!("skipped: TEST_POSTGRES_URL is not set"),
                }
            }
        }
    )*};
}
on_both! {
    what_a_person_here_writes_in_a_group
    what_people_elsewhere_write_in_a_group
    what_does_not_leave
    a_group_elsewhere
    votes_of_both_sides
    keeping_order
    requests_to_follow
    whom_nothing_is_sent
    what_is_deleted_long_afterwards
    private_messages_as_chats
    what_lemmy_refuses_to_hear_of_itself
}

async fn what_a_person_here_writes_in_a_group(world: World) {
    let Followers { .. } = followers(&world).await;
    let huerto = world.huerto;
    world.person("other.test", "otto", "gotosocial").await;
    let post = world.write("# Tomates\n\nHola @otto@other.test y @carol@masto.test", |w| w.group = Some(huerto)).await;
    assert_eq!(
        world.sent().await,
        [
            "Create(Note) by ana to masto.test/inbox, other.test/inbox",
            "Announce(Create(Page)) by huerto to lemmy.test/inbox",
            "Announce(Create(Article)) by huerto to disco.test/inbox, node.test/inbox",
            "Announce by huerto to masto.test/inbox",
        ]
    );
    world.write("Yo también", |w| w.parent = Some(post.id)).await;
    assert_eq!(
        world.sent().await,
        [
            "Announce(Create(Note)) by huerto to disco.test/inbox, lemmy.test/inbox, node.test/inbox",
            "Create(Note) by ana to masto.test/inbox",
        ],
        "brought by the group, after everything else"
    );
    let edit = posts::Writing { text: "Tomates y pimientos".into(), ..posts::Writing::default() };
    posts::edit(&world.app, world.ana, post.id, edit).await.unwrap();
    assert_eq!(
        world.sent().await,
        [
            "Update(Note) by ana to masto.test/inbox, other.test/inbox",
            "Announce(Update(Page)) by huerto to lemmy.test/inbox",
            "Announce(Update(Article)) by huerto to disco.test/inbox, node.test/inbox",
        ]
    );
    posts::delete(&world.app, world.ana, post.id).await.unwrap();
    assert_eq!(
        world.sent().await,
        [
            "Delete(Tombstone) by ana to masto.test/inbox, other.test/inbox",
            "Announce(Delete) by huerto to disco.test/inbox, lemmy.test/inbox, node.test/inbox",
        ]
    );
}

async fn what_people_elsewhere_write_in_a_group(world: World) {
    let Followers { bob, lea, .. } = followers(&world).await;
    let body = create("https://masto.test/bob", 1, "");
    let thread = world.hear(bob, world.huerto, None, &body).await;
    let sent = world.waiting().await;
    let lines: Vec<&str> = sent.iter().map(|(line, _)| line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "Announce(Create(Note)) by huerto to disco.test/inbox, lemmy.test/inbox, node.test/inbox",
            "Announce by huerto to masto.test/inbox",
        ]
    );
    assert!(sent[0].1.contains(&format!(r#""object":{body}"#)), "byte for byte");
    let announced: Value = serde_json::from_str(&sent[1].1).unwrap();
    assert_eq!(announced["object"], thread.uri);
    assert_eq!(announced["cc"][1], "https://masto.test/bob");
    let (post, group) = (thread.id, world.huerto);
    let share = world.app.read(move |c| store::shares::uri(c, post, group)).await.unwrap();
    assert_eq!(share.as_deref(), announced["id"].as_str());

    world.hear(lea, world.huerto, Some(thread.id), &create("https://lemmy.test/lea", 2, "")).await;
    let forums = "Announce(Create(Note)) by huerto to disco.test/inbox, lemmy.test/inbox, node.test/inbox";
    assert_eq!(world.sent().await, [forums], "replies would flood the others");
    let signed = create("https://masto.test/bob", 3, r#","signature":{"type":"RsaSignature2017"}"#);
    world.hear(bob, world.huerto, Some(thread.id), &signed).await;
    let sent = world.waiting().await;
    assert_eq!(sent[0].0, forums);
    assert_eq!((sent[1].0.as_str(), &sent[1].1), ("Create(Note) by bob to masto.test/inbox", &signed));

    let stranger = world.person("away.test", "sam", "lemmy").await;
    world.hear(stranger, world.huerto, None, &create("https://away.test/sam", 4, "")).await;
    assert_eq!(
        world.sent().await,
        [
            "Announce(Create(Note)) by huerto to disco.test/inbox, lemmy.test/inbox, node.test/inbox",
            "Announce by huerto to masto.test/inbox",
        ],
        "nobody follows at the author's own server, which knows"
    );
    let tooter = world.person("toot.test", "tom", "mastodon").await;
    world.hear(tooter, world.huerto, None, &create("https://toot.test/tom", 5, "")).await;
    assert_eq!(
        world.sent().await,
        [
            "Announce(Create(Note)) by huerto to disco.test/inbox, lemmy.test/inbox, node.test/inbox",
            "Announce by huerto to masto.test/inbox, toot.test/inbox",
        ],
        "on a microblog the author sees that it was shared"
    );
}

async fn what_does_not_leave(world: World) {
    let Followers { bob, lea, .. } = followers(&world).await;
    let junta = world.group("junta", Visibility::Private).await;
    world.follow(lea, junta).await;
    world.follow(bob, junta).await;
    let minutes = world.write("Acta @carol@masto.test", |w| w.group = Some(junta)).await;
    votes::cast(&world.app, world.ana, minutes.id, Vote::Like).await.unwrap();
    moderation::take(&world.app, world.ana, minutes.id, Measure::Lock, "".into()).await.unwrap();
    let change = groups::Change { title: Some("La junta".into()), summary: None };
    groups::change(&world.app, world.ana, junta, change).await.unwrap();
    posts::delete(&world.app, world.ana, minutes.id).await.unwrap();
    assert!(world.sent().await.is_empty(), "a private group keeps all to itself");

    world.follow(bob, world.ana.0).await;
    let huerto = world.huerto;
    world.write("Entre nosotros", |w| (w.group, w.audience) = (Some(huerto), Some(Audience::Followers))).await;
    assert_eq!(world.sent().await, ["Create(Note) by ana to masto.test/inbox"]);
    world.write("Solo tú @lea@lemmy.test", |w| w.audience = Some(Audience::Direct)).await;
    assert_eq!(world.sent().await, ["Create(Note) by ana to lemmy.test/inbox"]);
}

async fn a_group_elsewhere(world: World) {
    let rocks = world.meet(somebody("lemmy.test", "rocks", ActorKind::Group), "lemmy").await;
    let fan = world.person("masto.test", "fan", "mastodon").await;
    world.follow(fan, world.ana.0).await;
    let post = world.write("Granito", |w| w.group = Some(rocks)).await;
    assert_eq!(
        world.sent().await,
        ["Create(Note) by ana to masto.test/inbox", "Create(Page) by ana to lemmy.test/inbox"]
    );
    world.write("Basalto", |w| w.parent = Some(post.id)).await;
    assert_eq!(world.sent().await, ["Create(Note) by ana to lemmy.test/inbox, masto.test/inbox"]);
    votes::cast(&world.app, world.ana, post.id, Vote::Dislike).await.unwrap();
    assert_eq!(world.sent().await, ["Dislike by ana to lemmy.test/inbox"]);
    posts::delete(&world.app, world.ana, post.id).await.unwrap();
    assert_eq!(world.sent().await, ["Delete(Tombstone) by ana to lemmy.test/inbox, masto.test/inbox"]);
}

async fn votes_of_both_sides(world: World) {
    let Followers { bob, lea, .. } = followers(&world).await;
    let by_bob = world.hear(bob, world.huerto, None, &create("https://masto.test/bob", 1, "")).await;
    let by_lea = world.hear(lea, world.huerto, None, &create("https://lemmy.test/lea", 1, "")).await;
    world.sent().await;
    votes::cast(&world.app, world.ana, by_bob.id, Vote::Like).await.unwrap();
    assert_eq!(
        world.sent().await,
        ["Like by ana to masto.test/bob/inbox", "Announce(Like) by huerto to lemmy.test/inbox, node.test/inbox"]
    );
    votes::retract(&world.app, world.ana, by_bob.id).await.unwrap();
    assert_eq!(
        world.sent().await,
        [
            "Undo(Like) by ana to masto.test/bob/inbox",
            "Announce(Undo(Like)) by huerto to lemmy.test/inbox, node.test/inbox"
        ]
    );
    votes::cast(&world.app, world.ana, by_lea.id, Vote::Dislike).await.unwrap();
    assert_eq!(world.sent().await, ["Announce(Dislike) by huerto to lemmy.test/inbox, node.test/inbox"]);
    let body = r#"{"id":"https://masto.test/1","type":"Like","actor":"https://masto.test/bob","object":"x"}"#;
    let cause = world.receive("https://masto.test/1", body.into()).await;
    let vote = move |tx: &mut app::Tx<'_, '_>| {
        votes::receive(tx, bob, by_lea.id, (Vote::Like, None), "https://masto.test/1", Some(cause))
    };
    world.app.write(vote).await.unwrap();
    let sent = world.waiting().await;
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].0, "Announce(Like) by huerto to lemmy.test/inbox, node.test/inbox");
    assert!(sent[0].1.contains(body));

    let sam = world.person("away.test", "sam", "lemmy").await;
    let by_sam = world.hear(sam, world.huerto, None, &create("https://away.test/sam", 1, "")).await;
    world.sent().await;
    let liked = |voter: ActorId, uri: &'static str| {
        move |tx: &mut app::Tx<'_, '_>| votes::receive(tx, voter, by_sam.id, (Vote::Like, None), uri, Some(cause))
    };
    world.app.write(liked(bob, "https://masto.test/2")).await.unwrap();
    let everywhere = "Announce(Like) by huerto to away.test/inbox, lemmy.test/inbox, node.test/inbox";
    assert_eq!(world.sent().await, [everywhere], "the author's server hears of it though nobody there follows");
    let uma = world.person("away.test", "uma", "lemmy").await;
    let body = r#"{"id":"https://away.test/3","type":"Like","actor":"https://away.test/uma","object":"x"}"#;
    let cause = world.receive("https://away.test/3", body.into()).await;
    let vote = move |tx: &mut app::Tx<'_, '_>| {
        votes::receive(tx, uma, by_sam.id, (Vote::Like, None), "https://away.test/3", Some(cause))
    };
    world.app.write(vote).await.unwrap();
    assert_eq!(world.sent().await, ["Announce(Like) by huerto to lemmy.test/inbox, node.test/inbox"]);
}

async fn keeping_order(world: World) {
    let Followers { bob, carol, lea } = followers(&world).await;
    let post = world.hear(bob, world.huerto, None, &create("https://masto.test/bob", 1, "")).await;
    world.sent().await;
    let (app, ana, huerto) = (&world.app, world.ana, world.huerto);
    let forums = "disco.test/inbox, lemmy.test/inbox, node.test/inbox";
    let take = |measure| moderation::take(app, ana, post.id, measure, "fuera de tema".into());
    take(Measure::Remove).await.unwrap();
    let sent = world.waiting().await;
    let told = "Create(Note) by huerto to masto.test/inbox".to_owned();
    assert_eq!(sent[0].0, told, "its author is told why");
    assert_eq!(sent[1].0, format!("Announce(Delete) by huerto to {forums}"));
    assert!(sent[1].1.contains(r#""summary":"fuera de tema""#));
    assert_eq!(sent[2].0, "Undo(Announce) by huerto to masto.test/inbox");
    take(Measure::Restore).await.unwrap();
    let back =
        [format!("Announce(Undo(Delete)) by huerto to {forums}"), "Announce by huerto to masto.test/inbox".into()];
    assert_eq!(world.sent().await, back);
    take(Measure::Lock).await.unwrap();
    take(Measure::Unlock).await.unwrap();
    take(Measure::Feature).await.unwrap();
    let said = ["Lock", "Undo(Lock)", "Add"].map(|kind| format!("Announce({kind}) by huerto to {forums}"));
    let [lock, unlock, pin] = said;
    assert_eq!(world.sent().await, [told.clone(), lock, unlock, pin]);

    app::members::appoint(app, ana, huerto, lea, Some(domain::group::Role::Moderator)).await.unwrap();
    let welcome = "Create(Note) by huerto to lemmy.test/inbox".to_owned();
    assert_eq!(world.sent().await, [format!("Announce(Add) by huerto to {forums}"), welcome]);
    let ban = moderation::NewBan { group: huerto, person: carol, until: None, grounds: "spam".into(), clean: false };
    moderation::ban(app, ana, ban).await.unwrap();
    let mut sent = world.sent().await;
    sent.sort();
    assert_eq!(
        sent,
        [
            format!("Announce(Block) by huerto to {forums}"),
            "Block by huerto to masto.test/carol/inbox".into(),
            told,
            "Reject(Follow) by huerto to masto.test/carol/inbox".into(),
        ]
    );
    moderation::unban(app, ana, huerto, carol).await.unwrap();
    let undone = [
        format!("Announce(Undo(Block)) by huerto to {forums}"),
        "Undo(Block) by huerto to masto.test/carol/inbox".into(),
    ];
    assert_eq!(world.sent().await, undone);
    let change = groups::Change { title: Some("Huerta".into()), summary: None };
    groups::change(app, ana, huerto, change).await.unwrap();
    let changed = [
        format!("Announce(Update(Group)) by huerto to {forums}"),
        "Update(Group) by huerto to masto.test/inbox".into(),
    ];
    assert_eq!(world.sent().await, changed);
}

async fn requests_to_follow(world: World) {
    let bob = world.person("masto.test", "bob", "mastodon").await;
    let (app, ana, huerto) = (&world.app, world.ana, world.huerto);
    let asked = follows::request(app, ana, bob).await.unwrap();
    let sent = world.waiting().await;
    assert_eq!(sent[0].0, "Follow by ana to masto.test/bob/inbox");
    assert!(sent[0].1.contains(&format!(r#""id":"{}""#, asked.activity_uri)));
    follows::end(app, ana, bob).await.unwrap();
    let sent = world.waiting().await;
    assert_eq!(sent[0].0, "Undo(Follow) by ana to masto.test/bob/inbox");
    assert!(sent[0].1.contains(&asked.activity_uri));
    for _ in 0..2 {
        let uri = "https://masto.test/f1";
        app.write(move |tx| follows::receive(tx, bob, huerto, uri, None)).await.unwrap();
        let sent = world.waiting().await;
        assert_eq!(sent[0].0, "Accept(Follow) by huerto to masto.test/bob/inbox");
        assert!(sent[0].1.contains(r#""object":{"id":"https://masto.test/f1","type":"Follow""#));
    }
    app.write(move |tx| follows::receive_end(tx, bob, huerto, None)).await.unwrap();
    assert!(world.sent().await.is_empty());
}

async fn whom_nothing_is_sent(world: World) {
    let Followers { lea, .. } = followers(&world).await;
    let peer = world.peer("masto.test").await;
    let how = SetBack {
        state: PeerState::Dead,
        failures: 30,
        failing_since: Some(Timestamp(1)),
        retry_at: Timestamp(i64::MAX),
        error: "no route".into(),
    };
    world.app.write(move |tx| Ok(store::peers::set_back(tx, peer, store::Holder(0), &how)?)).await.unwrap();
    world
        .app
        .write(move |tx| {
            let now = tx.now();
            store::actors::set_deleted(tx, lea, now).map_err(Error::from)
        })
        .await
        .unwrap();
    let huerto = world.huerto;
    world.write("¿Hay alguien?", |w| w.group = Some(huerto)).await;
    let articles = "Announce(Create(Article)) by huerto to disco.test/inbox, node.test/inbox";
    assert_eq!(world.sent().await, [articles], "neither the dead nor the deleted");
    let revived = world
        .app
        .write(|tx| {
            let now = tx.now();
            Ok((store::peers::seen(tx, "masto.test", now)?, store::peers::seen(tx, "masto.test", now)?))
        })
        .await
        .unwrap();
    assert_eq!(revived, (true, false));
    world.write("¿Y ahora?", |w| w.group = Some(huerto)).await;
    assert_eq!(world.sent().await, [articles, "Announce by huerto to masto.test/inbox"]);
}

async fn what_is_deleted_long_afterwards(world: World) {
    let otto = world.person("other.test", "otto", "gotosocial").await;
    let fan = world.person("masto.test", "fan", "mastodon").await;
    world.follow(fan, world.ana.0).await;
    let private = world.write("@otto@other.test, entre nosotros", |w| w.audience = Some(Audience::Direct)).await;
    let public = world.write("Hola, @otto@other.test", |w| w.audience = Some(Audience::Public)).await;
    world.a_month_later().await;
    let named = world.app.read(move |c| store::posts::mentioned(c, private.id)).await.unwrap();
    assert_eq!(named, [otto]);
    assert_eq!(world.sent().await, Vec::<String>::new(), "nothing is left of what was sent");
    for post in [private.id, public.id] {
        posts::delete(&world.app, world.ana, post).await.unwrap();
    }
    let sent = world.waiting().await;
    let lines: Vec<&str> = sent.iter().map(|(line, _)| line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "Delete(Tombstone) by ana to other.test/inbox",
            "Delete(Tombstone) by ana to masto.test/inbox, other.test/inbox",
        ],
        "whoever got it"
    );
    let said: Value = serde_json::from_str(&sent[0].1).unwrap();
    assert_eq!(said["to"], serde_json::json!(["https://other.test/otto"]), "and nobody else is told that it was there");
}

async fn private_messages_as_chats(world: World) {
    let lea = world.person("lemmy.test", "lea", "lemmy").await;
    world.person("other.test", "otto", "gotosocial").await;
    world.describe(lea, "lemmy", "0.19.20").await;
    let post = world.write("@lea@lemmy.test @otto@other.test *hola*", |w| w.audience = Some(Audience::Direct)).await;
    let sent = world.waiting().await;
    let lines: Vec<&str> = sent.iter().map(|(line, _)| line.as_str()).collect();
    assert_eq!(
        lines,
        ["Create(Note) by ana to other.test/inbox", "Create(ChatMessage) by ana to lemmy.test/lea/inbox"]
    );
    let said: Value = serde_json::from_str(&sent[1].1).unwrap();
    let chat = &said["object"];
    assert_eq!((&said["to"], &chat["to"]), (&serde_json::json!(["https://lemmy.test/lea"]), &said["to"]));
    assert_eq!((&chat["id"], &chat["attributedTo"]), (&Value::from(post.uri), &said["actor"]));
    assert_eq!(chat["source"]["content"], "@lea@lemmy.test @otto@other.test *hola*");
    assert!(chat["content"].as_str().unwrap().contains("<em>hola</em>"), "{chat}");

    posts::delete(&world.app, world.ana, post.id).await.unwrap();
    assert_eq!(world.sent().await, ["Delete(Tombstone) by ana to lemmy.test/inbox, other.test/inbox"]);

    // What a group says to somebody is said by the service that speaks for it, since chats are between people.
    app::instance::ensure(&world.app).await.unwrap();
    world.follow(lea, world.huerto).await;
    let thread = world.hear(lea, world.huerto, None, &create("https://lemmy.test/lea", 1, "")).await;
    world.waiting().await;
    moderation::take(&world.app, world.ana, thread.id, Measure::Lock, "basta".into()).await.unwrap();
    let sent = world.waiting().await;
    let lines: Vec<&str> = sent.iter().map(|(line, _)| line.as_str()).collect();
    assert_eq!(
        lines,
        ["Create(ChatMessage) by abuse to lemmy.test/lea/inbox", "Announce(Lock) by huerto to lemmy.test/inbox"]
    );
    let said: Value = serde_json::from_str(&sent[0].1).unwrap();
    let (actor, id) = (said["actor"].as_str().unwrap(), said["object"]["id"].as_str().unwrap());
    assert!(id.starts_with(&format!("{actor}#")), "on its own host: {id}");
    assert!(said["object"]["content"].as_str().unwrap().contains("basta"), "{said}");

    world.describe(lea, "lemmy", "1.0.0").await;
    world.write("@lea@lemmy.test hola", |w| w.audience = Some(Audience::Direct)).await;
    assert_eq!(world.sent().await, ["Create(Note) by ana to lemmy.test/inbox"]);
}

async fn what_lemmy_refuses_to_hear_of_itself(world: World) {
    let lea = world.person("lemmy.test", "lea", "lemmy").await;
    let leo = world.person("lem.test", "leo", "lemmy").await;
    for follower in [lea, leo] {
        world.follow(follower, world.huerto).await;
        world.describe(follower, "lemmy", "0.19.20").await;
    }
    let thread = world.hear(lea, world.huerto, None, &create("https://lemmy.test/lea", 1, "")).await;
    assert_eq!(world.sent().await, ["Announce(Create(Note)) by huerto to lem.test/inbox"]);
    votes::cast(&world.app, world.ana, thread.id, Vote::Like).await.unwrap();
    assert_eq!(
        world.sent().await,
        ["Announce(Like) by huerto to lem.test/inbox, lemmy.test/inbox"],
        "of others it hears"
    );
    world.describe(lea, "lemmy", "1.0.0").await;
    world.hear(lea, world.huerto, None, &create("https://lemmy.test/lea", 2, "")).await;
    assert_eq!(world.sent().await, ["Announce(Create(Note)) by huerto to lem.test/inbox, lemmy.test/inbox"]);
}
