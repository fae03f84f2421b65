//! Keeping somebody from writing in a group for a time: between a warning and a ban, they go on reading there.
use domain::{
    id::{ActorId, PostId},
    policy,
    statement::{Grounds, Sanction},
    time::Timestamp,
};
use store::groups::Ban;

use crate::{App, Course, Error, Event, Me, Result, Tx, groups, posts, statements};

/// Keeps somebody from writing in a group here in which I keep order, until a moment that comes.
pub async fn hush(
    app: &App,
    me: Me,
    (group, person): (ActorId, ActorId),
    until: Timestamp,
    grounds: Grounds,
) -> Result<()> {
    app.write(move |tx| set(tx, me.0, (group, person), until, &grounds)).await
}

/// The same of whoever wrote a post, in the group here in which it stands.
pub async fn hush_author(app: &App, me: Me, post: PostId, until: Timestamp, grounds: Grounds) -> Result<()> {
    app.write(move |tx| {
        let post = posts::load_seen(tx, post, me)?;
        let group = post.group.ok_or(policy::Refusal::NotStaff)?;
        set(tx, me.0, (group, post.author), until, &grounds)
    })
    .await
}

fn set(
    tx: &mut Tx<'_, '_>,
    by: ActorId,
    (group, person): (ActorId, ActorId),
    until: Timestamp,
    grounds: &Grounds,
) -> Result<()> {
    let (_, mine) = groups::named(tx, group, by)?;
    let (_, theirs) = groups::regard(tx, group, person)?;
    policy::hush(&mine, &theirs)?;
    if !groups::is_local(tx, group)? {
        return Err(Error::Invalid("a group elsewhere decides itself who writes there".into()));
    }
    let now = tx.now();
    if until <= now {
        return Err(Error::Invalid("this ends in the future".into()));
    }
    let grounds = statements::checked(tx, group, grounds)?;
    // Whoever is told of another end hears that it is this one now.
    statements::lift(tx, by, (group, person), Sanction::Hush, None)?;
    let row = Ban {
        group_id: group.0,
        person_id: person.0,
        by_id: by.0,
        reason: grounds.reason.clone(),
        since: now.0,
        until: Some(until.0),
        reads: true,
    };
    store::groups::set_ban(tx, &row)?;
    let (sanction, until) = (Sanction::Hush, Some(until));
    let measure = statements::Measure { group, person, by, sanction, post: None, until, clean: false };
    let statement = statements::issue(tx, measure, grounds.clone())?;
    tx.emit(Event::Course(Course::Hushed { group, person, by, until, reason: grounds.reason, statement }));
    Ok(())
}

/// Lets somebody else write again in a group in which I keep order, if I might have kept them from it.
pub async fn unhush(app: &App, me: Me, group: ActorId, person: ActorId) -> Result<()> {
    app.write(move |tx| {
        check_lift(tx, me.0, (group, person))?;
        lift(tx, me.0, group, person)
    })
    .await
}

/// Makes sure that `by` may let somebody write again of their own accord.
pub(super) fn check_lift(tx: &mut Tx<'_, '_>, by: ActorId, (group, person): (ActorId, ActorId)) -> Result<()> {
    let (_, mine) = groups::named(tx, group, by)?;
    let (_, theirs) = groups::regard(tx, group, person)?;
    Ok(policy::unhush(&mine, &theirs, by == person)?)
}

/// Lets somebody write again; whoever decides an appeal was asked for that already.
pub(super) fn lift(tx: &mut Tx<'_, '_>, by: ActorId, group: ActorId, person: ActorId) -> Result<()> {
    let (_, mine) = groups::named(tx, group, by)?;
    policy::moderate(&mine)?;
    if store::groups::lift_hush(tx, group, person)? {
        statements::lift(tx, by, (group, person), Sanction::Hush, None)?;
        let reason = String::new();
        tx.emit(Event::Course(Course::Hushed { group, person, by, until: None, reason, statement: None }));
    }
    Ok(())
}
