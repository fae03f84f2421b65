//! What a person typed into the search box, in the languages of both databases.
use super::{Language, fold, words};

/// How much of a query is read, in characters.
const LONGEST: usize = 500;
/// How many words and phrases count.
const TERMS: usize = 16;
/// How many words a phrase may have.
const PHRASE: usize = 16;

/// A parsed query: everything wanted, nothing excluded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pub(super) wanted: Vec<Term>,
    excluded: Vec<Term>,
}

/// Spellings of one word or phrase, any of which will do; each is a run of words that stand side by side.
pub(super) type Term = Vec<Vec<String>>;

/// Reads words, `"phrases"` and `-exclusions`.
pub fn query(typed: &str) -> Query {
    let mut query = Query::default();
    let typed: String =
        typed.chars().take(LONGEST).map(|c| if matches!(c, '“' | '”' | '«' | '»') { '"' } else { c }).collect();
    let mut rest = typed.trim_start();
    while !rest.is_empty() && query.wanted.len() + query.excluded.len() < TERMS {
        let (excluded, after) = rest.strip_prefix('-').map_or((false, rest), |after| (true, after));
        let (text, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_at(after.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(after.len())),
        };
        rest = after.trim_start();
        let term = spellings(text);
        if !term.is_empty() {
            if excluded { &mut query.excluded } else { &mut query.wanted }.push(term);
        }
    }
    query
}

/// What the index may hold for these words: their stems by language, with and without their accents.
pub(super) fn spellings(text: &str) -> Term {
    let words = words(text, PHRASE);
    let mut term = Term::new();
    if words.is_empty() {
        return term;
    }
    let folded: Vec<String> = words.iter().map(|word| fold(word)).collect();
    for language in [Language::Spanish, Language::English, Language::Unknown] {
        for words in [&words, &folded] {
            let run: Vec<String> =
                words.iter().map(|word| language.stem(word)).filter(|stem| !stem.is_empty()).collect();
            if !run.is_empty() && !term.contains(&run) {
                term.push(run);
            }
        }
    }
    term
}

impl Query {
    /// Wants any of these.
    pub(super) fn any_of(spellings: Term) -> Self {
        let wanted = if spellings.is_empty() { Vec::new() } else { vec![spellings] };
        Self { wanted, excluded: Vec::new() }
    }

    /// Whether nothing is searched for; excluding alone searches for nothing.
    pub fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }

    /// The query for `MATCH` of SQLite FTS5; empty when nothing is searched for.
    pub fn to_fts5(&self) -> String {
        // Words are letters and digits only, so that quotation marks around them are all the escaping there is to do.
        let term = |term: &Term| {
            let runs: Vec<String> = term.iter().map(|run| format!("\"{}\"", run.join(" "))).collect();
            format!("({})", runs.join(" OR "))
        };
        let wanted = self.wanted.iter().map(term).collect::<Vec<_>>().join(" AND ");
        let excluded = self.excluded.iter().map(term).collect::<Vec<_>>().join(" OR ");
        if wanted.is_empty() || excluded.is_empty() { wanted } else { format!("({wanted}) NOT ({excluded})") }
    }

    /// The query for `to_tsquery('simple', …)` of PostgreSQL; empty when nothing is searched for.
    pub fn to_tsquery(&self) -> String {
        let run = |run: &Vec<String>| {
            let words: Vec<String> = run.iter().map(|word| format!("'{word}'")).collect();
            format!("({})", words.join(" <-> "))
        };
        let term = |term: &Term| format!("({})", term.iter().map(run).collect::<Vec<_>>().join(" | "));
        if self.wanted.is_empty() {
            return String::new();
        }
        let excluded = self.excluded.iter().map(|excluded| format!("!{}", term(excluded)));
        self.wanted.iter().map(term).chain(excluded).collect::<Vec<_>>().join(" & ")
    }
}
