//! Nudges: who keeps order in a community that wants that is told once of a conversation that nobody answered for a day.
use std::{sync::Arc, time::Duration};

use domain::{
    id::{ActorId, PostId},
    time::span,
};
use futures_util::future::BoxFuture;

use crate::{App, Course, Event, Result, Tx};

/// The job that looks after the day; its subject is the number of the post.
pub(crate) const LOOK: &str = "nudge";

/// How long others have to answer.
pub const PATIENCE: Duration = span::days(1);

/// A conversation began: somebody looks again in a day, if its community wants that.
pub(crate) fn record(tx: &mut Tx<'_, '_>, event: &Event) -> Result<()> {
    let Event::Posted { post, old: false, .. } = event else { return Ok(()) };
    match post.group.filter(|_| post.is_thread()) {
        Some(group) if wants(tx, group)? => tx.push_job(LOOK, &post.id.to_string(), PATIENCE),
        _ => Ok(()),
    }
}

fn wants(tx: &mut Tx<'_, '_>, group: ActorId) -> Result<bool> {
    Ok(store::charters::of(tx, group)?.is_some_and(|charter| charter.nudges))
}

/// Tells the team, unless somebody answered, or there is nothing to answer; it began none of its own to be answered.
pub(crate) fn look(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let Ok(id) = subject.parse::<PostId>() else { return Ok(()) };
        app.write(move |tx| {
            let post = store::posts::by_id(tx, id)?.filter(|post| post.is_live() && post.is_thread());
            let Some((post, group)) = post.and_then(|post| post.group.map(|group| (post, group))) else {
                return Ok(());
            };
            let now = tx.now();
            let is_team = store::groups::standing(tx, group, post.author, now)?.is_staff();
            if is_team || post.locked.is_some() || !wants(tx, group)? || store::threads::is_answered(tx, &post)? {
                return Ok(());
            }
            tx.emit(Event::Course(Course::Unheard { post: Arc::new(post) }));
            Ok(())
        })
        .await
    })
}
