//! How one gets in: the address, the password, and the second step.
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use app::{
    App, Me, Result, addresses,
    addresses::Change,
    recovery::{self, Renewal},
    second_step::{self, Turned},
};
use serde::Deserialize;

use super::{Action, Nothing, Panel, back, identities, page, passkeys, password};
use crate::{
    answer::{self, Visit},
    archive::{File, alone, whole},
    forms::Field,
    login,
    posted::Sent,
    said::{self, Said},
    session::{self, SignedIn},
    squares,
};

pub(crate) const PATH: &str = "/settings/entry";
pub(crate) const EMAIL: &str = "/settings/entry/email";
pub(crate) const PASSWORD: &str = "/settings/entry/password";
/// Where the second step is set up, turned on, and turned off.
pub(crate) const OFFER: &str = "/settings/entry/second";
pub(crate) const ON: &str = "/settings/entry/second/on";
pub(crate) const OFF: &str = "/settings/entry/second/off";
/// Where the recovery codes become a file.
pub(crate) const CODES: &str = "/settings/entry/second/codes";

/// The panels of this page, to be changed by what was entered.
struct Panels {
    email: Panel,
    password: Panel,
    passkeys: Panel,
    identities: Option<Panel>,
    second: Panel,
}

impl Panels {
    async fn of(app: &App, visit: &Visit, by: &SignedIn) -> Result<Self> {
        let (t, account) = (visit.language, &by.account);
        let lead = match &account.wanted_email {
            Some(wanted) => t.email_waits(&account.email, wanted),
            None => t.email_is(&account.email),
        };
        let new = Field::exact("email", "email", t.new_email()).autocomplete("email").longest(254);
        let email = Action::new(EMAIL, vec![new, password(t, "password")], t.change_email());
        let fresh = Field::exact("new", "password", t.new_password()).hint(t.password_hint());
        let fresh = fresh.autocomplete("new-password").longest(128);
        let (lead_of_password, change) = match account.has_password() {
            true => (t.password_ends(), t.change_password()),
            false if app::identities::is_only_way(app) => (t.password_idle(), t.set_password()),
            false => (t.password_none(), t.set_password()),
        };
        let change = Action::new(PASSWORD, vec![password(t, "old"), fresh], change);
        let is_on = account.totp.is_some();
        let second = if is_on {
            let off = Action::new(OFF, vec![password(t, "known")], t.second_off());
            Action { is_danger: true, ..off }
        } else {
            Action::new(OFFER, Vec::new(), t.second_set_up())
        };
        let lead_of_second = match (is_on, second_step::is_due(app, by.me).await?) {
            (_, true) => t.second_is_due(),
            (true, false) => t.second_is_on(),
            (false, false) => t.second_is_off(),
        };
        Ok(Self {
            email: Panel { id: "address-heading", heading: t.email(), lead, action: Some(email), ..Panel::default() },
            password: Panel {
                id: "password-heading",
                heading: t.password(),
                lead: lead_of_password.to_owned(),
                action: Some(change),
                ..Panel::default()
            },
            passkeys: passkeys::panel(app, visit, by.me).await?,
            identities: identities::panel(app, visit, by.me).await?,
            second: Panel {
                id: "second-heading",
                heading: t.second_step_name(),
                lead: lead_of_second.to_owned(),
                action: Some(second),
                ..Panel::default()
            },
        })
    }

    fn show(self, request: &HttpRequest, visit: &Visit) -> HttpResponse {
        let all = [Some(self.email), Some(self.password), self.identities, Some(self.passkeys), Some(self.second)];
        page(request, visit, PATH, all.into_iter().flatten().collect())
    }
}

/// The page, changed by what was entered.
async fn again(
    request: &HttpRequest,
    app: &App,
    visit: &Visit,
    by: &SignedIn,
    change: impl FnOnce(&mut Panels),
) -> HttpResponse {
    match Panels::of(app, visit, by).await {
        Ok(mut panels) => {
            change(&mut panels);
            panels.show(request, visit)
        }
        Err(error) => answer::error(request, visit, &error),
    }
}

