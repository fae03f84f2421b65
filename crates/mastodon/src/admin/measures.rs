//! Numbers of the server by day, for those who administer it.
use actix_web::{
    HttpResponse,
    web::{Data, ServiceConfig, post},
};
use app::{
    App, health,
    measures::{self, Dimension, Measure, Period},
    visits,
};
use domain::time::{Timestamp, span};
use serde_json::{Value, json};
use time::{Date, OffsetDateTime};

use crate::{
    caller::{AdminRead, Allowed},
    entities::{day, instant},
    error::{Error, Result},
    params::{Params, Sent},
    route::at,
};

pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/admin/measures").route(post().to(measured)))
        .service(at("/v1/admin/dimensions").route(post().to(divided)))
        .service(at("/v1/admin/retention").route(post().to(returned)));
}

/// The moment that is asked for by this name: clients send a day, or a moment that begins with one.
fn moment(params: &Params, name: &str) -> Option<Timestamp> {
    day(params.text(name)?.get(..10)?)
}

/// The days that are asked for.
fn period(params: &Params) -> Result<Period> {
    let (Some(start), Some(last)) = (moment(params, "start_at"), moment(params, "end_at")) else {
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

/// How many days or months may be compared at one time.
const SPANS: usize = 92;

/// When each of the days begins that are asked for, or each of the months; and at the end, when the last one is over.
fn bounds(start: Timestamp, last: Timestamp, by_month: bool) -> Option<Vec<Timestamp>> {
    let date = |at: Timestamp| OffsetDateTime::from_unix_timestamp(at.seconds()).ok().map(OffsetDateTime::date);
    let first = |date: Date| if by_month { date.replace_day(1).ok() } else { Some(date) };
    let next =
        |date: &Date| if by_month { first(date.saturating_add(time::Duration::days(31))) } else { date.next_day() };
    let begins = |date: Date| Timestamp::from_seconds(date.midnight().assume_utc().unix_timestamp());
    let (start, last) = (first(date(start)?)?, date(last)?);
    let spans = std::iter::successors(Some(start), next).take_while(|start| *start <= last).take(SPANS + 1).count();
    let starts = std::iter::successors(Some(start), next).take(spans + 1).map(begins);
    (1..=SPANS).contains(&spans).then(|| starts.collect())
}

/// Of those who signed up in each span of time, how many came back in each that followed, or later.
async fn returned(app: Data<App>, caller: Allowed<AdminRead>, sent: Sent) -> Result<HttpResponse> {
    let params = sent.read()?;
    let frequency = if params.text("frequency").as_deref() == Some("month") { "month" } else { "day" };
    let asked = moment(&params, "start_at").zip(moment(&params, "end_at"));
    let bounds = asked.and_then(|(start, last)| bounds(start, last, frequency == "month"));
    let bounds = bounds.ok_or_else(|| Error::invalid("from which day to which? These cannot be compared at once"))?;
    let cohorts = visits::cohorts(&app, caller.me, bounds.clone()).await?;
    let entity = |(at, cohort): (usize, &visits::Cohort)| -> Value {
        let spans = bounds.iter().skip(at).zip(&cohort.back);
        let data = spans.map(|(start, back)| {
            json!({ "date": instant(*start), "rate": ratio(*back, cohort.size), "value": back.to_string() })
        });
        json!({
            "period": bounds.get(at).copied().map(instant),
            "frequency": frequency,
            "data": data.collect::<Vec<_>>(),
        })
    };
    Ok(HttpResponse::Ok().json(cohorts.iter().enumerate().map(entity).collect::<Vec<_>>()))
}

/// Which part of a whole something is; of nothing it is none.
#[expect(clippy::cast_precision_loss, reason = "nobody counts so many people")]
fn ratio(part: i64, whole: i64) -> f64 {
    part as f64 / whole.max(1) as f64
}
