//! Activities, a function for each kind we send. Their ids are given, so that they can be named before they exist.
use app::view::PostView;
use domain::{
    actor::Actor,
    emoji::Emoji,
    post::{Consent, Post, Vote},
    time::Timestamp,
    urls::{self, ActorPart, Site},
};
use serde::Serialize;
use serde_json::value::RawValue;

use super::{
    PUBLIC,
    actor::ActorDocument,
    address::Address,
    chat::{self, Message},
    date,
    object::{Form, Object, Tombstone, object, tombstone},
    tag::{self, Tag},
};

/// What an actor does with an object.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Activity<'a, O> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    actor: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cc: Option<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audience: Option<&'a str>,
    object: O,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instrument: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a str>,
    /// The same, where it is the sign of a like.
    #[serde(rename = "_misskey_reaction", skip_serializing_if = "Option::is_none")]
    misskey_reaction: Option<&'a str>,
    /// The picture of a custom emoji in the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<[Tag<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remove_data: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<String>,
}

impl<'a, O> Activity<'a, O> {
    fn new(id: &'a str, kind: &'static str, actor: &'a str, object: O) -> Self {
        Self {
            id,
            kind,
            actor,
            published: None,
            to: None,
            cc: None,
            audience: None,
            object,
            name: None,
            origin: None,
            target: None,
            instrument: None,
            result: None,
            summary: None,
            content: None,
            misskey_reaction: None,
            tag: None,
            remove_data: None,
            end_time: None,
        }
    }

    /// Its type, one word.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// A like with a sign, if there is one: most take it for a like, some show what it is, as `content` or as Misskey says it.
    pub(crate) fn with_sign(self, site: &Site, sign: Option<&'a str>, picture: Option<&'a Emoji>) -> Self {
        let tag = picture.map(|picture| [tag::emoji(site, picture)]);
        Self { content: sign, misskey_reaction: sign, tag, ..self }
    }

    fn to(self, to: Vec<&'a str>, cc: Vec<&'a str>) -> Self {
        Self { to: Some(to), cc: Some(cc), ..self }
    }

    /// Addressed as what happens in a group is: to everybody, by way of the group; or to the group and its members.
    fn within(self, room: Room<'a>) -> Self {
        let group = room.group.uri.as_str();
        let inside = Self { audience: Some(group), ..self };
        if room.closed {
            inside.to([group].into_iter().chain(room.group.followers.as_deref()).collect(), Vec::new())
        } else {
            inside.to(vec![PUBLIC], vec![group])
        }
    }
}

/// A group, and whether what happens in it is for its members alone.
#[derive(Debug, Clone, Copy)]
pub struct Room<'a> {
    /// The group.
    pub group: &'a Actor,
    /// Whether only members see into it.
    pub closed: bool,
}

impl<'a> Room<'a> {
    /// A group that everybody sees into.
    pub fn open(group: &'a Actor) -> Self {
        Self { group, closed: false }
    }

    /// A group that only its members see into.
    pub fn closed(group: &'a Actor) -> Self {
        Self { group, closed: true }
    }
}

/// An author publishes a post; `told` are the server, and when it says so.
pub fn create<'a>(told: (&Site, Timestamp), id: &'a str, view: &'a PostView, form: Form) -> Activity<'a, Object<'a>> {
    let published = Some(date(view.post.published));
    Activity { published, ..written(told, id, "Create", view, form) }
}

/// An author changes a post; `told` are the server, and when it says so.
pub fn update<'a>(told: (&Site, Timestamp), id: &'a str, view: &'a PostView, form: Form) -> Activity<'a, Object<'a>> {
    written(told, id, "Update", view, form)
}

fn written<'a>(
    told: (&Site, Timestamp),
    id: &'a str,
    kind: &'static str,
    view: &'a PostView,
    form: Form,
) -> Activity<'a, Object<'a>> {
    let Address { to, cc } = Address::of(view);
    let audience = view.group.as_ref().map(|group| group.uri.as_str());
    Activity { audience, ..Activity::new(id, kind, &view.author.uri, object(told, view, form)) }.to(to, cc)
}

/// A private message for one person alone, said by its author or who speaks for them: under an id, and what becomes of it.
pub fn chat<'a>(
    (site, id, verb): (&Site, &'a str, &'static str),
    view: &'a PostView,
    (by, person): (&'a Actor, &'a Actor),
) -> Activity<'a, Message<'a>> {
    Activity::new(id, verb, &by.uri, chat::message(site, view, (by, person))).to(vec![&person.uri], Vec::new())
}

/// An author deletes a post, telling everybody who was told of it.
pub fn delete<'a>(
    id: &'a str,
    author: &'a Actor,
    post: &'a Post,
    (to, cc): (Vec<&'a str>, Vec<&'a str>),
) -> Activity<'a, Tombstone<'a>> {
    Activity::new(id, "Delete", &author.uri, tombstone(post)).to(to, cc)
}

