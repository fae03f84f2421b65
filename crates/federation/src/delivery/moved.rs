//! Where an inbox is now: when a server says that it is elsewhere, those who receive there are asked.
use app::{
    App, Error, Result,
    deliveries::{self, MOVED},
    jobs::{Handler, Handlers},
};
use domain::{actor::Actor, host::same_origin, id::PeerId};

use crate::resolver::{Budget, FederationResolver, Miss};

/// How many are asked: one may be gone.
const ASKED: i64 = 3;

/// The handlers of the jobs of this module.
pub fn handlers() -> Handlers {
    let handler: Handler = |app, subject| Box::pin(async move { find(&app, &subject).await });
    Handlers::from([(MOVED, handler)])
}

async fn find(app: &App, subject: &str) -> Result<()> {
    let senseless = || Error::Invalid(format!("{subject}: no server and inbox"));
    let (peer, inbox) = subject.split_once(' ').ok_or_else(senseless)?;
    let (peer, inbox): (PeerId, _) = (peer.parse().map_err(|_no_number| senseless())?, inbox.to_owned());
    let (resolver, there) = (FederationResolver::of(app)?, inbox.clone());
    for before in app.read(move |c| store::actors::receiving_at(c, peer, &there, ASKED)).await? {
        let id = match resolver.refresh(app, &before.uri, &Budget::default()).await {
            Ok(id) => id,
            Err(Miss::Gone | Miss::NotFound | Miss::Useless(_)) => continue,
            Err(miss) => return Err(miss.into()),
        };
        let Some(now) = app.read(move |c| store::actors::by_id(c, id)).await? else { continue };
        if let Some(to) = successor(&inbox, &before, now) {
            tracing::info!(from = inbox, to, "an inbox has moved");
            return deliveries::redirect(app, peer, inbox, to).await;
        }
    }
    Ok(())
}

/// What took the place of an inbox, by the word of somebody who received there. What others receive, too, stays on its
/// server.
fn successor(inbox: &str, before: &Actor, now: Actor) -> Option<String> {
    let to = if before.inbox == inbox { Some(now.inbox) } else { now.shared_inbox.filter(|to| same_origin(to, inbox)) };
    to.filter(|to| to != inbox)
}
