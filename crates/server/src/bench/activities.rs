//! What people on other servers send: activities, signed and ready to go.
use app::Clock;
use domain::time::Timestamp;
use federation::signature::sign;
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use url::Url;

use super::{other, peers::Person, wire};
use crate::cli::Failure;

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
/// Words that posts are made of: two languages, with accents.
const WORDS: [&str; 32] = [
    "tertulia",
    "libros",
    "mañana",
    "canción",
    "huerto",
    "vecinas",
    "biblioteca",
    "río",
    "montaña",
    "receta",
    "guitarra",
    "barrio",
    "reunión",
    "película",
    "invierno",
    "naranja",
    "garden",
    "library",
    "meeting",
    "river",
    "song",
    "weekend",
    "neighbours",
    "bicycle",
    "history",
    "recipe",
    "winter",
    "market",
    "question",
    "travel",
    "music",
    "afternoon",
];
/// How many words a post has: some four hundred letters, as usual.
const LENGTH: usize = 55;

/// A thread, by the number of who wrote it and its own.
#[derive(Clone, Copy)]
pub(super) struct Thread {
    pub(super) author: usize,
    pub(super) number: usize,
}

/// The group that is written to.
pub(super) struct Group {
    pub(super) uri: String,
    pub(super) handle: String,
}

/// Makes activities.
pub(super) struct Scribe<'a> {
    pub(super) people: &'a [Person],
    pub(super) group: Group,
    /// The shared inbox of the server that is measured.
    pub(super) inbox: Url,
    pub(super) clock: Clock,
}

impl Scribe<'_> {
    /// `sender` asks to follow the group.
    pub(super) fn follow(&self, sender: usize) -> Result<Vec<u8>, Failure> {
        let person = self.person(sender)?;
        let follow = json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{}/follows/1", person.uri),
            "type": "Follow",
            "actor": person.uri,
            "object": self.group.uri,
        });
        self.signed(person, &follow)
    }

    /// A thread in the group.
    pub(super) fn thread(&self, thread: Thread) -> Result<Vec<u8>, Failure> {
        self.create(thread.author, thread.number, None)
    }

    /// A reply by `sender`, with a number of its own.
    pub(super) fn reply(&self, sender: usize, number: usize, thread: Thread) -> Result<Vec<u8>, Failure> {
        self.reply_to(sender, number, &self.note_uri(thread)?)
    }

    /// A reply by `sender` to any post, with a number of its own.
    pub(super) fn reply_to(&self, sender: usize, number: usize, parent: &str) -> Result<Vec<u8>, Failure> {
        self.create(sender, number, Some(parent))
    }

    /// A vote by `sender`.
    pub(super) fn like(&self, sender: usize, number: usize, thread: Thread) -> Result<Vec<u8>, Failure> {
        let person = self.person(sender)?;
        let like = json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{}/likes/{number}", person.uri),
            "type": "Like",
            "actor": person.uri,
            "object": self.note_uri(thread)?,
        });
        self.signed(person, &like)
    }

    fn note_uri(&self, thread: Thread) -> Result<String, Failure> {
        Ok(format!("{}/notes/{}", self.person(thread.author)?.uri, thread.number))
    }

    fn create(&self, sender: usize, number: usize, parent: Option<&str>) -> Result<Vec<u8>, Failure> {
        let person = self.person(sender)?;
        let id = self.note_uri(Thread { author: sender, number })?;
        let (to, cc) = ([PUBLIC], [format!("{}/followers", person.uri), self.group.uri.clone()]);
        let published = published(self.clock.now(), number)?;
        let Group { uri, handle } = &self.group;
        let mention = format!("<a href=\"{uri}\" class=\"u-url mention\">{handle}</a>");
        let note = json!({
            "id": id,
            "type": "Note",
            "attributedTo": person.uri,
            "inReplyTo": parent,
            "published": published,
            "url": id,
            "to": to,
            "cc": cc,
            "content": format!("<p>{mention} {}</p>", text(number)),
            "tag": [{ "type": "Mention", "href": uri, "name": handle }],
        });
        let create = json!({
            "@context": ["https://www.w3.org/ns/activitystreams", { "sensitive": "as:sensitive" }],
            "id": format!("{id}/activity"),
            "type": "Create",
            "actor": person.uri,
            "published": published,
            "to": to,
            "cc": cc,
            "object": note,
        });
        self.signed(person, &create)
    }

    fn person(&self, number: usize) -> Result<&Person, Failure> {
        self.people.get(number).ok_or_else(|| Failure::Other(format!("there is no person {number}")))
    }

    fn signed(&self, person: &Person, activity: &Value) -> Result<Vec<u8>, Failure> {
        let body = activity.to_string();
        let digest = sign::digest(body.as_bytes());
        let signed = sign::post(&person.key, &person.key_id(), &self.inbox, &digest, None, self.clock.now());
        let signed = signed.map_err(other("a signature"))?;
        let headers: Vec<(&str, &str)> =
            signed.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))).collect();
        Ok(wire::request("POST", self.inbox.path(), &headers, body.as_bytes()))
    }
}

