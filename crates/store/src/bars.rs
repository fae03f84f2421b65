//! What keeps from signing up.
use diesel::{dsl, prelude::*};
use domain::{
    bar::{Bar, Kind, Severity},
    id::BarId,
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    rows::Word,
    schema::bars,
    timelines::Window,
};

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = bars, treat_none_as_default_value = false)]
struct Row {
    id: i64,
    kind: Word<Kind>,
    subject: String,
    severity: Word<Severity>,
    comment: String,
    created: i64,
    expires: Option<i64>,
}

impl From<Row> for Bar {
    fn from(row: Row) -> Self {
        Self {
            id: BarId(row.id),
            kind: row.kind.0,
            subject: row.subject,
            severity: row.severity.0,
            comment: row.comment,
            created: Timestamp(row.created),
            expires: row.expires.map(Timestamp),
        }
    }
}

/// Adds a bar; whether there was none of its kind about the same.
pub fn insert(tx: &mut Tx<'_>, bar: &Bar) -> Result<bool> {
    let row = Row {
        id: bar.id.0,
        kind: Word(bar.kind),
        subject: bar.subject.clone(),
        severity: Word(bar.severity),
        comment: bar.comment.clone(),
        created: bar.created.0,
        expires: bar.expires.map(|at| at.0),
    };
    Ok(db!(tx, c => diesel::insert_into(bars::table)
        .values(&row)
        .on_conflict((bars::kind, bars::subject))
        .do_nothing()
        .execute(c))?
        > 0)
}

/// Says anew how far a bar keeps, why and until when.
pub fn update(tx: &mut Tx<'_>, bar: &Bar) -> Result<()> {
    db!(tx, c => diesel::update(bars::table.find(bar.id.0))
        .set((
            bars::severity.eq(Word(bar.severity)),
            bars::comment.eq(&bar.comment),
            bars::expires.eq(bar.expires.map(|at| at.0)),
        ))
        .execute(c))?;
    Ok(())
}

/// Takes a bar away; whether it was there.
pub fn remove(tx: &mut Tx<'_>, kind: Kind, id: BarId) -> Result<bool> {
    let bar = bars::table.find(id.0).filter(bars::kind.eq(Word(kind)));
    Ok(db!(tx, c => diesel::delete(bar).execute(c))? > 0)
}

/// The bar of a kind with this number.
pub fn by_id(conn: &mut Conn, kind: Kind, id: BarId) -> Result<Option<Bar>> {
    let row: Option<Row> = db!(conn, c => bars::table
        .find(id.0)
        .filter(bars::kind.eq(Word(kind)))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    Ok(row.map(Bar::from))
}

/// A part of the bars of a kind, the newest first.
pub fn page(conn: &mut Conn, kind: Kind, window: Window) -> Result<Vec<Bar>> {
    let rows: Vec<Row> = db!(conn, c => {
        let query = bars::table
            .filter(bars::kind.eq(Word(kind)))
            .filter(bars::id.lt(window.before).and(bars::id.gt(window.after)))
            .limit(window.limit)
            .select(Row::as_select())
            .into_boxed();
        if window.nearest { query.order(bars::id.asc()) } else { query.order(bars::id.desc()) }.load(c)
    })?;
    Ok(window.arrange(rows.into_iter().map(Bar::from).collect()))
}

/// The bar of a kind about this.
pub fn about(conn: &mut Conn, kind: Kind, subject: &str) -> Result<Option<Bar>> {
    let row: Option<Row> = db!(conn, c => bars::table
        .filter(bars::kind.eq(Word(kind)).and(bars::subject.eq(subject)))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    Ok(row.map(Bar::from))
}

/// Whether there is a bar of a kind about any of these.
pub fn any(conn: &mut Conn, kind: Kind, subjects: &[String]) -> Result<bool> {
    let about = bars::table.filter(bars::kind.eq(Word(kind)).and(bars::subject.among(subjects)));
    Ok(db!(conn, c => dsl::select(dsl::exists(about)).get_result(c))?)
}

/// The networks that are kept out at `now`.
pub fn networks(conn: &mut Conn, now: Timestamp) -> Result<Vec<Bar>> {
    let rows: Vec<Row> = db!(conn, c => bars::table
        .filter(bars::kind.eq(Word(Kind::Network)))
        .filter(bars::expires.is_null().or(bars::expires.gt(now.0)))
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Bar::from).collect())
}
