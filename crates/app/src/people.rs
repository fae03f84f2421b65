//! People here: their logins, passwords and tokens.
use domain::{
    actor::{Actor, ActorKind},
    id::{ActorId, AppId},
    scope,
    time::Timestamp,
};
use store::{accounts::Account, tokens::Token};

use crate::{App, Error, Me, Result, Tx, groups, keys, random, sign_up::Flaw, visits};

pub(crate) mod passwords;

/// A person to be created.
#[derive(Clone)]
pub struct NewPerson {
    /// The name of the handle.
    pub name: String,
    /// Where mail goes.
    pub email: String,
    /// Eight to 128 characters.
    pub password: String,
    /// Whether they administer this server.
    pub admin: bool,
    /// BCP 47, for what the server writes to them.
    pub language: String,
}

/// Creates a login with its person.
pub async fn create(app: &App, new: NewPerson) -> Result<Actor> {
    let prepared = prepare(app, new).await?;
    app.write(move |tx| enrol(tx, &prepared)).await
}

/// A person ready to be written: everything is checked, the password hashed, the keys made.
#[derive(Clone)]
pub(crate) struct Prepared {
    name: String,
    pub(crate) email: String,
    password_hash: String,
    admin: bool,
    language: String,
    keys: keys::Pair,
}

pub(crate) async fn prepare(app: &App, new: NewPerson) -> Result<Prepared> {
    if !passwords::fits(&new.password) {
        return Err(Error::Invalid("a password has 8 to 128 characters".into()));
    }
    let password_hash = passwords::hash(app, new.password.clone()).await?;
    Ok(Prepared { password_hash, ..prepare_without_password(app, new).await? })
}

/// The same, of somebody who has no password: a provider speaks for them.
pub(crate) async fn prepare_without_password(app: &App, new: NewPerson) -> Result<Prepared> {
    let name = groups::checked_name(&new.name)?;
    let email = checked_email(&new.email)?;
    let keys = keys::generate(app).await?;
    let language = domain::text::language::normalize_tag(&new.language).unwrap_or_else(|| "en".to_owned());
    Ok(Prepared { name, email, password_hash: String::new(), admin: new.admin, language, keys })
}

/// What of a person somebody else has already; of the address only if that is to be told.
pub(crate) fn taken(tx: &mut Tx<'_, '_>, new: &Prepared, tells_address: bool) -> Result<Vec<Flaw>> {
    let host = tx.site().host().to_string();
    let name = store::actors::name_taken(tx, &new.name, &host)?.then_some(Flaw::NameTaken);
    let email = tells_address && store::accounts::by_email(tx, &new.email)?.is_some();
    Ok(name.into_iter().chain(email.then_some(Flaw::EmailTaken)).collect())
}

/// What a new login waits for.
#[derive(Debug, Clone)]
pub(crate) struct Admission {
    /// Whether its address counts as confirmed.
    pub(crate) confirmed: bool,
    /// Whether it is taken in.
    pub(crate) approved: bool,
    /// Why they want to be.
    pub(crate) reason: String,
    /// The number that it has to have, if something was made for it before.
    pub(crate) number: Option<ActorId>,
}

/// Makes a login that waits for nothing.
pub(crate) fn enrol(tx: &mut Tx<'_, '_>, new: &Prepared) -> Result<Actor> {
    if store::accounts::by_email(tx, &new.email)?.is_some() {
        return Err(Error::Conflict("this e-mail address has a login already".into()));
    }
    enrol_as(tx, new, &Admission { confirmed: true, approved: true, reason: String::new(), number: None })
}

