//! Which servers we deal with: rules by host, and the one function that reads them.
use std::collections::HashMap;

use crate::{actor::text_enum, host::Host};

text_enum! {
    /// What a rule says about a server.
    Ruling {
        /// We have nothing to do with it.
        Suspend = "suspend",
        /// Its people are heard only by those who ask for them.
        Silence = "silence",
        /// We deal with it, whatever is said about the domain above it, or about all others.
        Allow = "allow",
    }
}

text_enum! {
    /// What a server is to us.
    Regard {
        /// We deal with it.
        Welcome = "welcome",
        /// Its people are heard only by those who ask for them.
        Silenced = "silenced",
        /// We have nothing to do with it.
        Suspended = "suspended",
    }
}

text_enum! {
    /// Whom we deal with when nothing is said about them.
    Openness {
        /// Everybody.
        Open = "open",
        /// Nobody.
        Allowlist = "allowlist",
    }
}

/// All rules, as they are asked.
#[derive(Debug, Clone)]
pub struct Rulebook {
    openness: Openness,
    rulings: HashMap<Host, Ruling>,
}

impl Rulebook {
    /// The book of these rules.
    pub fn new(openness: Openness, rulings: impl IntoIterator<Item = (Host, Ruling)>) -> Self {
        Self { openness, rulings: rulings.into_iter().collect() }
    }

    /// What a server is to us, by the rule about it or the nearest domain above it; a rule that names a port is only
    /// about that one.
    pub fn regard(&self, host: &Host) -> Regard {
        match (self.openness, self.nearest(host)) {
            (_, Some(Ruling::Allow)) | (Openness::Open, None) => Regard::Welcome,
            (Openness::Open, Some(Ruling::Silence)) => Regard::Silenced,
            (_, Some(Ruling::Suspend)) | (Openness::Allowlist, _) => Regard::Suspended,
        }
    }

    fn nearest(&self, host: &Host) -> Option<Ruling> {
        host.above().find_map(|host| self.rulings.get(&host)).copied()
    }
}

impl Default for Rulebook {
    fn default() -> Self {
        Self::new(Openness::Open, [])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> Host {
        Host::parse(text).unwrap()
    }

    fn book(openness: Openness, rulings: &[(&str, Ruling)]) -> Rulebook {
        Rulebook::new(openness, rulings.iter().map(|(text, ruling)| (host(text), *ruling)))
    }

    #[test]
    fn a_rule_is_about_a_host_and_all_below_it() {
        let rules = ["evil.test", "ñandú.test", "Loud.TEST.", "port.test:8443", "10.0.0.1", "[2a01:4f8::1]"];
        let suspend = book(Openness::Open, &rules.map(|rule| (rule, Ruling::Suspend)));
        for (text, suspended) in [
            ("evil.test", true),
            ("EVIL.test.", true),
            ("evil.test:8443", true),
            ("a.b.evil.test", true),
            ("a.evil.test:8443", true),
            ("notevil.test", false),
            ("evil.test.org", false),
            ("test", false),
            ("evil", false),
            ("xn--and-6ma2c.test", true),
            ("sub.ÑANDÚ.test", true),
            ("nandu.test", false),
            ("loud.test", true),
            ("port.test:8443", true),
            ("sub.port.test:8443", true),
            ("port.test", false),
            ("port.test:8444", false),
            ("10.0.0.1", true),
            ("10.0.0.1:80", true),
            ("110.0.0.1", false),
            ("0.0.0.1", false),
            ("[2a01:4f8:0::1]", true),
            ("[2a01:4f8::2]", false),
        ] {
            let (rules, asked) = (rules.map(host), host(text));
            assert_eq!(suspend.regard(&asked) == Regard::Suspended, suspended, "{text}");
            assert_eq!(rules.iter().any(|rule| rule.covers(&asked)), suspended, "{text}, by each rule");
        }
    }

    #[test]
    fn the_nearest_rule_counts() {
        let rules = [
            ("evil.test", Ruling::Suspend),
            ("good.evil.test", Ruling::Allow),
            ("bad.good.evil.test", Ruling::Silence),
            ("loud.test", Ruling::Silence),
        ];
        for (text, open, closed) in [
            ("evil.test", Regard::Suspended, Regard::Suspended),
            ("x.evil.test", Regard::Suspended, Regard::Suspended),
            ("good.evil.test", Regard::Welcome, Regard::Welcome),
            ("x.good.evil.test", Regard::Welcome, Regard::Welcome),
            ("bad.good.evil.test", Regard::Silenced, Regard::Suspended),
            ("loud.test", Regard::Silenced, Regard::Suspended),
            ("other.test", Regard::Welcome, Regard::Suspended),
        ] {
            assert_eq!(book(Openness::Open, &rules).regard(&host(text)), open, "{text}");
            assert_eq!(book(Openness::Allowlist, &rules).regard(&host(text)), closed, "{text}");
        }
    }
}
