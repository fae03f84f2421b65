//! Filters: what one does not want to see, or only behind a warning.
use actix_web::{
    HttpResponse,
    web::{self, Data, ServiceConfig},
};
use app::{App, Me, filters};
use domain::{
    filter::{Action, Filter as Kept, Keyword as Words, Picked, Place},
    id::{FilterId, PostId},
    time::{Timestamp, span},
};
use serde_json::json;

use crate::{
    caller::{Allowed, ReadFilters, WriteFilters},
    entities::filter::{Filter, FilterStatus, Keyword},
    error::{Error, Result},
    params::{Params, Sent},
    route::{Number, at, get},
    statuses,
};

mod first;

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    let one = at("/v2/filters/{id}").route(get().to(show)).route(web::delete().to(remove));
    let keyword = at("/v2/filters/keywords/{id}").route(get().to(keyword)).route(web::delete().to(remove_keyword));
    let picked = at("/v2/filters/statuses/{id}").route(get().to(picked)).route(web::delete().to(unpick));
    cfg.service(keyword.route(web::put().to(change_keyword)).route(web::patch().to(change_keyword)))
        .service(picked)
        .service(at("/v2/filters").route(get().to(all)).route(web::post().to(create)))
        .service(one.route(web::put().to(change)).route(web::patch().to(change)))
        .service(at("/v2/filters/{id}/keywords").route(get().to(keywords)).route(web::post().to(add_keyword)))
        .service(at("/v2/filters/{id}/statuses").route(get().to(all_picked)).route(web::post().to(pick)))
        .configure(first::routes);
}

/// My filters.
async fn mine(app: &App, me: Me) -> Result<Vec<Kept>> {
    Ok(app.read(move |c| store::filters::of(c, me.0, None)).await?)
}

/// My filter with this number.
async fn find(app: &App, me: Me, id: i64) -> Result<Kept> {
    let found = app.read(move |c| store::filters::of(c, me.0, Some(FilterId(id)))).await?;
    found.into_iter().next().ok_or_else(Error::missing)
}

/// My filter with a part that `is` the one that is asked for.
async fn with_part(app: &App, me: Me, is: impl Fn(&Kept) -> bool) -> Result<Kept> {
    mine(app, me).await?.into_iter().find(|filter| is(filter)).ok_or_else(Error::missing)
}

/// The places that a client names.
fn places(params: &Params) -> Result<Option<Vec<Place>>> {
    let Some(words) = params.list("context") else { return Ok(None) };
    let places = words.iter().map(|word| word.parse::<Place>());
    places.collect::<Result<_, _>>().map(Some).map_err(|_unknown| Error::invalid("there is no such context"))
}

/// Until when a filter holds: for some seconds, for good if nothing is given for them, or as before if nothing is said.
fn expires(params: &Params, now: Timestamp, was: Option<Timestamp>) -> Option<Timestamp> {
    if !params.is_given("expires_in") {
        return was;
    }
    let seconds = params.number("expires_in").and_then(|seconds| u64::try_from(seconds).ok());
    seconds.map(|seconds| now + span::seconds(seconds).min(span::days(36_500)))
}

fn action(params: &Params) -> Result<Option<Action>> {
    let word = params.text("filter_action").filter(|word| !word.is_empty());
    word.map(|word| word.parse().map_err(|_unknown| Error::invalid("there is no such filter_action"))).transpose()
}

/// What a client says of the keywords of a filter: new ones, others for known ones, and known ones that go.
#[derive(Debug, Clone)]
enum Said {
    New(Words),
    Changed(FilterId, Option<String>, Option<bool>),
    Gone(FilterId),
}

fn said(params: &Params) -> Vec<Said> {
    let one = |tree: &Params| {
        let (keyword, whole) = (tree.text("keyword"), tree.flag("whole_word"));
        match tree.number("id").map(FilterId) {
            Some(id) if tree.flag("_destroy") == Some(true) => Said::Gone(id),
            Some(id) => Said::Changed(id, keyword, whole),
            None => Said::New(words(keyword.unwrap_or_default(), whole)),
        }
    };
    params.trees("keywords_attributes").iter().map(one).collect()
}

