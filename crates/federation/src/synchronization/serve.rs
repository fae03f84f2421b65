//! The part of an actor's followers that lives on one server, for that server alone.
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use app::{App, Error, Result};
use domain::{handle, host::Host, urls};
use serde_json::json;

use crate::{
    inbox, render,
    routes::{
        answer::{self, DOCUMENT},
        asked_host, is_known, local_actor,
    },
};

/// `GET /@NAME/followers_synchronization`, signed by anybody of the server that asks.
pub(crate) async fn serve(request: HttpRequest, app: Data<App>, name: Path<String>) -> HttpResponse {
    let signer = match inbox::signer(&request, &app).await {
        Ok(signer) => signer,
        Err(refusal) => return refusal.answer(),
    };
    match part(&app, (&asked_host(&request, &app), &name), &signer).await {
        Ok(body) => answer::with(&request, StatusCode::OK, DOCUMENT, body.into()),
        Err(error) => answer::error(&request, &error),
    }
}

/// The followers of `name` on the server of `signer`.
async fn part(app: &App, (host, name): (&Host, &str), signer: &str) -> Result<String> {
    let name = handle::local_name(name).ok_or(Error::NotFound)?;
    let actor = local_actor(app, host, name).await?;
    let (url, now) = (urls::synchronization(&actor.uri), app.now());
    let host = Host::of(signer).ok_or(Error::NotFound)?;
    let followers = app.read(move |c| {
        if !is_known(c, &actor, Some(&host), now)? {
            return Ok(None);
        }
        match store::peers::by_host(c, host.as_str())? {
            Some(peer) => store::follows::followers_at(c, actor.id, Some(peer.id)).map(Some),
            None => Ok(Some(Vec::new())),
        }
    });
    let followers = followers.await?.ok_or(Error::NotFound)?;
    let mut uris: Vec<String> = followers.into_iter().map(|(_, uri)| uri).collect();
    uris.sort_unstable();
    let collection = json!({ "id": url, "type": "OrderedCollection", "totalItems": uris.len(), "orderedItems": uris });
    render::document(&collection).map_err(Error::internal)
}
