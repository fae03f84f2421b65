//! Finds out whether the pages that people here name as their own say the same of them (`rel="me"`).
use std::time::Duration;

use bytes::Bytes;
use domain::{actor::Actor, id::ActorId, text::html, time::span};
use futures_util::{Stream, TryStreamExt, future::BoxFuture};

use crate::{App, Error, Result};

/// The job that looks at the pages somebody names.
pub(crate) const LOOK: &str = "look at own pages";

/// How much of a page is read, in bytes, and for how long once it begins to come.
const LONGEST: usize = 1 << 20;
const PATIENCE: Duration = span::seconds(15);

/// Looks at the pages that somebody names as their own and that are not known to be theirs.
pub(crate) fn look(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let Ok(id) = subject.parse::<i64>().map(ActorId) else { return Ok(()) };
        let actor = app.read(move |c| store::actors::by_id(c, id)).await?;
        let Some(actor) = actor.filter(|actor| actor.is_local() && actor.deleted.is_none()) else { return Ok(()) };
        let mut theirs = Vec::new();
        for field in actor.fields.iter().filter(|field| field.verified.is_none()) {
            if let Some(url) = html::own_page(&field.value)
                && belongs(&app, &url, &actor).await
            {
                theirs.push(field.value.clone());
            }
        }
        if theirs.is_empty() { Ok(()) } else { record(&app, id, theirs).await }
    })
}

/// Whether a page says that it is somebody's. One that cannot be read says nothing: it is looked at again when they change
/// their profile.
async fn belongs(app: &App, url: &str, actor: &Actor) -> bool {
    let (uri, page) = (actor.uri.clone(), actor.url.clone());
    let said = async {
        let text = read(app, url).await?;
        app.tasks().blocking(move || html::belongs_to(&text, &[&uri, &page])).await.map_err(Error::internal)
    };
    match said.await {
        Ok(belongs) => belongs,
        Err(error) => {
            tracing::debug!(url, %error, "somebody's own page could not be read");
            false
        }
    }
}

/// The beginning of a page.
pub(crate) async fn read(app: &App, url: &str) -> Result<String> {
    gather(app.resolver().page(url).await?, PATIENCE).await
}

/// What comes first, and within that time: whoever sends a page drop by drop keeps no other work waiting.
async fn gather(mut pieces: impl Stream<Item = Result<Bytes>> + Unpin, patience: Duration) -> Result<String> {
    let mut page = Vec::new();
    let reading = async {
        while page.len() < LONGEST
            && let Some(piece) = pieces.try_next().await?
        {
            page.extend_from_slice(&piece);
        }
        Ok::<_, Error>(())
    };
    tokio::time::timeout(patience, reading).await.unwrap_or(Ok(()))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

async fn record(app: &App, id: ActorId, theirs: Vec<String>) -> Result<()> {
    app.write(move |tx| {
        let Some(mut actor) = store::actors::by_id(tx, id)? else { return Ok(()) };
        let now = tx.now();
        for field in &mut actor.fields {
            if field.verified.is_none() && theirs.contains(&field.value) {
                field.verified = Some(now);
            }
        }
        Ok(store::actors::upsert(tx, &actor).map(drop)?)
    })
    .await
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt, stream};

    use super::*;

    #[tokio::test]
    async fn a_page_that_never_ends_is_read_as_far_as_it_came() {
        let drip = stream::unfold((), |()| async {
            tokio::task::yield_now().await;
            Some((Ok(Bytes::new()), ()))
        });
        let begun = stream::iter([Ok(Bytes::from_static(b"<p>"))]).chain(drip);
        assert_eq!(gather(Box::pin(begun), Duration::from_millis(50)).await.unwrap(), "<p>");
        let flood = stream::repeat_with(|| Ok(Bytes::from(vec![b'x'; 1 << 16])));
        assert!(gather(Box::pin(flood), span::hours(1)).await.unwrap().len() <= LONGEST + (1 << 16));
    }
}
