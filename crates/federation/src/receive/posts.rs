//! Posts that were written, changed or deleted elsewhere.
use app::{
    Error, Result,
    messages::{self, Attempt},
    moderation::{Measure, foretell},
    posts::{self, Draft, Origin, Way},
};
use domain::{
    host::same_origin,
    policy::Refusal,
    post::{Content, Post},
};

use super::{Context, Plan, act, actors, draft, ignore, moderation, polls};
use crate::{
    parse::{self, FoundPost, Incoming, Object, shape},
    resolver::{Miss, Why},
};

/// How often a reply waits for the server of the post it replies to, before it is taken without it.
pub(super) const WAITS: i32 = 3;

/// Somebody wrote a post.
pub(super) async fn create(context: &Context<'_>, activity: &Incoming<'_>) -> Result<Plan> {
    let uri = activity.object.id().ok_or_else(|| Error::Invalid("a post needs an id".into()))?;
    if context.is_ours(uri) {
        return Err(Error::Invalid("the post claims to be of this server".into()));
    }
    if let Some(known) = context.known.post(uri) {
        return if known.author == context.actor.id { ignore("known already") } else { Err(Refusal::NotAuthor.into()) };
    }
    let mut found = read(context, activity).await?;
    if let Some(option) = found.ballot {
        return polls::ballot(context, found.parent.as_deref(), option);
    }
    found.addressed = found.addressed.or(activity.addressed());
    let parent = found.parent.as_ref().map(|uri| context.canonical(uri));
    let known = parent.as_ref().and_then(|uri| context.known.post(uri)).cloned();
    let mut around = draft::look(context.app, &found, context.actor.clone(), known).await?;
    // What a group passes on concerns whoever follows the group.
    if context.group.is_none() && !around.is_of_interest() {
        return ignore("it concerns nobody here");
    }
    if let Some(uri) = parent.filter(|_| around.parent.is_none()) {
        around.parent = find_parent(context, &uri).await?;
    }
    let announcer = context.group.as_ref().map(|group| group.id);
    let (draft, origin) = around.draft(context.search(), found, announcer, Way::Sent).await?;
    let (author, cause) = (context.actor.id, Some(context.received));
    let attempt = attempt(context, activity, &origin.uri, false);
    act(move |tx| match (posts::receive(tx, author, &draft, &origin, cause), &attempt) {
        (Err(why @ Error::Denied(_)), Some(attempt)) => messages::refuse(tx, author, &draft, attempt, why),
        (done, _) => done.map(drop),
    })
}

/// What is answered if it may not be: to whoever says so themselves, and gave it a name.
fn attempt(context: &Context<'_>, activity: &Incoming<'_>, post: &str, is_change: bool) -> Option<Attempt> {
    let id = activity.id.filter(|_| context.group.is_none() && context.trusted)?;
    Some(Attempt { activity: id.to_owned(), post: post.to_owned(), is_change })
}

/// What an activity says of a post: as it came along, if its actor is the author there; else as its server has it.
async fn read(context: &Context<'_>, activity: &Incoming<'_>) -> Result<FoundPost> {
    let author = &context.actor.uri;
    let found = match activity.object {
        Object::Embedded(document)
            if context.trusted && shape::id(document).is_some_and(|id| same_origin(id, author)) =>
        {
            let mut found = parse::post(document, context.app.now()).map_err(|e| Error::Invalid(e.to_string()))?;
            if found.authors.is_empty() {
                found.authors.push(author.clone());
            }
            found
        }
        object => {
            let uri = object.id().ok_or_else(|| Error::Invalid("a post needs an id".into()))?;
            context.resolver.fetch_post(context.app, uri, context.budget).await?
        }
    };
    if found.authors.contains(author) && same_origin(&found.uri, author) {
        Ok(found)
    } else {
        Err(Refusal::NotAuthor.into())
    }
}

/// The post that is replied to, fetched with those above it. One that cannot be had is done without.
async fn find_parent(context: &Context<'_>, uri: &str) -> Result<Option<Post>> {
    match context.resolver.find_post(context.app, uri, Why::Named, context.budget).await {
        Ok(id) => context.app.read(move |c| store::posts::by_id(c, id)).await,
        Err(miss @ Miss::Ours(_)) => Err(miss.into()),
        Err(miss) if miss.is_transient() && context.attempts < WAITS => Err(miss.into()),
        Err(_) => Ok(None),
    }
}

