//! Letters at once about single notices, to those who want them: what came within some minutes stands in one letter.
use std::time::Duration;

use domain::{
    filter::{Fate, Place},
    id::{ActorId, NotificationId},
    notice::Subject,
    text::plain,
    time::{Timestamp, span},
    urls::{self, path},
};
use store::{Conn, mailings::Mailing, notifications::Notification};

use crate::{
    App, Error, Me, Result, Tx,
    filters::Sieve,
    mail::Errand,
    markers,
    notifications::Kind,
    push::{self, Readable},
};

/// How long after a letter the next one leaves at the soonest.
const PAUSE: Duration = span::minutes(10);

/// How many notices a letter names, and how many it looks at.
const NAMED: usize = 10;
const MOST: i64 = 200;

/// A notice in a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What happened, one word.
    pub kind: String,
    /// Who did it.
    pub by: String,
    /// Whether it is about what was written to them alone, of which nothing else is said.
    pub is_private: bool,
    /// How what it is about begins.
    pub text: String,
    /// Where it is read, or dealt with.
    pub page: String,
}

/// What stands in a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// The notices, the newest first.
    pub told: Vec<Told>,
    /// How many more there are.
    pub further: usize,
    /// Where they are all to be read.
    pub home: String,
    /// Where one stops these letters, without signing in.
    pub stop: String,
}

/// What a kind of notice is about, if letters are written about it.
fn subject(kind: Kind) -> Option<Subject> {
    match kind {
        Kind::Mention => Some(Subject::Replies),
        Kind::FollowRequest => Some(Subject::Requests),
        Kind::Report | Kind::Appeal | Kind::Held => Some(Subject::Reports),
        _ => None,
    }
}

fn subjects(mailing: &Mailing) -> Vec<Subject> {
    mailing.subjects.split(' ').filter_map(|word| word.parse().ok()).collect()
}

/// About what I get letters at once.
pub async fn wanted(app: &App, me: Me) -> Result<Vec<Subject>> {
    Ok(app.read(move |c| store::mailings::find(c, me.0)).await?.map(|mailing| subjects(&mailing)).unwrap_or_default())
}

/// Sends me letters about this from now on, and about nothing else at once.
pub async fn set(app: &App, me: Me, wanted: Vec<Subject>) -> Result<()> {
    app.write(move |tx| {
        if wanted.is_empty() {
            return Ok(store::mailings::remove(tx, me.0)?);
        }
        let words: Vec<&str> = wanted.iter().map(|subject| subject.as_str()).collect();
        let mailing = if let Some(mailing) = store::mailings::find(tx, me.0)? {
            Mailing { subjects: words.join(" "), ..mailing }
        } else {
            // What they were told before is no news.
            let id: NotificationId = tx.new_id();
            Mailing { person_id: me.0.0, subjects: words.join(" "), told: id.0, sent: 0, due: None }
        };
        Ok(store::mailings::set(tx, &mailing)?)
    })
    .await
}

/// For what the word is made that proves that a letter to this person was opened.
fn opened(person: ActorId) -> String {
    format!("notices of {person}")
}

/// Whether a letter says so.
pub fn is_key(app: &App, person: ActorId, given: &str) -> Result<bool> {
    app.seal().is_token(&opened(person), given)
}

/// Stops the letters to somebody by what stands in each of them. Stopping them twice is stopping them once.
pub async fn stop(app: &App, person: ActorId, given: &str) -> Result<()> {
    if !is_key(app, person, given)? {
        return Err(Error::NotFound);
    }
    set(app, Me(person), Vec::new()).await
}

/// Lets a letter tell somebody of what they were told just now, if they want that and none is under way.
pub(crate) fn queue(tx: &mut Tx<'_, '_>, person: ActorId, kind: Kind) -> Result<()> {
    let Some(subject) = subject(kind) else { return Ok(()) };
    let Some(mailing) = store::mailings::find(tx, person)? else { return Ok(()) };
    if !subjects(&mailing).contains(&subject) {
        return Ok(());
    }
    let errand = Errand::Notices(person.0, mailing.told);
    // One that was given up, or that nobody could get, keeps none back.
    if mailing.due.is_some() && tx.is_mailing(&errand)? {
        return Ok(());
    }
    let now = tx.now();
    let due = now.max(Timestamp(mailing.sent) + PAUSE);
    tx.mail_in(&errand, due.since(now))?;
    Ok(store::mailings::set(tx, &Mailing { due: Some(due.0), ..mailing })?)
}

