//! Text as people write it, other servers send it and pages show it.
pub mod hashtag;
pub mod html;
pub mod language;
pub mod markdown;
pub mod mention;
pub mod plain;
pub mod search;
pub mod shortcode;
pub mod title;

mod scan;
