//! With which signs people like a status, as Pleroma, glitch-soc and their kin tell it.
use std::collections::HashMap;

use domain::{
    id::{PeerId, PostId},
    urls::Site,
};
use serde::Serialize;
use store::{Conn, Result, votes::Signed};

/// One sign of a status, for everybody.
#[derive(Debug, Clone)]
pub(crate) struct Sign {
    /// As it is kept: a sign, or a name between colons.
    kept: String,
    is_ours: bool,
    /// What it is called.
    pub(crate) name: String,
    /// How many like the status with it.
    pub(crate) count: i64,
    /// Where its picture is, if it is a custom emoji.
    pub(crate) url: Option<String>,
    static_url: Option<String>,
}

/// A `Reaction`: a sign as one reader is shown it.
#[derive(Debug, Serialize)]
pub(crate) struct Reaction<'a> {
    name: &'a str,
    count: i64,
    me: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    static_url: Option<&'a str>,
}

impl Sign {
    /// As somebody sees it who likes the status with `mine`, if they do.
    pub(crate) fn seen(&self, mine: Option<&str>) -> Reaction<'_> {
        Reaction {
            name: &self.name,
            count: self.count,
            me: self.is_of(mine),
            url: self.url.as_deref(),
            static_url: self.static_url.as_deref(),
        }
    }
}

impl Sign {
    /// Whether it is the one with which somebody here likes the status.
    pub(crate) fn is_of(&self, mine: Option<&str>) -> bool {
        // A name elsewhere is another emoji, a sign is the same everywhere.
        mine == Some(self.kept.as_str()) && (self.is_ours || !self.kept.starts_with(':'))
    }
}

/// What a sign is called: of a custom emoji its name, with its server if that is not this one.
pub(crate) fn name(kept: &str, host: Option<&str>) -> String {
    let bare = kept.trim_matches(':');
    match host {
        Some(host) if bare != kept => format!("{bare}@{host}"),
        _ => bare.to_owned(),
    }
}

/// How many signs of a status are shown, the most used: strangers make up as many as they like.
const MOST: usize = 50;

/// The signs of these statuses, the most used first.
pub(crate) fn of(conn: &mut Conn, site: &Site, posts: &[PostId]) -> Result<HashMap<PostId, Vec<Sign>>> {
    let counted = store::votes::counted(conn, posts)?;
    if counted.is_empty() {
        return Ok(HashMap::new());
    }
    let palette = store::emoji::palette(conn, counted.iter().map(|signed| (signed.peer, signed.sign.as_str())))?;
    let peers: Vec<PeerId> = counted.iter().filter_map(|signed| signed.peer).collect();
    let hosts = store::peers::by_ids(conn, &peers)?.into_iter().map(|peer| (peer.id, peer.host));
    let hosts: HashMap<PeerId, String> = hosts.collect();
    let mut found: HashMap<PostId, HashMap<String, Sign>> = HashMap::new();
    for Signed { post, peer, sign: kept, count } in counted {
        let signs = found.entry(post).or_default();
        let name = name(&kept, peer.and_then(|peer| hosts.get(&peer)).map(String::as_str));
        let emoji = palette.of(peer, [kept.as_str()]).pop();
        let sign = signs.entry(name.clone()).or_insert_with(|| Sign {
            is_ours: false,
            count: 0,
            url: emoji.map(|emoji| emoji.picture(site)),
            static_url: emoji.map(|emoji| emoji.still(site)),
            name,
            kept,
        });
        sign.count += count;
        sign.is_ours |= peer.is_none();
    }
    let in_order = |signs: HashMap<String, Sign>| {
        let mut signs: Vec<Sign> = signs.into_values().collect();
        signs.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.name.cmp(&other.name)));
        signs.truncate(MOST);
        signs
    };
    Ok(found.into_iter().map(|(post, signs)| (post, in_order(signs))).collect())
}
