//! The moderation log of a community, for everybody who may read it: what was decided, by whom, and why.
use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use app::{
    App, Error, Result, moderation,
    view::{self, PostView},
};
use askama::Template;
use domain::{
    bylaw::Bylaws,
    id::{ActorId, LogEntryId, PostId, StatementId},
    pace::Lane,
    policy,
    statement::Statement,
    time::Timestamp,
    urls::{self, Sheet},
};
use serde::Deserialize;
use store::log::Entry;

use crate::{
    actors,
    answer::{self, Frame, Visit},
    bylaws,
    cards::{self, Card, Face},
    deeds,
    language::{self, Language},
    listing::{self, From},
    posted::Sent,
    session::Present,
};

/// Where a decision is undone.
pub(crate) const UNDO: &str = "/log/undo";
const ENTRIES: i64 = 50;

/// A decision. Whom it was about is said to the team alone: for everybody else the log is there to judge those who decide.
struct Decision {
    by: Option<Face>,
    what: &'static str,
    /// The number under which those who keep order undo it.
    undo: Option<i64>,
    /// The rule that was broken.
    rule: Option<String>,
    reason: String,
    /// About whom and which post, for those who keep order alone.
    whom: Option<Face>,
    post: Option<Card>,
    when: String,
    when_exactly: String,
}

#[derive(Template)]
#[template(path = "log.html")]
struct Log {
    frame: Frame,
    face: Face,
    /// Whether whoever reads it keeps order there, and is told more.
    is_team: bool,
    decisions: Vec<Decision>,
    older: Option<String>,
}

/// `GET /@NAME/log`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    name: Path<String>,
    from: Option<Query<From>>,
) -> HttpResponse {
    answer::shown(&request, &visit, visit.keep(), log(&app, &visit, &name, From::of(from)).await)
}

async fn log(app: &App, visit: &Visit, name: &str, before: i64) -> Result<Log> {
    let (site, t, now, viewer) = (app.site().clone(), visit.language, app.now(), visit.viewer());
    let group = actors::readable(app, visit, name, viewer).await?;
    let id = group.id;
    let found = app.read(move |c| {
        let entries = store::log::page(c, id, Some(LogEntryId(before)), ENTRIES)?;
        let standing = viewer.map(|me| store::groups::standing(c, id, me, now)).transpose()?;
        let is_team = standing.is_some_and(|standing| policy::moderate(&standing).is_ok());
        let whom = entries.iter().filter(|_| is_team).filter_map(|entry| entry.person_id.map(ActorId));
        let people: Vec<ActorId> =
            entries.iter().map(|entry| ActorId(entry.actor_id)).chain([id]).chain(whom).collect();
        let told: Vec<StatementId> = entries.iter().filter_map(|entry| entry.statement_id.map(StatementId)).collect();
        let told = store::statements::by_ids(c, &told)?;
        let rules = broken(t, &store::bylaws::all(c, &[id])?, &told);
        let posts = if is_team {
            let posts: Vec<PostId> = entries.iter().filter_map(|entry| entry.post_id.map(PostId)).collect();
            let slowed: Vec<Lane> = entries.iter().filter(|entry| entry.action == "slow").map(lane).collect();
            let slow = store::paces::among(c, &slowed)?.into_iter().map(|(lane, _)| lane).collect::<Vec<_>>();
            let posts = store::posts::by_ids(c, &posts)?;
            Some((view::posts(c, posts)?, slow))
        } else {
            None
        };
        Ok((cards::faces_of(c, &site, &people)?, entries, rules, (posts, told)))
    });
    let (people, entries, rules, (posts, told)) = found.await?;
    let page = urls::sheet(&group.uri, Sheet::Log);
    let is_team = posts.is_some();
    let cards = |id: i64| {
        let found = posts.iter().flat_map(|(posts, _)| posts).find(|view| view.post.id.0 == id);
        found.filter(|view| view.post.deleted.is_none()).map(|view| Card::new(app, t, view))
    };
    let decision = |entry: &Entry| Decision {
        by: people.get(&ActorId(entry.actor_id)).cloned(),
        what: said(t, &entry.action),
        undo: posts.as_ref().filter(|(posts, slow)| holds(entry, (posts, slow), &told, now)).map(|_| entry.id),
        rule: entry.statement_id.and_then(|id| rules.get(&id).cloned()),
        reason: entry.reason.clone(),
        whom: entry.person_id.filter(|_| is_team).and_then(|id| people.get(&ActorId(id)).cloned()),
        post: entry.post_id.and_then(cards),
        when: t.ago(now, Timestamp(entry.created)),
        when_exactly: language::machine_moment(Timestamp(entry.created)),
    };
    let decisions = entries.iter().map(decision).collect();
    let face = people.get(&id).cloned().ok_or(Error::NotFound)?;
    Ok(Log {
        frame: Frame::private(visit, format!("{} · {}", t.log(), face.name)),
        is_team,
        decisions,
        older: listing::last(&entries, ENTRIES).map(|last| urls::page_before(&page, Some(last.id))),
        face,
    })
}

