//! What a person asks of the search box: words, and operators that narrow them, in Spanish and in English.
use super::{Query, query};
use crate::{handle::Handle, text::language};

/// In which state a thread is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nobody has replied.
    Unanswered,
    /// Somebody has.
    Answered,
    /// Whoever began it, or the team, says that a reply answers it.
    Solved,
    /// It takes replies.
    Open,
    /// It takes none.
    Closed,
}

/// What is searched for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// The words.
    pub query: Query,
    /// The words as they were typed, without the operators.
    pub words: String,
    /// Only threads in this state.
    pub state: Option<State>,
    /// Only in this language, a primary subtag.
    pub language: Option<String>,
    /// Only what was written here, or only elsewhere.
    pub local: Option<bool>,
    /// Only by this author.
    pub from: Option<Handle>,
    /// Only in this community.
    pub within: Option<Handle>,
    /// Operators whose value means nothing.
    pub unknown: Vec<String>,
}

impl Wish {
    /// Reads what somebody typed.
    pub fn read(typed: &str) -> Self {
        let mut wish = Self::default();
        let mut words: Vec<&str> = Vec::new();
        for piece in typed.split_whitespace() {
            match piece.split_once(':').map(|(key, value)| (key.to_lowercase(), value.to_lowercase())) {
                Some((key, value)) if KEYS.contains(&key.as_str()) && !value.is_empty() => {
                    if !wish.narrow(&key, &value) {
                        wish.unknown.push(piece.to_owned());
                    }
                }
                _ => words.push(piece),
            }
        }
        wish.words = words.join(" ");
        wish.query = query(&wish.words);
        wish
    }

    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.query.is_empty() && !self.is_narrowed()
    }

    /// Whether it holds more than words.
    pub fn is_narrowed(&self) -> bool {
        self.state.is_some()
            || self.language.is_some()
            || self.local.is_some()
            || self.from.is_some()
            || self.within.is_some()
    }

    /// Takes in an operator; whether its value means something.
    fn narrow(&mut self, key: &str, value: &str) -> bool {
        match key {
            "estado" | "status" => self.state = state(value),
            "idioma" | "lang" => {
                self.language = language::normalize_tag(value).map(|tag| language::primary(&tag).to_owned());
            }
            "origen" | "origin" => self.local = origin(value),
            "de" | "from" => self.from = Handle::parse(value),
            _ => self.within = Handle::parse(value),
        }
        match key {
            "estado" | "status" => self.state.is_some(),
            "idioma" | "lang" => self.language.is_some(),
            "origen" | "origin" => self.local.is_some(),
            "de" | "from" => self.from.is_some(),
            _ => self.within.is_some(),
        }
    }
}

const KEYS: [&str; 10] = ["estado", "status", "idioma", "lang", "origen", "origin", "de", "from", "en", "in"];

fn state(value: &str) -> Option<State> {
    Some(match value {
        "sin-respuesta" | "sin-respuestas" | "unanswered" => State::Unanswered,
        "con-respuesta" | "respondido" | "respondida" | "answered" => State::Answered,
        "resuelto" | "resuelta" | "solved" => State::Solved,
        "abierto" | "abierta" | "open" => State::Open,
        "cerrado" | "cerrada" | "closed" | "locked" => State::Closed,
        _ => return None,
    })
}

fn origin(value: &str) -> Option<bool> {
    match value {
        "local" | "aquí" | "aqui" | "here" => Some(true),
        "remoto" | "remota" | "otros" | "remote" | "elsewhere" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_narrow_and_words_stay_words() {
        let wish = Wish::read("riego estado:sin-respuesta idioma:es-AR origen:local de:@ana@otro.example por goteo");
        assert_eq!((wish.words.as_str(), wish.state), ("riego por goteo", Some(State::Unanswered)));
        assert_eq!((wish.language.as_deref(), wish.local), (Some("es"), Some(true)));
        assert_eq!(wish.from.map(|from| from.to_string()).as_deref(), Some("@ana@otro.example"));
        let same = Wish::read("Status:unanswered LANG:es origin:here");
        assert_eq!(
            (same.state, same.language.as_deref(), same.local),
            (Some(State::Unanswered), Some("es"), Some(true))
        );
        assert!(same.query.is_empty() && !same.is_empty());
    }

    #[test]
    fn what_means_nothing_is_said_and_not_searched_for() {
        let wish = Wish::read("hora:12:30 estado:triste http://x.example/a: de:");
        assert_eq!(wish.unknown, ["estado:triste"]);
        assert_eq!(wish.words, "hora:12:30 http://x.example/a: de:");
        assert!(Wish::read("estado:").state.is_none() && Wish::read("  ").is_empty());
    }
}
