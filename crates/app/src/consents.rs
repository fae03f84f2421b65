//! The consent of authors here to what somebody elsewhere asks to do with a post of theirs. Nobody here has to decide: whoever
//! may do it, may.
use std::sync::Arc;

use domain::{
    id::{ActorId, PostId, StampId},
    policy,
    post::{Consent, Post, Vote},
    urls,
};

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
        Consent::Like => votes::receive(tx, by, post.id, Vote::Like, &request.interaction, None),
        Consent::Share => shares::receive(tx, by, post.id, &request.interaction, None),
        Consent::Reply => posts::check_reply(tx, by, post),
    }
}

/// The stamp of the author of a post here; none if they revoked it.
pub(crate) fn grant(tx: &mut Tx<'_, '_>, post: &Post, interaction: (Consent, &str)) -> Result<Option<String>> {
    let id: StampId = tx.new_id();
    Ok(store::quotes::grant(tx, id, post.id, interaction)?.map(|id| urls::stamp(&post.uri, id)))
}
