//! Servers whose people one does not want to read.
use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{self, Data, ServiceConfig},
};
use app::{App, shuns};
use domain::host::Host;
use serde_json::json;

use crate::{
    caller::{Allowed, ReadBlocks, WriteBlocks},
    error::{Error, Result},
    paging,
    params::{Asked, Params, Sent},
    route::{at, get},
};

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    let all = at("/v1/domain_blocks").route(get().to(list)).route(web::post().to(add));
    cfg.service(at("/v1/domain_blocks/preview").route(get().to(preview))).service(all.route(web::delete().to(remove)));
}

fn host(params: &Params) -> Result<Host> {
    let domain = params.text("domain").unwrap_or_default();
    Host::parse(domain.trim()).ok_or_else(|| Error::invalid("`domain` is no domain"))
}

async fn list(
    app: Data<App>,
    caller: Allowed<ReadBlocks>,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let limit = paging::limit(&params, 100, 200);
    let (me, after) = (caller.me.0, params.text("max_id").unwrap_or_default());
    let hosts = app.read(move |c| store::host_shuns::of(c, me, &after, limit)).await?;
    let mut answer = HttpResponse::Ok();
    // The order is that of the alphabet, so a page ends with a name.
    if let Some(last) = hosts.last().filter(|_| i64::try_from(hosts.len()).is_ok_and(|count| count >= limit)) {
        let next = app.site().page(&format!("{}?limit={limit}&max_id={last}", request.path()));
        answer.insert_header((header::LINK, format!("<{next}>; rel=\"next\"")));
    }
    Ok(answer.json(hosts))
}

async fn add(app: Data<App>, caller: Allowed<WriteBlocks>, sent: Sent) -> Result<HttpResponse> {
    shuns::shun_host(&app, caller.me, host(&sent.read()?)?).await?;
    Ok(HttpResponse::Ok().json(json!({})))
}

async fn remove(app: Data<App>, caller: Allowed<WriteBlocks>, sent: Sent) -> Result<HttpResponse> {
    shuns::unshun_host(&app, caller.me, host(&sent.read()?)?).await?;
    Ok(HttpResponse::Ok().json(json!({})))
}

/// How many follows would end.
async fn preview(app: Data<App>, caller: Allowed<ReadBlocks>, Asked(params): Asked) -> Result<HttpResponse> {
    let (me, host) = (caller.me.0, host(&params)?);
    let (followed, following) = app.read(move |c| store::host_shuns::follows_of(c, me, host.as_str(), 10_000)).await?;
    Ok(HttpResponse::Ok().json(json!({ "following_count": followed.len(), "followers_count": following.len() })))
}
