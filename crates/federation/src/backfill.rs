//! Completes, from the servers of others, threads of which only a part is known here, what a group held before anybody
//! here followed it, and what people pin: in the background, within bounds, and from where it ended when it was interrupted.
mod history;
mod pins;
mod plan;
mod thread;

use std::time::Duration;

use app::{
    App, Error, Result, backfills,
    jobs::{Handler, Handlers},
};
use domain::{actor::Actor, host::same_origin, id::ActorId, time::span};

use self::plan::{Page, Plan, Step};
use crate::{
    parse::Listing,
    resolver::{Budget, FederationResolver, Miss},
};

/// How many steps are made before it is recorded how far that has come.
const STEPS: usize = 8;
/// How long one goes on, and how much may be fetched, before others get their turn.
const TURN: Duration = span::minutes(2);
const FETCHES: u32 = 300;

/// The handlers of the jobs of this module.
pub fn handlers() -> Handlers {
    let thread: Handler = |app, subject| Box::pin(async move { Box::pin(thread::complete(&app, &subject)).await });
    let history: Handler = |app, subject| Box::pin(async move { Box::pin(history::read(&app, &subject)).await });
    let pinned: Handler = |app, subject| Box::pin(async move { pins::read(&app, &subject).await });
    Handlers::from([(backfills::THREAD, thread), (backfills::HISTORY, history), (app::pins::READ, pinned)])
}

/// Whom a job is about, by their number: somebody who lives elsewhere and is still there, or nobody any more.
async fn elsewhere(app: &App, subject: &str) -> Result<Option<Actor>> {
    let id: ActorId = subject.parse().map_err(|_no_number| Error::Invalid(format!("{subject}: nobody")))?;
    let found = app.read(move |c| store::actors::by_id(c, id)).await?;
    Ok(found.filter(|actor| !actor.is_local() && actor.deleted.is_none()))
}

/// What is needed to take one step.
struct Walk<'a> {
    app: &'a App,
    resolver: &'a FederationResolver,
    budget: Budget,
}

impl<'a> Walk<'a> {
    fn new(app: &'a App) -> Result<Self> {
        Ok(Self { app, resolver: FederationResolver::of(app)?, budget: Budget::of(FETCHES) })
    }

    /// The next part of a collection, if it is of the server that may list these things.
    async fn page(&self, page: &Page) -> Result<Listing, Miss> {
        let (found_at, document) = self.resolver.activity_json(self.app, &page.url, &self.budget).await?;
        if same_origin(found_at.as_str(), &page.origin) {
            Ok(Listing::of(&document))
        } else {
            Err(Miss::useless("the collection is on another server"))
        }
    }

    /// Takes the steps of a plan, in turns, until none is left. `job` is what goes on when a turn is over.
    async fn follow<F>(
        &self,
        uri: &str,
        mut plan: Plan,
        job: (&'static str, &str),
        mut step: impl FnMut(Plan, Step) -> F,
    ) -> Result<()>
    where
        F: Future<Output = Result<Plan>>,
    {
        let over = self.app.now() + TURN;
        let mut steps = 0;
        while let Some(next) = plan.next() {
            plan = step(plan, next).await?;
            steps += 1;
            if steps % STEPS == 0 {
                backfills::go_on(self.app, uri.to_owned(), plan.text()?, plan.kept).await?;
            }
            if self.app.tasks().is_stopping() || self.app.now() > over || self.budget.is_spent() {
                backfills::go_on(self.app, uri.to_owned(), plan.text()?, plan.kept).await?;
                return app::jobs::push(self.app, job.0, job.1.to_owned()).await;
            }
        }
        metrics::counter!("tertulia_backfilled_posts_total", "kind" => job.0).increment(plan.kept);
        backfills::end(self.app, uri.to_owned(), plan.kept, plan.told).await
    }
}
