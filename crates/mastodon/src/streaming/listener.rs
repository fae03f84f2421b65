//! One who listens: to what, and how far they have heard. A change only says where to look; what is there, they read from the
//! same timelines as the pages, so that what one may not see or does not want to see stays away here, too.
use std::collections::HashSet;

use app::{
    App, Change, Me,
    live::Whereabouts,
    people::{self, Bearer},
};
use domain::{
    filter::Place,
    id::{ActorId, AnnouncementId, NotificationId, PostId},
    post::Audience,
    time::span,
};
use serde::Serialize;
use serde_json::json;
use store::timelines::{self, Entry, Told};
use tokio::{
    sync::broadcast::Receiver,
    time::{Interval, MissedTickBehavior},
};

use super::{
    BEAT,
    channel::Channel,
    standing::{could_read, follows, just, shown_in, standing},
};
use crate::{
    announcements, conversations,
    entities::{Reader, list, notification, status},
    error::{Error, Result},
};

/// How many channels one client may listen to at one time.
const CHANNELS: usize = 50;
/// How many listen in one process; each costs some memory, and a look at what happens.
const LISTENERS: usize = 20_000;

/// What a client is told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// That the stream lives.
    Beat,
    /// That something happened.
    Event {
        /// Where.
        stream: Vec<String>,
        /// What.
        event: &'static str,
        /// With what: JSON, or a number.
        payload: Option<String>,
    },
}

impl Frame {
    /// The frame as a WebSocket carries it.
    pub(crate) fn json(&self) -> String {
        match self {
            Self::Beat => String::new(),
            Self::Event { stream, event, payload: None } => json!({ "stream": stream, "event": event }).to_string(),
            Self::Event { stream, event, payload: Some(payload) } => {
                json!({ "stream": stream, "event": event, "payload": payload }).to_string()
            }
        }
    }
}

/// What there may be to tell.
pub(crate) enum News {
    /// That the stream lives.
    Beat,
    /// What changed.
    Changed(Change),
}

/// Who listens.
pub(crate) struct Listener {
    app: App,
    me: Me,
    token: String,
    bearer: Bearer,
    channels: Vec<Channel>,
    /// Whom they follow: most of what happens is not even looked at.
    follows: HashSet<ActorId>,
    changes: Receiver<Change>,
    beat: Interval,
    ready: Vec<Frame>,
}

