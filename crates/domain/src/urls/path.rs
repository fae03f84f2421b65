//! The fixed paths of the server.

/// The shared inbox.
pub const INBOX: &str = "/inbox";
/// The server's own actor.
pub const INSTANCE: &str = "/actor";
/// Discovery of actors by handle (RFC 7033).
pub const WEBFINGER: &str = "/.well-known/webfinger";
/// Discovery of the server's description.
pub const NODEINFO: &str = "/.well-known/nodeinfo";
/// Where WebFinger is (RFC 6415).
pub const HOST_META: &str = "/.well-known/host-meta";
/// The server's description, by version.
pub const NODEINFO_20: &str = "/nodeinfo/2.0";
/// The server's description, by version.
pub const NODEINFO_21: &str = "/nodeinfo/2.1";
/// An actor: page and document. `name` may be `name@host` for the page of a remote one.
pub const ACTOR: &str = "/@{name}";
/// Where an actor receives.
pub const ACTOR_INBOX: &str = "/@{name}/inbox";
/// Something of an actor: a collection, its inbox, or a post by id.
pub const ACTOR_PART: &str = "/@{name}/{part}";
/// An actor's followers on the server that asks.
pub const SYNCHRONIZATION: &str = "/@{name}/followers_synchronization";
/// Something of a post.
pub const POST_PART: &str = "/@{name}/{post}/{part}";
/// What says that somebody here agrees to be quoted.
pub const STAMP: &str = "/@{name}/{post}/quotes/{id}";
/// An activity of ours.
pub const ACTIVITY: &str = "/activities/{id}";
/// A custom emoji of ours.
pub const EMOJI: &str = "/emojis/{id}";
/// What an application needs to know before it asks for anything (RFC 8414).
pub const OAUTH: &str = "/.well-known/oauth-authorization-server";
/// Where a provider of `OpenID` Connect says what it offers, below its own name.
pub const OPENID: &str = "/.well-known/openid-configuration";
/// Where this server says what it is to a provider that speaks SAML; also the name by which it is known there.
pub const SAML: &str = "/login/organization/metadata";
/// Where other servers send their people to take part in something of ours, named by `?uri=`.
pub const INTERACTION: &str = "/authorize_interaction";
/// Where one signs in.
pub const LOGIN: &str = "/login";
/// Where those are told who wait for something, and led on once they wait for nothing.
pub const WAITING: &str = "/waiting";
/// Where an address is confirmed, by the `?token=` of a mail.
pub const CONFIRM: &str = "/login/confirm";
/// Where one asks for a new password.
pub const RECOVER: &str = "/login/recover";
/// Where one sets it, by the `?token=` of a mail.
pub const RENEW: &str = "/login/renew";
/// Where one stops the letters of each week, by what stands in them.
pub const DIGEST_STOP: &str = "/digest/stop";
/// Where one reads what one was told.
pub const NOTICES: &str = "/notices";
/// Where one stops letters about single notices, by what stands in them.
pub const NOTICES_STOP: &str = "/notices/stop";
/// Where those look who keep order.
pub const QUEUE: &str = "/queue";
/// What somebody is told of a measure that concerns them, for whoever knows the address.
pub const STATEMENT: &str = "/statement/{token}";
/// Where admins see who has a login, and who waits for one.
pub const ADMIN_PEOPLE: &str = "/admin/people";
/// What the server says of itself.
pub const ABOUT: &str = "/about";
/// What it knows of people, and whom it tells.
pub const PRIVACY: &str = "/privacy";
/// What people agree to.
pub const TERMS: &str = "/terms";
/// The page of a hashtag.
pub const TAG: &str = "/tags/{tag}";
