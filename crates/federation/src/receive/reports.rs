//! Reports from elsewhere, in all the ways they come: the person first and then posts, one post alone, posts and then
//! the person; from whoever found it or from their server; with the reason in one place or another.
use app::{
    Result,
    reports::{self, Complaint, POSTS},
};
use domain::{
    actor::Actor,
    post::Post,
    report::{Category, Reach},
};

use super::{Context, Plan, act, ignore, name};
use crate::parse::{Incoming, shape};

/// Somebody reports people or posts. It is kept if a person here is meant, or a post that stands in a group here.
pub(super) async fn flag(context: &Context<'_>, activity: &Incoming<'_>, stored: &str) -> Result<Plan> {
    let named = shape::ids_of(activity.raw, "object", POSTS + 1);
    let named: Vec<String> = named.iter().map(|uri| context.canonical(uri)).collect();
    let (person, mut posts) = look(context, named).await?;
    let Some(target) = person.as_ref().map(|person| person.id).or_else(|| Some(posts.first()?.author)) else {
        return ignore("nothing of it is known here");
    };
    posts.retain(|post| post.author == target && post.deleted.is_none());
    posts.truncate(POSTS);
    let mut concerned: Vec<_> = posts.iter().filter_map(|post| post.group).collect();
    concerned.push(target);
    let concerned = context.app.read(move |c| store::actors::by_ids(c, &concerned)).await?;
    if !concerned.iter().any(Actor::is_local) {
        return ignore("it concerns nobody and no group here");
    }
    let reason = ["content", "summary"].into_iter().find_map(|key| shape::text(activity.raw, key));
    let complaint = Complaint {
        target,
        posts: posts.into_iter().map(|post| post.id).collect(),
        comment: reason.unwrap_or_default().to_owned(),
        category: Category::Other,
        bylaw: None,
        rules: Vec::new(),
        reach: Reach::Here,
    };
    // What a group says that somebody reported is its own word, unless they say so themselves.
    let by = context.group.as_ref().filter(|_| !context.trusted).map_or(context.actor.id, |group| group.id);
    let uri = name(activity, stored);
    act(move |tx| reports::receive(tx, by, &complaint, &uri))
}

/// A moderator elsewhere dealt with a report.
pub(super) fn resolve(context: &Context<'_>, activity: &Incoming<'_>) -> Result<Plan> {
    let uri = activity.object.id().map(|uri| context.canonical(uri));
    let Some(uri) = uri.filter(|_| context.trusted) else { return ignore("nobody knows which report is meant") };
    let by = context.actor.id;
    act(move |tx| reports::receive_resolve(tx, by, &uri))
}

/// The person and the posts with these ids, as far as they are known here.
async fn look(context: &Context<'_>, named: Vec<String>) -> Result<(Option<Actor>, Vec<Post>)> {
    let found = context.app.read(move |c| {
        let mut posts = Vec::new();
        for uri in &named {
            posts.extend(store::posts::by_uri(c, uri)?);
        }
        Ok((store::actors::by_uris(c, &named)?.into_iter().next(), posts))
    });
    found.await
}
