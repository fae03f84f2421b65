//! Requests to follow me, and to follow or join a group in which I keep order.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, ServiceConfig},
};
use app::{App, Me, follows, invitations, members};
use domain::id::ActorId;

use crate::{
    accounts::answering,
    caller::{Allowed, ReadFollows, WriteFollows},
    entities::{account, relationship},
    error::{Error, Result},
    paging::{self, Ends},
    params::Asked,
    route::{Number, at, get},
};

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/follow_requests").route(get().to(list)))
        .service(at("/v1/follow_requests/{id}/authorize").route(web::post().to(authorize)))
        .service(at("/v1/follow_requests/{id}/reject").route(web::post().to(reject)));
}

async fn list(
    app: Data<App>,
    caller: Allowed<ReadFollows>,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let window = paging::window(&params, 40, 80);
    let (me, site) = (caller.me.0, app.site().clone());
    let page = app.read(move |c| {
        let targets = answering(c, me)?;
        let waiting = store::relations::waiting_for(c, &targets, window.before, window.after, window.limit)?;
        let ends = Ends::of(waiting.iter().map(|id| id.0), window);
        Ok((account::list(c, &site, &waiting)?, ends))
    });
    let (accounts, ends) = page.await?;
    Ok(paging::answer(&request, app.site(), &accounts, ends))
}

async fn authorize(app: Data<App>, caller: Allowed<WriteFollows>, Number(id): Number) -> Result<HttpResponse> {
    answer(&app, caller.me, ActorId(id), true).await
}

async fn reject(app: Data<App>, caller: Allowed<WriteFollows>, Number(id): Number) -> Result<HttpResponse> {
    answer(&app, caller.me, ActorId(id), false).await
}

/// Answers what `person` asked of me, or else of one of my groups: the API names no target, and whoever lets somebody follow
/// them has not let them in elsewhere by that. What else they asked stays in the list.
async fn answer(app: &App, me: Me, person: ActorId, accept: bool) -> Result<HttpResponse> {
    let requests = app.read(move |c| {
        let targets = answering(c, me.0)?;
        store::relations::requests(c, person, &targets)
    });
    let requests = requests.await?;
    let follow = requests.follow.iter().find(|target| **target == me.0).or(requests.follow.first());
    match (follow, requests.join.first()) {
        (Some(target), _) => follows::answer(app, me, *target, person, accept).await?,
        (None, Some(group)) if accept => invitations::invite(app, me, *group, person).await?,
        (None, Some(group)) => members::refuse(app, me, *group, person).await?,
        (None, None) => return Err(Error::missing()),
    }
    Ok(HttpResponse::Ok().json(app.read(move |c| relationship::one(c, me.0, person)).await?))
}
