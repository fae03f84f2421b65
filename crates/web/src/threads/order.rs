//! Replies in the order in which they are read.
use std::collections::{HashMap, HashSet};

use domain::id::PostId;

/// How deep replies are shown inside one another; deeper ones line up below.
const LEVELS: usize = 6;

/// Replies in the order of reading, each below what it replies to, with its level from 1 to [`LEVELS`].
pub(super) fn order(
    top: PostId,
    replies: impl Iterator<Item = (PostId, Option<PostId>)> + Clone,
) -> Vec<(PostId, usize)> {
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
