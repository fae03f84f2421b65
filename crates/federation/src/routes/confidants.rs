//! Servers that read what is private, because a member of the group lives there and their software keeps it among members.
use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use app::{App, Error, Result};
use domain::{
    group::Visibility,
    handle,
    host::Host,
    id::{ActorId, PostId},
    policy,
    urls::{self, ActorPart},
};
use serde_json::json;
use store::Conn;

use super::{
    answer::{self, DOCUMENT},
    local_actor,
};
use crate::{inbox, render};

/// The member of a group here as who the server that asks may read.
pub(super) fn viewer(c: &mut Conn, group: Option<ActorId>, asker: Option<&Host>) -> store::Result<Option<ActorId>> {
    let Some((group, host)) = group.zip(asker) else { return Ok(None) };
    let rules = store::groups::rules(c, group)?.filter(|rules| rules.visibility == Visibility::Private);
    if rules.is_none_or(|rules| policy::confide(&rules).is_err()) {
        return Ok(None);
    }
    store::groups::confidant_at(c, group, host)
}

/// The same for a post; what was written here into a private group elsewhere is also for the server of that group.
pub(super) fn viewer_of(c: &mut Conn, post: PostId, asker: Option<&Host>) -> store::Result<Option<ActorId>> {
    if asker.is_none() {
        return Ok(None);
    }
    let Some(post) = store::posts::by_id(c, post)? else { return Ok(None) };
    let group = post.group.map(|group| store::actors::by_id(c, group)).transpose()?.flatten();
    if let Some(group) = group.filter(|group| !group.is_local()) {
        return Ok((Host::of(&group.uri).as_ref() == asker).then_some(post.author));
    }
    let rules = post.group.map(|group| store::groups::rules(c, group)).transpose()?.flatten();
    let stays = rules.is_some_and(|rules| policy::confide_in(&rules, post.root).is_err());
    if stays { Ok(None) } else { viewer(c, post.group, asker) }
}

/// `GET /@NAME/followers?is_follower=ID`, as Lemmy asks it: whether the server of `follower` may read what is private here.
/// Only a server that may itself is told.
pub(super) async fn answer(
    request: &HttpRequest,
    app: &App,
    (host, name): (&Host, &str),
    follower: &str,
) -> HttpResponse {
    let signer = match inbox::signer(request, app).await {
        Ok(signer) => signer,
        Err(refusal) => return refusal.answer(),
    };
    match are_confidants(app, (host, name), [&signer, follower]).await {
        Ok(body) => answer::with(request, StatusCode::OK, DOCUMENT, body.into()),
        Err(error) => answer::error(request, &error),
    }
}

async fn are_confidants(app: &App, (host, name): (&Host, &str), uris: [&str; 2]) -> Result<String> {
    let name = handle::local_name(name).ok_or(Error::NotFound)?;
    let group = local_actor(app, host, name).await?;
    let id = urls::actor_part(&group.uri, ActorPart::Followers);
    let hosts = uris.map(Host::of);
    let all = app.read(move |c| {
        for host in &hosts {
            if host.is_none() || viewer(c, Some(group.id), host.as_ref())?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    });
    if !all.await? {
        return Err(Error::NotFound);
    }
    render::document(&json!({ "id": id, "type": "OrderedCollection" })).map_err(Error::internal)
}
