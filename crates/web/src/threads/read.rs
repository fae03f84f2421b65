//! What the page of a post needs, in a fixed number of queries.
use std::collections::{HashMap, HashSet};

use app::{
    Me,
    drafts::{self, Place},
    filters::Sieve,
    paces,
    similar::Similar,
    view::PostView,
};
use domain::{
    actor::Actor,
    filter,
    group::Standing,
    id::{ActorId, PostId, StatementId},
    notice::Level,
    pace::Pace,
    policy,
    post::{Post, QuoteState},
    shun::Deed,
    time::Timestamp,
    urls::Site,
};
use store::{
    Conn, log,
    marks::{Markable, Marks},
    posts::{self, List, Page},
    timelines,
};

use crate::{
    cards::{self, Card, Face, Quoted},
    language::Language,
    listing, logs, polls,
    readers::Readers,
};

/// How many posts of a thread are looked through for what a reply replies to.
const BRANCHES: i64 = 5_000;

/// What became of a post that others reply to.
pub(super) struct Gap {
    pub(super) id: PostId,
    pub(super) parent: Option<PostId>,
    pub(super) reason: String,
    /// The rule that was cited, in words.
    pub(super) rule: Option<String>,
    pub(super) is_removed: bool,
}

/// What a post replies to that is not known to belong to it.
pub(super) enum Above {
    /// It came here later, or by another way, and stands elsewhere.
    Known(Box<PostView>),
    /// It never came; this is its id on the network.
    Missing(String),
}

impl Above {
    /// What it is, if it came.
    pub(super) fn known(&self) -> Option<&PostView> {
        match self {
            Self::Known(view) => Some(view),
            Self::Missing(_) => None,
        }
    }
}

/// What a page shows around a post, and below it.
pub(super) struct Read {
    pub(super) post: PostView,
    pub(super) parents: Vec<PostView>,
    /// What it replies to, if that could not be had when it came.
    pub(super) above: Option<Above>,
    /// Who closed it, and why.
    pub(super) closing: Option<(Face, String)>,
    pub(super) replies: Vec<PostView>,
    pub(super) gaps: Vec<Gap>,
    pub(super) last: Option<PostId>,
    /// What is quoted by the posts of the page, as far as whoever looks at it may read that.
    pub(super) quoted: HashMap<PostId, PostView>,
    /// Which of them whoever looks at the page voted for, passed on, and keeps.
    pub(super) marks: Marks,
    /// How much they want to be told of the thread, if somebody is signed in.
    pub(super) level: Option<Level>,
    /// Threads that are likely to be about the same, each with its author.
    pub(super) similar: Vec<(Post, Actor)>,
    /// How far they have read the thread, if they opened it before.
    pub(super) seen: Option<PostId>,
    /// What they began to write below it, and who will read it.
    pub(super) draft: String,
    pub(super) readers: Option<Readers>,
    /// The pages to which the posts of the page link.
    pub(super) linked: HashMap<PostId, store::cards::Card>,
    /// What they chose in polls.
    pub(super) chosen: HashMap<PostId, Vec<usize>>,
    /// To how many the same happens, and whether whoever looks at the page said so; of threads of communities.
    pub(super) echoes: Option<(i64, bool)>,
    /// Whether whoever looks at the page may say that.
    pub(super) may_echo: bool,
    /// The reply that answers the thread.
    pub(super) solution: Option<PostId>,
    /// The same, if it does not stand on this page.
    pub(super) elsewhere: Option<PostView>,
    pub(super) is_staff: bool,
    /// What whoever looks at the page is to the community.
    pub(super) standing: Option<Standing>,
    /// Those of its authors who see to it that others are answered.
    pub(super) experts: Vec<ActorId>,
    /// Of whom whoever looks at the page does not want to read, and what they did; nothing, if they shun the whole server.
    kept_away: HashMap<ActorId, Option<Deed>>,
    /// The threads that were replies in this one before, and the one in which this was one.
    pub(super) grafts: (Vec<PostView>, Option<PostView>),
    /// How often whoever looks at it may write below it, if that is limited.
    pub(super) pace: Option<Pace>,
    /// What their filters hold back.
    pub(super) sieve: Sieve,
}

