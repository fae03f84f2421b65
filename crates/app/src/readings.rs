//! How far I have read threads, so that the next visit begins where the last one ended.
use domain::id::PostId;

use crate::{App, Me, Result};

/// Records that I have read a thread up to a post.
pub async fn mark(app: &App, me: Me, thread: PostId, last: PostId) -> Result<()> {
    app.write(move |tx| Ok(store::readings::set(tx, me.0, thread, last)?)).await
}
