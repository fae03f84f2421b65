//! What waits for those who keep order: requests to join their communities, and reports.
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use app::{App, Me, Result, follows, invitations, members, reports};
use askama::Template;
use domain::{
    actor::Actor,
    id::{ActorId, ReportId},
    report::Report,
};
use serde::Deserialize;
use store::relations;

use crate::{
    answer::{self, Frame, Keep, Visit},
    bylaws,
    cards::{Card, Face},
    deeds,
    language::Language,
    posted::Sent,
    session::Present,
};

/// Where it is, and where its buttons lead.
pub(crate) const PATH: &str = domain::urls::path::QUEUE;
pub(crate) const ANSWER: &str = "/queue/answer";
pub(crate) const RESOLVE: &str = "/queue/resolve";
/// How many requests a page shows.
const REQUESTS: i64 = 50;

/// Somebody who wants to join.
struct Request {
    face: Face,
    group: Face,
    person_id: i64,
    group_id: i64,
    /// What the community asked, and what they answered.
    answers: Vec<(String, String)>,
}

/// A report that waits.
struct Complaint {
    id: i64,
    by: Face,
    about: Face,
    group: Option<Face>,
    category: &'static str,
    rule: Option<String>,
    comment: String,
    when: String,
    cards: Vec<Card>,
}

#[derive(Template)]
#[template(path = "queue.html")]
struct Queue {
    frame: Frame,
    requests: Vec<Request>,
    complaints: Vec<Complaint>,
}

/// `GET /queue`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, visit: Visit, by: Present) -> HttpResponse {
    let shown = async {
        let (requests, complaints) = (requests(&app, by.me).await?, complaints(&app, visit.language, by.me).await?);
        let mut frame = Frame::private(&visit, visit.language.queue());
        frame.place = "queue";
        Ok(Queue { frame, requests, complaints })
    };
    match shown.await {
        Ok(page) => answer::page(&request, StatusCode::OK, Keep::Never, &page),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

async fn requests(app: &App, me: Me) -> Result<Vec<Request>> {
    let found = app.read(move |c| {
        let groups = store::groups::moderated_by(c, me.0)?;
        let people = relations::waiting_for(c, &groups, i64::MAX, 0, REQUESTS)?;
        let mut pairs = Vec::new();
        for person in &people {
            let asked = relations::requests(c, *person, &groups)?;
            pairs.extend(asked.follow.into_iter().chain(asked.join).map(|group| (*person, group)));
        }
        let everybody: Vec<ActorId> = people.iter().chain(&groups).copied().collect();
        let answered = store::gates::answers(c, &groups, &people)?;
        let mut told = Vec::new();
        for (group, person, answers) in answered {
            let questions = store::charters::of(c, group)?.unwrap_or_default().questions;
            told.push((person, group, questions.into_iter().zip(answers).collect::<Vec<_>>()));
        }
        Ok((pairs, store::actors::by_ids(c, &everybody)?, told))
    });
    let (pairs, actors, told) = found.await?;
    let face = |id: ActorId| actors.iter().find(|actor| actor.id == id).map(|actor| Face::new(app.site(), actor));
    let request = |(person, group): (ActorId, ActorId)| {
        let answers = told.iter().find(|(who, to, _)| (*who, *to) == (person, group));
        Some(Request {
            face: face(person)?,
            group: face(group)?,
            person_id: person.0,
            group_id: group.0,
            answers: answers.map(|(_, _, answers)| answers.clone()).unwrap_or_default(),
        })
    };
    Ok(pairs.into_iter().filter_map(request).collect())
}

async fn complaints(app: &App, t: Language, me: Me) -> Result<Vec<Complaint>> {
    let open: Vec<Report> = reports::open(app, me).await?;
    let found = app.read(move |c| {
        let actors: Vec<ActorId> =
            open.iter().flat_map(|report| [report.reporter, report.target].into_iter().chain(report.group)).collect();
        let posts: Vec<_> = open.iter().flat_map(|report| report.posts.iter().copied()).collect();
        let posts = store::posts::by_ids(c, &posts)?;
        let mut named = Vec::new();
        for report in open {
            let rule = match (report.group, report.bylaw) {
                (Some(group), Some(cited)) => bylaws::named(t, c, group, cited)?,
                _ => None,
            };
            named.push((report, rule));
        }
        Ok((store::actors::by_ids(c, &actors)?, app::view::posts(c, posts)?, named))
    });
    let (actors, posts, open) = found.await?;
    let actor = |id: ActorId| actors.iter().find(|actor: &&Actor| actor.id == id);
    let face = |id: ActorId| actor(id).map(|actor| Face::new(app.site(), actor));
    let complaint = |(report, rule): &(Report, Option<String>)| {
        let named = report.posts.iter().filter_map(|id| posts.iter().find(|view| view.post.id == *id));
        Some(Complaint {
            id: report.id.0,
            by: face(report.reporter)?,
            about: face(report.target)?,
            group: report.group.and_then(face),
            category: crate::care::named(t, report.category),
            rule: rule.clone(),
            comment: report.comment.clone(),
            when: t.ago(app.now(), report.created),
            cards: named.map(|view| Card::new(app, t, view)).collect(),
        })
    };
    Ok(open.iter().filter_map(complaint).collect())
}

/// The answer to a request.
#[derive(Debug, Deserialize)]
pub(crate) struct Answered {
    person: i64,
    group: i64,
    answer: String,
    #[serde(default)]
    reason: String,
}

/// `POST /queue/answer`
pub(crate) async fn answer(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Answered, Present>,
) -> HttpResponse {
    let Answered { person, group, answer, reason } = sent.entered;
    let (person, group, me) = (ActorId(person), ActorId(group), sent.by.me);
    let yes = answer == "yes";
    let decided = async {
        decide(&app, me, group, person, yes).await?;
        if yes { Ok(()) } else { members::explain(&app, me, group, person, reason).await }
    };
    deeds::done(&request, &app, &visit, decided.await, PATH)
}

/// Requests that came as a request to follow are answered there, the others here.
async fn decide(app: &App, me: Me, group: ActorId, person: ActorId, yes: bool) -> Result<()> {
    let asked = app.read(move |c| relations::requests(c, person, &[group])).await?;
    if asked.follow.contains(&group) {
        return follows::answer(app, me, group, person, yes).await;
    }
    if yes { invitations::invite(app, me, group, person).await } else { members::refuse(app, me, group, person).await }
}

/// A report that was dealt with.
#[derive(Debug, Deserialize)]
pub(crate) struct Resolved {
    report: i64,
}

/// `POST /queue/resolve`
pub(crate) async fn resolve(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Resolved, Present>,
) -> HttpResponse {
    let result = reports::resolve(&app, sent.by.me, ReportId(sent.entered.report)).await;
    deeds::done(&request, &app, &visit, result, PATH)
}
