//! Requests for the consent of an author here: to quote (FEP-044f), and to like, answer and pass on, as GoToSocial asks.
use app::{
    Error, Result,
    consents::{self, Request},
};
use domain::{host::same_origin, post::Consent};

use super::{Context, Plan, act, ignore, name};
use crate::parse::{Incoming, shape};

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
