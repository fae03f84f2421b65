//! The front page: what this site is for and its communities, or its first run.
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{App, Result, filters::Sieve, imprint};
use askama::Template;
use domain::{filter::Place, id::ActorId, imprint::Kind};
use store::{
    announcements::Announcement,
    threads::{Order, Scope},
};

use crate::{
    answer::{self, Frame, Visit},
    directory::{self, Entry},
    language,
    listing::{self, Asked, Row, Sort},
    lists, mine, saved, setup,
};

/// How many communities and conversations the front page shows.
const ENTRIES: usize = 6;
/// As many, where all others come anyway.
const FEW: i64 = 6;
/// From how many communities the newest threads are: those where somebody wrote last.
const SOURCES: i64 = 200;
const ROWS: usize = 8;
/// How many communities of one's own are listed; all of them are on a page of their own.
const MINE: usize = 12;
/// From how many of them the conversations of a guest are.
const OF_GUEST: i64 = 1_000;
/// How many announcements are shown at a time.
const ANNOUNCED: usize = 3;

/// What everybody with a login is told, until they put it away.
struct Announced {
    id: i64,
    /// Rendered by us.
    html: String,
    when: String,
    when_exactly: String,
}

#[derive(Template)]
#[template(path = "front.html")]
struct Front {
    frame: Frame,
    /// Above everything, for visitors: what it is called if it has a name, and what it is.
    headline: String,
    announced: Vec<Announced>,
    /// Communities of one's own; or some to begin with, for those who have none yet, and for visitors.
    entries: Vec<Entry>,
    /// Whether whoever looks at it has just come.
    is_new: bool,
    /// Where all of one's own are, if there are more.
    mine: Option<&'static str>,
    /// Where all communities are, if there are more.
    all: Option<String>,
    rows: Vec<Row>,
    rule: &'static str,
    /// The orders to choose from, for those who are signed in.
    sorts: Vec<Sort>,
    more: Option<String>,
}

/// `GET /`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    let asked = asked.map(Query::into_inner).unwrap_or_default();
    let front = match visit.viewer() {
        Some(me) => home(&app, &visit, me, &asked).await.map(Some),
        None => front(&app, &visit).await,
    };
    match front {
        Ok(Some(front)) => answer::page(&request, StatusCode::OK, visit.keep(), &front),
        Ok(None) => setup::form(&request, &visit),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

async fn front(app: &App, visit: &Visit) -> Result<Option<Front>> {
    if app::setup::is_needed(app).await? {
        return Ok(None);
    }
    let (site, t) = (app.site(), visit.language);
    let mut entries = directory::entries(app, visit, "", SOURCES).await?;
    let groups: Vec<_> = entries.iter().map(|entry| entry.id).collect();
    let all = (entries.len() > ENTRIES).then(|| site.page_on(&visit.host, directory::PATH));
    entries.truncate(ENTRIES);
    let latest = app.read(move |c| {
        let (mut threads, _) = listing::page(c, Scope::Groups(&groups), Order::Active, None, None)?;
        threads.truncate(ROWS);
        listing::hydrate(c, &Sieve::open(None), threads)
    });
    let rows = latest.await?.iter().filter_map(|listed| Row::new(app, t, listed)).collect();
    let mut frame = Frame::public(visit, t.communities(), visit.home.clone());
    let (summary, is_named) = (imprint::text(app, Kind::Summary, t.tag()).await?, app.nameplate().seen(site).is_named);
    frame.description = summary.map_or(frame.description, |text| text.body);
    frame.place = "home";
    let headline = if is_named { visit.site.clone() } else { t.headline().to_owned() };
    let (announced, sorts) = (Vec::new(), Vec::new());
    let rule = listing::rule(t, Order::Active);
    Ok(Some(Front {
        frame,
        headline,
        announced,
        entries,
        is_new: false,
        mine: None,
        all,
        rows,
        rule,
        sorts,
        more: None,
    }))
}

/// What is new where somebody takes part.
async fn home(app: &App, visit: &Visit, me: ActorId, asked: &Asked) -> Result<Front> {
    let (site, t, order, after) = (app.site(), visit.language, asked.order(), asked.after());
    let (is_guest, now) = (visit.guest().is_some(), app.now());
    let found = app.read(move |c| {
        let few = i64::try_from(MINE).unwrap_or(i64::MAX).saturating_add(1);
        let groups = mine::page(c, me, is_guest, None, if is_guest { OF_GUEST } else { few })?;
        let (threads, next) = if is_guest {
            let ids: Vec<ActorId> = groups.iter().map(|group| group.id).collect();
            listing::page(c, Scope::Groups(&ids), order, Some(me), after)?
        } else {
            listing::page(c, Scope::Followed(me), order, Some(me), after)?
        };
        let sieve = Sieve::of(c, Some(me), Place::Home, now)?;
        let threads = listing::hydrate(c, &sieve, threads)?;
        let told = store::announcements::unseen(c, me, now)?;
        Ok((threads, next, groups, told))
    });
    let (threads, next, mut groups, told) = found.await?;
    let (is_new, has_more) = (groups.is_empty(), groups.len() > MINE);
    groups.truncate(MINE);
    let mut entries = if is_new {
        directory::entries(app, visit, "", FEW).await?
    } else {
        directory::described(app, visit, groups).await?
    };
    let all = Some(site.page_on(&visit.host, directory::PATH));
    if is_new {
        entries.sort_by_key(|entry| entry.face.name.to_lowercase());
    }
    let mut sorts = listing::sorts(t, &visit.home, order);
    if !is_guest {
        for (label, page) in [(t.saved(), saved::PATH), (t.lists(), lists::PATH)] {
            sorts.push(Sort { label, page: site.page_on(&visit.host, page), is_chosen: false });
        }
    }
    let mut frame = Frame::private(visit, t.home());
    frame.place = "home";
    let announced = |one: Announcement| Announced {
        id: one.id.0,
        html: one.body,
        when: t.ago(now, one.starts.max(one.created)),
        when_exactly: language::machine_moment(one.starts.max(one.created)),
    };
    Ok(Front {
        frame,
        headline: String::new(),
        announced: told.into_iter().take(ANNOUNCED).map(announced).collect(),
        entries,
        is_new,
        mine: has_more.then_some(mine::PATH),
        all,
        rows: threads.iter().filter_map(|listed| Row::new(app, t, listed)).collect(),
        rule: listing::rule(t, order),
        sorts,
        more: next.map(|next| listing::address(&visit.home, order, Some(next))),
    })
}
