//! Numbers of the server by day, for those who administer it.
use actix_web::{
    HttpResponse,
    web::{Data, ServiceConfig, post},
};
use app::{
    App, health,
    measures::{self, Dimension, Measure, Period},
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
    cfg.service(at("/v1/admin/measures").route(post().to(measured)))
        .service(at("/v1/admin/dimensions").route(post().to(divided)));
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

/// The parts of one dimension as clients read them.
fn dimension(key: &str, parts: impl IntoIterator<Item = (String, String)>) -> Value {
    let part = |(name, value): (String, String)| json!({ "key": name, "human_key": name, "value": value });
    json!({ "key": key, "data": parts.into_iter().map(part).collect::<Vec<_>>() })
}

async fn divided(app: Data<App>, caller: Allowed<AdminRead>, sent: Sent) -> Result<HttpResponse> {
    let params = sent.read()?;
    let keys = params.list("keys").unwrap_or_default();
    let asks = |word: &str| keys.iter().any(|key| key == word);
    let wanted: Vec<Dimension> = Dimension::ALL.into_iter().filter(|one| asks(one.as_str())).collect();
    let limit = params.number("limit").unwrap_or(10).clamp(1, 100);
    let divided = measures::divide(&app, caller.me, wanted, period(&params)?, limit).await?;
    let count = |(name, count): (String, i64)| (name, count.to_string());
    let mut shown: Vec<Value> =
        divided.into_iter().map(|(by, parts)| dimension(by.as_str(), parts.into_iter().map(count))).collect();
    if asks("software_versions") {
        shown.push(dimension("software_versions", [("tertulia".to_owned(), health::VERSION.to_owned())]));
    }
    Ok(HttpResponse::Ok().json(shown))
}
