//! The settings of a provider that signs the people of an organization in by SAML 2.0.
use app::identities::{
    Provider, Speaks,
    saml::{Client, Source},
};
use domain::host::Host;

use super::{Error, Kind, Setting, given::Shown, provider::Common, sources::Sources, values};

pub(super) const ENTITY: Setting = Setting {
    key: "saml_entity",
    env: "TERTULIA_SAML_ENTITY",
    default: "",
    meaning: "The SAML 2.0 provider that says who the people of your organization are, exactly as its metadata call it \
              (`entityID`). With none, people sign in with a login of this server.",
    expected: "the name of a provider, or empty for none",
    kind: Kind::Text,
};
pub(super) const METADATA: Setting = Setting {
    key: "saml_metadata",
    env: "TERTULIA_SAML_METADATA",
    default: "",
    meaning: "Where the metadata of the provider are: they say where people sign in, and by which certificates its answers \
              are believed. They are read again every hour.",
    expected: "an https URL or the absolute path of a file, if there is a `saml_entity`",
    kind: Kind::Text,
};
pub(super) const NAME: Setting = Setting {
    key: "saml_name",
    env: "TERTULIA_SAML_NAME",
    default: "",
    meaning: "What people call the provider: it stands on the button. With none, it is the host of `saml_entity`.",
    expected: "a short name, or empty for none",
    kind: Kind::Text,
};
pub(super) const SUBJECT: Setting = Setting {
    key: "saml_subject",
    env: "TERTULIA_SAML_SUBJECT",
    default: "",
    meaning: "The attribute by whose value people are known for ever. With none, that is the name (`NameID`) that the \
              provider gives them, which has to be a persistent one or an e-mail address.",
    expected: "the `Name` of an attribute, or empty for none",
    kind: Kind::Text,
};
pub(super) const MAIL: Setting = Setting {
    key: "saml_mail",
    env: "TERTULIA_SAML_MAIL",
    default: "",
    meaning: "The attribute with the e-mail address of people, which counts as confirmed. With none, it is looked for \
              under the usual names.",
    expected: "the `Name` of an attribute, or empty for the usual ones",
    kind: Kind::Text,
};
pub(super) const SIGN_UP: Setting = Setting {
    key: "saml_sign_up",
    env: "TERTULIA_SAML_SIGN_UP",
    default: "true",
    meaning: "Whether those for whom the provider speaks may make a login by themselves, whatever `registration` says.",
    expected: "`true` or `false`",
    kind: Kind::Flag,
};
pub(super) const ONLY: Setting = Setting {
    key: "saml_only",
    env: "TERTULIA_SAML_ONLY",
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
    let text = |setting: &Setting| sources.text(setting, |text| Some(text.to_owned()));
    let issuer = text(&ENTITY)?;
    if issuer.is_empty() {
        return Ok(None);
    }
    // Names need not be addresses.
    let host = Host::of(&issuer).map_or_else(|| issuer.clone(), |host| host.display());
    let client =
        Client { metadata: sources.text(&METADATA, values::metadata)?, subject: text(&SUBJECT)?, mail: text(&MAIL)? };
    COMMON.provider(sources, (issuer, host), Speaks::Saml(client)).map(Some)
}

/// The settings of `provider`, if it is of this kind.
pub(super) fn shown(provider: Option<&Provider>) -> Vec<Shown> {
    let ours = provider.and_then(|provider| match &provider.speaks {
        Speaks::Saml(client) => Some((provider, client)),
        _ => None,
    });
    let part = |part: fn(&Provider, &Client) -> String| Some(ours.map(|(a, b)| part(a, b)).unwrap_or_default());
    let place = |client: &Client| match &client.metadata {
        Source::Url(url) => url.clone(),
        Source::File(file) => file.display().to_string(),
    };
    let mut shown = vec![
        (&ENTITY, part(|provider, _| provider.issuer.clone())),
        (&METADATA, Some(ours.map(|(_, client)| place(client)).unwrap_or_default())),
        (&SUBJECT, part(|_, client| client.subject.clone())),
        (&MAIL, part(|_, client| client.mail.clone())),
    ];
    shown.extend(COMMON.shown(ours.map(|(provider, _)| provider)));
    shown
}
