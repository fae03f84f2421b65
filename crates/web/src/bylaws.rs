//! The rules of a community: as they are, as they were, what changed; and where whoever leads it changes them.
use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use app::{
    App, Error, Result,
    bylaws::{self, Entry},
};
use askama::Template;
use domain::{
    actor::Actor,
    bylaw::{self, Bylaw, Bylaws, Citation, Difference},
    id::ActorId,
    imprint::Wording,
    policy,
    text::markdown,
    urls::{self, Sheet},
};
use serde::Deserialize;

use crate::{
    actors,
    answer::{self, Frame, Keep, Visit},
    cards::{self, Face},
    desk::{self, Desk},
    forms::{Choice, Field},
    language::{self, Language},
    posted::Worded,
    said::{self, Said},
    session::Present,
};

/// Where they are changed.
pub(crate) const PATH: &str = "/manage/rules";
pub(crate) const PHRASES: &str = "/manage/reasons";
/// How many versions a page names.
const VERSIONS: i64 = 50;
/// How many places for new rules a form has.
const SPARE: usize = 3;

/// A rule as pages show it.
pub(crate) struct Rule {
    pub(crate) title: String,
    /// Rendered by us.
    pub(crate) html: String,
    /// What it said before, if that is asked for.
    pub(crate) before: Option<(String, String)>,
    /// What became of it, if that is asked for.
    pub(crate) mark: Option<(&'static str, &'static str)>,
    pub(crate) is_gone: bool,
}

impl Rule {
    fn new(t: Language, bylaw: &Bylaw) -> Self {
        let (title, text) = bylaw.said(t.tag());
        let html = markdown::render(text, |_| None, |_| None);
        Self { title: title.to_owned(), html, before: None, mark: None, is_gone: false }
    }

    fn compared(t: Language, difference: Difference<'_>) -> Self {
        match difference {
            Difference::Kept(bylaw) => Self::new(t, bylaw),
            Difference::Added(bylaw) => Self { mark: Some((t.law_added(), "good")), ..Self::new(t, bylaw) },
            Difference::Changed(former, bylaw) => Self {
                mark: Some((t.law_changed(), "fair")),
                before: Some((former.said(t.tag()).0.to_owned(), Self::new(t, former).html)),
                ..Self::new(t, bylaw)
            },
            Difference::Removed(bylaw) => {
                Self { mark: Some((t.law_removed(), "bad")), is_gone: true, ..Self::new(t, bylaw) }
            }
        }
    }
}

/// The rules of a community in their order.
pub(crate) fn rules(t: Language, bylaws: Option<&Bylaws>) -> Vec<Rule> {
    bylaws.map(|bylaws| bylaws.list.iter().map(|bylaw| Rule::new(t, bylaw)).collect()).unwrap_or_default()
}

/// The question which rule is meant; none, if there are no rules.
pub(crate) fn field(t: Language, bylaws: Option<&Bylaws>) -> Option<Field> {
    let choice = |(cited, bylaw): (Citation, &Bylaw)| {
        Choice::new(cited.to_string(), t.law_cited(cited.number, bylaw.said(t.tag()).0), "")
    };
    let choices: Vec<Choice> = bylaws?.cited().map(choice).collect();
    (!choices.is_empty()).then(|| Field::select("rule", t.which_rule(), choices).optional())
}

/// A rule that somebody named, in words, out of all versions of all communities that are spoken of.
pub(crate) fn named(t: Language, all: &[(ActorId, Bylaws)], group: ActorId, cited: Citation) -> Option<String> {
    let (_, version) = all.iter().find(|(of, version)| *of == group && version.version == cited.version)?;
    Some(t.law_cited(cited.number, version.at(cited.number)?.said(t.tag()).0))
}

/// A version in the list of all.
struct Version {
    label: String,
    page: String,
    /// What changed with it; of the first there is nothing to compare.
    changes: Option<String>,
    by: Option<Face>,
    when: String,
    when_exactly: String,
    is_shown: bool,
}

#[derive(Template)]
#[template(path = "rules.html")]
struct Page {
    frame: Frame,
    face: Face,
    /// What is shown: one version, or the way from one to another.
    lead: String,
    rules: Vec<Rule>,
    versions: Vec<Version>,
}

/// Which version, and since which one what changed.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    version: Option<i64>,
    since: Option<i64>,
}

