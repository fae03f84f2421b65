//! Recorded documents of other software: each is sent to a live server by the actor it names, then all once more; what
//! becomes of each is what FEDERATION.md says, and what is understood of it is what `fixtures/understood.txt` says.

mod fetched;
mod museum;
mod recordings;
mod staging;
mod table;
mod understood;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};

use self::museum::Museum;
use self::recordings::{Recording, Sort, addressee, host, is_activity, is_actor, moved, named, recordings};
use self::staging::Staging;
use self::table::Table;
use self::understood::Understood;
use crate::network::{Network, Puppet, Scheme, Server, Software, kind, on_both};

/// In which order they are sent: answers, what is new, what is done about it, what is taken back, and what ends.
fn turn(kind: &str, about_itself: bool) -> u8 {
    let passed_on = kind.strip_prefix("Announce{").and_then(|inner| inner.split(['{', '}']).next());
    match kind {
        "Accept" | "Accept{Follow}" => 0,
        _ if kind.contains("Undo") || kind.contains("Block") || kind.contains("Resolve") => 3,
        _ if kind.contains("Delete") || kind.starts_with("Reject") => 4 + u8::from(about_itself),
        _ if kind.contains("Create") || passed_on.is_some_and(|inner| !is_activity(inner)) => 1,
        _ => 2,
    }
}

/// Something that is sent.
struct Sent {
    path: String,
    turn: u8,
    puppet: Puppet,
    activity: Value,
    /// As it was recorded, if it is.
    text: Option<String>,
    /// Whether it says to ours what it said to a group elsewhere.
    is_moved: bool,
}

impl Sent {
    fn text(&self) -> String {
        self.text.clone().unwrap_or_else(|| self.activity.to_string())
    }

    async fn to(&self, server: &Server, text: &str) -> u16 {
        let request = self.puppet.signed(&server.url("/inbox"), text.as_bytes(), Scheme::Cavage);
        let answer = server.ask(&request).await;
        assert!(answer.status < 500, "{} {}: {}", self.path, answer.status, answer.text());
        answer.status
    }
}

/// Everything that is sent, in its order, by whom it names; what it says to a group elsewhere it says to `club`.
fn line_up(net: &Network, recordings: &[Recording], museum: &mut Museum, club: &str) -> Vec<Sent> {
    let (mut all, mut ids) = (Vec::new(), BTreeSet::new());
    for recording in recordings {
        let fallback = format!("http://r-recorded.test/{}", recording.kind());
        let speaker = recording.speaker().filter(|id| host(id).is_some()).unwrap_or(&fallback).to_owned();
        let Some(activity) = recording.activity(&speaker) else { continue };
        let Some(puppet) = museum.actor(net, &speaker, "Person", recording.software) else { continue };
        let text = Some(&recording.text).filter(|_| activity == recording.document).cloned();
        // Whatever it says to a group elsewhere, it says to ours; what groups say themselves stays as it is.
        let group = addressee(&recording.document).filter(|id| *id != speaker && recording.kind() != "Announce");
        let is_moved = group.is_some();
        let text = match (text, group) {
            (text, Some(group)) => {
                let text = text.unwrap_or_else(|| activity.to_string());
                Some(text.replace(&format!("\"{group}\""), &format!("\"{club}\"")))
            }
            (text, None) => text,
        };
        let mut activity: Value = text.as_ref().map_or(activity, |text| serde_json::from_str(text).expect("JSON"));
        // Some recordings are variations of one document.
        let again = named(&activity).filter(|id| !ids.insert((*id).to_owned())).map(|id| format!("{id}/{}", all.len()));
        if let Some(id) = again {
            activity["id"] = json!(id);
        }
        let itself = named(&activity["object"]) == named(&activity["actor"]);
        all.push(Sent {
            path: recording.path.clone(),
            turn: turn(&kind(&activity), itself),
            puppet,
            activity,
            text,
            is_moved,
        });
    }
    all.sort_by_key(|sent: &Sent| sent.turn);
    all
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
    let (ana, luis) = (alpha.person("ana").await, alpha.person("luis").await);
    let club = alpha.group("club", &ana).await;
    let mut museum = Museum::open(&net, &recordings);
    let stranger = net.peer("strangers.test", Software::Mastodon).person("stranger");

    let mut all = line_up(&net, &recordings, &mut museum, club.uri());
    let later = all.iter().filter(|sent| sent.turn == 0 || kind(&sent.activity) == "Reject{Follow}");
    let later: BTreeSet<String> = later.map(|sent| sent.puppet.uri.clone()).collect();
    let requests = museum.befriend(&net, &ana, all.iter().map(|sent| &sent.puppet), &later).await;
    let posts = posts(&recordings);
    let staging =
        Staging { reader: &ana, writer: &luis, club: &club, stranger: &stranger, requests: &requests, posts: &posts };

    let (mut answers, mut understood) = (BTreeMap::new(), Understood::default());
    let mut turn = 0;
    for sent in &mut all {
        if sent.turn > turn {
            turn = sent.turn;
            wait(&net).await;
            // As long as nothing is taken back.
            if turn < 4 {
                for recording in &recordings {
                    understood.look(&alpha, recording).await;
                }
            }
        }
        // What is gone is not there any more when that is said.
        if kind(&sent.activity) == "Announce{Delete}" {
            museum.withdraw(named(&sent.activity["object"]["object"]).unwrap_or_default());
        }
        let before = staging.fit(&mut sent.activity).await;
        let same = sent
            .text
            .as_ref()
            .is_some_and(|text| serde_json::from_str(text).is_ok_and(|was: Value| was == sent.activity));
        sent.text = sent.text.take().filter(|_| same);
        if let Some(before) = before {
            sent.to(&alpha, &before.to_string()).await;
            net.settle().await;
        }
        let text = sent.text();
        // The same is passed on by the group elsewhere as well: what comes first counts, so that nothing may come at once.
        if sent.is_moved {
            net.settle().await;
        }
        answers.insert(sent.path.clone(), sent.to(&alpha, &text).await);
        if sent.is_moved {
            net.settle().await;
        }
    }
    wait(&net).await;
    let (census, fates) = (net.census("alpha.test"), net.fates("alpha.test"));
    for sent in &all {
        // Who follows again, or no more, means it again.
        if !["Follow", "Join"].iter().any(|verb| kind(&sent.activity).contains(verb)) {
            assert_eq!(sent.to(&alpha, &sent.text()).await, answers[&sent.path], "{}", sent.path);
        }
    }
    wait(&net).await;
    assert_eq!(net.census("alpha.test"), census, "the second time changes nothing");

    assert!(census["posts"] >= 85, "{census:#?}");
    assert_eq!(ana.home().await.len(), 40, "a full page");

    let sent: BTreeMap<&str, &Sent> = all.iter().map(|sent| (sent.path.as_str(), sent)).collect();
    let (mut rows, mut outcomes) = (Table::default(), Vec::new());
    for recording in &recordings {
        let outcome = match sent.get(recording.path.as_str()) {
            Some(sent) => {
                let outcome = of_sent(answers[&sent.path], fates.get(&sent.text()));
                assert!(outcome != "taken" || is_here(&alpha, &sent.activity).await, "{} is not here", sent.path);
                outcome
            }
            None => fetched::outcome(&net, &alpha, &mut museum, recording).await,
        };
        rows.add(recording, outcome.clone());
        outcomes.push((recording, outcome));
    }
    understood.check(&outcomes);
    rows.check();
}

