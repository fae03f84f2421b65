//! Lists of accounts: followers and followed, those whom one shuns or recommends, those who react to a post.
use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, ServiceConfig},
};
use app::App;
use domain::{actor::Actor, group::Standing, id::ActorId, policy, shun::Deed, time::Timestamp};
use serde::Serialize;
use store::{
    Conn,
    people::{For, People, Placed},
    timelines::Window,
};

use crate::{
    caller::{Allowed, ReadAccounts, ReadBlocks, ReadFollows, ReadLists, ReadMutes, Viewer},
    entities::{
        Id, Nothing,
        account::{self, Account},
        instant, list,
    },
    error::{Error, Result},
    paging::{self, Ends},
    params::{Asked, Params},
    route::{Number, at, get},
};

/// How many familiar followers are shown, of all accounts together.
const FAMILIAR: i64 = 400;

pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/accounts/familiar_followers").route(get().to(familiar)))
        .service(at("/v1/accounts/{id}/followers").route(get().to(followers)))
        .service(at("/v1/accounts/{id}/following").route(get().to(following)))
        .service(at("/v1/accounts/{id}/endorsements").route(get().to(endorsed_by)))
        .service(at("/v1/accounts/{id}/lists").route(get().to(lists)))
        .service(at("/v1/accounts/{id}/identity_proofs").route(get().to(nothing)))
        .service(at("/v1/blocks").route(get().to(blocks)))
        .service(at("/v1/mutes").route(get().to(mutes)))
        .service(at("/v1/endorsements").route(get().to(endorsements)));
}

async fn nothing(_: Allowed<ReadAccounts>) -> HttpResponse {
    HttpResponse::Ok().json(Nothing::default())
}

/// A page of a list of people.
pub(crate) async fn page(
    app: &App,
    request: &HttpRequest,
    params: &Params,
    people: People,
    reader: For,
) -> Result<HttpResponse> {
    page_of(app, request, paging::window(params, 40, 80), people, reader).await
}

/// A certain page of a list of people.
pub(crate) async fn page_of(
    app: &App,
    request: &HttpRequest,
    window: Window,
    people: People,
    reader: For,
) -> Result<HttpResponse> {
    let site = app.site().clone();
    let page = app.read(move |c| {
        let found = store::people::page(c, people, reader, window)?;
        let ends = Ends::of(found.iter().map(|placed| placed.number), window);
        let ids: Vec<ActorId> = found.into_iter().map(Placed::who).collect();
        Ok((account::list(c, &site, &ids)?, ends))
    });
    let (accounts, ends) = page.await?;
    Ok(paging::answer(request, app.site(), &accounts, ends))
}

/// Whether `viewer` may know who follows an account: of a private group only its members may, of somebody who keeps that
/// to themselves nobody else.
fn is_open(c: &mut Conn, actor: &Actor, viewer: Option<ActorId>, now: Timestamp) -> store::Result<bool> {
    if actor.hides_circle && viewer != Some(actor.id) {
        return Ok(false);
    }
    let Some(rules) = store::groups::rules(c, actor.id)? else { return Ok(true) };
    let standing = match viewer {
        Some(viewer) => store::groups::standing(c, actor.id, viewer, now)?,
        None => Standing::default(),
    };
    Ok(policy::read(&rules, &standing).is_ok())
}

/// The list of an account that is there, if `viewer` may know it.
async fn circle(
    app: &App,
    (viewer, id): (Option<ActorId>, i64),
    params: Params,
    request: &HttpRequest,
    which: fn(ActorId) -> People,
) -> Result<HttpResponse> {
    let (id, now) = (ActorId(id), app.now());
    let open = app.read(move |c| {
        let found = super::numbered(c, id, (viewer, now))?.filter(|actor| actor.deleted.is_none());
        let Some(actor) = found else { return Ok(None) };
        is_open(c, &actor, viewer, now).map(Some)
    });
    if !open.await?.ok_or_else(Error::missing)? {
        return Ok(HttpResponse::Ok().json(Nothing::default()));
    }
    page(app, request, &params, which(id), For::Viewer(viewer)).await
}

