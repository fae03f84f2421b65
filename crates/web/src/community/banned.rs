//! What somebody reads on the page of a community who was put out of it, or is kept from writing there.
use app::{App, statements};
use domain::{
    id::{ActorId, StatementId},
    statement::Sanction,
    time::Timestamp,
};
use store::{Conn, groups::Ban};

use crate::language::Language;

/// What keeps somebody out, and the statement of it.
pub(super) struct Banned {
    ban: Ban,
    statement: Option<StatementId>,
}

/// The same in words.
pub(super) struct Out {
    /// What was done.
    pub(super) what: &'static str,
    /// Until when, as HTML.
    pub(super) until: String,
    pub(super) reason: String,
    /// Where they read why, and appeal.
    pub(super) statement: Option<String>,
}

impl Banned {
    pub(super) fn of(c: &mut Conn, group: ActorId, person: ActorId, now: Timestamp) -> store::Result<Option<Self>> {
        let Some(ban) = store::groups::ban(c, group, person, now)? else { return Ok(None) };
        let sanction = if ban.reads { Sanction::Hush } else { Sanction::Ban };
        let mut said = store::statements::about(c, person)?.into_iter().filter(|statement| {
            statement.group == group && statement.sanction == sanction && statement.lifted.is_none()
        });
        Ok(Some(Self { ban, statement: said.next_back().map(|statement| statement.id) }))
    }

    pub(super) fn said(&self, app: &App, t: Language) -> Out {
        Out {
            what: if self.ban.reads { t.you_are_hushed() } else { t.you_are_out() },
            until: self.ban.until.map_or_else(|| t.for_good().to_owned(), |at| t.until(t.clock(Timestamp(at)))),
            reason: self.ban.reason.clone(),
            // Without its page there is still the reason.
            statement: self.statement.and_then(|id| statements::page(app, id).ok()),
        }
    }
}
