//! The program itself, started as an operator starts it: settings in the environment, signals, commands beside it.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

use super::asked;
use super::database::Database;
use super::wire::{Answer, Request};
use super::work::{self, eventually};

/// The binary, built from what is tested: a test run alone does not build it.
fn binary() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let build = || {
        // This test lives in `target/PROFILE/deps`.
        let own = std::env::current_exe().expect("a path");
        let profile = own.ancestors().nth(2).expect("a folder").to_owned();
        let mut cargo = std::process::Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--package", "server", "--bin", "tertulia", "--target-dir"]);
        cargo.arg(profile.parent().expect("a folder")).current_dir(env!("CARGO_MANIFEST_DIR"));
        if profile.ends_with("release") {
            cargo.arg("--release");
        }
        assert!(cargo.status().expect("cargo").success(), "the program cannot be built");
        profile.join("tertulia")
    };
    BUILT.get_or_init(build).clone()
}

/// An installation of the program: an address, a folder, a database; and the process, while it runs.
pub(crate) struct Program {
    address: SocketAddr,
    /// What browsers call it.
    name: String,
    folder: TempDir,
    database: Database,
    serving: Option<Child>,
    /// Who may sign up.
    pub(crate) registration: &'static str,
    /// What else its environment says.
    pub(crate) environment: Vec<(&'static str, String)>,
}

impl Program {
    /// Installs the program at a free port of `address`.
    pub(crate) fn install(address: Ipv4Addr) -> Self {
        let listener = TcpListener::bind((address, 0)).expect("a free port");
        let folder = work::folder();
        let database = Database::make(super::backend(), folder.path());
        Self {
            address: listener.local_addr().expect("an address"),
            name: address.to_string(),
            folder,
            database,
            serving: None,
            registration: "open",
            environment: Vec::new(),
        }
    }

    /// Installs it where browsers trust a name without a certificate.
    pub(crate) fn install_at_home() -> Self {
        Self { name: "localhost".to_owned(), ..Self::install(Ipv4Addr::LOCALHOST) }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The host, with its port, as it stands in handles.
    pub(crate) fn host(&self) -> String {
        format!("{}:{}", self.name, self.address.port())
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.host())
    }

    /// The folder in which the program is started.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// A command with the settings of this installation.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(arguments).env_clear().current_dir(self.folder.path()).kill_on_drop(true);
        command.env("TERTULIA_URL", self.url("")).env("TERTULIA_LISTEN", self.address.to_string());
        command.env("TERTULIA_DATA", self.folder.path()).env("TERTULIA_DATABASE", self.database.setting());
        command.env("TERTULIA_ALLOW_PRIVATE_NETWORKS", "127.0.0.0/8").env("TERTULIA_REGISTRATION", self.registration);
        command.envs(self.environment.iter().map(|(name, value)| (*name, value)));
        command.env("TERTULIA_LOG", work::variable("TEST_LOG").unwrap_or_else(|| "info".to_owned()));
        command
    }

    /// Runs a command to its end.
    pub(crate) async fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program");
        let mut stdin = child.stdin.take().expect("a pipe");
        // A command that reads nothing may be gone already.
        stdin.write_all(input.as_bytes()).await.ok();
        drop(stdin);
        child.wait_with_output().await.expect("an end")
    }

    /// Runs a command that must succeed, and reads the JSON it prints.
    pub(crate) async fn json(&self, arguments: &[&str], input: &str) -> Value {
        let output = self.run(arguments, input).await;
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {} {said}", output.status);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {output:?}"))
    }

    /// Creates a person and returns a token.
    pub(crate) async fn person(&self, name: &str) -> String {
        let email = format!("{name}@example.org");
        self.json(&["person", "create", name, "--email", &email, "--password-stdin", "--json"], "correct horse\n")
            .await;
        let token = self.json(&["token", "create", name, "--scopes", "read write follow", "--json"], "").await;
        token["access_token"].as_str().expect("a token").to_owned()
    }

    /// Starts serving, and waits until it is ready.
    pub(crate) async fn start(&mut self) {
        let log = File::options().create(true).append(true).open(self.folder.path().join("log")).expect("a log");
        let mut command = self.command(&["serve"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.serving = Some(command.spawn().expect("the program"));
        let ready = Request::new("GET", &self.url("/readyz"));
        eventually(&format!("{} is ready", self.address), || async {
            ready.exchange(self.address).await.ok().filter(|answer| answer.status == 200)
        })
        .await;
    }

    /// What was logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Kills the process at once, as a power cut would.
    pub(crate) async fn kill(&mut self) {
        let mut child = self.serving.take().expect("a running program");
        child.start_kill().expect("a signal");
        child.wait().await.expect("an end");
    }

    /// Asks the process to stop, and returns its exit code.
    pub(crate) async fn stop(&mut self) -> Option<i32> {
        let mut child = self.serving.take().expect("a running program");
        let id = child.id().expect("a process").to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().await.expect("a signal");
        assert!(sent.success());
        child.wait().await.expect("an end").code()
    }

    /// A call of the client API; `None` when there is no answer.
    pub(crate) async fn call(&self, token: &str, method: &str, path: &str, body: &Value) -> Option<Answer> {
        let mut request = Request::new(method, &self.url(path)).with("authorization", &format!("Bearer {token}"));
        if !body.is_null() {
            request = request.with("content-type", "application/json").body(body.to_string());
        }
        request.exchange(self.address).await.ok().inspect(|answer| asked::note(&request, answer))
    }

    /// A call that must succeed.
    pub(crate) async fn api(&self, token: &str, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.call(token, method, path, body).await.expect("an answer");
        assert_eq!(answer.status, 200, "{method} {path}: {}\n{}", answer.text(), self.log());
        answer.value()
    }
}
