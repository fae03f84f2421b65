//! Settings: words that one does not want to read, or only behind a warning; by the filters that applications know, too.
use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use app::{App, Error, Me, Result, filters};
use domain::{
    filter::{Action as Deed, Filter, Keyword, Place},
    id::FilterId,
    text::plain,
    time::{Timestamp, span},
};
use serde::Deserialize;

use super::{Action, Button, Panel, Row};
use crate::{
    answer::{self, Visit},
    forms::{Choice, Field, YES},
    language::Language,
    posted::Sent,
    said,
    session::SignedIn,
};

pub(crate) const PATH: &str = "/settings/filters";
pub(crate) const ONE: &str = "/settings/filters/{id}";
pub(crate) const CHANGE: &str = "/settings/filters/change";
pub(crate) const REMOVE: &str = "/settings/filters/remove";

/// For how many days a filter holds; zero is for good.
const DAYS: [u64; 4] = [0, 1, 7, 30];
/// As long as it holds already.
const KEEP: &str = "keep";
const PLACES: [Place; 5] = [Place::Home, Place::Public, Place::Thread, Place::Account, Place::Notifications];
/// The longest name that is made of words.
const TITLE: usize = 60;

fn place(t: Language, place: Place) -> &'static str {
    match place {
        Place::Home => t.filter_home(),
        Place::Public => t.filter_public(),
        Place::Thread => t.filter_threads(),
        Place::Account => t.filter_profiles(),
        Place::Notifications => t.notices(),
    }
}

fn deed(t: Language, deed: Deed) -> &'static str {
    match deed {
        Deed::Warn => t.filter_warn(),
        Deed::Hide => t.filter_hide(),
        Deed::Blur => t.filter_blur(),
    }
}

/// What was entered.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    filter: String,
    words: String,
    whole: String,
    deed: String,
    days: String,
    title: String,
    /// The places, each under a name of its own.
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

impl Entered {
    /// What most want.
    fn fresh() -> Self {
        Self { whole: YES.to_owned(), deed: Deed::Warn.to_string(), days: "0".to_owned(), ..Self::everywhere(&PLACES) }
    }

    fn everywhere(places: &[Place]) -> Self {
        let rest = places.iter().map(|place| (format!("where_{place}"), place.to_string())).collect();
        Self { rest, ..Self::default() }
    }

    fn of(filter: &Filter) -> Self {
        let words: Vec<&str> = filter.keywords.iter().map(|one| one.keyword.as_str()).collect();
        Self {
            filter: filter.id.to_string(),
            words: words.join("\n"),
            whole: if is_whole(filter) { YES.to_owned() } else { String::new() },
            deed: filter.action.to_string(),
            days: if filter.expires.is_some() { KEEP.to_owned() } else { "0".to_owned() },
            title: filter.title.clone(),
            ..Self::everywhere(&filter.places)
        }
    }

    fn places(&self) -> Vec<Place> {
        PLACES.into_iter().filter(|place| self.rest.contains_key(&format!("where_{place}"))).collect()
    }

    /// The words, each once.
    fn words(&self) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        for line in self.words.lines().map(|line| plain::line(line, 500)).filter(|line| !line.is_empty()) {
            if !words.contains(&line) {
                words.push(line);
            }
        }
        words
    }

    /// Makes a filter what was entered; its words keep their numbers.
    fn apply(&self, filter: &mut Filter, now: Timestamp) {
        let (whole, was) = (self.whole == YES, is_whole(filter));
        let known = std::mem::take(&mut filter.keywords);
        let keyword = |word: String| match known.iter().find(|one| one.keyword == word) {
            // Applications choose it for each word: what was not changed here stays.
            Some(one) if whole == was => one.clone(),
            Some(one) => Keyword { whole_word: whole, ..one.clone() },
            None => Keyword { id: FilterId(0), keyword: word, whole_word: whole },
        };
        let words = self.words();
        filter.title = plain::line(&self.title, 250);
        if filter.title.is_empty() {
            filter.title = plain::cut(&words.join(", "), TITLE);
        }
        filter.keywords = words.into_iter().map(keyword).collect();
        filter.places = self.places();
        filter.action = self.deed.parse().unwrap_or(Deed::Warn);
        if self.days != KEEP {
            let days = self.days.parse().ok().filter(|days| *days > 0 && DAYS.contains(days));
            filter.expires = days.map(|days| now + span::days(days));
        }
    }
}

/// Whether its words count only as whole words.
fn is_whole(filter: &Filter) -> bool {
    filter.keywords.iter().all(|one| one.whole_word)
}

/// The form, for a new filter or for one that is there.
fn form(t: Language, entered: &Entered, known: Option<&Filter>) -> Action {
    let places = PLACES.map(|one| Choice::new(one.as_str(), place(t, one), ""));
    let chosen: Vec<&str> = entered.places().iter().map(|one| one.as_str()).collect();
    let deeds = [Deed::Warn, Deed::Hide, Deed::Blur].map(|one| Choice::new(one.as_str(), deed(t, one), ""));
    let length = |days: u64| if days == 0 { t.for_good().to_owned() } else { t.days(i64::try_from(days).unwrap_or(0)) };
    let mut lengths: Vec<_> = DAYS.iter().map(|days| Choice::new(days.to_string(), length(*days), "")).collect();
    if let Some(until) = known.and_then(|filter| filter.expires) {
        lengths.insert(0, Choice::new(KEEP, t.until(t.moment(until)), ""));
    }
    let fields = vec![
        Field::lines("words", 3, t.filter_words()).hint(t.filter_words_hint()).longest(20_000).value(&entered.words),
        Field::check("whole", t.filter_whole()).hint(t.filter_whole_hint()).optional().value(&entered.whole),
        Field::several("where", t.filter_where(), places.into()).value(chosen.join(" ")),
        Field::choices("deed", t.filter_deed(), deeds.into()).value(&entered.deed),
        Field::choices("days", t.mute_for(), lengths).value(&entered.days),
        Field::line("title", t.filter_title()).hint(t.filter_title_hint()).optional().value(&entered.title),
    ];
    match known {
        Some(filter) => {
            let hidden = vec![("filter", filter.id.to_string())];
            Action { hidden, ..Action::new(CHANGE, fields, t.save()) }
        }
        None => Action::new(PATH, fields, t.filter_add()),
    }
}

