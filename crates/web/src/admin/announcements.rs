//! What everybody with a login is told: written, looked at, told now or later, taken back.
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{
    App, Error, Me, Result,
    announcements::{self, Telling},
};
use askama::Template;
use domain::{id::AnnouncementId, time::Timestamp, urls};
use serde::Deserialize;
use store::announcements::Announcement;

use super::Tab;
use crate::{
    answer::{self, Frame, Keep, Visit},
    forms::{self, Field, Fields},
    language::{self, Language},
    listing::{self, From},
    posted::{Sent, Worded},
    said,
    session::SignedIn,
};

/// Where it is, and where its buttons lead.
pub(crate) const PATH: &str = "/admin/announcements";
pub(crate) const DECIDE: &str = "/admin/announcements/decide";

/// How many a page lists.
const LISTED: i64 = 30;

/// An announcement in the list.
struct Row {
    id: i64,
    body: String,
    chip: (&'static str, &'static str),
    when: String,
    waits: bool,
}

impl Row {
    fn new(t: Language, one: Announcement, now: Timestamp) -> Self {
        let waits = one.starts > now;
        let chip = match one.ends {
            _ if waits => (t.announcement_waits(), "fair"),
            Some(ends) if ends <= now => (t.announcement_over(), ""),
            _ => (t.announcement_shown(), "good"),
        };
        let told = |at| if one.all_day { t.day(at) } else { t.moment(at) };
        let from = told(if one.all_day { one.starts } else { one.starts.max(one.created) });
        let when =
            one.ends.map_or_else(|| t.announcement_from(&from), |ends| t.announcement_between(told(ends), &from));
        Self { id: one.id.0, body: one.body, chip, when, waits }
    }
}

#[derive(Template)]
#[template(path = "admin/announcements.html")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    form: Fields,
    preview: Option<String>,
    older: Option<String>,
}

/// What was entered.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    text: String,
    starts: String,
    ends: String,
    all_day: String,
    preview: String,
}

fn fields(t: Language, entered: &Entered) -> Fields {
    let moment = |id, label: &'static str| Field::exact(id, "datetime-local", label).hint(t.in_utc()).optional();
    Fields::new(vec![
        Field::lines("text", 5, t.announcement_text()).value(&entered.text).longest(announcements::TEXT),
        moment("starts", t.announcement_starts()).value(&entered.starts),
        moment("ends", t.announcement_ends()).value(&entered.ends),
        Field::check("all_day", t.announcement_all_day())
            .hint(t.announcement_all_day_hint())
            .value(&entered.all_day)
            .optional(),
    ])
}

/// `GET /admin/announcements`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    from: Option<Query<From>>,
) -> HttpResponse {
    let form = fields(visit.language, &Entered::default());
    listed(&request, &app, &visit, by.me, (StatusCode::OK, form, None), From::of(from)).await
}

/// What becomes of the form: its status, the form again, and how what was written looks.
type Filled = (StatusCode, Fields, Option<String>);

async fn respond(request: &HttpRequest, app: &App, visit: &Visit, me: Me, filled: Filled) -> HttpResponse {
    listed(request, app, visit, me, filled, i64::MAX).await
}

/// The page with the announcements before a number.
async fn listed(
    request: &HttpRequest,
    app: &App,
    visit: &Visit,
    me: Me,
    (status, form, preview): Filled,
    before: i64,
) -> HttpResponse {
    let (t, now) = (visit.language, app.now());
    match announcements::page(app, me, AnnouncementId(before), LISTED).await {
        Ok(found) => {
            let (frame, tabs) = super::frame(app, visit, t.admin_announcements(), PATH);
            let older = listing::last(&found, LISTED).map(|last| urls::page_before(PATH, Some(last.id.0)));
            let rows = found.into_iter().map(|one| Row::new(t, one, now)).collect();
            answer::page(request, status, Keep::Never, &Page { frame, tabs, rows, form, preview, older })
        }
        Err(error) => answer::error(request, visit, &error),
    }
}

/// `POST /admin/announcements`
pub(crate) async fn tell(request: HttpRequest, app: Data<App>, visit: Visit, sent: Worded<Entered>) -> HttpResponse {
    let (t, me, entered) = (visit.language, sent.by.me, sent.entered);
    let mut form = fields(t, &entered);
    if entered.preview == "yes" {
        return match announcements::render(&app, &entered.text).await {
            Ok(preview) => respond(&request, &app, &visit, me, (StatusCode::OK, form, Some(preview))).await,
            Err(error) => answer::error(&request, &visit, &error),
        };
    }
    let moments = [("starts", &entered.starts), ("ends", &entered.ends)];
    for (id, text) in moments.into_iter().filter(|(_, text)| !text.is_empty()) {
        if language::parse_minute(text).is_none() {
            form.flaw(id, t.flaw_minute());
        }
    }
    if entered.text.trim().is_empty() {
        form.flaw("text", t.flaw_nothing_said());
    }
    if form.is_flawed() {
        return respond(&request, &app, &visit, me, (StatusCode::UNPROCESSABLE_ENTITY, form, None)).await;
    }
    let [starts, ends] = moments.map(|(_, text)| language::parse_minute(text));
    let telling = Telling { text: entered.text, starts, ends, all_day: entered.all_day == forms::YES };
    match announcements::schedule(&app, Some(me), telling).await.map(drop) {
        Err(Error::Invalid(_)) => {
            form.flaw("ends", t.flaw_over());
            respond(&request, &app, &visit, me, (StatusCode::UNPROCESSABLE_ENTITY, form, None)).await
        }
        told => said::done(&request, &app, &visit, told, PATH),
    }
}

/// What becomes of one.
#[derive(Debug, Deserialize)]
pub(crate) struct Decided {
    id: i64,
    what: String,
}

/// `POST /admin/announcements/decide`
pub(crate) async fn decide(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Decided>) -> HttpResponse {
    let (me, id) = (sent.by.me, AnnouncementId(sent.entered.id));
    let done: Result<()> = match sent.entered.what.as_str() {
        "publish" => announcements::publish(&app, me, id).await,
        "withdraw" => announcements::remove(&app, Some(me), id).await,
        _ => Err(Error::Invalid("nobody knows how to do that".into())),
    };
    said::done(&request, &app, &visit, done, PATH)
}
