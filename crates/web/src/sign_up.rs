//! Signing up: one screen, nothing that is not needed.
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{
    App, Error, Result, digests, sessions,
    sign_up::{self, Door, Flaw, Wish},
};
use domain::urls::path;
use serde::Deserialize;

use crate::{
    answer::{self, Frame, Keep, Visit},
    forms::{Field, Fields, YES},
    identities, imprint,
    language::Language,
    login::{self, Page},
    posted::Posted,
    session::{LOGIN, Viewer, WAITING},
    trap,
};

/// Where one signs up.
pub(crate) const PATH: &str = "/signup";

/// What was entered.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    name: String,
    email: String,
    password: String,
    reason: String,
    agreement: String,
    invitation: String,
    /// Whether they want letters.
    digest: String,
    /// When the form was opened, and what nobody is asked: see [`trap`].
    sealed: String,
    website: String,
}

/// Whether strangers may sign up.
pub(crate) fn is_offered(app: &App) -> bool {
    matches!(sign_up::door(app), Door::Open | Door::Approval)
}

/// What is said of the address: what it is for, and where it has to be.
pub(crate) fn email_hint(app: &App, t: Language) -> String {
    let hosts: Vec<String> = app.config().mail_hosts.iter().map(domain::host::Host::display).collect();
    if hosts.is_empty() { t.email_hint().to_owned() } else { t.email_hint_of(hosts.join(", ")) }
}

async fn page(app: &App, visit: &Visit, entered: &Entered, asks_why: bool) -> Result<Page> {
    let (t, site) = (visit.language, &visit.site);
    let rules = imprint::read(t, &app::imprint::house_rules(app).await?);
    let name = Field::exact("name", "text", t.name()).hint(t.name_hint(site)).value(&entered.name);
    let email = Field::exact("email", "email", t.email()).hint(email_hint(app, t)).value(&entered.email);
    let password = Field::exact("password", "password", t.password()).hint(t.password_hint());
    let mut fields = vec![
        name.autocomplete("username").longest(30),
        email.autocomplete("email").longest(254),
        password.autocomplete("new-password").longest(128),
    ];
    if asks_why {
        fields.push(Field::lines("reason", 3, t.reason()).hint(t.reason_hint()).value(&entered.reason).longest(2000));
    }
    if app.mailer().is_some() {
        let letters = Field::check("digest", t.digest_turn_on()).hint(t.digest_is_off());
        fields.push(letters.value(&entered.digest).optional());
    }
    fields.push(Field::check("agreement", t.agree()).hint(t.agree_hint()).value(&entered.agreement));
    fields.push(Field::lure("website", t.leave_empty()));
    let mut hidden = vec![(trap::OPENED, trap::open(app, &entered.sealed)?)];
    if !entered.invitation.is_empty() {
        hidden.push(("invitation", entered.invitation.clone()));
    }
    Ok(Page {
        frame: Frame::private(visit, t.sign_up()),
        lead: t.sign_up_lead(site),
        action: PATH.to_owned(),
        form: Fields::new(fields),
        said: imprint::of_sign_up(app, t).await?,
        rules,
        hidden,
        button: t.sign_up(),
        passkey: None,
        provider: identities::way(app, visit, ""),
        ways: vec![
            (LOGIN.to_owned(), t.have_login()),
            (path::PRIVACY.to_owned(), t.privacy()),
            (path::TERMS.to_owned(), t.terms()),
        ],
    })
}

pub(crate) fn sentence(t: Language, flaw: Flaw) -> (&'static str, &'static str) {
    match flaw {
        Flaw::Name => ("name", t.flaw_name()),
        Flaw::NameReserved => ("name", t.flaw_reserved()),
        Flaw::NameTaken => ("name", t.flaw_name_taken()),
        Flaw::Email => ("email", t.flaw_email()),
        Flaw::EmailTaken => ("email", t.flaw_email_taken()),
        Flaw::EmailForeign => ("email", t.flaw_email_foreign()),
        Flaw::EmailBarred => ("email", t.flaw_email_barred()),
        Flaw::PasswordShort | Flaw::PasswordLong => ("password", t.flaw_password()),
        Flaw::Agreement => ("agreement", t.flaw_agreement()),
        Flaw::Reason => ("reason", t.flaw_reason()),
        Flaw::Invitation => ("", t.flaw_invitation()),
    }
}

