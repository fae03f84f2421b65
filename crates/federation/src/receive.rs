//! The worker that applies what was received: each activity is parsed, what it needs is found, and one transaction
//! holds its effect and the mark that it is done.
mod actors;
mod announces;
mod batch;
mod consents;
pub(crate) mod draft;
mod follows;
mod grafts;
mod groups;
mod known;
mod moderation;
mod moves;
mod polls;
mod posts;
mod queue;
pub(crate) mod quotes;
mod reports;
mod shares;
#[cfg(test)]
mod tests;
mod transfers;
mod undo;
mod votes;

use std::{panic::AssertUnwindSafe, time::Duration};

use app::{App, Error, Result, Tx, jobs};
use domain::{actor::Actor, host::Host, id::ReceivedId, post::Consent, time::span};
use futures_util::FutureExt;
use store::jobs::Received;

use self::known::Known;
pub use self::queue::{drain, run};
use crate::{
    parse::{self, Incoming, Verb},
    resolver::{Budget, FederationResolver, canonical},
};

/// How long one activity may take; less than its lease.
const PATIENCE: Duration = span::minutes(4);

/// What an activity changes, to be done in its transaction; may run more than once.
type Effect = Box<dyn FnMut(&mut Tx<'_, '_>) -> Result<()> + Send>;

/// What is to be done about an activity.
enum Plan {
    /// This.
    Act(Effect),
    /// Nothing, for this reason.
    Ignore(String),
}

#[expect(clippy::unnecessary_wraps, reason = "every translation ends in one of these two, or in an error")]
fn act(effect: impl FnMut(&mut Tx<'_, '_>) -> Result<()> + Send + 'static) -> Result<Plan> {
    Ok(Plan::Act(Box::new(effect)))
}

#[expect(clippy::unnecessary_wraps, reason = "every translation ends in one of these two, or in an error")]
fn ignore(why: impl Into<String>) -> Result<Plan> {
    Ok(Plan::Ignore(why.into()))
}

/// An activity with all that its translation may ask.
struct Context<'a> {
    app: &'a App,
    resolver: &'a FederationResolver,
    budget: &'a Budget,
    received: ReceivedId,
    /// How often it was tried, this time included.
    attempts: i32,
    /// Whose activity it is.
    actor: Actor,
    /// The group elsewhere that passed it on, if one did.
    group: Option<Actor>,
    /// Whether what came along with the activity may be taken for its actor's word. Else only what the actor's own
    /// server says is.
    trusted: bool,
    /// What of the things it names is known here.
    known: Known,
}

impl Context<'_> {
    fn canonical(&self, uri: &str) -> String {
        canonical(self.app.site(), uri)
    }

    fn search(&self) -> quotes::Search<'_> {
        quotes::Search { app: self.app, resolver: self.resolver, budget: self.budget }
    }

    fn is_ours(&self, uri: &str) -> bool {
        self.app.site().parse(uri).is_some()
    }
}

/// The id of an activity; of one that came without, the one it was stored under.
fn name(activity: &Incoming<'_>, stored: &str) -> String {
    activity.id.unwrap_or(stored).to_owned()
}

/// Applies one activity, and records what came of it.
async fn settle(app: &App, resolver: &FederationResolver, received: Received) -> Result<()> {
    let (id, attempts) = (ReceivedId(received.id), received.attempts);
    let (uri, kind) = (received.uri.clone(), received.kind.clone());
    let seen = Host::of(&received.actor_uri).map(String::from);
    let seen = seen.filter(|host| resolver.is_due(app, "seen", host, span::minutes(1)));
    let work = AssertUnwindSafe(apply(app, resolver, received, seen.clone())).catch_unwind();
    let outcome = match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_panic)) => {
            tracing::error!(uri, kind, "applying an activity panicked");
            return app::inbox::set_aside(app, id, "it made the worker panic".into(), None).await;
        }
        Err(_elapsed) => Err(Error::Unreachable { what: "it took too long".into(), retry: true }),
    };
    let (result, done) = match outcome {
        Ok(None) => ("applied", Ok(())),
        Ok(Some(note)) => {
            tracing::debug!(uri, kind, note, "an activity was ignored");
            ("ignored", app::inbox::dismiss(app, id, note, seen).await)
        }
        Err(error) if error.is_transient() => {
            let wait = (attempts < jobs::ATTEMPTS).then(|| jobs::back_off(attempts));
            let detail = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            tracing::info!(uri, kind, attempts, %error, detail, "an activity could not be applied");
            // Another server's silence is nothing an admin could mend.
            match (&error, wait) {
                (Error::Unreachable { .. }, None) => {
                    ("ignored", app::inbox::dismiss(app, id, error.to_string(), seen).await)
                }
                (_, None) => ("parked", app::inbox::set_aside(app, id, format!("{error}: {detail}"), None).await),
                _ => ("retried", app::inbox::set_aside(app, id, error.to_string(), wait).await),
            }
        }
        Err(error) => {
            tracing::debug!(uri, kind, %error, "an activity was refused");
            ("refused", app::inbox::dismiss(app, id, error.to_string(), seen).await)
        }
    };
    metrics::counter!("tertulia_inbox_applied_total", "result" => result).increment(1);
    done
}

