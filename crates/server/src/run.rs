//! From the command line to the command.
use std::ffi::OsString;

use crate::{
    bench, check,
    cli::{Cli, Command, Failure},
    commands, logging,
    serve::Server,
    settings::Settings,
};

/// Does what the command line says.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<(), Failure> {
    let Some(cli) = Cli::read(arguments)? else { return Ok(()) };
    let settings = Settings::load(cli.config.as_deref())?;
    logging::init(&settings).map_err(|e| Failure::Other(format!("log: {e}")))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::Other(format!("cannot start: {e}")))?;
    let outcome = runtime.block_on(dispatch(cli.command, settings));
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    outcome
}

async fn dispatch(command: Command, settings: Settings) -> Result<(), Failure> {
    match command {
        Command::Serve => Server::start(settings, crate::Overrides::default()).await?.until_signal().await,
        Command::Person(command) => commands::person(&settings, command).await,
        Command::Group(command) => commands::group(&settings, command).await,
        Command::Token(command) => commands::token(&settings, command).await,
        Command::Announcement(command) => commands::announcement(&settings, command).await,
        Command::Report(command) => commands::report(&settings, command).await,
        Command::Peer(command) => commands::peers::peer(&settings, command).await,
        Command::Delivery(command) => commands::peers::delivery(&settings, command).await,
        Command::Migrate => commands::migrate(&settings),
        Command::Check(options) => check::check(&settings, &options).await,
        Command::Bench(bench) => bench::bench(bench).await,
    }
}
