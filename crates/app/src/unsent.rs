//! What somebody sent when their session had ended: kept for a while, for them alone, until they are back.
use std::time::Duration;

use domain::{id::ActorId, time::span};
use store::unsent::Unsent;

use crate::{App, Error, Me, Result, random};

/// How long it is kept.
pub const KEPT: Duration = span::hours(1);

/// How many of one person's are kept.
const MOST: i64 = 5;

fn context(person: ActorId) -> String {
    format!("what {person} sent too late")
}

/// Keeps what somebody sent whose session had ended, as the token of their form says ([`crate::sessions::author`]); what
/// their browser has to show for it.
pub async fn keep(app: &App, author: ActorId, text: &str) -> Result<String> {
    let secret = random::secret()?;
    let (hash, sealed) = (random::fingerprint(&secret), app.seal().close(&context(author), text.as_bytes())?);
    let expires = (app.now() + KEPT).0;
    let one = Unsent { hash, person_id: author.0, sealed, expires };
    app.write(move |tx| {
        store::actors::by_id(tx, author)?.filter(|actor| actor.deleted.is_none()).ok_or(Error::NotFound)?;
        Ok(store::unsent::insert(tx, &one, MOST - 1)?)
    })
    .await?;
    Ok(secret)
}

/// What I sent when my session had ended, if my browser has something to show for it; once.
pub async fn take(app: &App, me: Me, secret: &str) -> Result<Option<String>> {
    let hash = random::fingerprint(secret);
    let sealed = app.write(move |tx| {
        let now = tx.now();
        Ok(store::unsent::take(tx, &hash, me.0, now)?)
    });
    let Some(sealed) = sealed.await? else { return Ok(None) };
    let text = app.seal().open(&context(me.0), &sealed)?;
    String::from_utf8(text).map(Some).map_err(Error::internal)
}
