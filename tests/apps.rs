//! Clients that others wrote, each with its own idea of what a server says: they log in, join and talk.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use crate::network::{Program, on_both, variable};

/// A program of the clients that the test command installs.
fn client(name: &str) -> PathBuf {
    let usual = || concat!(env!("CARGO_MANIFEST_DIR"), "/../target/clients/bin").to_owned();
    let program = Path::new(&variable("TEST_CLIENTS").unwrap_or_else(usual)).join(name);
    assert!(program.exists(), "{} is missing: cargo xtask test installs it", program.display());
    program
}

/// A server with a person who administers it and a community.
async fn town(address: Ipv4Addr) -> Program {
    let mut program = Program::install(address);
    program.person("ana").await;
    let group = ["group", "create", "huerto", "--title", "Huerto urbano", "--owner", "ana", "--json"];
    program.json(&group, "").await;
    program.start().await;
    program
}

/// `walk.py`: registers, logs in by the pages, joins, posts with a picture, searches, edits, votes, leaves.
async fn mastodon_py_lives_here() {
    let mut town = town(Ipv4Addr::new(127, 0, 0, 41)).await;
    let mut walk = Command::new(client("python"));
    walk.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/apps/walk.py")).args([&town.url(""), "huerto"]);
    let walked = walk.stdin(Stdio::null()).kill_on_drop(true).output().await.expect("Python");
    let said = String::from_utf8_lossy(&walked.stdout);
    let trouble = String::from_utf8_lossy(&walked.stderr);
    assert!(walked.status.success(), "{said}\n{trouble}\n{}", town.log());
    assert_eq!(town.stop().await, Some(0));
}

on_both! {
    mastodon_py_lives_here,
}
