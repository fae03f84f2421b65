//! Replies that become threads, and threads that become replies in another one of their group, with all below them.
use std::sync::Arc;

use domain::{
    id::{ActorId, PostId},
    policy::{self, Refusal},
    post::{Content, Post},
    text::plain,
};

use crate::{App, Cause, Course, Error, Event, Me, Result, Tx, groups, posts, statements};

/// Makes a reply a thread of its own, called `title`; I keep order in its group.
pub async fn split(app: &App, me: Me, post: PostId, title: String, reason: String) -> Result<()> {
    if plain::line(&title, posts::TITLE).is_empty() {
        return Err(Error::Invalid("a thread of its own needs a title".into()));
    }
    app.write(move |tx| {
        let post = posts::load_seen(tx, post, me)?;
        apply(tx, me.0, post, None, (Some(&title), &reason, None))
    })
    .await
}

/// Puts a thread under the first post of another one of the same group; I keep order there.
pub async fn merge(app: &App, me: Me, post: PostId, into: PostId, reason: String) -> Result<()> {
    app.write(move |tx| {
        let (post, into) = (posts::load_seen(tx, post, me)?, posts::load_seen(tx, into, me)?);
        let into = posts::load(tx, into.root)?;
        let title = post.content.title.clone();
        apply(tx, me.0, post, Some(into), (title.as_deref(), &reason, None))
    })
    .await
}

/// Records that one who keeps order moved a post, under another one of the same group or away from all.
pub fn receive(
    tx: &mut Tx<'_, '_>,
    by: ActorId,
    post: PostId,
    under: Option<PostId>,
    (title, reason, cause): (Option<&str>, &str, Cause),
) -> Result<()> {
    let post = posts::load(tx, post)?;
    let under = under.map(|under| posts::load(tx, under)).transpose()?;
    apply(tx, by, post, under, (title, reason, cause))
}

/// Puts a post back to where it stood before.
pub(crate) fn undo(tx: &mut Tx<'_, '_>, by: ActorId, post: Post) -> Result<()> {
    let before = store::grafts::of(tx, &[post.id])?.pop().ok_or(Error::NotFound)?;
    let under = before.parent().map(|parent| posts::load(tx, parent)).transpose()?;
    apply(tx, by, post, under, (before.title.as_deref(), "", None))
}

fn apply(
    tx: &mut Tx<'_, '_>,
    by: ActorId,
    post: Post,
    under: Option<Post>,
    (title, reason, cause): (Option<&str>, &str, Cause),
) -> Result<()> {
    if post.parent == under.as_ref().map(|under| under.id) {
        return Ok(());
    }
    let group = post.group.ok_or(Refusal::NotStaff)?;
    let (rules, standing) = groups::regard(tx, group, by)?;
    let height = store::grafts::height(tx, &post)?;
    policy::graft(&rules, &post, under.as_ref(), height, &standing)?;
    let title = title.map(|title| plain::line(title, posts::TITLE)).filter(|title| !title.is_empty());
    store::grafts::graft(tx, &post, under.as_ref(), title.as_deref())?;
    let content = Content { title, ..post.content.clone() };
    posts::find_anew(tx, post.id, &content)?;
    let from = post.root;
    let depth = under.as_ref().map_or(0, |under| under.depth + 1);
    let root = under.as_ref().map_or(post.id, |under| under.root);
    let parent = under.as_ref().map(|under| under.id);
    let post = Arc::new(Post { parent, root, depth, content, featured: None, ..post });
    let reason = plain::line(reason, statements::REASON);
    tx.emit(Event::Course(Course::Grafted { post, from, by, reason, cause }));
    Ok(())
}
