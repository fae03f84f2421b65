//! Applications and what they are allowed (OAuth 2): registering, consent, codes, tokens, and taking it all back.
use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    id::AppId,
    scope,
    text::plain,
    time::{Timestamp, span},
    urls,
};
use store::{
    apps::{Application, Authorised},
    tokens::{Code, Token},
};

use crate::{App, Change, Error, Me, Result, Tx, Whence, limits::Deed, random};

/// Where an application is sent a code that cannot be sent anywhere: the person copies it by hand.
pub const BY_HAND: &str = "urn:ietf:wg:oauth:2.0:oob";

/// How long a code may be turned into a token.
const CODE: Duration = span::minutes(10);

/// How many tokens an application has for itself: each of those who share it may have asked for one.
pub(crate) const OWN: i64 = 100;

/// How much an application may say of itself.
const NAME: usize = 100;
const ADDRESS: usize = 2_000;
const ADDRESSES: usize = 50;

/// An application that wants to be known.
#[derive(Debug, Clone, Default)]
pub struct NewApp {
    /// What it calls itself.
    pub name: String,
    /// Where it can be found.
    pub website: Option<String>,
    /// Where it wants people to be sent back to.
    pub redirect_uris: Vec<String>,
    /// What it may ask for at most; [`scope::DEFAULT`] if it does not say.
    pub scopes: Option<String>,
}

/// Registers an application; with its secret, which is shown once. It is never forgotten, even if nobody gives it a token: servers
/// that people use as a client register once, keep the secret, and come back when the next one of them signs in. Mastodon
/// forgot such applications a day later from 4.2.0 on, and ceased to since none of them noticed. What holds them in bounds is how
/// many may come from one place; we say as much with `client_secret_expires_at`.
pub async fn register(app: &App, new: NewApp, whence: &Whence) -> Result<(Application, String)> {
    let name = plain::cut(&plain::name(&new.name), NAME);
    if name.is_empty() {
        return Err(Error::Invalid("Name can't be blank".into()));
    }
    let scopes = scope::parse(new.scopes.as_deref().unwrap_or(scope::DEFAULT))
        .ok_or_else(|| Error::Invalid("Scopes doesn't match configured on the server.".into()))?;
    let uris = new.redirect_uris;
    if uris.is_empty() || uris.len() > ADDRESSES || !uris.iter().all(|uri| uri.len() <= ADDRESS && is_redirect(uri)) {
        return Err(Error::Invalid("Redirect URI must be an absolute URI.".into()));
    }
    let website = new.website.filter(|website| !website.is_empty());
    if website.as_ref().is_some_and(|website| website.len() > ADDRESS || !urls::is_web(website)) {
        return Err(Error::Invalid("Website must be a valid URL".into()));
    }
    app.limits().from(Deed::NewApp, whence, app.now())?;
    let (client_id, secret) = (random::secret()?, random::secret()?);
    let secret_hash = random::fingerprint(&secret);
    let known = app.write(move |tx| {
        let (id, created): (AppId, Timestamp) = (tx.new_id(), tx.now());
        let app = Application {
            id,
            name: name.clone(),
            website: website.clone(),
            redirect_uris: uris.clone(),
            scopes: scopes.clone(),
            client_id: client_id.clone(),
            secret_hash: secret_hash.clone(),
            created,
        };
        store::apps::insert(tx, &app)?;
        Ok(app)
    });
    Ok((known.await?, secret))
}

/// Whether people may be sent there with a code: not to what a browser would run or show as a page of ours.
fn is_redirect(uri: &str) -> bool {
    let Some((scheme, rest)) = uri.split_once(':') else { return false };
    let scheme = scheme.to_ascii_lowercase();
    let named = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    let harmful = ["javascript", "data", "vbscript", "file", "blob", "about", "view-source"];
    named
        && !rest.is_empty()
        && !harmful.contains(&scheme.as_str())
        && uri.bytes().all(|byte| byte.is_ascii_graphic())
        && !uri.contains('#')
        && (!matches!(scheme.as_str(), "http" | "https") || urls::is_web(uri))
}

/// The application that names itself so.
pub async fn client(app: &App, client_id: &str) -> Result<Option<Application>> {
    let client_id = client_id.to_owned();
    app.read(move |c| store::apps::by_client_id(c, &client_id)).await
}

/// The application that names itself so, if it knows its secret.
pub async fn authenticate(app: &App, client_id: &str, secret: &str) -> Result<Option<Application>> {
    let hash = random::fingerprint(secret);
    // Both are hashes of the same length; how much of them agrees tells nothing about the secret.
    let knows = |client: &Application| openssl::memcmp::eq(client.secret_hash.as_bytes(), hash.as_bytes());
    Ok(client(app, client_id).await?.filter(knows))
}

