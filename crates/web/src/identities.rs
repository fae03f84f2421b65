//! Signing in by the provider of one's organization: the way there, and what there is to say when one comes back.
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web::{Data, Form, Query},
};
use app::{
    App, Error, Result,
    devices::Door,
    identities::{self, Arrival, Claim, Departure, Return},
    sessions,
    sessions::Entry,
    sign_up::Wish,
};
use domain::urls::{self, path};
use serde::Deserialize;

use crate::{
    answer::{self, Frame, Keep, Visit},
    entrance,
    forms::{Field, Fields, YES},
    guests, imprint,
    login::{self, Back, Page, Step},
    posted::{Posted, TOKEN},
    said,
    session::{self, LOGIN, WAITING},
    settings::entry,
    sign_up,
};

/// Where the way to the provider begins (or where one says who one is, if it is a directory), and where it leads back to.
pub(crate) const PATH: &str = "/login/organization";
pub(crate) const RETURN: &str = "/login/organization/back";
/// Where somebody makes a login theirs that has their address, and where they make one.
pub(crate) const JOIN: &str = "/login/organization/join";
pub(crate) const SIGN_UP: &str = "/login/organization/new";

/// The way to the provider, and what it is called; nothing, where there is none.
pub(crate) fn way(app: &App, visit: &Visit, back: &str) -> Option<(String, String)> {
    let provider = identities::provider(app).ok()?;
    Some((urls::asking(PATH, &[("back", back)]), visit.language.provider_sign_in(&provider.name)))
}

/// `GET /login/organization`: leads there, or asks for what the directory knows.
pub(crate) async fn depart(request: HttpRequest, app: Data<App>, asked: Option<Query<Back>>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let back = asked.map(|asked| asked.into_inner().back).unwrap_or_default();
    let redirect = app.site().page_on(&visit.host, RETURN);
    match identities::depart(&app, &redirect, &back, &login::whence(&request)).await {
        Ok(Departure::Here(_)) => {
            let said = Said { back, ..Said::default() };
            match session::look_up(&request).await {
                // Whoever is signed in may do so as another.
                Ok(by) => ask(&request, &app, &visit, &said, by.map(|by| by.form_token)),
                Err(error) => answer::error(&request, &visit, &error),
            }
        }
        Ok(Departure::Away(way)) => {
            let mut answer = answer::redirect(StatusCode::SEE_OTHER, &way.url);
            guests::set(&mut answer, &guests::trip(app.site(), &way.kept, 900));
            answer
        }
        Err(error) => refused(&request, &visit, &error),
    }
}

/// What is said when the provider did not do its part, or the way does not exist.
fn refused(request: &HttpRequest, visit: &Visit, error: &Error) -> HttpResponse {
    let t = visit.language;
    match error {
        Error::Unreachable { what, .. } => {
            tracing::warn!(what, "the provider cannot be asked");
            answer::trouble(request, visit, StatusCode::BAD_GATEWAY, t.guest_refused(), t.provider_silent())
        }
        error => login::failed(request, visit, error),
    }
}

/// What somebody comes back with.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Returned {
    code: String,
    state: String,
    error: String,
    error_description: String,
}

/// `GET /login/organization/back`
pub(crate) async fn arrive(request: HttpRequest, app: Data<App>, returned: Option<Query<Returned>>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let Returned { code, state, error, error_description: why } = returned.map(Query::into_inner).unwrap_or_default();
    let back = Return { state: &state, code: &code, error: &error, why: &why };
    let mut answer = match settle(&request, &app, &visit, back).await {
        Ok(answer) => answer,
        Err(error) => refused(&request, &visit, &error),
    };
    guests::set(&mut answer, &guests::trip(app.site(), "", 0));
    unreferred(answer)
}

/// The same, of which nobody hears to whom it leads: the address holds the code.
fn unreferred(mut answer: HttpResponse) -> HttpResponse {
    answer.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    answer
}

/// What a provider has a browser bring by a form of its own (SAML 2.0, HTTP POST).
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Brought {
    #[serde(rename = "SAMLResponse")]
    response: String,
    #[serde(rename = "RelayState")]
    state: String,
}

