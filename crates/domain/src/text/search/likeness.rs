//! What is likely to be about the same: titles that share the words that say most.
use std::collections::HashSet;

use super::{
    Query, analyze,
    query::{Term, spellings},
    words,
};

/// How many words of a title count: the longest, which are the rarest.
const MOST: usize = 5;
/// How long a word must be, in characters.
const LEAST: usize = 4;
/// Words of that length that say nothing of what a title is about.
const EMPTY: &str = "algo alguien algún alguna algunas algunos antes aquí así aunque bien cada como cómo con cosa cuál cual cuales \
    cualquier cuando cuándo cuánto cuanto desde después donde dónde durante ella ellas ellos entre esta está están estas este \
    esto estos estoy hace hacer hacia hasta mejor menos mientras mucho muchas muchos muy nada nadie nuestra nuestro otra otras \
    otro otros para pero poco porque puede pueden puedo qué quien quién sabe saber sido siempre sobre solo también tanto tiene \
    tienen tengo toda todas todo todos tras unas unos vuestra vuestro about after again also anyone been best before could does \
    doing done ever every from good have having here into just like make more most much need only other over same should some \
    such than that their them then there these they this those what when where which while will with without would your";

/// The words of a title by which others are compared with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness(Vec<Term>);

impl Likeness {
    /// What to look for.
    pub fn of(title: &str) -> Self {
        let mut said = words(title, 100);
        said.retain(|word| word.chars().count() >= LEAST && !EMPTY.split(' ').any(|empty| empty == word));
        // A stable order, so that the same title always looks for the same.
        said.sort_by(|one, other| other.chars().count().cmp(&one.chars().count()).then_with(|| one.cmp(other)));
        said.dedup();
        Self(said.iter().take(MOST).map(|word| spellings(word)).collect())
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Finds whatever has one of the words.
    pub fn query(&self) -> Query {
        Query::any_of(self.0.concat())
    }

    /// How many of the words another title has.
    pub fn shared(&self, title: &str) -> usize {
        let text = analyze(title, None);
        let said: HashSet<&str> = text.split(' ').collect();
        let has = |term: &&Term| term.iter().any(|run| run.iter().all(|word| said.contains(word.as_str())));
        self.0.iter().filter(has).count()
    }

    /// Whether so many shared words are enough to speak of the same.
    pub fn is_enough(&self, shared: usize) -> bool {
        shared >= self.0.len().min(2) && shared > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_about_the_same_share_words() {
        let likeness = Likeness::of("¿Por qué se ponen amarillas las hojas de mis tomates?");
        assert_eq!(likeness.shared("Hojas amarillas en el tomate"), 3);
        assert_eq!(likeness.shared("Riego por goteo"), 0);
        assert!(likeness.is_enough(2) && !likeness.is_enough(1));
        assert!(likeness.query().to_fts5().contains(" OR "), "{}", likeness.query().to_fts5());
        assert!(!likeness.query().to_tsquery().contains('&'), "{}", likeness.query().to_tsquery());
    }

    #[test]
    fn what_says_nothing_is_like_nothing() {
        for title in ["", "¿Qué?", "para todos", "?!"] {
            let likeness = Likeness::of(title);
            assert!(likeness.is_empty() && likeness.query().is_empty() && !likeness.is_enough(0), "{title}");
        }
        assert!(Likeness::of("Borraja").is_enough(1), "a title of one word needs but that");
    }
}
