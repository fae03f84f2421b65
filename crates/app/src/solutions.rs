//! The reply that answers what a thread asks: whoever began it says so, or the team.
use std::sync::Arc;

use domain::{
    id::{ActorId, PostId},
    policy,
    post::Post,
};

use crate::{App, Error, Event, Me, Result, groups, posts};

/// What helps those who have the same question.
#[derive(Debug, Clone)]
pub enum Help {
    /// The same happens to this person as to the author of this thread, or does not after all.
    Echoed(Arc<Post>, ActorId, bool),
    /// A reply answers its thread, or does not after all.
    Solved(Solution),
}

/// That a reply answers its thread, or does not after all.
#[derive(Debug, Clone)]
pub struct Solution {
    /// The thread.
    pub thread: Arc<Post>,
    /// The reply.
    pub reply: Arc<Post>,
    /// Who says so.
    pub by: ActorId,
    /// It does, or not after all.
    pub on: bool,
}

/// Says that a reply answers its thread, in place of any other, or does not after all.
pub async fn set(app: &App, me: Me, reply: PostId, on: bool) -> Result<()> {
    app.write(move |tx| {
        let reply = posts::load_seen(tx, reply, me)?;
        let thread = posts::load_seen(tx, reply.root, me)?;
        let Some(group) = thread.group.filter(|_| !reply.is_thread()) else {
            return Err(Error::Invalid("replies in communities answer".into()));
        };
        let (_, standing) = groups::regard(tx, group, me.0)?;
        policy::solve(&thread, &reply, me.0, &standing)?;
        let now = tx.now();
        let is_news = if on {
            store::solutions::set(tx, thread.id, reply.id, me.0, now)?
        } else {
            store::solutions::remove(tx, thread.id, reply.id)?
        };
        if is_news {
            tx.emit(Event::Helped(Help::Solved(Solution {
                thread: Arc::new(thread),
                reply: Arc::new(reply),
                by: me.0,
                on,
            })));
        }
        Ok(())
    })
    .await
}
