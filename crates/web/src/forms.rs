//! Forms as pages show them: fields with hints, and what is wrong with what was entered.
/// One of several answers to a question.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) hint: String,
}

impl Choice {
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), hint: hint.into() }
    }
}

/// What a [`Kind::Check`] says that is checked.
pub(crate) const YES: &str = "yes";

/// What a field is.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// One line; the `type` of its element.
    Line(&'static str),
    /// Several lines; how many are shown.
    Lines(u8),
    /// One of many, in a list that opens.
    Select(Vec<Choice>),
    /// One of a few, all shown.
    Choices(Vec<Choice>),
    /// Any of many, all shown; each is sent under a name of its own.
    Several(Vec<Choice>),
    /// Yes or nothing.
    Check,
    /// What nobody sees, and only scripts fill in.
    Lure,
}

/// A question of a form.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// Its id on the page and its name in what is sent.
    pub(crate) id: &'static str,
    pub(crate) kind: Kind,
    pub(crate) label: String,
    pub(crate) hint: String,
    /// What was entered.
    pub(crate) value: String,
    /// What is wrong with it.
    pub(crate) flaw: Option<String>,
    /// In the words of HTML.
    pub(crate) autocomplete: &'static str,
    /// The longest answer, in characters.
    pub(crate) longest: usize,
    pub(crate) required: bool,
    /// Whether it says so if it is not: it does not where another answer may ask for it.
    pub(crate) is_said_optional: bool,
    /// Whether it is prose, of which a keyboard may begin sentences and check the spelling.
    pub(crate) prose: bool,
    /// Whether it stands beside the next one, where there is room.
    pub(crate) half: bool,
    /// For which answers to the first question it is asked, with spaces between them; for all, if there is none.
    pub(crate) only_for: &'static str,
}

impl Field {
    fn new(id: &'static str, kind: Kind, label: impl Into<String>) -> Self {
        Self {
            id,
            kind,
            label: label.into(),
            hint: String::new(),
            value: String::new(),
            flaw: None,
            autocomplete: "off",
            longest: 200,
            required: true,
            is_said_optional: false,
            prose: true,
            half: false,
            only_for: "",
        }
    }

    /// A field of one line of prose.
    pub(crate) fn line(id: &'static str, label: impl Into<String>) -> Self {
        Self::new(id, Kind::Line("text"), label)
    }

    /// A field of one line that is no prose: a name, an address, a code. `kind` is the `type` of its element.
    pub(crate) fn exact(id: &'static str, kind: &'static str, label: impl Into<String>) -> Self {
        Self { prose: false, ..Self::new(id, Kind::Line(kind), label) }
    }

    /// A field of several lines.
    pub(crate) fn lines(id: &'static str, rows: u8, label: impl Into<String>) -> Self {
        Self::new(id, Kind::Lines(rows), label)
    }

    /// A question with many answers.
    pub(crate) fn select(id: &'static str, label: impl Into<String>, choices: Vec<Choice>) -> Self {
        Self::new(id, Kind::Select(choices), label)
    }

    /// A question with few answers.
    pub(crate) fn choices(id: &'static str, label: impl Into<String>, choices: Vec<Choice>) -> Self {
        Self::new(id, Kind::Choices(choices), label)
    }

    /// A question with any number of answers out of many; its value names them, with spaces between them.
    pub(crate) fn several(id: &'static str, label: impl Into<String>, choices: Vec<Choice>) -> Self {
        Self { required: false, ..Self::new(id, Kind::Several(choices), label) }
    }

    /// What one agrees to, or not; its value is [`YES`] or nothing.
    pub(crate) fn check(id: &'static str, label: impl Into<String>) -> Self {
        Self::new(id, Kind::Check, label)
    }

    /// A field that nobody sees.
    pub(crate) fn lure(id: &'static str, label: impl Into<String>) -> Self {
        Self { required: false, ..Self::new(id, Kind::Lure, label) }
    }

