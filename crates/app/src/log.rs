//! Keeps the moderation log; hangs on events, in their transaction.
use domain::{
    actor::Restraint,
    host::Host,
    id::{ActorId, LogEntryId, StatementId},
    post::Post,
    report::Report,
    rule::Ruling,
};
use store::log::Entry;

use crate::{App, Course, Event, House, Me, Result, Tx, rules};

struct Decision<'a> {
    group: Option<ActorId>,
    by: ActorId,
    action: &'a str,
    person: Option<ActorId>,
    post: Option<i64>,
    reason: &'a str,
    host: Option<&'a Host>,
    statement: Option<StatementId>,
}

/// A page of what was decided for the whole server, the newest first; for admins.
pub async fn of_server(app: &App, me: Me, before: Option<LogEntryId>, limit: i64) -> Result<Vec<Entry>> {
    rules::read_as_admin(app, me, move |c| store::log::page_of_server(c, before, limit)).await
}

/// Records what `event` decided, if it was a decision about others.
pub(crate) fn record(tx: &mut Tx<'_, '_>, event: &Event) -> Result<()> {
    if let Some(decision) = decision(event) {
        insert(tx, &decision)?;
    }
    // Both groups note what concerns both.
    if let Event::Transferred { post, from, by, reason, .. } = event {
        insert(tx, &Decision { person: Some(*from), reason, ..on_post(post, *by, "receive") })?;
    }
    Ok(())
}

fn insert(tx: &mut Tx<'_, '_>, decision: &Decision<'_>) -> Result<()> {
    let id: LogEntryId = tx.new_id();
    let entry = Entry {
        id: id.0,
        group_id: decision.group.map(i64::from),
        actor_id: decision.by.0,
        action: decision.action.to_owned(),
        person_id: decision.person.map(i64::from),
        post_id: decision.post,
        reason: decision.reason.to_owned(),
        created: tx.now().0,
        host: decision.host.map(Host::to_string),
        statement_id: decision.statement.map(i64::from),
    };
    Ok(store::log::insert(tx, &entry)?)
}

fn on_post<'a>(post: &Post, by: ActorId, action: &'a str) -> Decision<'a> {
    Decision {
        group: post.group,
        by,
        action,
        person: Some(post.author),
        post: Some(post.id.0),
        reason: "",
        host: None,
        statement: None,
    }
}

fn on_report<'a>(report: &'a Report, by: ActorId, action: &'a str) -> Decision<'a> {
    Decision {
        group: report.group,
        by,
        action,
        person: Some(report.target),
        post: report.posts.first().map(|post| post.0),
        reason: "",
        host: None,
        statement: None,
    }
}

fn on_course(course: &Course) -> Option<Decision<'_>> {
    Some(match course {
        Course::Unheard { .. } => return None,
        Course::Opened { post, by, reason, .. } => Decision { reason, person: None, ..on_post(post, *by, "open") },
        Course::Grafted { post, by, reason, .. } => {
            Decision { reason, ..on_post(post, *by, if post.is_thread() { "split" } else { "merge" }) }
        }
        Course::Hushed { group, person, by, until, reason, statement } => Decision {
            group: Some(*group),
            by: *by,
            action: if until.is_some() { "hush" } else { "unhush" },
            person: Some(*person),
            post: None,
            reason,
            host: None,
            statement: *statement,
        },
        Course::Paced { group, post, by, span, reason } => Decision {
            group: Some(*group),
            by: *by,
            action: if span.is_zero() { "unslow" } else { "slow" },
            person: None,
            post: post.as_ref().map(|post| post.id.0),
            reason,
            host: None,
            statement: None,
        },
    })
}

fn on_house(house: &House) -> Decision<'_> {
    let whole = |by: ActorId, action| Decision {
        group: None,
        by,
        action,
        person: None,
        post: None,
        reason: "",
        host: None,
        statement: None,
    };
    match house {
        House::Changed { by, what, about } => Decision { reason: about, ..whole(*by, what.as_str()) },
        House::Sorted { report, by } => on_report(report, *by, "sort"),
        House::Reopened { report, by } => on_report(report, *by, "reopen"),
        House::Ruled { host, ruling, by, reason } => {
            Decision { reason, host: Some(host), ..whole(*by, ruling.map_or("lift", Ruling::as_str)) }
        }
        House::Entrusted { person, by, on } => {
            Decision { person: Some(*person), ..whole(*by, if *on { "entrust" } else { "relieve" }) }
        }
        House::Restrained { person, by, how, on, reason, statement } => {
            let action = match (how, on) {
                (Restraint::Silence, true) => "silence",
                (Restraint::Silence, false) => "unsilence",
                (Restraint::Veil, true) => "veil",
                (Restraint::Veil, false) => "unveil",
            };
            Decision { person: Some(*person), reason, statement: *statement, ..whole(*by, action) }
        }
        House::Cautioned { person, by, reason, statement } => {
            Decision { person: Some(*person), reason, statement: *statement, ..whole(*by, "caution") }
        }
        House::Eased { person, by, key } => Decision { person: Some(*person), ..whole(*by, key.as_str()) },
    }
}

