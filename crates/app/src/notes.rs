//! What a person keeps about others for themselves: notes, recommendations, and whom not to recommend to them.
use domain::{id::ActorId, policy, post::FollowState, text::plain};
use store::Conn;

use crate::{App, Error, Me, Result, groups};

/// The longest note, in characters.
pub const COMMENT: usize = 2_000;

/// Writes down something about somebody; an empty text forgets it.
pub async fn write(app: &App, me: Me, target: ActorId, comment: String) -> Result<()> {
    if comment.chars().count() > COMMENT {
        return Err(Error::Invalid(format!("a note has at most {COMMENT} characters")));
    }
    let comment = plain::clean(&comment, COMMENT);
    app.write(move |tx| {
        let target = groups::acquaintance(tx, me, target)?.id;
        Ok(store::notes::set(tx, me.0, target, &comment)?)
    })
    .await
}

/// Recommends somebody whom one follows, or does not any more.
pub async fn endorse(app: &App, me: Me, target: ActorId, on: bool) -> Result<()> {
    app.write(move |tx| {
        let target = groups::acquaintance(tx, me, target)?.id;
        if on {
            policy::gather(is_following(tx, me.0, target)?)?;
        }
        let now = tx.now();
        Ok(store::notes::endorse(tx, me.0, target, on, now)?)
    })
    .await
}

pub(crate) fn is_following(c: &mut Conn, follower: ActorId, target: ActorId) -> store::Result<bool> {
    let follow = store::follows::get(c, follower, target)?;
    Ok(follow.is_some_and(|follow| follow.state == FollowState::Accepted))
}

/// Does not want somebody to be recommended.
pub async fn unsuggest(app: &App, me: Me, target: ActorId) -> Result<()> {
    app.write(move |tx| {
        let target = groups::acquaintance(tx, me, target)?.id;
        Ok(store::notes::unsuggest(tx, me.0, target)?)
    })
    .await
}
