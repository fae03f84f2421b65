//! Other servers: what they understand, and whether they can be reached.
use crate::actor::text_enum;

text_enum! {
    /// How a group's posts are sent to a server, by the software that runs there.
    Profile {
        /// Knows groups: gets whole activities, wrapped by the group.
        Forum = "forum",
        /// Knows people: gets what the group passes on, one thread at a time.
        Microblog = "microblog",
        /// Has groups of its own making, which only send.
        Smithereen = "smithereen",
        /// Passes things on to others; nobody reads there.
        Silent = "silent",
    }
}

/// Software whose threads are pages: a title, and a text below.
const PAGES: &[&str] = &["kbin", "lemmy", "mbin", "piefed"];

/// Other software that knows groups.
const FORUMS: &[&str] = &["discourse", "ibis", "lotide", "mitra", "nodebb", "tertulia", "wordpress"];

/// Software that counts the votes a group reports.
const VOTES: &[&str] = &["lemmy", "mbin", "nodebb", "piefed", "tertulia"];

/// Software of groups that also knows polls.
const POLLS: &[&str] = &["mitra", "nodebb", "piefed", "tertulia"];

/// Software that tells its people of an invitation to a group by itself.
pub const INVITES: &[&str] = &["mobilizon", "smithereen", "tertulia"];

/// Software in whose groups one is a member by asking to join; to follow brings the posts alone, if anything.
pub const JOINED: &[&str] = &["mobilizon", "smithereen"];

/// Software that follows a thread from one group of a server to another: by the word of the group that it leaves, and by
/// that of the person who moves it, for whom a thread is the list of what stands in it.
const TRANSFERS: &[&str] = &["piefed", "tertulia"];
const CONTEXTS: &[&str] = &["nodebb"];

/// Software that takes what a group forwards, if its author signed it.
const FORWARDS: &[&str] = &["ecko", "fedibird", "hometown", "kmyblue", "mastodon"];

/// Software that shows what comes from a private group to members of that group only.
pub const CONFIDANTS: &[&str] = &["lemmy", "tertulia"];

/// Of these, the ones that do so from their version 1 on.
pub const CONFIDANTS_SINCE_1: &[&str] = &["lemmy"];

/// Whether a server tells its people of a warning in a group by itself: Lemmy does from its version 1 on.
pub fn heeds_warnings(software: &str, version: &str) -> bool {
    match software.trim().to_lowercase().as_str() {
        "tertulia" => true,
        "lemmy" => !version.starts_with("0."),
        _ => false,
    }
}

/// Whether a server knows private messages as `ChatMessage` alone, from one person to one other: Lemmy does until its
/// version 1.
pub fn chats(software: &str, version: &str) -> bool {
    match software.trim().to_lowercase().as_str() {
        "mbin" => true,
        "lemmy" => version.starts_with("0."),
        _ => false,
    }
}

/// Whether a server refuses what a group passes on of its own people's posts: Lemmy does until its version 1, which
/// waits for it.
pub fn refuses_echoes(software: &str, version: &str) -> bool {
    software.trim().eq_ignore_ascii_case("lemmy") && version.starts_with("0.")
}

/// Software that follows on behalf of others.
const SILENT: &[&str] = &["activity-relay", "activityrelay", "aoderelay", "bridgy-fed", "buzzrelay", "pub-relay"];

impl Profile {
    /// The profile of a software, by the name it gives itself; what is unknown is a microblog.
    pub fn of(software: &str) -> Self {
        let software = software.trim().to_lowercase();
        let is = |names: &[&str]| names.contains(&software.as_str());
        if is(PAGES) || is(FORUMS) {
            Self::Forum
        } else if is(SILENT) {
            Self::Silent
        } else if software == "smithereen" {
            Self::Smithereen
        } else {
            Self::Microblog
        }
    }
}

/// Whom of many servers something is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receivers {
    /// All of them.
    All,
    /// Those that know groups.
    Forums,
    /// Of those, the ones whose threads are pages.
    Pages,
    /// Of those, the other ones.
    Articles,
    /// Of those, the ones that count reported votes.
    Votes,
    /// Of those that know groups, the ones that know polls.
    Polls,
    /// Of those, the ones that follow a thread to another group if its old one says so.
    Transfers,
    /// And the ones that do if the person says so who moves it.
    Contexts,
    /// Those that get threads one at a time.
    Microblogs,
    /// Of those, the ones that also take forwarded replies.
    Forwards,
    /// And the ones that take words only from whose they are.
    FirstHand,
}

/// A choice among servers, in the terms in which they are described.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// Their profile is one of these.
    pub profiles: &'static [Profile],
    /// Their software is one of these, if any are named.
    pub only: Option<&'static [&'static str]>,
    /// And none of these.
    pub except: &'static [&'static str],
}

