//! Activities that overtake one another end in the same state as those that do not.

use std::time::Duration;

use serde_json::{Value, json};

use crate::network::{Group, Network, Person, Puppet, Server, Software, on_both};

struct Setting {
    alpha: Server,
    ana: Person,
    club: Group,
    bea: Puppet,
    leo: Puppet,
}

impl Setting {
    async fn new(net: &Network) -> Self {
        let alpha = net.server("alpha.test");
        let ana = alpha.person("ana").await;
        let club = alpha.group("club", &ana).await;
        let bea = net.peer("masto.test", Software::Mastodon).person("bea");
        let leo = net.peer("lem.test", Software::Lemmy).person("leo");
        Self { alpha, ana, club, bea, leo }
    }

    fn toot(&self, html: &str, parent: Option<&str>) -> Value {
        self.bea.toot(html, &[(self.club.uri(), &self.club.handle())], parent)
    }

    async fn is_known(&self, create: &Value) -> bool {
        let uri = create["object"]["id"].as_str().unwrap().to_owned();
        let post = self.alpha.app().read(move |c| store::posts::by_uri(c, &uri)).await.unwrap();
        post.is_some_and(|post| post.is_live())
    }
}

async fn a_deletion_overtakes_its_post() {
    let net = Network::of(["alpha.test"]).await;
    let it = Setting::new(&net).await;
    let create = it.toot("Too late", None);
    let delete = it.bea.activity("Delete", &json!({ "type": "Tombstone", "id": create["object"]["id"] }));
    it.bea.send(&it.alpha, &delete).await;
    net.settle().await;
    it.bea.send(&it.alpha, &create).await;
    net.settle().await;
    assert!(!it.is_known(&create).await);
    assert_eq!(it.alpha.document(&format!("{}/outbox", it.club.uri())).await["totalItems"], 0);

    // Nobody else can keep a post away like this.
    let create = it.toot("In time", None);
    it.leo.send(&it.alpha, &it.leo.activity("Delete", &create["object"]["id"])).await;
    net.settle().await;
    it.bea.send(&it.alpha, &create).await;
    net.settle().await;
    assert!(it.is_known(&create).await);
}

async fn an_undo_overtakes_what_it_undoes() {
    let net = Network::of(["alpha.test"]).await;
    let it = Setting::new(&net).await;
    let create = it.toot("Here", None);
    it.bea.send(&it.alpha, &create).await;
    net.settle().await;
    let followers = it.club.follower_count().await;
    let like = it.leo.activity("Like", &create["object"]["id"]);
    let follow = it.leo.activity("Follow", &json!(it.club.uri()));
    let boost = it.leo.addressed("Announce", &create["object"]["id"], &[]);
    for activity in [&like, &follow, &boost] {
        it.leo.send(&it.alpha, &it.leo.undo(activity)).await;
        net.settle().await;
        it.leo.send(&it.alpha, activity).await;
        net.settle().await;
    }
    let post = it.ana.find_post(create["object"]["id"].as_str().unwrap()).await;
    assert_eq!(post["favourites_count"], 0);
    assert_eq!(it.club.follower_count().await, followers);
    // A new vote is a new vote.
    it.leo.send(&it.alpha, &it.leo.activity("Like", &create["object"]["id"])).await;
    net.settle().await;
    assert_eq!(it.ana.status(&post).await["favourites_count"], 1);
}

async fn several_things_are_undone_at_once() {
    let net = Network::of(["alpha.test"]).await;
    let it = Setting::new(&net).await;
    let create = it.toot("Here", None);
    it.bea.send(&it.alpha, &create).await;
    net.settle().await;
    let followers = it.club.follower_count().await;
    let like = it.leo.activity("Like", &create["object"]["id"]);
    let mut follow = it.leo.activity("Follow", &json!(it.club.uri()));
    let mut boost = it.leo.addressed("Announce", &create["object"]["id"], &[]);
    for activity in [&like, &follow, &boost] {
        it.leo.send(&it.alpha, activity).await;
    }
    net.settle().await;
    let post = it.ana.find_post(create["object"]["id"].as_str().unwrap()).await;
    let counted = async || {
        let post = it.ana.status(&post).await;
        (post["favourites_count"].clone(), post["reblogs_count"].clone(), it.club.follower_count().await)
    };
    let before = counted().await;
    // Named by its id, and twice told again without one; and what is not theirs.
    for again in [&mut follow, &mut boost] {
        again.as_object_mut().unwrap().remove("id");
    }
    let undo = it.leo.activity("Undo", &json!([like["id"], follow, boost, create, null]));
    for _ in 0..2 {
        it.leo.send(&it.alpha, &undo).await;
        net.settle().await;
        assert_eq!(counted().await, (json!(0), json!(before.1.as_u64().unwrap() - 1), followers));
    }
}

