//! What the server remembers about itself.
use diesel::prelude::*;

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::settings,
};

/// The remembered value of `key`.
pub fn get(conn: &mut Conn, key: &str) -> Result<Option<String>> {
    Ok(db!(conn, c => settings::table.find(key).select(settings::value).first(c).optional())?)
}

/// Remembers `value` unless there is one already; returns the one that is then there.
pub fn keep(tx: &mut Tx<'_>, key: &str, value: &str) -> Result<String> {
    db!(tx, c => diesel::insert_into(settings::table)
        .values((settings::key.eq(key), settings::value.eq(value)))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(get(tx, key)?.unwrap_or_default())
}

/// Remembers `value` in place of what there was.
pub fn set(tx: &mut Tx<'_>, key: &str, value: &str) -> Result<()> {
    db!(tx, c => diesel::insert_into(settings::table)
        .values((settings::key.eq(key), settings::value.eq(value)))
        .on_conflict(settings::key)
        .do_update()
        .set(settings::value.eq(value))
        .execute(c))?;
    Ok(())
}
