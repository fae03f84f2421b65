//! The second step of signing in: codes of an authenticator, and recovery codes for when it is lost.
use domain::id::{ActorId, SessionId};
use store::accounts::Account;

use crate::{
    App, Error, Event, House, Me, Part, Result, limits::Deed, mail::Errand, people::passwords, random, rules, sessions,
    totp,
};

/// What the secret is sealed for in the database.
const KEPT: &str = "authenticator";
/// What a secret is sealed for that is still being set up.
const OFFERED: &str = "authenticator, offered";

/// How many recovery codes there are.
const RECOVERY: usize = 10;
/// How many bytes of chance are in each.
const CODE: usize = 10;

/// An authenticator that is being set up.
#[derive(Debug, Clone)]
pub struct Offer {
    /// What one types into it.
    pub secret: String,
    /// The same as a link that it understands.
    pub link: String,
    /// What [`turn_on`] needs to know: the secret, sealed for this person.
    pub sealed: String,
}

/// A new secret for an authenticator; nothing is kept until [`turn_on`].
pub fn offer(app: &App, me: Me, name: &str) -> Result<Offer> {
    let secret = random::bytes::<20>()?;
    let (typed, site) = (totp::encode(&secret), app.site().host().display());
    let sealed = app.seal().close(&format!("{OFFERED} to {}", me.0), &secret)?;
    let link = domain::urls::authenticator(&site, name, &typed);
    Ok(Offer { link, secret: typed, sealed: hex::encode(sealed) })
}

/// The offer again, for whoever entered a wrong code.
pub fn offered(app: &App, me: Me, name: &str, sealed: &str) -> Result<Option<Offer>> {
    let Some(secret) = opened(app, me, sealed) else { return Ok(None) };
    let (typed, site) = (totp::encode(&secret), app.site().host().display());
    Ok(Some(Offer { link: domain::urls::authenticator(&site, name, &typed), secret: typed, sealed: sealed.to_owned() }))
}

fn opened(app: &App, me: Me, sealed: &str) -> Option<Vec<u8>> {
    let sealed = hex::decode(sealed).ok()?;
    app.seal().open(&format!("{OFFERED} to {}", me.0), &sealed).ok()
}

/// What comes of turning it on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turned {
    /// It is on: the recovery codes, which are shown once, and the new secret of the session that asked. The others ended:
    /// they came in without it.
    On(Vec<String>, String),
    /// That was not the password.
    Stranger,
    /// The authenticator does not have the secret.
    Wrong,
}

/// Asks for the second step from now on, if the code shows that the authenticator of whoever knows the password has the
/// secret.
pub async fn turn_on(app: &App, me: Me, shown: Secret, sealed: &str, code: &str) -> Result<Turned> {
    let secret = opened(app, me, sealed).ok_or_else(|| Error::Invalid("this set-up is too old".into()))?;
    let session = shown.session;
    if !knows_password(app, me, shown).await? {
        return Ok(Turned::Stranger);
    }
    app.limits().of(Deed::Guess, format!("code {}", me.0), app.now())?;
    let Some(step) = totp::matching_step(&secret, code, app.now(), 0)? else { return Ok(Turned::Wrong) };
    let kept = app.seal().close(&format!("{KEPT} of {}", me.0), &secret)?;
    let (codes, renewed) = (recovery_codes()?, random::secret()?);
    let hashes: Vec<String> = codes.iter().map(|code| recovery_hash(me.0, code)).collect();
    let entry = renewed.clone();
    app.write(move |tx| {
        store::accounts::set_totp(tx, me.0, Some(&kept), step)?;
        store::accounts::set_recovery_codes(tx, me.0, &hashes)?;
        sessions::raise(tx, me, session, &entry)?;
        tx.mail(&Errand::SecondStep(me.0.0, true))
    })
    .await?;
    Ok(Turned::On(codes, renewed))
}

