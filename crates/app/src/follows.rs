//! Follows: asking, answering, ending; here and elsewhere.
use domain::{
    actor::Actor,
    claim::Item,
    group::{MemberState, Membership, Role},
    id::{ActivityId, ActorId, TieId},
    policy::{self, Admission, Refusal},
    post::FollowState,
};
use store::follows::{Follow, Wishes};

use crate::{
    App, Cause, Change, Error, Event, Me, Result, Tx, backfills, claims, groups, invitations, levels,
    limits::{self, Outward},
    moves, waits,
};

/// How many requests of strangers may wait for an answer at one time.
const WAITING: i64 = 1_000;

/// Asks to follow `target`, here or elsewhere. A repeat changes nothing, and asks again what was not answered.
pub async fn request(app: &App, me: Me, target: ActorId) -> Result<Follow> {
    app.write(move |tx| {
        let target = groups::acquaintance(tx, me, target)?;
        if target.id == me.0 {
            return Err(Error::Invalid("nobody follows themselves".into()));
        }
        if !target.is_group() {
            policy::befriend(false, false, store::shuns::apart(tx, me.0, target.id)?)?;
        }
        if store::follows::get(tx, me.0, target.id)?.is_none() {
            limits::reach_out(tx, Outward::Follow, me.0)?;
        }
        ask(tx, me.0, &target)
    })
    .await
}

/// Keeps a follow, new or changed.
fn keep(tx: &mut Tx<'_, '_>, follow: &Follow) -> Result<()> {
    let id: TieId = tx.new_id();
    Ok(store::follows::set(tx, id, follow)?)
}

/// Says how I want what follows from following `target`.
pub async fn wish(app: &App, me: Me, target: ActorId, wishes: Wishes) -> Result<()> {
    app.write(move |tx| {
        policy::gather(store::follows::get(tx, me.0, target)?.is_some())?;
        store::follows::set_wishes(tx, me.0, target, &wishes)?;
        levels::follow_bell(tx, me, target, wishes.notify)
    })
    .await
}

/// Lets `follower` follow me no more.
pub async fn put_out(app: &App, me: Me, follower: ActorId) -> Result<()> {
    app.write(move |tx| {
        let follower = groups::acquaintance(tx, me, follower)?.id;
        expel(tx, me.0, follower, me.0)
    })
    .await
}

/// Lets somebody here ask to follow `target`, unless they do.
pub(crate) fn ask(tx: &mut Tx<'_, '_>, follower: ActorId, target: &Actor) -> Result<Follow> {
    let activity_uri = match store::follows::get(tx, follower, target.id)? {
        Some(known) if known.state == FollowState::Accepted => {
            if invitations::answer(tx, target.id, follower, true)? {
                enter(tx, target.id, follower)?;
            }
            return Ok(known);
        }
        Some(known) => known.activity_uri,
        None => {
            let id: ActivityId = tx.new_id();
            tx.site().activity(id)
        }
    };
    record(tx, follower, target, &activity_uri)
}

/// Records that somebody elsewhere asks to follow somebody here.
pub fn receive(
    tx: &mut Tx<'_, '_>,
    follower: ActorId,
    target: ActorId,
    activity_uri: &str,
    _cause: Cause,
) -> Result<Follow> {
    let target = living(tx, target)?;
    if !target.is_local() {
        return Err(Error::NotFound);
    }
    if store::forestalled::is_void(tx, activity_uri)? {
        return Err(Refusal::Gone.into());
    }
    record(tx, follower, &target, activity_uri)
}

fn record(tx: &mut Tx<'_, '_>, follower: ActorId, target: &Actor, activity_uri: &str) -> Result<Follow> {
    let known = store::follows::get(tx, follower, target.id)?;
    let created = known.as_ref().map_or_else(|| tx.now(), |known| known.created);
    let activity_uri = activity_uri.to_owned();
    let mut follow = Follow { follower, target: target.id, state: FollowState::Pending, activity_uri, created };
    if !target.is_local() {
        keep(tx, &follow)?;
        tx.emit(Event::FollowAsked { follow: follow.clone() });
        invitations::answer(tx, target.id, follower, true)?;
        return Ok(follow);
    }
    // Who asks again is answered again: the first answer may have been lost.
    let already = known.is_some_and(|known| known.state == FollowState::Accepted);
    match if already { Ok(Admission::Follow) } else { admission(tx, follower, target) } {
        Ok(Admission::Ask) => {
            if store::follows::count_waiting(tx, target.id)? >= WAITING {
                return Err(Error::Conflict("too many requests are waiting".into()));
            }
            keep(tx, &follow)?;
            if target.is_group() {
                ask_to_join(tx, target.id, follower)?;
            }
            tx.emit(Event::FollowAsked { follow: follow.clone() });
        }
        Ok(admission) => {
            follow.state = FollowState::Accepted;
            keep(tx, &follow)?;
            if admission == Admission::FollowAndJoin {
                admit(tx, target.id, follower, follower)?;
            }
            tx.emit(Event::FollowAnswered { follow: follow.clone(), accepted: true });
        }
        Err(Error::Denied(refusal)) => {
            tx.emit(Event::FollowAnswered { follow: follow.clone(), accepted: false });
            tracing::debug!(%refusal, "a request to follow was refused");
        }
        Err(error) => return Err(error),
    }
    Ok(follow)
}

