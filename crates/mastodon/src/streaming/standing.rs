//! In which of many timelines a post stands, how each is told of it, and who could read what is gone.
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use app::live::Whereabouts;
use domain::{
    filter::Place,
    id::{ActorId, ListId},
    post::{Audience, Post},
};
use store::{
    Conn, readers,
    timelines::{Entry, Window},
};

use super::{
    channel::Channel,
    frame::Frame,
    hub::Wish,
    teller::{json, readers_of},
};
use crate::entities::{Reader, status};

/// What has this number, and nothing else.
pub(super) fn just(number: i64) -> Window {
    Window { before: number.saturating_add(1), after: number.saturating_sub(1), ..Window::newest(1) }
}

/// Those who could read a post that is gone now.
pub(super) fn could_read(c: &mut Conn, people: &[ActorId], place: &Whereabouts) -> store::Result<HashSet<ActorId>> {
    let mut could = match (place.audience, place.group) {
        (Audience::Public | Audience::Unlisted, _) => return Ok(people.iter().copied().collect()),
        (Audience::Followers, _) => readers::following(c, place.by, people)?,
        (Audience::Members, Some(group)) => readers::members(c, group, people)?,
        (Audience::Members | Audience::Direct, _) => store::posts::mentioned(c, place.post)?.into_iter().collect(),
    };
    could.insert(place.by);
    Ok(could)
}

/// Where what one does not want to see is left out on a channel.
fn shown_in(channel: &Channel) -> Place {
    match channel {
        Channel::Public(_) | Channel::Tag(..) => Place::Public,
        Channel::User | Channel::Told | Channel::List(_) | Channel::Direct => Place::Home,
    }
}

/// How a post stands in the timelines of many, asked in a fixed number of queries.
struct Standing {
    post: Post,
    at_home: HashMap<ActorId, Entry>,
    in_lists: HashMap<ListId, Entry>,
    /// Who reads its group as a list.
    in_group: HashSet<ActorId>,
    /// Whether it stands in public timelines.
    is_public: bool,
    /// Who may read it and wants to see it, of those who listen to what stands there for all.
    wanting: HashSet<ActorId>,
}

impl Standing {
    fn find(c: &mut Conn, place: &Whereabouts, wishes: &[Wish]) -> store::Result<Option<Self>> {
        let sharer = place.is_shared.then_some(place.by);
        let Some(post) = store::posts::by_ids(c, &[place.post])?.pop() else { return Ok(None) };
        let id = post.id;
        let of = |is: fn(&Channel) -> bool| readers_of(wishes.iter().filter(|wish| is(&wish.channel)));
        let home = of(|channel| *channel == Channel::User);
        let at_home = if home.is_empty() { HashMap::new() } else { readers::at_home(c, id, sharer, &home)? };
        let lists: Vec<i64> =
            wishes.iter().filter_map(|wish| if let Channel::List(n) = wish.channel { Some(n) } else { None }).collect();
        let own: Vec<ListId> = lists.iter().copied().map(ListId).collect();
        let in_lists = if own.is_empty() { HashMap::new() } else { readers::in_lists(c, id, sharer, &own)? };
        let group = post.group.filter(|group| sharer.is_none() && post.is_thread() && lists.contains(&group.0));
        let reading = of(|channel| matches!(channel, Channel::List(_)));
        let in_group = match group {
            Some(group) => readers::subscribed(c, group, &reading)?,
            None => HashSet::new(),
        };
        let open = of(|channel| matches!(channel, Channel::Public(_) | Channel::Tag(..)));
        let is_public = !open.is_empty() && sharer.is_none() && readers::is_public(c, id)?;
        let mut all: Vec<ActorId> = in_group.iter().copied().collect();
        if is_public {
            all.extend(open);
        }
        let wanting = if all.is_empty() { HashSet::new() } else { readers::wanting(c, id, &all)? };
        Ok(Some(Self { post, at_home, in_lists, in_group, is_public, wanting }))
    }

    /// The entry by which it stands in the timeline of a channel.
    fn entry(&self, wish: &Wish) -> Option<Entry> {
        let post = &self.post;
        let is_wanted = self.wanting.contains(&wish.me);
        match &wish.channel {
            Channel::User => self.at_home.get(&wish.me).copied(),
            Channel::List(number) if post.group == Some(ActorId(*number)) => {
                (is_wanted && self.in_group.contains(&wish.me)).then(|| Entry::passed_on(post.id))
            }
            Channel::List(number) => self.in_lists.get(&ListId(*number)).copied(),
            Channel::Public(asked) => {
                let stands = self.is_public && post.is_thread() && asked.holds(post);
                (stands && is_wanted).then(|| Entry::of(post.id))
            }
            Channel::Tag(_, local) => {
                let stands = self.is_public && local.is_none_or(|local| local == post.local);
                (stands && is_wanted).then(|| Entry::of(post.id))
            }
            Channel::Told | Channel::Direct => None,
        }
    }
}

/// What is told of a post on the channels in whose timelines it stands.
pub(super) fn find(
    c: &mut Conn,
    reader: &Reader,
    place: &Whereabouts,
    wishes: Vec<Wish>,
    event: &'static str,
) -> store::Result<Vec<(Wish, Arc<Frame>)>> {
    let Some(standing) = Standing::find(c, place, &wishes)? else { return Ok(Vec::new()) };
    // What was passed on is told of as what its author wrote once it says something else.
    let told_as = |entry: Entry| if event == "update" { entry } else { Entry::of(entry.post) };
    let stands = |wish: Wish| standing.entry(&wish).map(|entry| (wish, told_as(entry)));
    let standing: Vec<(Wish, Entry)> = wishes.into_iter().filter_map(stands).collect();
    if standing.is_empty() {
        return Ok(Vec::new());
    }
    let mut entries: Vec<Entry> = Vec::new();
    for (_, entry) in &standing {
        if !entries.contains(entry) {
            entries.push(*entry);
        }
    }
    let people = readers_of(standing.iter().map(|(wish, _)| wish));
    let many = status::Many::load(c, reader, &entries, &people)?;
    let mut made = Made { many, reader, event, statuses: HashMap::new(), frames: HashMap::new() };
    let told = |(wish, entry)| made.frame(&wish, entry).map(|frame| (wish, frame));
    Ok(standing.into_iter().filter_map(told).collect())
}

/// What was made of a post so far: each status once for those who see the same, each frame once for those who listen to the
/// same.
struct Made<'a> {
    many: status::Many,
    reader: &'a Reader,
    event: &'static str,
    statuses: HashMap<(i64, usize), Option<Shown>>,
    frames: HashMap<(Channel, i64, usize), Arc<Frame>>,
}

/// A status as some read it, and where they do not want to see it.
struct Shown {
    json: Arc<str>,
    hidden: Vec<Place>,
}

impl Made<'_> {
    fn frame(&mut self, wish: &Wish, entry: Entry) -> Option<Arc<Frame>> {
        let (face, number) = (self.many.face(wish.me)?, entry.number);
        let show = || {
            let status = self.many.status(self.reader, entry, face)?;
            let hidden = [Place::Home, Place::Public].into_iter().filter(|place| status.is_hidden_in(*place)).collect();
            Some(Shown { json: json(&status)?, hidden })
        };
        let shown = self.statuses.entry((number, face)).or_insert_with(show).as_ref()?;
        if shown.hidden.contains(&shown_in(&wish.channel)) {
            return None;
        }
        let frame = || Frame::new(wish.channel.name(), self.event, Some(shown.json.clone()));
        Some(self.frames.entry((wish.channel.clone(), number, face)).or_insert_with(frame).clone())
    }
}
