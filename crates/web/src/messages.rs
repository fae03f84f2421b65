//! Every sentence of the pages: functions of [`Language`] that `build.rs` makes of the Fluent files in `locales/`. Each says
//! first what those who run the site say in its place.
use domain::{imprint::LANGUAGES, sentence::Given};

use crate::language::{Count, Language, Tongue};

/// A sentence as the program says it.
#[derive(Debug)]
pub(crate) struct Original {
    /// What it is called in the files.
    pub(crate) name: &'static str,
    /// As the files say it, language by language in the order of [`domain::imprint::LANGUAGES`].
    pub(crate) texts: [&'static str; 2],
    /// What is filled in, and whether that is a number.
    pub(crate) variables: &'static [(&'static str, bool)],
}

impl Original {
    /// The sentence of this name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        ORIGINALS.iter().find(|original| original.name == name)
    }

    /// What it says in a language.
    pub(crate) fn says(&self, language: &str) -> &'static str {
        let mut texts = LANGUAGES.into_iter().zip(self.texts);
        texts.find(|(tag, _)| *tag == language).map_or("", |(_, text)| text)
    }
}

include!(concat!(env!("OUT_DIR"), "/messages.rs"));

#[cfg(test)]
mod tests {
    use domain::sentence::{self, Wording};

    use super::*;

    #[test]
    fn both_languages_say_something_and_not_the_same() {
        /// What both languages call alike.
        const ALIKE: [&str; 0] = [];
        for (name, es, en) in TABLE {
            assert!(!es.trim().is_empty() && !en.trim().is_empty(), "{name}");
            assert!(es != en || ALIKE.contains(name), "{name} was not translated");
        }
    }

    #[test]
    fn people_are_spared_the_jargon() {
        // The glossary says what such words mean.
        for (name, es, en) in TABLE.iter().filter(|(name, ..)| !name.starts_with("term-")) {
            let words = format!("{es} {en}").to_lowercase();
            for jargon in ["instanc", "actor", "activitypub", "federa", "fediver", "webfinger"] {
                assert!(!words.contains(jargon), "{name} says `{jargon}`");
            }
        }
    }

    #[test]
    fn every_sentence_can_be_said_otherwise() {
        assert_eq!(ORIGINALS.len(), TABLE.len());
        for original in ORIGINALS {
            for tag in LANGUAGES {
                let text = original.says(tag);
                assert_eq!(sentence::checked(text, original.variables), Ok(text.to_owned()), "{}", original.name);
            }
        }
        let members = Original::named("members").unwrap();
        let wording = Wording::parse(members.says("es")).unwrap();
        for count in [0, 1, 7, 12_000, 1_000_000] {
            let given = [("count", Language::ES.counted(count))];
            assert_eq!(wording.say(&given).unwrap(), Language::ES.members(count));
        }
    }

    #[test]
    fn counts_are_words_in_both_languages() {
        assert_eq!(Language::ES.replies(1_i64), "1 respuesta");
        assert_eq!(Language::EN.replies(1_200_i64), "1,200 replies");
        assert_eq!(Language::ES.replies(0_i64), "Sin respuestas");
        assert_eq!(Language::ES.members(12_000_i64), "12.000 miembros");
        assert_eq!(Language::ES.members(1_000_000_i64), "1.000.000 de miembros");
        assert_eq!(Language::EN.members(1_000_000_i64), "1,000,000 members");
        assert_eq!(Language::ES.welcome("Huerto"), "«Huerto» ya está en marcha");
    }
}
