//! What people here are told about.
use std::collections::HashMap;

use diesel::{dsl, prelude::*, sql_types::Bool};
use domain::{
    id::{ActorId, NotificationId, PostId, ReportId, ScheduledId, SeveranceId, StatementId},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::{AmongExt, OneOfExt},
    error::Result,
    schema::notifications,
    wanted::{Whom, wanted},
};

/// The columns of a notification, in the order of [`COLUMNS`].
pub(crate) type Row = (i64, String, i64, i64, i64, Option<i64>);

/// What [`Notification::kept`] reads.
pub(crate) const COLUMNS: (
    notifications::id,
    notifications::kind,
    notifications::actor_id,
    notifications::post_id,
    notifications::created,
    notifications::read,
) = (
    notifications::id,
    notifications::kind,
    notifications::actor_id,
    notifications::post_id,
    notifications::created,
    notifications::read,
);

/// The kind whose subject is a report, not a post.
pub const REPORT: &str = "admin.report";

/// The kind whose subject is a statement of reasons.
pub const STATED: &str = "moderation_warning";

/// The kind whose subject is what somebody lost when others were blocked.
pub const SEVERED: &str = "severed_relationships";

/// The kind that tells of an appeal; what it is about stands in the queue of those who decide.
pub const APPEAL: &str = "appeal";

/// The kind that tells of a post that waits for those who decide; it stands in their queue.
pub const HELD: &str = "held";
/// The kind that says that nobody answered a conversation.
pub const UNHEARD: &str = "unheard";
/// The kind that says that an admin opened a private conversation.
pub const OPENED: &str = "opened";

/// The kind that tells somebody that what they planned could not be published; its subject is what they planned.
pub const UNPUBLISHED: &str = "unpublished";

/// The kind that tells whoever reported something that it was dealt with; its subject is the report.
pub const HEEDED: &str = "report_heeded";

/// The kind that tells the author of a reply that it answers.
pub const ACCEPTED: &str = "accepted";

/// The kind that tells them so the first time in a community, in its name.
pub const THANKED: &str = "thanked";

/// The kind that tells those who wait for one of an answer.
pub const ANSWERED: &str = "answered";

/// The kind that tells admins of a new login.
pub const SIGN_UP: &str = "admin.sign_up";

/// The kinds that tell those who answer for others, or what was decided about oneself: whoever one shuns, one hears of it.
pub const DUTY: [&str; 8] = [REPORT, HEEDED, STATED, APPEAL, HELD, UNHEARD, OPENED, SIGN_UP];

/// The kinds that no client knows.
pub const UNKNOWN: [&str; 9] = [APPEAL, HELD, UNHEARD, OPENED, HEEDED, ACCEPTED, THANKED, ANSWERED, UNPUBLISHED];

/// Something a person here is told about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Its number.
    pub id: NotificationId,
    /// What happened, one word.
    pub kind: String,
    /// Who did it.
    pub actor: ActorId,
    /// With which post.
    pub post: Option<PostId>,
    /// Which report it is.
    pub report: Option<ReportId>,
    /// Which statement of reasons it is.
    pub statement: Option<StatementId>,
    /// Which follows were lost.
    pub severance: Option<SeveranceId>,
    /// What of their own was not published when it was due.
    pub scheduled: Option<ScheduledId>,
    /// When.
    pub created: Timestamp,
    /// Whether it was seen.
    pub read: bool,
}

/// A day, in milliseconds.
const DAY: i64 = 86_400_000;

/// How many notices about nothing but who did it are counted at most.
const COUNTED: i64 = 10_000;

impl Notification {
    /// The day of its moment, counted from the first.
    pub fn day(&self) -> i64 {
        self.created.millis().div_euclid(DAY)
    }

