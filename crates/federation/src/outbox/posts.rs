//! Posts that were written, changed or deleted.
use std::slice;

use app::{
    Cause, Error, Result, Tx,
    media::Lender,
    posts::Deletion,
    view::{self, PostView},
};
use domain::{
    actor::Actor,
    id::{ActivityId, ActorId, PeerId},
    peer::{Receivers, refuses_echoes},
    post::{Audience, Post},
    urls,
};
use serde::Deserialize;
use store::{deliveries::Recipients, peers::Peer, posts::Count};

use super::{
    chats, received,
    send::{
        Envelope, Name, actors, gone, pass_on, pass_on_instead, pass_on_to, room, send, send_text, tells_of, told_of,
    },
};
use crate::render::{self, Activity, Form, PUBLIC, activity, object::Object};

/// What an author did with a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Create,
    Update,
}

impl Verb {
    pub(super) fn word(self) -> &'static str {
        if self == Self::Create { "Create" } else { "Update" }
    }

    fn render<'a>(self, tx: &Tx<'_, '_>, name: &'a Name, view: &'a PostView, form: Form) -> Activity<'a, Object<'a>> {
        let render = if self == Self::Create { activity::create } else { activity::update };
        render((tx.site(), tx.now()), &name.uri, view, form)
    }
}

/// A post as other servers are shown it.
fn shown(tx: &mut Tx<'_, '_>, post: &Post) -> Result<PostView> {
    let mut post = post.clone();
    Lender::of(tx).lend_all(&mut post);
    Ok(view::post(tx, post)?)
}

/// Somebody wrote a post.
pub(super) fn posted(tx: &mut Tx<'_, '_>, post: &Post, cause: Cause) -> Result<()> {
    if post.removed.is_some() {
        // A moderator was quicker: the group never passes it on.
        return Ok(());
    }
    if post.local {
        let view = shown(tx, post)?;
        written(tx, &view, Verb::Create)?;
        return match own_group(tx, view.group.as_deref(), post)? {
            Some(group) => announce(tx, group, post, &view.author),
            None => Ok(()),
        };
    }
    let Some((author, group)) = around(tx, post)? else { return Ok(()) };
    relay(tx, &group, (post, &author), Verb::Create, cause)?;
    announce(tx, &group, post, &author)
}

/// Somebody here answered an author elsewhere who wants to be asked: they alone hear of it, as if everybody did.
pub(super) fn asked(tx: &mut Tx<'_, '_>, post: &Post) -> Result<()> {
    let view = shown(tx, post)?;
    let Some(author) = view.parent.as_ref().map(|parent| parent.author.id) else { return Ok(()) };
    let name = Name::new(tx, &view.author);
    let activity = Verb::Create.render(tx, &name, &view, Form::Note);
    let envelope = Envelope { public: false, ..Envelope::of(view.author.id, Some(post)) };
    let to = Recipients { people: &[author], personal: true, ..Recipients::NONE };
    send(tx, &name, envelope, &activity, &[to])?;
    Ok(())
}

/// A thread came to a group of ours from another one: who follows the group is told of it as of a new one.
pub(super) fn entered(tx: &mut Tx<'_, '_>, post: &Post) -> Result<()> {
    let view = shown(tx, post)?;
    let Some(group) = own_group(tx, view.group.as_deref(), post)? else { return Ok(()) };
    if post.local {
        let name = Name::new(tx, &view.author);
        wrap(tx, group, &view, Verb::Create, &name)?;
    } else {
        relay(tx, group, (post, &view.author), Verb::Create, None)?;
    }
    announce(tx, group, post, &view.author)
}

/// An author changed a post.
pub(super) fn edited(tx: &mut Tx<'_, '_>, post: &Post, cause: Cause) -> Result<()> {
    if post.local {
        let view = shown(tx, post)?;
        written(tx, &view, Verb::Update)
    } else if let Some((author, group)) = around(tx, post)? {
        relay(tx, &group, (post, &author), Verb::Update, cause)
    } else {
        Ok(())
    }
}

/// The group of a post, if it lives here and tells others about the post.
fn own_group<'a>(tx: &mut Tx<'_, '_>, group: Option<&'a Actor>, post: &Post) -> Result<Option<&'a Actor>> {
    match group {
        Some(group) if tells_of(tx, group, post)? => Ok(Some(group)),
        _ => Ok(None),
    }
}

