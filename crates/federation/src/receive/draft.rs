//! From what the document of a post says to what the actions take: author, parent and group found, audience decided.
use std::time::Duration;

use app::{
    App, Result,
    posts::{Draft, Origin, Way},
};
use domain::{
    actor::Actor,
    id::ActorId,
    policy::{self, Place},
    post::{Audience, Post},
    text::title,
    time::span,
};

use super::quotes::{self, Search};
use crate::{parse::FoundPost, resolver::canonical};

/// What is known here of those a post has to do with.
#[derive(Debug)]
pub(crate) struct Surroundings {
    author: Actor,
    /// The post it replies to.
    pub(super) parent: Option<Post>,
    /// Whom the post addresses or mentions, as far as they are known, in the order in which groups are looked for.
    named: Vec<Named>,
    /// Whether anybody here follows the author.
    author_followed: bool,
}

#[derive(Debug)]
struct Named {
    actor: Actor,
    mentioned: bool,
    /// Whether the author may start a thread there; only of groups here.
    may_post: bool,
    /// Whether anybody here follows it; only of groups elsewhere.
    followed: bool,
}

/// Reads, at once, all that is known here of the surroundings of a post.
pub(crate) async fn look(app: &App, found: &FoundPost, author: Actor, parent: Option<Post>) -> Result<Surroundings> {
    let mut uris: Vec<String> = Vec::new();
    let mentioned: Vec<String> = found.mentions.iter().map(|uri| canonical(app.site(), uri)).collect();
    for uri in found.addressed.all().map(|uri| canonical(app.site(), uri)).chain(mentioned.iter().cloned()) {
        if !uris.contains(&uri) {
            uris.push(uri);
        }
    }
    let now = app.now();
    app.read(move |c| {
        let mut actors = store::actors::by_uris(c, &uris)?;
        actors.retain(|actor| actor.deleted.is_none() && actor.id != author.id);
        actors.sort_by_key(|actor| uris.iter().position(|uri| *uri == actor.uri));
        let mut named = Vec::with_capacity(actors.len());
        for actor in actors {
            let (mut may_post, mut followed) = (false, false);
            if actor.is_group() && actor.is_local() {
                let standing = store::groups::standing(c, actor.id, author.id, now)?;
                let rules = store::groups::rules(c, actor.id)?;
                // A hidden group is nobody for those who are not in it.
                if rules.is_some_and(|rules| policy::know(&rules, &standing).is_err()) {
                    continue;
                }
                may_post =
                    rules.is_some_and(|rules| policy::post(&rules, &standing, Place::Thread, Duration::ZERO).is_ok());
            } else if actor.is_group() {
                followed = store::follows::has_local_follower(c, actor.id)?;
            }
            named.push(Named { mentioned: mentioned.contains(&actor.uri), actor, may_post, followed });
        }
        let author_followed = store::follows::has_local_follower(c, author.id)?;
        Ok(Surroundings { author, parent, named, author_followed })
    })
    .await
}

impl Surroundings {
    /// Who wrote it.
    pub(crate) fn author(&self) -> ActorId {
        self.author.id
    }

    /// The group a thread is meant for: the first one here in which its author may write, else the first one here,
    /// else the one that passed it on, if it is named, else the first one elsewhere.
    fn group(&self, announcer: Option<ActorId>) -> Option<&Actor> {
        let groups = || self.named.iter().filter(|named| named.actor.is_group());
        let here = || groups().filter(|named| named.actor.is_local());
        let passed_on = || groups().find(|named| Some(named.actor.id) == announcer);
        let first = here().find(|named| named.may_post).or_else(|| here().next()).or_else(passed_on);
        first.or_else(|| groups().next()).map(|named| &named.actor)
    }

    /// Whether the post concerns anybody here: a group, the followers of its author, a thread, or whom it names.
    pub(crate) fn is_of_interest(&self) -> bool {
        self.author_followed
            || self.parent.is_some()
            || self.named.iter().any(|named| named.actor.is_local() || named.followed)
    }

    /// The post as the actions take it, with what it quotes, and how it came. `announcer` is the group that passed it on, if
    /// one did.
    pub(crate) async fn draft(
        &self,
        search: Search<'_>,
        found: FoundPost,
        announcer: Option<ActorId>,
        way: Way,
    ) -> Result<(Draft, Origin)> {
        let quote = Box::pin(quotes::look(search, &found, self.author.id)).await?;
        let (mut draft, origin) = self.translate(found, announcer, way);
        draft.quote = quote;
        Ok((draft, origin))
    }

    fn translate(&self, found: FoundPost, announcer: Option<ActorId>, way: Way) -> (Draft, Origin) {
        let collections: Vec<&str> = self
            .named
            .iter()
            .filter(|named| named.actor.is_group())
            .filter_map(|named| named.actor.followers.as_deref())
            .collect();
        let audience = found.addressed.amounts_to(self.author.followers.as_deref(), &collections);
        // Who is addressed without being named in the text is meant all the same, unless everybody is.
        let private = matches!(audience, Audience::Direct | Audience::Followers);
        let meant = |named: &&Named| named.mentioned || private;
        let mentions = self.named.iter().filter(meant).map(|named| named.actor.id).collect();
        let group = if self.parent.is_none() { self.group(announcer) } else { None };
        let mut content = found.content;
        if let (Some(group), None) = (group, &content.title) {
            let names = [group.name.as_str(), &group.handle()];
            content.title = title::derived(&content.html, content.warning.as_deref(), &names);
        }
        let mut draft = Draft::new(found.kind, content, audience);
        draft.parent = self.parent.as_ref().map(|parent| parent.id);
        draft.orphan_of = found.parent.filter(|_| self.parent.is_none());
        draft.group = group.map(|group| group.id);
        draft.mentions = mentions;
        draft.emoji = found.emoji;
        // A second of difference is how some save the two dates of a post that never changed.
        let edited = found.edited.filter(|at| *at > found.published + span::seconds(1));
        let origin = Origin { uri: found.uri, url: found.url, published: found.published, edited, way };
        (draft, origin)
    }
}
