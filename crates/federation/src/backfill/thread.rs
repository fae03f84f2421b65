//! A thread: what its server lists of it, or else what is listed below each of its posts.
use app::{
    App, Error, Result, backfills,
    posts::{self, Way},
};
use domain::{host::same_origin, id::PostId, post::Post};
use store::posts::{List, Page as Pages};

use super::{
    Walk,
    plan::{Kind, Plan, Step},
};
use crate::{
    parse::FoundPost,
    resolver::{Miss, canonical},
};

/// Of a thread that began here, so many of the newest posts from elsewhere are asked for what is below them.
const BELOW: usize = 50;

/// How many posts of a thread are looked through for those.
const LOOKED_THROUGH: i64 = 1_000;

/// Completes the thread whose root has this number.
pub(super) async fn complete(app: &App, subject: &str) -> Result<()> {
    let id: PostId = subject.parse().map_err(|_no_number| Error::Invalid(format!("{subject}: no post")))?;
    let Some(root) = app.read(move |c| store::posts::by_id(c, id)).await? else { return Ok(()) };
    let uri = root.uri.clone();
    let Some(recorded) = app.read(move |c| store::backfills::plan(c, &uri)).await? else { return Ok(()) };
    let walk = Walk::new(app)?;
    let thread = Thread { walk: &walk, root: &root, list: listed_at(app, &root).await? };
    let plan = match Plan::read(&recorded) {
        Some(plan) => plan,
        None => thread.plan().await?,
    };
    let job = (backfills::THREAD, subject);
    Box::pin(walk.follow(&root.uri, plan, job, |plan, step| thread.take(plan, step))).await
}

/// Whose servers may list a thread: that of its root, and that of the group in which it stands.
async fn listed_at(app: &App, root: &Post) -> Result<Vec<String>> {
    let group = match root.group {
        Some(group) => app.read(move |c| store::actors::by_id(c, group)).await?,
        None => None,
    };
    Ok([root.uri.clone()].into_iter().chain(group.map(|group| group.uri)).collect())
}

struct Thread<'a> {
    walk: &'a Walk<'a>,
    root: &'a Post,
    list: Vec<String>,
}

impl Thread<'_> {
    /// Where to begin: with the root, or, if that is here, with what is known below it.
    async fn plan(&self) -> Result<Plan> {
        let mut plan = Plan::default();
        if !self.root.local {
            plan.add_post(self.root.uri.clone());
            return Ok(plan);
        }
        let root = self.root.id;
        let known = self.walk.app.read(move |c| {
            let mut ids = store::posts::list(c, List::Thread(root), None, Pages::first(LOOKED_THROUGH))?;
            ids.reverse();
            store::posts::by_ids(c, &ids)
        });
        for post in known.await?.into_iter().filter(|post| !post.local).take(BELOW) {
            plan.add_post(post.uri);
        }
        Ok(plan)
    }

    async fn take(&self, mut plan: Plan, step: Step) -> Result<Plan> {
        let done = match step {
            Step::Page(page) => match self.walk.page(&page).await {
                Ok(listing) => {
                    plan.told = true;
                    plan.whole |= page.kind == Kind::Context && !listing.items.is_empty();
                    plan.add_listing(&page, listing);
                    Ok(())
                }
                Err(miss) => Err(miss),
            },
            Step::Post(uri) => self.post(&mut plan, &canonical(self.walk.app.site(), &uri)).await,
        };
        match done {
            Err(Miss::Ours(error)) => Err(Miss::Ours(error).into()),
            Err(miss) => {
                tracing::debug!(thread = self.root.uri, %miss, "a part of a thread cannot be had");
                Ok(plan)
            }
            Ok(()) => Ok(plan),
        }
    }

    /// Reads one post: keeps it if it is new, and belongs to the thread; and plans to read what is listed below it.
    async fn post(&self, plan: &mut Plan, uri: &str) -> Result<(), Miss> {
        let known = self.known(uri).await?;
        let outside = known.as_ref().is_some_and(|post| post.local || post.root != self.root.id);
        if outside || plan.whole && known.is_some() {
            return Ok(());
        }
        let found = match (self.walk.resolver.fetch_post(self.walk.app, uri, &self.walk.budget).await, known.as_ref()) {
            // Whoever wrote it may have told us in vain.
            (Err(Miss::Gone), Some(post)) => return Ok(posts::found_gone(self.walk.app, post).await?),
            (found, _) => found?,
        };
        if let Some(known) = &known {
            self.below(plan, known, &found);
            plan.arrived(uri);
            return Ok(());
        }
        let Some(parent) = found.parent.as_ref().map(|parent| canonical(self.walk.app.site(), parent)) else {
            return Err(Miss::useless("it is the beginning of another thread"));
        };
        match self.known(&parent).await? {
            Some(parent) if parent.root == self.root.id => {
                let listed = found.clone();
                let brought = (None, Way::Completing);
                let kept =
                    self.walk.resolver.keep(self.walk.app, found, Some(parent), brought, &self.walk.budget).await?;
                plan.kept += 1;
                self.below(plan, &kept, &listed);
                plan.arrived(uri);
                Ok(())
            }
            Some(_) => Err(Miss::useless("it belongs to another thread")),
            None => {
                plan.put_off(uri.to_owned(), parent);
                Ok(())
            }
        }
    }

    /// Plans to read what is listed below a post; of the root, the whole thread if there is a list of that.
    fn below(&self, plan: &mut Plan, post: &Post, found: &FoundPost) {
        if let Some(context) = found.context.as_ref().filter(|_| post.id == self.root.id) {
            for origin in self.list.iter().filter(|origin| same_origin(context, origin)) {
                plan.add_collection(Kind::Context, context, origin);
            }
        }
        if !plan.whole {
            plan.told |= !found.replies.items.is_empty();
            plan.add_replies(&post.uri, found.replies.clone());
        }
    }

    async fn known(&self, uri: &str) -> Result<Option<Post>, Error> {
        let uri = uri.to_owned();
        self.walk.app.read(move |c| store::posts::by_uri(c, &uri)).await
    }
}
