//! Signing in by what the provider of an organization says of its people: who they are here, and what they are known as
//! there.
use std::time::Duration;

use domain::{
    handle,
    id::{ActorId, IdentityId},
    text::plain,
    time::{Timestamp, span},
};
use serde::{Deserialize, Serialize};
use store::{accounts::Account, identities::Identity};

use crate::{
    App, Error, Me, Result, Tx, Whence,
    guests::Way,
    limits::Deed,
    mail::Errand,
    people, random, seal,
    second_step::{self, Secret},
    sessions::{self, Entry},
    sign_up::{self, Flaw, Newcomer, Wish},
};

mod lately;
pub mod ldap;
pub mod openid;
mod provider;
pub mod saml;

use provider::Testimony;
pub use provider::{Provider, Speaks};

/// How long one may be on one's way, and how long one may take to say who one is here.
const TRIP: Duration = span::minutes(15);

/// What the trip is sealed for in the traveller's browser, and what a provider said of somebody in their form.
const TRAVELLER: &str = "somebody on the way to a provider";
const CLAIM: &str = "what a provider said of somebody";

/// How long what a provider calls somebody may be.
const NAME: usize = 100;

/// How long what it says of why it says nothing may be in the log.
const REASON: usize = 300;

/// A trip to the provider and back; sealed, and known to the browser alone that began it.
#[derive(Default, Serialize, Deserialize)]
struct Trip {
    redirect_uri: String,
    /// What comes back with them, and what the token says.
    state: String,
    nonce: String,
    verifier: String,
    /// Where they go on here.
    back: String,
    /// Whose login is to be linked; nobody's, if they sign in.
    links: Option<i64>,
    until: i64,
}

/// Whom the provider speaks of.
#[derive(Clone, Serialize, Deserialize)]
pub struct Claim {
    issuer: String,
    subject: String,
    /// What it calls them: for them to know it again.
    pub name: String,
    /// What their handle might be.
    pub handle: String,
    /// Their address, in lower case.
    pub email: Option<String>,
    /// Whether the provider knows that it is theirs.
    pub verified: bool,
    /// Where they go on here.
    pub back: String,
    until: i64,
}

/// How somebody says to the provider who they are.
pub enum Departure {
    /// They go there, and come back.
    Away(Way),
    /// They say their name and their password in it on a page of ours, which sends this along if they link their login.
    Here(Option<String>),
}

/// What somebody brings back from the provider.
#[derive(Debug, Default, Clone, Copy)]
pub struct Return<'a> {
    /// What they left with.
    pub state: &'a str,
    /// What it takes to hear who they are; empty, if the provider does not say.
    pub code: &'a str,
    /// Why it does not (RFC 6749, section 4.1.2.1).
    pub error: &'a str,
    /// The same in its own words.
    pub why: &'a str,
}

/// What comes of it when somebody is back from the provider.
pub enum Arrival {
    /// They have a login: into a session, or on to the second step.
    Known(Entry),
    /// There is a login with their address, which becomes theirs by its password.
    Namesake(String),
    /// They have none, and may make one.
    Newcomer(String),
    /// They have none, and may make none by themselves.
    Stranger,
    /// The login of whoever is signed in is linked.
    Linked,
    /// It is linked with another login.
    Taken,
    /// They are nobody: that name and that password do not go together.
    Wrong,
}

/// Why somebody cannot unlink their login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The password is wrong.
    Password,
    /// They would not get in any more.
    Last,
}

/// What the provider said lately.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    openid: openid::Heard,
    saml: saml::Heard,
}

/// The provider, if there is one.
pub fn provider(app: &App) -> Result<&Provider> {
    app.config().provider.as_ref().ok_or(Error::NotFound)
}

/// Whether nobody signs in but by the provider.
pub fn is_only_way(app: &App) -> bool {
    app.config().provider.as_ref().is_some_and(|provider| provider.only)
}

/// Whether the provider can be asked: nothing, if it can.
pub async fn look(app: &App) -> Result<()> {
    let Provider { issuer, speaks, .. } = provider(app)?;
    match speaks {
        Speaks::OpenId(_) => openid::look(app, issuer).await,
        Speaks::Ldap(directory) => app.clerk()?.look(directory).await,
        Speaks::Saml(client) => saml::look(app, issuer, client).await,
    }
}

