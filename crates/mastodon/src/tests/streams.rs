//! What streams tell, and whom.
use app::{
    limits::Whence,
    oauth::{self, Asked, NewApp},
};
use domain::group::{Joining, Visibility};
use serde_json::{Value, json};
use store::testing::Counter;

use super::{Person, World, fields::check, of, on_both};
use crate::{
    params::Params,
    streaming::{Channel, Listener},
};

/// A listener with the names of events, and what came with them.
struct Ear<'w>(Listener, &'w World);

impl<'w> Ear<'w> {
    async fn open(w: &'w World, who: &Person, channels: &[&str], query: &str) -> Self {
        Self::with(w, &who.token, channels, query).await
    }

    async fn with(w: &'w World, token: &str, channels: &[&str], query: &str) -> Self {
        w.teller.lock().await.catch_up().await;
        let listener = Listener::open(&w.hub, token.to_owned()).await.unwrap();
        for name in channels {
            listener.subscribe(Channel::named(name, &Params::of_query(query)).unwrap()).await.unwrap();
        }
        Self(listener, w)
    }

    /// All that was told until now: channel, event, payload.
    async fn hears(&mut self) -> Vec<(String, &'static str, Value)> {
        self.1.teller.lock().await.catch_up().await;
        let mut heard = Vec::new();
        while let Some(frame) = self.0.now() {
            let payload = frame.payload.as_deref().map_or(Value::Null, |text| serde_json::from_str(text).unwrap());
            match frame.event {
                "update" | "status.update" => check(&payload, "Status", frame.event),
                "notification" => check(&payload, "Notification", frame.event),
                "conversation" => check(&payload, "Conversation", frame.event),
                "announcement" => check(&payload, "Announcement", frame.event),
                _ => {}
            }
            heard.push((frame.stream.join("/"), frame.event, payload));
        }
        heard
    }

    /// The same, without what came with it.
    async fn hears_of(&mut self) -> Vec<(String, &'static str)> {
        self.hears().await.into_iter().map(|(stream, event, _)| (stream, event)).collect()
    }

    /// Whether the stream has ended.
    async fn is_over(&mut self) -> bool {
        self.1.teller.lock().await.catch_up().await;
        self.0.is_closed()
    }
}

fn at(stream: &str, event: &'static str) -> (String, &'static str) {
    (stream.to_owned(), event)
}

async fn what_one_follows_is_told_once_and_as_its_group_passes_it_on(w: World) {
    let group = w.group("huerto", Visibility::Public, Joining::Open).await;
    w.follow(&w.bea, group).await;
    let mut bea = Ear::open(&w, &w.bea, &["user"], "").await;
    let mut caro = Ear::open(&w, &w.caro, &["user"], "").await;
    let thread = w.say(&w.ana, "@huerto hola").await;
    let heard = bea.hears().await;
    assert_eq!(heard.iter().map(|(_, event, _)| *event).collect::<Vec<_>>(), ["update"]);
    assert_eq!((&heard[0].2["reblog"]["id"], &heard[0].2["account"]["group"]), (&thread["id"], &json!(true)));
    assert_eq!(heard[0].2["id"], w.home(&w.bea).await[0]["id"], "as the page has it");
    assert!(caro.hears().await.is_empty());
    w.call(&w.ana, "PUT", &of(&thread, ""), json!({ "status": "@huerto adiós" })).await.ok();
    let heard = bea.hears().await;
    assert_eq!((heard.len(), heard[0].1, &heard[0].2["id"]), (1, "status.update", &thread["id"]));
    w.call(&w.ana, "DELETE", &of(&thread, ""), Value::Null).await.ok();
    let gone: Vec<_> = bea.hears().await.into_iter().map(|(_, event, id)| (event, id.to_string())).collect();
    assert_eq!(gone.len(), 2, "under both numbers: {gone:?}");
    assert!(gone.iter().all(|(event, _)| *event == "delete") && json!(gone[0].1) == thread["id"]);
    // Whom one follows from now on, counts from now on.
    w.follow(&w.caro, w.ana.id()).await;
    assert!(caro.hears().await.is_empty());
    w.say(&w.ana, "para quien me sigue").await;
    assert_eq!(caro.hears_of().await, [at("user", "update")]);
}

