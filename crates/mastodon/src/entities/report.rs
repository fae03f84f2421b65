//! Reports, as their reporter and those who see to them get them.
use std::collections::HashMap;

use domain::{
    id::{ActorId, ReportId},
    report::{Category, Report as Filed},
};
use serde::Serialize;
use store::{Conn, Result};

use super::{
    Id, Reader,
    account::{self, Account},
    instant,
};

/// A `Report`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Report {
    id: Id,
    action_taken: bool,
    action_taken_at: Option<String>,
    category: Category,
    comment: String,
    forwarded: bool,
    created_at: String,
    status_ids: Vec<Id>,
    rule_ids: Vec<Id>,
    target_account: Account,
}

/// These reports by their numbers; without those whose target is gone.
pub(crate) fn by_id(conn: &mut Conn, reader: &Reader, filed: Vec<Filed>) -> Result<HashMap<ReportId, Report>> {
    if filed.is_empty() {
        return Ok(HashMap::new());
    }
    let mut targets: Vec<ActorId> = filed.iter().map(|report| report.target).collect();
    targets.sort_unstable();
    targets.dedup();
    let accounts = account::list(conn, &reader.site, &targets)?;
    let report = |filed: Filed| {
        let target_account = accounts.iter().find(|account| account.actor() == filed.target)?.clone();
        let report = Report {
            id: Id(filed.id.0),
            action_taken: filed.resolved.is_some(),
            action_taken_at: filed.resolved.map(instant),
            category: filed.category,
            comment: filed.comment,
            forwarded: filed.forwarded,
            created_at: instant(filed.created),
            status_ids: filed.posts.iter().map(|post| Id(post.0)).collect(),
            rule_ids: filed.rules.iter().map(|rule| Id(rule.0)).collect(),
            target_account,
        };
        Some((filed.id, report))
    };
    Ok(filed.into_iter().filter_map(report).collect())
}