/// `POST /login/organization/back`: a form of another site, and so without any cookie and of no consequence. What it says
/// goes on, sealed, to the page of the same address, where the browser shows on which trip it is.
pub(crate) async fn bring(request: HttpRequest, app: Data<App>, form: Option<Form<Brought>>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let Brought { response, state } = form.map(Form::into_inner).unwrap_or_default();
    let here = app.site().page_on(&visit.host, RETURN);
    match identities::bring(&app, &here, &response, &login::whence(&request)).await {
        Ok(Some(code)) => {
            let on = urls::asking(RETURN, &[("state", &state), ("code", &code)]);
            unreferred(answer::redirect(StatusCode::SEE_OTHER, &on))
        }
        Ok(None) => {
            let t = visit.language;
            answer::trouble(&request, &visit, StatusCode::FORBIDDEN, t.guest_refused(), t.provider_refused())
        }
        Err(error) => refused(&request, &visit, &error),
    }
}

/// `GET /login/organization/metadata`: what this server says of itself to a provider that speaks SAML.
pub(crate) async fn describe(request: HttpRequest, app: Data<App>) -> HttpResponse {
    match identities::own_metadata(&app, RETURN) {
        Ok(text) => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, "application/samlmetadata+xml"))
            .insert_header((header::CACHE_CONTROL, "no-cache"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(text),
        Err(error) => refused(&request, &Visit::new(&request, &app), &error),
    }
}

async fn settle(request: &HttpRequest, app: &App, visit: &Visit, back: Return<'_>) -> Result<HttpResponse> {
    let kept = session::value(request, guests::name(app.site())).unwrap_or_default();
    let by = session::look_up(request).await?.map(|by| by.me);
    let arrived = identities::arrive(app, kept, back, by, &login::whence(request)).await?;
    receive(request, app, visit, arrived).await
}

/// What there is to say to whoever arrived.
async fn receive(
    request: &HttpRequest,
    app: &App,
    visit: &Visit,
    arrived: Option<(Arrival, String)>,
) -> Result<HttpResponse> {
    let t = visit.language;
    let trouble = |text| answer::trouble(request, visit, StatusCode::FORBIDDEN, t.guest_refused(), text);
    let Some((arrival, back)) = arrived else { return Ok(trouble(t.provider_refused())) };
    Ok(match arrival {
        Arrival::Known(entry) => {
            guests::leave(request, app).await?;
            enter(request, app, visit, entry, back).await
        }
        Arrival::Namesake(sealed) => show(request, app, joining(app, visit, sealed), None),
        Arrival::Newcomer(sealed) => {
            show(request, app, joined_as(app, visit, sealed, &Entered::default()).await?, None)
        }
        Arrival::Stranger => trouble(t.provider_stranger()),
        Arrival::Linked => answer::redirect(StatusCode::SEE_OTHER, &said::way_back(app, visit, &linked())),
        Arrival::Taken => answer::trouble(request, visit, StatusCode::CONFLICT, t.refused(), t.provider_taken()),
        Arrival::Wrong => trouble(t.wrong_login()),
    })
}

fn linked() -> String {
    urls::asking(entry::PATH, &[("done", "true")])
}

/// Leads on, or to the second step.
async fn enter(request: &HttpRequest, app: &App, visit: &Visit, entry: Entry, back: String) -> HttpResponse {
    match entry {
        Entry::In(secret) => login::come_in(request, app, visit, &secret, &back).await,
        Entry::Second(proof) => login::second(request, app, visit, Step { proof, back, ..Step::default() }, None).await,
        Entry::Wrong => answer::redirect(StatusCode::SEE_OTHER, LOGIN),
    }
}

/// Shows a form, of which `flaw` says what is wrong with a field; what is too late to be sent is said.
fn show(request: &HttpRequest, app: &App, page: Option<Page>, flaw: Option<(&str, &'static str)>) -> HttpResponse {
    let Some(mut page) = page else {
        let visit = Visit::new(request, app);
        let t = visit.language;
        return answer::trouble(request, &visit, StatusCode::GONE, t.guest_refused(), t.provider_refused());
    };
    if let Some((field, what)) = flaw {
        page.form.flaw(field, what);
    }
    let status = if page.form.is_flawed() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    answer::page(request, status, Keep::Never, &page)
}

/// A name in the directory of an organization, and its password.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Said {
    name: String,
    password: String,
    back: String,
    /// What their departure gave whoever links their login.
    trip: String,
}