/// The author of a post, and its group, if that lives here and tells others about the post.
fn around(tx: &mut Tx<'_, '_>, post: &Post) -> Result<Option<(Actor, Actor)>> {
    let Some(group) = post.group else { return Ok(None) };
    let [author, group] = actors(tx, [post.author, group])?;
    let tells = own_group(tx, group.as_ref(), post)?.is_some();
    Ok(author.zip(group).filter(|_| tells))
}

/// A person here wrote or changed a post: the group wraps it for forums, everybody else hears it from the author.
fn written(tx: &mut Tx<'_, '_>, view: &PostView, verb: Verb) -> Result<()> {
    let post = &view.post;
    let elsewhere = view.group.as_ref().filter(|group| !group.is_local());
    let name = Name::new(tx, &view.author);
    let own = own_group(tx, view.group.as_deref(), post)?;
    let mut instead_of = match own {
        Some(group) => wrap(tx, group, view, verb, &name)?,
        None => Vec::new(),
    };
    // The group alone tells its members of it, if it tells anybody.
    let inside = post.audience == Audience::Members && elsewhere.is_none();
    if inside && own.is_none() {
        return Ok(());
    }
    if let Some(group) = elsewhere {
        instead_of.extend(hand_over(tx, group, view, verb)?);
    }
    let people = if inside { Vec::new() } else { concerned(tx, view, verb)? };
    let people = if post.audience == Audience::Direct { chats::told(tx, view, verb, people)? } else { people };
    let followers_of = if reaches_followers(post) { slice::from_ref(&view.author.id) } else { &[] };
    let mut to = vec![Recipients { followers_of, people: &people, instead_of: &instead_of, ..Recipients::NONE }];
    // New threads reach the group's followers when it passes them on; the rest would flood them if it did.
    let beside = own.filter(|_| !inside && (!post.is_thread() || verb == Verb::Update));
    // Some take a reply of somebody whom nobody there follows only from the group that they do follow.
    let brought = beside.filter(|_| verb == Verb::Create);
    to.extend(beside.map(|group| Recipients {
        receivers: if brought.is_some() { Receivers::FirstHand } else { Receivers::Microblogs },
        ..to_microblogs(group)
    }));
    let activity = verb.render(tx, &name, view, Form::Note);
    let envelope = Envelope::of(view.author.id, Some(post));
    send(tx, &name, if verb == Verb::Create { envelope.kept() } else { envelope }, &activity, &to)?;
    match brought {
        Some(group) => forward(tx, group, post, || render::document(&activity).map_err(Error::internal), &[name.id]),
        None => Ok(()),
    }
}

pub(super) fn to_microblogs(group: &Actor) -> Recipients<'_> {
    let followers_of = slice::from_ref(&group.id);
    Recipients { followers_of, receivers: Receivers::Microblogs, ..Recipients::NONE }
}

pub(super) fn reaches_followers(post: &Post) -> bool {
    matches!(post.audience, Audience::Public | Audience::Unlisted | Audience::Followers)
}

/// A group of ours wraps what its author published, for every kind of forum in its form.
fn wrap(tx: &mut Tx<'_, '_>, group: &Actor, view: &PostView, verb: Verb, name: &Name) -> Result<Vec<ActivityId>> {
    let forms: &[_] = if view.post.is_thread() && view.post.content.poll.is_some() {
        &[(Form::Note, Receivers::Polls), (Form::Page, Receivers::Pages), (Form::Article, Receivers::Articles)]
    } else if view.post.is_thread() {
        &[(Form::Page, Receivers::Pages), (Form::Article, Receivers::Articles)]
    } else {
        &[(Form::Note, Receivers::Forums)]
    };
    let mut wrapped = Vec::new();
    for (form, receivers) in forms {
        let inner = verb.render(tx, name, view, *form);
        wrapped.extend(pass_on_instead(tx, group, Some(&view.post), (*receivers, &[], &wrapped), inner)?);
    }
    Ok(wrapped)
}

