//! Notifications.
use std::{collections::HashMap, sync::Arc};

use app::notifications::Kind;
use domain::id::{ActorId, PostId, ReportId, SeveranceId, StatementId};
use serde::Serialize;
use store::{
    Conn, Result,
    notifications::{Notification as Told, UNKNOWN},
};

use super::{
    Id, Reader,
    account::{self, Shown},
    fallback::{Fallback, Words},
    instant,
    report::{self, Report},
    severance::Severance,
    status::{self, Status},
    warning::{self, Warning},
};

/// A `Notification`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Notification {
    id: Id,
    #[serde(rename = "type")]
    kind: String,
    group_key: String,
    created_at: String,
    account: Arc<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    /// With which sign a post is liked, as Pleroma and its kin tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    emoji: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<Report>,
    #[serde(skip_serializing_if = "Option::is_none")]
    moderation_warning: Option<Warning>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<Severance>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fallback: Option<Fallback>,
}

/// The name of the group of a notification: what happened to one post, who follows since the same day, or it alone.
pub(crate) fn key(told: &Told, grouped: bool) -> String {
    match (grouped, told.post) {
        (false, _) => format!("ungrouped-{}", told.id),
        (true, Some(post)) => format!("{}-{post}", told.kind),
        (true, None) => format!("{}-{}", told.kind, told.day()),
    }
}

/// These notifications, in their order; those about a post that the reader may not see any more are left out.
pub(crate) fn list(conn: &mut Conn, reader: &Reader, told: Vec<Told>) -> Result<Vec<Notification>> {
    let actors: Vec<ActorId> = told.iter().map(|told| told.actor).collect();
    let accounts = account::shown(conn, &reader.site, &actors)?;
    let statuses = status::by_post(conn, reader, told.iter().filter_map(|told| told.post))?;
    let hidden = |status: &Status| reader.place.is_some_and(|place| status.is_hidden_in(place));
    let reports: Vec<ReportId> = told.iter().filter_map(|told| told.report).collect();
    let filed = store::reports::by_ids(conn, &reports)?;
    let stated: Vec<StatementId> = told.iter().filter_map(|told| told.statement).collect();
    let warnings = warning::by_id(conn, reader, &stated)?;
    let severed: Vec<SeveranceId> = told.iter().filter_map(|told| told.severance).collect();
    let lost = store::severances::by_ids(conn, &severed)?;
    let words = Words::load(conn, reader.known.as_ref(), &told.iter().collect::<Vec<_>>(), &filed, &lost)?;
    let reports = report::by_id(conn, reader, filed)?;
    let signs = signs(conn, &told)?;
    let notification = |told: Told| {
        // The queue shows what these are about.
        if UNKNOWN.contains(&told.kind.as_str()) {
            return None;
        }
        let status = match told.post {
            Some(post) => Some(statuses.get(&post).filter(|status| !hidden(status))?.clone()),
            None => None,
        };
        let report = match told.report {
            Some(report) => Some(reports.get(&report)?.clone()),
            None => None,
        };
        Some(Notification {
            fallback: words.of(&reader.site, &told, 0),
            id: Id(told.id.0),
            group_key: key(&told, Kind::is_gathered(&told.kind)),
            kind: told.kind,
            created_at: instant(told.created),
            account: accounts.get(&told.actor)?.clone(),
            status,
            emoji: signs.get(&(told.post, told.actor)).cloned(),
            report,
            moderation_warning: told.statement.and_then(|id| warnings.get(&id).cloned()),
            event: told.severance.and_then(|id| lost.get(&id)).map(Severance::from),
        })
    };
    Ok(told.into_iter().filter_map(notification).collect())
}

/// With which signs the posts are liked of which some of these tell.
fn signs(conn: &mut Conn, told: &[Told]) -> Result<HashMap<(Option<PostId>, ActorId), String>> {
    let likes = || told.iter().filter(|told| told.kind == "favourite");
    let (posts, actors): (Vec<PostId>, Vec<ActorId>) =
        likes().filter_map(|told| Some((told.post?, told.actor))).unzip();
    if posts.is_empty() {
        return Ok(HashMap::new());
    }
    let signs = store::votes::signs(conn, &posts, &actors)?;
    Ok(signs.into_iter().map(|(post, actor, sign)| ((Some(post), actor), sign)).collect())
}
