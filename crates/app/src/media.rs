//! Pictures, films and sounds that people here bring: taken in, read and written anew, described, attached, thrown away.
use std::time::Duration;

use bytes::Bytes;
use domain::{
    id::{ActorId, MediaId},
    media::{Focus, Media, MediaState, MediaType, Purpose, SNIFF},
    policy,
    post::{Attachment, Post},
    text::plain,
    time::{Timestamp, span},
};
use futures_util::{Stream, StreamExt, future::BoxFuture};
use serde::{Deserialize, Serialize};

use crate::{App, Error, Me, Result, Tx, random};

mod boxes;
mod cache;
mod files;
mod film;
mod lend;
mod picture;
mod portrait;
mod serve;
mod sweep;

pub(crate) use cache::look;
pub use files::{Files, Limits};
pub use lend::Lender;
pub use picture::PIXELS;
pub use portrait::{frame, remove as remove_portrait, set as set_portrait};
pub use serve::{Served, Wanted, find, read, whole};
pub(crate) use sweep::sweep;

/// How many a post may have: what Mastodon shows.
pub const MOST: usize = 4;

/// The longest description, in characters.
pub const DESCRIPTION: usize = 1_500;

/// How long what nobody uses is kept.
const LOOSE: Duration = span::days(1);

/// The job that reads a picture and writes it anew, if whoever was to do it at once was stopped.
pub(crate) const PROCESS: &str = "media";

/// When that is.
const SECOND_TRY: Duration = span::minutes(2);

/// What is said of something.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct About {
    /// What it shows, in words.
    pub description: Option<String>,
    /// What of it matters.
    pub focus: Option<Focus>,
}

impl About {
    fn apply(&self, media: &mut Media) {
        if let Some(description) = &self.description {
            media.description = plain::clean(description, DESCRIPTION);
        }
        media.focus = self.focus.or(media.focus);
    }
}

/// Takes in what a person here brings, for a post. Pictures are not ready then, see [`finish`].
pub async fn bring(app: &App, me: Me, about: About, bytes: impl Stream<Item = Result<Bytes>> + Unpin) -> Result<Media> {
    let (media_type, bytes) = recognise(bytes).await?;
    let token = random::secret()?;
    let files = app.files();
    let (key, state) = if media_type.is_picture() {
        (files::incoming(&token), MediaState::Processing)
    } else {
        (files::own(&domain::urls::media::file(&token, media_type)), MediaState::Ready)
    };
    let most = files.limits().of(media_type);
    let watch = film::Watch::default();
    let size = if media_type.is_in_boxes() {
        files.write(&key, most, boxes::blank(bytes, watch.clone())).await?
    } else if media_type == MediaType::Webm {
        files.write(&key, most, film::watch(bytes, watch.clone())).await?
    } else {
        files.write(&key, most, bytes).await?
    };
    let film = watch.film();
    app.write(move |tx| {
        let mut media = Media {
            id: tx.new_id(),
            token: token.clone(),
            owner: me.0,
            purpose: Purpose::Attachment,
            media_type,
            preview_type: None,
            state,
            size,
            pixels: film.pixels,
            duration: film.duration,
            blurhash: None,
            description: String::new(),
            focus: None,
            post: None,
            created: tx.now(),
            expires: Some(tx.now() + LOOSE),
        };
        about.apply(&mut media);
        policy::bring(store::accounts::by_id(tx, me.0)?.is_some_and(|account| account.disabled.is_none()))?;
        store::media::insert(tx, &media)?;
        if media.state == MediaState::Processing {
            tx.push_job(PROCESS, &media.id.to_string(), SECOND_TRY)?;
        }
        Ok(media)
    })
    .await
}

/// What the first bytes say, and all the bytes.
async fn recognise<S: Stream<Item = Result<Bytes>> + Unpin>(
    bytes: S,
) -> Result<(MediaType, impl Stream<Item = Result<Bytes>> + Unpin)> {
    let (media_type, bytes) = recognise_any(bytes).await?;
    if media_type.is_taken() { Ok((media_type, bytes)) } else { Err(unknown()) }
}

fn unknown() -> Error {
    Error::Invalid("this is no picture, film or sound of a kind that is taken here".into())
}

