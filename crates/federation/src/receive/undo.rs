//! Taking something back: matched by who did what to which thing, since many give what they take back a new id.
use app::{Error, Result, Tx};
use domain::host::same_origin;

use super::{Context, Known, Plan, act, follows, ignore, moderation, shares, votes};
use crate::parse::{self, Incoming, Object, Verb};

/// Somebody takes back what they did themselves.
pub(super) async fn undo(context: &Context<'_>, activity: &Incoming<'_>) -> Result<Plan> {
    match activity.object {
        Object::None => Err(Error::Invalid("nothing is undone".into())),
        Object::Embedded(inner) => match (parse::activity(inner), activity.object.id()) {
            (Ok(inner), _) => take_back(context, &inner).await,
            (Err(_), Some(uri)) => by_id(context, uri).await,
            (Err(misfit), None) => Err(Error::Invalid(misfit.to_string())),
        },
        Object::Id(uri) => by_id(context, uri).await,
    }
}

/// What is taken back is named by its id alone: it was received before, or it will be.
async fn by_id(context: &Context<'_>, uri: &str) -> Result<Plan> {
    if context.group.is_some() {
        return ignore("a group has to say what is undone");
    }
    let wanted = uri.to_owned();
    let Some((by, body)) = context.app.read(move |c| store::jobs::received_by_uri(c, &wanted)).await? else {
        let (uri, by) = (uri.to_owned(), context.actor.uri.clone());
        return act(move |tx| void(tx, Some(&uri), &by));
    };
    if by != context.actor.uri {
        return Err(Error::Invalid("only one's own activities can be undone".into()));
    }
    let document = parse::json(body.as_bytes()).map_err(|e| Error::Invalid(e.to_string()))?;
    let inner = parse::activity(&document).map_err(|e| Error::Invalid(e.to_string()))?;
    let known = Known::look(context.app, &inner, Some(&by)).await?;
    let (actor, group) = (context.actor.clone(), context.group.clone());
    let context = Context { actor, group, known, ..*context };
    take_back(&context, &inner).await
}

async fn take_back(context: &Context<'_>, inner: &Incoming<'_>) -> Result<Plan> {
    if inner.actor.is_some_and(|actor| context.canonical(actor) != context.actor.uri) {
        return Err(Error::Invalid("only one's own activities can be undone".into()));
    }
    match inner.verb {
        // What does not happen in a group is not for a group to report.
        Verb::Follow | Verb::Join | Verb::Announce if context.group.is_some() => ignore("it is none of the group's"),
        Verb::Follow | Verb::Join => follows::undo(context, inner),
        Verb::Like | Verb::EmojiReact | Verb::Dislike => votes::undo(context, inner),
        Verb::Announce => shares::undo(context, inner),
        Verb::Delete => moderation::restore(context, inner).await,
        Verb::Lock => moderation::lock(context, inner, false).await,
        Verb::Block => moderation::unblock(context, inner).await,
        _ => ignore(format!("undoing `{:.64}` means nothing here", inner.kind)),
    }
}

/// Remembers that an activity was undone before it came. Nobody voids the ids of another server; and what came before
/// may come again, for some give all their requests to one actor the same id.
pub(super) fn void(tx: &mut Tx<'_, '_>, uri: Option<&str>, by: &str) -> Result<()> {
    let now = tx.now();
    if let Some(uri) = uri.filter(|uri| same_origin(uri, by))
        && !store::jobs::is_settled(tx, uri)?
    {
        store::forestalled::void(tx, uri, by, now)?;
    }
    Ok(())
}