/// The application with this number.
pub async fn by_id(app: &App, id: AppId) -> Result<Option<Application>> {
    Ok(app.read(move |c| store::apps::by_ids(c, &[id])).await?.pop())
}

/// What an application asks a person for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// By what it names itself.
    pub client_id: String,
    /// Where it wants the code.
    pub redirect_uri: String,
    /// `code` is all there is.
    pub response_type: String,
    /// What it wants to do; [`scope::DEFAULT`] if it does not say.
    pub scope: Option<String>,
    /// The challenge of RFC 7636.
    pub challenge: Option<String>,
    /// How the challenge was made; `S256` is all there is.
    pub method: Option<String>,
}

/// What a person is to consent to; everything in it is checked.
#[derive(Debug, Clone)]
pub struct Consent {
    /// Who asks.
    pub app: Application,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// What they ask for.
    pub scopes: String,
    challenge: Option<String>,
}

/// Why there is nothing to consent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misasked {
    /// Nobody knows the application.
    Client,
    /// It did not register that address: nothing is sent there.
    Redirect,
    /// The application is to be told, in a word of RFC 6749.
    Told(&'static str),
}

/// Looks at what an application asks for.
pub async fn consider(app: &App, asked: &Asked) -> Result<Result<Consent, Misasked>> {
    let Some(known) = client(app, &asked.client_id).await? else { return Ok(Err(Misasked::Client)) };
    if !known.redirect_uris.iter().any(|uri| is_same_address(uri, &asked.redirect_uri)) {
        return Ok(Err(Misasked::Redirect));
    }
    if asked.response_type != "code" {
        return Ok(Err(Misasked::Told("unsupported_response_type")));
    }
    let wanted = asked.scope.as_deref().filter(|scope| !scope.trim().is_empty()).unwrap_or(scope::DEFAULT);
    let scopes = scope::parse(wanted).filter(|scopes| scope::covers_all(&known.scopes, scopes));
    let Some(scopes) = scopes else { return Ok(Err(Misasked::Told("invalid_scope"))) };
    let challenge = asked.challenge.clone().filter(|challenge| !challenge.is_empty());
    let fits = |challenge: &String| challenge.len() == 43 && challenge.bytes().all(is_base64url);
    let s256 = asked.method.as_deref() == Some("S256");
    if challenge.as_ref().is_some_and(|challenge| !s256 || !fits(challenge)) {
        return Ok(Err(Misasked::Told("invalid_request")));
    }
    Ok(Ok(Consent { app: known, redirect_uri: asked.redirect_uri.clone(), scopes, challenge }))
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Whether an address is the one that was registered, to the letter; on the person's own machine the port is free,
/// since an application there cannot know which one it gets (RFC 8252).
fn is_same_address(registered: &str, asked: &str) -> bool {
    registered == asked || urls::same_but_loopback_port(registered, asked)
}

/// Gives an application what it asked for: the code that it turns into a token.
pub async fn grant(app: &App, me: Me, consent: Consent) -> Result<String> {
    let code = random::secret()?;
    let hash = random::fingerprint(&code);
    app.write(move |tx| {
        let account = store::accounts::by_id(tx, me.0)?.filter(store::accounts::Account::is_ready);
        account.ok_or(Error::NotFound)?;
        let code = Code {
            hash: hash.clone(),
            account_id: me.0.0,
            app_id: consent.app.id.0,
            redirect_uri: consent.redirect_uri.clone(),
            scopes: consent.scopes.clone(),
            challenge: consent.challenge.clone(),
            expires: (tx.now() + CODE).0,
            token_hash: None,
        };
        Ok(store::tokens::insert_code(tx, &code)?)
    })
    .await?;
    Ok(code)
}

/// A new token; it is shown once.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The token.
    pub token: String,
    /// What it may be used for.
    pub scopes: String,
    /// Since when there is one.
    pub created: Timestamp,
}

/// Turns a code into a token, once: whoever brings it again ends what the first one got. Nothing, if the code is not
/// for this application, was sent elsewhere, is too old, or was asked for by somebody else.
pub async fn exchange(
    app: &App,
    client: &Application,
    code: &str,
    redirect_uri: &str,
    verifier: Option<&str>,
) -> Result<Option<Issued>> {
    let (token, hash, id) = (random::secret()?, random::fingerprint(code), client.id);
    let redirect_uri = redirect_uri.to_owned();
    let verifier = verifier.map(|verifier| URL_SAFE_NO_PAD.encode(openssl::sha::sha256(verifier.as_bytes())));
    let token_hash = random::fingerprint(&token);
    let issued = app.write(move |tx| {
        let Some(code) = store::tokens::code(tx, &hash)?.filter(|code| code.app_id == id.0) else { return Ok(None) };
        if let Some(spent) = &code.token_hash {
            if store::tokens::remove(tx, spent, id)? {
                tx.show(Change::Revoked(spent.clone()));
            }
            return Ok(None);
        }
        let proven = code.challenge.as_deref() == verifier.as_deref();
        if !proven || code.redirect_uri != redirect_uri || code.expires < tx.now().0 {
            return Ok(None);
        }
        store::tokens::spend_code(tx, &hash, &token_hash)?;
        issue(tx, token_hash.clone(), Some(code.account_id), id, code.scopes.clone())?;
        Ok(Some((code.scopes, tx.now())))
    });
    Ok(issued.await?.map(|(scopes, created)| Issued { token, scopes, created }))
}

