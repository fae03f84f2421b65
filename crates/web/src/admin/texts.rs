//! What the site says of itself, and the rules of the house: all of it at a glance, with who answers for it.
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use app::{
    App, Error, Me, Result,
    imprint::{self, Change, LINE},
    nameplate, profiles,
};
use askama::Template;
use domain::{
    id::HouseRuleId,
    imprint::{HouseRule, Kind, LANGUAGES, Wording},
};
use serde::Deserialize;

use super::{Tab, text};
use crate::{
    answer::{self, Frame, Keep, Visit},
    forms::{Field, Fields},
    language::Language,
    portraits::{self, Shown},
    posted::Sent,
    said,
    session::SignedIn,
};

/// Where it is, and where its buttons lead.
pub(crate) const PATH: &str = "/admin/texts";
pub(crate) const NAME: &str = "/admin/texts/name";
pub(crate) const CONTACT: &str = "/admin/texts/contact";
pub(crate) const RULE: &str = "/admin/texts/rule";

/// A text in the list: what it is called, and in which languages it is written, with the ways there.
struct Row {
    name: &'static str,
    hint: &'static str,
    tongues: Vec<(&'static str, String, bool)>,
}

/// A rule of the house, to be changed.
struct Rule {
    id: i64,
    /// What it says in the language of the page.
    said: String,
    entered: Vec<Tongue>,
}

/// What a rule says in one language, and how the fields are called that say it.
pub(crate) struct Tongue {
    pub(crate) tag: &'static str,
    pub(crate) name: &'static str,
    pub(crate) text: String,
    pub(crate) hint: String,
}

#[derive(Template)]
#[template(path = "admin/texts.html")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    /// What the site is called, and its pictures.
    name: Fields,
    pictures: Vec<Shown>,
    contact: Fields,
    rows: Vec<Row>,
    rules: Vec<Rule>,
    /// The fields of a rule that is not there yet.
    fresh: Vec<Tongue>,
    longest: usize,
}

/// What a text is called, and what it is for.
pub(super) fn named(t: Language, kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Summary => (t.text_summary(), t.text_summary_hint()),
        Kind::Description => (t.text_description(), t.text_description_hint()),
        Kind::Privacy => (t.privacy(), t.text_privacy_hint()),
        Kind::Terms => (t.terms(), t.text_terms_hint()),
        Kind::SignUp => (t.text_sign_up(), t.text_sign_up_hint()),
        Kind::Letter => (t.text_letter(), t.text_letter_hint()),
    }
}

/// `GET /admin/texts`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, visit: Visit, by: SignedIn) -> HttpResponse {
    answered(&request, &app, &visit, by.me, None).await
}

