//! Passkeys: what a device or a password manager keeps in place of a password, and answers with when it is asked.
use std::{net::IpAddr, time::Duration};

use domain::{
    host::Host,
    id::{ActorId, PasskeyId, SessionId},
    text::plain,
    time::span,
    urls::Site,
};
use store::{accounts::Account, passkeys::Passkey};

use crate::{
    App, Error, Me, Result, Tx, Whence, identities,
    limits::Deed,
    mail::Errand,
    random,
    seal::Seal,
    second_step::{self, Secret},
    sessions,
};

pub(crate) mod newcomers;
mod party;

pub use newcomers::ask_newcomer;

/// How long one may take to answer.
const LASTS: Duration = span::minutes(10);

/// How many a login may have.
const MOST: usize = 20;

/// How long the name of one may be.
const NAME: usize = 60;

/// How long what browsers keep is, at least.
const KEPT: usize = 43;

/// Why a site can have no passkeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// Its host is an address and no name.
    Address,
    /// It is neither reached by https nor on the machine of whoever looks at it.
    Insecure,
    /// This is the host of a group, and passkeys are bound to the one of the site.
    Elsewhere,
}

/// Why no browser would use a passkey on the pages of `host`, one of those served here; nothing, if browsers do.
pub fn unfit(site: &Site, host: &Host) -> Option<Unfit> {
    if host != site.host() {
        return Some(Unfit::Elsewhere);
    }
    let name = site.host().name();
    if name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
        return Some(Unfit::Address);
    }
    let is_here = name == "localhost" || name.ends_with(".localhost");
    (site.is_development() && !is_here).then_some(Unfit::Insecure)
}

/// What a browser is asked.
#[derive(Debug, Clone)]
pub struct Challenge {
    /// What its script gives to `navigator.credentials`, as JSON.
    pub options: String,
    /// What it keeps until it answers.
    pub kept: String,
}

/// What a browser answers.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// What it kept.
    pub kept: String,
    /// What `navigator.credentials` gave to its script, as JSON.
    pub said: String,
}

/// How somebody who is signed in shows once more that it is them.
#[derive(Clone)]
pub enum Proof {
    /// By their password.
    Password(Secret),
    /// By one of their passkeys, which [`ask_again`] asked for.
    Passkey(Answer),
}

/// Why an answer is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing like it was asked of this browser, or it was answered before, or too much time went by.
    Stale,
    /// There is no such passkey, or not any more, or it is somebody else's.
    Unknown,
    /// Whatever keeps the passkey did not make sure who uses it.
    Unverified,
    /// It counts as if somebody else had used the same passkey: there may be a copy.
    Copied,
    /// It was added before.
    Known,
    /// There are as many as there may be.
    Many,
    /// The password is wrong.
    Password,
    /// It is not what a passkey of this site answers.
    Wrong,
}

/// What an answer is taken for, or why it is not.
pub type Verdict<T> = std::result::Result<T, Trouble>;

/// What an answer is good for, and nothing else; and who has to give it.
#[derive(Debug, Clone, Copy)]
enum Purpose {
    /// Signing in: the answer tells who it is.
    Enter,
    /// The second step of signing in.
    Second(ActorId),
    /// Showing once more that it is them.
    Again(ActorId),
    /// Adding a passkey.
    Add(ActorId),
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Self::Enter => "enter",
            Self::Second(_) => "second",
            Self::Again(_) => "again",
            Self::Add(_) => "add",
        }
    }

    fn person(self) -> Option<ActorId> {
        match self {
            Self::Enter => None,
            Self::Second(person) | Self::Again(person) | Self::Add(person) => Some(person),
        }
    }
}

/// Asks anybody's browser for a passkey to sign in with. `kept` is what it kept for an earlier answer, if it did.
pub async fn ask(app: &App, kept: &str, whence: &Whence) -> Result<Challenge> {
    app.limits().from(Deed::Challenge, whence, app.now())?;
    remember(app, Purpose::Enter, kept, party::assertion(app.site(), &[])?).await
}

