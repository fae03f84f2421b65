//! The custom emoji that everybody here may use.
use actix_web::{
    HttpResponse,
    web::{Data, ServiceConfig},
};
use app::App;

use crate::{
    caller::{Read, Viewer},
    entities::emoji::CustomEmoji,
    error::Result,
    route::{at, get},
};

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/custom_emojis").route(get().to(list)));
}

async fn list(app: Data<App>, _: Viewer<Read>) -> Result<HttpResponse> {
    let ours = app.read(store::emoji::ours).await?;
    let shown = ours.iter().filter(|emoji| emoji.enabled).map(|emoji| CustomEmoji::new(app.site(), emoji));
    Ok(HttpResponse::Ok().json(shown.collect::<Vec<_>>()))
}
