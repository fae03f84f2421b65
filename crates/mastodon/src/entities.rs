//! The entities of the API, each built in one place from what the action layer shows.
pub(crate) mod account;
pub(crate) mod admin;
pub(crate) mod announcement;
pub(crate) mod card;
pub(crate) mod emoji;
pub(crate) mod fallback;
pub(crate) mod filter;
pub(crate) mod instance;
pub(crate) mod list;
pub(crate) mod media;
pub(crate) mod notification;
pub(crate) mod poll;
pub(crate) mod quote;
pub(crate) mod reaction;
pub(crate) mod relationship;
pub(crate) mod report;
pub(crate) mod severance;
pub(crate) mod status;
pub(crate) mod tag;
pub(crate) mod warning;

use self::fallback::Known;
use app::{App, Me, media::Lender};
use domain::{filter::Place, id::ActorId, time::Timestamp, urls::Site};
use serde::{Serialize, Serializer};
use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

/// What is said in this language, out of the same in both that the server speaks.
fn pick<T>(language: &str, es: T, en: T) -> T {
    if language == "es" { es } else { en }
}

/// For whom, where and when entities are built.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    /// The server as it is known outside.
    pub(crate) site: Site,
    /// Who reads, if it is somebody of here.
    pub(crate) me: Option<ActorId>,
    /// The present moment.
    pub(crate) now: Timestamp,
    /// Where they read, if what they do not want to see is left out there.
    pub(crate) place: Option<Place>,
    /// Addresses of what is not for everybody.
    pub(crate) lender: Lender,
    /// Which kinds of notices their client knows, if it says so.
    pub(crate) known: Option<Known>,
}

impl Reader {
    pub(crate) fn new(app: &App, me: Option<Me>) -> Self {
        let lender = Lender::for_people(app);
        Self { site: app.site().clone(), me: me.map(|me| me.0), now: app.now(), place: None, lender, known: None }
    }

    /// The same, reading there.
    pub(crate) fn at(self, place: Place) -> Self {
        Self { place: Some(place), ..self }
    }

    /// The same, by a client that knows these kinds of notices.
    pub(crate) fn knowing(self, known: Option<Known>) -> Self {
        Self { known, ..self }
    }
}

/// An id: digits in a string, because scripts cannot hold them in a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Id(pub(crate) i64);

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A list that is always there and always empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub(crate) struct Nothing([(); 0]);

const DATE: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");
const INSTANT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

fn format(at: Timestamp, items: &[BorrowedFormatItem<'_>]) -> String {
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.millis()) * 1_000_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    at.format(items).unwrap_or_default()
}

/// A moment, with exactly three digits of a second: some clients read nothing else.
pub(crate) fn instant(at: Timestamp) -> String {
    format(at, INSTANT)
}

/// A day.
pub(crate) fn date(at: Timestamp) -> String {
    format(at, DATE)
}

/// The beginning of the day that is written so.
pub(crate) fn day(text: &str) -> Option<Timestamp> {
    let day = time::Date::parse(text, DATE).ok()?;
    Some(Timestamp::from_seconds(day.midnight().assume_utc().unix_timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_strict_clients_read() {
        assert_eq!(instant(Timestamp(1_795_360_028_007)), "2026-11-22T15:07:08.007Z");
        assert_eq!(date(Timestamp(1_795_360_028_007)), "2026-11-22");
        assert_eq!(instant(Timestamp(i64::MAX)), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn ids_are_strings_and_empty_lists_are_lists() {
        let text = serde_json::to_string(&(Id(i64::MAX), Nothing::default())).unwrap();
        assert_eq!(text, r#"["9223372036854775807",[]]"#);
    }
}
