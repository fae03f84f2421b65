//! The directory: the communities of this site, and how alive each of them is.
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
    group::{GroupRules, Visibility},
    id::ActorId,
    text::html,
    time::{Timestamp, span},
    urls,
};
use serde::Deserialize;

use crate::{
    answer::{self, Frame, Visit},
    cards::{self, Face},
    charters, community,
    compose::TONGUES,
    language::{self, Language},
};

/// Where it is.
pub(crate) const PATH: &str = "/communities";
/// How many communities it lists.
const GROUPS: i64 = 200;
const EXCERPT: usize = 160;

/// How alive a community is: computed from when somebody last wrote there, never chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Pulse {
    /// Somebody wrote within a week.
    Alive,
    /// Somebody wrote within a month.
    Quiet,
    /// Nobody did.
    Still,
}

impl Pulse {
    const ALL: [Self; 3] = [Self::Alive, Self::Quiet, Self::Still];

    pub(crate) fn of(latest: Option<Timestamp>, now: Timestamp) -> Self {
        match latest {
            Some(latest) if latest >= now - span::days(7) => Self::Alive,
            Some(latest) if latest >= now - span::days(30) => Self::Quiet,
            _ => Self::Still,
        }
    }

    /// Its name in paths.
    fn word(self) -> &'static str {
        match self {
            Self::Alive => "alive",
            Self::Quiet => "quiet",
            Self::Still => "still",
        }
    }

    /// What is said about it in a language.
    pub(crate) fn said(self, t: Language) -> Vital {
        match self {
            Self::Alive => Vital { label: t.alive(), meaning: t.alive_hint(), tint: "good" },
            Self::Quiet => Vital { label: t.quiet(), meaning: t.quiet_hint(), tint: "fair" },
            Self::Still => Vital { label: t.still(), meaning: t.still_hint(), tint: "plain" },
        }
    }
}

/// How alive a community is, in words.
pub(crate) struct Vital {
    pub(crate) label: &'static str,
    pub(crate) meaning: &'static str,
    /// The look of its chip.
    pub(crate) tint: &'static str,
}

/// Which communities, in which order.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
    pulse: String,
    sort: String,
    purpose: String,
    language: String,
}

impl Asked {
    /// Whether everything is asked for.
    fn is_plain(&self) -> bool {
        [&self.q, &self.pulse, &self.sort, &self.purpose, &self.language].iter().all(|asked| asked.trim().is_empty())
    }
}

/// A community as the directory lists it.
pub(crate) struct Entry {
    pub(crate) id: ActorId,
    pub(crate) face: Face,
    pub(crate) summary: String,
    pub(crate) members: i64,
    pub(crate) vital: Vital,
    pulse: Pulse,
    pub(crate) latest: Option<String>,
    pub(crate) visibility: &'static str,
    moment: Option<Timestamp>,
    is_private: bool,
    purpose: Option<Purpose>,
    /// What brings its people together, in words, if it ever said so.
    pub(crate) kind: Option<&'static str>,
    languages: Vec<String>,
}

impl Entry {
    /// When something last happened there, for software; nothing if nothing ever did.
    pub(crate) fn changed(&self) -> String {
        self.moment.map(language::machine_moment).unwrap_or_default()
    }
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
    pulses: Vec<Choice>,
    sorts: Vec<Choice>,
    entries: Vec<Entry>,
}

/// A community with its rules, its members, when somebody last wrote there, what it is for and what is spoken in it.
type Listed = (Face, Actor, GroupRules, i64, Option<Timestamp>, Option<(Purpose, Vec<String>)>);

/// The communities that everybody may know of, on this host.
pub(crate) async fn entries(app: &App, visit: &Visit) -> Result<Vec<Entry>> {
    // The server's own host lists all its communities, the host of an organization those of that organization.
    let of = (visit.host != *app.site().host()).then(|| visit.host.clone());
    let groups = app.read(move |c| store::actors::local_groups(c, of.as_ref(), GROUPS)).await?;
    let listed = groups.into_iter().filter(|group| group.discoverable).collect();
    let mut entries = described(app, visit, listed).await?;
    entries.retain(|entry| !entry.is_private);
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.moment));
    Ok(entries)
}

/// Communities of other servers that somebody follows from here; none on the host of an organization.
async fn elsewhere(app: &App, visit: &Visit) -> Result<Vec<Entry>> {
    if visit.host != *app.site().host() {
        return Ok(Vec::new());
    }
    let groups = app.read(move |c| store::actors::groups_elsewhere(c, GROUPS)).await?;
    let mut entries = described(app, visit, groups.into_iter().filter(|group| group.discoverable).collect()).await?;
    entries.retain(|entry| !entry.is_private);
    Ok(entries)
}

