//! Collections of other servers, and pages of them: what they hold, and where that goes on.
use serde_json::Value;

use super::shape::{each, http, id, ids_of, is_a};

/// How many items of one page are read.
const ITEMS: usize = 500;

/// What a collection, or a page of one, says of what it holds; whether it was fetched, embedded, or only named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The ids of what it holds: of activities, those of what they are about.
    pub items: Vec<String>,
    /// The page that comes next.
    pub next: Option<String>,
}

impl Listing {
    /// Reads a collection, a page, or the id of either.
    pub fn of(value: &Value) -> Self {
        let url = |value: &Value| id(value).and_then(http).map(str::to_owned);
        let Value::Object(_) = value else { return Self { items: Vec::new(), next: url(value) } };
        let mut items = items(value);
        let first = each(value, "first").next();
        let inside = first.filter(|page| page.is_object()).map(Self::of);
        if let Some(page) = inside {
            items.extend(page.items);
            return Self { items, next: page.next };
        }
        let next = first.filter(|_| items.is_empty()).or_else(|| each(value, "next").next()).and_then(url);
        // What is embedded without its items has to be asked for by its id.
        let itself = || url(value).filter(|_| items.is_empty());
        Self { next: next.or_else(itself), items }
    }
}

fn items(page: &Value) -> Vec<String> {
    let key = if page.get("orderedItems").is_some() { "orderedItems" } else { "items" };
    if each(page, key).all(Value::is_string) {
        return ids_of(page, key, ITEMS);
    }
    let mut found: Vec<String> = Vec::new();
    for thing in each(page, key).filter_map(|item| thing(item, 2)).take(ITEMS) {
        if !found.iter().any(|known| known == thing) {
            found.push(thing.to_owned());
        }
    }
    found
}

/// The id of a thing; of an activity, and of one that passes it on, that of what it is about.
fn thing(item: &Value, depth: u8) -> Option<&str> {
    let about = ["Create", "Announce", "Update"].into_iter().any(|kind| is_a(item, kind));
    match each(item, "object").next() {
        Some(object) if about && depth > 0 => thing(object, depth - 1),
        _ => id(item),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn listing(items: &[&str], next: Option<&str>) -> Listing {
        Listing { items: items.iter().map(ToString::to_string).collect(), next: next.map(str::to_owned) }
    }

    #[test]
    fn every_way_to_write_a_collection() {
        let url = "https://a.test/1/replies";
        for (value, expected) in [
            (json!(null), listing(&[], None)),
            (json!("nonsense"), listing(&[], None)),
            (json!(url), listing(&[], Some(url))),
            (json!({ "id": url, "type": "Collection", "totalItems": 3 }), listing(&[], Some(url))),
            (
                json!({ "id": url, "totalItems": 3, "first": format!("{url}?page=1") }),
                listing(&[], Some("https://a.test/1/replies?page=1")),
            ),
            (
                json!({ "id": url, "first": { "type": "CollectionPage", "items": ["https://a.test/2"], "next": format!("{url}?p=2") } }),
                listing(&["https://a.test/2"], Some("https://a.test/1/replies?p=2")),
            ),
            (json!({ "id": url, "orderedItems": "https://a.test/2" }), listing(&["https://a.test/2"], None)),
            (
                json!({ "id": url, "items": [{ "id": "https://a.test/3" }, 7, "https://b.test/4", { "id": "https://a.test/3" }] }),
                listing(&["https://a.test/3", "https://b.test/4"], None),
            ),
            (
                json!({ "type": "CollectionPage", "items": [], "next": format!("{url}?p=3") }),
                listing(&[], Some("https://a.test/1/replies?p=3")),
            ),
        ] {
            assert_eq!(Listing::of(&value), expected, "{value}");
        }
    }

    #[test]
    fn activities_stand_for_what_they_are_about() {
        let create = json!({ "id": "https://a.test/c", "type": "Create", "object": { "id": "https://a.test/5", "type": "Page" } });
        let announce = json!({ "id": "https://a.test/a", "type": "Announce", "object": create });
        let shared = json!({ "id": "https://a.test/b", "type": "Announce", "object": "https://b.test/6" });
        let outbox = json!({ "type": "OrderedCollection", "orderedItems": [announce, shared, "https://c.test/7"] });
        assert_eq!(Listing::of(&outbox).items, ["https://a.test/5", "https://b.test/6", "https://c.test/7"]);
    }
}
