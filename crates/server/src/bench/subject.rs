//! The server that is measured: a process of this very program, with data of its own.
use std::{
    ffi::OsString,
    fs::{self, File},
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use serde::Serialize;
use serde_json::Value;
use store::{Db, Location};
use tempfile::TempDir;
use tokio::{
    io::AsyncWriteExt,
    process::{Child, Command},
};

use super::{other, usage, wire};
use crate::{
    cli::{BenchSetting, Failure},
    settings::SETTINGS,
};

/// How long the server may take to start, and to work off what it was given.
const PATIENCE: Duration = Duration::from_mins(5);
/// How often it is asked whether it has.
const GLANCE: Duration = Duration::from_millis(20);

/// A server that is ready to be started, again and again.
pub(super) struct Subject {
    folder: TempDir,
    program: PathBuf,
    environment: Vec<(&'static str, OsString)>,
    address: SocketAddr,
    location: Location,
}

impl Subject {
    /// Prepares data of its own: below a folder, or in an empty PostgreSQL database.
    pub(super) async fn prepare(setting: &BenchSetting) -> Result<Self, Failure> {
        let mut temporary = tempfile::Builder::new();
        let temporary = temporary.prefix("tertulia-bench-");
        let folder = match &setting.folder {
            Some(folder) => temporary.tempdir_in(folder),
            None => temporary.tempdir(),
        };
        let folder = folder.map_err(other("the folder for the data"))?;
        // The number of a port that is free now; nobody else is expected on this address.
        let free = TcpListener::bind("127.0.0.2:0").and_then(|socket| socket.local_addr());
        let address = free.map_err(other("127.0.0.2"))?;
        let file = folder.path().join("tertulia.db");
        let (database, location) = match &setting.database {
            Some(url) => (url.into(), Location::Postgres(url.clone())),
            None => (format!("sqlite:{}", file.display()).into(), Location::Sqlite(file)),
        };
        let environment = vec![
            ("TERTULIA_URL", format!("http://{address}").into()),
            ("TERTULIA_LISTEN", address.to_string().into()),
            ("TERTULIA_DATA", folder.path().into()),
            ("TERTULIA_DATABASE", database),
            ("TERTULIA_REGISTRATION", "open".into()),
            ("TERTULIA_ALLOW_PRIVATE_NETWORKS", "127.0.0.0/8".into()),
            ("TERTULIA_CLIENT_LIMIT", "0".into()),
        ];
        let program = std::env::current_exe().map_err(other("this program"))?;
        let subject = Self { folder, program, environment, address, location };
        subject.expect_empty().await?;
        Ok(subject)
    }

    /// Nobody's data are measured upon.
    async fn expect_empty(&self) -> Result<(), Failure> {
        match self.database()?.read(store::accounts::any).await {
            Ok(false) => Ok(()),
            Ok(true) => Err(Failure::Usage("--database: this one is in use; give an empty one".into())),
            Err(error) => Err(other("the database")(error)),
        }
    }

    /// Where the server listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of one of its paths.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Its database, from outside.
    pub(super) fn database(&self) -> Result<Db, Failure> {
        Db::open(&self.location, 1).map_err(other("the database"))
    }

    /// A database beside it, on the same disk or server, to see what that can do at best.
    pub(super) fn database_beside(&self) -> Result<Db, Failure> {
        let location = match &self.location {
            Location::Sqlite(path) => Location::Sqlite(path.with_file_name("limits.db")),
            postgres @ Location::Postgres(_) => postgres.clone(),
        };
        Db::open(&location, 1).map_err(other("the database"))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        for setting in SETTINGS {
            command.env_remove(setting.env);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.current_dir(self.folder.path()).kill_on_drop(true);
        command
    }

    /// Runs a command of the program with `--json`, and returns what it printed.
    pub(super) async fn run(&self, arguments: &[&str], input: &str) -> Result<Value, Failure> {
        let what = || format!("tertulia {}", arguments.join(" "));
        let mut command = self.command();
        command.args(arguments).arg("--json").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(other("this program"))?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes()).await.map_err(other("standard input"))?;
        }
        let output = child.wait_with_output().await.map_err(other("this program"))?;
        if !output.status.success() {
            let complaint = String::from_utf8_lossy(&output.stderr);
            return Err(Failure::Other(format!("{}: {}", what(), complaint.trim())));
        }
        serde_json::from_slice(&output.stdout).map_err(|e| Failure::Other(format!("{}: {e}", what())))
    }

    /// Starts the server and waits until it is ready.
    pub(super) async fn start(&self) -> Result<Running<'_>, Failure> {
        let log = File::options().create(true).append(true).open(self.log()).map_err(other("the log"))?;
        let mut command = self.command();
        command.arg("serve").stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let started = Instant::now();
        let child = command.spawn().map_err(other("this program"))?;
        let pid = child.id().ok_or_else(|| Failure::Other("the server did not start".into()))?;
        let mut running = Running { subject: self, child, pid, birth: Birth::default() };
        while running.get("/readyz", &[]).await.is_none_or(|(status, _)| status != 200) {
            running.expect_alive()?;
            if started.elapsed() > PATIENCE {
                return Err(self.complaint("the server does not get ready"));
            }
            tokio::time::sleep(GLANCE / 20).await;
        }
        running.birth.start_ms = started.elapsed().as_secs_f64() * 1_000.0;
        running.birth.idle_rss_mb = usage::memory_mb(pid, "VmRSS:");
        Ok(running)
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// A failure, with the last that the server said.
    fn complaint(&self, what: &str) -> Failure {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        Failure::Other(format!("{what}; it said: {}", log.lines().last().unwrap_or("nothing")))
    }
}

/// How the server came to life.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(super) struct Birth {
    /// From its start until it was ready, in milliseconds, on a migrated database.
    pub(super) start_ms: f64,
    /// The memory it then held, in MB.
    pub(super) idle_rss_mb: f64,
}