impl Listener {
    /// Begins to listen with a person's token, to nothing yet.
    pub(crate) async fn open(app: &App, token: String) -> Result<Self> {
        let invalid = || Error::Unauthorized("The access token is invalid");
        let bearer = people::bearer(app, &token).await?.ok_or_else(invalid)?;
        let me = ready(&bearer).ok_or(Error::NeedsPerson)?;
        if app.listeners() >= LISTENERS {
            return Err(app::Error::TooOften { wait: span::minutes(1) }.into());
        }
        let mut beat = tokio::time::interval_at(tokio::time::Instant::now() + BEAT, BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Before anything is read, so that nothing is missed in between.
        let changes = app.changes();
        let follows = follows(app, me).await?;
        Ok(Self {
            app: app.clone(),
            me,
            token,
            bearer,
            channels: Vec::new(),
            follows,
            changes,
            beat,
            ready: Vec::new(),
        })
    }

    /// Listens to one channel more.
    pub(crate) async fn subscribe(&mut self, channel: Channel) -> Result<()> {
        if !self.bearer.may(channel.scope()) {
            return Err(Error::Scope);
        }
        if let Channel::List(number) = channel {
            let me = self.me.0;
            let list = self.app.read(move |c| list::source(c, me, number)).await?;
            list.ok_or_else(Error::missing)?;
        }
        if self.channels.len() >= CHANNELS {
            return Err(Error::invalid(format!("one may listen to {CHANNELS} streams")));
        }
        if !self.channels.contains(&channel) {
            self.channels.push(channel);
        }
        Ok(())
    }

    /// Listens to one channel less.
    pub(crate) fn unsubscribe(&mut self, channel: &Channel) {
        self.channels.retain(|known| known != channel);
    }

    /// Waits until there may be something to tell; nothing once the client is too slow to hear everything. It can be dropped
    /// at any time, and nothing is lost.
    pub(crate) async fn wait(&mut self) -> Option<News> {
        tokio::select! {
            change = self.changes.recv() => change.ok().map(News::Changed),
            _ = self.beat.tick() => Some(News::Beat),
        }
    }

    /// What is to be told; nothing once the stream has to end.
    pub(crate) async fn read(&mut self, news: Option<News>) -> Option<Vec<Frame>> {
        let heard = match news? {
            News::Beat => {
                self.ready.push(Frame::Beat);
                self.look_at_token().await
            }
            News::Changed(change) => self.hear(change).await,
        };
        match heard {
            Ok(()) => Some(std::mem::take(&mut self.ready)),
            Err(Error::Unauthorized(_)) => None,
            Err(error) => {
                tracing::warn!(%error, "a stream cannot be read");
                None
            }
        }
    }

    /// Whether the token is still good.
    async fn look_at_token(&mut self) -> Result<()> {
        let void = || Error::Unauthorized("The access token is not valid any more");
        self.bearer = people::bearer(&self.app, &self.token).await?.ok_or_else(void)?;
        ready(&self.bearer).map(drop).ok_or_else(void)
    }

    async fn hear(&mut self, change: Change) -> Result<()> {
        match change {
            Change::New(place) => {
                self.look(&place, "update").await?;
                if place.audience == Audience::Direct && self.listens(&Channel::Direct) {
                    self.hear_message(place.post).await?;
                }
            }
            Change::Edited(place) => self.look(&place, "status.update").await?,
            Change::Gone(place) => self.forget(place).await?,
            Change::TakenBack(place, number) => self.take_back(&place, number),
            Change::Told(person, id) if person == self.me.0 => self.hear_told(id).await?,
            Change::SignedOut(person) if person == self.me.0 => self.look_at_token().await?,
            Change::Revoked(hash) if hash == self.bearer.hash => self.look_at_token().await?,
            Change::Follows(person) if person == self.me.0 => self.follows = follows(&self.app, self.me).await?,
            Change::Filters(person) if person == self.me.0 => self.tell(&Channel::User, "filters_changed", None),
            Change::Announced(id) => self.hear_announced(id).await?,
            Change::Unannounced(id) => self.tell(&Channel::User, "announcement.delete", Some(id.to_string())),
            Change::Answered(id, name, count) => {
                let answered = json!({ "announcement_id": id.to_string(), "name": name, "count": count });
                self.tell(&Channel::User, "announcement.reaction", Some(answered.to_string()));
            }
            Change::Merged(person) if person == self.me.0 && self.bearer.may("read:notifications") => {
                for channel in [Channel::User, Channel::Told] {
                    self.tell(&channel, "notifications_merged", Some("1".to_owned()));
                }
            }
            // Somebody else's.
            Change::Told(..)
            | Change::SignedOut(_)
            | Change::Revoked(_)
            | Change::Follows(_)
            | Change::Filters(_)
            | Change::Merged(_) => {}
        }
        Ok(())
    }

    fn listens(&self, channel: &Channel) -> bool {
        self.channels.contains(channel)
    }

    /// Tells something on a channel, if it is listened to.
    fn tell(&mut self, channel: &Channel, event: &'static str, payload: Option<String>) {
        if self.listens(channel) {
            self.ready.push(Frame::Event { stream: channel.name(), event, payload });
        }
    }

    /// Whether a post may concern the channel at all: what is certain, the timeline says.
    fn concerns(&self, channel: &Channel, place: &Whereabouts) -> bool {
        let followed = |actor: &ActorId| *actor == self.me.0 || self.follows.contains(actor);
        let near = followed(&place.by) || place.group.as_ref().is_some_and(followed);
        match channel {
            // Hashtags can be followed, too.
            Channel::User => near || (place.audience.is_open() && !place.tags.is_empty()),
            Channel::List(_) => true,
            Channel::Public(_) => place.audience.is_open() && !place.is_shared,
            Channel::Tag(tag, _) => place.audience.is_open() && !place.is_shared && place.tags.contains(tag),
            Channel::Told | Channel::Direct => false,
        }
    }

    /// Tells of a post on the channels in whose timelines it stands.
    async fn look(&mut self, place: &Whereabouts, event: &'static str) -> Result<()> {
        let channels: Vec<Channel> =
            self.channels.iter().filter(|channel| self.concerns(channel, place)).cloned().collect();
        if channels.is_empty() {
            return Ok(());
        }
        let (me, place, reader) = (self.me.0, place.clone(), Reader::new(&self.app, Some(self.me)));
        let is_new = event == "update";
        let found = self.app.read(move |c| {
            let mut found = Vec::new();
            for channel in channels {
                let mut entries = standing(c, me, &channel, &place)?;
                if !is_new {
                    // What was passed on is told of as what its author wrote.
                    entries = entries.into_iter().take(1).map(|entry| Entry::of(entry.post)).collect();
                }
                if !entries.is_empty() {
                    let shown = status::list(c, &reader.clone().at(shown_in(&channel)), &entries)?;
                    found.extend(shown.iter().filter_map(json).map(|status| (channel.clone(), status)));
                }
            }
            Ok(found)
        });
        for (channel, status) in found.await? {
            self.tell(&channel, event, Some(status));
        }
        Ok(())
    }

    /// Tells those who could read a post that it is gone, by each number under which they may have been told of it.
    async fn forget(&mut self, place: Whereabouts) -> Result<()> {
        let channels: Vec<Channel> =
            self.channels.iter().filter(|channel| self.concerns(channel, &place)).cloned().collect();
        let (me, post, is_in_group) = (self.me.0, place.post, place.group.is_some());
        if channels.is_empty() || !self.app.read(move |c| could_read(c, me, &place)).await? {
            return Ok(());
        }
        for channel in channels {
            self.tell(&channel, "delete", Some(post.to_string()));
            if is_in_group && matches!(channel, Channel::User | Channel::List(_)) {
                self.tell(&channel, "delete", Some(post.passed_on().to_string()));
            }
        }
        Ok(())
    }

    /// Tells those who follow whoever passed something on that they do so no more.
    fn take_back(&mut self, place: &Whereabouts, number: i64) {
        if place.by != self.me.0 && !self.follows.contains(&place.by) {
            return;
        }
        let is_home = |channel: &&Channel| matches!(channel, Channel::User | Channel::List(_));
        let channels: Vec<Channel> = self.channels.iter().filter(is_home).cloned().collect();
        for channel in channels {
            self.tell(&channel, "delete", Some(number.to_string()));
        }
    }

    async fn hear_told(&mut self, id: NotificationId) -> Result<()> {
        if !self.bearer.may("read:notifications") || !(self.listens(&Channel::User) || self.listens(&Channel::Told)) {
            return Ok(());
        }
        let window = just(id.0);
        let (me, reader) = (self.me.0, Reader::new(&self.app, Some(self.me)).at(Place::Notifications));
        let told = self.app.read(move |c| {
            let told = timelines::told(c, me, &Told::default(), window)?;
            Ok(notification::list(c, &reader, told)?.iter().filter_map(json).collect::<Vec<_>>())
        });
        for told in told.await? {
            self.tell(&Channel::User, "notification", Some(told.clone()));
            self.tell(&Channel::Told, "notification", Some(told));
        }
        Ok(())
    }

    async fn hear_message(&mut self, post: PostId) -> Result<()> {
        let window = just(post.0);
        let (me, reader) = (self.me.0, Reader::new(&self.app, Some(self.me)));
        let messages = self.app.read(move |c| {
            let kept = store::conversations::of(c, me, window)?;
            Ok(conversations::entities(c, &reader, me, &kept)?.iter().filter_map(json).collect::<Vec<_>>())
        });
        for message in messages.await? {
            self.tell(&Channel::Direct, "conversation", Some(message));
        }
        Ok(())
    }

    async fn hear_announced(&mut self, id: AnnouncementId) -> Result<()> {
        if !self.listens(&Channel::User) {
            return Ok(());
        }
        let (me, reader) = (self.me, Reader::new(&self.app, Some(self.me)));
        let all = self.app.read(move |c| announcements::entities(c, &reader, me)).await?;
        let named = id.to_string();
        for announcement in all.iter().filter(|announcement| announcement["id"] == named.as_str()) {
            self.tell(&Channel::User, "announcement", Some(announcement.to_string()));
        }
        Ok(())
    }
}

/// The person who may listen with a token, if their login waits for nothing.
fn ready(bearer: &Bearer) -> Option<Me> {
    bearer.person.as_ref().filter(|(_, account)| account.is_ready()).map(|(me, _)| *me)
}

fn json<T: Serialize>(entity: &T) -> Option<String> {
    serde_json::to_string(entity).ok()
}
