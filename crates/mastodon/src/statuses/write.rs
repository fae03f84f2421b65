//! Writing statuses, and writing them anew.
use actix_web::{HttpRequest, HttpResponse, web::Data};
use app::{
    App, Me,
    media::About,
    posts::{self, Writing},
};
use domain::{
    id::{MediaId, PostId},
    post::{Audience, Pen, Post, Quoting},
    text::title,
};
use store::timelines::Entry;

use super::{find, find_post, schedule, status};
use crate::{
    caller::{Allowed, WriteStatuses},
    entities::status::audience,
    error::{Error, Result},
    media::about,
    params::{Params, Sent},
    polls,
    route::Number,
};

pub(super) async fn create(
    app: Data<App>,
    caller: Allowed<WriteStatuses>,
    sent: Sent,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let (me, params) = (caller.me, sent.read()?);
    let (usual, due) = (app.read(move |c| store::preferences::of(c, me.0)).await?, schedule::due(&params)?);
    let writing = Writing {
        audience: addressed(&params)?,
        sensitive: params.flag("sensitive").unwrap_or(usual.sensitive),
        parent: replied_to(&app, &params, me).await?,
        language: params.text("language").filter(|tag| !tag.is_empty()).or(usual.language),
        // It is open from when it is published.
        poll: polls::asked(&params, due.unwrap_or_else(|| app.now()))?,
        quote: quoted(&app, &params, me).await?,
        media: media_ids(&params)?,
        quoting: quoting(&params, "quote_approval_policy")?.unwrap_or(usual.quoting),
        pen: caller.app.map(Pen::App),
        ..text(&params)
    };
    let key = request.headers().get("idempotency-key").filter(|key| !key.is_empty());
    let key = key.map(|key| String::from_utf8_lossy(key.as_bytes()));
    if let Some(due) = due {
        return schedule::create(&app, me, writing, due, key.as_deref()).await;
    }
    let post = match key {
        Some(key) => posts::create_once(&app, me, &key, writing).await?,
        None => posts::create(&app, me, writing).await?,
    };
    Ok(HttpResponse::Ok().json(status(&app, Some(me), Entry::of(post.id)).await?))
}

/// What is said: without a text, the warning is one.
fn text(params: &Params) -> Writing {
    let (text, warning) = (params.text("status").unwrap_or_default(), params.text("spoiler_text"));
    let warning = warning.filter(|warning| !warning.trim().is_empty());
    let (text, warning) = match warning {
        Some(warning) if text.trim().is_empty() => (warning, None),
        warning => (text, warning),
    };
    Writing { text, warning, sensitive: params.flag("sensitive").unwrap_or(false), ..Writing::default() }
}

/// For whom it is, if that is said.
pub(super) fn addressed(params: &Params) -> Result<Option<Audience>> {
    let word = params.text("visibility").filter(|word| !word.is_empty());
    let named = word.map(|word| audience(&word).ok_or_else(|| format!("there is no visibility `{word}`")));
    named.transpose().map_err(Error::invalid)
}

async fn replied_to(app: &App, params: &Params, me: Me) -> Result<Option<PostId>> {
    if !params.has("in_reply_to_id") {
        return Ok(None);
    }
    let number = params.number("in_reply_to_id").ok_or_else(Error::missing)?;
    Ok(Some(find(app, number, Some(me)).await?.post))
}

async fn quoted(app: &App, params: &Params, me: Me) -> Result<Option<PostId>> {
    if !params.has("quoted_status_id") {
        return Ok(None);
    }
    let number = params.number("quoted_status_id").ok_or_else(Error::missing)?;
    Ok(Some(find(app, number, Some(me)).await?.post))
}

/// Who may quote what is written, if anything is said of it under this name.
pub(crate) fn quoting(params: &Params, name: &str) -> Result<Option<Quoting>> {
    let word = params.text(name).filter(|word| !word.is_empty());
    let known = |word: String| word.parse().map_err(|_unknown| Error::invalid("there is no such policy"));
    word.map(known).transpose()
}

pub(super) async fn edit(
    app: Data<App>,
    caller: Allowed<WriteStatuses>,
    Number(id): Number,
    sent: Sent,
) -> Result<HttpResponse> {
    let (me, params) = (caller.me, sent.read()?);
    let post = find_post(&app, id, me).await?;
    let written = text(&params);
    let kept = keep(&app, &post).await?;
    let language = params.text("language").or(kept.language);
    // What is not named is taken away: so clients say it. What they describe they mean to show.
    let described = || params.rows("media_attributes").iter().filter_map(|row| row.number("id")).map(MediaId).collect();
    let media = if params.is_given("media_ids") { media_ids(&params)? } else { described() };
    let poll = polls::asked(&params, app.now())?;
    let quoting = quoting(&params, "quote_approval_policy")?.unwrap_or(kept.quoting);
    let described = describe(&params, &media)?;
    let Writing { text, warning, sensitive, .. } = written;
    let writing = Writing { text, warning, sensitive, language, poll, media, described, quoting, ..kept };
    let post = posts::edit(&app, me, post.id, writing).await?;
    Ok(HttpResponse::Ok().json(status(&app, Some(me), Entry::of(post.id)).await?))
}

/// What is to be shown.
fn media_ids(params: &Params) -> Result<Vec<MediaId>> {
    let ids = params.list("media_ids").unwrap_or_default();
    let ids = ids.iter().map(|id| id.parse()).collect::<std::result::Result<_, _>>();
    ids.map_err(|_error| Error::invalid("there is no such media"))
}

/// What is said of what a post shows.
fn describe(params: &Params, shown: &[MediaId]) -> Result<Vec<(MediaId, About)>> {
    let said = |changed: &Params| {
        let id = changed.number("id").map(MediaId).filter(|id| shown.contains(id)).ok_or_else(Error::missing)?;
        Ok((id, about(changed)?))
    };
    params.rows("media_attributes").iter().map(said).collect()
}

/// What of a post stays when its text is written anew, beside its place: not a title that was taken from the text.
async fn keep(app: &App, post: &Post) -> Result<Writing> {
    let post = post.clone();
    let kept = app.read(move |c| {
        let mentioned = store::posts::mentions(c, &[post.id])?.into_iter().map(|(_, actor)| actor).collect::<Vec<_>>();
        let mentioned = store::actors::by_ids(c, &mentioned)?;
        let groups: Vec<&str> = mentioned.iter().filter(|actor| actor.is_group()).map(|a| a.name.as_str()).collect();
        let derived = title::derived(&post.content.html, post.content.warning.as_deref(), &groups);
        Ok(Writing {
            title: post.content.title.clone().filter(|title| derived.as_ref() != Some(title)),
            language: post.content.language.clone(),
            quoting: post.content.quoting,
            ..Writing::default()
        })
    });
    Ok(kept.await?)
}
