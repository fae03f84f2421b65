//! What the team of a community knows of somebody about whom something waits, in a line.
use std::collections::HashSet;

use app::{Me, statements::Case};
use domain::{
    actor::Actor,
    id::{PostId, StatementId},
    statement::Sanction,
};
use store::{
    Conn,
    pasts::{Fate, Past},
    reports::Sought,
    timelines::Window,
};

use crate::{cards::Face, language::Language};

/// How many of one's own reports are looked through.
const REPORTS: i64 = 500;

/// Somebody, and what is known of them.
pub(crate) struct Known {
    pub(crate) face: Face,
    pub(crate) facts: Vec<String>,
}

impl Known {
    pub(super) fn new(t: Language, face: Face, actor: &Actor, past: Option<&Past>) -> Self {
        let none = Past::default();
        let past = past.unwrap_or(&none);
        let mut facts = vec![match past.since {
            Some(since) => t.past_member(t.day(since)),
            None => t.past_no_member(t.day(actor.created)),
        }];
        facts.extend(past.measures.iter().map(|(sanction, count)| format!("{}: {count}", named(t, *sanction))));
        if past.measures.is_empty() {
            facts.push(t.past_nothing().to_owned());
        }
        let told = |Fate { upheld, dismissed }: Fate| (upheld + dismissed > 0).then_some((dismissed, upheld));
        facts.extend(told(past.about).map(|(dismissed, upheld)| t.past_about(dismissed, upheld)));
        facts.extend(told(past.by).map(|(dismissed, upheld)| t.past_by(dismissed, upheld)));
        Self { face, facts }
    }
}

/// A measure in a word.
fn named(t: Language, sanction: Sanction) -> &'static str {
    match sanction {
        Sanction::Remove => t.past_remove(),
        Sanction::Refuse => t.past_refuse(),
        Sanction::Lock => t.past_lock(),
        Sanction::Ban => t.past_ban(),
        Sanction::Hush => t.past_hush(),
        Sanction::Warn | Sanction::Caution => t.past_warn(),
        // These hold on the whole server, and in no community.
        Sanction::Suspend | Sanction::Silence | Sanction::Veil => t.past_other(),
    }
}

/// Which of these measures are about what I had reported.
pub(super) fn reported(c: &mut Conn, me: Me, appeals: &[(Case, bool)]) -> store::Result<HashSet<StatementId>> {
    if appeals.is_empty() {
        return Ok(HashSet::new());
    }
    let sought = Sought { resolved: true, reporter: Some(me.0), target: None };
    let window = Window { before: i64::MAX, after: 0, nearest: false, limit: REPORTS };
    let mine: HashSet<PostId> =
        store::reports::search(c, sought, window)?.into_iter().flat_map(|report| report.posts).collect();
    let statements = appeals.iter().map(|(case, _)| &case.statement);
    let of_mine = statements.filter(|told| told.post.is_some_and(|post| mine.contains(&post)));
    Ok(of_mine.map(|told| told.id).collect())
}
