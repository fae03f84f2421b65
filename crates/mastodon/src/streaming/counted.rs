//! How much of something there is at the moment, for operators: counted as long as it lives, whoever keeps it.

/// One of what a metric counts.
#[derive(Debug)]
pub(super) struct Counted(&'static str);

impl Counted {
    /// One more of them.
    pub(super) fn one(metric: &'static str) -> Self {
        metrics::gauge!(metric).increment(1.0);
        Self(metric)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        metrics::gauge!(self.0).decrement(1.0);
    }
}
