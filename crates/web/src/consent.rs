//! The page on which a person lets an application use their login (RFC 6749, 4.1).
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web::{Data, Query},
};
use app::{
    App, Result,
    oauth::{self, Asked, Consent, Misasked},
};
use askama::Template;
use domain::urls;
use serde::Deserialize;

use crate::{
    answer::{self, Frame, Keep, Visit},
    language::Language,
    login::Note,
    posted::Sent,
    session::{self, SignedIn, Viewer},
};

/// Where applications send people.
pub(crate) const PATH: &str = "/oauth/authorize";
/// Where a code is shown that is to be copied by hand.
pub(crate) const BY_HAND: &str = "/oauth/authorize/native";

/// What an application asks for, as it spells it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Request {
    client_id: String,
    redirect_uri: String,
    response_type: String,
    scope: Option<String>,
    state: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
    force_login: Option<String>,
    lang: Option<String>,
    /// What the person decided.
    decision: String,
}

impl Request {
    fn asked(&self) -> Asked {
        Asked {
            client_id: self.client_id.clone(),
            redirect_uri: self.redirect_uri.clone(),
            response_type: self.response_type.clone(),
            scope: self.scope.clone(),
            challenge: self.code_challenge.clone(),
            method: self.code_challenge_method.clone(),
        }
    }

    /// What goes from page to page.
    fn hidden(&self) -> Vec<(&'static str, String)> {
        let mut hidden = vec![
            ("client_id", self.client_id.clone()),
            ("redirect_uri", self.redirect_uri.clone()),
            ("response_type", self.response_type.clone()),
        ];
        let more = [
            ("scope", &self.scope),
            ("state", &self.state),
            ("code_challenge", &self.code_challenge),
            ("code_challenge_method", &self.code_challenge_method),
            ("lang", &self.lang),
        ];
        hidden.extend(more.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))));
        hidden
    }

    /// This page again, once somebody has signed in.
    fn back(&self) -> String {
        let hidden = self.hidden();
        let pairs: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (*name, value.as_str())).collect();
        urls::with_query(PATH, &pairs)
    }

    fn wants_login(&self) -> bool {
        self.force_login.as_deref().is_some_and(|word| matches!(word.to_lowercase().as_str(), "true" | "1" | "t"))
    }

    /// The address of the application with an answer.
    fn answer(&self, name: &str, value: &str) -> String {
        let mut pairs = vec![(name, value)];
        pairs.extend(self.state.as_deref().map(|state| ("state", state)));
        urls::with_query(&self.redirect_uri, &pairs)
    }
}

/// One thing that an application wants to do.
struct Wish {
    scope: String,
    meaning: &'static str,
}

#[derive(Template)]
#[template(path = "consent.html")]
struct Page {
    frame: Frame,
    name: String,
    website: Option<String>,
    /// Whom the person is signed in as.
    login: String,
    wishes: Vec<Wish>,
    hidden: Vec<(&'static str, String)>,
    form_token: String,
    action: &'static str,
}

/// What a word of an application's wish means.
fn meaning(t: Language, scope: &str) -> &'static str {
    let admin = scope.starts_with("admin:");
    match (admin, scope) {
        (_, "profile") => t.scope_profile(),
        (_, "follow") => t.scope_follow(),
        (_, "push") => t.scope_push(),
        (true, scope) if scope.starts_with("admin:read") => t.scope_admin_read(),
        (true, _) => t.scope_admin_write(),
        (_, "read") => t.scope_read(),
        (_, "write") => t.scope_write(),
        (_, scope) if scope.starts_with("read") => t.scope_read_part(),
        _ => t.scope_write_part(),
    }
}

/// The visit in the language that the application wants.
fn spoken(app: &App, mut visit: Visit, asked: &Request) -> Visit {
    let offered = |tag: &str| visit.tongues.iter().any(|(offered, _)| *offered == tag);
    let wanted = asked.lang.as_deref().map(domain::text::language::primary);
    let wanted = wanted.map(str::to_lowercase).filter(|tag| offered(tag));
    if let Some(language) = wanted.and_then(|tag| Language::parse(&tag)) {
        visit.language = language.saying(app.sentences().words());
    }
    visit
}

