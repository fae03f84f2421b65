//! What the instance says of itself.
use actix_web::{
    HttpResponse,
    web::{Data, ServiceConfig},
};
use app::App;
use domain::{
    id::{self, PostId},
    time::span,
};

use crate::{
    entities::instance::Instance,
    error::Result,
    route::{at, get},
};

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/instance").route(get().to(first))).service(at("/v2/instance").route(get().to(second)));
}

async fn first(app: Data<App>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(load(&app).await?.first()))
}

async fn second(app: Data<App>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(load(&app).await?.second()))
}

async fn load(app: &App) -> Result<Instance> {
    let (site, registration) = (app.site().clone(), app.config().registration.clone());
    let month_ago = PostId(id::at(app.now() - span::days(30), 0));
    let instance = app.read(move |c| {
        Ok(Instance {
            site,
            registration,
            people: store::accounts::count(c)?,
            active: store::accounts::count_active(c, month_ago)?,
            posts: store::posts::count_local(c)?,
            peers: store::relations::count_peers(c)?,
        })
    });
    Ok(instance.await?)
}