/// Asks for the second step no more; whether the password was right.
pub async fn turn_off(app: &App, me: Me, secret: Secret) -> Result<bool> {
    if !knows_password(app, me, secret).await? {
        return Ok(false);
    }
    app.write(move |tx| {
        store::accounts::set_totp(tx, me.0, None, 0)?;
        store::accounts::set_recovery_codes(tx, me.0, &[])?;
        tx.mail(&Errand::SecondStep(me.0.0, false))?;
        Ok(true)
    })
    .await
}

/// Whether I have to set it up before I can use the power that I have.
pub async fn is_due(app: &App, me: Me) -> Result<bool> {
    app.read(move |c| {
        let admin = store::accounts::is_admin(c, me.0)?;
        store::second_steps::is_due(c, me.0, admin)
    })
    .await
}

/// Of these groups, in whose teams I am, those that I can do nothing in before I set it up.
///
/// # Errors
/// When the database fails.
pub fn lacking(c: &mut store::Conn, me: Me, groups: &[ActorId]) -> store::Result<Vec<ActorId>> {
    store::second_steps::lacking(c, me.0, groups)
}

/// Whether all who keep order or administer here need it.
pub async fn is_required(app: &App) -> Result<bool> {
    app.read(store::second_steps::is_required).await
}

/// Asks it of all who keep order or administer here, or of those alone whose community asks it; for admins.
pub async fn require(app: &App, me: Me, on: bool) -> Result<()> {
    app.write(move |tx| {
        rules::may_administer(tx, me)?;
        if store::second_steps::is_required(tx)? != on {
            store::second_steps::require(tx, on)?;
            let about = if on { "+" } else { "−" }.to_owned();
            tx.emit(Event::House(House::Changed { by: me.0, what: Part::SecondStep, about }));
        }
        Ok(())
    })
    .await
}

/// What somebody who is signed in shows to prove once more that it is them.
#[derive(Clone)]
pub struct Secret {
    /// The password of their login.
    pub password: String,
    /// The session that asks: whoever has no password has begun it a moment ago.
    pub session: SessionId,
}

/// Whether a person who is signed in already shows that it is them.
pub async fn knows_password(app: &App, me: Me, secret: Secret) -> Result<bool> {
    app.limits().of(Deed::Guess, me.0, app.now())?;
    let account = app.read(move |c| store::accounts::by_id(c, me.0)).await?.ok_or(Error::NotFound)?;
    if !account.has_password() {
        return sessions::is_fresh(app, me, secret.session).await;
    }
    passwords::is_right(app, Some(account.password_hash), secret.password).await
}

/// Whether this is the code of an authenticator, or a recovery code; neither is good twice.
pub(crate) async fn pass(app: &App, me: Me, code: &str) -> Result<bool> {
    let code = code.to_owned();
    app.write(move |tx| {
        let account: Account = store::accounts::by_id(tx, me.0)?.ok_or(Error::NotFound)?;
        let Some(kept) = account.totp else { return Ok(false) };
        let secret = tx.seal().open(&format!("{KEPT} of {}", me.0), &kept)?;
        if let Some(step) = totp::matching_step(&secret, &code, tx.now(), account.totp_step)? {
            store::accounts::set_totp(tx, me.0, Some(&kept), step)?;
            return Ok(true);
        }
        Ok(store::accounts::spend_recovery_code(tx, me.0, &recovery_hash(me.0, &code))?)
    })
    .await
}

fn recovery_codes() -> Result<Vec<String>> {
    let one = || Ok(hex::encode(random::bytes::<CODE>()?)).map(|code: String| spaced(&code));
    std::iter::repeat_with(one).take(RECOVERY).collect()
}

/// Whether these look like all the recovery codes that [`turn_on`] tells.
pub fn are_codes(told: &[&str]) -> bool {
    let is_code = |code: &&str| {
        let digits = code.replace('-', "");
        digits.len() == 2 * CODE && digits.chars().all(|digit| digit.is_ascii_hexdigit()) && spaced(&digits) == **code
    };
    told.len() == RECOVERY && told.iter().all(is_code)
}

/// In groups of five, so that it can be copied by hand.
fn spaced(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    letters.chunks(5).map(|five| five.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

fn recovery_hash(person: ActorId, code: &str) -> String {
    let letters: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    random::fingerprint(&format!("{person} {}", letters.to_lowercase()))
}
