//! Timelines on both databases.
use std::collections::HashSet;

use domain::{
    actor::{ActorKind, Restraint},
    id::{ListId, TagId},
    list::{List, Replies},
    post::{Audience, FollowState},
    shun::Deed,
};

use super::*;
use crate::{
    actors,
    follows::{self, Wishes},
    lists, readers, shares as passing, tags,
    tests::{TestDb, actor, follow, on_both, shun, thread, world},
};

mod kept_home;

/// The list that person 1 reads apart.
fn apart() -> List {
    let (id, owner, title) = (ListId(7), ActorId(1), "apart".to_owned());
    List { id, owner, title, replies: Replies::Followed, apart: true }
}

/// Person 2 follows person 3 and the group 9; persons 4 and 1 are strangers to them.
async fn peopled(t: &TestDb) {
    t.db.write(|tx| {
        world(tx)?;
        actors::insert(tx, &actor(4, ActorKind::Person))?;
        follow(tx, 2, 3, FollowState::Accepted)?;
        follow(tx, 2, 9, FollowState::Accepted)?;
        follow(tx, 2, 4, FollowState::Pending)?;
        tags::follow(tx, TagId(1), ActorId(2), "t", Timestamp(1))?;
        tags::follow(tx, TagId(2), ActorId(2), "u", Timestamp(1))?;
        // Person 1 reads 2 without what they pass on, 3 in a list apart, and mutes 4, whom they follow.
        for target in [2, 3, 4] {
            follow(tx, 1, target, FollowState::Accepted)?;
        }
        let wishes = |no_shares, languages| Wishes { no_shares, languages, ..Wishes::default() };
        follows::set_wishes(tx, ActorId(1), ActorId(2), &wishes(true, Vec::new()))?;
        lists::insert(tx, &apart(), Timestamp(1))?;
        lists::add(tx, &apart(), ActorId(3))?;
        shun(tx, 1, 4, Deed::Mute, true)?;
        // Person 4 reads 3 in Spanish.
        follow(tx, 4, 3, FollowState::Accepted)?;
        follows::set_wishes(tx, ActorId(4), ActorId(3), &wishes(false, vec!["ca".into(), "es".into()]))?;
        for n in 1..=60_i64 {
            let parent = (n % 4 == 3).then_some(PostId((n - 2) * 4));
            let post = Post {
                author: ActorId(1 + n % 4),
                group: (n % 5 == 0).then_some(ActorId(9)),
                parent,
                root: parent.unwrap_or(PostId(n * 4)),
                depth: i32::from(parent.is_some()),
                audience: if n % 7 == 0 { Audience::Followers } else { Audience::Public },
                ..thread(n * 4)
            };
            let mut post = post;
            post.content.language = ["es", "en"].get(usize::try_from(n % 3).unwrap()).map(|tag| (*tag).to_owned());
            let tagged = [(2, "t"), (6, "u")].into_iter().filter(|(every, _)| n % every == 0);
            post.content.tags = tagged.map(|(_, tag)| tag.to_owned()).collect();
            kept::insert(tx, &post, &[])?;
            let sharer = ActorId(1 + (n * 3) % 5 % 4);
            if n % 3 == 0 {
                passing::add(tx, post.id, sharer, "x", Timestamp(0))?;
            }
            if let Some(group) = post.group {
                passing::add(tx, post.id, group, "x", Timestamp(0))?;
            }
        }
        Ok::<_, crate::Error>(())
    })
    .await
    .unwrap();
}