/// Asks for a passkey as the second step of whoever knew the password a moment ago; nothing, if they have none.
pub async fn ask_second(app: &App, proof: &str, kept: &str) -> Result<Option<Challenge>> {
    if unfit(app.site(), app.site().host()).is_some() {
        return Ok(None);
    }
    let Some(account) = sessions::proven(app, proof).await? else { return Ok(None) };
    let person = ActorId(account.id);
    let own = list(app, Me(person)).await?;
    if own.is_empty() { Ok(None) } else { ask_for(app, Purpose::Second(person), &own, kept).await.map(Some) }
}

/// Asks for a passkey of somebody who is signed in, to show once more that it is them.
pub async fn ask_again(app: &App, me: Me, kept: &str) -> Result<Challenge> {
    let own = list(app, me).await?;
    ask_for(app, Purpose::Again(me.0), &own, kept).await
}

async fn ask_for(app: &App, purpose: Purpose, own: &[Passkey], kept: &str) -> Result<Challenge> {
    count(app, purpose)?;
    remember(app, purpose, kept, party::assertion(app.site(), own)?).await
}

fn count(app: &App, purpose: Purpose) -> Result<()> {
    purpose.person().map_or(Ok(()), |person| app.limits().of(Deed::Challenge, format!("login {person}"), app.now()))
}

/// Remembers what a browser is asked, until it answers.
async fn remember(app: &App, purpose: Purpose, kept: &str, question: party::Question) -> Result<Challenge> {
    let kept = if kept.len() >= KEPT { kept.to_owned() } else { random::secret()? };
    let row = store::passkeys::Challenge {
        hash: hash(&kept, &question.challenge),
        purpose: purpose.word().to_owned(),
        account_id: purpose.person().map(|person| person.0),
        state: question.state,
        expires: (app.now() + LASTS).0,
    };
    app.write(move |tx| Ok(store::passkeys::ask(tx, &row)?)).await?;
    Ok(Challenge { options: question.options, kept })
}

/// What a browser was asked is known by what it keeps and by the question, so that it may be asked several at once.
fn hash(kept: &str, challenge: &str) -> String {
    random::fingerprint(&format!("{kept} {challenge}"))
}

/// What an answer for `purpose` is compared with, once.
fn take(tx: &mut Tx<'_, '_>, purpose: Purpose, kept: &str, challenge: &str) -> Result<Option<String>> {
    let now = tx.now();
    let asked = store::passkeys::take(tx, &hash(kept, challenge), now)?;
    let fits = |asked: &store::passkeys::Challenge| {
        asked.purpose == purpose.word() && asked.account_id.map(ActorId) == purpose.person()
    };
    Ok(asked.filter(fits).map(|asked| asked.state))
}

/// By what authenticators know whose passkey it is: nothing that tells anybody else.
fn user(seal: &Seal, person: ActorId) -> Result<Vec<u8>> {
    hex::decode(seal.token(&format!("passkeys of {person}"))?).map_err(Error::internal)
}

/// Whose login it is whose passkey answered what was asked for `purpose`. A refusal is no error: it counts, so that
/// nothing can be answered twice.
fn judge(tx: &mut Tx<'_, '_>, purpose: Purpose, answer: &Answer) -> Result<Verdict<Account>> {
    let Some(said) = party::Assertion::parse(&answer.said) else { return Ok(Err(Trouble::Wrong)) };
    let Some(state) = take(tx, purpose, &answer.kept, &said.challenge)? else { return Ok(Err(Trouble::Stale)) };
    let passkey = store::passkeys::by_handle(tx, &said.handle)?;
    let is_meant = |passkey: &Passkey| purpose.person().is_none_or(|person| passkey.account_id == person.0);
    let Some(passkey) = passkey.filter(is_meant) else { return Ok(Err(Trouble::Unknown)) };
    let person = ActorId(passkey.account_id);
    let account = store::accounts::by_id(tx, person)?.filter(|account| account.disabled.is_none());
    let Some(account) = account else { return Ok(Err(Trouble::Unknown)) };
    let is_theirs = match said.user() {
        Some(said) => said == user(tx.seal(), person)?,
        // Old authenticators leave it out where it is known who has to answer.
        None => purpose.person().is_some(),
    };
    if !is_theirs {
        return Ok(Err(Trouble::Wrong));
    }
    let credential = match party::verify(tx.site(), &said, &state, &passkey.credential)? {
        Ok(credential) => credential,
        Err(trouble) => return Ok(Err(trouble)),
    };
    let now = tx.now();
    store::passkeys::set_used(tx, PasskeyId(passkey.id), &credential, now)?;
    Ok(Ok(account))
}

