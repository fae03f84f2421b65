//! "The same happens to me": what people say of what somebody began a thread about. It stays on this server.
use std::{sync::Arc, time::Duration};

use domain::{
    id::{ActorId, PostId},
    policy,
};
use futures_util::future::BoxFuture;

use crate::{
    App, Error, Event, Me, Result, Tx, groups, notifications, posts,
    solutions::{self, Help},
};

/// The job that tells them of an answer; its subject is the number of the reply and that of whoever accepted it.
pub(crate) const TELL: &str = "answered";

/// How many are told in one transaction.
const MOST: i64 = 100;

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

/// A reply answers its thread: those to whom the same happens are told soon.
pub(crate) fn plan(tx: &mut Tx<'_, '_>, reply: PostId, by: ActorId) -> Result<()> {
    tx.push_job(TELL, &format!("{reply} {by}"), Duration::ZERO)
}

/// Tells those to whom the same happens of the answer, if it still is one; everybody hears of one alone.
pub(crate) fn tell(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let ids = subject.split_once(' ').and_then(|(reply, by)| Some((reply.parse().ok()?, by.parse().ok()?)));
        let Some((reply, by)) = ids.map(|(reply, by)| (PostId(reply), ActorId(by))) else { return Ok(()) };
        app.write(move |tx| {
            let Some(reply) = store::posts::by_id(tx, reply)?.filter(|reply| reply.deleted.is_none()) else {
                return Ok(());
            };
            if store::solutions::of(tx, reply.root)? != Some(reply.id) {
                return Ok(());
            }
            let now = tx.now();
            let people = store::echoes::tell(tx, reply.root, now, MOST)?;
            notifications::answered(tx, &reply, by, &people)?;
            solutions::write_answer(tx, &reply, by, &people)?;
            if i64::try_from(people.len()).is_ok_and(|count| count >= MOST) {
                plan(tx, reply.id, by)?;
            }
            Ok(())
        })
        .await
    })
}
