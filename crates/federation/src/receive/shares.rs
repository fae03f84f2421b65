//! Posts that people pass on, and that groups pass on without saying more.
use app::{Error, Result, shares};

use super::{Context, Plan, act, ignore, name};
use crate::{parse::Incoming, resolver::Why};

/// Somebody passes a post on. Of what is not known here, only what people here would see is fetched.
pub(super) async fn share(context: &Context<'_>, activity: &Incoming<'_>, stored: &str) -> Result<Plan> {
    let uri = activity.object.id().ok_or_else(|| Error::Invalid("nothing is passed on".into()))?;
    let (by, cause) = (context.actor.id, Some(context.received));
    let known = context.known.post(&context.canonical(uri)).map(|post| post.id);
    let post = match known {
        Some(post) => post,
        None if context.is_ours(uri) => return Err(Error::NotFound),
        None if !context.app.read(move |c| store::follows::has_local_follower(c, by)).await? => {
            return ignore("nobody here follows who passed it on");
        }
        None => {
            let why = if context.actor.is_group() { Why::PassedOn(by) } else { Why::Named };
            context.resolver.find_post(context.app, uri, why, context.budget).await?
        }
    };
    let uri = name(activity, stored);
    act(move |tx| shares::receive(tx, by, post, &uri, cause))
}

/// Somebody does not pass a post on any more.
pub(super) fn undo(context: &Context<'_>, inner: &Incoming<'_>) -> Result<Plan> {
    let post = inner.object.id().and_then(|uri| context.known.post(&context.canonical(uri))).map(|post| post.id);
    let (by, cause) = (context.actor.id, Some(context.received));
    let (uri, void) = (context.actor.uri.clone(), inner.id.map(str::to_owned));
    act(move |tx| {
        let stands = match post {
            Some(post) => store::shares::uri(tx, post, by)?.map(|_| post),
            None => None,
        };
        match stands {
            Some(post) => shares::receive_remove(tx, by, post, cause),
            None => super::undo::void(tx, void.as_deref(), &uri),
        }
    })
}
