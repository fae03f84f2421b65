//! The ports to the network: what leaves, what has to be asked for, who guests and the people of an organization are,
//! mail, and push.
use std::any::Any;

use async_trait::async_trait;
use bytes::Bytes;
use domain::{
    handle::Handle,
    id::{ActorId, PostId},
};

use futures_util::stream::BoxStream;

use crate::{
    App, Error, Event, Result, Tx,
    elsewhere::Deed,
    guests::{Known, Office, Returned, Testimony},
    identities::ldap::{Directory, Listed},
    mail::Letter,
    push::{Fate, Wake},
};

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

    /// Asks a server something else. Where there is no network, nothing can be reached. What an error says names its causes:
    /// it is for the operator, and nobody else is told.
    async fn ask(&self, question: Question<'_>) -> Result<Reply> {
        Err(Error::Unreachable { what: format!("{} cannot be reached", question.url), retry: true })
    }

    /// The bytes at `url`, as they come: a picture, a film or a sound, if what is said of it is true. Whoever reads them
    /// sees to it that there are not too many. Where there is no network, nothing can be reached.
    async fn media(&self, url: &str) -> Result<BoxStream<'static, Result<Bytes>>> {
        Err(Error::Unreachable { what: format!("{url} cannot be reached"), retry: true })
    }

    /// The bytes of the web page at `url`, as they come; as for media, whoever reads them sees to how many there are.
    async fn page(&self, url: &str) -> Result<BoxStream<'static, Result<Bytes>>> {
        Err(Error::Unreachable { what: format!("{url} cannot be reached"), retry: true })
    }
}

/// A request to another server that asks for no document of the network.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Where.
    pub url: &'a str,
    /// What proves that we may.
    pub proof: Option<Credential<'a>>,
    /// What is sent, as a form sends it; with none, something is read.
    pub form: Option<&'a [(&'a str, &'a str)]>,
}

/// What proves that we may ask.
#[derive(Debug, Clone, Copy)]
pub enum Credential<'a> {
    /// A token.
    Bearer(&'a str),
    /// A name and a secret.
    Basic(&'a str, &'a str),
}

/// The answer to a [`Question`].
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status, whatever it is.
    pub status: u16,
    /// What it says; not much.
    pub body: Bytes,
}

/// Asks the server on which somebody has their account who they are. Runs before a transaction, never in one.
#[async_trait]
pub trait Witness: Send + Sync {
    /// Where the server at `origin` does that.
    async fn office(&self, app: &App, origin: &str) -> Result<Office>;

    /// Makes this server known there; people are sent back to `redirect_uri`.
    async fn introduce(&self, app: &App, office: &Office, redirect_uri: &str) -> Result<Known>;

    /// Whether this server is still known there.
    async fn recalls(&self, app: &App, office: &Office, known: &Known) -> Result<bool>;

    /// Whom the server sent back with this code; nobody, if it says that the code is worth nothing.
    async fn testify(&self, app: &App, office: &Office, known: &Known, back: &Returned) -> Result<Option<Testimony>>;
}

/// Looks people up in the directory of an organization. Runs before a transaction, never in one.
#[async_trait]
pub trait Clerk: Send + Sync {
    /// The one entry with this name; none, if there are several.
    async fn find(&self, directory: &Directory, name: &str) -> Result<Option<Listed>>;

    /// Whether this is the password of the entry `dn`. It is never empty.
    async fn is_right(&self, directory: &Directory, dn: &str, password: &str) -> Result<bool>;

    /// Whether people can be looked up at all: nothing, if they can.
    async fn look(&self, directory: &Directory) -> Result<()>;
}

/// Hands letters to a mail server. Runs in a job, which tries again what failed for the moment.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Puts a letter into words and sends it; a letter that can reach nobody is done with.
    async fn send(&self, letter: &Letter) -> Result<()>;
}

/// Wakes clients by their push services. Runs in a job, which tries again what failed for the moment.
#[async_trait]
pub trait Pusher: Send + Sync {
    /// Puts a notice into words that only the client can read, and hands it to its push service.
    async fn push(&self, wake: &Wake) -> Result<Fate>;
}
