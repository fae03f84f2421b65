//! A small community on the server that is measured, and people elsewhere who take part in it.
use std::time::Duration;

use app::Clock;
use domain::id::ActorId;
use url::Url;

use super::{
    activities::{Group, Scribe, Thread},
    load::{self, Outcome, Until},
    other,
    peers::Peers,
    subject::{Running, Subject},
};
use crate::cli::Failure;

/// The person who lives here, and the group.
const PERSON: &str = "ana";
pub(super) const GROUP: &str = "plaza";
/// On how many servers people live, at most.
const SERVERS: u32 = 16;

/// A community.
pub(super) struct Community {
    /// The token of the person who lives here.
    pub(super) token: String,
    pub(super) person: ActorId,
    pub(super) group: ActorId,
    group_uri: String,
    group_handle: String,
}

impl Community {
    /// Makes the person and the group by the program's own commands.
    pub(super) async fn found(subject: &Subject) -> Result<Self, Failure> {
        let person = ["person", "create", PERSON, "--email", "ana@example.org", "--password-stdin"];
        let person = subject.run(&person, "correct horse battery staple\n").await?;
        let group = subject.run(&["group", "create", GROUP, "--title", "Plaza", "--owner", PERSON], "").await?;
        let token = subject.run(&["token", "create", PERSON, "--scopes", "read write follow"], "").await?;
        let text = |value: &serde_json::Value, name: &str| {
            let text = value.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
            text.ok_or_else(|| Failure::Other(format!("a command printed no {name}")))
        };
        let number = |value: &serde_json::Value| text(value, "id")?.parse().map_err(other("a number"));
        Ok(Self {
            person: number(&person)?,
            group: number(&group)?,
            token: text(&token, "access_token")?,
            group_uri: text(&group, "url")?,
            group_handle: text(&group, "handle")?,
        })
    }

    /// Who writes for people elsewhere.
    pub(super) fn scribe<'a>(&self, subject: &Subject, peers: &'a Peers) -> Result<Scribe<'a>, Failure> {
        let inbox = Url::parse(&subject.url(domain::urls::path::INBOX)).map_err(other("the inbox"))?;
        let group = Group { uri: self.group_uri.clone(), handle: self.group_handle.clone() };
        Ok(Scribe { people: &peers.people, group, inbox, clock: Clock::default() })
    }

    /// How to mention the group.
    pub(super) fn handle(&self) -> &str {
        &self.group_handle
    }
}

/// So many people, on some servers.
pub(super) async fn people(count: u32) -> Result<Peers, Failure> {
    Peers::open(count.min(SERVERS), count, Duration::ZERO).await
}

/// The threads that are there before anything is measured: at least one by everybody, so that all are known.
pub(super) fn seeds(people: usize, threads: usize) -> Vec<Thread> {
    (0..threads.max(people)).map(|number| Thread { author: number % people.max(1), number }).collect()
}

/// Sends activities that all must be accepted, and waits until they are applied.
pub(super) async fn deliver(
    subject: &Subject,
    running: &mut Running<'_>,
    activities: Vec<Vec<u8>>,
    connections: u32,
) -> Result<Outcome, Failure> {
    let outcome = load::send(subject.address(), activities, connections, Until::AllSent).await?;
    outcome.expect(202, "the inbox")?;
    running.drained("received").await?;
    Ok(outcome)
}
