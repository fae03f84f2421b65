//! Takes pictures of every page of the demo community, keeps a dozen of them with the documents, and tells how soon the
//! pages that people read most are there.

use std::fs;
use std::path::Path;

use crate::{Outcome, cargo, clients, run};

/// The variable the tests read: the folder for the pictures.
const VARIABLE: &str = "TEST_GALLERY";
/// Where all pictures go, and where some are kept.
const ALL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/gallery");
const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/gallery");
/// The pictures that are kept.
const NAMES: [&str; 13] = [
    "home-1280-light-es",
    "directory-1280-light-en",
    "community-1280-light-es",
    "community-1280-light-en",
    "community-360-dark-es",
    "thread-360-light-es",
    "member-thread-1280-dark-en",
    "member-poll-360-dark-en",
    "compose-1280-light-es",
    "profile-360-light-en",
    "queue-1280-light-es",
    "manage-360-light-es",
    "admin-1280-dark-en",
];

/// The file that says how soon each page was there, and the pages that are told of.
const ARRIVALS: &str = "arrivals.txt";
const READ_MOST: [&str; 4] = ["  community at", "  thread at", "  member-home at", "  thread-500 at"];
/// How soon any page should be there, in milliseconds: what is called good of the largest thing on it.
const SOON: f64 = 2_500.0;

/// How soon the pages that people read most were there, and those that were late. It is kept, and no build fails by it.
fn record(arrivals: &str) -> String {
    let is_late =
        |line: &str| line.trim().split(' ').next().and_then(|ms| ms.parse().ok()).is_some_and(|ms: f64| ms > SOON);
    let is_told = |line: &&str| is_late(line) || READ_MOST.iter().any(|page| line.contains(page));
    let told = arrivals.lines().filter(is_told);
    let lines: Vec<String> =
        told.map(|line| if is_late(line) { format!("{line}  LATE") } else { line.to_owned() }).collect();
    lines.join("\n") + "\n"
}

/// Takes all pictures, in eight views, and keeps some.
pub(crate) fn take() -> Outcome {
    clients::prepare()?;
    // As it is installed: how soon a page of a build for tests is there says nothing.
    let mut tests = cargo(&["test", "--release", "--package", "tests", "gallery::"]);
    tests.env(VARIABLE, ALL);
    run(tests)?;
    let told = |error: std::io::Error| format!("cannot keep the pictures: {error}");
    fs::create_dir_all(KEPT).map_err(told)?;
    for name in NAMES {
        let file = format!("{name}.webp");
        fs::copy(Path::new(ALL).join(&file), Path::new(KEPT).join(&file)).map_err(told)?;
    }
    let arrivals = fs::read_to_string(Path::new(ALL).join(ARRIVALS)).map_err(told)?;
    fs::write(Path::new(KEPT).join(ARRIVALS), record(&arrivals)).map_err(told)?;
    eprint!("xtask: until the largest thing on a page is there:\n{}", record(&arrivals));
    eprintln!("xtask: all pictures are in target/gallery, some of them in docs/gallery");
    Ok(())
}
