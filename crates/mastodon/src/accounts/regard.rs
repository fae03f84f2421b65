//! What one does about an account: following it, not reading it, writing something down about it, recommending it.
use actix_web::{
    HttpResponse,
    web::{self, Data, ServiceConfig},
};
use app::{App, Me, follows, notes, shuns};
use domain::{
    id::ActorId,
    policy::{self, Refusal},
    text::language,
    time::{Timestamp, span},
};
use store::{Conn, follows::Wishes};

use crate::{
    caller::{Allowed, WriteAccounts, WriteBlocks, WriteFollows, WriteMutes},
    entities::relationship,
    error::{Error, Result},
    params::{Params, Sent},
    route::{Number, at},
};

pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/accounts/{id}/follow").route(web::post().to(follow)))
        .service(at("/v1/accounts/{id}/unfollow").route(web::post().to(unfollow)))
        .service(at("/v1/accounts/{id}/remove_from_followers").route(web::post().to(put_out)))
        .service(at("/v1/accounts/{id}/block").route(web::post().to(block)))
        .service(at("/v1/accounts/{id}/unblock").route(web::post().to(unblock)))
        .service(at("/v1/accounts/{id}/mute").route(web::post().to(mute)))
        .service(at("/v1/accounts/{id}/unmute").route(web::post().to(unmute)))
        .service(at("/v1/accounts/{id}/note").route(web::post().to(note)))
        .service(at("/v1/accounts/{id}/pin").route(web::post().to(endorse)))
        .service(at("/v1/accounts/{id}/endorse").route(web::post().to(endorse)))
        .service(at("/v1/accounts/{id}/unpin").route(web::post().to(unendorse)))
        .service(at("/v1/accounts/{id}/unendorse").route(web::post().to(unendorse)));
}

/// What the account is to me now.
async fn regarded(app: &App, me: Me, target: ActorId) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(app.read(move |c| relationship::one(c, me.0, target)).await?))
}

/// How one wants to follow: what is not said stays as it is.
fn wishes(params: &Params, was: Wishes) -> Wishes {
    Wishes {
        no_shares: params.flag("reblogs").map_or(was.no_shares, |wanted| !wanted),
        notify: params.flag("notify").unwrap_or(was.notify),
        languages: match params.list("languages") {
            Some(tags) => tags.iter().filter_map(|tag| language::normalize_tag(tag)).collect(),
            None => was.languages,
        },
    }
}

async fn follow(app: Data<App>, caller: Allowed<WriteFollows>, Number(id): Number, sent: Sent) -> Result<HttpResponse> {
    let (me, target, now, params) = (caller.me, ActorId(id), app.now(), sent.read()?);
    follows::request(&app, me, target).await?;
    let (was, follow) = app
        .read(move |c| Ok((store::follows::wishes(c, me.0, target)?, store::follows::get(c, me.0, target)?)))
        .await?;
    let wanted = wishes(&params, was.clone());
    if follow.is_some() && wanted != was {
        follows::wish(&app, me, target, wanted).await?;
    }
    let (relationship, refusal) =
        app.read(move |c| Ok((relationship::one(c, me.0, target)?, refusal(c, me.0, target, now)?))).await?;
    // Asking is one thing, being let in another.
    if !relationship.is_follow() {
        return Err(Error::denied(refusal.unwrap_or(Refusal::NotMember)));
    }
    Ok(HttpResponse::Ok().json(relationship))
}

/// Why a group does not let `me` follow it, if it does not.
fn refusal(c: &mut Conn, me: ActorId, group: ActorId, now: Timestamp) -> store::Result<Option<Refusal>> {
    let Some(rules) = store::groups::rules(c, group)? else { return Ok(None) };
    let standing = store::groups::standing(c, group, me, now)?;
    Ok(policy::follow(&rules, &standing).err())
}

async fn unfollow(app: Data<App>, caller: Allowed<WriteFollows>, Number(id): Number) -> Result<HttpResponse> {
    follows::end(&app, caller.me, ActorId(id)).await?;
    regarded(&app, caller.me, ActorId(id)).await
}

async fn put_out(app: Data<App>, caller: Allowed<WriteFollows>, Number(id): Number) -> Result<HttpResponse> {
    follows::put_out(&app, caller.me, ActorId(id)).await?;
    regarded(&app, caller.me, ActorId(id)).await
}

async fn block(app: Data<App>, caller: Allowed<WriteBlocks>, Number(id): Number) -> Result<HttpResponse> {
    shuns::block(&app, caller.me, ActorId(id)).await?;
    regarded(&app, caller.me, ActorId(id)).await
}

async fn unblock(app: Data<App>, caller: Allowed<WriteBlocks>, Number(id): Number) -> Result<HttpResponse> {
    shuns::unblock(&app, caller.me, ActorId(id)).await?;
    regarded(&app, caller.me, ActorId(id)).await
}

async fn mute(app: Data<App>, caller: Allowed<WriteMutes>, Number(id): Number, sent: Sent) -> Result<HttpResponse> {
    let params = sent.read()?;
    let quiet = params.flag("notifications").unwrap_or(true);
    // No time at all is for good.
    let time = params.number("duration").and_then(|seconds| u64::try_from(seconds).ok()).filter(|seconds| *seconds > 0);
    let time = time.map(|seconds| span::seconds(seconds).min(span::days(36_500)));
    shuns::mute(&app, caller.me, ActorId(id), quiet, time).await?;
    regarded(&app, caller.me, ActorId(id)).await
}

async fn unmute(app: Data<App>, caller: Allowed<WriteMutes>, Number(id): Number) -> Result<HttpResponse> {
    shuns::unmute(&app, caller.me, ActorId(id)).await?;
    regarded(&app, caller.me, ActorId(id)).await
}

async fn note(app: Data<App>, caller: Allowed<WriteAccounts>, Number(id): Number, sent: Sent) -> Result<HttpResponse> {
    let comment = sent.read()?.text("comment").unwrap_or_default();
    notes::write(&app, caller.me, ActorId(id), comment).await?;
    regarded(&app, caller.me, ActorId(id)).await
}

async fn endorse(app: Data<App>, caller: Allowed<WriteAccounts>, Number(id): Number) -> Result<HttpResponse> {
    notes::endorse(&app, caller.me, ActorId(id), true).await?;
    regarded(&app, caller.me, ActorId(id)).await
}

async fn unendorse(app: Data<App>, caller: Allowed<WriteAccounts>, Number(id): Number) -> Result<HttpResponse> {
    notes::endorse(&app, caller.me, ActorId(id), false).await?;
    regarded(&app, caller.me, ActorId(id)).await
}
