//! To which conversation a reply belongs, where it stands among posts of many places.
use std::collections::{HashMap, HashSet};

use app::{App, filters::Sieve, view::PostView};
use domain::{
    actor::Actor,
    emoji::Palette,
    filter::Fate,
    id::{ActorId, PostId},
    post::Post,
    text::html,
    urls,
};
use store::{Conn, timelines};

use crate::{
    cards::{self, Card},
    language::Language,
    media,
};

/// A conversation as it is named beside one of its replies.
#[derive(Debug, Clone)]
pub(crate) struct Root {
    /// Its title or its first words, as HTML.
    pub(crate) heading: String,
    pub(crate) language: Option<String>,
    /// Its page here.
    pub(crate) page: String,
}

/// The conversations to which some replies belong, as far as they may be named.
#[derive(Debug, Default)]
pub(crate) struct Roots {
    threads: HashMap<PostId, (Post, Actor)>,
    palette: Palette,
}

impl Roots {
    /// Those of the replies among these posts, in a fixed number of queries: none that `viewer` may not read, of nobody whom
    /// the reader of the page shuns, and nothing that their filters keep back.
    pub(crate) fn of<'a>(
        c: &mut Conn,
        viewer: Option<ActorId>,
        sieve: &Sieve,
        views: impl IntoIterator<Item = &'a PostView>,
    ) -> store::Result<Self> {
        let replies = views.into_iter().filter(|view| !view.post.is_thread());
        let mut ids: Vec<PostId> = replies.map(|view| view.post.root).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Ok(Self::default());
        }
        let seen = timelines::visible_among(c, &ids, viewer)?;
        ids.retain(|id| seen.contains(id));
        let mut posts = store::posts::by_ids(c, &ids)?;
        let is_open = |post: &Post| matches!(sieve.fate(post), Fate::Shown | Fate::Veiled);
        posts.retain(is_open);
        let mut authors: Vec<ActorId> = posts.iter().map(|post| post.author).collect();
        authors.sort_unstable();
        authors.dedup();
        let shunned: HashSet<ActorId> = match sieve.reader() {
            Some(me) => store::shuns::kept_away(c, &[me], &authors)?.into_iter().map(|(_, whom, _)| whom).collect(),
            None => HashSet::new(),
        };
        let authors: HashMap<ActorId, Actor> =
            store::actors::by_ids(c, &authors)?.into_iter().map(|actor| (actor.id, actor)).collect();
        let by = |post: &Post| authors.get(&post.author).filter(|author| !shunned.contains(&author.id)).cloned();
        let known = |post: Post| by(&post).map(|author| (post.id, (post, author)));
        let threads: HashMap<PostId, (Post, Actor)> = posts.into_iter().filter_map(known).collect();
        let said = threads.values().flat_map(|(post, author)| post.content.texts().map(|text| (author.peer, text)));
        let palette = store::emoji::palette(c, said)?;
        Ok(Self { threads, palette })
    }

    /// The card of a post, with the conversation that it belongs to.
    pub(crate) fn beside(&self, app: &App, t: Language, view: &PostView, card: Card) -> Card {
        let found = self.threads.get(&view.post.root).filter(|_| !view.post.is_thread());
        Card { root: found.map(|(thread, author)| self.named(app, t, thread, author)), ..card }
    }

    fn named(&self, app: &App, t: Language, thread: &Post, author: &Actor) -> Root {
        let site = app.site();
        let headline = cards::headline(t, thread, author, &media::shown(app, t, thread));
        Root {
            heading: cards::quotable(author, self.palette.paint(site, author.peer, &html::escape(&headline))),
            language: thread.content.language.clone(),
            page: urls::post(&cards::page_of(site, author), thread.id),
        }
    }
}
