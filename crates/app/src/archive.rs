//! What is kept here to take along: of somebody, for themselves; of a community, for those who lead it.
use std::collections::HashMap;

use domain::{
    actor::Actor,
    bylaw::Bylaws,
    charter::Charter,
    group::{GroupRules, Membership, Role},
    id::{ActorId, LogEntryId, MediaId, PostId, StatementId},
    media::Media,
    policy,
    post::Post,
    shun::Deed,
    statement::Statement,
    time::Timestamp,
};
use store::{
    Conn,
    groups::Ban,
    log::Entry,
    people::{self, For, People, Placed},
    posts::{self, List, Page},
    timelines::Window,
};

use crate::{App, Me, Result, view};

/// How much is read at a time.
const SOME: i64 = 200;
/// How many threads are read at a time, with all their replies.
const THREADS: i64 = 20;

/// Who somebody deals with, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Circle {
    /// Whom they follow: people and groups.
    Following,
    /// Who follows them.
    Followers,
    /// Whom they block.
    Blocked,
    /// Whom they mute.
    Muted,
}

/// The people, and groups, of a circle, the newest first.
pub async fn circle(app: &App, me: Me, circle: Circle) -> Result<Vec<Actor>> {
    let people = match circle {
        Circle::Following => People::Following(me.0),
        Circle::Followers => People::Followers(me.0),
        Circle::Blocked => People::Shunned(me.0, Deed::Block),
        Circle::Muted => People::Shunned(me.0, Deed::Mute),
    };
    let (mut found, mut window) = (Vec::new(), Window::newest(SOME));
    loop {
        let page = app
            .read(move |c| {
                let placed = people::page(c, people, For::Keeper, window)?;
                let ids: Vec<ActorId> = placed.iter().copied().map(Placed::who).collect();
                Ok((store::actors::by_ids(c, &ids)?, placed))
            })
            .await?;
        let (actors, placed) = page;
        found.extend(placed.iter().filter_map(|one| actors.iter().find(|actor| actor.id == one.who()).cloned()));
        match placed.last() {
            Some(last) if i64::try_from(placed.len()).is_ok_and(|n| n == SOME) => window.before = last.number,
            _ => return Ok(found),
        }
    }
}

/// The servers that somebody does not want to hear of.
pub async fn shunned_hosts(app: &App, me: Me) -> Result<Vec<String>> {
    app.read(move |c| store::host_shuns::of(c, me.0, "", 10_000)).await
}

/// Some posts, with what their files say of them.
#[derive(Debug)]
pub struct Piece {
    /// The posts.
    pub posts: Vec<Post>,
    /// Who wrote them, and the groups they stand in.
    pub people: HashMap<ActorId, Actor>,
    /// The URIs of what they answer.
    pub parents: HashMap<PostId, String>,
    /// The number before which the next piece begins; nothing if there is none.
    pub last: Option<i64>,
}

impl Piece {
    fn of(c: &mut Conn, mut posts: Vec<Post>, last: Option<i64>) -> store::Result<Self> {
        view::count_polls(c, &mut posts)?;
        let people = by_number(c, posts.iter().flat_map(|post| [Some(post.author), post.group]).flatten())?;
        let parents: Vec<PostId> = posts.iter().filter_map(|post| post.parent).collect();
        let parents = posts::by_ids(c, &parents)?.into_iter().map(|parent| (parent.id, parent.uri)).collect();
        Ok(Self { posts, people, parents, last })
    }
}

/// What I wrote before the post `before`, the newest first, some of it.
pub async fn posts(app: &App, me: Me, before: Option<i64>) -> Result<Piece> {
    app.read(move |c| {
        let page = Page { before: before.map(PostId), ..Page::first(SOME) };
        let ids = posts::list(c, List::Author(me.0), Some(me.0), page)?;
        let mut found = posts::by_ids(c, &ids)?;
        found.sort_by_key(|post| std::cmp::Reverse(post.id));
        let last = found.last().map(|post| post.id.0);
        Piece::of(c, found, last)
    })
    .await
}

/// The pictures, films and sounds that I brought and still keep, those after the number `after`, some of them.
pub async fn media(app: &App, me: Me, after: Option<i64>) -> Result<Vec<Media>> {
    app.read(move |c| store::media::kept_by(c, me.0, MediaId(after.unwrap_or_default()), SOME)).await
}

