//! The nameplate of the server: what it is called and its two pictures, those of its own actor; at hand for every page.
use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use domain::{
    actor::Actor,
    text::plain,
    time::span,
    urls::{Site, media::Portrait},
};
use store::Conn;

use crate::{App, Error, Event, House, Me, Part, Result, Tx, profiles, rules, tasks};

/// How often it is read again: other processes change it, too.
const LOOK: Duration = span::seconds(5);

/// What people read above the door.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Nameplate {
    /// What the server is called: its host as people read it, until somebody gives it a name.
    pub name: String,
    /// Whether somebody gave it one.
    pub is_named: bool,
    /// Where its picture is, and the wide one.
    pub icon: Option<String>,
    /// See `icon`.
    pub image: Option<String>,
}

impl Nameplate {
    fn of(site: &Site, own: Option<&Actor>) -> Self {
        let name = own.map(|actor| actor.title.clone()).filter(|title| title != site.host().as_str());
        let picture = |portrait| own.and_then(|actor| site.portrait(actor, portrait));
        Self {
            is_named: name.is_some(),
            name: name.unwrap_or_else(|| site.host().display()),
            icon: picture(Portrait::Icon),
            image: picture(Portrait::Image),
        }
    }
}

/// The nameplate as it was read last.
#[derive(Debug, Default)]
pub struct Hung(RwLock<Option<Arc<Nameplate>>>);

impl Hung {
    /// The nameplate as it is now.
    pub fn seen(&self, site: &Site) -> Arc<Nameplate> {
        let hung = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        hung.unwrap_or_else(|| Arc::new(Nameplate::of(site, None)))
    }

    fn replace(&self, plate: Nameplate) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(plate));
    }
}

/// The actor whose name and pictures these are.
pub fn actor(conn: &mut Conn, site: &Site) -> store::Result<Option<Actor>> {
    store::actors::by_uri(conn, &site.instance(site.host()))
}

/// The nameplate as it is written down.
pub fn read(conn: &mut Conn, site: &Site) -> store::Result<Nameplate> {
    Ok(Nameplate::of(site, actor(conn, site)?.as_ref()))
}

/// Reads it again.
pub async fn load(app: &App) -> Result<()> {
    let site = app.site().clone();
    app.nameplate().replace(app.read(move |c| read(c, &site)).await?);
    Ok(())
}

/// Reads it again now and then, until the program stops.
pub async fn keep_up(app: App) {
    tasks::now_and_then(app, LOOK, "cannot read what the server is called", |app| {
        Box::pin(async move { load(&app).await })
    })
    .await;
}

/// Gives the server a name, or, with an empty one, none but its host.
pub async fn rename(app: &App, me: Me, name: &str) -> Result<()> {
    let name = plain::name(name);
    if name.chars().count() > profiles::NAME {
        return Err(Error::Invalid(format!("a name has at most {} characters", profiles::NAME)));
    }
    app.write(move |tx| {
        rules::may_administer(tx, me)?;
        let site = tx.site().clone();
        let mut own = actor(tx, &site)?.ok_or(Error::NotFound)?;
        own.title = if name.is_empty() { site.host().to_string() } else { name.clone() };
        own.updated = tx.now();
        store::actors::upsert(tx, &own)?;
        changed(tx, me, name.clone());
        tx.emit(Event::ProfileChanged { actor: Arc::new(own), by: me.0 });
        Ok(())
    })
    .await?;
    load(app).await
}

/// Says to other admins that it is another one.
pub(crate) fn changed(tx: &mut Tx<'_, '_>, me: Me, about: String) {
    tx.emit(Event::House(House::Changed { by: me.0, what: Part::Nameplate, about }));
}
