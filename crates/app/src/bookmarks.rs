//! Bookmarks: posts that one keeps for oneself.
use domain::id::PostId;

use crate::{App, Me, Result, posts};

/// Keeps a post that I may read, or does not any more.
pub async fn set(app: &App, me: Me, post: PostId, on: bool) -> Result<()> {
    app.write(move |tx| {
        let (post, now) = (posts::load_seen(tx, post, me)?.id, tx.now());
        Ok(store::bookmarks::set(tx, me.0, post, on, now)?)
    })
    .await
}