async fn what_is_private_is_told_to_those_only_who_may_read_it(w: World) {
    let group = w.group("consejo", Visibility::Private, Joining::Approval).await;
    w.follow(&w.bea, group).await;
    w.post(&w.ana, &format!("/api/v1/follow_requests/{}/authorize", w.bea.id())).await.ok();
    let channels = ["user", "public", "hashtag", "direct"];
    let mut member = Ear::open(&w, &w.bea, &channels, "tag=clave").await;
    let mut stranger = Ear::open(&w, &w.caro, &channels, "tag=clave").await;
    w.follow(&w.caro, w.ana.id()).await;
    let thread = w.say(&w.ana, "@consejo secreto #clave").await;
    let told = member.hears_of().await;
    assert!(told.contains(&at("user", "update")), "{told:?}");
    w.call(&w.ana, "DELETE", &of(&thread, ""), Value::Null).await.ok();
    assert!(member.hears_of().await.contains(&at("user", "delete")));
    let message = json!({ "status": "@bea en privado", "visibility": "direct" });
    let message = w.call(&w.ana, "POST", "/api/v1/statuses", message).await.ok();
    let told = member.hears_of().await;
    assert!(told.contains(&at("direct", "conversation")) && told.contains(&at("user", "notification")), "{told:?}");
    w.call(&w.ana, "DELETE", &of(&message, ""), Value::Null).await.ok();
    let heard = stranger.hears().await;
    assert!(heard.is_empty(), "not even that something is gone: {heard:?}");
}

async fn public_streams_tell_what_their_pages_show(w: World) {
    let mut ear = Ear::open(&w, &w.bea, &["public", "public:local", "public:remote", "hashtag"], "tag=Año").await;
    w.say(&w.ana, "hola #año").await;
    let mut heard = ear.hears_of().await;
    heard.sort();
    assert_eq!(heard, [at("hashtag/año", "update"), at("public", "update"), at("public:local", "update")]);
    let quiet = json!({ "status": "bajito #año", "visibility": "unlisted" });
    w.call(&w.ana, "POST", "/api/v1/statuses", quiet).await.ok();
    assert!(ear.hears().await.is_empty());
    w.post(&w.bea, &format!("/api/v1/accounts/{}/block", w.ana.id())).await.ok();
    w.say(&w.ana, "hola otra vez #año").await;
    assert!(ear.hears().await.is_empty(), "whom one blocks is not heard");
}

async fn one_hears_what_one_is_told_and_of_filters_and_announcements(w: World) {
    let mut bea = Ear::open(&w, &w.bea, &["user", "user:notification"], "").await;
    let post = w.say(&w.bea, "hola").await;
    w.post(&w.ana, &of(&post, "/favourite")).await.ok();
    let heard = bea.hears().await;
    let told: Vec<_> = heard.iter().filter(|(_, event, _)| *event == "notification").collect();
    assert_eq!(told.len(), 2, "on both channels: {heard:?}");
    assert_eq!((&told[0].2["type"], &told[0].2["status"]["id"]), (&json!("favourite"), &post["id"]));
    let filter = json!({ "title": "x", "context": ["home"], "filter_action": "hide", "keywords_attributes": [{ "keyword": "ruido" }] });
    w.call(&w.bea, "POST", "/api/v2/filters", filter).await.ok();
    assert_eq!(bea.hears_of().await, [at("user", "filters_changed")]);
    w.follow(&w.bea, w.ana.id()).await;
    w.say(&w.ana, "mucho ruido").await;
    assert!(bea.hears().await.is_empty(), "what is hidden is not told");
    let announced = app::announcements::create(&w.app, None, "Mañana, mantenimiento".into(), None).await.unwrap();
    let heard = bea.hears().await;
    assert_eq!((heard.len(), heard[0].1), (1, "announcement"));
    w.call(&w.ana, "PUT", &format!("/api/v1/announcements/{}/reactions/%F0%9F%91%8D", announced.id), Value::Null)
        .await
        .ok();
    let answered = json!({ "announcement_id": announced.id.to_string(), "name": "👍", "count": 1 });
    assert_eq!(bea.hears().await, [("user".to_owned(), "announcement.reaction", answered)]);
    app::notices::accept(&w.app, w.bea.me, vec![w.caro.me.0]).await.unwrap();
    let merged = ["user", "user:notification"].map(|stream| at(stream, "notifications_merged"));
    assert_eq!(bea.hears_of().await, merged);
    app::announcements::remove(&w.app, None, announced.id).await.unwrap();
    assert_eq!(bea.hears_of().await, [at("user", "announcement.delete")]);
}

