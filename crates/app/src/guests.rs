//! Signing in with an account elsewhere: the server where somebody lives says who they are, and they are that same person
//! here, without a password of ours.
use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    actor::{Actor, ActorKind},
    handle::Handle,
    host::{self, Host},
    id::ActorId,
    time::{Timestamp, span},
    urls,
};
use serde::{Deserialize, Serialize};
use store::{Conn, witnesses::Witness as Row};

use crate::{App, Error, Me, Result, Whence, limits::Deed, random, seal, sessions};

/// How long one may be on one's way.
const TRIP: Duration = span::minutes(15);

/// How long a server is taken to know us: Mastodon forgets applications after a day that nobody uses.
const KNOWN: Duration = span::hours(20);

/// What the trip is sealed for in the traveller's browser, and a secret in the database.
const TRAVELLER: &str = "a guest on their way";
const SECRET: &str = "secret of a witness";

/// Where a server says who its people are. All of it is on that server itself.
#[derive(Debug, Clone)]
pub struct Office {
    /// Scheme and host.
    pub origin: String,
    /// Where its people are asked.
    pub authorize: String,
    /// Where a code is turned into a token.
    pub token: String,
    /// Where a token is given back.
    pub revoke: String,
    /// Where others make themselves known.
    pub register: String,
    /// Where it says who somebody is.
    pub whoami: String,
    /// The least that one has to ask for.
    pub scope: &'static str,
    /// Whether it takes a proof that code and token are asked for by the same (RFC 7636).
    pub proves: bool,
}

/// As what a server knows this one.
#[derive(Clone)]
pub struct Known {
    /// By what it knows us.
    pub client_id: String,
    /// The secret that we share.
    pub secret: String,
}

/// What somebody came back with from their server.
pub struct Returned {
    /// Where to.
    pub redirect_uri: String,
    /// What it gave them.
    pub code: String,
    /// What only whoever sent them there knows.
    pub verifier: String,
}

/// Who a server says that somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Testimony {
    /// Their name there.
    pub name: String,
    /// Their id on the network, if it says that.
    pub uri: Option<String>,
}

/// The way to somebody's own server.
pub struct Way {
    /// Where they are asked.
    pub url: String,
    /// The name of that server.
    pub host: String,
    /// What their browser keeps meanwhile.
    pub kept: String,
}

/// A trip to one's own server and back; sealed, and known to the browser alone that began it.
#[derive(Serialize, Deserialize)]
struct Trip {
    /// The host of the handles there.
    domain: String,
    origin: String,
    redirect_uri: String,
    /// What comes back with them.
    state: String,
    verifier: String,
    /// Where they go on here.
    back: String,
    until: i64,
}

/// Whether somebody may be here as a guest: a living person of another server that we deal with.
pub(crate) fn may_enter(conn: &mut Conn, person: ActorId) -> store::Result<bool> {
    let actor = store::actors::by_id(conn, person)?.filter(is_guest);
    Ok(actor.is_some() && store::suspensions::of(conn, person)?.is_none())
}

fn is_guest(actor: &Actor) -> bool {
    !actor.is_local() && actor.kind == ActorKind::Person && actor.deleted.is_none()
}

/// The person elsewhere with this handle, if they may be here as a guest.
async fn traveller(app: &App, name: &str, domain: &str) -> Result<Actor> {
    let id = app.resolver().handle(app, name, domain).await?;
    let found = app.read(move |c| Ok(if may_enter(c, id)? { store::actors::by_id(c, id)? } else { None }));
    found.await?.ok_or(Error::NotFound)
}

/// Sends somebody to their own server, to come back to `redirect_uri` and go on to `back` here.
pub async fn depart(app: &App, who: &Handle, redirect_uri: &str, back: &str, whence: &Whence) -> Result<Way> {
    let Some(host) = who.host.as_ref().filter(|host| !app.site().serves(host)) else { return Err(Error::NotFound) };
    app.limits().from(Deed::Abroad, whence, app.now())?;
    let actor = traveller(app, &who.name, host.as_str()).await?;
    // Where they live is where their document is, whoever keeps their handle.
    let origin = host::origin(&actor.uri).ok_or(Error::NotFound)?;
    let office = app.witness()?.office(app, &origin).await?;
    let known = introduced(app, &office, redirect_uri).await?;
    let trip = Trip {
        domain: actor.host,
        origin,
        redirect_uri: redirect_uri.to_owned(),
        state: random::secret()?,
        verifier: random::secret()?,
        back: back.to_owned(),
        until: (app.now() + TRIP).0,
    };
    let mut asked = vec![
        ("response_type", "code"),
        ("client_id", &known.client_id),
        ("redirect_uri", redirect_uri),
        ("scope", office.scope),
        ("state", &trip.state),
    ];
    let challenge = URL_SAFE_NO_PAD.encode(openssl::sha::sha256(trip.verifier.as_bytes()));
    if office.proves {
        asked.extend([("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")]);
    }
    let text = serde_json::to_vec(&trip).map_err(Error::internal)?;
    Ok(Way {
        url: urls::with_query(&office.authorize, &asked),
        host: Host::of(&trip.origin).map(|host| host.display()).unwrap_or_default(),
        kept: hex::encode(app.seal().close(TRAVELLER, &text)?),
    })
}

