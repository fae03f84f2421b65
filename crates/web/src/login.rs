//! Signing in and out: name and password, then the code of the second step if there is one.
use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web::{Data, Query},
};
use app::{
    App, Error, Whence,
    devices::{self, Door},
    second_step,
    sessions::{self, Entry},
};
use askama::Template;
use domain::urls::{self, Site, path};
use serde::Deserialize;

use crate::{
    answer::{self, Frame, Keep, Visit},
    compose,
    forms::{Field, Fields},
    guests, identities,
    imprint::{self, Rule},
    passkeys,
    posted::Posted,
    resumed::{self, Kept},
    said,
    session::{self, LOGIN, Present},
    settings::entry,
    sign_up,
};

/// Where the second step is made.
pub(crate) const SECOND: &str = "/login/code";
/// Where one signs out.
pub(crate) const LOGOUT: &str = "/logout";

/// A page that is one form: of signing in, of signing up, of a new password.
#[derive(Template)]
#[template(path = "entry.html")]
pub(crate) struct Page {
    pub(crate) frame: Frame,
    pub(crate) lead: String,
    pub(crate) action: String,
    pub(crate) form: Fields,
    /// What those who run the site say about it, as HTML, and its language, if it is not the one of the page.
    pub(crate) said: Option<imprint::Said>,
    /// The rules that those agree to who send it.
    pub(crate) rules: Vec<Rule>,
    /// What is sent along and not shown.
    pub(crate) hidden: Vec<(&'static str, String)>,
    pub(crate) button: &'static str,
    /// A passkey, as another way to send it.
    pub(crate) passkey: Option<passkeys::Button>,
    /// The way to the provider of an organization: where, and what it is called; it is the only one, if there is no field.
    pub(crate) provider: Option<(String, String)>,
    /// Other ways: where they lead, and what they are called.
    pub(crate) ways: Vec<(String, &'static str)>,
}

/// Where somebody wanted to go before they were asked to sign in.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Back {
    #[serde(default)]
    pub(crate) back: String,
}

/// What was entered to sign in.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    name: String,
    password: String,
    back: String,
}

/// What was entered as the second step.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Step {
    pub(crate) code: String,
    pub(crate) proof: String,
    pub(crate) back: String,
}

/// A form without a question.
#[derive(Debug, Deserialize)]
pub(crate) struct Nothing {}

/// The cookie by which a browser is known in which somebody signed in.
fn known(site: &Site) -> &'static str {
    if site.is_development() { "tertulia-known" } else { "__Host-tertulia-known" }
}

/// Where a request comes from.
pub(crate) fn whence(request: &HttpRequest) -> Whence {
    let whence = request.extensions().get::<Whence>().cloned().unwrap_or_default();
    let site = request.app_data::<Data<App>>().map(|app| app.site());
    let marks = site.and_then(|site| session::value(request, known(site))).unwrap_or_default().to_owned();
    Whence { marks, ..whence }
}

/// Lets the browser that gets this answer be known from now on for whom these names let in.
pub(crate) fn know(answer: &mut HttpResponse, request: &HttpRequest, app: &App, door: Door, names: &[String]) {
    match devices::remember(app, door, names, &whence(request)) {
        Ok(marks) => {
            guests::set(answer, &guests::cookie(app.site(), known(app.site()), &marks, devices::KNOWN.as_secs()));
        }
        // Without it strangers may slow them down, and nothing else.
        Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "a browser is not marked"),
    }
}

pub(crate) fn first(app: &App, visit: &Visit, name: &str, back: &str) -> Page {
    let t = visit.language;
    let name = Field::exact("name", "text", t.login_name()).value(name);
    let name = name.autocomplete("username webauthn").longest(254);
    let password = Field::exact("password", "password", t.password()).autocomplete("current-password").longest(128);
    let abroad = urls::asking(guests::PATH, &[("back", back)]);
    let is_closed = app::identities::is_only_way(app);
    let mut ways = vec![(abroad, t.guest_sign_in())];
    if !is_closed {
        ways.push((path::RECOVER.to_owned(), t.forgotten()));
    }
    if visit.signs_up {
        ways.push((sign_up::way(back), t.sign_up()));
    }
    Page {
        frame: Frame::private(visit, t.sign_in()),
        lead: t.sign_in_lead(&visit.site),
        action: LOGIN.to_owned(),
        form: Fields::new(if is_closed { Vec::new() } else { vec![name, password] }),
        said: None,
        rules: Vec::new(),
        hidden: vec![("back", back.to_owned())],
        button: t.sign_in(),
        passkey: passkeys::sign_in(app, visit).filter(|_| !is_closed),
        provider: identities::way(app, visit, back),
        ways,
    }
}