/// An author deletes a post in a group: what the group passes on.
pub fn delete_in<'a>(id: &'a str, author: &'a Actor, post: &'a Post, room: Room<'a>) -> Activity<'a, &'a str> {
    Activity::new(id, "Delete", &author.uri, post.uri.as_str()).within(room)
}

/// A moderator takes a post out of the group; that there is a reason, even an empty one, tells it from a deletion.
pub fn remove<'a>(
    id: &'a str,
    by: &'a Actor,
    post: &'a Post,
    room: Room<'a>,
    reason: &'a str,
) -> Activity<'a, &'a str> {
    Activity { summary: Some(reason), ..Activity::new(id, "Delete", &by.uri, post.uri.as_str()) }.within(room)
}

/// A moderator closes a thread.
pub fn lock<'a>(id: &'a str, by: &'a Actor, post: &'a Post, room: Room<'a>, reason: &'a str) -> Activity<'a, &'a str> {
    let summary = Some(reason).filter(|reason| !reason.is_empty());
    Activity { summary, ..Activity::new(id, "Lock", &by.uri, post.uri.as_str()) }.within(room)
}

/// A moderator moves a thread to another group; `thread` is its first post, or the list of all.
pub fn transfer<'a>(
    id: &'a str,
    by: &'a Actor,
    thread: &'a str,
    (from, to): (Room<'a>, &'a Actor),
    reason: &'a str,
) -> Activity<'a, &'a str> {
    let summary = Some(reason).filter(|reason| !reason.is_empty());
    let (origin, target) = (Some(from.group.uri.as_str()), Some(to.uri.clone()));
    Activity { origin, target, summary, ..Activity::new(id, "Move", &by.uri, thread) }.within(from)
}

/// A moderator moves a post out of the thread that begins with `from`: under the post `target`, or, if that is itself, away
/// from all.
pub fn graft<'a>(
    id: &'a str,
    by: &'a Actor,
    post: &'a Post,
    (room, from, target): (Room<'a>, &'a str, String),
    reason: &'a str,
) -> Activity<'a, &'a str> {
    let (summary, name) = (Some(reason).filter(|reason| !reason.is_empty()), post.content.title.as_deref());
    let (origin, target) = (Some(from), Some(target));
    Activity { name, origin, target, summary, ..Activity::new(id, "Move", &by.uri, post.uri.as_str()) }.within(room)
}

/// Something enters a collection of the group, or leaves it: a pinned post, a moderator.
pub fn collect<'a>(
    id: &'a str,
    by: &'a Actor,
    object: &'a str,
    (room, collection): (Room<'a>, String),
    on: bool,
) -> Activity<'a, &'a str> {
    let kind = if on { "Add" } else { "Remove" };
    Activity { target: Some(collection), ..Activity::new(id, kind, &by.uri, object) }.within(room)
}

/// A person pins a post of theirs to their page, or does not any more.
pub fn pin<'a>(id: &'a str, author: &'a Actor, post: &'a str, on: bool) -> Activity<'a, &'a str> {
    let kind = if on { "Add" } else { "Remove" };
    let target = Some(urls::actor_part(&author.uri, ActorPart::Featured));
    let followers = author.followers.as_deref().into_iter().collect();
    Activity { target, ..Activity::new(id, kind, &author.uri, post) }.to(vec![PUBLIC], followers)
}

/// A moderator bans somebody from the group.
pub fn block<'a>(
    id: &'a str,
    by: &'a Actor,
    person: &'a Actor,
    room: Room<'a>,
    (reason, until, clean): (&'a str, Option<Timestamp>, bool),
) -> Activity<'a, &'a str> {
    Activity {
        target: Some(room.group.uri.clone()),
        summary: Some(reason),
        remove_data: Some(clean),
        end_time: until.map(date),
        ..Activity::new(id, "Block", &by.uri, person.uri.as_str())
    }
    .within(room)
}

/// The group itself wants nothing to do with somebody: what microblogs understand of a ban.
pub fn shun<'a>(id: &'a str, group: &'a Actor, person: &'a Actor) -> Activity<'a, &'a str> {
    Activity::new(id, "Block", &group.uri, person.uri.as_str()).to(vec![&person.uri], Vec::new())
}

/// A moderator changes what the group says of itself.
pub fn update_group<'a>(
    id: &'a str,
    by: &'a Actor,
    room: Room<'a>,
    document: ActorDocument<'a>,
) -> Activity<'a, ActorDocument<'a>> {
    Activity::new(id, "Update", &by.uri, document).within(room)
}

