//! Signing up: one screen, nothing that is not needed.
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{
    App, Error, Result,
    arrivals::{self, Bound},
    digests,
    passkeys::{self, Verdict},
    registration, sessions,
    sign_up::{self, Flaw, Newcomer, Wish},
};
use domain::{
    id::ActorId,
    registration::Registration,
    urls::{self, path},
};
use serde::Deserialize;

use crate::{
    agents,
    answer::{self, Frame, Keep, Visit},
    desk, entrance,
    forms::{Field, Fields, YES},
    guests, identities, imprint,
    language::Language,
    login::{self, Page},
    passkeys::{self as asking, Button},
    posted::Posted,
    session::{self, Viewer, WAITING},
    trap,
};

/// Where one signs up, where one does with a passkey, and where the script gets what that is asked.
pub(crate) const PATH: &str = "/signup";
pub(crate) const PASSKEY: &str = "/signup/passkey";
pub(crate) const CHALLENGE: &str = "/signup/passkey/challenge";

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
    /// Where they wanted to go.
    back: String,
    /// What a passkey answered that was made for it.
    answer: String,
}

/// Whether strangers may sign up.
pub(crate) fn is_offered(app: &App) -> bool {
    matches!(registration::now(app), Registration::Open | Registration::Approval)
}

/// What is said of the address: what it is for, and where it has to be.
pub(crate) fn email_hint(app: &App, t: Language) -> String {
    let hosts: Vec<String> = app.config().mail_hosts.iter().map(domain::host::Host::display).collect();
    if hosts.is_empty() { t.email_hint().to_owned() } else { t.email_hint_of(hosts.join(", ")) }
}

/// Where one signs up and goes on to `back` from there.
pub(crate) fn way(back: &str) -> String {
    if back.is_empty() { PATH.to_owned() } else { urls::asking(PATH, &[("back", back)]) }
}

/// How soon those come into a community who have no login here yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prospect {
    /// As soon as they made one.
    AtOnce,
    /// Once an admin takes them in.
    Later,
    /// They make none here.
    Never,
}

/// How soon they are in, by a link of an admin or without one.
pub(crate) fn prospect(app: &App, is_vouched: bool) -> Prospect {
    match (registration::now(app), is_vouched) {
        (Registration::Closed, _) | (Registration::Invite, false) => Prospect::Never,
        (Registration::Approval, false) => Prospect::Later,
        (Registration::Open, _) | (Registration::Approval | Registration::Invite, true) => Prospect::AtOnce,
    }
}

