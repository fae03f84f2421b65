//! Forms that come when the session has ended: one signs in, is back on the page that one came from, and sends again what
//! one would not write twice.
use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{StatusCode, header},
    web::Data,
};
use app::{App, Me, posts::Writing};
use askama::Template;
use domain::{host, urls::Site};
use serde::{Deserialize, Serialize};
use url::{Url, form_urlencoded};

use crate::{
    answer::{self, Frame, Keep, Visit},
    guests, login,
    posted::{self, TOKEN},
    said, session,
};

/// What somebody sent, to be sent again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Letter {
    /// Where to, and from which page.
    to: String,
    from: String,
    fields: Vec<(String, String)>,
}

/// What is kept until whoever wrote it is back.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Kept {
    /// A form, to be sent again.
    Letter(Letter),
    /// A post that was being written, and where one goes on with it.
    Draft(String, Box<Writing>),
}

/// A form of somebody who is not signed in any more.
#[derive(Debug)]
pub(crate) struct Ended {
    request: HttpRequest,
    /// The page that it came from.
    from: String,
    /// What the browser has to show for what was written, if that is kept.
    secret: Option<String>,
}

impl Ended {
    /// The form with this body; what is written there is kept if it is one that has `words`.
    pub(crate) async fn of(request: &HttpRequest, body: &[u8], words: bool) -> Self {
        let mut fields: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
        let token = fields.iter().position(|(name, _)| name == TOKEN).map(|at| fields.remove(at).1);
        fields.retain(|(name, _)| name != TOKEN);
        let back = fields.iter().find(|(name, value)| name == "back" && said::is_path(value));
        let from =
            back.map(|(_, back)| back.clone()).or_else(|| page_before(request)).unwrap_or_else(|| "/".to_owned());
        let is_worth_it = words && fields.iter().any(|(_, value)| is_written(value));
        let secret = match (request.app_data::<Data<App>>(), token.filter(|_| is_worth_it)) {
            (Some(app), Some(token)) => {
                let letter = Letter { to: request.path().to_owned(), from: from.clone(), fields };
                keep(app, &token, &Kept::Letter(letter)).await
            }
            _ => None,
        };
        Self { request: request.clone(), from, secret }
    }

    pub(crate) fn status_code(&self) -> StatusCode {
        if self.secret.is_some() { StatusCode::UNAUTHORIZED } else { StatusCode::SEE_OTHER }
    }

    pub(crate) fn error_response(&self) -> HttpResponse {
        let app = self.request.app_data::<Data<App>>();
        let (Some(secret), Some(app)) = (&self.secret, app) else {
            return session::Shut::SignIn { back: self.from.clone() }.error_response();
        };
        let visit = Visit::remembered(&self.request, app);
        asking(&self.request, app, &visit, &self.from, secret)
    }
}

/// Keeps what was written in a form with this token for whoever wrote it; what their browser has to show for it.
pub(crate) async fn keep(app: &App, token: &str, kept: &Kept) -> Option<String> {
    let (author, text) = (posted::author(app, token)?, serde_json::to_string(kept).ok()?);
    match app::unsent::keep(app, author, &text).await {
        Ok(secret) => Some(secret),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "what was written is not kept");
            None
        }
    }
}

/// The page for signing in of somebody whose session ended while they wrote, and whose browser has this to show for it.
pub(crate) fn asking(request: &HttpRequest, app: &App, visit: &Visit, back: &str, secret: &str) -> HttpResponse {
    let page = login::first(app, visit, "", back);
    let mut answer = login::again(request, StatusCode::UNAUTHORIZED, page, visit.language.session_ended());
    let seconds = app::unsent::KEPT.as_secs();
    guests::set(&mut answer, &guests::cookie(app.site(), name(app.site()), secret, seconds));
    answer
}

/// The cookie of a browser whose session ended while somebody wrote.
fn name(site: &Site) -> &'static str {
    if site.is_development() { "tertulia-unsent" } else { "__Host-tertulia-unsent" }
}

/// What somebody who is back wrote when their session had ended. Whoever else comes in does not find it.
pub(crate) async fn take(request: &HttpRequest, app: &App, me: Me) -> app::Result<Option<Kept>> {
    let Some(secret) = session::value(request, name(app.site())).filter(|secret| !secret.is_empty()) else {
        return Ok(None);
    };
    let text = app::unsent::take(app, me, secret).await?;
    // What an older version of the program kept otherwise is no loss worth an error.
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Lets the browser forget what it had to show.
pub(crate) fn done(answer: &mut HttpResponse, app: &App) {
    guests::set(answer, &guests::cookie(app.site(), name(app.site()), "", 0));
}

/// The page of this site on which the browser was.
fn page_before(request: &HttpRequest) -> Option<String> {
    let (app, before) = (request.app_data::<Data<App>>()?, request.headers().get(header::REFERER)?.to_str().ok()?);
    let url = Url::parse(before).ok().filter(|_| host::same_origin(before, &app.site().page("/")))?;
    Some(url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path())))
}

/// Whether somebody wrote this, and did not just choose it.
fn is_written(value: &str) -> bool {
    value.trim().contains(char::is_whitespace)
}

#[derive(Template)]
#[template(path = "resumed.html")]
struct Page {
    frame: Frame,
    letter: Letter,
}

impl Page {
    /// What was written, to be read once more.
    fn written(&self) -> impl Iterator<Item = &str> {
        self.letter.fields.iter().map(|(_, value)| value.as_str()).filter(|value| is_written(value))
    }
}

/// What somebody sent whose session had ended, for whoever came in again with this secret.
pub(crate) async fn show(
    request: &HttpRequest,
    app: &App,
    visit: &Visit,
    secret: &str,
    letter: Letter,
) -> HttpResponse {
    let visit = match visit.of_session(app, secret).await {
        Ok(visit) => visit,
        Err(error) => return answer::error(request, visit, &error),
    };
    let frame = Frame::private(&Visit { path: letter.from.clone(), ..visit.clone() }, visit.language.resumed());
    let mut answer = answer::page(request, StatusCode::OK, Keep::Never, &Page { frame, letter });
    session::keep(&mut answer, app.site(), secret);
    answer
}
