//! Posts as other software writes them, shaped after recorded ones; what is written is also served at its id.

use std::time::Duration;

use domain::time::Timestamp;
use serde_json::{Value, json};

use super::puppet::{CONTEXT, PUBLIC, Puppet};

/// A moment as software writes it.
pub(crate) fn date(at: Timestamp) -> String {
    let days = at.seconds().div_euclid(86_400);
    let time = at.seconds().rem_euclid(86_400);
    // Civil date from days, after Howard Hinnant.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hours, minutes, seconds) = (time / 3_600, time / 60 % 60, time % 60);
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{:03}Z", at.millis().rem_euclid(1_000))
}

/// Who is meant by a mention: an id and a handle.
pub(crate) type Named<'a> = (&'a str, &'a str);

impl Puppet {
    /// A moment of which nothing else is: lists are ordered by it.
    fn now(&self) -> String {
        self.peer.clock().advance(Duration::from_millis(2));
        date(self.peer.clock().now())
    }

    /// The `Create` around an object, which is served from now on.
    fn create(&self, object: &Value, id: &str) -> Value {
        let mut document = object.clone();
        document["@context"] = json!(CONTEXT);
        self.peer.serve(&document);
        let mut create = json!({
            "@context": [CONTEXT, { "ostatus": "http://ostatus.org#" }],
            "id": id, "type": "Create", "actor": self.uri, "object": object,
        });
        for field in ["to", "cc", "audience", "published"] {
            if !object[field].is_null() {
                create[field] = object[field].clone();
            }
        }
        create
    }

