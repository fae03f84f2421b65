//! The crates know one another in one direction only, and each foreign language has its crates.

use std::collections::BTreeSet;

use super::{collect, read, report, root};

/// Every crate of the house and which others it may know.
const EDGES: [(&str, &[&str]); 9] = [
    ("domain", &[]),
    ("store", &["domain"]),
    ("app", &["domain", "store"]),
    ("federation", &["app", "domain", "store"]),
    ("mastodon", &["app", "domain", "store"]),
    ("web", &["app", "domain", "store"]),
    ("server", &["app", "domain", "federation", "mastodon", "store", "web"]),
    ("tests", &["app", "domain", "federation", "mastodon", "server", "store", "web"]),
    ("xtask", &[]),
];

/// Who may speak to the world outside, and through what.
const SPEAKERS: [(&str, &[&str]); 8] = [
    ("actix-web", &["federation", "mastodon", "web", "server", "tests"]),
    ("askama", &["web"]),
    ("clap", &["server"]),
    ("diesel", &["store", "tests"]),
    ("diesel_migrations", &["store"]),
    ("lettre", &["server"]),
    ("object_store", &["app", "server"]),
    ("reqwest", &["server"]),
];

/// What is wrong with the dependencies of one crate.
fn problems(name: &str, manifest: &str) -> Vec<String> {
    let manifest: toml::Table = manifest.parse().expect("cargo reads this file too");
    let Some((_, allowed)) = EDGES.iter().find(|(crate_, _)| *crate_ == name) else {
        return vec![format!("{name}: an unknown crate")];
    };
    let mut found = Vec::new();
    for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let names = manifest.get(section).and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::keys);
        for dependency in names {
            let ours = EDGES.iter().any(|(crate_, _)| crate_ == dependency);
            let speakers = SPEAKERS.iter().find(|(crate_, _)| crate_ == dependency);
            if ours && !allowed.contains(&dependency.as_str()) {
                found.push(format!("{name}: must not know `{dependency}` ({section})"));
            } else if speakers.is_some_and(|(_, who)| !who.contains(&name)) {
                found.push(format!("{name}: `{dependency}` is not its language ({section})"));
            }
        }
    }
    found
}

#[test]
fn crates_know_only_those_below() {
    assert!(!problems("domain", "[dependencies]\nstore.workspace = true").is_empty(), "an edge upwards");
    assert!(!problems("web", "[dev-dependencies]\nfederation.workspace = true").is_empty(), "between doors");
    assert!(!problems("app", "[dependencies]\nreqwest = { workspace = true }").is_empty(), "HTTP in the middle");
    assert!(!problems("media", "[dependencies]").is_empty(), "a new crate");

    let mut paths = Vec::new();
    collect(&root().join("crates"), &mut paths);
    paths.extend(["tests/Cargo.toml".to_owned(), "xtask/Cargo.toml".to_owned()]);
    paths.retain(|path| path.ends_with("/Cargo.toml"));
    let name = |path: &str| path.split('/').nth_back(1).expect("a folder").to_owned();
    let names: BTreeSet<String> = paths.iter().map(|path| name(path)).collect();
    let known: BTreeSet<String> = EDGES.iter().map(|(crate_, _)| (*crate_).to_owned()).collect();
    assert_eq!(names, known, "a crate comes or goes with a decision record, and with the tables of this test");
    let found = paths.iter().flat_map(|path| problems(&name(path), &read(path)));
    report(found, "the crates are the layers of the house; see ARCHITECTURE.md, and put the code where it belongs");
}
