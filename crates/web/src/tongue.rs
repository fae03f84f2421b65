//! The choice of a language by hand, kept in a cookie that says nothing else, and for whoever is signed in.
use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Form},
};
use app::{App, people};
use serde::Deserialize;

use crate::{
    answer::{self, Visit},
    language::{COOKIE, Language},
    posted, said, session,
};

/// Where a language is chosen.
pub(crate) const PATH: &str = "/language";
const YEAR: u32 = 365 * 24 * 60 * 60;

/// Which language, and where the reader was.
#[derive(Debug, Deserialize)]
pub(crate) struct Chosen {
    language: String,
    #[serde(default)]
    back: String,
}

/// `POST /language`
pub(crate) async fn choose(
    request: HttpRequest,
    app: Data<App>,
    form: Result<Form<Chosen>, actix_web::Error>,
) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let chosen = form.ok().and_then(|Form(chosen)| Some((Language::offered(&app, &chosen.language)?, chosen.back)));
    let Some((language, back)) = chosen else {
        return answer::refused(&request, &visit, StatusCode::BAD_REQUEST, visit.language.refused_form());
    };
    let secure = if app.site().is_development() { "" } else { "; Secure" };
    // There is one language for pages and letters: whoever is signed in chooses it for both.
    if posted::is_own(&request, &visit.home)
        && let Ok(Some(by)) = session::look_up(&request).await
        && by.account.is_some()
        && let Err(error) = people::speak(&app, by.me, language.tag()).await
    {
        return answer::error(&request, &visit, &error);
    }
    let cookie = format!("{COOKIE}={}; Path=/; Max-Age={YEAR}; HttpOnly; SameSite=Lax{secure}", language.tag());
    let mut answer = answer::redirect(StatusCode::SEE_OTHER, &said::way_back(&app, &visit, &back));
    match header::HeaderValue::from_str(&cookie) {
        Ok(cookie) => answer.headers_mut().append(header::SET_COOKIE, cookie),
        Err(error) => tracing::error!(%error, "a cookie could not be written"),
    }
    answer
}
