//! How much happens here, day by day; for those who administer the server.
use domain::{id, time::Timestamp};
pub use store::measures::{Dimension, Measure};

use crate::{App, Me, Result, rules};

/// The longest time that is counted at once, in days.
const LONGEST: i64 = 92;

const DAY: i64 = 86_400_000;

/// Some days in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// When the first begins.
    pub start: Timestamp,
    days: i64,
}

impl Period {
    /// From a day to another, both of them counted.
    pub fn new(start: Timestamp, last: Timestamp) -> Option<Self> {
        let days = (last.0 - start.0).div_euclid(DAY) + 1;
        (1..=LONGEST).contains(&days).then_some(Self { start, days })
    }

    /// The numbers of what came to be on the day that begins so many days after the first.
    fn day(self, after: i64) -> (i64, i64) {
        let at = |days: i64| id::at(Timestamp(self.start.0 + days * DAY), 0);
        (at(after), at(after + 1))
    }
}

/// How much of each happened on each day, and how much in as many days before.
pub async fn count(app: &App, me: Me, wanted: Vec<Measure>, period: Period) -> Result<Vec<(Measure, Vec<i64>, i64)>> {
    rules::read_as_admin(app, me, move |c| {
        let mut counted = Vec::new();
        for measure in wanted {
            let mut on = |after: i64| {
                let (from, to) = period.day(after);
                store::measures::count(c, measure, from, to)
            };
            let days = (0..period.days).map(&mut on).collect::<store::Result<Vec<i64>>>()?;
            let before = (-period.days..0).map(&mut on).sum::<store::Result<i64>>()?;
            counted.push((measure, days, before));
        }
        Ok(counted)
    })
    .await
}

/// The largest parts of what there was in some days, by each of these.
pub async fn divide(
    app: &App,
    me: Me,
    wanted: Vec<Dimension>,
    period: Period,
    limit: i64,
) -> Result<Vec<(Dimension, Vec<(String, i64)>)>> {
    let ((from, _), (_, to)) = (period.day(0), period.day(period.days - 1));
    rules::read_as_admin(app, me, move |c| {
        wanted.into_iter().map(|by| Ok((by, store::measures::parts(c, by, (from, to), limit)?))).collect()
    })
    .await
}

#[cfg(test)]
mod tests {
    use domain::time::span;

    use super::*;

    #[test]
    fn days_are_counted_with_the_last_and_not_without_end() {
        let at = |days: u64| Timestamp(0) + span::days(days);
        assert_eq!(Period::new(at(3), at(3)).map(|period| period.days), Some(1));
        assert_eq!(Period::new(at(3), at(9)).map(|period| period.days), Some(7));
        assert!(Period::new(at(3), at(2)).is_none() && Period::new(at(0), at(92)).is_none());
    }
}