/// An actor changes what it says of itself.
pub fn update_actor<'a, D>(id: &'a str, actor: &'a Actor, document: D) -> Activity<'a, D> {
    Activity::new(id, "Update", &actor.uri, document).to(vec![PUBLIC], actor.followers.as_deref().into_iter().collect())
}

/// An actor is found under another id from now on.
pub fn relocate<'a>(id: &'a str, actor: &'a Actor, target: &'a Actor) -> Activity<'a, &'a str> {
    let to = actor.followers.as_deref().into_iter().collect();
    Activity { target: Some(target.uri.clone()), ..Activity::new(id, "Move", &actor.uri, actor.uri.as_str()) }
        .to(to, Vec::new())
}

/// An actor is gone.
pub fn delete_actor<'a>(id: &'a str, actor: &'a Actor) -> Activity<'a, &'a str> {
    Activity::new(id, "Delete", &actor.uri, actor.uri.as_str()).to(vec![PUBLIC], Vec::new())
}

/// A server reports somebody and what they wrote, without saying who found it.
pub fn flag<'a>(
    id: &'a str,
    server: &'a Actor,
    target: &'a Actor,
    posts: &'a [String],
    comment: &'a str,
) -> Activity<'a, Vec<&'a str>> {
    let object = [target.uri.as_str()].into_iter().chain(posts.iter().map(String::as_str)).collect();
    let content = Some(comment);
    Activity { content, ..Activity::new(id, "Flag", &server.uri, object) }.to(vec![&target.uri], Vec::new())
}

/// Somebody reports a post to the group in which it stands.
pub fn flag_to_group<'a>(
    id: &'a str,
    by: &'a Actor,
    group: &'a Actor,
    post: &'a str,
    comment: &'a str,
) -> Activity<'a, &'a str> {
    let (audience, summary) = (Some(group.uri.as_str()), Some(comment));
    Activity { audience, summary, ..Activity::new(id, "Flag", &by.uri, post) }.to(vec![&group.uri], Vec::new())
}

/// A moderator warns whoever wrote a post in a group.
pub fn warn<'a>(
    id: &'a str,
    by: &'a Actor,
    (group, person): (&'a Actor, &'a Actor),
    post: &'a str,
    reason: &'a str,
) -> Activity<'a, &'a str> {
    let (audience, summary) = (Some(group.uri.as_str()), Some(reason));
    Activity { audience, summary, ..Activity::new(id, "Warn", &by.uri, post) }.to(vec![&person.uri], Vec::new())
}

/// What somebody chose in a poll.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename = "Note", rename_all = "camelCase")]
pub struct Ballot<'a> {
    id: &'a str,
    name: &'a str,
    attributed_to: &'a str,
    in_reply_to: &'a str,
    to: Vec<&'a str>,
}

/// Somebody chooses an option of a poll; only its author hears of it.
pub fn choose<'a>(
    id: &'a str,
    ballot: &'a str,
    (voter, author): (&'a Actor, &'a Actor),
    post: &'a Post,
    option: &'a str,
) -> Activity<'a, Ballot<'a>> {
    let to = vec![author.uri.as_str()];
    let object = Ballot { id: ballot, name: option, attributed_to: &voter.uri, in_reply_to: &post.uri, to: to.clone() };
    Activity::new(id, "Create", &voter.uri, object).to(to, Vec::new())
}

/// Somebody asks whether they may do something with a post: `interaction` is what does it.
pub fn ask<'a>(
    id: &'a str,
    consent: Consent,
    (by, interaction): (&'a str, &'a str),
    (author, post): (&'a str, &'a str),
) -> Activity<'a, &'a str> {
    let kind = match consent {
        Consent::Quote => "QuoteRequest",
        Consent::Like => "LikeRequest",
        Consent::Reply => "ReplyRequest",
        Consent::Share => "AnnounceRequest",
    };
    Activity { instrument: Some(interaction), ..Activity::new(id, kind, by, post) }.to(vec![author], Vec::new())
}

/// The answer to that: a stamp, or no.
pub fn answer_ask<'a>(
    id: &'a str,
    (by, author): (&'a str, &'a str),
    request: Activity<'a, &'a str>,
    stamp: Option<&'a str>,
) -> Activity<'a, Activity<'a, &'a str>> {
    let kind = if stamp.is_some() { "Accept" } else { "Reject" };
    Activity { result: stamp, ..Activity::new(id, kind, author, request) }.to(vec![by], Vec::new())
}

/// What the document of a stamp is called.
pub fn stamp_type(consent: Consent) -> &'static str {
    match consent {
        Consent::Quote => "QuoteAuthorization",
        Consent::Like => "LikeAuthorization",
        Consent::Reply => "ReplyAuthorization",
        Consent::Share => "AnnounceAuthorization",
    }
}