fn admission(tx: &mut Tx<'_, '_>, follower: ActorId, target: &Actor) -> Result<Admission, Error> {
    moves::refuse_moved(tx, target.id)?;
    if target.is_group() {
        let (rules, standing) = groups::named(tx, target.id, follower)?;
        return Ok(policy::follow(&rules, &standing)?);
    }
    let blocked = store::shuns::apart(tx, follower, target.id)?;
    let silenced = store::actors::by_id(tx, follower)?.is_some_and(|follower| follower.silenced);
    Ok(policy::befriend(target.approves_followers, silenced, blocked)?)
}

fn ask_to_join(tx: &mut Tx<'_, '_>, group: ActorId, person: ActorId) -> Result<()> {
    let since = tx.now();
    let membership = Membership { group, person, role: Role::Member, state: MemberState::Pending, since };
    Ok(store::groups::set_membership(tx, &membership)?)
}

/// Makes somebody an active member, on the word of `by`; the role of a member stays.
pub(crate) fn admit(tx: &mut Tx<'_, '_>, group: ActorId, person: ActorId, by: ActorId) -> Result<()> {
    store::arrivals::remove(tx, person, group)?;
    let was = store::groups::membership(tx, group, person)?;
    waits::end(tx, was.as_ref())?;
    if was.is_none_or(|was| was.state != MemberState::Active) {
        let since = tx.now();
        let membership = Membership { group, person, role: Role::Member, state: MemberState::Active, since };
        store::groups::set_membership(tx, &membership)?;
        tx.emit(Event::RoleChanged { group, person, by, from: None, to: Some(Role::Member), cause: None });
    }
    Ok(())
}

/// A follow that needs no answer: both live here, and it follows from something else.
pub(crate) fn accept_local(tx: &mut Tx<'_, '_>, follower: ActorId, target: ActorId) -> Result<()> {
    let id: ActivityId = tx.new_id();
    let (activity_uri, created) = (tx.site().activity(id), tx.now());
    let follow = Follow { follower, target, state: FollowState::Accepted, activity_uri, created };
    keep(tx, &follow)
}

/// Follows `target` no more.
pub async fn end(app: &App, me: Me, target: ActorId) -> Result<()> {
    app.write(move |tx| {
        let target = groups::acquaintance(tx, me, target)?.id;
        cease(tx, me.0, target)
    })
    .await
}

/// Records that somebody elsewhere follows no more.
pub fn receive_end(tx: &mut Tx<'_, '_>, follower: ActorId, target: ActorId, _cause: Cause) -> Result<()> {
    cease(tx, follower, target)
}

/// Ends a follow, as its follower; or turns down what would have led to one.
pub(crate) fn cease(tx: &mut Tx<'_, '_>, follower: ActorId, target: ActorId) -> Result<()> {
    invitations::answer(tx, target, follower, false)?;
    let now = tx.now();
    let Some(follow) = store::follows::remove(tx, follower, target, now)? else { return Ok(()) };
    store::lists::remove_everywhere(tx, follower, target)?;
    // A request to join that came as a request to follow is withdrawn with it. A group elsewhere knows no other members
    // than its followers.
    let elsewhere = !store::actors::is_local(tx, target)?;
    let ends = |m: &Membership| m.state == MemberState::Pending || elsewhere && m.role == Role::Member;
    if store::groups::membership(tx, target, follower)?.is_some_and(|m| ends(&m)) {
        store::groups::remove_membership(tx, target, follower)?;
    }
    tx.emit(Event::Unfollowed { follow, by: follower });
    Ok(())
}

/// Answers a request to follow me, or a group in which I keep order.
pub async fn answer(app: &App, me: Me, target: ActorId, follower: ActorId, accept: bool) -> Result<()> {
    app.write(move |tx| {
        if target != me.0 {
            let (_, standing) = groups::named(tx, target, me.0)?;
            policy::moderate(&standing)?;
            claims::heed(tx, me.0, Item::Request { group: target, person: follower })?;
        }
        let mut follow = store::follows::get(tx, follower, target)?.ok_or(Error::NotFound)?;
        if accept {
            follow.state = FollowState::Accepted;
            keep(tx, &follow)?;
            if target != me.0 {
                admit(tx, target, follower, me.0)?;
            }
        } else {
            dismiss(tx, &follow)?;
        }
        tx.emit(Event::FollowAnswered { follow, accepted: accept });
        Ok(())
    })
    .await
}

