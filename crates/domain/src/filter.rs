//! Filters: what a reader does not want to see, or only behind a warning.
use crate::{
    actor::text_enum,
    id::{ActorId, FilterId, PostId},
    post::{Content, Post},
    text::html,
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

/// All that a post says, in lower case: what filters look at.
pub fn words(content: &Content) -> String {
    let html = html::to_text(&content.html);
    let options = content.poll.iter().flat_map(|poll| poll.options.iter().map(|(option, _)| option.as_str()));
    let words = [content.title.as_deref(), content.warning.as_deref(), Some(&html)].into_iter().flatten();
    let words = words.chain(options).chain(content.attachments.iter().map(|attachment| attachment.alt.as_str()));
    words.collect::<Vec<_>>().join("\n").to_lowercase()
}

/// What of a reader's filters matches a post that says `words`, in lower case; nothing does if they wrote it themselves.
pub fn matching<'a>(
    filters: &'a [Filter],
    reader: Option<ActorId>,
    post: &Post,
    words: &str,
) -> Vec<(&'a Filter, Match)> {
    if reader == Some(post.author) {
        return Vec::new();
    }
    filters.iter().filter_map(|filter| Some((filter, filter.matches(post.id, words)?))).collect()
}

/// What becomes of a post in one place, the strictest of all filters that match it there.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// No filter holds for it.
    #[default]
    Shown,
    /// Its pictures stand behind a warning.
    Veiled,
    /// All of it stands behind a warning, which says what the filter is called.
    Folded(String),
    /// It is not there; the filter is called so.
    Hidden(String),
}

impl Fate {
    /// What becomes of a post in `place` that these filters match.
    pub fn of<'a>(matching: impl IntoIterator<Item = &'a Filter>, place: Place) -> Self {
        let here = matching.into_iter().filter(|filter| filter.places.contains(&place));
        let fate = |filter: &Filter| match filter.action {
            Action::Blur => Self::Veiled,
            Action::Warn => Self::Folded(filter.title.clone()),
            Action::Hide => Self::Hidden(filter.title.clone()),
        };
        here.map(fate).max().unwrap_or_default()
    }

    /// Whether it is not there.
    pub fn is_hidden(&self) -> bool {
        matches!(self, Self::Hidden(_))
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

    #[test]
    fn the_strictest_filter_of_a_place_counts() {
        let filter = |title: &str, place, action| Filter {
            id: FilterId(1),
            title: title.into(),
            places: vec![place],
            action,
            expires: None,
            keywords: Vec::new(),
            picked: Vec::new(),
        };
        let all = [
            filter("a", Place::Home, Action::Blur),
            filter("b", Place::Home, Action::Warn),
            filter("c", Place::Thread, Action::Hide),
        ];
        assert_eq!(Fate::of(&all, Place::Home), Fate::Folded("b".into()));
        assert_eq!(Fate::of(&all, Place::Thread), Fate::Hidden("c".into()));
        assert_eq!(Fate::of(all.iter().take(1), Place::Home), Fate::Veiled);
        assert_eq!(Fate::of(&all, Place::Public), Fate::Shown);
    }
}