fn words(keyword: String, whole_word: Option<bool>) -> Words {
    Words { id: FilterId(0), keyword, whole_word: whole_word.unwrap_or(false) }
}

fn apply(keywords: &mut Vec<Words>, said: &[Said]) {
    for said in said {
        match said {
            Said::New(words) => keywords.push(words.clone()),
            Said::Gone(id) => keywords.retain(|words| words.id != *id),
            Said::Changed(id, keyword, whole) => {
                for words in keywords.iter_mut().filter(|words| words.id == *id) {
                    words.keyword = keyword.clone().unwrap_or_else(|| words.keyword.clone());
                    words.whole_word = whole.unwrap_or(words.whole_word);
                }
            }
        }
    }
}

async fn all(app: Data<App>, caller: Allowed<ReadFilters>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(mine(&app, caller.me).await?.iter().map(Filter::new).collect::<Vec<_>>()))
}

async fn show(app: Data<App>, caller: Allowed<ReadFilters>, Number(id): Number) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(Filter::new(&find(&app, caller.me, id).await?)))
}

async fn create(app: Data<App>, caller: Allowed<WriteFilters>, sent: Sent) -> Result<HttpResponse> {
    let params = sent.read()?;
    let mut keywords = Vec::new();
    apply(&mut keywords, &said(&params));
    let filter = Kept {
        id: FilterId(0),
        title: params.text("title").unwrap_or_default(),
        places: places(&params)?.unwrap_or_default(),
        action: action(&params)?.unwrap_or(Action::Warn),
        expires: expires(&params, app.now(), None),
        keywords,
        picked: Vec::new(),
    };
    Ok(HttpResponse::Ok().json(Filter::new(&filters::create(&app, caller.me, filter).await?)))
}

async fn change(app: Data<App>, caller: Allowed<WriteFilters>, Number(id): Number, sent: Sent) -> Result<HttpResponse> {
    let params = sent.read()?;
    let (title, places, action) = (params.text("title"), places(&params)?, action(&params)?);
    let (now, said) = (app.now(), said(&params));
    let change = move |filter: &mut Kept| {
        filter.title = title.clone().unwrap_or_else(|| filter.title.clone());
        filter.places = places.clone().unwrap_or_else(|| filter.places.clone());
        filter.action = action.unwrap_or(filter.action);
        filter.expires = expires(&params, now, filter.expires);
        apply(&mut filter.keywords, &said);
        Ok(())
    };
    Ok(HttpResponse::Ok().json(Filter::new(&filters::change(&app, caller.me, FilterId(id), change).await?)))
}

async fn remove(app: Data<App>, caller: Allowed<WriteFilters>, Number(id): Number) -> Result<HttpResponse> {
    filters::remove(&app, caller.me, FilterId(id)).await?;
    Ok(HttpResponse::Ok().json(json!({})))
}

async fn keywords(app: Data<App>, caller: Allowed<ReadFilters>, Number(id): Number) -> Result<HttpResponse> {
    let filter = find(&app, caller.me, id).await?;
    Ok(HttpResponse::Ok().json(filter.keywords.iter().map(Keyword::from).collect::<Vec<_>>()))
}

/// The keyword of a filter with this number.
fn with_number(filter: &Kept, id: i64) -> Result<HttpResponse> {
    let words = filter.keywords.iter().find(|words| words.id.0 == id).ok_or_else(Error::missing)?;
    Ok(HttpResponse::Ok().json(Keyword::from(words)))
}