/// Communities as the directory lists them.
pub(crate) async fn described(app: &App, visit: &Visit, groups: Vec<Actor>) -> Result<Vec<Entry>> {
    let site = app.site().clone();
    let listed = app.read(move |c| {
        let mut faces = cards::faces(c, &site, &groups)?;
        let ids: Vec<_> = groups.iter().map(|group| group.id).collect();
        let (rules, members) = (store::groups::rules_of(c, &ids)?, store::groups::member_counts(c, &ids)?);
        let (latest, mut sorts) = (store::threads::latest_in(c, &ids)?, store::charters::sorts_of(c, &ids)?);
        let mut entry = |group: Actor| {
            let rules = rules.iter().find(|rules| rules.id == group.id).copied()?;
            let members = members.get(&group.id).copied().unwrap_or_default();
            let latest = latest.iter().find(|(id, _)| *id == group.id).and_then(|(_, at)| *at);
            let sort = sorts.remove(&group.id);
            Some((faces.remove(&group.id)?, group, rules, members, latest, sort))
        };
        Ok(groups.into_iter().filter_map(&mut entry).collect::<Vec<_>>())
    });
    let entry = |(face, group, rules, members, latest, sort): Listed| Entry {
        purpose: sort.as_ref().map(|(purpose, _)| *purpose),
        kind: sort.as_ref().map(|(purpose, _)| charters::named(visit.language, *purpose).0),
        languages: sort.map(|(_, languages)| languages).unwrap_or_default(),
        id: group.id,
        face,
        summary: html::excerpt(&group.summary, EXCERPT),
        members,
        vital: Pulse::of(latest, app.now()).said(visit.language),
        pulse: Pulse::of(latest, app.now()),
        latest: latest.map(|latest| visit.language.ago(app.now(), latest)),
        visibility: community::visibility(visit.language, rules.visibility),
        moment: latest,
        is_private: rules.visibility == Visibility::Private,
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
        let mut entries = entries(&app, &visit).await?;
        entries.extend(elsewhere(&app, &visit).await?);
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.moment));
        Ok((entries, may_found))
    };
    match found.await {
        Ok((entries, may_found)) => {
            let directory = Directory { may_found, ..describe(&app, &visit, asked, entries) };
            answer::page(&request, StatusCode::OK, visit.keep(), &directory)
        }
        Err(error) => answer::error(&request, &visit, &error),
    }
}

fn describe(app: &App, visit: &Visit, asked: Asked, mut entries: Vec<Entry>) -> Directory {
    let t = visit.language;
    let page = app.site().page_on(&visit.host, PATH);
    let narrow = [("q", asked.q.as_str()), ("purpose", &asked.purpose), ("language", &asked.language)];
    let address =
        |pulse: &str, sort: &str| urls::asking(&page, &[&narrow[..], &[("pulse", pulse), ("sort", sort)]].concat());
    let is_known = Pulse::ALL.iter().any(|pulse| pulse.word() == asked.pulse);
    let mut pulses = vec![Choice { label: t.every(), page: address("", &asked.sort), is_chosen: !is_known }];
    pulses.extend(Pulse::ALL.map(|pulse| Choice {
        label: pulse.said(t).label,
        page: address(pulse.word(), &asked.sort),
        is_chosen: asked.pulse == pulse.word(),
    }));
    let sorts = [("", t.sort_active()), ("members", t.sort_members()), ("name", t.sort_name())];
    let sorts =
        sorts.map(|(word, label)| Choice { label, page: address(&asked.pulse, word), is_chosen: asked.sort == word });
    let wanted = asked.q.trim().to_lowercase();
    let purpose = asked.purpose.parse::<Purpose>().ok();
    let purposes =
        Purpose::ALL.iter().map(|of| (of.as_str(), charters::named(t, *of).0, purpose == Some(*of))).collect();
    // Only what leads to something is offered.
    let is_spoken = |tag: &str| entries.iter().any(|entry| entry.languages.iter().any(|spoken| spoken == tag));
    let tongues = TONGUES.iter().filter(|(tag, _)| is_spoken(tag) || asked.language == *tag);
    let tongues: Vec<_> = tongues.map(|(tag, name)| (*tag, *name, asked.language == *tag)).collect();
    let language = tongues.iter().find(|(.., is_chosen)| *is_chosen).map(|(tag, ..)| *tag);
    entries.retain(|entry| {
        let text = format!("{} {} {}", entry.face.name, entry.face.handle, entry.summary).to_lowercase();
        text.contains(&wanted)
            && (!is_known || entry.pulse.word() == asked.pulse)
            && (purpose.is_none() || entry.purpose == purpose)
            && language.is_none_or(|tag| entry.languages.iter().any(|spoken| spoken == tag))
    });
    match asked.sort.as_str() {
        "members" => entries.sort_by_key(|entry| std::cmp::Reverse(entry.members)),
        "name" => entries.sort_by_key(|entry| domain::text::search::fold(&entry.face.name.to_lowercase())),
        _ => {}
    }
    let mut frame = if asked.is_plain() {
        Frame::public(visit, t.communities(), page)
    } else {
        Frame::private(visit, t.communities())
    };
    frame.place = "communities";
    Directory { frame, purposes, tongues, pulses, sorts: sorts.into(), asked, may_found: false, entries }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_alive_a_community_is_is_computed() {
        let now = Timestamp::from_seconds(1_795_368_300);
        for (days, pulse) in
            [(0, Pulse::Alive), (6, Pulse::Alive), (8, Pulse::Quiet), (29, Pulse::Quiet), (31, Pulse::Still)]
        {
            assert_eq!(Pulse::of(Some(now - span::days(days)), now), pulse, "{days}");
        }
        assert_eq!(Pulse::of(None, now), Pulse::Still);
    }
}
