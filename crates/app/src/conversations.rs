//! Conversations: threads of direct messages, gathered for each of those here who take part.
use domain::{
    id::ConversationId,
    post::{Audience, Post},
};

use crate::{App, Error, Event, Me, Result, Tx};

/// Adds what `event` brings to the conversations of those it concerns.
pub(crate) fn record(tx: &mut Tx<'_, '_>, event: &Event) -> Result<()> {
    match event {
        Event::Posted { post, .. } if post.audience == Audience::Direct => posted(tx, post),
        _ => Ok(()),
    }
}

fn posted(tx: &mut Tx<'_, '_>, post: &Post) -> Result<()> {
    let mut concerned = store::posts::mentioned(tx, post.id)?;
    concerned.push(post.author);
    for person in store::accounts::among(tx, &concerned)? {
        if store::shuns::hushes(tx, person, post.author)? {
            continue;
        }
        let id: ConversationId = tx.new_id();
        store::conversations::add(tx, id, person, (post.root, post.id), person != post.author)?;
    }
    Ok(())
}

/// Says that I have read a conversation, or have yet to.
pub async fn set_unread(app: &App, me: Me, id: ConversationId, unread: bool) -> Result<()> {
    app.write(move |tx| {
        let conversation = store::conversations::get(tx, id, me.0)?.ok_or(Error::NotFound)?;
        Ok(store::conversations::set_unread(tx, conversation.id, unread)?)
    })
    .await
}

/// Puts a conversation away until something new comes.
pub async fn remove(app: &App, me: Me, id: ConversationId) -> Result<()> {
    app.write(move |tx| {
        let conversation = store::conversations::get(tx, id, me.0)?.ok_or(Error::NotFound)?;
        Ok(store::conversations::remove(tx, conversation.id)?)
    })
    .await
}
