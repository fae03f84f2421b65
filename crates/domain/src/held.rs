//! Posts that wait: what the team of a community wants to see before anybody else does.
use crate::{actor::text_enum, filter, group::Standing, host::Host, post::Content, text::html};

/// Whoever has fewer posts than this in a community is new there, as far as links go.
pub const NEWCOMER: i64 = 3;

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
}

impl Screen {
    /// How many posts of an author have to be counted to know whether they are new; none, if that does not matter.
    pub fn counts(&self) -> i64 {
        self.first.max(if self.links { NEWCOMER } else { 0 })
    }

    /// Why a post waits, of somebody who has so many posts there; nobody waits for themselves.
    pub fn doubt(&self, who: &Standing, posts: i64, content: &Content) -> Option<Doubt> {
        if who.is_staff() || who.admin {
            return None;
        }
        let doubts = [
            (self.strangers && !who.is_member(), Doubt::Stranger),
            (posts < self.first, Doubt::First),
            (self.links && posts < NEWCOMER && leads_elsewhere(content), Doubt::Link),
            (self.says_one(content), Doubt::Word),
            (html::leads_to(&content.html).any(|host| self.names(&host)), Doubt::Domain),
        ];
        doubts.into_iter().find(|(holds, _)| *holds).map(|(_, doubt)| doubt)
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
    content.attachments.iter().any(|attached| attached.media_type == "text/html")
        || html::leads_elsewhere(&content.html)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{group::Role, post::Attachment};

    fn saying(html: &str) -> Content {
        Content { html: html.to_owned(), ..Content::default() }
    }

    const LINK: &str = "<p>See <a href=\"https://shop.test/\">my shop</a></p>";
    const MENTION: &str = "<p><a href=\"https://a.test/@b\" class=\"u-url mention\">@<span>b</span></a> hello</p>";

    #[test]
    fn what_waits_depends_on_who_says_what() {
        let member = Standing { role: Some(Role::Member), ..Standing::default() };
        let stranger = Standing::default();
        let none = Screen::default();
        assert_eq!(none.doubt(&stranger, 0, &saying(LINK)), None, "nothing waits unless somebody says so");

        let first = Screen { first: 2, ..Screen::default() };
        assert_eq!(first.doubt(&member, 1, &saying("hello")), Some(Doubt::First));
        assert_eq!(first.doubt(&member, 2, &saying("hello")), None);

        let strangers = Screen { strangers: true, ..Screen::default() };
        assert_eq!(strangers.doubt(&stranger, 99, &saying("hello")), Some(Doubt::Stranger));
        assert_eq!(strangers.doubt(&member, 0, &saying("hello")), None);

        let links = Screen { links: true, ..Screen::default() };
        assert_eq!(links.doubt(&member, NEWCOMER - 1, &saying(LINK)), Some(Doubt::Link));
        assert_eq!(links.doubt(&member, NEWCOMER, &saying(LINK)), None);
        assert_eq!(links.doubt(&member, 0, &saying(MENTION)), None, "a mention leads nowhere");
        let attached = Attachment { media_type: "text/html".into(), ..Attachment::default() };
        let attached = Content { attachments: vec![attached], ..Content::default() };
        assert_eq!(links.doubt(&member, 0, &attached), Some(Doubt::Link));

        let words = Screen { words: vec!["Casino".into(), "dinero fácil".into()], ..Screen::default() };
        assert_eq!(words.doubt(&member, 99, &saying("<p>The best CASINO!</p>")), Some(Doubt::Word));
        assert_eq!(words.doubt(&member, 99, &saying("<p>Dinero<br>fácil</p>")), Some(Doubt::Word));
        assert_eq!(words.doubt(&member, 99, &saying("<p>dinero, fácil, casinos</p>")), None);
        let warned = Content { warning: Some("Dinero fácil".into()), ..Content::default() };
        assert_eq!(words.doubt(&member, 99, &warned), Some(Doubt::Word), "what stands above a text counts");
    }

    #[test]
    fn what_leads_to_a_server_or_is_said_again_is_told_apart() {
        let member = Standing { role: Some(Role::Member), ..Standing::default() };
        let shop = |domain: &str| Screen { domains: vec![Host::parse(domain).unwrap()], ..Screen::default() };
        assert_eq!(shop("shop.test").doubt(&member, 99, &saying(LINK)), Some(Doubt::Domain));
        assert_eq!(shop("other.test").doubt(&member, 99, &saying(LINK)), None);
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
            assert_eq!(all.doubt(&who, 0, &content).is_some(), waits, "{who:?}");
        }
    }
}
