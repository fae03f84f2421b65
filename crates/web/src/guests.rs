//! Signing in with an account elsewhere: whose it is, the way to its server, and back.
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web::{Data, Query},
};
use app::{App, Error, guests, sessions};
use askama::Template;
use domain::{handle::Handle, urls::Site};
use serde::Deserialize;

use crate::{
    answer::{self, Frame, Keep, Visit},
    forms::{Field, Fields},
    login::{self, Back, Page},
    posted::Posted,
    session,
};

/// Where one says whose account it is.
pub(crate) const PATH: &str = "/login/elsewhere";
/// Where one's own server sends one back to.
pub(crate) const RETURN: &str = "/login/elsewhere/back";

/// The way to somebody's own server.
#[derive(Template)]
#[template(path = "guest.html")]
struct Way {
    frame: Frame,
    url: String,
    host: String,
    lead: String,
}

/// Shows the way elsewhere, which browsers would not let a form itself lead.
pub(crate) fn show_way(
    request: &HttpRequest,
    app: &App,
    visit: &Visit,
    way: guests::Way,
    lead: String,
) -> HttpResponse {
    let page =
        Way { frame: Frame::private(visit, visit.language.guest_way(&way.host)), url: way.url, host: way.host, lead };
    let mut answer = answer::page(request, StatusCode::OK, Keep::Never, &page);
    set(&mut answer, &trip(app.site(), &way.kept, 900));
    answer
}

fn page(visit: &Visit, account: &str, back: &str) -> Page {
    let t = visit.language;
    let account = Field::exact("account", "text", t.your_handle()).hint(t.your_handle_hint()).value(account);
    Page {
        frame: Frame::private(visit, t.guest_sign_in()),
        lead: t.guest_sign_in_lead().to_owned(),
        action: PATH.to_owned(),
        form: Fields::new(vec![account.autocomplete("username").longest(300)]),
        said: None,
        rules: Vec::new(),
        hidden: vec![("back", back.to_owned())],
        button: t.go_on(),
        passkey: None,
        provider: None,
        ways: vec![(session::login_path(back), t.sign_in())],
    }
}

/// `GET /login/elsewhere`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, asked: Option<Query<Back>>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let mut page = page(&visit, "", &asked.map(|asked| asked.into_inner().back).unwrap_or_default());
    match session::look_up(&request).await {
        // Whoever is signed in may do so as another.
        Ok(by) => page.hidden.extend(by.map(|by| ("form_token", by.form_token))),
        Err(error) => return answer::error(&request, &visit, &error),
    }
    answer::page(&request, StatusCode::OK, Keep::Never, &page)
}

/// Whose account it is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    account: String,
    back: String,
}

/// `POST /login/elsewhere`: shows the way, which browsers would not let the form itself lead.
pub(crate) async fn depart(request: HttpRequest, app: Data<App>, form: Posted<Entered>) -> HttpResponse {
    let (visit, Entered { account, back }) = (Visit::new(&request, &app), form.entered);
    let t = visit.language;
    let again = |flaw: &'static str| {
        let mut page = page(&visit, &account, &back);
        page.hidden.extend(form.by.as_ref().map(|by| ("form_token", by.form_token.clone())));
        page.form.flaw("account", flaw);
        answer::page(&request, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &page)
    };
    let who = Handle::parse(account.trim()).filter(|who| who.host.is_some());
    let Some(who) = who.filter(|who| who.host.as_ref().is_none_or(|host| !app.site().serves(host))) else {
        return again(t.flaw_account());
    };
    let redirect = app.site().page_on(&visit.host, RETURN);
    let way = match guests::depart(&app, &who, &redirect, &back, &login::whence(&request)).await {
        Ok(way) => way,
        Err(Error::NotFound | Error::Invalid(_) | Error::Denied(_)) => return again(t.guest_unknown()),
        Err(Error::Unreachable { .. }) => return again(t.guest_unfit()),
        Err(error) => return login::failed(&request, &visit, &error),
    };
    let lead = t.guest_way_text(&way.host);
    show_way(&request, &app, &visit, way, lead)
}

/// What somebody comes back with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Returned {
    code: String,
    state: String,
}

/// `GET /login/elsewhere/back`
pub(crate) async fn arrive(request: HttpRequest, app: Data<App>, returned: Option<Query<Returned>>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let Returned { code, state } = returned.map(Query::into_inner).unwrap_or_default();
    let kept = session::value(&request, name(app.site())).unwrap_or_default().to_owned();
    let arrived = match guests::arrive(&app, &kept, &state, &code, &login::whence(&request)).await {
        Ok(Some(arrived)) => leave(&request, &app).await.map(|()| Some(arrived)),
        other => other,
    };
    let t = visit.language;
    let refused = |status| answer::trouble(&request, &visit, status, t.guest_refused(), t.guest_refused_text());
    let mut answer = match arrived {
        Ok(Some((secret, back))) => login::come_in(&request, &app, &visit, &secret, &back).await,
        Ok(None) => refused(StatusCode::FORBIDDEN),
        Err(Error::Unreachable { .. }) => refused(StatusCode::BAD_GATEWAY),
        Err(error) => login::failed(&request, &visit, &error),
    };
    set(&mut answer, &trip(app.site(), "", 0));
    // The address holds the code.
    answer.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    answer
}

/// Whoever signs in as somebody else leaves first.
pub(crate) async fn leave(request: &HttpRequest, app: &App) -> app::Result<()> {
    match session::look_up(request).await? {
        Some(by) => sessions::end(app, by.me, by.session).await,
        None => Ok(()),
    }
}

/// The cookie that a browser keeps while its person is at their own server, or at the provider of their organization.
pub(crate) fn name(site: &Site) -> &'static str {
    if site.is_development() { "tertulia-trip" } else { "__Host-tertulia-trip" }
}

pub(crate) fn trip(site: &Site, kept: &str, seconds: u64) -> String {
    cookie(site, name(site), kept, seconds)
}

/// A cookie that comes along when one is led back here.
pub(crate) fn cookie(site: &Site, name: &str, value: &str, seconds: u64) -> String {
    let secure = if site.is_development() { "" } else { "; Secure" };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

pub(crate) fn set(answer: &mut HttpResponse, cookie: &str) {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// The answer to a guest who wants what is for those with a login here.
pub(crate) fn turned_away(request: &HttpRequest) -> HttpResponse {
    let Some(app) = request.app_data::<Data<App>>() else { return HttpResponse::new(StatusCode::FORBIDDEN) };
    let visit = Visit::remembered(request, app);
    let t = visit.language;
    answer::trouble(request, &visit, StatusCode::FORBIDDEN, t.guest_only_here(), t.guest_only_here_text())
}
