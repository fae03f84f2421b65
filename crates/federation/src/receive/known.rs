//! What of the things an activity names is known here, read at once.
use std::collections::HashMap;

use app::{App, Result};
use domain::{actor::Actor, id::ActorId, post::Post};

use crate::{
    parse::{Incoming, Object, shape},
    resolver::canonical,
};

/// How many names are looked up.
const MOST: usize = 16;

/// Actors and posts by their ids.
#[derive(Debug, Default)]
pub(super) struct Known {
    actors: HashMap<String, Actor>,
    posts: HashMap<String, Post>,
}

impl Known {
    /// Looks up everything `activity` names, down to what an activity inside it names, and `actor`.
    pub(super) async fn look(app: &App, activity: &Incoming<'_>, actor: Option<&str>) -> Result<Self> {
        let mut names = Vec::new();
        let mut add = |name: Option<&str>| {
            let name = name.map(|name| canonical(app.site(), name));
            names.extend(name.filter(|name| names.len() < MOST && !names.contains(name)));
        };
        add(actor.or(activity.actor));
        add(activity.object.id());
        add(activity.target);
        if let Object::Embedded(inner) = activity.object {
            for key in ["inReplyTo", "actor", "object", "target"] {
                add(shape::id_of(inner, key));
            }
        }
        let found = app.read(move |c| {
            let mut posts = Vec::new();
            for name in &names {
                posts.extend(store::posts::by_uri(c, name)?);
            }
            let mut actors = store::actors::by_uris(c, &names)?;
            let ids: Vec<ActorId> = actors.iter().map(|actor| actor.id).collect();
            let suspended = store::suspensions::among(c, &ids)?;
            // Whom their own server suspended may still say that it does so no more.
            actors.retain(|actor| !suspended.iter().any(|(who, why)| *who == actor.id && why.is_ours()));
            Ok((actors, posts))
        });
        let (actors, posts) = found.await?;
        // Whoever is looked up because they are not here is refused then.
        let actors = actors.into_iter().filter(|actor| !app.rules().suspend(&actor.uri));
        Ok(Self {
            actors: actors.map(|actor| (actor.uri.clone(), actor)).collect(),
            posts: posts.into_iter().map(|post| (post.uri.clone(), post)).collect(),
        })
    }

    /// The actor with this id in its canonical form.
    pub(super) fn actor(&self, uri: &str) -> Option<&Actor> {
        self.actors.get(uri)
    }

    /// The post with this id in its canonical form.
    pub(super) fn post(&self, uri: &str) -> Option<&Post> {
        self.posts.get(uri)
    }
}
