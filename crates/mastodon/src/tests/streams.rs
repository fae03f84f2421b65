//! What streams tell, and whom.
use std::time::Duration;

use domain::group::{Joining, Visibility};
use serde_json::{Value, json};

use super::{Person, World, of, on_both};
use crate::{
    params::Params,
    streaming::{Channel, Frame, Listener},
};

/// A listener with the names of events, and what came with them.
struct Ear(Listener);

impl Ear {
    async fn open(w: &World, who: &Person, channels: &[&str], query: &str) -> Self {
        let mut listener = Listener::open(&w.app, who.token.clone()).await.unwrap();
        for name in channels {
            listener.subscribe(Channel::named(name, &Params::of_query(query)).unwrap()).await.unwrap();
        }
        Self(listener)
    }

    /// All that was told until now: channel, event, payload.
    async fn hears(&mut self) -> Vec<(String, &'static str, Value)> {
        let mut heard = Vec::new();
        while let Ok(news) = tokio::time::timeout(Duration::from_millis(30), self.0.wait()).await {
            for frame in self.0.read(news).await.expect("the stream goes on") {
                if let Frame::Event { stream, event, payload } = frame {
                    let payload = payload.map_or(Value::Null, |text| serde_json::from_str(&text).unwrap());
                    heard.push((stream.join("/"), event, payload));
                }
            }
        }
        heard
    }

    /// The same, without what came with it.
    async fn hears_of(&mut self) -> Vec<(String, &'static str)> {
        self.hears().await.into_iter().map(|(stream, event, _)| (stream, event)).collect()
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
    let mut stranger = Listener::open(&w.app, w.caro.token.clone()).await.unwrap();
    let others = Channel::named("list", &Params::of_query(&query)).unwrap();
    assert!(stranger.subscribe(others).await.is_err(), "somebody else's list");
    let narrow = app::people::create_token(&w.app, w.caro.me.0, "read:statuses").await.unwrap();
    let mut narrow = Listener::open(&w.app, narrow).await.unwrap();
    let none = Params::default();
    assert!(narrow.subscribe(Channel::named("user:notification", &none).unwrap()).await.is_err());
    narrow.subscribe(Channel::named("user", &none).unwrap()).await.unwrap();
    w.call(&w.ana, "POST", "/api/v1/statuses", json!({ "status": "@caro hola" })).await.ok();
    assert!(Ear(narrow).hears().await.is_empty(), "no notifications for a token that may not read them");
    assert!(Listener::open(&w.app, "wrong".into()).await.is_err());
    assert_eq!(w.get_unknown("/api/v1/streaming/public").await.status, 401);
    assert_eq!(w.get(&w.bea, "/api/v1/streaming/nothing").await.status, 404);
    assert_eq!(w.get_unknown("/api/v1/streaming/health").await.status, 200);
}

async fn a_stream_ends_with_its_token(w: World) {
    let mut listener = Listener::open(&w.app, w.bea.token.clone()).await.unwrap();
    let admin = w.admin().await;
    app::suspensions::suspend(&w.app, admin, w.bea.me.0, "spam".into()).await.unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(5), async {
        loop {
            let news = listener.wait().await;
            if listener.read(news).await.is_none() {
                return;
            }
        }
    });
    ended.await.expect("the stream ends");
}

on_both! {
    what_one_follows_is_told_once_and_as_its_group_passes_it_on
    what_is_private_is_told_to_those_only_who_may_read_it
    public_streams_tell_what_their_pages_show
    one_hears_what_one_is_told_and_of_filters_and_announcements
    lists_are_told_and_scopes_hold
    what_is_passed_on_no_more_is_taken_back
    a_stream_ends_with_its_token
}