    /// The notification that a row keeps; what it is about is one number, 0 if it is about nothing but the actor.
    pub(crate) fn kept((id, kind, actor, about, created, read): Row) -> Self {
        let about = Some(about).filter(|about| *about != 0);
        let report = about.filter(|_| kind == REPORT || kind == HEEDED).map(ReportId);
        let statement = about.filter(|_| kind == STATED).map(StatementId);
        let severance = about.filter(|_| kind == SEVERED).map(SeveranceId);
        let scheduled = about.filter(|_| kind == UNPUBLISHED).map(ScheduledId);
        let is_post = ![REPORT, HEEDED, STATED, SEVERED, APPEAL, UNPUBLISHED].contains(&kind.as_str());
        Self {
            id: NotificationId(id),
            actor: ActorId(actor),
            post: about.filter(|_| is_post).map(PostId),
            report,
            statement,
            severance,
            scheduled,
            created: Timestamp(created),
            read: read.is_some(),
            kind,
        }
    }
}

/// Tells `account`, or holds it back until they ask for it; whether that is news: the same thing is told once. `about` is
/// the number of a post or a report.
pub fn insert(
    tx: &mut Tx<'_>,
    id: NotificationId,
    account: ActorId,
    kind: &str,
    actor: ActorId,
    about: Option<i64>,
    (at, held): (Timestamp, bool),
) -> Result<bool> {
    let row = (
        notifications::id.eq(id.0),
        notifications::account_id.eq(account.0),
        notifications::kind.eq(kind),
        notifications::actor_id.eq(actor.0),
        notifications::post_id.eq(about.unwrap_or(0)),
        notifications::created.eq(at.0),
        notifications::held.eq(held),
    );
    Ok(db!(tx, c => diesel::insert_into(notifications::table).values(row).on_conflict_do_nothing().execute(c))? > 0)
}

/// The newest notifications of `account` before `before`.
pub fn page(
    conn: &mut Conn,
    account: ActorId,
    before: Option<NotificationId>,
    limit: i64,
) -> Result<Vec<Notification>> {
    let before = before.map_or(i64::MAX, i64::from);
    let rows: Vec<Row> = db!(conn, c => notifications::table
        .filter(notifications::account_id.eq(account.0).and(notifications::id.lt(before)))
        .order(notifications::id.desc())
        .limit(limit)
        .select(COLUMNS)
        .load(c))?;
    Ok(rows.into_iter().map(Notification::kept).collect())
}

/// How many notifications `account` was told since `after` that they want to see, at most `most`.
pub fn count_since(conn: &mut Conn, account: ActorId, after: NotificationId, most: i64) -> Result<i64> {
    let ids: Vec<i64> = db!(conn, c => notifications::table
        .filter(notifications::account_id.eq(account.0).and(notifications::id.gt(after.0)))
        .filter(notifications::held.eq(false))
        .filter(wanted(Some(account), Whom::Teller))
        .limit(most)
        .select(notifications::id)
        .load(c))?;
    Ok(i64::try_from(ids.len()).unwrap_or(most))
}

/// How many notices are gathered with each of these, up to the moment `until`, with those that were held back or without: of
/// its kind and about the same, or, about nothing but who did it, on the same day.
pub fn sizes<'a>(
    conn: &mut Conn,
    account: ActorId,
    told: &[&'a Notification],
    (until, held): (Timestamp, bool),
) -> Result<Vec<(&'a Notification, i64)>> {
    let kinds: Vec<&str> = told.iter().map(|told| told.kind.as_str()).collect();
    let posts: Vec<PostId> = told.iter().filter_map(|told| told.post).collect();
    let first = told.iter().filter(|told| told.post.is_none()).map(|told| told.day()).min();
    let of = || {
        // By the moment and not by the number, for which another index would be taken that reads all of them.
        let own = notifications::account_id.eq(account.0).and(notifications::created.le(until.0));
        let shown = notifications::held.eq(false).or(held.into_sql::<Bool>());
        notifications::table.filter(own.and(shown)).filter(wanted(Some(account), Whom::Teller))
    };
    let mut about: Vec<(String, i64, i64)> = Vec::new();
    if !posts.is_empty() {
        about = db!(conn, c => of()
            .filter(notifications::kind.among(&kinds).and(notifications::post_id.among(&posts)))
            .group_by((notifications::kind, notifications::post_id))
            .select((notifications::kind, notifications::post_id, dsl::count_star()))
            .load(c))?;
    }
    let mut by_day: HashMap<(String, i64), i64> = HashMap::new();
    if let Some(first) = first {
        let told: Vec<(String, i64)> = db!(conn, c => of()
            .filter(notifications::kind.among(&kinds).and(notifications::post_id.eq(0)))
            .filter(notifications::created.ge(first.saturating_mul(DAY)))
            .limit(COUNTED)
            .select((notifications::kind, notifications::created))
            .load(c))?;
        for (kind, created) in told {
            *by_day.entry((kind, created.div_euclid(DAY))).or_default() += 1;
        }
    }
    let count = |told: &Notification| match told.post {
        Some(post) => about.iter().find(|(kind, about, _)| *kind == told.kind && *about == post.0).map(|(.., n)| *n),
        None => by_day.get(&(told.kind.clone(), told.day())).copied(),
    };
    let count = |told: &Notification| count(told).unwrap_or(0);
    Ok(told.iter().map(|told| (*told, count(told))).collect())
}

