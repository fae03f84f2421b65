//! How far one has read.
use actix_web::{
    HttpResponse,
    web::{self, Data, ServiceConfig},
};
use app::{App, markers};
use domain::time::Timestamp;
use serde_json::{Map, Value, json};
use store::markers::Marker;

use crate::{
    caller::{Allowed, ReadStatuses, WriteStatuses},
    entities::{Id, instant},
    error::Result,
    params::{Asked, Sent},
    route::{at, get},
};

/// The timelines of which one may say how far one has read.
const TIMELINES: [&str; 2] = ["home", "notifications"];

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/markers").route(get().to(list)).route(web::post().to(set)));
}

/// Markers by their timelines.
fn by_timeline(markers: Vec<Marker>) -> Value {
    let marker = |marker: Marker| {
        let value = json!({
            "last_read_id": Id(marker.last_read),
            "version": marker.version,
            "updated_at": instant(Timestamp(marker.updated)),
        });
        (marker.timeline, value)
    };
    Value::Object(markers.into_iter().map(marker).collect::<Map<_, _>>())
}

async fn list(app: Data<App>, caller: Allowed<ReadStatuses>, Asked(params): Asked) -> Result<HttpResponse> {
    let (me, wanted) = (caller.me.0, params.list("timeline").unwrap_or_default());
    let mut markers = app.read(move |c| store::markers::of(c, me)).await?;
    markers.retain(|marker| wanted.contains(&marker.timeline));
    Ok(HttpResponse::Ok().json(by_timeline(markers)))
}

async fn set(app: Data<App>, caller: Allowed<WriteStatuses>, sent: Sent) -> Result<HttpResponse> {
    let params = sent.read()?;
    let read = TIMELINES.into_iter().filter_map(|timeline| {
        Some((timeline, params.within(timeline)?.number("last_read_id").filter(|number| *number > 0)?))
    });
    Ok(HttpResponse::Ok().json(by_timeline(markers::set(&app, caller.me, read.collect()).await?)))
}
