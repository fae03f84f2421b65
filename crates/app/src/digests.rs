//! Letters each week about what was talked about, to those who want them and were away.
use std::time::Duration;

use domain::{
    id::ActorId,
    text::{html, plain},
    time::{Timestamp, span},
    urls::{self, path},
};
use futures_util::future::BoxFuture;
use store::digests::{Digest, Talk};

use crate::{App, Error, Me, Result, Tx, mail::Errand, random, view};

/// The job that sees to the letter of one person and one week; its subject are the person and when it was due.
pub(crate) const WRITE: &str = "digest";

const WEEK: Duration = span::days(7);
/// Who was away for so long gets no letters.
const LOST: Duration = span::days(180);
/// When letters leave: Mondays from eight o'clock (UTC) on, each some time within these, so that mail servers are not run over.
const HOUR: i64 = 8;
const SPREAD: u64 = 2 * 3_600;

/// How many threads a letter names, and how much of a title that is none.
const THREADS: usize = 5;
const HEADLINE: usize = 90;

/// A thread in a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// Its title, or its first words.
    pub title: String,
    /// The community.
    pub group: String,
    /// Its page.
    pub page: String,
    /// How much was written in it.
    pub posts: i64,
}

/// What stands in a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What was most talked about, of what everybody may read.
    pub threads: Vec<Thread>,
    /// In how many further threads something was written.
    pub further: usize,
    /// How much was written among members alone, of which nothing else is said.
    pub closed: i64,
    /// Where it is all to be read.
    pub home: String,
    /// Where one stops these letters, without signing in.
    pub stop: String,
}

/// Whether I get letters.
pub async fn is_on(app: &App, me: Me) -> Result<bool> {
    Ok(app.read(move |c| store::digests::find(c, me.0)).await?.is_some())
}

/// Sends me letters from now on, or none.
pub async fn set(app: &App, me: Me, on: bool) -> Result<()> {
    app.write(move |tx| {
        if !on {
            return Ok(store::digests::remove(tx, me.0)?);
        }
        if store::digests::find(tx, me.0)?.is_none() {
            let seen = tx.now();
            plan(tx, me.0, seen)?;
        }
        Ok(())
    })
    .await
}

/// For what the word is made that proves that a letter to this person was opened.
fn opened(person: ActorId) -> String {
    format!("digest of {person}")
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
    set(app, Me(person), false).await
}

/// The next Monday at eight.
pub(crate) fn next(now: Timestamp) -> Timestamp {
    const DAY: i64 = 86_400;
    // The first day of 1970 was a Thursday.
    const MONDAY: i64 = 4 * DAY + HOUR * 3_600;
    let weeks = (now.seconds() - MONDAY).div_euclid(7 * DAY);
    Timestamp::from_seconds((weeks + 1) * 7 * DAY + MONDAY)
}

/// Plans the next letter to somebody, who was here last at `seen`.
fn plan(tx: &mut Tx<'_, '_>, person: ActorId, seen: Timestamp) -> Result<()> {
    let now = tx.now();
    let due = next(now) + span::seconds(random::spread(SPREAD));
    store::digests::set(tx, &Digest { person_id: person.0, seen: seen.0, due: due.0 })?;
    tx.push_job(WRITE, &format!("{person} {}", due.0), due.since(now))
}

/// Sees to the letter of this week: lets it be written if its person was away, and plans the next one.
pub(crate) fn write_due(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let parsed = subject.split_once(' ').and_then(|(who, due)| Some((who.parse().ok()?, due.parse::<i64>().ok()?)));
        let (person, due): (ActorId, i64) = parsed.ok_or(Error::Invalid(subject))?;
        app.write(move |tx| {
            let Some(digest) = store::digests::find(tx, person)?.filter(|digest| digest.due == due) else {
                // They want none any more, or this was seen to.
                return Ok(());
            };
            let now = tx.now();
            let seen = store::digests::last_visit(tx, person)?.max(Some(Timestamp(digest.seen))).unwrap_or(now);
            plan(tx, person, seen)?;
            // By when it was due: a server that was down meanwhile forgets nothing of that week.
            let due = Timestamp(due);
            let away = due.since(seen);
            if away >= WEEK && away < LOST {
                tx.mail(&Errand::Digest(person.0, (due - WEEK).0))?;
            }
            Ok(())
        })
        .await
    })
}

/// What a letter tells of the time since `since`; nothing, if nothing happened.
pub(crate) fn told(tx: &mut Tx<'_, '_>, person: ActorId, since: Timestamp) -> Result<Option<Told>> {
    let (open, closed): (Vec<Talk>, Vec<Talk>) =
        store::digests::talked(tx, person, since)?.into_iter().partition(|talk| talk.is_open);
    if open.is_empty() && closed.is_empty() {
        return Ok(None);
    }
    let named = open.get(..THREADS).unwrap_or(&open);
    let ids: Vec<_> = named.iter().map(|talk| talk.post).collect();
    let posts = store::posts::by_ids(tx, &ids)?;
    let views = view::posts(tx, posts)?;
    let site = tx.site().clone();
    let thread = |talk: &Talk| {
        let view = views.iter().find(|view| view.post.id == talk.post)?;
        let author = &view.author;
        let by = if author.is_local() { author.uri.clone() } else { site.actor(site.host(), &author.handle()) };
        let content = &view.post.content;
        let said = content.title.clone().or_else(|| content.warning.clone()).filter(|title| !title.is_empty());
        let title = said.unwrap_or_else(|| html::excerpt(&content.html, HEADLINE));
        let group = view.group.as_ref();
        Some(Thread {
            title: plain::name(&title),
            group: plain::name(&group.map(|group| group.title.clone()).unwrap_or_default()),
            page: urls::post(&by, talk.post),
            posts: talk.posts,
        })
    };
    let threads: Vec<Thread> = named.iter().filter_map(thread).collect();
    let key = tx.seal().token(&opened(person))?;
    Ok(Some(Told {
        further: open.len() - threads.len(),
        threads,
        closed: closed.iter().map(|talk| talk.posts).sum(),
        home: site.page("/"),
        stop: urls::with_query(&site.page(path::DIGEST_STOP), &[("who", &person.to_string()), ("key", &key)]),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_leave_on_mondays() {
        let at = |day: i64, hour: i64| Timestamp::from_seconds((day * 24 + hour) * 3_600);
        // 1970-01-05 was a Monday.
        assert_eq!(next(at(0, 0)), at(4, 8));
        assert_eq!(next(at(4, 7)), at(4, 8));
        assert_eq!(next(at(4, 8)), at(11, 8));
        assert_eq!(next(at(10, 23)), at(11, 8));
    }
}
