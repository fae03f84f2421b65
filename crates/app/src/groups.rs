//! Groups: created here, and what people are to them.
use std::sync::Arc;

use domain::{
    actor::{Actor, ActorKind},
    group::{GroupRules, Joining, MemberState, Membership, Reach, Role, Standing, Visibility},
    handle,
    host::Host,
    id::{ActorId, PostId},
    policy,
    text::{html, markdown, plain},
    time::Timestamp,
    urls::{self, ActorPart},
};
use futures_util::future::BoxFuture;

use crate::{
    App, Error, Event, Me, Result, Tx, follows,
    hosts::{self, Home},
    keys, welcomes,
};

/// A group to be created.
#[derive(Debug, Clone)]
pub struct NewGroup {
    /// The name of its handle.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// What it is for, Markdown.
    pub summary: String,
    /// Who reads and who writes.
    pub visibility: Visibility,
    /// How one becomes a member.
    pub joining: Joining,
    /// How far what is written in it may go if it is private.
    pub reach: Reach,
    /// Whether nobody learns of it who was not let in.
    pub hidden: bool,
    /// The host of its handle, when that is not the server's own.
    pub host: Option<Host>,
}

/// Creates a group that `owner` owns and follows.
pub async fn create(app: &App, owner: ActorId, new: NewGroup) -> Result<Actor> {
    let prepared = prepare(app, new).await?;
    let group = app.write(move |tx| found(tx, owner, &prepared)).await?;
    hosts::load(app).await?;
    Ok(group)
}

/// A group ready to be written: its texts are checked, its keys are made.
#[derive(Clone)]
pub(crate) struct Prepared {
    name: String,
    title: String,
    summary: String,
    visibility: Visibility,
    joining: Joining,
    reach: Reach,
    hidden: bool,
    home: Home,
    keys: keys::Pair,
}

pub(crate) async fn prepare(app: &App, new: NewGroup) -> Result<Prepared> {
    let name = checked_name(&new.name)?;
    let title = plain::name(&new.title);
    if title.is_empty() {
        return Err(Error::Invalid("a group needs a title".into()));
    }
    let summary = markdown::render(&new.summary, |_| None, |_| None);
    let home = hosts::prepare(app, new.host).await?;
    let keys = keys::generate(app).await?;
    let NewGroup { visibility, joining, reach, hidden, .. } = new;
    Ok(Prepared { name, title, summary, visibility, joining, reach, hidden, home, keys })
}

pub(crate) fn found(tx: &mut Tx<'_, '_>, owner: ActorId, new: &Prepared) -> Result<Actor> {
    let owner_actor = store::actors::by_id(tx, owner)?.filter(Actor::is_local).ok_or(Error::NotFound)?;
    let host = hosts::open(tx, &new.home)?;
    let mut group = new_local(tx, ActorKind::Group, &host, (&new.name, &new.title))?;
    group.summary.clone_from(&new.summary);
    group.approves_followers = approves(new.visibility, new.joining);
    group.discoverable = new.visibility != Visibility::Private;
    group.indexable = group.discoverable;
    store::actors::insert(tx, &group)?;
    keys::keep(tx, &group, &new.keys)?;
    let Prepared { visibility, joining, reach, hidden, .. } = *new;
    store::groups::set_rules(
        tx,
        &GroupRules {
            hidden,
            id: group.id,
            visibility,
            joining,
            moderators_only: false,
            reach,
            confides_from: PostId(0),
        },
    )?;
    let since = tx.now();
    let membership =
        Membership { group: group.id, person: owner, role: Role::Owner, state: MemberState::Active, since };
    store::groups::set_membership(tx, &membership)?;
    crate::follows::accept_local(tx, owner_actor.id, group.id)?;
    tx.emit(Event::GroupCreated { group: Arc::new(group.clone()), by: owner });
    Ok(group)
}

/// Whether a request to follow waits for an answer, as far as other software needs to know.
pub(crate) fn approves(visibility: Visibility, joining: Joining) -> bool {
    joining == Joining::Approval || visibility == Visibility::Private
}

/// What a group says of itself, to be changed; `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// What it is called.
    pub title: Option<String>,
    /// What it is for, Markdown.
    pub summary: Option<String>,
}

