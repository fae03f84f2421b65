//! One who listens: a client with its token, and what it is to be told next.
use std::sync::Arc;

use app::{
    Me,
    people::{self, Bearer},
};
use tokio::time::{Instant, Interval, MissedTickBehavior};

use super::{
    BEAT,
    channel::Channel,
    counted::Counted,
    frame::Frame,
    hub::{Ear, Hub},
    queue::Queue,
};
use crate::{
    entities::list,
    error::{Error, Result},
};

/// What a client is told next.
#[derive(Debug)]
pub(crate) enum Next {
    /// That the stream lives.
    Beat,
    /// That something happened.
    Event(Arc<Frame>),
}

/// Who listens.
pub(crate) struct Listener {
    hub: Hub,
    number: u64,
    token: String,
    bearer: Bearer,
    me: Me,
    queue: Arc<Queue>,
    beat: Interval,
    /// Whether it is time to look at the token and to show that the stream lives.
    is_due: bool,
    _counted: Counted,
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.hub.leave(self.number);
    }
}

impl Listener {
    /// Begins to listen with a person's token, to nothing yet.
    pub(crate) async fn open(hub: &Hub, token: String) -> Result<Self> {
        let invalid = || Error::Unauthorized("The access token is invalid");
        let bearer = people::bearer(hub.app(), &token).await?.ok_or_else(invalid)?;
        let me = ready(&bearer).ok_or(Error::NeedsPerson)?;
        let queue = Arc::new(Queue::default());
        let number = hub.enter(Ear {
            me: me.0,
            token: token.clone(),
            hash: bearer.hash.clone(),
            hears_told: bearer.may(Channel::Told.scope()),
            channels: Vec::new(),
            queue: queue.clone(),
        })?;
        let mut beat = tokio::time::interval_at(Instant::now() + BEAT, BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let listener = Self {
            hub: hub.clone(),
            number,
            token,
            bearer,
            me,
            queue,
            beat,
            is_due: false,
            _counted: Counted::one("tertulia_streams"),
        };
        // The token may have been revoked before the hub knew of the stream.
        if is_good(hub, &listener.token).await? { Ok(listener) } else { Err(invalid()) }
    }

    /// Listens to one channel more.
    pub(crate) async fn subscribe(&self, channel: Channel) -> Result<()> {
        if !self.bearer.may(channel.scope()) {
            return Err(Error::Scope);
        }
        if let Channel::List(number) = channel {
            let me = self.me.0;
            let list = self.hub.app().read(move |c| list::source(c, me, number)).await?;
            list.ok_or_else(Error::missing)?;
        }
        self.hub.subscribe(self.number, channel)
    }

    /// Listens to one channel less.
    pub(crate) fn unsubscribe(&self, channel: &Channel) {
        self.hub.unsubscribe(self.number, channel);
    }

    /// What is to be told next; nothing once the stream has to end. It can be dropped at any time, and nothing is lost.
    pub(crate) async fn next(&mut self) -> Option<Next> {
        if !self.is_due {
            tokio::select! {
                frame = self.queue.next() => return frame.map(Next::Event),
                _ = self.beat.tick() => self.is_due = true,
            }
        }
        let is_good = is_good(&self.hub, &self.token).await;
        self.is_due = false;
        match is_good {
            Ok(is_good) => is_good.then_some(Next::Beat),
            Err(error) => {
                tracing::warn!(%error, "a stream cannot look at its token");
                None
            }
        }
    }

    /// What is to be told now, if there is something.
    #[cfg(test)]
    pub(crate) fn now(&self) -> Option<Arc<Frame>> {
        self.queue.now()
    }

    /// Whether the hub ended the stream.
    #[cfg(test)]
    pub(crate) fn is_closed(&self) -> bool {
        self.queue.is_closed()
    }
}

/// Whether a token is good for a stream.
pub(super) async fn is_good(hub: &Hub, token: &str) -> app::Result<bool> {
    Ok(people::bearer(hub.app(), token).await?.is_some_and(|bearer| ready(&bearer).is_some()))
}

/// The person who may listen with a token, if their login waits for nothing.
fn ready(bearer: &Bearer) -> Option<Me> {
    bearer.person.as_ref().filter(|(_, account)| account.is_ready()).map(|(me, _)| *me)
}
