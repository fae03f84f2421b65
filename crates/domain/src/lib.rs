//! The nouns and the rules: no I/O, no SQL, no wire format.
pub mod actor;
pub mod bar;
pub mod bylaw;
pub mod charter;
pub mod claim;
pub mod emoji;
pub mod filter;
pub mod group;
pub mod handle;
pub mod held;
pub mod host;
pub mod id;
pub mod imprint;
pub mod list;
pub mod media;
pub mod notice;
pub mod pace;
pub mod peer;
pub mod policy;
pub mod portion;
pub mod post;
pub mod pulse;
pub mod push;
pub mod quiet_hours;
pub mod registration;
pub mod report;
pub mod rule;
pub mod scope;
pub mod sentence;
pub mod severance;
pub mod shun;
pub mod statement;
pub mod text;
pub mod theme;
pub mod time;
pub mod urls;
pub mod zone;

/// A word that names none of the values it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown word `{0}`")]
pub struct UnknownWord(pub String);
