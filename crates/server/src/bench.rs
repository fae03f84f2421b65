//! `tertulia bench`: what this program does on this machine, beside what the machine could do at best.
//!
//! Everything is measured from outside, on a process of its own with data of its own: signed requests into the shared
//! inbox, posts through the client API, documents over HTTP. The other servers live in the measuring process, all of it
//! on loopback and on the same processors.
mod activities;
mod catchup;
mod client;
mod community;
mod fanout;
mod ingest;
mod limits;
mod load;
mod peers;
mod read;
mod report;
mod seed;
mod streams;
mod subject;
mod usage;
mod wire;

use std::fmt::Display;

use crate::{
    cli::{Bench, BenchSetting, Failure},
    commands,
};
use report::{Measured, Report};
use subject::Subject;

/// Measures, and prints what was found.
pub(crate) async fn bench(bench: Bench) -> Result<(), Failure> {
    let setting = match &bench {
        Bench::Ingest(options) => &options.setting,
        Bench::Fanout(options) => &options.setting,
        Bench::Catchup(options) => &options.setting,
        Bench::Read(options) => &options.setting,
        Bench::Client(options) => &options.setting,
        Bench::Streams(options) => &options.setting,
    };
    let report = measure(&bench, setting).await?;
    if setting.json { commands::print_json(&report) } else { commands::print_line(&report.to_string()) }
}

async fn measure(bench: &Bench, setting: &BenchSetting) -> Result<Report, Failure> {
    let subject = Subject::prepare(setting).await?;
    let limits = limits::measure(&subject).await?;
    let (server, measured) = match bench {
        Bench::Ingest(options) => {
            let (birth, ingest) = ingest::measure(&subject, options).await?;
            (birth, Measured::Ingest(ingest))
        }
        Bench::Fanout(options) => {
            let (birth, fanout) = fanout::measure(&subject, options).await?;
            (birth, Measured::Fanout(fanout))
        }
        Bench::Catchup(options) => {
            let (birth, catchup) = catchup::measure(&subject, options).await?;
            (birth, Measured::Catchup(catchup))
        }
        Bench::Read(options) => {
            let (birth, read) = read::measure(&subject, options).await?;
            (birth, Measured::Read(read))
        }
        Bench::Client(options) => {
            let (birth, client) = client::measure(&subject, options).await?;
            (birth, Measured::Client(client))
        }
        Bench::Streams(options) => {
            let (birth, streams) = streams::measure(&subject, options).await?;
            (birth, Measured::Streams(streams))
        }
    };
    Ok(Report { measured, server, limits })
}

/// A failure with what it was about.
fn other<E: Display>(what: &str) -> impl Fn(E) -> Failure {
    move |error| Failure::Other(format!("{what}: {error}"))
}
