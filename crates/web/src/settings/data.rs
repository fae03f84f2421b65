//! My data: taken along as files, moved to another server, or deleted for good.
use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
    web::Data,
};
use app::{
    App, Error, Me, Result, archive,
    leaving::{self, Farewell},
    moves, second_step, statements,
};
use domain::handle::Handle;
use serde::Deserialize;

use super::{
    Action, Button, Panel, Row, back,
    files::{self, ALL, FILES},
    page, password,
};
use crate::{
    answer::{self, Visit},
    community::called,
    forms::Field,
    language::Language,
    login,
    posted::Sent,
    session::{self, SignedIn},
};

pub(crate) const PATH: &str = "/settings/data";
pub(crate) const ALIAS: &str = "/settings/data/alias";
pub(crate) const UNALIAS: &str = "/settings/data/alias/remove";
pub(crate) const MOVE: &str = "/settings/data/move";
pub(crate) const LEAVE: &str = "/settings/data/leave";

struct Panels {
    export: Panel,
    known: Panel,
    aliases: Panel,
    moving: Panel,
    leaving: Panel,
}

impl Panels {
    async fn of(app: &App, visit: &Visit, me: Me) -> Result<Self> {
        let t = visit.language;
        let aliases = app.read(move |c| store::moves::aliases(c, me.0)).await?;
        let file = |name: &'static str| Row {
            title: files::called(t, name).to_owned(),
            detail: name.to_owned(),
            page: Some(format!("{PATH}/{name}")),
            ..Row::default()
        };
        let alias = |uri: String| {
            let button = Button { path: UNALIAS, name: "account", value: uri.clone(), label: t.put_away() };
            Row { title: uri, button: Some(button), ..Row::default() }
        };
        let account = |id| Field::exact(id, "text", t.other_account()).hint(t.other_account_hint()).longest(300);
        let move_to = vec![account("target"), password(t, "password")];
        let typed = Field::exact("typed", "text", t.type_name()).hint(t.type_name_hint()).longest(60);
        let leave = Action::new(LEAVE, vec![typed, password(t, "secret")], t.leave_for_good());
        Ok(Self {
            export: Panel {
                id: "export",
                heading: t.export(),
                lead: t.export_hint().to_owned(),
                rows: [ALL].into_iter().chain(FILES).map(file).collect(),
                ..Panel::default()
            },
            known: known(app, t, me).await?,
            aliases: Panel {
                id: "aliases",
                heading: t.aliases(),
                lead: t.aliases_hint().to_owned(),
                rows: aliases.into_iter().map(alias).collect(),
                action: Some(Action::new(ALIAS, vec![account("account")], t.add_alias())),
                ..Panel::default()
            },
            moving: Panel {
                id: "moving",
                heading: t.moving(),
                lead: t.moving_hint().to_owned(),
                action: Some(Action { is_danger: true, ..Action::new(MOVE, move_to, t.move_away()) }),
                ..Panel::default()
            },
            leaving: Panel {
                id: "leaving",
                heading: t.leaving(),
                lead: t.leaving_hint().to_owned(),
                action: Some(Action { is_danger: true, ..leave }),
                ..Panel::default()
            },
        })
    }

    fn show(self, request: &HttpRequest, visit: &Visit) -> HttpResponse {
        page(request, visit, PATH, vec![self.export, self.known, self.aliases, self.moving, self.leaving])
    }
}

/// What communities keep of somebody beside what they wrote: what their teams see, and nothing else.
async fn known(app: &App, t: Language, me: Me) -> Result<Panel> {
    let known = archive::known(app, me).await?;
    let row = |title: String, detail, page| Row { title, detail, page, ..Row::default() };
    let membership = |it: &archive::Membered| {
        row(it.group.title.clone(), t.known_role(called(t, it.role), t.day(it.since)), Some(it.group.uri.clone()))
    };
    let mut rows: Vec<Row> = known.memberships.iter().map(membership).collect();
    for told in &known.measures {
        let place = told
            .group
            .as_ref()
            .map_or_else(|| app.nameplate().seen(app.site()).name.clone(), |group| group.title.clone());
        rows.push(row(
            place,
            t.known_measure(t.day(told.statement.created)),
            Some(statements::page(app, told.statement.id)?),
        ));
    }
    Ok(Panel { id: "known", heading: t.known(), lead: t.known_lead().to_owned(), rows, ..Panel::default() })
}

