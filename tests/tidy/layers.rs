//! Each language is spoken in one crate: URLs, ActivityPub, the Mastodon API, SQL, HTML; and only actions write.

use std::path::Path;

use super::source::{Piece, Source};
use super::{Finding, hold, read, report, root};

/// The benchmarks play the other servers and the clients, so they speak all their languages.
const BENCHMARKS: &str = "crates/server/src/bench";

/// The literals of the program that match, outside the places where they belong.
fn literals(source: &Source, home: &[&str], matches: impl Fn(&str) -> bool) -> Vec<Finding> {
    if !source.is_in(&["crates"]) || source.is_in(home) || source.is_in(&[BENCHMARKS]) {
        return Vec::new();
    }
    let found = |literal: &Piece| (literal.line, format!("\"{}\"", literal.text.replace('\n', " ")));
    source.shipped_literals().filter(|literal| matches(&literal.text)).map(found).collect()
}

/// The words of the program's code, outside the places where they belong.
fn words(source: &Source, home: &[&str], words: &[&str]) -> Vec<Finding> {
    if !source.is_in(&["crates"]) || source.is_in(home) || source.is_in(&[BENCHMARKS]) {
        return Vec::new();
    }
    let found =
        words.iter().flat_map(|word| source.words(word).into_iter().map(move |(_, line)| (line, (*word).to_owned())));
    found.filter(|(line, _)| !source.is_test(*line)).collect()
}

/// What only `domain::urls` may spell: paths with an owner, fragments, and a URL built from pieces.
fn is_url(text: &str) -> bool {
    ["/@", "/activities/", "/.well-known", "/nodeinfo", "#main-key", "#ed25519-key", "://{"]
        .iter()
        .any(|part| text.contains(part))
}

/// The collections of an actor; the client API has paths of its own that end like these.
fn is_collection(text: &str) -> bool {
    ["/inbox", "/outbox", "/followers", "/following", "/featured", "/moderators"].iter().any(|part| text.contains(part))
}

#[test]
fn urls_are_minted_in_one_place() {
    let rule = |source: &Source| {
        // An origin is a host's business; everything behind it is not.
        let home = ["crates/domain/src/urls.rs", "crates/domain/src/urls", "crates/domain/src/host.rs"];
        let mut found = literals(source, &home, is_url);
        found.extend(literals(source, &[&home[..], &["crates/mastodon"]].concat(), is_collection));
        found
    };
    let offenders = [
        ("crates/web/src/pages.rs", "fn f() { format!(\"/@{name}\") }"),
        ("crates/federation/src/doors.rs", "const INBOX: &str = \"/inbox\";"),
        ("crates/app/src/posts.rs", "fn f() { format!(\"https://{host}/x\") }"),
    ];
    let advice = "mint and parse URLs with `domain::urls` (routes: the constants of `domain::urls::path`)";
    hold(rule, &offenders, advice);

    let mut templates = Vec::new();
    let folder = root().join("crates/web/templates");
    if folder.is_dir() {
        super::collect(&folder, &mut templates);
    }
    let bad = |path: &String| {
        let text = read(path);
        let lines = text.lines().enumerate().filter(|(_, line)| line.contains("\"/@"));
        lines.map(|(at, line)| format!("{path}:{}: {}", at + 1, line.trim())).collect::<Vec<_>>()
    };
    report(templates.iter().flat_map(bad), "let the page's Rust side hand a URL of `domain::urls` to the template");
}

#[test]
fn activitypub_is_spoken_in_federation() {
    const NAMES: [&str; 9] = [
        "https://www.w3.org/ns/activitystreams",
        "https://w3id.org/security",
        "@context",
        "attributedTo",
        "orderedItems",
        "preferredUsername",
        "publicKeyPem",
        "sharedInbox",
        "inReplyTo",
    ];
    let rule = |source: &Source| {
        // The media type of an `Accept` header names the vocabulary without speaking it.
        let spoken = |text: &str| !text.contains("profile=") && NAMES.iter().any(|name| text.contains(name));
        let mut found = literals(source, &["crates/federation"], spoken);
        found.extend(words(source, &["crates/federation"], &["attributed_to", "ordered_items", "preferred_username"]));
        found
    };
    let offenders = [
        ("crates/app/src/posts.rs", "fn f() { json!({\"@context\": 1}) }"),
        ("crates/web/src/pages.rs", "struct Note { attributed_to: String }"),
    ];
    hold(rule, &offenders, "ActivityPub is spoken in crates/federation only; elsewhere use the nouns of `domain`");
}

