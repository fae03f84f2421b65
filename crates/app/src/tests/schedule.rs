//! What is published later, and what becomes of it meanwhile.
use std::time::Duration;

use domain::time::span;
use store::scheduled::Scheduled;

use super::{World, world};
use crate::{
    Me, instance, jobs, people,
    posts::{Writing, schedule},
    suspensions,
};

const LATER: Duration = span::hours(1);

async fn plan(w: &World, text: &str) -> Scheduled {
    let writing = Writing { text: text.into(), ..Writing::default() };
    schedule::create(&w.app, w.bea, writing, w.app.now() + LATER, None).await.unwrap()
}

/// Lets the time come, and does what is due then.
async fn wait(w: &World) {
    w.clock.advance(LATER);
    while jobs::drain(&w.app, &jobs::handlers()).await.unwrap() > 0 {}
}

async fn whoever_cannot_sign_in_publishes_nothing(w: World) {
    instance::ensure(&w.app).await.unwrap();
    let rita = people::NewPerson {
        name: "rita".into(),
        email: "rita@plaza.example".into(),
        password: "correct horse".into(),
        admin: true,
        language: "es".into(),
    };
    let rita = Me(people::create(&w.app, rita).await.unwrap().id);
    let planned = plan(&w, "Compren @zoe@far.example").await;
    suspensions::suspend(&w.app, rita, w.bea.0, "spam".into()).await.unwrap();
    w.said();
    wait(&w).await;
    assert_eq!(w.said(), [""; 0], "nobody hears of it");
    let kept = w.app.read(move |c| store::scheduled::get(c, planned.id)).await.unwrap().unwrap();
    assert!(schedule::refused(&kept).is_some());

    suspensions::lift(&w.app, rita, w.bea.0).await.unwrap();
    schedule::move_to(&w.app, w.bea, kept.id, w.app.now() + LATER).await.unwrap();
    w.said();
    wait(&w).await;
    assert_eq!(w.said(), ["Posted"]);
}

async fn what_is_put_off_or_taken_back_leaves_nothing_to_do(w: World) {
    let waiting = async || w.app.read(store::jobs::backlog).await.unwrap().waiting;
    let (before, planned) = (waiting().await, plan(&w, "Mañana").await);
    for hours in 2..5 {
        schedule::move_to(&w.app, w.bea, planned.id, w.app.now() + span::hours(hours)).await.unwrap();
        assert_eq!(waiting().await, before + 1);
    }
    schedule::cancel(&w.app, w.bea, planned.id).await.unwrap();
    assert_eq!(waiting().await, before);
}

on_both! {
    what_is_put_off_or_taken_back_leaves_nothing_to_do
    whoever_cannot_sign_in_publishes_nothing
}
