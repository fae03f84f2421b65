//! Which servers one deals with: a rule is known by its host, which is its number, too.
use actix_web::{
    HttpResponse,
    web::{Data, ServiceConfig, delete, patch, post, put},
};
use app::{
    App, Me,
    rules::{self, NewRule},
};
use domain::{host::Host, rule::Ruling};
use serde_json::{Value, json};
use store::rules::Rule;

use crate::{
    caller::{AdminReadDomainAllows, AdminReadDomainBlocks, AdminWriteDomainAllows, AdminWriteDomainBlocks, Allowed},
    entities::instant,
    error::{Error, Result},
    params::{Params, Sent},
    route::{Word, at, get},
};

pub(super) fn routes(cfg: &mut ServiceConfig) {
    let block = at("/v1/admin/domain_blocks/{id}").route(get().to(show_block)).route(put().to(change_block));
    let block = block.route(patch().to(change_block));
    let allow = at("/v1/admin/domain_allows/{id}").route(get().to(show_allow));
    cfg.service(at("/v1/admin/domain_blocks").route(get().to(blocks)).route(post().to(block_host)))
        .service(block.route(delete().to(unblock)))
        .service(at("/v1/admin/domain_allows").route(get().to(allows)).route(post().to(allow_host)))
        .service(allow.route(delete().to(disallow)));
}

/// An `Admin::DomainBlock` or `Admin::DomainAllow`.
fn entity(rule: &Rule) -> Value {
    let host = rule.host.to_string();
    let severity = match rule.ruling {
        Ruling::Suspend => "suspend",
        Ruling::Silence => "silence",
        Ruling::Allow => return json!({ "id": host, "domain": host, "created_at": instant(rule.since) }),
    };
    // Nothing is taken or heard of a server that is suspended; that cannot be had without the other.
    let cut = rule.ruling == Ruling::Suspend;
    json!({
        "id": host,
        "domain": host,
        "digest": app::random::fingerprint(&host),
        "created_at": instant(rule.since),
        "severity": severity,
        "reject_media": cut,
        "reject_reports": cut,
        "private_comment": rule.private_comment,
        "public_comment": rule.public_comment,
        "obfuscate": false,
    })
}

/// The rules that allow, or those that do not.
async fn list(app: &App, me: Me, allow: bool) -> Result<HttpResponse> {
    let rules = rules::list(app, me).await?;
    let wanted = rules.iter().filter(|rule| (rule.ruling == Ruling::Allow) == allow);
    Ok(HttpResponse::Ok().json(wanted.map(entity).collect::<Vec<_>>()))
}

async fn find(app: &App, me: Me, host: &str, allow: bool) -> Result<Rule> {
    let host = Host::parse(host);
    let mut rules = rules::list(app, me).await?;
    rules.retain(|rule| Some(&rule.host) == host.as_ref() && (rule.ruling == Ruling::Allow) == allow);
    rules.pop().ok_or_else(Error::missing)
}

async fn set(app: &App, me: Me, rule: NewRule) -> Result<HttpResponse> {
    let (host, allow) = (rule.host.to_string(), rule.ruling == Ruling::Allow);
    rules::set(app, me, rule).await?;
    Ok(HttpResponse::Ok().json(entity(&find(app, me, &host, allow).await?)))
}

async fn lift(app: &App, me: Me, host: &str, allow: bool) -> Result<HttpResponse> {
    let rule = find(app, me, host, allow).await?;
    rules::lift(app, me, &rule.host).await?;
    Ok(HttpResponse::Ok().json(entity(&rule)))
}

fn host(params: &Params) -> Result<Host> {
    let host = params.text("domain").and_then(|host| Host::parse(host.trim()));
    host.ok_or_else(|| Error::invalid("this is no domain"))
}

/// What a block says; silencing, if nothing is said.
fn ruling(params: &Params) -> Result<Ruling> {
    match params.text("severity").as_deref() {
        None | Some("" | "silence") => Ok(Ruling::Silence),
        Some("suspend") => Ok(Ruling::Suspend),
        Some(_) => Err(Error::invalid("a server is silenced or suspended")),
    }
}

fn comments(params: &Params) -> (String, String) {
    let text = |name: &str| params.text(name).unwrap_or_default();
    (text("public_comment"), text("private_comment"))
}

async fn blocks(app: Data<App>, caller: Allowed<AdminReadDomainBlocks>) -> Result<HttpResponse> {
    list(&app, caller.me, false).await
}

async fn allows(app: Data<App>, caller: Allowed<AdminReadDomainAllows>) -> Result<HttpResponse> {
    list(&app, caller.me, true).await
}

async fn show_block(app: Data<App>, caller: Allowed<AdminReadDomainBlocks>, Word(id): Word) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(entity(&find(&app, caller.me, &id, false).await?)))
}

async fn show_allow(app: Data<App>, caller: Allowed<AdminReadDomainAllows>, Word(id): Word) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(entity(&find(&app, caller.me, &id, true).await?)))
}

async fn block_host(app: Data<App>, caller: Allowed<AdminWriteDomainBlocks>, sent: Sent) -> Result<HttpResponse> {
    let params = sent.read()?;
    let (public_comment, private_comment) = comments(&params);
    let rule = NewRule { host: host(&params)?, ruling: ruling(&params)?, public_comment, private_comment };
    set(&app, caller.me, rule).await
}

async fn allow_host(app: Data<App>, caller: Allowed<AdminWriteDomainAllows>, sent: Sent) -> Result<HttpResponse> {
    let host = host(&sent.read()?)?;
    let (public_comment, private_comment) = (String::new(), String::new());
    set(&app, caller.me, NewRule { host, ruling: Ruling::Allow, public_comment, private_comment }).await
}

async fn change_block(
    app: Data<App>,
    caller: Allowed<AdminWriteDomainBlocks>,
    Word(id): Word,
    sent: Sent,
) -> Result<HttpResponse> {
    let (params, rule) = (sent.read()?, find(&app, caller.me, &id, false).await?);
    let ruling = if params.has("severity") { ruling(&params)? } else { rule.ruling };
    let kept = |name: &str, was: String| params.text(name).unwrap_or(was);
    let public_comment = kept("public_comment", rule.public_comment);
    let private_comment = kept("private_comment", rule.private_comment);
    set(&app, caller.me, NewRule { host: rule.host, ruling, public_comment, private_comment }).await
}

async fn unblock(app: Data<App>, caller: Allowed<AdminWriteDomainBlocks>, Word(id): Word) -> Result<HttpResponse> {
    lift(&app, caller.me, &id, false).await
}

async fn disallow(app: Data<App>, caller: Allowed<AdminWriteDomainAllows>, Word(id): Word) -> Result<HttpResponse> {
    lift(&app, caller.me, &id, true).await
}
