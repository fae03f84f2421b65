//! Shares: a person passes a post on to their followers.
use std::sync::Arc;

use domain::{
    id::{ActivityId, ActorId, PostId},
    policy::{Approach, Refusal},
    post::{Consent, Post},
};
use store::posts::Count;

use crate::{
    App, Cause, Change, Event, Me, Result, Tx, consents,
    limits::{self, Outward},
    live::Whereabouts,
    posts,
};

/// Passes a post on; only what everybody may read.
pub async fn create(app: &App, me: Me, post: PostId) -> Result<Post> {
    app.write(move |tx| {
        let post = posts::load_seen(tx, post, me)?;
        // Who wants to be asked is not passed on: nothing would be seen of it until they answer.
        if consents::approach(tx, &post, Consent::Share, me.0)? == Approach::Asking {
            return Err(Refusal::NotLet.into());
        }
        let id: ActivityId = tx.new_id();
        let uri = tx.site().activity(id);
        if record(tx, me.0, &post, &uri, None)? {
            limits::reach_out(tx, Outward::Post, me.0)?;
        }
        Ok(post)
    })
    .await
}

/// Does not pass a post on any more.
pub async fn remove(app: &App, me: Me, post: PostId) -> Result<Post> {
    app.write(move |tx| {
        let post = posts::load_seen(tx, post, me)?;
        forget(tx, me.0, &post, None)?;
        Ok(post)
    })
    .await
}

/// Records that somebody elsewhere passed a post on.
pub fn receive(tx: &mut Tx<'_, '_>, by: ActorId, post: PostId, activity_uri: &str, cause: Cause) -> Result<()> {
    let post = posts::load(tx, post)?;
    if store::forestalled::is_void(tx, activity_uri)? {
        return Err(Refusal::Gone.into());
    }
    record(tx, by, &post, activity_uri, cause).map(drop)
}

/// Records that somebody elsewhere does not pass a post on any more.
pub fn receive_remove(tx: &mut Tx<'_, '_>, by: ActorId, post: PostId, cause: Cause) -> Result<()> {
    let post = posts::load(tx, post)?;
    forget(tx, by, &post, cause)
}

/// Whether that is new.
fn record(tx: &mut Tx<'_, '_>, by: ActorId, post: &Post, uri: &str, cause: Cause) -> Result<bool> {
    if !post.is_live() {
        return Err(Refusal::Gone.into());
    }
    if !post.audience.is_open() {
        return Err(Refusal::NotPublic.into());
    }
    let now = tx.now();
    let is_new = store::shares::add(tx, post.id, by, uri, now)?;
    if is_new {
        store::posts::count(tx, post.id, Count::Shares, 1)?;
        let activity_uri = uri.to_owned();
        tx.emit(Event::Shared { post: Arc::new(post.clone()), by, activity_uri, cause });
    }
    Ok(is_new)
}

fn forget(tx: &mut Tx<'_, '_>, by: ActorId, post: &Post, cause: Cause) -> Result<()> {
    let entry = store::timelines::share(tx, post.id, by)?;
    if let Some(activity_uri) = store::shares::remove(tx, post.id, by)? {
        if let Some(entry) = entry {
            tx.show(Change::TakenBack(Whereabouts::passed_on(post, by), entry.number));
        }
        store::posts::count(tx, post.id, Count::Shares, -1)?;
        tx.emit(Event::Unshared { post: Arc::new(post.clone()), by, activity_uri, cause });
    }
    Ok(())
}
