//! What leaves after which event.
