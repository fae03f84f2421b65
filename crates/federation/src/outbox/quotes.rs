//! Consent to quotes (FEP-044f): asked for, given, refused and revoked; and to other things, given and refused.
use std::slice;

use app::{Result, Tx, consents::Request};
use domain::{
    actor::Actor,
    id::ActorId,
    post::{Consent, Post, QuoteState},
    urls,
};
use store::deliveries::Recipients;

use super::send::{Envelope, Name, actors, send};
use crate::render::activity;

/// Somebody here wrote a post; if it quotes somebody elsewhere, they are asked whether it may.
pub(super) fn posted(tx: &mut Tx<'_, '_>, post: &Post) -> Result<()> {
    if !post.local {
        return Ok(());
    }
    let quote = store::quotes::get(tx, post.id)?.filter(|quote| quote.state == QuoteState::Pending);
    let Some(quoted) = quote.and_then(|quote| quote.post) else { return Ok(()) };
    let Some(quoted) = store::posts::by_id(tx, quoted)? else { return Ok(()) };
    let [by, author] = actors(tx, [post.author, quoted.author])?;
    let (Some(by), Some(author)) = (by, author) else { return Ok(()) };
    let name = Name::given(tx, &urls::quote_request(&post.uri))?;
    let activity = activity::ask(&name.uri, Consent::Quote, (&by.uri, &post.uri), (&author.uri, &quoted.uri));
    send(tx, &name, private(&by), &activity, &[to(&author)])?;
    Ok(())
}

/// Somebody elsewhere asked to quote a post here, or to do something else with it, and is answered.
pub(super) fn answered(
    tx: &mut Tx<'_, '_>,
    post: &Post,
    by: ActorId,
    request: &Request,
    stamp: Option<&str>,
) -> Result<()> {
    let [by, author] = actors(tx, [by, post.author])?;
    let (Some(by), Some(author)) = (by, author) else { return Ok(()) };
    let name = Name::new(tx, &author);
    let asking = (by.uri.as_str(), request.interaction.as_str());
    let asked = activity::ask(&request.activity, request.consent, asking, (&author.uri, &post.uri));
    let activity = activity::answer_ask(&name.uri, (&by.uri, &author.uri), asked, stamp);
    send(tx, &name, private(&author), &activity, &[to(&by)])?;
    Ok(())
}

/// Somebody here revoked a stamp; whoever quotes by it is told.
pub(super) fn revoked(tx: &mut Tx<'_, '_>, quoted: &Post, quoting: &Post, stamp: &str) -> Result<()> {
    let [author, by] = actors(tx, [quoted.author, quoting.author])?;
    let (Some(author), Some(by)) = (author, by) else { return Ok(()) };
    let name = Name::new(tx, &author);
    let activity = activity::revoke_quote(&name.uri, &author, stamp, &by);
    send(tx, &name, private(&author), &activity, &[to(&by)])?;
    Ok(())
}

fn private(by: &Actor) -> Envelope {
    Envelope { public: false, ..Envelope::of(by.id, None) }
}

fn to(person: &Actor) -> Recipients<'_> {
    Recipients { people: slice::from_ref(&person.id), personal: true, ..Recipients::NONE }
}
