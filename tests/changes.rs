//! Edits, deletions and votes: each takes effect, each can be taken back, and nobody changes what is not theirs.

use domain::post::Tally;
use serde_json::{Value, json};

use crate::network::{Group, Network, Person, Puppet, Server, Software, on_both, text};

struct Setting {
    alpha: Server,
    ana: Person,
    club: Group,
    /// Who wrote the thread, and it.
    leo: Puppet,
    page: Value,
    /// Somebody else there.
    mia: Puppet,
    /// A forum, and a microblog, that follow.
    witness: Puppet,
    masto: Puppet,
}

impl Setting {
    async fn new(net: &Network) -> Self {
        let alpha = net.server("alpha.test");
        let ana = alpha.person("ana").await;
        let club = alpha.group("club", &ana).await;
        let (lemmy, other) = (net.peer("lem.test", Software::Lemmy), net.peer("witness.test", Software::Lemmy));
        let (leo, mia) = (lemmy.person("leo"), lemmy.person("mia"));
        let witness = other.person("witness");
        let masto = net.peer("masto.test", Software::Mastodon).person("max");
        witness.follow(&alpha, club.uri()).await;
        masto.follow(&alpha, club.uri()).await;
        let page = leo.lemmy_page(club.uri(), "Rocks", "Which is the hardest?");
        leo.send(&alpha, &page).await;
        net.settle().await;
        witness.peer.take();
        masto.peer.take();
        Self { alpha, ana, club, leo, page, mia, witness, masto }
    }

    fn page_id(&self) -> &str {
        self.page["object"]["id"].as_str().unwrap()
    }

    async fn tally(&self) -> Tally {
        let uri = self.page_id().to_owned();
        let tally = self.alpha.app().read(move |c| {
            let post = store::posts::by_uri(c, &uri)?.expect("the thread");
            Ok(store::posts::tallies(c, &[post.id])?.remove(&post.id).unwrap_or_default())
        });
        tally.await.unwrap()
    }
}

async fn an_edit_reaches_every_copy() {
    let net = Network::of(["alpha.test"]).await;
    let it = Setting::new(&net).await;
    let update = it.leo.edited(&it.page, "<p>Which is the softest?</p>");
    it.leo.send(&it.alpha, &update).await;
    net.settle().await;
    let post = it.ana.find_post(it.page_id()).await;
    assert_eq!(text(&post), "Rocks\n\nWhich is the softest?");
    assert!(post["edited_at"].is_string(), "{post}");
    let told = it.witness.peer.only("Announce{Update{Page}}").activity;
    assert_eq!(told["object"]["id"], update["id"]);

    // An older version that comes late changes nothing.
    let mut late = it.leo.activity("Update", &it.page["object"]);
    late["object"]["updated"] = json!("2024-01-01T00:00:00Z");
    it.leo.send(&it.alpha, &late).await;
    // Nor does a stranger, by any spelling.
    let mut forged = it.mia.activity("Update", &update["object"]);
    forged["object"]["content"] = json!("<p>Forged.</p>");
    forged["object"]["updated"] = json!("2030-01-01T00:00:00Z");
    it.mia.send(&it.alpha, &forged).await;
    forged["id"] = json!(it.mia.peer.id("activities/update"));
    forged["object"]["attributedTo"] = json!(it.mia.uri);
    it.mia.send(&it.alpha, &forged).await;
    net.settle().await;
    assert_eq!(text(&it.ana.status(&post).await), text(&post));
    assert_eq!(it.witness.peer.kinds(), ["Announce{Update{Page}}"], "what does not count is not passed on");
}

async fn a_deletion_reaches_every_copy() {
    let net = Network::of(["alpha.test"]).await;
    let it = Setting::new(&net).await;
    let post = it.ana.find_post(it.page_id()).await;
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    let forged = it.mia.addressed("Delete", &json!(it.page_id()), &[]);
    it.mia.send(&it.alpha, &forged).await;
    net.settle().await;
    assert_eq!(it.ana.call("GET", &path, &Value::Null).await.status, 200, "a neighbour cannot delete");
    assert!(it.witness.peer.received().is_empty(), "{:?}", it.witness.peer.kinds());

    let delete = it.leo.deleted(&it.page);
    it.leo.send(&it.alpha, &delete).await;
    net.settle().await;
    assert_eq!(it.ana.call("GET", &path, &Value::Null).await.status, 404);
    assert!(it.ana.home().await.is_empty());
    let told = it.witness.peer.only("Announce{Delete{Tombstone}}").activity;
    assert_eq!(told["object"]["id"], delete["id"]);
    assert_eq!(it.masto.peer.kinds(), ["Undo{Announce}"]);

    // What is deleted stays so: neither the post nor an edit brings it back.
    it.leo.send(&it.alpha, &it.page).await;
    it.leo.send(&it.alpha, &it.leo.edited(&it.page, "<p>Back.</p>")).await;
    net.settle().await;
    assert_eq!(it.ana.call("GET", &path, &Value::Null).await.status, 404);
}