impl Said {
    /// What is asked of whoever links their login, from where `trip` begins.
    pub(crate) fn to_link(trip: String) -> Self {
        Self { trip, ..Self::default() }
    }
}

/// The page that asks who somebody is in the directory; `said` is what they said before, without the password.
fn asking(app: &App, visit: &Visit, said: &Said, form_token: Option<String>) -> Page {
    let t = visit.language;
    let provider = identities::provider(app).map(|provider| provider.name.clone()).unwrap_or_default();
    let name = Field::exact("name", "text", t.login_name()).value(&said.name).autocomplete("username").longest(254);
    let password = Field::exact("password", "password", t.password()).autocomplete("current-password").longest(254);
    let links = !said.trip.is_empty();
    let mut hidden = vec![("back", said.back.clone()), ("trip", said.trip.clone())];
    hidden.extend(form_token.map(|token| (TOKEN, token)));
    Page {
        frame: Frame::private(visit, t.provider_sign_in(&provider)),
        lead: t.provider_ask(&provider),
        action: PATH.to_owned(),
        form: Fields::new(vec![name, password]),
        said: None,
        rules: Vec::new(),
        hidden,
        button: if links { t.provider_link() } else { t.sign_in() },
        passkey: None,
        provider: None,
        ways: if links { Vec::new() } else { vec![(session::login_path(&said.back), t.provider_otherwise())] },
    }
}

/// Asks who somebody is in the directory.
pub(crate) fn ask(
    request: &HttpRequest,
    app: &App,
    visit: &Visit,
    said: &Said,
    form_token: Option<String>,
) -> HttpResponse {
    answer::page(request, StatusCode::OK, Keep::Never, &asking(app, visit, said, form_token))
}

/// `POST /login/organization`
pub(crate) async fn say(request: HttpRequest, app: Data<App>, form: Posted<Said>) -> HttpResponse {
    let (visit, said, by) = (Visit::new(&request, &app), form.entered, form.by);
    let trip = Some(said.trip.as_str()).filter(|trip| !trip.is_empty());
    let (who, me) = ((said.name.as_str(), said.password.as_str()), by.as_ref().map(|by| by.me));
    let answer = match identities::arrive_here(&app, trip, said.back.clone(), who, me, &login::whence(&request)).await {
        Ok(Some((Arrival::Wrong, _))) => {
            let page = asking(&app, &visit, &said, by.map(|by| by.form_token));
            return login::again(&request, StatusCode::UNPROCESSABLE_ENTITY, page, visit.language.wrong_login());
        }
        Ok(arrived) => {
            let is_known = arrived.is_some();
            receive(&request, &app, &visit, arrived).await.map(|mut answer| {
                if is_known {
                    login::know(&mut answer, &request, &app, Door::Directory, std::slice::from_ref(&said.name));
                }
                answer
            })
        }
        Err(error) => Err(error),
    };
    answer.unwrap_or_else(|error| refused(&request, &visit, &error))
}

/// The page that asks for the password of the login with somebody's address; nothing, if they came too long ago.
fn joining(app: &App, visit: &Visit, sealed: String) -> Option<Page> {
    let (t, claim) = (visit.language, identities::claimed(app, &sealed)?);
    let password = Field::exact("password", "password", t.password()).autocomplete("current-password").longest(128);
    Some(Page {
        frame: Frame::private(visit, t.provider_join()),
        lead: t.provider_join_lead(claim.email.unwrap_or_default(), &claim.name),
        action: JOIN.to_owned(),
        form: Fields::new(vec![password]),
        said: None,
        rules: Vec::new(),
        hidden: vec![("claim", sealed)],
        button: t.provider_join(),
        passkey: None,
        provider: None,
        ways: vec![(path::RECOVER.to_owned(), t.forgotten())],
    })
}

