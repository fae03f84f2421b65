//! Background work that takes long, and the numbers by which things are in order.
use domain::{id::JobId, time::span};
use futures_util::{FutureExt, future::BoxFuture};
use store::{Holder, Lease};

use super::{Nobody, World, open, world};
use crate::{
    App, Clock, Result,
    jobs::{self, Desk},
};

fn lasts(_: App, _: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(std::future::pending())
}

/// How much work another process takes that is due.
async fn taken(w: &World) -> usize {
    let claim = w.app.write(|tx| {
        let now = tx.now();
        Ok(store::jobs::claim(tx, now, Lease { holder: Holder(7), until: now + span::minutes(5) }, &[], 9)?.len())
    });
    claim.await.unwrap()
}

async fn what_takes_long_is_not_begun_again_beside_itself(w: World) {
    while taken(&w).await > 0 {}
    let handlers: jobs::Handlers = [("k", lasts as jobs::Handler)].into();
    jobs::push(&w.app, "k", "x".into()).await.unwrap();
    let mut desk = Desk::new(&w.app, &handlers);
    desk.fill().await.unwrap();
    for again in [false, false, true, false] {
        w.clock.advance(span::minutes(3));
        desk.renew().await.unwrap();
        if again {
            jobs::push(&w.app, "k", "x".into()).await.unwrap();
        }
    }
    assert_eq!((desk.fill().await.unwrap(), desk.len(), taken(&w).await), (false, 1, 0));

    w.clock.advance(span::minutes(6));
    assert_eq!((desk.fill().await.unwrap(), desk.len()), (false, 1), "nobody takes what they have in hand");
    assert!(taken(&w).await > 0, "of whom nothing is heard has nothing");
    assert!(desk.next().now_or_never().is_none());
    desk.renew().await.unwrap();
    assert!(matches!(desk.next().now_or_never(), Some(Some(Ok(())))), "it is stopped where it was lost");
    assert!(w.app.read(|c| store::jobs::is_planned(c, "k", "x")).await.unwrap(), "and is still to be done");
}

async fn what_never_ends_is_given_up(w: World) {
    let handlers: jobs::Handlers = [("k", lasts as jobs::Handler)].into();
    jobs::push(&w.app, "k", "x".into()).await.unwrap();
    for _ in 0..jobs::ATTEMPTS {
        let mut desk = Desk::new(&w.app, &handlers);
        desk.longest = std::time::Duration::ZERO;
        desk.fill().await.unwrap();
        while let Some(done) = desk.next().await {
            done.unwrap();
        }
        w.clock.advance(span::days(1));
    }
    let parked = w.app.read(|c| store::jobs::parked(c, 9)).await.unwrap();
    let why = parked.into_iter().find(|(kind, ..)| kind == "k").and_then(|(.., why)| why);
    assert_eq!(why.as_deref(), Some("it took too long"));
}

async fn numbers_go_on_where_they_ended(w: World) {
    let number = async |app: &App| app.write(|tx| Ok(tx.new_id::<JobId>())).await.unwrap();
    w.clock.advance(span::days(2));
    let late = number(&w.app).await;
    jobs::push(&w.app, "k", "x".into()).await.unwrap();
    let again = open(&w.location, &Clock::default(), &w.said, Nobody);
    assert!(number(&again).await > late, "even if the clock was set back meanwhile");
}

on_both! {
    numbers_go_on_where_they_ended
    what_takes_long_is_not_begun_again_beside_itself
    what_never_ends_is_given_up
}
