//! Whom a post or an activity is addressed to.
use domain::post::Audience;
use serde_json::Value;

use super::shape::{each, id, is_public};

/// How many addresses are read of each field.
const MOST: usize = 256;

/// The addresses of a document, `Public` apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addressed {
    /// Everybody, and everybody may list it.
    pub listed: bool,
    /// Everybody who has the link.
    pub unlisted: bool,
    /// The group it says it belongs to; proves nothing by itself.
    pub audience: Vec<String>,
    /// First of all to these.
    pub to: Vec<String>,
    /// Then to these.
    pub cc: Vec<String>,
}

impl Addressed {
    /// The addresses of `document`.
    pub fn of(document: &Value) -> Self {
        let mut found = Self::default();
        found.audience = addresses(document, "audience", &mut false);
        found.to = addresses(document, "to", &mut found.listed);
        found.cc = addresses(document, "cc", &mut found.unlisted);
        found
    }

    /// Whether it says for whom it is: to name the group it belongs to is not enough.
    pub fn says_for_whom(&self) -> bool {
        self.listed || self.unlisted || !self.to.is_empty() || !self.cc.is_empty()
    }

    /// What is said here; if that is not for whom it is, what is said around it.
    #[must_use]
    pub fn or(self, around: Self) -> Self {
        match (self.says_for_whom(), self.audience.is_empty()) {
            (false, true) => around,
            (false, false) => Self { audience: self.audience, ..around },
            (true, _) => self,
        }
    }

    /// Every address once, in the order in which groups are looked for.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.audience.iter().chain(&self.to).chain(&self.cc).map(String::as_str)
    }

    /// What the addresses amount to. `followers` is the collection of the author, `of_groups` those of the groups.
    pub fn amounts_to(&self, followers: Option<&str>, of_groups: &[&str]) -> Audience {
        let names = |collection: &str| self.to.iter().chain(&self.cc).any(|address| address == collection);
        // What stands in a group and is for nobody else is for everybody, as Discourse has it.
        let open = !self.says_for_whom() && !self.audience.is_empty();
        if self.listed || open {
            Audience::Public
        } else if self.unlisted {
            Audience::Unlisted
        } else if followers.is_some_and(names) {
            Audience::Followers
        } else if of_groups.iter().any(|collection| names(collection)) {
            Audience::Members
        } else {
            Audience::Direct
        }
    }
}

fn addresses(document: &Value, key: &str, public: &mut bool) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for address in each(document, key).filter_map(id).take(MOST) {
        if is_public(address) {
            *public = true;
        } else if !found.iter().any(|known| known == address) {
            found.push(address.to_owned());
        }
    }
    found
}
