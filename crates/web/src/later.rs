//! When something is to be published: the questions for a moment, by the clock where somebody lives.
use app::{App, Me, Result, posts::schedule};
use domain::{time::Timestamp, zone};

use crate::{
    forms::{Choice, Field, Fields},
    language::Language,
};

/// The zone that somebody named for their quiet hours; nothing, if they did not.
pub(crate) async fn zone_of(app: &App, me: Me) -> Result<String> {
    let hours = app.read(move |c| store::quiet_hours::of(c, me.0)).await?;
    Ok(hours.map(|hours| hours.zone).unwrap_or_default())
}

/// The places whose clocks one may choose.
pub(crate) fn zones() -> Vec<Choice> {
    zone::zones().into_iter().map(|zone| Choice::new(zone.clone(), zone.replace('_', " "), "")).collect()
}

/// The questions: at what time, and by whose clock.
pub(crate) fn questions(t: Language, due: &str, zone: &str) -> Fields {
    Fields::new(vec![
        Field::exact("due", "datetime-local", t.later_due()).hint(t.later_due_hint()).value(due).depends(),
        Field::select("zone", t.silence_zone(), zones()).value(zone).depends(),
    ])
}

/// The moment that was entered; otherwise which field is wrong, and why.
pub(crate) fn read(t: Language, due: &str, zone: &str, now: Timestamp) -> std::result::Result<Timestamp, Flaw> {
    if zone::local(now, zone).is_none() {
        return Err(("zone", t.silence_wrong_zone()));
    }
    let due = zone::moment(due, zone).ok_or(("due", t.later_no_time()))?;
    if due < now + schedule::SOONEST { Err(("due", t.later_too_soon())) } else { Ok(due) }
}

/// Which field is wrong, and why.
pub(crate) type Flaw = (&'static str, &'static str);
