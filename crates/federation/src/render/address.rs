//! Whom a post is addressed to, as `to` and `cc` say it.
use app::view::PostView;
use domain::post::Audience;

use super::{PUBLIC, tag::concerned};

/// The two lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Address<'a> {
    /// Whom it is for.
    pub(super) to: Vec<&'a str>,
    /// Who gets a copy.
    pub(super) cc: Vec<&'a str>,
}

impl<'a> Address<'a> {
    /// The addresses of a post: everybody stands in `to`, or it would count as unlisted.
    pub(super) fn of(view: &'a PostView) -> Self {
        let group = view.group.as_ref();
        let followers = view.author.followers.as_deref();
        let people = || concerned(view).into_iter().filter(|actor| Some(actor.id) != view.post.group);
        let uris = || people().map(|actor| actor.uri.as_str());
        let group_uri = group.map(|group| group.uri.as_str());
        let (to, cc): (Vec<_>, Vec<_>) = match view.post.audience {
            Audience::Public => {
                ([PUBLIC].into_iter().chain(group_uri).collect(), followers.into_iter().chain(uris()).collect())
            }
            Audience::Unlisted => {
                (followers.into_iter().chain(group_uri).collect(), [PUBLIC].into_iter().chain(uris()).collect())
            }
            Audience::Followers => (followers.into_iter().collect(), uris().collect()),
            // Whom one answers is not told of what was meant for others.
            Audience::Direct => {
                let others = view.mentioned.iter().filter(|actor| actor.id != view.author.id);
                (others.map(|actor| actor.uri.as_str()).collect(), Vec::new())
            }
            Audience::Members => {
                let members = group.and_then(|group| group.followers.as_deref());
                (group_uri.into_iter().chain(members).collect(), Vec::new())
            }
        };
        Self { to, cc }
    }
}
