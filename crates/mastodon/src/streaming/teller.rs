//! Who looks at what changes, one change after another, and tells all whom it concerns.
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use app::{App, Change, Me, live::Whereabouts};
use domain::{
    filter::Place,
    id::{ActorId, AnnouncementId, NotificationId, PostId},
    post::Audience,
};
use serde::Serialize;
use serde_json::json;
use store::{
    readers,
    timelines::{Told, Window},
};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{
    channel::Channel,
    frame::Frame,
    hub::{Hub, Wish},
    listener::is_good,
    standing::{could_read, find, just},
};
use crate::{
    conversations,
    entities::{Id, Reader, announcement, notification},
};

/// How many of the posts that quote one are told of when it says something else.
const QUOTING: i64 = 40;

/// Who looks at what changes.
pub(crate) struct Teller {
    hub: Hub,
    changes: Receiver<Change>,
    /// Whom those follow who listen to their own timeline: most of what happens is not even looked at.
    follows: HashMap<ActorId, HashSet<ActorId>>,
}

impl Teller {
    pub(super) fn new(hub: Hub, changes: Receiver<Change>) -> Self {
        Self { hub, changes, follows: HashMap::new() }
    }

    /// Looks at what changes until streams are closed.
    pub(super) async fn run(mut self) {
        let tasks = self.hub.app().tasks().clone();
        loop {
            let change = tokio::select! {
                change = self.changes.recv() => change,
                () = tasks.closing() => return,
            };
            let heard = match change {
                Ok(change) => self.hear(change).await.map_err(|error| error.to_string()),
                Err(RecvError::Lagged(missed)) => Err(format!("{missed} changes came too fast")),
                Err(RecvError::Closed) => return,
            };
            // Nobody is left with a gap that they do not know of: clients come again, and read what there is.
            if let Err(error) = heard {
                tracing::warn!(%error, "streams end: they cannot tell everything");
                self.hub.close(|_| true);
            }
        }
    }

    /// Looks at all that changed until now.
    #[cfg(test)]
    pub(crate) async fn catch_up(&mut self) {
        while let Ok(change) = self.changes.try_recv() {
            self.hear(change).await.unwrap();
        }
    }

    async fn hear(&mut self, change: Change) -> app::Result<()> {
        match change {
            Change::New(place) => {
                self.look(&place, "update").await?;
                if place.audience == Audience::Direct {
                    self.hear_message(place.post).await?;
                }
            }
            Change::Edited(place) => {
                self.look(&place, "status.update").await?;
                for quoting in self.quoting(&place).await? {
                    self.look(&quoting, "status.update").await?;
                }
            }
            Change::Gone(place) => self.forget(place).await?,
            Change::TakenBack(place, number) => self.take_back(&place, number).await?,
            Change::Told(person, id) => self.hear_told(person, id).await?,
            Change::SignedOut(person) => self.look_at_tokens(|me, _| me == person).await?,
            Change::Revoked(hash) => self.look_at_tokens(|_, known| known == hash).await?,
            Change::Follows(person) => drop(self.follows.remove(&person)),
            Change::Filters(person) => {
                self.tell(|me, channel| me == person && *channel == Channel::User, "filters_changed", None);
            }
            Change::Announced(id) => self.hear_announced(id).await?,
            Change::Unannounced(id) => self.tell_all("announcement.delete", id.to_string()),
            Change::Answered(id, name, count) => {
                let answered = json!({ "announcement_id": id.to_string(), "name": name, "count": count });
                self.tell_all("announcement.reaction", answered.to_string());
            }
            Change::Merged(person) => {
                let wishes = self.told(person);
                self.tell_these(wishes, "notifications_merged", "1".into());
            }
        }
        Ok(())
    }

    /// Ends the streams of some whose tokens are not good any more.
    async fn look_at_tokens(&self, of: impl Fn(ActorId, &str) -> bool) -> app::Result<()> {
        let tokens = self.hub.each(|number, ear| of(ear.me, &ear.hash).then(|| (number, ear.token.clone())));
        let (mut good, mut over) = (HashMap::new(), HashSet::new());
        for (number, token) in tokens {
            let is_good = match good.get(&token) {
                Some(known) => *known,
                None => is_good(&self.hub, &token).await?,
            };
            if !is_good {
                over.insert(number);
            }
            good.insert(token, is_good);
        }
        self.hub.close(|number| over.contains(&number));
        Ok(())
    }

    fn tell(&self, concerns: impl Fn(ActorId, &Channel) -> bool, event: &'static str, payload: Option<Arc<str>>) {
        let wishes = self.hub.wishes(|ear, channel| concerns(ear.me, channel));
        self.hub.tell(framed(wishes, event, payload.as_ref()));
    }

