//! What the instance says of itself.
use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, ServiceConfig},
};
use app::{App, imprint::Shown, totals::Total, visits};
use domain::{
    id::{self, PostId},
    imprint::Kind,
    rule::{Openness, Regard, Ruling},
    time::{Timestamp, span},
};
use serde_json::json;

use crate::{
    caller::{Allowed, ReadAccounts},
    entities::{self, account, date, instance::Instance, instant, status::visibility},
    error::{Error, Result},
    params::{Asked, Params},
    route::{Word, at, get},
};

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/instance").route(get().to(first)))
        .service(at("/v2/instance").route(get().to(second)))
        .service(at("/v1/instance/rules").route(get().to(rules)))
        .service(at("/v1/instance/extended_description").route(get().to(extended_description)))
        .service(at("/v1/instance/privacy_policy").route(get().to(privacy_policy)))
        .service(at("/v1/instance/terms_of_service").route(get().to(terms)))
        .service(at("/v1/instance/terms_of_service/{date}").route(get().to(terms_of)))
        .service(at("/v1/instance/translation_languages").route(get().to(translations)))
        .service(at("/v1/instance/languages").route(get().to(languages)))
        .service(at("/v1/instance/peers").route(get().to(peers)))
        .service(at("/v1/peers/search").route(get().to(search_peers)))
        .service(at("/v1/instance/activity").route(get().to(activity)))
        .service(at("/v1/instance/domain_blocks").route(get().to(domain_blocks)))
        .service(at("/v1/preferences").route(get().to(preferences)));
}

/// The languages in which the server speaks, with their own names.
const LANGUAGES: [(&str, &str); 2] = [("es", "Español"), ("en", "English")];

/// How many weeks the activity goes back.
const WEEKS: u64 = 12;

/// The language that somebody wants the texts of the server in.
fn spoken(request: &HttpRequest, app: &App) -> &'static str {
    let asked = Params::of_query(request.query_string()).text("lang");
    let accepted = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let wanted = asked.or_else(|| accepted.map(str::to_owned)).unwrap_or_default();
    app.spoken(&wanted)
}

async fn rules(request: HttpRequest, app: Data<App>) -> Result<HttpResponse> {
    let rules = app::imprint::house_rules(&app).await?;
    Ok(HttpResponse::Ok().json(entities::instance::rules(&rules, spoken(&request, &app))))
}

async fn extended_description(request: HttpRequest, app: Data<App>) -> Result<HttpResponse> {
    text(&request, &app, Kind::Description).await
}

async fn privacy_policy(request: HttpRequest, app: Data<App>) -> Result<HttpResponse> {
    text(&request, &app, Kind::Privacy).await
}

/// A text, or an empty one of which nobody has written anything.
async fn text(request: &HttpRequest, app: &App, kind: Kind) -> Result<HttpResponse> {
    let text = app::imprint::text(app, kind, spoken(request, app)).await?;
    let (updated, content) = text.map_or((app.now(), String::new()), |text| (text.updated, text.body));
    Ok(HttpResponse::Ok().json(json!({ "updated_at": instant(updated), "content": content })))
}

async fn terms(request: HttpRequest, app: Data<App>) -> Result<HttpResponse> {
    let text = app::imprint::text(&app, Kind::Terms, spoken(&request, &app)).await?;
    terms_entity(text, app.now())
}

async fn terms_of(request: HttpRequest, app: Data<App>, Word(day): Word) -> Result<HttpResponse> {
    let day = entities::day(&day).ok_or_else(Error::missing)?;
    let text = app::imprint::text_of(&app, Kind::Terms, spoken(&request, &app), day).await?;
    terms_entity(text, app.now())
}

fn terms_entity(text: Option<Shown>, now: Timestamp) -> Result<HttpResponse> {
    let text = text.ok_or_else(Error::missing)?;
    Ok(HttpResponse::Ok().json(json!({
        "effective_date": date(text.effective),
        "effective": text.effective <= now,
        "content": text.body,
        "succeeded_by": text.succeeded_by.map(date),
    })))
}

/// Nothing is translated here.
async fn translations() -> HttpResponse {
    HttpResponse::Ok().json(json!({}))
}

async fn languages(app: Data<App>) -> HttpResponse {
    let named = |code: &&str| LANGUAGES.iter().find(|(known, _)| known == code);
    let offered = app.config().languages.iter().filter_map(named);
    HttpResponse::Ok().json(offered.map(|(code, name)| json!({ "code": code, "name": name })).collect::<Vec<_>>())
}

/// The hosts of the servers that are known and welcome.
async fn hosts(app: &App) -> Result<Vec<String>> {
    let known = app.read(store::peers::regards).await?;
    let mut hosts: Vec<String> =
        known.into_iter().filter(|(_, _, regard)| *regard != Regard::Suspended).map(|(_, host, _)| host).collect();
    hosts.sort_unstable();
    Ok(hosts)
}

