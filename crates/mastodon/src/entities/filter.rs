//! Filters, in their present form and in the first one, and what of them matches a status.
use domain::filter::{Action, Filter as Kept, Keyword as Words, Match, Picked, Place};
use serde::Serialize;

use super::{Id, instant};

/// A `Filter`.
#[derive(Debug, Clone, Serialize, PartialEq, Eq, Hash)]
#[expect(clippy::struct_field_names, reason = "that is what the entity is")]
pub(crate) struct Filter {
    id: Id,
    title: String,
    context: Vec<Place>,
    expires_at: Option<String>,
    filter_action: Action,
    /// Not there inside a status.
    #[serde(skip_serializing_if = "Option::is_none")]
    keywords: Option<Vec<Keyword>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statuses: Option<Vec<FilterStatus>>,
}

/// A `FilterKeyword`.
#[derive(Debug, Clone, Serialize, PartialEq, Eq, Hash)]
#[expect(clippy::struct_field_names, reason = "that is what the entity is")]
pub(crate) struct Keyword {
    id: Id,
    keyword: String,
    whole_word: bool,
}

/// A `FilterStatus`.
#[derive(Debug, Clone, Copy, Serialize, PartialEq, Eq, Hash)]
pub(crate) struct FilterStatus {
    id: Id,
    status_id: Id,
}

impl From<&Words> for Keyword {
    fn from(words: &Words) -> Self {
        Self { id: Id(words.id.0), keyword: words.keyword.clone(), whole_word: words.whole_word }
    }
}

impl From<&Picked> for FilterStatus {
    fn from(picked: &Picked) -> Self {
        Self { id: Id(picked.id.0), status_id: Id(picked.post.0) }
    }
}

impl Filter {
    /// A filter with its parts.
    pub(crate) fn new(filter: &Kept) -> Self {
        Self {
            keywords: Some(filter.keywords.iter().map(Keyword::from).collect()),
            statuses: Some(filter.picked.iter().map(FilterStatus::from).collect()),
            ..Self::bare(filter)
        }
    }

    fn bare(filter: &Kept) -> Self {
        Self {
            id: Id(filter.id.0),
            title: filter.title.clone(),
            context: filter.places.clone(),
            expires_at: filter.expires.map(instant),
            filter_action: filter.action,
            keywords: None,
            statuses: None,
        }
    }
}

/// A `FilterResult`.
#[derive(Debug, Clone, Serialize, PartialEq, Eq, Hash)]
pub(crate) struct Filtered {
    filter: Filter,
    keyword_matches: Option<Vec<String>>,
    status_matches: Option<Vec<Id>>,
}

impl Filtered {
    pub(crate) fn new(filter: &Kept, found: Match, post: Id) -> Self {
        Self {
            filter: Filter::bare(filter),
            keyword_matches: Some(found.keywords).filter(|keywords| !keywords.is_empty()),
            status_matches: found.picked.then(|| vec![post]),
        }
    }

    /// Whether what it matches is not there in this place.
    pub(crate) fn hides_in(&self, place: Place) -> bool {
        self.filter.filter_action == Action::Hide && self.filter.context.contains(&place)
    }
}

/// A filter in the first form: one for each keyword, with its number.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct First {
    id: Id,
    phrase: String,
    context: Vec<Place>,
    whole_word: bool,
    expires_at: Option<String>,
    irreversible: bool,
}

impl First {
    /// A keyword of a filter.
    pub(crate) fn new(filter: &Kept, words: &Words) -> Self {
        Self {
            id: Id(words.id.0),
            phrase: words.keyword.clone(),
            context: filter.places.clone(),
            whole_word: words.whole_word,
            expires_at: filter.expires.map(instant),
            irreversible: filter.action == Action::Hide,
        }
    }
}
