//! Reports: filed here or elsewhere, seen and resolved by those who keep order.
use std::{collections::BTreeSet, sync::Arc};

use domain::{
    actor::{Actor, ActorKind},
    bylaw::Citation,
    claim::Item,
    host::Host,
    id::{ActivityId, ActorId, HouseRuleId, PostId, ReportId},
    policy,
    post::Post,
    report::{Category, Reach, Report},
    text::plain,
};
use store::{reports::Sought, timelines::Window};

use crate::{App, Error, Event, House, Me, Result, Tx, bylaws, claims, groups, posts, rules};

/// The longest comment, in characters.
pub const COMMENT: usize = 5_000;

/// How many posts one report may name.
pub const POSTS: usize = 50;

/// How many reports of one reporter may be open; a server elsewhere may be one reporter.
const OPEN: i64 = 1_000;

/// How many open reports are shown at one time.
const PAGE: i64 = 100;

/// What is reported.
#[derive(Debug, Clone)]
pub struct Complaint {
    /// Who did wrong.
    pub target: ActorId,
    /// In which of their posts, if in any.
    pub posts: Vec<PostId>,
    /// What is wrong.
    pub comment: String,
    /// What kind of wrong it is.
    pub category: Category,
    /// Which rule of the group it breaks.
    pub bylaw: Option<Citation>,
    /// Which rules of the house are broken, as far as they are known.
    pub rules: Vec<HouseRuleId>,
    /// Who elsewhere is to hear of it, too.
    pub reach: Reach,
}

/// Reports somebody, or what they wrote.
pub async fn file(app: &App, me: Me, complaint: Complaint) -> Result<Report> {
    app.write(move |tx| {
        for post in &complaint.posts {
            posts::load_seen(tx, *post, me)?;
        }
        if complaint.posts.is_empty() {
            // Of whoever wrote something that I read, I know.
            groups::acquaintance(tx, me, complaint.target)?;
        }
        let id: ActivityId = tx.new_id();
        let uri = tx.site().activity(id);
        record(tx, me.0, &complaint, &uri)
    })
    .await
}

/// Records a report from elsewhere. Calling it twice is calling it once.
pub fn receive(tx: &mut Tx<'_, '_>, reporter: ActorId, complaint: &Complaint, uri: &str) -> Result<()> {
    record(tx, reporter, complaint, uri).map(drop)
}

fn record(tx: &mut Tx<'_, '_>, reporter: ActorId, complaint: &Complaint, uri: &str) -> Result<Report> {
    let target = store::actors::by_id(tx, complaint.target)?.filter(|actor| actor.deleted.is_none());
    let target = target.ok_or(Error::NotFound)?;
    if target.id == reporter {
        return Err(Error::Invalid("nobody reports themselves".into()));
    }
    let named = store::posts::by_ids(tx, &complaint.posts)?;
    if named.len() < complaint.posts.len() || named.iter().any(|post| post.author != target.id) {
        return Err(Error::NotFound);
    }
    let rules = store::imprint::rules_by_ids(tx, &complaint.rules)?;
    let group = place(tx, reporter, &named)?;
    bylaws::check(tx, group.map(|(group, _)| group), complaint.bylaw)?;
    if store::reports::count_open_by(tx, reporter)? >= OPEN {
        return Err(Error::Conflict("too many reports are open".into()));
    }
    let is_team_elsewhere = group.is_some_and(|(_, local)| !local);
    let forwarded = match complaint.reach {
        Reach::Here => false,
        Reach::Team => is_team_elsewhere,
        Reach::Everybody => is_team_elsewhere || !target.is_local(),
    };
    let report = Report {
        id: tx.new_id(),
        uri: uri.to_owned(),
        reporter,
        target: target.id,
        posts: complaint.posts.clone(),
        group: group.map(|(group, _)| group),
        comment: plain::clean(&complaint.comment, COMMENT),
        category: complaint.category,
        bylaw: complaint.bylaw,
        rules: rules.into_iter().map(|rule| rule.id).collect(),
        forwarded,
        created: tx.now(),
        resolved: None,
        resolver: None,
    };
    if store::reports::insert(tx, &report)? {
        tx.emit(Event::Reported { report: Arc::new(report.clone()), reach: complaint.reach });
    }
    Ok(report)
}

/// The group in which all these posts stand, if it is one, and whether it lives here.
fn place(tx: &mut Tx<'_, '_>, reporter: ActorId, named: &[Post]) -> Result<Option<(ActorId, bool)>> {
    let places: BTreeSet<Option<ActorId>> = named.iter().map(|post| post.group).collect();
    for group in places.iter().flatten() {
        let (rules, standing) = groups::regard(tx, *group, reporter)?;
        match policy::report(&rules, &standing) {
            Err(_) if reports_for_members(tx, *group, reporter)? => {}
            verdict => verdict?,
        }
    }
    match places.first() {
        Some(Some(group)) if places.len() == 1 => Ok(Some((*group, groups::is_local(tx, *group)?))),
        _ => Ok(None),
    }
}

/// Whether it is a server elsewhere that reports, for one of those of its people who are members: it names nobody.
fn reports_for_members(tx: &mut Tx<'_, '_>, group: ActorId, reporter: ActorId) -> Result<bool> {
    let is_server = |actor: &Actor| matches!(actor.kind, ActorKind::Application | ActorKind::Service);
    let Some(reporter) = store::actors::by_id(tx, reporter)?.filter(is_server) else { return Ok(false) };
    let Some(host) = Host::of(&reporter.uri).filter(|_| !reporter.is_local()) else { return Ok(false) };
    Ok(store::groups::confidant_at(tx, group, &host)?.is_some())
}

