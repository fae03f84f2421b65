//! Reports: looked through, sorted otherwise, dealt with and opened again.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, ServiceConfig, patch, post, put},
};
use app::{App, Me, claims, reports};
use domain::{
    claim::Item,
    id::{ActorId, HouseRuleId, ReportId},
};
use store::reports::Sought;

use crate::{
    caller::{AdminReadReports, AdminWriteReports, Allowed},
    entities::{Reader, admin},
    error::{Error, Result},
    paging::{self, Ends},
    params::{Asked, Sent},
    route::{Number, at, get},
};

pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/admin/reports").route(get().to(list)))
        .service(at("/v1/admin/reports/{id}").route(get().to(show)).route(put().to(change)).route(patch().to(change)))
        .service(at("/v1/admin/reports/{id}/assign_to_self").route(post().to(assign)))
        .service(at("/v1/admin/reports/{id}/unassign").route(post().to(unassign)))
        .service(at("/v1/admin/reports/{id}/resolve").route(post().to(resolve)))
        .service(at("/v1/admin/reports/{id}/reopen").route(post().to(reopen)));
}

async fn list(
    app: Data<App>,
    caller: Allowed<AdminReadReports>,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let window = paging::window(&params, 100, 200);
    let sought = Sought {
        resolved: params.flag("resolved").unwrap_or(false),
        reporter: params.number("account_id").map(ActorId),
        target: params.number("target_account_id").map(ActorId),
    };
    let found = reports::search(&app, caller.me, sought, window).await?;
    let ends = Ends::of(found.iter().map(|report| report.id.0), window);
    let reader = Reader::new(&app, Some(caller.me));
    let shown = app.read(move |c| admin::reports(c, &reader, &found)).await?;
    Ok(paging::answer(&request, app.site(), &shown, ends))
}

/// A report as it is now.
async fn one(app: &App, me: Me, id: i64) -> Result<HttpResponse> {
    let found = reports::show(app, me, ReportId(id)).await?;
    let reader = Reader::new(app, Some(me));
    let mut shown = app.read(move |c| admin::reports(c, &reader, &[found])).await?;
    Ok(HttpResponse::Ok().json(shown.pop().ok_or_else(Error::missing)?))
}

async fn show(app: Data<App>, caller: Allowed<AdminReadReports>, Number(id): Number) -> Result<HttpResponse> {
    one(&app, caller.me, id).await
}

async fn change(
    app: Data<App>,
    caller: Allowed<AdminWriteReports>,
    Number(id): Number,
    sent: Sent,
) -> Result<HttpResponse> {
    let params = sent.read()?;
    let category = match params.text("category") {
        Some(word) => Some(word.parse().map_err(|_unknown| Error::invalid("there is no such category"))?),
        None => None,
    };
    let rules = params.has("rule_ids").then(|| params.numbers("rule_ids").into_iter().map(HouseRuleId).collect());
    reports::sort(&app, caller.me, ReportId(id), category, rules).await?;
    one(&app, caller.me, id).await
}

/// Whoever assigns a report to themselves has it as if they had taken it in the queue, and for as long.
async fn assign(app: Data<App>, caller: Allowed<AdminWriteReports>, Number(id): Number) -> Result<HttpResponse> {
    claims::take(&app, caller.me, Item::Report(ReportId(id))).await?;
    one(&app, caller.me, id).await
}

async fn unassign(app: Data<App>, caller: Allowed<AdminWriteReports>, Number(id): Number) -> Result<HttpResponse> {
    claims::release(&app, caller.me, Item::Report(ReportId(id))).await?;
    one(&app, caller.me, id).await
}

async fn resolve(app: Data<App>, caller: Allowed<AdminWriteReports>, Number(id): Number) -> Result<HttpResponse> {
    reports::resolve(&app, caller.me, ReportId(id)).await?;
    one(&app, caller.me, id).await
}

async fn reopen(app: Data<App>, caller: Allowed<AdminWriteReports>, Number(id): Number) -> Result<HttpResponse> {
    reports::reopen(&app, caller.me, ReportId(id)).await?;
    one(&app, caller.me, id).await
}
