//! Quotes: taking back one's consent to one.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, ServiceConfig},
};
use app::{App, quotes};
use store::timelines::Entry;

use crate::{
    caller::{Allowed, WriteStatuses},
    error::{Error, Result},
    route::{Number, at},
    statuses::{find, status},
};

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/statuses/{id}/quotes/{quoting}/revoke").route(web::post().to(revoke)));
}

/// Revokes that a status of mine is quoted; the answer is the status that quotes it.
async fn revoke(
    app: Data<App>,
    caller: Allowed<WriteStatuses>,
    Number(id): Number,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let me = caller.me;
    let quoting = request.match_info().get("quoting").and_then(|number| number.parse().ok());
    let quoting = find(&app, quoting.ok_or_else(Error::missing)?, Some(me)).await?.post;
    let quoted = find(&app, id, Some(me)).await?.post;
    let quote = app.read(move |c| store::quotes::get(c, quoting)).await?;
    if quote.is_none_or(|quote| quote.post != Some(quoted)) {
        return Err(Error::missing());
    }
    quotes::revoke(&app, me, quoting).await?;
    Ok(HttpResponse::Ok().json(status(&app, Some(me), Entry::of(quoting)).await?))
}
