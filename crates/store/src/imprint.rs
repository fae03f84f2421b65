//! What the server says of itself, and the rules of the house.
use diesel::{prelude::*, upsert::excluded};
use domain::{
    id::HouseRuleId,
    imprint::{HouseRule, Kind, Text, Wording},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    rows::{Json, Word},
    schema::{house_rules as rules, imprint_texts as texts},
};

/// A text in every language and of every day, the newest day first.
pub fn texts(conn: &mut Conn, kind: Kind) -> Result<Vec<Text>> {
    let rows: Vec<(String, i64, String, i64)> = db!(conn, c => texts::table
        .filter(texts::kind.eq(Word(kind)))
        .order((texts::effective.desc(), texts::language))
        .select((texts::language, texts::effective, texts::source, texts::updated))
        .load(c))?;
    let text = |(language, effective, source, updated)| Text {
        kind,
        language,
        effective: Timestamp(effective),
        source,
        updated: Timestamp(updated),
    };
    Ok(rows.into_iter().map(text).collect())
}

/// Records a text, in place of the one of the same language and day.
pub fn set_text(tx: &mut Tx<'_>, text: &Text) -> Result<()> {
    let row = (
        texts::kind.eq(Word(text.kind)),
        texts::language.eq(&text.language),
        texts::effective.eq(text.effective.0),
        texts::source.eq(&text.source),
        texts::updated.eq(text.updated.0),
    );
    db!(tx, c => diesel::insert_into(texts::table)
        .values(row)
        .on_conflict((texts::kind, texts::language, texts::effective))
        .do_update()
        .set((texts::source.eq(excluded(texts::source)), texts::updated.eq(excluded(texts::updated))))
        .execute(c))?;
    Ok(())
}

/// Forgets a text.
pub fn remove_text(tx: &mut Tx<'_>, kind: Kind, language: &str, effective: Timestamp) -> Result<()> {
    db!(tx, c => diesel::delete(texts::table.find((Word(kind), language, effective.0))).execute(c))?;
    Ok(())
}

fn kept((id, wordings): (i64, Json<Vec<Wording>>)) -> HouseRule {
    HouseRule { id: HouseRuleId(id), wordings: wordings.0 }
}

/// The rules of the house, in their order.
pub fn rules(conn: &mut Conn) -> Result<Vec<HouseRule>> {
    let rows = db!(conn, c => rules::table
        .filter(rules::removed.is_null())
        .order((rules::place, rules::id))
        .select((rules::id, rules::wordings))
        .load(c))?;
    Ok(rows.into_iter().map(kept).collect())
}

/// The rules with these numbers, those that hold no more among them.
pub fn rules_by_ids(conn: &mut Conn, ids: &[HouseRuleId]) -> Result<Vec<HouseRule>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = db!(conn, c => rules::table
        .filter(rules::id.among(ids))
        .order((rules::place, rules::id))
        .select((rules::id, rules::wordings))
        .load(c))?;
    Ok(rows.into_iter().map(kept).collect())
}

/// Records a rule at a place in their order, in place of what it said.
pub fn set_rule(tx: &mut Tx<'_>, rule: &HouseRule, place: i64) -> Result<()> {
    let wordings = Json(rule.wordings.clone());
    db!(tx, c => diesel::insert_into(rules::table)
        .values((rules::id.eq(rule.id.0), rules::place.eq(place), rules::wordings.eq(&wordings)))
        .on_conflict(rules::id)
        .do_update()
        .set((rules::place.eq(excluded(rules::place)), rules::wordings.eq(excluded(rules::wordings))))
        .execute(c))?;
    Ok(())
}

/// Ends a rule; reports that name it still know what it said. Whether it held.
pub fn end_rule(tx: &mut Tx<'_>, id: HouseRuleId, now: Timestamp) -> Result<bool> {
    let holds = rules::table.find(id.0).filter(rules::removed.is_null());
    Ok(db!(tx, c => diesel::update(holds).set(rules::removed.eq(now.0)).execute(c))? > 0)
}
