//! The ports to the network: what leaves, what has to be asked for, and mail.
use std::any::Any;

use async_trait::async_trait;
use bytes::Bytes;
use domain::{
    handle::Handle,
    id::{ActorId, PostId},
};

use futures_util::stream::BoxStream;

use crate::{App, Error, Event, Result, Tx, elsewhere::Deed, mail::Letter};

/// Tells other servers. Runs inside the transaction of the change, so that both happen or neither:
/// it stores what is to be sent, and sends nothing.
pub trait Outbox: Send + Sync {
    /// Stores the activities that `event` gives rise to, with their deliveries.
    fn emit(&self, tx: &mut Tx<'_, '_>, event: &Event) -> Result<()>;
}

/// Asks other servers. Runs before a transaction, never in one, and stores what it finds by actions.
/// It is `Any`, so that the door that made it finds its own again.
#[async_trait]
pub trait Resolver: Any + Send + Sync {
    /// The actor with this id on the network, fetched if it is not known or long ago.
    async fn actor(&self, app: &App, uri: &str) -> Result<ActorId>;

    /// The actor with this id, fetched now whether it is known or not, with the other ids by which it says that it is
    /// known.
    async fn look_again(&self, app: &App, uri: &str) -> Result<(ActorId, Vec<String>)> {
        Ok((self.actor(app, uri).await?, Vec::new()))
    }

    /// The actor with this handle, found by WebFinger if it is not known.
    async fn handle(&self, app: &App, name: &str, host: &str) -> Result<ActorId>;

    /// Where whoever has this handle does something with `object` on their own server; nothing if that does not say.
    async fn way(&self, _: &App, who: &Handle, _: Deed, _: &str) -> Result<Option<String>> {
        Err(Error::Unreachable { what: format!("the server of {who} cannot be asked"), retry: true })
    }

    /// The post with this id on the network, fetched with its missing ancestors if it is not known.
    async fn post(&self, app: &App, uri: &str) -> Result<PostId>;

    /// The bytes at `url`, as they come: a picture, a film or a sound, if what is said of it is true. Whoever reads them
    /// sees to it that there are not too many. Where there is no network, nothing can be reached.
    async fn media(&self, url: &str) -> Result<BoxStream<'static, Result<Bytes>>> {
        Err(Error::Unreachable { what: format!("{url} cannot be reached"), retry: true })
    }
}

/// Hands letters to a mail server. Runs in a job, which tries again what failed for the moment.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Puts a letter into words and sends it; a letter that can reach nobody is done with.
    async fn send(&self, letter: &Letter) -> Result<()>;
}
