//! The pictures of people and groups here.
use std::sync::Arc;

use bytes::Bytes;
use domain::{
    actor::{Actor, ActorKind},
    id::ActorId,
    media::{Media, MediaState, Purpose},
    policy,
    urls::media::{self as paths, Portrait},
};
use futures_util::Stream;

use super::{files, picture, recognise};
use crate::{App, Error, Event, Me, Result, Tx, groups, nameplate, random, rules};

/// The largest that is taken, in bytes: that of Mastodon.
const LARGEST: u64 = 8 << 20;

/// The frame that a picture of somebody here fills, in pixels.
pub const fn frame(portrait: Portrait) -> (u32, u32) {
    match portrait {
        Portrait::Icon => (400, 400),
        Portrait::Image => (1_500, 500),
    }
}

/// Gives somebody, me or a group of mine, or the server itself, another picture.
pub async fn set(
    app: &App,
    me: Me,
    whose: ActorId,
    portrait: Portrait,
    bytes: impl Stream<Item = Result<Bytes>> + Unpin,
) -> Result<Actor> {
    // Whoever may not is not read first.
    app.write(move |tx| may_change(tx, me, whose).map(drop)).await?;
    let (media_type, bytes) = recognise(bytes).await?;
    let files = app.files();
    let given = files.gather(LARGEST, bytes).await?;
    let made = files.paint(app, move || picture::frame(&given, media_type, frame(portrait))).await?;
    let token = random::secret()?;
    let path = paths::file(&token, made.media_type);
    let (media_type, size) = (made.media_type, u64::try_from(made.bytes.len()).unwrap_or(u64::MAX));
    files.put(&files::own(&path), made.bytes).await?;
    let changed = app.write(move |tx| {
        let media = Media {
            id: tx.new_id(),
            token: token.clone(),
            owner: whose,
            purpose: Purpose::Portrait,
            media_type,
            preview_type: None,
            state: MediaState::Ready,
            size,
            pixels: Some(made.pixels),
            duration: None,
            blurhash: None,
            description: String::new(),
            focus: None,
            post: None,
            created: tx.now(),
            expires: None,
        };
        let actor = change(tx, me, whose, portrait, Some(path.clone()))?;
        store::media::insert(tx, &media)?;
        Ok(actor)
    });
    shown(app, changed.await?).await
}

/// Takes somebody's picture away.
pub async fn remove(app: &App, me: Me, whose: ActorId, portrait: Portrait) -> Result<Actor> {
    let changed = app.write(move |tx| change(tx, me, whose, portrait, None)).await?;
    shown(app, changed).await
}

/// An actor that looks otherwise than before; if it is the server itself, so do all pages.
async fn shown(app: &App, changed: Actor) -> Result<Actor> {
    if changed.kind == ActorKind::Application {
        nameplate::load(app).await?;
    }
    Ok(changed)
}

/// Whose picture it is, if I may give them another.
fn may_change(tx: &mut Tx<'_, '_>, me: Me, whose: ActorId) -> Result<Actor> {
    let actor = store::actors::by_id(tx, whose)?.filter(Actor::is_local).ok_or(Error::NotFound)?;
    if actor.kind == ActorKind::Application {
        rules::may_administer(tx, me)?;
    } else if actor.is_group() {
        let (_, standing) = groups::named(tx, whose, me.0)?;
        policy::manage(&standing)?;
    } else if whose != me.0 {
        return Err(Error::NotFound);
    }
    Ok(actor)
}

fn change(tx: &mut Tx<'_, '_>, me: Me, whose: ActorId, portrait: Portrait, path: Option<String>) -> Result<Actor> {
    let mut actor = may_change(tx, me, whose)?;
    if actor.kind == ActorKind::Application {
        nameplate::changed(tx, me, String::new());
    }
    let was = portrait.of(&actor).and_then(|path| path.rsplit('/').next()).and_then(paths::token);
    if let Some((token, _)) = was
        && let Some(old) = store::media::by_token(tx, token)?
    {
        let now = tx.now();
        store::media::keep_until(tx, &[old.id], Some(now))?;
    }
    match portrait {
        Portrait::Icon => actor.icon = path,
        Portrait::Image => actor.image = path,
    }
    actor.updated = tx.now();
    store::actors::upsert(tx, &actor)?;
    tx.emit(Event::ProfileChanged { actor: Arc::new(actor.clone()), by: me.0 });
    Ok(actor)
}