/// Gives an application a token of its own, for what concerns no person; those that it got long before end. Nothing, if it
/// wants more than it may.
pub async fn issue_to_app(
    app: &App,
    client: &Application,
    scopes: Option<&str>,
    whence: &Whence,
) -> Result<Option<Issued>> {
    let wanted = scopes.filter(|scopes| !scopes.trim().is_empty()).unwrap_or(scope::DEFAULT);
    let scopes = scope::parse(wanted).filter(|scopes| scope::covers_all(&client.scopes, scopes));
    let Some(scopes) = scopes else { return Ok(None) };
    app.limits().from(Deed::OwnToken, whence, app.now())?;
    give(app, None, client.id, scopes).await.map(Some)
}

/// Gives an application a token, for a person who has just signed up by it, or for itself.
pub(crate) async fn give(app: &App, me: Option<Me>, id: AppId, scopes: String) -> Result<Issued> {
    let token = random::secret()?;
    let (hash, given) = (random::fingerprint(&token), scopes.clone());
    let created = app.write(move |tx| {
        if me.is_none() {
            store::tokens::keep_own(tx, id, OWN - 1)?;
        }
        issue(tx, hash.clone(), me.map(|me| me.0.0), id, given.clone())?;
        Ok(tx.now())
    });
    Ok(Issued { created: created.await?, token, scopes })
}

fn issue(tx: &mut Tx<'_, '_>, hash: String, account_id: Option<i64>, app: AppId, scopes: String) -> Result<()> {
    let (app_id, created) = (Some(app.0), tx.now().0);
    Ok(store::tokens::insert(tx, &Token { hash, account_id, app_id, scopes, created, expires: None })?)
}

/// Takes a token back from the application that has it; what is none of its own is left alone.
pub async fn revoke(app: &App, client: &Application, token: &str) -> Result<()> {
    let (hash, id) = (random::fingerprint(token), client.id);
    app.write(move |tx| {
        if store::tokens::remove(tx, &hash, id)? {
            tx.show(Change::Revoked(hash.clone()));
        }
        Ok(())
    })
    .await
}

/// The applications that a person let use their login, the newest first.
pub async fn authorised(app: &App, me: Me) -> Result<Vec<Authorised>> {
    app.read(move |c| store::apps::authorised_by(c, me.0)).await
}

/// Takes back all that a person gave to an application.
pub async fn withdraw(app: &App, me: Me, id: AppId) -> Result<()> {
    app.write(move |tx| {
        if !store::tokens::remove_of_app(tx, me.0, id)? {
            return Err(Error::NotFound);
        }
        tx.show(Change::SignedOut(me.0));
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_sent_where_no_page_of_ours_runs() {
        for good in [
            BY_HAND,
            "https://app.example/callback?x=1",
            "http://localhost:3000/",
            "icecubesapp://",
            "oauth2redirect://com.keylesspalace.tusky/",
            "com.tapbots.Ivory.20000:/request_token/3E2F",
            "org.joinmastodon.android-auth://callback",
        ] {
            assert!(is_redirect(good), "{good}");
        }
        for bad in [
            "",
            "/callback",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "data:text/html,x",
            "https://",
            "https://app.example/#x",
            "https://app.example/ x",
            "x y://z",
            ":x",
            "1a:x",
            "vbscript:x",
        ] {
            assert!(!is_redirect(bad), "{bad}");
        }
    }

    #[test]
    fn an_address_is_the_same_to_the_letter() {
        let registered = "https://app.example/callback";
        assert!(is_same_address(registered, registered));
        for other in
            ["https://app.example/callback/", "https://app.example/callback?x", "http://app.example/callback", ""]
        {
            assert!(!is_same_address(registered, other), "{other}");
        }
        assert!(is_same_address("http://127.0.0.1/cb", "http://127.0.0.1:4711/cb"));
        assert!(!is_same_address("http://127.0.0.1/cb", "http://127.0.0.1:4711/other"));
        assert!(!is_same_address("http://app.example/cb", "http://app.example:4711/cb"));
    }
}