/// The page of the second step, for whoever knew the password; `step` says what is carried along.
pub(crate) async fn second(
    request: &HttpRequest,
    app: &App,
    visit: &Visit,
    step: Step,
    trouble: Option<&str>,
) -> HttpResponse {
    let (t, Step { proof, back, .. }) = (visit.language, step);
    let challenge = match app::passkeys::ask_second(app, &proof, passkeys::kept(request, app)).await {
        Ok(challenge) => challenge,
        Err(error) => return failed(request, visit, &error),
    };
    let code = Field::exact("code", "text", t.code()).hint(t.code_hint()).autocomplete("one-time-code").longest(40);
    let prepared = |challenge| passkeys::Button::prepared(t.passkey_instead(), passkeys::SECOND, challenge);
    let page = Page {
        frame: Frame::private(visit, t.second_step()),
        lead: t.second_step_lead().to_owned(),
        action: SECOND.to_owned(),
        form: Fields { trouble: trouble.map(str::to_owned), ..Fields::new(vec![code]) },
        said: None,
        rules: Vec::new(),
        hidden: vec![("proof", proof), ("back", back)],
        button: t.sign_in(),
        passkey: challenge.as_ref().map(prepared),
        provider: None,
        ways: vec![(LOGIN.to_owned(), t.start_over())],
    };
    let status = if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut answer = answer::page(request, status, Keep::Never, &page);
    if let Some(challenge) = challenge {
        passkeys::keep(&mut answer, app, &challenge);
    }
    answer
}

/// Shows the form again with what is wrong.
pub(crate) fn again(request: &HttpRequest, status: StatusCode, mut page: Page, trouble: &str) -> HttpResponse {
    page.form.trouble = Some(trouble.to_owned());
    answer::page(request, status, Keep::Never, &page)
}

/// The answer to whoever tried too often, or to what went wrong.
pub(crate) fn failed(request: &HttpRequest, visit: &Visit, error: &Error) -> HttpResponse {
    let Error::TooOften { wait } = error else { return answer::error(request, visit, error) };
    let mut answer = answer::refused(request, visit, StatusCode::TOO_MANY_REQUESTS, visit.language.too_often());
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
    answer
}

/// Leads on with the cookie of a new session.
pub(crate) fn enter(app: &App, visit: &Visit, secret: &str, back: &str) -> HttpResponse {
    let mut answer = answer::redirect(StatusCode::SEE_OTHER, &said::way_back(app, visit, back));
    session::keep(&mut answer, app.site(), secret);
    answer
}

/// Leads on with a new session: what its person wrote when the last one had ended is a draft, or is shown to be sent again.
pub(crate) async fn come_in(request: &HttpRequest, app: &App, visit: &Visit, secret: &str, back: &str) -> HttpResponse {
    let done = async {
        let Some(found) = sessions::find(app, secret).await? else { return Ok((false, None, Vec::new())) };
        let kept = resumed::take(request, app, found.me).await?;
        if let Some(Kept::Draft(place, writing)) = &kept {
            compose::take_up(app, found.me, place, (**writing).clone()).await?;
        }
        let names = if found.account.is_some() { devices::names(app, found.me.0).await? } else { Vec::new() };
        Ok::<_, Error>((second_step::is_due(app, found.me).await?, kept, names))
    };
    let (is_due, kept, names) = match done.await {
        Ok(done) => done,
        Err(error) => return failed(request, visit, &error),
    };
    let is_kept = kept.is_some();
    let mut answer = match kept {
        // Whoever has power sets up what is asked for before they use it.
        _ if is_due => enter(app, visit, secret, entry::PATH),
        Some(Kept::Letter(letter)) => resumed::show(request, app, visit, secret, letter).await,
        Some(Kept::Draft(place, _)) => enter(app, visit, secret, &place),
        None => enter(app, visit, secret, back),
    };
    if is_kept {
        resumed::done(&mut answer, app);
    }
    if !names.is_empty() {
        know(&mut answer, request, app, Door::Here, &names);
    }
    answer
}

