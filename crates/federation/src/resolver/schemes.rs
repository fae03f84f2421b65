//! How other servers want requests signed: remembered, and found out by trying.
use app::{App, Result};
use domain::{host::Host, time::span};
use url::Url;

use super::{FRESH, FederationResolver, Miss};
use crate::{
    client::Fetched,
    signature::{Scheme, Signer},
};

impl FederationResolver {
    /// Asks for a document, signed as its server wants it. Once an hour it is tried in both ways, if it has to be.
    pub(super) async fn asked_by(
        &self,
        app: &App,
        (url, host): (&Url, &Host),
        accept: &str,
        signer: &Signer,
    ) -> Result<Fetched, Miss> {
        let scheme = self.scheme(app, host).await?.unwrap_or(Scheme::Cavage);
        let refused = match self.0.client.get_document(url, accept, Some(&signer.by(scheme))).await {
            Err(error) if error.may_refuse_signature(scheme) => error,
            answer => return Ok(answer?),
        };
        // What is only read does no harm to software that drops what it does not understand.
        let other = scheme.other("").filter(|_| self.is_due(app, "knock", host.as_str(), span::hours(1)));
        let Some(other) = other else { return Err(refused.into()) };
        let again = self.0.client.get_document(url, accept, Some(&signer.by(other))).await;
        let Ok(fetched) = again else { return Err(refused.into()) };
        app::peers::learn_scheme(app, host.to_string(), other, false).await?;
        self.0.schemes.invalidate(host.as_str());
        Ok(fetched)
    }

    /// Takes note that the server of `actor` signs by RFC 9421 itself, so that it will understand it, too.
    pub(crate) async fn suppose_rfc9421(&self, app: &App, actor: &str) -> Result<()> {
        let Some(host) = Host::of(actor) else { return Ok(()) };
        if self.is_due(app, "scheme", host.as_str(), FRESH) && self.scheme(app, &host).await?.is_none() {
            app::peers::learn_scheme(app, host.to_string(), Scheme::Rfc9421, true).await?;
            self.0.schemes.invalidate(host.as_str());
        }
        Ok(())
    }

    async fn scheme(&self, app: &App, host: &Host) -> Result<Option<Scheme>> {
        if let Some(known) = self.0.schemes.get(host.as_str()) {
            return Ok(known);
        }
        let name = host.to_string();
        let known = app.read(move |c| store::peers::by_host(c, &name)).await?.and_then(|peer| peer.scheme);
        self.0.schemes.insert(host.to_string(), known);
        Ok(known)
    }
}
