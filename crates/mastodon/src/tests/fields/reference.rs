//! The table of fields held against the reference of what clients need, where that lies beside the project.
use serde_json::Value;

use super::{ENTITIES, fields};

const REFERENCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/mastodon-entities.md");

/// How the points of the reference begin that tell of entities, and of which.
const POINTS: &[(&str, &str)] = &[
    ("- Also send `avatar_static", "Account"),
    ("- CredentialAccount", "CredentialAccount"),
    ("- Familiar followers", "FamiliarFollowers"),
    ("- Relationship", "Relationship"),
    ("- IceCubes needs", "Status"),
    ("- Tusky needs", "Status"),
    ("- mastodon-android needs", "Status"),
    ("- Always send", "Status StatusSource"),
    ("- A boost wrapper", "Status"),
    ("- Mention ", "Status"),
    ("- Quote ", "Quote QuoteApproval"),
    ("- StatusEdit", "StatusEdit StatusSource Status"),
    ("- Context", "Context"),
    ("- MediaAttachment", "MediaAttachment"),
    ("- Poll", "Poll"),
    ("- PreviewCard", "PreviewCard"),
    ("- Tag: ", "Tag CustomEmoji"),
    ("- v1: `id type", "Notification"),
    ("- v2: `accounts[]", "GroupedNotificationsResults"),
    ("- Policy:", "NotificationPolicy"),
    ("- Request:", "NotificationRequest"),
    ("- Types:", "Notification"),
    ("- Filter v2", "Filter FilterResult FirstFilter"),
    ("- Marker", "Marker List Conversation"),
    ("- Search", "Search Announcement FeaturedTag"),
];

/// What stands in those points and is no field there: values, what is to be left out, and what came with a later version
/// than the one that we are.
const OTHER: &[&str] = &["null", "true", "\"\"", "following", "for_bots", "history", "source", "ungrouped-ID"];

/// All words of an entity and of those within: fields, and what their values may be.
fn words(entity: &str, all: &mut Vec<String>) {
    let mut seen = vec![entity.to_owned()];
    let mut at = 0;
    while let Some(entity) = seen.get(at).cloned() {
        at += 1;
        for (name, kind) in fields(&entity) {
            all.push(name.trim_end_matches('?').to_owned());
            let kind = kind.trim_end_matches('?').trim_matches(['[', ']']);
            if !ENTITIES.iter().any(|(name, _)| *name == kind) {
                all.extend(kind.split('|').map(str::to_owned));
            } else if !seen.iter().any(|known| known == kind) {
                seen.push(kind.to_owned());
            }
        }
    }
}

/// The points of a list, each with the lines that belong to it.
fn points(text: &str) -> Vec<String> {
    let mut points: Vec<String> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("  "), points.last_mut()) {
            (Some(more), Some(point)) => *point = format!("{point} {more}"),
            _ => points.push(line.to_owned()),
        }
    }
    points
}

/// The names that a point has in its quotes; in one without quotes, all its words.
fn names(point: &str) -> Vec<&str> {
    let quoted: Vec<&str> = point.split('`').skip(1).step_by(2).collect();
    let texts = if quoted.is_empty() { vec![point.split_once(':').unwrap().1.trim_end_matches('.')] } else { quoted };
    // What stands in parentheses says more of a field.
    let plain = texts.into_iter().flat_map(|text| text.split(['(', ')']).step_by(2));
    let parts = plain.flat_map(|text| text.split([' ', ',', '{', '}', '[', ']', '|', ':']));
    // `meta.focus` is a field of a field; `admin.report` is a word.
    let parts = parts.flat_map(|part| match part.split_once('.') {
        Some((first, rest)) if first != "admin" => vec![first, rest],
        _ => vec![part],
    });
    parts.map(|part| part.trim_matches('.')).filter(|part| !part.is_empty()).collect()
}

/// Fails if an example has a field that the entity has not.
fn check_example(example: &Value, entity: &str) {
    let Value::Object(map) = example else { return };
    let known = fields(entity);
    for (name, value) in map {
        let field = known.iter().find(|(known, _)| known.trim_end_matches('?') == name);
        let (_, kind) = field.unwrap_or_else(|| panic!("{entity} has no {name}"));
        let kind = kind.trim_end_matches('?').trim_matches(['[', ']']);
        if ENTITIES.iter().any(|(name, _)| *name == kind) {
            let items = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
            for item in &items {
                check_example(item, kind);
            }
        }
    }
}

#[test]
fn the_reference_names_no_field_that_is_not_sent() {
    let Ok(text) = std::fs::read_to_string(REFERENCE) else {
        return eprintln!("skipped: there is no {REFERENCE}");
    };
    let points = points(&text);
    for (start, entities) in POINTS {
        let mut known = Vec::new();
        entities.split(' ').for_each(|entity| words(entity, &mut known));
        let point = points.iter().find(|point| point.starts_with(start)).unwrap_or_else(|| panic!("no point {start}"));
        let names = names(point);
        assert!(names.len() > 1, "{point}");
        let strange: Vec<&&str> =
            names.iter().filter(|name| !OTHER.contains(name) && !known.iter().any(|known| known == **name)).collect();
        assert!(strange.is_empty(), "{entities} without {strange:?}: {point}");
    }
    let account = fields("Account");
    let table = text.lines().skip_while(|line| !line.starts_with("## 5. Account")).skip(4);
    let rows: Vec<&str> = table.take_while(|line| line.starts_with('|')).collect();
    assert!(rows.len() > 8, "the table of accounts");
    for name in rows.iter().flat_map(|row| row.split('|').nth(1).unwrap().split(',')) {
        let name = name.split(['[', '(']).next().unwrap().trim();
        let is_field = name.starts_with('.') || account.iter().any(|(known, _)| known.trim_end_matches('?') == name);
        assert!(is_field, "Account has no {name}");
    }
    let example = text.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    check_example(&serde_json::from_str(example).unwrap(), "Instance");
}
