//! Rules by host: which servers we deal with, and whom a rule concerns.
use diesel::{dsl::exists, prelude::*, upsert::excluded};
use domain::{
    host::Host,
    id::{ActorId, PeerId},
    rule::Ruling,
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    rows::Word,
    schema::{actors, follows, members, peer_rules, posts},
};

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = peer_rules)]
struct Row {
    host: String,
    ruling: Word<Ruling>,
    public_comment: String,
    private_comment: String,
    since: i64,
    actor_id: i64,
}

/// A rule about a host and all below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The host.
    pub host: Host,
    /// What it says.
    pub ruling: Ruling,
    /// Why, for everybody.
    pub public_comment: String,
    /// Why, for those who administer this server.
    pub private_comment: String,
    /// Since when.
    pub since: Timestamp,
    /// Who made it.
    pub by: ActorId,
}

/// All rules, by host.
pub fn all(conn: &mut Conn) -> Result<Vec<Rule>> {
    let rows: Vec<Row> = db!(conn, c => peer_rules::table.order(peer_rules::host).select(Row::as_select()).load(c))?;
    let read = |row: Row| {
        Some(Rule {
            host: Host::parse(&row.host)?,
            ruling: row.ruling.0,
            public_comment: row.public_comment,
            private_comment: row.private_comment,
            since: Timestamp(row.since),
            by: ActorId(row.actor_id),
        })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// Records a rule, in place of the one about the same host.
pub fn set(tx: &mut Tx<'_>, rule: &Rule) -> Result<()> {
    let row = Row {
        host: rule.host.to_string(),
        ruling: Word(rule.ruling),
        public_comment: rule.public_comment.clone(),
        private_comment: rule.private_comment.clone(),
        since: rule.since.0,
        actor_id: rule.by.0,
    };
    db!(tx, c => diesel::insert_into(peer_rules::table)
        .values(&row)
        .on_conflict(peer_rules::host)
        .do_update()
        .set((
            peer_rules::ruling.eq(excluded(peer_rules::ruling)),
            peer_rules::public_comment.eq(excluded(peer_rules::public_comment)),
            peer_rules::private_comment.eq(excluded(peer_rules::private_comment)),
            peer_rules::since.eq(excluded(peer_rules::since)),
            peer_rules::actor_id.eq(excluded(peer_rules::actor_id)),
        ))
        .execute(c))?;
    Ok(())
}

/// Ends the rule about a host; whether there was one.
pub fn remove(tx: &mut Tx<'_>, host: &Host) -> Result<bool> {
    Ok(db!(tx, c => diesel::delete(peer_rules::table.find(host.as_str())).execute(c))? > 0)
}

/// Whom a rule concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Reach {
    /// How many servers that we know.
    pub servers: usize,
    /// How many people and groups there.
    pub people: i64,
    /// How many follows of somebody here.
    pub followers: i64,
    /// How many follows by somebody here.
    pub following: i64,
    /// How many memberships in groups here.
    pub members: i64,
    /// How many of their posts are here.
    pub posts: i64,
}

/// Whom a rule about these servers concerns.
pub fn reach(conn: &mut Conn, peers: &[PeerId]) -> Result<Reach> {
    Ok(db!(conn, c => {
        let there = || actors::table.filter(actors::peer_id.among(peers));
        let follows_of = follows::table.filter(exists(there().filter(actors::id.eq(follows::follower_id))));
        let follows_to = follows::table.filter(exists(there().filter(actors::id.eq(follows::target_id))));
        let members_of = members::table.filter(exists(there().filter(actors::id.eq(members::person_id))));
        let posts_by = posts::table.filter(posts::deleted.is_null().and(exists(there().filter(actors::id.eq(posts::author_id)))));
        Reach {
            servers: peers.len(),
            people: there().filter(actors::deleted.is_null()).count().get_result(c)?,
            followers: follows_of.count().get_result(c)?,
            following: follows_to.count().get_result(c)?,
            members: members_of.count().get_result(c)?,
            posts: posts_by.count().get_result(c)?,
        }
    }))
}
