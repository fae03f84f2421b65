//! What a server says about its followers here, compared with what is known here.
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use app::{
    App, Result,
    jobs::{Handler, Handlers},
};
use domain::{id::ActorId, time::span};

use super::{Digest, Said};
use crate::{
    parse::shape,
    resolver::{Budget, FederationResolver, Miss, canonical},
};

/// The job that compares; its subject is the id of the actor, and what its server said about its followers.
const MEND: &str = "followers";

/// How often one listens to what is said about one actor.
const EVERY: Duration = span::hours(1);

/// The handlers of the jobs of this module.
pub fn handlers() -> Handlers {
    let handler: Handler = |app, subject| Box::pin(async move { compare(&app, &subject).await });
    Handlers::from([(MEND, handler)])
}

/// Takes note of what the server of `actor` said in a header that was signed.
pub(crate) async fn note(app: &App, resolver: &FederationResolver, actor: &str, header: &str) -> Result<()> {
    if Said::parse(header, actor).is_some() && resolver.is_due(app, MEND, actor, EVERY) {
        app::jobs::push(app, MEND, format!("{actor} {header}")).await?;
    }
    Ok(())
}

async fn compare(app: &App, subject: &str) -> Result<()> {
    let Some((actor, header)) = subject.split_once(' ') else { return Ok(()) };
    let Some(said) = Said::parse(header, actor) else { return Ok(()) };
    let uri = actor.to_owned();
    let Some(actor) = app.read(move |c| store::actors::by_uri(c, &uri)).await? else { return Ok(()) };
    if actor.is_local() || actor.deleted.is_some() || actor.followers.as_deref() != Some(said.collection) {
        return Ok(());
    }
    let id = actor.id;
    let known = app.read(move |c| store::follows::followers_at(c, id, None)).await?;
    if Digest::of(known.iter().map(|(_, uri)| uri.as_str())) == said.digest {
        return Ok(());
    }
    let listed = match listed(app, &said).await {
        Ok(listed) => listed,
        Err(miss) if miss.is_transient() => return Err(miss.into()),
        Err(miss) => {
            tracing::debug!(actor = actor.uri, %miss, "followers cannot be compared");
            return Ok(());
        }
    };
    // What is not what was announced is incomplete, or has changed since; there will be another announcement.
    if Digest::of(listed.iter().map(String::as_str)) != said.digest {
        return Ok(());
    }
    agree(app, id, known, listed).await
}

/// The people here who, as their server says, follow an actor there.
async fn listed(app: &App, said: &Said<'_>) -> Result<BTreeSet<String>, Miss> {
    let (_, document) = FederationResolver::of(app)?.activity_json(app, said.url, &Budget::default()).await?;
    let items = |key| shape::each(&document, key).filter_map(shape::id).map(str::to_owned);
    Ok(items("orderedItems").chain(items("items")).collect())
}

/// Ends the follows that the other side does not know, and those that only the other side knows.
async fn agree(app: &App, target: ActorId, known: Vec<(ActorId, String)>, listed: BTreeSet<String>) -> Result<()> {
    let ours: Vec<String> = listed.iter().map(|uri| canonical(app.site(), uri)).collect();
    let people = app.read(move |c| store::actors::by_uris(c, &ours)).await?;
    let held: Vec<ActorId> = people.iter().filter(|one| one.is_local()).map(|one| one.id).collect();
    let known: BTreeMap<ActorId, String> = known.into_iter().collect();
    let lost: Vec<ActorId> = known.into_keys().filter(|id| !held.contains(id)).collect();
    app::follows::agree(app, target, lost, held).await
}
