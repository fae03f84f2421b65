//! The keys of those who sign requests to us: parsed once, forgotten when their owner's document changes.
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use app::{App, Result};
use domain::{host::Host, id::ActorId, time::span};

use super::{Budget, FederationResolver, Miss};
use crate::signature::PublicKey;

/// A key, and whose it is.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    /// The key.
    pub(crate) key: PublicKey,
    /// The id of its owner.
    pub(crate) owner: String,
}

/// How many keys are fetched at once, for whomever, and how many of them from one host: half, so that a large server may
/// send much at once, and one that never answers leaves the other half.
const AT_ONCE: usize = 64;
const OF_ONE_HOST: usize = AT_ONCE / 2;

/// Places for those whose key has to be fetched before their request can be believed, counted by the host it is fetched
/// from: one that is slow, or is made up, leaves places for the others.
#[derive(Default)]
pub(super) struct Places(Mutex<HashMap<Host, usize>>);

/// One of them, until it is dropped.
pub(super) struct Place<'a> {
    places: &'a Places,
    host: Host,
}

impl Places {
    /// A place for a key of `host`, if it and all hosts together leave one.
    fn take(&self, host: Host) -> Option<Place<'_>> {
        self.with(|taken| {
            let own = taken.get(&host).copied().unwrap_or_default();
            let is_free = own < OF_ONE_HOST && taken.values().sum::<usize>() < AT_ONCE;
            is_free.then(|| {
                taken.insert(host.clone(), own + 1);
                Place { places: self, host }
            })
        })
    }

    fn with<T>(&self, f: impl FnOnce(&mut HashMap<Host, usize>) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.places.with(|taken| match taken.get_mut(&self.host) {
            Some(own) if *own > 1 => *own -= 1,
            _ => drop(taken.remove(&self.host)),
        });
    }
}

impl FederationResolver {
    /// The key with this id, if it is known here.
    pub(crate) async fn known_key(&self, app: &App, key_id: &str) -> Result<Option<Known>> {
        if let Some(known) = self.0.keys.get(key_id) {
            return Ok(Some(known));
        }
        let uri = key_id.to_owned();
        let Some((row, actor)) = app.read(move |c| store::actors::key(c, &uri)).await? else { return Ok(None) };
        let parsed = PublicKey::from_pem(&row.public).or_else(|_| PublicKey::from_multibase(&row.public));
        let Ok(key) = parsed else { return Ok(None) };
        let known = Known { key, owner: actor.uri };
        self.0.keys.insert(key_id.to_owned(), known.clone());
        Ok(Some(known))
    }

    /// The key with this id as the document of `owner` has it now. It is read at most once a minute.
    pub(crate) async fn fetched_key(&self, app: &App, key_id: &str, owner: &str) -> Result<Option<Known>, Miss> {
        let host = Host::of(owner).ok_or_else(|| Miss::useless("the owner of a key has no host"))?;
        let place = self.0.strangers.take(host);
        let _place = place.ok_or_else(|| Miss::Later("too many keys are being fetched".into()))?;
        let _alone = self.alone(owner).await;
        if !self.is_due(app, "key", owner, span::minutes(1)) {
            return Ok(self.known_key(app, key_id).await?);
        }
        self.refresh(app, owner, &Budget::default()).await.inspect_err(|miss| {
            // A server that could not be reached may be asked again as soon as anything may be.
            if miss.is_transient() {
                self.0.recent.invalidate(&("key", owner.to_owned()));
            }
        })?;
        Ok(self.known_key(app, key_id).await?)
    }

    pub(super) fn forget_key(&self, key_id: &str) {
        self.0.keys.invalidate(key_id);
    }

    pub(super) async fn forget_keys_of(&self, app: &App, actor: ActorId) -> Result<()> {
        for key in app.read(move |c| store::actors::keys(c, actor)).await? {
            self.forget_key(&key.uri);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_host_takes_the_places_of_all() {
        let places = Places::default();
        let host = |number: usize| Host::parse(&format!("h{number}.test")).unwrap();
        let mut greedy: Vec<_> = (0..OF_ONE_HOST).map(|_| places.take(host(0)).unwrap()).collect();
        assert!(places.take(host(0)).is_none());
        let others: Vec<_> = (OF_ONE_HOST..AT_ONCE).map(|number| places.take(host(number)).unwrap()).collect();
        assert!(places.take(host(1)).is_none(), "all are taken");
        greedy.pop();
        assert!(places.take(host(0)).is_some());
        drop((greedy, others));
        assert!(places.with(|taken| taken.is_empty()), "what is given back leaves nothing");
    }
}
