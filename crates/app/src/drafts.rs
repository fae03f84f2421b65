//! What somebody has begun to write: kept until they send it, whatever becomes of their browser.
use std::time::Duration;

use domain::{
    id::PostId,
    text::plain,
    time::{Timestamp, span},
};
use store::Conn;

use crate::{
    App, Error, Me, Result, media,
    posts::{TEXT, Writing},
};

/// How long it is kept.
pub const KEPT: Duration = span::days(30);

/// Where somebody writes: there is one draft for each place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A new thread.
    Thread,
    /// A reply to this post.
    Reply(PostId),
    /// A change of this post.
    Edit(PostId),
}

impl Place {
    fn key(self) -> String {
        match self {
            Self::Thread => "thread".to_owned(),
            Self::Reply(to) => format!("reply {to}"),
            Self::Edit(post) => format!("edit {post}"),
        }
    }
}

/// Whether there is anything worth keeping.
fn is_blank(writing: &Writing) -> bool {
    let is_empty = |text: &str| text.trim().is_empty();
    is_empty(&writing.text)
        && writing.title.as_deref().is_none_or(is_empty)
        && writing.media.is_empty()
        && writing.poll.is_none()
}

/// Keeps what I have written so far, and the media that I brought for it; what is blank is forgotten.
pub async fn keep(app: &App, me: Me, place: Place, writing: Writing) -> Result<()> {
    if is_blank(&writing) {
        return discard(app, me, place).await;
    }
    let writing = Writing { text: plain::cut(&writing.text, TEXT), ..writing };
    let text = serde_json::to_string(&writing).map_err(Error::internal)?;
    app.write(move |tx| {
        let now = tx.now();
        media::hold(tx, me.0, &writing.media, now + KEPT)?;
        Ok(store::drafts::set(tx, me.0, &place.key(), &text, now)?)
    })
    .await
}

/// What somebody has begun to write, and when they last went on with it.
#[derive(Debug)]
pub struct Begun {
    /// What they have written so far.
    pub writing: Writing,
    /// When they last went on.
    pub at: Timestamp,
}

/// What I have written so far.
pub fn find(c: &mut Conn, me: Me, place: Place) -> store::Result<Option<Begun>> {
    let kept = store::drafts::get(c, me.0, &place.key())?;
    // What an older version of the program kept otherwise is no loss worth an error.
    Ok(kept.and_then(|(text, at)| Some(Begun { writing: serde_json::from_str(&text).ok()?, at })))
}

/// Forgets what I have written so far.
pub async fn discard(app: &App, me: Me, place: Place) -> Result<()> {
    app.write(move |tx| Ok(store::drafts::remove(tx, me.0, &place.key())?)).await
}