async fn answered(
    request: &HttpRequest,
    app: &App,
    visit: &Visit,
    me: Me,
    entered: Option<(Contact, &'static str)>,
) -> HttpResponse {
    let status = if entered.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    match page(app, visit, me, entered).await {
        Ok(page) => answer::page(request, status, Keep::Never, &page),
        Err(error) => answer::error(request, visit, &error),
    }
}

async fn page(app: &App, visit: &Visit, me: Me, entered: Option<(Contact, &'static str)>) -> Result<Page> {
    let t = visit.language;
    let mut rows = Vec::new();
    for kind in Kind::ALL {
        let written = imprint::sources(app, me, *kind).await?;
        let (name, hint) = named(t, *kind);
        let tongue = |(tag, name): &(&'static str, &'static str)| {
            (*name, text::address(*kind, tag), written.iter().any(|text| text.language == *tag))
        };
        rows.push(Row { name, hint, tongues: t.all().iter().map(tongue).collect() });
    }
    let known = imprint::contact(app).await?;
    let known = Contact { email: known.email, person: known.person.map(|actor| actor.name).unwrap_or_default() };
    let (contact, flawed) = entered.unwrap_or((known, ""));
    let mut contact = Fields::new(vec![
        Field::exact("email", "email", t.contact_email()).value(contact.email).longest(254).optional(),
        Field::exact("person", "text", t.contact_person())
            .hint(t.contact_person_hint())
            .value(contact.person)
            .longest(31)
            .optional(),
    ]);
    if !flawed.is_empty() {
        contact.flaw(flawed, if flawed == "email" { t.flaw_email() } else { t.flaw_nobody() });
    }
    let (site, plate) = (app.site().clone(), app.nameplate().seen(app.site()));
    let own = app.read(move |c| nameplate::actor(c, &site)).await?;
    let name = if plate.is_named { plate.name.as_str() } else { "" };
    let name = Field::line("name", t.site_name()).hint(t.site_name_hint(app.site().host().display())).value(name);
    let (frame, tabs) = super::frame(app, visit, t.admin_texts(), PATH);
    Ok(Page {
        frame,
        tabs,
        name: Fields::new(vec![name.longest(profiles::NAME).optional()]),
        pictures: own.iter().flat_map(|own| portraits::shown(app, t, own)).collect(),
        contact,
        rows,
        rules: imprint::house_rules(app).await?.iter().map(|rule| shown(t, rule)).collect(),
        fresh: tongues(t, &[]),
        longest: LINE,
    })
}

fn shown(t: Language, rule: &HouseRule) -> Rule {
    let said = rule.said(t.tag()).map(|wording| wording.text.clone()).unwrap_or_default();
    Rule { id: rule.id.0, said, entered: tongues(t, &rule.wordings) }
}

/// What a rule says, language by language.
fn tongues(t: Language, wordings: &[Wording]) -> Vec<Tongue> {
    let tongue = |(tag, name): &(&'static str, &'static str)| {
        let said = wordings.iter().find(|wording| wording.language == *tag);
        let (text, hint) = said.map(|said| (said.text.clone(), said.hint.clone())).unwrap_or_default();
        Tongue { tag, name, text, hint }
    };
    t.all().iter().map(tongue).collect()
}

/// Who answers for the site, as it was entered.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Contact {
    email: String,
    person: String,
}

/// What the site is to be called.
#[derive(Debug, Deserialize)]
pub(crate) struct Named {
    name: String,
}

/// `POST /admin/texts/name`
pub(crate) async fn rename(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Named>) -> HttpResponse {
    let done = nameplate::rename(&app, sent.by.me, &sent.entered.name).await;
    said::done(&request, &app, &visit, done, PATH)
}

/// `POST /admin/texts/contact`
pub(crate) async fn contact(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Contact>) -> HttpResponse {
    let (me, entered) = (sent.by.me, sent.entered);
    let flawed = match imprint::set_contact(&app, me, &entered.email, &entered.person).await {
        Err(Error::Invalid(_)) => "email",
        Err(Error::NotFound) => "person",
        done => return said::done(&request, &app, &visit, done, PATH),
    };
    answered(&request, &app, &visit, me, Some((entered, flawed))).await
}

/// A rule as it was entered, and what becomes of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Ruled {
    id: String,
    what: String,
    text_es: String,
    hint_es: String,
    text_en: String,
    hint_en: String,
}

/// `POST /admin/texts/rule`
pub(crate) async fn rule(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Ruled>) -> HttpResponse {
    let Ruled { id, what, text_es, hint_es, text_en, hint_en } = sent.entered;
    let id = id.parse().ok().map(HouseRuleId);
    let said = [(text_es, hint_es), (text_en, hint_en)];
    let wording = |(language, (text, hint)): (&str, _)| Wording { language: language.to_owned(), text, hint };
    let change = match (what.as_str(), id) {
        ("up", Some(id)) => Change::Up(id),
        ("down", Some(id)) => Change::Down(id),
        ("end", Some(id)) => Change::End(id),
        _ => Change::Say(id, LANGUAGES.into_iter().zip(said).map(wording).collect()),
    };
    let done = imprint::change_house_rules(&app, sent.by.me, change).await;
    said::done(&request, &app, &visit, done, &format!("{PATH}#rules"))
}
