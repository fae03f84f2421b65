//! The server's own actor, and what the database remembers of the server it belongs to.
use domain::{
    actor::{Actor, ActorKind},
    host::Host,
    id::ActorId,
    urls::Site,
};
use store::Conn;

use crate::{App, Error, Result, Tx, groups, keys, push};

/// Under which keys the database remembers them.
const HOST: &str = "host";
const SENTINEL: &str = "sentinel";

/// The name of the service in whose name reports go to forums, which take none from a server's own actor.
const REPORTER: &str = "abuse";

/// What the sentinel says when it is opened with the right key.
const SAYS: &[u8] = b"tertulia";

/// Makes sure that this is the database, and the key file, of this server, and that its own actor exists.
/// Handles and ids hold the host for ever: a database that was made for another one is refused.
pub async fn ensure(app: &App) -> Result<ActorId> {
    let host = app.site().host().to_string();
    let sealed = hex::encode(app.seal().close(SENTINEL, SAYS)?);
    let (kept_host, kept_seal) = app
        .write({
            let host = host.clone();
            move |tx| Ok((store::settings::keep(tx, HOST, &host)?, store::settings::keep(tx, SENTINEL, &sealed)?))
        })
        .await?;
    if kept_host != host {
        return Err(Error::Invalid(format!(
            "url: this database belongs to `{kept_host}`, not to `{host}`; handles cannot move to another host"
        )));
    }
    let sealed = hex::decode(kept_seal).map_err(Error::internal)?;
    if app.seal().open(SENTINEL, &sealed).ok().as_deref() != Some(SAYS) {
        return Err(Error::Invalid(
            "data: the key file is not the one this database was made with; put the right `secret.key` back".into(),
        ));
    }
    push::ensure(app).await?;
    let (uri, service) = (app.site().instance(app.site().host()), reporter(app.site()));
    let known = app.read(move |c| Ok((store::actors::by_uri(c, &uri)?, store::actors::by_uri(c, &service)?))).await?;
    if let (Some(actor), Some(_)) = known {
        return Ok(actor.id);
    }
    let (own, services) = (keys::generate(app).await?, keys::generate(app).await?);
    app.write(move |tx| {
        create_reporter(tx, &services)?;
        let host = tx.site().host().clone();
        create(tx, &host, &own)
    })
    .await
}

/// Who speaks for this whole server to single people: the service that reports come from, too.
pub(crate) fn voice(conn: &mut Conn, site: &Site) -> store::Result<ActorId> {
    let missing = || store::Error::Corrupt("a server without its service for reports".to_owned());
    Ok(store::actors::by_uri(conn, &reporter(site))?.ok_or_else(missing)?.id)
}

/// The id of the service in whose name reports go to forums: they do not say who reports.
pub fn reporter(site: &Site) -> String {
    site.actor(site.host(), REPORTER)
}

fn create_reporter(tx: &mut Tx<'_, '_>, pair: &keys::Pair) -> Result<()> {
    let uri = reporter(tx.site());
    if store::actors::by_uri(tx, &uri)?.is_some() {
        return Ok(());
    }
    let host = tx.site().host().clone();
    let service = groups::new_local(tx, ActorKind::Service, &host, (REPORTER, "Reports"))?;
    let service = Actor { approves_followers: true, discoverable: false, indexable: false, ..service };
    store::actors::insert(tx, &service)?;
    keys::keep(tx, &service, pair)
}

/// The server's own actor on one of its hosts, made if there is none.
pub(crate) fn create(tx: &mut Tx<'_, '_>, host: &Host, pair: &keys::Pair) -> Result<ActorId> {
    let uri = tx.site().instance(host);
    if let Some(actor) = store::actors::by_uri(tx, &uri)? {
        return Ok(actor.id);
    }
    let inbox = tx.site().inbox(host);
    let actor = Actor {
        id: tx.new_id(),
        url: tx.site().page_on(host, "/"),
        inbox: inbox.clone(),
        shared_inbox: Some(inbox),
        approves_followers: true,
        discoverable: false,
        indexable: false,
        ..Actor::new(ActorKind::Application, uri, (host.as_str(), host.as_str()), tx.now())
    };
    store::actors::insert(tx, &actor)?;
    keys::keep(tx, &actor, pair)?;
    Ok(actor.id)
}
