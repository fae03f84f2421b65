//! Push: clients are woken by the push service that they name, whenever somebody is told something (RFC 8030).
use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    actor::Actor,
    id::{ActorId, NotificationId},
    post::{Audience, Post},
    push::Circle,
    text::{html, plain},
    time::{Timestamp, span},
    urls,
};
use futures_util::future::BoxFuture;
use openssl::{
    bn::BigNumContext,
    ec::{EcGroup, EcKey, EcPoint, PointConversionForm},
    nid::Nid,
    pkey::PKey,
};
use store::{Conn, push::Subscription};

use crate::{App, Error, Result, Tx, notes, notifications::Kind, random, seal::Seal};

/// The job that wakes one client; its subject is the number of the subscription and that of the notice.
pub(crate) const SEND: &str = "push";

/// Under which keys the database remembers by what push services know this server (RFC 8292).
const PUBLIC: &str = "vapid_public";
const PRIVATE: &str = "vapid_private";

/// The longest address at a push service.
const ADDRESS: usize = 2_000;
/// How long the secret is that client and server share (RFC 8291).
const AUTH: usize = 16;
/// How much of a post is told.
const EXCERPT: usize = 140;
/// For how long a push service that is in trouble is tried again; clients look for themselves in the end.
const PATIENCE: Duration = span::minutes(30);

/// How a client wants to be woken.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The address at the push service.
    pub endpoint: String,
    /// The client's public key, in base64.
    pub p256dh: String,
    /// What client and server alone know, in base64.
    pub auth: String,
    /// Whether it reads what RFC 8291 says, not the draft before it.
    pub standard: bool,
    /// What wakes it.
    pub alerts: Alerts,
}

/// What wakes a client.
#[derive(Debug, Clone)]
pub struct Alerts {
    /// The kinds of notices.
    pub kinds: Vec<String>,
    /// Whose deeds.
    pub circle: Circle,
}

/// By what push services know this server.
#[derive(Clone)]
pub struct Identity {
    /// The point of P-256 by which clients know it, too, in base64.
    pub public: String,
    /// The key, as PEM (PKCS #8).
    pub private: String,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("public", &self.public).finish_non_exhaustive()
    }
}

/// What a client is woken with; the words and the secrecy are the pusher's.
#[derive(Debug, Clone)]
pub struct Wake {
    /// How.
    pub subscription: Subscription,
    /// With whose word.
    pub identity: Identity,
    /// The token by which the client knows whom it is for.
    pub token: String,
    /// BCP 47: what the person reads.
    pub language: String,
    /// The notice.
    pub notice: NotificationId,
    /// When they were told.
    pub created: Timestamp,
    /// What happened, one word.
    pub kind: String,
    /// Who did it.
    pub by: Actor,
    /// The beginning of what it is about, plain text; nothing of what stands in a private group.
    pub text: String,
}

/// What came of waking a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The push service took it, or never will take this one.
    Done,
    /// The push service wants it after this time.
    Later(Duration),
    /// The client cannot be woken there any more.
    Gone,
}

/// Makes sure that push services can know this server.
pub async fn ensure(app: &App) -> Result<()> {
    if app.read(|c| store::settings::get(c, PUBLIC)).await?.is_some() {
        return Ok(());
    }
    let (public, private) = make(app.seal()).map_err(Error::internal)?;
    app.write(move |tx| {
        // Another process may have been first: both halves are of one key.
        if store::settings::keep(tx, PUBLIC, &public)? == public {
            store::settings::keep(tx, PRIVATE, &private)?;
        }
        Ok(())
    })
    .await
}

/// A new key, both halves as they are remembered.
fn make(seal: &Seal) -> Result<(String, String), Box<dyn std::error::Error + Send + Sync>> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    let key = EcKey::generate(&group)?;
    let mut context = BigNumContext::new()?;
    let point = key.public_key().to_bytes(&group, PointConversionForm::UNCOMPRESSED, &mut context)?;
    let sealed = seal.close(PRIVATE, &PKey::from_ec_key(key)?.private_key_to_pem_pkcs8()?)?;
    Ok((URL_SAFE_NO_PAD.encode(point), hex::encode(sealed)))
}

/// By what clients know that a push comes from this server.
pub fn public_key(c: &mut Conn) -> store::Result<String> {
    Ok(store::settings::get(c, PUBLIC)?.unwrap_or_default())
}

/// Wakes the client with this token from now on; what it said before is forgotten.
pub async fn subscribe(app: &App, token: &str, wish: Wish) -> Result<Subscription> {
    let is_secret = wish.endpoint.starts_with("https://") || app.site().is_development();
    if wish.endpoint.len() > ADDRESS || !is_secret || !urls::is_web(&wish.endpoint) {
        return Err(Error::Invalid("Validation failed: Endpoint is not a valid URL".into()));
    }
    let key = |text: &str, fits: fn(&[u8]) -> bool| {
        bytes(text)
            .filter(|bytes| fits(bytes))
            .ok_or_else(|| Error::Invalid("Validation failed: Key is invalid".into()))
    };
    let token_hash = random::fingerprint(token);
    let subscription = Subscription {
        id: 0,
        token: app.seal().close(&context(&token_hash), token.as_bytes())?,
        token_hash,
        endpoint: wish.endpoint,
        p256dh: key(&wish.p256dh, is_point)?,
        auth: key(&wish.auth, |auth| auth.len() == AUTH)?,
        standard: wish.standard,
        alerts: wish.alerts.kinds.join(" "),
        circle: wish.alerts.circle.as_str().to_owned(),
    };
    app.write(move |tx| Ok(store::push::set(tx, subscription.clone())?)).await
}

