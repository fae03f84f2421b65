//! What is shown to whoever asks by an address: files of ours, and what we hand on of others.
use std::ops::Range;

use bytes::Bytes;
use domain::{
    actor::Actor,
    id::{ActorId, CardId, EmojiId, PostId},
    media::{Media, MediaState, MediaType, Purpose},
    post::Post,
    urls::media::{self as paths, Portrait},
};
use futures_util::stream::BoxStream;
use object_store::path::Path;
use store::Conn;

use super::{
    cache::{self, Only},
    files, lend,
};
use crate::{App, Error, Result, emoji::LARGEST_ELSEWHERE};

/// What an address names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A file of ours, by name.
    File(String),
    /// What another server's post shows.
    Attached {
        /// The post.
        post: PostId,
        /// Which of its attachments.
        place: usize,
        /// What its address is known by.
        mark: String,
    },
    /// A picture of somebody elsewhere.
    Portrait {
        /// Whose.
        actor: ActorId,
        /// Which.
        portrait: Portrait,
        /// What its address is known by.
        mark: String,
    },
    /// A custom emoji of another server.
    Emoji {
        /// Which.
        emoji: EmojiId,
        /// What its address is known by.
        mark: String,
    },
    /// The picture of a page to which posts link.
    Card {
        /// Which.
        card: CardId,
        /// What its address is known by.
        mark: String,
    },
}

/// Something that can be read.
#[derive(Debug, Clone)]
pub struct Served {
    /// Its format.
    pub media_type: MediaType,
    /// How many bytes it has.
    pub size: u64,
    /// Whether it is for everybody.
    pub is_open: bool,
    key: Path,
}

/// What `wanted` names, for whoever comes with `lent`, until when and the proof, for the path of it.
pub async fn find(app: &App, wanted: Wanted, path: &str, lent: Option<(i64, &str)>) -> Result<Served> {
    let lent = match lent {
        Some((until, proof)) => lend::is_lent(app, path, until, proof)?,
        None => false,
    };
    match wanted {
        Wanted::File(name) => file(app, &name, lent).await,
        Wanted::Attached { post, place, mark } => {
            let found = app.read(move |c| looked_up(c, post)).await?;
            let (post, is_open) = found.filter(|(_, is_open)| *is_open || lent).ok_or(Error::NotFound)?;
            let url = post.content.attachments.get(place).map(|attachment| attachment.url.clone());
            let served = handed_on(app, url, &mark, Only::Anything).await?;
            Ok(Served { is_open, ..served })
        }
        Wanted::Portrait { actor, portrait, mark } => {
            let actor = app.read(move |c| store::actors::by_id(c, actor)).await?;
            let is_shown = |actor: &Actor| actor.deleted.is_none() && !actor.suspended;
            let actor = actor.filter(is_shown).ok_or(Error::NotFound)?;
            handed_on(app, portrait.of(&actor).map(str::to_owned), &mark, Only::Anything).await
        }
        Wanted::Emoji { emoji, mark } => {
            let emoji = app.read(move |c| store::emoji::by_id(c, emoji)).await?.filter(|emoji| emoji.enabled);
            let served = handed_on(app, emoji.map(|emoji| emoji.url), &mark, Only::Pictures).await?;
            if served.size <= LARGEST_ELSEWHERE { Ok(served) } else { Err(Error::NotFound) }
        }
        Wanted::Card { card, mark } => {
            let summary = app.read(move |c| store::cards::get(c, card)).await?.and_then(|card| card.summary);
            handed_on(app, summary.and_then(|summary| summary.image), &mark, Only::Pictures).await
        }
    }
}

/// A post that is not deleted, and whether everybody may see what it shows. What is out of its group, or of somebody of whom
/// nothing is shown, is for those alone to whom it is lent.
fn looked_up(c: &mut Conn, id: PostId) -> store::Result<Option<(Post, bool)>> {
    let Some(post) = store::posts::by_id(c, id)?.filter(|post| post.deleted.is_none()) else { return Ok(None) };
    let concerned: Vec<ActorId> = post.group.into_iter().chain([post.author]).collect();
    let is_open = post.is_live() && post.audience.is_open() && store::suspensions::among(c, &concerned)?.is_empty();
    Ok(Some((post, is_open)))
}

async fn file(app: &App, name: &str, lent: bool) -> Result<Served> {
    let (token, is_preview) = paths::token(name).ok_or(Error::NotFound)?;
    let token = token.to_owned();
    let found = app.read(move |c| {
        let Some(media) = store::media::by_token(c, &token)? else { return Ok(None) };
        let post = media.post.map(|post| looked_up(c, post)).transpose()?;
        let is_shown = store::suspensions::of(c, media.owner)?.is_none();
        Ok(Some((media, post, is_shown)))
    });
    let (media, post, is_shown) = found.await?.ok_or(Error::NotFound)?;
    let is_open = match (media.purpose, post) {
        (Purpose::Attachment, Some(Some((_, is_open)))) => is_open,
        (Purpose::Attachment, Some(None)) => return Err(Error::NotFound),
        (Purpose::Attachment, None) => false,
        (Purpose::Portrait, _) => is_shown,
        (Purpose::Emoji, _) => true,
    };
    if media.state != MediaState::Ready || !(is_open || lent) || media.expires.is_some_and(|at| at <= app.now()) {
        return Err(Error::NotFound);
    }
    let path = if is_preview { media.preview().ok_or(Error::NotFound)? } else { media.path() };
    if !path.ends_with(&format!("/{name}")) {
        return Err(Error::NotFound);
    }
    let key = files::own(&path);
    let (media_type, size) = if is_preview {
        (media.preview_type.ok_or(Error::NotFound)?, app.files().size(&key).await?)
    } else {
        let Media { media_type, size, .. } = media;
        (media_type, size)
    };
    Ok(Served { media_type, size, is_open, key })
}

/// What another server has at `url`, if that is the address that was meant.
async fn handed_on(app: &App, url: Option<String>, mark: &str, only: Only) -> Result<Served> {
    let url = url.filter(|url| paths::mark(url) == mark).ok_or(Error::NotFound)?;
    let cached = cache::hand_on(app, url, only).await?;
    let media_type = cached.media_type.ok_or(Error::NotFound)?;
    Ok(Served { media_type, size: cached.size, is_open: true, key: files::cached(&cached.key) })
}

/// These bytes of it, as they come.
pub async fn read(app: &App, served: &Served, range: Range<u64>) -> Result<BoxStream<'static, Result<Bytes>>> {
    app.files().part(&served.key, range).await
}

/// All bytes of something that is kept here, as they come; nothing, if they are lost.
pub async fn whole(app: &App, media: &Media) -> Result<Option<BoxStream<'static, Result<Bytes>>>> {
    let key = files::own(&media.path());
    let found = async { app.files().part(&key, 0..app.files().size(&key).await?).await };
    match found.await {
        Ok(bytes) => Ok(Some(bytes)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}
