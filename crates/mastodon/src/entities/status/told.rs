//! What a post says to everybody, made ready to be sent; and the sheet on which each reader gets it, with what is their own.
use std::sync::Arc;

use app::view::PostView;
use domain::{
    actor::Actor,
    id::{ActorId, PostId},
    post::{Audience, Pen, Post, Quoting},
    text::html,
    urls::Site,
};
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use store::{apps::Application, cards::Card as Known};

use super::{PassedOn, Status, Written, visibility};
use crate::entities::{
    Id, Nothing, Reader,
    account::{Shown, acct},
    card, emoji,
    filter::Filtered,
    instant, media,
    poll::Poll,
    quote::Quote,
    reaction::Sign,
};

/// What a post says to everybody.
#[derive(Debug)]
pub(super) struct Told {
    id: Id,
    created_at: String,
    edited_at: Option<String>,
    parent: Option<(PostId, ActorId)>,
    sensitive: bool,
    spoiler_text: String,
    audience: Audience,
    language: Option<String>,
    uri: String,
    url: String,
    replies: i64,
    shares: i64,
    likes: i64,
    quotes: i64,
    automatic: Option<&'static str>,
    pub(super) signs: Vec<Sign>,
    content: Box<RawValue>,
    media_attachments: Box<RawValue>,
    mentions: Box<RawValue>,
    tags: Box<RawValue>,
    emojis: Box<RawValue>,
    card: Box<RawValue>,
    application: Box<RawValue>,
    /// Whether its card names somebody here, whose account it shows if they agree.
    pub(super) may_show_author: bool,
}

/// What a post tells that others made of it, and with what it was written.
#[derive(Debug, Default)]
pub(super) struct Around {
    /// How often it is quoted.
    pub(super) quotes: i64,
    /// With which signs it is liked.
    pub(super) signs: Vec<Sign>,
    /// The application it was written with.
    pub(super) application: Option<Application>,
    /// The page it links to.
    pub(super) card: Option<Known>,
    /// The account of whoever wrote that page, if they are here.
    pub(super) card_author: Option<Arc<Shown>>,
}

/// The application a post was written with, as Mastodon names it.
#[derive(Debug, Serialize)]
struct WrittenWith<'a> {
    name: &'a str,
    website: Option<&'a str>,
}

impl<'a> WrittenWith<'a> {
    fn of(post: &Post, application: Option<&'a Application>) -> Option<Self> {
        match post.content.pen? {
            // So Mastodon calls its own pages.
            Pen::Page => Some(Self { name: "Web", website: None }),
            Pen::App(_) => application.map(|app| Self { name: &app.name, website: app.website.as_deref() }),
        }
    }
}

/// Somebody who is named in a text.
#[derive(Debug, Serialize)]
pub(in crate::entities) struct Mention<'a> {
    id: Id,
    username: &'a str,
    url: &'a str,
    acct: String,
}

/// A hashtag where it is used.
#[derive(Debug, Serialize)]
pub(in crate::entities) struct Tag<'a> {
    name: &'a str,
    url: String,
}

/// Texts and lists cannot fail to be written.
fn raw(value: &impl Serialize) -> Box<RawValue> {
    to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

impl Told {
    pub(super) fn new(reader: &Reader, view: &PostView, around: Around) -> Self {
        let (post, content, site) = (&view.post, &view.post.content, &reader.site);
        let mentions: Vec<Mention<'_>> = view.mentioned.iter().map(|actor| mention(site, actor)).collect();
        let tags: Vec<Tag<'_>> = content.tags.iter().map(|name| tag(site, name)).collect();
        Self {
            id: Id(post.id.0),
            created_at: instant(post.published),
            edited_at: post.edited.map(instant),
            parent: view.parent.as_ref().map(|parent| (parent.post.id, parent.author.id)),
            sensitive: content.sensitive,
            spoiler_text: content.warning.clone().unwrap_or_default(),
            audience: post.audience,
            language: content.language.clone(),
            uri: post.uri.clone(),
            url: post.url.clone(),
            replies: view.tally.replies,
            shares: view.tally.shares,
            likes: view.tally.likes,
            quotes: around.quotes,
            automatic: automatic(post),
            signs: around.signs,
            content: raw(&body(view)),
            media_attachments: raw(&media::attachments(reader, post)),
            mentions: raw(&mentions),
            tags: raw(&tags),
            emojis: raw(&emoji::named(site, &view.palette, view.author.peer, content.texts())),
            may_show_author: around.card.as_ref().is_some_and(|card| app::cards::named(site, card).is_some()),
            card: raw(&card::of(reader, post, around.card.as_ref(), around.card_author)),
            application: raw(&WrittenWith::of(post, around.application.as_ref())),
        }
    }

    /// About how many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        let lists = [&self.media_attachments, &self.mentions, &self.tags, &self.emojis];
        let texts = lists.into_iter().chain([&self.content, &self.card, &self.application]);
        size_of::<Self>() + texts.map(|text| text.get().len()).sum::<usize>() + self.uri.len() + self.url.len()
    }
}

pub(in crate::entities) fn mention<'a>(site: &Site, actor: &'a Actor) -> Mention<'a> {
    Mention { id: Id(actor.id.0), username: &actor.name, url: &actor.url, acct: acct(site, actor) }
}

pub(in crate::entities) fn tag<'a>(site: &Site, name: &'a str) -> Tag<'a> {
    Tag { name, url: site.tag(name) }
}

/// Who may quote a post without being asked.
fn automatic(post: &Post) -> Option<&'static str> {
    match post.content.quoting {
        Quoting::Anybody if post.audience.is_open() => Some("public"),
        Quoting::Followers if post.audience.is_open() => Some("followers"),
        _ => None,
    }
}

