//! Follows that people here lose at once, and hear of.
use std::{collections::HashMap, sync::Arc};

use domain::{
    id::ActorId,
    severance::{Cut, Severance},
};
use store::severances::Ties;

use crate::{Event, Result, Tx};

/// Records what each of these people loses; `target` is the host or the handle that it is about.
pub(crate) fn record(tx: &mut Tx<'_, '_>, cause: Cut, target: &str, ties: HashMap<ActorId, Ties>) -> Result<()> {
    for (person, Ties { followers, following }) in ties {
        let (id, created, target) = (tx.new_id(), tx.now(), target.to_owned());
        let lost = Severance { id, person, cause, target, followers, following, created };
        store::severances::insert(tx, &lost)?;
        tx.emit(Event::TiesLost(Arc::new(lost)));
    }
    Ok(())
}
