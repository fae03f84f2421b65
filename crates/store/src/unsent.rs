//! What people sent when their session had ended.
use diesel::prelude::*;
use domain::{id::ActorId, time::Timestamp};

use crate::{
    conn::{Tx, db},
    error::Result,
    schema::unsent,
};

/// What somebody sent, sealed; known by the hash of what their browser keeps.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = unsent)]
pub struct Unsent {
    /// SHA-256 of what the browser keeps, hexadecimal.
    pub hash: String,
    /// Who wrote it.
    pub person_id: i64,
    /// What they wrote.
    pub sealed: Vec<u8>,
    /// Until when, in milliseconds.
    pub expires: i64,
}

/// Keeps what somebody sent, in place of all but the newest `others` of theirs.
pub fn insert(tx: &mut Tx<'_>, one: &Unsent, others: i64) -> Result<()> {
    let own = unsent::table.filter(unsent::person_id.eq(one.person_id));
    let newest = own.order((unsent::expires.desc(), unsent::hash)).select(unsent::hash);
    let old: Vec<String> = db!(tx, c => newest.offset(others).limit(i64::from(u8::MAX)).load(c))?;
    for hash in old {
        db!(tx, c => diesel::delete(unsent::table.find(hash)).execute(c))?;
    }
    db!(tx, c => diesel::insert_into(unsent::table).values(one).execute(c))?;
    Ok(())
}

/// What this person sent, if there is time yet at `now`; it is forgotten with that.
pub fn take(tx: &mut Tx<'_>, hash: &str, person: ActorId, now: Timestamp) -> Result<Option<Vec<u8>>> {
    let own = unsent::table.filter(unsent::hash.eq(hash).and(unsent::person_id.eq(person.0)));
    let found: Option<Vec<u8>> =
        db!(tx, c => own.filter(unsent::expires.gt(now.0)).select(unsent::sealed).first(c).optional())?;
    if found.is_some() {
        db!(tx, c => diesel::delete(unsent::table.find(hash)).execute(c))?;
    }
    Ok(found)
}