/// Ends a follow and the request to join that may stand behind it, without a word.
fn dismiss(tx: &mut Tx<'_, '_>, follow: &Follow) -> Result<()> {
    let now = tx.now();
    store::follows::remove(tx, follow.follower, follow.target, now)?;
    let was = store::groups::membership(tx, follow.target, follow.follower)?;
    waits::end(tx, was.as_ref())?;
    if was.is_some_and(|m| m.state != MemberState::Active) {
        store::groups::remove_membership(tx, follow.target, follow.follower)?;
    }
    Ok(())
}

/// Ends a follow on the word of `by`: the membership it goes with ends, or somebody wants no such follower.
pub(crate) fn expel(tx: &mut Tx<'_, '_>, target: ActorId, person: ActorId, by: ActorId) -> Result<()> {
    let now = tx.now();
    if let Some(follow) = store::follows::remove(tx, person, target, now)? {
        tx.emit(Event::Unfollowed { follow, by });
    }
    Ok(())
}

/// Records the answer of `by`, elsewhere, to a request of somebody here. An answer nobody asked for is none.
pub fn receive_answer(
    tx: &mut Tx<'_, '_>,
    by: ActorId,
    follower: ActorId,
    accepted: bool,
    _cause: Cause,
) -> Result<()> {
    let mut follow = store::follows::get(tx, follower, by)?.ok_or(Error::NotFound)?;
    if !store::actors::by_id(tx, follower)?.is_some_and(|follower| follower.is_local()) {
        return Err(Error::NotFound);
    }
    if accepted {
        backfills::discovered(tx, by)?;
        follow.state = FollowState::Accepted;
        tx.show(Change::Follows(follower));
        keep(tx, &follow)?;
        enter(tx, by, follower)?;
    } else {
        let now = tx.now();
        store::follows::remove(tx, follower, by, now)?;
        store::groups::remove_membership(tx, by, follower)?;
    }
    Ok(())
}

/// Notes that a group elsewhere has taken somebody here in: where only members read, that decides what they may read.
fn enter(tx: &mut Tx<'_, '_>, group: ActorId, person: ActorId) -> Result<()> {
    let is_member = |m: Membership| m.state == MemberState::Active;
    if store::groups::rules(tx, group)?.is_none()
        || store::groups::membership(tx, group, person)?.is_some_and(is_member)
    {
        return Ok(());
    }
    let since = tx.now();
    let membership = Membership { group, person, role: Role::Member, state: MemberState::Active, since };
    Ok(store::groups::set_membership(tx, &membership)?)
}

/// Brings the follows of `target`, elsewhere, into agreement with its server: that does not know those of `lost`, and
/// knows those of `held`.
pub async fn agree(app: &App, target: ActorId, lost: Vec<ActorId>, held: Vec<ActorId>) -> Result<()> {
    app.write(move |tx| {
        for follower in &lost {
            // Asked for anew meanwhile, it is another follow.
            let known = store::follows::get(tx, *follower, target)?;
            if known.is_some_and(|known| known.state == FollowState::Accepted) {
                cease(tx, *follower, target)?;
            }
        }
        for follower in &held {
            match store::follows::get(tx, *follower, target)? {
                Some(known) if known.state == FollowState::Accepted => {}
                // The answer was lost.
                Some(known) => {
                    keep(tx, &Follow { state: FollowState::Accepted, ..known })?;
                    tx.show(Change::Follows(*follower));
                    enter(tx, target, *follower)?;
                }
                None => disown(tx, *follower, target),
            }
        }
        Ok(())
    })
    .await
}

/// Takes a follow back that only the other side knows of.
fn disown(tx: &mut Tx<'_, '_>, follower: ActorId, target: ActorId) {
    let id: ActivityId = tx.new_id();
    let (activity_uri, created) = (tx.site().activity(id), tx.now());
    let follow = Follow { follower, target, state: FollowState::Accepted, activity_uri, created };
    tx.emit(Event::Unfollowed { follow, by: follower });
}

/// The actor with this number, unless it is gone.
pub(crate) fn living(tx: &mut Tx<'_, '_>, id: ActorId) -> Result<Actor> {
    store::actors::by_id(tx, id)?.filter(|actor| actor.deleted.is_none()).ok_or(Error::NotFound)
}