/// The community for which somebody signs up, if that is what they wanted.
async fn bound(app: &App, back: &str) -> Result<Option<Bound>> {
    let Some(towards) = entrance::towards(back) else { return Ok(None) };
    match arrivals::bound(app, &towards).await {
        Ok(bound) => Ok(Some(bound)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn page(app: &App, visit: &Visit, entered: &Entered, why: &Why) -> Result<Page> {
    let (t, site) = (visit.language, &visit.site);
    let rules = imprint::read(t, &app::imprint::house_rules(app).await?);
    let name = Field::exact("name", "text", t.name()).hint(t.name_hint(visit.host.display())).value(&entered.name);
    let email = Field::exact("email", "email", t.email()).hint(email_hint(app, t)).value(&entered.email);
    let password = Field::exact("password", "password", t.password()).hint(t.password_hint());
    let mut fields = vec![
        name.autocomplete("username").longest(30),
        email.autocomplete("email").longest(254),
        password.autocomplete("new-password").longest(128),
    ];
    if why.is_asked {
        fields.push(Field::lines("reason", 3, t.reason()).hint(t.reason_hint()).value(&entered.reason).longest(2000));
    }
    if app.mailer().is_some() {
        let letters = Field::check("digest", t.digest_turn_on()).hint(t.digest_is_off());
        fields.push(letters.value(&entered.digest).optional());
    }
    let agree = if rules.is_empty() { t.agree_terms() } else { t.agree() };
    fields.push(Field::check("agreement", agree).hint(t.agree_hint()).value(&entered.agreement));
    fields.push(Field::lure("website", t.leave_empty()));
    let opened = trap::open(app, &entered.sealed)?;
    let hidden = [(trap::OPENED, &opened), ("invitation", &entered.invitation), ("back", &entered.back)];
    let hidden = hidden.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.clone()));
    let lead = match (&why.community, why.is_asked) {
        (Some(community), true) => t.sign_up_lead_into_asked(community, site),
        (Some(community), false) => t.sign_up_lead_into(community, site),
        (None, true) => t.sign_up_lead_asked(site),
        (None, false) => t.sign_up_lead(site),
    };
    Ok(Page {
        frame: Frame::private(visit, t.sign_up()),
        lead,
        action: PATH.to_owned(),
        form: Fields::new(fields),
        said: imprint::of_sign_up(app, t).await?,
        rules,
        hidden: hidden.collect(),
        button: t.sign_up(),
        passkey: passkeys::unfit(app.site(), &visit.host)
            .is_none()
            .then(|| Button { sends_form: true, ..Button::asking(t.passkey_sign_up(), PASSKEY, CHALLENGE) }),
        provider: identities::way(app, visit, &entered.back),
        ways: vec![
            (session::login_path(&entered.back), t.have_login()),
            (urls::asking(guests::PATH, &[("back", &entered.back)]), t.guest_sign_in()),
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

/// The invitation that a link holds, and where whoever follows it wants to go.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Link {
    invitation: String,
    back: String,
}

/// Why somebody comes.
#[derive(Default)]
struct Why {
    /// Whether the form asks.
    is_asked: bool,
    /// The name of the community that they come for.
    community: Option<String>,
}

impl Why {
    /// Nothing, if there is no form for whoever comes.
    async fn of(app: &App, invitation: &str, back: &str) -> Result<Option<Self>> {
        let bound = bound(app, back).await?;
        let is_invited = bound.as_ref().is_some_and(|bound| bound.is_vouched)
            || !invitation.is_empty() && sign_up::is_invitation(app, invitation).await?;
        let is_asked = match registration::now(app) {
            Registration::Closed => return Ok(None),
            Registration::Invite if !is_invited => return Ok(None),
            Registration::Approval => !is_invited,
            Registration::Open | Registration::Invite => false,
        };
        Ok(Some(Self { is_asked, community: bound.map(|bound| bound.group.title) }))
    }
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
    let Link { invitation, back } = link.map(Query::into_inner).unwrap_or_default();
    match Why::of(&app, &invitation, &back).await {
        Ok(Some(why)) => match page(&app, &visit, &Entered { invitation, back, ..Entered::default() }, &why).await {
            Ok(page) => answer::page(&request, StatusCode::OK, Keep::Never, &page),
            Err(error) => answer::error(&request, &visit, &error),
        },
        Ok(None) => answer::refused(&request, &visit, StatusCode::FORBIDDEN, visit.language.sign_up_closed()),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// `POST /signup`
pub(crate) async fn submit(request: HttpRequest, app: Data<App>, form: Posted<Entered>) -> HttpResponse {
    finish(&request, &app, form.entered, false).await
}

/// `POST /signup/passkey`
pub(crate) async fn submit_passkey(request: HttpRequest, app: Data<App>, form: Posted<Entered>) -> HttpResponse {
    finish(&request, &app, form.entered, true).await
}

/// `POST /signup/passkey/challenge`: what a passkey is asked, once nothing is wrong with what was entered.
pub(crate) async fn challenge(request: HttpRequest, app: Data<App>, form: Posted<Entered>) -> HttpResponse {
    let (visit, entered) = (Visit::new(&request, &app), form.entered);
    let wish = entered.wish(visit.language);
    let ready = async {
        let Some(why) = Why::of(&app, &entered.invitation, &entered.back).await? else { return Ok(false) };
        let mut flaws = sign_up::flaws(&wish, why.is_asked);
        flaws.retain(|flaw| *flaw != Flaw::PasswordShort);
        let is_sprung = trap::is_sprung(&app, &entered.sealed, &entered.website);
        Ok(flaws.is_empty() && !is_sprung && !sign_up::is_taken(&app, &wish.name).await?)
    };
    match ready.await {
        Ok(true) => {
            let kept = asking::kept(&request, &app);
            let asked = passkeys::ask_newcomer(&app, wish.name.trim(), kept, &login::whence(&request)).await;
            asking::asked(&request, &app, &visit, asked)
        }
        Ok(false) => HttpResponse::UnprocessableEntity().finish(),
        Err(error) => login::failed(&request, &visit, &error),
    }
}

async fn finish(request: &HttpRequest, app: &App, entered: Entered, by_passkey: bool) -> HttpResponse {
    let visit = Visit::new(request, app);
    match complete(request, app, &visit, entered, by_passkey).await {
        Ok(answer) => answer,
        Err(Error::Denied(_)) => {
            answer::refused(request, &visit, StatusCode::FORBIDDEN, visit.language.sign_up_closed())
        }
        Err(error) => login::failed(request, &visit, &error),
    }
}

impl Entered {
    fn wish(&self, t: Language) -> Wish {
        Wish {
            name: self.name.clone(),
            email: self.email.clone(),
            password: self.password.clone(),
            agreement: self.agreement == YES,
            reason: self.reason.clone(),
            language: t.tag().to_owned(),
            invitation: Some(self.invitation.clone()).filter(|code| !code.is_empty()),
            towards: entrance::towards(&self.back),
        }
    }
}

/// The login, made with a password or with a passkey.
async fn made(
    request: &HttpRequest,
    app: &App,
    t: Language,
    wish: Wish,
    said: Option<String>,
) -> Result<Verdict<std::result::Result<Newcomer, Vec<Flaw>>>> {
    let whence = login::whence(request);
    let Some(said) = said else { return sign_up::sign_up(app, wish, &whence).await.map(Ok) };
    let agent = agents::named(&whence.agent);
    let called = if agent.is_empty() { t.passkey().to_owned() } else { agent };
    sign_up::sign_up_with_passkey(app, wish, (asking::answer(request, app, said), called), &whence).await
}

async fn complete(
    request: &HttpRequest,
    app: &App,
    visit: &Visit,
    entered: Entered,
    by_passkey: bool,
) -> Result<HttpResponse> {
    let (t, whence) = (visit.language, login::whence(request));
    let wish = entered.wish(t);
    // A link may be used up by whoever signs up by it.
    let bound = bound(app, &entered.back).await?.map(|bound| bound.group.id);
    trap::bide(app, &entered.sealed).await;
    if trap::is_sprung(app, &entered.sealed, &entered.website)
        && let Some(why) = Why::of(app, &entered.invitation, &entered.back).await?
        && sign_up::flaws(&wish, why.is_asked).iter().all(|flaw| by_passkey && *flaw == Flaw::PasswordShort)
    {
        // Politely: a person whose form was of yesterday sends it once more.
        let mut page = page(app, visit, &entered, &why).await?;
        let again = if by_passkey {
            t.passkey_sign_up_again()
        } else {
            page.form.flaw("password", t.password_again());
            t.sign_up_again()
        };
        return Ok(login::again(request, StatusCode::UNPROCESSABLE_ENTITY, page, again));
    }
    let said = by_passkey.then(|| entered.answer.clone());
    let made = match made(request, app, t, wish, said).await? {
        Ok(made) => made,
        Err(trouble) => {
            let why = Why::of(app, &entered.invitation, &entered.back).await?;
            let page = page(app, visit, &entered, &why.unwrap_or_default()).await?;
            return Ok(login::again(request, StatusCode::UNPROCESSABLE_ENTITY, page, asking::words(t, trouble)));
        }
    };
    match made {
        Ok(newcomer) => {
            if entered.digest == YES && app.mailer().is_some() {
                digests::set(app, newcomer.me, true).await?;
            }
            let secret = sessions::begin(app, newcomer.me, &whence).await?;
            Ok(login::enter(app, visit, &secret, &onward(newcomer.ready, &entered.back, bound)))
        }
        Err(flaws) => {
            let why = Why::of(app, &entered.invitation, &entered.back).await?;
            let mut page = page(app, visit, &entered, &why.unwrap_or_default()).await?;
            for (field, what) in flaws.iter().map(|flaw| sentence(t, *flaw)) {
                page.form.flaw(field, what);
            }
            if !by_passkey {
                page.form.flaw("password", t.password_again());
            }
            Ok(answer::page(request, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &page))
        }
    }
}

/// Where somebody goes who has signed up.
fn onward(is_ready: bool, back: &str, bound: Option<ActorId>) -> String {
    match bound {
        _ if !is_ready => WAITING.to_owned(),
        Some(group) => desk::page(entrance::APPLY, group),
        None if back.is_empty() => "/".to_owned(),
        None => back.to_owned(),
    }
}
