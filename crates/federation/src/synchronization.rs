//! Followers in agreement on both sides (FEP-8fcf): who sends to its followers says by a digest which of them it knows on
//! the receiver's server; who knows others asks which, and mends its own side.
mod mend;
mod serve;

use domain::host::same_origin;
use openssl::sha::sha256;

pub use self::mend::handlers;
pub(crate) use self::{mend::note, serve::serve};
use crate::signature::parameters;

/// The header, in lower case.
pub(crate) const HEADER: &str = "collection-synchronization";

/// Actors with more followers say nothing: counting them all for a header is too dear.
pub(crate) const MOST: i64 = 25_000;

/// A set of ids, in whatever order: the SHA-256 of each, all of them added without carry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Digest([u8; 32]);

impl Digest {
    pub(crate) fn of<'a>(ids: impl IntoIterator<Item = &'a str>) -> Self {
        let mut digest = Self::default();
        ids.into_iter().for_each(|id| digest.add(id));
        digest
    }

    pub(crate) fn add(&mut self, id: &str) {
        for (sum, byte) in self.0.iter_mut().zip(sha256(id.as_bytes())) {
            *sum ^= byte;
        }
    }
}

/// The value of the header: which collection, the digest of a part of it, and where that part is.
pub(crate) fn header(collection: &str, digest: Digest, url: &str) -> String {
    format!("collectionId=\"{collection}\", url=\"{url}\", digest=\"{}\"", hex::encode(digest.0))
}

/// What a server says about the followers of an actor of its own.
#[derive(Debug, PartialEq, Eq)]
struct Said<'a> {
    collection: &'a str,
    url: &'a str,
    digest: Digest,
}

impl<'a> Said<'a> {
    /// Reads the header; nothing if it makes no sense, or leads away from the server of `actor`.
    fn parse(header: &'a str, actor: &str) -> Option<Self> {
        let parameters = parameters(header)?;
        let get = |name| parameters.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
        let mut digest = Digest::default();
        hex::decode_to_slice(get("digest")?, &mut digest.0).ok()?;
        let said = Self { collection: get("collectionId")?, url: get("url")?, digest };
        let own = same_origin(said.collection, actor) && same_origin(said.url, actor);
        (own && !header.contains(char::is_control)).then_some(said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_forgets_the_order() {
        let one = Digest::of(["https://a.test/users/1"]);
        assert_eq!(hex::encode(Digest::default().0), "0".repeat(64));
        assert_eq!(one.0, sha256(b"https://a.test/users/1"));
        let both = Digest::of(["https://a.test/users/1", "https://a.test/users/2"]);
        assert_eq!(both, Digest::of(["https://a.test/users/2", "https://a.test/users/1"]));
        assert_ne!(both, one);
    }

    #[test]
    fn what_is_said_is_read_and_stays_with_who_says_it() {
        let actor = "https://a.test/users/ana";
        let (collection, url) =
            ("https://a.test/users/ana/followers", "https://a.test/users/ana/followers_synchronization");
        let digest = Digest::of(["https://b.test/users/1"]);
        let said = header(collection, digest, url);
        assert_eq!(Said::parse(&said, actor), Some(Said { collection, url, digest }));
        assert_eq!(Said::parse(&said, "https://b.test/users/ana"), None);
        assert_eq!(Said::parse(&said.replace("digest=\"", "digest=\"0"), actor), None);
        assert_eq!(Said::parse(&header(collection, digest, "https://b.test/x"), actor), None);
        for senseless in ["", "url", "collectionId=\"https://a.test/f\"", "a=\"b\", a=\"c\""] {
            assert_eq!(Said::parse(senseless, actor), None, "{senseless}");
        }
    }
}
