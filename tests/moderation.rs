//! Keeping order from elsewhere: moderators of a group here may live anywhere; everybody else has no say.

use app::Me;
use domain::group::Role;
use domain::id::ActorId;
use serde_json::{Value, json};

use crate::network::{Group, Network, Person, Puppet, Server, Software, id, on_both};

struct Setting {
    alpha: Server,
    ana: Person,
    club: Group,
    /// Keeps order.
    leo: Puppet,
    /// Does not.
    mia: Puppet,
    /// Is told everything.
    witness: Puppet,
    page: Value,
}

impl Setting {
    async fn new(net: &Network) -> Self {
        let alpha = net.server("alpha.test");
        let ana = alpha.person("ana").await;
        let club = alpha.group("club", &ana).await;
        let leo = net.peer("lem.test", Software::Lemmy).person("leo");
        let mia = net.peer("pie.test", Software::PieFed).person("mia");
        let witness = net.peer("witness.test", Software::Lemmy).person("witness");
        for person in [&leo, &mia, &witness] {
            person.follow(&alpha, club.uri()).await;
        }
        let page = mia.piefed_page(club.uri(), "Rocks", "Which is the hardest?");
        mia.send(&alpha, &page).await;
        net.settle().await;
        let it = Self { alpha, ana, club, leo, mia, witness, page };
        it.appoint(Some(Role::Moderator)).await;
        net.settle().await;
        it
    }

    /// Gives leo a role, or none.
    async fn appoint(&self, role: Option<Role>) {
        let (owner, group) = (Me(self.ana.actor.id), self.club.actor.id);
        let leo = self.id_of(&self.leo).await;
        app::members::appoint(self.alpha.app(), owner, group, leo, role).await.expect("an owner may");
    }

    async fn id_of(&self, puppet: &Puppet) -> ActorId {
        let uri = puppet.uri.clone();
        self.alpha.app().read(move |c| store::actors::by_uri(c, &uri)).await.unwrap().expect("somebody known").id
    }

    /// A decision about the page, as forums send it.
    fn decision(&self, by: &Puppet, kind: &str, object: &Value) -> Value {
        let mut activity = by.addressed(kind, object, &[self.club.uri()]);
        activity["audience"] = json!(self.club.uri());
        match kind {
            "Add" | "Remove" => activity["target"] = json!(format!("{}/featured", self.club.uri())),
            "Block" => activity["target"] = json!(self.club.uri()),
            "Delete" => activity["summary"] = json!("off topic"),
            _ => {}
        }
        activity
    }

    /// Sends a decision, and returns what the witness was told.
    async fn decide(&self, net: &Network, by: &Puppet, decision: &Value) -> Vec<String> {
        self.witness.peer.take();
        by.send(&self.alpha, decision).await;
        net.settle().await;
        self.witness.peer.kinds()
    }

    fn page_id(&self) -> &Value {
        &self.page["object"]["id"]
    }

    async fn count(&self, part: &str) -> u64 {
        self.alpha.document(&format!("{}/{part}", self.club.uri())).await["totalItems"].as_u64().expect("a count")
    }
}

async fn a_moderator_elsewhere_is_obeyed() {
    let net = Network::of(["alpha.test"]).await;
    let it = Setting::new(&net).await;
    let eve = it.alpha.person("eve").await;
    eve.follow("@club@alpha.test").await;
    let moderators = it.alpha.document(&format!("{}/moderators", it.club.uri())).await;
    assert!(moderators.to_string().contains(&it.leo.uri), "{moderators}");
    let told = it.witness.peer.only("Announce{Add}").activity;
    assert_eq!(told["object"]["object"], it.leo.uri.as_str(), "forums hear who keeps order");

    // Each decision has its effect, is passed on, and can be taken back.
    let pin = it.decision(&it.leo, "Add", it.page_id());
    assert_eq!(it.decide(&net, &it.leo, &pin).await, ["Announce{Add}"]);
    assert_eq!(it.count("featured").await, 1);
    let unpin = it.decision(&it.leo, "Remove", it.page_id());
    assert_eq!(it.decide(&net, &it.leo, &unpin).await, ["Announce{Remove}"]);
    assert_eq!(it.count("featured").await, 0);

    let delete = it.decision(&it.leo, "Delete", it.page_id());
    assert_eq!(it.decide(&net, &it.leo, &delete).await, ["Announce{Delete}"]);
    assert_eq!(it.count("outbox").await, 0);
    assert!(eve.home().await.is_empty() && it.ana.home().await.is_empty(), "nor do moderators take it for news");
    it.ana.find_post(it.page_id().as_str().unwrap()).await;
    assert_eq!(it.decide(&net, &it.leo, &it.leo.undo(&delete)).await, ["Announce{Undo{Delete}}"]);
    assert_eq!(it.count("outbox").await, 1);
    assert_eq!(eve.home().await.len(), 1);

    let lock = it.decision(&it.leo, "Lock", it.page_id());
    assert_eq!(it.decide(&net, &it.leo, &lock).await, ["Announce{Lock}"]);
    let parent = (it.page_id().as_str().unwrap(), it.mia.uri.as_str());
    let late = it.mia.lemmy_comment(it.club.uri(), parent, "Too late");
    let last = it.leo.lemmy_comment(it.club.uri(), parent, "The last word");
    assert!(it.decide(&net, &it.mia, &late).await.is_empty(), "the thread is closed");
    assert_eq!(it.decide(&net, &it.leo, &last).await, ["Announce{Create{Note}}"]);
    assert_eq!(it.decide(&net, &it.leo, &it.leo.undo(&lock)).await, ["Announce{Undo{Lock}}"]);
    let again = it.mia.lemmy_comment(it.club.uri(), parent, "In time");
    assert_eq!(it.decide(&net, &it.mia, &again).await, ["Announce{Create{Note}}"]);
    let page = it.ana.find_post(parent.0).await;
    assert_eq!(it.ana.replies(&page).await, ["The last word", "In time"]);
}

