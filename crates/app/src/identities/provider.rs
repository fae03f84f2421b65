//! The provider of an organization: what it is called, what it may do, what it speaks, and what it says of somebody.
use super::{ldap, openid};

/// The provider, as the operator describes it.
#[derive(Clone, PartialEq, Eq)]
pub struct Provider {
    /// The name by which people are linked with it; in `OpenID` Connect it signs with that, and is found there.
    pub issuer: String,
    /// What people call it.
    pub name: String,
    /// Whether nobody signs in any other way.
    pub only: bool,
    /// Whether those without a login may make one by themselves.
    pub admits: bool,
    /// How it is asked.
    pub speaks: Speaks,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Provider").field(&self.issuer).finish_non_exhaustive()
    }
}

/// How a provider is asked who somebody is, and what that takes.
#[derive(Clone, PartialEq, Eq)]
pub enum Speaks {
    /// `OpenID` Connect: people are sent there, and come back with a code.
    OpenId(openid::Client),
    /// LDAP: people say their name and their password on a page of ours.
    Ldap(ldap::Directory),
}

/// What a provider says of somebody, whatever it speaks. It is believed by now.
pub(super) struct Testimony {
    /// By what it knows them, for ever.
    pub(super) subject: String,
    /// What it calls them.
    pub(super) called: Option<String>,
    /// Their address.
    pub(super) address: Option<String>,
    /// Whether it knows that the address is theirs.
    pub(super) verified: bool,
}
