//! Puts the layers together: database, action layer, and the door to other servers.
use std::{
    fs,
    io::{ErrorKind, Write},
    path::Path,
    sync::Arc,
};

use app::{App, Clock, Parts, Tasks, media::Files, rules::Rules, seal::Seal};
use domain::urls::Site;
use federation::{client, outbox::FederationOutbox, resolver::FederationResolver};
use store::{Db, Location};

use crate::{
    cli::Failure,
    ldap,
    mail::Courier,
    media::place,
    push::Runner,
    settings::{DatabaseUrl, Settings},
};

/// The name of the file that holds the key to the secrets in the database.
const KEY_FILE: &str = "secret.key";

/// What tests replace: the network's names and the clock.
#[derive(Clone, Default)]
pub struct Overrides {
    /// Finds the addresses of host names; the system's resolver if there is none.
    pub lookup: Option<Arc<dyn client::Lookup>>,
    /// The clock.
    pub clock: Clock,
}

/// The layers, put together.
pub(crate) struct Composed {
    pub(crate) app: App,
    pub(crate) client: client::Client,
}

/// Where the settings say the data is.
pub(crate) fn location(settings: &Settings) -> Location {
    match &settings.database {
        DatabaseUrl::Sqlite(path) => Location::Sqlite(path.clone()),
        DatabaseUrl::Postgres(url) => Location::Postgres(url.clone()),
    }
}

/// Opens the database, migrating it if needed, and builds the action layer on it.
pub(crate) async fn compose(settings: &Settings, overrides: Overrides) -> Result<Composed, Failure> {
    let site = Site::new(&settings.url).ok_or_else(|| Failure::Usage("url: this is no http(s) URL".into()))?;
    let site = match &settings.media_url {
        Some(url) => site.with_media(url),
        None => site,
    };
    let files = place::open(&settings.media).map_err(|e| Failure::Other(format!("media: {e}")))?;
    let key = secret_key(&settings.data)?;
    let location = location(settings);
    if let Location::Sqlite(path) = &location
        && let Some(folder) = path.parent()
    {
        fs::create_dir_all(folder).map_err(|e| Failure::Other(format!("{}: {e}", folder.display())))?;
    }
    let db = Db::open(&location, readers(&location)).map_err(|e| Failure::Other(format!("database: {e}")))?;
    let rules = Rules::default();
    let client = client::Client::new(client::Config {
        allow_private: settings.allow_private_networks.clone(),
        development: site.is_development(),
        user_agent: format!("tertulia/{} (+{})", env!("CARGO_PKG_VERSION"), site.page("/")),
        lookup: overrides.lookup,
        clock: overrides.clock.clone(),
        rules: rules.clone(),
    })
    .map_err(|e| Failure::Other(format!("outgoing requests: {e}")))?;
    let resolver = FederationResolver::new(client.clone());
    let mailer = Courier::new(settings).map_err(Failure::Usage)?;
    let pusher = Runner::new(client.clone(), site.clone(), overrides.clock.clone());
    let app = App::new(Parts {
        db,
        config: app::Config {
            site,
            registration: settings.registration,
            languages: settings.languages.clone(),
            mail_hosts: settings.registration_domains.clone(),
            provider: settings.provider.clone(),
            federation: settings.federation,
            secure: settings.secure_mode,
            premises: app::Premises {
                data: Some(settings.data.clone()),
                settings: settings.shown(),
                boundless: settings.client_limit == 0,
                source: settings.source_url.clone(),
            },
        },
        clock: overrides.clock,
        seal: Seal::new(key),
        rules,
        files: Files::new(files, settings.media_limits()),
        outbox: Box::new(FederationOutbox),
        resolver: Box::new(resolver.clone()),
        witness: Some(Box::new(mastodon::witness::ApiWitness)),
        clerk: Some(Box::new(ldap::Asker)),
        mailer: mailer.map(|mailer| Box::new(mailer) as Box<dyn app::Mailer>),
        pusher: Some(Box::new(pusher)),
        tasks: Tasks::default(),
    });
    app::instance::ensure(&app).await.map_err(|e| match e {
        app::Error::Invalid(what) => Failure::Usage(what),
        other => failure(&other),
    })?;
    // Before anything is asked of others or by them.
    app::hosts::load(&app).await.map_err(|e| failure(&e))?;
    app::nameplate::load(&app).await.map_err(|e| failure(&e))?;
    app::sentences::load(&app).await.map_err(|e| failure(&e))?;
    app::registration::load(&app).await.map_err(|e| failure(&e))?;
    app::rules::load(&app).await.map_err(|e| failure(&e))?;
    resolver.recall(&app).await.map_err(|e| failure(&e))?;
    Ok(Composed { app, client })
}

/// How many threads read: on SQLite the processors, on PostgreSQL enough to hide its round trips.
fn readers(location: &Location) -> usize {
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    match location {
        Location::Sqlite(_) => processors.clamp(2, 8),
        Location::Postgres(_) => (processors * 4).clamp(4, 16),
    }
}

/// The key to the secrets in the database: made once, never again.
fn secret_key(data: &Path) -> Result<[u8; 32], Failure> {
    let path = data.join(KEY_FILE);
    let unusable = |reason: &dyn std::fmt::Display| Failure::Other(format!("{}: {reason}", path.display()));
    fs::create_dir_all(data).map_err(|e| Failure::Other(format!("{}: {e}", data.display())))?;
    match fs::read(&path) {
        Ok(bytes) => return bytes.try_into().map_err(|_bytes| unusable(&"a key file has 32 bytes")),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(unusable(&error)),
    }
    let key = app::random::bytes::<32>().map_err(|e| unusable(&e))?;
    match private_file(&path).and_then(|mut file| file.write_all(&key).and_then(|()| file.sync_all())) {
        Ok(()) => Ok(key),
        // Another process was first.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => secret_key(data),
        Err(error) => Err(unusable(&error)),
    }
}

/// A new file that only its owner may read.
fn private_file(path: &Path) -> std::io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// An error of the action layer as the program's own: the safe face, and the cause behind it.
pub(crate) fn failure(error: &app::Error) -> Failure {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    Failure::Other(format!("{error}{cause}"))
}
