//! Reports, and who has to see to which.
use diesel::prelude::*;
use domain::{
    id::{ActorId, HouseRuleId, PostId, ReportId},
    post::Post,
    report::{Category, Report},
    time::Timestamp,
};

use crate::{
    bylaws::cited,
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    groups,
    rows::{Json, Word},
    schema::{posts, reports},
    timelines::Window,
};

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = reports, treat_none_as_default_value = false)]
struct Row {
    id: i64,
    uri: String,
    reporter_id: i64,
    target_id: i64,
    group_id: Option<i64>,
    posts: Json<Vec<PostId>>,
    comment: String,
    category: Word<Category>,
    forwarded: bool,
    created: i64,
    resolved: Option<i64>,
    resolver_id: Option<i64>,
    version: Option<i64>,
    bylaw: Option<i64>,
    rules: Json<Vec<HouseRuleId>>,
}

impl From<Row> for Report {
    fn from(row: Row) -> Self {
        Self {
            id: ReportId(row.id),
            uri: row.uri,
            reporter: ActorId(row.reporter_id),
            target: ActorId(row.target_id),
            posts: row.posts.0,
            group: row.group_id.map(ActorId),
            comment: row.comment,
            category: row.category.0,
            rules: row.rules.0,
            forwarded: row.forwarded,
            created: Timestamp(row.created),
            resolved: row.resolved.map(Timestamp),
            resolver: row.resolver_id.map(ActorId),
            bylaw: cited(row.version, row.bylaw),
        }
    }
}

impl From<&Report> for Row {
    fn from(report: &Report) -> Self {
        Self {
            id: report.id.0,
            uri: report.uri.clone(),
            reporter_id: report.reporter.0,
            target_id: report.target.0,
            group_id: report.group.map(i64::from),
            posts: Json(report.posts.clone()),
            comment: report.comment.clone(),
            category: Word(report.category),
            forwarded: report.forwarded,
            created: report.created.0,
            resolved: report.resolved.map(|at| at.0),
            resolver_id: report.resolver.map(i64::from),
            version: report.bylaw.map(|bylaw| bylaw.version),
            bylaw: report.bylaw.map(|bylaw| bylaw.number),
            rules: Json(report.rules.clone()),
        }
    }
}

/// Adds a report; whether it is new: the same activity is one report.
pub fn insert(tx: &mut Tx<'_>, report: &Report) -> Result<bool> {
    Ok(db!(tx, c => diesel::insert_into(reports::table)
        .values(Row::from(report))
        .on_conflict(reports::uri)
        .do_nothing()
        .execute(c))?
        > 0)
}

/// The report with this number.
pub fn by_id(conn: &mut Conn, id: ReportId) -> Result<Option<Report>> {
    Ok(by_ids(conn, &[id])?.pop())
}

/// The report with this id on the network.
pub fn by_uri(conn: &mut Conn, uri: &str) -> Result<Option<Report>> {
    let row: Option<Row> =
        db!(conn, c => reports::table.filter(reports::uri.eq(uri)).select(Row::as_select()).first(c).optional())?;
    Ok(row.map(Report::from))
}

/// The reports with these numbers, in no order.
pub fn by_ids(conn: &mut Conn, ids: &[ReportId]) -> Result<Vec<Report>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> =
        db!(conn, c => reports::table.filter(reports::id.among(ids)).select(Row::as_select()).load(c))?;
    Ok(rows.into_iter().map(Report::from).collect())
}

/// The open reports that `person` has to see to, the oldest first: those of the groups in which they keep order, and,
/// if they administer the server, all others too.
pub fn open_for(conn: &mut Conn, person: ActorId, admin: bool, limit: i64) -> Result<Vec<Report>> {
    let groups = groups::moderated_by(conn, person)?;
    let rows: Vec<Row> = db!(conn, c => {
        let query = reports::table
            .filter(reports::resolved.is_null())
            .order(reports::id)
            .limit(limit)
            .select(Row::as_select())
            .into_boxed();
        if admin { query } else { query.filter(reports::group_id.among(&groups)) }.load(c)
    })?;
    Ok(rows.into_iter().map(Report::from).collect())
}

/// Which reports are looked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sought {
    /// Those that are dealt with, or those that are not.
    pub resolved: bool,
    /// Only those that this one filed.
    pub reporter: Option<ActorId>,
    /// Only those about this one.
    pub target: Option<ActorId>,
}

