//! What a document says, as triples; as long as whoever reads its plain JSON reads the same in it.
use std::collections::HashSet;

use serde_json::{Map, Number, Value};

use super::{
    Unfit,
    context::{Container, Context, Kind, Meaning, Term},
};

const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const XSD: &str = "http://www.w3.org/2001/XMLSchema#";

/// How many triples a document may hold, and how many things without a name.
const TRIPLES: usize = 4_000;
const NAMELESS: usize = 256;

/// A thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Node {
    /// By its name.
    Named(String),
    /// By a number of no meaning.
    Nameless(usize),
}

/// What is said of a thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Said {
    /// Another thing.
    Thing(Node),
    /// A text, as triples spell it.
    Text(String),
}

/// That a thing has a property.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Triple {
    pub(super) subject: Node,
    pub(super) property: String,
    pub(super) object: Said,
}

/// Where those who sign spell the same differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    /// `1.0` is the whole number that it is.
    pub(super) whole: bool,
    /// Languages are in lower case.
    pub(super) lower: bool,
    /// Only quotes, backslashes and the ends of lines are escaped.
    pub(super) terse: bool,
}

/// Where a document could be spelled in another way, so that it is worth a try.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    pub(super) whole: bool,
    pub(super) lower: bool,
    pub(super) terse: bool,
}

/// What the document says, without the keys in `except` at its top.
pub(super) fn of(
    document: &Map<String, Value>,
    except: &[&str],
    dialect: Dialect,
) -> Result<(Vec<Triple>, Doubts), Unfit> {
    let mut reading = Reading {
        dialect,
        triples: Vec::new(),
        nameless: 0,
        described: HashSet::new(),
        contexts: super::CONTEXTS,
        doubts: Doubts::default(),
    };
    reading.thing(document, &Context::default(), except)?;
    reading.triples.sort();
    reading.triples.dedup();
    Ok((reading.triples, reading.doubts))
}

struct Reading {
    dialect: Dialect,
    triples: Vec<Triple>,
    nameless: usize,
    /// The names of things that were described: nobody is described in two places, of which a reader sees one.
    described: HashSet<String>,
    contexts: usize,
    doubts: Doubts,
}

impl Reading {
    fn say(&mut self, subject: &Node, property: &str, object: Said) -> Result<(), Unfit> {
        if self.triples.len() >= TRIPLES {
            return Err(Unfit("it says too much"));
        }
        self.triples.push(Triple { subject: subject.clone(), property: property.to_owned(), object });
        Ok(())
    }

    fn nameless(&mut self) -> Result<Node, Unfit> {
        self.nameless += 1;
        if self.nameless > NAMELESS {
            Err(Unfit("too many things without a name"))
        } else {
            Ok(Node::Nameless(self.nameless))
        }
    }

    fn thing(&mut self, object: &Map<String, Value>, outer: &Context, except: &[&str]) -> Result<Node, Unfit> {
        let context = match object.get("@context") {
            Some(added) => &outer.with(added, &mut self.contexts)?,
            None => outer,
        };
        let entries = || object.iter().filter(|(key, _)| *key != "@context" && !except.contains(&key.as_str()));
        let mut properties = Vec::with_capacity(object.len());
        let (mut id, mut kinds) = (None, Vec::new());
        for (key, value) in entries() {
            if key.starts_with('@') {
                return Err(Unfit("a keyword"));
            }
            let term = context.key(key)?;
            match &term.meaning {
                Meaning::Id => id = Some(value.as_str().ok_or(Unfit("an id that is no text"))?),
                Meaning::Type => kinds.extend(items(value)),
                Meaning::Name(_) => properties.push((term, value)),
                Meaning::Nothing | Meaning::Strange => return Err(Unfit("a word without a meaning")),
            }
        }
        let node = match id {
            Some(id) => Node::Named(context.id(id)?.to_owned()),
            None => self.nameless()?,
        };
        if let Node::Named(name) = &node
            && !(kinds.is_empty() && properties.is_empty())
            && !self.described.insert(name.clone())
        {
            return Err(Unfit("a thing that is described twice"));
        }
        for kind in kinds {
            let name = context.kind(kind.as_str().ok_or(Unfit("a type that is no text"))?)?;
            self.say(&node, &format!("{RDF}type"), Said::Thing(Node::Named(name)))?;
        }
        for (term, value) in properties {
            self.property(&node, &term, value, context)?;
        }
        Ok(node)
    }