/// The invitation that a link holds.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Link {
    #[serde(default)]
    invitation: String,
}

/// Whether the form asks for a reason; nothing if there is no form for whoever comes.
async fn asks_why(app: &App, invitation: &str) -> Result<Option<bool>> {
    let invited = !invitation.is_empty() && sign_up::is_invitation(app, invitation).await?;
    Ok(match sign_up::door(app) {
        Door::Closed => None,
        Door::Invite if !invited => None,
        Door::Approval => Some(!invited),
        Door::Open | Door::Invite => Some(false),
    })
}

/// `GET /signup`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    Viewer(viewer): Viewer,
    link: Option<Query<Link>>,
) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    if viewer.is_some() {
        return answer::redirect(StatusCode::SEE_OTHER, &visit.home);
    }
    let invitation = link.map(|link| link.into_inner().invitation).unwrap_or_default();
    match asks_why(&app, &invitation).await {
        Ok(Some(asks_why)) => match page(&app, &visit, &Entered { invitation, ..Entered::default() }, asks_why).await {
            Ok(page) => answer::page(&request, StatusCode::OK, Keep::Never, &page),
            Err(error) => answer::error(&request, &visit, &error),
        },
        Ok(None) => answer::refused(&request, &visit, StatusCode::FORBIDDEN, visit.language.sign_up_closed()),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// `POST /signup`
pub(crate) async fn submit(request: HttpRequest, app: Data<App>, form: Posted<Entered>) -> HttpResponse {
    let (visit, entered) = (Visit::new(&request, &app), form.entered);
    match complete(&request, &app, &visit, entered).await {
        Ok(answer) => answer,
        Err(Error::Denied(_)) => {
            answer::refused(&request, &visit, StatusCode::FORBIDDEN, visit.language.sign_up_closed())
        }
        Err(error) => login::failed(&request, &visit, &error),
    }
}

async fn complete(request: &HttpRequest, app: &App, visit: &Visit, entered: Entered) -> Result<HttpResponse> {
    let (t, whence) = (visit.language, login::whence(request));
    let invitation = Some(entered.invitation.clone()).filter(|code| !code.is_empty());
    let wish = Wish {
        name: entered.name.clone(),
        email: entered.email.clone(),
        password: entered.password.clone(),
        agreement: entered.agreement == YES,
        reason: entered.reason.clone(),
        language: t.tag().to_owned(),
        invitation,
    };
    if trap::is_sprung(app, &entered.sealed, &entered.website)
        && let Some(asks_why) = asks_why(app, &entered.invitation).await?
        && sign_up::flaws(&wish, asks_why).is_empty()
    {
        // Politely: a person who was that quick presses once more.
        let page = page(app, visit, &entered, asks_why).await?;
        return Ok(login::again(request, StatusCode::UNPROCESSABLE_ENTITY, page, t.sign_up_again()));
    }
    match sign_up::sign_up(app, wish, &whence).await? {
        Ok(newcomer) => {
            if entered.digest == YES && app.mailer().is_some() {
                digests::set(app, newcomer.me, true).await?;
            }
            let secret = sessions::begin(app, newcomer.me, &whence).await?;
            Ok(login::enter(app, visit, &secret, if newcomer.ready { "/" } else { WAITING }))
        }
        Err(flaws) => {
            let asks_why = asks_why(app, &entered.invitation).await?.unwrap_or(false);
            let mut page = page(app, visit, &entered, asks_why).await?;
            for (field, what) in flaws.iter().map(|flaw| sentence(t, *flaw)) {
                page.form.flaw(field, what);
            }
            Ok(answer::page(request, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &page))
        }
    }
}