    /// Tells something to all who hear of what concerns everybody.
    fn tell_all(&self, event: &'static str, payload: String) {
        self.tell(|_, channel| *channel == Channel::User, event, Some(payload.into()));
    }

    fn tell_these(&self, wishes: Vec<Wish>, event: &'static str, payload: Arc<str>) {
        self.hub.tell(framed(wishes, event, Some(&payload)));
    }

    /// The channels on which somebody hears what they are told.
    fn told(&self, person: ActorId) -> Vec<Wish> {
        self.hub.wishes(|ear, channel| {
            ear.me == person && ear.hears_told && matches!(channel, Channel::User | Channel::Told)
        })
    }

    /// The channels that a post may concern: what is certain, their timelines say.
    async fn concerned(&mut self, place: &Whereabouts) -> app::Result<Vec<Wish>> {
        self.learn_follows().await?;
        let by_tag = self.following_tags(place).await?;
        let (open, follows) = (place.audience.is_open() && !place.is_shared, &self.follows);
        let is_near = |me: ActorId| {
            let followed = |actor: ActorId| actor == me || follows.get(&me).is_none_or(|all| all.contains(&actor));
            followed(place.by) || place.group.is_some_and(followed)
        };
        Ok(self.hub.wishes(|ear, channel| match channel {
            Channel::User => is_near(ear.me) || by_tag.contains(&ear.me),
            Channel::List(_) => true,
            Channel::Public(_) => open,
            Channel::Tag(tag, _) => open && place.tags.contains(tag),
            Channel::Told | Channel::Direct => false,
        }))
    }

    /// Those who listen to their own timeline and follow a hashtag of a post.
    async fn following_tags(&self, place: &Whereabouts) -> app::Result<HashSet<ActorId>> {
        if place.tags.is_empty() || place.is_shared || !place.audience.is_open() {
            return Ok(HashSet::new());
        }
        let people = self.hub.each(|_, ear| ear.channels.contains(&Channel::User).then_some(ear.me));
        let people: HashSet<ActorId> = people.into_iter().collect();
        if people.is_empty() {
            return Ok(people);
        }
        let (tags, people) = (place.tags.clone(), people.into_iter().collect::<Vec<_>>());
        self.hub.app().read(move |c| readers::following_tags(c, &tags, &people)).await
    }

    /// Learns whom those follow of whom it is not known, and forgets those who listen no more.
    async fn learn_follows(&mut self) -> app::Result<()> {
        let is_home = |channel: &Channel| matches!(channel, Channel::User | Channel::List(_));
        let people = self.hub.each(|_, ear| ear.channels.iter().any(is_home).then_some(ear.me));
        let people: HashSet<ActorId> = people.into_iter().collect();
        self.follows.retain(|person, _| people.contains(person));
        let unknown: Vec<ActorId> = people.into_iter().filter(|person| !self.follows.contains_key(person)).collect();
        if !unknown.is_empty() {
            self.follows.extend(self.hub.app().read(move |c| readers::follows(c, &unknown)).await?);
        }
        Ok(())
    }

    /// Tells of a post on the channels in whose timelines it stands.
    async fn look(&mut self, place: &Whereabouts, event: &'static str) -> app::Result<()> {
        let wishes = self.concerned(place).await?;
        if wishes.is_empty() {
            return Ok(());
        }
        let (place, reader) = (place.clone(), Reader::new(self.hub.app(), None));
        let found = self.hub.app().read(move |c| find(c, &reader, &place, wishes, event)).await?;
        self.hub.tell(found);
        Ok(())
    }

    /// The newest posts that quote one: they show what it says.
    async fn quoting(&self, place: &Whereabouts) -> app::Result<Vec<Whereabouts>> {
        if self.hub.is_empty() {
            return Ok(Vec::new());
        }
        let quoted = place.post;
        let posts = self.hub.app().read(move |c| {
            let quoting = store::quotes::quoting(c, quoted, None, Window::newest(QUOTING))?;
            store::posts::by_ids(c, &quoting)
        });
        Ok(posts.await?.iter().map(Whereabouts::of).collect())
    }