impl Receivers {
    /// Which servers these are.
    pub fn choice(self) -> Choice {
        const FORUM: &[Profile] = &[Profile::Forum];
        const MICROBLOG: &[Profile] = &[Profile::Microblog, Profile::Silent];
        let choice = |profiles, only, except| Choice { profiles, only, except };
        match self {
            Self::All => choice(Profile::ALL, None, &[]),
            Self::Forums => choice(FORUM, None, &[]),
            Self::Pages => choice(FORUM, Some(PAGES), &[]),
            Self::Articles => choice(FORUM, None, PAGES),
            Self::Votes => choice(FORUM, Some(VOTES), &[]),
            Self::Polls => choice(FORUM, Some(POLLS), &[]),
            Self::Transfers => choice(FORUM, Some(TRANSFERS), &[]),
            Self::Contexts => choice(FORUM, Some(CONTEXTS), &[]),
            Self::Microblogs => choice(MICROBLOG, None, &[]),
            Self::Forwards => choice(&[Profile::Microblog], Some(FORWARDS), &[]),
            Self::FirstHand => choice(MICROBLOG, None, FORWARDS),
        }
    }

    /// Whether a server that runs `software` is among them.
    pub fn include(self, software: &str) -> bool {
        let Choice { profiles, only, except } = self.choice();
        let software = software.trim().to_lowercase();
        let named = |names: &[&str]| names.contains(&software.as_str());
        profiles.contains(&Profile::of(&software)) && only.is_none_or(named) && !named(except)
    }
}

text_enum! {
    /// Whether a server can be reached.
    PeerState {
        /// It can, as far as known.
        Alive = "alive",
        /// It has not been reached for days: nothing more is queued, and it is tried once a day.
        Dead = "dead",
    }
}

text_enum! {
    /// Whether a server is asked for anything, and anything sent to it.
    Breaker {
        /// It is.
        Closed = "closed",
        /// It did not answer lately, and is about to be tried once.
        HalfOpen = "half_open",
        /// It did not answer lately, and is left alone for a while.
        Open = "open",
    }
}

text_enum! {
    /// The two ways to sign a request.
    Scheme {
        /// draft-cavage-http-signatures.
        Cavage = "cavage",
        /// RFC 9421, HTTP Message Signatures.
        Rfc9421 = "rfc9421",
    }
}

/// Software that answers that all is well to signatures by RFC 9421 and drops what it does not understand.
const SWALLOWS: &[&str] = &["pixelfed", "snac"];

impl Scheme {
    /// The one to try when a server that runs `software` does not take this one.
    pub fn other(self, software: &str) -> Option<Self> {
        match self {
            Self::Cavage if SWALLOWS.contains(&software) => None,
            Self::Cavage => Some(Self::Rfc9421),
            Self::Rfc9421 => Some(Self::Cavage),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn software_is_known_by_any_spelling_of_its_name() {
        for (software, profile) in [
            ("NodeBB", Profile::Forum),
            ("lemmy", Profile::Forum),
            ("mastodon", Profile::Microblog),
            ("never heard of", Profile::Microblog),
            ("", Profile::Microblog),
            ("Smithereen", Profile::Smithereen),
            ("pub-relay", Profile::Silent),
        ] {
            assert_eq!(Profile::of(software), profile, "{software}");
        }
    }

    #[test]
    fn warnings_are_for_those_who_know_the_word() {
        for (software, version, heeds) in [
            ("lemmy", "0.19.20", false),
            ("Lemmy", "1.0.0-beta.2", true),
            ("tertulia", "0.1.0", true),
            ("piefed", "1.6.18", false),
            ("mastodon", "4.7.0", false),
        ] {
            assert_eq!(heeds_warnings(software, version), heeds, "{software} {version}");
        }
    }

    #[test]
    fn lemmy_was_otherwise_before_its_version_1() {
        for (software, version, chat, refuses) in [
            ("lemmy", "0.17.4", true, true),
            ("Lemmy", "0.19.20", true, true),
            ("lemmy", "1.0.0-beta.2", false, false),
            ("mbin", "1.8.2", true, false),
            ("mastodon", "4.7.0", false, false),
            ("tertulia", "0.1.0", false, false),
        ] {
            assert_eq!(chats(software, version), chat, "{software} {version}");
            assert_eq!(refuses_echoes(software, version), refuses, "{software} {version}");
        }
    }

    #[test]
    fn forums_get_a_thread_in_exactly_one_form() {
        assert!(POLLS.iter().all(|software| Receivers::Forums.include(software)));
        for software in PAGES.iter().chain(FORUMS) {
            assert!(Receivers::Pages.include(software) != Receivers::Articles.include(software), "{software}");
            assert!(Receivers::Forums.include(software) && !Receivers::Microblogs.include(software), "{software}");
        }
        assert!(Receivers::Votes.include("NodeBB") && !Receivers::Votes.include("discourse"));
        for (software, forwards) in [("mastodon", true), ("gotosocial", false), ("never heard of", false)] {
            assert_eq!(Receivers::Forwards.include(software), forwards, "{software}");
            assert_eq!(Receivers::FirstHand.include(software), !forwards, "{software}");
        }
    }
}
