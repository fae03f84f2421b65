//! Applications that people use their login from.
use diesel::prelude::*;
use domain::{
    id::{ActorId, AppId},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    rows::Json,
    schema::apps,
};

/// An application; of its secret only the hash is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Its number.
    pub id: AppId,
    /// What it calls itself.
    pub name: String,
    /// Where it can be found.
    pub website: Option<String>,
    /// Where it wants people to be sent back to.
    pub redirect_uris: Vec<String>,
    /// What it may ask for at most, words with spaces between.
    pub scopes: String,
    /// By what it names itself.
    pub client_id: String,
    /// SHA-256 of its secret, hexadecimal.
    pub secret_hash: String,
    /// Since when.
    pub created: Timestamp,
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = apps, treat_none_as_default_value = false)]
struct Row {
    id: i64,
    name: String,
    website: Option<String>,
    redirect_uris: Json<Vec<String>>,
    scopes: String,
    client_id: String,
    secret_hash: String,
    created: i64,
}

impl From<Row> for Application {
    fn from(row: Row) -> Self {
        Self {
            id: AppId(row.id),
            name: row.name,
            website: row.website,
            redirect_uris: row.redirect_uris.0,
            scopes: row.scopes,
            client_id: row.client_id,
            secret_hash: row.secret_hash,
            created: Timestamp(row.created),
        }
    }
}

/// Adds an application.
pub fn insert(tx: &mut Tx<'_>, app: &Application) -> Result<()> {
    let row = Row {
        id: app.id.0,
        name: app.name.clone(),
        website: app.website.clone(),
        redirect_uris: Json(app.redirect_uris.clone()),
        scopes: app.scopes.clone(),
        client_id: app.client_id.clone(),
        secret_hash: app.secret_hash.clone(),
        created: app.created.0,
    };
    db!(tx, c => diesel::insert_into(apps::table).values(&row).execute(c))?;
    Ok(())
}

/// The application that names itself so.
pub fn by_client_id(conn: &mut Conn, client_id: &str) -> Result<Option<Application>> {
    let row: Option<Row> = db!(conn, c => apps::table
        .filter(apps::client_id.eq(client_id))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    Ok(row.map(Application::from))
}

/// The applications with these numbers, in no order.
pub fn by_ids(conn: &mut Conn, ids: &[AppId]) -> Result<Vec<Application>> {
    let rows: Vec<Row> = db!(conn, c => apps::table.filter(apps::id.among(ids)).select(Row::as_select()).load(c))?;
    Ok(rows.into_iter().map(Application::from).collect())
}

/// An application as a person knows it that gave it a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorised {
    /// The application.
    pub app: Application,
    /// What the newest token may be used for.
    pub scopes: String,
    /// Since when there is one.
    pub since: Timestamp,
}

/// The applications that a person gave a token to, the newest first.
pub fn authorised_by(conn: &mut Conn, person: ActorId) -> Result<Vec<Authorised>> {
    let given = crate::tokens::apps_of(conn, person)?;
    let ids: Vec<AppId> = given.iter().map(|(id, ..)| *id).collect();
    let mut apps = by_ids(conn, &ids)?;
    let one = |(id, scopes, since): (AppId, String, Timestamp)| {
        let at = apps.iter().position(|app| app.id == id)?;
        Some(Authorised { app: apps.swap_remove(at), scopes, since })
    };
    let mut authorised: Vec<Authorised> = given.into_iter().filter_map(one).collect();
    authorised.sort_by_key(|app| std::cmp::Reverse(app.since));
    Ok(authorised)
}