async fn both_ways_home_lead_to_the_same(t: TestDb) {
    peopled(&t).await;
    for viewer in [1, 2, 3, 4, 9].map(ActorId) {
        for (before, after) in [(i64::MAX, 0), (150, 0), (i64::MAX, 60), (200, 30)] {
            for (nearest, limit) in [(false, 5), (true, 5), (false, 99), (true, 1)] {
                let window = Window { before, after, nearest, limit };
                let ways = t.db.read(move |c| {
                    let walked: Vec<(i64, i32)> = db!(c, c => Home::walked(viewer, window).load(c))?;
                    let merged: Vec<(i64, i32)> = db!(c, c => Home::merged(viewer, window).load(c))?;
                    Ok::<_, crate::Error>((walked, merged))
                });
                let (walked, merged) = ways.await.unwrap();
                assert_eq!(walked, merged, "{viewer} {window:?}");
                assert!(viewer == ActorId(9) || limit < 99 || !walked.is_empty(), "{viewer} {window:?}");
            }
        }
    }
    let home = t.db.read(|c| home(c, ActorId(2), Window::newest(99))).await.unwrap();
    let kinds: HashSet<bool> = home.iter().map(|entry| entry.by == By::Group).collect();
    assert_eq!(kinds.len(), 2, "threads of the group, and others");
    assert!(home.windows(2).all(|pair| pair[0].number > pair[1].number));
    let tagged = t.db.read(|c| {
        tagged(
            c,
            Some(ActorId(2)),
            &Tagged { any: vec!["t".into()], ..Tagged::default() },
            &Open::default(),
            Window::newest(99),
        )
    });
    let tagged = tagged.await.unwrap();
    let threads = t.db.read(move |c| kept::by_ids(c, &tagged)).await.unwrap().into_iter().filter(Post::is_thread);
    let missing = threads.filter(|post| home.iter().all(|entry| entry.post != post.id)).count();
    assert_eq!(missing, 0, "threads with a hashtag that is followed");
    let topics: Vec<PostId> = home.iter().filter(|e| e.by == By::Group).map(|e| e.post).collect();
    assert!(home.iter().filter(|e| e.by != By::Group).all(|e| !topics.contains(&e.post)), "once");
    for (viewer, authors) in [(2, HashSet::new()), (1, HashSet::new()), (4, HashSet::from([ActorId(4)]))] {
        let replies = t.db.read(move |c| {
            let home = super::home(c, ActorId(viewer), Window::newest(99))?;
            let written: Vec<PostId> = home.iter().filter(|e| e.by == By::Author).map(|entry| entry.post).collect();
            kept::by_ids(c, &written)
        });
        let in_groups = replies.await.unwrap().into_iter().filter(|post| !post.is_thread() && post.group.is_some());
        assert_eq!(in_groups.map(|post| post.author).collect::<HashSet<_>>(), authors, "{viewer}: one's own alone");
    }
}

async fn one_post_stands_where_each_finds_it(t: TestDb) {
    peopled(&t).await;
    t.db.write(|tx| actors::restrain(tx, ActorId(2), Restraint::Silence, true)).await.unwrap();
    let all = [1, 2, 3, 4, 9].map(ActorId);
    let found = t.db.read(move |c| {
        let mut pages = HashMap::new();
        for viewer in all {
            pages.insert(viewer, home(c, viewer, Window::newest(999))?);
        }
        let (mut entries, listed) = (0, of_list(c, &apart(), Window::newest(999))?);
        for n in 1..=60_i64 {
            let post = PostId(n * 4);
            let mut sharers: Vec<Option<ActorId>> = all.into_iter().map(Some).collect();
            sharers.retain(|sharer| share(c, post, sharer.unwrap()).unwrap().is_some());
            sharers.push(None);
            for sharer in sharers {
                let is_it = |entry: &&Entry| match (entry.by, sharer) {
                    (By::Share(by, _), Some(sharer)) => by == sharer && entry.post == post,
                    (By::Author | By::Group, None) => entry.post == post,
                    _ => false,
                };
                let told = readers::at_home(c, post, sharer, &all)?;
                for viewer in all {
                    let page = pages[&viewer].iter().find(is_it);
                    assert_eq!(told.get(&viewer), page, "{post} by {sharer:?} for {viewer}");
                }
                entries += told.len();
                let told = readers::in_lists(c, post, sharer, &[ListId(7), ListId(8)])?;
                assert_eq!(told.get(&ListId(7)), listed.iter().find(is_it), "{post} by {sharer:?} in the list");
                assert!(told.len() <= 1);
            }
            let seen: HashSet<ActorId> =
                all.into_iter().filter(|me| kept::seen(c, post, Some(*me)).unwrap().is_some()).collect();
            assert_eq!(readers::seeing(c, post, &all)?, seen);
            let wanted =
                all.into_iter().filter(|me| crate::wanted::among(c, &[post], Some(*me)).unwrap().contains(&post));
            let wanted: HashSet<ActorId> = wanted.filter(|me| seen.contains(me)).collect();
            assert_eq!(readers::wanting(c, post, &all)?, wanted);
            let threads = public(c, None, &Open::default(), Window::newest(999))?;
            let is_thread = kept::seen(c, post, None)?.is_some_and(|post| post.is_thread());
            assert_eq!(readers::is_public(c, post)? && is_thread, threads.contains(&post), "{post}");
        }
        Ok::<_, crate::Error>(entries)
    });
    assert!(found.await.unwrap() > 50, "most of them are somewhere");
}