fn decision(event: &Event) -> Option<Decision<'_>> {
    let on_person = |group: ActorId, person: ActorId, by: ActorId, action| Decision {
        group: Some(group),
        by,
        action,
        person: Some(person),
        post: None,
        reason: "",
        host: None,
        statement: None,
    };
    Some(match event {
        Event::Removed { post, by, grounds, statement, .. } => {
            Decision { reason: &grounds.reason, statement: *statement, ..on_post(post, *by, "remove") }
        }
        Event::Restored { post, by, reason, .. } => Decision { reason, ..on_post(post, *by, "restore") },
        Event::Admitted { post, by, reason } => Decision { reason, ..on_post(post, *by, "let_in") },
        Event::Refused { post, by, grounds, statement } => {
            Decision { reason: &grounds.reason, statement: *statement, ..on_post(post, *by, "turn_down") }
        }
        Event::Locked { post, by, on, grounds, statement, .. } => {
            let action = if *on { "lock" } else { "unlock" };
            Decision { reason: &grounds.reason, statement: *statement, ..on_post(post, *by, action) }
        }
        Event::Featured { post, by, on, .. } => on_post(post, *by, if *on { "pin" } else { "unpin" }),
        Event::Transferred { post, from, by, reason, .. } => {
            Decision { group: Some(*from), person: post.group, reason, ..on_post(post, *by, "transfer") }
        }
        Event::Banned { group, person, by, grounds, statement, .. } => {
            Decision { reason: &grounds.reason, statement: *statement, ..on_person(*group, *person, *by, "ban") }
        }
        Event::Warned { group, person, by, post, grounds, statement } => Decision {
            reason: &grounds.reason,
            statement: *statement,
            post: post.as_ref().map(|post| post.id.0),
            ..on_person(*group, *person, *by, "warn")
        },
        Event::AppealDecided { statement, group, person, by, granted, reason } => Decision {
            group: *group,
            by: *by,
            action: if *granted { "grant" } else { "uphold" },
            person: Some(*person),
            post: None,
            reason,
            host: None,
            statement: Some(*statement),
        },
        Event::Invited { group, person, by } => on_person(*group, *person, *by, "invite"),
        Event::Moved { actor, target, by } if actor.is_group() => on_person(actor.id, target.id, *by, "move"),
        Event::Unbanned { group, person, by, .. } => on_person(*group, *person, *by, "unban"),
        Event::RoleChanged { group, person, by, from, to, .. } if person != by => {
            let action = match (from, to) {
                (_, None) => "dismiss",
                (None, Some(_)) => "admit",
                (Some(from), Some(to)) if to > from => "promote",
                _ => "demote",
            };
            on_person(*group, *person, *by, action)
        }
        Event::ProfileChanged { actor, by } if actor.is_group() && actor.is_local() && actor.id != *by => Decision {
            group: Some(actor.id),
            by: *by,
            action: "change",
            person: None,
            post: None,
            reason: "",
            host: None,
            statement: None,
        },
        Event::BylawsChanged { group, by } | Event::ScreenChanged { group, by } => Decision {
            group: Some(*group),
            by: *by,
            action: if matches!(event, Event::BylawsChanged { .. }) { "rules" } else { "screen" },
            person: None,
            post: None,
            reason: "",
            host: None,
            statement: None,
        },
        Event::House(house) => on_house(house),
        Event::Course(course) => return on_course(course),
        Event::ReportResolved { report, by } => on_report(report, *by, "resolve"),
        Event::Suspended { person, by, on, reason, statement } => Decision {
            group: None,
            by: *by,
            action: if *on { "suspend" } else { "unsuspend" },
            person: Some(*person),
            post: None,
            reason,
            host: None,
            statement: *statement,
        },
        _ => return None,
    })
}
