//! Notifications in groups: those of many about one thing as one.
use std::{cmp::Reverse, collections::HashMap};

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, ServiceConfig},
};
use app::{App, notices, notifications::Kind};
use domain::id::{ActorId, NotificationId};
use serde::Serialize;
use serde_json::json;
use store::{
    Conn,
    notifications::Notification as Told,
    timelines::{Told as Wanted, Window},
};

use super::{known, unread_since, wanted};
use crate::{
    caller::{Allowed, ReadNotifications, WriteNotifications},
    entities::{
        Id, Reader,
        account::{self, Account, Partial},
        fallback::{Fallback, Words},
        instant, notification,
        report::{self, Report},
        severance::Severance,
        status::{self, Status},
        warning::{self, Warning},
    },
    error::{Error, Result},
    paging::{self, Ends},
    params::{Asked, Params},
    route::{Word, at, get},
};

/// How many notifications are gathered for one page at most.
const GATHERED: i64 = 600;

/// How many of those who did something are named.
const NAMED: usize = 8;

pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v2/notifications/unread_count").route(get().to(unread)))
        .service(at("/v2/notifications/clear").route(web::post().to(super::clear)))
        .service(at("/v2/notifications").route(get().to(list)))
        .service(at("/v2/notifications/{key}/accounts").route(get().to(accounts)))
        .service(at("/v2/notifications/{key}/dismiss").route(web::post().to(dismiss)))
        .service(at("/v2/notifications/{key}").route(get().to(show)));
}

/// A `NotificationGroup`.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "that is what the entity is")]
struct Group {
    group_key: String,
    /// Of all that is in it, on whatever page.
    notifications_count: usize,
    #[serde(rename = "type")]
    kind: String,
    /// A number, here only: strict clients want it so.
    most_recent_notification_id: i64,
    page_min_id: Id,
    page_max_id: Id,
    latest_page_notification_at: String,
    sample_account_ids: Vec<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<Report>,
    #[serde(skip_serializing_if = "Option::is_none")]
    moderation_warning: Option<Warning>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<Severance>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fallback: Option<Fallback>,
}

/// A `GroupedNotificationsResults`.
#[derive(Debug, Default, Serialize)]
struct Results {
    accounts: Vec<Account>,
    /// Those of whom only the picture is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    partial_accounts: Option<Vec<Partial>>,
    statuses: Vec<Status>,
    notification_groups: Vec<Group>,
}

/// Which kinds are gathered into groups.
fn grouped(params: &Params) -> Vec<String> {
    params.list("grouped_types").unwrap_or_else(|| Kind::GATHERED.map(|kind| kind.as_str().to_owned()).into())
}

