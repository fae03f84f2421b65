//! Filters: what a reader does not want to see, or only behind a warning.
use crate::{
    actor::text_enum,
    id::{FilterId, PostId},
    time::Timestamp,
};

text_enum! {
    /// Where a filter holds.
    Place {
        /// One's own timeline, and lists.
        Home = "home",
        /// What one is told.
        Notifications = "notifications",
        /// Public timelines.
        Public = "public",
        /// What stands around a post.
        Thread = "thread",
        /// The page of somebody.
        Account = "account",
    }
}

text_enum! {
    /// What happens to what a filter matches.
    Action {
        /// It stands behind a warning.
        Warn = "warn",
        /// It is not there.
        Hide = "hide",
        /// Its pictures stand behind a warning.
        Blur = "blur",
    }
}

/// Words that a filter matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyword {
    /// Its number.
    pub id: FilterId,
    /// The words.
    pub keyword: String,
    /// Whether they count only as whole words.
    pub whole_word: bool,
}

/// A post that a filter matches by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picked {
    /// Its number as a part of the filter.
    pub id: FilterId,
    /// The post.
    pub post: PostId,
}

/// A filter of a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Its number.
    pub id: FilterId,
    /// What the reader calls it.
    pub title: String,
    /// Where it holds.
    pub places: Vec<Place>,
    /// What happens to what it matches.
    pub action: Action,
    /// Until when it holds; for good if there is no end.
    pub expires: Option<Timestamp>,
    /// The words that it matches.
    pub keywords: Vec<Keyword>,
    /// The posts that it matches.
    pub picked: Vec<Picked>,
}

/// What of a filter matches a post.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Match {
    /// The words.
    pub keywords: Vec<String>,
    /// Whether it is one of the posts.
    pub picked: bool,
}

impl Filter {
    /// Whether it holds at `now`.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|expires| expires > now)
    }

    /// What of it matches a post that says `text`, in lower case; nothing if nothing does.
    pub fn matches(&self, post: PostId, text: &str) -> Option<Match> {
        let keywords: Vec<String> =
            self.keywords.iter().filter(|keyword| keyword.is_in(text)).map(|keyword| keyword.keyword.clone()).collect();
        let picked = self.picked.iter().any(|picked| picked.post == post);
        (picked || !keywords.is_empty()).then_some(Match { keywords, picked })
    }
}

impl Keyword {
    /// Whether it is in a text in lower case.
    fn is_in(&self, text: &str) -> bool {
        is_in(&self.keyword.to_lowercase(), self.whole_word, text)
    }
}

/// Whether words are in a text, both in lower case.
pub fn is_in(wanted: &str, whole_word: bool, text: &str) -> bool {
    if wanted.is_empty() {
        return false;
    }
    if !whole_word {
        return text.contains(wanted);
    }
    let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    // A sign at the end of the words is an end by itself.
    let (opens, closes) = (inside(wanted.chars().next()), inside(wanted.chars().next_back()));
    text.match_indices(wanted).any(|(at, found)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|after| after.chars().next());
        !(opens && inside(before) || closes && inside(after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(keyword: &str, whole_word: bool, text: &str) -> bool {
        Keyword { id: FilterId(1), keyword: keyword.into(), whole_word }.is_in(&text.to_lowercase())
    }

    #[test]
    fn whole_words_end_where_words_end() {
        assert!(finds("Gato", true, "El GATO duerme"));
        assert!(!finds("gato", true, "dos gatos") && finds("gato", false, "dos gatos"));
        assert!(finds("año", true, "¡feliz año!") && !finds("a", true, "año"));
        assert!(finds("#gato", true, "un #gato") && finds("c++", true, "hablo c++11"), "signs are ends by themselves");
        assert!(finds("gato", true, "gatos y un gato"), "the second one counts");
        assert!(!finds("", false, "x"));
    }

    #[test]
    fn filters_end_and_match_by_words_or_by_post() {
        let keyword = Keyword { id: FilterId(2), keyword: "fútbol".into(), whole_word: true };
        let picked = vec![Picked { id: FilterId(3), post: PostId(8) }];
        let (title, places) = (String::new(), vec![Place::Home]);
        let (action, expires, keywords) = (Action::Warn, Some(Timestamp(5)), vec![keyword]);
        let filter = Filter { id: FilterId(1), title, places, action, expires, keywords, picked };
        assert!(filter.holds(Timestamp(4)) && !filter.holds(Timestamp(5)));
        let words = Match { keywords: vec!["fútbol".into()], picked: false };
        assert_eq!(filter.matches(PostId(4), "hoy fútbol"), Some(words));
        assert_eq!(filter.matches(PostId(8), ""), Some(Match { keywords: Vec::new(), picked: true }));
        assert_eq!(filter.matches(PostId(4), "hoy no"), None);
    }
}
