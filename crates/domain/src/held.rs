//! Posts that wait: what the team of a community wants to see before anybody else does.
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    actor::text_enum,
    filter,
    group::Standing,
    host::Host,
    post::{Attachment, Content},
    text::html,
    time::span,
};

/// Whoever has fewer posts than this in a community is new there, as far as links go.
pub const NEWCOMER: i64 = 3;

/// Whoever is known on this server for less than this is on their first day.
pub const FIRST_DAY: Duration = span::days(1);

text_enum! {
    /// Why a post waits until the team has seen it.
    Doubt {
        /// It is one of the first of its author there.
        First = "first",
        /// Its author is no member.
        Stranger = "stranger",
        /// It leads elsewhere, and its author is new there.
        Link = "link",
        /// It says a word that the team wants to see first.
        Word = "word",
        /// It leads to a server that the team wants to see first, or comes from there.
        Domain = "domain",
        /// Its author said the same before.
        Again = "again",
        /// It has more links than one of a newcomer may have.
        Links = "links",
        /// It has more pictures, films and sounds.
        Media = "media",
        /// It names more people.
        Mentions = "mentions",
        /// Its author began more threads, or answered more, than one does on the first day.
        Many = "many",
        /// It answers something that waits.
        Parent = "parent",
        /// It was let in, and says something else now that has to wait.
        Edited = "edited",
    }
}

/// What a community looks at first; nothing, unless whoever leads it says so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Screen {
    /// How many of the first posts of everybody.
    pub first: i64,
    /// Whether everything of those who are no members.
    pub strangers: bool,
    /// Whether what leads elsewhere, of those who are new.
    pub links: bool,
    /// Whatever says one of these words.
    pub words: Vec<String>,
    /// What leads to one of these servers, or comes from there.
    pub domains: Vec<Host>,
    /// What its author said before, word for word.
    pub again: bool,
    /// What of newcomers is more than this.
    pub limits: Option<Limits>,
}

/// How much of a newcomer nobody has to look at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Links of one post.
    pub links: i64,
    /// Pictures, films and sounds of one post.
    pub media: i64,
    /// Whom one post names, besides the community and whoever it answers.
    pub mentions: i64,
    /// Threads on the first day.
    pub threads: i64,
    /// Replies on the first day.
    pub replies: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { links: 2, media: 1, mentions: 2, threads: 3, replies: 10 }
    }
}

/// What is known of whoever writes, and of what they write, beside its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Record {
    /// How many posts of theirs stand in the community.
    pub posts: i64,
    /// For how long they are known on this server.
    pub age: Duration,
    /// How many threads, or replies if this is one, they wrote there before.
    pub alike: i64,
    /// Whether this is a reply.
    pub is_reply: bool,
    /// How many people it names, besides the community and whoever it answers.
    pub mentions: i64,
}