/// Says anew what wakes the client with this token.
pub async fn change(app: &App, token_hash: String, alerts: Alerts) -> Result<Subscription> {
    let (kinds, circle) = (alerts.kinds.join(" "), alerts.circle.as_str());
    app.write(move |tx| {
        store::push::change(tx, &token_hash, &kinds, circle)?;
        store::push::by_token(tx, &token_hash)?.ok_or(Error::NotFound)
    })
    .await
}

/// Wakes the client with this token no more.
pub async fn unsubscribe(app: &App, token_hash: String) -> Result<()> {
    app.write(move |tx| Ok(store::push::remove(tx, &token_hash)?)).await
}

/// In which context a token is sealed.
fn context(token_hash: &str) -> String {
    format!("push {token_hash}")
}

/// What base64 of either alphabet says, padded or not.
fn bytes(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim().trim_end_matches('=').replace('+', "-").replace('/', "_")).ok()
}

/// Whether these bytes are a point of P-256, in full.
fn is_point(bytes: &[u8]) -> bool {
    let read = || {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
        EcPoint::from_bytes(&group, bytes, &mut *BigNumContext::new()?)
    };
    bytes.len() == 65 && read().is_ok()
}

/// Queues what wakes the clients of `account` that want to hear of this notice.
pub(crate) fn queue(
    tx: &mut Tx<'_, '_>,
    account: ActorId,
    notice: NotificationId,
    kind: Kind,
    by: ActorId,
) -> Result<()> {
    for subscription in store::push::of(tx, account)? {
        let wanted = subscription.alerts.split(' ').any(|alert| alert == kind.as_str());
        if wanted && is_near(tx, &subscription, account, by)? {
            tx.push_job(SEND, &format!("{} {notice}", subscription.id), Duration::ZERO)?;
        }
    }
    Ok(())
}

/// Whether `by` is among those whose deeds wake a client of `account`.
fn is_near(tx: &mut Tx<'_, '_>, subscription: &Subscription, account: ActorId, by: ActorId) -> Result<bool> {
    match subscription.circle.parse() {
        Ok(Circle::All) => Ok(true),
        Ok(Circle::Followed) => notes::is_following(tx, account, by),
        Ok(Circle::Follower) => notes::is_following(tx, by, account),
        Ok(Circle::None) | Err(_) => Ok(false),
    }
}

/// Wakes one client.
pub(crate) fn send(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let Some(pusher) = app.pusher() else { return Ok(()) };
        let Some(wake) = wake(&app, &subject).await? else { return Ok(()) };
        let told = match pusher.push(&wake).await {
            Ok(Fate::Later(wait)) => Err(Error::TooOften { wait }),
            told => told,
        };
        match told {
            Ok(Fate::Done | Fate::Later(_)) => Ok(()),
            Ok(Fate::Gone) => unsubscribe(&app, wake.subscription.token_hash).await,
            Err(error) if wake.created < app.now() - PATIENCE => {
                tracing::info!(%error, "a client is not woken: its push service has been in trouble for too long");
                Ok(())
            }
            Err(error) => Err(error),
        }
    })
}

/// What a client is to be woken with; nothing, if its token is void meanwhile, or the person may not read it any more.
async fn wake(app: &App, subject: &str) -> Result<Option<Wake>> {
    let numbers = subject.split_once(' ').and_then(|(id, notice)| Some((id.parse().ok()?, notice.parse().ok()?)));
    let Some((id, notice)) = numbers.map(|(id, notice)| (id, NotificationId(notice))) else { return Ok(None) };
    let now = app.now();
    let found = app.read(move |c| {
        let Some(subscription) = store::push::by_id(c, id)? else { return Ok(None) };
        let Some((_, Some(account))) = store::tokens::find(c, &subscription.token_hash, now)? else { return Ok(None) };
        let me = ActorId(account.id);
        let Some(told) = store::notifications::get(c, me, notice)? else { return Ok(None) };
        let Some(by) = store::actors::by_id(c, told.actor)? else { return Ok(None) };
        let text = match told.post {
            Some(post) => match store::posts::seen(c, post, Some(me))? {
                Some(post) => excerpt(&post),
                None => return Ok(None),
            },
            None if told.report.is_some() => String::new(),
            None => html::excerpt(&by.summary, EXCERPT),
        };
        let private = store::settings::get(c, PRIVATE)?.unwrap_or_default();
        Ok(Some((subscription, account.language, told, by, text, public_key(c)?, private)))
    });
    let Some((subscription, language, told, by, text, public, private)) = found.await? else { return Ok(None) };
    let open = |context: &str, sealed: &[u8]| -> Result<String> {
        String::from_utf8(app.seal().open(context, sealed)?).map_err(Error::internal)
    };
    let private = open(PRIVATE, &hex::decode(private).map_err(Error::internal)?)?;
    Ok(Some(Wake {
        identity: Identity { public, private },
        token: open(&context(&subscription.token_hash), &subscription.token)?,
        subscription,
        language,
        notice,
        created: told.created,
        kind: told.kind,
        by,
        text,
    }))
}

/// The beginning of a post, or what it warns of.
fn excerpt(post: &Post) -> String {
    if post.audience == Audience::Members {
        return String::new();
    }
    let content = &post.content;
    let said = [&content.warning, &content.title].into_iter().flatten().find(|line| !line.is_empty());
    said.map_or_else(|| html::excerpt(&content.html, EXCERPT), |line| plain::line(line, EXCERPT))
}
