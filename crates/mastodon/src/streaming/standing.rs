//! Where a post stands in the timelines that are told of, and who could read it.
use std::collections::HashSet;

use app::{App, Me, live::Whereabouts};
use domain::{
    filter::Place,
    group::MemberState,
    id::ActorId,
    post::{Audience, FollowState},
};
use store::{
    Conn,
    people::People,
    timelines::{self, Entry, Window},
};

use super::channel::{Channel, tagged};
use crate::entities::list;

/// How many of those whom one follows are known to a stream.
const FOLLOWED: i64 = 20_000;

/// What has this number, and nothing else.
pub(super) fn just(number: i64) -> Window {
    Window { before: number.saturating_add(1), after: number.saturating_sub(1), ..Window::newest(1) }
}

/// Whether somebody could read a post that is gone now.
pub(super) fn could_read(c: &mut Conn, me: ActorId, place: &Whereabouts) -> store::Result<bool> {
    match (place.audience, place.group) {
        _ if place.by == me => Ok(true),
        (Audience::Public | Audience::Unlisted, _) => Ok(true),
        (Audience::Followers, _) => {
            let follow = store::follows::get(c, me, place.by)?;
            Ok(follow.is_some_and(|follow| follow.state == FollowState::Accepted))
        }
        (Audience::Members, Some(group)) => {
            let member = store::groups::membership(c, group, me)?;
            Ok(member.is_some_and(|member| member.state == MemberState::Active))
        }
        (Audience::Members | Audience::Direct, _) => Ok(store::posts::mentioned(c, place.post)?.contains(&me)),
    }
}

/// Whom somebody follows.
pub(super) async fn follows(app: &App, me: Me) -> app::Result<HashSet<ActorId>> {
    let followed = move |c: &mut Conn| store::people::page(c, People::Following(me.0), None, Window::newest(FOLLOWED));
    Ok(app.read(followed).await?.into_iter().collect())
}

/// Where what one does not want to see is left out on a channel.
pub(super) fn shown_in(channel: &Channel) -> Place {
    match channel {
        Channel::Public(_) | Channel::Tag(..) => Place::Public,
        Channel::User | Channel::Told | Channel::List(_) | Channel::Direct => Place::Home,
    }
}

/// The entries of a channel's timeline by which a post stands there.
pub(super) fn standing(c: &mut Conn, me: ActorId, channel: &Channel, place: &Whereabouts) -> store::Result<Vec<Entry>> {
    let (first, last) = if place.is_shared {
        let Some(share) = timelines::share(c, place.post, place.by)? else { return Ok(Vec::new()) };
        (share.number, share.number)
    } else {
        (place.post.0, place.post.passed_on())
    };
    let window = Window { before: last.saturating_add(1), after: first.saturating_sub(1), ..Window::newest(2) };
    let written = |found: Vec<_>| found.into_iter().map(Entry::of).collect();
    Ok(match channel {
        Channel::User => timelines::home(c, me, window)?,
        Channel::Public(open) => written(timelines::public(c, Some(me), open, window)?),
        Channel::Tag(tag, local) => {
            let open = timelines::Open { local: *local, pictures: false };
            written(timelines::tagged(c, Some(me), &tagged(tag), &open, window)?)
        }
        Channel::List(number) => match list::source(c, me, *number)? {
            Some(list::Source::Own(own)) => timelines::of_list(c, &own, window)?,
            Some(list::Source::Group(group)) => timelines::of_group(c, group, Some(me), window)?,
            None => Vec::new(),
        },
        Channel::Told | Channel::Direct => Vec::new(),
    })
}
