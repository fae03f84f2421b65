//! What the words of a document mean: the contexts that come with the program, and those that stand in the document.
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, LazyLock},
};

use serde_json::{Map, Value};

use super::Unfit;
use crate::render;

/// The contexts that are known, by their names. No other one is ever fetched.
const BUNDLED: &[(&str, &str)] = &[
    ("https://www.w3.org/ns/activitystreams", include_str!("../../../contexts/activitystreams.json")),
    ("https://w3id.org/security/v1", include_str!("../../../contexts/security-v1.json")),
    ("https://w3id.org/security/data-integrity/v1", include_str!("../../../contexts/security-data-integrity-v1.json")),
    ("https://w3id.org/security/data-integrity/v2", include_str!("../../../contexts/security-data-integrity-v2.json")),
    ("https://w3id.org/security/multikey/v1", include_str!("../../../contexts/security-multikey-v1.json")),
    ("https://www.w3.org/ns/cid/v1", include_str!("../../../contexts/cid-v1.json")),
    ("https://purl.archive.org/socialweb/webfinger", include_str!("../../../contexts/webfinger.json")),
    ("https://purl.archive.org/miscellany", include_str!("../../../contexts/miscellany.json")),
    ("https://gotosocial.org/ns", include_str!("../../../contexts/gotosocial.json")),
    ("https://join-lemmy.org/context.json", include_str!("../../../contexts/join-lemmy.json")),
];

/// How many contexts one document may have, and how many terms one of them.
const CONTEXTS: usize = 16;
const TERMS: usize = 300;

static LAYERS: LazyLock<HashMap<&str, Arc<Layer>>> = LazyLock::new(|| {
    let mut layers = HashMap::new();
    for (name, text) in BUNDLED {
        let read = || -> Option<Layer> {
            let document: Value = serde_json::from_str(text).ok()?;
            let mut active = Context::default();
            // What one of them needs of another one stands before it in the list.
            active.add(document.get("@context")?, &layers, &mut CONTEXTS.clone()).ok()?;
            Some(active.merged())
        };
        layers.extend(read().map(|layer| (*name, Arc::new(layer))));
    }
    layers
});

/// The words that we understand, each with the one meaning it may have.
static STANDARD: LazyLock<Context> = LazyLock::new(|| {
    let ours = serde_json::to_value(render::Context).unwrap_or_default();
    Context::default().with(&ours, &mut CONTEXTS.clone()).unwrap_or_default()
});

/// The names that are the meaning of a word we understand.
static STANDARD_NAMES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let names = STANDARD.layers.iter().flat_map(|layer| layer.values());
    names.filter_map(|term| if let Meaning::Name(name) = &term.meaning { Some(name.clone()) } else { None }).collect()
});

/// What a term stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The id of a thing.
    Id,
    /// The types of a thing.
    Type,
    /// A property or a type.
    Name(String),
    /// Nothing: what stands there is not said.
    Nothing,
    /// Something that is not understood here; whoever uses it is not understood.
    Strange,
}

/// What the values of a term are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// What they look like.
    Plain,
    /// Ids.
    Id,
    /// Texts and numbers of this type.
    Typed(String),
}

/// How several values of a term belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    /// In no order.
    Set,
    /// In theirs.
    List,
    /// By language.
    Languages,
}

/// A term, defined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) meaning: Meaning,
    pub(super) kind: Kind,
    pub(super) container: Container,
    /// Whether others may begin with it.
    prefix: bool,
}

impl Term {
    fn plain(meaning: Meaning) -> Self {
        Self { meaning, kind: Kind::Plain, container: Container::Set, prefix: false }
    }

    /// Whether it means the same, for whoever uses it as it stands.
    fn agrees(&self, other: &Self) -> bool {
        (&self.meaning, &self.kind, self.container) == (&other.meaning, &other.kind, other.container)
    }
}

/// One context, worked out: its terms, and under [`VOCABULARY`] what is put before words that are none.
type Layer = HashMap<String, Term>;

const VOCABULARY: &str = "@vocab";

/// The contexts that hold at one place of a document; what comes later wins.
#[derive(Debug, Clone, Default)]
pub(super) struct Context {
    layers: Vec<Arc<Layer>>,
}

impl Context {
    /// This one, and what `added` says; `left` is how many contexts the document may still have.
    pub(super) fn with(&self, added: &Value, left: &mut usize) -> Result<Self, Unfit> {
        let mut context = self.clone();
        context.add(added, &LAYERS, left)?;
        Ok(context)
    }

    fn add(&mut self, added: &Value, known: &HashMap<&str, Arc<Layer>>, left: &mut usize) -> Result<(), Unfit> {
        *left = left.checked_sub(1).ok_or(Unfit("too many contexts"))?;
        match added {
            Value::Array(list) => list.iter().try_for_each(|one| match one {
                Value::Array(_) => Err(Unfit("a list of contexts in another one")),
                one => self.add(one, known, left),
            }),
            Value::String(name) => {
                self.layers.push(Arc::clone(known.get(name.as_str()).ok_or(Unfit("a context that is not known"))?));
                Ok(())
            }
            Value::Object(terms) => {
                let layer = Definitions::new(self, terms)?.all()?;
                self.layers.push(Arc::new(layer));
                Ok(())
            }
            _ => Err(Unfit("no context")),
        }
    }

