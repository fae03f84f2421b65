//! Replies in the order in which they are read.
use std::collections::{HashMap, HashSet};

use app::view::PostView;
use domain::{filter::Fate, id::PostId};

use super::{
    Reply,
    read::{self, Read},
};
use crate::{cards::Card, language::Language, readers};

/// How deep replies are shown inside one another; deeper ones line up below.
const LEVELS: usize = 6;

/// Replies and gaps in the order of the page.
pub(super) fn arrange(t: Language, read: &Read, is_linear: bool, card: impl Fn(&PostView) -> Card) -> Vec<Reply> {
    let here = readers::chip(t, read.post.post.audience);
    let fates: HashMap<PostId, Fate> =
        read.replies.iter().map(|view| (view.post.id, read.sieve.fate(&view.post))).collect();
    let kept = kept(read, &fates, is_linear);
    let links = read.replies.iter().map(|view| (view.post.id, view.post.parent)).filter(|(id, _)| kept.contains(id));
    let order = if is_linear {
        links.map(|(id, _)| (id, 1)).collect()
    } else {
        order(read.post.post.id, links.chain(read.gaps.iter().map(|gap| (gap.id, gap.parent))))
    };
    let fate = |id: PostId| fates.get(&id).cloned().unwrap_or_default();
    let shown = |view: &PostView| Some((view.post.id, card(view).under(t, fate(view.post.id))?));
    let mut cards: HashMap<PostId, Card> = read.replies.iter().filter_map(shown).collect();
    let reply = |(place, (id, level)): (usize, &(PostId, usize))| {
        let after = order.get(place + 1..).unwrap_or_default();
        let next = after.first().map_or(1, |(_, level)| *level);
        let below = after.iter().take_while(|(_, deeper)| deeper > level).count();
        let gap = read.gaps.iter().find(|gap| gap.id == *id);
        let card = cards.remove(id);
        Reply {
            id: id.0,
            is_new: card.as_ref().is_some_and(|card| !card.mine && card.folded.is_none())
                && read.seen.is_some_and(|seen| *id > seen),
            readers: card.as_ref().and_then(|card| card.readers).filter(|readers| Some(*readers) != here),
            card,
            is_removed: gap.is_some_and(|gap| gap.is_removed),
            hidden_by: match fate(*id) {
                Fate::Hidden(filter) => Some(filter),
                _ => None,
            },
            reason: gap.map(|gap| gap.reason.clone()).unwrap_or_default(),
            rule: gap.and_then(|gap| gap.rule.clone()),
            level: *level,
            below: (below > 0).then(|| t.replies(below)),
            closes: level.saturating_sub(next),
        }
    };
    order.iter().enumerate().map(reply).collect()
}

/// The replies that have a place on the page: those that no filter hides, and in the tree those to which one of them replies.
fn kept(read: &Read, fates: &HashMap<PostId, Fate>, is_linear: bool) -> HashSet<PostId> {
    let shown = || fates.iter().filter(|(_, fate)| !fate.is_hidden()).map(|(id, _)| *id);
    let mut kept: HashSet<PostId> = shown().collect();
    if !is_linear && kept.len() < fates.len() {
        let replies = read.replies.iter().map(|view| (view.post.id, view.post.parent));
        let gaps = read.gaps.iter().map(|gap| (gap.id, gap.parent));
        let parent_of = replies.chain(gaps).filter_map(|(id, parent)| Some((id, parent?))).collect();
        kept.extend(shown().flat_map(|id| read::chain(id, &parent_of)));
    }
    kept
}

/// Replies in the order of reading, each below what it replies to, with its level from 1 to [`LEVELS`].
fn order(top: PostId, replies: impl Iterator<Item = (PostId, Option<PostId>)> + Clone) -> Vec<(PostId, usize)> {
    let known: HashSet<PostId> = replies.clone().map(|(id, _)| id).collect();
    let mut children: HashMap<PostId, Vec<PostId>> = HashMap::new();
    for (id, parent) in replies {
        let parent = parent.filter(|parent| known.contains(parent) && *parent != id).unwrap_or(top);
        children.entry(parent).or_default().push(id);
    }
    let mut ordered = Vec::with_capacity(known.len());
    // A stack and no recursion: how deep a thread goes is up to strangers. Taking lists out ends every circle.
    let mut waiting: Vec<(PostId, usize)> = Vec::new();
    let mut visit = |id: PostId, level: usize, waiting: &mut Vec<(PostId, usize)>| {
        let below = children.remove(&id).unwrap_or_default();
        waiting.extend(below.into_iter().rev().map(|child| (child, (level + 1).min(LEVELS))));
    };
    visit(top, 0, &mut waiting);
    while let Some((id, level)) = waiting.pop() {
        ordered.push((id, level));
        visit(id, level, &mut waiting);
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(replies: &[(i64, i64)]) -> Vec<(i64, usize)> {
        let replies = replies.iter().map(|(id, parent)| (PostId(*id), Some(PostId(*parent))));
        order(PostId(1), replies).into_iter().map(|(id, level)| (id.0, level)).collect()
    }

    #[test]
    fn replies_stand_below_what_they_reply_to() {
        assert_eq!(ordered(&[(2, 1), (3, 1), (4, 2), (5, 4), (6, 3)]), [(2, 1), (4, 2), (5, 3), (3, 1), (6, 2)]);
    }

    #[test]
    fn orphans_circles_and_depths_do_no_harm() {
        assert_eq!(ordered(&[(3, 99), (4, 4)]), [(3, 1), (4, 1)]);
        assert_eq!(ordered(&[(5, 6), (6, 5), (7, 1)]), [(7, 1)]);
        let chain: Vec<(i64, i64)> = (2..10_000).map(|id| (id, id - 1)).collect();
        assert_eq!(ordered(&chain).last(), Some(&(9_999, LEVELS)));
    }
}
