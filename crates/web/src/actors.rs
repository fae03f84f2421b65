//! Whose page a path names: a community's, a person's, or that of somebody of another server.
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use app::{App, Error, Result};
use domain::{actor::Actor, group::Standing, handle::Handle, host::Host, id::ActorId, policy, urls::Site};
use store::Conn;

use crate::{
    answer::{self, Visit},
    community,
    listing::Asked,
    person,
};

/// Whose page a path names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// Somebody here, whose page has another spelling if the path was not that.
    Here { name: String, exact: bool },
    /// Somebody of another server.
    Elsewhere { name: String, host: Host },
}

impl Named {
    /// The proper URL of somebody here, if the path was another one: spelled otherwise, or on another of our hosts.
    pub(crate) fn elsewhere_here(&self, site: &Site, ours: &Host) -> Option<String> {
        match self {
            Self::Here { exact: true, .. } => None,
            Self::Here { name, .. } => Some(site.actor(ours, name)),
            Self::Elsewhere { name, host } => site.serves(host).then(|| site.actor(host, &name.to_lowercase())),
        }
    }
}

/// Reads the `NAME` or `NAME@HOST` of a path on `ours`, one of our hosts.
pub(crate) fn named(ours: &Host, text: &str) -> Result<Named> {
    let handle = Handle::parse(text).filter(|_| !text.starts_with(['@', '!'])).ok_or(Error::NotFound)?;
    Ok(match handle.localized(ours) {
        Handle { name, host: None } => Named::Here { exact: name == text, name },
        Handle { name, host: Some(host) } => Named::Elsewhere { name, host },
    })
}

/// The actor that a path names, dead or alive.
fn known(c: &mut Conn, named: &Named, ours: &Host) -> store::Result<Option<Actor>> {
    Ok(match named {
        Named::Here { name, .. } => store::actors::by_handle(c, name, ours.as_str())?.filter(Actor::is_local),
        Named::Elsewhere { name, host } => {
            store::actors::by_handle(c, name, host.as_str())?.filter(|actor| !actor.is_local())
        }
    })
}

/// The same, unless it is suspended: of those nothing is shown.
pub(crate) fn find(c: &mut Conn, named: &Named, ours: &Host) -> store::Result<Option<Actor>> {
    Ok(known(c, named, ours)?.filter(|actor| !actor.suspended))
}

/// The community of ours that a path names, if `viewer` may read what is written in it.
pub(crate) async fn readable(app: &App, visit: &Visit, name: &str, viewer: Option<ActorId>) -> Result<Actor> {
    let (named, ours, now) = (named(&visit.host, name)?, visit.host.clone(), app.now());
    let found = app.read(move |c| {
        let found = find(c, &named, &ours)?;
        let Some(group) = found.filter(|actor| actor.is_local() && actor.is_group() && actor.deleted.is_none()) else {
            return Ok(None);
        };
        let standing = match viewer {
            Some(me) => store::groups::standing(c, group.id, me, now)?,
            None => Standing::default(),
        };
        let rules = store::groups::rules(c, group.id)?;
        Ok(rules.filter(|rules| policy::read(rules, &standing).is_ok()).map(|_| group))
    });
    found.await?.ok_or(Error::NotFound)
}

/// `GET /@NAME`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    name: Path<String>,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    let asked = asked.map(Query::into_inner).unwrap_or_default();
    respond(&request, &app, &visit, &name, &asked).await.unwrap_or_else(|error| answer::error(&request, &visit, &error))
}

async fn respond(request: &HttpRequest, app: &App, visit: &Visit, name: &str, asked: &Asked) -> Result<HttpResponse> {
    let named = named(&visit.host, name)?;
    if let Some(proper) = named.elsewhere_here(app.site(), &visit.host) {
        return Ok(answer::redirect(StatusCode::MOVED_PERMANENTLY, &proper));
    }
    let ours = visit.host.clone();
    let (viewer, now) = (visit.viewer(), app.now());
    let actor = app.read(move |c| {
        Ok(match known(c, &named, &ours)? {
            Some(actor) if app::groups::is_known(c, &actor, viewer, now)? => Some(actor),
            _ => None,
        })
    });
    let actor = actor.await?.ok_or(Error::NotFound)?;
    match actor {
        gone if gone.deleted.is_some() => Ok(answer::gone(request, visit)),
        hidden if hidden.suspended => Ok(answer::suspended(request, visit, hidden.is_group())),
        away if !away.is_local() => person::stranger(request, app, visit, away).await,
        group if group.is_group() => community::page(request, app, visit, group, asked).await,
        person => person::page(request, app, visit, person, asked.before).await,
    }
}