async fn what_is_passed_on_no_more_is_taken_back(w: World) {
    w.follow(&w.bea, w.ana.id()).await;
    let said = w.say(&w.caro, "Hola").await;
    let (mut bea, mut caro) = (Ear::open(&w, &w.bea, &["user"], "").await, Ear::open(&w, &w.caro, &["user"], "").await);
    w.post(&w.ana, &of(&said, "/reblog")).await.ok();
    let shared = bea.hears().await;
    assert_eq!((shared[0].1, &shared[0].2["reblog"]["id"]), ("update", &said["id"]));
    caro.hears().await;
    w.post(&w.ana, &of(&said, "/unreblog")).await.ok();
    let number: Value = serde_json::from_str(shared[0].2["id"].as_str().unwrap()).unwrap();
    assert_eq!(bea.hears().await, [("user".to_owned(), "delete", number)]);
    assert!(
        caro.hears().await.is_empty(),
        "what she wrote is still there, and she does not follow whoever passed it on"
    );
}

async fn lists_are_told_and_scopes_hold(w: World) {
    w.follow(&w.bea, w.ana.id()).await;
    let list = w.call(&w.bea, "POST", "/api/v1/lists", json!({ "title": "amigas" })).await.ok();
    let path = format!("/api/v1/lists/{}", list["id"].as_str().unwrap());
    w.call(&w.bea, "POST", &format!("{path}/accounts"), json!({ "account_ids": [w.ana.id().to_string()] })).await.ok();
    let query = format!("list={}", list["id"].as_str().unwrap());
    let mut ear = Ear::open(&w, &w.bea, &["list"], &query).await;
    w.say(&w.ana, "para la lista").await;
    assert_eq!(ear.hears_of().await, [at(&format!("list/{}", list["id"].as_str().unwrap()), "update")]);
    let stranger = Listener::open(&w.hub, w.caro.token.clone()).await.unwrap();
    let others = Channel::named("list", &Params::of_query(&query)).unwrap();
    assert!(stranger.subscribe(others).await.is_err(), "somebody else's list");
    let narrow = app::people::create_token(&w.app, w.caro.me.0, "read:statuses").await.unwrap();
    let mut narrow = Ear::with(&w, &narrow, &["user"], "").await;
    let told = Channel::named("user:notification", &Params::default()).unwrap();
    assert!(narrow.0.subscribe(told).await.is_err());
    w.call(&w.ana, "POST", "/api/v1/statuses", json!({ "status": "@caro hola" })).await.ok();
    assert!(narrow.hears().await.is_empty(), "no notifications for a token that may not read them");
    assert!(Listener::open(&w.hub, "wrong".into()).await.is_err());
    assert_eq!(w.get_unknown("/api/v1/streaming/public").await.status, 401);
    assert_eq!(w.get(&w.bea, "/api/v1/streaming/nothing").await.status, 404);
    assert_eq!(w.get_unknown("/api/v1/streaming/health").await.status, 200);
}

