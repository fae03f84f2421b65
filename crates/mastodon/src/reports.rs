//! Reporting people and posts.
use actix_web::{
    HttpResponse,
    web::{self, Data, ServiceConfig},
};
use app::{
    App,
    reports::{self, Complaint},
};
use domain::{
    id::{ActorId, HouseRuleId},
    report::{Category, Reach},
};

use crate::{
    caller::{Allowed, WriteReports},
    entities::{Reader, report},
    error::{Error, Result},
    params::Sent,
    route::at,
    statuses,
};

/// The longest comment, in characters, as clients know it.
const COMMENT: usize = 1_000;

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/reports").route(web::post().to(file)));
}

async fn file(app: Data<App>, caller: Allowed<WriteReports>, sent: Sent) -> Result<HttpResponse> {
    let (me, params) = (caller.me, sent.read()?);
    let target = ActorId(params.number("account_id").ok_or_else(Error::missing)?);
    let numbers = params.list("status_ids").unwrap_or_default();
    if numbers.len() > reports::POSTS {
        return Err(Error::invalid("too many posts in one report"));
    }
    let mut posts = Vec::new();
    for number in numbers {
        let number = number.parse().map_err(|_no_number| Error::missing())?;
        let post = statuses::find(&app, number, Some(me)).await?.post;
        if !posts.contains(&post) {
            posts.push(post);
        }
    }
    let comment = params.text("comment").unwrap_or_default();
    if comment.chars().count() > COMMENT {
        return Err(Error::invalid(format!("a comment has at most {COMMENT} characters")));
    }
    // Whoever names a rule need not say that it is broken.
    let unsaid = if params.has("rule_ids") { Category::Violation } else { Category::Other };
    let category = match params.text("category").filter(|word| !word.is_empty()) {
        Some(word) => word.parse().map_err(|_unknown| Error::invalid("there is no such category"))?,
        None => unsaid,
    };
    let mut rules: Vec<HouseRuleId> = params.numbers("rule_ids").into_iter().map(HouseRuleId).collect();
    rules.sort_unstable();
    rules.dedup();
    let reach = if params.flag("forward").unwrap_or(false) { Reach::Everybody } else { Reach::Here };
    let filed =
        reports::file(&app, me, Complaint { target, posts, comment, category, bylaw: None, rules, reach }).await?;
    let reader = Reader::new(&app, Some(me));
    let shown = app.read(move |c| Ok(report::by_id(c, &reader, vec![filed])?.into_values().next()));
    Ok(HttpResponse::Ok().json(shown.await?.ok_or_else(Error::missing)?))
}
