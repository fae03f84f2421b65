//! Lists: some people read apart from all others. Each is a home of its own; who is in it is chosen on their profile.
use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use app::{
    App, Error, Me, Result,
    filters::Sieve,
    lists::{self, Wish},
};
use askama::Template;
use domain::{
    filter::Place,
    id::{ActorId, ListId},
    list::{List, Replies},
    urls,
};
use serde::Deserialize;
use store::{
    Conn,
    people::{self, For, People},
    timelines::{self, By, Entry, Window},
};

use crate::{
    answer::{self, Frame, Keep, Visit},
    cards::{self, Card, Face},
    forms::{Choice, Field, Fields, YES},
    language::Language,
    listing::{self, From},
    posted::Sent,
    roots::Roots,
    said,
    session::SignedIn,
};

/// Where one's lists are, and where each of them is read.
pub(crate) const PATH: &str = "/lists";
pub(crate) const ONE: &str = "/lists/{id}";
/// Where one is changed, and goes.
pub(crate) const MANAGE: &str = "/lists/{id}/manage";
pub(crate) const REMOVE: &str = "/lists/remove";
/// Where one is taken out of a list, and where it is chosen in which lists somebody is.
pub(crate) const TAKE_OUT: &str = "/lists/take-out";
pub(crate) const WHO: &str = "/lists/who";

const POSTS: i64 = 25;
/// How many of those in a list a page shows where it is changed.
const PEOPLE: i64 = 200;

/// The page of a list.
fn page_of(id: ListId) -> String {
    ONE.replace("{id}", &id.to_string())
}

/// A list among others.
struct Line {
    title: String,
    page: String,
    people: i64,
}

#[derive(Template)]
#[template(path = "lists.html")]
struct Lists {
    frame: Frame,
    lines: Vec<Line>,
    form: Fields,
}

/// A post of a list, and who passed it on.
struct Passed {
    card: Card,
    by: Option<Face>,
}

#[derive(Template)]
#[template(path = "list.html")]
struct One {
    frame: Frame,
    manage: String,
    is_empty: bool,
    passed: Vec<Passed>,
    older: Option<String>,
}

#[derive(Template)]
#[template(path = "list_manage.html")]
struct Manage {
    frame: Frame,
    id: i64,
    page: String,
    action: String,
    form: Fields,
    people: Vec<Face>,
    more: Option<String>,
}

#[derive(Template)]
#[template(path = "list_who.html")]
struct Who {
    frame: Frame,
    face: Face,
    /// The numbers of all lists that it shows.
    offered: String,
    form: Fields,
}

/// What is asked of a list: what it is called, which replies it shows, and whether those in it are read only there.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    title: String,
    replies: String,
    apart: String,
}

impl Entered {
    fn of(list: &List) -> Self {
        let apart = if list.apart { YES.to_owned() } else { String::new() };
        Self { title: list.title.clone(), replies: list.replies.to_string(), apart }
    }

    fn wish(&self) -> Wish {
        let replies = self.replies.parse().unwrap_or(Replies::Members);
        Wish { title: self.title.clone(), replies, apart: self.apart == YES }
    }
}

fn title(t: Language, entered: &str) -> Field {
    Field::line("title", t.list_title()).longest(250).value(entered)
}

fn questions(t: Language, entered: &Entered) -> Fields {
    let replies = [
        (Replies::Members, t.list_replies_members()),
        (Replies::Followed, t.list_replies_followed()),
        (Replies::Nobody, t.list_replies_nobody()),
    ];
    let replies = replies.map(|(which, label)| Choice::new(which.as_str(), label, ""));
    Fields::new(vec![
        title(t, &entered.title),
        Field::choices("replies", t.list_replies(), replies.into()).value(&entered.replies),
        Field::check("apart", t.list_apart()).hint(t.list_apart_hint()).optional().value(&entered.apart),
    ])
}

/// A list of mine, by the number that a path names.
async fn mine(app: &App, me: Me, id: &str) -> Result<List> {
    let id = ListId(id.parse().map_err(|_no_number| Error::NotFound)?);
    app.read(move |c| store::lists::get(c, id, me.0)).await?.ok_or(Error::NotFound)
}

/// `GET /lists`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, visit: Visit, by: SignedIn) -> HttpResponse {
    let form = Fields::new(vec![title(visit.language, "")]);
    answer::shown(&request, &visit, Keep::Never, all(&app, &visit, by.me, form).await)
}

async fn all(app: &App, visit: &Visit, me: Me, form: Fields) -> Result<Lists> {
    let line = |c: &mut Conn, list: List| -> store::Result<Line> {
        let people = store::lists::count(c, list.id)?;
        Ok(Line { page: page_of(list.id), title: list.title, people })
    };
    let lines =
        app.read(move |c| store::lists::of(c, me.0, None)?.into_iter().map(|list| line(c, list)).collect()).await?;
    Ok(Lists { frame: Frame::private(visit, visit.language.lists()), lines, form })
}

