//! Finds PostgreSQL's server programs on this machine, or installs them where we may.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Outcome, env, run};

/// The oldest PostgreSQL that Tertulia supports.
const OLDEST: u32 = 14;

const MISSING: &str =
    "the tests need the server programs of PostgreSQL 14 or newer (initdb, postgres), and they were not found.
Install the package `postgresql` (Debian, Ubuntu), `postgresql-server` (Fedora), `postgresql` (Alpine, Arch, Homebrew),
or name a server whose superuser the tests may use: TEST_POSTGRES_URL=postgres://user:password@host/postgres";

/// The folder with `initdb` and `postgres`.
pub(super) fn find_or_install() -> Outcome<PathBuf> {
    if let Some(folder) = find() {
        return Ok(folder);
    }
    // The cluster that Debian's package may start by itself is not used.
    if is_root() && Path::new("/usr/bin/apt-get").exists() {
        run(apt(&["update", "-qq"]))?;
        run(apt(&["install", "-qq", "--no-install-recommends", "postgresql"]))?;
    }
    find().ok_or_else(|| MISSING.to_owned())
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

fn apt(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.arg("-y").args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// The newest of all installations that are new enough.
fn find() -> Option<PathBuf> {
    let path = env("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        folders.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    // Debian, Fedora's upstream packages, Homebrew on ARM and on Intel.
    folders.extend(children("/usr/lib/postgresql", "", "bin"));
    folders.extend(children("/usr", "pgsql-", "bin"));
    folders.extend(children("/opt/homebrew/opt", "postgresql", "bin"));
    folders.extend(children("/usr/local/opt", "postgresql", "bin"));
    let (version, folder) = folders.into_iter().filter_map(|folder| Some((version(&folder)?, folder))).max()?;
    (version >= OLDEST).then_some(folder)
}

/// `folder/prefix*/inner` for whatever exists.
fn children(folder: &str, prefix: &str, inner: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
        .map(|entry| entry.path().join(inner))
        .collect()
}

/// The major version of a folder that has both programs: `postgres (PostgreSQL) 15.18 (Debian …)`.
fn version(folder: &Path) -> Option<u32> {
    let programs = [folder.join("initdb"), folder.join("postgres")];
    programs.iter().all(|program| program.is_file()).then_some(())?;
    let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split_whitespace().find_map(|word| word.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok())
}
