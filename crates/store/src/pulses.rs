//! How alive groups are, and by what directories put them in order.
use std::{collections::HashMap, time::Duration};

use diesel::{dsl, prelude::*, upsert::excluded};
use domain::{
    actor::Actor,
    group::{MemberState, Role},
    id::{self, ActorId},
    pulse::{self, Pulse, Signs},
    text::{html, search::fold},
    time::{Timestamp, span},
};

use crate::{
    actors,
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    rows::Word,
    schema::{accounts, members, posts, pulses, threads, visits},
};

/// How many threads are looked at for when they were first answered, the newest.
const THREADS: i64 = 200;
/// How much of what a group says of itself is searched, in characters.
const SUMMARY: usize = 500;
/// For how long a later post does not move a group in the order of when somebody last wrote.
const MOVES: i64 = 3_600_000;

/// A text as it is put in order: accents do not count, and ñ comes after n.
fn place(text: &str) -> String {
    fold(text).replace('ñ', "n~")
}

/// Records what a group is called and says of itself, as far as it is looked for by that.
pub(crate) fn describe(tx: &mut Tx<'_>, group: ActorId, actor: &Actor) -> Result<()> {
    let title = if actor.title.is_empty() { &actor.name } else { &actor.title };
    let words = fold(&format!("{title} {} {}", actor.handle(), html::excerpt(&actor.summary, SUMMARY)));
    let row = (
        pulses::group_id.eq(group.0),
        pulses::name.eq(place(title)),
        pulses::words.eq(words),
        pulses::latest.eq(0_i64),
        pulses::members.eq(0_i64),
        pulses::pulse.eq(Word(Pulse::Still)),
    );
    db!(tx, c => diesel::insert_into(pulses::table)
        .values(row)
        .on_conflict(pulses::group_id)
        .do_update()
        .set((pulses::name.eq(excluded(pulses::name)), pulses::words.eq(excluded(pulses::words))))
        .execute(c))?;
    Ok(())
}

/// Records the same of the groups with a number above `after`, as many as that; the last of them, if there is one.
pub fn describe_anew(tx: &mut Tx<'_>, after: ActorId, limit: i64) -> Result<Option<ActorId>> {
    let known: Vec<ActorId> = counted(tx, after, limit)?.into_iter().map(|(group, ..)| group).collect();
    for actor in actors::by_ids(tx, &known)? {
        describe(tx, actor.id, &actor)?;
    }
    Ok(known.last().copied())
}

/// Forgets a group that is deleted, and what it was called.
pub(crate) fn forget(tx: &mut Tx<'_>, group: ActorId) -> Result<()> {
    db!(tx, c => diesel::delete(pulses::table.find(group.0)).execute(c))?;
    Ok(())
}

/// Records that somebody wrote in a group, no more than once in an hour: those who write there do not wait for one another.
pub(crate) fn stir(tx: &mut Tx<'_>, group: ActorId, at: Timestamp) -> Result<()> {
    let stale = pulses::group_id.eq(group.0).and(pulses::latest.lt(at.0 - MOVES));
    let moved = db!(tx, c => diesel::update(pulses::table.filter(stale)).set(pulses::latest.eq(at.0)).execute(c))?;
    if moved > 0 {
        // That is enough not to be still; all else is counted.
        let rests = pulses::pulse.eq(Word(Pulse::Still)).or(pulses::pulse.eq(Word(Pulse::Abandoned)));
        db!(tx, c => diesel::update(pulses::table.filter(pulses::group_id.eq(group.0).and(rests)))
            .set(pulses::pulse.eq(Word(Pulse::Quiet)))
            .execute(c))?;
    }
    Ok(())
}

/// How alive these groups were when that was last counted.
pub fn of(conn: &mut Conn, groups: &[ActorId]) -> Result<HashMap<ActorId, Pulse>> {
    let rows: Vec<(i64, Word<Pulse>)> = db!(conn, c => pulses::table
        .filter(pulses::group_id.among(groups))
        .select((pulses::group_id, pulses::pulse))
        .load(c))?;
    Ok(rows.into_iter().map(|(group, pulse)| (ActorId(group), pulse.0)).collect())
}

/// After how long a thread of a group is usually answered, as it was counted last; nothing, if too few were.
pub fn usual(conn: &mut Conn, group: ActorId) -> Result<Option<Duration>> {
    let found: Option<Option<i64>> =
        db!(conn, c => pulses::table.find(group.0).select(pulses::usual).first(c).optional())?;
    Ok(found.flatten().map(|millis| Duration::from_millis(millis.unsigned_abs())))
}

/// Records that.
pub fn set_usual(tx: &mut Tx<'_>, group: ActorId, usual: Option<Duration>) -> Result<()> {
    let millis = usual.map(|usual| i64::try_from(usual.as_millis()).unwrap_or(i64::MAX));
    db!(tx, c => diesel::update(pulses::table.find(group.0)).set(pulses::usual.eq(millis)).execute(c))?;
    Ok(())
}

/// What was counted of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// How alive it is.
    pub pulse: Pulse,
    /// How many members it has.
    pub members: i64,
    /// After how long a thread is usually answered.
    pub usual: Option<Duration>,
}