    /// A post of a Mastodon user: to everybody, mentioning these.
    pub(crate) fn toot(&self, html: &str, mentions: &[Named<'_>], parent: Option<&str>) -> Value {
        let id = self.part(&format!("statuses/{}", self.peer.number()));
        let mut cc = vec![self.part("followers")];
        cc.extend(mentions.iter().map(|(uri, _)| (*uri).to_owned()));
        let tag: Vec<Value> =
            mentions.iter().map(|(uri, name)| json!({ "type": "Mention", "href": uri, "name": name })).collect();
        let names: Vec<String> = mentions
            .iter()
            .map(|(uri, name)| {
                let name = name.trim_start_matches('@').split('@').next().unwrap_or_default();
                format!(
                    "<span class=\"h-card\"><a href=\"{uri}\" class=\"u-url mention\">@<span>{name}</span></a></span>"
                )
            })
            .collect();
        let content = format!("<p>{} {html}</p>", names.join(" "));
        let note = json!({
            "id": id, "type": "Note", "summary": null, "inReplyTo": parent, "published": self.now(),
            "url": id, "attributedTo": self.uri, "to": [PUBLIC], "cc": cc, "sensitive": false,
            "content": content, "contentMap": { "en": content }, "attachment": [], "tag": tag,
            "replies": { "id": format!("{id}/replies"), "type": "Collection" },
        });
        self.create(&note, &format!("{id}/activity"))
    }

    /// A post of a GoToSocial user in a group: what is one thing is no list there.
    pub(crate) fn gotosocial_note(&self, text: &str, group: Named<'_>, parent: Option<&str>) -> Value {
        let mut create = self.toot(text, &[group], parent);
        let (uri, handle) = group;
        let id = create["object"]["id"].as_str().expect("an id").to_owned();
        create["id"] = json!(format!("{id}/activity#Create"));
        create["to"] = json!(PUBLIC);
        let note = &mut create["object"];
        note["to"] = json!(PUBLIC);
        note["tag"] = json!({ "href": uri, "name": handle, "type": "Mention" });
        note["interactionPolicy"] = json!({
            "canLike": { "always": PUBLIC, "approvalRequired": [], "automaticApproval": PUBLIC, "manualApproval": [] },
            "canReply": { "always": PUBLIC, "approvalRequired": [], "automaticApproval": PUBLIC, "manualApproval": [] },
            "canAnnounce": { "always": PUBLIC, "approvalRequired": [], "automaticApproval": PUBLIC, "manualApproval": [] },
        });
        self.peer.serve(&create["object"]);
        create
    }

    /// A direct post of a Mastodon user.
    pub(crate) fn whisper(&self, html: &str, mentions: &[Named<'_>]) -> Value {
        let mut create = self.toot(html, mentions, None);
        let to: Vec<&str> = mentions.iter().map(|(uri, _)| *uri).collect();
        for field in ["to", "cc"] {
            let value = if field == "to" { json!(to) } else { json!([]) };
            create[field] = value.clone();
            create["object"][field] = value;
        }
        self.peer.serve(&create["object"]);
        create
    }

    /// A thread of a Lemmy user.
    pub(crate) fn lemmy_page(&self, group: &str, title: &str, text: &str) -> Value {
        let id = self.peer.id("post");
        let page = json!({
            "type": "Page", "id": id, "attributedTo": self.uri, "to": [group, PUBLIC], "cc": [], "name": title,
            "content": format!("<p>{text}</p>\n"), "mediaType": "text/html",
            "source": { "content": text, "mediaType": "text/markdown" },
            "attachment": [{ "href": "http://elsewhere.test/article", "mediaType": null, "type": "Link" }],
            "sensitive": false, "published": self.now(), "language": { "identifier": "en", "name": "English" },
            "audience": group, "tag": [{ "href": id, "name": "#cocina", "type": "Hashtag" }],
        });
        let mut create = self.create(&page, &self.peer.id("activities/create"));
        create["to"] = json!([PUBLIC]);
        create["cc"] = json!([group]);
        create
    }

    /// A comment of a Lemmy user.
    pub(crate) fn lemmy_comment(&self, group: &str, parent: Named<'_>, text: &str) -> Value {
        let (parent, author) = parent;
        let id = self.peer.id("comment");
        let note = json!({
            "type": "Note", "id": id, "attributedTo": self.uri, "to": [PUBLIC], "cc": [group, author],
            "content": format!("<p>{text}</p>\n"), "inReplyTo": parent, "mediaType": "text/html",
            "source": { "content": text, "mediaType": "text/markdown" }, "published": self.now(),
            "tag": [{ "href": author, "name": "@somebody@somewhere.test", "type": "Mention" }],
            "distinguished": false, "audience": group, "attachment": [],
        });
        self.create(&note, &self.peer.id("activities/create"))
    }

    /// A thread of a PieFed user.
    pub(crate) fn piefed_page(&self, group: &str, title: &str, text: &str) -> Value {
        let id = self.peer.url(&format!("/c/x/p/{}/slug", self.peer.number()));
        let page = json!({
            "id": id, "type": "Page", "attributedTo": self.uri, "to": [group, PUBLIC], "cc": [], "tag": [],
            "audience": group, "content": format!("<p>{text}</p>"), "mediaType": "text/html",
            "source": { "content": text, "mediaType": "text/markdown" },
            "published": self.now().replace('Z', "+00:00"), "language": { "identifier": "en", "name": "English" },
            "name": title, "attachment": [], "commentsEnabled": true, "sensitive": false, "nsfl": false,
            "genAI": false, "stickied": false,
        });
        self.create(&page, &self.peer.id("activities/create"))
    }

    /// A thread of an Mbin user.
    pub(crate) fn mbin_page(&self, group: &str, title: &str, text: &str) -> Value {
        let id = self.peer.id("m/x/t");
        let page = json!({
            "id": id, "type": "Page", "attributedTo": self.uri, "inReplyTo": null, "to": [group, PUBLIC],
            "cc": [self.part("followers")], "name": title, "audience": group, "content": format!("<p>{text}</p>"),
            "summary": format!("{title} #x"), "mediaType": "text/html",
            "source": { "content": text, "mediaType": "text/markdown" }, "url": id,
            "tag": [{ "type": "Hashtag", "href": self.peer.url("/tag/x"), "name": "#x" }],
            "commentsEnabled": true, "sensitive": false, "stickied": false,
            "published": self.now().replace('Z', "+00:00"), "contentMap": { "en": format!("<p>{text}</p>") },
        });
        self.create(&page, &format!("{id}#create"))
    }

    /// A topic, or with a parent a reply, of a NodeBB user.
    pub(crate) fn nodebb_post(&self, group: &str, title: &str, text: &str, parent: Option<&str>) -> Value {
        let id = self.peer.id("post");
        let kind = if parent.is_some() { "Note" } else { "Article" };
        let mut post = json!({
            "id": id, "type": kind, "to": [PUBLIC, self.uri, group],
            "cc": [self.part("followers")], "inReplyTo": parent, "name": title, "published": self.now(), "url": id,
            "attributedTo": self.uri, "context": self.peer.url("/topic/4"), "audience": group,
            "content": format!("<p>{text}</p>\n"), "source": { "content": text, "mediaType": "text/markdown" },
            "tag": [], "attachment": [], "replies": format!("{id}/replies"),
        });
        if kind == "Article" {
            post["preview"] = json!({ "type": "Note", "content": format!("<p>{text}</p>"), "name": title });
        }
        let at = self.peer.clock().now().millis();
        self.create(&post, &format!("{id}#activity/create/{at}"))
    }

    /// A poll of a Mastodon user with a group as audience.
    pub(crate) fn poll(&self, group: Named<'_>, question: &str, options: &[&str]) -> Value {
        let mut create = self.toot(question, &[group], None);
        let choices: Vec<Value> = options
            .iter()
            .map(|name| json!({ "type": "Note", "name": name, "replies": { "type": "Collection", "totalItems": 0 } }))
            .collect();
        let object = &mut create["object"];
        object["type"] = json!("Question");
        object["oneOf"] = json!(choices);
        object["audience"] = json!(group.0);
        object["endTime"] = json!("2099-01-01T00:00:00Z");
        self.peer.serve(object);
        create
    }

    /// The same object with another text, as its author sends it after an edit.
    pub(crate) fn edited(&self, create: &Value, html: &str) -> Value {
        let mut object = create["object"].clone();
        object["content"] = json!(html);
        object["updated"] = json!(date(Timestamp(self.peer.clock().now().millis() + 1)));
        if let Some(map) = object["contentMap"].as_object_mut() {
            map.values_mut().for_each(|value| *value = json!(html));
        }
        if !object["source"].is_null() {
            object["source"]["content"] = json!(html);
        }
        self.peer.serve(&object);
        let mut update = self.activity("Update", &object);
        update["to"] = create["to"].clone();
        update["cc"] = create["cc"].clone();
        update
    }

    /// What an author sends after deleting a post.
    pub(crate) fn deleted(&self, create: &Value) -> Value {
        let id = create["object"]["id"].as_str().expect("an id");
        self.peer.withdraw(id);
        let mut delete = self.activity("Delete", &json!({ "id": id, "type": "Tombstone" }));
        delete["to"] = json!([PUBLIC]);
        delete
    }
}