/// Whether a post or an actor that was taken is known now; of what else there is, the census tells.
async fn is_here(alpha: &Server, activity: &Value) -> bool {
    let inner = if activity["type"] == "Announce" { &activity["object"] } else { activity };
    let thing = if is_activity(inner["type"].as_str().unwrap_or_default()) { &inner["object"] } else { inner };
    let is_vote = thing.get("content").is_none() && thing["name"].is_string() && thing["inReplyTo"].is_string();
    let Some(uri) = named(thing).filter(|_| thing["type"].is_string() && !is_vote).map(str::to_owned) else {
        return true;
    };
    let found = alpha
        .app()
        .read(move |c| Ok(store::posts::by_uri(c, &uri)?.is_some() || store::actors::by_uri(c, &uri)?.is_some()));
    !["Create", "Update"].iter().any(|verb| inner["type"] == *verb) || found.await.expect("an answer")
}

/// What became of what was sent: the status of the answer, and the state and the note of what was stored.
fn of_sent(status: u16, fate: Option<&(String, String)>) -> String {
    match (status, fate) {
        // Some posts were recorded twice, and either may come first.
        (202, Some((state, note))) if state == "done" && ["", "known already"].contains(&note.as_str()) => {
            "taken".to_owned()
        }
        (202, Some((state, note))) if state == "done" => format!("left: {note}"),
        (202, None) => "left: its id came before, with other words".to_owned(),
        (status, fate) => format!("refused: {status} {}", fate.map_or("", |(_, note)| note.as_str())).trim().to_owned(),
    }
}

/// Long enough for everything that waits for something.
async fn wait(net: &Network) {
    for _ in 0..6 {
        net.pass_time(Duration::from_mins(10)).await;
    }
}

/// A post in each group, as the group passed it on.
fn posts(recordings: &[Recording]) -> BTreeMap<String, String> {
    let passed = recordings.iter().filter(|recording| kind(&recording.document).starts_with("Announce{Create"));
    let pair = |recording: &Recording| {
        let post = recording.document.pointer("/object/object/id")?.as_str()?;
        Some((recording.speaker()?.to_owned(), post.to_owned()))
    };
    passed.filter_map(pair).collect()
}

on_both![recordings_are_received_and_replayed];
