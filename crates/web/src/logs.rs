//! The moderation log of a community, for everybody who may read it: what was decided, by whom, and why.
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use app::{App, Result};
use askama::Template;
use domain::{
    id::{ActorId, LogEntryId},
    time::Timestamp,
    urls::{self, Sheet},
};
use serde::Deserialize;
use store::log::Entry;

use crate::{
    actors,
    answer::{self, Frame, Visit},
    cards::Face,
    language::{self, Language},
};

const ENTRIES: i64 = 50;

/// From where on a page lists.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct From {
    before: Option<i64>,
}

/// A decision. Whom it was about is not said here: the log is there to judge those who decide.
struct Decision {
    by: Option<Face>,
    what: &'static str,
    reason: String,
    when: String,
    when_exactly: String,
}

#[derive(Template)]
#[template(path = "log.html")]
struct Log {
    frame: Frame,
    face: Face,
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
    let before = from.and_then(|from| from.before);
    match log(&app, &visit, &name, before).await {
        Ok(log) => answer::page(&request, StatusCode::OK, visit.keep(), &log),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

async fn log(app: &App, visit: &Visit, name: &str, before: Option<i64>) -> Result<Log> {
    let (site, t, now) = (app.site(), visit.language, app.now());
    let group = actors::readable(app, visit, name, visit.viewer()).await?;
    let id = group.id;
    let found = app.read(move |c| {
        let entries = store::log::page(c, id, before.map(LogEntryId), ENTRIES)?;
        let people: Vec<ActorId> = entries.iter().map(|entry| ActorId(entry.actor_id)).collect();
        Ok((store::actors::by_ids(c, &people)?, entries))
    });
    let (people, entries) = found.await?;
    let full = i64::try_from(entries.len()).is_ok_and(|length| length == ENTRIES);
    let page = urls::sheet(&group.uri, Sheet::Log);
    let decision = |entry: &Entry| Decision {
        by: people.iter().find(|person| person.id.0 == entry.actor_id).map(|person| Face::new(site, person)),
        what: said(t, &entry.action),
        reason: entry.reason.clone(),
        when: t.ago(now, Timestamp(entry.created)),
        when_exactly: language::machine_moment(Timestamp(entry.created)),
    };
    let face = Face::new(site, &group);
    Ok(Log {
        frame: Frame::private(visit, format!("{} · {}", t.log(), face.name)),
        decisions: entries.iter().map(decision).collect(),
        older: entries.last().filter(|_| full).map(|last| urls::page_before(&page, Some(last.id))),
        face,
    })
}

fn said(t: Language, action: &str) -> &'static str {
    match action {
        "remove" => t.did_remove(),
        "restore" => t.did_restore(),
        "lock" => t.did_lock(),
        "unlock" => t.did_unlock(),
        "pin" => t.did_pin(),
        "unpin" => t.did_unpin(),
        "ban" => t.did_ban(),
        "unban" => t.did_unban(),
        "dismiss" => t.did_dismiss(),
        "admit" => t.did_admit(),
        "promote" => t.did_promote(),
        "demote" => t.did_demote(),
        "change" => t.did_change(),
        "warn" => t.did_warn(),
        "invite" => t.did_invite(),
        "rules" => t.did_rules(),
        "resolve" => t.did_resolve(),
        _ => t.did_other(),
    }
}