    /// Tells those who could read a post that it is gone, by each number under which they may have been told of it.
    async fn forget(&mut self, place: Whereabouts) -> app::Result<()> {
        let wishes = self.concerned(&place).await?;
        if wishes.is_empty() {
            return Ok(());
        }
        let people = readers_of(&wishes);
        let (post, is_in_group) = (place.post, place.group.is_some());
        let could = self.hub.app().read(move |c| could_read(c, &people, &place)).await?;
        let wishes: Vec<Wish> = wishes.into_iter().filter(|wish| could.contains(&wish.me)).collect();
        let brought = |wish: &&Wish| is_in_group && matches!(wish.channel, Channel::User | Channel::List(_));
        let passed_on: Vec<Wish> = wishes.iter().filter(brought).cloned().collect();
        self.tell_these(wishes, "delete", post.to_string().into());
        self.tell_these(passed_on, "delete", post.passed_on().to_string().into());
        Ok(())
    }

    /// Tells those who follow whoever passed something on that they do so no more.
    async fn take_back(&mut self, place: &Whereabouts, number: i64) -> app::Result<()> {
        self.learn_follows().await?;
        let follows = &self.follows;
        let is_home = |me: ActorId, channel: &Channel| {
            matches!(channel, Channel::User | Channel::List(_))
                && (place.by == me || follows.get(&me).is_none_or(|all| all.contains(&place.by)))
        };
        self.tell(is_home, "delete", Some(number.to_string().into()));
        Ok(())
    }

    async fn hear_told(&self, person: ActorId, id: NotificationId) -> app::Result<()> {
        let wishes = self.told(person);
        if wishes.is_empty() {
            return Ok(());
        }
        let window = just(id.0);
        let reader = Reader::new(self.hub.app(), Some(Me(person))).at(Place::Notifications);
        let told = self.hub.app().read(move |c| {
            let told = store::timelines::told(c, person, &Told::default(), window)?;
            Ok(notification::list(c, &reader, told)?.iter().filter_map(json).collect::<Vec<_>>())
        });
        for told in told.await? {
            self.tell_these(wishes.clone(), "notification", told);
        }
        Ok(())
    }

    async fn hear_message(&self, post: PostId) -> app::Result<()> {
        let wishes = self.hub.wishes(|_, channel| *channel == Channel::Direct);
        if wishes.is_empty() {
            return Ok(());
        }
        let listening = readers_of(&wishes);
        let app: App = self.hub.app().clone();
        let messages = self.hub.app().read(move |c| {
            let mut people: HashSet<ActorId> = store::posts::mentioned(c, post)?.into_iter().collect();
            people.extend(store::posts::by_ids(c, &[post])?.iter().map(|post| post.author));
            let mut messages = Vec::new();
            for me in listening.into_iter().filter(|me| people.contains(me)) {
                let kept = store::conversations::of(c, me, just(post.0))?;
                let shown = conversations::entities(c, &Reader::new(&app, Some(Me(me))), me, &kept)?;
                messages.extend(shown.iter().filter_map(json).map(|message| (me, message)));
            }
            Ok(messages)
        });
        for (me, message) in messages.await? {
            let own = wishes.iter().filter(|wish| wish.me == me).cloned().collect();
            self.tell_these(own, "conversation", message);
        }
        Ok(())
    }

    /// Tells of an announcement as nobody in particular reads it: what is one's own about it is asked for elsewhere.
    async fn hear_announced(&self, id: AnnouncementId) -> app::Result<()> {
        let wishes = self.hub.wishes(|_, channel| *channel == Channel::User);
        if wishes.is_empty() {
            return Ok(());
        }
        let reader = Reader::new(self.hub.app(), None);
        let all = self.hub.app().read(move |c| announcement::list(c, &reader)).await?;
        for payload in all.iter().filter(|announcement| announcement.id == Id(id.0)).filter_map(json) {
            self.tell_these(wishes.clone(), "announcement", payload);
        }
        Ok(())
    }
}

/// The same, told to each on their channel: one frame for all of the same channel.
fn framed(wishes: Vec<Wish>, event: &'static str, payload: Option<&Arc<str>>) -> Vec<(Wish, Arc<Frame>)> {
    let mut frames: HashMap<Channel, Arc<Frame>> = HashMap::new();
    let told = |wish: Wish| {
        let frame = frames.entry(wish.channel.clone());
        let frame = frame.or_insert_with(|| Frame::new(wish.channel.name(), event, payload.cloned())).clone();
        (wish, frame)
    };
    wishes.into_iter().map(told).collect()
}

/// All whose channels these are, each once.
pub(super) fn readers_of<'a>(wishes: impl IntoIterator<Item = &'a Wish>) -> Vec<ActorId> {
    let people: HashSet<ActorId> = wishes.into_iter().map(|wish| wish.me).collect();
    people.into_iter().collect()
}

pub(super) fn json<T: Serialize>(entity: &T) -> Option<Arc<str>> {
    serde_json::to_string(entity).ok().map(Arc::from)
}
