//! What a provider was asked for lately, so that it is not asked each time.
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::time::Timestamp;

/// Something that was asked for, and when.
#[derive(Debug)]
pub(super) struct Lately<T>(Mutex<Option<(Timestamp, Arc<T>)>>);

impl<T> Default for Lately<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Lately<T> {
    /// What was kept within `within`.
    pub(super) fn within(&self, within: Duration, now: Timestamp) -> Option<Arc<T>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(at, _)| now.since(*at) < within).map(|(_, value)| value.clone())
    }

    /// Keeps what was said `at` that time.
    pub(super) fn keep(&self, at: Timestamp, value: impl Into<Arc<T>>) -> Arc<T> {
        let value = value.into();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((at, value.clone()));
        value
    }
}
