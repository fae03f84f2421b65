//! What keeps somebody from signing up.
use crate::{actor::text_enum, id::BarId, time::Timestamp};

text_enum! {
    /// By what they are known.
    Kind {
        /// The network that they come from.
        Network = "network",
        /// The host of their mail address, or one above it.
        MailHost = "mail_host",
        /// Their mail address, by its digest.
        Mailbox = "mailbox",
    }
}

text_enum! {
    /// How far they are kept.
    Severity {
        /// They wait for an admin.
        Approval = "approval",
        /// They make no login.
        Block = "block",
    }
}

/// What keeps somebody from signing up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// Its number.
    pub id: BarId,
    /// By what they are known.
    pub kind: Kind,
    /// The network, host or digest.
    pub subject: String,
    /// How far they are kept.
    pub severity: Severity,
    /// Why, for admins.
    pub comment: String,
    /// Since when.
    pub created: Timestamp,
    /// Until when; for good if there is no end.
    pub expires: Option<Timestamp>,
}

/// A mail address as its owner cannot vary it: providers give mail with a `+` or dots to the same mailbox.
pub fn canonical(email: &str) -> Option<String> {
    let email = email.trim().to_lowercase();
    let (user, host) = email.rsplit_once('@')?;
    let user: String = user.split('+').next().unwrap_or_default().chars().filter(|c| *c != '.').collect();
    (!user.is_empty() && !host.is_empty()).then(|| format!("{user}@{host}"))
}

/// The host of a mail address and all above it, the nearest first.
pub fn mail_hosts(email: &str) -> Vec<String> {
    let host = email.rsplit_once('@').map_or("", |(_, host)| host).trim().to_lowercase();
    let mut hosts = Vec::new();
    let mut rest = Some(host.as_str());
    while let Some(host) = rest.filter(|host| !host.is_empty()) {
        hosts.push(host.to_owned());
        rest = host.split_once('.').map(|(_, above)| above);
    }
    hosts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mailbox_has_one_spelling() {
        for email in ["ana@x.test", "A.N.A@x.test", " ana+spam@X.test", "a.na+b+c@x.test"] {
            assert_eq!(canonical(email).as_deref(), Some("ana@x.test"), "{email}");
        }
        assert_eq!((canonical("ana"), canonical("+x@y.test")), (None, None));
        assert_eq!(mail_hosts("a@Mail.x.test"), ["mail.x.test", "x.test", "test"]);
        assert!(mail_hosts("a").is_empty());
    }
}