/// Somebody changed a post, or themselves.
pub(super) async fn update(context: &Context<'_>, activity: &Incoming<'_>) -> Result<Plan> {
    let uri = activity.object.id().ok_or_else(|| Error::Invalid("nothing is changed".into()))?;
    let is_actor = matches!(activity.object, Object::Embedded(document) if parse::actor(document).is_ok());
    if is_actor || uri == context.actor.uri || context.known.actor(&context.canonical(uri)).is_some() {
        return actors::update(context, activity).await;
    }
    // A change may overtake its post.
    let Some(known) = context.known.post(uri) else { return Box::pin(create(context, activity)).await };
    if known.author != context.actor.id {
        return Err(Refusal::NotAuthor.into());
    }
    if known.deleted.is_some() {
        return bring_back(context, known, 0).await;
    }
    let found = read(context, activity).await?;
    let undated = matches!(activity.object, Object::Embedded(document) if document.get("updated").is_none());
    let stated = found.edited;
    let (draft, origin) = redraft(context, known, found).await?;
    // Some never say when. The results of a poll come without a date on purpose.
    let said = (undated && draft.content().poll.is_none()).then(|| context.app.now());
    let (by, edited, cause) = (context.actor.id, stated.or(said), Some(context.received));
    let attempt = attempt(context, activity, &origin.uri, true);
    act(move |tx| match (posts::receive_edit(tx, by, &origin.uri, &draft, edited, cause), &attempt) {
        (Err(why @ Error::Denied(_)), Some(attempt)) => messages::refuse_change(tx, by, attempt, why),
        (done, _) => done,
    })
}

/// What a known post says now.
async fn redraft(context: &Context<'_>, known: &Post, found: FoundPost) -> Result<(Draft, Origin)> {
    let around = draft::look(context.app, &found, context.actor.clone(), None).await?;
    let (mut draft, origin) = around.draft(context.search(), found, known.group, Way::Sent).await?;
    if known.parent.is_some() && draft.content().title.is_some() {
        let untitled = Content { title: None, ..draft.content().clone() };
        draft = draft.saying(untitled);
    }
    Ok((draft, origin))
}

/// Somebody takes back that they deleted a post, or speaks of it as if it were there: its server is asked, and if it does not
/// have it so many times again, since an answer may be from before it came back.
pub(super) async fn bring_back(context: &Context<'_>, known: &Post, again: i32) -> Result<Plan> {
    if known.local || known.deleted.is_none() {
        return ignore("it was not deleted elsewhere");
    }
    let found = match context.resolver.fetch_post(context.app, &known.uri, context.budget).await {
        Err(Miss::Gone | Miss::NotFound) if context.attempts >= again => return ignore("its server does not have it"),
        Err(Miss::Gone | Miss::NotFound) => {
            return Err(Error::Unreachable { what: "its server does not have it".into(), retry: true });
        }
        found => found?,
    };
    if !found.authors.contains(&context.actor.uri) || found.uri != known.uri {
        return Err(Refusal::NotAuthor.into());
    }
    let (draft, origin) = redraft(context, known, found).await?;
    let (by, cause) = (context.actor.id, Some(context.received));
    act(move |tx| posts::receive_return(tx, by, &origin.uri, &draft, cause))
}

/// Somebody deleted a post, or themselves; or a moderator takes a post out of a group.
pub(super) async fn delete(context: &Context<'_>, activity: &Incoming<'_>) -> Result<Plan> {
    let uri = activity.object.id().ok_or_else(|| Error::Invalid("nothing is deleted".into()))?;
    let uri = context.canonical(uri);
    if uri == context.actor.uri {
        return actors::delete(context, activity).await;
    }
    let (by, cause) = (context.actor.id, Some(context.received));
    let Some(known) = context.known.post(&uri) else { return delete_unknown(context, activity, uri).await };
    if known.author == by {
        if !context.trusted && !is_gone(context, &uri).await? {
            return ignore("its server still has it");
        }
        return act(move |tx| posts::receive_delete(tx, by, &uri, None, cause));
    }
    moderation::check_place(context, known)?;
    let by = moderation::decider(context).await?;
    let reason = activity.reason.unwrap_or_default().to_owned();
    act(move |tx| posts::receive_delete(tx, by, &uri, Some(&reason), cause))
}

/// A post is gone, or taken out of its group, before it came.
async fn delete_unknown(context: &Context<'_>, activity: &Incoming<'_>, uri: String) -> Result<Plan> {
    if context.is_ours(&uri) || context.known.actor(&uri).is_some() {
        return Err(Error::NotFound);
    }
    let (author, cause) = (context.actor.id, Some(context.received));
    let own = context.trusted && same_origin(&uri, &context.actor.uri);
    let Some(reason) = activity.reason.map(str::to_owned) else {
        return if own {
            act(move |tx| {
                // A stamp may be gone, and with it the consent.
                if app::quotes::receive_revoke(tx, author, &uri, cause)? {
                    return Ok(());
                }
                posts::receive_delete(tx, author, &uri, None, cause)
            })
        } else {
            ignore("the post is not known here")
        };
    };
    let by = moderation::decider(context).await?;
    act(move |tx| {
        if own {
            posts::receive_delete(tx, author, &uri, None, cause)?;
        }
        match foretell(tx, by, &uri, Measure::Remove, &reason, cause) {
            // An author may give a reason, too.
            Err(Error::Denied(_)) if own => Ok(()),
            done => done,
        }
    })
}

/// Whether the server of a post says that it is gone.
async fn is_gone(context: &Context<'_>, uri: &str) -> Result<bool> {
    match context.resolver.fetch_post(context.app, uri, context.budget).await {
        Err(Miss::Gone | Miss::NotFound) => Ok(true),
        Err(miss) if miss.is_transient() => Err(miss.into()),
        _ => Ok(false),
    }
}
