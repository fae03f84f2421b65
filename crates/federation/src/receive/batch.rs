//! What is said of several things at once: a list, or a collection that came along.
use app::Result;
use serde_json::Value;

use super::{Context, Plan, act, ignore, name};
use crate::parse::{self, Incoming, Object, Verb, shape};

/// How many things are looked at.
const MOST: usize = 100;

/// What is spoken of, if it is several things. A report is about all of them together; and what is passed on is looked at
/// one level deep.
pub(super) fn items(context: &Context<'_>, activity: &Incoming<'_>) -> Option<Vec<Value>> {
    if context.group.is_some() || matches!(activity.verb, Verb::Flag | Verb::Other) { None } else { several(activity) }
}

fn several(activity: &Incoming<'_>) -> Option<Vec<Value>> {
    let object = activity.raw.get("object")?;
    if let Value::Array(items) = object {
        return (items.len() > 1).then(|| items.iter().take(MOST).cloned().collect());
    }
    if activity.verb != Verb::Announce {
        return None;
    }
    if shape::types(object).any(|name| name.contains("Collection")) {
        let lists = ["items", "orderedItems"];
        return Some(lists.into_iter().flat_map(|key| shape::each(object, key)).take(MOST).cloned().collect());
    }
    // Somebody did it to several things: to each of them by itself.
    let inner = activity.object.activity().filter(|inner| !matches!(inner.verb, Verb::Flag | Verb::Other))?;
    Some(several(&inner)?.into_iter().filter_map(|item| with_object(object, item)).collect())
}

/// The same about one thing alone. What proved the whole proves nothing of a part.
fn with_object(whole: &Value, item: Value) -> Option<Value> {
    let mut whole = whole.as_object()?.clone();
    whole.retain(|key, _| !["proof", "signature"].contains(&key.as_str()));
    whole.insert("object".into(), item);
    Some(Value::Object(whole))
}

/// Each thing is applied by itself, as if it had come alone; no deeper.
pub(super) fn unpack(context: &Context<'_>, outer: &Incoming<'_>, items: Vec<Value>, stored: &str) -> Result<Plan> {
    if outer.verb == Verb::Announce && !context.actor.is_group() {
        return ignore("only groups pass on several things at once");
    }
    let alone = |(index, item)| {
        let uri = format!("{}#{index}", name(outer, stored));
        let mut whole = with_object(outer.raw, item)?;
        whole.as_object_mut()?.insert("id".into(), uri.clone().into());
        let is_one = parse::activity(&whole).is_ok_and(|one| several(&one).is_none() && one.object != Object::None);
        is_one.then(|| (uri, whole.to_string()))
    };
    let pieces: Vec<(String, String)> = items.into_iter().enumerate().filter_map(alone).collect();
    let (actor, kind) = (context.actor.uri.clone(), outer.kind.to_owned());
    act(move |tx| app::inbox::unpack(tx, &actor, &kind, &pieces))
}