/// `GET /login`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, asked: Option<Query<Back>>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let back = asked.map(|asked| asked.into_inner().back).unwrap_or_default();
    let mut page = first(&app, &visit, "", &back);
    match session::look_up(&request).await {
        // Whoever is signed in may do so again, as themselves or as another.
        Ok(by) => page.hidden.extend(by.map(|by| ("form_token", by.form_token))),
        Err(error) => return answer::error(&request, &visit, &error),
    }
    answer::page(&request, StatusCode::OK, Keep::Never, &page)
}

/// `POST /login`
pub(crate) async fn submit(request: HttpRequest, app: Data<App>, form: Posted<Entered>) -> HttpResponse {
    let (visit, Entered { name, password, back }) = (Visit::new(&request, &app), form.entered);
    // Whoever signs in as somebody else leaves first.
    if let Some(by) = form.by
        && let Err(error) = sessions::end(&app, by.me, by.session).await
    {
        return failed(&request, &visit, &error);
    }
    match sessions::enter(&app, &name, password, &whence(&request)).await {
        Ok(Entry::In(secret)) => come_in(&request, &app, &visit, &secret, &back).await,
        Ok(Entry::Second(proof)) => second(&request, &app, &visit, Step { proof, back, ..Step::default() }, None).await,
        Ok(Entry::Wrong) => {
            let page = first(&app, &visit, &name, &back);
            again(&request, StatusCode::UNPROCESSABLE_ENTITY, page, visit.language.wrong_login())
        }
        // The other ways stand below the form: for whoever others keep from it, a passkey or a link by mail.
        Err(Error::TooOften { wait }) => {
            let page = first(&app, &visit, &name, &back);
            let mut answer = again(&request, StatusCode::TOO_MANY_REQUESTS, page, visit.language.too_often_login());
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
            answer
        }
        Err(error) => failed(&request, &visit, &error),
    }
}

/// `POST /login/code`
pub(crate) async fn submit_code(request: HttpRequest, app: Data<App>, form: Posted<Step>) -> HttpResponse {
    let (visit, step) = (Visit::new(&request, &app), form.entered);
    match sessions::enter_second(&app, &step.proof, &step.code, &whence(&request)).await {
        Ok(Some(secret)) => come_in(&request, &app, &visit, &secret, &step.back).await,
        Ok(None) => second(&request, &app, &visit, step, Some(visit.language.wrong_code())).await,
        Err(error) => failed(&request, &visit, &error),
    }
}

/// `POST /logout`
pub(crate) async fn leave(request: HttpRequest, app: Data<App>, form: Posted<Nothing>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let left = match &form.by {
        Some(by) => end(&app, by).await,
        None => Ok(None),
    };
    let mut answer = match left {
        Ok(None) => answer::redirect(StatusCode::SEE_OTHER, &visit.home),
        Ok(Some(provider)) => {
            let t = visit.language;
            answer::said(&request, &visit, t.signed_out(), t.provider_stays(provider))
        }
        Err(error) => return failed(&request, &visit, &error),
    };
    if let Ok(cookie) = HeaderValue::from_str(&session::no_cookie(app.site())) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}

/// Ends a session; the provider at which its person may still be signed in.
async fn end<'a>(app: &'a App, by: &Present) -> app::Result<Option<&'a str>> {
    let provider = app::identities::stays(app, by.me).await?;
    sessions::end(app, by.me, by.session).await?;
    Ok(provider)
}

/// A page that only says something.
#[derive(Template)]
#[template(path = "note.html")]
pub(crate) struct Note {
    pub(crate) frame: Frame,
    pub(crate) text: String,
    /// What is to be copied.
    pub(crate) code: Option<String>,
}