async fn who_is_banned_is_out() {
    let net = Network::of(["alpha.test"]).await;
    let it = Setting::new(&net).await;
    let followers = it.club.follower_count().await;
    it.mia.peer.take();
    let ban = it.decision(&it.leo, "Block", &json!(it.mia.uri));
    assert_eq!(it.decide(&net, &it.leo, &ban).await, ["Announce{Block}"]);
    assert_eq!(it.club.follower_count().await, followers - 1);
    assert!(it.mia.peer.kinds().contains(&"Reject{Follow}".to_owned()), "{:?}", it.mia.peer.kinds());
    let page = it.mia.piefed_page(it.club.uri(), "Again", "Here I am.");
    assert!(it.decide(&net, &it.mia, &page).await.is_empty());
    let like = it.mia.activity("Like", it.page_id());
    assert!(it.decide(&net, &it.mia, &like).await.is_empty());
    it.mia.peer.take();
    it.mia.follow(&it.alpha, it.club.uri()).await;
    net.settle().await;
    assert_eq!(it.mia.peer.kinds(), ["Reject{Follow}"]);
    assert_eq!(it.count("outbox").await, 1);

    assert_eq!(it.decide(&net, &it.leo, &it.leo.undo(&ban)).await, ["Announce{Undo{Block}}"]);
    let page = it.mia.piefed_page(it.club.uri(), "Back", "Here I am.");
    assert_eq!(it.decide(&net, &it.mia, &page).await, ["Announce{Create{Page}}"]);
}

async fn who_is_put_out_may_come_back() {
    let net = Network::of(["alpha.test"]).await;
    let it = Setting::new(&net).await;
    let followers = it.club.follower_count().await;
    for peer in [&it.leo.peer, &it.witness.peer] {
        peer.take();
    }
    it.appoint(None).await;
    net.settle().await;
    assert_eq!(
        it.leo.peer.kinds(),
        ["Reject{Follow}", "Announce{Remove}", "Create{Note}"],
        "his server hears it, and he"
    );
    assert_eq!(it.witness.peer.kinds(), ["Announce{Remove}"]);
    assert_eq!(it.club.follower_count().await, followers - 1);
    it.leo.peer.take();
    it.leo.follow(&it.alpha, it.club.uri()).await;
    net.settle().await;
    assert_eq!(it.leo.peer.kinds(), ["Accept{Follow}"]);
    let page = it.leo.lemmy_page(it.club.uri(), "Back", "Here I am.");
    assert_eq!(it.decide(&net, &it.leo, &page).await, ["Announce{Create{Page}}"]);
}

async fn a_decision_may_come_before_its_post() {
    let net = Network::of(["alpha.test"]).await;
    let it = Setting::new(&net).await;
    let threads = || it.mia.piefed_page(it.club.uri(), "Pebbles", "Buy them here!");
    let (removed, locked, kept) = (threads(), threads(), threads());
    for (by, kind, thread) in [
        (&it.leo, "Delete", &removed),
        (&it.leo, "Lock", &locked),
        (&it.witness, "Delete", &kept),
        (&it.witness, "Lock", &kept),
    ] {
        let decision = it.decision(by, kind, &thread["object"]["id"]);
        assert!(it.decide(&net, by, &decision).await.is_empty());
    }
    assert_eq!(it.decide(&net, &it.mia, &removed).await, ["Announce{Delete}"], "nobody is told of what nobody sees");
    assert_eq!(it.decide(&net, &it.mia, &locked).await, ["Announce{Create{Page}}", "Announce{Lock}"]);
    assert_eq!(it.decide(&net, &it.mia, &kept).await, ["Announce{Create{Page}}"], "who may not, may not before either");
    assert_eq!(it.count("outbox").await, 3);
    let page = removed["object"]["id"].as_str().unwrap();
    assert_eq!(it.ana.find_post(page).await["url"], page, "who keeps order sees it");
    let back = it.leo.undo(&it.decision(&it.leo, "Delete", &removed["object"]["id"]));
    assert_eq!(it.decide(&net, &it.leo, &back).await, ["Announce{Undo{Delete}}"]);
    assert_eq!(it.count("outbox").await, 4);
    let late = it.mia.lemmy_comment(it.club.uri(), (locked["object"]["id"].as_str().unwrap(), &it.mia.uri), "Too late");
    assert!(it.decide(&net, &it.mia, &late).await.is_empty());

    // A ban may come before anybody heard of whom it keeps out.
    let zed = it.mia.peer.person("zed");
    let ban = it.decision(&it.leo, "Block", &json!(zed.uri));
    assert_eq!(it.decide(&net, &it.leo, &ban).await, ["Announce{Block}"]);
    let page = zed.piefed_page(it.club.uri(), "Here", "I am.");
    assert!(it.decide(&net, &zed, &page).await.is_empty());
}