/// Sends somebody to the provider to sign in; they come back to `redirect_uri` and go on to `back` here.
pub async fn depart(app: &App, redirect_uri: &str, back: &str, whence: &Whence) -> Result<Departure> {
    // An organization may have one address for all its people.
    app.limits().from(Deed::Challenge, whence, app.now())?;
    send(app, redirect_uri, back, None).await
}

/// Sends somebody who is signed in to the provider to link their login, if they show that it is them.
pub async fn depart_to_link(
    app: &App,
    me: Me,
    secret: Secret,
    redirect_uri: &str,
    back: &str,
) -> Result<Option<Departure>> {
    if !second_step::knows_password(app, me, secret).await? {
        return Ok(None);
    }
    send(app, redirect_uri, back, Some(me.0.0)).await.map(Some)
}

async fn send(app: &App, redirect_uri: &str, back: &str, links: Option<i64>) -> Result<Departure> {
    let provider = provider(app)?;
    let trip = Trip {
        redirect_uri: redirect_uri.to_owned(),
        state: random::secret()?,
        nonce: random::secret()?,
        verifier: random::secret()?,
        back: back.to_owned(),
        links,
        until: (app.now() + TRIP).0,
    };
    let url = match &provider.speaks {
        Speaks::OpenId(client) => openid::way(app, &provider.issuer, client, &trip).await?,
        Speaks::Saml(client) => saml::way(app, &provider.issuer, client, &trip).await?,
        Speaks::Ldap(_) => {
            return links.map(|_| seal(app, TRAVELLER, &trip)).transpose().map(Departure::Here);
        }
    };
    Ok(Departure::Away(Way { url, host: provider.name.clone(), kept: seal(app, TRAVELLER, &trip)? }))
}

fn seal(app: &App, context: &str, what: &impl Serialize) -> Result<String> {
    let text = serde_json::to_vec(what).map_err(Error::internal)?;
    Ok(hex::encode(app.seal().close(context, &text)?))
}

fn unseal<T: for<'de> Deserialize<'de>>(app: &App, context: &str, sealed: &str) -> Option<T> {
    let text = app.seal().open(context, &hex::decode(sealed).ok()?).ok()?;
    serde_json::from_slice(&text).ok()
}

/// Takes in whoever comes back from the provider with `back`, to the browser that keeps `kept` and in which `by` is signed
/// in: what comes of it, and where they go on. Nothing, if this is not the way that they left, if the provider does not
/// say who they are, or if what it says is not to be believed.
pub async fn arrive(
    app: &App,
    kept: &str,
    back: Return<'_>,
    by: Option<Me>,
    whence: &Whence,
) -> Result<Option<(Arrival, String)>> {
    // There is nothing to be guessed.
    app.limits().from(Deed::Challenge, whence, app.now())?;
    let provider = provider(app)?;
    let Some(trip) = returned(app, kept, back.state) else { return Ok(None) };
    if back.code.is_empty() {
        // They said no there, or they may not; or the provider knows us otherwise than we think.
        let (error, why) = (plain::cut(back.error, NAME), plain::cut(back.why, REASON));
        tracing::info!(issuer = provider.issuer, error, why, "the provider does not say who somebody is");
        return Ok(None);
    }
    let said = match &provider.speaks {
        Speaks::OpenId(client) => openid::testimony(app, &provider.issuer, client, &trip, back.code).await?,
        Speaks::Ldap(_) => None,
        Speaks::Saml(_) => saml::testimony(app, &trip, back.code),
    };
    let Some(said) = said else { return Ok(None) };
    receive(app, provider, trip, said, by, whence).await
}

/// Takes in whoever says on a page of ours who they are in the directory of their organization, by `name` and password,
/// and goes on to `back`; to link the login of `by`, if `kept` is what such a departure gave. What comes of it, and where
/// they go on; nothing, if that was too long ago, or they are somebody else by now.
pub async fn arrive_here(
    app: &App,
    kept: Option<&str>,
    back: String,
    said: (&str, &str),
    by: Option<Me>,
    whence: &Whence,
) -> Result<Option<(Arrival, String)>> {
    let provider = provider(app)?;
    let Speaks::Ldap(directory) = &provider.speaks else { return Err(Error::NotFound) };
    let trip = match kept {
        Some(kept) => unseal::<Trip>(app, TRAVELLER, kept).filter(|trip| Timestamp(trip.until) >= app.now()),
        None => Some(Trip { back, ..Trip::default() }),
    };
    let Some(trip) = trip else { return Ok(None) };
    match ldap::testimony(app, directory, said, whence).await? {
        Some(said) => receive(app, provider, trip, said, by, whence).await,
        None => Ok(Some((Arrival::Wrong, trip.back))),
    }
}

