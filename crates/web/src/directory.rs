//! The directory: the communities of this site, and how alive each of them is.
use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{App, Me, Result};
use askama::Template;
use domain::{
    actor::Actor,
    charter::Purpose,
    group::GroupRules,
    id::ActorId,
    pulse::{self, Pulse},
    text::html,
    theme::Theme,
    time::Timestamp,
    urls,
};
use serde::Deserialize;
use store::directory::{Order, Wish};

use crate::{
    answer::{self, Frame, Visit},
    cards::{self, Face},
    charters, community,
    compose::TONGUES,
    language::Language,
    themes,
};

/// Where it is.
pub(crate) const PATH: &str = "/communities";
/// How many communities a page of it lists.
const GROUPS: i64 = 50;
const EXCERPT: usize = 160;

/// How alive a community is, in words.
pub(crate) struct Vital {
    pub(crate) label: &'static str,
    pub(crate) meaning: &'static str,
    /// The look of its chip.
    pub(crate) tint: &'static str,
}

/// Whether a community was made within the time in which one looks back, here or elsewhere: until that is over, nobody says that
/// it is quiet or stands still.
pub(crate) fn is_new(group: &Actor, pulse: Pulse, now: Timestamp) -> bool {
    pulse != Pulse::Alive && group.created > now - pulse::MONTH
}

/// How alive a community is, in words.
pub(crate) fn vital(t: Language, group: &Actor, pulse: Pulse, now: Timestamp) -> Vital {
    if is_new(group, pulse, now) {
        Vital { label: t.fresh(), meaning: t.fresh_hint(), tint: "good" }
    } else {
        said(pulse, t)
    }
}

/// What is said about how alive a community is in a language.
pub(crate) fn said(pulse: Pulse, t: Language) -> Vital {
    match pulse {
        Pulse::Alive => Vital { label: t.alive(), meaning: t.alive_hint(), tint: "good" },
        Pulse::Quiet => Vital { label: t.quiet(), meaning: t.quiet_hint(), tint: "fair" },
        Pulse::Still => Vital { label: t.still(), meaning: t.still_hint(), tint: "plain" },
        Pulse::Abandoned => Vital { label: t.abandoned(), meaning: t.abandoned_hint(), tint: "plain" },
    }
}

/// Which communities, in which order, and after which.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
    pulse: String,
    sort: String,
    purpose: String,
    theme: String,
    language: String,
    after: String,
}

impl Asked {
    /// Whether everything is asked for.
    fn is_plain(&self) -> bool {
        let all = [&self.q, &self.pulse, &self.sort, &self.purpose, &self.theme, &self.language, &self.after];
        all.iter().all(|asked| asked.trim().is_empty())
    }

    /// Whether one of the lists to choose from narrows it.
    fn narrows(&self) -> bool {
        !(self.purpose.is_empty() && self.theme.is_empty() && self.language.is_empty())
    }

    fn order(&self) -> Order {
        SORTS.into_iter().find(|(word, _)| *word == self.sort).map(|(_, order)| order).unwrap_or_default()
    }

    /// What of it says which communities; what nobody knows narrows nothing.
    fn wish(&self) -> Wish {
        let language = TONGUES.iter().find(|(tag, _)| *tag == self.language).map(|(tag, _)| (*tag).to_owned());
        Wish {
            words: self.q.trim().chars().take(WORDS).collect(),
            pulse: self.pulse.parse().ok(),
            purpose: self.purpose.parse().ok(),
            theme: self.theme.parse().ok(),
            language,
            ..Wish::default()
        }
    }

    /// The list in another order, of those that are so alive, or further on.
    fn page(&self, page: &str, (pulse, sort, after): (&str, &str, &str)) -> String {
        let narrow =
            [("q", self.q.as_str()), ("purpose", &self.purpose), ("theme", &self.theme), ("language", &self.language)];
        urls::asking(page, &[&narrow[..], &[("pulse", pulse), ("sort", sort), ("after", after)]].concat())
    }
}

/// The longest question, in characters.
const WORDS: usize = 200;

/// What the orders are called in paths.
const SORTS: [(&str, Order); 3] = [("", Order::Active), ("members", Order::Members), ("name", Order::Name)];

