//! The consent of authors: of those here to what somebody elsewhere asks to do with a post of theirs, where nobody has to
//! decide, since whoever may do it, may; and of those elsewhere to what people here do with theirs.
use std::sync::Arc;

use domain::{
    id::{ActorId, PostId, StampId},
    policy::{self, Approach},
    post::{Assent, Consent, Content, Leaves, Post, Vote},
    urls,
};
use store::posts::{Count, Mark};

use crate::{Error, Event, Result, Tx, posts, quotes, shares, votes};

/// A request, from elsewhere.
#[derive(Debug, Clone)]
pub struct Request {
    /// To what consent is asked.
    pub consent: Consent,
    /// The id of the activity.
    pub activity: String,
    /// The id of the post that quotes or answers, or of the like, or of the announcement.
    pub interaction: String,
}

/// Answers somebody elsewhere who asks to do something with a post here. What is known by that is done at once; a post
/// that answers or quotes is still to come.
pub fn receive(tx: &mut Tx<'_, '_>, by: ActorId, post: PostId, request: &Request) -> Result<()> {
    let post = posts::load(tx, post)?;
    if !post.local {
        return Err(Error::NotFound);
    }
    let stamp = match done(tx, by, &post, request) {
        Ok(()) => grant(tx, &post, (request.consent, &request.interaction))?,
        Err(Error::Denied(_)) => None,
        Err(error) => return Err(error),
    };
    tx.emit(Event::ConsentAnswered { post: Arc::new(post), by, request: request.clone(), stamp });
    Ok(())
}

fn done(tx: &mut Tx<'_, '_>, by: ActorId, post: &Post, request: &Request) -> Result<()> {
    // Of quotes an author says more, and may quote themselves.
    if request.consent != Consent::Quote {
        policy::ask(post, store::shuns::apart(tx, by, post.author)?)?;
    }
    match request.consent {
        Consent::Quote => quotes::check(tx, post, by),
        Consent::Like => votes::receive(tx, by, post.id, (Vote::Like, None), &request.interaction, None),
        Consent::Share => shares::receive(tx, by, post.id, &request.interaction, None),
        Consent::Reply => posts::check_reply(tx, by, post),
    }
}

/// The stamp of the author of a post here; none if they revoked it.
pub(crate) fn grant(tx: &mut Tx<'_, '_>, post: &Post, interaction: (Consent, &str)) -> Result<Option<String>> {
    let id: StampId = tx.new_id();
    Ok(store::quotes::grant(tx, id, post.id, interaction)?.map(|id| urls::stamp(&post.uri, id)))
}

/// How somebody here may do something with a post, as far as its author elsewhere says whom they let.
pub(crate) fn approach(tx: &mut Tx<'_, '_>, post: &Post, what: Consent, who: ActorId) -> Result<Approach> {
    let mentioned = post.content.leaves != Leaves::default() && store::posts::mentioned(tx, post.id)?.contains(&who);
    Ok(policy::approach(post, what, who, mentioned)?)
}

/// Whether the author of what a new post here answers has to agree before anybody else reads it.
pub(crate) fn must_ask(tx: &mut Tx<'_, '_>, post: &Post, parent: Option<&Post>) -> Result<bool> {
    let Some(parent) = parent.filter(|_| post.local) else { return Ok(false) };
    Ok(approach(tx, parent, Consent::Reply, post.author)? == Approach::Asking)
}

/// Records what the author of a post elsewhere says to an answer from here that waits for it: yes, by the document that
/// is named, or no.
pub fn receive_assent(tx: &mut Tx<'_, '_>, by: ActorId, reply: PostId, document: Option<String>) -> Result<()> {
    let post = posts::load(tx, reply)?;
    let parent = posts::load(tx, post.parent.ok_or(Error::NotFound)?)?;
    policy::consent(&parent, by)?;
    if post.content.assent != Some(Assent::Awaited) || post.deleted.is_some() {
        return Ok(());
    }
    let agreed = document.is_some();
    let content = Content { assent: Some(document.map_or(Assent::Refused, Assent::Given)), ..post.content };
    let post = Post { content, ..post };
    let mentioned = store::posts::mentioned(tx, post.id)?;
    store::posts::update(tx, &post, &mentioned)?;
    if !agreed {
        return Ok(());
    }
    let now = tx.now();
    store::posts::set_mark(tx, post.id, Mark::Removed, None)?;
    store::posts::count(tx, parent.id, Count::Replies, 1)?;
    store::threads::stir(tx, post.root, now)?;
    let post = Arc::new(Post { removed: None, ..post });
    if let Some(quote) = store::quotes::get(tx, post.id)? {
        quotes::tell(tx, &post, &quote)?;
    }
    tx.emit(Event::Posted { post, old: false, cause: None });
    Ok(())
}
