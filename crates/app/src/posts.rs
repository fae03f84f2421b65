//! Posts: written here, received from elsewhere, changed and deleted; one way for all.
use std::{sync::Arc, time::Duration};

use domain::{
    emoji::Named,
    group::Visibility,
    id::{ActorId, PostId},
    pace::Lane,
    policy::{self, Place, Refusal},
    post::{Assent, Audience, Content, DEPTH, Post, PostKind, Quote},
    text::{plain, search},
    time::{Timestamp, span},
    urls,
};
use store::{forestalled::Foretold, posts::Count};

use crate::{
    App, Cause, Error, Event, Me, Result, Tx, backfills, cards, consents, emoji, groups, held,
    limits::{self, Outward},
    media, moderation, moves, paces, polls, quotes,
};

mod draft;
mod once;
mod preview;
pub mod schedule;

pub use draft::{TEXT, Writing, between};
pub use once::create_once;
pub(crate) use preview::UNPUBLISHED;
pub use preview::preview;

/// The longest title, in characters.
pub const TITLE: usize = 200;

/// How late a thread may come and still be news: longer than most servers are out of reach.
const LATE: Duration = span::days(7);

/// How old a post may be that nobody sent, and still be told of.
const OLD: Duration = span::days(1);

/// A post that is ready to be published: its text is rendered and analysed, everybody it names is known.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What its author calls it.
    pub kind: PostKind,
    /// The post it replies to.
    pub parent: Option<PostId>,
    /// What it replies to, by its id on the network, if that could not be had.
    pub orphan_of: Option<String>,
    /// The group it is meant for; a reply stands in the group of its parent.
    pub group: Option<ActorId>,
    /// Whom its author addresses.
    pub audience: Audience,
    /// Whom it mentions.
    pub mentions: Vec<ActorId>,
    /// What it quotes.
    pub quote: Option<Quote>,
    /// The custom emoji in its texts, of an author elsewhere.
    pub emoji: Vec<Named>,
    content: Content,
    terms: String,
}

impl Draft {
    /// What it says; the HTML is sanitised. Its words are analysed here, since a transaction has better things to do.
    pub fn new(kind: PostKind, content: Content, audience: Audience) -> Self {
        let terms = terms(&content);
        Self {
            kind,
            parent: None,
            orphan_of: None,
            group: None,
            audience,
            mentions: Vec::new(),
            quote: None,
            emoji: Vec::new(),
            content,
            terms,
        }
    }

    /// What it says.
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// The same, saying something else.
    #[must_use]
    pub fn saying(self, content: Content) -> Self {
        Self { terms: terms(&content), content, ..self }
    }
}

/// Where a post from elsewhere comes from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Its id on the network.
    pub uri: String,
    /// The page to show to people.
    pub url: String,
    /// When it was published, as its server says.
    pub published: Timestamp,
    /// When it was last changed, as its server says.
    pub edited: Option<Timestamp>,
    /// How it came.
    pub way: Way,
}

/// How a post from elsewhere came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Its author sent it, or who passed it on.
    Sent,
    /// It was looked up, because something here refers to it.
    LookedUp,
    /// It was looked up to complete a thread.
    Completing,
}

/// Publishes what a person here wrote.
pub async fn create(app: &App, me: Me, writing: Writing) -> Result<Post> {
    let draft = draft::complete(app, me, writing, draft::Asking::Servers).await?;
    app.write(move |tx| {
        limits::reach_out(tx, Outward::Post, me.0)?;
        publish(tx, me.0, &draft, None, None)
    })
    .await
}

/// Records what a person elsewhere wrote. Calling it twice is calling it once.
pub fn receive(tx: &mut Tx<'_, '_>, author: ActorId, draft: &Draft, origin: &Origin, cause: Cause) -> Result<Post> {
    if let Some(known) = store::posts::by_uri(tx, &origin.uri)? {
        return if known.author == author { Ok(known) } else { Err(Refusal::NotAuthor.into()) };
    }
    let foretold = store::forestalled::about(tx, &origin.uri)?;
    let void = |by: &str| foretold.iter().any(|said| said.mark.is_none() && said.by == by);
    if !foretold.is_empty() && void(&actor_uri(tx, author)?) {
        return Err(Refusal::Gone.into());
    }
    let post = publish(tx, author, draft, Some((origin, &foretold)), cause)?;
    emoji::learn_of(tx, author, &draft.emoji)?;
    Ok(post)
}

