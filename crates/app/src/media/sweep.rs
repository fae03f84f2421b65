//! Throws away what nobody uses: ours that no post has, and of other servers what is old or too much.
use std::time::Duration;

use domain::{id::MediaId, time::span};

use super::{cache, files};
use crate::{App, Result};

/// How much at a time.
const SOME: i64 = 100;

/// How long a file outlives its last day, so that nobody is about to use it any more.
const GRACE: Duration = span::minutes(5);

/// Throws away all that is due. Files go before what is known of them: a sweep that was stopped goes on.
pub(crate) async fn sweep(app: &App) -> Result<()> {
    while !app.tasks().is_stopping() && (own(app).await? || others(app).await?) {}
    Ok(())
}

/// Throws away what is too much of other servers.
pub(super) async fn make_room(app: &App) -> Result<()> {
    while others(app).await? {}
    Ok(())
}

/// Some of what people here brought; whether there was any.
async fn own(app: &App) -> Result<bool> {
    let due = app.now() - GRACE;
    let expired = app.read(move |c| store::media::expired(c, due, SOME)).await?;
    for media in &expired {
        let paths = [Some(media.path()), media.preview()];
        for key in paths.iter().flatten().map(|path| files::own(path)).chain([files::incoming(&media.token)]) {
            app.files().remove(&key).await?;
        }
    }
    let ids: Vec<MediaId> = expired.iter().map(|media| media.id).collect();
    let any = !ids.is_empty();
    if any {
        app.write(move |tx| Ok(store::media::remove(tx, &ids)?)).await?;
    }
    Ok(any)
}

/// Some of what is kept of other servers; whether there was any.
async fn others(app: &App) -> Result<bool> {
    let (before, most) = (app.now() - cache::UNWANTED, app.files().limits().cache);
    let gone = app.read(move |c| store::media::evictable(c, before, most, SOME)).await?;
    for cached in &gone {
        app.files().remove(&files::cached(&cached.key)).await?;
    }
    let keys: Vec<String> = gone.into_iter().map(|cached| cached.key).collect();
    let any = !keys.is_empty();
    if any {
        app.write(move |tx| Ok(store::media::remove_cached(tx, &keys)?)).await?;
    }
    Ok(any)
}