impl Read {
    pub(super) fn thread(
        c: &mut Conn,
        post: Post,
        page: Page,
        viewer: Option<ActorId>,
        (site, t, now, similar): (&Site, Language, Timestamp, &Similar),
    ) -> store::Result<Self> {
        let branches = store::branches::of(c, post.root, BRANCHES)?;
        let parent_of: HashMap<PostId, PostId> =
            branches.iter().filter_map(|(id, parent)| Some((*id, (*parent)?))).collect();
        let (ids, last) = if post.id == post.root {
            let ids = posts::list(c, List::Thread(post.root), viewer, page)?;
            let last = listing::last(&ids, page.limit).copied();
            (ids, last)
        } else {
            let below = store::branches::below(post.id, &branches);
            let seen = timelines::visible_among(c, &below, viewer)?;
            (below.into_iter().filter(|id| seen.contains(id)).collect(), None)
        };
        let ids: Vec<PostId> = ids.into_iter().filter(|id| *id != post.id).collect();
        let up: Vec<PostId> = chain(post.id, &parent_of).into_iter().rev().collect();
        let seen = timelines::visible_among(c, &up, viewer)?;
        let up: Vec<PostId> = up.into_iter().filter(|id| seen.contains(id)).collect();
        let (above, below) = (posts::by_ids(c, &up)?, posts::by_ids(c, &ids)?);
        let gaps = gaps(c, t, post.id, &ids, &parent_of)?;
        let orphan = orphan(c, &post, viewer)?;
        let shown: Vec<PostId> = ids.iter().copied().chain([post.id]).collect();
        let linked = store::cards::of(c, &shown)?;
        let standing = match (viewer, post.group) {
            (Some(me), Some(group)) => Some(store::groups::standing(c, group, me, now)?),
            _ => None,
        };
        let may_echo = match (viewer, &standing, post.group) {
            // Nobody has the same poll, or the same welcome.
            (Some(me), Some(who), Some(group)) if post.content.poll.is_none() && post.featured.is_none() => {
                store::groups::rules(c, group)?.is_some_and(|rules| policy::echo((&rules, who), &post, me).is_ok())
            }
            _ => false,
        };
        let slowed = match post.group {
            Some(group) => paces::of(c, (group, Some(post.root)), viewer)?,
            None => None,
        };
        let closing = if post.locked.is_some() { closing(c, site, post.id)? } else { None };
        let grafts = grafts(c, &post, viewer)?;
        let (post, replies) = (app::view::post(c, post)?, app::view::posts(c, below)?);
        let experts = match post.post.group {
            Some(group) => {
                let authors: Vec<ActorId> = replies.iter().chain([&post]).map(|view| view.author.id).collect();
                store::groups::experts_among(c, group, &authors)?
            }
            None => Vec::new(),
        };
        let asking = replies.iter().chain([&post]).filter(|view| view.post.content.poll.is_some());
        let asking: Vec<PostId> = asking.map(|view| view.post.id).collect();
        let is_topic = post.post.is_thread() && post.post.group.is_some();
        let echoes = if is_topic { Some(store::echoes::of(c, post.post.id, viewer)?) } else { None };
        let solution = store::solutions::of(c, post.post.root)?;
        let elsewhere = match solution.filter(|id| !shown.contains(id)) {
            Some(id) => timelines::visible_among(c, &[id], viewer)?,
            None => HashSet::new(),
        };
        let elsewhere = posts::by_ids(c, &elsewhere.into_iter().collect::<Vec<_>>())?;
        let (parents, quoted) = (app::view::posts(c, above)?, quoted(c, replies.iter().chain([&post]), viewer)?);
        let elsewhere = app::view::posts(c, elsewhere)?.into_iter().next();
        let views = replies.iter().chain([&post]).chain(&parents).chain(quoted.values()).chain(&elsewhere);
        let kept_away = kept_away(c, views.chain(orphan.as_ref().and_then(Above::known)), viewer)?;
        let (mut seen, mut draft) = (None, String::new());
        let (mut marks, mut level, mut readers) = (Marks::default(), None, None);
        let similar = if post.post.is_thread() { similar.to(c, &post.post)? } else { Vec::new() };
        if let Some(me) = viewer {
            marks = store::marks::of(c, me, Markable { posts: shown, ..Markable::default() })?;
            level = Some(store::levels::of_thread(c, me, post.post.root, post.post.group)?);
            seen = store::readings::of(c, me, &[post.post.root])?.first().map(|(_, last)| *last);
            draft =
                drafts::find(c, Me(me), Place::Reply(post.post.id))?.map(|kept| kept.writing.text).unwrap_or_default();
            readers = Some(Readers::of_reply(c, site, Me(me), &post.post)?);
        }
        Ok(Self {
            sieve: Sieve::of(c, viewer, filter::Place::Thread, now)?,
            pace: slowed,
            experts,
            grafts,
            echoes,
            may_echo,
            solution,
            elsewhere,
            kept_away,
            standing,
            marks,
            level,
            similar,
            seen,
            draft,
            readers,
            above: orphan,
            parents,
            quoted,
            linked,
            chosen: polls::chosen(c, viewer, &asking)?,
            replies,
            post,
            closing,
            gaps,
            last,
            is_staff: standing.is_some_and(|standing| policy::moderate(&standing).is_ok()),
        })
    }
}

