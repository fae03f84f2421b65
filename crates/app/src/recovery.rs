//! A new password: set by whoever knows the old one, or by a link that is sent to the login's address.
use domain::{
    id::{ActorId, SessionId},
    text::plain,
};

use crate::{
    App, Me, Result, Whence, devices,
    limits::{self, Deed},
    mail::{self, Errand},
    people::{checked_email, passwords},
    random,
    second_step::{self, Secret},
    sessions,
};

/// What came of the wish for a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewal {
    /// It is set.
    Done,
    /// The link is worth nothing any more, or the old password is wrong.
    Wrong,
    /// It is too short or too long.
    Unfit,
}

/// Sends a link to an address, if it has a login. Whoever asks does not learn whether it has, not by how long it takes
/// either: who it is is looked up when the letter is written.
pub async fn ask(app: &App, address: &str, whence: &Whence) -> Result<()> {
    let Ok(address) = checked_email(&plain::cut(address, 300)) else { return Ok(()) };
    let place = whence.neighbourhood();
    app.write(move |tx| {
        if let Some(place) = &place {
            limits::count(tx, Deed::Recovery, place)?;
        }
        tx.count_letter(&address)?;
        tx.mail(&Errand::Renew(address.clone()))
    })
    .await
}

/// Whether the login has passkeys whose password the link sets now; nothing, if it sets none.
pub async fn has_passkeys(app: &App, secret: &str) -> Result<Option<bool>> {
    let (hash, now) = (random::fingerprint(secret), app.now());
    app.read(move |c| match store::tickets::find(c, &hash, mail::RENEW, now)? {
        Some(ticket) => store::passkeys::any(c, ActorId(ticket.account_id)).map(Some),
        None => Ok(None),
    })
    .await
}

/// By what the login is let in whose password the link sets now: a browser in which that was done is known for these (see
/// [`devices::remember`]). None, if it sets none.
pub async fn names(app: &App, secret: &str) -> Result<Vec<String>> {
    let (hash, now) = (random::fingerprint(secret), app.now());
    match app.read(move |c| store::tickets::find(c, &hash, mail::RENEW, now)).await? {
        Some(ticket) => devices::names(app, ActorId(ticket.account_id)).await,
        None => Ok(Vec::new()),
    }
}

/// Sets a new password by the secret of a link, and signs the person out everywhere. Their passkeys stay good, unless
/// `forgets_passkeys`: whoever knew the old password may have added one.
pub async fn renew(app: &App, secret: &str, password: String, forgets_passkeys: bool) -> Result<Renewal> {
    if has_passkeys(app, secret).await?.is_none() {
        return Ok(Renewal::Wrong);
    }
    if !passwords::fits(&password) {
        return Ok(Renewal::Unfit);
    }
    let (hash, ticket) = (passwords::hash(app, password).await?, random::fingerprint(secret));
    app.write(move |tx| {
        let now = tx.now();
        let Some(ticket) = store::tickets::find(tx, &ticket, mail::RENEW, now)? else { return Ok(Renewal::Wrong) };
        let id = ActorId(ticket.account_id);
        store::accounts::set_password(tx, id, &hash)?;
        store::tickets::remove_all(tx, id)?;
        if forgets_passkeys {
            store::passkeys::remove_all(tx, id)?;
        }
        sessions::end_all(tx, id)?;
        tx.mail(&Errand::PasswordChanged(id.0))?;
        Ok(Renewal::Done)
    })
    .await
}

/// Sets the new password of somebody who is signed in and knows the old one; their other sessions end.
pub async fn change(app: &App, me: Me, kept: SessionId, old: String, new: String) -> Result<Renewal> {
    if !second_step::knows_password(app, me, Secret { password: old, session: kept }).await? {
        return Ok(Renewal::Wrong);
    }
    if !passwords::fits(&new) {
        return Ok(Renewal::Unfit);
    }
    let hash = passwords::hash(app, new).await?;
    app.write(move |tx| {
        store::accounts::set_password(tx, me.0, &hash)?;
        store::tickets::remove_all(tx, me.0)?;
        sessions::keep_only(tx, me.0, Some(kept))?;
        tx.mail(&Errand::PasswordChanged(me.0.0))?;
        Ok(Renewal::Done)
    })
    .await
}
