//! The hosts that groups have beside the server's own: opened with the first group there, known to every process.
use std::time::Duration;

use domain::{host::Host, time::span};

use crate::{App, Error, Result, Tx, instance, keys, tasks};

/// How often the hosts are read again: other processes open some, too.
const LOOK: Duration = span::seconds(1);

/// Serves the hosts that are written down.
pub async fn load(app: &App) -> Result<()> {
    let hosts = app.read(store::hosts::all).await?;
    app.site().serve_also(hosts);
    Ok(())
}

/// Reads the hosts now and then, until the program stops.
pub async fn keep_up(app: App) {
    tasks::now_and_then(app, LOOK, "cannot read which hosts are served", |app| {
        Box::pin(async move { load(&app).await })
    })
    .await;
}

/// Where a new group will live: on the server's own host, or on one that may have to be opened.
#[derive(Clone)]
pub(crate) struct Home(Option<(Host, keys::Pair)>);

/// Checks that a group may live on `host`, and makes the keys of the server's actor there.
pub(crate) async fn prepare(app: &App, host: Option<Host>) -> Result<Home> {
    let Some(host) = host.filter(|host| host != app.site().host()) else { return Ok(Home(None)) };
    let site = app.site();
    if !site.is_development() && host.port() != site.host().port() {
        return Err(Error::Invalid(format!("host: `{host}` names another port than this server has")));
    }
    Ok(Home(Some((host, keys::generate(app).await?))))
}

/// The host, open from now on.
pub(crate) fn open(tx: &mut Tx<'_, '_>, home: &Home) -> Result<Host> {
    let Some((host, keys)) = &home.0 else { return Ok(tx.site().host().clone()) };
    // What others know as somebody else's must not become ours.
    if store::hosts::is_of_others(tx, host)? {
        return Err(Error::Conflict(format!("`{host}` is another server, as far as is known here")));
    }
    let since = tx.now();
    store::hosts::add(tx, host, since)?;
    instance::create(tx, host, keys)?;
    Ok(host.clone())
}
