//! What is printed: one JSON value for machines, one table for people.
use std::fmt;

use serde::Serialize;

use super::{
    catchup::Catchup,
    client::{Answers, Client},
    fanout::{Fanout, Troubled},
    ingest::Ingest,
    limits::Limits,
    read::Reads,
    streams::Streams,
    subject::Birth,
    usage::{self, Cost},
};

/// The outcome of one benchmark.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    #[serde(flatten)]
    pub(super) measured: Measured,
    pub(super) server: Birth,
    pub(super) limits: Limits,
}

/// What was measured.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Measured {
    Ingest(Ingest),
    Fanout(Fanout),
    Catchup(Catchup),
    Read(Reads),
    Client(Client),
    Streams(Streams),
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.measured {
            Measured::Ingest(ingest) => ingest_table(f, ingest, &self.limits)?,
            Measured::Fanout(fanout) => fanout_table(f, fanout, &self.limits)?,
            Measured::Catchup(catchup) => catchup_table(f, catchup)?,
            Measured::Read(reads) => reads_table(f, reads, &self.limits)?,
            Measured::Client(client) => client_table(f, client, &self.limits)?,
            Measured::Streams(streams) => streams_table(f, streams)?,
        }
        writeln!(f, "\nThe server")?;
        line(f, "ready after", self.server.start_ms, "ms, on a migrated database")?;
        line(f, "memory when ready", self.server.idle_rss_mb, "MB")?;
        let Limits {
            rsa_sign_per_s,
            rsa_sign_all_cores_per_s,
            rsa_verify_per_s,
            rsa_verify_all_cores_per_s,
            ed25519_sign_per_s,
            commits_per_s,
            empty_handler_per_s,
            client_per_s,
        } = self.limits;
        writeln!(f, "\nThe limits of this machine, in this run ({} processors)", usage::processors())?;
        line(f, "RSA-2048 signed", rsa_sign_per_s, "per second and processor")?;
        line(f, "", rsa_sign_all_cores_per_s, "per second on all")?;
        line(f, "RSA-2048 checked", rsa_verify_per_s, "per second and processor")?;
        line(f, "", rsa_verify_all_cores_per_s, "per second on all")?;
        line(f, "Ed25519 signed", ed25519_sign_per_s, "per second and processor")?;
        line(f, "commits, one by one", commits_per_s, "per second")?;
        line(f, "empty handler", empty_handler_per_s, "requests per second")?;
        write!(f, "{:<24}{client_per_s:>12.1} requests per second, not signed", "own client")
    }
}

fn line(f: &mut fmt::Formatter<'_>, name: &str, value: f64, unit: &str) -> fmt::Result {
    writeln!(f, "{name:<24}{value:>12.1} {unit}")
}

fn cost_lines(f: &mut fmt::Formatter<'_>, cost: &Cost) -> fmt::Result {
    line(f, "server's processor time", cost.cpu_s, "s")?;
    line(f, "that of the load", cost.load_cpu_s, "s")?;
    line(f, "memory, at most", cost.peak_rss_mb, "MB")?;
    line(f, "noise", cost.others_cpu * 100.0, "% of the processors taken by others")
}

fn ingest_table(f: &mut fmt::Formatter<'_>, ingest: &Ingest, limits: &Limits) -> fmt::Result {
    writeln!(f, "Activities into the shared inbox: {}", ingest.activities)?;
    line(f, "accepted", ingest.accepted_per_s, "per second")?;
    line(f, "applied", ingest.applied_per_s, "per second")?;
    if let Some(refused) = ingest.refused {
        line(f, "refused for now", refused.into(), "of them; all others had their effect")?;
    }
    line(f, "p99 of the answer", ingest.p99_ms, "ms")?;
    line(f, "each", ingest.cpu_us(), "µs of processor time")?;
    line(f, "  of that, checking RSA", 1e6 / limits.rsa_verify_per_s, "µs")?;
    cost_lines(f, &ingest.cost)
}

