//! Whom to follow: those near to whom one follows, and those here who want to be found.
use actix_web::{
    HttpResponse,
    web::{self, Data, ServiceConfig},
};
use app::{App, notes};
use domain::id::ActorId;
use serde::Serialize;
use serde_json::json;
use store::{Conn, suggestions::Listing};

use crate::{
    caller::{Allowed, Read, ReadAccounts, Viewer},
    entities::{
        Reader,
        account::{self, Account},
    },
    error::Result,
    paging,
    params::Asked,
    route::{Number, at, get},
};

/// How many of those who want to be found are looked at.
const LISTED: i64 = 500;

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/suggestions").route(get().to(first)))
        .service(at("/v2/suggestions").route(get().to(second)))
        .service(at("/v1/suggestions/{id}").route(web::delete().to(dismiss)))
        .service(at("/v1/directory").route(get().to(directory)));
}

/// A `Suggestion`.
#[derive(Debug, Serialize)]
struct Suggestion {
    source: &'static str,
    sources: [&'static str; 1],
    account: Account,
}

fn suggested(c: &mut Conn, reader: &Reader, me: ActorId, limit: i64) -> store::Result<Vec<Suggestion>> {
    let near = store::suggestions::near(c, me, limit)?;
    let mut all = near.clone();
    all.extend(
        store::suggestions::listed(c, Some(me), Listing::New, limit)?.into_iter().filter(|id| !near.contains(id)),
    );
    all.truncate(usize::try_from(limit).unwrap_or(0));
    let suggestion = |account: Account| {
        let (source, why) = if near.contains(&account.actor()) {
            ("past_interactions", "friends_of_friends")
        } else {
            ("staff", "featured")
        };
        Suggestion { source, sources: [why], account }
    };
    Ok(account::list(c, &reader.site, &all)?.into_iter().map(suggestion).collect())
}

async fn first(app: Data<App>, caller: Allowed<Read>, Asked(params): Asked) -> Result<HttpResponse> {
    let (me, limit, reader) = (caller.me.0, paging::limit(&params, 40, 80), Reader::new(&app, Some(caller.me)));
    let found = app.read(move |c| suggested(c, &reader, me, limit)).await?;
    Ok(HttpResponse::Ok().json(found.into_iter().map(|suggestion| suggestion.account).collect::<Vec<_>>()))
}

async fn second(app: Data<App>, caller: Allowed<Read>, Asked(params): Asked) -> Result<HttpResponse> {
    let (me, limit, reader) = (caller.me.0, paging::limit(&params, 40, 80), Reader::new(&app, Some(caller.me)));
    Ok(HttpResponse::Ok().json(app.read(move |c| suggested(c, &reader, me, limit)).await?))
}

async fn dismiss(app: Data<App>, caller: Allowed<Read>, Number(id): Number) -> Result<HttpResponse> {
    notes::unsuggest(&app, caller.me, ActorId(id)).await?;
    Ok(HttpResponse::Ok().json(json!({})))
}

/// Those who want to be found, of here or of all who are known here: by when they wrote last, or the newest first.
async fn directory(app: Data<App>, caller: Viewer<ReadAccounts>, Asked(params): Asked) -> Result<HttpResponse> {
    let (limit, viewer, site) = (paging::limit(&params, 40, 80), caller.id(), app.site().clone());
    let skipped = usize::try_from(params.number("offset").unwrap_or(0).clamp(0, LISTED)).unwrap_or(0);
    let listing = if params.flag("local") == Some(true) { Listing::Here } else { Listing::Known };
    let newest = params.text("order").as_deref() == Some("new");
    let page = app.read(move |c| {
        let mut ids = store::suggestions::listed(c, viewer, listing, LISTED)?;
        if !newest {
            let numbers = store::relations::numbers(c, &ids)?;
            ids.sort_by_key(|id| std::cmp::Reverse(numbers.get(id).and_then(|numbers| numbers.newest)));
        }
        let ids: Vec<ActorId> = ids.into_iter().skip(skipped).take(usize::try_from(limit).unwrap_or(0)).collect();
        account::list(c, &site, &ids)
    });
    Ok(HttpResponse::Ok().json(page.await?))
}
