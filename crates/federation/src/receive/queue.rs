//! In which order received activities are applied: those of one actor one after another, those of different actors
//! side by side, so that nobody waits for somebody else's slow server.
use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::Duration,
};

use app::{App, Result};
use domain::{id::ReceivedId, time::span};
use futures_util::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use store::jobs::Received;

use super::settle;
use crate::resolver::FederationResolver;

/// How many activities are held at once, and how many are worked on at once.
const HELD: usize = 384;
const AT_ONCE: usize = 192;

/// How often one looks without being woken: for retries, and for what other nodes received.
const POLL: Duration = span::seconds(1);

/// What is held, by actor.
#[derive(Default)]
struct Held {
    /// What waits behind an activity of the same actor that is worked on, or for a place.
    lines: HashMap<String, VecDeque<Received>>,
    /// Actors with something to do and nothing worked on.
    ready: VecDeque<String>,
    /// The activities that are held, so that an expired lease does not bring one twice.
    ids: HashSet<i64>,
}

impl Held {
    fn add(&mut self, received: Received) {
        if !self.ids.insert(received.id) {
            return;
        }
        let actor = received.actor_uri.clone();
        if let Some(line) = self.lines.get_mut(&actor) {
            line.push_back(received);
        } else {
            self.ready.push_back(actor.clone());
            self.lines.insert(actor, VecDeque::from([received]));
        }
    }

    /// The next activity to work on.
    fn next(&mut self) -> Option<Received> {
        let actor = self.ready.pop_front()?;
        self.lines.get_mut(&actor)?.pop_front()
    }

    /// An activity of `actor` is settled: the next one of theirs may follow.
    fn settled(&mut self, id: i64, actor: String) {
        self.ids.remove(&id);
        if self.lines.get(&actor).is_some_and(VecDeque::is_empty) {
            self.lines.remove(&actor);
        } else {
            self.ready.push_back(actor);
        }
    }

    fn room(&self) -> usize {
        HELD.saturating_sub(self.ids.len())
    }
}

type Running<'a> = FuturesUnordered<BoxFuture<'a, (i64, String)>>;

/// Works until the program stops; what is worked on then is finished, what is only held is given back.
pub async fn run(app: App) {
    let resolver = match FederationResolver::of(&app) {
        Ok(resolver) => resolver.clone(),
        Err(error) => return tracing::error!(error = &error as &dyn std::error::Error, "the inbox is not worked on"),
    };
    let (mut held, mut running) = (Held::default(), Running::new());
    let mut look = tokio::time::interval(POLL);
    // Whether more may be due than is held.
    let mut more = true;
    while !app.tasks().is_stopping() {
        if more && held.room() >= HELD / 2 {
            let room = held.room();
            more = match take(&app, &mut held).await {
                Ok(taken) => taken == room,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "cannot take received activities");
                    false
                }
            };
        }
        start(&app, &resolver, &mut held, &mut running);
        tokio::select! {
            Some((id, actor)) = running.next() => held.settled(id, actor),
            () = app.wakes().received.notified() => more = true,
            _ = look.tick() => more = true,
            () = app.tasks().stopping() => {}
        }
    }
    give_back(&app, &mut held).await;
    while running.next().await.is_some() {}
}

/// Leaves what is held and not worked on to other processes.
async fn give_back(app: &App, held: &mut Held) {
    let waiting = held.lines.drain().flat_map(|(_, line)| line);
    let given = waiting.map(|received| {
        app::inbox::set_aside(app, ReceivedId(received.id), "the server stopped".into(), Some(Duration::ZERO))
    });
    futures_util::future::join_all(given).await;
}

/// Applies what is due now, and what becomes due meanwhile; returns how much that was.
pub async fn drain(app: &App) -> Result<usize> {
    let resolver = FederationResolver::of(app)?;
    let (mut held, mut running, mut count) = (Held::default(), Running::new(), 0);
    loop {
        count += take(app, &mut held).await?;
        start(app, resolver, &mut held, &mut running);
        match running.next().await {
            Some((id, actor)) => held.settled(id, actor),
            None => return Ok(count),
        }
    }
}

async fn take(app: &App, held: &mut Held) -> Result<usize> {
    let room = i64::try_from(held.room()).unwrap_or(0);
    if room == 0 {
        return Ok(0);
    }
    let taken = app::inbox::claim(app, room).await?;
    let count = taken.len();
    for received in taken {
        held.add(received);
    }
    Ok(count)
}

fn start<'a>(app: &'a App, resolver: &'a FederationResolver, held: &mut Held, running: &mut Running<'a>) {
    while running.len() < AT_ONCE
        && let Some(received) = held.next()
    {
        running.push(Box::pin(async move {
            let (id, actor) = (received.id, received.actor_uri.clone());
            if let Err(error) = settle(app, resolver, received).await {
                // Its lease ends, and then it is tried again.
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "what came of an activity could not be recorded"
                );
            }
            (id, actor)
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(id: i64, actor: &str) -> Received {
        let (uri, kind, body) = (id.to_string(), String::new(), String::new());
        Received { id, uri, actor_uri: actor.to_owned(), kind, body, attempts: 1 }
    }

    #[test]
    fn one_after_another_for_an_actor_and_side_by_side_for_several() {
        let mut held = Held::default();
        for (id, actor) in [(1, "ana"), (2, "ana"), (3, "bob"), (1, "ana")] {
            held.add(received(id, actor));
        }
        let (first, second) = (held.next().unwrap(), held.next().unwrap());
        assert_eq!((first.id, second.id), (1, 3));
        assert!(held.next().is_none(), "ana's second waits for her first");
        held.settled(3, "bob".into());
        assert!(held.next().is_none(), "bob has nothing more");
        held.add(received(4, "ana"));
        held.settled(1, "ana".into());
        assert_eq!(held.next().unwrap().id, 2);
        held.settled(2, "ana".into());
        assert_eq!(held.next().unwrap().id, 4);
        held.settled(4, "ana".into());
        assert_eq!((held.room(), held.lines.len()), (HELD, 0));
        held.add(received(1, "ana"));
        assert_eq!(held.next().unwrap().id, 1, "what was settled may come again");
    }
}
