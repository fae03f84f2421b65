//! Signing in with a browser: password, second step, and the sessions that come of it.
use std::time::Duration;

use domain::{
    id::{ActorId, SessionId},
    text::plain,
    time::{Timestamp, span},
};
use store::{accounts::Account, sessions::Session as Row};

use crate::{
    App, Change, Error, Me, Result, Tx, Whence,
    devices::{self, Door},
    guests, identities,
    limits::Deed,
    people::passwords,
    random, seal, second_step, visits,
};

/// How long a session lasts after it was last seen.
const IDLE: Duration = span::days(30);

/// How long a session of somebody with an account elsewhere lasts, seen or not: their server does not tell us when they
/// lose that account, so that it is asked again.
const GUEST: Duration = span::days(30);

/// How often a session is noted as seen: not with each page.
const NOTED: Duration = span::hours(1);

/// How long one may take between the password and the second step.
const STEP: Duration = span::minutes(10);

/// How long it counts that somebody signed in, where others show by a password that it is them.
const FRESH: Duration = span::minutes(10);

/// How many bytes prove that a token of forms is one of ours.
const PROVEN: usize = 16;

/// What the second step's proof is sealed for.
const PROOF: &str = "second step";

/// How much of what a browser calls itself is kept.
const AGENT: usize = 200;

/// What a name and a password lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// In: the secret of a new session.
    In(String),
    /// To the second step: the proof that the first was made, for [`enter_second`].
    Second(String),
    /// Nowhere: there is no such login, or it has another password.
    Wrong,
}

/// Signs in with a name or an e-mail address and a password.
pub async fn enter(app: &App, name: &str, password: String, whence: &Whence) -> Result<Entry> {
    if identities::is_only_way(app) {
        return Ok(Entry::Wrong);
    }
    match owner(app, name, password, whence).await? {
        Some(account) => admit(app, &account, whence).await,
        None => Ok(Entry::Wrong),
    }
}

/// Lets somebody in whose login it is, or leads them to the second step.
pub(crate) async fn admit(app: &App, account: &Account, whence: &Whence) -> Result<Entry> {
    if account.totp.is_some() {
        return prove(app, account).map(Entry::Second);
    }
    begin(app, Me(ActorId(account.id)), whence).await.map(Entry::In)
}

/// The login with this name or e-mail address, if the password is its own; takes as long when there is none.
pub(crate) async fn owner(app: &App, name: &str, password: String, whence: &Whence) -> Result<Option<Account>> {
    let name = plain::cut(name.trim(), 254).to_lowercase();
    app.limits().from(Deed::Login, whence, app.now())?;
    devices::guess(app, Door::Here, &name, whence)?;
    let host = app.site().host().to_string();
    let account = app.read(move |c| {
        if name.trim_start_matches('@').contains('@') {
            store::accounts::by_email(c, &name)
        } else {
            store::accounts::by_name(c, name.trim_start_matches('@'), &host)
        }
    });
    let account = account.await?.filter(|account| account.disabled.is_none());
    let hash = account.as_ref().filter(|it| it.has_password()).map(|account| account.password_hash.clone());
    let right = passwords::is_right(app, hash, password).await?;
    Ok(account.filter(|_| right))
}

/// What says, for a while, that somebody knew the password; it is worth nothing once that changes.
fn prove(app: &App, account: &Account) -> Result<String> {
    let until = app.now() + STEP;
    let text = format!("{} {} {}", account.id, until.0, random::fingerprint(&account.password_hash));
    Ok(hex::encode(app.seal().close(PROOF, text.as_bytes())?))
}

/// The login whose password somebody knew a moment ago.
pub(crate) async fn proven(app: &App, proof: &str) -> Result<Option<Account>> {
    let opened = hex::decode(proof).ok().and_then(|sealed| app.seal().open(PROOF, &sealed).ok());
    let Some(text) = opened.and_then(|bytes| String::from_utf8(bytes).ok()) else { return Ok(None) };
    let mut words = text.split(' ');
    let mut number = || words.next().and_then(|word| word.parse::<i64>().ok()).unwrap_or_default();
    let (id, until) = (ActorId(number()), Timestamp(number()));
    if until < app.now() {
        return Ok(None);
    }
    let account = app.read(move |c| store::accounts::by_id(c, id)).await?;
    let fingerprint = words.next().unwrap_or_default();
    let same = |account: &Account| random::fingerprint(&account.password_hash) == fingerprint;
    Ok(account.filter(|account| account.disabled.is_none() && same(account)))
}

/// Signs in with the code of the second step, or with a recovery code, after the password; the secret of the session.
/// Nothing, if the code is wrong or too much time went by.
pub async fn enter_second(app: &App, proof: &str, code: &str, whence: &Whence) -> Result<Option<String>> {
    app.limits().from(Deed::Login, whence, app.now())?;
    let Some(account) = proven(app, proof).await? else { return Ok(None) };
    app.limits().of(Deed::Guess, format!("code {}", account.id), app.now())?;
    let me = Me(ActorId(account.id));
    if !second_step::pass(app, me, code).await? {
        return Ok(None);
    }
    begin(app, me, whence).await.map(Some)
}

