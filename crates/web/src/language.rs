//! The language of a page, and how numbers and dates look in it.
use std::time::Duration;

use actix_web::{
    HttpRequest,
    http::header::{ACCEPT_LANGUAGE, COOKIE as COOKIE_HEADER},
};
use app::{
    App,
    sentences::{Phrases, Words},
};
use domain::{
    sentence::{Given, Wording},
    time::Timestamp,
};
use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

/// The cookie of a language chosen by hand.
pub(crate) const COOKIE: &str = "language";

/// How software writes a day.
const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// How fields for moments write them.
const MINUTE: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]");

/// What can be counted in a sentence.
pub(crate) trait Count {
    fn count(&self) -> i64;
}

impl Count for i64 {
    fn count(&self) -> i64 {
        *self
    }
}

impl Count for usize {
    fn count(&self) -> i64 {
        i64::try_from(*self).unwrap_or(i64::MAX)
    }
}

impl<T: Count> Count for &T {
    fn count(&self) -> i64 {
        (*self).count()
    }
}

/// What the pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tongue {
    /// Spanish.
    Es,
    /// English.
    En,
}

/// A language that every page speaks, with what those who run the site say otherwise in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Language {
    pub(crate) tongue: Tongue,
    own: Option<&'static Phrases>,
}

impl Language {
    /// Spanish, as the program speaks it.
    pub(crate) const ES: Self = Self { tongue: Tongue::Es, own: None };
    /// English, as the program speaks it.
    pub(crate) const EN: Self = Self { tongue: Tongue::En, own: None };

    /// Every language by its tag and its own name.
    #[expect(clippy::unused_self, reason = "templates have a language and no type")]
    pub(crate) fn all(self) -> &'static [(&'static str, &'static str)] {
        &[("es", "Español"), ("en", "English")]
    }

    /// The language with this tag, as the program speaks it.
    pub(crate) fn parse(tag: &str) -> Option<Self> {
        match tag {
            "es" => Some(Self::ES),
            "en" => Some(Self::EN),
            _ => None,
        }
    }

    /// The same, with what is said otherwise in it.
    pub(crate) fn saying(self, words: Words) -> Self {
        Self { own: words.in_language(self.tag()), ..self }
    }

    /// What is said in place of the sentence of this name.
    pub(crate) fn otherwise(self, name: &str) -> Option<&'static Wording> {
        self.own?.get(name)
    }

    /// The same of a sentence that fills in nothing.
    pub(crate) fn fixed(self, name: &str) -> Option<&'static str> {
        self.otherwise(name)?.fixed()
    }

    /// A number that is another one whenever something else is said otherwise.
    pub(crate) fn edition(self) -> u64 {
        self.own.map_or(0, Phrases::edition)
    }

    /// The one in which the server writes to somebody who reads `tag` (BCP 47).
    pub(crate) fn of_person(tag: &str, words: Words) -> Self {
        Self::parse(domain::text::language::primary(tag)).unwrap_or(Self::EN).saying(words)
    }

    /// The one that the visitor chose here, or else the one that their browser likes best, of those that the site speaks.
    pub(crate) fn of(request: &HttpRequest, app: &App) -> Self {
        if let Some(chosen) = chosen(request, app) {
            return chosen;
        }
        let accepted = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Self::of_person(app.spoken(accepted.unwrap_or_default()), app.sentences().words())
    }

    /// The language with this tag, if the site speaks it.
    pub(crate) fn offered(app: &App, tag: &str) -> Option<Self> {
        let offered = app.config().languages.iter().find(|spoken| **spoken == tag).and_then(|tag| Self::parse(tag))?;
        Some(offered.saying(app.sentences().words()))
    }

    /// Those that the site speaks, by their tags and their own names.
    pub(crate) fn choices(self, app: &App) -> Vec<(&'static str, &'static str)> {
        self.all().iter().filter(|(tag, _)| Self::offered(app, tag).is_some()).copied().collect()
    }

    /// The tag for `lang`.
    pub(crate) fn tag(self) -> &'static str {
        match self.tongue {
            Tongue::Es => "es",
            Tongue::En => "en",
        }
    }

    /// The tag as `OpenGraph` writes it.
    pub(crate) fn locale(self) -> &'static str {
        match self.tongue {
            Tongue::Es => "es_ES",
            Tongue::En => "en_US",
        }
    }

    /// Which plural goes with a number, in the words of CLDR.
    pub(crate) fn category(self, number: i64) -> &'static str {
        match (self.tongue, number) {
            (_, 1) => "one",
            (Tongue::Es, _) if number != 0 && number % 1_000_000 == 0 => "many",
            _ => "other",
        }
    }

    /// A number as sentences fill it in.
    pub(crate) fn counted(self, number: i64) -> Given {
        Given { spelt: self.number(number), count: Some((number, self.category(number))) }
    }

    /// A whole number with its separators; Spanish leaves four digits together.
    pub(crate) fn number(self, number: i64) -> String {
        let digits = number.unsigned_abs().to_string();
        let (separator, together) = match self.tongue {
            Tongue::Es => ('.', 4),
            Tongue::En => (',', 3),
        };
        let mut text = String::from(if number < 0 { "-" } else { "" });
        for (at, digit) in digits.chars().enumerate() {
            let left = digits.len() - at;
            if at > 0 && left.is_multiple_of(3) && digits.len() > together {
                text.push(separator);
            }
            text.push(digit);
        }
        text
    }

    /// How long ago something was, as people say it; the date, if that is longer than a month.
    pub(crate) fn ago(self, now: Timestamp, at: Timestamp) -> String {
        match now.seconds().saturating_sub(at.seconds()) {
            ..60 => self.just_now().to_owned(),
            seconds @ 60..3_600 => self.minutes_ago(seconds / 60),
            seconds @ 3_600..86_400 => self.hours_ago(seconds / 3_600),
            seconds @ 86_400..2_592_000 => self.days_ago(seconds / 86_400),
            _ => self.day(at),
        }
    }

    /// How long something takes, as people say it of what is done within that: never less than it takes.
    pub(crate) fn lasting(self, span: Duration) -> String {
        let begun = |length: u64| i64::try_from(span.as_secs().div_ceil(length)).unwrap_or(i64::MAX);
        match span.as_secs() {
            ..3_600 => self.within_an_hour().to_owned(),
            3_600..172_800 => self.hours(begun(3_600)),
            _ => self.days(begun(86_400)),
        }
    }

    /// A moment for people, in UTC.
    pub(crate) fn moment(self, at: Timestamp) -> String {
        let time = date(at);
        format!("{}, {:02}:{:02} UTC", self.day(at), time.hour(), time.minute())
    }

    /// The same as HTML, in which scripts know it again.
    pub(crate) fn clock(self, at: Timestamp) -> String {
        format!("<time datetime=\"{}\">{}</time>", machine_moment(at), self.moment(at))
    }

    /// A day for people, in UTC.
    pub(crate) fn day(self, at: Timestamp) -> String {
        const MONTHS_ES: [&str; 12] =
            ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"];
        const MONTHS_EN: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let at = date(at);
        let month = usize::from(u8::from(at.month())).saturating_sub(1);
        let months = match self.tongue {
            Tongue::Es => MONTHS_ES,
            Tongue::En => MONTHS_EN,
        };
        format!("{} {} {}", at.day(), months.get(month).copied().unwrap_or_default(), at.year())
    }
}

