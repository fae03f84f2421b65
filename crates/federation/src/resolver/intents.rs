//! What the servers of others offer to do for their people with something of ours (FEP-3b86, or as `OStatus` had it).
use app::elsewhere::Deed;
use url::{Url, form_urlencoded};

/// The relations by which servers say where that is done, the best first.
const fn relations(deed: Deed) -> [&'static str; 3] {
    const ANY: &str = "https://w3id.org/fep/3b86/Object";
    const SUBSCRIBE: &str = "http://ostatus.org/schema/1.0/subscribe";
    match deed {
        Deed::Follow => ["https://w3id.org/fep/3b86/Follow", ANY, SUBSCRIBE],
        Deed::Reply => ["https://w3id.org/fep/3b86/Create", ANY, SUBSCRIBE],
        Deed::Like => ["https://w3id.org/fep/3b86/Like", ANY, SUBSCRIBE],
        Deed::Share => ["https://w3id.org/fep/3b86/Announce", ANY, SUBSCRIBE],
    }
}

/// Where that is done with `object`, as these relations and templates say.
pub(super) fn choose(templates: &[(String, String)], deed: Deed, object: &str) -> Option<String> {
    relations(deed).into_iter().find_map(|relation| {
        let (_, template) = templates.iter().find(|(rel, _)| rel == relation)?;
        fill(template, object)
    })
}

/// A template with what it asks for: the object under each of its names, nothing for the rest.
fn fill(template: &str, object: &str) -> Option<String> {
    const NAMES: [&str; 3] = ["object", "uri", "inReplyTo"];
    let object: String = form_urlencoded::byte_serialize(object.as_bytes()).collect();
    let (mut filled, mut rest, mut is_asked) = (String::new(), template, false);
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        filled.push_str(before);
        if NAMES.contains(&name) {
            filled.push_str(&object);
            is_asked = true;
        }
        rest = after;
    }
    filled.push_str(rest);
    let url = Url::parse(&filled).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    is_asked.then(|| url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_relation_counts() {
        let pair = |rel: &str, host: &str| (rel.to_owned(), format!("https://{host}/?u={{uri}}"));
        let all = [
            pair("http://ostatus.org/schema/1.0/subscribe", "old.test"),
            pair("https://w3id.org/fep/3b86/Follow", "new.test"),
            pair("https://w3id.org/fep/3b86/Announce", "share.test"),
        ];
        assert_eq!(choose(&all, Deed::Follow, "x").as_deref(), Some("https://new.test/?u=x"));
        assert_eq!(choose(&all, Deed::Like, "x").as_deref(), Some("https://old.test/?u=x"));
        assert_eq!(choose(&all, Deed::Share, "x").as_deref(), Some("https://share.test/?u=x"));
        assert_eq!(choose(&[], Deed::Like, "x"), None);
    }

    #[test]
    fn templates_are_filled_with_what_they_ask_for() {
        let object = "https://plaza.test/@huerto?a=b";
        let filled = fill("https://m.test/authorize_interaction?uri={uri}", object);
        assert_eq!(
            filled.as_deref(),
            Some("https://m.test/authorize_interaction?uri=https%3A%2F%2Fplaza.test%2F%40huerto%3Fa%3Db")
        );
        let filled = fill("https://e.test/share?to={inReplyTo}&text={content}&back={on-success}", "https://a.test/1");
        assert_eq!(filled.as_deref(), Some("https://e.test/share?to=https%3A%2F%2Fa.test%2F1&text=&back="));
        for useless in ["https://m.test/", "https://m.test/{uri", "javascript:{uri}", "{uri}", ""] {
            assert_eq!(fill(useless, object), None, "{useless}");
        }
    }
}
