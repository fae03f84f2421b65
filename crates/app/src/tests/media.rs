//! What is fetched of other servers to be handed on.
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use domain::urls::media::{Portrait, mark};
use futures_util::{StreamExt, stream, stream::BoxStream};
use store::suspensions::{self, Suspension};
use tokio::sync::Notify;

use super::{Nobody, Remembers, World, async_trait, open, world};
use crate::{
    App, Clock, Error, Resolver, Result,
    media::{Wanted, find},
};

const URL: &str = "https://far.example/zoe.png";

/// A server that has one picture, and gives it when it is told to.
#[derive(Clone, Default)]
struct Slow(std::sync::Arc<(AtomicU32, Notify, Notify)>);

#[async_trait]
impl Resolver for Slow {
    async fn actor(&self, app: &App, uri: &str) -> Result<domain::id::ActorId> {
        Nobody.actor(app, uri).await
    }
    async fn handle(&self, app: &App, name: &str, host: &str) -> Result<domain::id::ActorId> {
        Nobody.handle(app, name, host).await
    }
    async fn post(&self, app: &App, uri: &str) -> Result<domain::id::PostId> {
        Nobody.post(app, uri).await
    }
    async fn media(&self, _: &str) -> Result<BoxStream<'static, Result<Bytes>>> {
        let slow = self.clone();
        let (asked, begun, _) = &*self.0;
        asked.fetch_add(1, Ordering::Relaxed);
        begun.notify_one();
        Ok(stream::once(async move {
            slow.0.2.notified().await;
            let mut picture = b"\x89PNG\r\n\x1a\n".to_vec();
            picture.resize(100, 0);
            Ok::<_, Error>(Bytes::from(picture))
        })
        .boxed())
    }
}

async fn what_is_fetched_is_kept_even_if_whoever_wanted_it_leaves(w: World) {
    let slow = Slow::default();
    let (asked, begun, go_on) = &*slow.0;
    let app = open(&w.location, &Clock::default(), &Remembers::default(), slow.clone());
    let zoe = w.zoe;
    app.write(move |tx| {
        let mut zoe = store::actors::by_id(tx, zoe)?.ok_or(Error::NotFound)?;
        zoe.icon = Some(URL.into());
        Ok(store::actors::upsert(tx, &zoe)?)
    })
    .await
    .unwrap();
    let picture = || find(&app, Wanted::Portrait { actor: zoe, portrait: Portrait::Icon, mark: mark(URL) }, "", None);
    tokio::select! {
        _ = picture() => panic!("it is there before it was given"),
        () = begun.notified() => {}
    }
    let (first, second, ()) = tokio::join!(picture(), picture(), async { go_on.notify_one() });
    assert_eq!((first.unwrap().size, second.unwrap().size), (100, 100));
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    assert_eq!((picture().await.unwrap().size, asked.load(Ordering::Relaxed)), (100, 1));

    app.write(move |tx| Ok(suspensions::set(tx, zoe, Some(Suspension::Person))?)).await.unwrap();
    assert!(matches!(picture().await, Err(Error::NotFound)), "nothing is shown of the suspended");
    app.tasks().finish().await;
}

on_both! { what_is_fetched_is_kept_even_if_whoever_wanted_it_leaves }