fn page_of(group: &str, version: i64, since: Option<i64>) -> String {
    let since = since.map(|since| since.to_string()).unwrap_or_default();
    urls::asking(&urls::sheet(group, Sheet::Rules), &[("version", &version.to_string()), ("since", &since)])
}

/// Where one sees what changed with the latest version.
pub(crate) fn latest_changes(group: &str, bylaws: &Bylaws) -> Option<String> {
    (bylaws.version > 1).then(|| page_of(group, bylaws.version, Some(bylaws.version - 1)))
}

/// `GET /@NAME/rules`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    name: Path<String>,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    let asked = asked.map(Query::into_inner).unwrap_or_default();
    answer::shown(&request, &visit, visit.keep(), page(&app, &visit, &name, &asked).await)
}

async fn page(app: &App, visit: &Visit, name: &str, asked: &Asked) -> Result<Page> {
    let (t, viewer) = (visit.language, visit.viewer());
    let group = actors::readable(app, visit, name, viewer).await?;
    let (id, site) = (group.id, app.site().clone());
    let found = app.read(move |c| {
        let versions = store::bylaws::versions(c, id, VERSIONS)?;
        let people: Vec<ActorId> = versions.iter().map(|version| version.by).chain([id]).collect();
        Ok((cards::faces_of(c, &site, &people)?, versions))
    });
    let (mut people, versions) = found.await?;
    let shown = match asked.version {
        Some(wanted) => Some(versions.iter().find(|version| version.version == wanted).ok_or(Error::NotFound)?),
        None => versions.first(),
    };
    let since = asked.since.and_then(|since| versions.iter().find(|version| version.version == since));
    let rules = match (shown, since) {
        (Some(shown), Some(since)) => bylaw::differences(&since.list, &shown.list)
            .into_iter()
            .map(|difference| Rule::compared(t, difference))
            .collect(),
        (shown, _) => rules(t, shown),
    };
    let lead = match (shown, since) {
        (None, _) => t.no_laws().to_owned(),
        (Some(shown), Some(since)) => t.rules_compared(since.version, shown.version),
        (Some(shown), None) => t.rules_version(shown.version, t.moment(shown.created)),
    };
    let version = |version: &Bylaws| Version {
        label: t.rules_version(version.version, t.moment(version.created)),
        page: page_of(&group.uri, version.version, None),
        changes: (version.version > 1).then(|| page_of(&group.uri, version.version, Some(version.version - 1))),
        by: people.get(&version.by).cloned(),
        when: t.ago(app.now(), version.created),
        when_exactly: language::machine_moment(version.created),
        is_shown: shown.is_some_and(|shown| shown.version == version.version),
    };
    let versions = versions.iter().map(version).collect();
    let face = people.remove(&id).ok_or(Error::NotFound)?;
    Ok(Page { frame: Frame::private(visit, format!("{} · {}", t.rules(), face.name)), versions, face, lead, rules })
}

/// A place for a rule in the form.
#[derive(Debug, Clone, Default)]
struct Slot {
    key: String,
    title: String,
    text: String,
    /// The same in the languages of this site.
    others: Vec<Wording>,
}

impl Slot {
    fn of(bylaw: &Bylaw) -> Self {
        let key = bylaw.key.to_string();
        Self { key, title: bylaw.title.clone(), text: bylaw.text.clone(), others: bylaw.others.clone() }
    }

    /// What it says and what that means in a language, if that was entered.
    fn said(&self, language: &str) -> (&str, &str) {
        let other = self.others.iter().find(|other| other.language == language);
        other.map_or(("", ""), |other| (&other.text, &other.hint))
    }

    /// Whether it says anything in another language.
    fn is_translated(&self) -> bool {
        self.others.iter().any(|other| !(other.text.trim().is_empty() && other.hint.trim().is_empty()))
    }

    /// Whether nothing was entered.
    fn is_empty(&self) -> bool {
        self.title.trim().is_empty() && self.text.trim().is_empty() && !self.is_translated()
    }
}

#[derive(Template)]
#[template(path = "rules_form.html")]
struct Form {
    frame: Frame,
    desk: Desk,
    version: i64,
    slots: Vec<Slot>,
    trouble: Option<String>,
    phrases: Field,
}

/// Rules as they were entered: of each its key, title and text, and where it is to stand.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    group: i64,
    version: i64,
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