/// Signs in with a passkey, which stands for the password and for the second step: the secret of the session.
pub async fn enter(app: &App, answer: Answer, whence: &Whence) -> Result<Verdict<String>> {
    app.limits().from(Deed::Login, whence, app.now())?;
    if identities::is_only_way(app) {
        return Ok(Err(Trouble::Unknown));
    }
    begin(app, Purpose::Enter, answer, whence).await
}

/// Makes the second step with a passkey, after the password: the secret of the session.
pub async fn enter_second(app: &App, proof: &str, answer: Answer, whence: &Whence) -> Result<Verdict<String>> {
    app.limits().from(Deed::Login, whence, app.now())?;
    let Some(account) = sessions::proven(app, proof).await? else { return Ok(Err(Trouble::Stale)) };
    begin(app, Purpose::Second(ActorId(account.id)), answer, whence).await
}

async fn begin(app: &App, purpose: Purpose, answer: Answer, whence: &Whence) -> Result<Verdict<String>> {
    match app.write(move |tx| judge(tx, purpose, &answer)).await? {
        Ok(account) => sessions::begin(app, Me(ActorId(account.id)), whence).await.map(Ok),
        Err(trouble) => Ok(Err(trouble)),
    }
}

/// Whether somebody who is signed in shows once more that it is them.
async fn confirm(app: &App, me: Me, proof: Proof) -> Result<Verdict<()>> {
    match proof {
        Proof::Password(secret) => {
            Ok(second_step::knows_password(app, me, secret).await?.then_some(()).ok_or(Trouble::Password))
        }
        Proof::Passkey(answer) => {
            let judged = app.write(move |tx| judge(tx, Purpose::Again(me.0), &answer)).await?;
            Ok(judged.map(drop))
        }
    }
}

/// The passkeys of somebody, the first that was added first.
pub async fn list(app: &App, me: Me) -> Result<Vec<Passkey>> {
    app.read(move |c| store::passkeys::of(c, me.0)).await
}

/// Asks the browser of somebody who shows that it is them to make a passkey, which [`add`] adds.
pub async fn offer(app: &App, me: Me, proof: Proof, kept: &str) -> Result<Verdict<Challenge>> {
    if let Err(trouble) = confirm(app, me, proof).await? {
        return Ok(Err(trouble));
    }
    let read = app.read(move |c| Ok((store::actors::by_id(c, me.0)?, store::passkeys::of(c, me.0)?)));
    let (actor, own) = read.await?;
    let actor = actor.ok_or(Error::NotFound)?;
    if own.len() >= MOST {
        return Ok(Err(Trouble::Many));
    }
    count(app, Purpose::Add(me.0))?;
    let question = party::creation(app.site(), &actor, &user(app.seal(), me.0)?, &own)?;
    remember(app, Purpose::Add(me.0), kept, question).await.map(Ok)
}

