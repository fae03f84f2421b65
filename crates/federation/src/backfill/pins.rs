//! What a person elsewhere pins to their page: read when somebody here first looks, or when they say that it changed.
use app::{App, Result, pins};
use domain::{actor::Actor, id::PostId};

use super::{
    Walk, elsewhere,
    plan::{Kind, Plan, Step},
};
use crate::{
    parse::{Listing, shape},
    resolver::{Miss, Why},
};

/// How many posts are read: more than anybody shows.
const MOST: usize = 20;

/// Reads what the person with this number pins.
pub(super) async fn read(app: &App, subject: &str) -> Result<()> {
    let Some(person) = elsewhere(app, subject).await?.filter(|actor| !actor.is_group()) else { return Ok(()) };
    match pinned(&Walk::new(app)?, &person).await {
        Ok(posts) => pins::found(app, person.id, posts).await,
        Err(Miss::Ours(error)) => Err(Miss::Ours(error).into()),
        Err(miss) => {
            tracing::debug!(person = person.uri, %miss, "what somebody pins cannot be had");
            Ok(())
        }
    }
}

/// The posts in the collection that a person names as theirs; none if they name none.
async fn pinned(walk: &Walk<'_>, person: &Actor) -> Result<Vec<PostId>, Miss> {
    let document = walk.resolver.document(walk.app, &person.uri, &walk.budget).await?;
    let Some(url) = shape::id_of(&document, "featured").and_then(shape::http) else { return Ok(Vec::new()) };
    let mut plan = Plan::default();
    plan.add_collection(Kind::Featured, url, &person.uri);
    let mut found = Vec::new();
    while let Some(step) = plan.next() {
        match step {
            Step::Page(page) => {
                let Listing { mut items, next } = walk.page(&page).await?;
                items.truncate(MOST);
                // Of a collection that only says where it begins, that.
                let next = next.filter(|_| items.is_empty());
                plan.add_listing(&page, Listing { items, next });
            }
            Step::Post(uri) => match walk.resolver.find_post(walk.app, &uri, Why::Named, &walk.budget).await {
                Ok(post) => found.push(post),
                Err(Miss::Ours(error)) => return Err(Miss::Ours(error)),
                Err(miss) => tracing::debug!(uri, %miss, "a pinned post cannot be had"),
            },
        }
    }
    Ok(found)
}
