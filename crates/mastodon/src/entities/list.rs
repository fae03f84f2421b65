//! Lists: one's own, and for each group that one follows or is a member of one that is only read, with the number of the
//! group. Applications know no membership: whoever follows a community there finds it as a column.
use domain::{
    actor::Actor,
    id::{ActorId, ListId},
    list::{List as Kept, Replies},
};
use serde::Serialize;
use store::{Conn, Result};

use super::Id;

/// How many groups are shown as lists.
const GROUPS: i64 = 200;

/// A `List`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct List {
    id: Id,
    title: String,
    replies_policy: Replies,
    exclusive: bool,
}

impl From<&Kept> for List {
    fn from(list: &Kept) -> Self {
        Self { id: Id(list.id.0), title: list.title.clone(), replies_policy: list.replies, exclusive: list.apart }
    }
}

/// What a list's number stands for.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// One's own list.
    Own(Kept),
    /// A group that one follows, or is a member of.
    Group(ActorId),
}

/// What the number stands for, if it is a list of `me`.
pub(crate) fn source(conn: &mut Conn, me: ActorId, number: i64) -> Result<Option<Source>> {
    if let Some(list) = store::lists::get(conn, ListId(number), me)? {
        return Ok(Some(Source::Own(list)));
    }
    let group = ActorId(number);
    Ok(store::lists::is_of_group(conn, me, group)?.then_some(Source::Group(group)))
}

/// The lists of `me`, those of groups after the others; only those with `member` in them, if one is given.
pub(crate) fn with(conn: &mut Conn, me: ActorId, member: Option<ActorId>) -> Result<Vec<List>> {
    let mut lists: Vec<List> = store::lists::of(conn, me, member)?.iter().map(List::from).collect();
    let mut groups = store::lists::groups_of(conn, me, GROUPS)?;
    groups.retain(|group| member.is_none_or(|member| member == *group));
    lists.extend(groups_as_lists(conn, &groups)?);
    Ok(lists)
}

/// These groups as lists, by their titles.
pub(crate) fn groups_as_lists(conn: &mut Conn, groups: &[ActorId]) -> Result<Vec<List>> {
    let mut actors = store::actors::by_ids(conn, groups)?;
    actors.retain(|actor| actor.deleted.is_none());
    actors.sort_by(|one, other| one.title.cmp(&other.title).then(one.id.cmp(&other.id)));
    let list = |actor: Actor| {
        let title = if actor.title.is_empty() { actor.name } else { actor.title };
        List { id: Id(actor.id.0), title, replies_policy: Replies::Nobody, exclusive: false }
    };
    Ok(actors.into_iter().map(list).collect())
}
