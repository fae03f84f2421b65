//! Statuses: posts as their authors wrote them, and posts that somebody passed on.
use std::collections::{HashMap, HashSet};

use app::view::{self, PostView};
use domain::{
    actor::Actor,
    emoji::Palette,
    filter::{Filter, Place},
    id::{ActorId, PostId},
    policy,
    post::{Audience, Content, Post, QuoteState, Quoting, Vote},
    text::{html, title},
    time::Timestamp,
    urls::Site,
};
use serde::Serialize;
use store::{
    Conn, Result,
    relations::Numbers,
    timelines::{By, Entry},
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

    /// The same post, passed on by `by` under the number of `entry`.
    fn passed_on(self, number: i64, by: Account, at: Timestamp) -> Self {
        Self {
            id: Id(number),
            created_at: instant(at),
            edited_at: None,
            in_reply_to_id: None,
            in_reply_to_account_id: None,
            spoiler_text: String::new(),
            content: String::new(),
            account: by,
            media_attachments: Vec::new(),
            mentions: Vec::new(),
            tags: Vec::new(),
            emojis: Vec::new(),
            card: None,
            poll: None,
            reblog: Some(Box::new(self.clone())),
            ..self
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

/// What is the reader's own about posts.
#[derive(Default)]
struct Own {
    liked: HashSet<PostId>,
    shared: HashSet<PostId>,
    /// What was chosen in polls.
    chosen: HashMap<PostId, Vec<usize>>,
    bookmarked: HashSet<PostId>,
    pinned: HashSet<PostId>,
    /// The threads of which they want to hear no more.
    muted: HashSet<PostId>,
    filters: Vec<Filter>,
    /// What of the posts, and of the posts they reply to, may be read.
    seen: HashSet<PostId>,
    /// How often each is quoted.
    quotes: HashMap<PostId, i64>,
    /// Whom they follow of those whose followers alone may quote them.
    follows: HashSet<ActorId>,
}

impl Own {
    fn load(conn: &mut Conn, reader: &Reader, views: &[PostView]) -> Result<Self> {
        let me = reader.me;
        let ids: Vec<PostId> = views.iter().map(|view| view.post.id).collect();
        let roots: Vec<PostId> = views.iter().map(|view| view.post.root).collect();
        let near: Vec<PostId> = views.iter().filter_map(|view| view.post.parent).chain(ids.iter().copied()).collect();
        let seen = store::timelines::visible_among(conn, &near, me)?;
        let quotes = store::quotes::counts(conn, &ids)?;
        let Some(me) = me else { return Ok(Self { seen, quotes, ..Self::default() }) };
        let votes = store::votes::of(conn, me, &ids)?;
        let liked = votes.into_iter().filter(|(_, vote)| *vote == Vote::Like).map(|(id, _)| id).collect();
        let asking: Vec<PostId> =
            views.iter().filter(|view| view.post.content.poll.is_some()).map(|view| view.post.id).collect();
        let chosen = if asking.is_empty() { HashMap::new() } else { store::polls::chosen(conn, me, &asking)? };
        let picky = |view: &&PostView| view.post.content.quoting == Quoting::Followers && view.post.author != me;
        let picky: Vec<ActorId> = views.iter().filter(picky).map(|view| view.post.author).collect();
        let follows = if picky.is_empty() { HashSet::new() } else { store::follows::accepted_among(conn, me, &picky)? };
        let mut filters = store::filters::of(conn, me, None)?;
        filters.retain(|filter| filter.holds(reader.now));
        Ok(Self {
            liked,
            shared: store::timelines::shared_among(conn, &ids, me)?,
            bookmarked: store::bookmarks::among(conn, me, &ids)?,
            chosen,
            pinned: store::pins::among(conn, me, &ids)?,
            muted: store::levels::muted_among(conn, me, &roots)?,
            filters,
            seen,
            quotes,
            follows,
        })
    }

    /// What of the reader's filters matches a post of somebody else.
    fn filtered(&self, me: Option<ActorId>, post: &Post) -> Vec<Filtered> {
        if self.filters.is_empty() || me == Some(post.author) {
            return Vec::new();
        }
        let text = said(post);
        let matching = self.filters.iter().filter_map(|filter| Some((filter, filter.matches(post.id, &text)?)));
        matching.map(|(filter, found)| Filtered::new(filter, found, Id(post.id.0))).collect()
    }
}

/// All that a post says, in lower case.
fn said(post: &Post) -> String {
    let content = &post.content;
    let html = html::to_text(&content.html);
    let options = content.poll.iter().flat_map(|poll| poll.options.iter().map(|(option, _)| option.as_str()));
    let words = [content.title.as_deref(), content.warning.as_deref(), Some(&html)].into_iter().flatten();
    let words = words.chain(options).chain(content.attachments.iter().map(|attachment| attachment.alt.as_str()));
    words.collect::<Vec<_>>().join("\n").to_lowercase()
}

fn build(reader: &Reader, view: &PostView, account: Account, own: &Own) -> Status {
    let (post, content, id) = (&view.post, &view.post.content, view.post.id);
    let parent = view.parent.as_ref().filter(|parent| own.seen.contains(&parent.post.id));
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
        quotes_count: own.quotes.get(&id).copied().unwrap_or_default(),
        favourited: own.liked.contains(&id),
        reblogged: own.shared.contains(&id),
        muted: own.muted.contains(&post.root),
        bookmarked: own.bookmarked.contains(&id),
        pinned: own.pinned.contains(&id),
        content: body(view),
        text: None,
        filtered: own.filtered(reader.me, post),
        reblog: None,
        application: None,
        account,
        media_attachments: media::attachments(reader, post),
        mentions: view.mentioned.iter().map(|actor| mention(&reader.site, actor)).collect(),
        tags: content.tags.iter().map(|tag| self::tag(&reader.site, tag)).collect(),
        emojis: named(content.texts().collect()),
        card: media::card(post),
        poll: content.poll.as_ref().map(|poll| {
            let chosen = own.chosen.get(&id).map(Vec::as_slice).unwrap_or_default();
            Poll::new(id, (poll, named(poll.texts().collect())), (chosen, reader.me == Some(post.author)), reader.now)
        }),
        quote: view.quote.as_ref().map(|quote| Quote { state: quote.state.as_str(), quoted_status: None }),
        quote_approval: approval(reader, post, own),
    }
}

fn approval(reader: &Reader, post: &Post, own: &Own) -> Approval {
    let may = reader.me.is_some_and(|me| policy::quote(post, me, own.follows.contains(&post.author)).is_ok());
    let automatic = match post.content.quoting {
        Quoting::Anybody if post.audience.is_open() => vec!["public"],
        Quoting::Followers if post.audience.is_open() => vec!["followers"],
        _ => Vec::new(),
    };
    Approval { automatic, manual: Nothing::default(), current_user: if may { "automatic" } else { "denied" } }
}

/// Puts what is quoted into the quotes whose author may quote it, as far as the reader may see it; no deeper.
fn fill_quotes(
    conn: &mut Conn,
    reader: &Reader,
    views: &[PostView],
    statuses: &mut HashMap<PostId, Status>,
) -> Result<()> {
    let quoted = |view: &PostView| view.quote.as_ref().filter(|quote| quote.state == QuoteState::Accepted)?.post;
    let wanted: Vec<Entry> = views.iter().filter_map(quoted).map(Entry::of).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let found = load(conn, reader, &wanted, false)?.statuses;
    for view in views {
        if let (Some(Status { quote: Some(quote), .. }), Some(id)) = (statuses.get_mut(&view.post.id), quoted(view)) {
            quote.quoted_status = found.get(&id).cloned().map(Box::new);
            if quote.quoted_status.is_none() {
                quote.state = "unauthorized";
            }
        }
    }
    Ok(())
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
    Ok(load(conn, reader, entries, true)?.statuses)
}

struct Loaded {
    statuses: HashMap<PostId, Status>,
    /// The accounts of those who passed posts on, the groups of posts among them.
    sharers: HashMap<ActorId, Account>,
    groups: HashMap<PostId, (ActorId, Timestamp)>,
}

/// `deep` says whether what is quoted is loaded, too.
fn load(conn: &mut Conn, reader: &Reader, entries: &[Entry], deep: bool) -> Result<Loaded> {
    let mut ids: Vec<PostId> = entries.iter().map(|entry| entry.post).collect();
    ids.sort_unstable();
    ids.dedup();
    let posts = store::posts::by_ids(conn, &ids)?;
    let views = view::posts(conn, posts)?;
    let own = Own::load(conn, reader, &views)?;

    let passed: HashSet<PostId> = entries.iter().filter(|e| e.by == By::Group).map(|e| e.post).collect();
    let sharers: Vec<ActorId> =
        entries.iter().filter_map(|e| if let By::Share(by, _) = e.by { Some(by) } else { None }).collect();
    let mut actors = if sharers.is_empty() { Vec::new() } else { store::actors::by_ids(conn, &sharers)? };
    actors.extend(
        views.iter().filter(|view| passed.contains(&view.post.id)).filter_map(|view| view.group.as_deref().cloned()),
    );
    let mut shown: Vec<ActorId> = actors.iter().map(|a| a.id).chain(views.iter().map(|view| view.author.id)).collect();
    shown.sort_unstable();
    shown.dedup();
    let numbers = store::relations::numbers(conn, &shown)?;
    let palette = view::palette(conn, &actors)?;
    let account = |actor: &Actor, palette: &Palette| {
        let numbers: Numbers = numbers.get(&actor.id).copied().unwrap_or_default();
        Account::new(&reader.site, actor, numbers, palette)
    };
    let seen = views.iter().filter(|view| own.seen.contains(&view.post.id));
    let mut statuses: HashMap<PostId, Status> =
        seen.map(|view| (view.post.id, build(reader, view, account(&view.author, &view.palette), &own))).collect();
    if deep {
        fill_quotes(conn, reader, &views, &mut statuses)?;
    }
    Ok(Loaded {
        statuses,
        sharers: actors.iter().map(|actor| (actor.id, account(actor, &palette))).collect(),
        groups: views.iter().filter_map(|v| Some((v.post.id, (v.group.as_ref()?.id, v.post.published)))).collect(),
    })
}

/// The statuses of these entries, in their order; those the reader may not see, or does not want to see in this place,
/// are left out.
pub(crate) fn list(conn: &mut Conn, reader: &Reader, entries: &[Entry]) -> Result<Vec<Status>> {
    let Loaded { statuses, sharers, groups } = load(conn, reader, entries, true)?;
    let status = |entry: &Entry| {
        let status = statuses.get(&entry.post)?.clone();
        let (by, at) = match entry.by {
            By::Author => return Some(status),
            By::Group => *groups.get(&entry.post)?,
            By::Share(by, at) => (by, at),
        };
        Some(status.passed_on(entry.number, sharers.get(&by)?.clone(), at))
    };
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