/// The page on which somebody says who they will be here; nothing, if they came too long ago.
async fn joined_as(app: &App, visit: &Visit, sealed: String, entered: &Entered) -> Result<Option<Page>> {
    let t = visit.language;
    let Some(Claim { name: called, handle, email, verified, .. }) = identities::claimed(app, &sealed) else {
        return Ok(None);
    };
    let rules = imprint::read(t, &app::imprint::house_rules(app).await?);
    let name = if entered.name.is_empty() { handle } else { entered.name.clone() };
    let name = Field::exact("name", "text", t.name()).hint(t.name_hint(visit.host.display())).value(name);
    let mut fields = vec![name.autocomplete("username").longest(30)];
    if !verified || email.is_none() {
        let address = if entered.email.is_empty() { email.unwrap_or_default() } else { entered.email.clone() };
        let field = Field::exact("email", "email", t.email()).hint(sign_up::email_hint(app, t)).value(address);
        fields.push(field.autocomplete("email").longest(254));
    }
    fields.push(Field::check("agreement", t.agree()).hint(t.agree_hint()).value(&entered.agreement));
    Ok(Some(Page {
        frame: Frame::private(visit, t.sign_up()),
        lead: t.provider_new_lead(&called),
        action: SIGN_UP.to_owned(),
        form: Fields::new(fields),
        said: imprint::of_sign_up(app, t).await?,
        rules,
        hidden: vec![("claim", sealed)],
        button: t.sign_up(),
        passkey: None,
        provider: None,
        ways: vec![(path::PRIVACY.to_owned(), t.privacy()), (path::TERMS.to_owned(), t.terms())],
    }))
}

/// The password of a login, and who wants it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Known {
    claim: String,
    password: String,
}

/// `POST /login/organization/join`
pub(crate) async fn join(request: HttpRequest, app: Data<App>, form: Posted<Known>) -> HttpResponse {
    let (visit, Known { claim: sealed, password }) = (Visit::new(&request, &app), form.entered);
    let Some(claim) = identities::claimed(&app, &sealed) else { return show(&request, &app, None, None) };
    let back = claim.back.clone();
    match identities::join(&app, claim, password, &login::whence(&request)).await {
        Ok(Some(entry)) => enter(&request, &app, &visit, entry, back).await,
        Ok(None) => {
            let flaw = ("password", visit.language.flaw_wrong_password());
            show(&request, &app, joining(&app, &visit, sealed), Some(flaw))
        }
        Err(error) => refused(&request, &visit, &error),
    }
}

/// Who somebody will be here.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    claim: String,
    name: String,
    email: String,
    agreement: String,
}

/// `POST /login/organization/new`
pub(crate) async fn submit(request: HttpRequest, app: Data<App>, form: Posted<Entered>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    match complete(&request, &app, &visit, form.entered).await {
        Ok(answer) => answer,
        Err(Error::Denied(_)) => {
            answer::refused(&request, &visit, StatusCode::FORBIDDEN, visit.language.sign_up_closed())
        }
        Err(error) => refused(&request, &visit, &error),
    }
}

async fn complete(request: &HttpRequest, app: &App, visit: &Visit, entered: Entered) -> Result<HttpResponse> {
    let (t, whence) = (visit.language, login::whence(request));
    let Some(claim) = identities::claimed(app, &entered.claim) else { return Ok(show(request, app, None, None)) };
    let back = claim.back.clone();
    let wish = Wish {
        name: entered.name.clone(),
        email: entered.email.clone(),
        agreement: entered.agreement == YES,
        language: t.tag().to_owned(),
        towards: entrance::towards(&back),
        ..Wish::default()
    };
    match identities::sign_up(app, claim, wish, &whence).await? {
        Ok(newcomer) => {
            let secret = sessions::begin(app, newcomer.me, &whence).await?;
            Ok(login::enter(app, visit, &secret, if newcomer.ready { &back } else { WAITING }))
        }
        Err(flaws) => {
            let mut page = joined_as(app, visit, entered.claim.clone(), &entered).await?;
            if let Some(page) = &mut page {
                for (field, what) in flaws.iter().map(|flaw| sign_up::sentence(t, *flaw)) {
                    page.form.flaw(field, what);
                }
            }
            Ok(show(request, app, page, None))
        }
    }
}