/// `GET /settings/data`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, visit: Visit, by: SignedIn) -> HttpResponse {
    match Panels::of(&app, &visit, by.me).await {
        Ok(panels) => panels.show(&request, &visit),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// Another account of the same person.
#[derive(Debug, Deserialize)]
pub(crate) struct Other {
    account: String,
}

/// The id of an account, by its handle or its id.
async fn find(app: &App, text: &str) -> Result<String> {
    let text = text.trim();
    if text.contains("://") {
        return Ok(text.to_owned());
    }
    let unknown = || Error::Invalid("this is no account".into());
    let handle: Handle = text.parse().map_err(|_wrong| unknown())?;
    let host = handle.host.ok_or_else(unknown)?;
    let id = app.resolver().handle(app, &handle.name, host.as_str()).await?;
    app.read(move |c| store::actors::by_id(c, id)).await?.map(|actor| actor.uri).ok_or(Error::NotFound)
}

async fn set_alias(app: &App, me: Me, account: &str, on: bool) -> Result<()> {
    let uri = if on { find(app, account).await? } else { account.to_owned() };
    moves::set_alias(app, me.0, uri, on).await
}

/// `POST /settings/data/alias`
pub(crate) async fn add_alias(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Other>) -> HttpResponse {
    let account = sent.entered.account;
    let error = match set_alias(&app, sent.by.me, &account, true).await {
        Ok(()) => return back(&visit, &app, PATH),
        Err(error) => error,
    };
    again(&request, &app, &visit, sent.by.me, (Which::Alias, &account, &error)).await
}

/// `POST /settings/data/alias/remove`
pub(crate) async fn remove_alias(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Other>,
) -> HttpResponse {
    match set_alias(&app, sent.by.me, &sent.entered.account, false).await {
        Ok(()) => back(&visit, &app, PATH),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// Which form is shown again.
enum Which {
    Alias,
    Move,
}

/// Shows the page again with what is wrong with another account.
async fn again(
    request: &HttpRequest,
    app: &App,
    visit: &Visit,
    me: Me,
    (which, account, error): (Which, &str, &Error),
) -> HttpResponse {
    let mut panels = match Panels::of(app, visit, me).await {
        Ok(panels) => panels,
        Err(error) => return answer::error(request, visit, &error),
    };
    let panel = match which {
        Which::Alias => &mut panels.aliases,
        Which::Move => &mut panels.moving,
    };
    if let Some(field) = panel.action.as_mut().and_then(|action| action.form.all.first_mut()) {
        account.clone_into(&mut field.value);
        field.flaw = Some(answer::words(visit.language, error));
    }
    panels.show(request, visit)
}

/// Where somebody moves to.
#[derive(Deserialize)]
pub(crate) struct Target {
    target: String,
    password: String,
}

/// `POST /settings/data/move`
pub(crate) async fn move_away(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Target>) -> HttpResponse {
    let (me, Target { target, password }) = (sent.by.me, sent.entered);
    match second_step::knows_password(&app, me, sent.by.shows(password)).await {
        Ok(true) => {}
        Ok(false) => {
            let mut panels = match Panels::of(&app, &visit, me).await {
                Ok(panels) => panels,
                Err(error) => return answer::error(&request, &visit, &error),
            };
            if let Some(action) = &mut panels.moving.action {
                action.form.flaw("password", visit.language.flaw_wrong_password());
            }
            return panels.show(&request, &visit);
        }
        Err(error) => return login::failed(&request, &visit, &error),
    }
    let moved = async {
        let uri = find(&app, &target).await?;
        moves::depart(&app, me.0, me.0, uri).await
    };
    match moved.await {
        Ok(()) => back(&visit, &app, PATH),
        Err(error) => again(&request, &app, &visit, me, (Which::Move, &target, &error)).await,
    }
}

/// What confirms that somebody leaves.
#[derive(Deserialize)]
pub(crate) struct Last {
    typed: String,
    secret: String,
}

/// `POST /settings/data/leave`
pub(crate) async fn leave(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Last>) -> HttpResponse {
    let (t, me, Last { typed, secret }) = (visit.language, sent.by.me, sent.entered);
    let (field, what) = match leaving::leave(&app, me, &typed, sent.by.shows(secret)).await {
        Ok(Farewell::Done) => {
            let visit = Visit { me: None, ..visit };
            let mut answer = answer::said(&request, &visit, t.left(), t.left_text());
            if let Ok(cookie) = HeaderValue::from_str(&session::no_cookie(app.site())) {
                answer.headers_mut().append(header::SET_COOKIE, cookie);
            }
            return answer;
        }
        Ok(Farewell::Wrong) => ("secret", t.flaw_wrong_password().to_owned()),
        Ok(Farewell::Untyped) => ("typed", t.flaw_typed().to_owned()),
        Ok(Farewell::Owns(groups)) => ("typed", t.flaw_owns(groups.join(", "))),
        Err(error) => return login::failed(&request, &visit, &error),
    };
    match Panels::of(&app, &visit, me).await {
        Ok(mut panels) => {
            if let Some(action) = &mut panels.leaving.action {
                action.form.flaw(field, what);
            }
            panels.show(&request, &visit)
        }
        Err(error) => answer::error(&request, &visit, &error),
    }
}