impl Limits {
    /// What of a post is too much, if anything is.
    fn exceeded(&self, record: &Record, content: &Content) -> Option<Doubt> {
        let on_first_day = record.age < FIRST_DAY;
        if !on_first_day && record.posts >= NEWCOMER {
            return None;
        }
        let pages = content.attachments.iter().filter(|attached| is_page(attached)).count();
        let media = count(content.attachments.len().saturating_sub(pages));
        let most = if record.is_reply { self.replies } else { self.threads };
        let excesses = [
            (count(html::count_links(&content.html) + pages) > self.links, Doubt::Links),
            (media > self.media, Doubt::Media),
            (record.mentions > self.mentions, Doubt::Mentions),
            (on_first_day && record.alike >= most, Doubt::Many),
        ];
        excesses.into_iter().find(|(holds, _)| *holds).map(|(_, doubt)| doubt)
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Screen {
    /// How many posts of an author have to be counted to know whether they are new; none, if that does not matter.
    pub fn counts(&self) -> i64 {
        self.first.max(if self.links || self.limits.is_some() { NEWCOMER } else { 0 })
    }

    /// Why a post waits, of somebody of whom that is known; nobody waits for themselves.
    pub fn doubt(&self, who: &Standing, record: &Record, content: &Content) -> Option<Doubt> {
        if who.is_staff() || who.admin {
            return None;
        }
        let posts = record.posts;
        let doubts = [
            (self.strangers && !who.is_member(), Doubt::Stranger),
            (posts < self.first, Doubt::First),
            (self.links && posts < NEWCOMER && leads_elsewhere(content), Doubt::Link),
            (self.says_one(content), Doubt::Word),
            (html::leads_to(&content.html).any(|host| self.names(&host)), Doubt::Domain),
        ];
        let doubt = doubts.into_iter().find(|(holds, _)| *holds).map(|(_, doubt)| doubt);
        doubt.or_else(|| self.limits?.exceeded(record, content))
    }

    /// Whether the team wants to see what has to do with this server.
    pub fn names(&self, host: &Host) -> bool {
        self.domains.iter().any(|domain| domain.covers(host))
    }

    fn says_one(&self, content: &Content) -> bool {
        if self.words.is_empty() {
            return false;
        }
        let said = even(&content.says());
        self.words.iter().any(|word| filter::is_in(&even(word), true, &said))
    }
}

/// Whether two texts say the same, whomever they mention.
pub fn says_the_same(one: &str, other: &str) -> bool {
    let words = |html: &str| {
        let text = even(&html::to_text(html));
        let words: Vec<String> = text.split(' ').filter(|word| !word.starts_with('@')).map(str::to_owned).collect();
        words.join(" ")
    };
    let said = words(one);
    !said.is_empty() && said == words(other)
}

/// A text as words are looked for in it: in lower case and on one line.
fn even(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text, or what is attached to it, is a link to something else.
fn leads_elsewhere(content: &Content) -> bool {
    content.attachments.iter().any(is_page) || html::count_links(&content.html) > 0
}

/// Whether what is attached is a page of the web.
fn is_page(attached: &Attachment) -> bool {
    attached.media_type == "text/html"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::Role;

    fn saying(html: &str) -> Content {
        Content { html: html.to_owned(), ..Content::default() }
    }

    fn posts(posts: i64) -> Record {
        Record { posts, age: FIRST_DAY, ..Record::default() }
    }

    const LINK: &str = "<p>See <a href=\"https://shop.test/\">my shop</a></p>";
    const MENTION: &str = "<p><a href=\"https://a.test/@b\" class=\"u-url mention\">@<span>b</span></a> hello</p>";

    #[test]
    fn what_waits_depends_on_who_says_what() {
        let member = Standing { role: Some(Role::Member), ..Standing::default() };
        let stranger = Standing::default();
        let none = Screen::default();
        assert_eq!(none.doubt(&stranger, &posts(0), &saying(LINK)), None, "nothing waits unless somebody says so");

        let first = Screen { first: 2, ..Screen::default() };
        assert_eq!(first.doubt(&member, &posts(1), &saying("hello")), Some(Doubt::First));
        assert_eq!(first.doubt(&member, &posts(2), &saying("hello")), None);

        let strangers = Screen { strangers: true, ..Screen::default() };
        assert_eq!(strangers.doubt(&stranger, &posts(99), &saying("hello")), Some(Doubt::Stranger));
        assert_eq!(strangers.doubt(&member, &posts(0), &saying("hello")), None);

        let links = Screen { links: true, ..Screen::default() };
        assert_eq!(links.doubt(&member, &posts(NEWCOMER - 1), &saying(LINK)), Some(Doubt::Link));
        assert_eq!(links.doubt(&member, &posts(NEWCOMER), &saying(LINK)), None);
        assert_eq!(links.doubt(&member, &posts(0), &saying(MENTION)), None, "a mention leads nowhere");
        let attached = Attachment { media_type: "text/html".into(), ..Attachment::default() };
        let attached = Content { attachments: vec![attached], ..Content::default() };
        assert_eq!(links.doubt(&member, &posts(0), &attached), Some(Doubt::Link));

        let words = Screen { words: vec!["Casino".into(), "dinero fácil".into()], ..Screen::default() };
        assert_eq!(words.doubt(&member, &posts(99), &saying("<p>The best CASINO!</p>")), Some(Doubt::Word));
        assert_eq!(words.doubt(&member, &posts(99), &saying("<p>Dinero<br>fácil</p>")), Some(Doubt::Word));
        assert_eq!(words.doubt(&member, &posts(99), &saying("<p>dinero, fácil, casinos</p>")), None);
        let warned = Content { warning: Some("Dinero fácil".into()), ..Content::default() };
        assert_eq!(words.doubt(&member, &posts(99), &warned), Some(Doubt::Word), "what stands above a text counts");
    }

    #[test]
    fn what_leads_to_a_server_or_is_said_again_is_told_apart() {
        let member = Standing { role: Some(Role::Member), ..Standing::default() };
        let shop = |domain: &str| Screen { domains: vec![Host::parse(domain).unwrap()], ..Screen::default() };
        assert_eq!(shop("shop.test").doubt(&member, &posts(99), &saying(LINK)), Some(Doubt::Domain));
        assert_eq!(shop("other.test").doubt(&member, &posts(99), &saying(LINK)), None);
        assert!(shop("shop.test").names(&Host::parse("eu.shop.test").unwrap()), "and what is below it");

        assert!(says_the_same("<p>Buy  my <b>seeds</b></p>", "<p>buy my seeds @club</p>"));
        assert!(!says_the_same("<p>Buy my seeds</p>", "<p>Buy my plants</p>"));
        assert!(!says_the_same("<p>@club</p>", "<p>@club</p>"), "who only calls somebody says nothing");
    }

    #[test]
    fn whoever_keeps_order_never_waits() {
        let words = vec!["casino".into()];
        let all = Screen { first: 9, strangers: true, links: true, words, ..Screen::default() };
        let content = saying("<p>casino</p>");
        for (who, waits) in [
            (Standing { role: Some(Role::Moderator), ..Standing::default() }, false),
            (Standing { admin: true, ..Standing::default() }, false),
            (Standing { role: Some(Role::Member), ..Standing::default() }, true),
        ] {
            assert_eq!(all.doubt(&who, &posts(0), &content).is_some(), waits, "{who:?}");
        }
    }

    #[test]
    fn newcomers_write_so_much_and_what_is_more_waits() {
        let stranger = Standing::default();
        let screen = Screen { limits: Some(Limits::default()), ..Screen::default() };
        let new = Record { age: Duration::ZERO, ..posts(0) };
        let linked = |n: usize| saying(&LINK.repeat(n));
        let pictured = |n: usize| Content {
            attachments: vec![Attachment { media_type: "image/png".into(), ..Attachment::default() }; n],
            ..Content::default()
        };
        let hello = saying("hello");
        for (record, content, doubt) in [
            (new, linked(2), None),
            (new, linked(3), Some(Doubt::Links)),
            (Record { age: FIRST_DAY, posts: NEWCOMER - 1, ..new }, linked(3), Some(Doubt::Links)),
            (Record { age: FIRST_DAY, posts: NEWCOMER, ..new }, linked(9), None),
            (new, pictured(1), None),
            (new, pictured(2), Some(Doubt::Media)),
            (Record { mentions: 2, ..new }, hello.clone(), None),
            (Record { mentions: 3, ..new }, hello.clone(), Some(Doubt::Mentions)),
            (Record { alike: 2, posts: 9, ..new }, hello.clone(), None),
            (Record { alike: 3, posts: 9, ..new }, hello.clone(), Some(Doubt::Many)),
            (Record { alike: 9, posts: 9, is_reply: true, ..new }, hello.clone(), None),
            (Record { alike: 10, posts: 9, is_reply: true, ..new }, hello.clone(), Some(Doubt::Many)),
            (Record { alike: 10, age: FIRST_DAY, ..new }, hello.clone(), None),
        ] {
            assert_eq!(screen.doubt(&stranger, &record, &content), doubt, "{record:?} {content:?}");
        }
        assert_eq!(Screen::default().doubt(&stranger, &new, &linked(9)), None, "unless whoever leads it says so");
    }
}