/// Says what is missing.
fn mend(t: Language, action: &mut Action, entered: &Entered, known: Option<&Filter>) {
    if entered.words().is_empty() && known.is_none_or(|filter| filter.picked.is_empty()) {
        action.form.flaw("words", t.filter_wordless());
    }
    if entered.places().is_empty() {
        action.form.flaw("where", t.filter_nowhere());
    }
}

fn row(t: Language, filter: &Filter, now: Timestamp) -> Row {
    let words: Vec<String> = filter.keywords.iter().map(|one| format!("«{}»", one.keyword)).collect();
    let picked = (!filter.picked.is_empty()).then(|| t.filter_picked(filter.picked.len()));
    let places: Vec<&str> = filter.places.iter().map(|one| place(t, *one)).collect();
    let until = filter.expires.map(|at| if filter.holds(now) { t.until(t.moment(at)) } else { t.filter_over().into() });
    let parts =
        [Some(words.join(", ")), picked, Some(deed(t, filter.action).to_owned()), Some(places.join(", ")), until];
    let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    Row {
        title: filter.title.clone(),
        detail: parts.join(" · "),
        page: Some(ONE.replace("{id}", &filter.id.to_string())),
        button: Some(Button { path: REMOVE, name: "filter", value: filter.id.to_string(), label: t.put_away() }),
        ..Row::default()
    }
}

async fn mine(app: &App, me: Me) -> Result<Vec<Filter>> {
    app.read(move |c| store::filters::of(c, me.0, None)).await
}

/// One of mine.
async fn one(app: &App, me: Me, id: &str) -> Result<Filter> {
    let id = FilterId(id.parse().map_err(|_no_number| Error::NotFound)?);
    let found = app.read(move |c| store::filters::of(c, me.0, Some(id))).await?;
    found.into_iter().next().ok_or(Error::NotFound)
}

async fn panels(app: &App, t: Language, me: Me, action: Action) -> Result<Vec<Panel>> {
    let filters = mine(app, me).await?;
    let list = Panel {
        id: "filters",
        heading: t.settings_filters(),
        lead: t.filters_lead().to_owned(),
        rows: filters.iter().map(|filter| row(t, filter, app.now())).collect(),
        ..Panel::default()
    };
    let add = Panel { id: "filter-add", heading: t.filter_add(), action: Some(action), ..Panel::default() };
    Ok(vec![list, add])
}

fn changing(t: Language, action: Action) -> Vec<Panel> {
    vec![Panel { id: "filter-change", heading: t.filter_change(), action: Some(action), ..Panel::default() }]
}

/// `GET /settings/filters`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, visit: Visit, by: SignedIn) -> HttpResponse {
    let t = visit.language;
    let panels = panels(&app, t, by.me, form(t, &Entered::fresh(), None)).await;
    super::shown(&request, &visit, PATH, panels)
}

/// `POST /settings/filters`
pub(crate) async fn add(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Entered>) -> HttpResponse {
    let (t, me, entered) = (visit.language, sent.by.me, sent.entered);
    let mut action = form(t, &entered, None);
    mend(t, &mut action, &entered, None);
    if action.form.is_flawed() {
        return super::shown(&request, &visit, PATH, panels(&app, t, me, action).await);
    }
    let mut filter = Filter {
        id: FilterId(0),
        title: String::new(),
        places: Vec::new(),
        action: Deed::Warn,
        expires: None,
        keywords: Vec::new(),
        picked: Vec::new(),
    };
    entered.apply(&mut filter, app.now());
    let made = filters::create(&app, me, filter).await;
    said::done(&request, &app, &visit, made.map(drop), PATH)
}

/// `GET /settings/filters/ID`
pub(crate) async fn show_one(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    id: Path<String>,
) -> HttpResponse {
    let t = visit.language;
    let filter = one(&app, by.me, &id).await;
    let panels = filter.map(|filter| changing(t, form(t, &Entered::of(&filter), Some(&filter))));
    super::shown(&request, &visit, PATH, panels)
}

/// `POST /settings/filters/change`
pub(crate) async fn change(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Entered>) -> HttpResponse {
    let (t, me, entered, now) = (visit.language, sent.by.me, sent.entered, app.now());
    let filter = match one(&app, me, &entered.filter).await {
        Ok(filter) => filter,
        Err(error) => return answer::error(&request, &visit, &error),
    };
    let mut action = form(t, &entered, Some(&filter));
    mend(t, &mut action, &entered, Some(&filter));
    if action.form.is_flawed() {
        return super::page(&request, &visit, PATH, changing(t, action));
    }
    let change = move |filter: &mut Filter| {
        entered.apply(filter, now);
        Ok(())
    };
    let changed = filters::change(&app, me, filter.id, change).await;
    said::done(&request, &app, &visit, changed.map(drop), PATH)
}

/// Which one goes.
#[derive(Debug, Deserialize)]
pub(crate) struct Gone {
    filter: i64,
}

/// `POST /settings/filters/remove`
pub(crate) async fn remove(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Gone>) -> HttpResponse {
    let removed = filters::remove(&app, sent.by.me, FilterId(sent.entered.filter)).await;
    said::done(&request, &app, &visit, removed, PATH)
}