/// Who hears of a report: whoever has a login here and keeps order in its group, else who administers this server.
pub(crate) fn desk(tx: &mut Tx<'_, '_>, report: &Report) -> Result<Vec<ActorId>> {
    let staff: Vec<ActorId> = match report.group {
        Some(group) => store::groups::staff(tx, group)?.iter().map(|member| member.person).collect(),
        None => Vec::new(),
    };
    let staff = store::accounts::among(tx, &staff)?;
    Ok(if staff.is_empty() { store::accounts::admins(tx)? } else { staff })
}

/// Gives what is reported of a thread that moved to the team of the group where it stands now.
pub(crate) fn hand_on(tx: &mut Tx<'_, '_>, from: ActorId, to: ActorId) -> Result<()> {
    for report in store::reports::hand_on(tx, from, to)? {
        store::claims::free(tx, Item::Report(report.id))?;
        tx.emit(Event::ReportHandedOn(Arc::new(report)));
    }
    Ok(())
}

/// The open reports I have to see to, the oldest first.
pub async fn open(app: &App, me: Me) -> Result<Vec<Report>> {
    app.read(move |c| waiting(c, me)).await
}

/// The same, for whoever has a connection at hand.
pub fn waiting(conn: &mut store::Conn, me: Me) -> store::Result<Vec<Report>> {
    let admin = store::accounts::is_admin(conn, me.0)?;
    store::reports::open_for(conn, me.0, admin, PAGE)
}

/// A part of all reports, whosever desk they lie on; for admins.
pub async fn search(app: &App, me: Me, sought: Sought, window: Window) -> Result<Vec<Report>> {
    rules::read_as_admin(app, me, move |c| store::reports::search(c, sought, window)).await
}

/// A report; for admins.
pub async fn show(app: &App, me: Me, id: ReportId) -> Result<Report> {
    rules::read_as_admin(app, me, move |c| store::reports::by_id(c, id)).await?.ok_or(Error::NotFound)
}

/// Says of what kind a report is, and which rules of the house it is about; `None` leaves it as it was filed.
pub async fn sort(
    app: &App,
    me: Me,
    id: ReportId,
    category: Option<Category>,
    named: Option<Vec<HouseRuleId>>,
) -> Result<()> {
    app.write(move |tx| {
        rules::may_administer(tx, me)?;
        let report = store::reports::by_id(tx, id)?.ok_or(Error::NotFound)?;
        let (category, named) = (category.unwrap_or(report.category), named.clone().unwrap_or(report.rules.clone()));
        if store::imprint::rules_by_ids(tx, &named)?.len() < named.len() {
            return Err(Error::NotFound);
        }
        if (category, &named) != (report.category, &report.rules) {
            store::reports::sort(tx, id, category, named)?;
            tx.emit(Event::House(House::Sorted { report: Arc::new(report), by: me.0 }));
        }
        Ok(())
    })
    .await
}

/// Says that a report is not dealt with after all; saying so again changes nothing.
pub async fn reopen(app: &App, me: Me, id: ReportId) -> Result<()> {
    app.write(move |tx| {
        rules::may_administer(tx, me)?;
        let report = store::reports::by_id(tx, id)?.ok_or(Error::NotFound)?;
        if report.resolved.is_some() {
            store::reports::reopen(tx, id)?;
            tx.emit(Event::House(House::Reopened { report: Arc::new(report), by: me.0 }));
        }
        Ok(())
    })
    .await
}

/// Says that a report is dealt with; saying so again changes nothing.
pub async fn resolve(app: &App, me: Me, id: ReportId) -> Result<()> {
    app.write(move |tx| {
        let report = store::reports::by_id(tx, id)?.ok_or(Error::NotFound)?;
        close(tx, me.0, report)?;
        claims::heed(tx, me.0, Item::Report(id))
    })
    .await
}

/// Records that a moderator elsewhere dealt with a report.
pub fn receive_resolve(tx: &mut Tx<'_, '_>, by: ActorId, uri: &str) -> Result<()> {
    let report = store::reports::by_uri(tx, uri)?.ok_or(Error::NotFound)?;
    close(tx, by, report)
}

/// Closes the reports about a post alone that was taken out of its group: they are dealt with by that.
pub(crate) fn settle(tx: &mut Tx<'_, '_>, by: ActorId, post: &Post) -> Result<()> {
    let (Some(group), now) = (post.group, tx.now()) else { return Ok(()) };
    for report in store::reports::open_about(tx, group, post)? {
        store::claims::free(tx, Item::Report(report.id))?;
        store::reports::resolve(tx, report.id, by, now)?;
        tx.emit(Event::ReportResolved { report: Arc::new(report), by });
    }
    Ok(())
}

fn close(tx: &mut Tx<'_, '_>, by: ActorId, report: Report) -> Result<()> {
    let standing = match report.group {
        Some(group) => groups::regard(tx, group, by)?.1,
        None => groups::regard_at_large(tx, by)?,
    };
    // Whoever may not see a report does not learn either that there is one.
    policy::moderate(&standing).map_err(|_hidden| Error::NotFound)?;
    if report.resolved.is_none() {
        let now = tx.now();
        store::reports::resolve(tx, report.id, by, now)?;
        tx.emit(Event::ReportResolved { report: Arc::new(report), by });
    }
    Ok(())
}
