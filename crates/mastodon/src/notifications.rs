//! What one was told.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, ServiceConfig},
};
use app::App;
use domain::id::ActorId;
use store::timelines::Told;

use crate::{
    caller::{Allowed, ReadNotifications},
    entities::{Reader, notification},
    error::Result,
    paging::{self, Ends},
    params::Asked,
    route::{at, get},
};

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/notifications").route(get().to(list)));
}

async fn list(
    app: Data<App>,
    caller: Allowed<ReadNotifications>,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let window = paging::window(&params, 40, 80);
    let (me, reader) = (caller.me.0, Reader::new(&app, Some(caller.me)));
    let asked = Told {
        kinds: params.list("types").filter(|kinds| !kinds.is_empty()),
        not: params.list("exclude_types").unwrap_or_default(),
        by: params.number("account_id").map(ActorId),
    };
    let page = app.read(move |c| {
        let told = store::timelines::told(c, me, &asked, window)?;
        let ends = Ends::of(told.iter().map(|told| told.id.0), window);
        Ok((notification::list(c, &reader, told)?, ends))
    });
    let (notifications, ends) = page.await?;
    Ok(paging::answer(&request, app.site(), &notifications, ends))
}
