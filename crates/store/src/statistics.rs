//! How much there is of what, as the planner of PostgreSQL wants to know it.
use diesel::prelude::*;

use crate::{
    conn::{Tx, db},
    error::Result,
};

/// Counts now what PostgreSQL counts by itself a while after much was written. Plans of SQLite do not depend on it.
pub fn gather(tx: &mut Tx<'_>) -> Result<()> {
    db!(tx, sqlite _c => Ok::<_, diesel::result::Error>(0), postgres c => diesel::sql_query("ANALYZE").execute(c))?;
    Ok(())
}