/// What a post says, with its title if the text does not begin with it anyway.
pub(super) fn body(view: &PostView) -> String {
    let content = &view.post.content;
    // Only few posts have what a microblog does not show: headings, tables, ruby, folds.
    let rich = ["<h", "<t", "<r", "<details"].iter().any(|tag| content.html.contains(tag));
    let html = if rich { html::to_microblog(&content.html) } else { content.html.clone() };
    let Some(title) = view.title_before_text() else { return html };
    format!("<p><strong>{}</strong></p>{html}", html::escape(title))
}

/// A `Status`, with everything in its place.
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "that is what the entity is")]
struct Sheet<'a> {
    id: Id,
    created_at: &'a str,
    edited_at: Option<&'a str>,
    in_reply_to_id: Option<Id>,
    in_reply_to_account_id: Option<Id>,
    sensitive: bool,
    spoiler_text: &'a str,
    visibility: &'static str,
    language: Option<&'a str>,
    uri: &'a str,
    url: &'a str,
    replies_count: i64,
    reblogs_count: i64,
    favourites_count: i64,
    quotes_count: i64,
    favourited: bool,
    reblogged: bool,
    muted: bool,
    bookmarked: bool,
    pinned: bool,
    content: Raw<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    filtered: &'a [Filtered],
    reblog: Option<&'a Written>,
    application: Raw<'a>,
    account: &'a Shown,
    media_attachments: Raw<'a>,
    mentions: Raw<'a>,
    tags: Raw<'a>,
    emojis: Raw<'a>,
    card: Raw<'a>,
    poll: Option<&'a Poll>,
    quote: Option<&'a Quote>,
    quote_approval: Approval,
    /// As glitch-soc has them.
    reactions: Signs<'a>,
    /// As Fedibird and Akkoma have them.
    emoji_reactions: Signs<'a>,
    /// As Pleroma has them.
    pleroma: Pleroma<'a>,
}

/// The signs with which people like it, and the one of the reader.
#[derive(Clone, Copy)]
struct Signs<'a>(&'a [Sign], Option<&'a str>);

impl Serialize for Signs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|sign| sign.seen(self.1)))
    }
}

/// What Pleroma alone has.
#[derive(Serialize)]
struct Pleroma<'a> {
    emoji_reactions: Signs<'a>,
}

/// What was made ready, or what an empty shell has in its place.
#[derive(Serialize)]
#[serde(untagged)]
enum Raw<'a> {
    Ready(&'a RawValue),
    Text(&'static str),
    List(Nothing),
    None(()),
}

/// Who may quote it: everybody who may read it, if that is everybody.
#[derive(Serialize)]
struct Approval {
    automatic: Automatic,
    manual: Nothing,
    current_user: &'static str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Automatic {
    These([&'static str; 1]),
    Nobody(Nothing),
}

impl<'a> Sheet<'a> {
    fn of(written: &'a Written) -> Self {
        let (told, own) = (&written.said.told, &written.own);
        let parent = told.parent.filter(|_| own.sees_parent);
        let signs = Signs(&told.signs, own.sign.as_deref());
        Self {
            id: told.id,
            created_at: &told.created_at,
            edited_at: told.edited_at.as_deref(),
            in_reply_to_id: parent.map(|(post, _)| Id(post.0)),
            in_reply_to_account_id: parent.map(|(_, author)| Id(author.0)),
            sensitive: told.sensitive,
            spoiler_text: &told.spoiler_text,
            visibility: visibility(told.audience),
            language: told.language.as_deref(),
            uri: &told.uri,
            url: &told.url,
            replies_count: told.replies,
            reblogs_count: told.shares,
            favourites_count: told.likes,
            quotes_count: told.quotes,
            favourited: own.liked,
            reblogged: own.shared,
            muted: own.muted,
            bookmarked: own.bookmarked,
            pinned: own.pinned,
            content: Raw::Ready(&told.content),
            text: written.text.as_deref(),
            filtered: &own.filtered,
            reblog: None,
            application: Raw::Ready(&told.application),
            account: &written.account,
            media_attachments: Raw::Ready(&told.media_attachments),
            mentions: Raw::Ready(&told.mentions),
            tags: Raw::Ready(&told.tags),
            emojis: Raw::Ready(&told.emojis),
            card: Raw::Ready(&told.card),
            poll: written.poll.as_ref(),
            quote: written.quote.as_ref(),
            quote_approval: Approval {
                automatic: told.automatic.map_or(Automatic::Nobody(Nothing::default()), |who| Automatic::These([who])),
                manual: Nothing::default(),
                current_user: if own.may_quote { "automatic" } else { "denied" },
            },
            reactions: signs,
            emoji_reactions: signs,
            pleroma: Pleroma { emoji_reactions: signs },
        }
    }

    /// The same post, passed on: a shell around it.
    fn passed_on(written: &'a Written, by: &'a PassedOn) -> Self {
        Self {
            id: by.number,
            created_at: &by.at,
            edited_at: None,
            in_reply_to_id: None,
            in_reply_to_account_id: None,
            spoiler_text: "",
            content: Raw::Text(""),
            text: None,
            application: Raw::None(()),
            account: &by.account,
            media_attachments: Raw::List(Nothing::default()),
            mentions: Raw::List(Nothing::default()),
            tags: Raw::List(Nothing::default()),
            emojis: Raw::List(Nothing::default()),
            card: Raw::None(()),
            poll: None,
            quote: None,
            reblog: Some(written),
            ..Self::of(written)
        }
    }
}

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Sheet::of(self).serialize(serializer)
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.passed_on {
            Some(by) => Sheet::passed_on(&self.written, by).serialize(serializer),
            None => self.written.serialize(serializer),
        }
    }
}