/// What the communities here keep about somebody, beside what they wrote.
#[derive(Debug)]
pub struct Known {
    /// Where they are members.
    pub memberships: Vec<Membered>,
    /// What was decided about them.
    pub measures: Vec<Told>,
    /// The threads of which they said that the same happens to them, by their ids, and when.
    pub echoes: Vec<(String, Timestamp)>,
}

/// A membership with its community.
#[derive(Debug)]
pub struct Membered {
    /// The community.
    pub group: Actor,
    /// What they may do there.
    pub role: Role,
    /// Since when.
    pub since: Timestamp,
}

/// A statement of reasons, with the community that issued it if it still is there.
#[derive(Debug)]
pub struct Told {
    /// What was decided, and why.
    pub statement: Statement,
    /// By which community.
    pub group: Option<Actor>,
}

/// What the communities here keep about me: what their teams see, I see.
pub async fn known(app: &App, me: Me) -> Result<Known> {
    app.read(move |c| {
        let memberships = store::groups::memberships(c, me.0)?;
        let statements = store::statements::about(c, me.0)?;
        let groups = memberships.iter().map(|it| it.group).chain(statements.iter().map(|it| it.group));
        let groups = by_number(c, groups)?;
        let membership =
            |it: Membership| Some(Membered { group: groups.get(&it.group)?.clone(), role: it.role, since: it.since });
        let told = |statement: Statement| Told { group: groups.get(&statement.group).cloned(), statement };
        Ok(Known {
            memberships: memberships.into_iter().filter_map(membership).collect(),
            measures: statements.into_iter().map(told).collect(),
            echoes: store::echoes::by(c, me.0)?,
        })
    })
    .await
}

/// Actors by their numbers.
fn by_number(c: &mut Conn, ids: impl Iterator<Item = ActorId>) -> store::Result<HashMap<ActorId, Actor>> {
    let mut ids: Vec<ActorId> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(store::actors::by_ids(c, &ids)?.into_iter().map(|actor| (actor.id, actor)).collect())
}

/// How a community is arranged.
#[derive(Debug)]
pub struct Arrangement {
    /// Who reads, writes and joins.
    pub rules: Option<GroupRules>,
    /// What it is for.
    pub charter: Option<Charter>,
    /// The rules it gave itself.
    pub bylaws: Option<Bylaws>,
}

/// How a community here that I lead is arranged.
pub async fn arrangement(app: &App, me: Me, group: ActorId) -> Result<Arrangement> {
    led(app, me, group, move |c| {
        Ok(Arrangement {
            rules: store::groups::rules(c, group)?,
            charter: store::charters::of(c, group)?,
            bylaws: store::bylaws::of(c, group)?,
        })
    })
    .await
}

/// The members of a community that I lead after the one with the number `after`, some of them.
pub async fn members(
    app: &App,
    me: Me,
    group: ActorId,
    after: Option<i64>,
) -> Result<(Vec<Membership>, HashMap<ActorId, Actor>)> {
    let after = ActorId(after.unwrap_or_default());
    led(app, me, group, move |c| {
        let found = store::groups::page_of_members(c, group, "", after, SOME)?;
        let people = by_number(c, found.iter().map(|it| it.person))?;
        Ok((found, people))
    })
    .await
}

/// Who follows a community that I lead, those before the number `before`, some of them; the newest first, and the number of
/// the last.
pub async fn followers(app: &App, me: Me, group: ActorId, before: Option<i64>) -> Result<(Vec<Actor>, Option<i64>)> {
    let newest = Window::newest(SOME);
    let window = Window { before: before.unwrap_or(newest.before), ..newest };
    led(app, me, group, move |c| {
        let placed = people::page(c, People::Followers(group), For::Keeper, window)?;
        let mut known = by_number(c, placed.iter().copied().map(Placed::who))?;
        let found = placed.iter().filter_map(|one| known.remove(&one.who())).collect();
        Ok((found, placed.last().map(|last| last.number)))
    })
    .await
}

