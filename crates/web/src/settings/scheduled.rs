//! Settings: what one wrote to be published later; when that is, or that it never is.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use app::{
    App, Error, Me, Result,
    posts::{Writing, schedule},
};
use domain::{id::ScheduledId, text::plain, zone};
use serde::Deserialize;
use store::{scheduled::Scheduled, timelines::Window};

use super::{Action, Panel, Row};
use crate::{
    answer::{self, Visit},
    cards,
    language::Language,
    later,
    posted::Sent,
    said,
    session::SignedIn,
};

pub(crate) const PATH: &str = "/settings/scheduled";
pub(crate) const ONE: &str = "/settings/scheduled/{id}";
pub(crate) const MOVE: &str = "/settings/scheduled/move";
pub(crate) const CANCEL: &str = "/settings/scheduled/cancel";

/// More wait for nobody.
const MOST: i64 = 300;
/// The longest first words that stand for a missing title, and the most that is shown of one.
const HEADLINE: usize = 90;
const SHOWN: usize = 2_000;

fn headline(writing: &Writing) -> String {
    let title = writing.title.clone().filter(|title| !title.is_empty());
    title.unwrap_or_else(|| plain::cut(&plain::line(&writing.text, HEADLINE * 4), HEADLINE))
}

/// `GET /settings/scheduled`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, visit: Visit, by: SignedIn) -> HttpResponse {
    super::shown(&request, &visit, PATH, list(&app, &visit, by.me).await)
}

async fn list(app: &App, visit: &Visit, me: Me) -> Result<Vec<Panel>> {
    let (t, site) = (visit.language, app.site().clone());
    let found = app.read(move |c| {
        let waiting = store::scheduled::of(c, me.0, Window::newest(MOST))?;
        let groups: Vec<_> =
            waiting.iter().filter_map(|one| schedule::writing(one).ok()).filter_map(|writing| writing.group).collect();
        Ok((waiting, cards::faces_of(c, &site, &groups)?))
    });
    let (mut waiting, groups) = found.await?;
    waiting.sort_by_key(|one| one.due);
    let mut rows = Vec::new();
    for one in &waiting {
        let text = schedule::writing(one)?;
        let group = text.group.and_then(|group| groups.get(&group)).map(|face| face.name.as_str());
        let state = schedule::refused(one).map_or_else(|| t.moment(one.due), |_| t.scheduled_unpublished().to_owned());
        let parts: Vec<String> = std::iter::once(state).chain(group.map(str::to_owned)).collect();
        rows.push(Row {
            title: headline(&text),
            detail: parts.join(" · "),
            page: Some(address(one.id)),
            ..Row::default()
        });
    }
    let lead = if rows.is_empty() { t.scheduled_none() } else { t.scheduled_lead() };
    let lead = lead.to_owned();
    Ok(vec![Panel { id: "scheduled", heading: t.scheduled(), lead, rows, ..Panel::default() }])
}

async fn mine(app: &App, me: Me, id: &str) -> Result<Scheduled> {
    let id = ScheduledId(id.parse().map_err(|_no_number| Error::NotFound)?);
    let found = app.read(move |c| store::scheduled::get(c, id)).await?;
    found.filter(|one| one.person == me.0).ok_or(Error::NotFound)
}

/// Where one of them is.
pub(crate) fn address(id: ScheduledId) -> String {
    ONE.replace("{id}", &id.to_string())
}

/// When it is published; or when it should have been, and why it was not.
fn when(t: Language, one: &Scheduled) -> String {
    let due = t.moment(one.due);
    match schedule::refused(one) {
        Some(error) => t.scheduled_refused(answer::words(t, &error), due),
        None => t.scheduled_for(due),
    }
}

/// What waits, with the questions when it is to be published, and whether at all.
fn changing(
    visit: &Visit,
    one: &Scheduled,
    (due, zone): (&str, &str),
    flaw: Option<later::Flaw>,
) -> Result<Vec<Panel>> {
    let (t, writing) = (visit.language, schedule::writing(one)?);
    let hidden = vec![("id", one.id.to_string())];
    let mut action = Action::new(MOVE, Vec::new(), t.scheduled_move());
    action.form = later::questions(t, due, zone);
    if let Some((field, what)) = flaw {
        action.form.flaw(field, what);
    }
    let cancel = Action { hidden: hidden.clone(), is_danger: true, ..Action::new(CANCEL, Vec::new(), t.delete()) };
    let text = plain::cut(&writing.text, SHOWN);
    Ok(vec![
        Panel {
            id: "scheduled",
            heading: t.later(),
            lead: when(t, one),
            quoted: std::iter::once(writing.title.unwrap_or_default())
                .chain([text])
                .filter(|one| !one.is_empty())
                .collect(),
            action: Some(Action { hidden, ..action }),
            ..Panel::default()
        },
        Panel {
            id: "cancel",
            heading: t.scheduled_cancel(),
            lead: t.scheduled_cancel_hint().to_owned(),
            action: Some(cancel),
            ..Panel::default()
        },
    ])
}

/// `GET /settings/scheduled/ID`
pub(crate) async fn show_one(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    id: Path<String>,
) -> HttpResponse {
    let panels = async {
        let (one, known) = (mine(&app, by.me, &id).await?, later::zone_of(&app, by.me).await?);
        let place = if known.is_empty() { "UTC" } else { &known };
        let due = zone::local(one.due, place).unwrap_or_default();
        changing(&visit, &one, (&due, place), None)
    };
    super::shown(&request, &visit, PATH, panels.await)
}

/// Which one, and when.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    id: String,
    due: String,
    zone: String,
}

/// `POST /settings/scheduled/move`
pub(crate) async fn put_off(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Entered>) -> HttpResponse {
    let (t, me, Entered { id, due, zone }) = (visit.language, sent.by.me, sent.entered);
    let one = match mine(&app, me, &id).await {
        Ok(one) => one,
        Err(error) => return answer::error(&request, &visit, &error),
    };
    // Forms know no seconds: what was not touched stays as exact as it is.
    if schedule::refused(&one).is_none() && zone::local(one.due, &zone).as_deref() == Some(due.trim()) {
        return said::done(&request, &app, &visit, Ok(()), PATH);
    }
    match later::read(t, &due, &zone, app.now()) {
        Ok(at) => {
            let moved = schedule::move_to(&app, me, one.id, at).await;
            said::done(&request, &app, &visit, moved.map(drop), PATH)
        }
        Err(flaw) => super::shown(&request, &visit, PATH, changing(&visit, &one, (&due, &zone), Some(flaw))),
    }
}

/// Which one.
#[derive(Debug, Deserialize)]
pub(crate) struct Named {
    id: i64,
}

/// `POST /settings/scheduled/cancel`
pub(crate) async fn cancel(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Named>) -> HttpResponse {
    let cancelled = schedule::cancel(&app, sent.by.me, ScheduledId(sent.entered.id)).await;
    said::done(&request, &app, &visit, cancelled, PATH)
}
