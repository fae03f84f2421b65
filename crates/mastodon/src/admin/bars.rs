//! What keeps from signing up: networks, hosts of mail, single mailboxes.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, ServiceConfig, delete, patch, post, put},
};
use app::{
    App, Me,
    bars::{self, NewBar},
};
use domain::{
    bar::{Bar, Kind, Severity},
    id::BarId,
    time::{Timestamp, span},
};
use serde_json::{Value, json};

use crate::{
    caller::{
        AdminReadCanonicalEmailBlocks, AdminReadEmailDomainBlocks, AdminReadIpBlocks, AdminWriteCanonicalEmailBlocks,
        AdminWriteEmailDomainBlocks, AdminWriteIpBlocks, Allowed,
    },
    entities::{Id, Nothing, instant},
    error::{Error, Result},
    paging::{self, Ends},
    params::{Asked, Params, Sent},
    route::{Number, at, get},
};

/// The routes of one kind: each of their handlers asks for the scope of that kind.
macro_rules! kind {
    ($name:ident, $kind:expr, $read:ty, $write:ty) => {
        mod $name {
            use super::*;

            const KIND: Kind = $kind;

            pub(super) async fn list(
                app: Data<App>,
                caller: Allowed<$read>,
                Asked(params): Asked,
                request: HttpRequest,
            ) -> Result<HttpResponse> {
                page(&app, caller.me, KIND, &params, &request).await
            }
            pub(super) async fn add(app: Data<App>, caller: Allowed<$write>, sent: Sent) -> Result<HttpResponse> {
                super::add(&app, caller.me, KIND, &sent.read()?).await
            }
            pub(super) async fn show(
                app: Data<App>,
                caller: Allowed<$read>,
                Number(id): Number,
            ) -> Result<HttpResponse> {
                Ok(HttpResponse::Ok().json(entity(&bars::show(&app, caller.me, KIND, BarId(id)).await?)))
            }
            pub(super) async fn remove(
                app: Data<App>,
                caller: Allowed<$write>,
                Number(id): Number,
            ) -> Result<HttpResponse> {
                bars::remove(&app, caller.me, KIND, BarId(id)).await?;
                Ok(HttpResponse::Ok().json(json!({})))
            }
        }
    };
}

kind!(networks, Kind::Network, AdminReadIpBlocks, AdminWriteIpBlocks);
kind!(mail_hosts, Kind::MailHost, AdminReadEmailDomainBlocks, AdminWriteEmailDomainBlocks);
kind!(mailboxes, Kind::Mailbox, AdminReadCanonicalEmailBlocks, AdminWriteCanonicalEmailBlocks);

pub(super) fn routes(cfg: &mut ServiceConfig) {
    let list = at("/v1/admin/ip_blocks").route(get().to(networks::list));
    let one = at("/v1/admin/ip_blocks/{id}")
        .route(get().to(networks::show))
        .route(put().to(change))
        .route(patch().to(change));
    cfg.service(list.route(post().to(networks::add))).service(one.route(delete().to(networks::remove)));
    let list = at("/v1/admin/email_domain_blocks").route(get().to(mail_hosts::list));
    let one = at("/v1/admin/email_domain_blocks/{id}").route(get().to(mail_hosts::show));
    cfg.service(list.route(post().to(mail_hosts::add))).service(one.route(delete().to(mail_hosts::remove)));
    let list = at("/v1/admin/canonical_email_blocks").route(get().to(mailboxes::list));
    let one = at("/v1/admin/canonical_email_blocks/{id}").route(get().to(mailboxes::show));
    cfg.service(list.route(post().to(mailboxes::add)))
        .service(at("/v1/admin/canonical_email_blocks/test").route(post().to(test)))
        .service(one.route(delete().to(mailboxes::remove)));
}

fn entity(bar: &Bar) -> Value {
    let (id, created) = (Id(bar.id.0), instant(bar.created));
    match bar.kind {
        Kind::Network => json!({
            "id": id,
            "ip": bar.subject,
            "severity": match bar.severity {
                Severity::Approval => "sign_up_requires_approval",
                Severity::Block => "sign_up_block",
            },
            "comment": bar.comment,
            "created_at": created,
            "expires_at": bar.expires.map(instant),
        }),
        Kind::MailHost => json!({
            "id": id,
            "domain": bar.subject,
            "created_at": created,
            "allow_with_approval": false,
            "history": Nothing::default(),
        }),
        Kind::Mailbox => json!({ "id": id, "canonical_email_hash": bar.subject }),
    }
}

async fn page(app: &App, me: Me, kind: Kind, params: &Params, request: &HttpRequest) -> Result<HttpResponse> {
    let window = paging::window(params, 100, 200);
    let found = bars::list(app, me, kind, window).await?;
    let ends = Ends::of(found.iter().map(|bar| bar.id.0), window);
    Ok(paging::answer(request, app.site(), &found.iter().map(entity).collect::<Vec<_>>(), ends))
}

/// How far a network is kept out; whoever may not even look would have to be turned away before any page.
fn severity(params: &Params) -> Result<Option<Severity>> {
    match params.text("severity").as_deref() {
        None | Some("") => Ok(None),
        Some("sign_up_requires_approval") => Ok(Some(Severity::Approval)),
        Some("sign_up_block") => Ok(Some(Severity::Block)),
        Some(_) => Err(Error::invalid("networks are kept from signing up, and from nothing else")),
    }
}

/// Until when it holds; for good, if the time is given as nothing.
#[expect(clippy::option_option, reason = "not said, said to be never, or said")]
fn end(params: &Params, now: Timestamp) -> Option<Option<Timestamp>> {
    let seconds =
        params.is_given("expires_in").then(|| params.number("expires_in").and_then(|n| u64::try_from(n).ok()))?;
    Some(seconds.map(|seconds| now + span::seconds(seconds)))
}

async fn add(app: &App, me: Me, kind: Kind, params: &Params) -> Result<HttpResponse> {
    let text = |name: &str| params.text(name).unwrap_or_default();
    let subject = match kind {
        Kind::Network => text("ip"),
        Kind::MailHost => text("domain"),
        Kind::Mailbox if params.has("email") => text("email"),
        Kind::Mailbox => text("canonical_email_hash"),
    };
    let severity = match kind {
        Kind::Network => severity(params)?.ok_or_else(|| Error::invalid("how far are they kept out?"))?,
        Kind::MailHost | Kind::Mailbox => Severity::Block,
    };
    let expires = end(params, app.now()).flatten();
    let bar = bars::add(app, me, NewBar { kind, subject, severity, comment: text("comment"), expires }).await?;
    Ok(HttpResponse::Ok().json(entity(&bar)))
}

async fn change(
    app: Data<App>,
    caller: Allowed<AdminWriteIpBlocks>,
    Number(id): Number,
    sent: Sent,
) -> Result<HttpResponse> {
    let params = sent.read()?;
    let (severity, comment, end) = (severity(&params)?, params.text("comment"), end(&params, app.now()));
    let bar = bars::change(&app, caller.me, (Kind::Network, BarId(id)), severity, comment, end).await?;
    Ok(HttpResponse::Ok().json(entity(&bar)))
}

/// The bars that an address would meet.
async fn test(app: Data<App>, caller: Allowed<AdminReadCanonicalEmailBlocks>, sent: Sent) -> Result<HttpResponse> {
    let email = sent.read()?.text("email").unwrap_or_default();
    let bar = bars::about_mailbox(&app, caller.me, &email).await?;
    Ok(HttpResponse::Ok().json(bar.iter().map(entity).collect::<Vec<_>>()))
}