/// A stamp is void from now on.
pub fn revoke_quote<'a>(id: &'a str, author: &'a Actor, stamp: &'a str, to: &'a Actor) -> Activity<'a, &'a str> {
    Activity::new(id, "Delete", &author.uri, stamp).to(vec![&to.uri], Vec::new())
}

/// A vote; it is addressed to nobody, as is the custom.
pub fn vote<'a>(
    id: &'a str,
    voter: &'a Actor,
    post: &'a Post,
    vote: Vote,
    group: Option<&'a Actor>,
) -> Activity<'a, &'a str> {
    let kind = match vote {
        Vote::Like => "Like",
        Vote::Dislike => "Dislike",
    };
    let audience = group.map(|group| group.uri.as_str());
    Activity { audience, ..Activity::new(id, kind, &voter.uri, post.uri.as_str()) }
}

/// Somebody passes a post on to their followers: a person a post they like, a group a thread that began in it.
pub fn announce<'a>(
    id: &'a str,
    by: &'a Actor,
    post: &'a Post,
    author: &'a Actor,
    at: Timestamp,
) -> Activity<'a, &'a str> {
    let cc = by.followers.as_deref().into_iter().chain([author.uri.as_str()]).collect();
    let published = Some(date(at));
    Activity { published, ..Activity::new(id, "Announce", &by.uri, post.uri.as_str()) }.to(vec![PUBLIC], cc)
}

/// A group passes on what somebody did in it.
pub fn wrap<'a, O>(id: &'a str, room: Room<'a>, inner: O) -> Activity<'a, O> {
    let followers = room.group.followers.as_deref().into_iter().collect();
    let (to, cc) = if room.closed { (followers, Vec::new()) } else { (vec![PUBLIC], followers) };
    Activity::new(id, "Announce", &room.group.uri, inner).to(to, cc)
}

/// The bytes of somebody else's activity, as they were received.
pub type Received = Box<RawValue>;

/// Somebody takes back what they did, addressed as that was.
pub fn undo<'a, O: Clone>(id: &'a str, actor: &'a Actor, inner: &Activity<'a, O>) -> Activity<'a, Activity<'a, O>> {
    let (to, cc, audience) = (inner.to.clone(), inner.cc.clone(), inner.audience);
    Activity { to, cc, audience, ..Activity::new(id, "Undo", &actor.uri, inner.clone()) }
}

/// Somebody asks to follow.
pub fn follow<'a>(id: &'a str, follower: &'a str, target: &'a Actor) -> Activity<'a, &'a str> {
    Activity::new(id, "Follow", follower, target.uri.as_str()).to(vec![&target.uri], Vec::new())
}

/// A group does not take what somebody posted or changed: `kind` says which.
pub fn refuse<'a>(
    id: &'a str,
    group: &'a Actor,
    author: &'a Actor,
    (kind, activity, post): (&'static str, &'a str, &'a str),
) -> Activity<'a, Activity<'a, &'a str>> {
    let inner = Activity::new(activity, kind, &author.uri, post);
    Activity::new(id, "Reject", &group.uri, inner).to(vec![&author.uri], Vec::new())
}

/// Somebody invites a person to a group.
pub fn invite<'a>(id: &'a str, by: &'a Actor, group: &'a Actor, person: &'a Actor) -> Activity<'a, &'a str> {
    let target = Some(person.uri.clone());
    Activity { target, ..Activity::new(id, "Invite", &by.uri, group.uri.as_str()) }.to(vec![&person.uri], Vec::new())
}

/// The answer to an invitation.
pub fn answer_invitation<'a>(
    id: &'a str,
    accepted: bool,
    (invitation, person, group): (&'a str, &'a Actor, &'a Actor),
) -> Activity<'a, &'a str> {
    let kind = if accepted { "Accept" } else { "Reject" };
    Activity::new(id, kind, &person.uri, invitation).to(vec![&group.uri], Vec::new())
}

/// Somebody asks to become a member of a group, or is one no longer.
pub fn join<'a>(id: &'a str, person: &'a str, group: &'a Actor, joins: bool) -> Activity<'a, &'a str> {
    let kind = if joins { "Join" } else { "Leave" };
    Activity::new(id, kind, person, group.uri.as_str()).to(vec![&group.uri], Vec::new())
}

/// The answer to a request to follow.
pub fn answer<'a>(
    id: &'a str,
    accepted: bool,
    (uri, follower, target): (&'a str, &'a Actor, &'a Actor),
) -> Activity<'a, Activity<'a, &'a str>> {
    let kind = if accepted { "Accept" } else { "Reject" };
    let request = Activity::new(uri, "Follow", &follower.uri, target.uri.as_str());
    Activity::new(id, kind, &target.uri, request).to(vec![&follower.uri], Vec::new())
}