async fn an_edit_overtakes_its_post() {
    let net = Network::of(["alpha.test"]).await;
    let it = Setting::new(&net).await;
    let create = it.toot("First", None);
    let update = it.bea.edited(&create, "<p>Second</p>");
    it.bea.send(&it.alpha, &update).await;
    net.settle().await;
    it.bea.send(&it.alpha, &create).await;
    net.settle().await;
    let post = it.ana.find_post(create["object"]["id"].as_str().unwrap()).await;
    assert!(post["content"].as_str().unwrap().contains("Second"), "{post}");
}

async fn a_vote_and_a_reply_overtake_their_post() {
    let net = Network::of(["alpha.test"]).await;
    let it = Setting::new(&net).await;
    let create = it.toot("Thread", None);
    let note = create["object"]["id"].as_str().unwrap();
    let reply = it.leo.lemmy_comment(it.club.uri(), (note, &it.bea.uri), "Reply");
    let like = it.leo.activity("Like", &json!(note));
    it.leo.send(&it.alpha, &like).await;
    it.leo.send(&it.alpha, &reply).await;
    it.bea.send(&it.alpha, &create).await;
    net.settle().await;
    net.pass_time(Duration::from_mins(1)).await;
    let post = it.ana.find_post(note).await;
    assert_eq!(it.ana.replies(&post).await, ["Reply"]);
    assert_eq!(post["favourites_count"], 1);
    assert_eq!(post["replies_count"], 1);
}

async fn an_announcement_overtakes_the_answer_to_the_follow() {
    let net = Network::of(["alpha.test"]).await;
    let it = Setting::new(&net).await;
    let rocks = it.leo.peer.group("rocks");
    it.ana.follow(&rocks.handle()).await;
    net.settle().await;
    let follow = it.leo.peer.only("Follow").activity;
    let page = it.leo.lemmy_page(&rocks.uri, "Granite", "Hard.");
    rocks.send(&it.alpha, &rocks.addressed("Announce", &page, &[&rocks.part("followers")])).await;
    net.settle().await;
    rocks.answer(&it.alpha, "Accept", &follow).await;
    net.settle().await;
    assert_eq!(it.ana.home().await.len(), 1);
}

async fn a_late_thread_is_news_all_the_same() {
    let net = Network::of(["alpha.test"]).await;
    let it = Setting::new(&net).await;
    let rocks = it.leo.peer.group("rocks");
    it.ana.follow(&rocks.handle()).await;
    net.settle().await;
    rocks.answer(&it.alpha, "Accept", &it.leo.peer.only("Follow").activity).await;
    let written = |title: &str, group: &str| it.leo.lemmy_page(group, title, "Hard.");
    let (here, elsewhere, forgotten) =
        (written("Here", it.club.uri()), written("Elsewhere", &rocks.uri), written("Forgotten", it.club.uri()));
    net.pass_time(Duration::from_hours(1)).await;
    it.ana.post("Meanwhile").await;
    let last = it.ana.home().await[0]["id"].as_str().unwrap().to_owned();
    it.leo.send(&it.alpha, &here).await;
    net.settle().await;
    rocks.send(&it.alpha, &rocks.addressed("Announce", &elsewhere, &[&rocks.part("followers")])).await;
    net.settle().await;
    let news = async || {
        let news = it.ana.read(&format!("/api/v1/timelines/home?min_id={last}")).await;
        news.as_array().expect("a list").iter().map(|status| status["reblog"]["uri"].clone()).collect::<Vec<_>>()
    };
    let expected = [&elsewhere, &here].map(|create| create["object"]["id"].clone());
    assert_eq!(news().await, expected);

    // What is too late is no news, and takes its place among the old.
    net.pass_time(Duration::from_hours(24 * 8)).await;
    it.leo.send(&it.alpha, &forgotten).await;
    net.settle().await;
    assert_eq!(news().await, expected);
    assert_eq!(it.ana.home().await.len(), 4);
}

on_both![
    a_late_thread_is_news_all_the_same,
    a_deletion_overtakes_its_post,
    an_undo_overtakes_what_it_undoes,
    several_things_are_undone_at_once,
    an_edit_overtakes_its_post,
    a_vote_and_a_reply_overtake_their_post,
    an_announcement_overtakes_the_answer_to_the_follow,
];
