//! What is kept of somebody here, for themselves to take along.
use domain::{
    actor::Actor,
    id::{ActorId, PostId},
    post::Post,
    shun::Deed,
};
use store::{
    people::{self, People},
    posts::{self, List, Page},
    timelines::Window,
};

use crate::{App, Me, Result};

/// How much is read at a time.
const SOME: i64 = 200;

/// Who somebody deals with, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Circle {
    /// Whom they follow: people and groups.
    Following,
    /// Who follows them.
    Followers,
    /// Whom they block.
    Blocked,
    /// Whom they mute.
    Muted,
}

/// The people, and groups, of a circle, the newest first.
pub async fn circle(app: &App, me: Me, circle: Circle) -> Result<Vec<Actor>> {
    let people = match circle {
        Circle::Following => People::Following(me.0),
        Circle::Followers => People::Followers(me.0),
        Circle::Blocked => People::Shunned(me.0, Deed::Block),
        Circle::Muted => People::Shunned(me.0, Deed::Mute),
    };
    let (mut found, mut window) = (Vec::new(), Window::newest(SOME));
    loop {
        let page = app
            .read(move |c| {
                let ids = people::page(c, people, None, window)?;
                Ok((store::actors::by_ids(c, &ids)?, ids))
            })
            .await?;
        let (actors, ids) = page;
        found.extend(ids.iter().filter_map(|id| actors.iter().find(|actor| actor.id == *id).cloned()));
        match ids.last() {
            Some(ActorId(last)) if i64::try_from(ids.len()).is_ok_and(|n| n == SOME) => window.before = *last,
            _ => return Ok(found),
        }
    }
}

/// The servers that somebody does not want to hear of.
pub async fn shunned_hosts(app: &App, me: Me) -> Result<Vec<String>> {
    app.read(move |c| store::host_shuns::of(c, me.0, "", 10_000)).await
}

/// What somebody wrote before a post, a piece of it, the newest first; with the names of the groups it stands in.
pub async fn posts(app: &App, me: Me, before: Option<PostId>) -> Result<Vec<(Post, Option<Actor>)>> {
    app.read(move |c| {
        let page = Page { before, ..Page::first(SOME) };
        let ids = posts::list(c, List::Author(me.0), Some(me.0), page)?;
        let found = posts::by_ids(c, &ids)?;
        let groups: Vec<ActorId> = found.iter().filter_map(|post| post.group).collect();
        let groups = store::actors::by_ids(c, &groups)?;
        let mut found: Vec<_> = found
            .into_iter()
            .map(|post| {
                let group = groups.iter().find(|group| Some(group.id) == post.group).cloned();
                (post, group)
            })
            .collect();
        found.sort_by_key(|(post, _)| std::cmp::Reverse(post.id));
        Ok(found)
    })
    .await
}
