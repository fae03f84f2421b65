//! The same conversation for everybody: what people on four other programs do in a community here, in the form of each, and
//! what people here see of it; and in which form each of them is told of what people here do.

use serde_json::{Value, json};

use crate::network::{ACTIVITY, Group, Network, PUBLIC, Peer, Person, Puppet, Server, Software, id, on_both};

/// The programs.
const PROGRAMS: [Software; 4] = [Software::Mastodon, Software::Lemmy, Software::NodeBb, Software::GoToSocial];

/// What a program with a follower of the community is told of what somebody here does there: who says it, and what.
fn told_of(deed: &str, software: Software) -> &'static [&'static str] {
    let forum = is_forum(software);
    match (deed, forum) {
        ("thread", false) => &["@club: Announce"],
        ("thread", true) if software == Software::NodeBb => &["@club: Announce{Create{Article}}"],
        ("thread", true) => &["@club: Announce{Create{Page}}"],
        ("edit", false) => &["@ana: Update{Note}"],
        ("edit", true) if software == Software::NodeBb => &["@club: Announce{Update{Article}}"],
        ("edit", true) => &["@club: Announce{Update{Page}}"],
        ("reply", false) => &["@ana: Create{Note}"],
        ("reply", true) => &["@club: Announce{Create{Note}}"],
        ("like", false) => &["@ana: Like"],
        ("like", true) => &["@club: Announce{Like}"],
        ("unlike", false) => &["@ana: Undo{Like}"],
        ("unlike", true) => &["@club: Announce{Undo{Like}}"],
        ("boost", _) => &["@ana: Announce"],
        ("unboost", _) => &["@ana: Undo{Announce}"],
        ("report", _) => &["actor: Flag"],
        ("deletion", false) => &["@ana: Delete{Tombstone}"],
        ("deletion", true) => &["@club: Announce{Delete}"],
        _ => &[],
    }
}

/// Whether a program reads what a group passes on (FEP-1b12), and not notes alone.
fn is_forum(software: Software) -> bool {
    matches!(software, Software::Lemmy | Software::NodeBb)
}

