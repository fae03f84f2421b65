//! Requests for the consent of an author here: to quote (FEP-044f), and to like, answer and pass on, as GoToSocial asks; and
//! what authors elsewhere say to answers and likes from here.
use app::{
    Error, Result,
    consents::{self, Request},
    votes,
};
use domain::{
    host::same_origin,
    id::{ActorId, PostId},
    post::{Assent, Consent},
    urls::Local,
};

use super::{Context, Plan, act, ignore, name};
use crate::parse::{Incoming, Object, Verb, shape};

/// Somebody asks whether they may do something with a post here. Nobody asks for others.
pub(super) fn request(context: &Context<'_>, activity: &Incoming<'_>, consent: Consent, stored: &str) -> Result<Plan> {
    let post = activity.object.id().and_then(|uri| context.known.post(&context.canonical(uri)));
    let Some(post) = post.filter(|post| post.local && context.group.is_none()) else {
        return ignore("what is asked about is not here");
    };
    let interaction = shape::id_of(activity.raw, "instrument").filter(|uri| same_origin(uri, &context.actor.uri));
    let interaction = interaction.ok_or_else(|| Error::Invalid("nobody says to what".into()))?.to_owned();
    let request = Request { consent, activity: name(activity, stored), interaction };
    let (by, post) = (context.actor.id, post.id);
    act(move |tx| consents::receive(tx, by, post, &request))
}

/// What somebody here did with a post elsewhere, and its author answers.
enum Deed {
    /// They answered it, and wait.
    Reply(PostId),
    /// They liked it.
    Like(ActorId, PostId),
}

/// An author elsewhere agrees to an answer or a like from here, or does not; `None` if it is an answer to something else.
/// The like counted from the beginning.
pub(super) async fn answer(context: &Context<'_>, activity: &Incoming<'_>, stored: &str) -> Result<Option<Plan>> {
    let Some(deed) = deed(context, activity).await? else { return Ok(None) };
    let (by, agrees) = (context.actor.id, activity.verb == Verb::Accept);
    let plan = match deed {
        Deed::Reply(post) => {
            // What they agree by has a name of its own, or is the answer itself, as it was before.
            let named = shape::id_of(activity.raw, "result").filter(|uri| same_origin(uri, &context.actor.uri));
            let document = agrees.then(|| named.map_or_else(|| name(activity, stored), str::to_owned));
            act(move |tx| consents::receive_assent(tx, by, post, document.clone()))
        }
        Deed::Like(..) if agrees => ignore("it counts already"),
        Deed::Like(voter, post) => act(move |tx| votes::receive_refusal(tx, by, voter, post)),
    };
    plan.map(Some)
}

/// Finds what is answered, by each of the names it goes by: that of the post, of the activity, or of the request that
/// GoToSocial makes of either.
async fn deed(context: &Context<'_>, activity: &Incoming<'_>) -> Result<Option<Deed>> {
    let mut names: Vec<&str> = activity.object.id().into_iter().collect();
    if let Object::Embedded(inner) = activity.object {
        names.extend(["object", "instrument"].into_iter().filter_map(|key| shape::id_of(inner, key)));
    }
    let site = context.app.site();
    let ours: Vec<Local> = names.iter().filter_map(|uri| site.parse(uri)).map(|(_, local)| local).collect();
    let by = context.actor.id;
    let found = context.app.read(move |c| {
        for local in &ours {
            let (post, liker) = match local {
                Local::Post(_, post) => (Some(*post), None),
                Local::Activity(id) => match store::activities::by_id(c, *id)? {
                    Some(said) if said.kind == "Like" => (said.post, Some(said.actor)),
                    Some(said) if said.kind == "Create" => (said.post, None),
                    _ => (None, None),
                },
                _ => (None, None),
            };
            let Some(post) = post else { continue };
            if let Some(liker) = liker {
                return Ok(Some(Deed::Like(liker, post)));
            }
            let reply = store::posts::by_id(c, post)?;
            let waits = reply.filter(|reply| reply.local && reply.content.assent == Some(Assent::Awaited));
            let Some(parent) = waits.and_then(|reply| reply.parent) else { continue };
            if store::posts::by_id(c, parent)?.is_some_and(|parent| parent.author == by) {
                return Ok(Some(Deed::Reply(post)));
            }
        }
        Ok(None)
    });
    found.await
}
