//! Breaking the glass: an admin who is no member reads a private thread for a while, for a reason that its owner is told.
use std::{sync::Arc, time::Duration};

use domain::{
    id::{ActorId, PostId},
    policy,
    post::{Audience, Post},
    text::{markdown, plain},
    time::span,
};

use crate::{
    App, Course, Error, Event, Me, Result, Tx, follows, groups, messages, posts, rules, statements,
    tongues::Tongue,
    view::{self, PostView},
};

/// For how long it is open.
const LASTS: Duration = span::hours(1);

/// How much of it is shown.
const POSTS: i64 = 600;

/// Opens the private thread of a community here in which a post stands; its first post.
pub async fn open(app: &App, me: Me, post: PostId, reason: String) -> Result<PostId> {
    let reason = plain::line(&reason, statements::REASON);
    app.write(move |tx| {
        let standing = rules::standing(tx, me)?;
        // Nobody else learns whether there is such a post.
        policy::open(&standing)?;
        let root = posts::load(tx, post)?.root;
        let root = posts::load(tx, root)?;
        let group = root.group.filter(|_| root.audience == Audience::Members).ok_or(Error::NotFound)?;
        if !groups::is_local(tx, group)? {
            // Its owner would not hear of it.
            return Err(Error::NotFound);
        }
        if reason.is_empty() {
            return Err(Error::Invalid("its owner is told why".into()));
        }
        let now = tx.now();
        store::openings::set(tx, me.0, root.id, (now, now + LASTS))?;
        tell_away(tx, group, &root, &reason)?;
        let (id, reason) = (root.id, reason.clone());
        tx.emit(Event::Course(Course::Opened { group, post: Arc::new(root), by: me.0, reason }));
        Ok(id)
    })
    .await
}

/// Tells the owners of a community who have no login here, and thus get no notices.
fn tell_away(tx: &mut Tx<'_, '_>, group: ActorId, root: &Post, reason: &str) -> Result<()> {
    let owners: Vec<ActorId> = store::groups::owners(tx, &[group])?.into_iter().map(|(_, owner)| owner).collect();
    let here = store::accounts::among(tx, &owners)?;
    let (title, why) = (markdown::escape(&follows::living(tx, group)?.title), markdown::escape(reason));
    let say = |tongue: Tongue| {
        tongue.pick(
            format!("Quien administra el servidor ha abierto una conversación privada de {title} para leerla: {why}"),
            format!("An admin of the server opened a private conversation of {title} to read it: {why}"),
        )
    };
    for owner in owners.into_iter().filter(|owner| !here.contains(owner)) {
        let way = Some((root.url.as_str(), ("La conversación", "The conversation")));
        let text = messages::letter(tx, (group, owner), say, way)?;
        messages::confide(tx, group, owner, &text)?;
    }
    Ok(())
}

/// What stands in a thread that I opened a short time ago.
pub async fn read(app: &App, me: Me, root: PostId) -> Result<Vec<PostView>> {
    let now = app.now();
    let found = rules::read_as_admin(app, me, move |c| {
        let found = store::openings::posts(c, me.0, root, now, POSTS)?;
        view::posts(c, found)
    });
    let found = found.await?;
    if found.is_empty() { Err(Error::NotFound) } else { Ok(found) }
}
