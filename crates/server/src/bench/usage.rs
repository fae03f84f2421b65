//! What a process takes of the machine, and what others take meanwhile; as Linux tells it.
use std::{fs, time::Instant};

use serde::Serialize;

/// In how many pieces Linux divides a second when it tells how long processes ran.
const TICKS: f64 = 100.0;

/// What a measurement cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Cost {
    /// Processor seconds of the server.
    pub(super) cpu_s: f64,
    /// Processor seconds of this process, which makes the load and plays the other servers.
    pub(super) load_cpu_s: f64,
    /// The most memory the server held meanwhile, in MB.
    pub(super) peak_rss_mb: f64,
    /// Which share of all processors neither the server nor the load took, but others did: noise.
    pub(super) others_cpu: f64,
}

/// A measurement that runs.
pub(super) struct Meter {
    pid: u32,
    started: Instant,
    server: f64,
    own: f64,
    busy: f64,
}

impl Meter {
    /// Starts measuring the process `pid`.
    pub(super) fn start(pid: u32) -> Self {
        // Forgets the highest memory so far; where that is not allowed, it is the highest since the start.
        fs::write(format!("/proc/{pid}/clear_refs"), "5").ok();
        let own = cpu_s(std::process::id());
        Self { pid, started: Instant::now(), server: cpu_s(pid), own, busy: busy_s() }
    }

    /// What it has cost so far.
    pub(super) fn read(&self) -> Cost {
        let server = cpu_s(self.pid) - self.server;
        let own = cpu_s(std::process::id()) - self.own;
        let elapsed = self.started.elapsed().as_secs_f64() * processors();
        let others = (busy_s() - self.busy - server - own) / elapsed;
        let peak_rss_mb = memory_mb(self.pid, "VmHWM:");
        Cost { cpu_s: server, load_cpu_s: own, peak_rss_mb, others_cpu: others.max(0.0) }
    }
}

/// How many processors there are.
pub(super) fn processors() -> f64 {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    f64::from(u32::try_from(processors).unwrap_or(1))
}

/// The memory of a process, in MB, by the name of its line.
pub(super) fn memory_mb(pid: u32, line: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let value = status.lines().find_map(|text| text.strip_prefix(line)).unwrap_or_default();
    value.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok()).map_or(0.0, |kib| kib * 1_024.0 / 1e6)
}

/// How long a process has run on processors, in seconds.
fn cpu_s(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The second field is a name in brackets and may hold anything; twelve fields later begin the times.
    let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    rest.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS
}

/// How long all processors together have been busy, in seconds.
fn busy_s() -> f64 {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let first = stat.lines().next().unwrap_or_default();
    let ticks: Vec<f64> = first.split_whitespace().skip(1).take(8).filter_map(|ticks| ticks.parse().ok()).collect();
    // user, nice, system, idle, waiting for a disk, interrupts, and what a host takes for itself.
    ticks.iter().enumerate().filter(|(at, _)| !matches!(at, 3 | 4)).map(|(_, ticks)| ticks).sum::<f64>() / TICKS
}

/// How many files a process may have open.
pub(super) fn open_files() -> u32 {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|n| n.parse().ok()).unwrap_or(u32::MAX)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn work_and_memory_are_seen() {
        let meter = Meter::start(std::process::id());
        let ballast = vec![1_u8; 20_000_000];
        let enough = Instant::now();
        while meter.read().cpu_s < 0.02 && enough.elapsed().as_secs() < 10 {}
        let cost = meter.read();
        assert!(cost.cpu_s >= 0.02, "{cost:?}");
        assert!(cost.peak_rss_mb >= 20.0, "{cost:?} with {} bytes", ballast.len());
        assert!(open_files() > 10);
    }
}