async fn a_stream_ends_with_its_token(w: World) {
    let new = NewApp { name: "x".into(), redirect_uris: vec![oauth::BY_HAND.into()], ..NewApp::default() };
    let (client, _) = oauth::register(&w.app, new, &Whence::default()).await.unwrap();
    let token = async || {
        let (client_id, redirect_uri) = (client.client_id.clone(), oauth::BY_HAND.to_owned());
        let asked = Asked { client_id, redirect_uri, response_type: "code".into(), ..Asked::default() };
        let consent = oauth::consider(&w.app, &asked).await.unwrap().unwrap();
        let code = oauth::grant(&w.app, w.bea.me, consent).await.unwrap();
        let issued = oauth::exchange(&w.app, &client, &code, oauth::BY_HAND, None).await.unwrap().unwrap();
        (issued.token, code)
    };
    let ((one, _), (other, code)) = (token().await, token().await);
    let mut revoked = Ear::with(&w, &one, &["user"], "").await;
    let mut spent = Ear::with(&w, &other, &["user"], "").await;
    let mut kept = Ear::open(&w, &w.bea, &["user"], "").await;
    let mut caro = Ear::open(&w, &w.caro, &["user"], "").await;
    oauth::revoke(&w.app, &client, &one).await.unwrap();
    assert!(revoked.is_over().await && !spent.is_over().await, "this token, and no other");
    assert!(oauth::exchange(&w.app, &client, &code, oauth::BY_HAND, None).await.unwrap().is_none());
    assert!(spent.is_over().await && !kept.is_over().await, "a code that comes twice ends its token");
    assert!(revoked.0.next().await.is_none(), "the client sees the end");
    app::suspensions::suspend(&w.app, w.admin().await, w.bea.me.0, "spam".into()).await.unwrap();
    assert!(kept.is_over().await && !caro.is_over().await, "this person, and nobody else");
}

async fn whoever_may_no_more_hears_no_more(w: World) {
    let group = w.group("consejo", Visibility::Private, Joining::Approval).await;
    w.follow(&w.bea, group).await;
    w.post(&w.ana, &format!("/api/v1/follow_requests/{}/authorize", w.bea.id())).await.ok();
    let mut bea = Ear::open(&w, &w.bea, &["user", "list"], &format!("list={group}")).await;
    w.say(&w.ana, "@consejo uno").await;
    let here = [at("user", "update"), at(&format!("list/{group}"), "update")];
    assert_eq!(bea.hears_of().await, here);
    let topic = w.say(&w.ana, "@consejo dos").await;
    app::members::leave(&w.app, w.bea.me, domain::id::ActorId(group)).await.unwrap();
    w.call(&w.ana, "DELETE", &of(&topic, ""), Value::Null).await.ok();
    assert!(
        bea.hears().await.is_empty(),
        "what was not told before she left is not told after, not even that it is gone"
    );
    w.follow(&w.bea, w.caro.id()).await;
    w.say(&w.caro, "hola").await;
    assert_eq!(bea.hears_of().await, [at("user", "update")]);
    for deed in ["mute", "unmute", "block"] {
        w.post(&w.bea, &format!("/api/v1/accounts/{}/{deed}", w.caro.id())).await.ok();
        w.say(&w.caro, "hola").await;
        assert_eq!(bea.hears().await.len(), usize::from(deed == "unmute"), "{deed}");
    }
}