/// A thread for a group elsewhere that wants it in another form than everybody else.
fn hand_over(tx: &mut Tx<'_, '_>, group: &Actor, view: &PostView, verb: Verb) -> Result<Option<ActivityId>> {
    let peer = match group.peer {
        Some(peer) => store::peers::by_id(tx, peer)?,
        None => None,
    };
    let software = peer.map(|peer| peer.software).unwrap_or_default();
    let form = if view.post.content.poll.is_some() && Receivers::Polls.include(&software) {
        Form::Note
    } else if Receivers::Pages.include(&software) {
        Form::Page
    } else if Receivers::Articles.include(&software) {
        Form::Article
    } else {
        Form::Note
    };
    if form == Form::Note || !view.post.is_thread() {
        return Ok(None);
    }
    let name = Name::new(tx, &view.author);
    let activity = verb.render(tx, &name, view, form);
    let to = Recipients { people: &[group.id], ..Recipients::NONE };
    send(tx, &name, Envelope::of(view.author.id, Some(&view.post)), &activity, &[to])?;
    Ok(Some(name.id))
}

/// Whom a post names, answers and is meant for; and, when it changed, whom it was meant for before.
fn concerned(tx: &mut Tx<'_, '_>, view: &PostView, verb: Verb) -> Result<Vec<ActorId>> {
    let group = view.group.as_ref().map(|group| group.id);
    let mut people: Vec<ActorId> = match view.post.audience {
        Audience::Members => group.into_iter().collect(),
        Audience::Direct => view.mentioned.iter().map(|actor| actor.id).collect(),
        Audience::Public | Audience::Unlisted | Audience::Followers => {
            let parent = view.parent.iter().map(|parent| parent.author.id);
            group.into_iter().chain(parent).chain(view.mentioned.iter().map(|actor| actor.id)).collect()
        }
    };
    if verb == Verb::Update {
        people.extend(addressed(tx, &view.post)?.people);
    }
    Ok(people)
}

/// Whom a post was addressed to when it was published.
#[derive(Default, Deserialize)]
struct Addressed {
    to: Vec<String>,
    cc: Vec<String>,
    #[serde(skip)]
    people: Vec<ActorId>,
}

fn addressed(tx: &mut Tx<'_, '_>, post: &Post) -> Result<Addressed> {
    let published = store::activities::about(tx, post.id, post.author, "Create")?;
    let first = published.first().and_then(|activity| serde_json::from_str::<Addressed>(&activity.body).ok());
    let Some(mut addressed) = first else { return Ok(Addressed::default()) };
    let uris: Vec<String> = addressed.to.iter().chain(&addressed.cc).cloned().collect();
    addressed.people = store::actors::by_uris(tx, &uris)?.into_iter().map(|actor| actor.id).collect();
    Ok(addressed)
}

/// A group of ours passes on what somebody elsewhere wrote: to forums as it came, and replies also to those who trust
/// the author's own signature. The author's own server hears it only if somebody there follows: it knows what it said.
fn relay(tx: &mut Tx<'_, '_>, group: &Actor, (post, author): (&Post, &Actor), verb: Verb, cause: Cause) -> Result<()> {
    match received::by(tx, cause, &author.uri)? {
        Some(received) => {
            let but = no_echo(tx, author)?;
            let forums = Recipients { receivers: Receivers::Forums, but, ..Recipients::NONE };
            pass_on_to(tx, group, Some(post), forums, &received.activity)?;
            if received.signed && (!post.is_thread() || verb == Verb::Update) {
                forward(tx, group, post, || Ok(Box::<str>::from(received.activity).into()), &[])?;
            }
        }
        // Found by looking, so there are no bytes to pass on; whoever wants it looks as well.
        None if verb == Verb::Create && post.audience != Audience::Members => {
            let name = Name::new(tx, group);
            let activity = activity::announce(&name.uri, group, post, author, tx.now());
            let to = Recipients { followers_of: &[group.id], receivers: Receivers::Forums, ..Recipients::NONE };
            send(tx, &name, Envelope::of(group.id, Some(post)), &activity, &[to])?;
        }
        None => {}
    }
    Ok(())
}

/// The server of an author, if it refuses to hear of them what it said itself.
fn no_echo(tx: &mut Tx<'_, '_>, author: &Actor) -> Result<Option<PeerId>> {
    let Some(peer) = author.peer else { return Ok(None) };
    let refuses = |peer: &Peer| refuses_echoes(&peer.software, &peer.version);
    Ok(store::peers::by_id(tx, peer)?.filter(refuses).map(|peer| peer.id))
}

