//! Every sentence of the pages: functions of [`Language`] that `build.rs` makes of the Fluent files in `locales/`.
use crate::language::{Count, Language};

include!(concat!(env!("OUT_DIR"), "/messages.rs"));

#[cfg(test)]
mod tests {
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
    fn counts_are_words_in_both_languages() {
        assert_eq!(Language::Es.replies(1_i64), "1 respuesta");
        assert_eq!(Language::En.replies(1_200_i64), "1,200 replies");
        assert_eq!(Language::Es.replies(0_i64), "Sin respuestas");
        assert_eq!(Language::Es.members(12_000_i64), "12.000 miembros");
        assert_eq!(Language::Es.members(1_000_000_i64), "1.000.000 de miembros");
        assert_eq!(Language::En.members(1_000_000_i64), "1,000,000 members");
        assert_eq!(Language::Es.welcome("Huerto"), "«Huerto» ya está en marcha");
    }
}
