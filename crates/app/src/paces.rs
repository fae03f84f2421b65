//! Slow mode: in a group or a thread here, everybody but the team writes once in a while.
use std::{sync::Arc, time::Duration};

use domain::{
    id::{ActorId, PostId},
    pace::{self, Lane, Pace},
    policy::{self, Refusal},
    text::plain,
};
use store::Conn;

use crate::{App, Course, Error, Event, Me, Result, Tx, groups, posts, statements};

/// Turns slow mode on, or with no time off, where I keep order.
pub async fn set(app: &App, me: Me, lane: Lane, span: Duration, reason: String) -> Result<()> {
    if span > pace::LONGEST {
        return Err(Error::Invalid("slow mode lets nobody wait for longer than a day".into()));
    }
    app.write(move |tx| {
        if let Lane::Thread(post) = lane {
            posts::load_seen(tx, post, me)?;
        }
        apply(tx, me.0, lane, (span, &reason))
    })
    .await
}

/// The same by somebody who may see it.
pub(crate) fn apply(tx: &mut Tx<'_, '_>, by: ActorId, lane: Lane, (span, reason): (Duration, &str)) -> Result<()> {
    let (group, post) = match lane {
        Lane::Group(group) => (group, None),
        Lane::Thread(post) => {
            let post = posts::load(tx, post)?;
            (post.group.filter(|_| post.is_thread()).ok_or(Refusal::NotStaff)?, Some(Arc::new(post)))
        }
    };
    policy::moderate(&groups::named(tx, group, by)?.1)?;
    if !groups::is_local(tx, group)? {
        return Err(Error::Invalid("how often one writes in a group elsewhere is decided there".into()));
    }
    if store::paces::among(tx, &[lane])?.first().map_or(Duration::ZERO, |(_, known)| *known) != span {
        store::paces::set(tx, lane, span)?;
        let reason = plain::line(reason, statements::REASON);
        tx.emit(Event::Course(Course::Paced { group, post, by, span, reason }));
    }
    Ok(())
}

/// Where a post of a group, in a thread or as a new one, is slowed down.
pub(crate) fn slow(conn: &mut Conn, group: ActorId, thread: Option<PostId>) -> store::Result<Vec<(Lane, Duration)>> {
    let lanes: Vec<Lane> = [Lane::Group(group)].into_iter().chain(thread.map(Lane::Thread)).collect();
    store::paces::among(conn, &lanes)
}

/// For how long somebody has to wait in these lanes.
pub(crate) fn wait(tx: &mut Tx<'_, '_>, lanes: &[(Lane, Duration)], person: ActorId) -> Result<Duration> {
    let now = tx.now();
    let paces = known(tx, lanes, Some(person))?;
    Ok(paces.iter().map(|pace| pace.wait(now)).max().unwrap_or_default())
}

/// How often `viewer` may write in a group, or in one of its threads, if that is limited: what lets them wait for longest.
pub fn of(
    conn: &mut Conn,
    (group, thread): (ActorId, Option<PostId>),
    viewer: Option<ActorId>,
) -> store::Result<Option<Pace>> {
    let lanes = slow(conn, group, thread)?;
    let until = |pace: &Pace| (pace.last.map(|last| last + pace.span), pace.span);
    Ok(known(conn, &lanes, viewer)?.into_iter().max_by_key(until))
}

fn known(conn: &mut Conn, lanes: &[(Lane, Duration)], person: Option<ActorId>) -> store::Result<Vec<Pace>> {
    let only: Vec<Lane> = lanes.iter().map(|(lane, _)| *lane).collect();
    let turns = match person {
        Some(person) if !only.is_empty() => store::paces::last(conn, &only, person)?,
        _ => Vec::new(),
    };
    let last = |lane: &Lane| turns.iter().find(|(known, _)| known == lane).map(|(_, at)| *at);
    Ok(lanes.iter().map(|(lane, span)| Pace { span: *span, last: last(lane) }).collect())
}

/// Somebody wrote in these lanes.
pub(crate) fn note(tx: &mut Tx<'_, '_>, person: ActorId, lanes: &[Lane]) -> Result<()> {
    let now = tx.now();
    for lane in lanes {
        store::paces::take(tx, *lane, person, now)?;
    }
    Ok(())
}

/// Whether somebody is to be told that they have to wait: once for each of their turns.
pub(crate) fn tells(tx: &mut Tx<'_, '_>, (group, thread): (ActorId, Option<PostId>), person: ActorId) -> Result<bool> {
    let lanes: Vec<Lane> = slow(tx, group, thread)?.into_iter().map(|(lane, _)| lane).collect();
    Ok(store::paces::told(tx, &lanes, person)?)
}
