//! Statuses: posts as their authors wrote them, and posts that somebody passed on.
use std::collections::{HashMap, HashSet};

use app::view::{self, PostView};
use domain::{
    actor::Actor,
    filter::Place,
    id::PostId,
    post::{Audience, Content, Post, Quoting},
    text::{html, title},
    time::Timestamp,
    urls::Site,
};
use serde::Serialize;
use store::{Conn, Result, timelines::Entry};

mod gathered;
mod many;
mod own;

pub(crate) use self::many::Many;
use self::{
    gathered::Gathered,
    own::{Own, Personal},
};

use super::{
    Id, Nothing, Reader,
    account::{self, Account, acct},
    emoji::{self, CustomEmoji},
    filter::Filtered,
    instant,
    media::{self, Card, Media},
    poll::Poll,
    quote::Quote,
};

/// A `Status`.
#[derive(Debug, Clone, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "that is what the entity is")]
pub(crate) struct Status {
    id: Id,
    created_at: String,
    edited_at: Option<String>,
    in_reply_to_id: Option<Id>,
    in_reply_to_account_id: Option<Id>,
    sensitive: bool,
    spoiler_text: String,
    visibility: &'static str,
    language: Option<String>,
    uri: String,
    url: String,
    replies_count: i64,
    reblogs_count: i64,
    favourites_count: i64,
    quotes_count: i64,
    favourited: bool,
    reblogged: bool,
    muted: bool,
    bookmarked: bool,
    pinned: bool,
    content: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    filtered: Vec<Filtered>,
    reblog: Option<Box<Status>>,
    application: Option<()>,
    account: Account,
    media_attachments: Vec<Media>,
    mentions: Vec<Mention>,
    tags: Vec<Tag>,
    emojis: Vec<CustomEmoji>,
    card: Option<Card>,
    poll: Option<Poll>,
    quote: Option<Quote>,
    quote_approval: Approval,
}

#[derive(Debug, Clone, Serialize)]
struct Mention {
    id: Id,
    username: String,
    url: String,
    acct: String,
}

#[derive(Debug, Clone, Serialize)]
struct Tag {
    name: String,
    url: String,
}

/// Who may quote it: everybody who may read it, if that is everybody.
#[derive(Debug, Clone, Serialize)]
struct Approval {
    automatic: Vec<&'static str>,
    manual: Nothing,
    current_user: &'static str,
}

impl Status {
    /// With the text as it was written, for an author who writes it anew.
    pub(crate) fn with_text(mut self, text: String) -> Self {
        self.text = Some(text);
        self
    }

    /// Its poll.
    pub(crate) fn into_poll(self) -> Option<Poll> {
        match self.reblog {
            Some(reblog) => reblog.poll,
            None => self.poll,
        }
    }

    /// The post, if it is one as its author wrote it; what somebody passed on has a number of its own.
    pub(crate) fn post(&self) -> PostId {
        PostId(self.id.0)
    }

    /// Whether a filter of the reader hides it in this place.
    pub(crate) fn is_hidden_in(&self, place: Place) -> bool {
        self.filtered.iter().any(|filtered| filtered.hides_in(place))
    }

    /// The same post, passed on by `by` under this number: a shell around it.
    fn passed_on(self, number: i64, by: Account, at: Timestamp) -> Self {
        Self {
            id: Id(number),
            created_at: instant(at),
            edited_at: None,
            in_reply_to_id: None,
            in_reply_to_account_id: None,
            sensitive: self.sensitive,
            spoiler_text: String::new(),
            visibility: self.visibility,
            language: self.language.clone(),
            uri: self.uri.clone(),
            url: self.url.clone(),
            replies_count: self.replies_count,
            reblogs_count: self.reblogs_count,
            favourites_count: self.favourites_count,
            quotes_count: self.quotes_count,
            favourited: self.favourited,
            reblogged: self.reblogged,
            muted: self.muted,
            bookmarked: self.bookmarked,
            pinned: self.pinned,
            content: String::new(),
            text: None,
            filtered: self.filtered.clone(),
            application: None,
            account: by,
            media_attachments: Vec::new(),
            mentions: Vec::new(),
            tags: Vec::new(),
            emojis: Vec::new(),
            card: None,
            poll: None,
            quote: None,
            quote_approval: self.quote_approval.clone(),
            reblog: Some(Box::new(self)),
        }
    }
}

