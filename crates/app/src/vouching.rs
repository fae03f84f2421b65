//! Finds out whether the pages that people here name as their own say the same of them (`rel="me"`).
use domain::{actor::Actor, id::ActorId, text::html};
use futures_util::{TryStreamExt, future::BoxFuture};

use crate::{App, Error, Result};

/// The job that looks at the pages somebody names.
pub(crate) const LOOK: &str = "look at own pages";

/// How much of a page is read, in bytes.
const LONGEST: usize = 1 << 20;

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
    let mut pieces = app.resolver().page(url).await?;
    let mut page = Vec::new();
    while let Some(piece) = pieces.try_next().await? {
        page.extend_from_slice(&piece);
        if page.len() >= LONGEST {
            break;
        }
    }
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
