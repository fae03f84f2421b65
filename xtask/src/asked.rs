//! Whether the tests asked for every row of the client API that apps rely on, and were answered.

use std::path::Path;

use crate::Outcome;

/// Names the file in which the tests note what they asked, a line each: method, path, status. Whoever only walks past all
/// routes notes nothing.
pub(crate) const VARIABLE: &str = "TEST_ASKED";

/// Where that is.
pub(crate) const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/asked");

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/mastodon-api.md");

/// What apps ask for that is no part of the table, because it does not stand below `/api`.
const BESIDE: &[&str] = &[
    "GET /.well-known/host-meta",
    "GET /.well-known/nodeinfo",
    "GET /.well-known/oauth-authorization-server",
    "GET /.well-known/webfinger",
    "GET /health",
    "GET /nodeinfo/2.0",
    "GET /oauth/authorize",
    "GET /oauth/authorize/native",
    "GET /oauth/userinfo",
    "POST /oauth/authorize",
    "POST /oauth/revoke",
    "POST /oauth/token",
];

/// What is off here, so that the right answer is that it is not there.
const OFF: &[&str] = &[
    "GET /api/v1/collections/:id",
    "GET /api/v1_alpha/async_refreshes/:id",
    "POST /api/v1/collections/:collection_id/items/:id/revoke",
    "POST /api/v1/statuses/:id/translate",
];

/// Forgets what earlier tests asked.
pub(crate) fn begin() -> Outcome {
    std::fs::write(FILE, "").map_err(|error| format!("cannot write {FILE}: {error}"))
}

/// Fails for rows of priority P0 and P1 that no test asked for.
pub(crate) fn check() -> Outcome {
    let read =
        |path: &str| std::fs::read_to_string(Path::new(path)).map_err(|error| format!("cannot read {path}: {error}"));
    let missing = missing(&read(TABLE)?, &read(FILE)?);
    if missing.is_empty() { Ok(()) } else { Err(format!("no test asks for:\n{}", missing.join("\n"))) }
}

/// Method and path of a row of the table, and whether apps rely on it.
fn row(line: &str) -> Option<(String, bool)> {
    let mut cells = line.strip_prefix("| ")?.split(" | ");
    let (method, path, priority) = (cells.next()?, cells.next()?, cells.next()?);
    Some((format!("{method} {}", path.strip_prefix('`')?.strip_suffix('`')?), matches!(priority, "P0" | "P1")))
}

fn missing(table: &str, asked: &str) -> Vec<String> {
    let beside = BESIDE.iter().map(|row| ((*row).to_owned(), true));
    let rows: Vec<(String, bool)> = table.lines().filter_map(row).chain(beside).collect();
    let mut answered: Vec<&str> = Vec::new();
    for line in asked.lines() {
        let Some((request, status)) = line.rsplit_once(' ') else { continue };
        // Of the rows that fit, the one with the fewest places is meant: `lookup` is no `:id`.
        let fitting = rows.iter().map(|(row, _)| row.as_str()).filter(|row| fits(row, request));
        let Some(row) = fitting.min_by_key(|row| row.matches("/:").count()) else { continue };
        if status.starts_with(['2', '3']) || status == "101" || (OFF.contains(&row) && status == "404") {
            answered.push(row);
        }
    }
    let relied = rows.iter().filter(|(_, relied)| *relied).map(|(row, _)| row);
    relied.filter(|row| !answered.contains(&row.as_str())).cloned().collect()
}

/// Whether a request is one of a row, in which `:name` stands for anything.
fn fits(row: &str, request: &str) -> bool {
    let (mut places, mut parts) = (row.split('/'), request.trim_end_matches('/').split('/'));
    loop {
        match (places.next(), parts.next()) {
            (None, None) => return true,
            (Some(place), Some(part)) if place == part || place.starts_with(':') => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_nobody_asks_for_are_found() {
        let table = "| method | path |\n| GET | `/api/v1/accounts/:id` | P0 | yes |\n\
            | GET | `/api/v1/accounts/lookup` | P1 | yes |\n| GET | `/api/v1/annual_reports` | P2 | – |\n\
            | POST | `/api/v1/statuses/:id/translate` | P1 | yes |\n";
        let beside = BESIDE.join(" 302\n");
        let asked = |more: &str| missing(table, &format!("{beside} 302\n{more}"));
        let (one, lookup) = ("GET /api/v1/accounts/:id", "GET /api/v1/accounts/lookup");
        let translate = "POST /api/v1/statuses/:id/translate";
        assert_eq!(asked(""), [one, lookup, translate]);
        assert_eq!(asked("GET /api/v1/accounts/lookup 200\nPOST /api/v1/statuses/4/translate 404\n"), [one]);
        assert_eq!(asked("GET /api/v1/accounts/7/ 200\nGET /api/v1/accounts/lookup 404\n"), [lookup, translate]);
        assert_eq!(missing("", "").len(), BESIDE.len());
    }
}