/// Records a post from elsewhere that nobody sent: it was looked up, because something here refers to it.
pub async fn learn(app: &App, author: ActorId, draft: Draft, origin: Origin) -> Result<Post> {
    app.write(move |tx| receive(tx, author, &draft, &origin, None)).await
}

/// Publishes a post; of one from elsewhere with what was said about it before it came.
pub(crate) fn publish(
    tx: &mut Tx<'_, '_>,
    author: ActorId,
    draft: &Draft,
    origin: Option<(&Origin, &[Foretold])>,
    cause: Cause,
) -> Result<Post> {
    let (origin, foretold) = origin.map_or((None, &[][..]), |(origin, foretold)| (Some(origin), foretold));
    let parent = draft.parent.map(|id| load(tx, id)).transpose()?;
    let way = origin.map(|origin| origin.way);
    let (group, audience, lanes) = settle(tx, author, draft, parent.as_ref(), way)?;
    let now = tx.now();
    if origin.is_none() && draft.content.poll.as_ref().is_some_and(|poll| poll.is_closed(now)) {
        return Err(Error::Invalid("a poll closes in the future".into()));
    }
    let published = origin.map_or(now, |origin| origin.published.min(now));
    let sent = way.is_none_or(|way| way == Way::Sent);
    let news = sent && draft.parent.is_none() && published >= now - LATE || origin.is_none();
    let old = !sent && published < now - OLD;
    let id = tx.post_id(published, news);
    let (uri, url) = if let Some(origin) = origin {
        (origin.uri.clone(), origin.url.clone())
    } else {
        let uri = urls::post(&actor_uri(tx, author)?, id);
        (uri.clone(), uri)
    };
    let mut post = Post {
        id,
        uri,
        url,
        kind: draft.kind,
        author,
        group,
        parent: draft.parent,
        root: parent.as_ref().map_or(id, |parent| parent.root),
        depth: parent.as_ref().map_or(0, |parent| parent.depth.saturating_add(1)),
        audience,
        content: draft.content.clone(),
        local: origin.is_none(),
        published,
        edited: origin.and_then(|origin| origin.edited).map(|at| at.min(now)),
        deleted: None,
        removed: None,
        locked: None,
        featured: None,
    };
    let due = moderation::fall_due(tx, &mut post, foretold)?;
    let doubt = if due.is_empty() { held::doubt(tx, (&post, &draft.mentions), parent.as_ref())? } else { None };
    if consents::must_ask(tx, &post, parent.as_ref())? {
        post.content.assent = Some(Assent::Awaited);
    }
    if doubt.is_some() || post.lacks_assent() {
        // Out of its group until the team lets it in, or the author of what it answers agrees.
        post.removed = Some(now);
    }
    store::posts::insert(tx, &post, &draft.mentions)?;
    if let Some(parent) = &draft.orphan_of {
        store::orphans::insert(tx, post.id, parent)?;
    }
    paces::note(tx, author, &lanes)?;
    media::attach(tx, &post)?;
    store::search::index(tx, post.id, &draft.terms)?;
    polls::open(tx, &post)?;
    cards::note(tx, &post)?;
    if let Some(quote) = &draft.quote {
        quotes::record(tx, &post, quote)?;
    }
    if let (Some(parent), None) = (draft.parent, post.removed) {
        store::posts::count(tx, parent, Count::Replies, 1)?;
    }
    let told = Arc::new(post.clone());
    if let Some(doubt) = doubt {
        held::hold(tx, &told, doubt, (old, cause))?;
    } else if told.lacks_assent() {
        tx.emit(Event::AssentAsked { post: Arc::clone(&told) });
    } else {
        tx.emit(Event::Posted { post: Arc::clone(&told), old, cause });
        moderation::tell_due(tx, &told, &due)?;
    }
    complete(tx, &post, way)?;
    Ok(post)
}

