//! What strict clients count on in each entity: a field that is lost, that is new, or of which the kind changed is found in
//! every answer that any of these tests gets, however deep it stands.
use serde_json::{Value, json};

mod answers;
mod known;
mod reference;

use self::{answers::ANSWERS, known::ENTITIES};

fn fields(entity: &str) -> Vec<(&'static str, &'static str)> {
    let (_, fields) = ENTITIES.iter().find(|(name, _)| *name == entity).unwrap_or_else(|| panic!("no entity {entity}"));
    let mut all = Vec::new();
    for field in fields.split_whitespace() {
        match field.strip_prefix("..") {
            Some(whole) => all.extend(self::fields(whole)),
            // Some names have colons.
            None => all.push(field.rsplit_once(':').unwrap()),
        }
    }
    all
}

fn is_address(text: &str) -> bool {
    text.strip_prefix("https://").is_some_and(|rest| !rest.is_empty())
}

/// Fails if a value is not of a kind; `place` says where it stands.
pub(super) fn check(value: &Value, kind: &str, place: &str) {
    if let Some(kind) = kind.strip_suffix('?') {
        if !value.is_null() {
            check(value, kind, place);
        }
        return;
    }
    if let Some(kind) = kind.strip_prefix('[').and_then(|kind| kind.strip_suffix(']')) {
        let items = value.as_array().unwrap_or_else(|| panic!("{place} is {value}, no list"));
        return items.iter().enumerate().for_each(|(at, item)| check(item, kind, &format!("{place}[{at}]")));
    }
    if ENTITIES.iter().any(|(name, _)| *name == kind) {
        return check_entity(value, kind, place);
    }
    let text = value.as_str().unwrap_or_default();
    let right = match kind {
        // Some numbers of Mastodon's own are below nothing.
        "id" => text.parse::<i64>().is_ok_and(|id| id > 0),
        "digits" => !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit()),
        "at" => text.len() == 24 && text.ends_with('Z') && text.as_bytes()[19] == b'.',
        "day" => text.len() == 10 && crate::entities::day(text).is_some(),
        "url" => is_address(text),
        "picture" => is_address(text) && !text.ends_with('/'),
        "socket" => text.starts_with("wss://"),
        "text" => value.is_string(),
        "flag" => value.is_boolean(),
        "count" => value.is_u64(),
        "number" => value.is_number(),
        "map" => value.is_object(),
        "none" => value.is_null(),
        words => value.is_string() && words.split('|').any(|word| word == text),
    };
    assert!(right, "{place} is {value}, no {kind}");
}

fn check_entity(value: &Value, entity: &str, place: &str) {
    let map = value.as_object().unwrap_or_else(|| panic!("{place} is {value}, no {entity}"));
    let fields = fields(entity);
    for (name, kind) in &fields {
        let bare = name.trim_end_matches('?');
        match map.get(bare) {
            Some(value) => check(value, kind, &format!("{place}.{bare}")),
            None => assert!(name.ends_with('?'), "{place} has no {bare}"),
        }
    }
    let is_known = |name: &String| fields.iter().any(|(known, _)| known.trim_end_matches('?') == name);
    let new: Vec<&String> = map.keys().filter(|name| !is_known(name)).collect();
    assert!(new.is_empty(), "{place} has {new:?}, of which no client knows");
}

/// How well a path is one of a route: so many of its parts are the same words.
fn likeness(route: &str, path: &str) -> Option<usize> {
    let (route, path): (Vec<&str>, Vec<&str>) = (route.split('/').collect(), path.split('/').collect());
    let fits = route.len() == path.len()
        && route.iter().zip(&path).all(|(part, word)| part == word || (part.starts_with(':') && !word.is_empty()));
    fits.then(|| route.iter().filter(|part| !part.starts_with(':')).count())
}

/// The kind of what is answered when all is well, of what a route is known.
fn kind(method: &str, path: &str) -> Option<&'static str> {
    let path = path.strip_prefix("/api/").unwrap_or(path).trim_end_matches('/');
    let routes = ANSWERS.iter().flat_map(|(kind, routes)| routes.split(", ").map(move |route| (*kind, route)));
    let like = routes.filter_map(|(kind, route)| {
        let (verb, route) = route.split_once(' ').unwrap();
        Some((likeness(route, path).filter(|_| verb == method)?, kind))
    });
    Some(like.max_by_key(|(likeness, _)| *likeness)?.1)
}

/// Fails if an answer is not what clients of this route read.
pub(super) fn check_answer(asked: &str, status: u16, body: &Value) {
    let (method, path) = asked.split_once(' ').unwrap();
    match (status, kind(method, path)) {
        (200, Some(kind)) => {
            // Of two, the one is told from the other by a moment that only it has.
            let is_later = body.get("scheduled_at").is_some();
            let kind = kind.split_once('/').map_or(kind, |(one, other)| if is_later { other } else { one });
            check(body, kind, asked);
        }
        (202 | 206, Some("MediaAttachment")) => check(body, "MediaInProcess", asked),
        (400.., _) if path.starts_with("/api/") && method != "HEAD" => check(body, "Error", asked),
        _ => {}
    }
}

#[test]
fn of_every_route_it_is_known_what_is_answered() {
    let text = std::fs::read_to_string(super::coverage::path()).unwrap();
    let is_open = |path: &str| path.starts_with("/api/v1/streaming");
    let rows: Vec<[&str; 3]> =
        text.lines().filter(|line| line.ends_with("| yes |")).filter_map(super::coverage::row).collect();
    let unknown = |[method, path, _]: &&[&str; 3]| kind(method, path).is_none() && !is_open(path);
    assert_eq!(rows.iter().filter(unknown).collect::<Vec<_>>(), Vec::<&[&str; 3]>::new());
    assert!(rows.len() > 200, "the table is there");
    for (kind, _) in ANSWERS {
        let entity = kind.split('/').next().unwrap().trim_matches(['[', ']']);
        assert!(
            !entity.starts_with(char::is_uppercase) || !entity.is_empty() && ENTITIES.iter().any(|e| e.0 == entity)
        );
    }
}

#[test]
fn what_is_not_as_clients_read_it_is_found() {
    let right = json!({ "id": "7", "username": "ana", "url": "https://plaza.example/@ana", "acct": "ana" });
    check(&right, "Mention", "mention");
    for (name, wrong) in [("id", json!(7)), ("url", json!("")), ("acct", Value::Null), ("more", json!(true))] {
        let mut entity = right.clone();
        entity[name] = wrong;
        std::panic::catch_unwind(|| check(&entity, "Mention", "mention")).unwrap_err();
    }
    let mut less = right;
    less.as_object_mut().unwrap().remove("username");
    std::panic::catch_unwind(|| check(&less, "Mention", "mention")).unwrap_err();
    for (asked, body) in [
        ("GET /api/v1/accounts/lookup", json!([])),
        ("GET /api/v1/blocks/", json!({})),
        ("POST /api/v1/statuses", json!({ "scheduled_at": "soon" })),
        ("GET /api/v2/notifications/favourite-1/accounts", json!({})),
    ] {
        std::panic::catch_unwind(|| check_answer(asked, 200, &body)).unwrap_err();
    }
    std::panic::catch_unwind(|| check_answer("GET /api/v1/blocks", 404, &json!({ "message": "x" }))).unwrap_err();
}