/// Brings the words of an author, who signed them, to those followers of a group who did not hear them: by none of
/// `instead_of`. The request is signed by the group.
fn forward(
    tx: &mut Tx<'_, '_>,
    group: &Actor,
    post: &Post,
    words: impl FnOnce() -> Result<String>,
    instead_of: &[ActivityId],
) -> Result<()> {
    if post.audience == Audience::Members {
        return Ok(());
    }
    let name = Name::new(tx, group);
    let envelope = Envelope { public: false, ..Envelope::of(group.id, Some(post)) };
    let departed_since = gone(post);
    let to = Recipients { departed_since, receivers: Receivers::Forwards, instead_of, ..to_microblogs(group) };
    send_text(tx, &name, envelope, ("Forward", words), &[to])?;
    Ok(())
}

/// A group of ours passes a thread on to those who follow it as they follow people; once. They would show it to everybody,
/// so what is for members is never passed on like this. A reply is passed on to the servers that want all.
pub(super) fn announce(tx: &mut Tx<'_, '_>, group: &Actor, post: &Post, author: &Actor) -> Result<()> {
    if post.audience == Audience::Members {
        return Ok(());
    }
    if !post.is_thread() {
        return bring_reply(tx, group, post, author);
    }
    let (name, now) = (Name::new(tx, group), tx.now());
    if !store::shares::add(tx, post.id, group.id, &name.uri, now)? {
        return Ok(());
    }
    store::posts::count(tx, post.id, Count::Shares, 1)?;
    let activity = activity::announce(&name.uri, group, post, author, now);
    let to = Recipients { people: slice::from_ref(&author.id), threads: true, ..to_microblogs(group) };
    send(tx, &name, Envelope::of(group.id, Some(post)).kept(), &activity, &[to])?;
    Ok(())
}

/// What reaches the servers where most of those who follow a group, and said how much of it they want, want all.
fn bring_reply(tx: &mut Tx<'_, '_>, group: &Actor, post: &Post, author: &Actor) -> Result<()> {
    let eager = store::portions::eager(tx, group.id)?;
    if eager.is_empty() {
        return Ok(());
    }
    let (name, now) = (Name::new(tx, group), tx.now());
    let activity = activity::announce(&name.uri, group, post, author, now);
    let to = Recipients { people: &eager, receivers: Receivers::Microblogs, ..Recipients::NONE };
    if send(tx, &name, Envelope::of(group.id, Some(post)), &activity, &[to])? > 0 {
        store::brought::set(tx, post.id, group.id, name.id)?;
    }
    Ok(())
}

/// The team put a thread in front: those servers get it as well on which somebody wants nothing else, once. It has the id that
/// the others got when it was new, so that nobody is shown it twice, and says that it is told now: microblogs put nothing
/// old into homes.
pub(super) fn bring_highlight(tx: &mut Tx<'_, '_>, group: &Actor, post: &Post) -> Result<()> {
    if !post.is_thread() || !post.is_live() || !tells_of(tx, group, post)? {
        return Ok(());
    }
    let people = store::portions::selective_elsewhere(tx, group.id)?;
    let (uri, author) = (store::shares::uri(tx, post.id, group.id)?, store::actors::by_id(tx, post.author)?);
    let (Some(uri), Some(author), false) = (uri, author, people.is_empty()) else { return Ok(()) };
    let told: Vec<ActivityId> =
        store::activities::about(tx, post.id, group.id, "Announce")?.into_iter().map(|told| told.id).collect();
    let name = Name { id: tx.new_id(), uri };
    let activity = activity::announce(&name.uri, group, post, &author, tx.now());
    let to = Recipients { people: &people, receivers: Receivers::Microblogs, instead_of: &told, ..Recipients::NONE };
    send(tx, &name, Envelope::of(group.id, Some(post)), &activity, &[to])?;
    Ok(())
}

/// Takes back that a reply was passed on, wherever that was: what its readers want may have changed since.
fn take_reply_back(tx: &mut Tx<'_, '_>, group: &Actor, post: &Post, author: &Actor) -> Result<()> {
    let Some(told) = store::brought::take(tx, post.id, group.id)? else { return Ok(()) };
    let (name, now, uri) = (Name::new(tx, group), tx.now(), urls::activity(&group.uri, told));
    let activity = activity::undo(&name.uri, group, &activity::announce(&uri, group, post, author, now));
    let to = Recipients { departed_since: Some(post.published), ..to_microblogs(group) };
    send(tx, &name, Envelope::of(group.id, Some(post)), &activity, &[to])?;
    Ok(())
}

