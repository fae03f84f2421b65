//! The log: one line per event on stderr, without what could forge, flood or overlong it.
use std::{
    collections::HashMap,
    hash::Hash,
    io::{self, IsTerminal, Write},
    mem,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use tracing::{Event, Level, Subscriber, callsite::Identifier};
use tracing_subscriber::{
    EnvFilter, Layer,
    layer::{Context, SubscriberExt},
    util::{SubscriberInitExt, TryInitError},
};

use crate::settings::{LogFormat, Settings};

/// How many lines one place in the code may log within one `PERIOD`.
const MOST: u32 = 50;
const PERIOD: Duration = Duration::from_secs(1);
/// Where a line of text is cut, in bytes.
const LONGEST: usize = 8192;

/// Starts logging for the whole process, once.
pub fn init(settings: &Settings) -> Result<(), TryInitError> {
    let colours = settings.log_format == LogFormat::Text && io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt::layer().with_ansi(colours);
    let lines = match settings.log_format {
        LogFormat::Text => lines.with_writer(move || Line { out: io::stderr(), longest: LONGEST, colours }).boxed(),
        // Cut JSON is no JSON.
        LogFormat::Json => {
            lines.json().with_writer(move || Line { out: io::stderr(), longest: usize::MAX, colours }).boxed()
        }
    };
    tracing_subscriber::registry().with(lines).with(RateLimit::new()).with(EnvFilter::new(&settings.log)).try_init()
}

/// Makes one line of each event: control characters, which others may have written, appear escaped.
struct Line<W> {
    out: W,
    longest: usize,
    colours: bool,
}

impl<W: Write> Write for Line<W> {
    /// Gets each event whole: the layer writes its buffer once.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let mut line = String::with_capacity(text.len() + 1);
        for c in text.strip_suffix('\n').unwrap_or(&text).chars() {
            if line.len() >= self.longest {
                line.push('…');
                break;
            }
            if c.is_control() && c != '\t' && !(self.colours && c == '\x1b') {
                line.extend(c.escape_default());
            } else {
                line.push(c);
            }
        }
        line.push('\n');
        self.out.write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Lets each place in the code log `MOST` lines per `PERIOD`, then counts what it drops and says so. Whoever asks for
/// `debug` or `trace` gets everything of these. Lines of the `log` crate count together, by level.
struct RateLimit(Mutex<Window<Identifier>>);

impl RateLimit {
    fn new() -> Self {
        Self(Mutex::new(Window { opened: Instant::now(), seen: HashMap::new() }))
    }
}

/// How often each place has logged since when, with its target.
struct Window<P> {
    opened: Instant,
    seen: HashMap<P, (u32, &'static str)>,
}

impl<P: Eq + Hash> Window<P> {
    /// Whether one more line of a place passes, and how many the period that has just ended dropped, by target.
    fn admit(&mut self, place: P, target: &'static str, now: Instant) -> (bool, Vec<(u32, &'static str)>) {
        let mut dropped = Vec::new();
        if now.duration_since(self.opened) >= PERIOD {
            self.opened = now;
            let seen = mem::take(&mut self.seen);
            dropped.extend(seen.into_values().filter(|(n, _)| *n > MOST).map(|(n, target)| (n - MOST, target)));
        }
        let (seen, _) = self.seen.entry(place).or_insert((0, target));
        *seen = seen.saturating_add(1);
        (*seen <= MOST, dropped)
    }
}

impl<S: Subscriber> Layer<S> for RateLimit {
    fn event_enabled(&self, event: &Event<'_>, _: Context<'_, S>) -> bool {
        let metadata = event.metadata();
        if *metadata.level() > Level::INFO {
            return true;
        }
        // The lock is gone before anything is logged below.
        let (passes, dropped) = self.0.lock().unwrap_or_else(PoisonError::into_inner).admit(
            metadata.callsite(),
            metadata.target(),
            Instant::now(),
        );
        for (lines, of) in dropped {
            tracing::warn!(lines, of, "similar log lines were suppressed");
        }
        passes
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn line(event: &str, longest: usize) -> String {
        let mut out = Vec::new();
        Line { out: &mut out, longest, colours: false }.write_all(event.as_bytes()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_event_is_one_line_without_control_characters() {
        assert_eq!(line("INFO a\nERROR forged\r\x1b[2J\tñ\n", LONGEST), "INFO a\\nERROR forged\\r\\u{1b}[2J\tñ\n");
    }

    #[test]
    fn a_long_line_is_cut() {
        assert_eq!(line("ññññ\n", 4), "ññ…\n");
    }

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_flood_from_one_place_is_held_back_and_others_are_heard() {
        let kept = Kept::default();
        let out = kept.clone();
        let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(move || out.clone());
        let log = tracing_subscriber::registry().with(lines).with(RateLimit::new()).with(EnvFilter::new("trace"));
        tracing::subscriber::with_default(log, || {
            for n in 0..3 * MOST {
                tracing::error!(n, "flood");
                tracing::debug!(n, "detail");
            }
            tracing::error!("another");
        });
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        let count = |word: &str| text.lines().filter(|line| line.contains(word)).count();
        // A second may end while this runs, so that a new one begins; three cannot.
        assert!((MOST as usize..3 * MOST as usize).contains(&count("flood")), "{text}");
        assert_eq!((count("detail"), count("another")), (3 * MOST as usize, 1));
    }

    #[test]
    fn what_a_period_dropped_is_told_once_in_the_next() {
        let start = Instant::now();
        let mut window = Window { opened: start, seen: HashMap::new() };
        for n in 0..MOST + 7 {
            assert_eq!(window.admit("here", "server", start), (n < MOST, vec![]));
        }
        assert_eq!(window.admit("there", "server", start), (true, vec![]));
        assert_eq!(window.admit("here", "server", start + PERIOD), (true, vec![(7, "server")]));
        assert_eq!(window.admit("here", "server", start + 2 * PERIOD), (true, vec![]));
    }
}
