//! The commands that measure.
use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What can be measured.
#[derive(Debug, Subcommand)]
pub enum Bench {
    /// Signed activities into the shared inbox: how many are accepted, and applied.
    Ingest(BenchIngest),
    /// One post to many servers: how soon the last has it.
    Fanout(BenchFanout),
    /// Everything that waits for one server that was away: how soon it has it.
    Catchup(BenchCatchup),
    /// Pages, documents and timelines out of a filled database.
    Read(BenchRead),
    /// Timelines, threads, notifications and pages out of a database with years behind it.
    Client(BenchClient),
    /// Open streams of the client API: what they cost, and how soon they tell of a post.
    Streams(BenchStreams),
}

/// `tertulia bench ingest`
#[derive(Debug, Args)]
pub struct BenchIngest {
    /// How many activities to send.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub activities: u32,
    /// How many people they come from.
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub senders: u32,
    /// How many connections send at once.
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub connections: u32,
    /// Send so many per second, whether those before are answered or not, instead of as many as are answered. Some may then
    /// be refused for now (429, 503); that all others had their effect is counted at the end.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub rate: Option<u32>,
    /// Where, and how to print it.
    #[command(flatten)]
    pub setting: BenchSetting,
}

/// `tertulia bench fanout`
#[derive(Debug, Args)]
pub struct BenchFanout {
    /// How many servers follow, with an inbox each.
    #[arg(long, value_name = "N", default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub peers: u32,
    /// How many posts are written, one after another; to the first, no connection is open yet.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub posts: u32,
    /// How many milliseconds each server takes to answer.
    #[arg(long, value_name = "MS", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=10_000))]
    pub delay_ms: u32,
    /// How many more servers follow that are in trouble, and then measure again: every third is dead, takes half a minute
    /// to answer, or sends everybody in circles.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=10_000))]
    pub troubled: u32,
    /// Where, and how to print it.
    #[command(flatten)]
    pub setting: BenchSetting,
}

/// `tertulia bench catchup`
#[derive(Debug, Args)]
pub struct BenchCatchup {
    /// How many deliveries wait for the server.
    #[arg(long, value_name = "N", default_value_t = 3_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub deliveries: u32,
    /// How many milliseconds it takes to answer.
    #[arg(long, value_name = "MS", default_value_t = 250, value_parser = clap::value_parser!(u32).range(..=10_000))]
    pub delay_ms: u32,
    /// Where, and how to print it.
    #[command(flatten)]
    pub setting: BenchSetting,
}

/// `tertulia bench read`
#[derive(Debug, Args)]
pub struct BenchRead {
    /// How many posts to fill the database with.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub posts: u32,
    /// How many connections read at once.
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub connections: u32,
    /// How many seconds to read each of them.
    #[arg(long, value_name = "S", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub seconds: u32,
    /// How many requests for one new post come within one second.
    #[arg(long, value_name = "N", default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub rush: u32,
    /// Where, and how to print it.
    #[command(flatten)]
    pub setting: BenchSetting,
}

/// `tertulia bench client`
#[derive(Debug, Args)]
pub struct BenchClient {
    /// How many posts to fill the database with.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1_000..=20_000_000))]
    pub posts: u32,
    /// How many connections ask at once.
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub connections: u32,
    /// How many seconds to ask for each of them.
    #[arg(long, value_name = "S", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub seconds: u32,
    /// Where, and how to print it.
    #[command(flatten)]
    pub setting: BenchSetting,
}

/// `tertulia bench streams`
#[derive(Debug, Args)]
pub struct BenchStreams {
    /// How many streams are open.
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub streams: u32,
    /// By how many people.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub people: u32,
    /// How many posts each of them tells of.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub posts: u32,
    /// Where, and how to print it.
    #[command(flatten)]
    pub setting: BenchSetting,
}

/// What all benchmarks have in common.
#[derive(Debug, Args)]
pub struct BenchSetting {
    /// Measure on this empty PostgreSQL database, which is then full, instead of an embedded one.
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Put the data below FOLDER, whose disk is then measured; it is removed at the end. [default: the system's folder
    /// for temporary files]
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}