/// The rules by which these decisions were made, by the numbers of their statements.
pub(crate) fn broken(t: Language, all: &[(ActorId, Bylaws)], told: &[Statement]) -> HashMap<i64, String> {
    let rule = |statement: &Statement| {
        Some((statement.id.0, bylaws::named(t, all, statement.group, statement.grounds.bylaw?)?))
    };
    told.iter().filter_map(rule).collect()
}

/// Where slow mode was turned on by this decision.
fn lane(entry: &Entry) -> Lane {
    let whole = Lane::Group(ActorId(entry.group_id.unwrap_or_default()));
    entry.post_id.map_or(whole, |post| Lane::Thread(PostId(post)))
}

/// Whether what was decided still holds, and is undone with a button.
fn holds(entry: &Entry, (posts, slow): (&[PostView], &[Lane]), told: &[Statement], now: Timestamp) -> bool {
    let post =
        posts.iter().map(|view| &view.post).find(|post| Some(post.id.0) == entry.post_id && post.deleted.is_none());
    match entry.action.as_str() {
        "remove" | "turn_down" => post.is_some_and(|post| post.removed.is_some()),
        "lock" => post.is_some_and(|post| post.locked.is_some()),
        "split" => post.is_some_and(|post| post.removed.is_none() && post.is_thread()),
        "merge" => post.is_some_and(|post| post.removed.is_none() && !post.is_thread()),
        "slow" => slow.contains(&lane(entry)),
        "pin" => post.is_some_and(|post| post.featured.is_some()),
        // It stands where it was moved to.
        "transfer" => post.is_some_and(|post| post.removed.is_none() && post.group.map(i64::from) == entry.person_id),
        "ban" | "hush" => told.iter().any(|statement| {
            Some(statement.id.0) == entry.statement_id
                && statement.lifted.is_none()
                && statement.until.is_none_or(|until| until > now)
        }),
        _ => false,
    }
}

/// A decision to be undone.
#[derive(Debug, Deserialize)]
pub(crate) struct Undone {
    entry: i64,
    #[serde(default)]
    back: String,
}

/// `POST /log/undo`
pub(crate) async fn undo(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Undone, Present>,
) -> HttpResponse {
    let Undone { entry, back } = sent.entered;
    let result = moderation::undo(&app, sent.by.me, LogEntryId(entry)).await;
    deeds::done(&request, &app, &visit, result, &back)
}

fn said(t: Language, action: &str) -> &'static str {
    match action {
        "remove" => t.did_remove(),
        "restore" => t.did_restore(),
        "lock" => t.did_lock(),
        "unlock" => t.did_unlock(),
        "open" => t.did_open(),
        "split" => t.did_split(),
        "merge" => t.did_merge(),
        "slow" => t.did_slow(),
        "unslow" => t.did_unslow(),
        "pin" => t.did_pin(),
        "unpin" => t.did_unpin(),
        "ban" => t.did_ban(),
        "unban" => t.did_unban(),
        "hush" => t.did_hush(),
        "unhush" => t.did_unhush(),
        "dismiss" => t.did_dismiss(),
        "admit" => t.did_admit(),
        "promote" => t.did_promote(),
        "demote" => t.did_demote(),
        "change" => t.did_change(),
        "transfer" => t.did_transfer(),
        "receive" => t.did_receive(),
        "warn" => t.did_warn(),
        "invite" => t.did_invite(),
        "rules" => t.did_rules(),
        "screen" => t.did_screen(),
        "let_in" => t.did_let_in(),
        "turn_down" => t.did_turn_down(),
        "grant" => t.did_grant(),
        "uphold" => t.did_uphold(),
        "resolve" => t.did_resolve(),
        _ => t.did_other(),
    }
}
