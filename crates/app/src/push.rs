//! Push: clients are woken by the push service that they name, whenever somebody is told something (RFC 8030).
use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    actor::Actor,
    id::{self, ActorId, NotificationId},
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
use store::{Conn, notifications::Notification, push::Subscription};

use crate::{
    App, Error, Result, Tx, markers, notes, notifications::Kind, quiet_hours, random, seal::Seal, sentences::Words,
};

/// The job that wakes one client; its subject is the number of the subscription and that of the notice.
pub(crate) const SEND: &str = "push";
/// The job that wakes one client after quiet hours; its subject is the number of the subscription, since when they were, and
/// until when.
pub(crate) const BATCH: &str = "push_batch";

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
/// For how long what others do with one thing wakes nobody again.
const GATHERING: Duration = span::minutes(10);
/// For how long those are counted who woke nobody, and how many at most.
const REMEMBERED: Duration = span::days(1);
const MOST: i64 = 500;

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
    /// What is said otherwise here than elsewhere.
    pub words: Words,
    /// What this server is called.
    pub house: String,
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
    /// Whether it was written to its readers alone.
    pub is_private: bool,
    /// What goes along with it.
    pub along: Along,
}

/// How much else a client is woken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Along {
    /// So many others did the same with the same thing meanwhile.
    Others(usize),
    /// So many other notices came in quiet hours, whatever they are about.
    Rest(usize),
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

/// Queues what wakes the clients of `account` that want to hear of this notice: at once, or when their quiet hours are over.
/// Of what many do with one thing the first wakes, and others do not for a while.
pub(crate) fn queue(
    tx: &mut Tx<'_, '_>,
    account: ActorId,
    notice: NotificationId,
    kind: Kind,
    by: ActorId,
) -> Result<()> {
    let mut waiting = Vec::new();
    for subscription in store::push::of(tx, account)? {
        if wants(tx, &subscription, account, (kind.as_str(), by))? {
            waiting.push(subscription.id);
        }
    }
    let now = tx.now();
    if waiting.is_empty() {
        return Ok(());
    }
    if let Some((since, until)) = quiet_hours::around(tx, account)? {
        store::notifications::wake(tx, notice, until)?;
        for id in waiting {
            tx.push_job(BATCH, &format!("{id} {} {}", since.0, until.0), until.since(now))?;
        }
        return Ok(());
    }
    if Kind::is_gathered(kind.as_str())
        && let Some(told) = store::notifications::get(tx, account, notice)?
        && store::notifications::woke_since(tx, account, &told, id::at(now - GATHERING, 0))?
    {
        return Ok(());
    }
    store::notifications::wake(tx, notice, now)?;
    for id in waiting {
        tx.push_job(SEND, &format!("{id} {notice}"), Duration::ZERO)?;
    }
    Ok(())
}

/// Whether a client of `account` wants to be woken by what `by` did.
fn wants(
    c: &mut Conn,
    subscription: &Subscription,
    account: ActorId,
    (kind, by): (&str, ActorId),
) -> store::Result<bool> {
    let is_wanted = subscription.alerts.split(' ').any(|alert| alert == kind);
    Ok(is_wanted
        && match subscription.circle.parse() {
            Ok(Circle::All) => true,
            Ok(Circle::Followed) => notes::is_following(c, account, by)?,
            Ok(Circle::Follower) => notes::is_following(c, by, account)?,
            Ok(Circle::None) | Err(_) => false,
        })
}

/// Wakes one client with one notice.
pub(crate) fn send(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let numbers = subject.split_once(' ').and_then(|(id, notice)| Some((id.parse().ok()?, notice.parse().ok()?)));
        let Some((id, notice)) = numbers else { return Ok(()) };
        deliver(&app, id, What::Notice(NotificationId(notice))).await
    })
}

/// Wakes one client once with all that came in quiet hours.
pub(crate) fn send_batch(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let numbers: Vec<i64> = subject.split(' ').filter_map(|number| number.parse().ok()).collect();
        let &[id, since, until] = numbers.as_slice() else { return Ok(()) };
        deliver(&app, id, What::Since(Timestamp(since), Timestamp(until))).await
    })
}

/// With what a client is woken.
#[derive(Debug, Clone, Copy)]
enum What {
    /// One notice.
    Notice(NotificationId),
    /// All notices since quiet hours began, which ended then.
    Since(Timestamp, Timestamp),
}

