//! Posting once, however often a client repeats itself: it did not hear the first answer.
use domain::{
    id::PostId,
    post::Post,
    time::{Timestamp, span},
};
use store::Conn;

use super::{
    Writing,
    draft::{self, Asking},
    publish,
};
use crate::{
    App, Me, Result,
    limits::{self, Outward},
};

/// Publishes what a person here wrote, unless they did so within the last hour with the same `key`: then the answer is
/// what was published then, if it is still there.
pub async fn create_once(app: &App, me: Me, key: &str, writing: Writing) -> Result<Post> {
    let key = digest(key);
    let (known, since) = (key.clone(), app.now() - span::hours(1));
    // Asked twice: other servers need not be asked again for what is done.
    if let Some(post) = app.read(move |c| made(c, me, &known, since)).await? {
        return Ok(post);
    }
    let draft = draft::complete(app, me, writing, Asking::Servers).await?;
    app.write(move |tx| {
        let (now, since) = (tx.now(), tx.now() - span::hours(1));
        if let Some(post) = made(tx, me, &key, since)? {
            return Ok(post);
        }
        limits::reach_out(tx, Outward::Post, me.0)?;
        let post = publish(tx, me.0, &draft, None, None)?;
        store::idempotency::remember(tx, me.0, &key, post.id, now, since)?;
        Ok(post)
    })
    .await
}

/// How a key is kept, however long it is.
pub(super) fn digest(key: &str) -> String {
    hex::encode(openssl::sha::sha256(key.as_bytes()))
}

fn made(conn: &mut Conn, me: Me, key: &str, since: Timestamp) -> store::Result<Option<Post>> {
    let Some(id): Option<PostId> = store::idempotency::made(conn, me.0, key, since)? else { return Ok(None) };
    store::posts::seen(conn, id, Some(me.0))
}