/// Takes what a browser brings to `recipient` by a form of the provider, before it shows what it keeps: the code with which
/// its person goes on. Nothing, if it is not to be believed.
pub async fn bring(app: &App, recipient: &str, form: &str, whence: &Whence) -> Result<Option<String>> {
    let provider = provider(app)?;
    let Speaks::Saml(client) = &provider.speaks else { return Err(Error::NotFound) };
    saml::bring(app, &provider.issuer, client, (recipient, form), whence).await
}

/// What this server says of itself to a provider that reads it, from which people come back to the path `back`.
pub fn own_metadata(app: &App, back: &str) -> Result<String> {
    let Speaks::Saml(_) = provider(app)?.speaks else { return Err(Error::NotFound) };
    Ok(saml::own_metadata(app, back))
}

/// The trip that a browser keeps, if whoever comes back with `state` went on it, and not too long ago.
fn returned(app: &App, kept: &str, state: &str) -> Option<Trip> {
    let trip = unseal::<Trip>(app, TRAVELLER, kept)?;
    (seal::is_same(&trip.state, state) && Timestamp(trip.until) >= app.now()).then_some(trip)
}

/// Takes in somebody who went on this trip and is known to the provider by now: what comes of it, and where they go on.
async fn receive(
    app: &App,
    provider: &Provider,
    trip: Trip,
    said: Testimony,
    by: Option<Me>,
    whence: &Whence,
) -> Result<Option<(Arrival, String)>> {
    let address = said.address.as_deref();
    let called = said.called.as_deref().filter(|name| !name.is_empty());
    let called = called.or(address).unwrap_or(&said.subject);
    let claim = Claim {
        issuer: provider.issuer.clone(),
        name: plain::cut(&plain::name(called), NAME),
        handle: suggested(called),
        email: address.and_then(|address| people::checked_email(address).ok()),
        verified: said.verified,
        subject: said.subject,
        back: trip.back.clone(),
        until: (app.now() + TRIP).0,
    };
    let arrival = match trip.links.map(|id| Me(ActorId(id))) {
        Some(me) if by == Some(me) => link(app, me, claim).await?,
        // Somebody else is signed in by now, or nobody.
        Some(_) => return Ok(None),
        None => match enter(app, provider, claim, whence).await? {
            Some(arrival) => arrival,
            None => return Ok(None),
        },
    };
    Ok(Some((arrival, trip.back)))
}

/// The handle that somebody is offered who is called so; empty, if none can be made of it.
fn suggested(called: &str) -> String {
    handle::proposed(called.split('@').next().unwrap_or_default()).unwrap_or_default()
}

/// What comes of somebody who wants to sign in; nothing, if their login is closed.
async fn enter(app: &App, provider: &Provider, claim: Claim, whence: &Whence) -> Result<Option<Arrival>> {
    let (issuer, subject) = (claim.issuer.clone(), claim.subject.clone());
    let address = claim.email.clone().filter(|_| claim.verified);
    let found = app.read(move |c| {
        let identity = store::identities::find(c, &issuer, &subject)?;
        let account = match (&identity, &address) {
            (Some(identity), _) => store::accounts::by_id(c, ActorId(identity.account_id))?,
            (None, Some(address)) => store::accounts::by_email(c, address)?,
            (None, None) => None,
        };
        Ok((identity, account))
    });
    Ok(match found.await? {
        (_, Some(account)) if account.disabled.is_some() => None,
        (Some(identity), Some(account)) => {
            app.write(move |tx| {
                let now = tx.now();
                Ok(store::identities::set_used(tx, IdentityId(identity.id), now)?)
            })
            .await?;
            Some(Arrival::Known(sessions::admit(app, &account, whence).await?))
        }
        (None, Some(_)) => Some(Arrival::Namesake(seal(app, CLAIM, &claim)?)),
        (None, None) if provider.admits => Some(Arrival::Newcomer(seal(app, CLAIM, &claim)?)),
        _ => Some(Arrival::Stranger),
    })
}

/// What the provider said of somebody a moment ago, as their form brings it.
pub fn claimed(app: &App, sealed: &str) -> Option<Claim> {
    let claim = unseal::<Claim>(app, CLAIM, sealed)?;
    let is_good = Timestamp(claim.until) >= app.now() && provider(app).is_ok_and(|it| it.issuer == claim.issuer);
    is_good.then_some(claim)
}

