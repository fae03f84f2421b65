//! Secret addresses under which a member reads the feed of a private community, until they take the address back or are
//! no member any more.
use domain::{
    id::{ActorId, FeedKeyId},
    policy,
};

use crate::{App, Error, Me, Result, groups, seal};

/// The secret of my address for a group, if I have one.
pub async fn of(app: &App, me: Me, group: ActorId) -> Result<Option<String>> {
    let id = app.read(move |c| store::feed_keys::of(c, me.0, group)).await?;
    id.map(|id| secret(app, id)).transpose()
}

/// Gives me an address for the feed of a group that I read, in place of the one I had.
pub async fn renew(app: &App, me: Me, group: ActorId) -> Result<()> {
    app.write(move |tx| {
        let (rules, standing) = groups::named(tx, group, me.0)?;
        policy::read(&rules, &standing)?;
        if !groups::is_local(tx, group)? {
            return Err(Error::NotFound);
        }
        let id = tx.new_id();
        Ok(store::feed_keys::set(tx, id, me.0, group)?)
    })
    .await
}

/// Takes my address for a group back.
pub async fn revoke(app: &App, me: Me, group: ActorId) -> Result<()> {
    app.write(move |tx| Ok(store::feed_keys::remove(tx, me.0, group)?)).await
}

/// Who reads the feed of a group by an address with this secret.
pub async fn reader(app: &App, group: ActorId, entered: &str) -> Result<ActorId> {
    let id = entered.split_once('-').and_then(|(id, _)| id.parse().ok().map(FeedKeyId)).ok_or(Error::NotFound)?;
    let right = secret(app, id)?;
    if !seal::is_same(&right, entered) {
        return Err(Error::NotFound);
    }
    let found = app.read(move |c| store::feed_keys::by_id(c, id)).await?;
    found.filter(|(_, of)| *of == group).map(|(person, _)| person).ok_or(Error::NotFound)
}

fn secret(app: &App, id: FeedKeyId) -> Result<String> {
    Ok(format!("{id}-{}", app.seal().token(&format!("feed {id}"))?))
}
