//! Settings: how one writes where one does not say otherwise.
use actix_web::{HttpRequest, HttpResponse, web::Data};
use app::{App, profiles};
use domain::post::{Audience, Quoting};
use serde::Deserialize;
use store::preferences::Preferences;

use super::{Action, Panel};
use crate::{
    answer::Visit,
    compose,
    forms::{Choice, Field, YES},
    language::Language,
    posted::Sent,
    said,
    session::SignedIn,
};

pub(crate) const PATH: &str = "/settings/writing";

/// What was chosen.
#[derive(Debug, Deserialize)]
pub(crate) struct Chosen {
    #[serde(default)]
    language: String,
    audience: Audience,
    quoting: Quoting,
    #[serde(default)]
    sensitive: String,
}

fn panel(t: Language, usual: &Preferences) -> Panel {
    let language = usual.language.as_deref().unwrap_or_default();
    let audiences = [
        (Audience::Public, t.usually_all(), ""),
        (Audience::Unlisted, t.usually_unlisted(), t.usually_unlisted_hint()),
        (Audience::Followers, t.usually_followers(), ""),
        (Audience::Direct, t.usually_named(), ""),
    ];
    let quoters = [
        (Quoting::Anybody, t.quoted_by_all()),
        (Quoting::Followers, t.quoted_by_followers()),
        (Quoting::Nobody, t.quoted_by_nobody()),
    ];
    let audiences = audiences.map(|(audience, label, hint)| Choice::new(audience.as_str(), label, hint));
    let quoters = quoters.map(|(quoting, label)| Choice::new(quoting.as_str(), label, ""));
    let sensitive = if usual.sensitive { YES } else { "" };
    let fields = vec![
        Field::select("language", t.usual_language(), compose::tongues(language))
            .hint(t.usual_language_hint())
            .value(language)
            .optional(),
        Field::choices("audience", t.usual_audience(), audiences.into())
            .hint(t.usual_audience_hint())
            .value(usual.audience.as_str()),
        Field::choices("quoting", t.usual_quoting(), quoters.into()).value(usual.quoting.as_str()),
        Field::check("sensitive", t.usually_sensitive()).hint(t.usually_sensitive_hint()).value(sensitive).optional(),
    ];
    Panel {
        id: "writing-heading",
        heading: t.settings_writing(),
        lead: t.settings_writing_hint().to_owned(),
        action: Some(Action::new(PATH, fields, t.save())),
        ..Panel::default()
    }
}

/// `GET /settings/writing`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, visit: Visit, by: SignedIn) -> HttpResponse {
    let usual = app.read(move |c| store::preferences::of(c, by.me.0)).await;
    super::shown(&request, &visit, PATH, usual.map(|usual| vec![panel(visit.language, &usual)]))
}

/// `POST /settings/writing`
pub(crate) async fn change(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Chosen>) -> HttpResponse {
    let Chosen { language, audience, quoting, sensitive } = sent.entered;
    let wanted = Preferences {
        audience,
        sensitive: sensitive == YES,
        language: Some(language).filter(|tag| !tag.is_empty()),
        quoting,
    };
    said::done(&request, &app, &visit, profiles::prefer(&app, sent.by.me, wanted).await, PATH)
}