/// Links the login that has the address of somebody, who knows its password, and signs them in. Nothing, if they do not.
pub async fn join(app: &App, claim: Claim, password: String, whence: &Whence) -> Result<Option<Entry>> {
    let Some(address) = claim.email.clone().filter(|_| claim.verified) else { return Ok(None) };
    let Some(account) = sessions::owner(app, &address, password, whence).await? else { return Ok(None) };
    match link(app, Me(ActorId(account.id)), claim).await? {
        Arrival::Linked => sessions::admit(app, &account, whence).await.map(Some),
        _ => Ok(None),
    }
}

async fn link(app: &App, me: Me, claim: Claim) -> Result<Arrival> {
    app.write(move |tx| {
        match store::identities::find(tx, &claim.issuer, &claim.subject)? {
            Some(known) if known.account_id == me.0.0 => return Ok(Arrival::Linked),
            Some(_) => return Ok(Arrival::Taken),
            None => {}
        }
        keep(tx, me.0, &claim)?;
        tx.mail(&Errand::Identity(me.0.0, claim.name.clone(), true))?;
        Ok(Arrival::Linked)
    })
    .await
}

fn keep(tx: &mut Tx<'_, '_>, person: ActorId, claim: &Claim) -> Result<()> {
    let (id, created): (IdentityId, Timestamp) = (tx.new_id(), tx.now());
    let row = Identity {
        id: id.0,
        account_id: person.0,
        issuer: claim.issuer.clone(),
        subject: claim.subject.clone(),
        name: claim.name.clone(),
        created: created.0,
        used: None,
    };
    Ok(store::identities::insert(tx, &row)?)
}

/// Makes a login for somebody for whom the provider speaks: under the name that they choose, with the address that it
/// vouches for, or one that is confirmed by a letter.
pub async fn sign_up(app: &App, claim: Claim, wish: Wish, whence: &Whence) -> Result<Result<Newcomer, Vec<Flaw>>> {
    if !provider(app)?.admits {
        return Err(domain::policy::Refusal::SignUpClosed.into());
    }
    let vouched = claim.email.clone().filter(|_| claim.verified);
    let (confirms, email) = (vouched.is_none(), vouched.unwrap_or(wish.email));
    let wish = Wish { email, ..wish };
    sign_up::vouched(app, wish, confirms, whence, move |tx, person| {
        if store::identities::find(tx, &claim.issuer, &claim.subject)?.is_some() {
            return Err(Error::Conflict("they have a login already".into()));
        }
        keep(tx, person, &claim)
    })
    .await
}

/// The provider at which somebody may still be signed in who signs out here: their login is linked with it, and it has
/// pages of its own for signing in.
pub async fn stays(app: &App, me: Me) -> Result<Option<&str>> {
    let Some(provider) = app.config().provider.as_ref().filter(|it| !matches!(it.speaks, Speaks::Ldap(_))) else {
        return Ok(None);
    };
    let is_linked = list(app, me).await?.iter().any(|one| one.issuer == provider.issuer);
    Ok(is_linked.then_some(provider.name.as_str()))
}

/// As whom providers know somebody, the first that was linked first.
pub async fn list(app: &App, me: Me) -> Result<Vec<Identity>> {
    app.read(move |c| store::identities::of(c, me.0)).await
}

/// Unlinks the login of somebody who shows that it is them, and gets in without, too. They are told by mail.
pub async fn unlink(app: &App, me: Me, id: IdentityId, secret: Secret) -> Result<std::result::Result<(), Trouble>> {
    if !second_step::knows_password(app, me, secret).await? {
        return Ok(Err(Trouble::Password));
    }
    let only = is_only_way(app);
    app.write(move |tx| {
        let all = store::identities::of(tx, me.0)?;
        let identity = all.iter().find(|one| one.id == id.0).ok_or(Error::NotFound)?;
        let account: Account = store::accounts::by_id(tx, me.0)?.ok_or(Error::NotFound)?;
        let is_last = all.len() == 1 && !account.has_password() && !store::passkeys::any(tx, me.0)?;
        if only || is_last {
            return Ok(Err(Trouble::Last));
        }
        store::identities::remove(tx, me.0, id)?;
        tx.mail(&Errand::Identity(me.0.0, identity.name.clone(), false))?;
        Ok(Ok(()))
    })
    .await
}