/// The name of an audience; that of a private group is the nearest there is.
pub(crate) fn visibility(audience: Audience) -> &'static str {
    match audience {
        Audience::Public => "public",
        Audience::Unlisted => "unlisted",
        Audience::Followers | Audience::Members => "private",
        Audience::Direct => "direct",
    }
}

/// The audience that a client names.
pub(crate) fn audience(visibility: &str) -> Option<Audience> {
    [Audience::Public, Audience::Unlisted, Audience::Followers, Audience::Direct]
        .into_iter()
        .find(|audience| self::visibility(*audience) == visibility)
}

fn build(reader: &Reader, view: &PostView, account: Account, quotes: i64, own: Personal) -> Status {
    let (post, content, id) = (&view.post, &view.post.content, view.post.id);
    let parent = view.parent.as_ref().filter(|_| own.sees_parent);
    let named = |texts: Vec<&str>| emoji::named(&reader.site, &view.palette, view.author.peer, texts);
    Status {
        id: Id(id.0),
        created_at: instant(post.published),
        edited_at: post.edited.map(instant),
        in_reply_to_id: parent.map(|parent| Id(parent.post.id.0)),
        in_reply_to_account_id: parent.map(|parent| Id(parent.author.id.0)),
        sensitive: content.sensitive,
        spoiler_text: content.warning.clone().unwrap_or_default(),
        visibility: visibility(post.audience),
        language: content.language.clone(),
        uri: post.uri.clone(),
        url: post.url.clone(),
        replies_count: view.tally.replies,
        reblogs_count: view.tally.shares,
        favourites_count: view.tally.likes,
        quotes_count: quotes,
        favourited: own.liked,
        reblogged: own.shared,
        muted: own.muted,
        bookmarked: own.bookmarked,
        pinned: own.pinned,
        content: body(view),
        text: None,
        filtered: own.filtered,
        reblog: None,
        application: None,
        account,
        media_attachments: media::attachments(reader, post),
        mentions: view.mentioned.iter().map(|actor| mention(&reader.site, actor)).collect(),
        tags: content.tags.iter().map(|tag| self::tag(&reader.site, tag)).collect(),
        emojis: named(content.texts().collect()),
        card: media::card(post),
        poll: content.poll.as_ref().map(|poll| {
            let emojis = named(poll.texts().collect());
            Poll::new(id, (poll, emojis), (&own.chosen, own.is_author), reader.now)
        }),
        quote: view.quote.as_ref().map(|quote| Quote { state: quote.state.as_str(), quoted_status: None }),
        quote_approval: approval(post, own.may_quote),
    }
}

fn approval(post: &Post, may: bool) -> Approval {
    let automatic = match post.content.quoting {
        Quoting::Anybody if post.audience.is_open() => vec!["public"],
        Quoting::Followers if post.audience.is_open() => vec!["followers"],
        _ => Vec::new(),
    };
    Approval { automatic, manual: Nothing::default(), current_user: if may { "automatic" } else { "denied" } }
}

fn mention(site: &Site, actor: &Actor) -> Mention {
    Mention { id: Id(actor.id.0), username: actor.name.clone(), url: actor.url.clone(), acct: acct(site, actor) }
}

fn tag(site: &Site, tag: &str) -> Tag {
    Tag { name: tag.to_owned(), url: site.tag(tag) }
}

