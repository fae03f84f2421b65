//! Seeing to what waits in the queue: one at a time, so that two do not decide the same without knowing.
use domain::{
    claim::{self, Item},
    id::ActorId,
    policy,
};

use crate::{App, Error, Me, Result, Tx, appeals, groups, statements};

/// Takes something for me, or keeps it longer; nobody takes what somebody else has.
pub async fn take(app: &App, me: Me, item: Item) -> Result<()> {
    app.write(move |tx| {
        ask(tx, me, item)?;
        let now = tx.now();
        heed(tx, me.0, item)?;
        Ok(store::claims::set(tx, item, me.0, now + claim::LASTS)?)
    })
    .await
}

/// Decides nothing that somebody else sees to.
pub(crate) fn heed(tx: &mut Tx<'_, '_>, by: ActorId, item: Item) -> Result<()> {
    let now = tx.now();
    if store::claims::held(tx, &[item], now)?.iter().any(|(_, holder)| *holder != by) {
        return Err(Error::Conflict("somebody else sees to it".into()));
    }
    Ok(())
}

/// Gives back what I have.
pub async fn release(app: &App, me: Me, item: Item) -> Result<()> {
    app.write(move |tx| Ok(store::claims::remove(tx, item, me.0)?)).await
}

/// Whether it is mine to see to; whoever may not see it does not learn that there is anything, and whoever may see an
/// appeal and not decide it keeps nobody from it.
fn ask(tx: &mut Tx<'_, '_>, me: Me, item: Item) -> Result<()> {
    let appeal = match item {
        Item::Appeal(id) => Some(store::statements::by_id(tx, id)?.ok_or(Error::NotFound)?),
        Item::Report(_) | Item::Request { .. } | Item::Held(_) => None,
    };
    let group: Option<ActorId> = match item {
        Item::Report(id) => store::reports::by_id(tx, id)?.ok_or(Error::NotFound)?.group,
        Item::Request { group, .. } => Some(group),
        Item::Appeal(_) => None,
        Item::Held(id) => Some(store::held::of(tx, id)?.ok_or(Error::NotFound)?.group),
    };
    let standing = match (&appeal, group) {
        (Some(appeal), _) => statements::regard(tx, appeal, me.0)?,
        (None, Some(group)) => groups::regard(tx, group, me.0)?.1,
        (None, None) => groups::regard_at_large(tx, me.0)?,
    };
    policy::moderate(&standing).map_err(|_hidden| Error::NotFound)?;
    match appeal {
        Some(appeal) => {
            let others = appeals::has_others(tx, &appeal)?;
            Ok(policy::review(&standing, me.0, &appeal, others)?)
        }
        None => Ok(()),
    }
}
