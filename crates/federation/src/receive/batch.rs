//! What is said of several things at once: a list, or a collection that came along.
use app::Result;
use serde_json::Value;

use super::{Context, Plan, act, ignore, name};
use crate::parse::{self, Incoming, Object, Verb, shape};

/// How many things are looked at.
const MOST: usize = 100;

/// What is spoken of, if it is several things. A report is about all of them together; and what is passed on is looked at
/// one level deep.
pub(super) fn items<'a>(context: &Context<'_>, activity: &Incoming<'a>) -> Option<Vec<&'a Value>> {
    if context.group.is_some() || matches!(activity.verb, Verb::Flag | Verb::Other) { None } else { several(activity) }
}

fn several<'a>(activity: &Incoming<'a>) -> Option<Vec<&'a Value>> {
    let object = activity.raw.get("object")?;
    if let Value::Array(items) = object {
        return (items.len() > 1).then(|| items.iter().take(MOST).collect());
    }
    let lists = ["items", "orderedItems"];
    let is_collection = activity.verb == Verb::Announce && shape::types(object).any(|name| name.contains("Collection"));
    is_collection.then(|| lists.into_iter().flat_map(|key| shape::each(object, key)).take(MOST).collect())
}

/// Each thing is applied by itself, as if it had come alone; no deeper. What proved the whole proves nothing of a part.
pub(super) fn unpack(context: &Context<'_>, outer: &Incoming<'_>, items: &[&Value], stored: &str) -> Result<Plan> {
    if outer.verb == Verb::Announce && !context.actor.is_group() {
        return ignore("only groups pass on several things at once");
    }
    let alone = |(index, item): (usize, &&Value)| {
        let uri = format!("{}#{index}", name(outer, stored));
        let mut whole = outer.raw.as_object()?.clone();
        whole.retain(|key, _| !["proof", "signature"].contains(&key.as_str()));
        whole.insert("id".into(), uri.clone().into());
        whole.insert("object".into(), (*item).clone());
        let whole = Value::Object(whole);
        let is_one = parse::activity(&whole).is_ok_and(|one| several(&one).is_none() && one.object != Object::None);
        is_one.then(|| (uri, whole.to_string()))
    };
    let pieces: Vec<(String, String)> = items.iter().enumerate().filter_map(alone).collect();
    let (actor, kind) = (context.actor.uri.clone(), outer.kind.to_owned());
    act(move |tx| app::inbox::unpack(tx, &actor, &kind, &pieces))
}
