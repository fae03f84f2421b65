//! How often something may be tried, by whom and from where: what somebody could otherwise guess, or flood.
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use domain::{
    id::ActorId,
    time::{Timestamp, span},
};

use crate::{App, Error, Me, Result, Tx, random};

/// Where a request comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whence {
    /// The network address; none for the machine itself, which is not limited.
    pub address: Option<IpAddr>,
    /// What the browser or application calls itself.
    pub agent: String,
    /// What the browser keeps since somebody signed in with it; see [`crate::devices`].
    pub marks: String,
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
    /// Being asked for a passkey, from one place or for one login.
    Challenge,
    /// Showing once more the password of a login that is signed in, or its code after the password.
    Guess,
    /// Trying the password of one name, from one place, with a browser in which it was never let in.
    NearGuess,
    /// The same, from all places together.
    StrangeGuess,
    /// The same once that is used up: nobody locks anybody out, and nobody guesses fast.
    SlowGuess,
    /// Trying the password of a name with one browser in which it was let in before.
    KnownGuess,
    /// Signing up.
    SignUp,
    /// Registering an application.
    NewApp,
    /// Asking for a token that concerns no person.
    OwnToken,
    /// Asking from one place for links that renew passwords.
    Recovery,
    /// Asking for letters to one address.
    Letter,
    /// Asking to confirm an address for one login.
    Address,
    /// What one person does that others read or answer.
    Outward(Outward),
}

/// What of a person reaches others, by clients and on pages alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outward {
    /// Posting, changing what was posted, and passing on.
    Post,
    /// Asking to follow somebody.
    Follow,
}

/// What clients do that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Call {
    /// Whatever it is, by one client: whoever has one token, or comes from one place without any.
    Client,
    /// The same, by all clients of one person.
    Person,
    /// Bringing something to be shown.
    Upload,
    /// Deleting a post, or taking back that it was passed on.
    Deletion,
}

impl Call {
    /// How often within how long: what clients know from Mastodon. `usual` is how often a client may come.
    const fn limit(self, usual: u32) -> (u32, Duration) {
        match self {
            Self::Client => (usual, span::minutes(5)),
            Self::Person => (usual.saturating_mul(5), span::minutes(5)),
            Self::Upload | Self::Deletion => (30, span::minutes(30)),
        }
    }
}

impl Deed {
    /// How often within how long.
    const fn limit(self) -> (u32, Duration) {
        match self {
            Self::Login => (25, span::minutes(5)),
            // Browsers are asked whenever the page is opened, too.
            Self::Challenge => (100, span::minutes(5)),
            Self::Abroad => (10, span::minutes(10)),
            Self::Guess | Self::NearGuess | Self::StrangeGuess | Self::KnownGuess => (25, span::hours(1)),
            Self::SlowGuess => (1, span::minutes(1)),
            Self::SignUp | Self::Recovery => (5, span::minutes(30)),
            Self::NewApp => (5, span::minutes(10)),
            Self::OwnToken => (60, span::minutes(10)),
            Self::Letter => (5, span::hours(1)),
            Self::Address => (10, span::hours(24)),
            // As on Mastodon.
            Self::Outward(Outward::Post) => (300, span::hours(3)),
            Self::Outward(Outward::Follow) => (400, span::hours(24)),
        }
    }
}

/// What is left of how often something may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// How often it may be done.
    pub most: u32,
    /// How often it may still be done; nothing if it may not be done now.
    pub left: Option<u32>,
    /// When it may be done as often again.
    pub until: Timestamp,
}

/// Counts a call by `caller`, and says what is left; whoever is nobody in particular is not counted. `usual` is how often
/// one client may come in five minutes.
pub fn call(app: &App, call: Call, caller: Option<&str>, usual: u32) -> Allowance {
    let ((most, within), now) = (call.limit(usual), app.now());
    match caller {
        Some(caller) => app.limits().count(Kind::Call(call), caller.to_owned(), (most, within), now),
        None => Allowance { most, left: Some(most), until: now + within },
    }
}

/// What is counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Deed(Deed),
    Call(Call),
}

/// How many counters are kept at most; an attacker with more addresses than that is not stopped by counting.
const MOST: usize = 100_000;

/// Counts in memory: a restart forgives, and each process of several counts for itself.
#[derive(Debug, Default)]
pub(crate) struct Limits(Mutex<HashMap<(Kind, String), Window>>);

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
        let Allowance { left, until, .. } = self.count(Kind::Deed(deed), key.to_string(), deed.limit(), now);
        left.map(drop).ok_or(Error::TooOften { wait: until.since(now) })
    }

    fn count(&self, kind: Kind, key: String, (most, within): (u32, Duration), now: Timestamp) -> Allowance {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= MOST {
            windows.retain(|_, window| window.until > now);
        }
        if windows.len() >= MOST {
            windows.clear();
        }
        let fresh = Window { until: now + within, used: 0 };
        let window = windows.entry((kind, key)).or_insert(fresh);
        if window.until <= now {
            *window = fresh;
        }
        let left = most.checked_sub(window.used).and_then(|left| left.checked_sub(1));
        if left.is_some() {
            window.used += 1;
        }
        Allowance { most, left, until: window.until }
    }
}

/// Counts one try that concerns `key`, for all processes together and beyond a restart: what reaches others is limited so.
pub(crate) fn count(tx: &mut Tx<'_, '_>, deed: Deed, key: &str) -> Result<()> {
    let ((most, length), now) = (deed.limit(), tx.now());
    let key = kept_as(deed, key);
    let (used, until) = store::tries::count(tx, &key, now, now + length)?;
    // What is refused is not counted: the transaction ends with it.
    if u32::try_from(used).is_ok_and(|used| used > most) {
        Err(Error::TooOften { wait: until.since(now) })
    } else {
        Ok(())
    }
}

fn kept_as(deed: Deed, key: &str) -> String {
    random::fingerprint(&format!("{deed:?} {key}"))
}

/// Counts what a person does that reaches others.
pub(crate) fn reach_out(tx: &mut Tx<'_, '_>, what: Outward, person: ActorId) -> Result<()> {
    if tx.config().premises.boundless { Ok(()) } else { count(tx, Deed::Outward(what), &person.to_string()) }
}

/// How often a person may still do what reaches others; nothing is counted by asking.
pub async fn outward(app: &App, me: Me, what: Outward) -> Result<Allowance> {
    let (deed, now) = (Deed::Outward(what), app.now());
    let ((most, length), key) = (deed.limit(), kept_as(deed, &me.0.to_string()));
    let used = app.read(move |c| store::tries::used(c, &key, now)).await?;
    let (used, until) = used.unwrap_or((0, now + length));
    Ok(Allowance { most, left: Some(most.saturating_sub(u32::try_from(used).unwrap_or(u32::MAX))), until })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> Whence {
        Whence { address: Some(address.parse().unwrap()), ..Whence::default() }
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
    fn what_is_left_is_told_until_nothing_is() {
        let (limits, start) = (Limits::default(), Timestamp(1_000));
        let count = |key: &str, now| limits.count(Kind::Call(Call::Client), key.into(), Call::Client.limit(2), now);
        let until = start + span::minutes(5);
        assert_eq!(count("a", start), Allowance { most: 2, left: Some(1), until });
        assert_eq!(count("a", start).left, Some(0));
        assert_eq!(count("a", start + span::minutes(1)), Allowance { most: 2, left: None, until });
        assert_eq!(count("b", start).left, Some(1), "others have their own");
        assert_eq!(count("a", until).left, Some(1));
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
