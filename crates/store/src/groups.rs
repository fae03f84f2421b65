//! Groups: their rules, and what people are to them.
use std::collections::HashMap;

use diesel::{
    dsl::{count_star, exists, not, select},
    prelude::*,
    upsert::excluded,
};
use domain::{
    group::{GroupRules, Joining, MemberState, Membership, Reach, Role, Standing, Visibility},
    host::Host,
    id::{ActorId, PeerId, PostId},
    peer::{CONFIDANTS, CONFIDANTS_SINCE_1},
    post::FollowState,
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    deliveries::keeps_secrets,
    dialect::{AmongExt, Named, OneOfExt, begins},
    error::Result,
    kept::Basis,
    rows::Word,
    schema::{accounts, actors, bans, follows, groups, members, peers},
    second_steps,
};

#[derive(Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = groups)]
struct Row {
    id: i64,
    visibility: Word<Visibility>,
    joining: Word<Joining>,
    moderators_only: bool,
    reach: Word<Reach>,
    confides_from: i64,
    hidden: bool,
}

impl From<Row> for GroupRules {
    fn from(row: Row) -> Self {
        Self {
            id: ActorId(row.id),
            visibility: row.visibility.0,
            joining: row.joining.0,
            moderators_only: row.moderators_only,
            reach: row.reach.0,
            confides_from: PostId(row.confides_from),
            hidden: row.hidden,
        }
    }
}

/// The rules of a group.
pub fn rules(conn: &mut Conn, group: ActorId) -> Result<Option<GroupRules>> {
    Ok(db!(conn, c => groups::table.find(group.0).select(Row::as_select()).first(c).optional())?.map(GroupRules::from))
}

/// The rules of these groups.
pub fn rules_of(conn: &mut Conn, ids: &[ActorId]) -> Result<Vec<GroupRules>> {
    let rows: Vec<Row> = db!(conn, c => groups::table.filter(groups::id.among(ids)).select(Row::as_select()).load(c))?;
    Ok(rows.into_iter().map(GroupRules::from).collect())
}

/// Records the rules of a group, new or changed.
pub fn set_rules(tx: &mut Tx<'_>, rules: &GroupRules) -> Result<()> {
    if rules.hidden {
        // It is not counted any more among those whom its followers follow.
        tx.memory().change_all();
    }
    let row = Row {
        id: rules.id.0,
        visibility: Word(rules.visibility),
        joining: Word(rules.joining),
        moderators_only: rules.moderators_only,
        reach: Word(rules.reach),
        confides_from: rules.confides_from.0,
        hidden: rules.hidden,
    };
    db!(tx, c => diesel::insert_into(groups::table)
        .values(&row)
        .on_conflict(groups::id)
        .do_update()
        .set((
            groups::visibility.eq(excluded(groups::visibility)),
            groups::joining.eq(excluded(groups::joining)),
            groups::moderators_only.eq(excluded(groups::moderators_only)),
            groups::reach.eq(excluded(groups::reach)),
            groups::confides_from.eq(excluded(groups::confides_from)),
            groups::hidden.eq(excluded(groups::hidden)),
        ))
        .execute(c))?;
    Ok(())
}