/// Moments that differ, in the last hours: posts do not all come at once.
fn published(now: Timestamp, number: usize) -> Result<String, Failure> {
    let earlier = i64::try_from(number).unwrap_or(0).rem_euclid(7_200_000);
    let nanoseconds = i128::from(now.millis() - earlier) * 1_000_000;
    let moment = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).map_err(other("the time"))?;
    moment.format(&Rfc3339).map_err(other("the time"))
}

/// A text like no other.
pub(super) fn text(number: usize) -> String {
    let mut state = u64::try_from(number).unwrap_or(0).wrapping_mul(2_654_435_761).wrapping_add(12_345);
    let mut text = format!("Nota {number}:");
    for _ in 0..LENGTH {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push(' ');
        let at = usize::try_from(state >> 33).unwrap_or(0) % WORDS.len();
        text.push_str(WORDS.get(at).copied().unwrap_or_default());
    }
    text
}

#[cfg(test)]
mod tests {
    use domain::host::Host;
    use federation::signature::{
        PrivateKey,
        verify::{self, Body, Request},
    };

    use super::*;

    #[test]
    fn what_is_sent_is_signed_and_differs() {
        let person = |number: usize| Person {
            uri: format!("http://127.1.0.1:80/u/{number}"),
            key: PrivateKey::generate_ed25519().unwrap(),
        };
        let people = [person(0), person(1)];
        let group = Group { uri: "http://127.0.0.2:8080/@plaza".into(), handle: "@plaza@127.0.0.2:8080".into() };
        let inbox = Url::parse("http://127.0.0.2:8080/inbox").unwrap();
        let scribe = Scribe { people: &people, group, inbox, clock: Clock::default() };
        let thread = Thread { author: 1, number: 3 };
        let bytes = scribe.reply(0, 7, thread).unwrap();
        let sent = String::from_utf8(bytes).unwrap();
        let (head, body) = sent.split_once("\r\n\r\n").unwrap();
        let headers: Vec<(&str, &[u8])> =
            head.lines().skip(1).filter_map(|line| line.split_once(": ")).map(|(k, v)| (k, v.as_bytes())).collect();
        let request = Request {
            method: "POST",
            target: "/inbox",
            headers: &headers,
            body: Body::Bytes(body.as_bytes()),
            scheme: "http",
            is_ours: &|host| Host::parse(host) == Host::parse("127.0.0.2:8080"),
            now: scribe.clock.now(),
        };
        let claim = verify::parse(&request).unwrap();
        assert_eq!(claim.key_id, people[0].key_id());
        claim.verify(&people[0].key.public().unwrap()).unwrap();
        let create: Value = serde_json::from_str(body).unwrap();
        assert_eq!(create["object"]["inReplyTo"], "http://127.1.0.1:80/u/1/notes/3");
        assert_ne!(scribe.like(0, 1, thread).unwrap(), scribe.like(0, 2, thread).unwrap());
        assert_ne!(text(1), text(2));
    }
}