/// `POST /lists`
pub(crate) async fn make(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Entered>) -> HttpResponse {
    let (t, me, entered) = (visit.language, sent.by.me, sent.entered);
    if entered.title.trim().is_empty() {
        let mut form = Fields::new(vec![title(t, "")]);
        form.flaw("title", t.list_titleless());
        return match all(&app, &visit, me, form).await {
            Ok(page) => answer::page(&request, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &page),
            Err(error) => answer::error(&request, &visit, &error),
        };
    }
    match lists::create(&app, me, entered.wish()).await {
        Ok(list) => answer::redirect(StatusCode::SEE_OTHER, &app.site().page_on(&visit.host, &page_of(list.id))),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// `GET /lists/ID`
pub(crate) async fn show_one(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    id: Path<String>,
    from: Option<Query<From>>,
) -> HttpResponse {
    answer::shown(&request, &visit, Keep::Never, read(&app, &visit, by.me, &id, From::of(from)).await)
}

async fn read(app: &App, visit: &Visit, me: Me, id: &str, before: i64) -> Result<One> {
    let list = mine(app, me, id).await?;
    let (site, t, now) = (app.site().clone(), visit.language, app.now());
    let (window, of) = (Window { before, ..Window::newest(POSTS) }, list.clone());
    let found = app.read(move |c| {
        let entries = timelines::of_list(c, &of, window)?;
        let posts: Vec<_> = entries.iter().map(|entry| entry.post).collect();
        let sharers: Vec<ActorId> = entries.iter().filter_map(|entry| passed_by(entry, None)).collect();
        let posts = store::posts::by_ids(c, &posts)?;
        let sieve = Sieve::of(c, Some(me.0), Place::Home, now)?;
        let is_empty = store::lists::count(c, of.id)? == 0;
        let views = app::view::posts(c, posts)?;
        let roots = Roots::of(c, Some(me.0), &sieve, &views)?;
        Ok((entries, (views, roots), cards::faces_of(c, &site, &sharers)?, sieve, is_empty))
    });
    let (entries, (views, roots), faces, sieve, is_empty) = found.await?;
    let oldest = listing::last(&entries, POSTS).map(|entry| entry.number);
    let passed = |entry: &Entry| {
        let view = views.iter().find(|view| view.post.id == entry.post)?;
        let card = Card::new(app, t, view).under(t, sieve.fate(&view.post))?;
        let card = roots.beside(app, t, view, card);
        let by = passed_by(entry, Some(view.author.id)).and_then(|by| faces.get(&by).cloned());
        Some(Passed { card, by })
    };
    let mut frame = Frame::private(visit, list.title.clone());
    frame.place = "home";
    Ok(One {
        frame,
        manage: MANAGE.replace("{id}", id),
        is_empty,
        passed: entries.iter().filter_map(passed).collect(),
        older: oldest.map(|last| urls::page_before(&app.site().page_on(&visit.host, &page_of(list.id)), Some(last))),
    })
}

/// Who passed it on, if that was not its author.
fn passed_by(entry: &Entry, author: Option<ActorId>) -> Option<ActorId> {
    match entry.by {
        By::Share(by, _) if Some(by) != author => Some(by),
        _ => None,
    }
}

/// `GET /lists/ID/manage`
pub(crate) async fn manage_form(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    id: Path<String>,
    from: Option<Query<From>>,
) -> HttpResponse {
    let page = async {
        let list = mine(&app, by.me, &id).await?;
        let form = questions(visit.language, &Entered::of(&list));
        managed(&app, &visit, &list, (form, From::of(from))).await
    };
    answer::shown(&request, &visit, Keep::Never, page.await)
}

/// The form of a list, and those in it from `before` on.
async fn managed(app: &App, visit: &Visit, list: &List, (form, before): (Fields, i64)) -> Result<Manage> {
    let (id, site) = (list.id, app.site().clone());
    let found = app.read(move |c| {
        let window = Window { before, ..Window::newest(PEOPLE) };
        let placed = people::page(c, People::Listed(id), For::Keeper, window)?;
        let ends = listing::last(&placed, PEOPLE).map(|end| end.number);
        let people: Vec<ActorId> = placed.into_iter().map(people::Placed::who).collect();
        Ok((cards::faces_of(c, &site, &people)?, ends))
    });
    let (people, ends) = found.await?;
    let mut people: Vec<Face> = people.into_values().collect();
    people.sort_by_key(|face| face.name.to_lowercase());
    let action = MANAGE.replace("{id}", &id.to_string());
    Ok(Manage {
        frame: Frame::private(visit, visit.language.list_manage(&list.title)),
        id: id.0,
        page: page_of(id),
        more: ends.map(|end| urls::page_before(&action, Some(end))),
        action,
        form,
        people,
    })
}

/// `POST /lists/ID/manage`
pub(crate) async fn manage(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    id: Path<String>,
    sent: Sent<Entered>,
) -> HttpResponse {
    let (t, me, entered) = (visit.language, sent.by.me, sent.entered);
    let list = match mine(&app, me, &id).await {
        Ok(list) => list,
        Err(error) => return answer::error(&request, &visit, &error),
    };
    if entered.title.trim().is_empty() {
        let mut form = questions(t, &entered);
        form.flaw("title", t.list_titleless());
        return match managed(&app, &visit, &list, (form, i64::MAX)).await {
            Ok(page) => answer::page(&request, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &page),
            Err(error) => answer::error(&request, &visit, &error),
        };
    }
    let changed = lists::change(&app, me, list.id, entered.wish()).await;
    said::done(&request, &app, &visit, changed.map(drop), &page_of(list.id))
}

/// A list, and perhaps somebody in it.
#[derive(Debug, Deserialize)]
pub(crate) struct Named {
    list: i64,
    #[serde(default)]
    person: i64,
}

/// `POST /lists/remove`
pub(crate) async fn remove(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Named>) -> HttpResponse {
    let removed = lists::delete(&app, sent.by.me, ListId(sent.entered.list)).await;
    said::done(&request, &app, &visit, removed, PATH)
}

/// `POST /lists/take-out`
pub(crate) async fn take_out(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Named>) -> HttpResponse {
    let Named { list, person } = sent.entered;
    let removed = lists::remove(&app, sent.by.me, ListId(list), vec![ActorId(person)]).await;
    said::done(&request, &app, &visit, removed, &MANAGE.replace("{id}", &list.to_string()))
}

/// Whom it is about.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    who: i64,
}

/// Somebody whom one may put into lists, all of one's own, and those in which they are.
struct Places {
    face: Face,
    all: Vec<List>,
    with: Vec<ListId>,
}

impl Places {
    async fn of(app: &App, me: Me, who: i64) -> Result<Self> {
        let (site, who) = (app.site().clone(), ActorId(who));
        let found = app.read(move |c| {
            let face = cards::faces_of(c, &site, &[who])?.remove(&who);
            let with = store::lists::of(c, me.0, Some(who))?.into_iter().map(|list| list.id).collect();
            Ok((face, store::lists::of(c, me.0, None)?, with))
        });
        let (face, all, with) = found.await?;
        Ok(Self { face: face.filter(|face| !face.is_group).ok_or(Error::NotFound)?, all, with })
    }

    fn form(&self, t: Language) -> Fields {
        let choices: Vec<Choice> =
            self.all.iter().map(|list| Choice::new(list.id.to_string(), list.title.clone(), "")).collect();
        let chosen: Vec<String> = self.with.iter().map(ToString::to_string).collect();
        let several = Field::several("list", t.lists(), choices).value(chosen.join(" "));
        let new = Field::line("title", t.list_new()).longest(250).optional();
        Fields::new(if self.all.is_empty() { vec![new] } else { vec![several, new] })
    }
}

/// `GET /lists/who`
pub(crate) async fn who_form(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    let page = async {
        let places = Places::of(&app, by.me, asked.map_or(0, |asked| asked.who)).await?;
        let frame = Frame::private(&visit, visit.language.lists_with(&places.face.name));
        let offered = places.all.iter().map(|list| list.id.to_string()).collect::<Vec<_>>().join(" ");
        Ok(Who { frame, offered, form: places.form(visit.language), face: places.face })
    };
    answer::shown(&request, &visit, Keep::Never, page.await)
}

/// In which lists somebody is to be, each under a name of its own, and what a new one is called.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Chosen {
    who: String,
    /// The lists that the form showed, with spaces between them: whoever made one since then left nothing out of it.
    offered: String,
    title: String,
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

/// `POST /lists/who`
pub(crate) async fn who(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Chosen>) -> HttpResponse {
    let (me, entered) = (sent.by.me, sent.entered);
    let done = async {
        let places = Places::of(&app, me, entered.who.parse().unwrap_or(0)).await?;
        let offered = entered.offered.split(' ').filter_map(|id| id.parse().ok().map(ListId));
        let moves = offered.partition(|id| entered.rest.contains_key(&format!("list_{id}")));
        let title = entered.title;
        let new = (!title.trim().is_empty()).then_some(Wish { title, replies: Replies::Members, apart: false });
        lists::place(&app, me, places.face.id, moves, new).await?;
        Ok(places.face.page)
    };
    match done.await {
        Ok(page) => answer::redirect(StatusCode::SEE_OTHER, &page),
        Err(error) => answer::error(&request, &visit, &error),
    }
}
