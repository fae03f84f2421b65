//! Settings: the hours in which nothing is pushed or mailed.
use actix_web::{HttpRequest, HttpResponse, web::Data};
use app::{App, quiet_hours};
use domain::quiet_hours::{QuietHours, clock};
use serde::Deserialize;

use super::{Action, Panel};
use crate::{
    answer::Visit,
    forms::{Field, YES},
    language::Language,
    later,
    posted::Sent,
    said,
    session::SignedIn,
};

pub(crate) const PATH: &str = "/settings/quiet";

/// What is proposed to whoever has none.
const NIGHT: [&str; 2] = ["22:00", "08:00"];

/// What was entered.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    quiet: String,
    from: String,
    until: String,
    zone: String,
}

impl Entered {
    fn of(hours: Option<QuietHours>) -> Self {
        if let Some(QuietHours { zone, from, until }) = hours {
            Self { quiet: YES.to_owned(), from: clock(from), until: clock(until), zone }
        } else {
            let [from, until] = NIGHT.map(str::to_owned);
            Self { from, until, ..Self::default() }
        }
    }
}

fn panel(t: Language, entered: &Entered) -> Panel {
    let is_on = Field::check("quiet", t.silence_on()).optional().value(&entered.quiet);
    let from = Field::exact("from", "time", t.silence_from()).value(&entered.from).half();
    let until = Field::exact("until", "time", t.silence_until()).value(&entered.until).half();
    let zone = Field::select("zone", t.silence_zone(), later::zones()).depends().value(&entered.zone);
    Panel {
        id: "quiet-heading",
        heading: t.silence(),
        lead: t.silence_hint().to_owned(),
        action: Some(Action::new(PATH, vec![is_on, from, until, zone], t.save())),
        ..Panel::default()
    }
}

/// `GET /settings/quiet`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, visit: Visit, by: SignedIn) -> HttpResponse {
    let hours = app.read(move |c| store::quiet_hours::of(c, by.me.0)).await;
    let panels = hours.map(|hours| vec![panel(visit.language, &Entered::of(hours))]);
    super::shown(&request, &visit, PATH, panels)
}

/// `POST /settings/quiet`
pub(crate) async fn change(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Entered>) -> HttpResponse {
    let (t, entered) = (visit.language, sent.entered);
    let hours = QuietHours::read(&entered.zone, &entered.from, &entered.until);
    if entered.quiet == YES && hours.is_none() {
        let mut panel = panel(t, &entered);
        if let Some(action) = &mut panel.action {
            let is_place = QuietHours::read(&entered.zone, "00:00", "01:00").is_some();
            let (field, flaw) =
                if is_place { ("until", t.silence_wrong_time()) } else { ("zone", t.silence_wrong_zone()) };
            action.form.flaw(field, flaw);
        }
        return super::page(&request, &visit, PATH, vec![panel]);
    }
    let result = quiet_hours::set(&app, sent.by.me, hours.filter(|_| entered.quiet == YES)).await;
    said::done(&request, &app, &visit, result, PATH)
}
