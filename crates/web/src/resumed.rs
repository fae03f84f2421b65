//! Forms that come when the session has ended: one signs in, is back on the page that one came from, and sends again what
//! one would not write twice.
use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{StatusCode, header},
    web::Data,
};
use app::App;
use askama::Template;
use domain::host;
use serde::{Deserialize, Serialize};
use url::{Url, form_urlencoded};

use crate::{
    admin,
    answer::{self, Frame, Keep, Visit},
    bylaws, care, charters, held, login, members,
    posted::TOKEN,
    queue, said, session,
    settings::profile,
};

/// The forms in which people write. They hold no password, and are sent again by the one who wrote them alone.
const WRITTEN: [&str; 14] = [
    care::REPORT,
    care::MODERATE,
    queue::ANSWER,
    queue::DECIDE,
    held::ANSWER,
    members::BAN,
    members::HUSH,
    members::WARN,
    bylaws::PATH,
    bylaws::PHRASES,
    charters::FOUND,
    charters::MANAGE,
    profile::PATH,
    admin::announcements::PATH,
];

/// What somebody sent, to be sent again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Letter {
    /// Where to, and from which page.
    to: String,
    from: String,
    fields: Vec<(String, String)>,
}

/// A form of somebody who is not signed in any more.
#[derive(Debug)]
pub(crate) struct Ended {
    request: HttpRequest,
    /// The page that it came from.
    from: String,
    /// What was written, if it is worth keeping.
    letter: Option<Letter>,
}

impl Ended {
    pub(crate) fn of(request: &HttpRequest, body: &[u8]) -> Self {
        let fields: Vec<(String, String)> =
            form_urlencoded::parse(body).into_owned().filter(|(name, _)| name != TOKEN).collect();
        let back = fields.iter().find(|(name, value)| name == "back" && said::is_path(value));
        let from =
            back.map(|(_, back)| back.clone()).or_else(|| page_before(request)).unwrap_or_else(|| "/".to_owned());
        let to = request.path().to_owned();
        let letter = (WRITTEN.contains(&&*to) && fields.iter().any(|(_, value)| is_written(value))).then(|| Letter {
            to,
            from: from.clone(),
            fields,
        });
        Self { request: request.clone(), from, letter }
    }

    pub(crate) fn status_code(&self) -> StatusCode {
        if self.letter.is_some() { StatusCode::UNAUTHORIZED } else { StatusCode::SEE_OTHER }
    }

    pub(crate) fn error_response(&self) -> HttpResponse {
        let app = self.request.app_data::<Data<App>>();
        let (Some(letter), Some(app)) = (&self.letter, app) else {
            return session::Shut::SignIn { back: self.from.clone() }.error_response();
        };
        let visit = Visit::remembered(&self.request, app);
        login::keeping(&self.request, app, &visit, &self.from, letter)
    }
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

/// What was carried along, if it was a form.
pub(crate) fn carried(kept: &str) -> Option<Letter> {
    serde_json::from_str::<Letter>(kept).ok().filter(|letter| WRITTEN.contains(&&*letter.to))
}
