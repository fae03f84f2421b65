//! Where a text says what was searched for.
use std::ops::Range;

use super::{Language, Query, fold, is_joined, stands_alone, words};

/// A piece of a text, and whether it is what was searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What it says.
    pub text: String,
    /// Whether it was searched for.
    pub is_found: bool,
}

/// How many characters stand before the first word that was found.
const BEFORE: usize = 60;

/// A word of a text, where it stands, and what the index holds for it.
struct Word {
    at: Range<usize>,
    stems: Vec<String>,
}

impl Query {
    /// So many characters of a text in this language around what is searched for, in pieces; nothing, if it does not say that.
    pub fn found(&self, text: &str, language: Option<&str>, most: usize) -> Option<Vec<Piece>> {
        let spots = self.spots(&said(text, language));
        let first = spots.first()?;
        let begin = if text.chars().count() <= most { 0 } else { before(text, first.start) };
        let rest = text.get(begin..).unwrap_or_default();
        let end = begin + rest.char_indices().nth(most).map_or(rest.len(), |(at, _)| end_of_word(rest, at));
        let mut pieces: Vec<Piece> = Vec::new();
        let mut push = |text: &str, is_found: bool| {
            if !text.is_empty() {
                pieces.push(Piece { text: text.to_owned(), is_found });
            }
        };
        push(if begin > 0 { "…" } else { "" }, false);
        let mut at = begin;
        for spot in spots.iter().filter(|spot| spot.start >= begin && spot.end <= end) {
            push(text.get(at..spot.start).unwrap_or_default(), false);
            push(text.get(spot.clone()).unwrap_or_default(), true);
            at = spot.end;
        }
        push(text.get(at..end).unwrap_or_default(), false);
        push(if end < text.len() { "…" } else { "" }, false);
        Some(pieces)
    }

    /// Where these words are what is searched for, from the beginning on; none twice.
    fn spots(&self, said: &[Word]) -> Vec<Range<usize>> {
        let mut spots: Vec<Range<usize>> = Vec::new();
        let mut at = 0;
        while let Some(rest) = said.get(at..).filter(|rest| !rest.is_empty()) {
            let length = self.wanted.iter().flatten().filter(|run| begins(rest, run)).map(Vec::len).max().unwrap_or(0);
            if let (Some(first), Some(last)) = (rest.first(), rest.get(length.wrapping_sub(1))) {
                spots.push(first.at.start..last.at.end);
            }
            at += length.max(1);
        }
        spots
    }
}

/// Whether words begin with a run of stems.
fn begins(said: &[Word], run: &[String]) -> bool {
    said.len() >= run.len() && said.iter().zip(run).all(|(word, stem)| word.stems.contains(stem))
}

/// The words of a text with what the index holds for each, as [`super::analyze`] makes it.
fn said(text: &str, language: Option<&str>) -> Vec<Word> {
    let languages = Language::of(language);
    let mut found = Vec::new();
    for at in runs(text) {
        // One, but of letters that are several in one.
        for word in words(text.get(at.clone()).unwrap_or_default(), 8) {
            let folded = fold(&word);
            let spelt = if folded == word { vec![word] } else { vec![word, folded] };
            let stems = spelt.iter().flat_map(|word| languages.iter().map(|language| language.stem(word))).collect();
            found.push(Word { at: at.clone(), stems });
        }
    }
    found
}

/// Where the words of a text stand: runs of letters or of digits, and letters of scripts without spaces one by one.
fn runs(text: &str) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut run: Option<(Range<usize>, bool)> = None;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let is_word = c.is_alphanumeric() || is_joined(c);
        run = match run {
            Some((was, digits)) if is_word && !stands_alone(c) && (is_joined(c) || digits == c.is_numeric()) => {
                Some((was.start..end, digits))
            }
            was => {
                runs.extend(was.map(|(range, _)| range));
                (c.is_alphanumeric()).then(|| (at..end, c.is_numeric()))
            }
        };
        if stands_alone(c) {
            runs.extend(run.take().map(|(range, _)| range));
        }
    }
    runs.extend(run.map(|(range, _)| range));
    runs
}

/// A little before a place, where a word begins.
fn before(text: &str, place: usize) -> usize {
    let head = text.get(..place).unwrap_or_default();
    let from = head.char_indices().rev().take(BEFORE).last().map_or(0, |(at, _)| at);
    let cut = head.get(from..).unwrap_or_default();
    if from == 0 { 0 } else { cut.find(' ').map_or(from, |space| from + space + 1) }
}

/// The end of the last whole word before a place; the place, if there is none.
fn end_of_word(text: &str, place: usize) -> usize {
    text.get(..place).and_then(|head| head.rfind(' ')).filter(|end| *end > 0).unwrap_or(place)
}

#[cfg(test)]
mod tests {
    use super::super::query;

    fn marked(typed: &str, text: &str, language: Option<&str>, most: usize) -> Option<String> {
        let pieces = query(typed).found(text, language, most)?;
        let shown =
            |piece: &super::Piece| if piece.is_found { format!("[{}]", piece.text) } else { piece.text.clone() };
        Some(pieces.iter().map(shown).collect())
    }

    #[test]
    fn what_is_found_is_shown_as_it_is_written() {
        for (typed, text, language, shown) in [
            ("cancion", "Una Canción, dos canciones", Some("es"), "Una [Canción], dos [canciones]"),
            ("responder", "Ya respondieron", Some("es"), "Ya [respondieron]"),
            ("\"por goteo\" riego", "riego: por goteo o por lluvia", None, "[riego]: [por goteo] o por lluvia"),
            ("-riego tomate", "Tomates & riego", Some("es"), "[Tomates] & riego"),
            ("running", "We run <fast>", Some("en"), "We [run] <fast>"),
            ("日", "今日", Some("ja"), "今[日]"),
            ("cancion", "cancio\u{301}n y más", Some("es"), "[cancio\u{301}n] y más"),
        ] {
            assert_eq!(marked(typed, text, language, 200).as_deref(), Some(shown), "{typed}");
        }
        assert_eq!(marked("año", "el ano", Some("es"), 200), None);
        assert_eq!(marked("", "el ano", Some("es"), 200), None);
    }

    #[test]
    fn of_a_long_text_it_is_shown_around_what_is_found() {
        let text = format!("{}tomates {}", "uno dos tres ".repeat(50), "cuatro cinco ".repeat(50));
        let shown = marked("tomate", &text, Some("es"), 100).unwrap();
        assert!(shown.starts_with('…') && shown.ends_with('…') && shown.contains("tres [tomates] cuatro"), "{shown}");
        assert!(shown.chars().count() <= 105, "{shown}");
        assert!(marked("uno", &text, Some("es"), 30).unwrap().starts_with("[uno] dos"));
    }
}
