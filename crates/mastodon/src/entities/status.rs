//! Statuses: posts as their authors wrote them, and posts that somebody passed on.
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use app::view::{self, PostView};
use domain::{
    filter::Place,
    id::PostId,
    post::{Audience, Content, Post},
    time::Timestamp,
};
use serde::Serialize;
use store::{Conn, Result, timelines::Entry};

mod gathered;
mod many;
mod own;
mod told;

pub(crate) use self::many::Many;
pub(super) use self::told::{mention, tag};
use self::{
    gathered::{Gathered, Said},
    own::{Own, Personal},
    told::body,
};

use super::{
    Id, Reader,
    account::{self, Account, Shown},
    emoji::{self, CustomEmoji},
    instant,
    media::{self, Media},
    poll::Poll,
    quote::{Quote, Quoted},
};

/// A `Status`: a post, or that somebody passed it on.
#[derive(Debug, Clone)]
pub(crate) struct Status {
    written: Written,
    passed_on: Option<PassedOn>,
}

/// A post as its author wrote it, for one reader.
#[derive(Debug, Clone)]
struct Written {
    said: Arc<Said>,
    own: Personal,
    account: Arc<Shown>,
    text: Option<String>,
    poll: Option<Poll>,
    quote: Option<Quote>,
}

/// Who passed a post on, when, and under which number.
#[derive(Debug, Clone)]
struct PassedOn {
    number: Id,
    account: Arc<Shown>,
    at: String,
}

impl Status {
    /// With the text as it was written, for an author who writes it anew.
    pub(crate) fn with_text(mut self, text: String) -> Self {
        self.written.text = Some(text);
        self
    }

    /// Its poll.
    pub(crate) fn into_poll(self) -> Option<Poll> {
        self.written.poll
    }

    /// The post.
    pub(crate) fn post(&self) -> PostId {
        self.written.said.view.post.id
    }

    /// Whether a filter of the reader hides it in this place.
    pub(crate) fn is_hidden_in(&self, place: Place) -> bool {
        self.written.own.filtered.iter().any(|filtered| filtered.hides_in(place))
    }

    /// The same post, passed on by `account` under this number.
    fn passed_on(self, number: i64, account: Arc<Shown>, at: Timestamp) -> Self {
        Self { passed_on: Some(PassedOn { number: Id(number), account, at: instant(at) }), ..self }
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

fn build(reader: &Reader, said: &Arc<Said>, account: Arc<Shown>, own: Personal) -> Status {
    let (view, id) = (&said.view, said.view.post.id);
    let poll = view.post.content.poll.as_ref().map(|poll| {
        let emojis = emoji::named(&reader.site, &view.palette, view.author.peer, poll.texts());
        Poll::new(id, (poll, emojis), (&own.chosen, own.is_author), reader.now)
    });
    let named = said.quoted().filter(|_| own.sees_quoted).map(|post| Id(post.0));
    let is_kept_back = said.quoted().is_some() && named.is_none();
    let quote = view.quote.as_ref().map(|quote| Quote {
        state: if is_kept_back { "unauthorized" } else { quote.state.as_str() },
        quoted: Quoted::Named { quoted_status_id: named },
    });
    let written = Written { said: said.clone(), own, account, text: None, poll, quote };
    Status { written, passed_on: None }
}

/// The statuses of posts, by post, as their authors wrote them; those the reader may not see are left out.
pub(crate) fn by_post(
    conn: &mut Conn,
    reader: &Reader,
    posts: impl IntoIterator<Item = PostId>,
) -> Result<HashMap<PostId, Status>> {
    let posts: HashSet<PostId> = posts.into_iter().collect();
    let entries: Vec<Entry> = posts.iter().copied().map(Entry::of).collect();
    let found = Gathered::load(conn, reader, &entries)?;
    let own = Own::load(conn, reader, &found, HashSet::new())?;
    let status = |post: PostId| Some((post, found.status(reader, post, |said| own.of(reader.me, said))?));
    Ok(posts.into_iter().filter_map(status).collect())
}

/// The statuses of these entries, in their order; those the reader does not want to see in this place are left out. That
/// they may see them was decided by whoever looked for them.
pub(crate) fn list(conn: &mut Conn, reader: &Reader, entries: &[Entry]) -> Result<Vec<Status>> {
    those_seen(conn, reader, entries, entries.iter().map(|entry| entry.post).collect())
}

/// The same of entries of which it is not decided; those that they may not see are left out, too.
pub(crate) fn sift(conn: &mut Conn, reader: &Reader, entries: &[Entry]) -> Result<Vec<Status>> {
    those_seen(conn, reader, entries, HashSet::new())
}

fn those_seen(conn: &mut Conn, reader: &Reader, entries: &[Entry], seen: HashSet<PostId>) -> Result<Vec<Status>> {
    let found = Gathered::load(conn, reader, entries)?;
    let own = Own::load(conn, reader, &found, seen)?;
    let status = |entry: &Entry| found.entry(reader, *entry, |said| own.of(reader.me, said));
    let is_hidden = |status: &Status| reader.place.is_some_and(|place| status.is_hidden_in(place));
    Ok(entries.iter().filter_map(status).filter(|status| !is_hidden(status)).collect())
}

/// The status of one entry, if the reader may see it.
pub(crate) fn one(conn: &mut Conn, reader: &Reader, entry: Entry) -> Result<Option<Status>> {
    if !store::timelines::visible_among(conn, &[entry.post], reader.me)?.contains(&entry.post) {
        return Ok(None);
    }
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
