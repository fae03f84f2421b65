//! What people here tell of themselves as they typed it, to be changed again.
use std::collections::HashMap;

use diesel::{prelude::*, upsert::excluded};
use domain::id::ActorId;

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    rows::Json,
    schema::{actors, profile_sources as sources},
};

/// What somebody typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    /// What they say of themselves, Markdown.
    pub about: String,
    /// Lines: what each is about, and what it says.
    pub lines: Vec<(String, String)>,
    /// Hosts whose pages may name them as their author.
    pub attribution: Vec<String>,
}

/// What a person typed.
pub fn of(conn: &mut Conn, person: ActorId) -> Result<Option<Source>> {
    let found: Option<(String, Json<_>, Json<_>)> = db!(conn, c => sources::table
        .find(person.0)
        .select((sources::about, sources::lines, sources::attribution))
        .first(c)
        .optional())?;
    Ok(found.map(|(about, Json(lines), Json(attribution))| Source { about, lines, attribution }))
}

/// A handle of here: the name in lower case, and the host.
pub type Handle = (String, String);

/// Who has these handles, and the hosts whose pages may name them as their author.
pub fn attributions(conn: &mut Conn, handles: &[Handle]) -> Result<HashMap<Handle, (ActorId, Vec<String>)>> {
    let (names, hosts): (Vec<String>, Vec<String>) = handles.iter().cloned().unzip();
    let rows: Vec<(String, String, i64, Json<_>)> = db!(conn, c => sources::table
        .inner_join(actors::table.on(actors::id.eq(sources::person_id)))
        .filter(actors::host.among(hosts).and(actors::name.among(names)))
        .filter(actors::peer_id.is_null().and(actors::deleted.is_null()))
        .select((actors::name, actors::host, actors::id, sources::attribution))
        .load(c))?;
    Ok(rows.into_iter().map(|(name, host, id, Json(sites))| ((name, host), (ActorId(id), sites))).collect())
}

/// Records what a person typed.
pub fn set(tx: &mut Tx<'_>, person: ActorId, source: &Source) -> Result<()> {
    let row = (
        sources::person_id.eq(person.0),
        sources::about.eq(&source.about),
        sources::lines.eq(Json(source.lines.clone())),
        sources::attribution.eq(Json(source.attribution.clone())),
    );
    db!(tx, c => diesel::insert_into(sources::table)
        .values(&row)
        .on_conflict(sources::person_id)
        .do_update()
        .set((
            sources::about.eq(excluded(sources::about)),
            sources::lines.eq(excluded(sources::lines)),
            sources::attribution.eq(excluded(sources::attribution)),
        ))
        .execute(c))?;
    Ok(())
}
