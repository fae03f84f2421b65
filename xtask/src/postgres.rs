//! A throw-away PostgreSQL: made in a temporary folder, gone with the process that asked for it.

mod programs;

use std::fs::{self, DirBuilder, File};
use std::io::{self, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::{Outcome, env};

/// The variable the tests read: the URL of a superuser in a maintenance database.
pub(crate) const VARIABLE: &str = "TEST_POSTGRES_URL";

/// Starts the server with its arguments, and stops it and removes its folder (`$1`) as soon as standard input closes:
/// that is when we drop it, and also when we are killed in any way, because then the kernel closes it.
const GUARD: &str = r#"
exec 3<&0
folder=$1; shift
"$@" >"$folder/log" 2>&1 </dev/null & server=$!
(cat <&3 >/dev/null; kill -INT $server) 2>/dev/null & guard=$!
wait $server
kill $guard 2>/dev/null
rm -rf "$folder"
"#;

/// Nothing here outlives the run, so durability is only a cost; many tests keep a pool each.
const TUNING: [&str; 7] = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=400",
    "shared_buffers=64MB",
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
];

/// The URL for the tests, with the server behind it unless the developer named one of their own.
pub(crate) fn for_tests() -> Outcome<(String, Option<Server>)> {
    if let Some(url) = env(VARIABLE) {
        return Ok((url, None));
    }
    let server = Server::start()?;
    Ok((server.url.clone(), Some(server)))
}

/// Runs a server until it is interrupted.
pub(crate) fn foreground() -> Outcome {
    let mut server = Server::start()?;
    println!("{}", server.url);
    eprintln!("xtask: export {VARIABLE} with this URL; Ctrl-C stops the server and removes its data");
    server.process.wait().map(|_| ()).map_err(|error| format!("lost sight of PostgreSQL: {error}"))
}

/// A running server; dropping it stops it and removes its data.
pub(crate) struct Server {
    url: String,
    process: Child,
    /// Its closing is the order to stop.
    lifeline: Option<ChildStdin>,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        if let Err(error) = self.process.wait() {
            eprintln!("xtask: lost sight of PostgreSQL: {error}");
        }
    }
}

impl Server {
    fn start() -> Outcome<Self> {
        let programs = programs::find_or_install()?;
        // Another process may take the port between our choice and the server's start.
        let mut reason = String::new();
        for _ in 0..3 {
            match Self::try_start(&programs) {
                Ok(server) => return Ok(server),
                Err(error) => reason = error,
            }
        }
        Err(reason)
    }

    fn try_start(programs: &Path) -> Outcome<Self> {
        let told = |error: io::Error| format!("cannot start a throw-away PostgreSQL: {error}");
        let secret = random().map_err(told)?;
        let port = free_port().map_err(told)?;
        let home = Home::make(&random().map_err(told)?).map_err(told)?;
        home.initialise(programs, &secret)?;

        let mut command = home.command("sh");
        command.args(["-c", GUARD, "sh"]).arg(&home.folder).arg(programs.join("postgres"));
        command.arg("-D").arg(home.data()).args(["-p", &port.to_string()]);
        command.args(TUNING.iter().flat_map(|setting| ["-c", setting]));
        // Its own process group: Ctrl-C reaches us and the tests, and the guard does the rest in order.
        let mut process = command.process_group(0).stdin(Stdio::piped()).spawn().map_err(told)?;
        let lifeline = process.stdin.take();
        let url = format!("postgres://tertulia:{secret}@127.0.0.1:{port}/postgres");
        let mut server = Self { url, process, lifeline };
        server.wait_until_ready(&home)?;
        Ok(server)
    }

    fn wait_until_ready(&mut self, home: &Home) -> Outcome {
        for _ in 0..600 {
            // The eighth line of this file is what pg_ctl itself waits for.
            let state = fs::read_to_string(home.data().join("postmaster.pid")).unwrap_or_default();
            if state.lines().nth(7).is_some_and(|line| line.trim() == "ready") {
                return Ok(());
            }
            let log = fs::read_to_string(home.folder.join("log")).unwrap_or_default();
            if !matches!(self.process.try_wait(), Ok(None)) {
                return Err(format!("PostgreSQL stopped at once\n{log}"));
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err("PostgreSQL was not ready after 30 seconds".to_owned())
    }
}

/// The temporary folder and who owns it: PostgreSQL refuses to run as root, so root gives way to a lesser user.
struct Home {
    folder: PathBuf,
    owner: Option<(u32, u32)>,
}

impl Home {
    fn make(name: &str) -> io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("tertulia-postgres-{name}"));
        DirBuilder::new().mode(0o700).create(&folder)?;
        let owner = if fs::metadata(&folder)?.uid() == 0 { Some(lesser_user()?) } else { None };
        if let Some((user, group)) = owner {
            chown(&folder, Some(user), Some(group))?;
        }
        Ok(Self { folder, owner })
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A command run by the owner, in the folder.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder).env("LC_ALL", "C");
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command
    }

    fn initialise(&self, programs: &Path, secret: &str) -> Outcome {
        let told = |reason: String| {
            // Nobody guards the folder yet.
            let left = fs::remove_dir_all(&self.folder).err().map(|error| format!(" ({error})"));
            format!("cannot initialise a throw-away PostgreSQL: {reason}{}", left.unwrap_or_default())
        };
        let password = self.folder.join("password");
        fs::write(&password, secret).map_err(|error| told(error.to_string()))?;
        if let Some((user, group)) = self.owner {
            chown(&password, Some(user), Some(group)).map_err(|error| told(error.to_string()))?;
        }
        let mut command = self.command(programs.join("initdb"));
        command.arg("--pgdata").arg(self.data()).arg("--pwfile").arg(&password);
        command.args(["--username=tertulia", "--auth=password", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        let output = command.output().map_err(|error| told(error.to_string()))?;
        if output.status.success() { Ok(()) } else { Err(told(String::from_utf8_lossy(&output.stderr).into_owned())) }
    }
}

/// The user and group that stand in for root.
fn lesser_user() -> io::Result<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd")?;
    let ids = |name: &str| {
        users.lines().find_map(|line| {
            let mut fields = line.split(':');
            (fields.next() == Some(name)).then_some(())?;
            Some((fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?))
        })
    };
    ids("postgres").or_else(|| ids("nobody")).ok_or_else(|| {
        io::Error::other("PostgreSQL refuses to run as root, and there is neither a user `postgres` nor `nobody`")
    })
}

/// A word that no other user of this machine can guess.
fn random() -> io::Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