async fn deliver(app: &App, id: i64, what: What) -> Result<()> {
    let Some(pusher) = app.pusher() else { return Ok(()) };
    let Some(wake) = wake(app, id, what).await? else { return Ok(()) };
    let told = match pusher.push(&wake).await {
        Ok(Fate::Later(wait)) => Err(Error::TooOften { wait }),
        told => told,
    };
    match told {
        Ok(Fate::Done | Fate::Later(_)) => Ok(()),
        Ok(Fate::Gone) => unsubscribe(app, wake.subscription.token_hash).await,
        Err(error) if wake.created < app.now() - PATIENCE => {
            tracing::info!(%error, "a client is not woken: its push service has been in trouble for too long");
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// What a client is to be woken with; nothing, if its token is void meanwhile, or the person may not read it any more.
async fn wake(app: &App, id: i64, what: What) -> Result<Option<Wake>> {
    let now = app.now();
    let found = app.read(move |c| {
        let Some(subscription) = store::push::by_id(c, id)? else { return Ok(None) };
        let Some((_, Some(account))) = store::tokens::find(c, &subscription.token_hash, now)? else { return Ok(None) };
        let Some((notice, along)) = chosen(c, &subscription, ActorId(account.id), what)? else { return Ok(None) };
        let private = store::settings::get(c, PRIVATE)?.unwrap_or_default();
        Ok(Some((subscription, account.language, notice, along, public_key(c)?, private)))
    });
    let Some((subscription, language, notice, along, public, private)) = found.await? else { return Ok(None) };
    let open = |context: &str, sealed: &[u8]| -> Result<String> {
        String::from_utf8(app.seal().open(context, sealed)?).map_err(Error::internal)
    };
    let private = open(PRIVATE, &hex::decode(private).map_err(Error::internal)?)?;
    let Readable { told, by, text, is_private } = notice;
    Ok(Some(Wake {
        identity: Identity { public, private },
        token: open(&context(&subscription.token_hash), &subscription.token)?,
        subscription,
        language,
        words: app.sentences().words(),
        house: app.nameplate().seen(app.site()).name.clone(),
        notice: told.id,
        created: if let What::Since(_, until) = what { until.max(told.created) } else { told.created },
        kind: told.kind,
        by,
        text,
        is_private,
        along,
    }))
}

/// A notice that whoever it is for may read, with who it is about.
pub(crate) struct Readable {
    pub(crate) told: Notification,
    pub(crate) by: Actor,
    pub(crate) text: String,
    pub(crate) is_private: bool,
}

/// The notice that a client is woken with, and what goes along with it.
fn chosen(
    c: &mut Conn,
    subscription: &Subscription,
    me: ActorId,
    what: What,
) -> store::Result<Option<(Readable, Along)>> {
    let (since, until) = match what {
        What::Notice(notice) => {
            let Some(told) = store::notifications::get(c, me, notice)? else { return Ok(None) };
            let Some(found) = readable(c, me, told)? else { return Ok(None) };
            let others = if Kind::is_gathered(&found.told.kind) {
                let since = id::at(found.told.created - REMEMBERED, 0);
                store::notifications::silent_before(c, me, &found.told, since, MOST)?
            } else {
                0
            };
            return Ok(Some((found, Along::Others(others))));
        }
        What::Since(since, until) => (since, until),
    };
    let read = store::markers::of(c, me)?.into_iter().find(|marker| marker.timeline == markers::NOTICES);
    let after = id::at(since, 0).max(read.map_or(0, |marker| marker.last_read));
    let (mut newest, mut others) = (None, 0);
    for told in store::notifications::since(c, me, after, MOST)? {
        if told.created >= until || !wants(c, subscription, me, (&told.kind, told.actor))? {
            continue;
        }
        match newest {
            None => newest = readable(c, me, told)?,
            Some(_) => others += 1,
        }
    }
    Ok(newest.map(|newest| (newest, Along::Rest(others))))
}

/// A notice, if its person may still read what it is about.
pub(crate) fn readable(c: &mut Conn, me: ActorId, told: Notification) -> store::Result<Option<Readable>> {
    let Some(by) = store::actors::by_id(c, told.actor)? else { return Ok(None) };
    let mut is_private = false;
    let text = match told.post {
        Some(post) => match store::posts::seen(c, post, Some(me))? {
            Some(post) => {
                is_private = post.audience == Audience::Direct;
                excerpt(&post)
            }
            None => return Ok(None),
        },
        None if told.report.is_some() => String::new(),
        None => html::excerpt(&by.summary, EXCERPT),
    };
    Ok(Some(Readable { told, by, text, is_private }))
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
