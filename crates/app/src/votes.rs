//! Votes: one per person and post, cast here or elsewhere.
use std::sync::Arc;

use domain::{
    emoji::Reaction,
    id::{ActivityId, ActorId, PostId, TieId},
    policy::{self, Refusal},
    post::{Consent, Post, Vote},
};

use crate::{App, Cause, Error, Event, Me, Result, Tx, consents, emoji, groups, posts};

/// Votes on a post that I may read. What is not in a group here, guests vote on from their own server: nobody else would
/// hear of it.
pub async fn cast(app: &App, me: Me, post: PostId, vote: Vote) -> Result<Post> {
    app.write(move |tx| {
        let post = posts::load_seen(tx, post, me)?;
        ask(tx, me, &post, vote)?;
        give(tx, me, &post, (vote, None))?;
        Ok(post)
    })
    .await
}

/// Likes a post with a sign, or with a custom emoji of ours by its name, in place of what I thought of it before.
pub async fn react(app: &App, me: Me, post: PostId, sign: &str) -> Result<Post> {
    let sign = sign.to_owned();
    let wanted = sign.clone();
    // Whoever was told of another hears first that it is no more: what is done at once is told in no order.
    app.write(move |tx| {
        let post = posts::load_seen(tx, post, me)?;
        let wanted = known(tx, &wanted)?;
        ask(tx, me, &post, Vote::Like)?;
        if store::votes::signs(tx, &[post.id], &[me.0])?.iter().all(|(.., mine)| *mine != wanted) {
            forget(tx, me.0, &post, None)?;
        }
        Ok(())
    })
    .await?;
    app.write(move |tx| {
        let post = posts::load_seen(tx, post, me)?;
        let sign = known(tx, &sign)?;
        ask(tx, me, &post, Vote::Like)?;
        give(tx, me, &post, (Vote::Like, Some(&sign)))?;
        Ok(post)
    })
    .await
}

/// Whether I may say to others what I think of a post.
fn ask(tx: &mut Tx<'_, '_>, me: Me, post: &Post, vote: Vote) -> Result<()> {
    let stays = post.group.map_or(Ok(false), |group| groups::is_local(tx, group))?;
    if !stays && !store::actors::is_local(tx, me.0)? {
        return Err(Error::Invalid("this is voted on from your own server".into()));
    }
    if vote == Vote::Like {
        // Its author hears of it first and alone, if they want to be asked: that is the question.
        consents::approach(tx, post, Consent::Like, me.0)?;
    }
    Ok(())
}

fn give(tx: &mut Tx<'_, '_>, me: Me, post: &Post, (vote, sign): (Vote, Option<&str>)) -> Result<()> {
    let id: ActivityId = tx.new_id();
    let uri = tx.site().activity(id);
    record(tx, me.0, post, (vote, sign), &uri, None)
}

/// A sign as it is kept.
fn known(tx: &mut Tx<'_, '_>, text: &str) -> Result<String> {
    if let Some(reaction) = Reaction::parse(text, Vec::new()) {
        return Ok(reaction.sign);
    }
    let name = text.trim_matches(':').to_owned();
    let found = store::emoji::named(tx, None, &[name])?.into_iter().find(|emoji| emoji.enabled);
    found.map(|emoji| format!(":{}:", emoji.shortcode)).ok_or_else(|| Error::Invalid("this is no emoji of ours".into()))
}

/// Takes back that I like a post with this sign; what I think of it otherwise stays.
pub async fn take_back(app: &App, me: Me, post: PostId, sign: &str) -> Result<Post> {
    let sign = Reaction::parse(sign, Vec::new()).map_or_else(|| sign.to_owned(), |reaction| reaction.sign);
    app.write(move |tx| {
        let post = posts::load_seen(tx, post, me)?;
        let mine = store::votes::signs(tx, &[post.id], &[me.0])?;
        if mine.iter().any(|(.., mine)| mine.trim_matches(':') == sign.trim_matches(':')) {
            forget(tx, me.0, &post, None)?;
        }
        Ok(post)
    })
    .await
}

/// Takes my vote back.
pub async fn retract(app: &App, me: Me, post: PostId) -> Result<Post> {
    app.write(move |tx| {
        let post = posts::load_seen(tx, post, me)?;
        forget(tx, me.0, &post, None)?;
        Ok(post)
    })
    .await
}

/// Records that the author of a post, elsewhere, does not take the vote of somebody here.
pub fn receive_refusal(tx: &mut Tx<'_, '_>, by: ActorId, voter: ActorId, post: PostId) -> Result<()> {
    let post = posts::load(tx, post)?;
    policy::consent(&post, by)?;
    forget(tx, voter, &post, None)
}

/// Records a vote from elsewhere, cast with a sign or without.
pub fn receive(
    tx: &mut Tx<'_, '_>,
    voter: ActorId,
    post: PostId,
    (vote, reaction): (Vote, Option<&Reaction>),
    activity_uri: &str,
    cause: Cause,
) -> Result<()> {
    let post = posts::load(tx, post)?;
    if store::forestalled::is_void(tx, activity_uri)? {
        return Err(Refusal::Gone.into());
    }
    if let Some(picture) = reaction.and_then(|reaction| reaction.picture.as_ref()) {
        emoji::learn_of(tx, voter, std::slice::from_ref(picture))?;
    }
    record(tx, voter, &post, (vote, reaction.map(|reaction| reaction.sign.as_str())), activity_uri, cause)
}

/// Records that a vote from elsewhere was taken back.
pub fn receive_retract(tx: &mut Tx<'_, '_>, voter: ActorId, post: PostId, cause: Cause) -> Result<()> {
    let post = posts::load(tx, post)?;
    forget(tx, voter, &post, cause)
}

fn record(
    tx: &mut Tx<'_, '_>,
    voter: ActorId,
    post: &Post,
    (vote, sign): (Vote, Option<&str>),
    uri: &str,
    cause: Cause,
) -> Result<()> {
    let group = match post.group {
        // A group elsewhere knows itself whose votes it takes of those who live elsewhere, too.
        Some(group) if cause.is_none() || groups::is_local(tx, group)? => Some(groups::regard(tx, group, voter)?),
        _ => None,
    };
    policy::vote(group.as_ref().map(|(rules, standing)| (rules, standing)), post, vote)?;
    let id: TieId = tx.new_id();
    if store::votes::set(tx, post.id, voter, (vote, sign), uri, id)? == Some(vote) {
        return Ok(());
    }
    let activity_uri = uri.to_owned();
    tx.emit(Event::Voted { post: Arc::new(post.clone()), voter, vote, activity_uri, cause });
    Ok(())
}

fn forget(tx: &mut Tx<'_, '_>, voter: ActorId, post: &Post, cause: Cause) -> Result<()> {
    if let Some((vote, activity_uri)) = store::votes::remove(tx, post.id, voter)? {
        tx.emit(Event::Unvoted { post: Arc::new(post.clone()), voter, vote, activity_uri, cause });
    }
    Ok(())
}
