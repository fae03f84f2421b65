//! Hashtags, with how much they were used within a week.
use std::collections::{HashMap, HashSet};

use domain::{
    id::{self, ActorId, PostId},
    time::{Timestamp, span},
    urls::Site,
};
use serde::Serialize;
use store::{
    Conn, Result,
    tags::{Kept, Use, Used},
};

use super::{Id, Reader, date};

/// How many days a history has.
const DAYS: i64 = 7;

/// How many uses within these days are counted, of all hashtags together.
const COUNTED: i64 = 5_000;

const DAY: i64 = 86_400_000;

/// A `Tag`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Tag {
    id: String,
    name: String,
    url: String,
    history: Vec<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    following: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    featuring: Option<bool>,
}

#[derive(Debug, Clone, Serialize)]
#[expect(clippy::struct_field_names, reason = "that is what the entity is")]
pub(crate) struct Day {
    day: String,
    accounts: String,
    uses: String,
}

/// The first post that could have been written on the oldest day of a history.
pub(crate) fn since(now: Timestamp) -> PostId {
    PostId(id::at(now - span::days(7), 0))
}

/// The newest uses of hashtags.
pub(crate) fn uses(conn: &mut Conn, tags: Option<&[String]>, now: Timestamp) -> Result<Vec<Use>> {
    store::tags::uses(conn, tags, since(now), COUNTED)
}

/// How often, and by how many; of each use in which post, and by whom.
pub(super) fn history(uses: &[(PostId, ActorId)], now: Timestamp) -> Vec<Day> {
    let today = now.millis().div_euclid(DAY);
    let day = |ago: i64| {
        let day = today - ago;
        let of_day = uses.iter().filter(|(post, _)| post.timestamp().millis().div_euclid(DAY) == day);
        let accounts: HashSet<ActorId> = of_day.clone().map(|(_, author)| *author).collect();
        let start = (day * DAY) / 1_000;
        Day { day: start.to_string(), accounts: accounts.len().to_string(), uses: of_day.count().to_string() }
    };
    (0..DAYS).map(day).collect()
}

/// These hashtags, in their order.
pub(crate) fn list(conn: &mut Conn, reader: &Reader, tags: &[String]) -> Result<Vec<Tag>> {
    let uses = uses(conn, Some(tags), reader.now)?;
    let (followed, featured) = match reader.me {
        Some(me) => {
            let featured: HashSet<String> = store::tags::featured(conn, me)?.into_iter().map(|kept| kept.tag).collect();
            (Some(store::tags::followed_among(conn, me, tags)?), Some(featured))
        }
        None => (None, None),
    };
    let tag = |name: &String| {
        let of_tag: Vec<_> = uses.iter().filter(|(tag, ..)| tag == name).map(|(_, post, by)| (*post, *by)).collect();
        Tag {
            id: name.clone(),
            name: name.clone(),
            url: reader.site.tag(name),
            history: history(&of_tag, reader.now),
            following: followed.as_ref().map(|followed| followed.contains(name)),
            featuring: featured.as_ref().map(|featured| featured.contains(name)),
        }
    };
    Ok(tags.iter().map(tag).collect())
}

/// The hashtags that were used by most within the last days, the most used first.
pub(crate) fn trending(conn: &mut Conn, now: Timestamp) -> Result<Vec<String>> {
    let mut by: HashMap<String, HashSet<ActorId>> = HashMap::new();
    for (tag, _, author) in uses(conn, None, now)? {
        by.entry(tag).or_default().insert(author);
    }
    let mut ranked: Vec<(usize, String)> = by.into_iter().map(|(tag, authors)| (authors.len(), tag)).collect();
    ranked.sort_by(|(one, a), (other, b)| other.cmp(one).then_with(|| a.cmp(b)));
    Ok(ranked.into_iter().map(|(_, tag)| tag).collect())
}

/// A `FeaturedTag`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Featured {
    id: Id,
    name: String,
    url: String,
    statuses_count: String,
    last_status_at: Option<String>,
}

/// A hashtag that somebody shows on their page.
pub(crate) fn featured(site: &Site, kept: &Kept, used: Used) -> Featured {
    Featured {
        id: Id(kept.id.0),
        name: kept.tag.clone(),
        url: site.tag(&kept.tag),
        statuses_count: used.posts.to_string(),
        last_status_at: used.newest.map(|post| date(post.timestamp())),
    }
}