/// As what a server knows us; we make ourselves known if it does not.
async fn introduced(app: &App, office: &Office, redirect_uri: &str) -> Result<Known> {
    let (origin, address) = (office.origin.clone(), redirect_uri.to_owned());
    let kept = app.read(move |c| store::witnesses::find(c, &origin, &address)).await?;
    if let Some(row) = kept.filter(|row| row.scope == office.scope) {
        let known = opened(app, &row)?;
        if app.now().since(Timestamp(row.checked)) < KNOWN {
            return Ok(known);
        }
        if app.witness()?.recalls(app, office, &known).await? {
            app.write(move |tx| {
                let now = tx.now();
                Ok(store::witnesses::touch(tx, &row.origin, &row.redirect_uri, now)?)
            })
            .await?;
            return Ok(known);
        }
    }
    let known = app.witness()?.introduce(app, office, redirect_uri).await?;
    let row = Row {
        origin: office.origin.clone(),
        redirect_uri: redirect_uri.to_owned(),
        client_id: known.client_id.clone(),
        secret: app.seal().close(SECRET, known.secret.as_bytes())?,
        scope: office.scope.to_owned(),
        checked: app.now().0,
    };
    app.write(move |tx| Ok(store::witnesses::set(tx, &row)?)).await?;
    Ok(known)
}

fn opened(app: &App, row: &Row) -> Result<Known> {
    let secret = String::from_utf8(app.seal().open(SECRET, &row.secret)?).map_err(Error::internal)?;
    Ok(Known { client_id: row.client_id.clone(), secret })
}

/// Takes in whoever comes back from their own server with `code` and `state`, to the browser that keeps `kept`: the secret
/// of a new session, and where they go on. Nobody, if this is not the way that they left, or their server does not vouch
/// for them.
pub async fn arrive(
    app: &App,
    kept: &str,
    state: &str,
    code: &str,
    whence: &Whence,
) -> Result<Option<(String, String)>> {
    app.limits().from(Deed::Login, whence, app.now())?;
    let opened_kept = hex::decode(kept).ok().and_then(|sealed| app.seal().open(TRAVELLER, &sealed).ok());
    let trip = opened_kept.and_then(|text| serde_json::from_slice::<Trip>(&text).ok());
    let Some(trip) = trip.filter(|trip| seal::is_same(&trip.state, state) && Timestamp(trip.until) >= app.now()) else {
        return Ok(None);
    };
    let (origin, address) = (trip.origin.clone(), trip.redirect_uri.clone());
    let row = app.read(move |c| store::witnesses::find(c, &origin, &address)).await?;
    let Some(row) = row else { return Ok(None) };
    let office = app.witness()?.office(app, &trip.origin).await?;
    let Trip { domain, origin, redirect_uri, verifier, back, .. } = trip;
    let returned = Returned { redirect_uri, code: code.to_owned(), verifier };
    let said = app.witness()?.testify(app, &office, &opened(app, &row)?, &returned).await?;
    let Some(said) = said else { return Ok(None) };
    match vouched(app, &origin, &domain, &said).await {
        Ok(person) => sessions::begin(app, Me(person), whence).await.map(|secret| Some((secret, back))),
        Err(Error::NotFound | Error::Invalid(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The person whom a server speaks of, if it may: it speaks for those who live there, and for nobody else.
async fn vouched(app: &App, origin: &str, domain: &str, said: &Testimony) -> Result<ActorId> {
    let actor = traveller(app, &said.name, domain).await?;
    let lives_there = host::origin(&actor.uri).as_deref() == Some(origin);
    let is_named_so = actor.name.eq_ignore_ascii_case(&said.name);
    let is_meant = said.uri.as_ref().is_none_or(|uri| *uri == actor.uri);
    if lives_there && is_named_so && is_meant { Ok(actor.id) } else { Err(Error::NotFound) }
}
