//! Polls: choosing here and elsewhere, telling what was counted, and closing.
use std::{sync::Arc, time::Duration};

use domain::{
    id::{ActorId, PostId},
    policy,
    post::{Content, Counted, Poll, Post},
    text::plain,
    time::{Timestamp, span},
};
use futures_util::future::BoxFuture;

use crate::{App, Cause, Error, Event, Me, Result, Tx, groups, posts};

/// How many options a poll has at most; two at least.
pub const OPTIONS: usize = 10;

/// The longest option, in characters.
pub const OPTION: usize = 200;

/// For how long what was counted is not told anew.
pub const ROUND: Duration = span::minutes(3);

/// The job that tells what was counted; its subject are the number of the post and that of the round.
pub(crate) const TELL: &str = "tell poll";

/// The job that closes a poll; its subject are the number of the post and when it closes.
pub(crate) const CLOSE: &str = "close poll";

/// A poll as somebody here asks it: its options tidied, nothing counted yet.
pub(crate) fn checked(poll: Poll) -> Result<Poll> {
    let mut options: Vec<(String, u32)> = Vec::new();
    for (name, _) in &poll.options {
        let name = plain::line(name, OPTION + 1);
        if name.is_empty() || name.chars().count() > OPTION || options.iter().any(|(known, _)| *known == name) {
            return Err(Error::Invalid(format!("an option has 1 to {OPTION} characters, and is not there twice")));
        }
        options.push((name, 0));
    }
    if !(2..=OPTIONS).contains(&options.len()) {
        return Err(Error::Invalid(format!("a poll has 2 to {OPTIONS} options")));
    }
    Ok(Poll { options, voters: 0, ..poll })
}

/// Chooses options, by their place, in a poll that I may read; once and for all. In one elsewhere guests choose from their
/// own server: nobody else would hear of it.
pub async fn vote(app: &App, me: Me, post: PostId, choices: Vec<usize>) -> Result<Post> {
    app.write(move |tx| {
        let post = posts::load_seen(tx, post, me)?;
        if !post.local && !store::actors::is_local(tx, me.0)? {
            return Err(Error::Invalid("this is voted on from your own server".into()));
        }
        if !store::polls::choices(tx, post.id, me.0)?.is_empty() {
            return Err(policy::Refusal::Voted.into());
        }
        record(tx, me.0, &post, &choices)?;
        Ok(post)
    })
    .await
}

/// Records that somebody elsewhere chose an option of a poll here; of a second one in another activity, if one may
/// choose several.
pub fn receive(tx: &mut Tx<'_, '_>, voter: ActorId, post: PostId, option: &str) -> Result<()> {
    // Who may not read it does not learn that it is there.
    let post = posts::load_seen(tx, post, Me(voter))?;
    if !post.local {
        return Err(Error::NotFound);
    }
    let poll = post.content.poll.as_ref().ok_or(Error::NotFound)?;
    let place = poll.place(&plain::line(option, OPTION));
    let place = place.ok_or_else(|| Error::Invalid("there is no such option".into()))?;
    let (before, now) = (store::polls::choices(tx, post.id, voter)?, tx.now());
    if !before.contains(&place) && (poll.multiple || before.is_empty()) {
        return record(tx, voter, &post, &[place]);
    }
    // It counts once. Whoever chose here as a guest may choose where they live all the same: there it counts twice until
    // their server hears what was counted.
    if poll.is_closed(now) { Ok(()) } else { tell_in_time(tx, post.id) }
}

fn record(tx: &mut Tx<'_, '_>, voter: ActorId, post: &Post, choices: &[usize]) -> Result<()> {
    let poll = post.content.poll.as_ref().ok_or(Error::NotFound)?;
    let mut choices = choices.to_vec();
    choices.sort_unstable();
    choices.dedup();
    let fits = choices.last().is_some_and(|last| *last < poll.options.len()) && (poll.multiple || choices.len() == 1);
    if !fits {
        return Err(Error::Invalid("one of the options is to be chosen, or several if the poll says so".into()));
    }
    let group = post.group.map(|group| groups::regard(tx, group, voter)).transpose()?;
    let group = group.as_ref().map(|(rules, standing)| (rules, standing));
    let (before, now) = (store::polls::choices(tx, post.id, voter)?, tx.now());
    policy::choose(group, (post, poll), (voter, &before), now)?;
    store::polls::choose(tx, post.id, voter, &choices, now)?;
    if post.local {
        tell_in_time(tx, post.id)?;
    } else {
        // Whoever voted is told when it is over.
        close_in_time(tx, post)?;
    }
    tx.emit(Event::Chosen { post: Arc::new(post.clone()), voter, choices });
    Ok(())
}

