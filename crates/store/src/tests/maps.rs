//! Maps for search engines hold each thread once, however many there are, and nobody who does not want that.
use domain::{
    actor::{Actor, ActorKind},
    id::{ActorId, PostId},
    post::{Audience, Post},
};

use super::{TestDb, actor, on_both, thread, world};
use crate::{actors, maps, posts};

/// How much a map holds here.
const PART: i64 = 3;

async fn every_thread_is_in_one_map(t: TestDb) {
    t.db.write(|tx| {
        world(tx)?;
        actors::insert(tx, &Actor { indexable: false, ..actor(4, ActorKind::Person) })?;
        for id in 100..110 {
            posts::insert(tx, &thread(id), &[])?;
        }
        let others = [
            Post { author: ActorId(4), ..thread(103) },
            Post { local: false, ..thread(104) },
            Post { audience: Audience::Unlisted, ..thread(105) },
            Post { audience: Audience::Members, ..thread(106) },
            Post { parent: Some(PostId(100)), root: PostId(100), depth: 1, ..thread(107) },
        ];
        for other in others {
            let id = PostId(other.id.0 + 100);
            let root = if other.parent.is_some() { other.root } else { id };
            posts::insert(tx, &Post { id, root, uri: format!("https://a.test/no/{id}"), ..other }, &[])?;
        }
        Ok::<_, crate::Error>(())
    })
    .await
    .unwrap();
    let (mut from, mut listed, mut sizes) = (PostId(0), Vec::new(), Vec::new());
    loop {
        let part = t.db.read(move |c| maps::part(c, from, PART)).await.unwrap();
        sizes.push(part.len());
        listed.extend(part.into_iter().map(|(uri, _)| uri));
        match t.db.read(move |c| maps::after(c, from, PART)).await.unwrap() {
            Some(next) => from = next,
            None => break,
        }
    }
    let wanted: Vec<String> = (100..110).map(|id| thread(id).uri).collect();
    assert_eq!((&listed, sizes), (&wanted, vec![3, 3, 3, 1]), "ten, and the one who does not want that takes a place");
    let recent = t.db.read(|c| maps::recent(c, 4)).await.unwrap();
    let recent: Vec<String> = recent.into_iter().map(|(uri, _)| uri).collect();
    assert!(recent.iter().all(|uri| wanted.contains(uri)), "{recent:?}");
}

async fn communities_are_in_one_map(t: TestDb) {
    t.db.write(world).await.unwrap();
    let host = domain::host::Host::parse("a.test").unwrap();
    let all = |t: &TestDb| {
        let (db, host) = (t.db.clone(), host.clone());
        async move { db.read(move |c| maps::communities(c, &host, PART)).await.unwrap() }
    };
    assert_eq!(all(&t).await, ["https://a.test/@n9"]);
    t.db.write(|tx| actors::upsert(tx, &Actor { discoverable: false, ..actor(9, ActorKind::Group) })).await.unwrap();
    assert!(all(&t).await.is_empty());
}

on_both! { every_thread_is_in_one_map communities_are_in_one_map }
