//! The table of routes in the documentation is what the routes are.
use std::fmt::Write as _;

use actix_web::{http::Method, test::TestRequest};

use super::world;

/// Where the table is.
pub(super) fn path() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/mastodon-api.md")
}

/// A row of the table: method, path, priority.
pub(super) fn row(line: &str) -> Option<[&str; 3]> {
    let mut cells = line.strip_prefix("| ")?.split(" | ");
    let (method, path, priority) = (cells.next()?, cells.next()?, cells.next()?);
    let path = path.strip_prefix('`')?.strip_suffix('`')?;
    Some([method, path, priority])
}

/// A path with something in the place of every name.
fn filled(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with(':') { "1" } else { part }).collect::<Vec<_>>().join("/")
}

#[actix_web::test]
#[expect(clippy::disallowed_methods, reason = "whoever wants the table written anew says so in the environment")]
async fn what_the_table_promises_is_answered() {
    let world = world(false).await.unwrap();
    let text = std::fs::read_to_string(path()).unwrap();
    let (mut now, mut rows, mut lost) = (String::new(), 0, Vec::new());
    for line in text.lines() {
        let Some([method, path, priority]) = row(line) else {
            writeln!(now, "{line}").unwrap();
            continue;
        };
        rows += 1;
        let verb = Method::from_bytes(method.as_bytes()).unwrap();
        let answer = world.glance(TestRequest::default().method(verb).uri(&filled(path))).await;
        assert!(answer.status != 500, "{method} {path}: {:?}", answer.body);
        let is_answered = answer.status != 404 || answer.body["error"] != "Not Found";
        if line.ends_with("| yes |") && !is_answered {
            lost.push(line);
        }
        let answered = if is_answered { "yes" } else { "–" };
        writeln!(now, "| {method} | `{path}` | {priority} | {answered} |").unwrap();
    }
    assert!(rows > 200, "the table is there");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path(), now).unwrap();
    } else {
        assert!(
            lost.is_empty(),
            "docs/mastodon-api.md promises what is not answered; UPDATE=1 writes it anew: {lost:#?}"
        );
    }
}

/// The paths in the source of this crate, as the table spells them.
fn routed(folder: &std::path::Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            routed(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let literals = text.split("at(\"/v").skip(1).filter_map(|rest| rest.split('"').next());
            found.extend(literals.map(|path| format!("/api/v{path}")));
        }
    }
}

#[test]
fn every_route_is_in_the_table() {
    let text = std::fs::read_to_string(path()).unwrap();
    let shape = |path: &str| -> String {
        path.split('/').map(|part| if part.starts_with([':', '{']) { ":" } else { part }).collect::<Vec<_>>().join("/")
    };
    let known: Vec<String> = text.lines().filter_map(row).map(|[_, path, _]| shape(path)).collect();
    let mut found = Vec::new();
    routed(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() > 100, "routes are found in the source");
    let missing: Vec<&String> = found.iter().filter(|path| !known.contains(&shape(path))).collect();
    assert!(missing.is_empty(), "not in docs/mastodon-api.md: {missing:?}");
}
