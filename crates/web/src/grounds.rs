//! Why a measure is taken, as whoever takes it enters that: the rule, the reason, and a word to the person.
use domain::{bylaw::Bylaws, id::ActorId, statement::Grounds};
use serde::Deserialize;
use store::Conn;

use crate::{
    bylaws,
    forms::{Choice, Field},
    language::Language,
};

/// The longest reason and the longest note, in characters.
pub(crate) const LONGEST: usize = 1_000;

/// What a community has at hand for it.
#[derive(Debug, Default)]
pub(crate) struct Guide {
    pub(crate) bylaws: Option<Bylaws>,
    /// What its team says often.
    pub(crate) phrases: Vec<String>,
    /// Whether whoever judges may give it rules.
    pub(crate) may_set_rules: bool,
}

impl Guide {
    pub(crate) fn of(c: &mut Conn, group: ActorId) -> store::Result<Self> {
        let (bylaws, phrases) = (store::bylaws::of(c, group)?, store::bylaws::phrases(c, group)?);
        Ok(Self { bylaws, phrases, may_set_rules: false })
    }
}

/// What was entered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    pub(crate) rule: String,
    phrase: String,
    pub(crate) reason: String,
    note: String,
}

impl Entered {
    /// What is entered before anybody does: the rule that is said to be broken.
    pub(crate) fn naming(rule: String) -> Self {
        Self { rule, ..Self::default() }
    }

    /// Whether neither a rule nor a reason is named.
    pub(crate) fn is_empty(&self) -> bool {
        self.rule.is_empty() && self.why().is_empty()
    }

    pub(crate) fn read(&self) -> Grounds {
        Grounds { reason: self.why(), note: self.note.clone(), bylaw: self.rule.parse().ok() }
    }

    /// What was chosen, and what was added to it.
    fn why(&self) -> String {
        format!("{} {}", self.phrase.trim(), self.reason.trim()).trim().to_owned()
    }
}

/// The questions.
pub(crate) fn fields(t: Language, guide: &Guide, entered: &Entered) -> Vec<Field> {
    let rule = bylaws::field(t, guide.bylaws.as_ref()).map(|field| field.value(&entered.rule).depends());
    let phrases: Vec<Choice> = guide.phrases.iter().map(|phrase| Choice::new(phrase, phrase, "")).collect();
    let phrase = Field::select("phrase", t.phrase(), phrases).hint(t.phrase_hint()).value(&entered.phrase).depends();
    let reason = Field::lines("reason", 3, t.why()).hint(t.why_hint()).value(&entered.reason);
    let note = Field::lines("note", 2, t.note_to_them()).hint(t.note_to_them_hint()).value(&entered.note);
    rule.into_iter()
        .chain((!guide.phrases.is_empty()).then_some(phrase))
        .chain([reason.longest(LONGEST).depends(), note.longest(LONGEST).optional()])
        .collect()
}
