//! Whom one does not want to read: people blocked and muted, and whole servers.
use actix_web::{HttpRequest, HttpResponse, web::Data};
use app::{
    App, Result,
    archive::{self, Circle},
    shuns,
};
use domain::{actor::Actor, host::Host, id::ActorId};
use serde::Deserialize;

use super::{Action, Button, Panel, Row, shown};
use crate::{answer::Visit, cards, forms::Field, posted::Sent, said, session::SignedIn};

pub(crate) const PATH: &str = "/settings/blocks";
pub(crate) const UNBLOCK: &str = "/settings/blocks/unblock";
pub(crate) const UNMUTE: &str = "/settings/blocks/unmute";
pub(crate) const HOST: &str = "/settings/blocks/server";
pub(crate) const UNHOST: &str = "/settings/blocks/server/remove";

/// `GET /settings/blocks`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, visit: Visit, by: SignedIn) -> HttpResponse {
    shown(&request, &visit, PATH, panels(&app, &visit, &by).await)
}

async fn panels(app: &App, visit: &Visit, by: &SignedIn) -> Result<Vec<Panel>> {
    let t = visit.language;
    let blocked = archive::circle(app, by.me, Circle::Blocked).await?;
    let muted = archive::circle(app, by.me, Circle::Muted).await?;
    let hosts = archive::shunned_hosts(app, by.me).await?;
    let faces = cards::named(app, blocked.iter().chain(&muted).cloned().collect()).await?;
    let person = |actor: &Actor, path, label| {
        let face = faces.get(&actor.id)?.clone();
        let button = Button { path, name: "person", value: actor.id.to_string(), label };
        Some(Row {
            shown: Some(face.shown),
            title: face.name,
            detail: face.handle,
            page: Some(face.page),
            button: Some(button),
        })
    };
    let server = |host: String| {
        let button = Button { path: UNHOST, name: "host", value: host.clone(), label: t.unblock() };
        Row { title: host, button: Some(button), ..Row::default() }
    };
    let field = Field::exact("host", "text", t.server_name()).hint(t.server_name_hint()).longest(253);
    Ok(vec![
        Panel {
            id: "blocked",
            heading: t.blocked_people(),
            lead: t.blocked_people_hint().to_owned(),
            rows: blocked.iter().filter_map(|actor| person(actor, UNBLOCK, t.unblock())).collect(),
            ..Panel::default()
        },
        Panel {
            id: "muted",
            heading: t.muted_people(),
            lead: t.muted_people_hint().to_owned(),
            rows: muted.iter().filter_map(|actor| person(actor, UNMUTE, t.unmute())).collect(),
            ..Panel::default()
        },
        Panel {
            id: "servers",
            heading: t.blocked_servers(),
            lead: t.blocked_servers_hint().to_owned(),
            rows: hosts.into_iter().map(server).collect(),
            action: Some(Action::new(HOST, vec![field], t.block_server())),
            ..Panel::default()
        },
    ])
}

/// Somebody, and where one came from.
#[derive(Debug, Deserialize)]
pub(crate) struct Somebody {
    person: i64,
    #[serde(default)]
    back: String,
}

impl Somebody {
    fn page(&self) -> &str {
        if self.back.is_empty() { PATH } else { &self.back }
    }
}

/// `POST /settings/blocks/unblock`
pub(crate) async fn unblock(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Somebody>) -> HttpResponse {
    let result = shuns::unblock(&app, sent.by.me, ActorId(sent.entered.person)).await;
    said::done(&request, &app, &visit, result, sent.entered.page())
}

/// `POST /settings/blocks/unmute`
pub(crate) async fn unmute(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Somebody>) -> HttpResponse {
    let result = shuns::unmute(&app, sent.by.me, ActorId(sent.entered.person)).await;
    said::done(&request, &app, &visit, result, sent.entered.page())
}

/// A server.
#[derive(Debug, Deserialize)]
pub(crate) struct Server {
    host: String,
}

/// `POST /settings/blocks/server`
pub(crate) async fn block_host(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Server>) -> HttpResponse {
    let result = match Host::parse(sent.entered.host.trim()) {
        Some(host) => shuns::shun_host(&app, sent.by.me, host).await,
        None => Err(app::Error::Invalid("this is no server".into())),
    };
    said::done(&request, &app, &visit, result, PATH)
}

/// `POST /settings/blocks/server/remove`
pub(crate) async fn unblock_host(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Server>,
) -> HttpResponse {
    let result = match Host::parse(&sent.entered.host) {
        Some(host) => shuns::unshun_host(&app, sent.by.me, host).await,
        None => Ok(()),
    };
    said::done(&request, &app, &visit, result, PATH)
}
