//! Where other servers send activities: verified, stored, acknowledged; nothing is decided here.
mod identity;
mod reading;
mod refusal;

use std::str;

use actix_web::{
    HttpRequest, HttpResponse, guard,
    http::StatusCode,
    web::{self, Data, Payload, ServiceConfig},
};
use app::App;
use domain::{
    host::{Host, same_origin},
    urls::path,
};
use openssl::sha::{sha256, sha512};
use serde_json::Value;
use store::jobs::Arrival;

use self::identity::Proof;
pub(crate) use self::refusal::{Refusal, whole_seconds};
use crate::{
    limits::Limits,
    parse::{self, Incoming, Verb, shape},
    resolver::FederationResolver,
    signature::{Body, Claim, Request, Scheme, verify},
    synchronization,
};

/// How full the queue of writes may be before senders are asked to come back later.
const FULL: f64 = 0.9;

/// The longest word that is stored as the kind of an activity.
const LONGEST_KIND: usize = 64;

/// The inboxes, each also with a slash at its end; the application's data holds the [`App`] and the [`Limits`].
pub fn configure(config: &mut ServiceConfig) {
    for inbox in [path::INBOX, path::ACTOR_INBOX] {
        for path in [inbox.to_owned(), format!("{inbox}/")] {
            config.service(web::resource(path).guard(guard::Post()).route(web::post().to(post)));
        }
    }
}

/// `POST` to the shared inbox, or to that of an actor: it makes no difference, an activity says itself whom it concerns.
pub async fn post(request: HttpRequest, app: Data<App>, limits: Data<Limits>, payload: Payload) -> HttpResponse {
    let outcome = receive(&request, &app, &limits, payload).await;
    let result = outcome.as_ref().map_or_else(Refusal::code, |accepted| *accepted);
    metrics::counter!("tertulia_inbox_requests_total", "result" => result).increment(1);
    match outcome {
        Ok(_) => HttpResponse::new(StatusCode::ACCEPTED),
        Err(refusal) => refusal.answer(),
    }
}

/// The answer is what became of it, in one word.
async fn receive(request: &HttpRequest, app: &App, limits: &Limits, payload: Payload) -> Result<&'static str, Refusal> {
    if app.pressure() > FULL {
        return Err(Refusal::Busy);
    }
    let entry = limits.enter(request, app.now())?;
    let body = reading::body(request, payload).await?;
    let body = str::from_utf8(&body).map_err(|e| Refusal::Malformed(format!("the body is no text: {e}")))?;
    let sha256 = sha256(body.as_bytes());
    let claim = claim(request, app, body, sha256)?;
    welcome(app, &claim.key_id)?;
    entry.claims(app, &claim.key_id)?;
    let document = parse::json(body.as_bytes()).map_err(|e| Refusal::Malformed(e.to_string()))?;
    let activity = parse::activity(&document).map_err(|e| Refusal::Malformed(e.to_string()))?;
    let actor = own_voice(app, &activity)?;
    welcome(app, actor)?;
    let resolver = FederationResolver::of(app).map_err(Refusal::ours)?;
    match identity::prove(app, resolver, &claim, &activity, actor).await? {
        Proof::Given if claim.scheme == Scheme::Rfc9421 => resolver.suppose_rfc9421(app, &claim.key_id).await?,
        Proof::Given => {}
        // Somebody who was never known here, and never will be.
        Proof::Irrelevant => return Ok("irrelevant"),
    }
    entry.proves(app, &claim.key_id)?;
    resolver.heard_from(&claim.key_id);
    let outcome = store(app, &activity, actor, &claim, (hex::encode(sha256), body)).await?;
    if let Some(said) = claim.covered(synchronization::HEADER) {
        synchronization::note(app, resolver, actor, said).await?;
    }
    Ok(outcome)
}

/// Who signed a request that has no body.
pub(crate) async fn signer(request: &HttpRequest, app: &App) -> Result<String, Refusal> {
    let claim = claim(request, app, "", sha256(b""))?;
    welcome(app, &claim.key_id)?;
    let resolver = FederationResolver::of(app).map_err(Refusal::ours)?;
    let signer = identity::signer(app, resolver, &claim).await?;
    welcome(app, &signer)?;
    if let Some(limits) = request.app_data::<Data<Limits>>() {
        limits.read_by(&signer, app.now())?;
    }
    Ok(signer)
}

