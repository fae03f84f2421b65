//! Finding posts by id, with the posts they reply to.
use std::collections::HashSet;

use app::{App, Error, posts::Way};
use domain::{
    actor::Actor,
    host::same_origin,
    id::{ActorId, PostId},
    post::Post,
};

use super::{Budget, FederationResolver, Miss, canonical};
use crate::{
    parse::{self, FoundPost},
    receive::{draft, quotes::Search},
};

/// How many posts up a thread is followed.
const LEVELS: usize = domain::post::DEPTH as usize;

/// Why a post is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// Something here refers to it.
    Named,
    /// A group passes it on.
    PassedOn(ActorId),
    /// A group has it among what it holds.
    Listed(ActorId),
}

impl Why {
    /// The group for which it is, and how it came.
    fn brings(self) -> (Option<ActorId>, Way) {
        match self {
            Self::Named => (None, Way::LookedUp),
            Self::PassedOn(group) => (Some(group), Way::Sent),
            Self::Listed(group) => (Some(group), Way::LookedUp),
        }
    }
}

impl FederationResolver {
    /// The post with this id: known, or fetched now with its missing ancestors.
    pub(crate) async fn find_post(&self, app: &App, uri: &str, why: Why, budget: &Budget) -> Result<PostId, Miss> {
        let mut branch: Vec<FoundPost> = Vec::new();
        let mut seen = HashSet::new();
        let mut next = Some(canonical(app.site(), uri));
        let mut above = None;
        while let Some(uri) = next.take() {
            above = known(app, &uri).await?;
            if above.is_some() || !seen.insert(uri.clone()) || branch.len() == LEVELS {
                break;
            }
            match self.fetch_post(app, &uri, budget).await {
                Ok(found) => {
                    seen.insert(found.uri.clone());
                    next = found.parent.as_ref().map(|parent| canonical(app.site(), parent));
                    branch.push(found);
                }
                Err(miss) if branch.is_empty() || miss.is_transient() => return Err(miss),
                // A thread whose beginning is gone begins with what is left of it.
                Err(_) => break,
            }
        }
        if let (true, Some(post)) = (branch.is_empty(), &above) {
            return if post.deleted.is_some() { Err(Miss::Gone) } else { Ok(post.id) };
        }
        while let Some(found) = branch.pop() {
            above = Some(self.keep(app, found, above, why.brings(), budget).await?);
        }
        above.map(|post| post.id).ok_or(Miss::NotFound)
    }

    /// What the document of a post says now, whether it is known or not.
    pub(crate) async fn fetch_post(&self, app: &App, uri: &str, budget: &Budget) -> Result<FoundPost, Miss> {
        if app.site().parse(uri).is_some() {
            return Err(Miss::NotFound);
        }
        let document = self.document(app, uri, budget).await?;
        if parse::is_tombstone(&document) {
            return Err(Miss::Gone);
        }
        let found = parse::post(&document, app.now())?;
        if found.ballot.is_some() { Err(Miss::useless("it is a vote in a poll")) } else { Ok(found) }
    }

    /// The author of a fetched post: the first it names that lives where the post does.
    pub(crate) async fn author_of(&self, app: &App, found: &FoundPost, budget: &Budget) -> Result<Actor, Miss> {
        let author = found.authors.iter().find(|author| same_origin(author, &found.uri));
        let author = author.ok_or_else(|| Miss::useless("the post has no author on its own server"))?;
        self.find_actor(app, author, budget).await
    }

    /// Keeps what was found below `parent`, for the group that brought it, if one did.
    pub(crate) async fn keep(
        &self,
        app: &App,
        found: FoundPost,
        parent: Option<Post>,
        (announcer, way): (Option<ActorId>, Way),
        budget: &Budget,
    ) -> Result<Post, Miss> {
        let author = self.author_of(app, &found, budget).await?;
        let around = draft::look(app, &found, author, parent).await?;
        let search = Search { app, resolver: self, budget };
        let (draft, origin) = around.draft(search, found, announcer, way).await?;
        Ok(app::posts::learn(app, around.author(), draft, origin).await?)
    }
}

async fn known(app: &App, uri: &str) -> Result<Option<Post>, Error> {
    let uri = uri.to_owned();
    app.read(move |c| store::posts::by_uri(c, &uri)).await
}
