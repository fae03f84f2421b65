//! What documents look like.