/// What `account` was told, if it has this number.
pub fn get(conn: &mut Conn, account: ActorId, id: NotificationId) -> Result<Option<Notification>> {
    let row: Option<Row> = db!(conn, c => notifications::table
        .filter(notifications::id.eq(id.0).and(notifications::account_id.eq(account.0)))
        .select(COLUMNS)
        .first(c)
        .optional())?;
    Ok(row.map(Notification::kept))
}

/// Records that a notice wakes somebody at `at`.
pub fn wake(tx: &mut Tx<'_>, id: NotificationId, at: Timestamp) -> Result<()> {
    let row = notifications::table.find(id.0);
    db!(tx, c => diesel::update(row).set(notifications::woke.eq(at.0)).execute(c))?;
    Ok(())
}

/// Whether a notice of the kind of `told`, about the same, woke somebody after the number `since`.
pub fn woke_since(conn: &mut Conn, account: ActorId, told: &Notification, since: i64) -> Result<bool> {
    let same = notifications::kind.eq(&told.kind).and(notifications::post_id.eq(told.post.map_or(0, i64::from)));
    let lately = notifications::table
        .filter(notifications::account_id.eq(account.0).and(notifications::id.gt(since)))
        .filter(same.and(notifications::woke.is_not_null()));
    Ok(db!(conn, c => diesel::select(dsl::exists(lately)).get_result(c))?)
}

/// How many notices of the kind of `told`, about the same, came before it after the number `since`, or after the one of
/// them that woke somebody last; at most `most`.
pub fn silent_before(conn: &mut Conn, account: ActorId, told: &Notification, since: i64, most: i64) -> Result<usize> {
    let same = notifications::kind.eq(&told.kind).and(notifications::post_id.eq(told.post.map_or(0, i64::from)));
    let woke: Vec<Option<i64>> = db!(conn, c => notifications::table
        .filter(notifications::account_id.eq(account.0))
        .filter(notifications::id.lt(told.id.0).and(notifications::id.gt(since)))
        .filter(same.and(notifications::held.eq(false)))
        .order(notifications::id.desc())
        .limit(most)
        .select(notifications::woke)
        .load(c))?;
    Ok(woke.iter().take_while(|woke| woke.is_none()).count())
}

/// What `account` was told after the number `since` and was not held back, the newest first.
pub fn since(conn: &mut Conn, account: ActorId, since: i64, most: i64) -> Result<Vec<Notification>> {
    let rows: Vec<Row> = db!(conn, c => notifications::table
        .filter(notifications::account_id.eq(account.0).and(notifications::id.gt(since)))
        .filter(notifications::held.eq(false))
        .order(notifications::id.desc())
        .limit(most)
        .select(COLUMNS)
        .load(c))?;
    Ok(rows.into_iter().map(Notification::kept).collect())
}

