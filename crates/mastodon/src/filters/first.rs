//! Filters in the first form, one keyword each: a view of the present ones.
use actix_web::{
    HttpResponse,
    web::{self, Data, ServiceConfig},
};
use app::{App, filters};
use domain::{
    filter::{Action, Filter as Kept},
    id::FilterId,
};
use serde_json::json;

use super::{expires, mine, places, with_part, words};
use crate::{
    caller::{Allowed, ReadFilters, WriteFilters},
    entities::filter::First,
    error::{Error, Result},
    params::Sent,
    route::{Number, at, get},
};

pub(super) fn routes(cfg: &mut ServiceConfig) {
    let one = at("/v1/filters/{id}").route(get().to(show)).route(web::delete().to(remove));
    cfg.service(at("/v1/filters").route(get().to(all)).route(web::post().to(create)))
        .service(one.route(web::put().to(change)).route(web::patch().to(change)));
}

fn holds(filter: &Kept, id: i64) -> bool {
    filter.keywords.iter().any(|words| words.id.0 == id)
}

/// The keyword with this number, as a filter.
fn answer(filter: &Kept, id: i64) -> Result<HttpResponse> {
    let words = filter.keywords.iter().find(|words| words.id.0 == id).ok_or_else(Error::missing)?;
    Ok(HttpResponse::Ok().json(First::new(filter, words)))
}

async fn all(app: Data<App>, caller: Allowed<ReadFilters>) -> Result<HttpResponse> {
    let filters = mine(&app, caller.me).await?;
    let keywords = filters.iter().flat_map(|filter| filter.keywords.iter().map(move |words| First::new(filter, words)));
    Ok(HttpResponse::Ok().json(keywords.collect::<Vec<_>>()))
}

async fn show(app: Data<App>, caller: Allowed<ReadFilters>, Number(id): Number) -> Result<HttpResponse> {
    answer(&with_part(&app, caller.me, |filter| holds(filter, id)).await?, id)
}

async fn create(app: Data<App>, caller: Allowed<WriteFilters>, sent: Sent) -> Result<HttpResponse> {
    let params = sent.read()?;
    let phrase = params.text("phrase").unwrap_or_default();
    let filter = Kept {
        id: FilterId(0),
        title: phrase.clone(),
        places: places(&params)?.unwrap_or_default(),
        action: if params.flag("irreversible") == Some(true) { Action::Hide } else { Action::Warn },
        expires: expires(&params, app.now(), None),
        keywords: vec![words(phrase, params.flag("whole_word"))],
        picked: Vec::new(),
    };
    let filter = filters::create(&app, caller.me, filter).await?;
    let id = filter.keywords.first().map_or(0, |words| words.id.0);
    answer(&filter, id)
}

async fn change(app: Data<App>, caller: Allowed<WriteFilters>, Number(id): Number, sent: Sent) -> Result<HttpResponse> {
    let params = sent.read()?;
    let (phrase, whole) = (params.text("phrase"), params.flag("whole_word"));
    let (places, hides, now) = (places(&params)?, params.flag("irreversible"), app.now());
    let filter = with_part(&app, caller.me, |filter| holds(filter, id)).await?;
    let change = move |filter: &mut Kept| {
        let shared = filter.keywords.len() > 1;
        let wanted = places.clone().unwrap_or_else(|| filter.places.clone());
        // What holds for all keywords of a filter is not changed through one of them.
        if shared && (wanted != filter.places || hides.is_some_and(|hides| hides != (filter.action == Action::Hide))) {
            return Err(app::Error::Invalid("this filter has several keywords; change it as a whole".into()));
        }
        filter.places = wanted;
        if let Some(hides) = hides {
            filter.action = if hides { Action::Hide } else { Action::Warn };
        }
        filter.expires = expires(&params, now, filter.expires);
        for words in filter.keywords.iter_mut().filter(|words| words.id.0 == id) {
            words.keyword = phrase.clone().unwrap_or_else(|| words.keyword.clone());
            words.whole_word = whole.unwrap_or(words.whole_word);
        }
        Ok(())
    };
    answer(&filters::change(&app, caller.me, filter.id, change).await?, id)
}

/// Takes a keyword away, and its filter if nothing is left of it.
async fn remove(app: Data<App>, caller: Allowed<WriteFilters>, Number(id): Number) -> Result<HttpResponse> {
    let filter = with_part(&app, caller.me, |filter| holds(filter, id)).await?;
    if filter.keywords.len() == 1 && filter.picked.is_empty() {
        filters::remove(&app, caller.me, filter.id).await?;
    } else {
        let change = move |filter: &mut Kept| {
            filter.keywords.retain(|words| words.id.0 != id);
            Ok(())
        };
        filters::change(&app, caller.me, filter.id, change).await?;
    }
    Ok(HttpResponse::Ok().json(json!({})))
}
