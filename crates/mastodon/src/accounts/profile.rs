//! One's own account: what one tells of oneself, one's pictures, and how one writes by default.
use actix_web::{
    HttpResponse,
    web::{self, Bytes, Data, PayloadConfig, ServiceConfig},
};
use app::{App, Me, media, profiles};
use domain::{post::Audience, urls::media::Portrait};
use futures_util::stream;
use store::{accounts::Account as Login, preferences::Preferences};

use super::answering;
use crate::{
    caller::{self, Allowed, WriteAccounts},
    entities::{
        account::{self, Credentials, Profile},
        status::audience,
    },
    error::{Error, Result},
    params::{Params, Sent},
    route::{at, get},
    statuses::write::quoting,
    tags,
};

/// The longest body: both pictures, as large as either may be, and the texts.
const LONGEST: usize = 18 * 1024 * 1024;

/// Under which names pictures come.
const PORTRAITS: [(&str, Portrait); 2] = [("avatar", Portrait::Icon), ("header", Portrait::Image)];

pub(super) fn routes(cfg: &mut ServiceConfig) {
    let profile = || at("/v1/profile").app_data(PayloadConfig::new(LONGEST));
    cfg.service(at("/v1/accounts/verify_credentials").route(get().to(verify)))
        .service(
            at("/v1/accounts/update_credentials")
                .app_data(PayloadConfig::new(LONGEST))
                .route(web::patch().to(update))
                .route(web::put().to(update)),
        )
        .service(
            profile().route(get().to(show)).route(web::patch().to(update_profile)).route(web::put().to(update_profile)),
        )
        .service(at("/v1/profile/avatar").route(web::delete().to(remove_avatar)))
        .service(at("/v1/profile/header").route(web::delete().to(remove_header)));
}

async fn verify(app: Data<App>, caller: Allowed<caller::Profile>) -> Result<HttpResponse> {
    credentials(&app, caller.me, caller.account).await
}

async fn credentials(app: &App, me: Me, login: Login) -> Result<HttpResponse> {
    let (site, me) = (app.site().clone(), me.0);
    let credentials = app.read(move |c| {
        let Some(actor) = store::actors::by_id(c, me)? else { return Ok(None) };
        let answering = answering(c, me)?;
        let waiting = store::relations::waiting_for(c, &answering, i64::MAX, 0, 100)?.len();
        let writes = (&login, store::preferences::of(c, me)?);
        let typed = app::profiles::source(c, &actor)?;
        Ok(Some(Credentials::new(account::one(c, &site, &actor)?, (&actor, typed), writes, waiting)))
    });
    Ok(HttpResponse::Ok().json(credentials.await?.ok_or_else(Error::missing)?))
}

async fn update(app: Data<App>, caller: Allowed<WriteAccounts>, sent: Sent) -> Result<HttpResponse> {
    change(&app, caller.me, &sent).await?;
    credentials(&app, caller.me, caller.account).await
}

async fn show(app: Data<App>, caller: Allowed<caller::Profile>) -> Result<HttpResponse> {
    profile(&app, caller.me).await
}

async fn update_profile(app: Data<App>, caller: Allowed<WriteAccounts>, sent: Sent) -> Result<HttpResponse> {
    change(&app, caller.me, &sent).await?;
    profile(&app, caller.me).await
}

async fn profile(app: &App, me: Me) -> Result<HttpResponse> {
    let (site, me) = (app.site().clone(), me.0);
    let profile = app.read(move |c| {
        let Some(actor) = store::actors::by_id(c, me)? else { return Ok(None) };
        let typed = app::profiles::source(c, &actor)?;
        Ok(Some(Profile::new(&site, &actor, typed, tags::featured_by(c, &site, me)?)))
    });
    Ok(HttpResponse::Ok().json(profile.await?.ok_or_else(Error::missing)?))
}

async fn remove_avatar(app: Data<App>, caller: Allowed<WriteAccounts>) -> Result<HttpResponse> {
    remove(&app, caller, Portrait::Icon).await
}

async fn remove_header(app: Data<App>, caller: Allowed<WriteAccounts>) -> Result<HttpResponse> {
    remove(&app, caller, Portrait::Image).await
}

async fn remove(app: &App, caller: Allowed<WriteAccounts>, portrait: Portrait) -> Result<HttpResponse> {
    media::remove_portrait(app, caller.me, caller.me.0, portrait).await?;
    credentials(app, caller.me, caller.account).await
}

/// Changes what was sent. Pictures come first: the texts are not taken if one of those is none.
async fn change(app: &App, me: Me, sent: &Sent) -> Result<()> {
    let params = sent.read()?;
    let wanted = preferred(app, me, &params).await?;
    for (name, portrait) in PORTRAITS {
        if let Some(bytes) = sent.file(name) {
            let bytes = stream::iter([Ok::<Bytes, app::Error>(bytes)]);
            media::set_portrait(app, me, me.0, portrait, bytes).await?;
        }
    }
    profiles::change(app, me, told(&params)).await?;
    if let Some(wanted) = wanted {
        profiles::prefer(app, me, wanted).await?;
    }
    Ok(())
}

/// What is told of oneself.
fn told(params: &Params) -> profiles::Change {
    let line = |row: &Params| (row.text("name").unwrap_or_default(), row.text("value").unwrap_or_default());
    profiles::Change {
        name: params.text("display_name"),
        about: params.text("note"),
        fields: params
            .is_given("fields_attributes")
            .then(|| params.trees("fields_attributes").iter().map(line).collect()),
        approves_followers: params.flag("locked"),
        is_bot: params.flag("bot"),
        discoverable: params.flag("discoverable"),
        indexable: params.flag("indexable"),
        hides_circle: params.flag("hide_collections"),
        attribution: params.list("attribution_domains").map(|mut sites| {
            // So forms say that there is none.
            sites.retain(|site| !site.trim().is_empty());
            sites
        }),
    }
}

/// How one writes from now on, if anything was said of it.
async fn preferred(app: &App, me: Me, params: &Params) -> Result<Option<Preferences>> {
    let Some(source) = params.within("source") else { return Ok(None) };
    let known = app.read(move |c| store::preferences::of(c, me.0)).await?;
    let word = source.text("privacy").filter(|word| !word.is_empty());
    let chosen = word.map(|word| audience(&word).filter(|audience| *audience != Audience::Direct).ok_or(word));
    let chosen =
        chosen.transpose().map_err(|word| Error::invalid(format!("`{word}` cannot be the usual visibility")))?;
    Ok(Some(Preferences {
        audience: chosen.unwrap_or(known.audience),
        sensitive: source.flag("sensitive").unwrap_or(known.sensitive),
        language: if source.is_given("language") { source.text("language") } else { known.language },
        quoting: quoting(&source, "quote_policy")?.unwrap_or(known.quoting),
    }))
}
