//! Who may make a login here: what the operator set, until an admin chooses something else; at hand for every page.
use std::{
    sync::{PoisonError, RwLock},
    time::Duration,
};

use domain::{registration::Registration, time::span};

use crate::{App, Event, House, Me, Part, Result, identities, rules, tasks};

/// How often the choice is read again: other processes change it, too.
const LOOK: Duration = span::seconds(5);

/// Under which word the server remembers the choice.
const KEPT: &str = "registration";

/// What admins chose, as it was read last.
#[derive(Debug, Default)]
pub(crate) struct Choice(RwLock<Option<Registration>>);

/// Who may make a login here now. Where all come by the provider of an organization, nobody does otherwise.
pub fn now(app: &App) -> Registration {
    if identities::is_only_way(app) {
        return Registration::Closed;
    }
    let chosen = *app.registration().0.read().unwrap_or_else(PoisonError::into_inner);
    chosen.unwrap_or(app.config().registration)
}

/// Reads the choice again.
pub async fn load(app: &App) -> Result<()> {
    let word = app.read(|c| store::settings::get(c, KEPT)).await?;
    let chosen = word.and_then(|word| word.parse().ok());
    *app.registration().0.write().unwrap_or_else(PoisonError::into_inner) = chosen;
    Ok(())
}

/// Reads it again now and then, until the program stops.
pub async fn keep_up(app: App) {
    tasks::now_and_then(app, LOOK, "cannot read who may sign up", |app| Box::pin(async move { load(&app).await }))
        .await;
}

/// Says who may make a login here from now on, whatever the operator set.
pub async fn choose(app: &App, me: Me, chosen: Registration) -> Result<()> {
    app.write(move |tx| {
        rules::may_administer(tx, me)?;
        store::settings::set(tx, KEPT, chosen.as_str())?;
        tx.emit(Event::House(House::Changed { by: me.0, what: Part::Registration, about: chosen.to_string() }));
        Ok(())
    })
    .await?;
    load(app).await
}