/// Applies one activity; the answer is why there was nothing to do, if there was not. `seen` is the host that sent it,
/// if that is to be recorded.
async fn apply(
    app: &App,
    resolver: &FederationResolver,
    received: Received,
    seen: Option<String>,
) -> Result<Option<String>> {
    let (id, attempts) = (ReceivedId(received.id), received.attempts);
    let document = parse::json(received.body.as_bytes()).map_err(|e| Error::Invalid(e.to_string()))?;
    let activity = parse::activity(&document).map_err(|e| Error::Invalid(e.to_string()))?;
    let budget = Budget::default();
    let known = Known::look(app, &activity, Some(&received.actor_uri)).await?;
    let actor = match known.actor(&received.actor_uri) {
        Some(actor) if actor.deleted.is_some() => return Ok(Some("its actor is gone".into())),
        Some(actor) => actor.clone(),
        None => resolver.find_actor(app, &received.actor_uri, &budget).await?,
    };
    let context =
        Context { app, resolver, budget: &budget, received: id, attempts, actor, group: None, trusted: true, known };
    let mut effect = match translate(&context, &activity, &received.uri).await? {
        Plan::Ignore(why) => return Ok(Some(why)),
        Plan::Act(effect) => effect,
    };
    app.apply(id, move |tx| {
        if let Some(host) = &seen {
            app::inbox::record_sign_of_life(tx, host)?;
        }
        effect(tx)
    })
    .await?;
    Ok(None)
}

/// What an activity asks for. `stored` is the id it was stored under.
async fn translate(context: &Context<'_>, activity: &Incoming<'_>, stored: &str) -> Result<Plan> {
    // Whom their own server suspended is not heard, but for what takes something back, and for news of themselves.
    if context.actor.suspended && !matches!(activity.verb, Verb::Delete | Verb::Reject | Verb::Undo | Verb::Update) {
        context.resolver.look_for_return(context.app, &context.actor).await?;
        return ignore("its own server suspended whoever did it");
    }
    if let Some(items) = batch::items(context, activity) {
        return batch::unpack(context, activity, items, stored);
    }
    match activity.verb {
        Verb::Follow | Verb::Join => follows::follow(context, activity, stored),
        Verb::Leave => follows::leave(context, activity),
        Verb::Invite => groups::invite(context, activity, stored).await,
        Verb::Warn => groups::warn(context, activity, stored).await,
        Verb::QuoteRequest => consents::request(context, activity, Consent::Quote, stored),
        Verb::LikeRequest => consents::request(context, activity, Consent::Like, stored),
        Verb::ReplyRequest => consents::request(context, activity, Consent::Reply, stored),
        Verb::AnnounceRequest => consents::request(context, activity, Consent::Share, stored),
        Verb::Accept | Verb::Reject => answer(context, activity, stored).await,
        Verb::Create => Box::pin(posts::create(context, activity)).await,
        Verb::Update => Box::pin(posts::update(context, activity)).await,
        Verb::Delete => posts::delete(context, activity).await,
        Verb::Like | Verb::EmojiReact | Verb::Dislike => votes::vote(context, activity, stored),
        Verb::Announce => Box::pin(announces::announce(context, activity, stored)).await,
        Verb::Add | Verb::Remove => moderation::collect(context, activity).await,
        Verb::Lock => moderation::lock(context, activity, true).await,
        Verb::Block => moderation::block(context, activity).await,
        Verb::Undo => undo::undo(context, activity).await,
        Verb::Resolve => reports::resolve(context, activity),
        Verb::Flag => reports::flag(context, activity, stored).await,
        Verb::Move => moves::relocate(context, activity).await,
        Verb::Other => ignore(format!("`{:.64}` means nothing here", activity.kind)),
    }
}

/// Somebody answers what was asked here: whether something may be done with a post of theirs, or to follow.
async fn answer(context: &Context<'_>, activity: &Incoming<'_>, stored: &str) -> Result<Plan> {
    if quotes::is_answer(context, activity) {
        return quotes::answer(context, activity);
    }
    match consents::answer(context, activity, stored).await? {
        Some(plan) => Ok(plan),
        None => follows::answer(context, activity, activity.verb == Verb::Accept, stored).await,
    }
}
