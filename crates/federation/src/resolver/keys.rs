//! The keys of those who sign requests to us: parsed once, forgotten when their owner's document changes.
use app::{App, Result};
use domain::{id::ActorId, time::span};

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
        let _place =
            self.0.strangers.try_acquire().map_err(|_full| Miss::Later("too many keys are being fetched".into()))?;
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