/// What a person is to a group at the moment `now`.
pub fn standing(conn: &mut Conn, group: ActorId, person: ActorId, now: Timestamp) -> Result<Standing> {
    type Row =
        (Option<Word<Role>>, Option<Word<MemberState>>, Option<Word<FollowState>>, bool, Option<i64>, Option<bool>);
    let member = members::table.find((group.0, person.0));
    let ban = || bans::table.find((group.0, person.0)).filter(bans::until.is_null().or(bans::until.gt(now.0)));
    // Who is suspended from this server is out everywhere, and out of a group that is suspended is everybody.
    let either = actors::id.eq(person.0).or(actors::id.eq(group.0));
    let suspended = actors::table.filter(either.and(actors::suspended.is_not_null()));
    let (role, state, follow, banned, hushed, admin): Row = db!(conn, c => select((
        member.select(members::role).single_value(),
        member.select(members::state).single_value(),
        follows::table.find((person.0, group.0)).select(follows::state).single_value(),
        exists(ban().filter(bans::reads.eq(false))).or(exists(suspended)),
        ban().filter(bans::reads.eq(true)).select(bans::until).single_value(),
        accounts::table.find(person.0).filter(accounts::disabled.is_null()).select(accounts::admin).single_value(),
    ))
    .get_result(c))?;
    let state = state.map(|state| state.0);
    let standing = Standing {
        role: role.map(|role| role.0).filter(|_| state == Some(MemberState::Active)),
        waiting: state.filter(|state| *state != MemberState::Active),
        follows: follow.is_some_and(|state| state.0 == FollowState::Accepted),
        banned,
        hushed: hushed.map(Timestamp),
        admin: admin.unwrap_or(false),
        unsecured: false,
    };
    let has_power = standing.is_staff() || standing.admin;
    Ok(Standing { unsecured: has_power && second_steps::lacks(conn, person, Some(group))?, ..standing })
}

/// The members of a group who live elsewhere and were told of nothing new since `before`; not those of suspended servers.
pub fn unaware(conn: &mut Conn, group: ActorId, before: Timestamp, limit: i64) -> Result<Vec<ActorId>> {
    let people: Vec<i64> = db!(conn, c => members::table
        .inner_join(actors::table.on(actors::id.eq(members::person_id)))
        .filter(members::group_id.eq(group.0).and(members::state.eq(Word(MemberState::Active))))
        .filter(members::hinted.lt(before.0))
        .filter(actors::peer_id.is_not_null().and(actors::deleted.is_null()).and(actors::suspended.is_null()))
        .order(members::person_id)
        .limit(limit)
        .select(members::person_id)
        .load(c))?;
    Ok(people.into_iter().map(ActorId).collect())
}

/// A member elsewhere is told that there is something new.
pub fn hinted(tx: &mut Tx<'_>, group: ActorId, person: ActorId, now: Timestamp) -> Result<()> {
    let member = members::table.find((group.0, person.0));
    db!(tx, c => diesel::update(member).set(members::hinted.eq(now.0)).execute(c))?;
    Ok(())
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = members)]
struct MemberRow {
    group_id: i64,
    person_id: i64,
    role: Word<Role>,
    state: Word<MemberState>,
    since: i64,
}

impl From<MemberRow> for Membership {
    fn from(row: MemberRow) -> Self {
        Self {
            group: ActorId(row.group_id),
            person: ActorId(row.person_id),
            role: row.role.0,
            state: row.state.0,
            since: Timestamp(row.since),
        }
    }
}

/// The membership of a person in a group.
pub fn membership(conn: &mut Conn, group: ActorId, person: ActorId) -> Result<Option<Membership>> {
    Ok(db!(conn, c => members::table.find((group.0, person.0)).select(MemberRow::as_select()).first(c).optional())?
        .map(Membership::from))
}

/// Records a membership, new or changed.
pub fn set_membership(tx: &mut Tx<'_>, membership: &Membership) -> Result<()> {
    tx.touch(Basis::Wishes(membership.person));
    let row = MemberRow {
        group_id: membership.group.0,
        person_id: membership.person.0,
        role: Word(membership.role),
        state: Word(membership.state),
        since: membership.since.0,
    };
    db!(tx, c => diesel::insert_into(members::table)
        .values(&row)
        .on_conflict((members::group_id, members::person_id))
        .do_update()
        .set((
            members::role.eq(excluded(members::role)),
            members::state.eq(excluded(members::state)),
            members::since.eq(excluded(members::since)),
        ))
        .execute(c))?;
    Ok(())
}

/// Records that a group elsewhere invited somebody here, by the activity with this id.
pub fn set_invited(tx: &mut Tx<'_>, group: ActorId, person: ActorId, activity: &str, now: Timestamp) -> Result<()> {
    let state = MemberState::Invited;
    set_membership(tx, &Membership { group, person, role: Role::Member, state, since: now })?;
    db!(tx, c => diesel::update(members::table.find((group.0, person.0)))
        .set(members::invitation.eq(activity))
        .execute(c))?;
    Ok(())
}

