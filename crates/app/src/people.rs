//! People here: their logins, passwords and tokens.
use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};
use domain::{
    actor::{Actor, ActorKind},
    id::ActorId,
    text::plain,
    time::Timestamp,
};
use store::accounts::{Account, Token};

use crate::{App, Error, Me, Result, Tx, groups, keys, random};

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

/// The scopes a token may have.
pub const SCOPES: [&str; 4] = ["read", "write", "follow", "push"];

/// Creates a login with its person.
pub async fn create(app: &App, new: NewPerson) -> Result<Actor> {
    let prepared = prepare(app, new).await?;
    app.write(move |tx| enrol(tx, &prepared)).await
}

/// A person ready to be written: everything is checked, the password hashed, the keys made.
#[derive(Clone)]
pub(crate) struct Prepared {
    name: String,
    email: String,
    password_hash: String,
    admin: bool,
    language: String,
    keys: keys::Pair,
}

pub(crate) async fn prepare(app: &App, new: NewPerson) -> Result<Prepared> {
    let name = groups::checked_name(&new.name)?;
    let email = checked_email(&new.email)?;
    if !is_password(&new.password) {
        return Err(Error::Invalid("a password has 8 to 128 characters".into()));
    }
    let password_hash = hash(app, new.password).await?;
    let keys = keys::generate(app).await?;
    let language = domain::text::language::normalize_tag(&new.language).unwrap_or_else(|| "en".to_owned());
    Ok(Prepared { name, email, password_hash, admin: new.admin, language, keys })
}

pub(crate) fn enrol(tx: &mut Tx<'_, '_>, new: &Prepared) -> Result<Actor> {
    if store::accounts::by_email(tx, &new.email)?.is_some() {
        return Err(Error::Conflict("this e-mail address has a login already".into()));
    }
    let host = tx.site().host().clone();
    let person = groups::new_local(tx, ActorKind::Person, &host, (&new.name, &new.name))?;
    store::actors::insert(tx, &person)?;
    keys::keep(tx, &person, &new.keys)?;
    let account = Account {
        id: person.id.0,
        email: new.email.clone(),
        password_hash: new.password_hash.clone(),
        admin: new.admin,
        language: new.language.clone(),
        created: tx.now().0,
        disabled: None,
    };
    store::accounts::insert(tx, &account)?;
    Ok(person)
}

/// Whether a password has a length that we take.
pub(crate) fn is_password(password: &str) -> bool {
    (8..=128).contains(&password.chars().count())
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

/// Argon2id with 19 MiB and two passes: what OWASP asks for at least.
fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|e| Error::internal(e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

async fn hash(app: &App, password: String) -> Result<String> {
    let work = move || -> Result<String> {
        let hash = argon2()?.hash_password(password.as_bytes()).map_err(|e| Error::internal(e.to_string()))?;
        Ok(hash.to_string())
    };
    app.tasks().blocking(work).await.map_err(Error::internal)?
}

/// Whether `password` is that of the login with this e-mail address; takes as long when there is none.
pub async fn authenticate(app: &App, email: &str, password: String) -> Result<Option<Me>> {
    let email = email.trim().to_lowercase();
    let account = app.read(move |c| store::accounts::by_email(c, &email)).await?;
    let account = account.filter(|account| account.disabled.is_none());
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    let check = move || -> Result<bool> {
        let Some(hash) = hash else {
            argon2()?.hash_password(password.as_bytes()).map_err(|e| Error::internal(e.to_string()))?;
            return Ok(false);
        };
        let hash = PasswordHash::new(&hash).map_err(|e| Error::internal(e.to_string()))?;
        Ok(argon2()?.verify_password(password.as_bytes(), &hash).is_ok())
    };
    let right = app.tasks().blocking(check).await.map_err(Error::internal)??;
    Ok(account.filter(|_| right).map(|account| Me(ActorId(account.id))))
}

/// The person here with this name.
pub async fn by_name(app: &App, name: &str) -> Result<Actor> {
    let (name, host) = (name.trim_start_matches('@').to_lowercase(), app.site().host().to_string());
    let found = app.read(move |c| store::actors::by_handle(c, &name, &host)).await?;
    found.filter(|actor| actor.is_local() && actor.deleted.is_none()).ok_or(Error::NotFound)
}

/// Makes a bearer token for scripts; it is shown once, only its hash is kept.
pub async fn create_token(app: &App, person: ActorId, scopes: &str) -> Result<String> {
    let scopes = checked_scopes(scopes)?;
    let token = random::secret()?;
    let hash = token_hash(&token);
    app.write(move |tx| {
        store::accounts::by_id(tx, person)?.ok_or(Error::NotFound)?;
        let (account_id, created) = (person.0, tx.now().0);
        let row = Token { hash: hash.clone(), account_id, scopes: scopes.clone(), created, expires: None };
        Ok(store::accounts::insert_token(tx, &row)?)
    })
    .await?;
    Ok(token)
}

fn checked_scopes(scopes: &str) -> Result<String> {
    let words: Vec<&str> = scopes.split_whitespace().collect();
    let known = |word: &&str| SCOPES.contains(&word.split(':').next().unwrap_or_default());
    if words.is_empty() || !words.iter().all(known) {
        return Err(Error::Invalid(format!("scopes are words among: {}", SCOPES.join(" "))));
    }
    Ok(words.join(" "))
}

/// Who is behind a bearer token, and what it may be used for.
#[derive(Debug, Clone)]
pub struct Bearer {
    /// The person.
    pub me: Me,
    /// Their login.
    pub account: Account,
    /// Words with spaces between.
    pub scopes: String,
}

impl Bearer {
    /// Whether the token covers `scope`, itself (`write`) or a part (`write:statuses`).
    pub fn may(&self, scope: &str) -> bool {
        let whole = scope.split(':').next().unwrap_or(scope);
        self.scopes.split(' ').any(|granted| granted == scope || granted == whole)
    }
}

/// Who is behind `token`, if it is valid.
pub async fn bearer(app: &App, token: &str) -> Result<Option<Bearer>> {
    let (hash, now): (String, Timestamp) = (token_hash(token), app.now());
    let found = app.read(move |c| store::accounts::by_token(c, &hash, now)).await?;
    Ok(found.map(|(token, account)| Bearer { me: Me(ActorId(account.id)), scopes: token.scopes, account }))
}

fn token_hash(token: &str) -> String {
    let digest = openssl::sha::sha256(plain::cut(token, 256).as_bytes());
    hex::encode(digest)
}