/// A part of all reports, the newest first.
pub fn search(conn: &mut Conn, sought: Sought, window: Window) -> Result<Vec<Report>> {
    let rows: Vec<Row> = db!(conn, c => {
        let mut query = reports::table
            .filter(reports::id.lt(window.before).and(reports::id.gt(window.after)))
            .limit(window.limit)
            .select(Row::as_select())
            .into_boxed();
        query = if sought.resolved {
            query.filter(reports::resolved.is_not_null())
        } else {
            query.filter(reports::resolved.is_null())
        };
        if let Some(reporter) = sought.reporter {
            query = query.filter(reports::reporter_id.eq(reporter.0));
        }
        if let Some(target) = sought.target {
            query = query.filter(reports::target_id.eq(target.0));
        }
        if window.nearest { query.order(reports::id.asc()) } else { query.order(reports::id.desc()) }.load(c)
    })?;
    Ok(window.arrange(rows.into_iter().map(Report::from).collect()))
}

/// Says of what kind a report is, and which rules of the house it names.
pub fn sort(tx: &mut Tx<'_>, id: ReportId, category: Category, rules: Vec<HouseRuleId>) -> Result<()> {
    let rules = Json(rules);
    db!(tx, c => diesel::update(reports::table.find(id.0))
        .set((reports::category.eq(Word(category)), reports::rules.eq(&rules)))
        .execute(c))?;
    Ok(())
}

/// Opens a report again.
pub fn reopen(tx: &mut Tx<'_>, id: ReportId) -> Result<()> {
    db!(tx, c => diesel::update(reports::table.find(id.0))
        .set((reports::resolved.eq(None::<i64>), reports::resolver_id.eq(None::<i64>)))
        .execute(c))?;
    Ok(())
}

/// How many reports of `reporter` are open.
pub fn count_open_by(conn: &mut Conn, reporter: ActorId) -> Result<i64> {
    Ok(db!(conn, c => reports::table
        .filter(reports::reporter_id.eq(reporter.0).and(reports::resolved.is_null()))
        .count()
        .get_result(c))?)
}

/// Hands those open reports of a group on to another one whose posts all stand there by now, and says which. What they cite
/// of the rules of the one means nothing in the other.
pub fn hand_on(tx: &mut Tx<'_>, from: ActorId, to: ActorId) -> Result<Vec<Report>> {
    let rows: Vec<Row> = db!(tx, c => reports::table
        .filter(reports::group_id.eq(from.0).and(reports::resolved.is_null()))
        .order(reports::id)
        .select(Row::as_select())
        .load(c))?;
    let about: Vec<PostId> = rows.iter().flat_map(|row| row.posts.0.iter().copied()).collect();
    let there: Vec<i64> = db!(tx, c => posts::table
        .filter(posts::id.among(&about).and(posts::group_id.eq(to.0)))
        .select(posts::id)
        .load(c))?;
    let goes = |row: &Row| !row.posts.0.is_empty() && row.posts.0.iter().all(|post| there.contains(&post.0));
    let going: Vec<Report> = rows.into_iter().filter(goes).map(Report::from).collect();
    let ids: Vec<ReportId> = going.iter().map(|report| report.id).collect();
    db!(tx, c => diesel::update(reports::table.filter(reports::id.among(&ids)))
        .set((
            reports::group_id.eq(to.0),
            reports::version.eq(None::<i64>),
            reports::bylaw.eq(None::<i64>),
        ))
        .execute(c))?;
    Ok(going.into_iter().map(|report| Report { group: Some(to), bylaw: None, ..report }).collect())
}

/// The open reports in a group that are about this post and nothing else.
pub fn open_about(conn: &mut Conn, group: ActorId, post: &Post) -> Result<Vec<Report>> {
    let rows: Vec<Row> = db!(conn, c => reports::table
        .filter(reports::group_id.eq(group.0).and(reports::resolved.is_null()))
        .filter(reports::target_id.eq(post.author.0))
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Report::from).filter(|report| report.posts == [post.id]).collect())
}

/// Closes a report.
pub fn resolve(tx: &mut Tx<'_>, id: ReportId, by: ActorId, at: Timestamp) -> Result<()> {
    db!(tx, c => diesel::update(reports::table.find(id.0))
        .set((reports::resolved.eq(at.0), reports::resolver_id.eq(by.0)))
        .execute(c))?;
    Ok(())
}