/// Forgets the invitation of a group elsewhere; returns the id of its activity, if there was one.
pub fn take_invitation(tx: &mut Tx<'_>, group: ActorId, person: ActorId) -> Result<Option<String>> {
    let invited = members::table
        .find((group.0, person.0))
        .filter(members::state.eq(Word(MemberState::Invited)).and(members::invitation.is_not_null()));
    let activity: Option<Option<String>> = db!(tx, c => invited.select(members::invitation).first(c).optional())?;
    if activity.is_some() {
        remove_membership(tx, group, person)?;
    }
    Ok(activity.flatten())
}

/// Ends a membership; whether there was one.
pub fn remove_membership(tx: &mut Tx<'_>, group: ActorId, person: ActorId) -> Result<bool> {
    tx.touch(Basis::Wishes(person));
    Ok(db!(tx, c => diesel::delete(members::table.find((group.0, person.0))).execute(c))? > 0)
}

/// Ends all memberships of a person, but in groups that they own.
pub fn remove_memberships(tx: &mut Tx<'_>, person: ActorId) -> Result<()> {
    tx.touch(Basis::Wishes(person));
    db!(tx, c => diesel::delete(members::table
        .filter(members::person_id.eq(person.0).and(members::role.ne(Word(Role::Owner)))))
    .execute(c))?;
    Ok(())
}

/// Ends all memberships of whoever lives on a server.
pub fn remove_memberships_at(tx: &mut Tx<'_>, peer: PeerId) -> Result<()> {
    let there = || actors::table.filter(actors::peer_id.eq(peer.0)).select(actors::id);
    db!(tx, c => diesel::delete(members::table
        .filter(members::person_id.eq_any(there()).and(members::role.ne(Word(Role::Owner)))))
    .execute(c))?;
    Ok(())
}

/// Those who keep order in a group: owners first, then by seniority.
pub fn staff(conn: &mut Conn, group: ActorId) -> Result<Vec<Membership>> {
    team(conn, group, Role::Moderator)
}

/// The same with those who see to it that others are answered.
pub fn attending(conn: &mut Conn, group: ActorId) -> Result<Vec<Membership>> {
    team(conn, group, Role::Expert)
}

/// Those with at least this role.
fn team(conn: &mut Conn, group: ActorId, least: Role) -> Result<Vec<Membership>> {
    let roles = from(least);
    let rows: Vec<MemberRow> = db!(conn, c => members::table
        .filter(members::group_id.eq(group.0))
        .filter(members::state.eq(Word(MemberState::Active)).and(members::role.among(roles)))
        .order((members::since, members::person_id))
        .select(MemberRow::as_select())
        .load(c))?;
    let mut team: Vec<Membership> = rows.into_iter().map(Membership::from).collect();
    team.sort_by_key(|m| std::cmp::Reverse(m.role));
    Ok(team)
}

/// This role and those above it.
fn from(least: Role) -> Vec<Word<Role>> {
    Role::ALL.iter().filter(|role| **role >= least).map(|role| Word(*role)).collect()
}

/// Which of these people see to it in a group that others are answered.
pub fn experts_among(conn: &mut Conn, group: ActorId, people: &[ActorId]) -> Result<Vec<ActorId>> {
    let ids: Vec<i64> = db!(conn, c => members::table
        .filter(members::group_id.eq(group.0).and(members::person_id.among(people)))
        .filter(members::state.eq(Word(MemberState::Active)).and(members::role.eq(Word(Role::Expert))))
        .select(members::person_id)
        .load(c))?;
    Ok(ids.into_iter().map(ActorId).collect())
}

/// Who owns which of these groups.
pub fn owners(conn: &mut Conn, groups: &[ActorId]) -> Result<Vec<(ActorId, ActorId)>> {
    let rows: Vec<(i64, i64)> = db!(conn, c => members::table
        .filter(members::group_id.among(groups))
        .filter(members::role.eq(Word(Role::Owner)).and(members::state.eq(Word(MemberState::Active))))
        .order((members::group_id, members::since))
        .select((members::group_id, members::person_id))
        .load(c))?;
    Ok(rows.into_iter().map(|(group, person)| (ActorId(group), ActorId(person))).collect())
}

