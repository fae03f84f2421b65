//! What the team of a community knows of somebody about whom something waits, in a line.
use domain::{actor::Actor, statement::Sanction};
use store::pasts::{Fate, Past};

use crate::{cards::Face, language::Language};

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
        Sanction::Warn => t.past_warn(),
        // These hold on the whole server, and in no community.
        Sanction::Suspend | Sanction::Silence | Sanction::Veil => t.past_other(),
    }
}
