//! The picture and the banner of a community: brought by whoever leads it, and taken away.
use actix_multipart::Multipart;
use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Payload},
};
use app::{App, Error, Result, media};
use domain::{id::ActorId, urls::media::Portrait};
use futures_util::TryStreamExt;

use crate::{
    answer::{self, Visit},
    charters::MANAGE,
    desk,
    posted::{self, TOKEN},
    session::SignedIn,
};

/// Where they are sent.
pub(crate) const PATH: &str = "/manage/picture";
/// The longest of the texts that come before a picture.
const LONGEST: usize = 200;

/// `POST /manage/picture`
pub(crate) async fn change(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    payload: Payload,
) -> HttpResponse {
    if !posted::is_own(&request, &app.site().page("/")) {
        return answer::refused(&request, &visit, StatusCode::FORBIDDEN, visit.language.refused_origin());
    }
    let Ok(parts) = Multipart::from_request(&request, &mut payload.into_inner()).await else {
        return answer::refused(&request, &visit, StatusCode::BAD_REQUEST, visit.language.refused_form());
    };
    match take(&app, &by, parts).await {
        Ok(group) => answer::redirect(StatusCode::SEE_OTHER, &format!("{}#pictures", desk::page(MANAGE, group))),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// The texts of the form come first: whose picture it is, which of the two, and the token of the session.
async fn take(app: &App, by: &SignedIn, mut parts: Multipart) -> Result<ActorId> {
    let broken = |_error| Error::Invalid("the form is broken".into());
    let (mut group, mut which, mut proven, mut removed) = (ActorId(0), None, false, false);
    while let Some(mut part) = parts.try_next().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            let portrait = which.filter(|_| proven).ok_or(Error::Invalid("the form is incomplete".into()))?;
            let bytes = part.map_err(|_error| Error::Invalid("the form is broken".into()));
            media::set_portrait(app, by.me, group, portrait, bytes).await?;
            return Ok(group);
        }
        let Ok(Ok(text)) = part.bytes(LONGEST).await else { return Err(Error::Invalid("the form is broken".into())) };
        let text = String::from_utf8_lossy(&text).into_owned();
        match name.as_str() {
            TOKEN => proven = posted::is_token(&text, &by.form_token),
            "group" => group = ActorId(text.parse().unwrap_or_default()),
            "what" => which = if text == "image" { Some(Portrait::Image) } else { Some(Portrait::Icon) },
            "remove" => removed = true,
            _ => {}
        }
        if let (true, true, Some(portrait)) = (removed, proven, which) {
            media::remove_portrait(app, by.me, group, portrait).await?;
            return Ok(group);
        }
    }
    Err(Error::Invalid("the form is incomplete".into()))
}
