//! Directories: communities of which everybody may know, narrowed and in an order, a page at a time.
use std::collections::HashMap;

use diesel::{dsl, prelude::*};
use domain::{
    charter::Purpose,
    group::{MemberState, Visibility},
    host::Host,
    id::ActorId,
    post::FollowState,
    pulse::Pulse,
    rule::Regard,
    text::search::fold,
    theme::Theme,
};

use crate::{
    conn::{Conn, db},
    error::Result,
    rows::{Json, Word},
    schema::{actors, charters, follows, groups, members, peers, pulses},
};

/// How many different sets of languages are looked at.
const SETS: i64 = 1_000;
/// Of how many communities themes are counted.
const COUNTED: i64 = 10_000;

/// In which order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// By when somebody last wrote there, to the hour.
    #[default]
    Active,
    /// By their members, as they were last counted.
    Members,
    /// By name.
    Name,
}

/// Which communities.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Only those on this host of ours.
    pub host: Option<Host>,
    /// Also those of other servers that somebody follows from here.
    pub elsewhere: bool,
    /// Whose name, purpose or topics hold this.
    pub words: String,
    /// Only those that are so alive.
    pub pulse: Option<Pulse>,
    /// Only those for this.
    pub purpose: Option<Purpose>,
    /// Only those about this.
    pub theme: Option<Theme>,
    /// Only those where this language is spoken.
    pub language: Option<String>,
}

/// What an order goes through: the communities of a wish, of each of them one thing.
macro_rules! narrowed {
    ($wish:expr, $what:expr) => {{
        let wish: &Wish = $wish;
        let followed = dsl::exists(
            follows::table
                .filter(follows::target_id.eq(actors::id).and(follows::state.eq(Word(FollowState::Accepted)))),
        );
        let welcome = peers::regard.eq(Word(Regard::Welcome)).and(actors::silenced.eq(false));
        let mut query = pulses::table
            .inner_join(actors::table.on(actors::id.eq(pulses::group_id)))
            .inner_join(groups::table.on(groups::id.eq(pulses::group_id)))
            .left_join(charters::table.on(charters::group_id.eq(pulses::group_id)))
            .left_join(peers::table.on(peers::id.nullable().eq(actors::peer_id)))
            .filter(actors::deleted.is_null().and(actors::suspended.is_null()).and(actors::discoverable.eq(true)))
            .filter(groups::visibility.ne(Word(Visibility::Private)))
            .select($what)
            .into_boxed();
        query = if wish.elsewhere {
            query.filter(actors::peer_id.is_null().or(welcome.and(followed)))
        } else {
            query.filter(actors::peer_id.is_null())
        };
        if let Some(host) = &wish.host {
            query = query.filter(actors::host.eq(host.as_str()));
        }
        if !wish.words.is_empty() {
            let words = holding(&fold(&wish.words));
            let named = pulses::words.like(words.clone()).escape('\\');
            query = query.filter(named.or(charters::topics.like(words).escape('\\')));
        }
        if let Some(pulse) = wish.pulse {
            query = query.filter(pulses::pulse.eq(Word(pulse)));
        }
        if let Some(purpose) = wish.purpose {
            query = query.filter(charters::purpose.eq(Word(purpose)));
        }
        if let Some(theme) = wish.theme {
            query = query.filter(charters::themes.like(holding(&format!("\"{theme}\""))).escape('\\'));
        }
        if let Some(language) = &wish.language {
            let spoken = holding(&format!("\"{language}\""));
            query = query.filter(charters::languages.like(spoken).escape('\\'));
        }
        query
    }};
}

