//! Hashtags: following them, showing them on one's page, and which are much used.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, ServiceConfig},
};
use app::{App, tags};
use domain::{
    id::{ActorId, TagId},
    text::hashtag,
    urls::Site,
};
use serde_json::json;
use store::{Conn, timelines::Entry};

use crate::{
    caller::{Allowed, Read, ReadAccounts, ReadFollows, ReadStatuses, Viewer, WriteAccounts, WriteFollows},
    entities::{
        Reader, card, status,
        tag::{self, Featured},
    },
    error::{Error, Result},
    paging::{self, Ends},
    params::{Asked, Sent},
    route::{Number, Word, at, get},
};

/// How many posts are looked at for those that are talked about.
const TALKED_ABOUT: i64 = 40;

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/tags/{name}").route(get().to(show)))
        .service(at("/v1/tags/{name}/follow").route(web::post().to(follow)))
        .service(at("/v1/tags/{name}/unfollow").route(web::post().to(unfollow)))
        .service(at("/v1/tags/{name}/feature").route(web::post().to(feature_named)))
        .service(at("/v1/tags/{name}/unfeature").route(web::post().to(unfeature_named)))
        .service(at("/v1/followed_tags").route(get().to(followed)))
        .service(at("/v1/featured_tags/suggestions").route(get().to(suggestions)))
        .service(at("/v1/featured_tags/{id}").route(web::delete().to(unfeature)))
        .service(at("/v1/featured_tags").route(get().to(featured)).route(web::post().to(feature)))
        .service(at("/v1/trends").route(get().to(trending)))
        .service(at("/v1/trends/tags").route(get().to(trending)))
        .service(at("/v1/trends/statuses").route(get().to(talked_about)))
        .service(at("/v1/trends/links").route(get().to(links)));
}

/// The entity of one hashtag.
async fn answer(app: &App, me: Option<app::Me>, name: String) -> Result<HttpResponse> {
    let reader = Reader::new(app, me);
    let tag = app.read(move |c| Ok(tag::list(c, &reader, &[name])?.pop())).await?;
    Ok(HttpResponse::Ok().json(tag.ok_or_else(Error::missing)?))
}

async fn show(app: Data<App>, caller: Viewer<ReadFollows>, Word(name): Word) -> Result<HttpResponse> {
    let name = name.trim_start_matches('#');
    if !hashtag::is_tag(name) {
        return Err(Error::missing());
    }
    answer(&app, caller.me, hashtag::fold(name)).await
}

async fn follow(app: Data<App>, caller: Allowed<WriteFollows>, Word(name): Word) -> Result<HttpResponse> {
    let name = tags::follow(&app, caller.me, &name).await?;
    answer(&app, Some(caller.me), name).await
}

async fn unfollow(app: Data<App>, caller: Allowed<WriteFollows>, Word(name): Word) -> Result<HttpResponse> {
    let name = tags::unfollow(&app, caller.me, &name).await?;
    answer(&app, Some(caller.me), name).await
}

async fn feature_named(app: Data<App>, caller: Allowed<WriteAccounts>, Word(name): Word) -> Result<HttpResponse> {
    let kept = tags::feature(&app, caller.me, &name).await?;
    answer(&app, Some(caller.me), kept.tag).await
}

async fn unfeature_named(app: Data<App>, caller: Allowed<WriteAccounts>, Word(name): Word) -> Result<HttpResponse> {
    let (me, name) = (caller.me, hashtag::fold(&name));
    let shown = app.read(move |c| store::tags::featured(c, me.0)).await?;
    if let Some(kept) = shown.into_iter().find(|kept| kept.tag == name) {
        tags::unfeature(&app, me, kept.id).await?;
    }
    answer(&app, Some(me), name).await
}

async fn followed(
    app: Data<App>,
    caller: Allowed<ReadFollows>,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let (window, me, reader) = (paging::window(&params, 100, 200), caller.me.0, Reader::new(&app, Some(caller.me)));
    let page = app.read(move |c| {
        let kept = store::tags::followed(c, me, window)?;
        let ends = Ends::of(kept.iter().map(|kept| kept.id.0), window);
        let names: Vec<String> = kept.into_iter().map(|kept| kept.tag).collect();
        Ok((tag::list(c, &reader, &names)?, ends))
    });
    let (tags, ends) = page.await?;
    Ok(paging::answer(&request, app.site(), &tags, ends))
}

