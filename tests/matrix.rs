//! The same conversation for everybody: what people on four other programs do in a community here, in the form of each, and
//! what people here see of it.

use serde_json::{Value, json};

use crate::network::{Group, Network, PUBLIC, Peer, Person, Puppet, Server, Software, id, on_both};

/// The programs.
const PROGRAMS: [Software; 4] = [Software::Mastodon, Software::Lemmy, Software::NodeBb, Software::GoToSocial];

/// Somebody of a program, who follows the community of somebody here.
struct Scene {
    net: Network,
    alpha: Server,
    ana: Person,
    club: Group,
    peer: Peer,
    bea: Puppet,
}

impl Scene {
    async fn on(software: Software) -> Self {
        let net = Network::of(["alpha.test"]).await;
        let alpha = net.server("alpha.test");
        let ana = alpha.person("ana").await;
        let club = alpha.group("club", &ana).await;
        let peer = net.peer("far.test", software);
        let bea = peer.person("bea");
        bea.follow(&alpha, club.uri()).await;
        net.settle().await;
        peer.take();
        Self { net, alpha, ana, club, peer, bea }
    }

    /// As [`PROGRAMS`] sees it, whoever of there does something: the community and the post are named as it names them.
    async fn says(&self, mut activity: Value) {
        if self.peer.software() == Software::Lemmy {
            activity["audience"] = json!(self.club.uri());
        }
        self.bea.send(&self.alpha, &activity).await;
        self.net.settle().await;
    }

    /// A thread of there, in the form of its program.
    fn thread(&self, text: &str) -> Value {
        let (uri, handle) = self.club.named();
        match self.peer.software() {
            Software::Lemmy => self.bea.lemmy_page(&uri, "Tomates", text),
            Software::NodeBb => self.bea.nodebb_post(&uri, "Tomates", text, None),
            Software::GoToSocial => self.bea.gotosocial_note(text, (&uri, &handle), None),
            _ => self.bea.toot(text, &[(&uri, &handle)], None),
        }
    }

    fn reply(&self, parent: &Value, text: &str) -> Value {
        let (uri, handle) = self.club.named();
        let parent = parent["uri"].as_str().expect("a URI");
        match self.peer.software() {
            Software::Lemmy => self.bea.lemmy_comment(&uri, (parent, self.ana.uri()), text),
            Software::NodeBb => self.bea.nodebb_post(&uri, "Tomates", text, Some(parent)),
            Software::GoToSocial => self.bea.gotosocial_note(text, (&uri, &handle), Some(parent)),
            _ => self.bea.toot(text, &[(&uri, &handle)], Some(parent)),
        }
    }

    /// A vote or a boost; some say to whom, and the names of ids differ.
    fn deed(&self, kind: &str, post: &Value) -> Value {
        let mut deed = self.bea.activity(kind, &post["uri"]);
        match self.peer.software() {
            Software::GoToSocial => deed["to"] = json!(self.ana.uri()),
            Software::NodeBb => {
                deed["id"] = json!(format!("{}#activity/{}/1", self.bea.uri, kind.to_lowercase()));
                deed["to"] = json!([PUBLIC]);
                deed["cc"] = json!([self.ana.uri()]);
            }
            _ => {}
        }
        if kind == "Announce" {
            deed["to"] = json!([PUBLIC]);
            deed["cc"] = json!([self.ana.uri(), self.bea.part("followers")]);
        }
        deed
    }

    /// What takes a post of there back: a name, a tombstone, or the bare id.
    fn deletion(&self, create: &Value) -> Value {
        let mut delete = self.bea.deleted(create);
        if matches!(self.peer.software(), Software::Lemmy | Software::NodeBb | Software::GoToSocial) {
            delete["object"] = create["object"]["id"].clone();
        }
        delete
    }

    fn report(&self, post: &Value) -> Value {
        let mut flag = self.bea.activity("Flag", &json!([self.ana.uri(), post["uri"]]));
        match self.peer.software() {
            Software::Lemmy => {
                flag["object"] = post["uri"].clone();
                flag["summary"] = json!("spam");
                flag["content"] = Value::Null;
                flag["to"] = json!([self.club.uri()]);
            }
            _ => flag["content"] = json!("spam"),
        }
        flag
    }
}

/// Everything that somebody of there does is the same here.
async fn what_is_done_there_is_seen_here() {
    for software in PROGRAMS {
        let it = Scene::on(software).await;
        let what = format!("{software:?}");
        let thread = it.thread("Rojos y verdes.");
        it.says(thread.clone()).await;
        let uri = thread["object"]["id"].as_str().expect("an id");
        let seen = it.ana.find_post(uri).await;
        assert!(seen["content"].as_str().unwrap().contains("Rojos y verdes."), "post of {what}: {seen}");
        assert_eq!(it.ana.home().await[0]["reblog"]["uri"], uri, "post of {what}");

        it.says(it.bea.edited(&thread, "<p>Solo rojos.</p>")).await;
        let seen = it.ana.status(&seen).await;
        assert!(seen["content"].as_str().unwrap().contains("Solo rojos."), "edit of {what}: {seen}");
        assert!(seen["edited_at"].is_string(), "edit of {what}");

        let topic = it.ana.post(&format!("{} ¿Cuándo se riegan?", it.club.handle())).await;
        let reply = it.reply(&topic, "Por la tarde.");
        it.says(reply.clone()).await;
        assert!(it.ana.replies(&topic).await[0].ends_with("Por la tarde."), "reply of {what}");

        for (deed, counted) in [("Like", "favourites_count"), ("Announce", "reblogs_count")] {
            // The community has passed it on already.
            let before = it.ana.status(&topic).await[counted].as_i64().expect("a number");
            let done = it.deed(deed, &topic);
            it.says(done.clone()).await;
            assert_eq!(it.ana.status(&topic).await[counted], before + 1, "{deed} of {what}");
            it.says(it.bea.undo(&done)).await;
            assert_eq!(it.ana.status(&topic).await[counted], before, "Undo of {deed} of {what}");
        }

        it.says(it.report(&topic)).await;
        let told = it.ana.read("/api/v1/notifications?types[]=admin.report").await;
        assert_eq!(told[0]["report"]["comment"], "spam", "report of {what}: {told}");

        it.says(it.deletion(&reply)).await;
        assert_eq!(it.ana.replies(&topic).await, [""; 0], "deletion of {what}");
        it.says(it.deletion(&thread)).await;
        let gone = it.ana.call("GET", &format!("/api/v1/statuses/{}", id(&seen)), &Value::Null).await;
        assert_eq!(gone.status, 404, "deletion of {what}");
    }
}

on_both![what_is_done_there_is_seen_here];