/// The same of what others show.
async fn recognise_any<S: Stream<Item = Result<Bytes>> + Unpin>(
    bytes: S,
) -> Result<(MediaType, impl Stream<Item = Result<Bytes>> + Unpin)> {
    // Some streams take it ill to be asked again after their end.
    let mut bytes = bytes.fuse();
    let mut head = Vec::new();
    while head.len() < SNIFF {
        let Some(piece) = bytes.next().await else { break };
        head.extend_from_slice(&piece?);
    }
    let media_type = MediaType::sniff(&head).ok_or_else(unknown)?;
    let head = futures_util::stream::iter([Ok(Bytes::from(head))]);
    Ok((media_type, head.chain(bytes)))
}

/// Waits until something is ready, or cannot be; for so long at most.
pub async fn finish(app: &App, media: Media, patience: Duration) -> Result<Media> {
    if media.state != MediaState::Processing {
        return Ok(media);
    }
    let (done, heard) = tokio::sync::oneshot::channel();
    let (worker, id) = (app.clone(), media.id);
    app.tasks().spawn(async move {
        // Nobody waits any more, perhaps: it is done nevertheless.
        done.send(process_one(&worker, id).await).ok();
    });
    if let Ok(Ok(done)) = tokio::time::timeout(patience, heard).await {
        done?;
    }
    mine(app, Me(media.owner), media.id).await
}

/// Reads pictures and writes them anew: the job.
pub(crate) fn process(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let id = subject.parse().map_err(|_error| Error::Invalid(format!("`{subject}` is no number")))?;
        process_one(&app, id).await
    })
}

async fn process_one(app: &App, id: MediaId) -> Result<()> {
    let media = app.read(move |c| store::media::by_id(c, id)).await?;
    let Some(media) = media.filter(|media| media.state == MediaState::Processing) else { return Ok(()) };
    let (files, incoming) = (app.files(), files::incoming(&media.token));
    let bytes = files.whole(&incoming).await?;
    let media_type = media.media_type;
    let media = match files.paint(app, move || picture::remake(&bytes, media_type)).await {
        Ok(made) => {
            let whole = made.whole.media_type;
            let media = Media {
                media_type: whole,
                preview_type: Some(made.preview.media_type),
                state: MediaState::Ready,
                size: u64::try_from(made.whole.bytes.len()).unwrap_or(u64::MAX),
                pixels: Some(made.whole.pixels),
                blurhash: made.blurhash,
                ..media
            };
            files.put(&files::own(&media.path()), made.whole.bytes).await?;
            files.put(&files::own(&media.preview().unwrap_or_default()), made.preview.bytes).await?;
            media
        }
        Err(Error::Invalid(_)) => Media { state: MediaState::Failed, ..media },
        Err(error) => return Err(error),
    };
    let made = media.clone();
    app.write(move |tx| {
        // What was said of it meanwhile stays.
        let Some(now) = store::media::by_id(tx, id)? else { return Ok(()) };
        let Media { description, focus, post, expires, .. } = now;
        Ok(store::media::update(tx, &Media { description, focus, post, expires, ..made.clone() })?)
    })
    .await?;
    files.remove(&incoming).await
}

/// Something that I brought, whatever its state.
pub async fn mine(app: &App, me: Me, id: MediaId) -> Result<Media> {
    let media = app.read(move |c| store::media::by_id(c, id)).await?.ok_or(Error::NotFound)?;
    // What is not mine is not there.
    policy::handle_media(&media, me.0).map_err(|_refusal| Error::NotFound)?;
    Ok(media)
}

/// Says something else of what I brought. What stands in a post changes with the post.
pub async fn describe(app: &App, me: Me, id: MediaId, about: About) -> Result<Media> {
    app.write(move |tx| {
        let mut media = owned(tx, me.0, id)?;
        about.apply(&mut media);
        store::media::update(tx, &media)?;
        Ok(media)
    })
    .await
}

/// Gives what I brought another preview.
pub async fn set_preview(
    app: &App,
    me: Me,
    id: MediaId,
    bytes: impl Stream<Item = Result<Bytes>> + Unpin,
) -> Result<Media> {
    let media = mine(app, me, id).await?;
    let (media_type, bytes) = recognise(bytes).await?;
    let whole = app.files().gather(app.files().limits().of(media_type), bytes).await?;
    let made = app.files().paint(app, move || picture::remake(&whole, media_type)).await?;
    let preview = Media { preview_type: Some(made.preview.media_type), ..media }.preview().unwrap_or_default();
    app.files().put(&files::own(&preview), made.preview.bytes).await?;
    app.write(move |tx| {
        let media = owned(tx, me.0, id)?;
        let blurhash = made.blurhash.clone();
        let media = Media { preview_type: Some(made.preview.media_type), blurhash, ..media };
        store::media::update(tx, &media)?;
        Ok(media)
    })
    .await
}

