//! Keeping somebody from writing in a group, and letting them write again.
use domain::{
    group::{Joining, Role, Visibility},
    id::LogEntryId,
    policy::Refusal,
    post::Content,
    statement::Sanction,
    time::{Timestamp, span},
};

use super::{World, draft, world};
use crate::{
    Error, Me, follows, members, moderation,
    posts::{self, Draft, Writing},
};

async fn who_is_kept_from_writing_reads_on_until_it_ends(w: World) {
    let group = w.group("huerto", Visibility::Public, Joining::Open).await;
    let zoe = w.zoe;
    w.app.write(move |tx| follows::receive(tx, zoe, group, "https://far.example/f", None)).await.unwrap();
    w.said();
    let until = w.app.now() + span::hours(1);
    let hush = async |until| moderation::hush(&w.app, w.ana, (group, zoe), until, "shouting".into()).await;
    assert!(matches!(hush(w.app.now()).await, Err(Error::Invalid(_))), "it ends, and not before it began");
    hush(until).await.unwrap();
    assert_eq!(w.said(), ["Posted", "Stated", "Course(Hushed"], "and she is told why in a message");
    let post = async || w.hear("https://far.example/1", move |draft| draft.group = Some(group)).await;
    assert!(matches!(post().await, Err(Error::Denied(Refusal::Hushed(at))) if at == until));
    let standing = async || {
        let now = w.app.now();
        w.app.read(move |c| store::groups::standing(c, group, zoe, now)).await.unwrap()
    };
    assert!(standing().await.follows && !standing().await.banned, "what is said there she goes on hearing");
    // A ban counts for more, and is not lifted by letting her write.
    let ban = moderation::NewBan { group, person: zoe, until: None, grounds: "worse".into(), clean: false };
    moderation::ban(&w.app, w.ana, ban).await.unwrap();
    assert!(matches!(hush(until).await, Err(Error::Denied(Refusal::Once))));
    moderation::unhush(&w.app, w.ana, group, zoe).await.unwrap();
    assert!(standing().await.banned);
    moderation::unban(&w.app, w.ana, group, zoe).await.unwrap();
    hush(until).await.unwrap();
    w.clock.advance(span::minutes(59));
    assert!(post().await.is_err());
    w.clock.advance(span::minutes(2));
    assert!(post().await.is_ok(), "it ends by itself");
}

async fn a_ban_takes_the_place_of_a_hush_that_holds(w: World) {
    let group = w.group("huerto", Visibility::Public, Joining::Open).await;
    let (zoe, hour) = (w.zoe, span::hours(1));
    let hush = async || {
        let until = w.app.now() + hour;
        moderation::hush(&w.app, w.ana, (group, zoe), until, "shouting".into()).await.unwrap();
    };
    hush().await;
    w.clock.advance(hour + hour);
    let ban = moderation::NewBan { group, person: zoe, until: None, grounds: "worse".into(), clean: false };
    moderation::ban(&w.app, w.ana, ban.clone()).await.unwrap();
    let decided = async || {
        let told = w.app.read(move |c| store::statements::about(c, zoe)).await.unwrap();
        told.iter().map(|statement| (statement.sanction, statement.lifted.is_none())).collect::<Vec<_>>()
    };
    assert_eq!(decided().await, [(Sanction::Hush, true), (Sanction::Ban, true)], "what was over stays what it was");
    moderation::unban(&w.app, w.ana, group, zoe).await.unwrap();
    hush().await;
    moderation::ban(&w.app, w.ana, ban).await.unwrap();
    let last = decided().await.split_off(2);
    assert_eq!(last, [(Sanction::Hush, false), (Sanction::Ban, true)]);
}

async fn nobody_lets_themselves_or_an_equal_write_again(w: World) {
    let group = w.group("huerto", Visibility::Public, Joining::Open).await;
    for person in [w.bea.0, w.zoe] {
        members::join(&w.app, Me(person), group).await.unwrap();
        members::appoint(&w.app, w.ana, group, person, Some(Role::Moderator)).await.unwrap();
    }
    let until = w.app.now() + span::hours(1);
    moderation::hush(&w.app, w.ana, (group, w.bea.0), until, "shouting".into()).await.unwrap();
    for by in [w.bea, Me(w.zoe)] {
        let lifted = moderation::unhush(&w.app, by, group, w.bea.0).await;
        assert!(matches!(lifted, Err(Error::Denied(Refusal::Rank))), "{lifted:?}");
    }
    let log = w.app.read(move |c| store::log::page(c, group, None, 10)).await.unwrap();
    let entry = log.iter().find(|entry| entry.action == "hush").map(|entry| LogEntryId(entry.id)).unwrap();
    let undone = moderation::undo(&w.app, w.bea, entry).await;
    assert!(matches!(undone, Err(Error::Denied(Refusal::Rank))), "nor out of the log: {undone:?}");
    moderation::undo(&w.app, w.ana, entry).await.unwrap();
    let (bea, now) = (w.bea.0, w.app.now());
    let standing = w.app.read(move |c| store::groups::standing(c, group, bea, now)).await.unwrap();
    assert_eq!(standing.hushed, None);
}

async fn who_is_kept_from_writing_changes_nothing_that_stands(w: World) {
    let group = w.group("huerto", Visibility::Public, Joining::Open).await;
    let (bea, zoe, until) = (w.bea, w.zoe, w.app.now() + span::hours(1));
    let own = w.say(bea, "hola", |writing| writing.group = Some(group)).await.unwrap();
    w.hear("https://far.example/1", move |draft| draft.group = Some(group)).await.unwrap();
    for person in [bea.0, zoe] {
        moderation::hush(&w.app, w.ana, (group, person), until, "shouting".into()).await.unwrap();
    }
    let here = async || posts::edit(&w.app, bea, own.id, Writing { text: "¡¡NO!!".into(), ..Writing::default() }).await;
    let there = async || {
        let edit = w.app.write(move |tx| {
            let draft = draft(&|_: &mut Draft| {}).saying(Content { html: "NO".into(), ..Content::default() });
            posts::receive_edit(tx, zoe, "https://far.example/1", &draft, Some(Timestamp(5_000)), None)
        });
        edit.await
    };
    assert!(matches!(here().await, Err(Error::Denied(Refusal::Hushed(at))) if at == until));
    assert!(matches!(there().await, Err(Error::Denied(Refusal::Hushed(at))) if at == until));
    w.clock.advance(span::minutes(61));
    here().await.unwrap();
    there().await.unwrap();
    // Who is out changes no more than who may read.
    let ban = moderation::NewBan { group, person: bea.0, until: None, grounds: "worse".into(), clean: false };
    moderation::ban(&w.app, w.ana, ban).await.unwrap();
    assert!(matches!(here().await, Err(Error::Denied(Refusal::Banned))));
}

on_both! {
    a_ban_takes_the_place_of_a_hush_that_holds
    nobody_lets_themselves_or_an_equal_write_again
    who_is_kept_from_writing_changes_nothing_that_stands
    who_is_kept_from_writing_reads_on_until_it_ends
}
