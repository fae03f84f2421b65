//! Words as people spell them: which ones a text has, and how close two are to each other.
use std::collections::HashSet;

use super::{TEXT_MAX, WORDS_MAX, fold, words};

/// How many letters a word has that is worth remembering, at least and at most.
const LETTERS: std::ops::RangeInclusive<usize> = 4..=30;
/// How much of two words must be the same, in thousandths: what `pg_trgm` takes for similar.
const CLOSE: usize = 300;

/// The words of a text, each once: folded, and as they are spelt. Short ones and numbers are left out.
pub fn vocabulary(text: &str) -> Vec<(String, String)> {
    let text = text.get(..text.floor_char_boundary(TEXT_MAX)).unwrap_or(text);
    let mut seen = HashSet::new();
    let spelt = words(text, WORDS_MAX).into_iter().filter(|word| is_worthwhile(word));
    spelt.map(|word| (fold(&word), word)).filter(|(folded, _)| seen.insert(folded.clone())).collect()
}

/// Whether a word has so many letters, and nothing but letters.
pub fn is_worthwhile(word: &str) -> bool {
    LETTERS.contains(&word.chars().count()) && word.chars().all(char::is_alphabetic)
}

/// A folded word, taken apart once to be compared with many.
#[derive(Debug, Clone)]
pub struct Spelling {
    letters: Vec<char>,
    runs: HashSet<[char; 3]>,
}

impl Spelling {
    /// How this word is spelt.
    pub fn of(word: &str) -> Self {
        Self { letters: sorted(word), runs: trigrams(word) }
    }

    /// How much it has in common with another word, in thousandths of their runs of three letters; nothing, if that is too
    /// little to take one for the other. Those that have the same letters in another order are close.
    pub fn closeness(&self, other: &Self) -> Option<usize> {
        let shared = self.runs.intersection(&other.runs).count();
        let close = shared * 1_000 / self.runs.union(&other.runs).count().max(1);
        Some(if self.letters == other.letters { close.max(CLOSE) } else { close }).filter(|close| *close >= CLOSE)
    }
}

fn sorted(word: &str) -> Vec<char> {
    let mut letters: Vec<char> = word.chars().collect();
    letters.sort_unstable();
    letters
}

/// The runs of three letters of a word, with two blanks before it and one behind it.
fn trigrams(word: &str) -> HashSet<[char; 3]> {
    let letters: Vec<char> = "  ".chars().chain(word.chars()).chain([' ']).collect();
    letters.windows(3).filter_map(|run| run.try_into().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closeness(one: &str, other: &str) -> Option<usize> {
        Spelling::of(one).closeness(&Spelling::of(other))
    }

    #[test]
    fn words_that_are_nearly_the_same_are_close() {
        for (one, other) in [("tomtaes", "tomates"), ("cancon", "cancion"), ("reigo", "riego"), ("tomates", "tomates")]
        {
            assert!(closeness(one, other).is_some(), "{one} {other}");
        }
        assert!(closeness("tomates", "tomate") > closeness("tomates", "tomillo"));
        for (one, other) in [("tomates", "riego"), ("", "riego"), ("huerto", "puerta del sol")] {
            assert_eq!(closeness(one, other), None, "{one} {other}");
        }
    }

    #[test]
    fn a_text_has_each_of_its_words_once() {
        let pair = |folded: &str, word: &str| (folded.to_owned(), word.to_owned());
        let found = vocabulary("Canción de canciones: la CANCIÓN nº 1234 del a\u{f1}o abc123def");
        assert_eq!(found, [pair("cancion", "canción"), pair("canciones", "canciones")]);
    }
}
