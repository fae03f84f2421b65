//! Hashtags: following them, and showing them on one's page.
use domain::{id::TagId, text::hashtag};
use store::tags::Kept;

use crate::{App, Error, Me, Result};

/// How many hashtags one may follow.
const FOLLOWED: i64 = 1_000;

/// How many hashtags one may show.
pub const FEATURED: usize = 10;

/// A hashtag as it is kept.
fn folded(tag: &str) -> Result<String> {
    let tag = tag.trim().trim_start_matches('#');
    if hashtag::is_tag(tag) { Ok(hashtag::fold(tag)) } else { Err(Error::Invalid("this is no hashtag".into())) }
}

/// Follows a hashtag: public posts with it come to the home timeline.
pub async fn follow(app: &App, me: Me, tag: &str) -> Result<String> {
    let tag = folded(tag)?;
    app.write(move |tx| {
        if store::tags::count_followed(tx, me.0)? >= FOLLOWED {
            return Err(Error::Invalid(format!("one may follow {FOLLOWED} hashtags")));
        }
        let (id, now): (TagId, _) = (tx.new_id(), tx.now());
        store::tags::follow(tx, id, me.0, &tag, now)?;
        Ok(tag.clone())
    })
    .await
}

/// Follows a hashtag no more.
pub async fn unfollow(app: &App, me: Me, tag: &str) -> Result<String> {
    let tag = folded(tag)?;
    app.write(move |tx| {
        store::tags::unfollow(tx, me.0, &tag)?;
        Ok(tag.clone())
    })
    .await
}

/// Shows a hashtag on one's page.
pub async fn feature(app: &App, me: Me, tag: &str) -> Result<Kept> {
    let tag = folded(tag)?;
    app.write(move |tx| {
        let shown = store::tags::featured(tx, me.0)?;
        if let Some(shown) = shown.iter().find(|shown| shown.tag == tag) {
            return Ok(shown.clone());
        }
        if shown.len() >= FEATURED {
            return Err(Error::Invalid(format!("one may show {FEATURED} hashtags")));
        }
        let (id, now): (TagId, _) = (tx.new_id(), tx.now());
        store::tags::feature(tx, id, me.0, &tag, now)?;
        Ok(Kept { id, tag: tag.clone() })
    })
    .await
}

/// Shows a hashtag no more.
pub async fn unfeature(app: &App, me: Me, id: TagId) -> Result<()> {
    app.write(move |tx| if store::tags::unfeature(tx, me.0, id)? { Ok(()) } else { Err(Error::NotFound) }).await
}