/// Sees to it that the thread of a new post becomes complete, if it may not be.
fn complete(tx: &mut Tx<'_, '_>, post: &Post, way: Option<Way>) -> Result<()> {
    match way {
        None if post.parent.is_some() => backfills::entered(tx, post),
        Some(Way::Sent) if post.parent.is_some() => backfills::heard_of(tx, post),
        Some(Way::LookedUp) => backfills::heard_of(tx, post),
        _ => Ok(()),
    }
}

/// In which group a draft will stand and who will read it, once policy has agreed; and where slow mode counts it.
fn settle(
    tx: &mut Tx<'_, '_>,
    author: ActorId,
    draft: &Draft,
    parent: Option<&Post>,
    way: Option<Way>,
) -> Result<(Option<ActorId>, Audience, Vec<Lane>)> {
    let local = way.is_none();
    if local {
        moves::refuse_moved(tx, author)?;
    }
    if parent.is_some_and(|parent| parent.deleted.is_some() || parent.lacks_assent() || parent.depth >= DEPTH) {
        return Err(Refusal::Gone.into());
    }
    let Some(group) = parent.map_or(draft.group, |parent| parent.group) else {
        let narrow = draft.audience == Audience::Members;
        return Ok((None, if narrow { Audience::Direct } else { draft.audience }, Vec::new()));
    };
    let (rules, standing) = groups::regard(tx, group, author)?;
    let private = rules.visibility == Visibility::Private;
    if !private && !draft.audience.is_open() {
        // What is not for everybody is not for a public group either.
        return Ok((None, draft.audience, Vec::new()));
    }
    if private && draft.audience == Audience::Direct {
        // So one writes to the team in private, or to one of many; what is for all members names all of them.
        return Ok((None, draft.audience, Vec::new()));
    }
    if private && !local && (draft.audience.is_open() || draft.audience == Audience::Followers) {
        // Others read it, too.
        return Err(Refusal::NotPublic.into());
    }
    let mut lanes = Vec::new();
    // A group elsewhere decides itself what of others it takes.
    if local || groups::is_local(tx, group)? {
        let place = match parent {
            Some(parent) => Place::Reply { locked: parent.locked.is_some() || root_locked(tx, parent)? },
            None => Place::Thread,
        };
        // What is only looked up was written before.
        if way.is_none_or(|way| way == Way::Sent) {
            lanes = paces::slow(tx, group, parent.map(|parent| parent.root))?;
        }
        policy::post(&rules, &standing, place, paces::wait(tx, &lanes, author)?)?;
        moves::refuse_moved(tx, group)?;
    }
    let lanes = lanes.into_iter().map(|(lane, _)| lane).collect();
    Ok((Some(group), if private { Audience::Members } else { draft.audience }, lanes))
}

/// Whether somebody may answer a post that everybody may read.
pub(crate) fn check_reply(tx: &mut Tx<'_, '_>, author: ActorId, parent: &Post) -> Result<()> {
    let mut draft = Draft::new(PostKind::Note, Content::default(), parent.audience);
    draft.parent = Some(parent.id);
    settle(tx, author, &draft, Some(parent), Some(Way::Sent)).map(drop)
}

fn root_locked(tx: &mut Tx<'_, '_>, post: &Post) -> Result<bool> {
    Ok(post.root != post.id && store::posts::is_locked(tx, post.root)?)
}

/// Changes what a post of mine says; where it stands and who reads it stays as it is.
pub async fn edit(app: &App, me: Me, id: PostId, writing: Writing) -> Result<Post> {
    let draft = draft::complete_anew(app, me, writing, id, draft::Asking::Servers).await?;
    app.write(move |tx| {
        // Each version goes to everybody who has the post.
        limits::reach_out(tx, Outward::Post, me.0)?;
        let post = load(tx, id)?;
        let now = tx.now();
        revise(tx, me.0, post, &draft, Some(now), None)
    })
    .await
}