async fn add_keyword(
    app: Data<App>,
    caller: Allowed<WriteFilters>,
    Number(id): Number,
    sent: Sent,
) -> Result<HttpResponse> {
    let params = sent.read()?;
    let new = words(params.text("keyword").unwrap_or_default(), params.flag("whole_word"));
    let change = move |filter: &mut Kept| {
        filter.keywords.push(new.clone());
        Ok(())
    };
    let filter = filters::change(&app, caller.me, FilterId(id), change).await?;
    let words = filter.keywords.last().ok_or_else(Error::missing)?;
    Ok(HttpResponse::Ok().json(Keyword::from(words)))
}

async fn keyword(app: Data<App>, caller: Allowed<ReadFilters>, Number(id): Number) -> Result<HttpResponse> {
    with_number(&with_part(&app, caller.me, |filter| filter.keywords.iter().any(|words| words.id.0 == id)).await?, id)
}

async fn change_keyword(
    app: Data<App>,
    caller: Allowed<WriteFilters>,
    Number(id): Number,
    sent: Sent,
) -> Result<HttpResponse> {
    let params = sent.read()?;
    let said = Said::Changed(FilterId(id), params.text("keyword"), params.flag("whole_word"));
    with_number(&change_part(&app, caller.me, id, said).await?, id)
}

async fn remove_keyword(app: Data<App>, caller: Allowed<WriteFilters>, Number(id): Number) -> Result<HttpResponse> {
    change_part(&app, caller.me, id, Said::Gone(FilterId(id))).await?;
    Ok(HttpResponse::Ok().json(json!({})))
}

/// Does what is said of the keyword with this number; the answer is its filter.
async fn change_part(app: &App, me: Me, id: i64, said: Said) -> Result<Kept> {
    let filter = with_part(app, me, |filter| filter.keywords.iter().any(|words| words.id.0 == id)).await?;
    let change = move |filter: &mut Kept| {
        apply(&mut filter.keywords, std::slice::from_ref(&said));
        Ok(())
    };
    Ok(filters::change(app, me, filter.id, change).await?)
}

async fn all_picked(app: Data<App>, caller: Allowed<ReadFilters>, Number(id): Number) -> Result<HttpResponse> {
    let filter = find(&app, caller.me, id).await?;
    Ok(HttpResponse::Ok().json(filter.picked.iter().map(FilterStatus::from).collect::<Vec<_>>()))
}

async fn pick(app: Data<App>, caller: Allowed<WriteFilters>, Number(id): Number, sent: Sent) -> Result<HttpResponse> {
    let number = sent.read()?.number("status_id").ok_or_else(Error::missing)?;
    let post: PostId = statuses::find(&app, number, Some(caller.me)).await?.post;
    let change = move |filter: &mut Kept| {
        if filter.picked.iter().all(|picked| picked.post != post) {
            filter.picked.push(Picked { id: FilterId(0), post });
        }
        Ok(())
    };
    let filter = filters::change(&app, caller.me, FilterId(id), change).await?;
    let picked = filter.picked.iter().find(|picked| picked.post == post).ok_or_else(Error::missing)?;
    Ok(HttpResponse::Ok().json(FilterStatus::from(picked)))
}

async fn picked(app: Data<App>, caller: Allowed<ReadFilters>, Number(id): Number) -> Result<HttpResponse> {
    let filter = with_part(&app, caller.me, |filter| filter.picked.iter().any(|picked| picked.id.0 == id)).await?;
    let picked = filter.picked.iter().find(|picked| picked.id.0 == id).ok_or_else(Error::missing)?;
    Ok(HttpResponse::Ok().json(FilterStatus::from(picked)))
}

async fn unpick(app: Data<App>, caller: Allowed<WriteFilters>, Number(id): Number) -> Result<HttpResponse> {
    let filter = with_part(&app, caller.me, |filter| filter.picked.iter().any(|picked| picked.id.0 == id)).await?;
    let change = move |filter: &mut Kept| {
        filter.picked.retain(|picked| picked.id.0 != id);
        Ok(())
    };
    filters::change(&app, caller.me, filter.id, change).await?;
    Ok(HttpResponse::Ok().json(json!({})))
}