/// A new session; its secret, of which only the hash is kept.
pub async fn begin(app: &App, me: Me, whence: &Whence) -> Result<String> {
    let secret = random::secret()?;
    let (hash, agent) = (random::fingerprint(&secret), plain::cut(&plain::name(&whence.agent), AGENT));
    let address = whence.address.map(|address| address.to_canonical().to_string()).unwrap_or_default();
    app.write(move |tx| {
        let lasts = match store::accounts::by_id(tx, me.0)? {
            Some(account) if account.disabled.is_none() => IDLE,
            None if guests::may_enter(tx, me.0)? => GUEST,
            _ => return Err(Error::NotFound),
        };
        let (id, now): (SessionId, Timestamp) = (tx.new_id(), tx.now());
        let row = Row {
            id: id.0,
            hash: hash.clone(),
            person_id: me.0.0,
            created: now.0,
            seen: now.0,
            expires: (now + lasts).0,
            agent: agent.clone(),
            address: address.clone(),
        };
        Ok(store::sessions::insert(tx, &row)?)
    })
    .await?;
    Ok(secret)
}

/// A browser that is signed in, and who it is.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its number.
    pub id: SessionId,
    /// Who is signed in.
    pub me: Me,
    /// Their login, which may be one that waits (see [`Account::is_ready`]); none, if they have their account elsewhere.
    pub account: Option<Account>,
    /// What every form of this session says, so that no other site can send one.
    pub form_token: String,
}

/// The session with this secret, if it has not ended. That of somebody with a login lasts longer for being seen.
pub async fn find(app: &App, secret: &str) -> Result<Option<Session>> {
    let (hash, now) = (random::fingerprint(secret), app.now());
    let found = app.read({
        let hash = hash.clone();
        move |c| store::sessions::find(c, &hash, now)
    });
    let Some((row, account)) = found.await? else { return Ok(None) };
    let id = SessionId(row.id);
    if now.since(Timestamp(row.seen)) >= NOTED {
        let ends = account.is_none().then_some(Timestamp(row.expires));
        app.write(move |tx| {
            let now = tx.now();
            Ok(store::sessions::touch(tx, id, now, ends.unwrap_or(now + IDLE))?)
        })
        .await?;
    }
    if let Some(account) = &account {
        visits::note(app, ActorId(account.id)).await?;
    }
    let me = Me(ActorId(row.person_id));
    Ok(Some(Session { id, me, account, form_token: form_token(app, id, me.0)? }))
}

/// The token of the forms of a session: which one it is, whose, and a proof of both. It stays the same when the session gets
/// another secret, so that no form that is open meanwhile is lost.
fn form_token(app: &App, session: SessionId, person: ActorId) -> Result<String> {
    let proof = app.seal().token(&format!("forms of session {session} of {person}"))?;
    let proof = proof.get(..2 * PROVEN).unwrap_or_default();
    Ok(format!("{:016x}{:016x}{proof}", session.0, person.0))
}

/// Who was signed in where a form was made, by its token: even if that session has ended.
pub fn author(app: &App, token: &str) -> Result<Option<ActorId>> {
    let number = |at: usize| token.get(at..at + 16).and_then(|digits| i64::from_str_radix(digits, 16).ok());
    let (Some(session), Some(person)) = (number(0), number(16)) else { return Ok(None) };
    let own = form_token(app, SessionId(session), ActorId(person))?;
    Ok(seal::is_same(&own, token).then_some(ActorId(person)))
}

/// Whether this session of somebody began a moment ago.
pub(crate) async fn is_fresh(app: &App, me: Me, session: SessionId) -> Result<bool> {
    let now = app.now();
    let is_new = move |one: &Row| one.id == session.0 && now.since(Timestamp(one.created)) < FRESH;
    Ok(list(app, me).await?.iter().any(is_new))
}

/// The sessions of a person, the last seen first.
pub async fn list(app: &App, me: Me) -> Result<Vec<Row>> {
    let now = app.now();
    app.read(move |c| store::sessions::of(c, me.0, now)).await
}

/// Ends a session of a person.
pub async fn end(app: &App, me: Me, id: SessionId) -> Result<()> {
    app.write(move |tx| {
        if !store::sessions::remove(tx, me.0, id)? {
            return Err(Error::NotFound);
        }
        tx.show(Change::SignedOut(me.0));
        Ok(())
    })
    .await
}

/// Another secret for a session of a person, and the end of all their others: whoever got hold of one before it could do
/// more than it can now has nothing of that.
pub(crate) fn raise(tx: &mut Tx<'_, '_>, me: Me, session: SessionId, secret: &str) -> Result<()> {
    if !store::sessions::renew(tx, me.0, session, &random::fingerprint(secret))? {
        return Err(Error::NotFound);
    }
    keep_only(tx, me.0, Some(session))
}

/// Ends all sessions of a person but this one.
pub async fn end_others(app: &App, me: Me, kept: SessionId) -> Result<()> {
    app.write(move |tx| keep_only(tx, me.0, Some(kept))).await
}

/// Ends all sessions of a person, or all but one, and what their open pages hear.
pub(crate) fn keep_only(tx: &mut Tx<'_, '_>, person: ActorId, kept: Option<SessionId>) -> Result<()> {
    tx.show(Change::SignedOut(person));
    Ok(store::sessions::remove_others(tx, person, kept)?)
}

/// Signs a person out everywhere: browsers, applications and scripts. Nor is anything read any more by their secret addresses.
pub(crate) fn end_all(tx: &mut Tx<'_, '_>, person: ActorId) -> Result<()> {
    keep_only(tx, person, None)?;
    store::feed_keys::remove_all(tx, person)?;
    Ok(store::tokens::remove_all(tx, person)?)
}