/// Whose own posts `viewer` reads at home, and who passed something on.
async fn heard(t: &TestDb, viewer: i64) -> (HashSet<ActorId>, HashSet<ActorId>) {
    t.db.read(move |c| {
        let home = home(c, ActorId(viewer), Window::newest(99))?;
        let ids: Vec<PostId> = home.iter().filter(|e| e.by == By::Author).map(|entry| entry.post).collect();
        let authors = kept::by_ids(c, &ids)?.into_iter().map(|post| post.author).collect();
        let sharers = home.iter().filter_map(|e| if let By::Share(by, _) = e.by { Some(by) } else { None }).collect();
        Ok::<_, crate::Error>((authors, sharers))
    })
    .await
    .unwrap()
}

async fn wishes_hold_at_home_and_lists_have_what_is_read_apart(t: TestDb) {
    peopled(&t).await;
    let (authors, sharers) = heard(&t, 1).await;
    assert_eq!(authors, HashSet::from([1, 2].map(ActorId)), "3 is read apart, 4 is muted");
    assert_eq!(sharers, HashSet::from([ActorId(1)]), "of 2 nothing that they pass on");
    let window = Window::newest(99);
    let listed = t.db.read(move |c| {
        let entries = of_list(c, &apart(), window)?;
        kept::by_ids(c, &entries.iter().filter(|e| e.by == By::Author).map(|e| e.post).collect::<Vec<_>>())
    });
    let listed = listed.await.unwrap();
    assert!(!listed.is_empty() && listed.iter().all(|post| post.author == ActorId(3)), "what 3 wrote");
    let spoken = t.db.read(move |c| {
        let ids: Vec<PostId> =
            home(c, ActorId(4), window)?.iter().filter(|e| e.by == By::Author).map(|e| e.post).collect();
        kept::by_ids(c, &ids)
    });
    let spoken: Vec<Post> = spoken.await.unwrap().into_iter().filter(|post| post.author == ActorId(3)).collect();
    let languages: HashSet<_> = spoken.iter().map(|post| post.content.language.as_deref()).collect();
    assert_eq!(languages, HashSet::from([None, Some("es")]), "and nothing in English");
}

async fn numbers_lead_back_to_entries(t: TestDb) {
    peopled(&t).await;
    let home = t.db.read(|c| home(c, ActorId(2), Window::newest(99))).await.unwrap();
    assert!(home.iter().any(|entry| matches!(entry.by, By::Share(..))));
    for entry in home {
        let found = t.db.read(move |c| super::entry(c, entry.number, Some(ActorId(2)))).await.unwrap();
        assert_eq!(found, Some(entry));
        let found = t.db.read(move |c| entries_of(c, &[entry.number], Some(ActorId(2)))).await.unwrap();
        assert_eq!(found, [entry]);
    }
    // 35 × 4 is for followers of person 4 only, and stands in the group.
    for number in [0, 1, 2, 3, 7 * 4, 35 * 4 + 1, i64::MAX] {
        let found = t.db.read(move |c| super::entry(c, number, None)).await.unwrap();
        assert_eq!(found.filter(|entry| !matches!(entry.by, By::Share(..))), None, "{number}");
    }
}

on_both! {
    both_ways_home_lead_to_the_same one_post_stands_where_each_finds_it wishes_hold_at_home_and_lists_have_what_is_read_apart numbers_lead_back_to_entries
}
