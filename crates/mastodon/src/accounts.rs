//! Accounts: one's own, others', what they wrote, and following them.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, ServiceConfig},
};
use app::App;
use domain::{
    actor::Actor, filter::Place, handle::Handle, host::Host, id::ActorId, text::hashtag, time::Timestamp, urls::Site,
};
use store::{
    Conn,
    timelines::{self, Asked as Wanted, Entry},
};

use crate::{
    caller::{Allowed, ReadAccounts, ReadFollows, ReadStatuses, Viewer},
    entities::{Reader, account, relationship, status},
    error::{Error, Result},
    paging::{self, Ends},
    params::Asked,
    route::{Number, at, get},
    search, sign_up, tags,
};

pub(crate) mod people;
mod profile;
mod regard;

/// How many relationships may be asked for at one time.
const RELATIONSHIPS: usize = 80;

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/accounts").route(get().to(many)).route(web::post().to(sign_up::sign_up)))
        .configure(people::routes)
        .configure(profile::routes)
        .service(at("/v1/accounts/search").route(get().to(search::accounts)))
        .service(at("/v1/accounts/lookup").route(get().to(lookup)))
        .service(at("/v1/accounts/relationships").route(get().to(relationships)))
        .service(at("/v1/accounts/{id}").route(get().to(show)))
        .service(at("/v1/accounts/{id}/statuses").route(get().to(statuses)))
        .service(at("/v1/accounts/{id}/featured_tags").route(get().to(featured_tags)))
        .configure(regard::routes);
}

/// For whom `me` answers those who ask: themselves, and the groups in which they keep order.
pub(crate) fn answering(c: &mut Conn, me: ActorId) -> store::Result<Vec<ActorId>> {
    let mut answering = store::groups::moderated_by(c, me)?;
    answering.push(me);
    Ok(answering)
}

async fn lookup(app: Data<App>, caller: Viewer<ReadAccounts>, Asked(params): Asked) -> Result<HttpResponse> {
    let acct = params.text("acct").unwrap_or_default();
    let handle = Handle::parse(&acct).ok_or_else(Error::missing)?;
    let (site, seen) = (app.site().clone(), (caller.id(), app.now()));
    let found = app.read(move |c| {
        let Some(actor) = known(c, &site, &handle, seen)? else { return Ok(None) };
        account::one(c, &site, &actor).map(Some)
    });
    Ok(HttpResponse::Ok().json(found.await?.ok_or_else(Error::missing)?))
}

/// Who has this handle, as far as it is known here.
pub(crate) fn known(
    c: &mut Conn,
    site: &Site,
    handle: &Handle,
    (viewer, now): (Option<ActorId>, Timestamp),
) -> store::Result<Option<Actor>> {
    let handle = handle.clone().localized(site.host());
    let host: &Host = handle.host.as_ref().unwrap_or(site.host());
    let found = store::actors::by_handle(c, &handle.name, host.as_str())?.filter(|actor| actor.deleted.is_none());
    Ok(match found {
        Some(actor) if app::groups::is_known(c, &actor, viewer, now)? => Some(actor),
        _ => None,
    })
}

/// Who has this number, as far as `viewer` may know of them.
pub(crate) fn numbered(
    c: &mut Conn,
    id: ActorId,
    (viewer, now): (Option<ActorId>, Timestamp),
) -> store::Result<Option<Actor>> {
    Ok(match store::actors::by_id(c, id)? {
        Some(actor) if app::groups::is_known(c, &actor, viewer, now)? => Some(actor),
        _ => None,
    })
}

async fn show(app: Data<App>, caller: Viewer<ReadAccounts>, Number(id): Number) -> Result<HttpResponse> {
    let (site, viewer, now) = (app.site().clone(), caller.id(), app.now());
    let found = app.read(move |c| {
        let Some(actor) = numbered(c, ActorId(id), (viewer, now))? else { return Ok(None) };
        account::one(c, &site, &actor).map(Some)
    });
    Ok(HttpResponse::Ok().json(found.await?.ok_or_else(Error::missing)?))
}