fn fanout_table(f: &mut fmt::Formatter<'_>, fanout: &Fanout, limits: &Limits) -> fmt::Result {
    let of = |per_s: f64| per_s / limits.rsa_sign_all_cores_per_s * 100.0;
    let Fanout { deliveries_per_s, last_s, first, peers, deliveries, cost, troubled } = fanout;
    writeln!(f, "Posts to {peers} servers, {deliveries} deliveries in all")?;
    line(f, "delivered", *deliveries_per_s, "per second")?;
    line(f, "", of(*deliveries_per_s), "% of what signing alone would allow")?;
    line(f, "the last one after", last_s * 1_000.0, "ms")?;
    line(f, "the first post", first.deliveries_per_s, "per second, with connections to be opened")?;
    line(f, "", first.last_s * 1_000.0, "ms until the last one")?;
    if let Some(Troubled { peers, deliveries_per_s, last_s, loss }) = troubled {
        line(f, "beside others in trouble", *deliveries_per_s, &format!("per second; there are {peers} of those"))?;
        line(f, "", loss * 100.0, "% less than without them")?;
        line(f, "", last_s * 1_000.0, "ms until the last one")?;
    }
    cost_lines(f, cost)
}

fn catchup_table(f: &mut fmt::Formatter<'_>, catchup: &Catchup) -> fmt::Result {
    let Catchup { deliveries_per_s, last_s, deliveries, delay_ms, cost } = catchup;
    writeln!(f, "One server that was away, takes {delay_ms} ms to answer, and missed {deliveries} deliveries")?;
    line(f, "delivered", *deliveries_per_s, "per second")?;
    line(f, "the last one after", *last_s, "s")?;
    cost_lines(f, cost)
}

/// How much memory a thousand open streams may take, and how soon all must have told of a post.
const STREAMS_MB: f64 = 60.0;
const STREAMS_MS: f64 = 100.0;

fn streams_table(f: &mut fmt::Formatter<'_>, measured: &Streams) -> fmt::Result {
    let Streams { streams, people, posts, more_mb, p99_ms, last_ms, cost } = measured;
    writeln!(f, "{streams} open streams of {people} people that tell of {posts} posts, one after another")?;
    let most = STREAMS_MB * f64::from(*streams) / 1_000.0;
    line(f, "memory of the streams", *more_mb, &format!("MB; the aim is {most:.0} at most"))?;
    line(f, "p99 until they tell", *p99_ms, &format!("ms; the aim is {STREAMS_MS:.0} at most"))?;
    line(f, "the last one after", *last_ms, "ms")?;
    cost_lines(f, cost)
}

fn client_table(f: &mut fmt::Formatter<'_>, client: &Client, limits: &Limits) -> fmt::Result {
    writeln!(
        f,
        "Answers to clients, and pages, out of {} posts, written within {:.0} s",
        client.posts, client.filled_s
    )?;
    let [name, rest @ ..] = ["", "per second", "aim", "p50 ms", "p99 ms", "kB", "µs each", "of empty", "MB", "noise"];
    write!(f, "{name:<18}")?;
    for name in rest {
        write!(f, "{name:>11}")?;
    }
    writeln!(f)?;
    for (name, answers) in &client.answers {
        let Answers { per_s, aim_per_s, p50_ms, p99_ms, bytes, seconds, cost } = answers;
        let aim = aim_per_s.map_or_else(|| "-".to_owned(), |aim| format!("{aim:.0}"));
        let each = cost.cpu_s * 1e6 / (per_s * seconds).max(1.0);
        let (of, kb) = (per_s / limits.empty_handler_per_s * 100.0, bytes.div_ceil(1_000));
        write!(f, "{name:<18}{per_s:>11.0}{aim:>11}{p50_ms:>11.1}{p99_ms:>11.1}{kb:>11}{each:>11.0}{of:>9.0} %")?;
        writeln!(f, "{:>11.1}{:>9.0} %", cost.peak_rss_mb, cost.others_cpu * 100.0)?;
    }
    Ok(())
}

