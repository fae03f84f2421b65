//! Who is kept from signing up: by the network they come from, by the host of their mail address, or by the address.
use std::cmp::Reverse;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{
    App, Error, Me, Result,
    bars::{self, NewBar},
};
use askama::Template;
use domain::{
    bar::{Bar, Kind, Severity},
    id::BarId,
    time::span,
    urls,
};
use serde::Deserialize;
use store::timelines::Window;

use super::Tab;
use crate::{
    answer::{self, Frame, Keep, Visit},
    forms::{Choice, Field, Fields},
    language::Language,
    listing::{self, From},
    posted::Sent,
    said,
    session::SignedIn,
};

/// Where it is, and where its button leads.
pub(crate) const PATH: &str = "/admin/bars";
pub(crate) const LIFT: &str = "/admin/bars/lift";
/// How many a page lists, of all kinds.
const LISTED: i64 = 200;

/// A bar as the page lists it.
struct Row {
    id: i64,
    kind: Kind,
    what: &'static str,
    subject: String,
    how: &'static str,
    comment: String,
    since: String,
    until: Option<String>,
}

impl Row {
    fn new(t: Language, bar: &Bar) -> Self {
        Self {
            id: bar.id.0,
            kind: bar.kind,
            what: named(t, bar.kind),
            // Of a mailbox there is only a digest, which tells nobody anything.
            subject: if bar.kind == Kind::Mailbox { String::new() } else { bar.subject.clone() },
            how: how(t, bar.severity),
            comment: bar.comment.clone(),
            since: t.day(bar.created),
            until: bar.expires.map(|at| t.until(t.moment(at))),
        }
    }
}

fn named(t: Language, kind: Kind) -> &'static str {
    match kind {
        Kind::Network => t.bar_network(),
        Kind::MailHost => t.bar_mail_host(),
        Kind::Mailbox => t.bar_mailbox(),
    }
}

fn how(t: Language, severity: Severity) -> &'static str {
    match severity {
        Severity::Approval => t.bar_approval(),
        Severity::Block => t.bar_block(),
    }
}

/// A bar as it was entered; it holds for good, if no days are named.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    kind: String,
    subject: String,
    severity: String,
    comment: String,
    days: String,
}

#[derive(Template)]
#[template(path = "admin/bars.html")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    older: Option<String>,
    form: Fields,
}

fn form(t: Language, entered: &Entered) -> Fields {
    let kinds = Kind::ALL.iter().map(|kind| Choice::new(kind.as_str(), named(t, *kind), "")).collect();
    let severities = [Severity::Block, Severity::Approval];
    let severities = severities.map(|severity| Choice::new(severity.as_str(), how(t, severity), "")).into();
    Fields::new(vec![
        Field::select("kind", t.bar_kind(), kinds).value(&entered.kind),
        Field::exact("subject", "text", t.bar_subject()).hint(t.bar_subject_hint()).value(&entered.subject),
        Field::select("severity", t.bar_severity(), severities).hint(t.bar_severity_hint()).value(&entered.severity),
        Field::line("comment", t.bar_comment()).hint(t.bar_comment_hint()).value(&entered.comment).optional(),
        Field::exact("days", "number", t.bar_days()).hint(t.bar_days_hint()).value(&entered.days).optional(),
    ])
}

/// The newest of all kinds from `before` on, those of one kind side by side.
async fn page(app: &App, visit: &Visit, me: Me, entered: &Entered, before: i64) -> Result<Page> {
    let t = visit.language;
    let mut found = Vec::new();
    for kind in Kind::ALL {
        found.extend(bars::list(app, me, *kind, Window { before, ..Window::newest(LISTED) }).await?);
    }
    found.sort_by_key(|bar| Reverse(bar.id));
    found.truncate(usize::try_from(LISTED).unwrap_or(usize::MAX));
    let last = listing::last(&found, LISTED).map(|last| last.id.0);
    let of_kind = |kind: &'static Kind| found.iter().filter(move |bar| bar.kind == *kind);
    let rows = Kind::ALL.iter().flat_map(of_kind).map(|bar| Row::new(t, bar)).collect();
    let older = last.map(|last| urls::page_before(PATH, Some(last)));
    let (frame, tabs) = super::frame(app, visit, t.admin_bars(), PATH);
    Ok(Page { frame, tabs, rows, older, form: form(t, entered) })
}

/// `GET /admin/bars`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    from: Option<Query<From>>,
) -> HttpResponse {
    match page(&app, &visit, by.me, &Entered::default(), From::of(from)).await {
        Ok(page) => answer::page(&request, StatusCode::OK, Keep::Never, &page),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// `POST /admin/bars`
pub(crate) async fn add(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Entered>) -> HttpResponse {
    let (t, me, entered) = (visit.language, sent.by.me, sent.entered);
    let days = entered.days.trim().parse::<u64>().ok().map(|days| days.clamp(1, 3_650));
    let made = match (entered.kind.parse(), entered.severity.parse()) {
        (Ok(kind), Ok(severity)) => {
            let (subject, comment) = (entered.subject.clone(), entered.comment.clone());
            let expires = days.map(|days| app.now() + span::days(days));
            bars::add(&app, me, NewBar { kind, subject, severity, comment, expires }).await.map(drop)
        }
        _ => Err(Error::Invalid(t.flaw_choice().to_owned())),
    };
    let flaw = match &made {
        Err(Error::Invalid(_)) => t.flaw_bar(),
        Err(Error::Conflict(_)) => t.flaw_bar_twice(),
        _ => return said::done(&request, &app, &visit, made, PATH),
    };
    match page(&app, &visit, me, &entered, i64::MAX).await {
        Ok(mut page) => {
            page.form.flaw("subject", flaw);
            answer::page(&request, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &page)
        }
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// A bar that is lifted.
#[derive(Debug, Deserialize)]
pub(crate) struct Lifted {
    kind: String,
    bar: i64,
}

/// `POST /admin/bars/lift`
pub(crate) async fn lift(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Lifted>) -> HttpResponse {
    let Lifted { kind, bar } = sent.entered;
    let done = match kind.parse() {
        Ok(kind) => bars::remove(&app, sent.by.me, kind, BarId(bar)).await,
        Err(_unknown) => Err(Error::NotFound),
    };
    said::done(&request, &app, &visit, done, PATH)
}
