//! How often something may be tried, by whom and from where: what somebody could otherwise guess, or flood.
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use domain::time::{Timestamp, span};

use crate::{Error, Result, Tx, random};

/// Where a request comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whence {
    /// The network address; none for the machine itself, which is not limited.
    pub address: Option<IpAddr>,
    /// What the browser or application calls itself.
    pub agent: String,
}

impl Whence {
    /// What is counted together: an address, or what one customer of a network has.
    #[must_use]
    pub fn neighbourhood(&self) -> Option<String> {
        Some(match self.address?.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        })
    }
}

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Deed {
    /// Trying a password or a code from one place.
    Login,
    /// Sending somebody to their own server, which has to be asked for that.
    Abroad,
    /// Trying one login's password or code, from wherever.
    Guess,
    /// Signing up.
    SignUp,
    /// Registering an application.
    NewApp,
    /// Asking from one place for links that renew passwords.
    Recovery,
    /// Asking for letters to one address.
    Letter,
    /// Asking to confirm an address for one login.
    Address,
}

impl Deed {
    /// How often within how long.
    const fn limit(self) -> (u32, Duration) {
        match self {
            Self::Login => (25, span::minutes(5)),
            Self::Abroad => (10, span::minutes(10)),
            Self::Guess => (25, span::hours(1)),
            Self::SignUp | Self::Recovery => (5, span::minutes(30)),
            Self::NewApp => (5, span::minutes(10)),
            Self::Letter => (5, span::hours(1)),
            Self::Address => (10, span::hours(24)),
        }
    }
}

/// How many counters are kept at most; an attacker with more addresses than that is not stopped by counting.
const MOST: usize = 100_000;

/// Counts in memory: a restart forgives, and each process of several counts for itself.
#[derive(Debug, Default)]
pub(crate) struct Limits(Mutex<HashMap<(Deed, String), Window>>);

#[derive(Debug, Clone, Copy)]
struct Window {
    until: Timestamp,
    used: u32,
}

impl Limits {
    /// Counts one try from somewhere.
    pub(crate) fn from(&self, deed: Deed, whence: &Whence, now: Timestamp) -> Result<()> {
        whence.neighbourhood().map_or(Ok(()), |key| self.of(deed, key, now))
    }

    /// Counts one try that concerns `key`.
    pub(crate) fn of(&self, deed: Deed, key: impl ToString, now: Timestamp) -> Result<()> {
        let (most, length) = deed.limit();
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= MOST {
            windows.retain(|_, window| window.until > now);
        }
        if windows.len() >= MOST {
            windows.clear();
        }
        let fresh = Window { until: now + length, used: 0 };
        let window = windows.entry((deed, key.to_string())).or_insert(fresh);
        if window.until <= now {
            *window = fresh;
        }
        if window.used >= most {
            return Err(Error::TooOften { wait: window.until.since(now) });
        }
        window.used += 1;
        Ok(())
    }
}

/// Counts one try that concerns `key`, for all processes together and beyond a restart: what reaches others is limited so.
pub(crate) fn count(tx: &mut Tx<'_, '_>, deed: Deed, key: &str) -> Result<()> {
    let ((most, length), now) = (deed.limit(), tx.now());
    let key = random::fingerprint(&format!("{deed:?} {key}"));
    let (used, until) = store::tries::count(tx, &key, now, now + length)?;
    // What is refused is not counted: the transaction ends with it.
    if u32::try_from(used).is_ok_and(|used| used > most) {
        Err(Error::TooOften { wait: until.since(now) })
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> Whence {
        Whence { address: Some(address.parse().unwrap()), agent: String::new() }
    }

    #[test]
    fn one_place_is_limited_others_are_not_and_time_forgives() {
        let (limits, start) = (Limits::default(), Timestamp(1_000));
        let try_from = |address: &str, now| limits.from(Deed::SignUp, &at(address), now);
        for _ in 0..5 {
            try_from("192.0.2.1", start).unwrap();
        }
        let refused = try_from("192.0.2.1", start + span::minutes(10)).unwrap_err();
        assert!(matches!(refused, Error::TooOften { wait } if wait == span::minutes(20)), "{refused:?}");
        assert!(try_from("::ffff:192.0.2.1", start).is_err(), "the same address in another spelling");
        try_from("192.0.2.2", start).unwrap();
        try_from("192.0.2.1", start + span::minutes(30)).unwrap();
    }

    #[test]
    fn a_network_of_one_customer_is_one_place_and_the_machine_itself_is_none() {
        let (limits, now) = (Limits::default(), Timestamp(1_000));
        for last in 0..5 {
            limits.from(Deed::SignUp, &at(&format!("2001:db8:1:2::{last}")), now).unwrap();
        }
        assert!(limits.from(Deed::SignUp, &at("2001:db8:1:2:ffff::1"), now).is_err());
        limits.from(Deed::SignUp, &at("2001:db8:1:3::1"), now).unwrap();
        for _ in 0..50 {
            limits.from(Deed::SignUp, &Whence::default(), now).unwrap();
        }
    }
}
