//! The links of mails: a new password for whoever forgot theirs, and the address that is confirmed.
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{
    App, Error, Result, addresses,
    devices::Door,
    imprint,
    recovery::{self, Renewal},
    sign_up::Flaw,
};
use domain::urls::path;
use serde::Deserialize;

use crate::{
    answer::{self, Frame, Keep, Visit},
    cards::Face,
    desk, entrance,
    forms::{Choice, Field, Fields},
    login::{self, Page},
    posted::Posted,
    session::{self, AnyLogin, LOGIN, WAITING},
    sign_up,
};

/// An address that was entered.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Address {
    email: String,
}

/// The secret of a link, and with it the password that is to be set.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Link {
    token: String,
    password: String,
    /// Sent as `forget_passkeys`, by a box that is ticked.
    forget_passkeys: String,
}

fn address_field(visit: &Visit, value: &str) -> Field {
    let field = Field::exact("email", "email", visit.language.email());
    field.value(value).autocomplete("email").longest(254)
}

/// A form for anybody, signed in or not.
async fn form(request: &HttpRequest, visit: &Visit, status: StatusCode, mut page: Page) -> HttpResponse {
    match session::look_up(request).await {
        Ok(by) => page.hidden.extend(by.map(|by| ("form_token", by.form_token))),
        Err(error) => return answer::error(request, visit, &error),
    }
    answer::page(request, status, Keep::Never, &page)
}

/// What those are told who forgot their password where no mail is sent: whom to ask.
async fn by_hand(request: &HttpRequest, app: &App, visit: &Visit) -> HttpResponse {
    let contact = match imprint::contact(app).await {
        Ok(contact) => contact,
        Err(error) => return answer::error(request, visit, &error),
    };
    let t = visit.language;
    let handle = contact.person.map(|person| Face::new(app.site(), &person).handle);
    let whom = Some(contact.email).filter(|email| !email.is_empty()).or(handle);
    let text = t.recover_by_hand(whom.unwrap_or_else(|| visit.site.clone()));
    let note = login::Note { frame: Frame::private(visit, t.recover()), text, code: None };
    answer::page(request, StatusCode::OK, Keep::Never, &note)
}

/// `GET /login/recover`
pub(crate) async fn show(request: HttpRequest, app: Data<App>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    if app.mailer().is_none() {
        return by_hand(&request, &app, &visit).await;
    }
    let t = visit.language;
    let page = Page {
        frame: Frame::private(&visit, t.recover()),
        lead: t.recover_lead().to_owned(),
        action: path::RECOVER.to_owned(),
        form: Fields::new(vec![address_field(&visit, "")]),
        said: None,
        rules: Vec::new(),
        hidden: Vec::new(),
        button: t.recover_button(),
        passkey: None,
        provider: None,
        ways: vec![(LOGIN.to_owned(), t.sign_in())],
    };
    form(&request, &visit, StatusCode::OK, page).await
}

/// `POST /login/recover`
pub(crate) async fn ask(request: HttpRequest, app: Data<App>, form: Posted<Address>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    if app.mailer().is_none() {
        return by_hand(&request, &app, &visit).await;
    }
    let t = visit.language;
    match recovery::ask(&app, &form.entered.email, &login::whence(&request)).await {
        Ok(()) => answer::said(&request, &visit, t.recover_sent(), t.recover_sent_text()),
        Err(error) => login::failed(&request, &visit, &error),
    }
}

/// `has_passkeys` says whether the login has some.
fn renewal(visit: &Visit, token: String, has_passkeys: bool) -> Page {
    let t = visit.language;
    let password = Field::exact("password", "password", t.password()).hint(t.password_hint());
    let password = password.autocomplete("new-password").longest(128);
    let forget = || {
        let choice = Choice::new("passkeys", t.forget_passkeys(), "");
        Field::several("forget", t.passkeys(), vec![choice]).hint(t.forget_passkeys_hint())
    };
    Page {
        frame: Frame::private(&Visit { path: path::RECOVER.to_owned(), ..visit.clone() }, t.renew()),
        lead: t.renew_lead().to_owned(),
        action: path::RENEW.to_owned(),
        form: Fields::new(std::iter::once(password).chain(has_passkeys.then(forget)).collect()),
        said: None,
        rules: Vec::new(),
        hidden: vec![("token", token)],
        button: t.renew(),
        passkey: None,
        provider: None,
        ways: Vec::new(),
    }
}

fn too_old(request: &HttpRequest, visit: &Visit) -> HttpResponse {
    let visit = Visit { path: path::RECOVER.to_owned(), ..visit.clone() };
    answer::trouble(request, &visit, StatusCode::GONE, visit.language.link_old(), visit.language.link_old_text())
}

