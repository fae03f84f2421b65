//! Sentences of pages and letters in words of somebody's own: how they are written (Fluent, as the ones they replace), and
//! what they say of what is filled in.
use std::collections::BTreeSet;

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, Variant, VariantKey},
    parser,
};

use crate::text::plain;

/// The longest of them, in characters.
pub const LONGEST: usize = 2_000;
/// How many brackets may open in one: whoever reads it goes one step deeper at each.
const BRACKETS: usize = 60;
/// The plural categories of CLDR that the languages of this server have.
const CATEGORIES: [&str; 3] = ["one", "many", "other"];

/// A sentence that is said otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// What it is called.
    pub name: String,
    /// BCP 47.
    pub language: String,
    /// What is said in its place, as it was written.
    pub text: String,
}

/// Why a text replaces no sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It says nothing.
    #[error("a sentence says something")]
    Empty,
    /// It is longer than [`LONGEST`].
    #[error("a sentence has at most {} characters", LONGEST)]
    Long,
    /// Its brackets are not understood.
    #[error("what stands in brackets is not understood")]
    Markup,
    /// Some sentences are put into HTML as they are.
    #[error("`<` and `>` stand in no sentence")]
    Angle,
    /// It fills in what nobody knows there.
    #[error("nothing is called `{0}` there")]
    Unknown(String),
    /// It does not fill in what the sentence does that it replaces.
    #[error("`{0}` is missing")]
    Missing(String),
    /// No number is of this plural category.
    #[error("no number is `{0}`")]
    Count(String),
}

/// What is filled in for a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// As it is written.
    pub spelt: String,
    /// Of a number, which one it is, and its plural category.
    pub count: Option<(i64, &'static str)>,
}

impl From<&str> for Given {
    fn from(text: &str) -> Self {
        Self { spelt: text.to_owned(), count: None }
    }
}

/// A sentence that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// What is given under this name.
    Variable(String),
    /// The first of these that goes with what is given under a name, or else the usual one.
    Choice {
        variable: String,
        arms: Vec<(Key, Vec<Piece>)>,
        usual: Vec<Piece>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Key {
    Number(i64),
    Word(String),
}

impl Key {
    fn goes_with(&self, given: &Given) -> bool {
        match (self, given.count) {
            (Self::Number(number), Some((count, _))) => *number == count,
            (Self::Number(number), None) => number.to_string() == given.spelt,
            (Self::Word(word), Some((_, category))) => word.as_str() == category,
            (Self::Word(word), None) => *word == given.spelt,
        }
    }
}

/// A text as it may stand in place of a sentence that fills in `variables`: each by its name, and whether it is a number.
pub fn checked(text: &str, variables: &[(&str, bool)]) -> Result<String, Flaw> {
    let text = text.replace("\r\n", "\n");
    if text.chars().count() > LONGEST {
        return Err(Flaw::Long);
    }
    let text = plain::clean(&text, LONGEST);
    if text.chars().all(|c| c.is_whitespace() || plain::is_invisible(c)) {
        return Err(Flaw::Empty);
    }
    Wording::parse(&text)?.fits(variables)?;
    Ok(text)
}

impl Wording {
    /// Understands a sentence as Fluent writes it, without its name.
    pub fn parse(text: &str) -> Result<Self, Flaw> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Flaw::Empty);
        }
        if text.chars().count() > LONGEST {
            return Err(Flaw::Long);
        }
        if text.matches(['{', '(']).count() > BRACKETS {
            return Err(Flaw::Markup);
        }
        // What goes on after a line begins further in.
        let lines: Vec<&str> = text.lines().collect();
        let source = format!("sentence = {}\n", lines.join("\n    ").replace('\t', " "));
        let Ok(resource) = parser::parse(source.as_str()) else { return Err(Flaw::Markup) };
        let [Entry::Message(message)] = resource.body.as_slice() else { return Err(Flaw::Markup) };
        match &message.value {
            Some(pattern) if message.attributes.is_empty() => match pieces(pattern)? {
                pieces if pieces.is_empty() => Err(Flaw::Empty),
                pieces => Ok(Self(pieces)),
            },
            _ => Err(Flaw::Markup),
        }
    }

    /// Checks that it fills in neither more nor less than the sentence that it replaces: `variables` by their names, and
    /// whether they are numbers.
    pub fn fits(&self, variables: &[(&str, bool)]) -> Result<(), Flaw> {
        let mut said = BTreeSet::new();
        survey(&self.0, variables, &mut said)?;
        match variables.iter().find(|(name, _)| !said.contains(*name)) {
            Some((name, _)) => Err(Flaw::Missing((*name).to_owned())),
            None => Ok(()),
        }
    }

    /// What it says, if it fills in nothing.
    pub fn fixed(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// What it says of what is given, each thing by the name of its variable; nothing, if it wants to know more than that.
    pub fn say(&self, given: &[(&str, Given)]) -> Option<String> {
        let mut said = String::new();
        speak(&self.0, given, &mut said)?;
        Some(said)
    }
}

