//! Waiting for what happens, in the one place where tests wait.

use std::fmt::Write as _;
use std::future::Future;
use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use domain::time::Timestamp;
use store::Conn;
use store::jobs::Backlog;
use store::peers::Traffic;
use tempfile::TempDir;

use super::server::Server;
use super::switchboard::Switchboard;

/// How long anything may take; far more than it ever does.
const PATIENCE: Duration = Duration::from_secs(40);
/// How often one looks.
const GLANCE: Duration = Duration::from_millis(4);

/// Reads a variable of the environment.
#[expect(clippy::disallowed_methods, reason = "tests have no settings; this is their only look")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Shows the log of the servers when `TEST_LOG` has a filter.
pub(super) fn show_logs() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if let Some(filter) = variable("TEST_LOG") {
            tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().init();
        }
    });
}

/// A folder that is gone with its handle; in memory where possible, because every test commits a thousand times.
pub(crate) fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a folder")
}

/// Looks again and again until there is something to return; `what` says what was missing in the end.
pub(crate) async fn eventually<T, F>(what: &str, mut look: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let mut glances = tokio::time::interval(GLANCE);
    let looking = async {
        loop {
            glances.tick().await;
            if let Some(found) = look().await {
                return found;
            }
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("in vain: {what}"))
}

/// Waits until no server has work that is due and nothing is under way.
pub(super) async fn settle(servers: &[Server], board: &Switchboard) {
    let mut glances = tokio::time::interval(GLANCE);
    let mut quiet = 0;
    let looking = async {
        while quiet < 3 {
            glances.tick().await;
            let mut busy = !board.is_quiet();
            for server in servers {
                busy |= Load::of(server).await.is_due();
            }
            quiet = if busy { 0 } else { quiet + 1 };
            if busy {
                // The clock may have moved: nobody else tells the workers.
                servers.iter().for_each(ring);
            }
        }
    };
    if tokio::time::timeout(PATIENCE, looking).await.is_err() {
        let mut text = String::new();
        for server in servers {
            let load = Load::of(server).await;
            writeln!(text, "{}: {load:#?}\n{}", server.host(), left_over(server).await).expect("a string");
        }
        panic!("the network does not come to rest:\n{text}\n{}", board.transcript());
    }
}

fn ring(server: &Server) {
    let wakes = server.app().wakes();
    wakes.received.notify_one();
    wakes.deliveries.notify_one();
    wakes.jobs.notify_one();
}

/// What waits in the queues of a server.
#[derive(Debug)]
struct Load {
    received: Backlog,
    jobs: Backlog,
    deliveries: Backlog,
    /// Whether something is being sent, or could be.
    sending: bool,
    now: Timestamp,
}

impl Load {
    async fn of(server: &Server) -> Self {
        let now = server.app().now();
        let load = server.app().read(move |c| {
            Ok(Self {
                received: store::jobs::received_backlog(c)?,
                jobs: store::jobs::backlog(c)?,
                deliveries: store::deliveries::backlog(c)?,
                sending: is_sending(c, now)?,
                now,
            })
        });
        load.await.expect("the queues")
    }

    fn is_due(&self) -> bool {
        let due = |backlog: &Backlog| backlog.oldest.is_some_and(|oldest| oldest <= self.now.0);
        self.sending || due(&self.received) || due(&self.jobs)
    }
}

fn is_sending(c: &mut Conn, now: Timestamp) -> store::Result<bool> {
    let in_hand = |traffic: &Traffic| traffic.waiting > 0 && traffic.peer.lease_until > now;
    Ok(!store::deliveries::due_peers(c, now, false, 1)?.is_empty() || store::peers::list(c)?.iter().any(in_hand))
}

/// What a server has left to do: given up, or waiting for another try.
pub(super) async fn left_over(server: &Server) -> String {
    let load = Load::of(server).await;
    let mut text = String::new();
    for (name, backlog) in [("received", load.received), ("deliveries", load.deliveries)] {
        if backlog.waiting > 0 || backlog.parked > 0 {
            writeln!(text, "{name}: {} waiting, {} parked", backlog.waiting, backlog.parked).expect("a string");
        }
    }
    if load.jobs.parked > 0 {
        let parked = server.app().read(|c| store::jobs::parked(c, 10)).await.expect("the parked jobs");
        writeln!(text, "jobs: {parked:?}").expect("a string");
    }
    text
}
