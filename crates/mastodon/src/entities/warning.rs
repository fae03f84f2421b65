//! What somebody is told of a measure of a group that concerns them, in the words that clients have for it.
use std::collections::HashMap;

use domain::{
    id::{ActorId, StatementId},
    statement::{Appeal as Said, Sanction, Statement},
};
use serde::Serialize;
use store::{Conn, Result};

use super::{
    Id, Reader,
    account::{self, Account},
    instant,
};

/// An `AccountWarning`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Warning {
    id: Id,
    action: &'static str,
    text: String,
    status_ids: Vec<Id>,
    target_account: Account,
    appeal: Option<Appeal>,
    created_at: String,
}

/// An `Appeal`.
#[derive(Debug, Clone, Serialize)]
struct Appeal {
    text: String,
    state: &'static str,
}

/// These statements by their numbers.
pub(crate) fn by_id(conn: &mut Conn, reader: &Reader, ids: &[StatementId]) -> Result<HashMap<StatementId, Warning>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let told = store::statements::by_ids(conn, ids)?;
    let said = store::statements::appeals(conn, ids)?;
    let mut people: Vec<ActorId> = told.iter().map(|statement| statement.person).collect();
    people.sort_unstable();
    people.dedup();
    let accounts = account::list(conn, &reader.site, &people)?;
    let warning = |statement: Statement| {
        let appeal = said.iter().find(|appeal| appeal.statement == statement.id).map(appeal);
        let account = accounts.iter().find(|account| account.actor() == statement.person)?;
        Some((statement.id, of(statement, account.clone(), appeal)))
    };
    Ok(told.into_iter().filter_map(warning).collect())
}

fn of(statement: Statement, target_account: Account, appeal: Option<Appeal>) -> Warning {
    // Clients know measures of a whole server; of a group they understand that a post is gone.
    let action = match statement.sanction {
        Sanction::Remove | Sanction::Refuse => "delete_statuses",
        Sanction::Suspend => "suspend",
        Sanction::Silence => "silence",
        Sanction::Veil => "sensitive",
        Sanction::Lock | Sanction::Ban | Sanction::Hush | Sanction::Warn | Sanction::Caution => "none",
    };
    Warning {
        id: Id(statement.id.0),
        action,
        text: statement.grounds.reason,
        status_ids: statement.post.map(|post| Id(post.0)).into_iter().collect(),
        target_account,
        appeal,
        created_at: instant(statement.created),
    }
}

fn appeal(said: &Said) -> Appeal {
    let state = match &said.decision {
        None => "pending",
        Some(decision) if decision.granted => "approved",
        Some(_) => "rejected",
    };
    Appeal { text: said.text.clone(), state }
}
