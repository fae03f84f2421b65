//! Lists of people as clients page through them: in the order in which they came, without those whom the reader shuns, and
//! groups that are hidden from them.
use diesel::{prelude::*, sql_types::Bool};
use domain::{
    id::{ActorId, ListId, PostId},
    post::{FollowState, Vote},
    shun::Deed,
};

use crate::{
    conn::{Conn, db},
    error::Result,
    known::known_to,
    rows::Word,
    schema::{endorsements, follows, list_members, shares, shuns, votes},
    timelines::Window,
    wanted::{Whom, wanted},
};

/// Which people a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum People {
    /// Who follows this one.
    Followers(ActorId),
    /// Whom this one follows.
    Following(ActorId),
    /// Who likes a post.
    Liking(PostId),
    /// Who passed a post on.
    Sharing(PostId),
    /// Whom this one shuns in this way.
    Shunned(ActorId, Deed),
    /// Whom this one recommends.
    Endorsed(ActorId),
    /// Who is in a list.
    Listed(ListId),
}

/// For whom a list of people is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Whoever keeps it: everybody who is in it.
    Keeper,
    /// Somebody who looks at it, or nobody in particular: nobody whom they shun, and no group that is hidden from them.
    Viewer(Option<ActorId>),
}

/// Somebody in a list, with the number by which it is paged: of what made them a part of it, or their own where nobody cares
/// since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Placed {
    /// The number.
    pub number: i64,
    who: i64,
}

impl Placed {
    /// Who it is.
    pub fn who(self) -> ActorId {
        ActorId(self.who)
    }
}

macro_rules! page {
    ($conn:ident, $window:ident, $number:expr, $who:expr, $filter:expr) => {
        db!($conn, c => {
            let within = $number.lt($window.before).and($number.gt($window.after));
            let query = QueryDsl::select(QueryDsl::filter($filter, within), ($number, $who))
                .limit($window.limit)
                .into_boxed();
            if $window.nearest { query.order($number.asc()) } else { query.order($number.desc()) }.load(c)
        })
    };
}

/// A part of a list of people, for whoever reads it; the newest first.
pub fn page(conn: &mut Conn, people: People, reader: For, window: Window) -> Result<Vec<Placed>> {
    let (viewer, all) = match reader {
        For::Keeper => (None, true),
        For::Viewer(viewer) => (viewer, false),
    };
    let known = |column| known_to(viewer, column).or(all.into_sql::<Bool>());
    let shown = |column| wanted(viewer, Whom::Person(column)).and(known(column));
    let found: Vec<Placed> = match people {
        People::Followers(actor) => page!(
            conn,
            window,
            follows::id,
            follows::follower_id,
            follows::table
                .filter(follows::target_id.eq(actor.0).and(follows::state.eq(Word(FollowState::Accepted))))
                .filter(shown("follows.follower_id"))
        ),
        People::Following(actor) => page!(
            conn,
            window,
            follows::id,
            follows::target_id,
            follows::table
                .filter(follows::follower_id.eq(actor.0).and(follows::state.eq(Word(FollowState::Accepted))))
                .filter(shown("follows.target_id"))
        ),
        People::Liking(post) => page!(
            conn,
            window,
            votes::id,
            votes::actor_id,
            votes::table
                .filter(votes::post_id.eq(post.0).and(votes::value.eq(Word(Vote::Like))))
                .filter(shown("votes.actor_id"))
        ),
        People::Sharing(post) => page!(
            conn,
            window,
            shares::id,
            shares::actor_id,
            shares::table.filter(shares::post_id.eq(post.0)).filter(shown("shares.actor_id"))
        ),
        People::Shunned(actor, deed) => page!(
            conn,
            window,
            shuns::id,
            shuns::target_id,
            shuns::table.filter(shuns::actor_id.eq(actor.0).and(shuns::deed.eq(Word(deed))))
        ),
        People::Endorsed(actor) => page!(
            conn,
            window,
            endorsements::target_id,
            endorsements::target_id,
            endorsements::table.filter(endorsements::person_id.eq(actor.0)).filter(shown("endorsements.target_id"))
        ),
        People::Listed(list) => page!(
            conn,
            window,
            list_members::actor_id,
            list_members::actor_id,
            list_members::table.filter(list_members::list_id.eq(list.0))
        ),
    }?;
    Ok(window.arrange(found))
}