/// Tells what was counted when the round ends.
fn tell_in_time(tx: &mut Tx<'_, '_>, post: PostId) -> Result<()> {
    // A round of its own for each job: what is chosen while one is told belongs to the next.
    let (now, length) = (tx.now(), i64::try_from(ROUND.as_millis()).unwrap_or(i64::MAX));
    let round = now.0 / length + 1;
    tx.push_job(TELL, &format!("{post} {round}"), wait(now, Timestamp(round.saturating_mul(length))))
}

fn wait(now: Timestamp, until: Timestamp) -> Duration {
    Duration::from_millis(u64::try_from(until.0.saturating_sub(now.0)).unwrap_or(0))
}

/// Begins to count in the poll of a post that is new.
pub(crate) fn open(tx: &mut Tx<'_, '_>, post: &Post) -> Result<()> {
    let Some(poll) = &post.content.poll else { return Ok(()) };
    store::polls::set_count(tx, post.id, &poll.count())?;
    if post.local { close_in_time(tx, post) } else { Ok(()) }
}

/// Counts anew if the author asks something else now; otherwise what was chosen counts on.
pub(crate) fn change(tx: &mut Tx<'_, '_>, post: &Post, was: Option<&Poll>) -> Result<()> {
    match (was, &post.content.poll) {
        (Some(was), Some(now)) if was.asks_as(now) && post.local => close_in_time(tx, post),
        (Some(was), Some(now)) if was.asks_as(now) => Ok(store::polls::set_count(tx, post.id, &now.count())?),
        (None, None) => Ok(()),
        _ => {
            store::polls::clear(tx, post.id)?;
            open(tx, post)
        }
    }
}

/// Records what an author elsewhere counted; without a new date, for nothing was written anew.
pub(crate) fn recount(tx: &mut Tx<'_, '_>, by: ActorId, post: Post, said: &Content, cause: Cause) -> Result<()> {
    policy::edit(&post, by)?;
    let (Some(known), Some(said)) = (&post.content.poll, &said.poll) else { return Ok(()) };
    let counted: Counted = said.count();
    if !known.asks_as(said) || store::polls::count(tx, post.id)? == counted {
        return Ok(());
    }
    store::polls::set_count(tx, post.id, &counted)?;
    tx.emit(Event::Counted { post: Arc::new(post), cause });
    Ok(())
}

fn close_in_time(tx: &mut Tx<'_, '_>, post: &Post) -> Result<()> {
    let Some(closes) = post.content.poll.as_ref().and_then(|poll| poll.closes) else { return Ok(()) };
    let now = tx.now();
    if closes <= now {
        return Ok(());
    }
    tx.push_job(CLOSE, &format!("{} {}", post.id, closes.0), wait(now, closes))
}

/// Tells what was counted in a round.
pub(crate) fn tell(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let [id, _] = numbers(&subject)?;
        app.write(move |tx| {
            let post = posts::load(tx, PostId(id))?;
            if post.is_live() && post.content.poll.is_some() {
                tx.emit(Event::Counted { post: Arc::new(post), cause: None });
            }
            Ok(())
        })
        .await
    })
}

/// Closes a poll, unless it closes at another time by now.
pub(crate) fn close(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let [id, closes] = numbers(&subject)?;
        app.write(move |tx| {
            let post = posts::load(tx, PostId(id))?;
            if post.is_live() && post.content.poll.as_ref().is_some_and(|poll| poll.closes == Some(Timestamp(closes))) {
                tx.emit(Event::PollClosed { post: Arc::new(post) });
            }
            Ok(())
        })
        .await
    })
}

fn numbers(subject: &str) -> Result<[i64; 2]> {
    let numbers: Vec<i64> = subject.split(' ').filter_map(|number| number.parse().ok()).collect();
    numbers.try_into().map_err(|_wrong| Error::Invalid(subject.to_owned()))
}
