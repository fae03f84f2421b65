//! `tertulia serve`: the doors open, the workers run, and all of it stops cleanly.
use std::{
    fs::File,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use actix_web::{App as Actix, HttpServer, dev::ServerHandle, web};
use app::App;
use federation::limits::Rates;
use mastodon::{limits::Rate, streaming::Hub};
use store::{Location, Presence};

use crate::{
    cli::Failure,
    compose::{self, Composed, Overrides, compose},
    edge, media,
    ops::{self, Ops},
    settings::Settings,
};

/// How long requests that are under way may take to end when the server stops.
const GRACE: u64 = 25;

/// How long what was sent may wait for whoever it is for.
const STUCK: Duration = Duration::from_mins(1);

/// A running server.
pub struct Server {
    app: App,
    address: SocketAddr,
    handle: ServerHandle,
    /// Held as long as the server runs: the embedded database has one owner.
    _lock: Option<File>,
    /// Held as long as the server runs: what it has in hand is its own.
    _presence: Presence,
}

impl Server {
    /// Starts a server: migrates the database, binds the address, starts the workers.
    pub async fn start(settings: Settings, overrides: Overrides) -> Result<Self, Failure> {
        let lock = lock(&settings)?;
        let Composed { app, client } = compose(&settings, overrides).await?;
        let presence = app.appear().await.map_err(|e| compose::failure(&e))?;
        let listener = TcpListener::bind(settings.listen)
            .map_err(|e| Failure::Other(format!("listen: cannot bind {}: {e}", settings.listen)))?;
        let address = listener.local_addr().map_err(|e| Failure::Other(format!("listen: {e}")))?;
        let rates = Rates { inbox: settings.inbox_limit, reads: settings.read_limit };
        let handle = open_doors(&app, listener, Ops::new(&settings), (rates, Rate(settings.client_limit)))?;
        app.listen().map_err(|e| compose::failure(&e))?;
        start_workers(&app, client);
        if !app.is_alone() {
            app.tasks().spawn(app.clone().watch(presence.clone()));
        }
        tracing::info!(%address, url = %settings.url, "ready");
        invite(&app).await.map_err(|e| compose::failure(&e))?;
        Ok(Self { app, address, handle, _lock: lock, _presence: presence })
    }

    /// The action layer behind the doors.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The address that is really bound.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops: closes streams, takes no more requests, ends those under way, and lets the workers finish what they hold.
    pub async fn stop(self) {
        self.app.tasks().close();
        self.handle.stop(true).await;
        self.app.tasks().finish().await;
    }

    /// Runs until the program is told to stop. A second signal ends it at once: nothing acknowledged is lost by that.
    pub(crate) async fn until_signal(self) -> Result<(), Failure> {
        let unusable = |e| Failure::Other(format!("signals: {e}"));
        let mut terminate =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).map_err(unusable)?;
        let mut interrupt =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt()).map_err(unusable)?;
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        tracing::info!("stopping");
        tokio::select! {
            () = self.stop() => {}
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        Ok(())
    }
}

/// Tells whoever reads the log how to set the server up, until somebody has a login. The code in it is worth nothing then.
async fn invite(app: &App) -> app::Result<()> {
    if app::setup::is_needed(app).await? {
        let open = app.site().page(&format!("/?code={}", app::setup::code(app)?));
        // Whatever is logged otherwise: there is no other way in.
        tracing::warn!("nobody has a login here yet: open this page to begin (abre esta página para empezar): {open}");
    }
    Ok(())
}

/// The embedded database belongs to one serving process; commands may share it.
fn lock(settings: &Settings) -> Result<Option<File>, Failure> {
    let Location::Sqlite(path) = compose::location(settings) else { return Ok(None) };
    let path = path.with_extension("lock");
    let unusable = |e: &dyn std::fmt::Display| Failure::Other(format!("{}: {e}", path.display()));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|e| unusable(&e))?;
    }
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(|e| unusable(&e))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => {
            Err(Failure::Other("database: another `tertulia serve` runs on this file".into()))
        }
        Err(std::fs::TryLockError::Error(error)) => Err(unusable(&error)),
    }
}

