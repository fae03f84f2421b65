//! Recorded documents of other software: each is sent to a live server by the actor it names, then all once more.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Duration;

use app::Me;
use serde_json::{Value, json};

use crate::network::{CONTEXT, Network, PUBLIC, Peer, Person, Puppet, Request, Scheme, Software, is_ours, on_both};

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

    /// Who says it: actors speak for themselves.
    fn speaker(&self) -> Option<&str> {
        if ACTORS.contains(&self.kind()) {
            return self.document["id"].as_str();
        }
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
        // What is spoken of can be fetched; what was recorded by itself comes last, because it is complete.
        let whole =
            |recording: &Recording| !ACTIVITIES.contains(&recording.kind()) && !ACTORS.contains(&recording.kind());
        let parts =
            recordings.iter().flat_map(|r| things_in(&r.document["object"]).into_iter().map(move |part| (part, r)));
        let wholes = recordings.iter().filter(|recording| whole(recording)).map(|r| (&r.document, r));
        for (thing, recording) in parts.chain(wholes) {
            let Some(id) = thing["id"].as_str() else { continue };
            let Some(peer) = museum.peer(net, id, recording.software) else { continue };
            peer.serve_at(id, thing);
        }
        let everybody =
            || recordings.iter().flat_map(|r| actors_in(&r.document).into_iter().map(move |found| (found, r)));
        let groups: BTreeSet<String> = everybody().filter(|((_, group), _)| *group).map(|((id, _), _)| id).collect();
        for ((id, _), recording) in everybody() {
            let kind = if groups.contains(&id) { "Group" } else { "Person" };
            museum.actor(net, &id, kind, recording.software);
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

impl Museum {
    /// Lets somebody follow all of these, so that what they say concerns this server.
    async fn befriend(&self, net: &Network, person: &Person, all: impl Iterator<Item = &Puppet>) {
        let (app, me) = (person.server.app(), Me(person.actor.id));
        let all: BTreeMap<&str, &Puppet> = all.map(|puppet| (puppet.uri.as_str(), puppet)).collect();
        for uri in all.keys() {
            if let Ok(actor) = app.resolver().actor(app, uri).await {
                app::follows::request(app, me, actor).await.expect("a request");
            }
        }
        net.settle().await;
        for delivered in self.peers.values().flat_map(Peer::take) {
            let asked = delivered.activity["object"].as_str().and_then(|uri| all.get(uri));
            if let Some(puppet) = asked.filter(|_| delivered.kind() == "Follow") {
                puppet.answer(&person.server, "Accept", &delivered.activity).await;
            }
        }
        net.settle().await;
    }
}

/// Everything in a document that is neither an activity nor an actor.
fn things_in(document: &Value) -> Vec<&Value> {
    let kind = document["type"].as_str().unwrap_or_default();
    if ACTIVITIES.contains(&kind) {
        return things_in(&document["object"]);
    }
    let plain = document["attributedTo"].is_string() && document["content"].is_string();
    if plain && !ACTORS.contains(&kind) { vec![document] } else { Vec::new() }
}

/// Everything in a document that must be an actor, and whether it must be a group.
fn actors_in(document: &Value) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    match document {
        Value::Array(all) => found.extend(all.iter().flat_map(actors_in)),
        Value::Object(fields) => {
            // Only groups pass on what others do.
            let reports = document["type"] == "Announce" && document["object"]["actor"].is_string();
            let mut note = |field: &str, group| found.extend(named(&document[field]).map(|id| (id.to_owned(), group)));
            note("audience", true);
            note("target", true);
            note("actor", reports);
            note("attributedTo", false);
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
    // Whoever is deleted says nothing more.
    requests.sort_by_key(|(_, _, text)| text.contains("\"Delete\""));
    museum.befriend(&net, &ana, requests.iter().map(|(_, puppet, _)| puppet)).await;

    let sign = |puppet: &Puppet, text: &str| puppet.signed(&alpha.url("/inbox"), text.as_bytes(), Scheme::Cavage);
    let requests: Vec<(String, Request)> =
        requests.into_iter().map(|(path, puppet, text)| (path, sign(&puppet, &text))).collect();
    let mut answers: BTreeMap<u16, BTreeSet<String>> = BTreeMap::new();
    let mut census = BTreeMap::new();
    for round in 0..2 {
        for (path, request) in &requests {
            let answer = alpha.ask(request).await;
            assert!(answer.status < 500, "{path} {}: {}", answer.status, answer.text());
            answers.entry(answer.status).or_default().insert(path.clone());
        }
        // Long enough for everything that waits for something.
        for _ in 0..6 {
            net.pass_time(Duration::from_mins(10)).await;
        }
        let now = net.census("alpha.test");
        if round == 1 {
            assert_eq!(now, census, "the second time changes nothing");
        }
        census = now;
    }
    let accepted = answers.get(&202).map_or(0, BTreeSet::len);
    assert!(accepted * 10 > requests.len() * 9, "only {accepted} of {} were taken: {answers:#?}", requests.len());
    assert!(census["posts"] >= 85, "{census:#?}");
    assert_eq!(ana.home().await.len(), 40, "a full page");
}

on_both![recordings_are_received_and_replayed];
