//! How much one activity, or one question, may make us fetch.
use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
};

use domain::host::Host;

/// How many documents.
const FETCHES: u32 = 100;
/// From how many hosts under one registered name, as far as that can be told from its last two labels.
const HOSTS: usize = 10;
/// How many posts are followed that each quote the next.
const QUOTES: usize = 3;

/// What is left of the allowance.
#[derive(Debug)]
pub(crate) struct Budget(Mutex<Left>);

#[derive(Debug)]
struct Left {
    fetches: u32,
    hosts: HashMap<String, HashSet<String>>,
    /// The posts of which it is being looked for what they quote, each quoted by the one before.
    quoting: Vec<String>,
}

impl Default for Budget {
    fn default() -> Self {
        Self::of(FETCHES)
    }
}

impl Budget {
    /// An allowance of so many documents.
    pub(crate) fn of(fetches: u32) -> Self {
        Self(Mutex::new(Left { fetches, hosts: HashMap::new(), quoting: Vec::new() }))
    }

    /// Whether it is to be looked for what a post quotes: not in a circle, and not for ever. If so, [`Self::ascend`] says that
    /// it was.
    pub(crate) fn descend(&self, quoting: &str, quoted: &str) -> bool {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = left.quoting.len() < QUOTES && !left.quoting.iter().any(|above| above == quoted);
        if is_new {
            left.quoting.push(quoting.to_owned());
        }
        is_new
    }

    /// Notes that what the last post quotes was looked for.
    pub(crate) fn ascend(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).quoting.pop();
    }

    /// Whether nothing is left.
    pub(crate) fn is_spent(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fetches == 0
    }

    /// Takes one fetch from `host` off the allowance; whether there was one left.
    pub(super) fn spend(&self, host: &Host) -> bool {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(fetches) = left.fetches.checked_sub(1) else { return false };
        left.fetches = fetches;
        let mut labels = host.name().rsplit('.');
        let registered = match (labels.next(), labels.next()) {
            (Some(last), Some(before)) => format!("{before}.{last}"),
            _ => host.name().to_owned(),
        };
        let hosts = left.hosts.entry(registered).or_default();
        hosts.insert(host.to_string());
        hosts.len() <= HOSTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_followed_neither_in_a_circle_nor_for_ever() {
        let budget = Budget::default();
        assert!(budget.descend("a", "b") && budget.descend("b", "c"));
        assert!(!budget.descend("c", "a"), "a circle");
        assert!(budget.descend("c", "d") && !budget.descend("d", "e"), "one after another");
        budget.ascend();
        assert!(budget.descend("c", "d"));
    }

    #[test]
    fn ends_after_a_hundred_fetches_or_ten_hosts_of_one_name() {
        let host = |text: &str| Host::parse(text).unwrap();
        let budget = Budget::default();
        assert!((0..100).all(|n| budget.spend(&host(&format!("h{n}.name{}.test", n / 10)))));
        assert!(!budget.spend(&host("alpha.test")));

        let budget = Budget::default();
        assert!((0..10).all(|n| budget.spend(&host(&format!("h{n}.evil.test")))));
        assert!(budget.spend(&host("h3.evil.test")), "a known host is no new one");
        assert!(!budget.spend(&host("h10.evil.test")));
        assert!(budget.spend(&host("other.test")));
    }
}
