//! Numbers of the server by day, for those who administer it.
use actix_web::{
    HttpResponse,
    web::{Data, ServiceConfig, post},
};
use app::{
    App,
    measures::{self, Measure, Period},
};
use domain::time::span;
use serde_json::{Value, json};

use crate::{
    caller::{AdminRead, Allowed},
    entities::{day, instant},
    error::{Error, Result},
    params::{Params, Sent},
    route::at,
};

pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/admin/measures").route(post().to(measured)));
}

/// The days that are asked for.
fn period(params: &Params) -> Result<Period> {
    let moment = |name: &str| {
        let text = params.text(name)?;
        // Clients send a day, or a moment that begins with one.
        day(text.get(..10)?)
    };
    let (Some(start), Some(last)) = (moment("start_at"), moment("end_at")) else {
        return Err(Error::invalid("from which day to which?"));
    };
    Period::new(start, last).ok_or_else(|| Error::invalid("these are no days that can be counted at once"))
}

async fn measured(app: Data<App>, caller: Allowed<AdminRead>, sent: Sent) -> Result<HttpResponse> {
    let params = sent.read()?;
    let period = period(&params)?;
    let keys = params.list("keys").unwrap_or_default();
    let wanted: Vec<Measure> =
        Measure::ALL.iter().copied().filter(|one| keys.iter().any(|key| key == one.as_str())).collect();
    let counted = measures::count(&app, caller.me, wanted, period).await?;
    let entity = |(measure, days, before): &(Measure, Vec<i64>, i64)| -> Value {
        let date = |at: usize| instant(period.start + span::days(u64::try_from(at).unwrap_or(0)));
        let values = days.iter().enumerate().map(|(at, count)| json!({ "date": date(at), "value": count.to_string() }));
        json!({
            "key": measure,
            "unit": null,
            "total": days.iter().sum::<i64>().to_string(),
            "previous_total": before.to_string(),
            "data": values.collect::<Vec<_>>(),
        })
    };
    Ok(HttpResponse::Ok().json(counted.iter().map(entity).collect::<Vec<_>>()))
}