async fn one_person_has_one_vote() {
    let net = Network::of(["alpha.test"]).await;
    let it = Setting::new(&net).await;
    let vote = |kind: &str| it.mia.activity(kind, &json!(it.page_id()));
    let (first, second, against) = (vote("Like"), vote("Like"), vote("Dislike"));
    let steps = [
        (first.clone(), (1, 0)),
        (first.clone(), (1, 0)),
        (second.clone(), (1, 0)),
        (against.clone(), (0, 1)),
        (it.mia.undo(&against), (0, 0)),
        (it.mia.undo(&against), (0, 0)),
        (vote("Like"), (1, 0)),
        // Lemmy makes a new inner activity when it takes a vote back.
        (it.mia.undo(&vote("Like")), (0, 0)),
    ];
    for (activity, (likes, dislikes)) in steps {
        it.mia.send(&it.alpha, &activity).await;
        net.settle().await;
        let tally = it.tally().await;
        assert_eq!((tally.likes, tally.dislikes), (likes, dislikes), "after {activity}");
    }
    let kinds = it.witness.peer.kinds();
    let expected = ["Like", "Dislike", "Undo{Dislike}", "Like", "Undo{Like}"].map(|kind| format!("Announce{{{kind}}}"));
    assert_eq!(kinds, expected, "forums are told of every change, and only of changes");
    assert!(it.masto.peer.received().is_empty(), "microblogs are told of no votes: {:?}", it.masto.peer.kinds());

    // Nobody takes the vote of somebody else back.
    let like = it.mia.activity("Like", &json!(it.page_id()));
    it.mia.send(&it.alpha, &like).await;
    let mut forged = it.leo.undo(&like);
    it.leo.send(&it.alpha, &forged).await;
    forged["object"] = like["id"].clone();
    forged["id"] = json!(it.leo.peer.id("activities/undo"));
    it.leo.send(&it.alpha, &forged).await;
    net.settle().await;
    assert_eq!(it.tally().await.likes, 1);
}

async fn a_boost_is_counted_and_taken_back() {
    let net = Network::of(["alpha.test"]).await;
    let it = Setting::new(&net).await;
    let before = it.tally().await.shares;
    let boost = it.masto.addressed("Announce", &json!(it.page_id()), &[]);
    it.masto.send(&it.alpha, &boost).await;
    net.settle().await;
    assert_eq!(it.tally().await.shares, before + 1);
    it.masto.send(&it.alpha, &it.masto.undo(&boost)).await;
    net.settle().await;
    assert_eq!(it.tally().await.shares, before);
    assert!(it.witness.peer.received().is_empty(), "a boost is never relayed: {:?}", it.witness.peer.kinds());
}

async fn a_person_who_is_gone_takes_everything_along() {
    let net = Network::of(["alpha.test"]).await;
    let it = Setting::new(&net).await;
    let mine = it.masto.toot("Mine", &[(it.club.uri(), &it.club.handle())], None);
    it.masto.send(&it.alpha, &mine).await;
    net.settle().await;
    let followers = it.club.follower_count().await;
    let delete = |by: &Puppet| by.addressed("Delete", &json!(it.leo.uri), &[]);
    it.masto.send(&it.alpha, &delete(&it.masto)).await;
    it.mia.send(&it.alpha, &delete(&it.mia)).await;
    net.settle().await;
    it.ana.find_post(it.page_id()).await;

    it.leo.peer.withdraw(&it.leo.uri);
    it.leo.send(&it.alpha, &delete(&it.leo)).await;
    it.masto.send(&it.alpha, &it.masto.addressed("Delete", &json!(it.masto.uri), &[])).await;
    net.settle().await;
    let found = it.ana.search(it.page_id()).await;
    assert_eq!(found["statuses"], json!([]));
    assert!(it.ana.home().await.is_empty());
    assert_eq!(it.club.follower_count().await, followers - 1);
}

on_both![
    an_edit_reaches_every_copy,
    a_deletion_reaches_every_copy,
    one_person_has_one_vote,
    a_boost_is_counted_and_taken_back,
    a_person_who_is_gone_takes_everything_along,
];