    fn merged(self) -> Layer {
        let terms = self.layers.iter().flat_map(|layer| layer.iter());
        terms.map(|(term, meaning)| (term.clone(), meaning.clone())).collect()
    }

    fn term(&self, term: &str) -> Option<&Term> {
        self.layers.iter().rev().find_map(|layer| layer.get(term))
    }

    fn vocabulary(&self) -> Option<&str> {
        vocabulary(self.term(VOCABULARY))
    }

    /// What a key means. A word that we understand means here what it always means, and nothing else means that.
    pub(super) fn key(&self, key: &str) -> Result<Term, Unfit> {
        let term = match self.term(key) {
            Some(term) => term.clone(),
            None => Term::plain(self.word(key).map_or(Meaning::Nothing, Meaning::Name)),
        };
        match STANDARD.term(key) {
            Some(standard) if term.agrees(standard) => Ok(term),
            Some(_) => Err(Unfit("a known word with another meaning")),
            None => match &term.meaning {
                Meaning::Name(name) if STANDARD_NAMES.contains(name) => Err(Unfit("a known meaning by another word")),
                Meaning::Id | Meaning::Type => Err(Unfit("another word for the id or the type")),
                Meaning::Strange => Err(Unfit("a kind of term that is not understood")),
                Meaning::Name(_) | Meaning::Nothing => Ok(term),
            },
        }
    }

    /// The name of a type; the same holds for it as for keys.
    pub(super) fn kind(&self, word: &str) -> Result<String, Unfit> {
        match self.key(word)?.meaning {
            Meaning::Name(name) if !word.contains(':') => Ok(name),
            _ => Err(Unfit("a type without a meaning")),
        }
    }

    /// An id as it is meant; it must be spelled out.
    pub(super) fn id<'a>(&self, id: &'a str) -> Result<&'a str, Unfit> {
        if matches!(id, "as:Public" | render::PUBLIC) {
            let means = self.expand(id);
            return if means.as_deref() == Some(render::PUBLIC) {
                Ok(render::PUBLIC)
            } else {
                Err(Unfit("not everybody"))
            };
        }
        if is_name(id) && self.expand(id).as_deref() == Some(id) {
            Ok(id)
        } else {
            Err(Unfit("an id that is not whole"))
        }
    }

    /// A name that is written with a prefix, or whole.
    fn expand(&self, text: &str) -> Option<String> {
        let (prefix, rest) = text.split_once(':')?;
        if prefix == "_" || rest.starts_with("//") {
            return (prefix != "_").then(|| text.to_owned());
        }
        match self.term(prefix) {
            Some(Term { meaning: Meaning::Name(name), prefix: true, .. }) => Some(format!("{name}{rest}")),
            _ => Some(text.to_owned()),
        }
    }

    /// The meaning of a word that is not defined.
    fn word(&self, word: &str) -> Option<String> {
        if word.starts_with('@') {
            return None;
        }
        let name = if word.contains(':') { self.expand(word) } else { Some(format!("{}{word}", self.vocabulary()?)) };
        name.filter(|name| is_name(name))
    }
}

fn vocabulary(term: Option<&Term>) -> Option<&str> {
    if let Some(Term { meaning: Meaning::Name(start), .. }) = term { Some(start) } else { None }
}

/// Whether a text is a whole name as RDF has them: with a scheme, and without what would need escaping.
fn is_name(text: &str) -> bool {
    let scheme = text.split_once(':').map(|(scheme, _)| scheme);
    let letters = |scheme: &str| scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    scheme.is_some_and(|scheme| scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && letters(scheme))
        && !text.chars().any(|letter| letter <= ' ' || "<>\"{}|\\^`".contains(letter))
}

/// A context that is being worked out: its terms may need one another, in any order.
struct Definitions<'a> {
    before: &'a Context,
    source: &'a Map<String, Value>,
    layer: Layer,
    open: HashSet<&'a str>,
}

impl<'a> Definitions<'a> {
    fn new(before: &'a Context, source: &'a Map<String, Value>) -> Result<Self, Unfit> {
        if source.len() > TERMS {
            return Err(Unfit("too many terms"));
        }
        let mut layer = Layer::default();
        for (key, value) in source.iter().filter(|(key, _)| key.starts_with('@')) {
            match (key.as_str(), value) {
                ("@version" | "@protected", _) => {}
                (VOCABULARY, Value::Null) => drop(layer.insert(key.clone(), Term::plain(Meaning::Nothing))),
                (VOCABULARY, Value::String(name)) => {
                    layer.insert(key.clone(), Term::plain(Meaning::Name(name.clone())));
                }
                _ => return Err(Unfit("a kind of context that is not understood")),
            }
        }
        Ok(Self { before, source, layer, open: HashSet::new() })
    }

