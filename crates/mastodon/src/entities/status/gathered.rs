//! What some statuses are to everybody, read once: posts, what they quote, and the accounts of all whom they show.
use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use app::view::{self, PostView};
use domain::{
    filter,
    id::{ActorId, AppId, PostId},
    post::{Pen, QuoteState},
};
use store::{
    Conn, Result,
    apps::Application,
    kept::{self, Basis, Made},
    timelines::{By, Entry},
};

use super::{
    Personal, Status, build,
    told::{Around, Told},
};
use crate::entities::{
    Reader,
    account::{self, Shown},
    card,
    quote::Quoted,
    reaction,
};

/// A post, all that it tells everybody, and all that it says once somebody asks.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) view: PostView,
    pub(super) told: Told,
    words: OnceLock<String>,
}

impl Said {
    fn new(reader: &Reader, view: PostView, around: Around) -> Self {
        Self { told: Told::new(reader, &view, around), view, words: OnceLock::new() }
    }

    /// These posts, read anew.
    fn read(conn: &mut Conn, reader: &Reader, ids: &[PostId]) -> Result<Vec<Self>> {
        let posts = store::posts::by_ids(conn, ids)?;
        let (views, quotes) = (view::posts(conn, posts)?, store::quotes::counts(conn, ids)?);
        let mut signs = reaction::of(conn, &reader.site, ids)?;
        let (pens, mut cards) = (pens(conn, &views)?, store::cards::of(conn, ids)?);
        let authors = card::authors(conn, &reader.site, cards.values())?;
        let said = |view: PostView| {
            let card = cards.remove(&view.post.id);
            let around = Around {
                quotes: quotes.get(&view.post.id).copied().unwrap_or_default(),
                signs: signs.remove(&view.post.id).unwrap_or_default(),
                application: written_with(&view).and_then(|app| pens.get(&app)).cloned(),
                card_author: card.as_ref().and_then(|card| authors.get(&card.id)).cloned(),
                card,
            };
            Self::new(reader, view, around)
        };
        Ok(views.into_iter().map(said).collect())
    }

    /// All that the post says, in lower case: what filters look at.
    pub(super) fn words(&self) -> &str {
        self.words.get_or_init(|| filter::words(&self.view.post.content))
    }

    /// What it quotes, if its author agrees.
    pub(super) fn quoted(&self) -> Option<PostId> {
        self.view.quote.as_ref().filter(|quote| quote.state == QuoteState::Accepted)?.post
    }
}

/// The application a post was written with.
fn written_with(view: &PostView) -> Option<AppId> {
    match view.post.content.pen? {
        Pen::App(app) => Some(app),
        Pen::Page => None,
    }
}

/// The applications these posts were written with.
fn pens(conn: &mut Conn, views: &[PostView]) -> Result<HashMap<AppId, Application>> {
    let mut ids: Vec<AppId> = views.iter().filter_map(written_with).collect();
    ids.sort_unstable();
    ids.dedup();
    // Most of what a page shows is from elsewhere.
    let apps = if ids.is_empty() { Vec::new() } else { store::apps::by_ids(conn, &ids)? };
    Ok(apps.into_iter().map(|app| (app.id, app)).collect())
}

impl Made for Said {
    type Of = PostId;

    fn of(&self) -> PostId {
        self.view.post.id
    }

    /// What not everybody may read is not kept, nor what may show an account, which changes by itself.
    fn made_of(&self) -> Option<Vec<Basis>> {
        let (post, people) = (&self.view.post, &self.view.mentioned);
        (post.is_live() && post.audience.is_open() && !self.told.may_show_author)
            .then(|| people.iter().map(|person| person.id).chain([post.author]).map(Basis::Actor).collect())
    }

    fn bytes(&self) -> usize {
        // As it is, as it is sent, and once more for filters.
        2 * self.view.post.content.html.len() + self.told.bytes() + size_of::<Self>()
    }
}

/// The posts of entries and what they quote, no deeper.
pub(super) struct Gathered {
    views: HashMap<PostId, Arc<Said>>,
    accounts: HashMap<ActorId, Arc<Shown>>,
}

impl Gathered {
    pub(super) fn load(conn: &mut Conn, reader: &Reader, entries: &[Entry]) -> Result<Self> {
        let mut ids: Vec<PostId> = entries.iter().map(|entry| entry.post).collect();
        ids.sort_unstable();
        ids.dedup();
        let read = |conn: &mut Conn, ids: &[PostId]| Said::read(conn, reader, ids);
        let mut all: Vec<Arc<Said>> = kept::lend(conn, &ids, |_| true, read)?;
        let mut more: Vec<PostId> =
            all.iter().filter_map(|said| said.quoted()).filter(|id| !ids.contains(id)).collect();
        if !more.is_empty() {
            more.sort_unstable();
            more.dedup();
            all.extend(kept::lend(conn, &more, |_| true, read)?);
        }
        let mut shown: Vec<ActorId> = all.iter().map(|said| said.view.author.id).collect();
        let views: HashMap<PostId, Arc<Said>> = all.into_iter().map(|said| (said.view.post.id, said)).collect();
        shown.extend(entries.iter().filter_map(|entry| match entry.by {
            By::Author => None,
            By::Group => views.get(&entry.post)?.view.post.group,
            By::Share(by, _) => Some(by),
        }));
        Ok(Self { accounts: account::shown(conn, &reader.site, &shown)?, views })
    }

    pub(super) fn views(&self) -> impl Iterator<Item = &Said> {
        self.views.values().map(|said| &**said)
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
        if let Some(quote) = &mut status.written.quote {
            let shown = said.quoted().and_then(|quoted| self.alone(reader, quoted, &own));
            if said.quoted().is_some() {
                // What its reader does not want to see is there all the same: clients show it when they are asked to.
                let state = shown.as_ref().map_or(Some("unauthorized"), |(_, status)| status.written.own.shunned);
                quote.state = state.unwrap_or(quote.state);
            }
            quote.quoted = Quoted::Whole { quoted_status: shown.map(|(_, status)| Box::new(status)) };
        }
        Some(status)
    }

    fn alone(&self, reader: &Reader, post: PostId, own: impl Fn(&Said) -> Option<Personal>) -> Option<(&Said, Status)> {
        let said = self.views.get(&post)?;
        let (personal, account) = (own(said)?, self.accounts.get(&said.view.author.id)?.clone());
        Some((said, build(reader, said, account, personal)))
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
