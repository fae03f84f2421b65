//! Pinning one's own posts to one's page, and what others pin to theirs.
use std::{sync::Arc, time::Duration};

use domain::{
    actor::Actor,
    id::{ActorId, PostId},
    policy,
    time::span,
};

use crate::{App, Error, Event, Me, Result, Tx, posts};

/// How many posts one may pin.
pub const MOST: usize = 5;

/// How many of somebody elsewhere are kept.
const MOST_ELSEWHERE: i64 = 100;

/// The job that reads what a person elsewhere pins; its subject is the number of the person.
pub const READ: &str = "pins";

/// How long nobody asks again what a person elsewhere pins, unless they say that it changed.
const PAUSE: Duration = span::days(1);

/// Pins a post of mine to my page, or does not any more.
pub async fn set(app: &App, me: Me, post: PostId, on: bool) -> Result<()> {
    app.write(move |tx| {
        let (post, now) = (posts::load_seen(tx, post, me)?, tx.now());
        policy::pin(&post, me.0, on)?;
        if on {
            let pinned = store::pins::of(tx, me.0, Some(me.0), 100)?;
            if pinned.len() >= MOST && !pinned.contains(&post.id) {
                return Err(Error::Invalid(format!("one may pin {MOST} posts")));
            }
        }
        let was = store::pins::among(tx, me.0, &[post.id])?.contains(&post.id);
        store::pins::set(tx, me.0, post.id, on, now)?;
        if was != on {
            tx.emit(Event::Pinned { post: Arc::new(post), on });
        }
        Ok(())
    })
    .await
}

/// Somebody here looks at the page of a person elsewhere: what they pin is asked for, so that it is there the next time.
pub async fn looked_at(app: &App, person: &Actor) -> Result<()> {
    if person.is_local() || person.is_group() {
        return Ok(());
    }
    let (id, uri, now) = (person.id, person.uri.clone(), app.now());
    let asked = uri.clone();
    if app.read(move |c| store::backfills::is_due(c, &asked, now)).await? {
        app.write(move |tx| if store::backfills::begin(tx, &uri, now, now + PAUSE)? { ask(tx, id) } else { Ok(()) })
            .await?;
    }
    Ok(())
}

/// A person elsewhere says that what they pin has changed; what it is now, only their page says.
pub fn receive_change(tx: &mut Tx<'_, '_>, person: ActorId) -> Result<()> {
    ask(tx, person)
}

/// Somebody here follows a person elsewhere from now on.
pub(crate) fn discovered(tx: &mut Tx<'_, '_>, person: &Actor) -> Result<()> {
    let (now, again) = (tx.now(), tx.now() + PAUSE);
    if store::backfills::begin(tx, &person.uri, now, again)? { ask(tx, person.id) } else { Ok(()) }
}

fn ask(tx: &mut Tx<'_, '_>, person: ActorId) -> Result<()> {
    tx.push_job(READ, &person.to_string(), Duration::ZERO)
}

/// Records that a person elsewhere pins these posts, the last one first, and no others. What they did not write for
/// everybody is no pin.
pub async fn found(app: &App, person: ActorId, posts: Vec<PostId>) -> Result<()> {
    app.write(move |tx| {
        let known = store::posts::by_ids(tx, &posts)?;
        let counts = |id: &&PostId| {
            known
                .iter()
                .any(|post| post.id == **id && policy::pin(post, person, true).is_ok() && post.audience.is_open())
        };
        let posts: Vec<PostId> = posts.iter().filter(counts).copied().collect();
        let (was, mut at) = (store::pins::of(tx, person, None, MOST_ELSEWHERE)?, tx.now());
        if was != posts {
            for post in &was {
                store::pins::set(tx, person, *post, false, at)?;
            }
            for post in &posts {
                store::pins::set(tx, person, *post, true, at)?;
                at = at - Duration::from_millis(1);
            }
        }
        if let Some(actor) = store::actors::by_id(tx, person)? {
            // How many of them were new is asked of threads alone.
            store::backfills::end(tx, &actor.uri, 0, None)?;
        }
        Ok(())
    })
    .await
}
