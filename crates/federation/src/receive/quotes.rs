//! Quotes (FEP-044f): the answers to requests for consent, and whether a post from elsewhere has it.
use app::{Error, Result, quotes};
use domain::{
    host::same_origin,
    id::PostId,
    post::{Consent, Post, Quote, QuoteState},
    urls::Local,
};

use super::{Context, Plan, act};
use crate::{
    parse::{FoundPost, Incoming, Object, Verb, shape},
    resolver::Why,
};

/// What a post quotes, fetched if it is not known, and whether its author agrees.
pub(super) async fn look(context: &Context<'_>, found: &FoundPost) -> Result<Option<Quote>> {
    let Some((uri, stamp)) = &found.quote else { return Ok(None) };
    let uri = context.canonical(uri);
    if uri == found.uri {
        return Ok(None);
    }
    let post = match context.resolver.find_post(context.app, &uri, Why::Named, context.budget).await {
        Ok(id) => context.app.read(move |c| store::posts::by_id(c, id)).await?,
        Err(_) => None,
    };
    let mut quote = Quote { uri, post: post.as_ref().map(|post| post.id), state: QuoteState::Pending, stamp: None };
    let Some(post) = post else { return Ok(Some(quote)) };
    if post.author == context.actor.id {
        quote.state = QuoteState::Accepted;
    } else if let Some(stamp) = stamp
        && agrees(context, &post, stamp, &found.uri).await?
    {
        quote.state = QuoteState::Accepted;
        quote.stamp = Some(stamp.clone());
    }
    Ok(Some(quote))
}

/// Whether a stamp is one of the author of what is quoted, and is for the post that quotes.
async fn agrees(context: &Context<'_>, quoted: &Post, stamp: &str, quoting: &str) -> Result<bool> {
    if let Some((_, local)) = context.app.site().parse(stamp) {
        let Local::Stamp(_, post, id) = local else { return Ok(false) };
        let granted = context.app.read(move |c| store::quotes::granted(c, id, post)).await?;
        let agreed = granted.is_some_and(|(consent, by)| consent == Consent::Quote && by == quoting);
        return Ok(post == quoted.id && agreed);
    }
    let by = quoted.author;
    let Some(author) = context.app.read(move |c| store::actors::by_id(c, by)).await? else { return Ok(false) };
    if !same_origin(stamp, &author.uri) {
        return Ok(false);
    }
    let Ok(document) = context.resolver.document(context.app, stamp, context.budget).await else { return Ok(false) };
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