/// Changes what a group says of itself.
pub async fn change(app: &App, me: Me, group: ActorId, change: Change) -> Result<Actor> {
    app.write(move |tx| {
        let (_, standing) = named(tx, group, me.0)?;
        policy::manage(&standing)?;
        let mut actor = store::actors::by_id(tx, group)?.filter(Actor::is_local).ok_or(Error::NotFound)?;
        if let Some(title) = &change.title {
            actor.title = plain::name(title);
        }
        if let Some(summary) = &change.summary {
            actor.summary = html::sanitize(&markdown::render(summary, |_| None, |_| None));
        }
        actor.updated = tx.now();
        store::actors::upsert(tx, &actor)?;
        tx.emit(Event::ProfileChanged { actor: Arc::new(actor.clone()), by: me.0 });
        Ok(actor)
    })
    .await
}

/// Decides how far what is written in a private group may go. What was written before it may leave stays here for good; what
/// left before it must stay does not come back, but is taken back like everything else when it is deleted.
pub async fn set_reach(app: &App, me: Me, group: ActorId, reach: Reach) -> Result<()> {
    app.write(move |tx| {
        let (rules, _) = named(tx, group, me.0)?;
        if rules.visibility != Visibility::Private {
            return Err(Error::Invalid("what is written in this group is for everybody already".into()));
        }
        let known = store::actors::by_id(tx, group)?.filter(Actor::is_local).ok_or(Error::NotFound)?;
        let reaching = reaching(tx, rules, me, reach)?;
        store::groups::set_rules(tx, &reaching)?;
        let actor = Actor { updated: tx.now(), ..known };
        store::actors::upsert(tx, &actor)?;
        tx.emit(Event::ProfileChanged { actor: Arc::new(actor), by: me.0 });
        Ok(())
    })
    .await
}

/// The rules of a group with another reach, if I may decide that.
pub(crate) fn reaching(tx: &mut Tx<'_, '_>, rules: GroupRules, me: Me, reach: Reach) -> Result<GroupRules> {
    if rules.reach == reach {
        return Ok(rules);
    }
    let (_, standing) = regard(tx, rules.id, me.0)?;
    policy::set_reach(&standing)?;
    // What stands there was written for those who read it now.
    let confides_from = if reach == Reach::Trusted { tx.post_id(tx.now(), true) } else { rules.confides_from };
    Ok(GroupRules { reach, confides_from, ..rules })
}

/// Records that somebody elsewhere who leads a group here changed what it says of itself; the summary is sanitised HTML.
pub fn receive_change(tx: &mut Tx<'_, '_>, by: ActorId, group: ActorId, title: &str, summary: &str) -> Result<()> {
    let (_, standing) = regard(tx, group, by)?;
    policy::manage(&standing)?;
    let known = store::actors::by_id(tx, group)?.filter(Actor::is_local).ok_or(Error::NotFound)?;
    let title = plain::name(title);
    if title.is_empty() || (title == known.title && summary == known.summary) {
        return Ok(());
    }
    let actor = Actor { title, summary: summary.to_owned(), updated: tx.now(), ..known };
    store::actors::upsert(tx, &actor)?;
    tx.emit(Event::ProfileChanged { actor: Arc::new(actor), by });
    Ok(())
}

/// The job that ends what follows a private group without being a member; its subject is the number of the group.
pub(crate) const PART: &str = "part";

/// Puts those out who followed a group when it turned private, and were no members, a piece at a time: what is said there
/// now is not for them.
pub(crate) fn part(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    const SOME: i64 = 200;
    Box::pin(async move {
        let group = subject.parse().map(ActorId).map_err(|_unread| Error::Invalid(subject))?;
        let some = move |tx: &mut Tx<'_, '_>| -> Result<bool> {
            // It is open again by now.
            if store::groups::rules(tx, group)?.is_none_or(|rules| rules.visibility != Visibility::Private) {
                return Ok(false);
            }
            let strangers = store::follows::no_members(tx, group, ActorId(0), SOME)?;
            for stranger in &strangers {
                follows::expel(tx, group, *stranger, group)?;
                welcomes::part(tx, group, *stranger)?;
            }
            Ok(i64::try_from(strangers.len()).is_ok_and(|found| found == SOME))
        };
        while app.write(some).await? {}
        Ok(())
    })
}

/// The rules of a group, and what a person is to it. To itself a group is what its owner is.
pub(crate) fn regard(tx: &mut Tx<'_, '_>, group: ActorId, person: ActorId) -> Result<(GroupRules, Standing)> {
    let rules = store::groups::rules(tx, group)?.ok_or(Error::NotFound)?;
    if person == group {
        return Ok((rules, Standing { role: Some(Role::Owner), ..Standing::default() }));
    }
    let now = tx.now();
    Ok((rules, store::groups::standing(tx, group, person, now)?))
}