/// Adds the passkey that a browser made for somebody; the new secret of the session that it was made in. Where a second
/// step is asked for it is one, so that the others end. They are told by mail.
pub async fn add(app: &App, me: Me, session: SessionId, answer: Answer, name: &str) -> Result<Verdict<String>> {
    let (name, renewed) = (named(name)?, random::secret()?);
    app.write(move |tx| {
        let Some(said) = party::Creation::parse(&answer.said) else { return Ok(Err(Trouble::Wrong)) };
        let purpose = Purpose::Add(me.0);
        let Some(state) = take(tx, purpose, &answer.kept, &said.challenge)? else { return Ok(Err(Trouble::Stale)) };
        let (handle, credential) = match party::admit(tx.site(), &said, &state)? {
            Ok(made) => made,
            Err(trouble) => return Ok(Err(trouble)),
        };
        if store::passkeys::by_handle(tx, &handle)?.is_some() {
            return Ok(Err(Trouble::Known));
        }
        if store::passkeys::of(tx, me.0)?.len() >= MOST {
            return Ok(Err(Trouble::Many));
        }
        let id: PasskeyId = tx.new_id();
        let (id, account_id, created) = (id.0, me.0.0, tx.now().0);
        let passkey = Passkey { id, account_id, handle, name: name.clone(), credential, created, used: None };
        store::passkeys::insert(tx, &passkey)?;
        sessions::raise(tx, me, session, &renewed)?;
        tx.mail(&Errand::Passkey(account_id, name.clone(), true))?;
        Ok(Ok(renewed.clone()))
    })
    .await
}

/// What a passkey is called.
fn named(name: &str) -> Result<String> {
    let name = plain::cut(&plain::name(name), NAME);
    if name.is_empty() { Err(Error::Invalid("a passkey needs a name".into())) } else { Ok(name) }
}

/// Calls one of my passkeys something else. It opens what it opened, so nobody has to show that it is them.
pub async fn rename(app: &App, me: Me, id: PasskeyId, name: &str) -> Result<()> {
    let name = named(name)?;
    let known = app.write(move |tx| Ok(store::passkeys::rename(tx, me.0, id, &name)?)).await?;
    known.then_some(()).ok_or(Error::NotFound)
}

/// Takes a passkey away from somebody who shows that it is them. They are told by mail.
pub async fn remove(app: &App, me: Me, id: PasskeyId, proof: Proof) -> Result<Verdict<()>> {
    if let Err(trouble) = confirm(app, me, proof).await? {
        return Ok(Err(trouble));
    }
    app.write(move |tx| {
        let name = store::passkeys::remove(tx, me.0, id)?.ok_or(Error::NotFound)?;
        tx.mail(&Errand::Passkey(me.0.0, name, false))?;
        Ok(Ok(()))
    })
    .await
}

/// Takes all passkeys away from a login. Its person is told by mail; whether there were any.
pub(crate) fn forget(tx: &mut Tx<'_, '_>, person: ActorId) -> Result<bool> {
    let lost = store::passkeys::of(tx, person)?;
    store::passkeys::remove_all(tx, person)?;
    for passkey in &lost {
        tx.mail(&Errand::Passkey(person.0, passkey.name.clone(), false))?;
    }
    Ok(!lost.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_know_passkeys_of_names_that_are_reached_safely() {
        let of = |url: &str| {
            let site = Site::new(&url.parse().unwrap()).unwrap();
            unfit(&site, site.host())
        };
        for url in
            ["https://plaza.example", "http://localhost:8080", "http://plaza.localhost", "https://plaza.example:8443"]
        {
            assert_eq!(of(url), None, "{url}");
        }
        for url in ["https://192.0.2.7", "http://127.0.0.1:8080", "https://[2001:db8::1]:8443"] {
            assert_eq!(of(url), Some(Unfit::Address), "{url}");
        }
        for url in ["http://plaza.example", "http://localhost.example"] {
            assert_eq!(of(url), Some(Unfit::Insecure), "{url}");
        }
        let site = Site::new(&"https://plaza.example".parse().unwrap()).unwrap();
        assert_eq!(unfit(&site, &Host::parse("foro.example").unwrap()), Some(Unfit::Elsewhere));
    }
}
