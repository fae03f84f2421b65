//! What people are told of measures that concern them, and what they say to that.
use diesel::prelude::*;
use domain::{
    id::{ActorId, PostId, StatementId},
    statement::{Appeal, Decision, Grounds, Sanction, Statement},
    time::Timestamp,
};

use crate::{
    bylaws::cited,
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    rows::Word,
    schema::{appeals, statements},
};

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = statements, treat_none_as_default_value = false)]
struct Row {
    id: i64,
    group_id: i64,
    person_id: i64,
    by_id: i64,
    sanction: Word<Sanction>,
    post_id: Option<i64>,
    reason: String,
    note: String,
    version: Option<i64>,
    bylaw: Option<i64>,
    until: Option<i64>,
    clean: bool,
    created: i64,
    lifted: Option<i64>,
}

impl From<Row> for Statement {
    fn from(row: Row) -> Self {
        Self {
            id: StatementId(row.id),
            group: ActorId(row.group_id),
            person: ActorId(row.person_id),
            by: ActorId(row.by_id),
            sanction: row.sanction.0,
            post: row.post_id.map(PostId),
            grounds: Grounds { reason: row.reason, note: row.note, bylaw: cited(row.version, row.bylaw) },
            until: row.until.map(Timestamp),
            clean: row.clean,
            created: Timestamp(row.created),
            lifted: row.lifted.map(Timestamp),
        }
    }
}

/// Adds a statement.
pub fn insert(tx: &mut Tx<'_>, statement: &Statement) -> Result<()> {
    let row = Row {
        id: statement.id.0,
        group_id: statement.group.0,
        person_id: statement.person.0,
        by_id: statement.by.0,
        sanction: Word(statement.sanction),
        post_id: statement.post.map(i64::from),
        reason: statement.grounds.reason.clone(),
        note: statement.grounds.note.clone(),
        version: statement.grounds.bylaw.map(|bylaw| bylaw.version),
        bylaw: statement.grounds.bylaw.map(|bylaw| bylaw.number),
        until: statement.until.map(|at| at.0),
        clean: statement.clean,
        created: statement.created.0,
        lifted: statement.lifted.map(|at| at.0),
    };
    db!(tx, c => diesel::insert_into(statements::table).values(&row).execute(c))?;
    Ok(())
}

/// The statement with this number.
pub fn by_id(conn: &mut Conn, id: StatementId) -> Result<Option<Statement>> {
    Ok(by_ids(conn, &[id])?.pop())
}

/// The statements with these numbers, in no order.
pub fn by_ids(conn: &mut Conn, ids: &[StatementId]) -> Result<Vec<Statement>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> =
        db!(conn, c => statements::table.filter(statements::id.among(ids)).select(Row::as_select()).load(c))?;
    Ok(rows.into_iter().map(Statement::from).collect())
}

/// All statements that concern somebody, the oldest first.
pub fn about(conn: &mut Conn, person: ActorId) -> Result<Vec<Statement>> {
    let rows: Vec<Row> = db!(conn, c => statements::table
        .filter(statements::person_id.eq(person.0))
        .order(statements::id)
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Statement::from).collect())
}

/// Records that a measure is undone: everything that `person` was told of it, and still holds, does not any more. The
/// answer are the numbers of that.
pub fn lift(
    tx: &mut Tx<'_>,
    (group, person): (ActorId, ActorId),
    sanction: Sanction,
    post: Option<PostId>,
    at: Timestamp,
) -> Result<Vec<StatementId>> {
    let ids: Vec<i64> = db!(tx, c => {
        let query = statements::table
            .filter(statements::person_id.eq(person.0).and(statements::group_id.eq(group.0)))
            .filter(statements::sanction.eq(Word(sanction)).and(statements::lifted.is_null()))
            .select(statements::id)
            .into_boxed();
        match post {
            Some(post) => query.filter(statements::post_id.eq(post.0)),
            None => query,
        }
        .load(c)
    })?;
    if !ids.is_empty() {
        db!(tx, c => diesel::update(statements::table.filter(statements::id.among(&ids)))
            .set(statements::lifted.eq(at.0))
            .execute(c))?;
    }
    Ok(ids.into_iter().map(StatementId).collect())
}

/// Records that one measure is undone.
pub fn lift_one(tx: &mut Tx<'_>, id: StatementId, at: Timestamp) -> Result<()> {
    db!(tx, c => diesel::update(statements::table.find(id.0)).set(statements::lifted.eq(at.0)).execute(c))?;
    Ok(())
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = appeals, treat_none_as_default_value = false)]
struct AppealRow {
    statement_id: i64,
    group_id: i64,
    text: String,
    created: i64,
    decided: Option<i64>,
    decider_id: Option<i64>,
    granted: bool,
    answer: String,
}

impl From<AppealRow> for Appeal {
    fn from(row: AppealRow) -> Self {
        let AppealRow { granted, answer, .. } = row;
        let decided = row.decided.zip(row.decider_id);
        Self {
            statement: StatementId(row.statement_id),
            group: ActorId(row.group_id),
            text: row.text,
            created: Timestamp(row.created),
            decision: decided.map(|(at, by)| Decision { by: ActorId(by), at: Timestamp(at), granted, answer }),
        }
    }
}

/// Adds an appeal that nobody decided yet; whether it is new: there is one to each statement.
pub fn insert_appeal(tx: &mut Tx<'_>, appeal: &Appeal) -> Result<bool> {
    let row = AppealRow {
        statement_id: appeal.statement.0,
        group_id: appeal.group.0,
        text: appeal.text.clone(),
        created: appeal.created.0,
        decided: None,
        decider_id: None,
        granted: false,
        answer: String::new(),
    };
    Ok(db!(tx, c => diesel::insert_into(appeals::table).values(&row).on_conflict_do_nothing().execute(c))? > 0)
}

/// What was said to these statements, in no order.
pub fn appeals(conn: &mut Conn, ids: &[StatementId]) -> Result<Vec<Appeal>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<AppealRow> = db!(conn, c => appeals::table
        .filter(appeals::statement_id.among(ids))
        .select(AppealRow::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Appeal::from).collect())
}

/// The appeals in these groups that wait for a decision, the oldest first.
pub fn open_appeals(conn: &mut Conn, groups: &[ActorId], limit: i64) -> Result<Vec<Appeal>> {
    let rows: Vec<AppealRow> = db!(conn, c => appeals::table
        .filter(appeals::group_id.among(groups).and(appeals::decided.is_null()))
        .order(appeals::statement_id)
        .limit(limit)
        .select(AppealRow::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Appeal::from).collect())
}

/// Records what was decided about an appeal; whether it waited for that.
pub fn decide(tx: &mut Tx<'_>, id: StatementId, decision: &Decision) -> Result<bool> {
    Ok(
        db!(tx, c => diesel::update(appeals::table.filter(appeals::statement_id.eq(id.0).and(appeals::decided.is_null())))
        .set((
            appeals::decided.eq(decision.at.0),
            appeals::decider_id.eq(decision.by.0),
            appeals::granted.eq(decision.granted),
            appeals::answer.eq(decision.answer.clone()),
        ))
        .execute(c))?
            > 0,
    )
}