/// `GET /login/renew`
pub(crate) async fn show_renewal(request: HttpRequest, app: Data<App>, link: Option<Query<Link>>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let token = link.map(|link| link.into_inner().token).unwrap_or_default();
    match recovery::has_passkeys(&app, &token).await {
        Ok(Some(has)) => form(&request, &visit, StatusCode::OK, renewal(&visit, token, has)).await,
        Ok(None) => too_old(&request, &visit),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// `POST /login/renew`
pub(crate) async fn renew(request: HttpRequest, app: Data<App>, sent: Posted<Link>) -> HttpResponse {
    let (visit, Link { token, password, forget_passkeys }) = (Visit::new(&request, &app), sent.entered);
    let t = visit.language;
    let names = match recovery::names(&app, &token).await {
        Ok(names) => names,
        Err(error) => return login::failed(&request, &visit, &error),
    };
    match recovery::renew(&app, &token, password, !forget_passkeys.is_empty()).await {
        Ok(Renewal::Done) => {
            let mut answer = answer::said(&request, &visit, t.renew_done(), t.renew_done_text());
            // However many try to guess it: whoever reads the mail signs in with the new one here.
            login::know(&mut answer, &request, &app, Door::Here, &names);
            answer
        }
        Ok(Renewal::Wrong) => too_old(&request, &visit),
        Ok(Renewal::Unfit) => {
            let has_passkeys = matches!(recovery::has_passkeys(&app, &token).await, Ok(Some(true)));
            let mut page = renewal(&visit, token, has_passkeys);
            if let Some(forget) = page.form.all.iter_mut().find(|field| field.id == "forget") {
                forget.value = forget_passkeys;
            }
            page.form.flaw("password", t.flaw_password());
            form(&request, &visit, StatusCode::UNPROCESSABLE_ENTITY, page).await
        }
        Err(error) => login::failed(&request, &visit, &error),
    }
}

/// `GET /login/confirm`: looking changes nothing, since programs that read mail look, too.
pub(crate) async fn show_confirmation(request: HttpRequest, app: Data<App>, link: Option<Query<Link>>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let t = visit.language;
    let token = link.map(|link| link.into_inner().token).unwrap_or_default();
    match addresses::is_good(&app, &token).await {
        Ok(true) => {}
        Ok(false) => return too_old(&request, &visit),
        Err(error) => return answer::error(&request, &visit, &error),
    }
    let page = Page {
        frame: Frame::private(&Visit { path: LOGIN.to_owned(), ..visit.clone() }, t.confirm_address()),
        lead: t.confirm_address_lead().to_owned(),
        action: path::CONFIRM.to_owned(),
        form: Fields::default(),
        said: None,
        rules: Vec::new(),
        hidden: vec![("token", token)],
        button: t.confirm_button(),
        passkey: None,
        provider: None,
        ways: Vec::new(),
    };
    form(&request, &visit, StatusCode::OK, page).await
}

/// `POST /login/confirm`
pub(crate) async fn confirm(request: HttpRequest, app: Data<App>, sent: Posted<Link>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    match confirmed(&app, &sent.entered.token).await {
        Ok(Some(is_ready)) => {
            let t = visit.language;
            let text = if is_ready { t.confirmed_text() } else { t.confirmed_waiting() };
            answer::said(&request, &visit, t.confirmed(), text)
        }
        Ok(None) => too_old(&request, &visit),
        Err(error) => login::failed(&request, &visit, &error),
    }
}

/// Whether the login of a confirmed address waits for nothing any more.
async fn confirmed(app: &App, token: &str) -> Result<Option<bool>> {
    let Some(me) = addresses::confirm(app, token).await? else { return Ok(None) };
    let account = app.read(move |c| store::accounts::by_id(c, me.0)).await?;
    Ok(account.map(|account| account.is_ready()))
}

/// `GET /waiting`
pub(crate) async fn waiting(request: HttpRequest, app: Data<App>, AnyLogin(login): AnyLogin) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let t = visit.language;
    if login.account.is_ready() {
        return match app::arrivals::ahead(&app, login.me).await {
            Ok(Some(group)) => answer::redirect(StatusCode::SEE_OTHER, &desk::page(entrance::APPLY, group)),
            Ok(None) => answer::redirect(StatusCode::SEE_OTHER, &visit.home),
            Err(error) => answer::error(&request, &visit, &error),
        };
    }
    if login.account.confirmed.is_some() {
        let note =
            login::Note { frame: Frame::private(&visit, t.waiting()), text: t.waiting_text().to_owned(), code: None };
        return answer::page(&request, StatusCode::OK, Keep::Never, &note);
    }
    let address = login.account.wanted_email.unwrap_or_default();
    let page = waiting_page(&app, &visit, &address, login.form_token);
    answer::page(&request, StatusCode::OK, Keep::Never, &page)
}

fn waiting_page(app: &App, visit: &Visit, address: &str, form_token: String) -> Page {
    let t = visit.language;
    let is_for_all = app.config().mail_hosts.is_empty();
    let hint = if is_for_all { t.check_mail_hint().to_owned() } else { sign_up::email_hint(app, t) };
    Page {
        frame: Frame::private(visit, t.check_mail()),
        lead: t.check_mail_lead(address),
        action: WAITING.to_owned(),
        form: Fields::new(vec![address_field(visit, address).hint(hint)]),
        said: None,
        rules: Vec::new(),
        hidden: vec![("form_token", form_token)],
        button: t.send_again(),
        passkey: None,
        provider: None,
        ways: Vec::new(),
    }
}

/// `POST /waiting`
pub(crate) async fn ask_again(request: HttpRequest, app: Data<App>, sent: Posted<Address>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let Some(by) = sent.by else { return answer::redirect(StatusCode::SEE_OTHER, LOGIN) };
    let flaw = match addresses::ask_again(&app, by.me, Some(&sent.entered.email)).await {
        Ok(Ok(())) | Err(Error::Conflict(_)) => return answer::redirect(StatusCode::SEE_OTHER, WAITING),
        Ok(Err(flaw)) => flaw,
        Err(Error::Invalid(_)) => Flaw::Email,
        Err(error) => return login::failed(&request, &visit, &error),
    };
    let mut page = waiting_page(&app, &visit, &sent.entered.email, by.form_token);
    let (field, what) = sign_up::sentence(visit.language, flaw);
    page.form.flaw(field, what);
    answer::page(&request, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &page)
}
