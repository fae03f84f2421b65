//! Bans from a group, and what goes and comes back with them.
use std::time::Duration;

use domain::{
    id::{ActorId, StatementId},
    policy,
    statement::{Grounds, Sanction},
    time::Timestamp,
};
use futures_util::future::BoxFuture;
use store::groups::Ban;

use super::{Deed, Measure, apply};
use crate::{App, Cause, Error, Event, Me, Result, Tx, follows, groups, posts, statements};

/// How many posts one transaction takes out, or puts back.
const SOME: i64 = 200;

/// A ban to be set.
#[derive(Debug, Clone)]
pub struct NewBan {
    /// The group.
    pub group: ActorId,
    /// Who is kept out.
    pub person: ActorId,
    /// Until when; for good if there is no end.
    pub until: Option<Timestamp>,
    /// Why.
    pub grounds: Grounds,
    /// Whether all they wrote there is taken out, too.
    pub clean: bool,
}

/// Bans somebody from a group in which I keep order: follow and membership end.
pub async fn ban(app: &App, me: Me, ban: NewBan) -> Result<()> {
    app.write(move |tx| receive_ban(tx, me.0, &ban, None)).await
}

/// Records a ban, set here or elsewhere by one who keeps order in the group.
pub fn receive_ban(tx: &mut Tx<'_, '_>, by: ActorId, ban: &NewBan, cause: Cause) -> Result<()> {
    let NewBan { group, person, until, clean, .. } = *ban;
    let (_, mine) = groups::named(tx, group, by)?;
    let (_, theirs) = groups::regard(tx, group, person)?;
    policy::ban(&mine, &theirs)?;
    let now = tx.now();
    if until.is_some_and(|until| until <= now) {
        return Err(Error::Invalid("a ban ends in the future".into()));
    }
    let grounds = statements::checked(tx, group, &ban.grounds)?;
    let row = Ban {
        group_id: group.0,
        person_id: person.0,
        by_id: by.0,
        reason: grounds.reason.clone(),
        since: now.0,
        until: until.map(|at| at.0),
        reads: false,
    };
    if theirs.hushed.is_some() {
        // The ban takes its place.
        statements::lift(tx, by, (group, person), Sanction::Hush, None)?;
    }
    store::groups::set_ban(tx, &row)?;
    store::groups::remove_membership(tx, group, person)?;
    // Nobody needs to be told that somebody here gets nothing more from a group elsewhere.
    if groups::is_local(tx, group)? || store::actors::by_id(tx, person)?.is_some_and(|person| person.is_local()) {
        follows::expel(tx, group, person, by)?;
    }
    let measure = statements::Measure { group, person, by, sanction: Sanction::Ban, post: None, until, clean };
    let statement = statements::issue(tx, measure, grounds.clone())?;
    if clean {
        let with = statement.map_or(0, i64::from);
        tx.push_job(CLEAN, &format!("{group} {person} {by} {with}"), Duration::ZERO)?;
    }
    tx.emit(Event::Banned { group, person, by, until, clean, grounds, statement, cause });
    Ok(())
}

/// The job that takes out what somebody wrote in a group; its subject are the numbers of the group, the person, who
/// decided it, and what the person was told of that.
pub(crate) const CLEAN: &str = "clean";

/// Takes out what somebody who was banned wrote in the group, a piece at a time.
pub(crate) fn clean(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let numbers: Vec<i64> = subject.split(' ').filter_map(|number| number.parse().ok()).collect();
        let &[group, person, by, with] = numbers.as_slice() else { return Err(Error::Invalid(subject)) };
        let (concerned, with) = ((ActorId(group), ActorId(person)), StatementId(with));
        while app.write(move |tx| clean_some(tx, concerned, ActorId(by), with)).await? {}
        Ok(())
    })
}

/// Takes out some of it; whether there may be more.
fn clean_some(
    tx: &mut Tx<'_, '_>,
    (group, person): (ActorId, ActorId),
    by: ActorId,
    with: StatementId,
) -> Result<bool> {
    let ids = store::posts::standing(tx, group, person, SOME)?;
    for id in &ids {
        let post = posts::load(tx, *id)?;
        let grounds = Grounds::default();
        match apply(tx, by, post, &Deed { measure: Measure::Remove, grounds: &grounds, with: Some(with), cause: None })
        {
            // Whoever decided it does not keep order there any more.
            Err(Error::Denied(_)) => return Ok(false),
            done => done?,
        }
    }
    Ok(i64::try_from(ids.len()).is_ok_and(|n| n == SOME))
}

/// The job that puts back what was taken out with a ban; its subject are the numbers of what was said of the ban, and of
/// who lifts it.
pub(crate) const BRING_BACK: &str = "bring_back";

/// Puts back what was taken out with a ban, a piece at a time.
pub(crate) fn bring_back(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let numbers: Vec<i64> = subject.split(' ').filter_map(|number| number.parse().ok()).collect();
        let &[with, by] = numbers.as_slice() else { return Err(Error::Invalid(subject)) };
        while app.write(move |tx| bring_back_some(tx, StatementId(with), ActorId(by))).await? {}
        Ok(())
    })
}

fn bring_back_some(tx: &mut Tx<'_, '_>, with: StatementId, by: ActorId) -> Result<bool> {
    let ids = store::log::taken_out_with(tx, with, SOME)?;
    for id in &ids {
        let (post, grounds) = (posts::load(tx, *id)?, Grounds::default());
        match apply(tx, by, post, &Deed { measure: Measure::Restore, grounds: &grounds, with: None, cause: None }) {
            Err(Error::Denied(_)) => return Ok(false),
            done => done?,
        }
    }
    Ok(i64::try_from(ids.len()).is_ok_and(|n| n == SOME))
}

/// Lifts a ban from a group in which I keep order.
pub async fn unban(app: &App, me: Me, group: ActorId, person: ActorId) -> Result<()> {
    app.write(move |tx| receive_unban(tx, me.0, group, person, None)).await
}

/// Records that a ban was lifted, here or elsewhere, by one who keeps order in the group.
pub fn receive_unban(tx: &mut Tx<'_, '_>, by: ActorId, group: ActorId, person: ActorId, cause: Cause) -> Result<()> {
    let (_, mine) = groups::named(tx, group, by)?;
    policy::moderate(&mine)?;
    if store::groups::lift_ban(tx, group, person)? {
        statements::lift(tx, by, (group, person), Sanction::Ban, None)?;
        tx.emit(Event::Unbanned { group, person, by, cause });
    }
    Ok(())
}
