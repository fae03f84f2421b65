//! Invitations to groups, and what becomes of them; here and across servers.
use domain::{
    claim::Item,
    group::{MemberState, Membership, Role},
    id::ActorId,
    peer::INVITES,
    policy,
};

use crate::{App, Cause, Error, Event, Me, Result, Tx, claims, follows, groups, messages};

/// Invites somebody to a group in which I keep order: their next request to join or follow is granted.
pub async fn invite(app: &App, me: Me, group: ActorId, person: ActorId) -> Result<()> {
    app.write(move |tx| make(tx, me.0, group, person)).await
}

fn make(tx: &mut Tx<'_, '_>, by: ActorId, group: ActorId, person: ActorId) -> Result<()> {
    let (_, mine) = groups::named(tx, group, by)?;
    policy::moderate(&mine)?;
    if !groups::is_local(tx, group)? {
        // Its own server decides, and tells them.
        if !hears_by_itself(tx, group)? {
            return Err(Error::Invalid("the server of that group knows no invitations".into()));
        }
        tx.emit(Event::Invited { group, person, by });
        return Ok(());
    }
    let (_, theirs) = groups::regard(tx, group, person)?;
    if theirs.waiting == Some(MemberState::Pending) {
        claims::heed(tx, by, Item::Request { group, person })?;
        return follows::admit(tx, group, person, by);
    }
    if theirs.is_member() || theirs.waiting == Some(MemberState::Invited) {
        return Ok(());
    }
    let since = tx.now();
    let membership = Membership { group, person, role: Role::Member, state: MemberState::Invited, since };
    store::groups::set_membership(tx, &membership)?;
    if !hears_by_itself(tx, person)? {
        let text = messages::invitation(tx, group, person)?;
        messages::tell(tx, group, person, &text)?;
    }
    tx.emit(Event::Invited { group, person, by });
    Ok(())
}

/// Whether the server of a person or a group elsewhere knows invitations without a message.
fn hears_by_itself(tx: &mut Tx<'_, '_>, who: ActorId) -> Result<bool> {
    let Some(peer) = follows::living(tx, who)?.peer else { return Ok(false) };
    Ok(store::peers::by_id(tx, peer)?.is_some_and(|peer| INVITES.contains(&peer.software.as_str())))
}

/// Records that somebody elsewhere invites a person: to a group here, in which they keep order, or somebody here to one
/// elsewhere, which tells them in a message.
pub fn receive(
    tx: &mut Tx<'_, '_>,
    by: ActorId,
    group: ActorId,
    person: ActorId,
    activity: &str,
    cause: Cause,
) -> Result<()> {
    if groups::is_local(tx, group)? {
        return make(tx, by, group, person);
    }
    let (_, mine) = groups::regard(tx, group, by)?;
    policy::moderate(&mine)?;
    let (_, theirs) = groups::regard(tx, group, person)?;
    if theirs.is_member() || !follows::living(tx, person)?.is_local() {
        return Ok(());
    }
    let now = tx.now();
    store::groups::set_invited(tx, group, person, activity, now)?;
    let text = messages::invitation(tx, group, person)?;
    messages::receive(tx, group, person, (activity, &text), cause)
}

/// Turns down the invitation of a group, here or elsewhere; whether there was one. Who follows the group goes on to.
pub async fn decline(app: &App, me: Me, group: ActorId) -> Result<bool> {
    app.write(move |tx| {
        let (_, mine) = groups::named(tx, group, me.0)?;
        policy::leave(&mine)?;
        let invited = mine.waiting == Some(MemberState::Invited);
        if invited && !answer(tx, group, me.0, false)? {
            store::groups::remove_membership(tx, group, me.0)?;
        }
        Ok(invited)
    })
    .await
}

/// Answers the invitation of a group elsewhere; whether there was one.
pub(crate) fn answer(tx: &mut Tx<'_, '_>, group: ActorId, person: ActorId, accepted: bool) -> Result<bool> {
    let invitation = store::groups::take_invitation(tx, group, person)?;
    let invited = invitation.is_some();
    if let Some(activity) = invitation {
        tx.emit(Event::InvitationAnswered { group, person, activity, accepted });
    }
    Ok(invited)
}

/// Records the answer of somebody elsewhere to the invitation of a group here. One that was not invited answers nothing.
pub fn receive_answer(tx: &mut Tx<'_, '_>, person: ActorId, group: ActorId, accepted: bool) -> Result<()> {
    let (rules, theirs) = groups::regard(tx, group, person)?;
    if theirs.waiting != Some(MemberState::Invited) || !groups::is_local(tx, group)? {
        return Err(Error::NotFound);
    }
    if accepted {
        policy::join(&rules, &theirs)?;
        return follows::admit(tx, group, person, person);
    }
    policy::leave(&theirs)?;
    store::groups::remove_membership(tx, group, person)?;
    Ok(())
}
