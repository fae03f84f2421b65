//! What other servers send, understood: pure, tolerant of every shape that occurs, strict where two readers could differ.
mod actor;
mod addressed;
mod attached;
mod event;
mod listing;
mod post;
pub(crate) mod shape;
mod strict;
#[cfg(test)]
mod tests;

use serde_json::Value;

pub(crate) use self::post::is_tombstone;
use self::shape::{each, id, id_of, types};
pub use self::{
    actor::{FoundActor, Staff, actor},
    addressed::Addressed,
    attached::reaction,
    listing::Listing,
    post::{FoundPost, post},
    strict::{Unreadable, json},
};

/// Why a document is not what it was read as. The text is safe to show to its sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// It is something else.
    #[error("it is not {0}")]
    Kind(&'static str),
    /// Something is missing, or is there in a form that cannot be used.
    #[error("{0} is missing or of no use")]
    Lacks(&'static str),
}

/// What an activity does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the words are those of the vocabulary")]
pub enum Verb {
    Accept,
    Add,
    Announce,
    AnnounceRequest,
    Block,
    Create,
    Delete,
    Dislike,
    EmojiReact,
    Flag,
    Follow,
    Invite,
    Join,
    Leave,
    Like,
    LikeRequest,
    Lock,
    Move,
    QuoteRequest,
    Reject,
    Remove,
    ReplyRequest,
    Resolve,
    Undo,
    Update,
    Warn,
    Other,
}

impl Verb {
    fn of(name: &str) -> Self {
        match name {
            "Accept" | "TentativeAccept" => Self::Accept,
            "Add" => Self::Add,
            "Announce" => Self::Announce,
            "AnnounceRequest" => Self::AnnounceRequest,
            "Block" => Self::Block,
            "Create" => Self::Create,
            "Delete" => Self::Delete,
            "Dislike" => Self::Dislike,
            "EmojiReact" => Self::EmojiReact,
            "Flag" => Self::Flag,
            "Follow" => Self::Follow,
            "Invite" => Self::Invite,
            "Join" => Self::Join,
            "Leave" => Self::Leave,
            "Like" => Self::Like,
            "LikeRequest" => Self::LikeRequest,
            "Lock" => Self::Lock,
            "Move" => Self::Move,
            "QuoteRequest" => Self::QuoteRequest,
            "Reject" | "TentativeReject" => Self::Reject,
            "Remove" => Self::Remove,
            "ReplyRequest" => Self::ReplyRequest,
            "Resolve" => Self::Resolve,
            "Undo" => Self::Undo,
            "Update" => Self::Update,
            "Warn" => Self::Warn,
            _ => Self::Other,
        }
    }
}

/// What an activity is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Object<'a> {
    /// Nothing that can be named.
    None,
    /// Something named by its id.
    Id(&'a str),
    /// Something that came along.
    Embedded(&'a Value),
}

impl<'a> Object<'a> {
    fn new(value: &'a Value) -> Self {
        match value {
            Value::Object(_) => Self::Embedded(value),
            _ => id(value).map_or(Self::None, Self::Id),
        }
    }

    /// Its id, if it has one.
    pub fn id(self) -> Option<&'a str> {
        match self {
            Self::None => None,
            Self::Id(id) => Some(id),
            Self::Embedded(value) => id(value),
        }
    }

    /// The activity that came along, if it is one.
    pub fn activity(self) -> Option<Incoming<'a>> {
        match self {
            Self::Embedded(value) => activity(value).ok(),
            _ => None,
        }
    }
}

/// An activity, as it stands in a document.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// Its id; some come without.
    pub id: Option<&'a str>,
    /// Who did it; some inner ones do not say.
    pub actor: Option<&'a str>,
    /// What it does.
    pub verb: Verb,
    /// The word for that, as written.
    pub kind: &'a str,
    /// To what, or to whom.
    pub object: Object<'a>,
    /// Where: the collection, or the group.
    pub target: Option<&'a str>,
    /// Why. Its mere presence, even empty, says that a moderator acts.
    pub reason: Option<&'a str>,
    /// The whole.
    pub raw: &'a Value,
}

impl Incoming<'_> {
    /// Whom it is addressed to.
    pub fn addressed(&self) -> Addressed {
        Addressed::of(self.raw)
    }
}

/// Reads an activity; of the things inside it only the outside.
pub fn activity(value: &Value) -> Result<Incoming<'_>, Misfit> {
    let kind = types(value).next().filter(|kind| !kind.is_empty()).ok_or(Misfit::Lacks("type"))?;
    let verb = types(value).map(Verb::of).find(|verb| *verb != Verb::Other).unwrap_or(Verb::Other);
    Ok(Incoming {
        id: id(value),
        actor: id_of(value, "actor"),
        verb,
        kind,
        object: each(value, "object").next().map_or(Object::None, Object::new),
        target: id_of(value, "target"),
        reason: value.get("summary").map(|reason| reason.as_str().unwrap_or_default()),
        raw: value,
    })
}