/// Makes a login, which may have to wait until its address is confirmed and it is taken in.
pub(crate) fn enrol_as(tx: &mut Tx<'_, '_>, new: &Prepared, admission: &Admission) -> Result<Actor> {
    let host = tx.site().host().clone();
    let mut person = groups::new_local(tx, ActorKind::Person, &host, (&new.name, &new.name))?;
    person.id = admission.number.unwrap_or(person.id);
    store::actors::insert(tx, &person)?;
    keys::keep(tx, &person, &new.keys)?;
    let account = Account {
        id: person.id.0,
        email: if admission.confirmed { new.email.clone() } else { person.id.to_string() },
        password_hash: new.password_hash.clone(),
        admin: new.admin,
        language: new.language.clone(),
        created: tx.now().0,
        disabled: None,
        confirmed: admission.confirmed.then_some(tx.now().0),
        approved: admission.approved.then_some(tx.now().0),
        reason: admission.reason.clone(),
        totp: None,
        totp_step: 0,
        wanted_email: None,
    };
    store::accounts::insert(tx, &account)?;
    Ok(person)
}

pub(crate) fn checked_email(email: &str) -> Result<String> {
    let email = email.trim().to_lowercase();
    let fits = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | '"' | ',' | ';' | '(' | ')');
    let well_formed = email.len() <= 254
        && email.chars().all(fits)
        && email.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty()
                && !host.is_empty()
                && !host.contains('@')
                && !host.starts_with('.')
                && !host.ends_with('.')
        });
    if well_formed { Ok(email) } else { Err(Error::Invalid("this is no e-mail address".into())) }
}

/// The person here with this name.
pub async fn by_name(app: &App, name: &str) -> Result<Actor> {
    let (name, host) = (name.trim_start_matches('@').to_lowercase(), app.site().host().to_string());
    let found = app.read(move |c| store::actors::by_handle(c, &name, &host)).await?;
    found.filter(|actor| actor.is_local() && actor.deleted.is_none()).ok_or(Error::NotFound)
}

/// Sets the language in which the server speaks to somebody.
pub async fn speak(app: &App, me: Me, language: &str) -> Result<()> {
    let language = domain::text::language::normalize_tag(language).ok_or(Error::NotFound)?;
    app.write(move |tx| Ok(store::accounts::set_language(tx, me.0, &language)?)).await
}

/// Makes a bearer token for scripts; it is shown once, only its hash is kept.
pub async fn create_token(app: &App, person: ActorId, scopes: &str) -> Result<String> {
    let known = || Error::Invalid(format!("scopes are words among: {}", scope::ALL.join(" ")));
    let scopes = scope::parse(scopes).ok_or_else(known)?;
    let token = random::secret()?;
    let hash = random::fingerprint(&token);
    app.write(move |tx| {
        store::accounts::by_id(tx, person)?.ok_or(Error::NotFound)?;
        let (account_id, created) = (Some(person.0), tx.now().0);
        let (hash, scopes) = (hash.clone(), scopes.clone());
        Ok(store::tokens::insert(tx, &Token { hash, account_id, app_id: None, scopes, created, expires: None })?)
    })
    .await?;
    Ok(token)
}

/// What a bearer token stands for.
#[derive(Debug, Clone)]
pub struct Bearer {
    /// The person and their login; nobody, if an application acts for itself.
    pub person: Option<(Me, Account)>,
    /// The application that has the token; none, if it was made by command.
    pub app: Option<AppId>,
    /// By what the token is known here: what hangs on it names it so.
    pub hash: String,
    /// What it may be used for, words with spaces between.
    pub scopes: String,
}

impl Bearer {
    /// Whether the token covers `scope`, itself (`write:statuses`) or a whole that it is part of (`write`).
    pub fn may(&self, scope: &str) -> bool {
        scope::covers(&self.scopes, scope)
    }
}

/// What `token` stands for, if it is valid.
pub async fn bearer(app: &App, token: &str) -> Result<Option<Bearer>> {
    let (hash, now): (String, Timestamp) = (random::fingerprint(token), app.now());
    let found = app.read(move |c| store::tokens::find(c, &hash, now)).await?;
    if let Some((_, Some(account))) = &found {
        visits::note(app, ActorId(account.id)).await?;
    }
    Ok(found.map(|(token, account)| Bearer {
        person: account.map(|account| (Me(ActorId(account.id)), account)),
        app: token.app_id.map(AppId),
        hash: token.hash,
        scopes: token.scopes,
    }))
}
