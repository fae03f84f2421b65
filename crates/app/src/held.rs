//! Posts that wait: what a community here wants to see first is out of it, and nobody is told of it, until the team lets
//! it in.
use std::{sync::Arc, time::Duration};

use domain::{
    claim::Item,
    held::{self, Doubt, Record, Screen},
    host::Host,
    id::{ActorId, PostId},
    policy::{self, Refusal},
    post::Post,
    statement::{Grounds, Sanction},
    text::{markdown, plain},
    time::span,
};
use store::{
    Conn,
    held::Held,
    posts::{Count, Mark},
};

use crate::{
    App, Cause, Error, Event, Me, Result, Tx, claims, groups, messages,
    moderation::{self, Measure},
    posts, quotes, statements,
    tongues::Tongue,
    view::{self, PostView},
};

/// The most of the first posts of somebody that may wait.
pub const FIRST: i64 = 20;

/// The highest limit of what newcomers write.
pub const MOST: i64 = 100;

/// How many words there may be, and the longest, in characters.
pub const WORDS: usize = 500;
const WORD: usize = 100;

/// How many servers there may be.
pub const DOMAINS: usize = 200;

/// How long one remembers what somebody said, and how much of it.
const LATELY: Duration = span::days(7);
const SAID: i64 = 50;

/// How many posts that wait are shown at one time.
const PAGE: i64 = 100;

/// Says what the team of a community here that I lead wants to see before anybody else does.
pub async fn set_screen(app: &App, me: Me, group: ActorId, screen: Screen) -> Result<()> {
    let mut words: Vec<String> = screen.words.iter().map(|word| plain::line(word, WORD)).collect();
    words.retain(|word| !word.is_empty());
    let limits = screen.limits.map(|it| [it.links, it.media, it.mentions, it.threads, it.replies]);
    if limits.is_some_and(|limits| limits.iter().any(|limit| !(0..=MOST).contains(limit))) {
        return Err(Error::Invalid(format!("a limit is at most {MOST}")));
    }
    if words.len() > WORDS || screen.domains.len() > DOMAINS || !(0..=FIRST).contains(&screen.first) {
        return Err(Error::Invalid(format!("there may be {WORDS} words, and {FIRST} first posts")));
    }
    let screen = Screen { words, ..screen };
    app.write(move |tx| {
        let (_, standing) = groups::named(tx, group, me.0)?;
        policy::manage(&standing)?;
        if !groups::is_local(tx, group)? {
            return Err(Error::NotFound);
        }
        if store::held::screen(tx, group)?.unwrap_or_default() != screen {
            store::held::set_screen(tx, group, &screen)?;
            tx.emit(Event::ScreenChanged { group, by: me.0 });
        }
        Ok(())
    })
    .await
}

/// Why a new post waits that mentions these, if it does: what answers something that waits waits with it.
pub(crate) fn doubt(
    tx: &mut Tx<'_, '_>,
    (post, mentions): (&Post, &[ActorId]),
    parent: Option<&Post>,
) -> Result<Option<Doubt>> {
    let Some(group) = post.group.filter(|_| post.removed.is_none()) else { return Ok(None) };
    let doubt = suspect(tx, group, (post, mentions), parent)?;
    if doubt.is_some() {
        return Ok(doubt);
    }
    Ok(match parent {
        Some(parent) if waits(tx, parent)? => Some(Doubt::Parent),
        _ => None,
    })
}

/// Why a post would wait for what it says or for whoever says it, whatever else of theirs stands there.
fn suspect(
    tx: &mut Tx<'_, '_>,
    group: ActorId,
    (post, mentions): (&Post, &[ActorId]),
    parent: Option<&Post>,
) -> Result<Option<Doubt>> {
    let Some(screen) = store::held::screen(tx, group)? else { return Ok(None) };
    let (_, standing) = groups::regard(tx, group, post.author)?;
    let most = screen.counts();
    let mut known = if most > 0 { store::posts::standing(tx, group, post.author, most + 1)? } else { Vec::new() };
    known.retain(|id| *id != post.id);
    let named = |who: &&ActorId| **who != group && parent.is_none_or(|parent| parent.author != **who);
    let mut record = Record {
        posts: i64::try_from(known.len()).unwrap_or(i64::MAX),
        age: tx.now().since(post.author.timestamp()),
        is_reply: parent.is_some(),
        mentions: i64::try_from(mentions.iter().filter(named).count()).unwrap_or(i64::MAX),
        ..Record::default()
    };
    if screen.limits.is_some() && record.age < held::FIRST_DAY {
        record.alike = store::held::alike(tx, group, post)?;
    }
    let doubt = screen.doubt(&standing, &record, &post.content);
    if doubt.is_some() || standing.is_staff() || standing.admin {
        return Ok(doubt);
    }
    if !screen.domains.is_empty() {
        let author = store::actors::by_id(tx, post.author)?;
        if author.and_then(|author| Host::parse(&author.host)).is_some_and(|host| screen.names(&host)) {
            return Ok(Some(Doubt::Domain));
        }
    }
    let said =
        if screen.again { store::held::said(tx, post.author, post.published - LATELY, SAID)? } else { Vec::new() };
    let again = said.iter().any(|(id, html)| *id != post.id && held::says_the_same(html, &post.content.html));
    Ok(again.then_some(Doubt::Again))
}

