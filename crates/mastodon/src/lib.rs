//! mastodon.
