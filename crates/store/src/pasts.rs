//! What is known in groups of those about whom something waits there: measures before, and what became of reports.
use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use domain::{
    group::MemberState,
    id::ActorId,
    statement::Sanction,
    time::{Timestamp, span},
};

use crate::{
    conn::{Conn, db},
    dialect::AmongExt,
    error::Result,
    rows::Word,
    schema::{members, reports, statements},
};

/// How many reports and statements are looked at, the newest.
const ROWS: i64 = 2_000;

/// What somebody was in a group until now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Past {
    /// Since when they are a member.
    pub since: Option<Timestamp>,
    /// How often each measure was taken about them, and not undone.
    pub measures: BTreeMap<Sanction, usize>,
    /// What became of reports about them.
    pub about: Fate,
    /// What became of reports that they filed.
    pub by: Fate,
}

/// What became of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fate {
    /// How many were followed by a measure.
    pub upheld: usize,
    /// How many by none.
    pub dismissed: usize,
}

impl Fate {
    fn count(&mut self, upheld: bool) {
        *if upheld { &mut self.upheld } else { &mut self.dismissed } += 1;
    }
}

/// The past of these people in these groups, by group and person; nothing of those of whom nothing is known.
pub fn of(conn: &mut Conn, groups: &[ActorId], people: &[ActorId]) -> Result<HashMap<(ActorId, ActorId), Past>> {
    let mut found: HashMap<(ActorId, ActorId), Past> = HashMap::new();
    if groups.is_empty() || people.is_empty() {
        return Ok(found);
    }
    let since: Vec<(i64, i64, i64)> = db!(conn, c => members::table
        .filter(members::group_id.among(groups).and(members::person_id.among(people)))
        .filter(members::state.eq(Word(MemberState::Active)))
        .select((members::group_id, members::person_id, members::since))
        .load(c))?;
    for (group, person, since) in since {
        found.entry((ActorId(group), ActorId(person))).or_default().since = Some(Timestamp(since));
    }
    let settled = settled(conn, groups, people)?;
    let concerned: Vec<ActorId> = people.iter().copied().chain(settled.iter().map(|one| one.target)).collect();
    let measures = measures(conn, groups, &concerned)?;
    for (group, person, sanction, _) in &measures {
        if people.contains(person) {
            *found.entry((*group, *person)).or_default().measures.entry(*sanction).or_default() += 1;
        }
    }
    for Settled { group, reporter, target, created, resolved } in settled {
        let within = |at: &Timestamp| *at >= created && *at <= resolved + AT_ONCE;
        let upheld = measures.iter().any(|(of, whom, _, at)| (*of, *whom) == (group, target) && within(at));
        if people.contains(&target) {
            found.entry((group, target)).or_default().about.count(upheld);
        }
        if people.contains(&reporter) {
            found.entry((group, reporter)).or_default().by.count(upheld);
        }
    }
    Ok(found)
}

/// A measure that settles a report is noted with it, if not a moment later.
const AT_ONCE: std::time::Duration = span::minutes(1);

/// A report that somebody dealt with.
struct Settled {
    group: ActorId,
    reporter: ActorId,
    target: ActorId,
    created: Timestamp,
    resolved: Timestamp,
}

fn settled(conn: &mut Conn, groups: &[ActorId], people: &[ActorId]) -> Result<Vec<Settled>> {
    type Row = (Option<i64>, i64, i64, i64, Option<i64>);
    let rows: Vec<Row> = db!(conn, c => reports::table
        .filter(reports::group_id.among(groups).and(reports::resolved.is_not_null()))
        .filter(reports::target_id.among(people).or(reports::reporter_id.among(people)))
        .order(reports::id.desc())
        .limit(ROWS)
        .select((reports::group_id, reports::reporter_id, reports::target_id, reports::created, reports::resolved))
        .load(c))?;
    let read = |(group, reporter, target, created, resolved): Row| {
        let (created, resolved) = (Timestamp(created), Timestamp(resolved?));
        let (group, reporter, target) = (ActorId(group?), ActorId(reporter), ActorId(target));
        Some(Settled { group, reporter, target, created, resolved })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// The measures about these people that were not undone, and when they were taken.
fn measures(
    conn: &mut Conn,
    groups: &[ActorId],
    people: &[ActorId],
) -> Result<Vec<(ActorId, ActorId, Sanction, Timestamp)>> {
    let rows: Vec<(i64, i64, Word<Sanction>, i64)> = db!(conn, c => statements::table
        .filter(statements::group_id.among(groups).and(statements::person_id.among(people)))
        .filter(statements::lifted.is_null())
        .order(statements::id.desc())
        .limit(ROWS)
        .select((statements::group_id, statements::person_id, statements::sanction, statements::created))
        .load(c))?;
    let read = |(group, person, sanction, at): (i64, i64, Word<Sanction>, i64)| {
        (ActorId(group), ActorId(person), sanction.0, Timestamp(at))
    };
    Ok(rows.into_iter().map(read).collect())
}
