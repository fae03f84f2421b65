//! What waits for those who keep order, in all their communities: requests to join, posts, reports and appeals.
use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use app::{App, Me, Result, appeals, claims, follows, invitations, members, reports, second_step};
use askama::Template;
use domain::{
    claim::Item,
    id::{ActorId, ReportId, StatementId},
    policy::Refusal,
    time::{Timestamp, span},
    urls,
};
use serde::Deserialize;
use store::relations;

use crate::{
    answer::{self, Frame, Keep, Visit},
    cards::Card,
    care::MODERATE,
    deeds,
    forms::Choice,
    language::Language,
    listing::Sort,
    posted::{Sent, Worded},
    said::{self, Said},
    session::Present,
};

mod past;
mod waiting;

pub(crate) use past::Known;
use waiting::{Appeal, Claim, Complaint, Held, Request, Waiting};

/// Where it is, and where its buttons lead.
pub(crate) const PATH: &str = domain::urls::path::QUEUE;
pub(crate) const ANSWER: &str = "/queue/answer";
pub(crate) const RESOLVE: &str = "/queue/resolve";
pub(crate) const DECIDE: &str = "/queue/decide";
pub(crate) const CLAIM: &str = "/queue/claim";

/// What one wants to see of it; what is empty is no condition.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    kind: String,
    group: String,
    who: String,
    /// On which server those are about whom something waits.
    server: String,
    /// For how long it waits at least.
    age: String,
}

impl Asked {
    fn wants(&self, kind: &str) -> bool {
        self.kind.is_empty() || self.kind == kind
    }

    fn group(&self) -> Option<ActorId> {
        self.group.parse().ok()
    }

    /// Whether something in this group, which somebody may see to, is wanted.
    fn admits(&self, group: Option<ActorId>, claim: &Claim) -> bool {
        let who = match self.who.as_str() {
            "mine" => claim.is_mine,
            "free" => claim.holder.is_none(),
            _ => true,
        };
        who && self.group().is_none_or(|wanted| group == Some(wanted))
    }

    /// Whether what is about somebody of this server, and waits since then, is wanted.
    fn covers(&self, server: &str, since: Timestamp, now: Timestamp) -> bool {
        let age = AGES.iter().find(|(word, _)| *word == self.age).map_or(Duration::ZERO, |(_, age)| *age);
        (self.server.is_empty() || self.server == server) && since + age <= now
    }

    fn page(&self) -> String {
        let asked = [("kind", &*self.kind), ("group", &self.group), ("who", &self.who)];
        urls::asking(PATH, &[&asked[..], &[("server", &self.server), ("age", &self.age)]].concat())
    }
}

/// For how long something waits at least, in words of paths.
const AGES: [(&str, Duration); 3] = [("day", span::days(1)), ("days", span::days(3)), ("week", span::days(7))];

#[derive(Template)]
#[template(path = "queue.html")]
struct Queue {
    frame: Frame,
    asked: Asked,
    /// How many accounts wait to be taken in, for those who do that elsewhere.
    newcomers: i64,
    kinds: Vec<Sort>,
    holders: Vec<Sort>,
    /// Among which communities one may choose.
    groups: Vec<Choice>,
    /// Among which servers, and ages.
    servers: Vec<String>,
    ages: Vec<(&'static str, &'static str)>,
    /// Of which communities nothing is shown, since they ask their team for a second step.
    resting: String,
    requests: Vec<Request>,
    held: Vec<Held>,
    complaints: Vec<Complaint>,
    appeals: Vec<Appeal>,
    /// What nobody answered; no decision, so that nobody is on it.
    unheard: Vec<Card>,
}

impl Queue {
    /// Where one keeps order about a post, and comes back from; with the rule that is said to be broken.
    fn measures(&self, card: &Card, cited: &str) -> String {
        urls::asking(MODERATE, &[("post", &card.id.to_string()), ("back", &self.asked.page()), ("rule", cited)])
    }

    /// Whether there is anything to narrow the list by.
    fn is_narrowed(&self) -> bool {
        let is_asked = [&self.asked.group, &self.asked.server, &self.asked.age].iter().any(|asked| !asked.is_empty());
        is_asked || self.groups.len() > 1 || self.servers.len() > 1 || !self.is_calm()
    }

    fn is_calm(&self) -> bool {
        self.newcomers == 0
            && self.requests.is_empty()
            && self.held.is_empty()
            && self.complaints.is_empty()
            && self.appeals.is_empty()
            && self.unheard.is_empty()
    }
}

/// `GET /queue`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: Present,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    answer::shown(
        &request,
        &visit,
        Keep::Never,
        queue(&app, &visit, by.me, asked.map(Query::into_inner).unwrap_or_default()).await,
    )
}

