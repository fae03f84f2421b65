//! What of others one wants to be told, and what becomes of what was held back.
use std::time::Duration;

use domain::{
    id::{ActorId, NotificationId},
    notice::{Handling, Teller, Wishes},
    post::{Audience, Post},
    time::span,
};

use crate::{App, Change, Me, Result, Tx, groups, notes};

/// How long an account is young.
const YOUNG: Duration = span::days(30);

/// Says what I want to be told.
pub async fn set_wishes(app: &App, me: Me, wishes: Wishes) -> Result<()> {
    app.write(move |tx| Ok(store::notices::set_wishes(tx, me.0, wishes)?)).await
}

/// Wants to hear of these, and of what of them was held back.
pub async fn accept(app: &App, me: Me, from: Vec<ActorId>) -> Result<()> {
    app.write(move |tx| {
        for from in &from {
            let from = groups::acquaintance(tx, me, *from)?.id;
            store::notices::permit(tx, me.0, from)?;
        }
        tx.show(Change::Merged(me.0));
        Ok(())
    })
    .await
}

/// Does not want to know what of these was held back.
pub async fn dismiss(app: &App, me: Me, from: Vec<ActorId>) -> Result<()> {
    app.write(move |tx| {
        for from in &from {
            store::notices::dismiss(tx, me.0, *from)?;
        }
        Ok(())
    })
    .await
}

/// Forgets some of what I was told; all of it, if nothing is named.
pub async fn forget(app: &App, me: Me, which: Option<Vec<NotificationId>>) -> Result<()> {
    app.write(move |tx| Ok(store::notifications::remove(tx, me.0, which.as_deref())?)).await
}

/// What becomes of a notice for `person` of what `by` did, with a post if it is about one.
pub(crate) fn weigh(
    tx: &mut Tx<'_, '_>,
    person: ActorId,
    by: ActorId,
    limited: bool,
    post: Option<&Post>,
) -> Result<Handling> {
    let wishes = store::notices::wishes(tx, person)?;
    if wishes.is_none() && !limited {
        return Ok(Handling::Accept);
    }
    let young = store::actors::by_id(tx, by)?.is_some_and(|actor| actor.created > tx.now() - YOUNG);
    let teller = Teller {
        followed: notes::is_following(tx, person, by)?,
        follower: notes::is_following(tx, by, person)?,
        young,
        private: post
            .is_some_and(|post| post.author == by && post.audience == Audience::Direct && post.parent.is_none()),
        limited,
        permitted: store::notices::is_permitted(tx, person, by)?,
    };
    Ok(wishes.unwrap_or_default().weigh(teller))
}
