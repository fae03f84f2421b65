//! The hosts that are served here beside the server's own.
use diesel::{dsl::exists, prelude::*, select};
use domain::{host::Host, time::Timestamp};

use crate::{
    conn::{Conn, Tx, db},
    error::Result,
    schema::{actors, hosts},
};

/// All of them.
pub fn all(conn: &mut Conn) -> Result<Vec<Host>> {
    let names: Vec<String> = db!(conn, c => hosts::table.select(hosts::host).order(hosts::host).load(c))?;
    Ok(names.iter().filter_map(|name| Host::parse(name)).collect())
}

/// Adds one; a repeat changes nothing.
pub fn add(tx: &mut Tx<'_>, host: &Host, since: Timestamp) -> Result<()> {
    db!(tx, c => diesel::insert_into(hosts::table)
        .values((hosts::host.eq(host.as_str()), hosts::since.eq(since.0)))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Whether anybody who lives elsewhere is known by a handle of this host.
pub fn is_of_others(conn: &mut Conn, host: &Host) -> Result<bool> {
    let known = actors::table.filter(actors::host.eq(host.as_str()).and(actors::peer_id.is_not_null()));
    Ok(db!(conn, c => select(exists(known)).get_result(c))?)
}
