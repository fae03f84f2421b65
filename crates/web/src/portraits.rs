//! The picture and the banner of somebody, of a community that they lead, or of the site: brought, and taken away.
use actix_multipart::Multipart;
use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Payload},
};
use app::{App, Error, Result, media};
use domain::{
    actor::{Actor, ActorKind},
    id::ActorId,
    urls::media::Portrait,
};
use futures_util::TryStreamExt;

use crate::{
    admin::texts,
    answer::{self, Visit},
    charters::MANAGE,
    desk,
    language::Language,
    posted::{self, TOKEN},
    said::{self, Said},
    session::Present,
    settings::profile,
};

/// Where they are sent.
pub(crate) const PATH: &str = "/picture";
/// What says which of the two.
const ICON: &str = "icon";
const IMAGE: &str = "image";
/// The longest of the texts that come before a picture.
const LONGEST: usize = 200;

/// One of them as it is, to be changed.
pub(crate) struct Shown {
    /// Whose it is.
    pub(crate) whose: i64,
    /// Which one, as it is sent.
    pub(crate) what: &'static str,
    pub(crate) label: &'static str,
    /// Where it is, if there is one.
    pub(crate) url: Option<String>,
    pub(crate) is_wide: bool,
}

/// Both, as they are.
pub(crate) fn shown(app: &App, t: Language, of: &Actor) -> [Shown; 2] {
    [(Portrait::Icon, ICON, t.picture()), (Portrait::Image, IMAGE, t.banner())].map(|(portrait, what, label)| Shown {
        whose: of.id.0,
        what,
        label,
        url: app.site().portrait(of, portrait),
        is_wide: portrait == Portrait::Image,
    })
}

/// `POST /picture`
pub(crate) async fn change(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: Present,
    payload: Payload,
) -> HttpResponse {
    if !posted::is_own(&request, &app.site().page("/")) {
        return answer::refused(&request, &visit, StatusCode::FORBIDDEN, visit.language.refused_origin());
    }
    let Ok(parts) = Multipart::from_request(&request, &mut payload.into_inner()).await else {
        return answer::refused(&request, &visit, StatusCode::BAD_REQUEST, visit.language.refused_form());
    };
    let changed = match take(&app, &by, parts).await {
        Ok(changed) => changed,
        Err(error) => return answer::error(&request, &visit, &error),
    };
    let page = match changed.kind {
        ActorKind::Group => desk::page(MANAGE, changed.id),
        ActorKind::Application => texts::PATH.to_owned(),
        _ => profile::PATH.to_owned(),
    };
    said::back(&app, &visit, &page, Said::Saved)
}

/// The texts of the form come first: whose picture it is, which of the two, and the token of the session.
async fn take(app: &App, by: &Present, mut parts: Multipart) -> Result<Actor> {
    let broken = |_error| Error::Invalid("the form is broken".into());
    let (mut whose, mut which, mut proven, mut removed) = (ActorId(0), None, false, false);
    while let Some(mut part) = parts.try_next().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            let portrait = which.filter(|_| proven).ok_or(Error::Invalid("the form is incomplete".into()))?;
            let bytes = part.map_err(|_error| Error::Invalid("the form is broken".into()));
            return media::set_portrait(app, by.me, whose, portrait, bytes).await;
        }
        let Ok(Ok(text)) = part.bytes(LONGEST).await else { return Err(Error::Invalid("the form is broken".into())) };
        let text = String::from_utf8_lossy(&text).into_owned();
        match name.as_str() {
            TOKEN => proven = posted::is_token(&text, &by.form_token),
            "whose" => whose = ActorId(text.parse().unwrap_or_default()),
            "what" => which = if text == IMAGE { Some(Portrait::Image) } else { Some(Portrait::Icon) },
            "remove" => removed = true,
            _ => {}
        }
        if let (true, true, Some(portrait)) = (removed, proven, which) {
            return media::remove_portrait(app, by.me, whose, portrait).await;
        }
    }
    Err(Error::Invalid("the form is incomplete".into()))
}