/// Where conversations went that were replies here before, and where this one was a reply, as far as `viewer` may read that.
fn grafts(c: &mut Conn, post: &Post, viewer: Option<ActorId>) -> store::Result<(Vec<PostView>, Option<PostView>)> {
    if !post.is_thread() {
        return Ok((Vec::new(), None));
    }
    let mut ids = store::grafts::split_off(c, post.id)?;
    let before = store::grafts::of(c, &[post.id])?.pop().map(|before| before.root()).filter(|root| *root != post.id);
    ids.extend(before);
    if ids.is_empty() {
        return Ok((Vec::new(), None));
    }
    let seen = timelines::visible_among(c, &ids, viewer)?;
    ids.retain(|id| seen.contains(id));
    let found = posts::by_ids(c, &ids)?;
    let views = app::view::posts(c, found)?;
    let (from, off): (Vec<PostView>, Vec<PostView>) = views.into_iter().partition(|view| Some(view.post.id) == before);
    Ok((off, from.into_iter().next()))
}

/// Of which authors of these posts `viewer` does not want to read.
fn kept_away<'a>(
    c: &mut Conn,
    views: impl Iterator<Item = &'a PostView>,
    viewer: Option<ActorId>,
) -> store::Result<HashMap<ActorId, Option<Deed>>> {
    let Some(me) = viewer else { return Ok(HashMap::new()) };
    let mut authors: Vec<ActorId> = views.map(|view| view.post.author).filter(|author| *author != me).collect();
    authors.sort_unstable();
    authors.dedup();
    Ok(store::shuns::kept_away(c, &[me], &authors)?.into_iter().map(|(_, whom, deed)| (whom, deed)).collect())
}

impl Read {
    /// Why a post is folded, if whoever looks at the page does not want to read its author: it keeps its place, and what is
    /// below it.
    pub(super) fn folded(&self, t: Language, view: &PostView) -> Option<String> {
        let author = &view.author;
        self.kept_away.get(&author.id).map(|deed| match deed {
            Some(Deed::Block) => t.folded_blocked(cards::called(author)),
            Some(Deed::Mute) => t.folded_muted(cards::called(author)),
            None => t.folded_server(&author.host),
        })
    }

    /// The same of what a post quotes.
    pub(super) fn folding(&self, t: Language, view: &PostView, quoted: Quoted) -> Quoted {
        let found = view.quote.as_ref().and_then(|quote| self.quoted.get(&quote.post?));
        match (quoted, found) {
            (Quoted::Card(card), Some(found)) => {
                let folded = self.folded(t, found).or_else(|| card.folded.clone());
                Quoted::Card(Box::new(Card { folded, ..*card }))
            }
            (quoted, _) => quoted,
        }
    }

    /// Whether `viewer` may say that this reply answers the thread.
    pub(super) fn may_solve(&self, viewer: Option<ActorId>, reply: &Post) -> bool {
        let thread = &self.parents.first().unwrap_or(&self.post).post;
        let may = |(me, who): (ActorId, &Standing)| policy::solve(thread, reply, me, who).is_ok();
        thread.is_thread() && viewer.zip(self.standing.as_ref()).is_some_and(may)
    }
}