/// Forgets some of what `account` was told, or all of it.
pub fn remove(tx: &mut Tx<'_>, account: ActorId, which: Option<&[NotificationId]>) -> Result<()> {
    let own = notifications::account_id.eq(account.0);
    match which {
        Some(ids) => {
            db!(tx, c => diesel::delete(notifications::table.filter(own.and(notifications::id.among(ids)))).execute(c))?
        }
        None => db!(tx, c => diesel::delete(notifications::table.filter(own)).execute(c))?,
    };
    Ok(())
}

/// Forgets that something of somebody's own could not be published.
pub fn remove_unpublished(tx: &mut Tx<'_>, account: ActorId, what: ScheduledId) -> Result<()> {
    let about = notifications::kind.eq(UNPUBLISHED).and(notifications::post_id.eq(what.0));
    db!(tx, c => diesel::delete(
        notifications::table.filter(notifications::account_id.eq(account.0).and(about))
    ).execute(c))?;
    Ok(())
}

/// Forgets what was told about a post that is gone.
pub fn remove_post(tx: &mut Tx<'_>, post: PostId) -> Result<()> {
    db!(tx, c => diesel::delete(
        notifications::table.filter(notifications::post_id.eq(post.0).and(notifications::kind.ne(REPORT)))
    ).execute(c))?;
    Ok(())
}

/// Forgets what `account` was told of what `actor` did, unless it is their [`DUTY`] to hear of it.
pub fn remove_from(tx: &mut Tx<'_>, account: ActorId, actor: ActorId) -> Result<()> {
    db!(tx, c => diesel::delete(
        notifications::table
            .filter(notifications::account_id.eq(account.0).and(notifications::actor_id.eq(actor.0)))
            .filter(dsl::not(notifications::kind.one_of(DUTY)))
    )
    .execute(c))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::shun::Deed;

    use super::*;
    use crate::{
        accounts,
        tests::{TestDb, login, on_both, shun, world},
        timelines::{Told, Window, told},
    };

    const READER: ActorId = ActorId(1);
    const MUTED: ActorId = ActorId(2);

    async fn duty_is_told_of_whoever_is_muted_and_the_rest_is_not_counted(t: TestDb) {
        t.db.write(|tx| {
            world(tx)?;
            accounts::insert(tx, &login(READER.0))?;
            shun(tx, READER.0, MUTED.0, Deed::Mute, true)?;
            for (at, kind) in (1..).zip(["mention", APPEAL, "favourite", HELD]) {
                insert(tx, NotificationId(at), READER, kind, MUTED, Some(at), (Timestamp(at), false))?;
            }
            Ok::<_, crate::Error>(())
        })
        .await
        .unwrap();
        let (listed, counted) =
            t.db.read(|c| {
                let listed = told(c, READER, &Told::default(), Window::newest(9))?;
                Ok::<_, crate::Error>((listed, count_since(c, READER, NotificationId(0), 9)?))
            })
            .await
            .unwrap();
        let kinds: Vec<&str> = listed.iter().map(|notice| notice.kind.as_str()).collect();
        assert_eq!((kinds, counted), (vec![HELD, APPEAL], 2));
    }

    async fn who_is_blocked_leaves_what_is_duty(t: TestDb) {
        let kept =
            t.db.write(|tx| {
                world(tx)?;
                accounts::insert(tx, &login(READER.0))?;
                for (at, kind) in (1..).zip(["mention", "follow", "favourite", ACCEPTED].iter().chain(&DUTY)) {
                    insert(tx, NotificationId(at), READER, kind, MUTED, Some(at), (Timestamp(at), false))?;
                }
                remove_from(tx, READER, MUTED)?;
                page(tx, READER, None, 20)
            })
            .await
            .unwrap();
        let kinds: Vec<&str> = kept.iter().rev().map(|notice| notice.kind.as_str()).collect();
        assert_eq!(kinds, DUTY);
    }

    on_both! { duty_is_told_of_whoever_is_muted_and_the_rest_is_not_counted who_is_blocked_leaves_what_is_duty }
}
