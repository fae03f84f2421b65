//! Passkeys of those who have no login yet: made together with it, in place of a password.
use domain::{
    actor::{Actor, ActorKind},
    id::{ActorId, PasskeyId},
    text::plain,
};
use store::passkeys::Passkey;

use super::{Answer, Challenge, KEPT, LASTS, Trouble, Verdict, hash, named, party, user};
use crate::{App, Result, Tx, Whence, limits::Deed, random};

/// What such a challenge is good for; the number that the login will have follows.
const JOIN: &str = "join ";

/// A passkey that was made for a login that is not there yet.
pub(crate) struct Made {
    /// The number that the login has to have: authenticators know it by that.
    pub(crate) person: ActorId,
    handle: String,
    credential: String,
}

/// Asks the browser of somebody who signs up with this name to make a passkey. `kept` is what it kept for an earlier answer.
pub async fn ask_newcomer(app: &App, name: &str, kept: &str, whence: &Whence) -> Result<Challenge> {
    app.limits().from(Deed::Challenge, whence, app.now())?;
    let name = plain::cut(&plain::name(name), 30);
    let kept = if kept.len() >= KEPT { kept.to_owned() } else { random::secret()? };
    app.write(move |tx| {
        let (site, now) = (tx.site().clone(), tx.now());
        let person: ActorId = tx.new_id();
        let uri = site.actor(site.host(), &name);
        let newcomer = Actor::new(ActorKind::Person, uri, (name.as_str(), site.host().as_str()), now);
        let question = party::creation(&site, &newcomer, &user(tx.seal(), person)?, &[])?;
        let row = store::passkeys::Challenge {
            hash: hash(&kept, &question.challenge),
            purpose: format!("{JOIN}{person}"),
            account_id: None,
            state: question.state,
            expires: (now + LASTS).0,
        };
        store::passkeys::ask(tx, &row)?;
        Ok(Challenge { options: question.options, kept: kept.clone() })
    })
    .await
}

/// The passkey that a browser made when [`ask_newcomer`] asked for it, or why it is not taken.
pub(crate) fn admit(tx: &mut Tx<'_, '_>, answer: &Answer) -> Result<Verdict<Made>> {
    let Some(said) = party::Creation::parse(&answer.said) else { return Ok(Err(Trouble::Wrong)) };
    let now = tx.now();
    let asked = store::passkeys::take(tx, &hash(&answer.kept, &said.challenge), now)?;
    let person = asked.as_ref().and_then(|asked| asked.purpose.strip_prefix(JOIN)?.parse::<ActorId>().ok());
    let Some((asked, person)) = asked.zip(person) else { return Ok(Err(Trouble::Stale)) };
    let (handle, credential) = match party::admit(tx.site(), &said, &asked.state)? {
        Ok(made) => made,
        Err(trouble) => return Ok(Err(trouble)),
    };
    if store::passkeys::by_handle(tx, &handle)?.is_some() {
        return Ok(Err(Trouble::Known));
    }
    Ok(Ok(Made { person, handle, credential }))
}

/// Keeps it with its login, which is there now.
pub(crate) fn keep(tx: &mut Tx<'_, '_>, made: &Made, name: &str) -> Result<()> {
    let (id, created): (PasskeyId, _) = (tx.new_id(), tx.now());
    let passkey = Passkey {
        id: id.0,
        account_id: made.person.0,
        handle: made.handle.clone(),
        name: named(name)?,
        credential: made.credential.clone(),
        created: created.0,
        used: None,
    };
    Ok(store::passkeys::insert(tx, &passkey)?)
}