    fn all(mut self) -> Result<Layer, Unfit> {
        for (term, _) in self.source.iter().filter(|(term, _)| !term.starts_with('@')) {
            self.define(term)?;
        }
        Ok(self.layer)
    }

    fn define(&mut self, term: &'a str) -> Result<(), Unfit> {
        if self.layer.contains_key(term) {
            return Ok(());
        }
        if !self.open.insert(term) {
            return Err(Unfit("a term that is defined by itself"));
        }
        let defined = match self.source.get(term) {
            Some(Value::Null) => Term::plain(Meaning::Nothing),
            Some(Value::String(text)) => {
                let meaning = self.meaning(text)?;
                let open_end = |name: &str| name.ends_with([':', '/', '?', '#', '[', ']', '@']);
                let prefix = matches!(&meaning, Meaning::Name(name) if open_end(name)) && !term.contains(':');
                Term { prefix, ..Term::plain(meaning) }
            }
            Some(Value::Object(parts)) => self.detailed(term, parts)?,
            _ => return Err(Unfit("no definition")),
        };
        self.layer.insert(term.to_owned(), defined);
        Ok(())
    }

    fn detailed(&mut self, term: &'a str, parts: &'a Map<String, Value>) -> Result<Term, Unfit> {
        let strange = Ok(Term::plain(Meaning::Strange));
        let mut defined = Term::plain(match parts.get("@id") {
            Some(Value::Null) => Meaning::Nothing,
            Some(Value::String(text)) => self.meaning(text)?,
            Some(_) => return Err(Unfit("no definition")),
            None => self.name(term, true)?.map_or(Meaning::Nothing, Meaning::Name),
        });
        for (key, value) in parts {
            match (key.as_str(), value) {
                ("@id" | "@protected", _) => {}
                ("@prefix", Value::Bool(prefix)) => defined.prefix = *prefix,
                ("@type", Value::String(kind)) if kind == "@id" => defined.kind = Kind::Id,
                ("@type", Value::String(kind)) => match self.meaning(kind)? {
                    Meaning::Name(name) => defined.kind = Kind::Typed(name),
                    _ => return strange,
                },
                ("@container", Value::String(container)) => match container.as_str() {
                    "@set" => defined.container = Container::Set,
                    "@list" => defined.container = Container::List,
                    "@language" => defined.container = Container::Languages,
                    _ => return strange,
                },
                _ => return strange,
            }
        }
        Ok(defined)
    }

    fn meaning(&mut self, text: &'a str) -> Result<Meaning, Unfit> {
        match text {
            "@id" => return Ok(Meaning::Id),
            "@type" => return Ok(Meaning::Type),
            _ if text.starts_with('@') => return Ok(Meaning::Strange),
            _ => {}
        }
        if let Some(term) = self.term(text)? {
            return Ok(term.meaning.clone());
        }
        Ok(self.name(text, false)?.map_or(Meaning::Strange, Meaning::Name))
    }

    /// The name that a text is short for; `itself` is being defined.
    fn name(&mut self, text: &'a str, itself: bool) -> Result<Option<String>, Unfit> {
        let Some((prefix, rest)) = text.split_once(':') else {
            let start = vocabulary(self.layer.get(VOCABULARY).or_else(|| self.before.term(VOCABULARY)));
            return Ok(start.map(|start| format!("{start}{text}")).filter(|name| is_name(name)));
        };
        if prefix == "_" {
            return Ok(None);
        }
        let known = if rest.starts_with("//") || itself && prefix == text { None } else { self.term(prefix)? };
        let name = match known {
            Some(Term { meaning: Meaning::Name(name), prefix: true, .. }) => format!("{name}{rest}"),
            _ => text.to_owned(),
        };
        Ok(Some(name).filter(|name| is_name(name)))
    }

    /// A term of this context, or of those before it.
    fn term(&mut self, term: &'a str) -> Result<Option<&Term>, Unfit> {
        if self.source.contains_key(term) && !term.starts_with('@') {
            self.define(term)?;
            return Ok(self.layer.get(term));
        }
        Ok(self.before.term(term))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_context_that_comes_along_can_be_worked_out() {
        assert_eq!(LAYERS.len(), BUNDLED.len());
        let name = |word: &str| Meaning::Name(format!("https://www.w3.org/ns/activitystreams#{word}"));
        let term = |word: &str| STANDARD.term(word).unwrap();
        assert_eq!(term("actor"), &Term { kind: Kind::Id, ..Term::plain(name("actor")) });
        assert_eq!(term("Hashtag").meaning, name("Hashtag"));
        assert_eq!(term("contentMap").container, Container::Languages);
        assert_eq!(term("orderedItems").container, Container::List);
        assert_eq!((&term("id").meaning, &term("type").meaning), (&Meaning::Id, &Meaning::Type));
        assert_eq!(term("blurhash").meaning, Meaning::Name("http://joinmastodon.org/ns#blurhash".into()));
    }
}