/// Connections whose other side takes nothing of what waits for it end by themselves: streams and downloads that nobody
/// reads any more would be kept for ever. What is accepted inherits it.
#[cfg(target_os = "linux")]
fn give_up_in_time(listener: &TcpListener, after: Duration) -> std::io::Result<()> {
    let millis = u32::try_from(after.as_millis()).unwrap_or(u32::MAX);
    Ok(rustix::net::sockopt::set_tcp_user_timeout(listener, millis)?)
}

#[cfg(not(target_os = "linux"))]
fn give_up_in_time(_: &TcpListener, _: Duration) -> std::io::Result<()> {
    Ok(())
}

fn open_doors(
    app: &App,
    listener: TcpListener,
    ops: Ops,
    (rates, rate): (Rates, Rate),
) -> Result<ServerHandle, Failure> {
    give_up_in_time(&listener, STUCK).map_err(|e| Failure::Other(format!("listen: {e}")))?;
    let tasks = app.tasks().clone();
    let (federation, pages) = (federation::routes::configure(app, rates), ::web::configure(app));
    let hub = web::Data::new(Hub::open(app));
    let (app, ops, rate) = (web::Data::new(app.clone()), web::Data::new(ops), web::Data::new(rate));
    let server = HttpServer::new(move || {
        Actix::new()
            .wrap(actix_web::middleware::from_fn(edge::guard))
            .app_data(app.clone())
            .app_data(ops.clone())
            .app_data(rate.clone())
            .app_data(hub.clone())
            .configure(ops::configure)
            .configure(media::configure)
            .configure(federation.clone())
            .configure(mastodon::configure)
            .configure(pages.clone())
    })
    .workers(std::thread::available_parallelism().map_or(2, usize::from))
    .keep_alive(Duration::from_secs(75))
    .client_request_timeout(Duration::from_secs(5))
    .client_disconnect_timeout(Duration::from_secs(5))
    .shutdown_timeout(GRACE)
    .disable_signals()
    .listen(listener)
    .map_err(|e| Failure::Other(format!("listen: {e}")))?
    .run();
    let handle = server.handle();
    tasks.spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(%error, "the server ended");
        }
    });
    Ok(handle)
}

fn start_workers(app: &App, client: federation::client::Client) {
    let tasks = app.tasks();
    let mut handlers = app::jobs::handlers();
    handlers.extend(federation::backfill::handlers());
    handlers.extend(federation::resolver::handlers());
    handlers.extend(federation::delivery::handlers());
    handlers.extend(federation::synchronization::handlers());
    tasks.keep(app::jobs::run(app.clone(), handlers));
    tasks.keep(app::retention::run(app.clone()));
    tasks.keep(app::pulses::run(app.clone()));
    tasks.keep(app::lexicon::run(app.clone()));
    tasks.keep(app::hosts::keep_up(app.clone()));
    tasks.keep(app::nameplate::keep_up(app.clone()));
    tasks.keep(app::sentences::keep_up(app.clone()));
    tasks.keep(app::registration::keep_up(app.clone()));
    tasks.keep(app::rules::keep_up(app.clone()));
    tasks.keep(federation::receive::run(app.clone()));
    tasks.keep(federation::delivery::run(app.clone(), client));
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::{
        io::{ErrorKind, Write},
        net::TcpStream,
    };

    use super::*;

    #[test]
    fn whoever_takes_nothing_is_given_up() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        give_up_in_time(&listener, Duration::from_secs(1)).unwrap();
        let _stuck = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut told, _) = listener.accept().unwrap();
        // It would wait for ever: nothing is read, and nothing says that the other side is gone.
        let outcome = (0..).try_for_each(|_| told.write_all(&[b'x'; 8_192]));
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::TimedOut);
    }
}