async fn followers(
    app: Data<App>,
    caller: Viewer<ReadAccounts>,
    Number(id): Number,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    circle(&app, (caller.id(), id), params, &request, People::Followers).await
}

async fn following(
    app: Data<App>,
    caller: Viewer<ReadAccounts>,
    Number(id): Number,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    circle(&app, (caller.id(), id), params, &request, People::Following).await
}

async fn endorsed_by(
    app: Data<App>,
    caller: Viewer<ReadAccounts>,
    Number(id): Number,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    circle(&app, (caller.id(), id), params, &request, People::Endorsed).await
}

async fn endorsements(
    app: Data<App>,
    caller: Allowed<ReadAccounts>,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    page(&app, &request, &params, People::Endorsed(caller.me.0), For::Keeper).await
}

async fn blocks(
    app: Data<App>,
    caller: Allowed<ReadBlocks>,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    page(&app, &request, &params, People::Shunned(caller.me.0, Deed::Block), For::Keeper).await
}

/// A `MutedAccount`.
#[derive(Debug, Serialize)]
struct Muted {
    #[serde(flatten)]
    account: Account,
    mute_expires_at: Option<String>,
}

async fn mutes(
    app: Data<App>,
    caller: Allowed<ReadMutes>,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let (window, site, me) = (paging::window(&params, 40, 80), app.site().clone(), caller.me.0);
    let page = app.read(move |c| {
        let found = store::people::page(c, People::Shunned(me, Deed::Mute), For::Keeper, window)?;
        let ends = Ends::of(found.iter().map(|placed| placed.number), window);
        let ids: Vec<ActorId> = found.into_iter().map(Placed::who).collect();
        let shuns = store::shuns::of(c, me, &ids)?;
        let ends_of: HashMap<ActorId, String> = shuns
            .into_iter()
            .filter(|shun| shun.deed == Deed::Mute)
            .filter_map(|shun| Some((shun.target, instant(shun.until?))))
            .collect();
        let muted = |account: Account| Muted { mute_expires_at: ends_of.get(&account.actor()).cloned(), account };
        Ok((account::list(c, &site, &ids)?.into_iter().map(muted).collect::<Vec<_>>(), ends))
    });
    let (accounts, ends) = page.await?;
    Ok(paging::answer(&request, app.site(), &accounts, ends))
}

/// A `FamiliarFollowers`.
#[derive(Debug, Serialize)]
struct Familiar {
    id: Id,
    accounts: Vec<Account>,
}

async fn familiar(app: Data<App>, caller: Allowed<ReadFollows>, Asked(params): Asked) -> Result<HttpResponse> {
    let targets: Vec<ActorId> = params.numbers("id").into_iter().take(super::RELATIONSHIPS).map(ActorId).collect();
    let (me, site) = (caller.me.0, app.site().clone());
    let familiar = app.read(move |c| {
        let mut found = store::suggestions::familiar(c, me, &targets, FAMILIAR)?;
        let mut shown: Vec<ActorId> = found.values().flatten().copied().collect();
        shown.sort_unstable();
        shown.dedup();
        let accounts = account::list(c, &site, &shown)?;
        let accounts: HashMap<ActorId, Account> = accounts.into_iter().map(|a| (a.actor(), a)).collect();
        let mut of = |target: &ActorId| {
            let followers = found.remove(target).unwrap_or_default();
            let accounts = followers.iter().filter_map(|id| accounts.get(id).cloned()).collect();
            Familiar { id: Id(target.0), accounts }
        };
        Ok(targets.iter().map(&mut of).collect::<Vec<_>>())
    });
    Ok(HttpResponse::Ok().json(familiar.await?))
}

async fn lists(app: Data<App>, caller: Allowed<ReadLists>, Number(id): Number) -> Result<HttpResponse> {
    let me = caller.me.0;
    let lists = app.read(move |c| list::with(c, me, Some(ActorId(id))));
    Ok(HttpResponse::Ok().json(lists.await?))
}
