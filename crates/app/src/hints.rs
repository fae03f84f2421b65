//! Hints: members elsewhere of a private group whose posts stay home are told that there is something new, and nothing of
//! what it is.
use std::time::Duration;

use domain::{
    actor::Actor,
    group::{Reach, Visibility},
    id::ActorId,
    post::Audience,
    time::span,
};
use futures_util::future::BoxFuture;

use crate::{App, Event, Result, Tx, messages, tongues::Tongue};

/// The job that tells them; its subject is the number of the group.
pub(crate) const HINT: &str = "hint";

/// How long others have for being new as well, before anybody is told.
const AFTER: Duration = span::minutes(10);
/// How long a member hears nothing more.
const PAUSE: Duration = span::days(1);
/// How many are told in one transaction.
const MOST: i64 = 100;

/// Whether what is written in the group stays here although it has members elsewhere, maybe.
pub(crate) fn stays_home(tx: &mut Tx<'_, '_>, group: ActorId) -> Result<Option<Actor>> {
    let rules = store::groups::rules(tx, group)?;
    if rules.is_none_or(|rules| rules.visibility != Visibility::Private || rules.reach != Reach::Home) {
        return Ok(None);
    }
    Ok(store::actors::by_id(tx, group)?.filter(|group| group.is_local() && group.deleted.is_none()))
}

/// Somebody started a thread: whoever cannot receive it is told soon.
pub(crate) fn record(tx: &mut Tx<'_, '_>, event: &Event) -> Result<()> {
    let Event::Posted { post, old: false, .. } = event else { return Ok(()) };
    let members = post.audience == Audience::Members && post.is_thread();
    if let Some(group) = post.group.filter(|_| members)
        && stays_home(tx, group)?.is_some()
    {
        tx.push_job(HINT, &group.to_string(), AFTER)?;
    }
    Ok(())
}

/// Tells the members elsewhere of a group who were told nothing for a day.
pub(crate) fn give(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let Ok(group) = subject.parse().map(ActorId) else { return Ok(()) };
        app.write(move |tx| {
            let Some(actor) = stays_home(tx, group)? else { return Ok(()) };
            let now = tx.now();
            let people = store::groups::unaware(tx, group, now - PAUSE, MOST)?;
            for person in &people {
                store::groups::hinted(tx, group, *person, now)?;
                let text = letter(tx, &actor, *person)?;
                messages::confide(tx, group, *person, &text)?;
            }
            if i64::try_from(people.len()).is_ok_and(|count| count >= MOST) {
                tx.push_job(HINT, &group.to_string(), Duration::ZERO)?;
            }
            Ok(())
        })
        .await
    })
}

/// What one of them is told.
fn letter(tx: &mut Tx<'_, '_>, group: &Actor, person: ActorId) -> Result<String> {
    let handle = group.handle();
    let say = |tongue: Tongue| {
        tongue.pick(
            format!("Hay algo nuevo en @{handle}, para sus miembros."),
            format!("There is something new in @{handle}, for its members."),
        )
    };
    messages::letter(tx, (group.id, person), say, Some((&group.url, ("Su página", "Its page"))))
}
