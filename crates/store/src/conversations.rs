//! Threads of direct messages, as each of those who take part sees them.
use diesel::{prelude::*, upsert::excluded};
use domain::id::{ActorId, ConversationId, PostId};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::conversations,
    timelines::Window,
};

/// A thread of direct messages, as one of those who take part sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversation {
    /// Its number.
    pub id: ConversationId,
    /// The newest post, by which one pages.
    pub last: PostId,
    /// Whether it has something new.
    pub unread: bool,
}

type Row = (i64, i64, bool);

const COLUMNS: (conversations::id, conversations::last_post, conversations::unread) =
    (conversations::id, conversations::last_post, conversations::unread);

fn kept((id, last, unread): Row) -> Conversation {
    Conversation { id: ConversationId(id), last: PostId(last), unread }
}

/// Adds a post to a thread of direct messages, as `person` sees it; a new one gets the number `id`.
pub fn add(
    tx: &mut Tx<'_>,
    id: ConversationId,
    person: ActorId,
    (root, post): (PostId, PostId),
    unread: bool,
) -> Result<()> {
    let row = (
        conversations::id.eq(id.0),
        conversations::person_id.eq(person.0),
        conversations::root_id.eq(root.0),
        conversations::last_post.eq(post.0),
        conversations::unread.eq(unread),
    );
    db!(tx, c => diesel::insert_into(conversations::table)
        .values(row)
        .on_conflict((conversations::person_id, conversations::root_id))
        .do_update()
        .set((
            conversations::last_post.eq(excluded(conversations::last_post)),
            conversations::unread.eq(excluded(conversations::unread)),
        ))
        .execute(c))?;
    Ok(())
}

/// The threads of direct messages of a person, those with the newest post first.
pub fn of(conn: &mut Conn, person: ActorId, window: Window) -> Result<Vec<Conversation>> {
    let rows: Vec<Row> = db!(conn, c => {
        let query = conversations::table
            .filter(conversations::person_id.eq(person.0))
            .filter(conversations::last_post.lt(window.before).and(conversations::last_post.gt(window.after)))
            .select(COLUMNS)
            .limit(window.limit)
            .into_boxed();
        if window.nearest { query.order(conversations::last_post.asc()) } else { query.order(conversations::last_post.desc()) }
            .load(c)
    })?;
    Ok(window.arrange(rows.into_iter().map(kept).collect()))
}

/// The one with this number, if it is of `person`.
pub fn get(conn: &mut Conn, id: ConversationId, person: ActorId) -> Result<Option<Conversation>> {
    let row: Option<Row> = db!(conn, c => conversations::table
        .filter(conversations::id.eq(id.0).and(conversations::person_id.eq(person.0)))
        .select(COLUMNS)
        .first(c)
        .optional())?;
    Ok(row.map(kept))
}

/// Says whether one has something new.
pub fn set_unread(tx: &mut Tx<'_>, id: ConversationId, unread: bool) -> Result<()> {
    db!(tx, c => diesel::update(conversations::table.find(id.0)).set(conversations::unread.eq(unread)).execute(c))?;
    Ok(())
}

/// Forgets one; another message brings it back.
pub fn remove(tx: &mut Tx<'_>, id: ConversationId) -> Result<()> {
    db!(tx, c => diesel::delete(conversations::table.find(id.0)).execute(c))?;
    Ok(())
}