fn pieces(pattern: &Pattern<&str>) -> Result<Vec<Piece>, Flaw> {
    let mut pieces = Vec::new();
    for element in &pattern.elements {
        match element {
            // A sentence is one line: it may be the subject of a letter.
            PatternElement::TextElement { value } => add(&mut pieces, &value.replace('\n', " "))?,
            PatternElement::Placeable { expression } => match expression {
                Expression::Inline(InlineExpression::StringLiteral { value }) if !value.contains('\\') => {
                    add(&mut pieces, value)?;
                }
                Expression::Inline(inline) => {
                    pieces.push(Piece::Variable(variable(inline).ok_or(Flaw::Markup)?.to_owned()));
                }
                Expression::Select { selector, variants } => pieces.push(choice(selector, variants)?),
            },
        }
    }
    Ok(pieces)
}

/// Adds a text to the pieces, to the last one if that is a text, too.
fn add(pieces: &mut Vec<Piece>, text: &str) -> Result<(), Flaw> {
    if text.contains(['<', '>']) {
        return Err(Flaw::Angle);
    }
    match pieces.last_mut() {
        Some(Piece::Text(before)) => before.push_str(text),
        _ if text.is_empty() => {}
        _ => pieces.push(Piece::Text(text.to_owned())),
    }
    Ok(())
}

/// The variable of `$name` or `NUMBER($name)`.
fn variable<'a>(inline: &InlineExpression<&'a str>) -> Option<&'a str> {
    match inline {
        InlineExpression::VariableReference { id } => Some(id.name),
        InlineExpression::FunctionReference { id, arguments } if id.name == "NUMBER" => {
            match (arguments.positional.as_slice(), arguments.named.as_slice()) {
                ([InlineExpression::VariableReference { id }], []) => Some(id.name),
                _ => None,
            }
        }
        _ => None,
    }
}

fn choice(selector: &InlineExpression<&str>, variants: &[Variant<&str>]) -> Result<Piece, Flaw> {
    let variable = variable(selector).ok_or(Flaw::Markup)?.to_owned();
    let (mut arms, mut usual) = (Vec::new(), Vec::new());
    for variant in variants {
        let said = pieces(&variant.value)?;
        let key = match &variant.key {
            _ if variant.default => {
                usual = said;
                continue;
            }
            VariantKey::NumberLiteral { value } => match value.parse() {
                Ok(number) => Key::Number(number),
                Err(_) => return Err(Flaw::Markup),
            },
            VariantKey::Identifier { name } => Key::Word((*name).to_owned()),
        };
        arms.push((key, said));
    }
    Ok(Piece::Choice { variable, arms, usual })
}

/// Finds what is filled in, all of which has to be known.
fn survey<'a>(pieces: &'a [Piece], variables: &[(&str, bool)], said: &mut BTreeSet<&'a str>) -> Result<(), Flaw> {
    let known = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, is_number)| *is_number).ok_or_else(|| Flaw::Unknown(name.to_owned()))
    };
    for piece in pieces {
        match piece {
            Piece::Text(_) => {}
            Piece::Variable(name) => {
                known(name)?;
                said.insert(name);
            }
            Piece::Choice { variable, arms, usual } => {
                let is_number = known(variable)?;
                said.insert(variable);
                for (key, pieces) in arms {
                    match key {
                        Key::Word(word) if is_number && !CATEGORIES.contains(&word.as_str()) => {
                            return Err(Flaw::Count(word.clone()));
                        }
                        _ => survey(pieces, variables, said)?,
                    }
                }
                survey(usual, variables, said)?;
            }
        }
    }
    Ok(())
}