/// Throws away what I brought, and no post has.
pub async fn discard(app: &App, me: Me, id: MediaId) -> Result<()> {
    app.write(move |tx| {
        let media = owned(tx, me.0, id)?;
        if media.post.is_some() {
            return Err(Error::Invalid("this belongs to a post".into()));
        }
        let now = tx.now();
        Ok(store::media::keep_until(tx, &[id], Some(now))?)
    })
    .await
}

fn owned(tx: &mut Tx<'_, '_>, by: ActorId, id: MediaId) -> Result<Media> {
    let media = store::media::by_id(tx, id)?.ok_or(Error::NotFound)?;
    policy::handle_media(&media, by).map_err(|_refusal| Error::NotFound)?;
    Ok(media)
}

/// What I brought, as it will stand in a post that says this of it: all of it must be ready.
pub(crate) async fn attachments(
    app: &App,
    me: Me,
    ids: &[MediaId],
    described: &[(MediaId, About)],
) -> Result<Vec<Attachment>> {
    if ids.len() > MOST {
        return Err(Error::Invalid(format!("a post has at most {MOST} pictures, films or sounds")));
    }
    let wanted = ids.to_vec();
    let mut found = app.read(move |c| store::media::by_ids(c, &wanted)).await?;
    let mine = found.iter().filter(|media| policy::handle_media(media, me.0).is_ok()).count();
    if mine < ids.len() {
        return Err(Error::Invalid("some of the media are not there".into()));
    }
    if found.iter().any(|media| media.state != MediaState::Ready) {
        return Err(Error::Invalid("some of the media have not been processed yet".into()));
    }
    for media in &mut found {
        let id = media.id;
        for (_, about) in described.iter().filter(|(about, _)| *about == id) {
            about.apply(media);
        }
    }
    Ok(found.iter().map(Media::attachment).collect())
}

/// Makes what a post of somebody here shows its own, with what the post says of it.
pub(crate) fn attach(tx: &mut Tx<'_, '_>, post: &Post) -> Result<()> {
    if !post.local {
        return Ok(());
    }
    let ids: Vec<MediaId> = post.content.attachments.iter().filter_map(|attachment| attachment.media).collect();
    let now = tx.now();
    for mut media in store::media::by_ids(tx, &ids)? {
        policy::handle_media(&media, post.author)?;
        let loose = media.post.is_none() && media.expires.is_some_and(|at| at > now);
        if media.purpose != Purpose::Attachment || !(loose || media.post == Some(post.id)) {
            return Err(Error::Invalid("some of the media belong to something else".into()));
        }
        let said = post.content.attachments.iter().find(|attachment| attachment.media == Some(media.id));
        if let Some(said) = said.filter(|said| (&said.alt, said.focus) != (&media.description, media.focus)) {
            media.description.clone_from(&said.alt);
            media.focus = said.focus;
            store::media::update(tx, &media)?;
        }
    }
    Ok(store::media::attach(tx, post.id, &ids, now + LOOSE)?)
}

/// Keeps what somebody brought for a post that is published at `due`.
pub(crate) fn hold(tx: &mut Tx<'_, '_>, owner: ActorId, ids: &[MediaId], due: Timestamp) -> Result<()> {
    let mut loose = store::media::by_ids(tx, ids)?;
    loose.retain(|media| media.post.is_none() && policy::handle_media(media, owner).is_ok());
    let loose: Vec<MediaId> = loose.iter().map(|media| media.id).collect();
    Ok(store::media::keep_until(tx, &loose, Some(due + LOOSE))?)
}

/// Lets go of what a post showed: its author may use it again within a day.
pub(crate) fn detach(tx: &mut Tx<'_, '_>, post: &Post) -> Result<()> {
    let expires = tx.now() + LOOSE;
    Ok(store::media::attach(tx, post.id, &[], expires)?)
}

/// Throws away all that an actor brought who is gone.
pub(crate) fn forget(tx: &mut Tx<'_, '_>, actor: ActorId) -> Result<()> {
    let now = tx.now();
    Ok(store::media::expire_all_of(tx, actor, now)?)
}