impl Entered {
    /// The rules that are to stay, in the order that was asked for. One without a word is none.
    fn slots(&self) -> Vec<Slot> {
        let field = |name: &str, n: usize| self.rest.get(&format!("{name}{n}")).cloned().unwrap_or_default();
        let mut slots: Vec<(i64, Slot)> = (1..=bylaws::MOST + SPARE)
            .filter(|n| field("gone", *n).is_empty())
            .map(|n| {
                let place = field("place", n).trim().parse().unwrap_or(i64::MAX);
                let other = |(tag, _): &(&str, &str)| Wording {
                    language: (*tag).to_owned(),
                    text: field(&format!("title_{tag}_"), n),
                    hint: field(&format!("text_{tag}_"), n),
                };
                let others = Language::ES.all().iter().map(other).collect();
                (place, Slot { key: field("key", n), title: field("title", n), text: field("text", n), others })
            })
            .filter(|(_, slot)| !slot.is_empty())
            .collect();
        slots.sort_by_key(|(place, _)| *place);
        slots.into_iter().map(|(_, slot)| slot).collect()
    }
}

async fn led(app: &App, visit: &Visit, by: &Present, group: i64) -> Result<(Actor, Desk)> {
    let (group, standing) = desk::kept(app, by.me.0, group).await?;
    policy::manage(&standing)?;
    let desk = Desk::of(app, visit, &group, standing, PATH).await?;
    Ok((group, desk))
}

fn form(desk: Desk, version: i64, mut slots: Vec<Slot>, phrases: &[String], trouble: Option<String>) -> Form {
    let (t, room) = (desk.frame.t, bylaws::MOST.saturating_sub(slots.len()).min(SPARE));
    slots.extend(vec![Slot::default(); room]);
    let phrases = Field::lines("phrases", 5, t.phrases_each()).longest(10_000).value(phrases.join("\n")).optional();
    Form { frame: desk.frame.clone(), desk, version, slots, trouble, phrases }
}

/// `GET /manage/rules`
pub(crate) async fn edit(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: Present,
    asked: Option<Query<desk::Asked>>,
) -> HttpResponse {
    let shown = async {
        let (group, desk) = led(&app, &visit, &by, asked.map_or(0, |asked| asked.group)).await?;
        let found = app.read(move |c| Ok((store::bylaws::of(c, group.id)?, store::bylaws::phrases(c, group.id)?)));
        let (latest, phrases) = found.await?;
        let slots = latest.iter().flat_map(|latest| &latest.list).map(Slot::of).collect();
        Ok(form(desk, latest.as_ref().map_or(0, |latest| latest.version), slots, &phrases, None))
    };
    answer::shown(&request, &visit, Keep::Never, shown.await)
}

/// `POST /manage/rules`
pub(crate) async fn change(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Worded<Entered, Present>,
) -> HttpResponse {
    let (t, entered) = (visit.language, sent.entered);
    let (group, desk) = match led(&app, &visit, &sent.by, entered.group).await {
        Ok(led) => led,
        Err(error) => return answer::error(&request, &visit, &error),
    };
    let slots = entered.slots();
    let entry = |slot: &Slot| {
        let Slot { key, title, text, others } = slot.clone();
        Entry { key: key.parse().ok(), title, text, others }
    };
    let result = bylaws::change(&app, sent.by.me, group.id, entered.version, slots.iter().map(entry).collect()).await;
    let trouble = match result {
        Ok(()) => {
            return said::back(&app, &visit, &desk::page(PATH, group.id), Said::Saved);
        }
        Err(Error::Invalid(_)) => t.flaw_rule(),
        Err(Error::Conflict(_)) => t.flaw_rules_changed(),
        Err(error) => return answer::error(&request, &visit, &error),
    };
    let id = group.id;
    let phrases = app.read(move |c| store::bylaws::phrases(c, id)).await.unwrap_or_default();
    let page = form(desk, entered.version, slots, &phrases, Some(trouble.to_owned()));
    answer::page(&request, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &page)
}

/// What a team says often, one a line.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Phrases {
    group: i64,
    phrases: String,
}

/// `POST /manage/reasons`
pub(crate) async fn set_phrases(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Worded<Phrases, Present>,
) -> HttpResponse {
    let Phrases { group, phrases } = sent.entered;
    let (group, list) = (ActorId(group), phrases.lines().map(str::to_owned).collect());
    let result = bylaws::set_phrases(&app, sent.by.me, group, list).await;
    said::done(&request, &app, &visit, result, &desk::page(PATH, group))
}
