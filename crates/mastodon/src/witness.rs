//! Asks servers that speak the same API who their people are: OAuth 2, and one look at whose token it is.
use app::{
    App, Credential, Error, Question, Reply, Result, Witness,
    guests::{Known, Office, Returned, Testimony},
};
use async_trait::async_trait;
use domain::{
    host,
    urls::{Site, path},
};
use serde_json::Value;

/// The least that tells who somebody is: all that newer servers have for it, and what older ones understand.
const PROFILE: &str = "profile";
const ACCOUNTS: &str = "read:accounts";

/// The longest secret that a server gives us.
const LONGEST: usize = 4_000;

/// Asks in the words of the Mastodon client API.
#[derive(Debug, Clone, Copy, Default)]
pub struct ApiWitness;

#[async_trait]
impl Witness for ApiWitness {
    async fn office(&self, app: &App, origin: &str) -> Result<Office> {
        let at = |path: &str| format!("{origin}{path}");
        let reply = app.resolver().ask(Question { url: &at(path::OAUTH), proof: None, form: None }).await?;
        // Servers that do not say are as the first ones were.
        let said = if reply.status == 200 { json(&reply).unwrap_or_default() } else { Value::Null };
        let place = |key: &str, usual: &str| {
            let url = said.get(key).and_then(Value::as_str).map_or_else(|| at(usual), str::to_owned);
            if host::same_origin(&url, origin) { Ok(url) } else { Err(strange("sends people elsewhere")) }
        };
        let lists = |key: &str, word: &str| {
            let list = said.get(key).and_then(Value::as_array);
            list.is_some_and(|list| list.iter().any(|entry| entry == word))
        };
        Ok(Office {
            origin: origin.to_owned(),
            authorize: place("authorization_endpoint", "/oauth/authorize")?,
            token: place("token_endpoint", "/oauth/token")?,
            revoke: place("revocation_endpoint", "/oauth/revoke")?,
            register: place("app_registration_endpoint", "/api/v1/apps")?,
            whoami: at("/api/v1/accounts/verify_credentials"),
            scope: if lists("scopes_supported", PROFILE) { PROFILE } else { ACCOUNTS },
            proves: lists("code_challenge_methods_supported", "S256"),
        })
    }

    async fn introduce(&self, app: &App, office: &Office, redirect_uri: &str) -> Result<Known> {
        let site: &Site = app.site();
        let (name, website) = (app.nameplate().seen(site).name.clone(), site.page("/"));
        let form = [
            ("client_name", name.as_str()),
            ("redirect_uris", redirect_uri),
            ("scopes", office.scope),
            ("website", &website),
        ];
        let reply = post(app, &office.register, &form).await?;
        let said = json(&reply).filter(|_| is_success(&reply)).ok_or_else(|| strange("takes no applications"))?;
        let word = |key: &str| short(&said, key).ok_or_else(|| strange("takes no applications"));
        Ok(Known { client_id: word("client_id")?, secret: word("client_secret")? })
    }

    async fn recalls(&self, app: &App, office: &Office, known: &Known) -> Result<bool> {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &known.client_id),
            ("client_secret", &known.secret),
            ("scope", office.scope),
        ];
        Ok(is_success(&post(app, &office.token, &form).await?))
    }

    async fn testify(&self, app: &App, office: &Office, known: &Known, back: &Returned) -> Result<Option<Testimony>> {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("client_id", &known.client_id),
            ("client_secret", &known.secret),
            ("redirect_uri", &back.redirect_uri),
            ("code", &back.code),
            ("scope", office.scope),
        ];
        if office.proves {
            form.push(("code_verifier", &back.verifier));
        }
        let reply = post(app, &office.token, &form).await?;
        if matches!(reply.status, 400 | 401) {
            return Ok(None);
        }
        let token = json(&reply).filter(|_| is_success(&reply)).and_then(|said| short(&said, "access_token"));
        let token = token.ok_or_else(|| strange("gives no token"))?;
        let looked = app
            .resolver()
            .ask(Question { url: &office.whoami, proof: Some(Credential::Bearer(&token)), form: None })
            .await;
        // We know who it is, or never will: nothing is left of it there. If it cannot be given back, it lies unused.
        let form = [("client_id", known.client_id.as_str()), ("client_secret", &known.secret), ("token", &token)];
        if let Err(error) = post(app, &office.revoke, &form).await {
            tracing::debug!(origin = office.origin, %error, "a token could not be given back");
        }
        let looked = looked?;
        Ok(json(&looked).filter(|_| is_success(&looked)).and_then(|said| read(&said)))
    }
}

async fn post(app: &App, url: &str, form: &[(&str, &str)]) -> Result<Reply> {
    app.resolver().ask(Question { url, proof: None, form: Some(form) }).await
}

fn is_success(reply: &Reply) -> bool {
    (200..300).contains(&reply.status)
}

fn json(reply: &Reply) -> Option<Value> {
    serde_json::from_slice(&reply.body).ok()
}

/// A word that is not too long.
fn short(said: &Value, key: &str) -> Option<String> {
    let word = said.get(key)?.as_str()?;
    (!word.is_empty() && word.len() <= LONGEST).then(|| word.to_owned())
}

/// Whose account it is. One of another server would have that in its name.
fn read(said: &Value) -> Option<Testimony> {
    let name = short(said, "username")?;
    let is_own = said.get("acct").is_none_or(|acct| acct.as_str().is_some_and(|acct| acct == name));
    is_own.then(|| Testimony { name, uri: short(said, "uri") })
}

/// A server that does not do as the API has it.
fn strange(what: &str) -> Error {
    Error::Unreachable { what: format!("the server {what}"), retry: false }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_account_speaks_for_itself_alone() {
        let told = |said: Value| read(&said).map(|told| (told.name, told.uri));
        let uri = "https://m.test/users/ana";
        assert_eq!(told(json!({ "username": "ana", "acct": "ana" })), Some(("ana".into(), None)));
        assert_eq!(
            told(json!({ "username": "ana", "acct": "ana", "uri": uri })),
            Some(("ana".into(), Some(uri.into())))
        );
        for strange in [
            json!({}),
            json!([]),
            json!({ "username": 7 }),
            json!({ "username": "" }),
            json!({ "username": "ana", "acct": "ana@other.test" }),
            json!({ "username": "ana", "acct": "bea" }),
            json!({ "username": "a".repeat(5_000) }),
        ] {
            assert_eq!(told(strange.clone()), None, "{strange:.100}");
        }
    }
}
