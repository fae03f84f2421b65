//! How much people want to be told of communities, and of single conversations.
use diesel::{prelude::*, upsert::excluded};
use domain::{
    id::{ActorId, PostId},
    notice::Level,
};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    kept::Basis,
    rows::Word,
    schema::{group_levels, thread_levels},
};

/// Says how much a person wants to be told of a group; what is usual, if nothing is said.
pub fn set_group(tx: &mut Tx<'_>, person: ActorId, group: ActorId, level: Option<Level>) -> Result<()> {
    let Some(level) = level else {
        db!(tx, c => diesel::delete(group_levels::table.find((person.0, group.0))).execute(c))?;
        return Ok(());
    };
    let row =
        (group_levels::person_id.eq(person.0), group_levels::group_id.eq(group.0), group_levels::level.eq(Word(level)));
    db!(tx, c => diesel::insert_into(group_levels::table)
        .values(row)
        .on_conflict((group_levels::person_id, group_levels::group_id))
        .do_update()
        .set(group_levels::level.eq(excluded(group_levels::level)))
        .execute(c))?;
    Ok(())
}

/// Says how much a person wants to be told of a conversation; what is usual in its group, if nothing is said.
pub fn set_thread(tx: &mut Tx<'_>, person: ActorId, root: PostId, level: Option<Level>) -> Result<()> {
    tx.touch(Basis::Marks(person));
    let Some(level) = level else {
        db!(tx, c => diesel::delete(thread_levels::table.find((person.0, root.0))).execute(c))?;
        return Ok(());
    };
    let row = (
        thread_levels::person_id.eq(person.0),
        thread_levels::root_id.eq(root.0),
        thread_levels::level.eq(Word(level)),
    );
    db!(tx, c => diesel::insert_into(thread_levels::table)
        .values(row)
        .on_conflict((thread_levels::person_id, thread_levels::root_id))
        .do_update()
        .set(thread_levels::level.eq(excluded(thread_levels::level)))
        .execute(c))?;
    Ok(())
}

/// How much a person wants to be told of a group, if they ever said so.
pub fn of_group(conn: &mut Conn, person: ActorId, group: ActorId) -> Result<Option<Level>> {
    let level: Option<Word<Level>> = db!(conn, c => group_levels::table
        .find((person.0, group.0))
        .select(group_levels::level)
        .first(c)
        .optional())?;
    Ok(level.map(|level| level.0))
}

/// How much a person wants to be told of a conversation: what they said of it, or else of the group it stands in.
pub fn of_thread(conn: &mut Conn, person: ActorId, root: PostId, group: Option<ActorId>) -> Result<Level> {
    let said: Option<Word<Level>> = db!(conn, c => thread_levels::table
        .find((person.0, root.0))
        .select(thread_levels::level)
        .first(c)
        .optional())?;
    let level = match (said, group) {
        (Some(said), _) => Some(said.0),
        // To be told of all threads of a group is not to be told of all replies.
        (None, Some(group)) => of_group(conn, person, group)?.filter(|level| *level == Level::Nothing),
        (None, None) => None,
    };
    Ok(level.unwrap_or(Level::Mine))
}

/// Those who want to be told of each thread of a group.
pub fn awaiting_threads(conn: &mut Conn, group: ActorId) -> Result<Vec<ActorId>> {
    let people: Vec<i64> = db!(conn, c => group_levels::table
        .filter(group_levels::group_id.eq(group.0).and(group_levels::level.eq(Word(Level::All))))
        .select(group_levels::person_id)
        .load(c))?;
    Ok(people.into_iter().map(ActorId).collect())
}

/// Those who want to be told of each reply in a conversation.
pub fn awaiting_replies(conn: &mut Conn, root: PostId) -> Result<Vec<ActorId>> {
    let people: Vec<i64> = db!(conn, c => thread_levels::table
        .filter(thread_levels::root_id.eq(root.0).and(thread_levels::level.eq(Word(Level::All))))
        .select(thread_levels::person_id)
        .load(c))?;
    Ok(people.into_iter().map(ActorId).collect())
}