    /// Whether an answer is among those that were chosen.
    pub(crate) fn has(&self, answer: &str) -> bool {
        self.value.split(' ').any(|chosen| chosen == answer)
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// What was entered before; passwords are never sent back.
    pub(crate) fn value(self, value: impl Into<String>) -> Self {
        Self { value: value.into(), ..self }
    }

    pub(crate) fn autocomplete(self, autocomplete: &'static str) -> Self {
        Self { autocomplete, ..self }
    }

    pub(crate) fn longest(self, longest: usize) -> Self {
        Self { longest, ..self }
    }

    pub(crate) fn optional(self) -> Self {
        Self { required: false, is_said_optional: true, ..self }
    }

    /// Needed or not, as other answers have it.
    pub(crate) fn depends(self) -> Self {
        Self { required: false, is_said_optional: false, ..self }
    }

    /// Needed with these answers to the first question, and not asked with others.
    pub(crate) fn only_for(self, answers: &'static str) -> Self {
        Self { only_for: answers, ..self.depends() }
    }

    /// One of two that belong together.
    pub(crate) fn half(self) -> Self {
        Self { half: true, ..self }
    }

    /// What describes it to those who cannot see it: what is wrong with it, and its hint.
    pub(crate) fn described(&self) -> String {
        let flaw = self.flaw.is_some().then(|| format!("{}-flaw", self.id));
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.id));
        flaw.into_iter().chain(hint).collect::<Vec<_>>().join(" ")
    }
}

/// A form, or a part of one under a heading.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields {
    pub(crate) all: Vec<Field>,
    /// What is wrong with the whole.
    pub(crate) trouble: Option<String>,
    /// Where parts of it begin that fold, and what they are about.
    pub(crate) folds: Vec<(usize, &'static str)>,
}

/// Fields that are shown together.
pub(crate) struct Part<'a> {
    /// What they are about, if they fold.
    pub(crate) heading: Option<&'static str>,
    /// Whether one of them needs another look.
    pub(crate) is_open: bool,
    pub(crate) fields: &'a [Field],
}

impl Fields {
    pub(crate) fn new(all: Vec<Field>) -> Self {
        Self { all, ..Self::default() }
    }

    /// The same with more fields, folded under a heading; none of them may be asked for while they cannot be seen.
    pub(crate) fn fold(mut self, heading: &'static str, fields: Vec<Field>) -> Self {
        if !fields.is_empty() {
            self.folds.push((self.all.len(), heading));
            self.all.extend(fields);
        }
        self
    }

    /// The form part by part.
    pub(crate) fn parts(&self) -> Vec<Part<'_>> {
        let ends = self.folds.iter().map(|(start, _)| *start).chain([self.all.len()]);
        let starts = [(0, None)].into_iter().chain(self.folds.iter().map(|(start, heading)| (*start, Some(*heading))));
        let part = |((start, heading), end): ((usize, Option<&'static str>), usize)| {
            let fields = self.all.get(start..end).unwrap_or_default();
            Part { heading, is_open: fields.iter().any(|field| field.flaw.is_some()), fields }
        };
        starts.zip(ends).map(part).filter(|part| !part.fields.is_empty()).collect()
    }

    /// Says what is wrong with a field, or with the whole, if it is not asked; the first word counts.
    pub(crate) fn flaw(&mut self, id: &str, what: impl Into<String>) {
        let field = self.all.iter_mut().find(|field| field.id == id);
        field.map_or(&mut self.trouble, |field| &mut field.flaw).get_or_insert(what.into());
    }

    /// The fields that need another look.
    pub(crate) fn flawed(&self) -> Vec<&Field> {
        self.all.iter().filter(|field| field.flaw.is_some()).collect()
    }

    /// Whether something has to be entered again.
    pub(crate) fn is_flawed(&self) -> bool {
        self.trouble.is_some() || self.all.iter().any(|field| field.flaw.is_some())
    }
}
