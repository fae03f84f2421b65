//! The settings of the directory by which the people of an organization sign in.
use app::identities::{Provider, Speaks, ldap::Directory};
use url::{Host, Url};

use super::{
    Error, Kind, Setting,
    given::{Shown, secret},
    provider::Common,
    sources::Sources,
};
use crate::ldap::filter;

pub(super) const URL: Setting = Setting {
    key: "ldap_url",
    env: "TERTULIA_LDAP_URL",
    default: "",
    meaning: "The directory (LDAP) in which the people of your organization have their names and passwords. By `ldaps` it is \
              spoken with by TLS; by `ldap`, too, which begins by StartTLS, unless it is on this very machine.",
    expected: "`ldaps://HOST`, `ldap://HOST`, either with a port, or empty for none",
    kind: Kind::Text,
};
pub(super) const BASE: Setting = Setting {
    key: "ldap_base",
    env: "TERTULIA_LDAP_BASE",
    default: "",
    meaning: "Below which entry people are looked up.",
    expected: "the name of an entry, such as `ou=people,dc=example,dc=org`, if there is an `ldap_url`",
    kind: Kind::Text,
};
pub(super) const BIND_DN: Setting = Setting {
    key: "ldap_bind_dn",
    env: "TERTULIA_LDAP_BIND_DN",
    default: "",
    meaning: "As which entry this server looks people up. With none, it does so as anybody may.",
    expected: "the name of an entry, such as `cn=plaza,dc=example,dc=org`, or empty for none",
    kind: Kind::Text,
};
pub(super) const BIND_PASSWORD: Setting = Setting {
    key: "ldap_bind_password",
    env: "TERTULIA_LDAP_BIND_PASSWORD",
    default: "",
    meaning: "The password of that entry.",
    expected: "a password, if there is an `ldap_bind_dn`",
    kind: Kind::Secret,
};
pub(super) const FILTER: Setting = Setting {
    key: "ldap_filter",
    env: "TERTULIA_LDAP_FILTER",
    default: "(&(objectClass=person)(|(uid={login})(mail={login})))",
    meaning: "Which entry is whose (RFC 4515): `{login}` stands for the name that somebody says. One entry must fit, and no other.",
    expected: "a filter in which `{login}` stands, such as `(uid={login})`",
    kind: Kind::Text,
};
pub(super) const SUBJECT: Setting = Setting {
    key: "ldap_subject",
    env: "TERTULIA_LDAP_SUBJECT",
    default: "entryUUID",
    meaning: "The attribute by which people are known here for ever: it must never change, and never be given to another. In Active \
              Directory it is `objectGUID`.",
    expected: "the name of an attribute",
    kind: Kind::Text,
};
pub(super) const HANDLE: Setting = Setting {
    key: "ldap_handle",
    env: "TERTULIA_LDAP_HANDLE",
    default: "uid",
    meaning: "The attribute that people are called by: the handle that is suggested to them. In Active Directory it is `sAMAccountName`.",
    expected: "the name of an attribute",
    kind: Kind::Text,
};
pub(super) const NAME: Setting = Setting {
    key: "ldap_name",
    env: "TERTULIA_LDAP_NAME",
    default: "",
    meaning: "What people call the directory, such as the name of your organization: it stands on the button. With none, it is the host of \
              `ldap_url`.",
    expected: "a short name, or empty for none",
    kind: Kind::Text,
};
pub(super) const SIGN_UP: Setting = Setting {
    key: "ldap_sign_up",
    env: "TERTULIA_LDAP_SIGN_UP",
    default: "true",
    meaning: "Whether those whom the directory knows may make a login by themselves, whatever `registration` says.",
    expected: "`true` or `false`",
    kind: Kind::Flag,
};
pub(super) const ONLY: Setting = Setting {
    key: "ldap_only",
    env: "TERTULIA_LDAP_ONLY",
    default: "false",
    meaning: "Whether nobody signs in or up but by the directory, no passwords of this server, no passkeys; but guests with an account on \
              another server still come in by that.",
    expected: "`true` or `false`",
    kind: Kind::Flag,
};

/// Where a directory is.
struct Place {
    /// As it is written, without a slash at its end.
    url: String,
    host: String,
    port: u16,
    tls: bool,
}

#[expect(clippy::option_option, reason = "no text means no directory, a wrong text means nothing")]
fn place(text: &str) -> Option<Option<Place>> {
    if text.is_empty() {
        return Some(None);
    }
    let url = Url::parse(text).ok()?;
    let (tls, usual) = match url.scheme() {
        "ldaps" => (true, 636),
        "ldap" => (false, 389),
        _ => return None,
    };
    let is_bare = matches!(url.path(), "" | "/")
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    let host = match url.host()? {
        Host::Domain(name) => name.to_owned(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    };
    let place = Place { url: text.trim_end_matches('/').to_owned(), host, port: url.port().unwrap_or(usual), tls };
    (is_bare && !place.host.is_empty()).then_some(Some(place))
}

/// What every kind of provider is set to.
const COMMON: Common = Common { name: &NAME, sign_up: &SIGN_UP, only: &ONLY };

/// The directory, if one is named; then it takes more than its place.
pub(super) fn provider(sources: &Sources) -> Result<Option<Provider>, Error> {
    let Some(Place { url, host, port, tls }) = sources.text(&URL, place)? else { return Ok(None) };
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let attribute = |text: &str| filter::is_attribute(text).then(|| text.to_owned());
    let base = sources.text(&BASE, given)?;
    let bind_dn = sources.text(&BIND_DN, |text| Some(text.to_owned()))?;
    // An empty password would make nobody of the entry, and say nothing of it.
    let bind_password = sources.text(&BIND_PASSWORD, |text| given(text).or(bind_dn.is_empty().then(String::new)))?;
    let directory = Directory {
        host: host.clone(),
        port,
        tls,
        filter: sources.text(&FILTER, |text| filter::is_one(text).then(|| text.to_owned()))?,
        subject: sources.text(&SUBJECT, attribute)?,
        handle: sources.text(&HANDLE, attribute)?,
        bind_dn,
        bind_password,
        base,
    };
    let issuer = format!("{url}/{}", directory.base);
    COMMON.provider(sources, (issuer, host), Speaks::Ldap(directory)).map(Some)
}

/// The settings of `provider`, if it is of this kind.
pub(super) fn shown(provider: Option<&Provider>) -> Vec<Shown> {
    let ours = provider.and_then(|provider| match &provider.speaks {
        Speaks::Ldap(directory) => Some((provider, directory)),
        _ => None,
    });
    let part = |part: fn(&Provider, &Directory) -> String| Some(ours.map(|(a, b)| part(a, b)).unwrap_or_default());
    let mut shown = vec![
        (
            &URL,
            part(|provider, it| {
                provider.issuer.strip_suffix(&it.base).unwrap_or_default().trim_end_matches('/').to_owned()
            }),
        ),
        (&BASE, part(|_, it| it.base.clone())),
        (&BIND_DN, part(|_, it| it.bind_dn.clone())),
        (&BIND_PASSWORD, secret(ours.is_some_and(|(_, it)| !it.bind_password.is_empty()))),
        (&FILTER, part(|_, it| it.filter.clone())),
        (&SUBJECT, part(|_, it| it.subject.clone())),
        (&HANDLE, part(|_, it| it.handle.clone())),
    ];
    shown.extend(COMMON.shown(ours.map(|(provider, _)| provider)));
    shown
}
