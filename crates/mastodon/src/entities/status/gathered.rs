//! What some statuses are to everybody, read once: posts, what they quote, and the accounts of all whom they show.
use std::{
    cell::OnceCell,
    collections::{HashMap, HashSet},
};

use app::view::{self, PostView};
use domain::{
    id::{ActorId, PostId},
    post::{Post, QuoteState},
    text::html,
};
use store::{
    Conn, Result,
    timelines::{By, Entry},
};

use super::{Personal, Status, build};
use crate::entities::{Reader, account::Account};

/// A post, and all that it says once somebody asks.
pub(super) struct Said {
    pub(super) view: PostView,
    words: OnceCell<String>,
}

impl Said {
    /// All that the post says, in lower case: what filters look at.
    pub(super) fn words(&self) -> &str {
        self.words.get_or_init(|| said(&self.view.post))
    }

    /// What it quotes, if its author agrees.
    fn quoted(&self) -> Option<PostId> {
        quoted(&self.view)
    }
}

fn quoted(view: &PostView) -> Option<PostId> {
    view.quote.as_ref().filter(|quote| quote.state == QuoteState::Accepted)?.post
}

/// The posts of entries and what they quote, no deeper.
pub(super) struct Gathered {
    views: HashMap<PostId, Said>,
    accounts: HashMap<ActorId, Account>,
    /// How often each is quoted.
    quotes: HashMap<PostId, i64>,
}

impl Gathered {
    pub(super) fn load(conn: &mut Conn, reader: &Reader, entries: &[Entry]) -> Result<Self> {
        let mut ids: Vec<PostId> = entries.iter().map(|entry| entry.post).collect();
        ids.sort_unstable();
        ids.dedup();
        let posts = store::posts::by_ids(conn, &ids)?;
        let mut views = view::posts(conn, posts)?;
        let mut more: Vec<PostId> = views.iter().filter_map(quoted).filter(|id| !ids.contains(id)).collect();
        if !more.is_empty() {
            more.sort_unstable();
            more.dedup();
            let posts = store::posts::by_ids(conn, &more)?;
            views.extend(view::posts(conn, posts)?);
            ids.extend(more);
        }
        Ok(Self {
            accounts: accounts(conn, reader, entries, &views)?,
            quotes: store::quotes::counts(conn, &ids)?,
            views: views.into_iter().map(|view| (view.post.id, Said { view, words: OnceCell::new() })).collect(),
        })
    }

    pub(super) fn views(&self) -> impl Iterator<Item = &Said> {
        self.views.values()
    }

    /// The status of a post as its author wrote it, with what it quotes; `own` says what is the reader's own of those they
    /// may see.
    pub(super) fn status(
        &self,
        reader: &Reader,
        post: PostId,
        own: impl Fn(&Said) -> Option<Personal>,
    ) -> Option<Status> {
        let (said, mut status) = self.alone(reader, post, &own)?;
        if let (Some(quote), Some(quoted)) = (&mut status.quote, said.quoted()) {
            quote.quoted_status = self.alone(reader, quoted, &own).map(|(_, status)| Box::new(status));
            if quote.quoted_status.is_none() {
                quote.state = "unauthorized";
            }
        }
        Some(status)
    }

    fn alone(&self, reader: &Reader, post: PostId, own: impl Fn(&Said) -> Option<Personal>) -> Option<(&Said, Status)> {
        let said = self.views.get(&post)?;
        let (personal, account) = (own(said)?, self.accounts.get(&said.view.author.id)?.clone());
        let quotes = self.quotes.get(&post).copied().unwrap_or_default();
        Some((said, build(reader, &said.view, account, quotes, personal)))
    }

    /// The status of an entry: of a post, or of somebody who passed it on.
    pub(super) fn entry(
        &self,
        reader: &Reader,
        entry: Entry,
        own: impl Fn(&Said) -> Option<Personal>,
    ) -> Option<Status> {
        let status = self.status(reader, entry.post, own)?;
        let (by, at) = match entry.by {
            By::Author => return Some(status),
            By::Group => {
                let view = &self.views.get(&entry.post)?.view;
                (view.group.as_ref()?.id, view.post.published)
            }
            By::Share(by, at) => (by, at),
        };
        Some(status.passed_on(entry.number, self.accounts.get(&by)?.clone(), at))
    }
}

/// The accounts of authors, and of those who passed posts on.
fn accounts(
    conn: &mut Conn,
    reader: &Reader,
    entries: &[Entry],
    views: &[PostView],
) -> Result<HashMap<ActorId, Account>> {
    let passed: HashSet<PostId> = entries.iter().filter(|e| e.by == By::Group).map(|e| e.post).collect();
    let sharers: Vec<ActorId> =
        entries.iter().filter_map(|e| if let By::Share(by, _) = e.by { Some(by) } else { None }).collect();
    let sharers = if sharers.is_empty() { Vec::new() } else { store::actors::by_ids(conn, &sharers)? };
    let groups = views
        .iter()
        .filter(|view| passed.contains(&view.post.id))
        .filter_map(|view| Some((view.group.as_deref()?, view)));
    let known = views.iter().map(|view| (&*view.author, view)).chain(groups);
    let known: HashMap<ActorId, _> = known.map(|(actor, view)| (actor.id, (actor, view))).collect();
    let shown: Vec<ActorId> = sharers.iter().map(|actor| actor.id).chain(known.keys().copied()).collect();
    let numbers = store::relations::numbers(conn, &shown)?;
    let numbers = |id: ActorId| numbers.get(&id).copied().unwrap_or_default();
    let palette = view::palette(conn, &sharers)?;
    let sharers =
        sharers.iter().map(|actor| (actor.id, Account::new(&reader.site, actor, numbers(actor.id), &palette)));
    let known = known.into_values();
    let known =
        known.map(|(actor, view)| (actor.id, Account::new(&reader.site, actor, numbers(actor.id), &view.palette)));
    Ok(sharers.chain(known).collect())
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