/// What each is told of a post is what each would read, with all that is their own about it.
async fn each_is_told_what_they_would_read(w: World) {
    for who in [&w.bea, &w.caro] {
        w.follow(who, w.ana.id()).await;
    }
    let quoted = w.say(&w.ana, "Lo que se cita").await;
    let post = json!({
        "status": "¿Tomates o pimientos? #huerto", "quoted_status_id": quoted["id"],
        "poll": { "options": ["tomates", "pimientos"], "expires_in": 3_600 },
    });
    let post = w.call(&w.ana, "POST", "/api/v1/statuses", post).await.ok();
    let choice = json!({ "choices": [1] });
    w.call(&w.bea, "POST", &format!("/api/v1/polls/{}/votes", post["poll"]["id"].as_str().unwrap()), choice).await.ok();
    for (who, status, deed) in [
        (&w.bea, &post, "favourite"),
        (&w.bea, &quoted, "bookmark"),
        (&w.caro, &post, "mute"),
        (&w.caro, &post, "reblog"),
        (&w.ana, &post, "pin"),
    ] {
        w.post(who, &of(status, &format!("/{deed}"))).await.ok();
    }
    let filter = json!({ "title": "x", "context": ["home"], "filter_action": "warn", "keywords_attributes": [{ "keyword": "cita" }] });
    w.call(&w.caro, "POST", "/api/v2/filters", filter).await.ok();
    let everybody = [&w.ana, &w.bea, &w.caro];
    let mut ears = Vec::new();
    for who in everybody {
        ears.push((who, Ear::open(&w, who, &["user", "public", "hashtag"], "tag=huerto").await));
    }
    w.call(&w.ana, "PUT", &of(&quoted, ""), json!({ "status": "Lo que se cita mucho" })).await.ok();
    for (who, ear) in &mut ears {
        let read = w.get(who, &of(&post, "")).await.ok();
        let heard = ear.hears().await;
        let last = heard.iter().rfind(|(_, _, told)| told["id"] == post["id"]).expect("the post that quotes");
        assert_eq!(last.1, "status.update");
        assert_eq!(last.2, read, "{}", who.id());
        assert!(read.to_string().contains("se cita mucho"));
    }
}

async fn many_cost_no_more_than_one_and_share_what_is_the_same(w: World) {
    for who in [&w.bea, &w.caro] {
        w.follow(who, w.ana.id()).await;
    }
    let counter = Counter::default();
    let counting = counter.clone();
    w.db.read(move |c| {
        counting.watch(c);
        Ok::<_, store::Error>(())
    })
    .await
    .unwrap();
    let cost = async |text: &str| {
        w.say(&w.ana, text).await;
        let before = counter.count();
        w.teller.lock().await.catch_up().await;
        counter.count() - before
    };
    let channels = ["user", "public", "public:local", "hashtag"];
    let one = Ear::open(&w, &w.bea, &channels, "tag=huerto").await;
    cost("hola #huerto").await;
    let alone = cost("hola #huerto").await;
    let mut others = Vec::new();
    for who in [&w.bea, &w.caro, &w.caro, &w.ana] {
        others.push(Ear::open(&w, who, &channels, "tag=huerto").await);
    }
    cost("hola #huerto").await;
    assert_eq!(cost("hola #huerto").await, alone, "the same for five as for one");
    assert!(alone > 0 && alone < 40, "{alone}");
    let frames = |ear: &Ear| std::iter::from_fn(|| ear.0.now()).collect::<Vec<_>>();
    let (bea, again, caro) = (frames(&one), frames(&others[0]), frames(&others[1]));
    assert_eq!((bea.len(), again.len(), caro.len()), (16, 8, 8));
    for (at, frame) in again.iter().enumerate() {
        assert!(std::sync::Arc::ptr_eq(frame, &bea[8 + at]) && std::sync::Arc::ptr_eq(frame, &caro[at]));
    }
}

async fn whoever_does_not_listen_loses_the_stream_and_nobody_else(w: World) {
    let mut deaf = Ear::open(&w, &w.bea, &["public"], "").await;
    let mut caro = Ear::open(&w, &w.caro, &["public"], "").await;
    for n in 0..130 {
        w.say(&w.ana, &format!("hola {n}")).await;
        let heard = caro.hears().await;
        assert_eq!((heard.len(), &heard[0].2["content"]), (1, &json!(format!("<p>hola {n}</p>"))));
    }
    assert!(deaf.is_over().await && deaf.hears().await.is_empty());
}

on_both! {
    what_one_follows_is_told_once_and_as_its_group_passes_it_on
    what_is_private_is_told_to_those_only_who_may_read_it
    public_streams_tell_what_their_pages_show
    one_hears_what_one_is_told_and_of_filters_and_announcements
    lists_are_told_and_scopes_hold
    what_is_passed_on_no_more_is_taken_back
    a_stream_ends_with_its_token
    whoever_may_no_more_hears_no_more
    each_is_told_what_they_would_read
    many_cost_no_more_than_one_and_share_what_is_the_same
    whoever_does_not_listen_loses_the_stream_and_nobody_else
}