/// What a post replies to, up to the beginning of its thread.
pub(super) fn chain(id: PostId, parent_of: &HashMap<PostId, PostId>) -> Vec<PostId> {
    let mut found = Vec::new();
    let mut at = id;
    while let Some(parent) = parent_of.get(&at).filter(|parent| !found.contains(*parent)) {
        found.push(*parent);
        at = *parent;
    }
    found
}

/// What is gone but has replies among `shown`: it leaves a place, and the reason if it was taken out.
fn gaps(
    c: &mut Conn,
    t: Language,
    top: PostId,
    shown: &[PostId],
    parent_of: &HashMap<PostId, PostId>,
) -> store::Result<Vec<Gap>> {
    let known: HashSet<PostId> = shown.iter().copied().chain([top]).collect();
    let mut missing: Vec<PostId> = Vec::new();
    for id in shown {
        for parent in chain(*id, parent_of) {
            if known.contains(&parent) || missing.contains(&parent) {
                break;
            }
            missing.push(parent);
        }
    }
    let mut found = posts::by_ids(c, &missing)?;
    // What was for few leaves no trace.
    found.retain(|post| post.audience.is_open() && !post.is_live());
    let ids: Vec<PostId> = found.iter().map(|post| post.id).collect();
    let said = log::about(c, &ids)?;
    let told: Vec<StatementId> = said.iter().filter_map(|entry| entry.statement_id.map(StatementId)).collect();
    let told = store::statements::by_ids(c, &told)?;
    let groups: Vec<ActorId> = told.iter().filter(|one| one.grounds.bylaw.is_some()).map(|one| one.group).collect();
    let rules =
        if groups.is_empty() { HashMap::new() } else { logs::broken(t, &store::bylaws::all(c, &groups)?, &told) };
    let gap = |post: Post| {
        let is_removal = |entry: &&log::Entry| entry.post_id == Some(post.id.0) && entry.action == "remove";
        let removal = said.iter().rfind(is_removal).filter(|_| post.deleted.is_none());
        Gap {
            id: post.id,
            parent: post.parent,
            reason: removal.map(|entry| entry.reason.clone()).unwrap_or_default(),
            rule: removal.and_then(|entry| rules.get(&entry.statement_id?).cloned()),
            is_removed: post.deleted.is_none(),
        }
    };
    Ok(found.into_iter().map(gap).collect())
}

/// What a post replies to, if that could not be had when it came.
fn orphan(c: &mut Conn, post: &Post, viewer: Option<ActorId>) -> store::Result<Option<Above>> {
    if post.local || post.parent.is_some() {
        return Ok(None);
    }
    let Some(uri) = store::orphans::parent_of(c, post.id)? else { return Ok(None) };
    match posts::by_uri(c, &uri)? {
        None => Ok(Some(Above::Missing(uri))),
        // What may not be read is not there.
        Some(found) => match posts::seen(c, found.id, viewer)? {
            Some(seen) => Ok(Some(Above::Known(Box::new(app::view::post(c, seen)?)))),
            None => Ok(None),
        },
    }
}

/// Who closed a thread, and what they said about it.
fn closing(c: &mut Conn, site: &Site, id: PostId) -> store::Result<Option<(Face, String)>> {
    let said = log::about(c, &[id])?;
    let Some(entry) = said.into_iter().rfind(|entry| entry.action == "lock") else { return Ok(None) };
    let by = ActorId(entry.actor_id);
    Ok(cards::faces_of(c, site, &[by])?.remove(&by).map(|by| (by, entry.reason)))
}

/// What these posts quote with leave, by its number, as far as `viewer` may read it.
pub(crate) fn quoted<'a>(
    c: &mut Conn,
    views: impl Iterator<Item = &'a PostView>,
    viewer: Option<ActorId>,
) -> store::Result<HashMap<PostId, PostView>> {
    let agreed = views.filter_map(|view| view.quote.as_ref()).filter(|quote| quote.state == QuoteState::Accepted);
    let ids: Vec<PostId> = agreed.filter_map(|quote| quote.post).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let seen = timelines::visible_among(c, &ids, viewer)?;
    let mut found = posts::by_ids(c, &ids)?;
    found.retain(|post| seen.contains(&post.id));
    Ok(app::view::posts(c, found)?.into_iter().map(|view| (view.post.id, view)).collect())
}