async fn queue(app: &App, visit: &Visit, me: Me, asked: Asked) -> Result<Queue> {
    let t = visit.language;
    let is_admin = visit.me.as_ref().is_some_and(|me| me.is_admin);
    let waiting = Waiting::of(app, t, me, &asked).await?;
    // Only if nothing is left: what one community asks of its team holds up no other.
    let rests = !waiting.resting.is_empty() && waiting.groups.is_empty() && !is_admin;
    if rests || second_step::is_required(app).await? && second_step::is_due(app, me).await? {
        return Err(Refusal::Unsecured.into());
    }
    let mut frame = Frame::private(visit, t.queue());
    frame.place = "queue";
    let newcomers = if is_admin { app.read(store::accounts::count_waiting).await? } else { 0 };
    let (kinds, holders) = (kinds(t, &asked), holders(t, &asked));
    let ages =
        vec![("day", t.older_than_a_day()), ("days", t.older_than_three_days()), ("week", t.older_than_a_week())];
    let Waiting { groups, resting, servers, requests, held, complaints, appeals, unheard } = waiting;
    let resting = resting.join(", ");
    Ok(Queue {
        frame,
        asked,
        newcomers,
        kinds,
        holders,
        groups,
        servers,
        ages,
        resting,
        requests,
        held,
        complaints,
        appeals,
        unheard,
    })
}

fn kinds(t: Language, asked: &Asked) -> Vec<Sort> {
    let all = [
        ("", t.queue_all()),
        ("request", t.queue_requests()),
        ("held", t.queue_held()),
        ("report", t.reports()),
        ("appeal", t.appeals()),
        ("unheard", t.unheard()),
    ];
    let sort = |(kind, label): (&str, &'static str)| Sort {
        label,
        page: Asked { kind: kind.to_owned(), ..asked.clone() }.page(),
        is_chosen: asked.kind == kind,
    };
    all.into_iter().map(sort).collect()
}

fn holders(t: Language, asked: &Asked) -> Vec<Sort> {
    let all = [("", t.queue_anybodys()), ("free", t.queue_free()), ("mine", t.queue_mine())];
    let sort = |(who, label): (&str, &'static str)| Sort {
        label,
        page: Asked { who: who.to_owned(), ..asked.clone() }.page(),
        is_chosen: asked.who == who,
    };
    all.into_iter().map(sort).collect()
}

/// The answer to a request.
#[derive(Debug, Deserialize)]
pub(crate) struct Answered {
    person: i64,
    group: i64,
    answer: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    back: String,
}

/// `POST /queue/answer`
pub(crate) async fn answer(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Worded<Answered, Present>,
) -> HttpResponse {
    let Answered { person, group, answer, reason, back } = sent.entered;
    let (person, group, me) = (ActorId(person), ActorId(group), sent.by.me);
    let yes = answer == "yes";
    let decided = async {
        respond(&app, me, group, person, yes).await?;
        if yes { Ok(()) } else { members::explain(&app, me, group, person, reason).await }
    };
    deeds::done(&request, &app, &visit, decided.await, &back)
}

/// Requests that came as a request to follow are answered there, the others here.
async fn respond(app: &App, me: Me, group: ActorId, person: ActorId, yes: bool) -> Result<()> {
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
    #[serde(default)]
    back: String,
}

/// `POST /queue/resolve`
pub(crate) async fn resolve(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Resolved, Present>,
) -> HttpResponse {
    let (id, me) = (ReportId(sent.entered.report), sent.by.me);
    let resolved = reports::resolve(&app, me, id).await;
    deeds::done(&request, &app, &visit, resolved, &sent.entered.back)
}

/// What is decided about an appeal.
#[derive(Debug, Deserialize)]
pub(crate) struct Decided {
    appeal: i64,
    answer: String,
    verdict: String,
    #[serde(default)]
    back: String,
}

/// `POST /queue/decide`
pub(crate) async fn decide(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Worded<Decided, Present>,
) -> HttpResponse {
    let Decided { appeal, answer, verdict, back } = sent.entered;
    let (id, me) = (StatementId(appeal), sent.by.me);
    let decided = appeals::decide(&app, me, id, verdict == "grant", answer).await;
    match decided {
        Ok(()) => said::back(&app, &visit, &back, Said::Decided),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// Something that one sees to, or does not any more.
#[derive(Debug, Deserialize)]
pub(crate) struct Claimed {
    item: String,
    turn: String,
    #[serde(default)]
    back: String,
}

/// `POST /queue/claim`
pub(crate) async fn claim(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Claimed, Present>,
) -> HttpResponse {
    let Claimed { item, turn, back } = sent.entered;
    let claimed = async {
        let item = item.parse::<Item>().map_err(|_unknown| app::Error::NotFound)?;
        if turn == "on" {
            claims::take(&app, sent.by.me, item).await
        } else {
            claims::release(&app, sent.by.me, item).await
        }
    };
    deeds::done(&request, &app, &visit, claimed.await, &format!("{back}#{item}"))
}