fn flaw(panel: &mut Panel, field: &str, what: &'static str) {
    if let Some(action) = &mut panel.action {
        action.form.flaw(field, what);
    }
}

/// `GET /settings/entry`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, visit: Visit, by: SignedIn) -> HttpResponse {
    match Panels::of(&app, &visit, &by).await {
        Ok(panels) => panels.show(&request, &visit),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// A new address.
#[derive(Deserialize)]
pub(crate) struct Address {
    email: String,
    password: String,
}

/// `POST /settings/entry/email`
pub(crate) async fn change_email(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Address>,
) -> HttpResponse {
    let (t, Address { email, password }) = (visit.language, sent.entered);
    let (field, what) = match addresses::change(&app, sent.by.me, sent.by.shows(password), &email).await {
        Ok(Change::Done) => return said::back(&app, &visit, PATH, Said::Email),
        Ok(Change::Asked) => return answer::said(&request, &visit, t.check_mail(), t.email_asked()),
        Ok(Change::Wrong) => ("password", t.flaw_wrong_password()),
        Ok(Change::Invalid) => ("email", t.flaw_email()),
        Ok(Change::Taken) => ("email", t.flaw_email_taken()),
        Err(error) => return login::failed(&request, &visit, &error),
    };
    let change = |panels: &mut Panels| {
        flaw(&mut panels.email, field, what);
        if let Some(field) = panels.email.action.as_mut().and_then(|action| action.form.all.first_mut()) {
            field.value = email;
        }
    };
    again(&request, &app, &visit, &sent.by, change).await
}

/// A new password.
#[derive(Deserialize)]
pub(crate) struct Secrets {
    old: String,
    new: String,
}

/// `POST /settings/entry/password`
pub(crate) async fn change_password(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Secrets>,
) -> HttpResponse {
    let (t, Secrets { old, new }) = (visit.language, sent.entered);
    let (field, what) = match recovery::change(&app, sent.by.me, sent.by.session, old, new).await {
        Ok(Renewal::Done) => return said::back(&app, &visit, PATH, Said::Password),
        Ok(Renewal::Wrong) => ("old", t.flaw_wrong_password()),
        Ok(Renewal::Unfit) => ("new", t.flaw_password()),
        Err(error) => return login::failed(&request, &visit, &error),
    };
    again(&request, &app, &visit, &sent.by, |panels| flaw(&mut panels.password, field, what)).await
}

async fn name(app: &App, me: Me) -> Result<String> {
    let actor = app.read(move |c| store::actors::by_id(c, me.0)).await?;
    Ok(actor.map(|actor| actor.name).unwrap_or_default())
}

fn set_up(visit: &Visit, offer: second_step::Offer) -> Panel {
    let t = visit.language;
    let code = Field::exact("code", "text", t.code()).autocomplete("one-time-code").longest(10);
    let action = Action::new(ON, vec![code, password(t, "known")], t.second_turn_on());
    Panel {
        id: "second-heading",
        heading: t.second_step_name(),
        lead: format!("{} {}", t.second_scan(), t.others_end()),
        squares: squares::of(&offer.link),
        codes: vec![offer.secret],
        way: Some((offer.link, t.second_open())),
        action: Some(Action { hidden: vec![("sealed", offer.sealed)], ..action }),
        ..Panel::default()
    }
}

/// `POST /settings/entry/second`
pub(crate) async fn offer(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Nothing>) -> HttpResponse {
    let me = sent.by.me;
    match name(&app, me).await.and_then(|name| second_step::offer(&app, me, &name)) {
        Ok(offer) => page(&request, &visit, PATH, vec![set_up(&visit, offer)]),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// The code that an authenticator shows, with what it was shown, and the password.
#[derive(Deserialize)]
pub(crate) struct Proof {
    code: String,
    sealed: String,
    known: String,
}

/// `POST /settings/entry/second/on`
pub(crate) async fn turn_on(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Proof>) -> HttpResponse {
    let (t, me, Proof { code, sealed, known }) = (visit.language, sent.by.me, sent.entered);
    let (field, what) = match second_step::turn_on(&app, me, sent.by.shows(known), &sealed, code.trim()).await {
        Ok(Turned::On(codes, secret)) => return turned_on(&request, &app, &visit, codes, &secret).await,
        Ok(Turned::Stranger) => ("known", t.flaw_wrong_password()),
        Ok(Turned::Wrong) => ("code", t.wrong_code()),
        Err(error) => return login::failed(&request, &visit, &error),
    };
    let offered = name(&app, me).await.and_then(|name| second_step::offered(&app, me, &name, &sealed));
    let Ok(Some(offer)) = offered else { return back(&visit, &app, PATH) };
    let mut panel = set_up(&visit, offer);
    flaw(&mut panel, field, what);
    page(&request, &visit, PATH, vec![panel])
}

/// The recovery codes, for the browser that goes on with another secret.
async fn turned_on(request: &HttpRequest, app: &App, visit: &Visit, codes: Vec<String>, secret: &str) -> HttpResponse {
    let t = visit.language;
    let visit = match visit.of_session(app, secret).await {
        Ok(visit) => Visit { said: Some(Said::SecondStep), ..visit },
        Err(error) => return answer::error(request, visit, &error),
    };
    let (heading, lead) = (t.recovery_codes(), t.recovery_codes_hint().to_owned());
    let way = Some((PATH.to_owned(), t.finished()));
    let file = Some((CODES, t.recovery_file()));
    let panel = Panel { id: "second-heading", heading, lead, codes, file, way, ..Panel::default() };
    let mut answer = page(request, &visit, PATH, vec![panel]);
    session::keep(&mut answer, app.site(), secret);
    answer
}

/// The recovery codes, as their page shows them.
#[derive(Deserialize)]
pub(crate) struct Codes {
    codes: String,
}

/// `POST /settings/entry/second/codes`: what the page shows, as a file. Nothing of it was kept here.
pub(crate) async fn save_codes(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Codes>) -> HttpResponse {
    let t = visit.language;
    let codes: Vec<&str> = sent.entered.codes.split(' ').collect();
    if !second_step::are_codes(&codes) {
        return answer::refused(&request, &visit, StatusCode::BAD_REQUEST, t.refused_form());
    }
    let who = visit.me.as_ref().map_or("", |me| me.face.handle.as_str());
    let lead = t.recovery_file_lead(app.site().page("/"), t.day(app.now()), who);
    let text = [lead.as_str(), t.recovery_file_use(), ""].into_iter().chain(codes);
    let text: String = text.flat_map(|line| [line, "\r\n"]).collect();
    // A site may call it otherwise, but not as no file is called.
    let is_plain = |letter: &char| letter.is_ascii_alphanumeric() || "-_.".contains(*letter);
    let name: String = t.recovery_file_name().chars().filter(is_plain).collect();
    alone(File::text(&name, whole(async { Ok(text) })))
}

/// The password, known once more.
#[derive(Deserialize)]
pub(crate) struct Known {
    known: String,
}

/// `POST /settings/entry/second/off`
pub(crate) async fn turn_off(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Known>) -> HttpResponse {
    match second_step::turn_off(&app, sent.by.me, sent.by.shows(sent.entered.known)).await {
        Ok(true) => back(&visit, &app, PATH),
        Ok(false) => {
            let wrong = visit.language.flaw_wrong_password();
            again(&request, &app, &visit, &sent.by, |panels| flaw(&mut panels.second, "known", wrong)).await
        }
        Err(error) => login::failed(&request, &visit, &error),
    }
}
