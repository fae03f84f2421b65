//! Actors: whoever has a name, an inbox and keys, here or elsewhere.
use serde::{Deserialize, Serialize};

use crate::{
    id::{ActorId, PeerId},
    statement::Sanction,
    time::Timestamp,
};

/// Declares an enum that the store keeps as text.
macro_rules! text_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every value, in the order of their declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word the store, the command line and the logs use.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::UnknownWord;
            fn from_str(s: &str) -> Result<Self, crate::UnknownWord> {
                match s { $($text => Ok(Self::$variant),)+ _ => Err(crate::UnknownWord(s.to_owned())) }
            }
        }
    };
}
pub(crate) use text_enum;

text_enum! {
    /// How those who administer this server hold somebody back.
    Restraint {
        /// They are heard by those alone who ask for them.
        Silence = "silence",
        /// All their pictures are covered at first.
        Veil = "veil",
    }
}

text_enum! {
    /// What an actor is.
    ActorKind {
        /// A human being, or what acts like one.
        Person = "person",
        /// A community.
        Group = "group",
        /// A bot.
        Service = "service",
        /// A server's own actor.
        Application = "application",
        /// An organization that acts by itself.
        Organization = "organization",
    }
}

/// A line of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// What it is about, plain text.
    pub name: String,
    /// What it says, sanitised HTML.
    pub value: String,
    /// Since when the page it leads to is known to lead back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<Timestamp>,
}

/// An actor as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Its number here.
    pub id: ActorId,
    /// What it is.
    pub kind: ActorKind,
    /// Its id on the network, a URL.
    pub uri: String,
    /// The name of the handle, without host; lower case for local actors.
    pub name: String,
    /// The host of the handle, canonical, with its port when it has one.
    pub host: String,
    /// The server it lives on; `None` when that is this one.
    pub peer: Option<PeerId>,
    /// What it calls itself.
    pub title: String,
    /// What it says about itself, sanitised HTML.
    pub summary: String,
    /// The page to show to people.
    pub url: String,
    /// Its picture.
    pub icon: Option<String>,
    /// Its banner.
    pub image: Option<String>,
    /// Where it receives.
    pub inbox: String,
    /// Where all actors of its server receive.
    pub shared_inbox: Option<String>,
    /// Its collection of followers, by which posts are addressed to them.
    pub followers: Option<String>,
    /// Whether it answers requests to follow by hand.
    pub approves_followers: bool,
    /// Whether directories and search may list it.
    pub discoverable: bool,
    /// Whether its posts may be indexed.
    pub indexable: bool,
    /// What it tells of itself beside that: lines with a name.
    pub fields: Vec<Field>,
    /// Whether it keeps to itself who follows it and whom it follows.
    pub hides_circle: bool,
    /// Whether those who administer this server let only those hear it who ask for it.
    pub silenced: bool,
    /// Whether they cover all its pictures at first.
    pub veiled: bool,
    /// When it came to be, as far as known.
    pub created: Timestamp,
    /// When its document was last read (remote) or last changed (local).
    pub updated: Timestamp,
    /// When it was deleted; its id then answers 410.
    pub deleted: Option<Timestamp>,
    /// Whether it is suspended, here or by its own server: nothing of it is shown.
    #[serde(default)]
    pub suspended: bool,
}

impl Restraint {
    /// As what somebody is told of it.
    pub fn sanction(self) -> Sanction {
        match self {
            Self::Silence => Sanction::Silence,
            Self::Veil => Sanction::Veil,
        }
    }
}

impl Actor {
    /// One of here that is not stored yet and says nothing of itself: whoever makes one adds what it has, where it receives
    /// first of all.
    pub fn new(kind: ActorKind, uri: String, (name, host): (&str, &str), created: Timestamp) -> Self {
        Self {
            id: ActorId(0),
            kind,
            name: name.to_owned(),
            host: host.to_owned(),
            peer: None,
            title: name.to_owned(),
            summary: String::new(),
            url: uri.clone(),
            icon: None,
            image: None,
            inbox: String::new(),
            shared_inbox: None,
            followers: None,
            approves_followers: false,
            discoverable: true,
            indexable: true,
            fields: Vec::new(),
            hides_circle: false,
            silenced: false,
            veiled: false,
            created,
            updated: created,
            deleted: None,
            suspended: false,
            uri,
        }
    }

    /// Whether it lives here.
    pub fn is_local(&self) -> bool {
        self.peer.is_none()
    }

    /// Whether it is a community.
    pub fn is_group(&self) -> bool {
        self.kind == ActorKind::Group
    }

    /// Whether it is held back in this way.
    pub fn is_held_back(&self, how: Restraint) -> bool {
        match how {
            Restraint::Silence => self.silenced,
            Restraint::Veil => self.veiled,
        }
    }

    /// All texts of it in which names may stand for pictures.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let fields = self.fields.iter().flat_map(|field| [field.name.as_str(), field.value.as_str()]);
        [self.title.as_str(), self.summary.as_str()].into_iter().chain(fields)
    }

    /// `name@host`.
    pub fn handle(&self) -> String {
        format!("{}@{}", self.name, self.host)
    }
}