/// What a letter tells that was planned when `after` was the last notice told; nothing, if they read it all meanwhile, or
/// want no such letters any more.
pub(crate) fn told(tx: &mut Tx<'_, '_>, person: ActorId, after: i64) -> Result<Option<News>> {
    let Some(mailing) = store::mailings::find(tx, person)? else { return Ok(None) };
    let (now, wanted) = (tx.now(), subjects(&mailing));
    let read = store::markers::of(tx, person)?.into_iter().find(|marker| marker.timeline == markers::NOTICES);
    let from = after.max(read.map_or(0, |marker| marker.last_read));
    let fresh = store::notifications::since(tx, person, from, MOST)?;
    let newest = fresh.first().map_or(mailing.told, |notice| notice.id.0.max(mailing.told));
    let mut told = Vec::new();
    let sieve = Sieve::of(tx, Some(person), Place::Notifications, now)?;
    for notice in fresh {
        let is_wanted = Kind::of(&notice.kind).and_then(subject).is_some_and(|subject| wanted.contains(&subject));
        if is_wanted && let Some(notice) = one(tx, person, notice, &sieve)? {
            told.push(notice);
        }
    }
    let sent = if told.is_empty() { mailing.sent } else { now.0 };
    store::mailings::set(tx, &Mailing { told: newest, sent, due: None, ..mailing })?;
    if told.is_empty() {
        return Ok(None);
    }
    let (site, key) = (tx.site().clone(), tx.seal().token(&opened(person))?);
    let further = told.len().saturating_sub(NAMED);
    told.truncate(NAMED);
    let stop = urls::with_query(&site.page(path::NOTICES_STOP), &[("who", &person.to_string()), ("key", &key)]);
    Ok(Some(News { told, further, home: site.page(path::NOTICES), stop }))
}

/// A notice as a letter tells it, if its person may read what it is about and does not want to be spared of it.
fn one(tx: &mut Tx<'_, '_>, person: ActorId, notice: Notification, sieve: &Sieve) -> Result<Option<Told>> {
    let post = notice.post;
    let Some(Readable { told, by, text, is_private }) = push::readable(tx, person, notice)? else { return Ok(None) };
    let site = tx.site().clone();
    let (mut page, mut is_folded) = (site.page(path::NOTICES), false);
    if told.kind == Kind::Mention.as_str()
        && let Some(post) = post
    {
        let Some((post, author)) = written(tx, post)? else { return Ok(None) };
        match sieve.fate(&post) {
            Fate::Hidden(_) => return Ok(None),
            Fate::Folded(_) => is_folded = true,
            Fate::Shown | Fate::Veiled => {}
        }
        let author = if author.is_local() { author.uri } else { site.actor(site.host(), &author.handle()) };
        page = urls::post(&author, post.id);
    } else if Kind::of(&told.kind).and_then(subject) == Some(Subject::Reports) {
        page = site.page(path::QUEUE);
    }
    let name = if by.title.is_empty() { by.name } else { by.title };
    // A letter lies in more places than a page.
    let is_said = told.kind == Kind::Mention.as_str() && !is_private && !is_folded;
    Ok(Some(Told {
        kind: told.kind,
        by: plain::name(&name),
        is_private,
        text: if is_said { text } else { String::new() },
        page,
    }))
}

fn written(c: &mut Conn, id: domain::id::PostId) -> Result<Option<(domain::post::Post, domain::actor::Actor)>> {
    let Some(post) = store::posts::by_id(c, id)? else { return Ok(None) };
    Ok(store::actors::by_id(c, post.author)?.map(|author| (post, author)))
}