/// A community as the directory lists it.
pub(crate) struct Entry {
    pub(crate) id: ActorId,
    pub(crate) face: Face,
    pub(crate) summary: String,
    pub(crate) members: i64,
    pub(crate) vital: Vital,
    pub(crate) latest: Option<String>,
    pub(crate) visibility: &'static str,
    /// What brings its people together and what it is about, in words, as far as it said so.
    pub(crate) about: Vec<&'static str>,
}

/// A way to narrow or order the list.
struct Choice {
    label: &'static str,
    page: String,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "directory.html")]
struct Directory {
    frame: Frame,
    asked: Asked,
    may_found: bool,
    /// What communities are for, and what is spoken in those that are here: the word, the label, and whether it is chosen.
    purposes: Vec<(&'static str, &'static str, bool)>,
    tongues: Vec<(&'static str, &'static str, bool)>,
    /// What they are about, with how many of them are.
    themes: Vec<(&'static str, String, bool)>,
    pulses: Vec<Choice>,
    sorts: Vec<Choice>,
    entries: Vec<Entry>,
    more: Option<String>,
}

/// A community with its rules, its members, when somebody last wrote there, how alive it is, what it is for and about.
type Listed = (Face, Actor, GroupRules, i64, Option<Timestamp>, Pulse, (Option<Purpose>, Vec<Theme>));

/// The communities of here that everybody may know of, on this host, and whose name or purpose holds these words: the `most`
/// in which somebody wrote last.
pub(crate) async fn entries(app: &App, visit: &Visit, words: &str, most: i64) -> Result<Vec<Entry>> {
    let wish = Wish { words: words.to_owned(), ..Wish::default() };
    listed(app, visit, wish, (Order::Active, None), most).await
}

/// The communities that everybody may know of, after one of them in an order.
async fn listed(
    app: &App,
    visit: &Visit,
    wish: Wish,
    (order, after): (Order, Option<ActorId>),
    most: i64,
) -> Result<Vec<Entry>> {
    let wish = placed(app, visit, wish);
    let groups = app.read(move |c| {
        let ids = store::directory::page(c, &wish, order, after, most)?;
        let mut groups = store::actors::by_ids(c, &ids)?;
        groups.sort_by_key(|group| ids.iter().position(|id| *id == group.id));
        Ok(groups)
    });
    described(app, visit, groups.await?).await
}

/// The server's own host lists all its communities, the host of an organization those of that organization.
fn placed(app: &App, visit: &Visit, wish: Wish) -> Wish {
    let host = (visit.host != *app.site().host()).then(|| visit.host.clone());
    Wish { elsewhere: wish.elsewhere && host.is_none(), host, ..wish }
}

/// Communities as the directory lists them.
pub(crate) async fn described(app: &App, visit: &Visit, groups: Vec<Actor>) -> Result<Vec<Entry>> {
    let site = app.site().clone();
    let listed = app.read(move |c| {
        let mut faces = cards::faces(c, &site, &groups)?;
        let ids: Vec<_> = groups.iter().map(|group| group.id).collect();
        let (rules, members) = (store::groups::rules_of(c, &ids)?, store::groups::member_counts(c, &ids)?);
        let (latest, sorts) = (store::threads::latest_in(c, &ids)?, store::charters::purposes_of(c, &ids)?);
        let (pulses, mut themes) = (store::pulses::of(c, &ids)?, store::charters::themes_of(c, &ids)?);
        let mut entry = |group: Actor| {
            let rules = rules.iter().find(|rules| rules.id == group.id).copied()?;
            let members = members.get(&group.id).copied().unwrap_or_default();
            let latest = latest.iter().find(|(id, _)| *id == group.id).and_then(|(_, at)| *at);
            let pulse = pulses.get(&group.id).copied().unwrap_or(Pulse::Still);
            let about = (sorts.get(&group.id).copied(), themes.remove(&group.id).unwrap_or_default());
            Some((faces.remove(&group.id)?, group, rules, members, latest, pulse, about))
        };
        Ok(groups.into_iter().filter_map(&mut entry).collect::<Vec<_>>())
    });
    let entry = |(face, group, rules, members, latest, pulse, (purpose, about)): Listed| Entry {
        about: (purpose.map(|purpose| charters::named(visit.language, purpose).0).into_iter())
            .chain(about.into_iter().map(|theme| themes::named(visit.language, theme)))
            .collect(),
        id: group.id,
        face,
        summary: html::excerpt(&group.summary, EXCERPT),
        members,
        vital: vital(visit.language, &group, pulse, app.now()),
        latest: latest.map(|latest| visit.language.ago(app.now(), latest)),
        visibility: community::visibility(visit.language, rules.visibility),
    };
    Ok(listed.await?.into_iter().map(entry).collect())
}

/// `GET /communities`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    let asked = asked.map(Query::into_inner).unwrap_or_default();
    let found = async {
        let may_found = match visit.resident() {
            Some(me) => app::charters::may_found(&app, Me(me)).await?,
            None => false,
        };
        let wish = Wish { elsewhere: true, ..asked.wish() };
        let place = (asked.order(), asked.after.parse().ok());
        let entries = listed(&app, &visit, wish.clone(), place, GROUPS + 1).await?;
        let wish = placed(&app, &visit, wish);
        let there = app.read(move |c| Ok((store::directory::languages(c)?, store::directory::themes(c, &wish)?)));
        Ok((entries, there.await?, may_found))
    };
    match found.await {
        Ok((entries, there, may_found)) => {
            let directory = Directory { may_found, ..describe(&app, &visit, asked, entries, &there) };
            answer::page(&request, StatusCode::OK, visit.keep(), &directory)
        }
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// What is spoken in the communities that are here, and how many are about each theme.
type There = (Vec<String>, HashMap<Theme, usize>);

fn describe(app: &App, visit: &Visit, asked: Asked, mut entries: Vec<Entry>, (spoken, counts): &There) -> Directory {
    let (t, wish, order) = (visit.language, asked.wish(), asked.order());
    let page = app.site().page_on(&visit.host, PATH);
    let mut pulses = vec![Choice {
        label: t.every(),
        page: asked.page(&page, ("", &asked.sort, "")),
        is_chosen: wish.pulse.is_none(),
    }];
    pulses.extend(Pulse::ALL.iter().map(|pulse| Choice {
        label: said(*pulse, t).label,
        page: asked.page(&page, (pulse.as_str(), &asked.sort, "")),
        is_chosen: wish.pulse == Some(*pulse),
    }));
    let sorts = SORTS.map(|(word, of)| Choice {
        label: match of {
            Order::Active => t.sort_active(),
            Order::Members => t.sort_members(),
            Order::Name => t.sort_name(),
        },
        page: asked.page(&page, (&asked.pulse, word, "")),
        is_chosen: of == order,
    });
    let purposes =
        Purpose::ALL.iter().map(|of| (of.as_str(), charters::named(t, *of).0, wish.purpose == Some(*of))).collect();
    // Only what leads to something is offered.
    let is_offered = |tag: &str| spoken.iter().any(|spoken| spoken == tag) || asked.language == tag;
    let tongues = TONGUES.iter().filter(|(tag, _)| is_offered(tag));
    let tongues = tongues.map(|(tag, name)| (*tag, *name, asked.language == *tag)).collect();
    let themes = themes::all(t).into_iter().filter_map(|(theme, name)| {
        let (count, is_chosen) = (counts.get(&theme).copied().unwrap_or_default(), wish.theme == Some(theme));
        (count > 0 || is_chosen).then(|| (theme.as_str(), format!("{name} ({count})"), is_chosen))
    });
    let themes = themes.collect();
    let most = usize::try_from(GROUPS).unwrap_or(usize::MAX);
    let is_full = entries.len() > most;
    entries.truncate(most);
    let last = entries.last().filter(|_| is_full).map(|entry| entry.id.to_string());
    let more = last.map(|last| asked.page(&page, (&asked.pulse, &asked.sort, &last)));
    let mut frame = if asked.is_plain() {
        Frame::public(visit, t.communities(), page)
    } else {
        Frame::private(visit, t.communities())
    };
    frame.place = "communities";
    Directory { frame, purposes, tongues, themes, pulses, sorts: sorts.into(), asked, may_found: false, entries, more }
}
