//! A new password: set by whoever knows the old one, or by a link that is sent to the login's address.
use domain::{
    id::{ActorId, SessionId},
    text::plain,
};

use crate::{
    App, Me, Result, Whence,
    limits::{self, Deed},
    mail::{self, Errand},
    people::{checked_email, passwords},
    random, second_step, sessions,
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

/// Whether the link sets a password now.
pub async fn is_good(app: &App, secret: &str) -> Result<bool> {
    let (hash, now) = (random::fingerprint(secret), app.now());
    Ok(app.read(move |c| store::tickets::find(c, &hash, mail::RENEW, now)).await?.is_some())
}

/// Sets a new password by the secret of a link, and signs the person out everywhere.
pub async fn renew(app: &App, secret: &str, password: String) -> Result<Renewal> {
    if !is_good(app, secret).await? {
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
        sessions::end_all(tx, id)?;
        tx.mail(&Errand::PasswordChanged(id.0))?;
        Ok(Renewal::Done)
    })
    .await
}

/// Sets the new password of somebody who is signed in and knows the old one; their other sessions end.
pub async fn change(app: &App, me: Me, kept: SessionId, old: String, new: String) -> Result<Renewal> {
    if !second_step::knows_password(app, me, old).await? {
        return Ok(Renewal::Wrong);
    }
    if !passwords::fits(&new) {
        return Ok(Renewal::Unfit);
    }
    let hash = passwords::hash(app, new).await?;
    app.write(move |tx| {
        store::accounts::set_password(tx, me.0, &hash)?;
        store::tickets::remove_all(tx, me.0)?;
        store::sessions::remove_others(tx, me.0, Some(kept))?;
        tx.mail(&Errand::PasswordChanged(me.0.0))?;
        Ok(Renewal::Done)
    })
    .await
}