async fn peers(app: Data<App>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(hosts(&app).await?))
}

async fn search_peers(app: Data<App>, Asked(params): Asked) -> Result<HttpResponse> {
    let wanted = params.text("q").unwrap_or_default().to_lowercase();
    let mut hosts = hosts(&app).await?;
    hosts.retain(|host| host.starts_with(&wanted));
    hosts.truncate(10);
    Ok(HttpResponse::Ok().json(hosts))
}

/// How many threads for everybody were started here, and by how many, in each of the last weeks.
async fn activity(app: Data<App>) -> Result<HttpResponse> {
    let now = app.now();
    let weeks = app.read(move |c| {
        let week = |ago: u64| {
            let (end, start) = (now - span::days(7 * ago), now - span::days(7 * (ago + 1)));
            let (from, to) = (PostId(id::at(start, 0)), PostId(id::at(end, 0)));
            let (threads, authors) = store::timelines::count_started(c, from, to)?;
            Ok(json!({
                "week": start.seconds().to_string(),
                "statuses": threads.to_string(),
                "logins": authors.to_string(),
                "registrations": store::accounts::count_since(c, start, end)?.to_string(),
            }))
        };
        (0..WEEKS).map(week).collect::<store::Result<Vec<_>>>()
    });
    Ok(HttpResponse::Ok().json(weeks.await?))
}

/// The servers that we do not deal with, or silence, and what is said about it in public.
async fn domain_blocks(app: Data<App>) -> Result<HttpResponse> {
    let rules = app.read(store::rules::all).await?;
    let block = |rule: store::rules::Rule| {
        let severity = match rule.ruling {
            Ruling::Suspend => "suspend",
            Ruling::Silence => "silence",
            Ruling::Allow => return None,
        };
        let host = rule.host.to_string();
        let digest = app::random::fingerprint(&host);
        Some(json!({ "domain": host, "digest": digest, "severity": severity, "comment": rule.public_comment }))
    };
    Ok(HttpResponse::Ok().json(rules.into_iter().filter_map(block).collect::<Vec<_>>()))
}

/// How somebody writes and reads by default.
async fn preferences(app: Data<App>, caller: Allowed<ReadAccounts>) -> Result<HttpResponse> {
    let (me, spoken) = (caller.me.0, caller.account.language);
    let found = app.read(move |c| Ok((store::preferences::of(c, me)?, store::preferences::reading(c, me)?)));
    let (wanted, reading) = found.await?;
    Ok(HttpResponse::Ok().json(json!({
        "posting:default:visibility": visibility(wanted.audience),
        "posting:default:sensitive": wanted.sensitive,
        "posting:default:language": wanted.language.unwrap_or(spoken),
        "posting:default:quote_policy": wanted.quoting,
        "reading:expand:media": reading.covered,
        "reading:expand:spoilers": reading.opens_warnings,
        "reading:autoplay:gifs": reading.plays,
    })))
}

async fn first(request: HttpRequest, app: Data<App>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(load(&app, spoken(&request, &app)).await?.first()))
}

async fn second(request: HttpRequest, app: Data<App>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(load(&app, spoken(&request, &app)).await?.second()))
}

async fn load(app: &App, spoken: &'static str) -> Result<Instance> {
    let (site, registration) = (app.site().clone(), app::registration::now(app));
    let (now, totals) = (app.now(), app.totals());
    let month_ago = visits::day(now - span::days(30));
    let limits = app.files().limits();
    let (languages, source) = (app.config().languages.clone(), app.config().premises.source.clone());
    let provider =
        app.config().provider.as_ref().filter(|provider| provider.only).map(|provider| provider.name.clone());
    let is_closed = app.config().federation == Openness::Allowlist;
    let instance = app.read(move |c| {
        let people = totals.get(Total::People, now, || store::accounts::count(c))?;
        let contact = app::imprint::read_contact(c)?;
        Ok(Instance {
            registration,
            is_closed,
            people,
            active: totals.get_among(Total::Active(30), now, people, || store::visits::count_since(c, month_ago))?,
            posts: totals.get(Total::Posts, now, || store::posts::count_local(c))?,
            limits,
            spoken,
            provider,
            source,
            languages,
            peers: store::relations::count_peers(c)?,
            vapid: app::push::public_key(c)?,
            summary: app::imprint::read(c, Kind::Summary, spoken, now)?.map(|text| text.body).unwrap_or_default(),
            plate: app::nameplate::read(c, &site)?,
            rules: entities::instance::rules(&store::imprint::rules(c)?, spoken),
            has_terms: app::imprint::read(c, Kind::Terms, spoken, now)?.is_some(),
            email: contact.email,
            contact: contact.person.map(|actor| account::one(c, &site, &actor)).transpose()?,
            site,
        })
    });
    Ok(instance.await?)
}
