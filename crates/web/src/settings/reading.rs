//! Settings: how one reads, here and in applications.
use actix_web::{HttpRequest, HttpResponse, web::Data};
use app::{App, profiles};
use domain::media::Covered;
use serde::Deserialize;
use store::preferences::Reading;

use super::{Action, Panel};
use crate::{
    answer::Visit,
    forms::{Choice, Field, YES},
    language::Language,
    posted::Sent,
    said,
    session::SignedIn,
};

pub(crate) const PATH: &str = "/settings/reading";

/// What was chosen.
#[derive(Debug, Deserialize)]
pub(crate) struct Chosen {
    covered: Covered,
    #[serde(default)]
    opens: String,
    #[serde(default)]
    plays: String,
}

fn panel(t: Language, reading: Reading) -> Panel {
    let kinds = [
        (Covered::Sensitive, t.covered_sensitive()),
        (Covered::None, t.covered_none()),
        (Covered::All, t.covered_all()),
    ];
    let kinds = kinds.map(|(kind, label)| Choice::new(kind.as_str(), label, ""));
    let ticked = |is: bool| if is { YES } else { "" };
    let fields = vec![
        Field::choices("covered", t.covered_media(), kinds.into()).value(reading.covered.as_str()),
        Field::check("opens", t.warnings_open()).value(ticked(reading.opens_warnings)).optional(),
        Field::check("plays", t.pictures_move()).hint(t.pictures_move_hint()).value(ticked(reading.plays)).optional(),
    ];
    Panel {
        id: "reading-heading",
        heading: t.settings_reading(),
        lead: t.settings_reading_hint().to_owned(),
        action: Some(Action::new(PATH, fields, t.save())),
        ..Panel::default()
    }
}

/// `GET /settings/reading`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, visit: Visit, by: SignedIn) -> HttpResponse {
    let reading = app.read(move |c| store::preferences::reading(c, by.me.0)).await;
    super::shown(&request, &visit, PATH, reading.map(|reading| vec![panel(visit.language, reading)]))
}

/// `POST /settings/reading`
pub(crate) async fn change(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Chosen>) -> HttpResponse {
    let Chosen { covered, opens, plays } = sent.entered;
    let wanted = Reading { covered, opens_warnings: opens == YES, plays: plays == YES };
    said::done(&request, &app, &visit, profiles::read_as(&app, sent.by.me, wanted).await, PATH)
}
