//! Quiet hours: when somebody wants neither push nor mail.
use jiff::{
    civil::Date,
    tz::{self, TimeZone},
};

use crate::time::Timestamp;

/// How many minutes a day has.
const DAY: i16 = 24 * 60;

/// The hours of each day in which nothing is sent to somebody, by the clock where they live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuietHours {
    /// Where they live, as the IANA database names it.
    pub zone: String,
    /// From when on, in minutes since midnight.
    pub from: i16,
    /// Until when; that may be on the next day.
    pub until: i16,
}

impl QuietHours {
    /// The hours from `22:00` until `08:00`, say; nothing, if they are none.
    pub fn read(zone: &str, from: &str, until: &str) -> Option<Self> {
        let hours = Self { zone: zone.to_owned(), from: minutes(from)?, until: minutes(until)? };
        (hours.from != hours.until && tz::db().get(zone).is_ok()).then_some(hours)
    }

    /// The quiet hours that `now` falls into: since when they are, and until when.
    pub fn around(&self, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let zone = tz::db().get(&self.zone).ok()?;
        let today = zone.to_datetime(jiff::Timestamp::from_millisecond(now.millis()).ok()?).date();
        // They may have begun yesterday.
        [today.yesterday().ok()?, today].into_iter().find_map(|day| {
            let end = if self.until > self.from { day } else { day.tomorrow().ok()? };
            let (since, until) = (at(day, self.from, &zone)?, at(end, self.until, &zone)?);
            (since <= now && now < until).then_some((since, until))
        })
    }
}

/// A time of day as it is written and as forms send it.
pub fn clock(minutes: i16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn minutes(clock: &str) -> Option<i16> {
    let (hours, minutes) = clock.trim().split_once(':')?;
    let (hours, minutes): (i16, i16) = (hours.parse().ok()?, minutes.get(..2)?.parse().ok()?);
    let is_time = (0..24).contains(&hours) && (0..60).contains(&minutes);
    is_time.then_some(hours * 60 + minutes)
}

/// When the clocks of a zone show so many minutes on a day; where they skip that, when they have.
fn at(day: Date, minutes: i16, zone: &TimeZone) -> Option<Timestamp> {
    let (hour, minute) = (i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % DAY % 60).ok()?);
    Some(Timestamp(zone.to_timestamp(day.at(hour, minute, 0, 0)).ok()?.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> Timestamp {
        Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn a_night_is_one_whatever_the_date_and_the_season() {
        let night = QuietHours::read("Europe/Madrid", "22:30", "08:00").unwrap();
        let around = |now| night.around(utc(now));
        let winter = Some((utc("2026-11-28T21:30:00Z"), utc("2026-11-29T07:00:00Z")));
        for inside in ["2026-11-28T21:30:00Z", "2026-11-28T23:59:59Z", "2026-11-29T06:59:59Z"] {
            assert_eq!(around(inside), winter, "{inside}");
        }
        for outside in ["2026-11-28T21:29:59Z", "2026-11-29T07:00:00Z", "2026-11-29T12:00:00Z"] {
            assert_eq!(around(outside), None, "{outside}");
        }
        // The clocks go forward at night: it begins by the old time and ends by the new one.
        let spring = Some((utc("2026-03-28T21:30:00Z"), utc("2026-03-29T06:00:00Z")));
        assert_eq!(around("2026-03-29T01:30:00Z"), spring);
    }

    #[test]
    fn hours_of_one_day_and_far_away() {
        let siesta = QuietHours::read("America/Argentina/Buenos_Aires", "14:00", "16:00").unwrap();
        let hours = Some((utc("2026-11-28T17:00:00Z"), utc("2026-11-28T19:00:00Z")));
        assert_eq!(siesta.around(utc("2026-11-28T18:00:00Z")), hours);
        assert_eq!(siesta.around(utc("2026-11-28T15:00:00Z")), None);
        assert_eq!(clock(siesta.from), "14:00");
    }

    #[test]
    fn what_is_no_time_and_no_place_is_not_taken() {
        let cases = [
            ("Europe/Madrid", "8", "9:00"),
            ("Europe/Madrid", "24:00", "9:00"),
            ("Europe/Madrid", "9:00", "09:00"),
            ("Marte/Base", "22:00", "8:00"),
            ("", "22:00", "8:00"),
            ("UTC", "22:0", "8:00"),
            ("UTC", "-1:00", "8:00"),
        ];
        for (zone, from, until) in cases {
            assert_eq!(QuietHours::read(zone, from, until), None, "{zone} {from} {until}");
        }
        assert!(QuietHours::read("UTC", "22:00", "08:00:00").is_some(), "browsers may send seconds");
    }
}