/// What a post says, with its title if the text does not begin with it anyway.
fn body(view: &PostView) -> String {
    let content = &view.post.content;
    // Only few posts have what a microblog does not show: headings, tables, ruby.
    let rich = ["<h", "<t", "<r"].iter().any(|tag| content.html.contains(tag));
    let html = if rich { html::to_microblog(&content.html) } else { content.html.clone() };
    let Some(title) = content.title.as_deref().filter(|title| !title.is_empty()) else { return html };
    let groups: Vec<&str> = view.mentioned.iter().filter(|actor| actor.is_group()).map(|a| a.name.as_str()).collect();
    if title::from_post(&content.html, &groups).as_deref() == Some(title) {
        return html;
    }
    format!("<p><strong>{}</strong></p>{html}", html::escape(title))
}

/// The statuses of posts that the reader may see, by post, as their authors wrote them.
pub(crate) fn by_post(conn: &mut Conn, reader: &Reader, entries: &[Entry]) -> Result<HashMap<PostId, Status>> {
    let found = Gathered::load(conn, reader, entries)?;
    let own = Own::load(conn, reader, &found)?;
    let posts: HashSet<PostId> = entries.iter().map(|entry| entry.post).collect();
    let status = |post: PostId| Some((post, found.status(reader, post, |said| own.of(reader.me, said))?));
    Ok(posts.into_iter().filter_map(status).collect())
}

/// The statuses of these entries, in their order; those the reader may not see, or does not want to see in this place,
/// are left out.
pub(crate) fn list(conn: &mut Conn, reader: &Reader, entries: &[Entry]) -> Result<Vec<Status>> {
    let found = Gathered::load(conn, reader, entries)?;
    let own = Own::load(conn, reader, &found)?;
    let status = |entry: &Entry| found.entry(reader, *entry, |said| own.of(reader.me, said));
    let is_hidden = |status: &Status| reader.place.is_some_and(|place| status.is_hidden_in(place));
    Ok(entries.iter().filter_map(status).filter(|status| !is_hidden(status)).collect())
}

/// The status of one entry, if the reader may see it.
pub(crate) fn one(conn: &mut Conn, reader: &Reader, entry: Entry) -> Result<Option<Status>> {
    Ok(list(conn, reader, &[entry])?.pop())
}

/// A `StatusEdit`: what a post said at some time.
#[derive(Debug, Serialize)]
pub(crate) struct Edit {
    content: String,
    spoiler_text: String,
    sensitive: bool,
    created_at: String,
    account: Account,
    poll: Option<Poll>,
    media_attachments: Vec<Media>,
    emojis: Vec<CustomEmoji>,
}

/// All versions of a post that the reader may see, the oldest first.
pub(crate) fn history(conn: &mut Conn, reader: &Reader, id: PostId) -> Result<Option<Vec<Edit>>> {
    let Some(post) = store::posts::seen(conn, id, reader.me)? else { return Ok(None) };
    let mut versions = store::revisions::of(conn, id)?;
    versions.push((post.edited.unwrap_or(post.published), post.content.clone()));
    let view = view::post(conn, post)?;
    let account = account::one(conn, &reader.site, &view.author)?;
    let (site, peer) = (&reader.site, view.author.peer);
    let said = versions.iter().flat_map(|(_, content)| content.texts()).map(|text| (peer, text));
    let palette = store::emoji::palette(conn, said)?;
    let edit = |(at, content): (Timestamp, Content)| {
        let view = PostView { post: Post { content, ..view.post.clone() }, ..view.clone() };
        let content = &view.post.content;
        Edit {
            content: body(&view),
            spoiler_text: content.warning.clone().unwrap_or_default(),
            sensitive: content.sensitive,
            created_at: instant(at),
            account: account.clone(),
            poll: content.poll.as_ref().map(|poll| {
                let emojis = emoji::named(site, &palette, peer, poll.texts());
                Poll::new(id, (poll, emojis), (&[], false), reader.now)
            }),
            media_attachments: media::attachments(reader, &view.post),
            emojis: emoji::named(site, &palette, peer, content.texts()),
        }
    };
    Ok(Some(versions.into_iter().map(edit).collect()))
}
