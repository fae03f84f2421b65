//! What was given up: background work, and activities that could not be applied.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use app::{
    App, Me, Result,
    parked::{self, Parked, ParkedJob, ParkedReceived},
};
use askama::Template;
use domain::{
    id::{JobId, ReceivedId},
    text::plain,
    urls,
};
use serde::Deserialize;

use super::Tab;
use crate::{
    answer::{self, Frame, Keep, Visit},
    language::Language,
    posted::Sent,
    said,
    session::SignedIn,
};

/// Where it is.
pub(crate) const PATH: &str = "/admin/jobs";

/// How many of each a page lists.
const EACH: i64 = 40;

/// The longest that is shown of a subject.
const SUBJECT: usize = 200;

/// Something that was given up.
struct Row {
    /// `job` or `received`.
    sort: &'static str,
    id: i64,
    kind: String,
    subject: String,
    tries: String,
    error: String,
}

impl Row {
    fn of_job(t: Language, job: ParkedJob) -> Self {
        let (subject, tries) = (plain::cut(&job.subject, SUBJECT), t.tried(i64::from(job.attempts)));
        Self { sort: "job", id: job.id, kind: job.kind, subject, tries, error: job.error.unwrap_or_default() }
    }

    fn of_received(t: Language, one: ParkedReceived) -> Self {
        let (subject, tries) = (plain::cut(&one.uri, SUBJECT), t.tried(i64::from(one.attempts)));
        Self { sort: "received", id: one.id, kind: one.kind, subject, tries, error: one.error.unwrap_or_default() }
    }
}

/// From where on each list goes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct From {
    jobs: Option<i64>,
    received: Option<i64>,
}

#[derive(Template)]
#[template(path = "admin/jobs.html")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    older: Option<String>,
}

/// `GET /admin/jobs`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    from: Option<Query<From>>,
) -> HttpResponse {
    answer::shown(
        &request,
        &visit,
        Keep::Never,
        page(&app, &visit, by.me, from.map(Query::into_inner).unwrap_or_default()).await,
    )
}

async fn page(app: &App, visit: &Visit, me: Me, from: From) -> Result<Page> {
    let t = visit.language;
    let jobs = parked::jobs(app, me, JobId(from.jobs.unwrap_or(i64::MAX)), EACH).await?;
    let received = parked::received(app, me, ReceivedId(from.received.unwrap_or(i64::MAX)), EACH).await?;
    let is_full = |length: usize| i64::try_from(length).is_ok_and(|length| length == EACH);
    let older = (is_full(jobs.len()) || is_full(received.len())).then(|| {
        // The list that has ended stays at its end.
        let last = |id: Option<i64>, from: Option<i64>| id.or(from).map(|id| id.to_string()).unwrap_or_default();
        let (job, activity) = (jobs.last().map(|one| one.id), received.last().map(|one| one.id));
        urls::asking(PATH, &[("jobs", &last(job, from.jobs)), ("received", &last(activity, from.received))])
    });
    let rows = jobs.into_iter().map(|job| Row::of_job(t, job));
    let rows = rows.chain(received.into_iter().map(|one| Row::of_received(t, one))).collect();
    let (frame, tabs) = super::frame(app, visit, t.admin_jobs(), PATH);
    Ok(Page { frame, tabs, rows, older })
}

/// What becomes of something that was given up.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Decided {
    sort: String,
    id: i64,
    what: String,
}

/// `POST /admin/jobs`
pub(crate) async fn decide(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Decided>) -> HttpResponse {
    let (me, Decided { sort, id, what }) = (sent.by.me, sent.entered);
    let parked = if sort == "received" { Parked::Received(ReceivedId(id)) } else { Parked::Job(JobId(id)) };
    let done =
        if what == "drop" { parked::drop(&app, me, parked).await } else { parked::retry(&app, me, parked).await };
    said::done(&request, &app, &visit, done, PATH)
}
