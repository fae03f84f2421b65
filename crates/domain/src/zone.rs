//! Clocks of places: what forms send as the time there, and what that is everywhere.
use jiff::{civil::DateTime, tz};

use crate::time::Timestamp;

/// The zones that somebody may live in: those that are named after places, and the one of all clocks.
pub fn zones() -> Vec<String> {
    const PLACES: [&str; 10] = [
        "Africa/",
        "America/",
        "Antarctica/",
        "Arctic/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    ];
    let is_place = |name: &str| name == "UTC" || PLACES.iter().any(|place| name.starts_with(place));
    tz::db().available().map(|name| name.as_str().to_owned()).filter(|name| is_place(name)).collect()
}

/// When clocks in `zone` show `2026-11-29T08:00`; where they skip that, when they have. Nothing, if it is no time or no zone.
pub fn moment(local: &str, zone: &str) -> Option<Timestamp> {
    let (zone, local) = (tz::db().get(zone).ok()?, local.trim().parse::<DateTime>().ok()?);
    Some(Timestamp(zone.to_timestamp(local).ok()?.as_millisecond()))
}

/// What clocks in `zone` show at a moment, as forms send it.
pub fn local(at: Timestamp, zone: &str) -> Option<String> {
    let zone = tz::db().get(zone).ok()?;
    let local = zone.to_datetime(jiff::Timestamp::from_millisecond(at.millis()).ok()?);
    Some(local.strftime("%Y-%m-%dT%H:%M").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> Timestamp {
        Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn a_time_somewhere_is_a_moment_everywhere_and_back() {
        for (said, zone, is) in [
            ("2026-11-29T08:00", "Europe/Madrid", "2026-11-29T07:00:00Z"),
            ("2026-07-01T08:00", "Europe/Madrid", "2026-07-01T06:00:00Z"),
            ("2026-11-29T08:00", "America/Argentina/Buenos_Aires", "2026-11-29T11:00:00Z"),
        ] {
            assert_eq!(moment(said, zone), Some(utc(is)), "{said} {zone}");
            assert_eq!(local(utc(is), zone).as_deref(), Some(said));
        }
        // Clocks go forward at two.
        assert_eq!(moment("2026-03-29T02:30", "Europe/Madrid"), Some(utc("2026-03-29T01:30:00Z")));
        assert_eq!(
            moment("2026-11-29T08:00:00", "UTC"),
            Some(utc("2026-11-29T08:00:00Z")),
            "browsers may send seconds"
        );
    }

    #[test]
    fn what_is_no_time_and_no_place_is_none() {
        for (said, zone) in [("", "UTC"), ("mañana", "UTC"), ("2026-13-29T08:00", "UTC"), ("2026-11-29T08:00", "Marte")]
        {
            assert_eq!(moment(said, zone), None, "{said} {zone}");
        }
        let zones = zones();
        assert!(zones.len() > 300 && zones.iter().any(|zone| zone == "America/Mexico_City"), "{}", zones.len());
    }
}
