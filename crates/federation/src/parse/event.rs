//! When and where an event is: said in lines before its text, since posts have no other place for it.
use domain::text::{html, plain};
use serde_json::Value;

use super::shape::{each, moment, text};

/// How it is said that an event does not take place.
const OFF: &str = "❌ Cancelled · Cancelado";

/// The longest place, in characters.
const PLACE: usize = 200;

/// The text, as HTML, with the lines before it. Where it says the same in lines of its own, as that of Gancio does, these go:
/// they have no year, and no end.
pub(super) fn told(document: &Value, text: &str) -> String {
    let (time, place) = (time(document).map(|time| format!("📅 {time}")), place(document));
    let place = place.map(|place| format!("📍 {place}"));
    let again = |line: &&str| {
        let line = line.trim_start();
        time.is_some() && line.starts_with('📅') || place.is_some() && line.starts_with('📍')
    };
    let rest: Vec<&str> = text.lines().filter(|line| !again(line)).collect();
    let off = is_off(document).then(|| OFF.to_owned());
    let lines: Vec<String> = [off, time, place].into_iter().flatten().map(|line| html::escape(&line)).collect();
    let lines = if lines.is_empty() { String::new() } else { format!("<p>{}</p>", lines.join("<br>")) };
    format!("{lines}{}", rest.join("\n").trim())
}

/// Whether it does not take place after all, as Mobilizon says it.
fn is_off(document: &Value) -> bool {
    ["ical:status", "status"].iter().any(|key| text(document, key) == Some("CANCELLED"))
}

/// In the hours of the place, as they are given.
fn time(document: &Value) -> Option<String> {
    let start = Moment::read(document, "startTime")?;
    let Some(end) = Moment::read(document, "endTime") else {
        return Some(format!("{} {} {}", start.day, start.time, start.zone()));
    };
    let day = if end.day == start.day { String::new() } else { format!("{} ", end.day) };
    Some(format!("{} {} – {day}{} {}", start.day, start.time, end.time, start.zone()))
}

/// A moment, in the parts of how it is written.
struct Moment<'a> {
    day: &'a str,
    time: &'a str,
    /// How far that is from UTC.
    offset: &'a str,
}

impl<'a> Moment<'a> {
    fn read(document: &'a Value, key: &str) -> Option<Self> {
        moment(document, key)?;
        let written = text(document, key)?;
        let (day, rest) = written.split_once(['T', ' '])?;
        let offset = rest.find(['Z', '+', '-']).and_then(|at| rest.get(at..)).unwrap_or("Z");
        Some(Self { day, time: rest.get(..5)?, offset })
    }

    fn zone(&self) -> String {
        if matches!(self.offset, "Z" | "+00:00" | "+0000") { "UTC".into() } else { format!("UTC{}", self.offset) }
    }
}

/// Its name, and what of its address the name does not say already.
fn place(document: &Value) -> Option<String> {
    let place = each(document, "location").next()?;
    let address = each(place, "address").next();
    let parts = ["streetAddress", "postalCode", "addressLocality"];
    let address = address.into_iter().flat_map(|address| {
        let whole = address.as_str();
        whole.into_iter().chain(parts.into_iter().filter_map(|part| text(address, part)))
    });
    let mut said: Vec<&str> = Vec::new();
    for part in place.as_str().or_else(|| text(place, "name")).into_iter().chain(address).map(str::trim) {
        if !part.is_empty() && !said.iter().any(|said| said.contains(part)) {
            said.push(part);
        }
    }
    let line = plain::line(&said.join(", "), PLACE);
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_says_when_and_where() {
        let address = json!({ "streetAddress": "Calle Mayor 1", "addressLocality": "Madrid", "postalCode": null });
        for (document, expected) in [
            (json!({}), ""),
            (json!({ "startTime": "soon", "location": null }), ""),
            (json!({ "startTime": "2026-12-01T19:30:00Z" }), "<p>📅 2026-12-01 19:30 UTC</p>"),
            (
                json!({ "startTime": "2026-12-01T19:30:00+01:00", "endTime": "2026-12-01T21:00:00+01:00",
                    "location": { "type": "Place", "name": "La <Tertulia>", "address": address } }),
                "<p>📅 2026-12-01 19:30 – 21:00 UTC+01:00<br>📍 La &lt;Tertulia&gt;, Calle Mayor 1, Madrid</p>",
            ),
            (
                json!({ "startTime": "2026-12-01T23:00:00.000+0000", "endTime": "2026-12-02T02:00:00Z",
                    "location": [{ "name": "Plaza", "address": "Plaza" }] }),
                "<p>📅 2026-12-01 23:00 – 2026-12-02 02:00 UTC<br>📍 Plaza</p>",
            ),
        ] {
            assert_eq!(told(&document, "Come!"), format!("{expected}Come!"), "{document}");
        }
        let off = json!({ "startTime": "2026-12-01T19:30:00Z", "location": "Plaza", "ical:status": "CANCELLED" });
        assert_eq!(
            told(&off, "\n    📍 Plaza\n    📅 Tuesday (19:30)\n\n  Come!\n"),
            "<p>❌ Cancelled · Cancelado<br>📅 2026-12-01 19:30 UTC<br>📍 Plaza</p>Come!",
            "nothing is said twice"
        );
        assert_eq!(told(&json!({}), "📅 Tuesday"), "📅 Tuesday");
    }
}