async fn a_ban_may_take_everything_along() {
    let net = Network::of(["alpha.test"]).await;
    let it = Setting::new(&net).await;
    let other = it.alpha.group("other", &it.ana).await;
    let elsewhere = it.mia.piefed_page(other.uri(), "Elsewhere", "Not there.");
    it.mia.send(&it.alpha, &elsewhere).await;
    net.settle().await;
    let mut ban = it.decision(&it.leo, "Block", &json!(it.mia.uri));
    ban["removeData"] = json!(true);
    ban["endTime"] = json!("2099-01-01T00:00:00Z");
    assert_eq!(it.decide(&net, &it.leo, &ban).await, ["Announce{Block}"], "forums do it themselves");
    assert_eq!(it.count("outbox").await, 0);
    let outbox = it.alpha.document(&format!("{}/outbox", other.uri())).await;
    assert_eq!(outbox["totalItems"], 1, "another group is another matter");
}

async fn nobody_else_has_a_say() {
    let net = Network::of(["alpha.test"]).await;
    let it = Setting::new(&net).await;
    let before = net.census("alpha.test");
    for by in [&it.mia, &it.witness] {
        for kind in ["Add", "Lock", "Delete"] {
            // Of her own page mia may be the author; the group's it is all the same, except to delete it.
            if kind == "Delete" && by.uri == it.mia.uri {
                continue;
            }
            let decision = it.decision(by, kind, it.page_id());
            assert!(it.decide(&net, by, &decision).await.is_empty(), "{kind} by {}", by.uri);
        }
        let ban = it.decision(by, "Block", &json!(it.leo.uri));
        assert!(it.decide(&net, by, &ban).await.is_empty(), "a ban by {}", by.uri);
    }
    // The owner cannot be banned, not by a moderator either.
    let coup = it.decision(&it.leo, "Block", &json!(it.ana.uri()));
    assert!(it.decide(&net, &it.leo, &coup).await.is_empty());
    // Who was dismissed is not obeyed any more.
    it.appoint(Some(Role::Member)).await;
    net.settle().await;
    let lock = it.decision(&it.leo, "Lock", it.page_id());
    assert!(it.decide(&net, &it.leo, &lock).await.is_empty());
    let now = net.census("alpha.test");
    for kept in ["dead posts", "bans", "follows"] {
        assert_eq!(now[kept], before[kept], "{kept}");
    }
    assert_eq!(now["posts"], before["posts"] + 1, "the letter that tells him so");
}

async fn who_has_left_hears_what_is_taken_back() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let (masto, lemmy) = (net.peer("masto.test", Software::Mastodon), net.peer("lem.test", Software::Lemmy));
    let (bea, leo) = (masto.person("bea"), lemmy.person("leo"));
    let follows = [bea.follow(&alpha, club.uri()).await, leo.follow(&alpha, club.uri()).await];
    net.settle().await;
    let thread = ana.post(&format!("Sold! {}", club.handle())).await;
    net.settle().await;
    for (who, follow) in [&bea, &leo].into_iter().zip(&follows) {
        who.send(&alpha, &who.undo(follow)).await;
    }
    net.settle().await;
    masto.take();
    lemmy.take();
    let later = ana.post(&format!("Not for them {}", club.handle())).await;
    ana.api("DELETE", &format!("/api/v1/statuses/{}", id(&later)), &Value::Null).await;
    net.settle().await;
    assert!(masto.take().is_empty() && lemmy.take().is_empty(), "that was never theirs");
    ana.api("DELETE", &format!("/api/v1/statuses/{}", id(&thread)), &Value::Null).await;
    net.settle().await;
    assert!(masto.kinds().contains(&"Delete{Tombstone}".to_owned()), "{:?}", masto.kinds());
    assert!(lemmy.kinds().iter().any(|kind| kind.starts_with("Announce{Delete")), "{:?}", lemmy.kinds());
}

on_both![
    who_has_left_hears_what_is_taken_back,
    a_moderator_elsewhere_is_obeyed,
    who_is_banned_is_out,
    who_is_put_out_may_come_back,
    a_decision_may_come_before_its_post,
    a_ban_may_take_everything_along,
    nobody_else_has_a_say
];