/// Takes a post out again that was let in and says something else now, if that has to wait; whether it does.
pub(crate) fn recall(tx: &mut Tx<'_, '_>, post: &Post, cause: Cause) -> Result<bool> {
    let Some(group) = post.group.filter(|_| post.removed.is_none() && post.deleted.is_none()) else {
        return Ok(false);
    };
    let (mentions, parent) = (store::posts::mentioned(tx, post.id)?, post.parent);
    let parent = parent.map(|parent| posts::load(tx, parent)).transpose()?;
    if suspect(tx, group, (post, &mentions), parent.as_ref())?.is_none() {
        return Ok(false);
    }
    if let Some(parent) = post.parent {
        store::posts::count(tx, parent, Count::Replies, -1)?;
    }
    let now = tx.now();
    store::posts::set_mark(tx, post.id, Mark::Removed, Some(now))?;
    let (told, grounds) = (Arc::new(post.clone()), Grounds::default());
    tx.emit(Event::Removed { post: told, by: group, grounds, statement: None, cause: None });
    let post = Arc::new(Post { removed: Some(now), ..post.clone() });
    hold(tx, &post, Doubt::Edited, (false, cause))?;
    Ok(true)
}

/// Lets a new post wait. Its author hears of it, once for all that waits of theirs and unless it is old, and so does the
/// team.
pub(crate) fn hold(tx: &mut Tx<'_, '_>, post: &Arc<Post>, doubt: Doubt, (old, cause): (bool, Cause)) -> Result<()> {
    let (group, since) = (post.group.ok_or(Refusal::NotAuthor)?, tx.now());
    let waited = store::held::waits_for(tx, group, post.author)?;
    store::held::insert(tx, &Held { post: post.id, group, doubt, since, cause, old, refused: None })?;
    if !waited && !old {
        let title = markdown::escape(&store::actors::by_id(tx, group)?.ok_or(Error::NotFound)?.title);
        let (english, spanish) = because(doubt);
        let say = |tongue: Tongue| {
            tongue.pick(
                format!("Lo que has publicado en {title} espera a que el equipo lo mire, porque {spanish}."),
                format!("What you posted in {title} waits until the team has looked at it, because {english}."),
            )
        };
        let way = (post.url.as_str(), ("Lo que publicaste", "What you posted"));
        let text = messages::letter(tx, (group, post.author), say, Some(way))?;
        messages::confide(tx, group, post.author, &text)?;
    }
    tx.emit(Event::Held { post: Arc::clone(post) });
    Ok(())
}

fn because(doubt: Doubt) -> (&'static str, &'static str) {
    match doubt {
        Doubt::First => ("you are new there", "acabas de llegar"),
        Doubt::Stranger => ("you are no member", "no eres miembro"),
        Doubt::Link => ("you are new there and it has a link", "acabas de llegar y lleva un enlace"),
        Doubt::Links => ("you are new there and it has many links", "acabas de llegar y lleva muchos enlaces"),
        Doubt::Media => ("you are new there and it has several pictures", "acabas de llegar y lleva varias imágenes"),
        Doubt::Mentions => ("you are new there and it names many people", "acabas de llegar y nombra a mucha gente"),
        Doubt::Many => ("it is your first day and you have posted a lot", "es tu primer día y ya has publicado mucho"),
        Doubt::Word => ("of a word in it", "lleva cierta palabra"),
        Doubt::Domain => ("of the server that it leads to or comes from", "lleva a cierto servidor o viene de él"),
        Doubt::Again => ("you said the same before", "ya has dicho lo mismo"),
        Doubt::Edited => ("you changed it", "lo has cambiado"),
        Doubt::Parent => ("what it answers waits, too", "también espera aquello a lo que responde"),
    }
}

/// Whether a post waits, or was not let in, be it by the team or by the author of what it answers.
pub(crate) fn waits(tx: &mut Tx<'_, '_>, post: &Post) -> Result<bool> {
    Ok(post.removed.is_some() && (post.lacks_assent() || store::held::of(tx, post.id)?.is_some()))
}

/// Records that an author deleted a post; whether it was one that nobody was told of.
pub(crate) fn withdraw(tx: &mut Tx<'_, '_>, post: &Post) -> Result<bool> {
    if post.removed.is_none() || !store::held::remove(tx, post.id)? {
        return Ok(false);
    }
    store::notifications::remove_post(tx, post.id)?;
    Ok(true)
}