/// The groups with a number above `after`, by their numbers, with what was counted of each last.
pub fn counted(conn: &mut Conn, after: ActorId, limit: i64) -> Result<Vec<(ActorId, Count)>> {
    let rows: Vec<(i64, Word<Pulse>, i64, Option<i64>)> = db!(conn, c => pulses::table
        .filter(pulses::group_id.gt(after.0))
        .order(pulses::group_id)
        .limit(limit)
        .select((pulses::group_id, pulses::pulse, pulses::members, pulses::usual))
        .load(c))?;
    let count = |(group, pulse, members, usual): (i64, Word<Pulse>, i64, Option<i64>)| {
        let usual = usual.map(|millis| Duration::from_millis(millis.unsigned_abs()));
        (ActorId(group), Count { pulse: pulse.0, members, usual })
    };
    Ok(rows.into_iter().map(count).collect())
}

/// Records what was counted.
pub fn set(tx: &mut Tx<'_>, group: ActorId, pulse: Pulse, members: i64) -> Result<()> {
    db!(tx, c => diesel::update(pulses::table.find(group.0))
        .set((pulses::pulse.eq(Word(pulse)), pulses::members.eq(members)))
        .execute(c))?;
    Ok(())
}

/// What tells how alive a group is at a moment.
pub fn signs(conn: &mut Conn, group: ActorId, now: Timestamp) -> Result<Signs> {
    let (prompt, late, usual) = answers(conn, group, now)?;
    let people = people(conn, group, now - pulse::LATELY)?;
    Ok(Signs {
        people,
        is_used: people > 0 || self::people(conn, group, now - pulse::MONTH)? > 0,
        prompt,
        late,
        is_kept: is_kept(conn, group, now)?,
        usual,
    })
}

/// How many people wrote in a group since a moment what is there still.
fn people(conn: &mut Conn, group: ActorId, since: Timestamp) -> Result<i64> {
    // Through the threads where something happened: there is no index of all posts of a group.
    Ok(db!(conn, c => threads::table
        .inner_join(posts::table.on(posts::root_id.eq(threads::post_id)))
        .filter(threads::group_id.eq(group.0).and(threads::latest.ge(since.0)))
        .filter(posts::id.ge(id::at(since, 0)).and(posts::group_id.eq(group.0)))
        .filter(posts::deleted.is_null().and(posts::removed.is_null()))
        .select(dsl::count(posts::author_id).aggregate_distinct())
        .get_result(c))?)
}

/// How many of the newest threads of a month were answered soon by somebody else, how many were not, and how soon is usual.
fn answers(conn: &mut Conn, group: ActorId, now: Timestamp) -> Result<(i64, i64, Option<Duration>)> {
    let replies = diesel::alias!(posts as replies);
    let rows: Vec<(i64, Option<i64>)> = db!(conn, c => threads::table
        .inner_join(posts::table.on(posts::id.eq(threads::post_id)))
        .filter(threads::group_id.eq(group.0).and(threads::post_id.ge(id::at(now - pulse::MONTH, 0))))
        .filter(posts::deleted.is_null().and(posts::removed.is_null()))
        .order(threads::post_id.desc())
        .limit(THREADS)
        .select((
            posts::published,
            replies
                .filter(replies.field(posts::root_id).eq(posts::id).and(replies.field(posts::id).ne(posts::id)))
                .filter(replies.field(posts::author_id).ne(posts::author_id))
                .filter(replies.field(posts::deleted).is_null().and(replies.field(posts::removed).is_null()))
                .order(replies.field(posts::id))
                .select(replies.field(posts::published))
                .limit(1)
                .single_value(),
        ))
        .load(c))?;
    let soon = i64::try_from(pulse::SOON.as_millis()).unwrap_or(i64::MAX);
    let prompt = rows.iter().filter(|(begun, answered)| answered.is_some_and(|at| at - begun < soon)).count();
    let open = rows.iter().filter(|(begun, answered)| answered.is_none() && now.0 - begun < soon).count();
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let waited = |(begun, answered): &(i64, Option<i64>)| pulse::Waited {
        span: Timestamp(answered.unwrap_or(now.0)).since(Timestamp(*begun)),
        answered: answered.is_some(),
    };
    let usual = pulse::usual(rows.iter().map(waited).collect());
    Ok((count(prompt), count(rows.len() - prompt - open), usual))
}

/// Whether somebody of the team was here lately; of those with an account elsewhere nobody knows.
fn is_kept(conn: &mut Conn, group: ActorId, now: Timestamp) -> Result<bool> {
    let since = now - pulse::ABSENCE;
    let day = since.0.div_euclid(i64::try_from(span::days(1).as_millis()).unwrap_or(1));
    let staff: Vec<Word<Role>> = Role::ALL.iter().filter(|r| **r >= Role::Moderator).map(|r| Word(*r)).collect();
    let teams: Vec<(Option<i64>, Option<i64>)> = db!(conn, c => members::table
        .left_join(accounts::table.on(accounts::id.eq(members::person_id)))
        .left_join(visits::table.on(visits::account_id.eq(members::person_id)))
        .filter(members::group_id.eq(group.0).and(members::state.eq(Word(MemberState::Active))))
        .filter(members::role.among(staff))
        .select((accounts::created.nullable(), visits::day.nullable()))
        .load(c))?;
    let is_there = |(made, seen): &(Option<i64>, Option<i64>)| match made {
        Some(made) => *made >= since.0 || seen.is_some_and(|seen| seen >= day),
        None => true,
    };
    // Of a group elsewhere the team may be unknown.
    Ok(teams.is_empty() || teams.iter().any(is_there))
}
