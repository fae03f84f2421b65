//! The settings of the provider by which the people of an organization sign in, if it speaks `OpenID` Connect.
use app::identities::{Provider, Speaks, openid::Client};
use domain::host::Host;

use super::{
    Error, Kind, Setting,
    given::{Shown, secret},
    provider::Common,
    sources::Sources,
    values,
};

pub(super) const ISSUER: Setting = Setting {
    key: "oidc_issuer",
    env: "TERTULIA_OIDC_ISSUER",
    default: "",
    meaning: "The OpenID Connect provider that says who the people of your organization are, exactly as it calls itself. \
              With none, people sign in with a login of this server.",
    expected: "an http or https URL, or empty for none",
    kind: Kind::Text,
};
pub(super) const CLIENT_ID: Setting = Setting {
    key: "oidc_client_id",
    env: "TERTULIA_OIDC_CLIENT_ID",
    default: "",
    meaning: "By what the provider knows this server.",
    expected: "what the provider gave you, if there is an `oidc_issuer`",
    kind: Kind::Text,
};
pub(super) const CLIENT_SECRET: Setting = Setting {
    key: "oidc_client_secret",
    env: "TERTULIA_OIDC_CLIENT_SECRET",
    default: "",
    meaning: "The secret that this server shares with the provider. With none, it proves itself by PKCE alone.",
    expected: "what the provider gave you, or empty for none",
    kind: Kind::Secret,
};
pub(super) const NAME: Setting = Setting {
    key: "oidc_name",
    env: "TERTULIA_OIDC_NAME",
    default: "",
    meaning: "What people call the provider: it stands on the button. With none, it is the host of `oidc_issuer`.",
    expected: "a short name, or empty for none",
    kind: Kind::Text,
};
pub(super) const SIGN_UP: Setting = Setting {
    key: "oidc_sign_up",
    env: "TERTULIA_OIDC_SIGN_UP",
    default: "true",
    meaning: "Whether those for whom the provider speaks may make a login by themselves, whatever `registration` says.",
    expected: "`true` or `false`",
    kind: Kind::Flag,
};
pub(super) const ONLY: Setting = Setting {
    key: "oidc_only",
    env: "TERTULIA_OIDC_ONLY",
    default: "false",
    meaning: "Whether nobody signs in or up but by the provider, no passwords, no passkeys; but guests with an account on \
              another server still come in by that.",
    expected: "`true` or `false`",
    kind: Kind::Flag,
};

/// What every kind of provider is set to.
const COMMON: Common = Common { name: &NAME, sign_up: &SIGN_UP, only: &ONLY };

/// The provider, if one is named; then it takes more than its name.
pub(super) fn provider(sources: &Sources) -> Result<Option<Provider>, Error> {
    let Some(issuer) = sources.text(&ISSUER, values::issuer)? else { return Ok(None) };
    let host = Host::of(&issuer).map(|host| host.display()).unwrap_or_default();
    let client = Client {
        id: sources.text(&CLIENT_ID, |text| (!text.is_empty()).then(|| text.to_owned()))?,
        secret: sources.text(&CLIENT_SECRET, |text| Some(text.to_owned()))?,
    };
    COMMON.provider(sources, (issuer, host), Speaks::OpenId(client)).map(Some)
}

/// The settings of `provider`, if it is of this kind.
pub(super) fn shown(provider: Option<&Provider>) -> Vec<Shown> {
    let ours = provider.and_then(|provider| match &provider.speaks {
        Speaks::OpenId(client) => Some((provider, client)),
        _ => None,
    });
    let mut shown = vec![
        (&ISSUER, Some(ours.map(|(provider, _)| provider.issuer.clone()).unwrap_or_default())),
        (&CLIENT_ID, Some(ours.map(|(_, client)| client.id.clone()).unwrap_or_default())),
        (&CLIENT_SECRET, secret(ours.is_some_and(|(_, client)| !client.secret.is_empty()))),
    ];
    shown.extend(COMMON.shown(ours.map(|(provider, _)| provider)));
    shown
}
