//! The sentences of pages and letters: found by their words, and said in words of the site's own.
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{App, Error, Me, Result, sentences};
use askama::Template;
use domain::{
    sentence::{self, Flaw, LONGEST, Sentence, Wording},
    text::search::fold,
    urls,
};
use serde::Deserialize;

use super::{Tab, texts};
use crate::{
    answer::{self, Frame, Keep, Visit},
    forms::{Field, Fields},
    language::Language,
    messages::{ORIGINALS, Original},
    posted::Sent,
    said,
    session::SignedIn,
};

/// Where they are looked for, and where one of them is.
pub(crate) const PATH: &str = "/admin/sentences";
pub(crate) const ONE: &str = "/admin/sentences/one";

/// How many a page lists.
const LISTED: usize = 40;

/// The page of a sentence.
fn address(name: &str, language: &str) -> String {
    urls::asking(ONE, &[("name", name), ("language", language)])
}

/// What is looked for, in which language, and after how many that are listed before.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
    language: String,
    after: usize,
}

/// A sentence in the list.
struct Row {
    name: String,
    /// Its language: the tag and the name.
    tongue: (&'static str, &'static str),
    /// What it says now.
    text: String,
    is_own: bool,
    /// Whether what was put in its place is not said: it does not fit any more.
    is_void: bool,
    page: String,
}

impl Row {
    /// `own` is what stands in place of the sentence.
    fn new(tongue: (&'static str, &'static str), name: &str, own: Option<&Sentence>) -> Self {
        let original = Original::named(name).map_or("", |original| original.says(tongue.0));
        Self {
            name: name.to_owned(),
            tongue,
            text: own.map_or(original, |own| own.text.as_str()).to_owned(),
            is_own: own.is_some(),
            is_void: own.is_some_and(|own| !is_said(own)),
            page: address(name, tongue.0),
        }
    }
}

/// Whether it is said in place of the sentence of its name: that needs no more filled in than is known there.
fn is_said(own: &Sentence) -> bool {
    let (original, wording) = (Original::named(&own.name), Wording::parse(&own.text));
    let known = original.zip(wording.ok());
    known.is_some_and(|(original, wording)| !matches!(wording.fits(original.variables), Err(Flaw::Unknown(_))))
}

#[derive(Template)]
#[template(path = "admin/sentences.html")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    q: String,
    language: &'static str,
    /// The languages in which one may look for something.
    tongues: Vec<Tab>,
    rows: Vec<Row>,
    /// What an empty list means.
    nothing: &'static str,
    /// How many there are on all pages.
    total: usize,
    further: Option<String>,
}

/// `GET /admin/sentences`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    let asked = asked.map(Query::into_inner).unwrap_or_default();
    answer::shown(&request, &visit, Keep::Never, page(&app, &visit, by.me, asked).await)
}

async fn page(app: &App, visit: &Visit, me: Me, asked: Asked) -> Result<Page> {
    let (t, q) = (visit.language, asked.q.trim());
    let own = sentences::all(app, me).await?;
    let choices = t.choices(app);
    let language = choices.iter().find(|(tag, _)| *tag == asked.language).map_or(t.tag(), |(tag, _)| tag);
    let rows = if q.is_empty() { replaced(t, &own) } else { found(t, &own, language, q) };
    let next = asked.after.saturating_add(LISTED);
    let is_more = rows.len() > next;
    let next = next.to_string();
    let further = is_more.then(|| urls::asking(PATH, &[("q", q), ("language", language), ("after", &next)]));
    let tongue = |(tag, name): &(&'static str, &'static str)| Tab {
        label: name,
        page: urls::asking(PATH, &[("q", q), ("language", tag)]),
        is_chosen: *tag == language,
    };
    let (frame, tabs) = super::frame(app, visit, t.sentences(), texts::PATH);
    Ok(Page {
        frame,
        tabs,
        q: q.to_owned(),
        language,
        tongues: choices.iter().map(tongue).collect(),
        nothing: if q.is_empty() { t.no_sentences_own() } else { t.no_sentences() },
        total: rows.len(),
        rows: rows.into_iter().skip(asked.after).take(LISTED).collect(),
        further,
    })
}

/// The tag of a language and its own name.
fn tongue(t: Language, tag: &str) -> Option<(&'static str, &'static str)> {
    t.all().iter().find(|(other, _)| *other == tag).copied()
}

/// What is said otherwise, in every language.
fn replaced(t: Language, own: &[Sentence]) -> Vec<Row> {
    own.iter().filter_map(|own| Some(Row::new(tongue(t, &own.language)?, &own.name, Some(own)))).collect()
}