fn reads_table(f: &mut fmt::Formatter<'_>, reads: &Reads, limits: &Limits) -> fmt::Result {
    let names = ["", "per second", "p99 ms", "µs each", "of empty", "MB", "noise"];
    let [name, rest @ ..] = names;
    write!(f, "{name:<16}")?;
    for name in rest {
        write!(f, "{name:>12}")?;
    }
    writeln!(f)?;
    for (name, read) in reads {
        let each = read.cost.cpu_s * 1e6 / (read.per_s * read.seconds).max(1.0);
        let of = read.per_s / limits.empty_handler_per_s * 100.0;
        let Cost { peak_rss_mb, others_cpu, .. } = read.cost;
        write!(f, "{name:<16}{:>12.0}{:>12.1}{each:>12.1}{of:>10.0} %", read.per_s, read.p99_ms)?;
        writeln!(f, "{peak_rss_mb:>12.1}{:>10.0} %", others_cpu * 100.0)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::bench::{fanout::Round, read::Read};

    const COST: Cost = Cost { cpu_s: 2.0, load_cpu_s: 0.25, peak_rss_mb: 30.0, others_cpu: 0.5 };

    fn report(measured: Measured) -> (Value, String) {
        let report = Report { measured, server: Birth::default(), limits: Limits::default() };
        (serde_json::to_value(&report).unwrap(), report.to_string())
    }

    #[test]
    fn the_fields_of_the_contract_are_there() {
        let ingest = Ingest {
            accepted_per_s: 1.0,
            applied_per_s: 2.0,
            p99_ms: 3.0,
            refused: None,
            activities: 1_000_000,
            cost: COST,
        };
        let (json, table) = report(Measured::Ingest(ingest));
        for name in ["accepted_per_s", "applied_per_s", "p99_ms", "cpu_s", "peak_rss_mb"] {
            assert!(json["ingest"][name].is_f64(), "{name}");
        }
        assert!(json["limits"]["rsa_sign_per_s"].is_f64() && json["server"]["start_ms"].is_f64());
        assert!(table.contains("2.0 µs of processor time"), "{table}");

        let first = Round::default();
        let fanout =
            Fanout { deliveries_per_s: 9.0, last_s: 0.5, first, peers: 2, deliveries: 4, cost: COST, troubled: None };
        let (json, table) = report(Measured::Fanout(fanout));
        assert_eq!((&json["fanout"]["deliveries_per_s"], &json["fanout"]["last_s"]), (&json!(9.0), &json!(0.5)));
        assert_eq!(json["fanout"]["peak_rss_mb"], 30.0);
        assert!(table.contains("500.0 ms"), "{table}");

        let answers = Answers {
            per_s: 10.0,
            aim_per_s: Some(3_000.0),
            p50_ms: 0.5,
            p99_ms: 1.5,
            bytes: 80_000,
            seconds: 1.0,
            cost: COST,
        };
        let client = Client { posts: 9, filled_s: 2.0, answers: [("home", answers)].into() };
        let (json, table) = report(Measured::Client(client));
        assert_eq!(json["client"]["answers"]["home"]["aim_per_s"], 3_000.0);
        assert!(table.contains("within 2 s") && table.contains("3000"), "{table}");

        let read = Read { per_s: 10.0, p99_ms: 1.5, seconds: 1.0, cost: COST };
        let (json, table) = report(Measured::Read(Reads::from([("actor", read)])));
        assert_eq!(
            json["read"]["actor"],
            json!({
                "per_s": 10.0, "p99_ms": 1.5,
                "cpu_s": 2.0, "load_cpu_s": 0.25, "peak_rss_mb": 30.0, "others_cpu": 0.5
            })
        );
        assert!(table.contains("200000.0"), "{table}");
    }
}