/// The hashtags that a person shows, with how much they used them.
pub(crate) fn featured_by(c: &mut Conn, site: &Site, person: ActorId) -> store::Result<Vec<Featured>> {
    let shown = store::tags::featured(c, person)?;
    let names: Vec<String> = shown.iter().map(|kept| kept.tag.clone()).collect();
    let used = store::tags::used_by(c, person, &names)?;
    let featured = |kept| tag::featured(site, kept, used.get(&kept.tag).copied().unwrap_or_default());
    Ok(shown.iter().map(featured).collect())
}

async fn featured(app: Data<App>, caller: Allowed<ReadAccounts>) -> Result<HttpResponse> {
    let (me, site) = (caller.me.0, app.site().clone());
    Ok(HttpResponse::Ok().json(app.read(move |c| featured_by(c, &site, me)).await?))
}

async fn feature(app: Data<App>, caller: Allowed<WriteAccounts>, sent: Sent) -> Result<HttpResponse> {
    let (me, site) = (caller.me, app.site().clone());
    let kept = tags::feature(&app, me, &sent.read()?.text("name").unwrap_or_default()).await?;
    let featured = app.read(move |c| {
        let used = store::tags::used_by(c, me.0, std::slice::from_ref(&kept.tag))?;
        Ok(tag::featured(&site, &kept, used.get(&kept.tag).copied().unwrap_or_default()))
    });
    Ok(HttpResponse::Ok().json(featured.await?))
}

async fn unfeature(app: Data<App>, caller: Allowed<WriteAccounts>, Number(id): Number) -> Result<HttpResponse> {
    tags::unfeature(&app, caller.me, TagId(id)).await?;
    Ok(HttpResponse::Ok().json(json!({})))
}

async fn suggestions(app: Data<App>, caller: Allowed<ReadAccounts>) -> Result<HttpResponse> {
    let (me, reader) = (caller.me.0, Reader::new(&app, Some(caller.me)));
    let tags = app.read(move |c| {
        let shown = store::tags::featured(c, me)?;
        let mut used = store::tags::favourites(c, me, 20)?;
        used.retain(|tag| shown.iter().all(|kept| kept.tag != *tag));
        used.truncate(10);
        tag::list(c, &reader, &used)
    });
    Ok(HttpResponse::Ok().json(tags.await?))
}

async fn trending(app: Data<App>, caller: Viewer<Read>, Asked(params): Asked) -> Result<HttpResponse> {
    let (limit, reader) = (paging::limit(&params, 10, 20), Reader::new(&app, caller.me));
    let skipped = params.number("offset").unwrap_or(0).clamp(0, 200);
    let tags = app.read(move |c| {
        let names = tag::trending(c, reader.now)?;
        let names = names.into_iter().skip(usize::try_from(skipped).unwrap_or(0));
        tag::list(c, &reader, &names.take(usize::try_from(limit).unwrap_or(0)).collect::<Vec<_>>())
    });
    Ok(HttpResponse::Ok().json(tags.await?))
}

/// The public threads of the last days that most liked and passed on.
async fn talked_about(app: Data<App>, caller: Viewer<ReadStatuses>, Asked(params): Asked) -> Result<HttpResponse> {
    let (limit, viewer, reader) = (paging::limit(&params, 20, TALKED_ABOUT), caller.id(), Reader::new(&app, caller.me));
    let skipped = params.number("offset").unwrap_or(0).clamp(0, TALKED_ABOUT);
    let since = tag::since(app.now());
    let statuses = app.read(move |c| {
        let posts = store::timelines::talked_about(c, viewer, since, skipped + limit)?;
        let posts = posts.into_iter().skip(usize::try_from(skipped).unwrap_or(0));
        status::list(c, &reader, &posts.map(Entry::of).collect::<Vec<_>>())
    });
    Ok(HttpResponse::Ok().json(statuses.await?))
}

/// The pages that are linked to most.
async fn links(app: Data<App>, caller: Viewer<Read>, Asked(params): Asked) -> Result<HttpResponse> {
    let (limit, reader) = (paging::limit(&params, 10, 20), Reader::new(&app, caller.me));
    let skipped = usize::try_from(params.number("offset").unwrap_or(0).clamp(0, 200)).unwrap_or(0);
    let most = usize::try_from(limit).unwrap_or(0);
    Ok(HttpResponse::Ok().json(app.read(move |c| card::trending(c, &reader, skipped, most)).await?))
}
