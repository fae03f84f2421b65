//! Shuns: blocking and muting people, and whole servers, for oneself.
use std::time::Duration;

use domain::{
    actor::Actor,
    host::Host,
    id::{ActivityId, ActorId, TieId},
    policy,
    severance::Cut,
    shun::{Deed, Shun},
    time::Timestamp,
};
use futures_util::future::BoxFuture;
use store::severances::Ties;

use crate::{App, Cause, Error, Event, Me, Result, Tx, follows, groups, severances};

/// The kind of job that ends a mute.
pub(crate) const UNMUTE: &str = "unmute";

/// How many of each kind of follow end at once with a server; more than one person has on one.
const FOLLOWS: i64 = 10_000;

fn other(tx: &mut Tx<'_, '_>, me: Me, target: ActorId) -> Result<Actor> {
    let target = groups::acquaintance(tx, me, target)?;
    policy::shun(me.0, target.id)?;
    Ok(target)
}

/// Blocks somebody: neither reads the other, and neither follows any more.
pub async fn block(app: &App, me: Me, target: ActorId) -> Result<()> {
    app.write(move |tx| {
        let target = other(tx, me, target)?.id;
        if store::shuns::get(tx, me.0, target, Deed::Block)?.is_some() {
            return Ok(());
        }
        let id: ActivityId = tx.new_id();
        let uri = tx.site().activity(id);
        part(tx, me.0, target)?;
        record(tx, me.0, target, &uri, None)
    })
    .await
}

/// Records that somebody elsewhere blocks somebody here.
pub fn receive_block(tx: &mut Tx<'_, '_>, by: ActorId, target: ActorId, uri: &str, cause: Cause) -> Result<()> {
    policy::shun(by, target)?;
    if store::follows::get(tx, target, by)?.is_some() {
        follows::receive_answer(tx, by, target, false, cause)?;
    }
    follows::receive_end(tx, by, target, cause)?;
    record(tx, by, target, uri, cause)
}

fn record(tx: &mut Tx<'_, '_>, by: ActorId, target: ActorId, uri: &str, cause: Cause) -> Result<()> {
    let (activity_uri, created) = (uri.to_owned(), tx.now());
    let shun = Shun { by, target, deed: Deed::Block, quiet: true, until: None, activity_uri, created };
    let id: TieId = tx.new_id();
    store::shuns::set(tx, id, &shun)?;
    store::notifications::remove_from(tx, by, target)?;
    tx.emit(Event::Blocked { shun, cause });
    Ok(())
}

/// Ends what ties two people to one another, in both directions, on the word of `by`.
fn part(tx: &mut Tx<'_, '_>, by: ActorId, other: ActorId) -> Result<()> {
    follows::cease(tx, by, other)?;
    follows::expel(tx, by, other, by)
}

/// Blocks somebody no more.
pub async fn unblock(app: &App, me: Me, target: ActorId) -> Result<()> {
    app.write(move |tx| {
        let target = groups::acquaintance(tx, me, target)?.id;
        forgive(tx, me.0, target, None)
    })
    .await
}

/// Records that somebody elsewhere blocks somebody here no more.
pub fn receive_unblock(tx: &mut Tx<'_, '_>, by: ActorId, target: ActorId, cause: Cause) -> Result<()> {
    forgive(tx, by, target, cause)
}

fn forgive(tx: &mut Tx<'_, '_>, by: ActorId, target: ActorId, cause: Cause) -> Result<()> {
    if let Some(shun) = store::shuns::remove(tx, by, target, Deed::Block)? {
        tx.emit(Event::Unblocked { shun, cause });
    }
    Ok(())
}

/// Mutes somebody, for `time` if it is given; `quiet` says whether what they do is no news either.
pub async fn mute(app: &App, me: Me, target: ActorId, quiet: bool, time: Option<Duration>) -> Result<()> {
    app.write(move |tx| {
        let target = other(tx, me, target)?.id;
        let (until, created) = (time.map(|time| tx.now() + time), tx.now());
        let (deed, activity_uri) = (Deed::Mute, String::new());
        let id: TieId = tx.new_id();
        store::shuns::set(tx, id, &Shun { by: me.0, target, deed, quiet, until, activity_uri, created })?;
        if let (Some(time), Some(until)) = (time, until) {
            // The end is part of what is to be done: another mute has another end.
            tx.push_job(UNMUTE, &format!("{}:{target}:{}", me.0, until.0), time)?;
        }
        Ok(())
    })
    .await
}

/// Mutes somebody no more.
pub async fn unmute(app: &App, me: Me, target: ActorId) -> Result<()> {
    app.write(move |tx| {
        let target = groups::acquaintance(tx, me, target)?.id;
        Ok(store::shuns::remove(tx, me.0, target, Deed::Mute).map(drop)?)
    })
    .await
}

/// Ends a mute whose time is over.
pub(crate) fn end_mute(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let mut numbers = subject.split(':').map(|number| number.parse::<i64>().ok());
        let (Some(Some(by)), Some(Some(target)), Some(Some(until))) = (numbers.next(), numbers.next(), numbers.next())
        else {
            return Err(Error::Invalid(format!("`{subject}` names no mute")));
        };
        let (by, target, until) = (ActorId(by), ActorId(target), Some(Timestamp(until)));
        app.write(move |tx| {
            if store::shuns::get(tx, by, target, Deed::Mute)?.is_some_and(|shun| shun.until == until) {
                store::shuns::remove(tx, by, target, Deed::Mute)?;
            }
            Ok(())
        })
        .await
    })
}

/// Shuns all people of a server; follows in both directions end.
pub async fn shun_host(app: &App, me: Me, host: Host) -> Result<()> {
    app.write(move |tx| {
        policy::shun_host(tx.site().serves(&host))?;
        let now = tx.now();
        store::host_shuns::add(tx, me.0, host.as_str(), now)?;
        let (followed, following) = store::host_shuns::follows_of(tx, me.0, host.as_str(), FOLLOWS)?;
        let count = |of: &[ActorId]| i64::try_from(of.len()).unwrap_or(FOLLOWS);
        if !followed.is_empty() || !following.is_empty() {
            let ties = Ties { followers: count(&following), following: count(&followed) };
            severances::record(tx, Cut::Shunned, host.as_str(), [(me.0, ties)].into())?;
        }
        for target in followed {
            follows::cease(tx, me.0, target)?;
        }
        for follower in following {
            follows::expel(tx, me.0, follower, me.0)?;
        }
        Ok(())
    })
    .await
}

/// Shuns a server no more.
pub async fn unshun_host(app: &App, me: Me, host: Host) -> Result<()> {
    app.write(move |tx| Ok(store::host_shuns::remove(tx, me.0, host.as_str())?)).await
}
