//! People and reports as those who administer the server get them.
use std::collections::HashMap;

use app::roll::Entry;
use domain::{claim::Item, id::ActorId, report::Report as Filed, time::Timestamp};
use serde_json::{Value, json};
use store::{Conn, Result};

use super::{Id, Reader, account, instance, instant, status};

/// The `Admin::Account` of each of these people, in their order.
pub(crate) fn accounts(conn: &mut Conn, reader: &Reader, entries: &[Entry]) -> Result<Vec<Value>> {
    let ids: Vec<ActorId> = entries.iter().map(|entry| entry.actor.id).collect();
    let shown = account::list(conn, &reader.site, &ids)?;
    let seen = store::sessions::addresses(conn, &ids)?;
    let one = |entry: &Entry| {
        let (actor, login) = (&entry.actor, entry.account.as_ref());
        let ips: Vec<Value> = seen
            .iter()
            .filter(|(id, ..)| *id == actor.id)
            .map(|(_, address, at)| json!({ "ip": address, "used_at": instant(*at) }))
            .collect();
        let waits = login.is_some_and(|login| login.approved.is_none());
        json!({
            "id": Id(actor.id.0),
            "username": actor.name,
            "domain": (!actor.is_local()).then_some(&actor.host),
            "created_at": instant(login.map_or(actor.created, |login| Timestamp(login.created))),
            "email": login.map_or("", |login| login.wanted_email.as_deref().unwrap_or(&login.email)),
            "ip": ips.first().map(|last| last["ip"].clone()),
            "ips": ips,
            "locale": login.map(|login| &login.language),
            "invite_request": login.filter(|login| !login.reason.is_empty()).map(|login| &login.reason),
            "role": login.map(|login| account::role(login.admin)),
            "confirmed": login.is_some_and(|login| login.confirmed.is_some()),
            "approved": !waits,
            "disabled": login.is_some_and(|login| login.disabled.is_some()),
            "silenced": actor.silenced,
            "suspended": entry.suspended,
            "sensitized": actor.veiled,
            "account": shown.iter().find(|account| account.actor() == actor.id),
        })
    };
    Ok(entries.iter().map(one).collect())
}

/// The `Admin::Report` of each of these; of those whose reporter or target is gone for good, none.
pub(crate) fn reports(conn: &mut Conn, reader: &Reader, filed: &[Filed]) -> Result<Vec<Value>> {
    let items: Vec<Item> = filed.iter().map(|one| Item::Report(one.id)).collect();
    let held: HashMap<Item, ActorId> = store::claims::held(conn, &items, reader.now)?.into_iter().collect();
    let of_one = |one: &Filed| [one.reporter, one.target].into_iter().chain(one.resolver);
    let people: Vec<ActorId> = filed.iter().flat_map(of_one).chain(held.values().copied()).collect();
    let entries = app::roll::entries(conn, &people)?;
    let known: HashMap<ActorId, Value> =
        entries.iter().map(|entry| entry.actor.id).zip(accounts(conn, reader, &entries)?).collect();
    let mut shown = Vec::new();
    for one in filed {
        let (Some(by), Some(about)) = (known.get(&one.reporter), known.get(&one.target)) else { continue };
        let mut statuses = status::by_post(conn, reader, one.posts.iter().copied())?;
        shown.push(json!({
            "id": Id(one.id.0),
            "action_taken": one.resolved.is_some(),
            "action_taken_at": one.resolved.map(instant),
            "category": one.category,
            "comment": one.comment,
            "forwarded": one.forwarded,
            "created_at": instant(one.created),
            "updated_at": instant(one.resolved.unwrap_or(one.created)),
            "account": by,
            "target_account": about,
            "assigned_account": held.get(&Item::Report(one.id)).and_then(|by| known.get(by)),
            "action_taken_by_account": one.resolver.and_then(|resolver| known.get(&resolver)),
            "statuses": one.posts.iter().filter_map(|post| statuses.remove(post)).collect::<Vec<_>>(),
            "rules": instance::rules(&store::imprint::rules_by_ids(conn, &one.rules)?, "en"),
        }));
    }
    Ok(shown)
}