/// What an activity is about in the end, whatever it is wrapped in: a document, or its id.
fn subject(activity: &Value) -> &Value {
    match &activity["object"] {
        Value::Null => activity,
        Value::Array(several) => several.last().expect("something"),
        inner => subject(inner),
    }
}

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

    /// Holds that its program is told of something that was done here as [`told_of`] has it, in words that say `text`.
    async fn tells(&self, deed: &str, post: &Value, text: &str) {
        self.net.settle().await;
        let (told, what) = (self.peer.take(), format!("{deed} for {:?}", self.peer.software()));
        let who =
            |activity: &Value| activity["actor"].as_str().and_then(|uri| uri.split('/').next_back()).map(str::to_owned);
        let mut lines: Vec<String> = told
            .iter()
            .map(|delivered| format!("{}: {}", who(&delivered.activity).unwrap_or_default(), delivered.kind()))
            .collect();
        lines.sort();
        assert_eq!(lines, told_of(deed, self.peer.software()), "{what}");
        for delivered in &told {
            self.fits(&delivered.activity);
            let subject = subject(&delivered.activity);
            let uri = subject.get("id").unwrap_or(subject);
            assert_eq!(uri, &post["uri"], "{what}: {}", delivered.activity);
            if text.is_empty() {
                continue;
            }
            // What comes by its id is asked for.
            let asked = self.bea.asks(uri.as_str().expect("an id"));
            let document = if subject.is_object() { subject.clone() } else { self.alpha.ask(&asked).await.value() };
            assert!(document["content"].as_str().is_some_and(|content| content.contains(text)), "{what}: {document}");
        }
    }

    /// Holds that an activity has the form that its program reads.
    fn fits(&self, activity: &Value) {
        let (club, ana) = (json!(self.club.uri()), json!(self.ana.uri()));
        let everybody = |it: &Value| [&it["to"], &it["cc"]].iter().any(|to| to.to_string().contains(PUBLIC));
        if activity["type"] == "Announce" {
            let followers = format!("{}/followers", activity["actor"].as_str().expect("an actor"));
            assert!(everybody(activity) && activity["cc"].to_string().contains(&followers), "{activity}");
        }
        if activity["type"] == "Announce" && is_forum(self.peer.software()) && activity["object"].is_object() {
            // Lists where NodeBB would make lists of them, and whose it is and where it stands, by which Lemmy files it.
            let inner = &activity["object"];
            assert_eq!((&inner["actor"], &inner["audience"]), (&ana, &club), "{activity}");
            assert!(inner["id"].is_string() && activity["id"] != inner["id"], "{activity}");
            let object = &inner["object"];
            if matches!(inner["type"].as_str(), Some("Create" | "Update")) {
                assert!(object["to"].is_array() && object["cc"].is_array() && everybody(object), "{activity}");
                assert_eq!((&object["attributedTo"], &object["audience"]), (&ana, &club), "{activity}");
                assert!(object["published"].is_string() && object["content"].is_string(), "{activity}");
                assert_eq!(
                    object["name"].is_string(),
                    object["inReplyTo"].is_null(),
                    "threads have titles: {activity}"
                );
            }
        } else if activity["object"].is_object() && matches!(activity["type"].as_str(), Some("Create" | "Update")) {
            // A note, whoever it is from signs for it, and the group is named in it, so that replies find it.
            let note = &activity["object"];
            assert_eq!((&activity["actor"], &note["type"]), (&ana, &json!("Note")), "{activity}");
            let named = note["tag"].as_array().into_iter().flatten().any(|tag| tag["href"] == club);
            let is_thread = note["inReplyTo"].is_null();
            assert!(named && note["to"].is_array() && (is_thread || note["name"].is_null()), "{activity}");
        }
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

/// Everything that somebody here does is told there, once, in words that the program knows.
async fn what_is_done_here_is_told_there() {
    for software in PROGRAMS {
        let it = Scene::on(software).await;
        let theirs = it.thread("Rojos y verdes.");
        it.says(theirs.clone()).await;
        let theirs = it.ana.find_post(theirs["object"]["id"].as_str().expect("an id")).await;
        it.peer.take();

        let topic = it.ana.post(&format!("{} ¿Cuándo se riegan?", it.club.handle())).await;
        it.tells("thread", &topic, "¿Cuándo se riegan?").await;
        let edit = json!({ "status": format!("{} ¿Y cuánto?", it.club.handle()) });
        it.ana.api("PUT", &format!("/api/v1/statuses/{}", id(&topic)), &edit).await;
        it.tells("edit", &topic, "¿Y cuánto?").await;
        let reply = it.ana.reply(&theirs, "Por la tarde.").await;
        it.tells("reply", &reply, "Por la tarde.").await;
        for (path, deed) in
            [("favourite", "like"), ("unfavourite", "unlike"), ("reblog", "boost"), ("unreblog", "unboost")]
        {
            it.ana.act(&format!("/api/v1/statuses/{}/{path}", id(&theirs))).await;
            it.tells(deed, &theirs, "").await;
        }
        let report = json!({
            "account_id": theirs["account"]["id"], "status_ids": [theirs["id"]], "comment": "spam", "forward": true,
        });
        it.ana.api("POST", "/api/v1/reports", &report).await;
        it.tells("report", &theirs, "").await;
        for gone in [&reply, &topic] {
            it.ana.api("DELETE", &format!("/api/v1/statuses/{}", id(gone)), &Value::Null).await;
            it.tells("deletion", gone, "").await;
            let uri = gone["uri"].as_str().expect("a URI");
            assert_eq!(it.alpha.get(uri, ACTIVITY).await.status, 410, "{software:?}");
        }
    }
}

on_both![what_is_done_there_is_seen_here, what_is_done_here_is_told_there];