/// How many active members a group has.
pub fn count_members(conn: &mut Conn, group: ActorId) -> Result<i64> {
    Ok(db!(conn, c => members::table
        .filter(members::group_id.eq(group.0).and(members::state.eq(Word(MemberState::Active))))
        .count()
        .get_result(c))?)
}

/// How many of them have their login here.
pub fn count_members_here(conn: &mut Conn, group: ActorId) -> Result<i64> {
    Ok(db!(conn, c => members::table
        .inner_join(accounts::table.on(accounts::id.eq(members::person_id)))
        .filter(members::group_id.eq(group.0).and(members::state.eq(Word(MemberState::Active))))
        .count()
        .get_result(c))?)
}

/// Somebody of the server `host` who is a member of a group, if its software keeps what is private among members.
pub fn confidant_at(conn: &mut Conn, group: ActorId, host: &Host) -> Result<Option<ActorId>> {
    let id: Option<i64> = db!(conn, c => members::table
        .inner_join(actors::table.on(actors::id.eq(members::person_id)))
        .inner_join(peers::table.on(actors::peer_id.eq(peers::id.nullable())))
        .filter(members::group_id.eq(group.0).and(members::state.eq(Word(MemberState::Active))))
        .filter(peers::host.eq(host.as_str()).and(actors::deleted.is_null()))
        .filter(keeps_secrets!())
        .order((members::since, members::person_id))
        .select(members::person_id)
        .first(c)
        .optional())?;
    Ok(id.map(ActorId))
}

/// Whether anybody of the server `host` is in a group, has asked to be, or was asked in.
pub fn is_known_at(conn: &mut Conn, group: ActorId, host: &Host) -> Result<bool> {
    let found: Option<i64> = db!(conn, c => members::table
        .inner_join(actors::table.on(actors::id.eq(members::person_id)))
        .inner_join(peers::table.on(actors::peer_id.eq(peers::id.nullable())))
        .filter(members::group_id.eq(group.0))
        .filter(peers::host.eq(host.as_str()).and(actors::deleted.is_null()))
        .select(members::person_id)
        .first(c)
        .optional())?;
    Ok(found.is_some())
}

/// How many active members each of these groups has.
pub fn member_counts(conn: &mut Conn, ids: &[ActorId]) -> Result<HashMap<ActorId, i64>> {
    let rows: Vec<(i64, i64)> = db!(conn, c => members::table
        .filter(members::group_id.among(ids).and(members::state.eq(Word(MemberState::Active))))
        .group_by(members::group_id)
        .select((members::group_id, count_star()))
        .load(c))?;
    Ok(rows.into_iter().map(|(group, count)| (ActorId(group), count)).collect())
}

/// The groups a person keeps order in.
pub fn moderated_by(conn: &mut Conn, person: ActorId) -> Result<Vec<ActorId>> {
    led_by(conn, person, from(Role::Moderator))
}

/// The groups in which a person sees to it that others are answered, and keeps no order.
pub fn attended_by(conn: &mut Conn, person: ActorId) -> Result<Vec<ActorId>> {
    led_by(conn, person, vec![Word(Role::Expert)])
}

fn led_by(conn: &mut Conn, person: ActorId, roles: Vec<Word<Role>>) -> Result<Vec<ActorId>> {
    let ids: Vec<i64> = db!(conn, c => members::table
        .filter(members::person_id.eq(person.0))
        .filter(members::state.eq(Word(MemberState::Active)).and(members::role.among(roles)))
        .select(members::group_id)
        .load(c))?;
    Ok(ids.into_iter().map(ActorId).collect())
}

