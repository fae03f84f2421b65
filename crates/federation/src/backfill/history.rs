//! What a group elsewhere held before anybody here followed it: its newest threads, and what it has pinned.
use app::{App, Error, Result, backfills, moderation};
use domain::{actor::Actor, id::PostId};

use super::{
    Walk, elsewhere,
    plan::{Kind, Plan, Step},
};
use crate::{
    parse::{Listing, shape},
    resolver::{Miss, Why},
};

/// How many of the newest threads are read.
const THREADS: usize = 50;

/// Reads what the group with this number holds.
pub(super) async fn read(app: &App, subject: &str) -> Result<()> {
    let Some(group) = elsewhere(app, subject).await? else { return Ok(()) };
    let uri = group.uri.clone();
    let Some(recorded) = app.read(move |c| store::backfills::plan(c, &uri)).await? else { return Ok(()) };
    let walk = Walk::new(app)?;
    let history = History { walk: &walk, group: &group };
    let plan = match Plan::read(&recorded) {
        Some(plan) => plan,
        None => history.plan().await?,
    };
    let job = (backfills::HISTORY, subject);
    walk.follow(&group.uri, plan, job, |plan, step| history.take(plan, step)).await
}

struct History<'a> {
    walk: &'a Walk<'a>,
    group: &'a Actor,
}

impl History<'_> {
    /// Where to begin: with the collections that the group names. Who keeps order there is read, too.
    async fn plan(&self) -> Result<Plan> {
        let (app, uri, budget) = (self.walk.app, &self.group.uri, &self.walk.budget);
        let mut plan = Plan::default();
        let document = match self.walk.resolver.document(app, uri, budget).await {
            Ok(document) => document,
            Err(Miss::Ours(error)) => return Err(Miss::Ours(error).into()),
            Err(_) => return Ok(plan),
        };
        // What is pinned first: it is marked when it comes.
        for (key, kind) in [("featured", Kind::Featured), ("outbox", Kind::Outbox)] {
            if let Some(url) = shape::id_of(&document, key).and_then(shape::http) {
                plan.add_collection(kind, url, uri);
            }
        }
        if self.walk.resolver.refresh(app, uri, budget).await.is_err() {
            tracing::debug!(group = uri, "who keeps order in a group cannot be read");
        }
        Ok(plan)
    }

    async fn take(&self, mut plan: Plan, step: Step) -> Result<Plan> {
        let done = match step {
            Step::Page(page) => match self.walk.page(&page).await {
                Ok(Listing { mut items, next }) => {
                    plan.told = true;
                    items.truncate(THREADS);
                    if page.kind == Kind::Featured {
                        plan.pinned.extend(items.iter().cloned());
                    }
                    // Of collections that only say where they begin, that; the newest are enough.
                    let next = next.filter(|_| items.is_empty());
                    plan.add_listing(&page, Listing { items, next });
                    Ok(())
                }
                Err(miss) => Err(miss),
            },
            Step::Post(uri) => self.thread(&mut plan, &uri).await,
        };
        match done {
            Err(Miss::Ours(error)) => Err(Miss::Ours(error).into()),
            Err(miss) => {
                tracing::debug!(group = self.group.uri, %miss, "a part of what a group holds cannot be had");
                Ok(plan)
            }
            Ok(()) => Ok(plan),
        }
    }

    /// Reads one thread of the group; the replies in it are a matter of their own.
    async fn thread(&self, plan: &mut Plan, uri: &str) -> Result<(), Miss> {
        let (app, group) = (self.walk.app, self.group.id);
        let post = self.walk.resolver.find_post(app, uri, Why::Listed(group), &self.walk.budget).await?;
        backfills::opened(app, post).await?;
        plan.kept += 1;
        if plan.pinned.contains(uri) {
            self.pin(post).await?;
        }
        Ok(())
    }

    async fn pin(&self, post: PostId) -> Result<(), Miss> {
        match moderation::found_pinned(self.walk.app, self.group.id, post).await {
            // It stands elsewhere: what a group pins of others is no business of ours.
            Err(Error::Denied(_)) => Ok(()),
            done => Ok(done?),
        }
    }
}
