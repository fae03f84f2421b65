//! Quotes (FEP-044f): the answers to requests for consent, and whether a post from elsewhere has it.
use app::{App, Error, Result, quotes};
use domain::{
    host::same_origin,
    id::{ActorId, PostId},
    post::{Consent, Post, Quote, QuoteState},
    urls::Local,
};

use super::{Context, Plan, act};
use crate::{
    parse::{FoundPost, Incoming, Object, Verb, shape},
    resolver::{Budget, FederationResolver, Why, canonical},
};

/// Who looks for what a post quotes, on which allowance.
#[derive(Clone, Copy)]
pub(crate) struct Search<'a> {
    pub(crate) app: &'a App,
    pub(crate) resolver: &'a FederationResolver,
    pub(crate) budget: &'a Budget,
}

/// What a post of this author quotes, fetched if it is not known, and whether its own author agrees.
pub(super) async fn look(search: Search<'_>, found: &FoundPost, author: ActorId) -> Result<Option<Quote>> {
    let Some((uri, stamp)) = &found.quote else { return Ok(None) };
    let uri = canonical(search.app.site(), uri);
    if uri == found.uri {
        return Ok(None);
    }
    // Those who quote one another in a circle, or one on top of another, lead nowhere.
    let post = if search.budget.descend(&found.uri, &uri) {
        let quoted = Box::pin(search.resolver.find_post(search.app, &uri, Why::Named, search.budget)).await;
        search.budget.ascend();
        match quoted {
            Ok(id) => search.app.read(move |c| store::posts::by_id(c, id)).await?,
            Err(_) => None,
        }
    } else {
        let uri = uri.clone();
        search.app.read(move |c| store::posts::by_uri(c, &uri)).await?
    };
    let mut quote = Quote { uri, post: post.as_ref().map(|post| post.id), state: QuoteState::Pending, stamp: None };
    let Some(post) = post else { return Ok(Some(quote)) };
    if post.author == author {
        quote.state = QuoteState::Accepted;
    } else if let Some(stamp) = stamp
        && agrees(search, &post, stamp, &found.uri).await?
    {
        quote.state = QuoteState::Accepted;
        quote.stamp = Some(stamp.clone());
    }
    Ok(Some(quote))
}

/// Whether a stamp is one of the author of what is quoted, and is for the post that quotes.
async fn agrees(search: Search<'_>, quoted: &Post, stamp: &str, quoting: &str) -> Result<bool> {
    let Search { app, resolver, budget } = search;
    if let Some((_, local)) = app.site().parse(stamp) {
        let Local::Stamp(_, post, id) = local else { return Ok(false) };
        let granted = app.read(move |c| store::quotes::granted(c, id, post)).await?;
        let agreed = granted.is_some_and(|(consent, by)| consent == Consent::Quote && by == quoting);
        return Ok(post == quoted.id && agreed);
    }
    let by = quoted.author;
    let Some(author) = app.read(move |c| store::actors::by_id(c, by)).await? else { return Ok(false) };
    if !same_origin(stamp, &author.uri) {
        return Ok(false);
    }
    let Ok(document) = resolver.document(app, stamp, budget).await else { return Ok(false) };
    let says = |key: &str, id: &str| shape::id_of(&document, key) == Some(id);
    Ok(shape::is_a(&document, "QuoteAuthorization")
        && says("attributedTo", &author.uri)
        && says("interactingObject", quoting)
        && says("interactionTarget", &quoted.uri))
}

/// Whether somebody answers a request to quote: it is named after the post here that quotes.
pub(super) fn is_answer(context: &Context<'_>, activity: &Incoming<'_>) -> bool {
    asking(context, activity).is_some()
}

fn asking(context: &Context<'_>, activity: &Incoming<'_>) -> Option<PostId> {
    let uri = match activity.object {
        Object::Embedded(inner) if !shape::is_a(inner, "QuoteRequest") => return None,
        object => object.id()?,
    };
    let post = context.known.post(&context.canonical(uri))?;
    (post.local && domain::urls::quote_request(&post.uri) == uri).then_some(post.id)
}

/// Somebody answers a request to quote what they wrote.
pub(super) fn answer(context: &Context<'_>, activity: &Incoming<'_>) -> Result<Plan> {
    let post = asking(context, activity).ok_or(Error::NotFound)?;
    let stamp = shape::id_of(activity.raw, "result").filter(|stamp| same_origin(stamp, &context.actor.uri));
    let stamp = stamp.filter(|_| activity.verb == Verb::Accept).map(str::to_owned);
    if activity.verb == Verb::Accept && stamp.is_none() {
        return Err(Error::Invalid("an agreement needs a stamp".into()));
    }
    let (by, cause) = (context.actor.id, Some(context.received));
    act(move |tx| quotes::receive_answer(tx, by, post, stamp.clone(), cause))
}