/// What waits in the communities that I look after, the oldest first.
pub async fn open(app: &App, me: Me) -> Result<Vec<(Held, PostView)>> {
    app.read(move |c| {
        let groups = store::groups::moderated_by(c, me.0)?;
        let waiting = waiting(c, me, &groups)?;
        let ids: Vec<PostId> = waiting.iter().map(|held| held.post).collect();
        let found = store::posts::by_ids(c, &ids)?;
        let views = view::posts(c, found)?;
        let held = |view: PostView| Some((*waiting.iter().find(|held| held.post == view.post.id)?, view));
        Ok(views.into_iter().filter_map(held).collect())
    })
    .await
}

/// What waits in these groups and I may read, the oldest first.
pub fn waiting(conn: &mut Conn, me: Me, groups: &[ActorId]) -> store::Result<Vec<Held>> {
    let mut waiting = store::held::waiting(conn, groups, PAGE)?;
    let ids: Vec<PostId> = waiting.iter().map(|held| held.post).collect();
    let seen = store::timelines::visible_among(conn, &ids, Some(me.0))?;
    waiting.retain(|held| seen.contains(&held.post));
    Ok(waiting)
}

/// Lets a post in that waits in a group in which I keep order, or does not.
pub async fn answer(app: &App, me: Me, post: PostId, yes: bool, grounds: Grounds) -> Result<()> {
    if !yes && grounds.reason.trim().is_empty() && grounds.bylaw.is_none() {
        return Err(Error::Invalid("whoever is not let in hears why".into()));
    }
    let measure = if yes { Measure::Restore } else { Measure::Remove };
    moderation::take(app, me, post, measure, grounds).await
}

/// What comes of a measure on a post that is not let in: to restore it is to let it in, to remove it is not to.
pub(crate) fn decide(
    tx: &mut Tx<'_, '_>,
    by: ActorId,
    post: Post,
    held: Held,
    (measure, grounds): (Measure, &Grounds),
) -> Result<()> {
    claims::heed(tx, by, Item::Held(post.id))?;
    match measure {
        Measure::Restore => admit(tx, by, post, held, &grounds.reason),
        Measure::Remove if held.refused.is_some() => Ok(()),
        Measure::Remove => refuse(tx, by, post, grounds),
        Measure::Lock | Measure::Unlock | Measure::Feature | Measure::Unfeature => Err(Refusal::Gone.into()),
    }
}

/// From now on it is as if it had just been published, and with it what only waited for it.
fn admit(tx: &mut Tx<'_, '_>, by: ActorId, post: Post, held: Held, reason: &str) -> Result<()> {
    if let Some(parent) = post.parent {
        let parent = posts::load(tx, parent)?;
        if waits(tx, &parent)? {
            return Err(Error::Conflict("what it answers is not there yet".into()));
        }
        if !post.lacks_assent() {
            store::posts::count(tx, parent.id, Count::Replies, 1)?;
        }
    }
    let now = tx.now();
    store::held::remove(tx, post.id)?;
    if post.lacks_assent() {
        // The team agrees; now for the author of what it answers.
        tx.emit(Event::AssentAsked { post: Arc::new(post) });
        return Ok(());
    }
    store::posts::set_mark(tx, post.id, Mark::Removed, None)?;
    store::threads::stir(tx, post.root, now)?;
    if held.refused.is_some() {
        statements::lift(tx, by, (held.group, post.author), Sanction::Refuse, Some(post.id))?;
    }
    let reason = plain::line(reason, statements::REASON);
    let post = Arc::new(Post { removed: None, ..post });
    if held.doubt == Doubt::Edited {
        // Everybody was told of it once, and that it is gone.
        tx.emit(Event::Restored { post, by, reason, cause: None });
        return Ok(());
    }
    tx.emit(Event::Admitted { post: Arc::clone(&post), by, reason });
    tx.emit(Event::Posted { post: Arc::clone(&post), old: held.old, cause: held.cause });
    if let Some(quote) = store::quotes::get(tx, post.id)? {
        quotes::tell(tx, &post, &quote)?;
    }
    for id in store::held::below(tx, post.id)? {
        let (reply, held) = (posts::load(tx, id)?, store::held::of(tx, id)?.ok_or(Error::NotFound)?);
        admit(tx, by, reply, held, "")?;
    }
    Ok(())
}

fn refuse(tx: &mut Tx<'_, '_>, by: ActorId, post: Post, grounds: &Grounds) -> Result<()> {
    let group = post.group.ok_or(Refusal::NotAuthor)?;
    let (grounds, now) = (statements::checked(tx, group, grounds)?, tx.now());
    store::held::refuse(tx, post.id, now)?;
    let (person, sanction, about) = (post.author, Sanction::Refuse, Some(post.id));
    let measure = statements::Measure { group, person, by, sanction, post: about, until: None, clean: false };
    let statement = statements::issue(tx, measure, grounds.clone())?;
    tx.emit(Event::Refused { post: Arc::new(post), by, grounds, statement });
    Ok(())
}