fn speak(pieces: &[Piece], given: &[(&str, Given)], said: &mut String) -> Option<()> {
    let known = |name: &str| given.iter().find(|(known, _)| *known == name).map(|(_, given)| given);
    for piece in pieces {
        match piece {
            Piece::Text(text) => said.push_str(text),
            Piece::Variable(name) => said.push_str(&known(name)?.spelt),
            Piece::Choice { variable, arms, usual } => {
                let meant = known(variable)?;
                let arm = arms.iter().find(|(key, _)| key.goes_with(meant));
                speak(arm.map_or(usual, |(_, pieces)| pieces), given, said)?;
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(number: i64, category: &'static str) -> Given {
        Given { spelt: number.to_string(), count: Some((number, category)) }
    }

    #[test]
    fn a_sentence_says_what_is_filled_in() {
        let plain = Wording::parse(" Vecinas y vecinos ").unwrap();
        assert_eq!((plain.fixed(), plain.say(&[])), (Some("Vecinas y vecinos"), Some("Vecinas y vecinos".into())));
        let text = "Aquí { $count ->\n[0] nadie\n[one] una persona de { $place }\n*[other] { NUMBER($count) } de { $place }\n}";
        let wording = Wording::parse(text).unwrap();
        assert_eq!(wording.fixed(), None);
        let said = |count| wording.say(&[("count", count), ("place", Given::from("<b>Lavapiés</b>"))]).unwrap();
        assert_eq!(said(counted(0, "other")), "Aquí nadie");
        assert_eq!(said(counted(1, "one")), "Aquí una persona de <b>Lavapiés</b>");
        assert_eq!(said(counted(7, "other")), "Aquí 7 de <b>Lavapiés</b>");
        assert_eq!(wording.say(&[("count", counted(7, "other"))]), None, "it does not know the place");
        assert_eq!(wording.fits(&[("count", true), ("place", false)]), Ok(()));
        assert_eq!(Wording::parse("En dos\nlíneas").unwrap().fixed(), Some("En dos líneas"));
        assert_eq!(checked("En dos\r\n  líneas ", &[]), Ok("En dos\n  líneas".to_owned()));
    }

    #[test]
    fn what_does_not_fit_says_why() {
        let variables = [("count", true), ("name", false)];
        let flaw = |text: &str| checked(text, &variables).unwrap_err();
        assert_eq!((flaw(" \n "), flaw("\u{200b}"), flaw("{ \"\" }")), (Flaw::Empty, Flaw::Empty, Flaw::Empty));
        assert_eq!(flaw(&"x".repeat(LONGEST + 1)), Flaw::Long);
        assert_eq!(flaw("{ $count } de { $nombre }"), Flaw::Unknown("nombre".into()));
        assert_eq!(flaw("{ $count } personas"), Flaw::Missing("name".into()));
        assert_eq!(
            flaw("{ $name } { $count ->\n [uno] una\n *[other] varias\n }"),
            Flaw::Count("uno".into()),
            "no such plural"
        );
        for text in ["<b>{ $name }</b> { $count }", "{ $name } { $count } { \"<\" }", "{ $name } { $count } -> x"] {
            assert_eq!(flaw(text), Flaw::Angle, "{text}");
        }
        for text in [
            "{ $name",
            "$name }",
            "{ -term }",
            "{ name }",
            "{ DATETIME($name) }",
            "{ { $name } }",
            "{ \"\\u003C\" }",
            "uno\n.dos = tres",
            "{ $count ->\n [one] una\n }",
            &"{".repeat(1_500),
            &"{ A(".repeat(400),
        ] {
            assert_eq!(flaw(text), Flaw::Markup, "{text}");
        }
    }
}
