//! Large numbers, kept for a while: counting them takes long, and nobody notices what a few more make of them.
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{
    id::ActorId,
    time::{Timestamp, span},
};

/// From here on a number is large; counting fewer takes less than a millisecond.
const LARGE: i64 = 10_000;

/// How long a large number is kept.
const KEPT: Duration = span::minutes(10);

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Total {
    /// The posts that were written here.
    Posts,
    /// The logins.
    People,
    /// The logins of those who were here in so many days.
    Active(u64),
    /// Those who follow an actor.
    Followers(ActorId),
    /// Those whom an actor follows, as everybody may know.
    Following(ActorId),
    /// What a stranger sees of what an actor wrote, or for a group of its threads.
    Outbox(ActorId),
}

/// The large numbers that were counted lately. A clone is the same.
#[derive(Debug, Clone, Default)]
pub struct Totals(Arc<Mutex<HashMap<Total, (Timestamp, i64)>>>);

impl Totals {
    /// A number as it is, or as it was a few minutes ago if it is large.
    pub fn get<E>(&self, total: Total, now: Timestamp, count: impl FnOnce() -> Result<i64, E>) -> Result<i64, E> {
        self.get_among(total, now, 0, count)
    }

    /// The same for a number that is found by looking at `among`.
    pub fn get_among<E>(
        &self,
        total: Total,
        now: Timestamp,
        among: i64,
        count: impl FnOnce() -> Result<i64, E>,
    ) -> Result<i64, E> {
        let is_fresh = |counted: Timestamp| now < counted + KEPT;
        let kept = self.with(|kept| kept.get(&total).copied());
        if let Some((_, number)) = kept.filter(|(counted, _)| is_fresh(*counted)) {
            return Ok(number);
        }
        let number = count()?;
        if number.max(among) >= LARGE {
            self.with(|kept| {
                kept.retain(|_, (counted, _)| is_fresh(*counted));
                kept.insert(total, (now, number));
            });
        }
        Ok(number)
    }

    fn with<T>(&self, f: impl FnOnce(&mut HashMap<Total, (Timestamp, i64)>) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    #[test]
    fn only_large_numbers_are_kept_and_not_for_long() {
        let (totals, begin) = (Totals::default(), Timestamp(1_000));
        let get = |total, at: Timestamp, number: i64| totals.get(total, at, || Ok::<_, Infallible>(number)).unwrap();
        let fans = Total::Followers(ActorId(1));
        assert_eq!(
            (get(fans, begin, LARGE - 1), get(fans, begin, LARGE), get(fans, begin, 1)),
            (LARGE - 1, LARGE, LARGE)
        );
        assert_eq!(get(Total::Followers(ActorId(2)), begin, 3), 3, "another number");
        assert_eq!(get(fans, begin + KEPT, 1), 1);
        let few = |number| totals.get_among(Total::Active(30), begin, LARGE, || Ok::<_, Infallible>(number)).unwrap();
        assert_eq!((few(5), few(6)), (5, 5), "few, but found among many");
    }
}