/// The same for somebody who names a group by its number: where they may know of none, there is none.
pub(crate) fn named(tx: &mut Tx<'_, '_>, group: ActorId, person: ActorId) -> Result<(GroupRules, Standing)> {
    let (rules, standing) = regard(tx, group, person)?;
    policy::know(&rules, &standing).map_err(|_hidden| Error::NotFound)?;
    Ok((rules, standing))
}

/// What a person is to what stands in no group: an admin of this server, or nobody in particular.
pub(crate) fn regard_at_large(conn: &mut store::Conn, person: ActorId) -> store::Result<Standing> {
    let admin = store::accounts::is_admin(conn, person)?;
    let unsecured = admin && store::second_steps::lacks(conn, person, None)?;
    Ok(Standing { admin, unsecured, ..Standing::default() })
}

/// Whether `viewer` may know that an actor is there: everybody may, unless it is a hidden group of ours.
///
/// # Errors
/// When the database fails.
pub fn is_known(c: &mut store::Conn, actor: &Actor, viewer: Option<ActorId>, now: Timestamp) -> store::Result<bool> {
    Ok(secret(c, actor, viewer, now)?.is_none_or(|(rules, standing)| policy::know(&rules, &standing).is_ok()))
}

/// Whether there is somebody with this number of whom `viewer` may know.
pub async fn is_somebody(app: &App, id: ActorId, viewer: Option<ActorId>) -> Result<bool> {
    let now = app.now();
    app.read(move |c| match store::actors::by_id(c, id)? {
        Some(actor) => is_known(c, &actor, viewer, now),
        None => Ok(false),
    })
    .await
}

/// Whether `me` may do something for themselves about an actor whom they name by their number, or take it back.
///
/// # Errors
/// When the database fails.
pub fn is_acquainted(c: &mut store::Conn, actor: &Actor, me: Me, now: Timestamp) -> store::Result<bool> {
    let Some((rules, standing)) = secret(c, actor, Some(me.0), now)? else { return Ok(true) };
    Ok(policy::acquaint(&rules, &standing, store::known::has_own(c, me.0, actor.id)?).is_ok())
}

/// The actor with this number, unless it is gone, or `me` may not know of it and has nothing of their own that is about it.
pub(crate) fn acquaintance(tx: &mut Tx<'_, '_>, me: Me, id: ActorId) -> Result<Actor> {
    let (actor, now) = (follows::living(tx, id)?, tx.now());
    if is_acquainted(tx, &actor, me, now)? { Ok(actor) } else { Err(Error::NotFound) }
}

/// The rules of an actor that is a hidden group of ours, and what `viewer` is to it.
fn secret(
    c: &mut store::Conn,
    actor: &Actor,
    viewer: Option<ActorId>,
    now: Timestamp,
) -> store::Result<Option<(GroupRules, Standing)>> {
    if !actor.is_group() || !actor.is_local() {
        return Ok(None);
    }
    let Some(rules) = store::groups::rules(c, actor.id)?.filter(|rules| rules.hidden) else { return Ok(None) };
    let standing = match viewer {
        Some(viewer) => store::groups::standing(c, actor.id, viewer, now)?,
        None => Standing::default(),
    };
    Ok(Some((rules, standing)))
}

/// Whether a group lives here.
pub(crate) fn is_local(tx: &mut Tx<'_, '_>, group: ActorId) -> Result<bool> {
    Ok(store::actors::is_local(tx, group)?)
}

/// A name that a person or group here may have.
pub(crate) fn checked_name(name: &str) -> Result<String> {
    let name = handle::local_name(name)
        .ok_or_else(|| Error::Invalid("a name has 1 to 30 letters a–z, digits or underscores".into()))?;
    if handle::is_reserved(&name) {
        return Err(Error::Invalid(format!("the name `{name}` is reserved")));
    }
    Ok(name)
}

/// A new actor of this server; people and groups of one host share one namespace.
pub(crate) fn new_local(
    tx: &mut Tx<'_, '_>,
    kind: ActorKind,
    host: &Host,
    (name, title): (&str, &str),
) -> Result<Actor> {
    if store::actors::name_taken(tx, name, host.as_str())? {
        return Err(Error::Conflict(format!("the name `{name}` is taken")));
    }
    let uri = tx.site().actor(host, name);
    Ok(Actor {
        id: tx.new_id(),
        title: title.to_owned(),
        inbox: urls::actor_part(&uri, ActorPart::Inbox),
        shared_inbox: Some(tx.site().inbox(host)),
        followers: Some(urls::actor_part(&uri, ActorPart::Followers)),
        ..Actor::new(kind, uri, (name, host.as_str()), tx.now())
    })
}