#[test]
fn the_client_api_is_spoken_in_mastodon() {
    const NAMES: [&str; 6] = [
        "spoiler_text",
        "reblogs_count",
        "favourites_count",
        "statuses_count",
        "in_reply_to_account_id",
        "verify_credentials",
    ];
    let rule = |source: &Source| {
        let mut found = literals(source, &["crates/mastodon"], |text| NAMES.iter().any(|name| text.contains(name)));
        found.extend(words(source, &["crates/mastodon"], &NAMES));
        found
    };
    let offenders = [
        ("crates/web/src/pages.rs", "struct Status { reblogs_count: i64 }"),
        ("crates/app/src/posts.rs", "const FIELD: &str = \"spoiler_text\";"),
    ];
    hold(rule, &offenders, "Mastodon's JSON is spoken in crates/mastodon only; elsewhere use the nouns of `domain`");
}

/// Whether a text is a statement rather than a sentence.
fn is_sql(text: &str) -> bool {
    const STARTS: [&str; 12] = [
        "SELECT ",
        "INSERT INTO ",
        "INSERT OR ",
        "DELETE FROM ",
        "CREATE TABLE ",
        "CREATE INDEX ",
        "CREATE DATABASE ",
        "DROP TABLE ",
        "DROP DATABASE ",
        "ALTER TABLE ",
        "PRAGMA ",
        "VACUUM",
    ];
    let text = text.trim_start();
    let shout = text.to_ascii_uppercase();
    let said = STARTS.iter().any(|start| text.starts_with(start));
    said || shout.starts_with("SELECT ") && shout.contains(" FROM ")
        || shout.starts_with("UPDATE ") && shout.contains(" SET ")
}

#[test]
fn sql_is_spoken_in_the_store() {
    let rule = |source: &Source| {
        let mut found = literals(source, &["crates/store"], is_sql);
        found.extend(words(source, &["crates/store"], &["diesel", "sql_query"]));
        found
    };
    let offenders = [
        ("crates/app/src/posts.rs", "const Q: &str = \"SELECT id FROM posts\";"),
        ("crates/server/src/check.rs", "fn f() { diesel::select(1) }"),
    ];
    hold(rule, &offenders, "write the query in crates/store, and name it by what it returns");
}

#[test]
fn html_is_spoken_in_web() {
    const TAGS: [&str; 7] = ["<!doctype", "<html", "<head", "<body", "<form", "<div", "<script"];
    let rule = |source: &Source| {
        // The domain knows the few elements that a post may have.
        let page = |text: &str| TAGS.iter().any(|tag| text.to_ascii_lowercase().contains(tag));
        literals(source, &["crates/web", "crates/domain"], page)
    };
    let offenders = [("crates/mastodon/src/oauth.rs", "const PAGE: &str = \"<!DOCTYPE html>\";")];
    hold(rule, &offenders, "pages and their templates belong to crates/web");

    let mut paths = Vec::new();
    super::collect(&root().join("crates"), &mut paths);
    let page = |path: &String| Path::new(path).extension().is_some_and(|extension| extension == "html");
    paths.retain(|path| page(path) && !path.starts_with("crates/web/"));
    report(paths, "pages and their templates belong to crates/web");
}

#[test]
fn only_actions_write() {
    let rule = |source: &Source| -> Vec<Finding> {
        if !source.is_in(&["crates"]) || source.is_in(&["crates/store", BENCHMARKS]) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (at, line) in source.words(".write(") {
            let before = source.code.get(..at).unwrap_or_default().trim_end().trim_end_matches("()");
            let owner =
                before.rsplit(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap_or_default();
            let after = source.code.get(at + ".write(".len()..).unwrap_or_default().trim_start();
            let transaction = after.starts_with('|') || after.starts_with("move |");
            let database = matches!(owner, "db" | "store" | "database") && !after.starts_with(')');
            let by_the_app = source.is_in(&["crates/app/src/app.rs", "crates/app/src/app"]);
            let by_an_action = source.is_in(&["crates/app"]) && !database;
            if (transaction || database) && !by_the_app && !by_an_action && !source.is_test(line) {
                found.push((line, format!("{owner}.write(…)")));
            }
        }
        found
    };
    let offenders = [
        ("crates/app/src/posts.rs", "fn f() { self.db.write(|tx| g(tx)) }"),
        ("crates/app/src/posts.rs", "fn f() { app.db()\n        .write(task) }"),
        ("crates/web/src/posts.rs", "fn f() { app.write(move |tx| g(tx)).await }"),
    ];
    let advice =
        "doors call an action of `app`; actions write through `App::write`, which alone asks the store for a `Tx`";
    hold(rule, &offenders, advice);
    let fine =
        Source::new("crates/app/src/posts.rs", "fn f() { app.write(move |tx| g(tx)).await; lock.write().push(1) }");
    assert!(rule(&fine).is_empty(), "an action writes like this");
}