/// The sentences that are called so, or that say so in this language, by themselves or by what was put in their place.
fn found(t: Language, own: &[Sentence], language: &str, q: &str) -> Vec<Row> {
    let Some(tongue) = tongue(t, language) else { return Vec::new() };
    let q = fold(q);
    let row = |original: &Original| {
        let own = own.iter().find(|own| own.name == original.name && own.language == language);
        let texts = [original.name, original.says(language), own.map_or("", |own| own.text.as_str())];
        texts.iter().any(|text| fold(text).contains(&q)).then(|| Row::new(tongue, original.name, own))
    };
    ORIGINALS.iter().filter_map(row).collect()
}

/// Which sentence is meant, and what is to become of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    name: String,
    language: String,
    text: String,
    what: String,
}

#[derive(Template)]
#[template(path = "admin/sentence.html")]
struct One {
    frame: Frame,
    tabs: Vec<Tab>,
    name: String,
    language: &'static str,
    /// What the program says, language by language: the tag, the name, and the sentence.
    originals: Vec<(&'static str, &'static str, &'static str)>,
    /// What is filled in, as one writes it.
    variables: Vec<String>,
    /// What is said in its place; nothing is asked about a sentence that the program says no more.
    form: Option<Fields>,
    /// What was put in its place, if that is not said: it does not fit any more.
    void: Option<String>,
    is_own: bool,
}

/// `GET /admin/sentences/one`
pub(crate) async fn show_one(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    asked: Option<Query<Entered>>,
) -> HttpResponse {
    let asked = asked.map(Query::into_inner).unwrap_or_default();
    answer::shown(&request, &visit, Keep::Never, one(&app, &visit, by.me, &asked, None).await)
}

/// The page of a sentence as it is said, or, with what is wrong with that, as it was entered.
async fn one(app: &App, visit: &Visit, me: Me, asked: &Entered, flaw: Option<&Flaw>) -> Result<One> {
    let t = visit.language;
    let own = sentences::all(app, me).await?;
    let own = own.into_iter().find(|own| own.name == asked.name && own.language == asked.language);
    let (tag, name) = tongue(t, &asked.language).ok_or(Error::NotFound)?;
    let original = Original::named(&asked.name);
    if original.is_none() && own.is_none() {
        return Err(Error::NotFound);
    }
    let originals = t.all().iter().filter_map(|(tag, name)| Some((*tag, *name, original?.says(tag))));
    let variables = original.map(|original| original.variables).unwrap_or_default();
    let form = original.map(|original| {
        let said = own.as_ref().map_or(original.says(tag), |own| own.text.as_str());
        let text = if flaw.is_some() { asked.text.as_str() } else { said };
        let field = Field::lines("text", 5, t.sentence_text(name)).longest(LONGEST).value(text);
        let mut form = Fields::new(vec![field.hint(t.sentence_hint())]);
        if let Some(flaw) = flaw {
            form.flaw("text", in_words(t, flaw));
        }
        form
    });
    let (frame, tabs) = super::frame(app, visit, t.sentence(&asked.name), texts::PATH);
    Ok(One {
        frame,
        tabs,
        name: asked.name.clone(),
        language: tag,
        originals: originals.collect(),
        variables: variables.iter().map(|(name, _)| format!("{{ ${name} }}")).collect(),
        form,
        is_own: own.is_some(),
        void: own.filter(|own| !is_said(own)).map(|own| own.text),
    })
}

/// What is wrong with a sentence.
fn in_words(t: Language, flaw: &Flaw) -> String {
    match flaw {
        Flaw::Empty => t.flaw_nothing_said().to_owned(),
        Flaw::Long => t.flaw_sentence_long(LONGEST),
        Flaw::Markup => t.flaw_sentence_markup().to_owned(),
        Flaw::Angle => t.flaw_sentence_angle().to_owned(),
        Flaw::Unknown(name) => t.flaw_sentence_unknown(format!("{{ ${name} }}")),
        Flaw::Missing(name) => t.flaw_sentence_missing(format!("{{ ${name} }}")),
        Flaw::Count(word) => t.flaw_sentence_count(format!("[{word}]")),
    }
}

/// `POST /admin/sentences/one`
pub(crate) async fn write(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Entered>) -> HttpResponse {
    let (me, entered) = (sent.by.me, sent.entered);
    if entered.what == "restore" {
        let done = sentences::restore(&app, me, &entered.name, &entered.language).await;
        return said::done(&request, &app, &visit, done, PATH);
    }
    let flaw = match Original::named(&entered.name) {
        Some(original) => match sentence::checked(&entered.text, original.variables) {
            Ok(text) => {
                let page = address(&entered.name, &entered.language);
                let sentence = Sentence { name: entered.name, language: entered.language, text };
                let done = sentences::say(&app, me, sentence).await;
                return said::done(&request, &app, &visit, done, &page);
            }
            Err(flaw) => Some(flaw),
        },
        None => None,
    };
    match one(&app, &visit, me, &entered, flaw.as_ref()).await {
        Ok(page) => answer::page(&request, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &page),
        Err(error) => answer::error(&request, &visit, &error),
    }
}
