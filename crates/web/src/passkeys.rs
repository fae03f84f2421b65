//! Signing in with a passkey, in place of a password or after it: the button that asks for one, and what it answers.
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web::Data,
};
use app::{
    App, Result,
    passkeys::{self, Answer, Challenge, Trouble},
    sessions,
};
use domain::urls::Site;
use serde::Deserialize;

use crate::{
    answer::Visit,
    language::Language,
    login::{self, Nothing},
    posted::Posted,
    session,
};

/// Where the script gets what is asked of whoever signs in.
pub(crate) const CHALLENGE: &str = "/login/passkey/challenge";
/// Where one signs in with a passkey, and where one makes the second step with it.
pub(crate) const ENTER: &str = "/login/passkey";
pub(crate) const SECOND: &str = "/login/code/passkey";

/// A button that asks for a passkey, by the script, and sends the answer with the form that it stands in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Button {
    pub(crate) label: &'static str,
    /// Where the form is sent then.
    pub(crate) action: &'static str,
    /// What is asked; if that is empty, where the script gets it.
    pub(crate) options: String,
    pub(crate) source: &'static str,
    /// Whether browsers also offer passkeys in the field for the name.
    pub(crate) fills_in: bool,
    /// Whether what is asked depends on what was entered.
    pub(crate) sends_form: bool,
}

impl Button {
    /// One that says nothing of itself but asks when it is pressed.
    pub(crate) fn asking(label: &'static str, action: &'static str, source: &'static str) -> Self {
        Self { label, action, source, ..Self::default() }
    }

    /// One that asks what was prepared with its page.
    pub(crate) fn prepared(label: &'static str, action: &'static str, challenge: &Challenge) -> Self {
        Self { label, action, options: challenge.options.clone(), ..Self::default() }
    }
}

/// The button of the page for signing in, where the site can have passkeys.
pub(crate) fn sign_in(app: &App, visit: &Visit) -> Option<Button> {
    let button = Button::asking(visit.language.passkey_sign_in(), ENTER, CHALLENGE);
    passkeys::unfit(app.site(), &visit.host).is_none().then_some(Button { fills_in: true, ..button })
}

/// The cookie of what a browser keeps until it answers.
fn name(site: &Site) -> &'static str {
    if site.is_development() { "tertulia-passkey" } else { "__Host-tertulia-passkey" }
}

/// What a browser kept when it was asked.
pub(crate) fn kept<'a>(request: &'a HttpRequest, app: &App) -> &'a str {
    session::value(request, name(app.site())).unwrap_or_default()
}

/// Lets a browser keep what its answer needs, as long as it may take to answer.
pub(crate) fn keep(answer: &mut HttpResponse, app: &App, challenge: &Challenge) {
    let (site, kept) = (app.site(), &challenge.kept);
    let secure = if site.is_development() { "" } else { "; Secure" };
    let cookie = format!("{}={kept}; Path=/; Max-Age=900; HttpOnly; SameSite=Strict{secure}", name(site));
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// What a browser answers by a form.
pub(crate) fn answer(request: &HttpRequest, app: &App, said: String) -> Answer {
    Answer { kept: kept(request, app).to_owned(), said }
}

/// What is asked, for the script.
pub(crate) fn asked(request: &HttpRequest, app: &App, visit: &Visit, asked: Result<Challenge>) -> HttpResponse {
    let challenge = match asked {
        Ok(challenge) => challenge,
        Err(error) => return login::failed(request, visit, &error),
    };
    let mut answer = HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(challenge.options.clone());
    keep(&mut answer, app, &challenge);
    answer
}

/// Why a passkey is not taken, in words for people.
pub(crate) fn words(t: Language, trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Stale => t.passkey_stale(),
        Trouble::Unknown => t.passkey_unknown(),
        Trouble::Unverified => t.passkey_unverified(),
        Trouble::Copied => t.passkey_copied(),
        Trouble::Known => t.passkey_known(),
        Trouble::Many => t.passkey_many(),
        Trouble::Password => t.flaw_wrong_password(),
        Trouble::Wrong => t.passkey_wrong(),
    }
}

/// `POST /login/passkey/challenge`
pub(crate) async fn challenge(request: HttpRequest, app: Data<App>, _: Posted<Nothing>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let challenge = passkeys::ask(&app, kept(&request, &app), &login::whence(&request)).await;
    asked(&request, &app, &visit, challenge)
}

/// What a passkey answered, and what its form carries along.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Answered {
    answer: String,
    proof: String,
    back: String,
}

/// `POST /login/passkey`
pub(crate) async fn enter(request: HttpRequest, app: Data<App>, form: Posted<Answered>) -> HttpResponse {
    let (visit, Answered { answer: said, back, .. }) = (Visit::new(&request, &app), form.entered);
    // Whoever signs in as somebody else leaves first.
    if let Some(by) = form.by
        && let Err(error) = sessions::end(&app, by.me, by.session).await
    {
        return login::failed(&request, &visit, &error);
    }
    match passkeys::enter(&app, answer(&request, &app, said), &login::whence(&request)).await {
        Ok(Ok(secret)) => login::come_in(&request, &app, &visit, &secret, &back).await,
        Ok(Err(trouble)) => {
            let mut page = login::first(&app, &visit, "", &back);
            // Not at once what was just refused.
            if let Some(button) = &mut page.passkey {
                button.fills_in = false;
            }
            login::again(&request, StatusCode::UNPROCESSABLE_ENTITY, page, words(visit.language, trouble))
        }
        Err(error) => login::failed(&request, &visit, &error),
    }
}

/// `POST /login/code/passkey`
pub(crate) async fn enter_second(request: HttpRequest, app: Data<App>, form: Posted<Answered>) -> HttpResponse {
    let (visit, Answered { answer: said, proof, back }) = (Visit::new(&request, &app), form.entered);
    let said = answer(&request, &app, said);
    match passkeys::enter_second(&app, &proof, said, &login::whence(&request)).await {
        Ok(Ok(secret)) => login::come_in(&request, &app, &visit, &secret, &back).await,
        Ok(Err(trouble)) => {
            let trouble = Some(words(visit.language, trouble));
            login::second(&request, &app, &visit, login::Step { proof, back, ..login::Step::default() }, trouble).await
        }
        Err(error) => login::failed(&request, &visit, &error),
    }
}