async fn relationships(app: Data<App>, caller: Allowed<ReadFollows>, Asked(params): Asked) -> Result<HttpResponse> {
    let asked = params.list("id").unwrap_or_default();
    let ids: Vec<ActorId> = asked.iter().filter_map(|id| id.parse().ok()).take(RELATIONSHIPS).collect();
    let (me, now, all) = (caller.me, app.now(), params.flag("with_suspended") == Some(true));
    let relationships = app.read(move |c| {
        let mut known = Vec::new();
        for actor in store::actors::by_ids(c, &ids)? {
            let is_shown = all || !(actor.suspended || actor.deleted.is_some());
            known.extend((is_shown && app::groups::is_acquainted(c, &actor, me, now)?).then_some(actor.id));
        }
        let ids: Vec<ActorId> = ids.into_iter().filter(|id| known.contains(id)).collect();
        relationship::list(c, me.0, &ids)
    });
    Ok(HttpResponse::Ok().json(relationships.await?))
}

async fn statuses(
    app: Data<App>,
    caller: Viewer<ReadStatuses>,
    Number(id): Number,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let window = paging::window_of_posts(&params, 20, 40);
    let (reader, viewer, pinned) =
        (Reader::new(&app, caller.me).at(Place::Account), caller.id(), params.flag("pinned") == Some(true));
    let wanted = Wanted {
        no_replies: params.flag("exclude_replies") == Some(true),
        no_shares: params.flag("exclude_reblogs") == Some(true),
        pictures: params.flag("only_media") == Some(true),
        tag: params.text("tagged").map(|tag| hashtag::fold(&tag)).filter(|tag| !tag.is_empty()),
    };
    let now = app.now();
    let found = app.read(move |c| {
        let Some(actor) = numbered(c, ActorId(id), (viewer, now))? else { return Ok(None) };
        let entries = match (actor.is_group(), pinned) {
            (true, true) => featured(c, actor.id, viewer, window.limit)?,
            (true, false) => timelines::of_group(c, actor.id, viewer, &wanted, window)?,
            (false, true) => store::pins::of(c, actor.id, viewer, window.limit)?.into_iter().map(Entry::of).collect(),
            (false, false) => timelines::of_person(c, actor.id, viewer, &wanted, window)?,
        };
        let ends = Ends::of(entries.iter().map(|entry| entry.number), window).filter(|_| !pinned);
        Ok(Some((actor, status::list(c, &reader, &entries)?, ends)))
    });
    let (actor, statuses, ends) = found.await?.ok_or_else(Error::missing)?;
    if pinned {
        app::pins::looked_at(&app, &actor).await?;
    }
    Ok(paging::answer(&request, app.site(), &statuses, ends))
}

/// What is pinned in a group.
fn featured(c: &mut Conn, group: ActorId, viewer: Option<ActorId>, limit: i64) -> store::Result<Vec<Entry>> {
    let (list, page) = (store::posts::List::Featured(group), store::posts::Page::first(limit));
    Ok(store::posts::list(c, list, viewer, page)?.into_iter().map(Entry::of).collect())
}

/// Several accounts by their numbers, in their order.
async fn many(app: Data<App>, caller: Viewer<ReadAccounts>, Asked(params): Asked) -> Result<HttpResponse> {
    let ids: Vec<ActorId> = params.numbers("id").into_iter().take(RELATIONSHIPS).map(ActorId).collect();
    let (site, viewer, now) = (app.site().clone(), caller.id(), app.now());
    let accounts = app.read(move |c| {
        let mut known = Vec::new();
        for actor in store::actors::by_ids(c, &ids)? {
            known.extend(app::groups::is_known(c, &actor, viewer, now)?.then_some(actor.id));
        }
        let ids: Vec<ActorId> = ids.into_iter().filter(|id| known.contains(id)).collect();
        account::list(c, &site, &ids)
    });
    Ok(HttpResponse::Ok().json(accounts.await?))
}

/// The hashtags that somebody shows on their page.
async fn featured_tags(app: Data<App>, caller: Viewer<ReadAccounts>, Number(id): Number) -> Result<HttpResponse> {
    let (site, seen) = (app.site().clone(), (caller.id(), app.now()));
    let tags = app.read(move |c| {
        let Some(actor) = numbered(c, ActorId(id), seen)? else { return Ok(None) };
        tags::featured_by(c, &site, actor.id).map(Some)
    });
    Ok(HttpResponse::Ok().json(tags.await?.ok_or_else(Error::missing)?))
}