    fn property(&mut self, subject: &Node, term: &Term, value: &Value, context: &Context) -> Result<(), Unfit> {
        let Meaning::Name(name) = &term.meaning else { return Err(Unfit("a word without a meaning")) };
        match term.container {
            Container::Languages => {
                let texts = value.as_object().ok_or(Unfit("texts without a language"))?;
                for (language, text) in texts {
                    for text in items(text) {
                        let said = self.worded(text.as_str().ok_or(Unfit("a text that is none"))?, language)?;
                        self.say(subject, name, said)?;
                    }
                }
                Ok(())
            }
            Container::List if !value.is_null() => {
                let mut rest = Node::Named(format!("{RDF}nil"));
                for item in items(value).collect::<Vec<_>>().into_iter().rev() {
                    let said = self.value(term, item, context)?;
                    let link = self.nameless()?;
                    self.say(&link, &format!("{RDF}first"), said)?;
                    self.say(&link, &format!("{RDF}rest"), Said::Thing(rest))?;
                    rest = link;
                }
                self.say(subject, name, Said::Thing(rest))
            }
            Container::Set | Container::List => {
                for item in items(value) {
                    let said = self.value(term, item, context)?;
                    self.say(subject, name, said)?;
                }
                Ok(())
            }
        }
    }

    fn value(&mut self, term: &Term, value: &Value, context: &Context) -> Result<Said, Unfit> {
        match (value, &term.kind) {
            (Value::Object(object), _) => Ok(Said::Thing(self.thing(object, context, &[])?)),
            (Value::String(id), Kind::Id) => Ok(Said::Thing(Node::Named(context.id(id)?.to_owned()))),
            (Value::String(text), Kind::Plain) => Ok(self.text(text, None)),
            (Value::String(text), Kind::Typed(kind)) => Ok(self.text(text, Some(kind))),
            (Value::Bool(truth), Kind::Plain) => Ok(self.text(&truth.to_string(), Some(&format!("{XSD}boolean")))),
            (Value::Number(number), Kind::Plain | Kind::Typed(_)) => self.number(number, &term.kind),
            _ => Err(Unfit("a value of another kind")),
        }
    }

    fn number(&mut self, number: &Number, kind: &Kind) -> Result<Said, Unfit> {
        let float = number.as_f64().ok_or(Unfit("a number that is none"))?;
        let fraction = number.is_f64() && (float.fract() != 0.0 || float.abs() >= 1e21);
        self.doubts.whole |= number.is_f64() && !fraction;
        let double = format!("{XSD}double");
        let written = if fraction || number.is_f64() && !self.dialect.whole || *kind == Kind::Typed(double.clone()) {
            (exact(float), double)
        } else if number.is_f64() {
            (format!("{float:.0}"), format!("{XSD}integer"))
        } else {
            (number.to_string(), format!("{XSD}integer"))
        };
        let kind = if let Kind::Typed(kind) = kind { kind } else { &written.1 };
        Ok(self.text(&written.0, Some(kind)))
    }

    fn worded(&mut self, text: &str, language: &str) -> Result<Said, Unfit> {
        let letters = language
            .split('-')
            .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        if !letters {
            return Err(Unfit("a language that is none"));
        }
        let lower = language.to_ascii_lowercase();
        self.doubts.lower |= lower != language;
        let text = self.escaped(text);
        Ok(Said::Text(format!("\"{text}\"@{}", if self.dialect.lower { &lower } else { language })))
    }

    fn text(&mut self, text: &str, kind: Option<&str>) -> Said {
        let text = self.escaped(text);
        Said::Text(match kind.filter(|kind| kind.strip_prefix(XSD) != Some("string")) {
            Some(kind) => format!("\"{text}\"^^<{kind}>"),
            None => format!("\"{text}\""),
        })
    }

    fn escaped(&mut self, text: &str) -> String {
        let mut escaped = String::with_capacity(text.len());
        for letter in text.chars() {
            let rare = matches!(letter, '\0'..='\u{1f}' | '\u{7f}') && !matches!(letter, '\n' | '\r');
            self.doubts.terse |= rare;
            match letter {
                '"' => escaped.push_str("\\\""),
                '\\' => escaped.push_str("\\\\"),
                '\n' => escaped.push_str("\\n"),
                '\r' => escaped.push_str("\\r"),
                _ if !rare || self.dialect.terse => escaped.push(letter),
                '\u{8}' => escaped.push_str("\\b"),
                '\t' => escaped.push_str("\\t"),
                '\u{c}' => escaped.push_str("\\f"),
                _ => escaped.extend(["\\u00", &hex::encode_upper([u8::try_from(letter).unwrap_or_default()])]),
            }
        }
        escaped
    }
}

/// The values of a key, `null` left out.
fn items(value: &Value) -> impl DoubleEndedIterator<Item = &Value> {
    let (list, one) = match value {
        Value::Array(list) => (list.as_slice(), None),
        one => (&[][..], Some(one)),
    };
    list.iter().chain(one).filter(|value| !value.is_null())
}

/// A fraction in the canonical spelling of `xsd:double`: sixteen digits, without zeros at the end.
fn exact(number: f64) -> String {
    let written = format!("{number:.15E}");
    let (digits, exponent) = written.split_once('E').unwrap_or((&written, "0"));
    let digits = digits.trim_end_matches('0');
    let zero = if digits.ends_with('.') { "0" } else { "" };
    format!("{digits}{zero}E{exponent}")
}