/// Takes back that a post was passed on: as a thread, even if it is none any more, or as a reply.
pub(super) fn take_back(tx: &mut Tx<'_, '_>, group: &Actor, post: &Post, author: &Actor) -> Result<()> {
    let Some(uri) = store::shares::remove(tx, post.id, group.id)? else {
        return take_reply_back(tx, group, post, author);
    };
    store::posts::count(tx, post.id, Count::Shares, -1)?;
    let (name, now) = (Name::new(tx, group), tx.now());
    let activity = activity::undo(&name.uri, group, &activity::announce(&uri, group, post, author, now));
    let departed_since = Some(post.published);
    let to = Recipients { departed_since, people: slice::from_ref(&author.id), ..to_microblogs(group) };
    send(tx, &name, Envelope::of(group.id, Some(post)), &activity, &[to])?;
    Ok(())
}

/// An author deleted a post; it comes as it was.
pub(super) fn deleted(tx: &mut Tx<'_, '_>, deletion: &Deletion) -> Result<()> {
    let post = &Post { deleted: Some(tx.now()), ..Post::clone(&deletion.post) };
    let [author, group] = actors(tx, [post.author, post.group.unwrap_or(post.author)])?;
    let Some(author) = author else { return Ok(()) };
    let own = match &group {
        Some(group) if told_of(tx, group, post)? => Some(group),
        _ => None,
    };
    if post.local {
        return erased(tx, (post, &deletion.named), &author, own);
    }
    let Some(group) = own else { return Ok(()) };
    if let Some(received) = received::by(tx, deletion.cause, &author.uri)? {
        pass_on(tx, group, Some(post), (Receivers::Forums, &[]), &received.activity)?;
        if received.signed {
            forward(tx, group, post, || Ok(Box::<str>::from(received.activity).into()), &[])?;
        }
    }
    take_back(tx, group, post, &author)
}

/// Whom a post concerned, if it is too long ago to say to whom it was addressed: what was sent is not kept for ever.
fn remembered(tx: &mut Tx<'_, '_>, (post, named): (&Post, &[ActorId]), author: &Actor) -> Result<Addressed> {
    let parent = match post.parent {
        Some(parent) => store::posts::by_id(tx, parent)?.map(|parent| parent.author),
        None => None,
    };
    let people: Vec<ActorId> = match post.audience {
        Audience::Direct => named.to_vec(),
        Audience::Members => post.group.into_iter().collect(),
        Audience::Public | Audience::Unlisted | Audience::Followers => {
            post.group.into_iter().chain(parent).chain(named.iter().copied()).collect()
        }
    };
    let to = match post.audience {
        Audience::Public | Audience::Unlisted => vec![PUBLIC.to_owned()],
        Audience::Followers => author.followers.iter().cloned().collect(),
        Audience::Direct | Audience::Members => {
            store::actors::by_ids(tx, &people)?.into_iter().map(|actor| actor.uri).collect()
        }
    };
    Ok(Addressed { to, cc: Vec::new(), people })
}

/// A person here deleted a post: whoever was told of it is told of that.
fn erased(
    tx: &mut Tx<'_, '_>,
    (post, named): (&Post, &[ActorId]),
    author: &Actor,
    group: Option<&Actor>,
) -> Result<()> {
    let name = Name::new(tx, author);
    let mut instead_of = Vec::new();
    if let Some(group) = group {
        let room = room(tx, group)?;
        let inner = activity::delete_in(&name.uri, author, post, room);
        instead_of.extend(pass_on(tx, group, Some(post), (Receivers::Forums, &[]), inner)?);
        if store::shares::remove(tx, post.id, group.id)?.is_some() {
            store::posts::count(tx, post.id, Count::Shares, -1)?;
        }
    }
    let mut earlier = addressed(tx, post)?;
    if earlier.to.is_empty() && earlier.cc.is_empty() {
        earlier = remembered(tx, (post, named), author)?;
    }
    let followers_of = if reaches_followers(post) { slice::from_ref(&author.id) } else { &[] };
    let departed_since = gone(post);
    let mut to = vec![Recipients {
        followers_of,
        departed_since,
        people: &earlier.people,
        instead_of: &instead_of,
        ..Recipients::NONE
    }];
    let microblogs = |group| Recipients { departed_since, ..to_microblogs(group) };
    to.extend(group.filter(|_| post.audience != Audience::Members).map(microblogs));
    let address = (earlier.to.iter().map(String::as_str).collect(), earlier.cc.iter().map(String::as_str).collect());
    let activity = activity::delete(&name.uri, author, post, address);
    send(tx, &name, Envelope::of(author.id, Some(post)), &activity, &to)?;
    Ok(())
}
