//! What stands in `tag`: mentions, hashtags, custom emoji.
use std::borrow::Cow;

use app::view::PostView;
use domain::{actor::Actor, emoji::Emoji, id::ActorId, urls::Site};
use serde::Serialize;

use super::{date, object::quoted};

/// A tag of an object.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type")]
pub(super) enum Tag<'a> {
    /// Somebody is named; their server tells them.
    Mention {
        /// Who.
        href: &'a str,
        /// `@name@host`.
        name: String,
    },
    /// A hashtag.
    Hashtag {
        /// What else carries it.
        href: String,
        /// With its `#`.
        name: String,
    },
    /// Another object (FEP-e232): what is quoted.
    #[serde(rename_all = "camelCase")]
    Link {
        /// Its id.
        href: &'a str,
        /// That it is an object.
        media_type: &'static str,
        /// That it is quoted.
        rel: &'static str,
        /// What stands for it in the text.
        name: String,
    },
    /// A picture that stands for a word between colons.
    Emoji {
        /// Where this document stands alone; of emoji of ours.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// `:name:`.
        name: String,
        /// Since when it is this one.
        updated: String,
        /// The picture.
        icon: Image<'a>,
    },
}

/// A picture.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type")]
pub(super) struct Image<'a> {
    /// Where it is.
    pub(super) url: Cow<'a, str>,
    /// What it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
}

/// Whom a post concerns besides its author: its group, whom it answers, whom it mentions; each once.
pub(super) fn concerned(view: &PostView) -> Vec<&Actor> {
    let mut known: Vec<ActorId> = vec![view.author.id];
    let group = view.group.iter();
    let all = group.chain(view.parent.iter().map(|parent| &parent.author)).chain(&view.mentioned);
    all.map(AsRef::as_ref)
        .filter(|actor| {
            let new = !known.contains(&actor.id);
            known.push(actor.id);
            new
        })
        .collect()
}

/// A custom emoji.
pub(super) fn emoji<'a>(site: &Site, emoji: &'a Emoji) -> Tag<'a> {
    Tag::Emoji {
        id: emoji.peer.is_none().then(|| site.emoji_document(emoji.id)),
        name: format!(":{}:", emoji.shortcode),
        updated: date(emoji.updated),
        icon: Image { url: site.located(&emoji.url), name: None },
    }
}

/// All tags of a post.
pub(super) fn tags<'a>(site: &Site, view: &'a PostView) -> Vec<Tag<'a>> {
    let content = &view.post.content;
    let people = concerned(view)
        .into_iter()
        .map(|actor| Tag::Mention { href: &actor.uri, name: format!("@{}", actor.handle()) });
    let words = content.tags.iter().map(|tag| Tag::Hashtag { href: site.tag(tag), name: format!("#{tag}") });
    let pictures = view.palette.of(view.author.peer, content.texts()).into_iter().map(|one| emoji(site, one));
    let quotes = quoted(view).map(|quote| Tag::Link {
        href: &quote.uri,
        media_type: "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
        rel: "https://misskey-hub.net/ns#_misskey_quote",
        name: format!("RE: {}", quote.uri),
    });
    people.chain(words).chain(pictures).chain(quotes).collect()
}
