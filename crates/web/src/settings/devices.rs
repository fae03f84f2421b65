//! Where one is signed in: browsers and applications, each to be put out.
use actix_web::{HttpRequest, HttpResponse, web::Data};
use app::{App, Result, oauth, sessions};
use domain::{
    id::{AppId, SessionId},
    time::Timestamp,
};
use serde::Deserialize;

use super::{Action, Button, Nothing, Panel, Row, shown};
use crate::{agents, answer::Visit, language::Language, login::LOGOUT, posted::Sent, said, session::Present};

pub(crate) const PATH: &str = "/settings/devices";
pub(crate) const END: &str = "/settings/devices/end";
pub(crate) const END_OTHERS: &str = "/settings/devices/end-others";
pub(crate) const WITHDRAW: &str = "/settings/devices/withdraw";

/// `GET /settings/devices`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, visit: Visit, by: Present) -> HttpResponse {
    shown(&request, &visit, PATH, panels(&app, &visit, &by).await)
}

async fn panels(app: &App, visit: &Visit, by: &Present) -> Result<Vec<Panel>> {
    let (t, now) = (visit.language, app.now());
    let open = sessions::list(app, by.me).await?;
    let others = open.len() > 1;
    let browser = |session: store::sessions::Session| {
        let is_this = session.id == by.session.0;
        let seen = t.ago(now, Timestamp(session.seen));
        let agent =
            if session.agent.is_empty() { t.unknown_browser().to_owned() } else { agents::named(&session.agent) };
        let seen = if session.address.is_empty() { seen } else { t.last_seen(session.address, seen) };
        Row {
            title: agent,
            detail: if is_this { t.this_browser().to_owned() } else { seen },
            button: (!is_this).then(|| Button {
                path: END,
                name: "session",
                value: session.id.to_string(),
                label: t.end_session(),
            }),
            ..Row::default()
        }
    };
    let browsers = Panel {
        id: "browsers",
        heading: t.browsers(),
        rows: open.into_iter().map(browser).collect(),
        action: others.then(|| Action::new(END_OTHERS, Vec::new(), t.end_others())),
        ..Panel::default()
    };
    if by.account.is_none() {
        return Ok(vec![guest(t, visit), browsers]);
    }
    let given = oauth::authorised(app, by.me).await?;
    let none = if given.is_empty() { t.no_apps().to_owned() } else { String::new() };
    let application = |given: store::apps::Authorised| Row {
        title: given.app.name,
        detail: t.app_since(t.day(given.since), given.scopes),
        page: given.app.website,
        button: Some(Button { path: WITHDRAW, name: "app", value: given.app.id.to_string(), label: t.withdraw() }),
        ..Row::default()
    };
    let apps = Panel {
        id: "apps",
        heading: t.apps(),
        lead: none,
        rows: given.into_iter().map(application).collect(),
        ..Panel::default()
    };
    Ok(vec![browsers, apps])
}

/// As whom a guest is here, and the way out.
fn guest(t: Language, visit: &Visit) -> Panel {
    Panel {
        id: "guest",
        heading: t.guest(),
        lead: t.guest_explained(visit.guest().unwrap_or_default()),
        action: Some(Action::new(LOGOUT, Vec::new(), t.sign_out())),
        ..Panel::default()
    }
}

/// A session.
#[derive(Debug, Deserialize)]
pub(crate) struct One {
    session: i64,
}

/// `POST /settings/devices/end`
pub(crate) async fn end(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<One, Present>) -> HttpResponse {
    let ended = sessions::end(&app, sent.by.me, SessionId(sent.entered.session)).await;
    said::done(&request, &app, &visit, ended, PATH)
}

/// `POST /settings/devices/end-others`
pub(crate) async fn end_others(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Nothing, Present>,
) -> HttpResponse {
    let ended = sessions::end_others(&app, sent.by.me, sent.by.session).await;
    said::done(&request, &app, &visit, ended, PATH)
}

/// An application.
#[derive(Debug, Deserialize)]
pub(crate) struct Application {
    app: i64,
}

/// `POST /settings/devices/withdraw`
pub(crate) async fn withdraw(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Application>,
) -> HttpResponse {
    let withdrawn = oauth::withdraw(&app, sent.by.me, AppId(sent.entered.app)).await;
    said::done(&request, &app, &visit, withdrawn, PATH)
}
