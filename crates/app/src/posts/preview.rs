//! A post as it would be read if it were sent now; nobody is told of it, and no other server is asked.
use domain::{id::PostId, post::Post};

use super::{
    Writing,
    draft::{self, Asking},
};
use crate::{
    App, Me, Result,
    view::{self, PostView},
};

/// What stands for the number of a post that has none yet.
pub(crate) const UNPUBLISHED: PostId = PostId(0);

/// What I typed as a post: a new one, or one of mine that is changed.
pub async fn preview(app: &App, me: Me, writing: Writing, changed: Option<PostId>) -> Result<PostView> {
    let draft = match changed {
        Some(post) => draft::complete_anew(app, me, writing, post, Asking::Nobody).await?,
        None => draft::complete(app, me, writing, Asking::Nobody).await?,
    };
    let (id, now) = (UNPUBLISHED, app.now());
    let post = Post {
        id,
        uri: String::new(),
        url: String::new(),
        kind: draft.kind,
        author: me.0,
        group: draft.group,
        parent: None,
        root: id,
        depth: 0,
        audience: draft.audience,
        content: draft.content,
        local: true,
        published: now,
        edited: None,
        deleted: None,
        removed: None,
        locked: None,
        featured: None,
    };
    let quote = draft.quote;
    let found = app.read(move |c| {
        // What a post quotes stays as it is when the post is changed.
        let quote = match (quote, changed) {
            (None, Some(changed)) => store::quotes::get(c, changed)?,
            (quote, _) => quote,
        };
        Ok((view::post(c, post)?, quote))
    });
    let (shown, quote) = found.await?;
    Ok(PostView { quote, ..shown })
}