/// The language that the visitor chose here by hand.
fn chosen(request: &HttpRequest, app: &App) -> Option<Language> {
    let cookies = request.headers().get_all(COOKIE_HEADER).filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).and_then(|(_, tag)| Language::offered(app, tag))
}

/// Whether the visitor chose a language here by hand.
pub(crate) fn is_chosen(request: &HttpRequest, app: &App) -> bool {
    chosen(request, app).is_some()
}

/// A moment for software.
pub(crate) fn machine_moment(at: Timestamp) -> String {
    let at = date(at);
    let (day, month) = (at.day(), u8::from(at.month()));
    format!("{:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", at.year(), at.hour(), at.minute(), at.second())
}

/// A day for software, and in the fields of forms.
pub(crate) fn machine_day(at: Timestamp) -> String {
    date(at).format(DAY).unwrap_or_default()
}

/// The beginning of the day that is written so.
pub(crate) fn parse_day(text: &str) -> Option<Timestamp> {
    let day = time::Date::parse(text, DAY).ok()?;
    Some(Timestamp::from_seconds(day.midnight().assume_utc().unix_timestamp()))
}

/// The moment that the field of a form for moments says, in UTC.
pub(crate) fn parse_minute(text: &str) -> Option<Timestamp> {
    let at = time::PrimitiveDateTime::parse(text.get(..16)?, MINUTE).ok()?;
    Some(Timestamp::from_seconds(at.assume_utc().unix_timestamp()))
}

/// A moment as mail and RSS write it.
pub(crate) fn mail_moment(at: Timestamp) -> String {
    date(at).format(&time::format_description::well_known::Rfc2822).unwrap_or_default()
}

/// A moment taken apart.
pub(crate) fn date(at: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at.seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_dates_follow_the_language() {
        for (number, es, en) in [
            (0, "0", "0"),
            (1234, "1234", "1,234"),
            (12345, "12.345", "12,345"),
            (-1_000_000, "-1.000.000", "-1,000,000"),
        ] {
            assert_eq!((Language::ES.number(number), Language::EN.number(number)), (es.into(), en.into()));
        }
        let at = Timestamp::from_seconds(1_795_368_300);
        assert_eq!(Language::ES.moment(at), "22 nov 2026, 17:25 UTC");
        assert_eq!(Language::EN.moment(at), "22 Nov 2026, 17:25 UTC");
        assert_eq!(Language::EN.clock(at), "<time datetime=\"2026-11-22T17:25:00Z\">22 Nov 2026, 17:25 UTC</time>");
        let ago = |seconds: i64| Language::ES.ago(Timestamp::from_seconds(1_795_368_300 + seconds), at);
        assert_eq!(ago(5), "ahora mismo");
        assert_eq!(ago(61), "hace 1 min");
        assert_eq!(ago(7_300), "hace 2 h");
        assert_eq!(ago(90_000), "hace 1 día");
        assert_eq!(ago(9_000_000), "22 nov 2026");
        assert_eq!(machine_moment(at), "2026-11-22T17:25:00Z");
    }

    #[test]
    fn what_takes_less_than_an_hour_is_said_as_people_say_it() {
        let answered = |t: Language| t.answered_within(t.lasting(Duration::from_mins(20)));
        assert_eq!(answered(Language::EN), "Conversations are usually answered within an hour");
        assert_eq!(answered(Language::ES), "Las conversaciones suelen tener respuesta en menos de una hora");
    }

    #[test]
    fn what_takes_longer_than_whole_hours_or_days_is_never_said_to_take_less() {
        let lasting = |seconds: u64| Language::EN.lasting(Duration::from_secs(seconds));
        assert_eq!([lasting(3_600), lasting(3_601), lasting(47 * 3_600)], ["1 hour", "2 hours", "47 hours"]);
        assert_eq!([lasting(48 * 3_600), lasting(71 * 3_600)], ["2 days", "3 days"]);
        assert_eq!(Language::ES.lasting(Duration::from_hours(49)), "3 días");
    }
}