/// Records that an author elsewhere changed what a post says. An older version changes nothing.
pub fn receive_edit(
    tx: &mut Tx<'_, '_>,
    by: ActorId,
    uri: &str,
    draft: &Draft,
    edited: Option<Timestamp>,
    cause: Cause,
) -> Result<()> {
    let post = store::posts::by_uri(tx, uri)?.ok_or(Error::NotFound)?;
    let newer = edited.is_some_and(|edited| edited > post.edited.unwrap_or(post.published));
    if newer {
        may_revise(tx, by, &post)?;
    }
    let requoted = quotes::change(tx, &post, by, draft.quote.as_ref())?;
    if newer {
        let edited = edited.map(|at| at.min(tx.now()));
        revise(tx, by, post, draft, edited, cause)?;
        return emoji::learn_of(tx, by, &draft.emoji);
    }
    if requoted {
        tx.emit(Event::Requoted { post: Arc::new(post.clone()), cause });
    }
    quotes::receive_policy(tx, by, post.clone(), draft.content.quoting, cause)?;
    // The results of a poll come without a new date.
    polls::recount(tx, by, post, &draft.content, cause)
}

fn may_revise(tx: &mut Tx<'_, '_>, by: ActorId, post: &Post) -> Result<()> {
    policy::edit(post, by)?;
    // A group elsewhere decides itself whose changes it takes.
    if let Some(group) = post.group
        && (post.local || groups::is_local(tx, group)?)
    {
        policy::reword(&groups::regard(tx, group, by)?.1)?;
    }
    Ok(())
}

fn revise(
    tx: &mut Tx<'_, '_>,
    by: ActorId,
    post: Post,
    draft: &Draft,
    edited: Option<Timestamp>,
    cause: Cause,
) -> Result<Post> {
    may_revise(tx, by, &post)?;
    let asked = post.content.poll.clone();
    let mut content = Content { assent: post.content.assent.clone(), pen: post.content.pen, ..draft.content.clone() };
    if content.title.is_none() && !store::grafts::of(tx, &[post.id])?.is_empty() {
        // Its author knows nothing of what the team called it.
        content.title.clone_from(&post.content.title);
    }
    // What is counted anew is no other version.
    let is_other = edited != post.edited && post.content != content;
    if is_other {
        store::revisions::keep(tx, &post)?;
    }
    let post = Post { kind: draft.kind, content, edited, ..post };
    media::attach(tx, &post)?;
    store::posts::update(tx, &post, &draft.mentions)?;
    find_anew(tx, post.id, &post.content)?;
    cards::note(tx, &post)?;
    polls::change(tx, &post, asked.as_ref())?;
    // Nobody is told of what waits.
    if !held::waits(tx, &post)? && (!is_other || !held::recall(tx, &post, cause)?) {
        tx.emit(Event::Edited { post: Arc::new(post.clone()), cause });
    }
    Ok(post)
}

/// Deletes a post of mine, or, as one who keeps order, takes somebody else's out of its group.
pub async fn delete(app: &App, me: Me, id: PostId) -> Result<()> {
    app.write(move |tx| {
        let post = load(tx, id)?;
        if post.author == me.0 { erase(tx, me.0, post, None) } else { moderation::take_out(tx, me.0, post, "", None) }
    })
    .await
}

/// Records that a post is gone: deleted by its author, or, with a reason, taken out by a moderator.
/// A deletion may overtake its post: what is not known yet is remembered as void.
pub fn receive_delete(tx: &mut Tx<'_, '_>, by: ActorId, uri: &str, reason: Option<&str>, cause: Cause) -> Result<()> {
    let Some(post) = store::posts::by_uri(tx, uri)? else {
        let (by, now) = (actor_uri(tx, by)?, tx.now());
        return Ok(store::forestalled::void(tx, uri, &by, now)?);
    };
    match reason {
        _ if post.author == by => erase(tx, by, post, cause),
        reason => moderation::take_out(tx, by, post, reason.unwrap_or_default(), cause),
    }
}

