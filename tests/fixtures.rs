//! Recorded documents of other software: each is sent to a live server by the actor it names, then all once more.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::network::{CONTEXT, Network, PUBLIC, Peer, Puppet, Scheme, Software, is_ours, on_both};

/// Where the recordings are, on machines that have them.
const RECORDINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/reference/fixtures");

/// Types that act; everything else is acted upon.
const ACTIVITIES: [&str; 27] = [
    "Accept",
    "Add",
    "Announce",
    "Arrive",
    "Block",
    "ChooseAnswer",
    "Create",
    "Delete",
    "Dislike",
    "EmojiReact",
    "Flag",
    "Follow",
    "Invite",
    "Join",
    "Leave",
    "Like",
    "Lock",
    "Move",
    "QuoteRequest",
    "Reject",
    "Remove",
    "ReplyRequest",
    "Resolve",
    "Undo",
    "Update",
    "View",
    "Warn",
];
const ACTORS: [&str; 5] = ["Person", "Group", "Service", "Application", "Organization"];

/// A recorded document, moved to hosts of the network.
struct Recording {
    path: String,
    software: Software,
    text: String,
    document: Value,
}

fn recordings() -> Vec<Recording> {
    let mut paths = Vec::new();
    for folder in fs::read_dir(RECORDINGS).into_iter().flatten().flatten() {
        if folder.path().is_dir() {
            let files = fs::read_dir(folder.path()).expect("a folder").flatten().map(|file| file.path());
            paths.extend(files.filter(|path| path.extension().is_some_and(|extension| extension == "json")));
        }
    }
    paths.sort();
    paths.iter().map(|path| Recording::read(path)).collect()
}

impl Recording {
    fn read(path: &Path) -> Self {
        let text = moved(&fs::read_to_string(path).expect("a file"));
        let document = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let path = path.strip_prefix(RECORDINGS).expect("inside").display().to_string();
        let software = match path.split('/').next().unwrap_or_default() {
            "lemmy" => Software::Lemmy,
            "piefed" => Software::PieFed,
            "mbin" => Software::Mbin,
            "nodebb" => Software::NodeBb,
            _ => Software::Mastodon,
        };
        Self { path, software, text, document }
    }

    fn kind(&self) -> &str {
        self.document["type"].as_str().or(self.document["type"][0].as_str()).unwrap_or_default()
    }

    /// Who says it.
    fn speaker(&self) -> Option<&str> {
        [&self.document["actor"], &self.document["attributedTo"]].into_iter().find_map(named)
    }

    /// What is sent: the recording itself if it acts, else an activity about it.
    fn activity(&self, speaker: &str) -> Value {
        if ACTIVITIES.contains(&self.kind()) {
            return self.document.clone();
        }
        let host = host(speaker).unwrap_or_default();
        let kind = if ACTORS.contains(&self.kind()) { "Update" } else { "Create" };
        let id = format!("http://{host}/recorded/{}", self.path);
        let (to, cc) = (self.document["to"].clone(), self.document["cc"].clone());
        let to = if to.is_null() { json!([PUBLIC]) } else { to };
        json!({
            "@context": CONTEXT, "id": id, "type": kind, "actor": speaker, "object": self.document, "to": to, "cc": cc,
        })
    }
}

/// The id of something that is named by it, or embedded.
fn named(value: &Value) -> Option<&str> {
    match value {
        Value::String(id) => Some(id),
        Value::Array(all) => all.iter().find_map(named),
        Value::Object(_) => value["id"].as_str(),
        _ => None,
    }
}

fn host(url: &str) -> Option<&str> {
    url.strip_prefix("http://")?.split(['/', '?', '#']).next().filter(|host| is_ours(host))
}

/// The same text with every host moved into the network; nothing else of it changes.
fn moved(text: &str) -> String {
    let mut rest = text;
    let mut moved = String::new();
    while let Some(at) = rest.find("https://").into_iter().chain(rest.find("http://")).min() {
        let (before, found) = rest.split_at(at);
        moved.push_str(before);
        let scheme = if found.starts_with("https") { "https://" } else { "http://" };
        let found = found.strip_prefix(scheme).unwrap_or_default();
        let end = found.find(|c: char| !(c.is_ascii_alphanumeric() || ".-:".contains(c))).unwrap_or(found.len());
        let (name, after) = found.split_at(end);
        let vocabulary = ["www.w3.org", "w3id.org", "purl.org", "schema.org", "joinmastodon.org", "join-lemmy.org"];
        if name.is_empty() || vocabulary.contains(&name) || name.starts_with("ns") && !is_ours(name) {
            moved.extend([scheme, name]);
        } else {
            let name = name.trim_end_matches(".test").replace([':', '.'], "-");
            moved.extend(["http://r-", name.trim_matches('-'), ".test"]);
        }
        rest = after;
    }
    moved + rest
}

/// All hosts that recordings speak of, each with its documents and its actors.
struct Museum {
    peers: BTreeMap<String, Peer>,
    actors: BTreeMap<String, Puppet>,
}