/// The communities after `after` in an order.
pub fn page(conn: &mut Conn, wish: &Wish, order: Order, after: Option<ActorId>, limit: i64) -> Result<Vec<ActorId>> {
    type Place = (i64, i64, i64, String);
    let place: Option<Place> = match after {
        Some(after) => db!(conn, c => pulses::table
            .find(after.0)
            .select((pulses::group_id, pulses::latest, pulses::members, pulses::name))
            .first(c)
            .optional())?,
        None => None,
    };
    let ids: Vec<i64> = db!(conn, c => {
        let mut query = narrowed!(wish, pulses::group_id).limit(limit);
        // The first comparison bounds the range of the index, the second tells apart what is equal in it.
        if let Some((group, latest, members, name)) = place {
            query = match order {
                Order::Active => query
                    .filter(pulses::latest.le(latest))
                    .filter(pulses::latest.lt(latest).or(pulses::group_id.lt(group))),
                Order::Members => query
                    .filter(pulses::members.le(members))
                    .filter(pulses::members.lt(members).or(pulses::group_id.lt(group))),
                Order::Name => query
                    .filter(pulses::name.ge(name.clone()))
                    .filter(pulses::name.gt(name).or(pulses::group_id.gt(group))),
            };
        }
        query = match order {
            Order::Active => query.order((pulses::latest.desc(), pulses::group_id.desc())),
            Order::Members => query.order((pulses::members.desc(), pulses::group_id.desc())),
            Order::Name => query.order((pulses::name, pulses::group_id)),
        };
        query.load(c)
    })?;
    Ok(ids.into_iter().map(ActorId).collect())
}

/// How many communities of a wish are about each theme, whatever theme it names; only themes that there are.
pub fn themes(conn: &mut Conn, wish: &Wish) -> Result<HashMap<Theme, usize>> {
    let wish = Wish { theme: None, ..wish.clone() };
    let sets: Vec<Option<Json<Vec<Theme>>>> = db!(conn, c => narrowed!(&wish, charters::themes.nullable())
        .filter(charters::themes.ne("[]"))
        .limit(COUNTED)
        .load(c))?;
    let mut counts = HashMap::new();
    for theme in sets.into_iter().flatten().flat_map(|set| set.0) {
        *counts.entry(theme).or_default() += 1;
    }
    Ok(counts)
}

/// The communities that somebody belongs to, as a member or by following, by name; `only_here` without those elsewhere.
pub fn of(
    conn: &mut Conn,
    person: ActorId,
    only_here: bool,
    after: Option<ActorId>,
    limit: i64,
) -> Result<Vec<ActorId>> {
    let place: Option<String> = match after {
        Some(after) => db!(conn, c => pulses::table.find(after.0).select(pulses::name).first(c).optional())?,
        None => None,
    };
    let ids: Vec<i64> = db!(conn, c => {
        let follows = dsl::exists(
            follows::table
                .filter(follows::target_id.eq(pulses::group_id).and(follows::follower_id.eq(person.0)))
                .filter(follows::state.eq(Word(FollowState::Accepted))),
        );
        let is_member = dsl::exists(
            members::table
                .filter(members::group_id.eq(pulses::group_id).and(members::person_id.eq(person.0)))
                .filter(members::state.eq(Word(MemberState::Active))),
        );
        let mut query = pulses::table
            .inner_join(actors::table.on(actors::id.eq(pulses::group_id)))
            .filter(actors::deleted.is_null().and(follows.or(is_member)))
            .order((pulses::name, pulses::group_id))
            .limit(limit)
            .select(pulses::group_id)
            .into_boxed();
        if only_here {
            query = query.filter(actors::peer_id.is_null());
        }
        if let Some((name, after)) = place.zip(after) {
            query = query
                .filter(pulses::name.ge(name.clone()))
                .filter(pulses::name.gt(name).or(pulses::group_id.gt(after.0)));
        }
        query.load(c)
    })?;
    Ok(ids.into_iter().map(ActorId).collect())
}

/// The pattern of what holds a text.
fn holding(text: &str) -> String {
    format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

/// The languages that are spoken in communities here.
pub fn languages(conn: &mut Conn) -> Result<Vec<String>> {
    let sets: Vec<Json<Vec<String>>> =
        db!(conn, c => charters::table.select(charters::languages).distinct().limit(SETS).load(c))?;
    let mut all: Vec<String> = sets.into_iter().flat_map(|set| set.0).collect();
    all.sort_unstable();
    all.dedup();
    Ok(all)
}