/// What is asked for, or the answer to whoever asks wrongly: only applications whose address is known are told there.
async fn consider(
    request: &HttpRequest,
    app: &App,
    visit: &Visit,
    asked: &Request,
) -> Result<Result<Consent, HttpResponse>> {
    let t = visit.language;
    Ok(match oauth::consider(app, &asked.asked()).await? {
        Ok(consent) => Ok(consent),
        Err(Misasked::Client) => Err(answer::refused(request, visit, StatusCode::BAD_REQUEST, t.unknown_app())),
        Err(Misasked::Redirect) => Err(answer::refused(request, visit, StatusCode::BAD_REQUEST, t.unknown_address())),
        Err(Misasked::Told(_)) if asked.redirect_uri == oauth::BY_HAND => {
            Err(answer::refused(request, visit, StatusCode::BAD_REQUEST, t.broken_app()))
        }
        Err(Misasked::Told(error)) => Err(answer::redirect(StatusCode::SEE_OTHER, &asked.answer("error", error))),
    })
}

/// `GET /oauth/authorize`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    Viewer(viewer): Viewer,
    asked: Option<Query<Request>>,
) -> HttpResponse {
    let asked = asked.map(Query::into_inner).unwrap_or_default();
    let visit = spoken(&app, visit, &asked);
    match consider(&request, &app, &visit, &asked).await {
        Ok(Ok(consent)) => match viewer {
            Some(login) if !asked.wants_login() => ask(&request, &visit, &asked, &login, &consent),
            _ => answer::redirect(StatusCode::SEE_OTHER, &session::login_path(&asked.back())),
        },
        Ok(Err(answer)) => answer,
        Err(error) => answer::error(&request, &visit, &error),
    }
}

fn ask(request: &HttpRequest, visit: &Visit, asked: &Request, login: &SignedIn, consent: &Consent) -> HttpResponse {
    let t = visit.language;
    let wish = |scope: &str| Wish { scope: scope.to_owned(), meaning: meaning(t, scope) };
    let page = Page {
        frame: Frame::private(visit, t.consent(&consent.app.name)),
        name: consent.app.name.clone(),
        website: consent.app.website.clone(),
        login: login.account.email.clone(),
        wishes: consent.scopes.split(' ').map(wish).collect(),
        hidden: asked.hidden(),
        form_token: login.form_token.clone(),
        action: PATH,
    };
    let mut answer = answer::page(request, StatusCode::OK, Keep::Never, &page);
    answer::let_forms_lead_to(request, &mut answer, &consent.redirect_uri);
    answer
}

/// `POST /oauth/authorize`
pub(crate) async fn decide(request: HttpRequest, app: Data<App>, visit: Visit, form: Sent<Request>) -> HttpResponse {
    let (asked, by) = (form.entered, form.by);
    let visit = spoken(&app, visit, &asked);
    decided(&request, &app, &visit, &asked, &by).await.unwrap_or_else(|error| answer::error(&request, &visit, &error))
}

async fn decided(
    request: &HttpRequest,
    app: &App,
    visit: &Visit,
    asked: &Request,
    by: &SignedIn,
) -> Result<HttpResponse> {
    let consent = match consider(request, app, visit, asked).await? {
        Ok(consent) => consent,
        Err(answer) => return Ok(answer),
    };
    let by_hand = asked.redirect_uri == oauth::BY_HAND;
    if asked.decision != "allow" {
        let told = if by_hand { visit.home.clone() } else { asked.answer("error", "access_denied") };
        return Ok(answer::redirect(StatusCode::SEE_OTHER, &told));
    }
    let code = oauth::grant(app, by.me, consent).await?;
    let to = if by_hand { urls::with_query(BY_HAND, &[("code", &code)]) } else { asked.answer("code", &code) };
    Ok(answer::redirect(StatusCode::SEE_OTHER, &to))
}

/// A code to be copied.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Shown {
    #[serde(default)]
    code: String,
}

/// `GET /oauth/authorize/native`
pub(crate) async fn show_code(request: HttpRequest, visit: Visit, shown: Option<Query<Shown>>) -> HttpResponse {
    let code = shown.map(|shown| shown.into_inner().code).unwrap_or_default();
    let t = visit.language;
    let note =
        Note { frame: Frame::private(&visit, t.copy_code()), text: t.copy_code_text().to_owned(), code: Some(code) };
    let mut answer = answer::page(&request, StatusCode::OK, Keep::Secret, &note);
    // The address holds the code.
    answer.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    answer
}
