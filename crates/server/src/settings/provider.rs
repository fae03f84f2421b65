//! What the provider of an organization is set to, whatever it speaks.
use app::identities::{Provider, Speaks};

use super::{Error, Setting, given::Shown, ldap, oidc, saml, sources::Sources};

/// The settings that every kind of provider has.
pub(super) struct Common {
    pub(super) name: &'static Setting,
    pub(super) sign_up: &'static Setting,
    pub(super) only: &'static Setting,
}

impl Common {
    /// A provider of this kind; people call it by its `host`, unless it is given a name.
    pub(super) fn provider(
        &self,
        sources: &Sources,
        (issuer, host): (String, String),
        speaks: Speaks,
    ) -> Result<Provider, Error> {
        let name = sources.text(self.name, |text| Some(text.to_owned()))?;
        Ok(Provider {
            issuer,
            name: if name.is_empty() { host } else { name },
            admits: sources.text(self.sign_up, |text| text.parse().ok())?,
            only: sources.text(self.only, |text| text.parse().ok())?,
            speaks,
        })
    }

    /// These settings of a provider; empty, if there is none of this kind.
    pub(super) fn shown(&self, provider: Option<&Provider>) -> [Shown; 3] {
        let said = |what: fn(&Provider) -> String| Some(provider.map(what).unwrap_or_default());
        [
            (self.name, said(|provider| provider.name.clone())),
            (self.sign_up, said(|provider| provider.admits.to_string())),
            (self.only, said(|provider| provider.only.to_string())),
        ]
    }
}

/// The provider, if one is named.
pub(super) fn named(sources: &Sources) -> Result<Option<Provider>, Error> {
    let kinds = [
        (oidc::ISSUER.key, oidc::provider(sources)?),
        (ldap::URL.key, ldap::provider(sources)?),
        (saml::ENTITY.key, saml::provider(sources)?),
    ];
    let mut named = kinds.into_iter().filter_map(|(key, provider)| Some((key, provider?)));
    match (named.next(), named.next()) {
        (Some((one, _)), Some((other, _))) => Err(Error::Both { one, other }),
        (first, _) => Ok(first.map(|(_, provider)| provider)),
    }
}

/// The settings of all kinds, of which one may be set.
pub(super) fn shown(provider: Option<&Provider>) -> Vec<Shown> {
    [oidc::shown(provider), ldap::shown(provider), saml::shown(provider)].concat()
}