impl Museum {
    fn open(net: &Network, recordings: &[Recording]) -> Self {
        let mut museum = Self { peers: BTreeMap::new(), actors: BTreeMap::new() };
        for recording in recordings {
            let Some(id) = recording.document["id"].as_str() else { continue };
            let Some(peer) = museum.peer(net, id, recording.software) else { continue };
            if !ACTIVITIES.contains(&recording.kind()) && !ACTORS.contains(&recording.kind()) {
                peer.serve_at(id, &recording.document);
            }
        }
        for recording in recordings {
            for (id, kind) in actors_in(&recording.document) {
                museum.actor(net, &id, kind, recording.software);
            }
        }
        // Recorded actors come as they were, with a key that we have.
        for recording in recordings.iter().filter(|recording| ACTORS.contains(&recording.kind())) {
            let Some(id) = recording.document["id"].as_str() else { continue };
            let Some(puppet) = museum.actor(net, id, "Person", recording.software) else { continue };
            let mut document = recording.document.clone();
            document["publicKey"] = puppet.document()["publicKey"].clone();
            puppet.peer.serve(&document);
        }
        museum
    }

    fn peer(&mut self, net: &Network, url: &str, software: Software) -> Option<Peer> {
        let host = host(url)?.to_owned();
        Some(self.peers.entry(host.clone()).or_insert_with(|| net.peer(&host, software)).clone())
    }

    fn actor(&mut self, net: &Network, id: &str, kind: &'static str, software: Software) -> Option<Puppet> {
        if let Some(known) = self.actors.get(id) {
            return Some(known.clone());
        }
        let peer = self.peer(net, id, software)?;
        let name = format!("p{}", self.actors.len());
        let puppet = Puppet::at(&peer, id, &name, kind);
        self.actors.insert(id.to_owned(), puppet.clone());
        Some(puppet)
    }
}

/// Everything in a document that must be an actor.
fn actors_in(document: &Value) -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    match document {
        Value::Array(all) => found.extend(all.iter().flat_map(actors_in)),
        Value::Object(fields) => {
            let group = ["audience", "target"].iter().filter_map(|field| named(&document[*field]));
            found.extend(group.map(|id| (id.to_owned(), "Group")));
            let person = ["actor", "attributedTo"].iter().filter_map(|field| named(&document[*field]));
            found.extend(person.map(|id| (id.to_owned(), "Person")));
            found.extend(fields.values().flat_map(actors_in));
        }
        _ => {}
    }
    let plain = |id: &str| host(id).is_some() && !id.contains("/followers") && !id.contains("/moderators");
    found.retain(|(id, _)| plain(id));
    found
}

/// The group a recording speaks to, if any: it is ours from now on.
fn addressee(document: &Value) -> Option<String> {
    if document["type"] == "Follow" {
        return named(&document["object"]).map(str::to_owned);
    }
    let mention = |value: &Value| {
        let tags = value["tag"].as_array()?;
        let own = value["attributedTo"].as_str().or(value["actor"].as_str()).and_then(host);
        let found = tags.iter().find(|tag| tag["type"] == "Mention" && tag["href"].as_str().and_then(host) != own)?;
        found["href"].as_str().map(str::to_owned)
    };
    let inner = &document["object"];
    named(&document["audience"])
        .or(named(&inner["audience"]))
        .filter(|id| !id.contains("#Public"))
        .map(str::to_owned)
        .or_else(|| mention(inner).or_else(|| mention(document)))
}

async fn recordings_are_received_and_replayed() {
    let recordings = recordings();
    if recordings.is_empty() {
        eprintln!("skipped: the recordings are not on this machine");
        return;
    }
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    alpha.expect_parked();
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let mut museum = Museum::open(&net, &recordings);

    let mut requests = Vec::new();
    for recording in &recordings {
        let fallback = format!("http://r-recorded.test/{}", recording.kind());
        let speaker = recording.speaker().filter(|id| host(id).is_some()).unwrap_or(&fallback).to_owned();
        let Some(puppet) = museum.actor(&net, &speaker, "Person", recording.software) else { continue };
        let text = match recording.activity(&speaker) {
            activity if activity == recording.document => recording.text.clone(),
            activity => activity.to_string(),
        };
        // Whatever it says to a group elsewhere, it says to ours; what groups say themselves stays as it is.
        let text = match addressee(&recording.document).filter(|id| *id != speaker && recording.kind() != "Announce") {
            Some(group) => text.replace(&format!("\"{group}\""), &format!("\"{}\"", club.uri())),
            None => text,
        };
        requests.push((recording.path.clone(), puppet, text));
    }

    let mut answers: BTreeMap<u16, BTreeSet<String>> = BTreeMap::new();
    let mut census = BTreeMap::new();
    for round in 0..2 {
        for (path, puppet, text) in &requests {
            let request = puppet.signed(&alpha.url("/inbox"), text.as_bytes(), Scheme::Cavage);
            let answer = alpha.ask(&request).await;
            assert!(answer.status < 500, "{path} {}: {}", answer.status, answer.text());
            if round == 0 {
                answers.entry(answer.status).or_default().insert(path.clone());
            }
        }
        net.settle().await;
        let now = net.census("alpha.test");
        if round == 1 {
            assert_eq!(now, census, "the second time changes nothing");
        }
        census = now;
    }
    let accepted = answers.get(&202).map_or(0, BTreeSet::len);
    assert!(accepted * 10 > requests.len() * 9, "only {accepted} of {} were taken: {answers:#?}", requests.len());
    assert!(census["posts"] > 100, "{census:#?}");
    assert!(ana.read("/api/v1/timelines/home").await.as_array().unwrap().len() > 10);
}

on_both![recordings_are_received_and_replayed];
