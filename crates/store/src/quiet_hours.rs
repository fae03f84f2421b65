//! When people want neither push nor mail.
use diesel::prelude::*;
use domain::{id::ActorId, quiet_hours::QuietHours};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::quiet_hours,
};

/// The quiet hours of somebody, if they have any.
pub fn of(conn: &mut Conn, person: ActorId) -> Result<Option<QuietHours>> {
    let row: Option<(String, i64, i64)> = db!(conn, c => quiet_hours::table
        .find(person.0)
        .select((quiet_hours::zone, quiet_hours::starts, quiet_hours::ends))
        .first(c)
        .optional())?;
    let hours = |(zone, from, until): (String, i64, i64)| {
        Some(QuietHours { zone, from: i16::try_from(from).ok()?, until: i16::try_from(until).ok()? })
    };
    Ok(row.and_then(hours))
}

/// Sets the quiet hours of somebody, or that they have none.
pub fn set(tx: &mut Tx<'_>, person: ActorId, hours: Option<&QuietHours>) -> Result<()> {
    db!(tx, c => diesel::delete(quiet_hours::table.find(person.0)).execute(c))?;
    if let Some(hours) = hours {
        let row = (
            quiet_hours::person_id.eq(person.0),
            quiet_hours::zone.eq(&hours.zone),
            quiet_hours::starts.eq(i64::from(hours.from)),
            quiet_hours::ends.eq(i64::from(hours.until)),
        );
        db!(tx, c => diesel::insert_into(quiet_hours::table).values(row).execute(c))?;
    }
    Ok(())
}
