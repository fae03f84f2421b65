//! E-mail addresses: confirmed by a link that is sent there, before anything else is.
use domain::{id::ActorId, text::plain};
use store::accounts::Account;

use crate::{
    App, Error, Event, Me, Result, Tx, arrivals,
    limits::{self, Deed},
    mail::{self, Errand},
    people::checked_email,
    random,
    second_step::{self, Secret},
    sign_up::{self, Flaw},
};

/// What came of the wish for another address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A link was sent there.
    Asked,
    /// It is so: there is no mail server.
    Done,
    /// The password is wrong.
    Wrong,
    /// This is no address.
    Invalid,
    /// Without a mail server: somebody has it.
    Taken,
}

/// Whether a link of a mail confirms an address now.
pub async fn is_good(app: &App, secret: &str) -> Result<bool> {
    let (hash, now) = (random::fingerprint(secret), app.now());
    Ok(app.read(move |c| store::tickets::find(c, &hash, mail::CONFIRM, now)).await?.is_some())
}

/// Confirms an address by the secret of a link that was sent there: whose it is. Nothing, if the link is worth nothing
/// any more.
pub async fn confirm(app: &App, secret: &str) -> Result<Option<Me>> {
    let hash = random::fingerprint(secret);
    app.write(move |tx| {
        let now = tx.now();
        let Some(ticket) = store::tickets::find(tx, &hash, mail::CONFIRM, now)? else { return Ok(None) };
        let id = ActorId(ticket.account_id);
        let account = store::accounts::by_id(tx, id)?.filter(|account| account.disabled.is_none());
        let Some(account) = account.filter(|account| account.wanted_email.as_deref() == Some(&ticket.email)) else {
            return Ok(None);
        };
        if store::accounts::by_email(tx, &ticket.email)?.is_some() {
            // Somebody else confirmed it first.
            return Ok(None);
        }
        settle(tx, &account, &ticket.email)?;
        Ok(Some(Me(id)))
    })
    .await
}

/// Makes an address the one of a login, from now on the only one.
fn settle(tx: &mut Tx<'_, '_>, account: &Account, address: &str) -> Result<()> {
    let (id, now) = (ActorId(account.id), tx.now());
    store::accounts::set_email(tx, id, address, now)?;
    store::tickets::remove_all(tx, id)?;
    if account.confirmed.is_some() {
        return tx.mail(&Errand::AddressChanged(account.id, account.email.clone()));
    }
    enter(tx, id, account.approved.is_none())
}

/// Tells those who run the server of somebody who has just come, and by mail if they have to take them in; who waits for
/// nothing comes into the community for which they signed up.
pub(crate) fn enter(tx: &mut Tx<'_, '_>, newcomer: ActorId, waits: bool) -> Result<()> {
    tx.emit(Event::SignedUp(newcomer));
    if !waits {
        return arrivals::arrive(tx, newcomer);
    }
    for admin in store::accounts::admins(tx)? {
        tx.mail(&Errand::Waiting { admin: admin.0, newcomer: newcomer.0 })?;
    }
    Ok(())
}

/// Sends the link again to somebody whose address is not confirmed yet, if they wish to another address, of those that may
/// sign up.
pub async fn ask_again(app: &App, me: Me, address: Option<&str>) -> Result<Result<(), Flaw>> {
    let address = address.map(checked_email).transpose()?;
    if let Some(address) = &address
        && let Some(flaw) = sign_up::address_flaw(app, address).await?
    {
        return Ok(Err(flaw));
    }
    app.write(move |tx| {
        let account = store::accounts::by_id(tx, me.0)?.ok_or(Error::NotFound)?;
        if account.confirmed.is_some() {
            return Err(Error::Conflict("the address is confirmed already".into()));
        }
        let address = address.clone().or(account.wanted_email).ok_or(Error::NotFound)?;
        ask(tx, me.0, &address).map(Ok)
    })
    .await
}

/// Asks whoever reads at an address whether it is the one of a login. Whether it has another login makes no difference
/// to whoever wants that.
pub(crate) fn ask(tx: &mut Tx<'_, '_>, id: ActorId, address: &str) -> Result<()> {
    limits::count(tx, Deed::Address, &id.to_string())?;
    tx.count_letter(address)?;
    store::accounts::set_wanted_email(tx, id, address)?;
    tx.mail(&Errand::Confirm(id.0))
}

/// Changes the address of somebody who knows their password, once the new one is confirmed. Whoever is in may have another
/// one than those that sign up.
pub async fn change(app: &App, me: Me, secret: Secret, address: &str) -> Result<Change> {
    let Ok(address) = checked_email(&plain::cut(address, 300)) else { return Ok(Change::Invalid) };
    if !second_step::knows_password(app, me, secret).await? {
        return Ok(Change::Wrong);
    }
    let asks = app.mailer().is_some();
    app.write(move |tx| {
        if asks {
            ask(tx, me.0, &address)?;
            return Ok(Change::Asked);
        }
        if store::accounts::by_email(tx, &address)?.is_some() {
            return Ok(Change::Taken);
        }
        let account = store::accounts::by_id(tx, me.0)?.ok_or(Error::NotFound)?;
        settle(tx, &account, &address)?;
        Ok(Change::Done)
    })
    .await
}