/// What was told, gathered by key, in the order of the newest of each; at most `limit` groups.
fn gather(told: Vec<Told>, kinds: &[String], limit: usize) -> Vec<(String, Vec<Told>)> {
    let mut groups: Vec<(String, Vec<Told>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for told in told {
        let key = notification::key(&told, kinds.contains(&told.kind));
        if let Some(place) = places.get(&key) {
            if let Some((_, known)) = groups.get_mut(*place) {
                known.push(told);
            }
            continue;
        }
        // What comes after the last group that fits belongs to the next page.
        if groups.len() == limit {
            break;
        }
        places.insert(key.clone(), groups.len());
        groups.push((key, vec![told]));
    }
    groups
}

/// Those who did something, each once, the last first; at most as many as are named.
fn named(told: &[Told]) -> Vec<ActorId> {
    let mut named = Vec::new();
    for told in told {
        if named.len() < NAMED && !named.contains(&told.actor) {
            named.push(told.actor);
        }
    }
    named
}

/// The same of those near to the oldest: what comes before the first group that fits is on another page.
fn gather_upwards(mut told: Vec<Told>, kinds: &[String], limit: usize) -> Vec<(String, Vec<Told>)> {
    told.reverse();
    let mut groups = gather(told, kinds, limit);
    for (_, told) in &mut groups {
        told.reverse();
    }
    groups.sort_by_key(|(_, told)| Reverse(told.first().map(|told| told.id)));
    groups
}

/// Leaves of all but the last in each group only the picture.
fn abridge(shown: &mut Results) {
    let last: Vec<Id> =
        shown.notification_groups.iter().filter_map(|group| group.sample_account_ids.first().copied()).collect();
    let is_last = |account: &Account| last.contains(&Id(account.actor().0));
    let (whole, rest): (Vec<Account>, Vec<Account>) =
        std::mem::take(&mut shown.accounts).into_iter().partition(is_last);
    shown.accounts = whole;
    shown.partial_accounts = Some(rest.into_iter().map(Partial::from).collect());
}

/// How many there are in each group up to the newest of these, by its key; where a page ends, a group need not.
fn sizes(
    c: &mut Conn,
    reader: &Reader,
    groups: &[(String, Vec<Told>)],
    held: bool,
) -> store::Result<HashMap<String, usize>> {
    let gathered = groups.iter().filter(|(key, _)| !key.starts_with("ungrouped-")).filter_map(|(_, told)| told.first());
    let (Some(me), Some(until)) = (reader.me, gathered.clone().map(|told| told.created).max()) else {
        return Ok(HashMap::new());
    };
    let firsts: Vec<&Told> = gathered.collect();
    Ok(store::notifications::sizes(c, me, &firsts, (until, held))?
        .into_iter()
        .map(|(told, count)| (notification::key(told, true), usize::try_from(count).unwrap_or(0)))
        .collect())
}

fn results(c: &mut Conn, reader: &Reader, groups: Vec<(String, Vec<Told>)>, held: bool) -> store::Result<Results> {
    let sizes = sizes(c, reader, &groups, held)?;
    let all = || groups.iter().flat_map(|(_, told)| told);
    let mut actors: Vec<ActorId> = groups.iter().flat_map(|(_, told)| named(told)).collect();
    actors.sort_unstable();
    actors.dedup();
    let mut statuses = status::by_post(c, reader, all().filter_map(|told| told.post))?;
    let filed: Vec<_> = all().filter_map(|told| told.report).collect();
    let filed = store::reports::by_ids(c, &filed)?;
    let stated: Vec<_> = all().filter_map(|told| told.statement).collect();
    let mut warnings = warning::by_id(c, reader, &stated)?;
    let severed: Vec<_> = all().filter_map(|told| told.severance).collect();
    let lost = store::severances::by_ids(c, &severed)?;
    let words = Words::load(c, reader.known.as_ref(), &all().collect::<Vec<_>>(), &filed, &lost)?;
    let mut reports = report::by_id(c, reader, filed)?;
    let mut shown = Results { accounts: account::list(c, &reader.site, &actors)?, ..Results::default() };
    for (group_key, told) in groups {
        let (Some(newest), Some(oldest)) = (told.first(), told.last()) else { continue };
        // About what may not be read any more, nothing is told.
        if newest.post.is_some_and(|post| {
            !statuses.contains_key(&post) && !shown.statuses.iter().any(|status| status.post() == post)
        }) {
            continue;
        }
        let size = sizes.get(&group_key).copied().unwrap_or(0).max(told.len());
        shown.notification_groups.push(Group {
            fallback: words.of(&reader.site, newest, size - 1),
            group_key,
            notifications_count: size,
            kind: newest.kind.clone(),
            most_recent_notification_id: newest.id.0,
            page_min_id: Id(oldest.id.0),
            page_max_id: Id(newest.id.0),
            latest_page_notification_at: instant(newest.created),
            sample_account_ids: named(&told).into_iter().map(|actor| Id(actor.0)).collect(),
            status_id: newest.post.map(|post| Id(post.0)),
            report: newest.report.and_then(|report| reports.remove(&report)),
            moderation_warning: newest.statement.and_then(|id| warnings.remove(&id)),
            event: newest.severance.and_then(|id| lost.get(&id)).map(Severance::from),
        });
        shown.statuses.extend(newest.post.and_then(|post| statuses.remove(&post)));
    }
    Ok(shown)
}

async fn list(
    app: Data<App>,
    caller: Allowed<ReadNotifications>,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let window = paging::window(&params, 40, 80);
    let (me, reader) = (caller.me.0, Reader::new(&app, Some(caller.me)));
    let reader = reader.knowing(known(&app, &caller.account, &params));
    let (asked, kinds) = (wanted(&params), grouped(&params));
    let is_brief = match params.text("expand_accounts").as_deref() {
        None | Some("full") => false,
        Some("partial_avatars") => true,
        Some(_) => return Err(Error::invalid("expand_accounts is full or partial_avatars")),
    };
    let page = app.read(move |c| {
        let told = store::timelines::told(c, me, &asked, Window { limit: GATHERED, ..window })?;
        let (limit, is_cut) = (usize::try_from(window.limit).unwrap_or(0), i64::try_from(told.len()) == Ok(GATHERED));
        let groups = if window.nearest { gather_upwards(told, &kinds, limit) } else { gather(told, &kinds, limit) };
        let oldest = groups.iter().flat_map(|(_, told)| told).map(|told| told.id.0).min();
        let newest = groups.iter().flat_map(|(_, told)| told).map(|told| told.id.0).max();
        let full = is_cut || groups.len() >= limit;
        let ends = newest.zip(oldest).map(|(newest, oldest)| Ends::between(newest, oldest, full));
        let mut shown = results(c, &reader, groups, asked.held)?;
        if is_brief {
            abridge(&mut shown);
        }
        Ok((shown, ends))
    });
    let (shown, ends) = page.await?;
    Ok(paging::answer(&request, app.site(), &shown, ends))
}

/// What was told under a key, the newest first.
fn under(c: &mut Conn, me: ActorId, key: &str) -> store::Result<Vec<Told>> {
    let asked = match key.split_once('-') {
        Some(("ungrouped", id)) => {
            let told = id.parse().ok().map(NotificationId);
            return Ok(match told {
                Some(id) => store::notifications::get(c, me, id)?.into_iter().collect(),
                None => Vec::new(),
            });
        }
        Some((kind, _)) => Wanted { kinds: Some(vec![kind.to_owned()]), ..Wanted::default() },
        None => return Ok(Vec::new()),
    };
    let mut told = store::timelines::told(c, me, &asked, Window::newest(GATHERED))?;
    told.retain(|told| notification::key(told, true) == key);
    Ok(told)
}

async fn show(
    app: Data<App>,
    caller: Allowed<ReadNotifications>,
    Word(key): Word,
    Asked(params): Asked,
) -> Result<HttpResponse> {
    let (me, reader) = (caller.me.0, Reader::new(&app, Some(caller.me)));
    let reader = reader.knowing(known(&app, &caller.account, &params));
    let shown = app.read(move |c| {
        let told = under(c, me, &key)?;
        results(c, &reader, vec![(key, told)], false)
    });
    let shown = shown.await?;
    if shown.notification_groups.is_empty() {
        return Err(Error::missing());
    }
    Ok(HttpResponse::Ok().json(shown))
}

async fn accounts(app: Data<App>, caller: Allowed<ReadNotifications>, Word(key): Word) -> Result<HttpResponse> {
    let (me, site) = (caller.me.0, app.site().clone());
    let accounts = app.read(move |c| {
        let mut actors: Vec<ActorId> = under(c, me, &key)?.into_iter().map(|told| told.actor).collect();
        actors.dedup();
        account::list(c, &site, &actors)
    });
    Ok(HttpResponse::Ok().json(accounts.await?))
}

async fn dismiss(app: Data<App>, caller: Allowed<WriteNotifications>, Word(key): Word) -> Result<HttpResponse> {
    let me = caller.me;
    let told = app.read(move |c| under(c, me.0, &key)).await?;
    notices::forget(&app, me, Some(told.into_iter().map(|told| told.id).collect())).await?;
    Ok(HttpResponse::Ok().json(json!({})))
}

async fn unread(app: Data<App>, caller: Allowed<ReadNotifications>, Asked(params): Asked) -> Result<HttpResponse> {
    let (me, limit, kinds) = (caller.me.0, paging::limit(&params, 100, 1_000), grouped(&params));
    let asked = wanted(&params);
    let count = app.read(move |c| {
        let told = unread_since(c, me, &asked, GATHERED)?;
        Ok(gather(told, &kinds, usize::try_from(limit).unwrap_or(0)).len())
    });
    Ok(HttpResponse::Ok().json(json!({ "count": count.await? })))
}
