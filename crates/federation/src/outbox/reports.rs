//! Reports filed here, told to those who decide elsewhere, in the two ways that are understood.
use std::slice;

use app::{Result, Tx};
use domain::{
    actor::Actor,
    peer::Receivers,
    report::{Reach, Report},
};
use store::deliveries::Recipients;

use super::send::{Envelope, Name, actor, send};
use crate::render::activity;

/// Somebody filed a report here that is to be told elsewhere.
pub(super) fn filed(tx: &mut Tx<'_, '_>, report: &Report, reach: Reach) -> Result<()> {
    let (Some(target), true) = (actor(tx, report.target)?, report.forwarded) else { return Ok(()) };
    let posts: Vec<String> = store::posts::by_ids(tx, &report.posts)?.into_iter().map(|post| post.uri).collect();
    let group = match report.group {
        Some(group) => actor(tx, group)?.filter(|group| !group.is_local()),
        None => None,
    };
    to_servers(tx, report, &target, (group.as_ref(), reach), &posts)?;
    let service = app::instance::reporter(tx.site());
    let (Some(group), Some(service)) = (group, store::actors::by_uri(tx, &service)?) else { return Ok(()) };
    posts.iter().try_for_each(|post| to_group(tx, report, (&service, &group), post))
}

/// Servers hear it from ours, which does not say who reports: that of who is reported, if it is to, and that of the group,
/// if it is no forum. A forum that hears it as the server of the group does not hear it twice.
fn to_servers(
    tx: &mut Tx<'_, '_>,
    report: &Report,
    target: &Actor,
    (group, reach): (Option<&Actor>, Reach),
    posts: &[String],
) -> Result<()> {
    let uri = tx.site().instance(tx.site().host());
    let Some(server) = store::actors::by_uri(tx, &uri)? else { return Ok(()) };
    let name = Name::given(tx, &report.uri)?;
    let activity = activity::flag(&name.uri, &server, target, posts, &report.comment);
    let is_together = group.is_some_and(|group| group.peer == target.peer);
    let author = Recipients {
        people: if reach == Reach::Everybody { slice::from_ref(&target.id) } else { &[] },
        receivers: if is_together { Receivers::Microblogs } else { Receivers::All },
        ..Recipients::NONE
    };
    let team = Recipients {
        people: group.map_or(&[], |group| slice::from_ref(&group.id)),
        receivers: Receivers::Microblogs,
        ..Recipients::NONE
    };
    send(tx, &name, private(&server), &activity, &[author, team])?;
    Ok(())
}

/// A group elsewhere hears it from a service of ours, one post at a time: forums take it in no other way, and not from
/// the server's own actor.
fn to_group(tx: &mut Tx<'_, '_>, report: &Report, (by, group): (&Actor, &Actor), post: &str) -> Result<()> {
    // Where one activity says it all, whoever deals with it can name it.
    let name = if report.posts.len() == 1 { Name::given(tx, &report.uri)? } else { Name::new(tx, by) };
    let activity = activity::flag_to_group(&name.uri, by, group, post, &report.comment);
    let people = slice::from_ref(&group.id);
    let to = Recipients { people, receivers: Receivers::Forums, ..Recipients::NONE };
    send(tx, &name, private(by), &activity, &[to])?;
    Ok(())
}

fn private(by: &Actor) -> Envelope {
    Envelope { public: false, ..Envelope::of(by.id, None) }
}
