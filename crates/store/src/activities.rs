//! Activities of our own: frozen as they were first sent, served by id, delivered as they are.
use std::collections::HashMap;

use diesel::prelude::*;
use domain::id::{ActivityId, ActorId, PostId};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    schema::activities,
};

/// An activity of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Its number.
    pub id: ActivityId,
    /// Who says it, and signs.
    pub actor: ActorId,
    /// Its type, one word.
    pub kind: String,
    /// The post it is about: what is about one post keeps its order.
    pub post: Option<PostId>,
    /// Whether anybody may read it.
    pub public: bool,
    /// The document.
    pub body: String,
}

/// The newest activity of ours: the clock has stood there already.
pub fn newest(conn: &mut Conn) -> Result<Option<ActivityId>> {
    let id: Option<i64> =
        db!(conn, c => activities::table.order(activities::id.desc()).select(activities::id).first(c).optional())?;
    Ok(id.map(ActivityId))
}

type Row = (i64, i64, String, Option<i64>, bool, String);

fn read((id, actor, kind, post, public, body): Row) -> Activity {
    Activity { id: ActivityId(id), actor: ActorId(actor), kind, post: post.map(PostId), public, body }
}

/// Stores an activity, for good.
pub fn insert(tx: &mut Tx<'_>, activity: &Activity) -> Result<()> {
    let row = (
        activities::id.eq(activity.id.0),
        activities::actor_id.eq(activity.actor.0),
        activities::kind.eq(&activity.kind),
        activities::post_id.eq(activity.post.map(i64::from)),
        activities::public.eq(activity.public),
        activities::body.eq(&activity.body),
    );
    db!(tx, c => diesel::insert_into(activities::table).values(row).execute(c))?;
    Ok(())
}

/// The activity with this number.
pub fn by_id(conn: &mut Conn, id: ActivityId) -> Result<Option<Activity>> {
    Ok(db!(conn, c => activities::table.find(id.0).first::<Row>(c).optional())?.map(read))
}

/// The first activity of this kind that each person said about each of these posts.
pub fn first_about(conn: &mut Conn, ids: &[PostId], kind: &str) -> Result<HashMap<(PostId, ActorId), ActivityId>> {
    let rows: Vec<(Option<i64>, i64, i64)> = db!(conn, c => activities::table
        .filter(activities::post_id.among(ids).and(activities::kind.eq(kind)))
        .order(activities::id.desc())
        .select((activities::post_id, activities::actor_id, activities::id))
        .load(c))?;
    let told = |(post, actor, id): (Option<i64>, i64, i64)| Some(((PostId(post?), ActorId(actor)), ActivityId(id)));
    Ok(rows.into_iter().filter_map(told).collect())
}

/// What `actor` said about a post in activities of this kind, the oldest first.
pub fn about(conn: &mut Conn, post: PostId, actor: ActorId, kind: &str) -> Result<Vec<Activity>> {
    let rows: Vec<Row> = db!(conn, c => activities::table
        .filter(activities::post_id.eq(post.0))
        .filter(activities::actor_id.eq(actor.0).and(activities::kind.eq(kind)))
        .order(activities::id)
        .load(c))?;
    Ok(rows.into_iter().map(read).collect())
}