/// What somebody is a member of.
pub fn memberships(conn: &mut Conn, person: ActorId) -> Result<Vec<Membership>> {
    let rows: Vec<MemberRow> = db!(conn, c => members::table
        .filter(members::person_id.eq(person.0).and(members::state.eq(Word(MemberState::Active))))
        .order(members::group_id)
        .select(MemberRow::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Membership::from).collect())
}

/// A ban from a group, or from writing in it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = bans, treat_none_as_default_value = false)]
pub struct Ban {
    /// The group.
    pub group_id: i64,
    /// Who is kept out.
    pub person_id: i64,
    /// Who decided it.
    pub by_id: i64,
    /// Why.
    pub reason: String,
    /// Since when, in milliseconds.
    pub since: i64,
    /// Until when, in milliseconds; for good if there is none.
    pub until: Option<i64>,
    /// Whether they go on reading, and are kept from writing alone.
    pub reads: bool,
}

/// Records a ban, new or changed.
pub fn set_ban(tx: &mut Tx<'_>, ban: &Ban) -> Result<()> {
    db!(tx, c => diesel::insert_into(bans::table)
        .values(ban)
        .on_conflict((bans::group_id, bans::person_id))
        .do_update()
        .set((
            bans::by_id.eq(excluded(bans::by_id)),
            bans::reason.eq(excluded(bans::reason)),
            bans::since.eq(excluded(bans::since)),
            bans::until.eq(excluded(bans::until)),
            bans::reads.eq(excluded(bans::reads)),
        ))
        .execute(c))?;
    Ok(())
}

/// Lifts a ban; whether there was one.
pub fn lift_ban(tx: &mut Tx<'_>, group: ActorId, person: ActorId) -> Result<bool> {
    let ban = bans::table.find((group.0, person.0)).filter(bans::reads.eq(false));
    Ok(db!(tx, c => diesel::delete(ban).execute(c))? > 0)
}

/// Lets somebody write again who was kept from it alone; whether they were.
pub fn lift_hush(tx: &mut Tx<'_>, group: ActorId, person: ActorId) -> Result<bool> {
    let hush = bans::table.find((group.0, person.0)).filter(bans::reads.eq(true));
    Ok(db!(tx, c => diesel::delete(hush).execute(c))? > 0)
}

/// Active members of a group whose name begins with `start`, in lower case, after the one with the number `after`.
pub fn page_of_members(
    conn: &mut Conn,
    group: ActorId,
    start: &str,
    after: ActorId,
    limit: i64,
) -> Result<Vec<Membership>> {
    let rows: Vec<MemberRow> = db!(conn, c => {
        let mut query = members::table
            .filter(members::group_id.eq(group.0).and(members::state.eq(Word(MemberState::Active))))
            .filter(members::person_id.gt(after.0))
            .order(members::person_id)
            .limit(limit)
            .select(MemberRow::as_select())
            .into_boxed();
        if !start.is_empty() {
            let called = begins(Named::Name, start).or(begins(Named::Title, start));
            query = query.filter(exists(actors::table.filter(actors::id.eq(members::person_id)).filter(called)));
        }
        query.load(c)
    })?;
    Ok(rows.into_iter().map(Membership::from).collect())
}

/// The bans from a group, and from writing in it, in force at `now`, the latest last, after the person with the number `after`.
pub fn bans(conn: &mut Conn, group: ActorId, now: Timestamp, after: ActorId, limit: i64) -> Result<Vec<Ban>> {
    Ok(db!(conn, c => bans::table
        .filter(bans::group_id.eq(group.0).and(bans::person_id.gt(after.0)))
        .filter(bans::until.is_null().or(bans::until.gt(now.0)))
        .order(bans::person_id)
        .limit(limit)
        .select(Ban::as_select())
        .load(c))?)
}

/// The ban of somebody from a group, or from writing in it, in force at `now`.
pub fn ban(conn: &mut Conn, group: ActorId, person: ActorId, now: Timestamp) -> Result<Option<Ban>> {
    Ok(db!(conn, c => bans::table
        .find((group.0, person.0))
        .filter(bans::until.is_null().or(bans::until.gt(now.0)))
        .select(Ban::as_select())
        .first(c)
        .optional())?)
}
