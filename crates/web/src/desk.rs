//! What all pages share by which one community is run: whose they are, and the ways between them.
use app::{App, Error, Result};
use domain::{
    actor::Actor,
    group::Standing,
    id::ActorId,
    policy,
    urls::{self, Sheet},
};
use serde::Deserialize;

use crate::{
    answer::{Frame, Visit},
    bylaws,
    cards::{self, Face},
    charters, entrance, held,
    language::Language,
    listing::Sort,
    members, paces, portraits, steps,
};

/// The community that a page is about.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    pub(crate) group: i64,
}

/// The head of such a page.
pub(crate) struct Desk {
    pub(crate) frame: Frame,
    pub(crate) face: Face,
    pub(crate) pictures: [portraits::Shown; 2],
    pub(crate) id: i64,
    pub(crate) places: Vec<Sort>,
    /// Where what is left of the first steps is, and how much is done, unless that stands here.
    pub(crate) left: Option<(String, String)>,
}

impl Desk {
    pub(crate) async fn of(app: &App, visit: &Visit, group: &Actor, standing: Standing, here: &str) -> Result<Self> {
        let face = cards::face(app, group).await?;
        let places = places(visit.language, group, standing, here);
        let label = places.iter().find(|place| place.is_chosen).map_or("", |place| place.label);
        let frame = Frame::private(visit, format!("{label} · {}", face.name));
        let pictures = portraits::shown(app, visit.language, group);
        let left = if here == charters::MANAGE || policy::manage(&standing).is_err() {
            None
        } else {
            left(app, visit.language, group).await?
        };
        Ok(Self { frame, face, pictures, id: group.id.0, places, left })
    }
}

/// Where the first steps of a new community are, and how much of them is done, while any is left and they are wanted.
async fn left(app: &App, t: Language, group: &Actor) -> Result<Option<(String, String)>> {
    let (id, way) = (group.id, format!("{}#next", page(charters::MANAGE, group.id)));
    let facts = app.read(move |c| store::steps::facts(c, id)).await?;
    let steps = steps::of(t, group, facts);
    let done = steps.iter().filter(|step| step.is_done).count();
    let is_left = !facts.put_away && done < steps.len();
    Ok(is_left.then(|| (way, t.steps_done(steps.len(), done))))
}

/// The page `path` of a community.
pub(crate) fn page(path: &str, group: ActorId) -> String {
    urls::asking(path, &[("group", &group.to_string())])
}

/// Where whoever keeps order in a community here begins.
pub(crate) fn way(group: &Actor, standing: Standing) -> Option<String> {
    let first = places(Language::ES, group, standing, "").into_iter().next()?;
    (group.is_local() && policy::moderate(&standing).is_ok()).then_some(first.page)
}

fn places(t: Language, group: &Actor, standing: Standing, here: &str) -> Vec<Sort> {
    let place = |label, path: &str| Sort { label, page: page(path, group.id), is_chosen: path == here };
    let mut places = Vec::new();
    if policy::manage(&standing).is_ok() {
        places.push(place(t.settings(), charters::MANAGE));
        places.push(place(t.rules(), bylaws::PATH));
        places.push(place(t.screen(), held::PATH));
    }
    if policy::moderate(&standing).is_ok() {
        places.push(place(t.people(), members::PATH));
        places.push(place(t.invitations(), entrance::PATH));
        places.push(place(t.pace(), paces::PATH));
    }
    places.push(Sort { label: t.log_tab(), page: urls::sheet(&group.uri, Sheet::Log), is_chosen: false });
    places
}

/// A community here, and what I am to it, if I keep order there.
pub(crate) async fn kept(app: &App, me: ActorId, group: i64) -> Result<(Actor, Standing)> {
    let now = app.now();
    let found = app.read(move |c| {
        let actor = store::actors::by_id(c, ActorId(group))?;
        let Some(actor) = actor.filter(|a| a.is_group() && a.is_local() && a.deleted.is_none()) else {
            return Ok(None);
        };
        let Some(rules) = store::groups::rules(c, actor.id)? else { return Ok(None) };
        let standing = store::groups::standing(c, actor.id, me, now)?;
        Ok(policy::know(&rules, &standing).is_ok().then_some((actor, standing)))
    });
    let (actor, standing) = found.await?.ok_or(Error::NotFound)?;
    policy::moderate(&standing)?;
    Ok((actor, standing))
}