/// A server that runs, until this is dropped.
pub(super) struct Running<'a> {
    subject: &'a Subject,
    child: Child,
    pub(super) pid: u32,
    pub(super) birth: Birth,
}

impl Running<'_> {
    fn expect_alive(&mut self) -> Result<(), Failure> {
        match self.child.try_wait() {
            Ok(None) => Ok(()),
            _ => Err(self.subject.complaint("the server ended")),
        }
    }

    /// Ends it, and waits until its data are free.
    pub(super) async fn end(mut self) -> Result<(), Failure> {
        self.child.kill().await.map_err(other("the server"))
    }

    /// What the server answers to a GET; nothing if it does not.
    pub(super) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Option<(u16, Vec<u8>)> {
        let mut wire = wire::Wire::open(self.subject.address).await.ok()?;
        let answer = wire.ask(&self.request("GET", path, headers, b"")).await.ok()?;
        Some((answer.status(), answer.body.to_vec()))
    }

    /// How long the answer to a request is, which must be a success.
    pub(super) async fn ask(&self, request: &[u8]) -> Result<usize, Failure> {
        let mut wire = wire::Wire::open(self.subject.address).await.map_err(other("the server"))?;
        let answer = wire.ask(request).await.map_err(other("the server"))?;
        if answer.status() != 200 {
            return Err(self.subject.complaint(&format!("it answers {}", answer.status())));
        }
        Ok(answer.body.len())
    }

    /// Sends JSON to the client API, as the owner of `token`.
    pub(super) async fn post(&self, path: &str, token: &str, body: &Value) -> Result<Value, Failure> {
        let mut wire = wire::Wire::open(self.subject.address).await.map_err(other("the server"))?;
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let request = self.request("POST", path, &headers, body.to_string().as_bytes());
        let answer = wire.ask(&request).await.map_err(other("the server"))?;
        let json = serde_json::from_slice(answer.body).unwrap_or(Value::Null);
        if answer.status() != 200 {
            return Err(self.subject.complaint(&format!("{path}: {} {json}", answer.status())));
        }
        Ok(json)
    }

    /// A request to the server, ready to be sent.
    pub(super) fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
        let host = self.subject.address.to_string();
        let headers: Vec<(&str, &str)> = [("host", host.as_str())].into_iter().chain(headers.iter().copied()).collect();
        wire::request(method, path, &headers, body)
    }

    /// Waits until nothing waits in a queue; what was parked there is a failure.
    pub(super) async fn drained(&mut self, queue: &str) -> Result<(), Failure> {
        self.settled(queue, 0).await
    }

    /// The same, but for at most so many that wait.
    pub(super) async fn settled(&mut self, queue: &str, most: u32) -> Result<(), Failure> {
        let asked = Instant::now();
        loop {
            let (_, page) = self.get("/metrics", &[]).await.unwrap_or_default();
            let page = String::from_utf8_lossy(&page);
            let value = |name: &str| {
                let line = format!("tertulia_queue_{name}{{queue=\"{queue}\"}} ");
                page.lines().find_map(|text| text.strip_prefix(&line)).map(str::to_owned)
            };
            match (value("waiting").and_then(|text| text.parse().ok()), value("parked").as_deref()) {
                (Some(waiting), Some("0")) if (0..=most).contains(&waiting) => return Ok(()),
                (Some(_), Some("0")) => {}
                (_, Some(parked)) => return Err(self.subject.complaint(&format!("{queue}: {parked} were given up"))),
                _ => self.expect_alive()?,
            }
            if asked.elapsed() > PATIENCE {
                return Err(self.subject.complaint(&format!("{queue}: the queue does not get empty")));
            }
            tokio::time::sleep(GLANCE).await;
        }
    }
}
