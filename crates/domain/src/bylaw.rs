//! The rules that a community gives itself: numbered, and kept version by version, so that what was judged by them can
//! be read again.
use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{UnknownWord, id::ActorId, imprint::Wording, time::Timestamp};

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bylaw {
    /// Which it is through all versions, wherever it stands.
    pub key: i64,
    /// What it says, in a line.
    pub title: String,
    /// What that means: Markdown.
    pub text: String,
    /// The same in other languages: what it says, and what that means.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Wording>,
}

impl Bylaw {
    /// What it says and what that means in a language, each of both or else as it was written.
    pub fn said(&self, language: &str) -> (&str, &str) {
        let other = self.others.iter().find(|other| other.language == language);
        let (title, text) = other.map_or(("", ""), |other| (other.text.as_str(), other.hint.as_str()));
        let title = if title.is_empty() { self.title.as_str() } else { title };
        (title, if text.is_empty() { self.text.as_str() } else { text })
    }
}

/// The rules of a community as they were from one change to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bylaws {
    /// From 1, each change one more.
    pub version: i64,
    /// Who changed them.
    pub by: ActorId,
    /// Since when they are so.
    pub created: Timestamp,
    /// The rules, in their order.
    pub list: Vec<Bylaw>,
}

impl Bylaws {
    /// The rule that stands at a place, counted from 1.
    pub fn at(&self, number: i64) -> Option<&Bylaw> {
        self.list.get(usize::try_from(number).ok()?.checked_sub(1)?)
    }

    /// Its rules as they are named, each with how it is cited.
    pub fn cited(&self) -> impl Iterator<Item = (Citation, &Bylaw)> {
        (1..).zip(&self.list).map(|(number, bylaw)| (Citation { version: self.version, number }, bylaw))
    }
}

/// A rule as it is named by whoever judges: its place in one version. That stays true whatever becomes of the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Citation {
    /// The version.
    pub version: i64,
    /// Its place there, from 1.
    pub number: i64,
}

impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.version, self.number)
    }
}

impl FromStr for Citation {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let parts =
            text.split_once('.').and_then(|(version, number)| Some((version.parse().ok()?, number.parse().ok()?)));
        let (version, number) = parts.ok_or_else(|| UnknownWord(text.to_owned()))?;
        Ok(Self { version, number })
    }
}

/// What became of a rule from one version to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference<'a> {
    /// It says the same.
    Kept(&'a Bylaw),
    /// It is new.
    Added(&'a Bylaw),
    /// It says something else: what it said, and what it says.
    Changed(&'a Bylaw, &'a Bylaw),
    /// It is gone.
    Removed(&'a Bylaw),
}

/// What changed from `before` to `after`, in the order of `after`; at the end what is gone.
pub fn differences<'a>(before: &'a [Bylaw], after: &'a [Bylaw]) -> Vec<Difference<'a>> {
    let find = |list: &'a [Bylaw], key| list.iter().find(|bylaw| bylaw.key == key);
    let now = after.iter().map(|bylaw| match find(before, bylaw.key) {
        None => Difference::Added(bylaw),
        Some(same) if same == bylaw => Difference::Kept(bylaw),
        Some(former) => Difference::Changed(former, bylaw),
    });
    let gone = before.iter().filter(|bylaw| find(after, bylaw.key).is_none()).map(Difference::Removed);
    now.chain(gone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bylaw(key: i64, title: &str) -> Bylaw {
        Bylaw { key, title: title.into(), text: String::new(), others: Vec::new() }
    }

    #[test]
    fn rules_are_found_again_wherever_they_stand() {
        let before = [bylaw(1, "Be kind"), bylaw(2, "No spam"), bylaw(3, "On topic")];
        let after = [bylaw(3, "On topic"), bylaw(1, "Be very kind"), bylaw(4, "No polls")];
        let expected = [
            Difference::Kept(&after[0]),
            Difference::Changed(&before[0], &after[1]),
            Difference::Added(&after[2]),
            Difference::Removed(&before[1]),
        ];
        assert_eq!(differences(&before, &after), expected);
        assert_eq!(differences(&[], &after[..1]), [Difference::Added(&after[0])]);
    }

    #[test]
    fn a_rule_is_read_in_the_language_of_whoever_reads_it() {
        let english = Wording { language: "en".into(), text: "Be kind".into(), hint: "Always.".into() };
        let rule = Bylaw { others: vec![english], ..bylaw(1, "Sé amable") };
        assert_eq!(rule.said("en"), ("Be kind", "Always."));
        assert_eq!(rule.said("es"), ("Sé amable", ""), "as it was written");
        let part = |text: &str, hint: &str| Wording { language: "en".into(), text: text.into(), hint: hint.into() };
        let explained = Bylaw { text: "Siempre.".into(), ..bylaw(1, "Sé amable") };
        for (other, expected) in
            [(part("Be kind", ""), ("Be kind", "Siempre.")), (part("", "Always."), ("Sé amable", "Always."))]
        {
            let rule = Bylaw { others: vec![other], ..explained.clone() };
            assert_eq!(rule.said("en"), expected, "what is not translated is read as it was written");
        }
    }

    #[test]
    fn a_rule_is_cited_by_its_place_in_a_version() {
        let created = Timestamp(0);
        let bylaws = Bylaws { version: 3, by: ActorId(1), created, list: vec![bylaw(7, "a"), bylaw(5, "b")] };
        let cited: Vec<(String, i64)> = bylaws.cited().map(|(cited, bylaw)| (cited.to_string(), bylaw.key)).collect();
        assert_eq!(cited, [("3.1".to_owned(), 7), ("3.2".to_owned(), 5)]);
        assert_eq!("3.2".parse(), Ok(Citation { version: 3, number: 2 }));
        assert_eq!(bylaws.at(2).map(|bylaw| bylaw.key), Some(5));
        for none in [0, 3, -1] {
            assert_eq!(bylaws.at(none), None);
        }
        for text in ["", "3", "3.", "a.b", "3.2.1"] {
            assert!(text.parse::<Citation>().is_err(), "{text}");
        }
    }
}
