//! Quotes: with the consent of whoever wrote what is quoted, here and elsewhere.
use std::sync::Arc;

use domain::{
    id::{ActorId, PostId},
    policy,
    post::{Consent, Content, FollowState, Post, Quote, QuoteState, Quoting},
    urls,
};
use store::Conn;

use crate::{App, Cause, Error, Event, Me, Result, Tx, consents, held, posts};

/// What I am about to quote; its author is asked if that is somebody else elsewhere.
pub(crate) async fn prepare(app: &App, me: Me, id: PostId) -> Result<Quote> {
    let found = app.read(move |c| {
        let Some(post) = store::posts::seen(c, id, Some(me.0))? else { return Ok(None) };
        let follows = is_follower(c, &post, me.0)?;
        Ok(Some((post, follows)))
    });
    let (post, follows) = found.await?.ok_or(Error::NotFound)?;
    policy::quote(&post, me.0, follows)?;
    let state = if post.local || post.author == me.0 { QuoteState::Accepted } else { QuoteState::Pending };
    Ok(Quote { uri: post.uri, post: Some(post.id), state, stamp: None })
}

/// Records what a new post quotes; authors here agree at once.
pub(crate) fn record(tx: &mut Tx<'_, '_>, post: &Post, quote: &Quote) -> Result<()> {
    let mut quote = quote.clone();
    if let (true, Some(id)) = (post.local, quote.post) {
        let quoted = posts::load(tx, id)?;
        check(tx, &quoted, post.author)?;
        if quoted.local && quoted.author != post.author {
            quote.stamp = consents::grant(tx, &quoted, (Consent::Quote, &post.uri))?;
        }
    }
    store::quotes::set(tx, post.id, &quote)?;
    if post.removed.is_some() { Ok(()) } else { tell(tx, post, &quote) }
}

/// Whether somebody follows the author of a post; asked only if it matters.
fn is_follower(c: &mut Conn, post: &Post, who: ActorId) -> store::Result<bool> {
    if post.content.quoting != Quoting::Followers {
        return Ok(false);
    }
    let follow = store::follows::get(c, who, post.author)?;
    Ok(follow.is_some_and(|follow| follow.state == FollowState::Accepted))
}

pub(crate) fn check(tx: &mut Tx<'_, '_>, quoted: &Post, who: ActorId) -> Result<()> {
    let follows = is_follower(tx, quoted, who)?;
    Ok(policy::quote(quoted, who, follows)?)
}

/// Tells an author here that they are quoted.
pub(crate) fn tell(tx: &mut Tx<'_, '_>, quoting: &Post, quote: &Quote) -> Result<()> {
    let (QuoteState::Accepted, Some(quoted)) = (quote.state, quote.post) else { return Ok(()) };
    let quoted = posts::load(tx, quoted)?;
    if quoted.local && quoted.author != quoting.author {
        tx.emit(Event::Quoted { quoting: Arc::new(quoting.clone()), author: quoted.author });
    }
    Ok(())
}

/// Says who may quote a post of mine from now on; what was agreed before stays.
pub async fn open_to(app: &App, me: Me, post: PostId, quoting: Quoting) -> Result<()> {
    app.write(move |tx| {
        let post = posts::load(tx, post)?;
        receive_policy(tx, me.0, post, quoting, None)
    })
    .await
}

/// Records that an author, here or elsewhere, changed who may quote a post.
pub(crate) fn receive_policy(
    tx: &mut Tx<'_, '_>,
    by: ActorId,
    post: Post,
    quoting: Quoting,
    cause: Cause,
) -> Result<()> {
    policy::edit(&post, by)?;
    if post.content.quoting == quoting {
        return Ok(());
    }
    let content = Content { quoting, ..post.content };
    let post = Post { content, ..post };
    let mentioned = store::posts::mentioned(tx, post.id)?;
    store::posts::update(tx, &post, &mentioned)?;
    if !held::waits(tx, &post)? {
        tx.emit(Event::Requoted { post: Arc::new(post), cause });
    }
    Ok(())
}

/// Records what an author elsewhere says by now that a post quotes; whether that is something else than before.
pub(crate) fn change(tx: &mut Tx<'_, '_>, post: &Post, by: ActorId, quote: Option<&Quote>) -> Result<bool> {
    let Some(quote) = quote.filter(|_| post.author == by && post.deleted.is_none()) else { return Ok(false) };
    if store::quotes::get(tx, post.id)?.as_ref() == Some(quote) {
        return Ok(false);
    }
    store::quotes::set(tx, post.id, quote)?;
    tell(tx, post, quote)?;
    Ok(true)
}

/// Records the answer of `by`, elsewhere, to the request of a post here to quote: a stamp, or no.
pub fn receive_answer(
    tx: &mut Tx<'_, '_>,
    by: ActorId,
    post: PostId,
    stamp: Option<String>,
    cause: Cause,
) -> Result<()> {
    let state = if stamp.is_some() { QuoteState::Accepted } else { QuoteState::Rejected };
    settle(tx, by, post, (state, stamp), cause)
}

/// Records that `by`, elsewhere, does not agree any more, as a stamp of theirs said; whether that was one.
pub fn receive_revoke(tx: &mut Tx<'_, '_>, by: ActorId, stamp: &str, cause: Cause) -> Result<bool> {
    let Some(post) = store::quotes::by_stamp(tx, stamp)? else { return Ok(false) };
    settle(tx, by, post, (QuoteState::Revoked, None), cause)?;
    Ok(true)
}

fn settle(
    tx: &mut Tx<'_, '_>,
    by: ActorId,
    post: PostId,
    (state, stamp): (QuoteState, Option<String>),
    _cause: Cause,
) -> Result<()> {
    let quote = store::quotes::get(tx, post)?.ok_or(Error::NotFound)?;
    let quoted = quote.post.ok_or(Error::NotFound)?;
    policy::consent(&posts::load(tx, quoted)?, by)?;
    let settled = Quote { state, stamp, ..quote.clone() };
    if settled != quote {
        store::quotes::set(tx, post, &settled)?;
        let post = posts::load(tx, post)?;
        tx.emit(Event::Requoted { post: Arc::new(post), cause: None });
    }
    Ok(())
}

/// Lets a post of mine be quoted by another one no more.
pub async fn revoke(app: &App, me: Me, quoting: PostId) -> Result<()> {
    app.write(move |tx| {
        let quote = store::quotes::get(tx, quoting)?.ok_or(Error::NotFound)?;
        let quoted = posts::load(tx, quote.post.ok_or(Error::NotFound)?)?;
        policy::edit(&quoted, me.0)?;
        let (quoting, now) = (posts::load(tx, quoting)?, tx.now());
        let stamp = store::quotes::revoke(tx, quoted.id, &quoting.uri, now)?;
        settle(tx, me.0, quoting.id, (QuoteState::Revoked, None), None)?;
        if let Some(stamp) = stamp {
            let stamp = urls::stamp(&quoted.uri, stamp);
            tx.emit(Event::QuoteRevoked { quoted: Arc::new(quoted), quoting: Arc::new(quoting), stamp });
        }
        Ok(())
    })
    .await
}