/// The bans from a community that I lead, likewise.
pub async fn bans(
    app: &App,
    me: Me,
    group: ActorId,
    after: Option<i64>,
) -> Result<(Vec<Ban>, HashMap<ActorId, Actor>)> {
    let (after, now) = (ActorId(after.unwrap_or_default()), app.now());
    led(app, me, group, move |c| {
        let found = store::groups::bans(c, group, now, after, SOME)?;
        let people = by_number(c, found.iter().flat_map(|it| [ActorId(it.person_id), ActorId(it.by_id)]))?;
        Ok((found, people))
    })
    .await
}

/// What was decided in a community, with all that it names.
#[derive(Debug)]
pub struct Decisions {
    /// The entries of its log, the newest first.
    pub entries: Vec<Entry>,
    /// Who decided, and about whom.
    pub people: HashMap<ActorId, Actor>,
    /// The reasons that were given.
    pub statements: Vec<Statement>,
    /// The rules by which it was decided, in all their versions.
    pub bylaws: Vec<(ActorId, Bylaws)>,
}

/// What was decided in a community that I lead before the entry `before`, some of it.
pub async fn decisions(app: &App, me: Me, group: ActorId, before: Option<i64>) -> Result<Decisions> {
    led(app, me, group, move |c| {
        let entries = store::log::page(c, group, before.map(LogEntryId), SOME)?;
        let people = entries.iter().flat_map(|it| [Some(it.actor_id), it.person_id]).flatten();
        let people = by_number(c, people.map(ActorId))?;
        let told: Vec<StatementId> = entries.iter().filter_map(|it| it.statement_id.map(StatementId)).collect();
        let (statements, bylaws) = (store::statements::by_ids(c, &told)?, store::bylaws::all(c, &[group])?);
        Ok(Decisions { entries, people, statements, bylaws })
    })
    .await
}

/// Threads of a community that I lead before the one `before`, the newest first, each with all its replies; and the
/// number of the last of them, if there was any.
pub async fn threads(app: &App, me: Me, group: ActorId, before: Option<i64>) -> Result<Piece> {
    led(app, me, group, move |c| {
        let (found, last) = in_threads(c, me, group, before)?;
        Piece::of(c, found, last)
    })
    .await
}

/// What people here brought along in these threads and still is shown there; and the number of the last of them.
pub async fn media_in_threads(
    app: &App,
    me: Me,
    group: ActorId,
    before: Option<i64>,
) -> Result<(Vec<Media>, Option<i64>)> {
    led(app, me, group, move |c| {
        let (found, last) = in_threads(c, me, group, before)?;
        let shown = found.iter().filter(|post| post.is_live()).flat_map(|post| &post.content.attachments);
        let ids: Vec<MediaId> = shown.filter_map(|it| it.media).collect();
        Ok((store::media::by_ids(c, &ids)?, last))
    })
    .await
}

/// The picture and the banner of a community that I lead.
pub async fn portraits(app: &App, me: Me, group: ActorId) -> Result<Vec<Media>> {
    led(app, me, group, move |c| store::media::kept_by(c, group, MediaId(0), SOME)).await
}

fn in_threads(c: &mut Conn, me: Me, group: ActorId, before: Option<i64>) -> store::Result<(Vec<Post>, Option<i64>)> {
    let page = Page { before: before.map(PostId), ..Page::first(THREADS) };
    let roots = posts::list(c, List::Threads(group), Some(me.0), page)?;
    let ids = store::threads::posts_in(c, &roots, Some(me.0))?;
    let mut found = posts::by_ids(c, &ids)?;
    // What was said there to some alone is theirs, not the community's.
    found.retain(|post| post.group == Some(group));
    found.sort_by_key(|post| (std::cmp::Reverse(post.root), post.id));
    Ok((found, roots.last().map(|root| root.0)))
}

/// Reads what only those may take along who lead a community here.
async fn led<T: Send + 'static>(
    app: &App,
    me: Me,
    group: ActorId,
    read: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
) -> Result<T> {
    let now = app.now();
    let found = app.read(move |c| {
        let standing = store::groups::standing(c, group, me.0, now)?;
        let is_local = store::actors::is_local(c, group)?;
        if !is_local || policy::manage(&standing).is_err() {
            return Ok(None);
        }
        read(c).map(Some)
    });
    found.await?.ok_or(crate::Error::NotFound)
}
