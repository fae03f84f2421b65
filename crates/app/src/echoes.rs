//! "The same happens to me": what people say of what somebody began a thread about. It stays on this server.
use std::sync::Arc;

use domain::{id::PostId, policy};

use crate::{App, Error, Event, Me, Result, groups, posts, solutions::Help};

/// Says that the same happens to me, or does not after all.
pub async fn set(app: &App, me: Me, thread: PostId, on: bool) -> Result<()> {
    app.write(move |tx| {
        let thread = posts::load_seen(tx, thread, me)?;
        let Some(group) = thread.group.filter(|_| thread.is_thread()) else {
            return Err(Error::Invalid("this is said of conversations in communities".into()));
        };
        if on {
            let (rules, standing) = groups::regard(tx, group, me.0)?;
            policy::echo((&rules, &standing), &thread, me.0)?;
        }
        let now = tx.now();
        if store::echoes::set(tx, thread.id, me.0, on, now)? {
            tx.emit(Event::Helped(Help::Echoed(Arc::new(thread), me.0, on)));
        }
        Ok(())
    })
    .await
}
