//! Pinning one's own posts to one's page, and hearing of a thread no more.
use domain::{id::PostId, policy};

use crate::{App, Error, Me, Result, posts};

/// How many posts one may pin.
pub const MOST: usize = 5;

/// Pins a post of mine to my page, or does not any more.
pub async fn set(app: &App, me: Me, post: PostId, on: bool) -> Result<()> {
    app.write(move |tx| {
        let (post, now) = (posts::load_seen(tx, post, me)?, tx.now());
        policy::pin(&post, me.0)?;
        if on {
            let pinned = store::pins::of(tx, me.0, Some(me.0), 100)?;
            if pinned.len() >= MOST && !pinned.contains(&post.id) {
                return Err(Error::Invalid(format!("one may pin {MOST} posts")));
            }
        }
        Ok(store::pins::set(tx, me.0, post.id, on, now)?)
    })
    .await
}

/// Wants to hear of the thread of a post no more, or again.
pub async fn mute_thread(app: &App, me: Me, post: PostId, on: bool) -> Result<()> {
    app.write(move |tx| {
        let root = posts::load_seen(tx, post, me)?.root;
        Ok(store::pins::mute_thread(tx, me.0, root, on)?)
    })
    .await
}
