//! Documents and activities as we send them: typed, pure, all with one `@context`.
//!
//! Everything renders to a value that `serde_json` writes. A document that stands alone is closed with [`document`];
//! what stands inside another one has no context of its own.
pub mod activity;
pub mod actor;
mod address;
pub mod chat;
mod context;
pub mod object;
mod tag;
#[cfg(test)]
mod tests;

use domain::{emoji::Emoji, time::Timestamp, urls::Site};
use serde::Serialize;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

pub use self::{
    activity::{Activity, Room},
    actor::actor,
    context::Context,
    object::{Form, object, tombstone},
};

/// Everybody.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// A document that stands alone, with its context.
#[derive(Debug, Clone, Serialize)]
struct Document<T> {
    #[serde(rename = "@context")]
    context: Context,
    #[serde(flatten)]
    content: T,
}

/// The text of a document that stands alone.
pub fn document(content: &impl Serialize) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Document { context: Context, content })
}

/// The document of a custom emoji of ours.
pub fn emoji<'a>(site: &Site, emoji: &'a Emoji) -> impl Serialize + use<'a> {
    tag::emoji(site, emoji)
}

/// A moment as documents write it, to the millisecond.
pub(crate) fn date(at: Timestamp) -> String {
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.millis()) * 1_000_000);
    moment.ok().and_then(|moment| moment.format(&Rfc3339).ok()).unwrap_or_default()
}
