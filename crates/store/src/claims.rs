//! Who of those who keep order sees to what, for the time being.
use diesel::{prelude::*, upsert::excluded};
use domain::{claim::Item, id::ActorId, time::Timestamp};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    rows::Word,
    schema::claims,
};

/// Who has which of these at `now`.
pub fn held(conn: &mut Conn, items: &[Item], now: Timestamp) -> Result<Vec<(Item, ActorId)>> {
    let items: Vec<String> = items.iter().map(Item::to_string).collect();
    let rows: Vec<(Word<Item>, i64)> = db!(conn, c => claims::table
        .filter(claims::item.among(&items).and(claims::until.gt(now.0)))
        .select((claims::item, claims::by_id))
        .load(c))?;
    Ok(rows.into_iter().map(|(item, by)| (item.0, ActorId(by))).collect())
}

/// Gives something to somebody until then.
pub fn set(tx: &mut Tx<'_>, item: Item, by: ActorId, until: Timestamp) -> Result<()> {
    let row = (claims::item.eq(Word(item)), claims::by_id.eq(by.0), claims::until.eq(until.0));
    db!(tx, c => diesel::insert_into(claims::table)
        .values(row)
        .on_conflict(claims::item)
        .do_update()
        .set((claims::by_id.eq(excluded(claims::by_id)), claims::until.eq(excluded(claims::until))))
        .execute(c))?;
    Ok(())
}

/// Takes back what somebody has.
pub fn remove(tx: &mut Tx<'_>, item: Item, by: ActorId) -> Result<()> {
    let mine = claims::table.filter(claims::item.eq(Word(item)).and(claims::by_id.eq(by.0)));
    db!(tx, c => diesel::delete(mine).execute(c))?;
    Ok(())
}

/// Takes something back from whoever has it.
pub fn free(tx: &mut Tx<'_>, item: Item) -> Result<()> {
    db!(tx, c => diesel::delete(claims::table.filter(claims::item.eq(Word(item)))).execute(c))?;
    Ok(())
}