/// What the signature of the request claims; the digest of the body is checked before anything in the body is believed.
fn claim(request: &HttpRequest, app: &App, body: &str, sha256: [u8; 32]) -> Result<Claim, Refusal> {
    let headers: Vec<(&str, &[u8])> =
        request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let names_sha512 = |value: &[u8]| value.windows(7).any(|word| word.eq_ignore_ascii_case(b"sha-512"));
    let has_sha512 = headers.iter().any(|(name, value)| name.ends_with("digest") && names_sha512(value));
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let is_ours = |host: &str| Host::parse(host).is_some_and(|host| app.site().serves(&host));
    let request = Request {
        method: request.method().as_str(),
        target,
        headers: &headers,
        body: Body::Digests { sha256, sha512: has_sha512.then(|| sha512(body.as_bytes())) },
        scheme: app.site().scheme(),
        is_ours: &is_ours,
        now: app.now(),
    };
    Ok(verify::parse(&request)?)
}

/// Whether we deal with the server of a URL.
fn welcome(app: &App, url: &str) -> Result<(), Refusal> {
    if app.rules().suspend(url) { Err(Refusal::Blocked) } else { Ok(()) }
}

/// Whether we deal with whoever says that they sign this request, if anybody does. What everybody may read needs no
/// proof; whoever says they are of a suspended server is believed.
pub(crate) fn is_for_reader(request: &HttpRequest, app: &App) -> Result<(), Refusal> {
    if !request.headers().contains_key("signature") {
        return Ok(());
    }
    claim(request, app, "", sha256(b"")).map_or(Ok(()), |claim| welcome(app, &claim.key_id))
}

/// The actor, if the activity speaks of no other origin and of nobody here as its author.
fn own_voice<'a>(app: &App, activity: &Incoming<'a>) -> Result<&'a str, Refusal> {
    let actor =
        activity.actor.and_then(shape::http).ok_or_else(|| Refusal::Malformed("the actor is missing".into()))?;
    let ours = |uri: &str| app.site().parse(uri).is_some();
    if ours(actor) || activity.id.is_some_and(ours) {
        return Err(Refusal::Foreign("nobody elsewhere speaks for this server"));
    }
    match activity.id {
        Some(id) if !same_origin(id, actor) => Err(Refusal::Foreign("the id is not of the server of the actor")),
        _ => Ok(actor),
    }
}

async fn store(
    app: &App,
    activity: &Incoming<'_>,
    actor: &str,
    claim: &Claim,
    (digest, body): (String, &str),
) -> Result<&'static str, Refusal> {
    let uri = activity.id.map_or_else(|| format!("{actor}#sha-256={digest}"), str::to_owned);
    let kind: String = activity.kind.chars().take(LONGEST_KIND).collect();
    let signed_at = claim.signed_at.seconds();
    // Some give every request to follow one and the same actor the same id. Sent anew, it is meant anew; what is only
    // replayed was signed at the same moment.
    let digest = if is_repeatable(activity) { format!("{digest};{signed_at}") } else { digest };
    let accept =
        |uri: String| app::inbox::accept(app, uri, actor.to_owned(), kind.clone(), digest.clone(), body.to_owned());
    match accept(uri.clone()).await? {
        Arrival::New => Ok("accepted"),
        Arrival::Repeated => Ok("repeated"),
        Arrival::Different if is_repeatable(activity) => match accept(format!("{uri}#{signed_at}")).await? {
            Arrival::New => Ok("accepted"),
            Arrival::Repeated | Arrival::Different => Ok("repeated"),
        },
        Arrival::Different => {
            tracing::info!(uri, actor, "an activity came again with other words; the first ones stay");
            Ok("different")
        }
    }
}

/// Whether an activity asks for a state that may come and go: following, or following no more.
fn is_repeatable(activity: &Incoming<'_>) -> bool {
    let follows = |verb: Verb| matches!(verb, Verb::Follow | Verb::Join);
    follows(activity.verb)
        || activity.verb == Verb::Undo && activity.object.activity().is_some_and(|inner| follows(inner.verb))
}

/// The short reason that an error answer has.
fn reason(text: &str) -> Value {
    serde_json::json!({ "error": text })
}