/// Records that the server of a post says that it is gone.
pub async fn found_gone(app: &App, post: &Post) -> Result<()> {
    let (author, uri) = (post.author, post.uri.clone());
    app.write(move |tx| receive_delete(tx, author, &uri, None, None)).await
}

/// A post that its author deleted.
#[derive(Debug, Clone)]
pub struct Deletion {
    /// The post as it was.
    pub post: Arc<Post>,
    /// Whom it named, and, if it was for single people, for whom it was.
    pub named: Vec<ActorId>,
    /// Where that came from.
    pub cause: Cause,
}

fn erase(tx: &mut Tx<'_, '_>, by: ActorId, post: Post, cause: Cause) -> Result<()> {
    policy::delete(&post, by)?;
    if post.deleted.is_some() {
        return Ok(());
    }
    let (named, now) = (store::posts::mentioned(tx, post.id)?, tx.now());
    store::posts::delete(tx, post.id, now)?;
    media::detach(tx, &post)?;
    store::search::unindex(tx, post.id)?;
    if let (Some(parent), None) = (post.parent, post.removed) {
        store::posts::count(tx, parent, Count::Replies, -1)?;
    }
    if !held::withdraw(tx, &post)? {
        tx.emit(Event::Deleted(Deletion { post: Arc::new(post), named, cause }));
    }
    Ok(())
}

/// Records that a post is there again that its author elsewhere had deleted, and what it says now (FEP-4f05).
pub fn receive_return(tx: &mut Tx<'_, '_>, by: ActorId, uri: &str, draft: &Draft, cause: Cause) -> Result<()> {
    let post = store::posts::by_uri(tx, uri)?.ok_or(Error::NotFound)?;
    policy::bring_back(&post, by)?;
    if post.deleted.is_none() {
        return Ok(());
    }
    store::posts::revive(tx, post.id)?;
    if let (Some(parent), None) = (post.parent, post.removed) {
        store::posts::count(tx, parent, Count::Replies, 1)?;
    }
    let edited = post.edited;
    revise(tx, by, Post { deleted: None, ..post }, draft, edited, cause)?;
    Ok(())
}

/// Erases what an actor wrote, some of it; whether there may be more.
pub(crate) fn erase_some(tx: &mut Tx<'_, '_>, author: ActorId) -> Result<bool> {
    const SOME: i64 = 200;
    let ids = store::posts::undeleted(tx, author, SOME)?;
    for id in &ids {
        let post = load(tx, *id)?;
        erase(tx, author, post, None)?;
    }
    Ok(i64::try_from(ids.len()).is_ok_and(|n| n == SOME))
}

/// The post with this number, in whatever state.
pub(crate) fn load(tx: &mut Tx<'_, '_>, id: PostId) -> Result<Post> {
    store::posts::by_id(tx, id)?.ok_or(Error::NotFound)
}

/// The post with this number, if `me` may read it.
pub(crate) fn load_seen(tx: &mut Tx<'_, '_>, id: PostId, me: Me) -> Result<Post> {
    store::posts::seen(tx, id, Some(me.0))?.ok_or(Error::NotFound)
}

fn actor_uri(tx: &mut Tx<'_, '_>, id: ActorId) -> Result<String> {
    Ok(store::actors::by_id(tx, id)?.ok_or(Error::NotFound)?.uri)
}

/// Lets a post be found by other words than before.
pub(crate) fn find_anew(tx: &mut Tx<'_, '_>, id: PostId, content: &Content) -> Result<()> {
    store::search::unindex(tx, id)?;
    Ok(store::search::index(tx, id, &terms(content))?)
}

/// The words by which a post is found.
fn terms(content: &Content) -> String {
    search::analyze(&plain::cut(&content.says(), 20_000), content.language.as_deref())
}
