//! What our words mean: a page of them, and each explained where it is first read.
use std::fmt::{Display, Write as _};

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use app::App;
use askama::Template;
use domain::text::html;

use crate::{
    answer::{self, Frame, Visit},
    language::Language,
};

/// Where it is; each word has an anchor there that stays what it is.
pub(crate) const PATH: &str = "/glossary";

/// A word of ours.
struct Term {
    /// What it is called in addresses and templates.
    anchor: &'static str,
    name: fn(Language) -> &'static str,
    meaning: fn(Language) -> &'static str,
    /// How sentences say it, in lower case, with bars between.
    forms: fn(Language) -> &'static str,
}

macro_rules! terms {
    ($($anchor:literal: $name:ident $meaning:ident $forms:ident),+ $(,)?) => {
        /// All of them, in an order in which each needs only what stands before it.
        const TERMS: &[Term] = &[$(Term {
            anchor: $anchor,
            name: Language::$name,
            meaning: Language::$meaning,
            forms: Language::$forms,
        }),+];
    };
}

terms! {
    "community": term_community term_community_means term_community_forms,
    "conversation": term_conversation term_conversation_means term_conversation_forms,
    "reply": term_reply term_reply_means term_reply_forms,
    "following": term_following term_following_means term_following_forms,
    "membership": term_membership term_membership_means term_membership_forms,
    "rules": term_rules term_rules_means term_rules_forms,
    "moderation": term_moderation term_moderation_means term_moderation_forms,
    "leader": term_leader term_leader_means term_leader_forms,
    "owner": term_owner term_owner_means term_owner_forms,
    "server": term_server term_server_means term_server_forms,
    "account-elsewhere": term_account_elsewhere term_account_elsewhere_means term_account_elsewhere_forms,
}

/// Where the words of a sentence begin and end.
fn words(sentence: &str) -> Vec<(usize, usize)> {
    let mut words: Vec<(usize, usize)> = Vec::new();
    for (at, letter) in sentence.char_indices().filter(|(_, letter)| letter.is_alphanumeric()) {
        let end = at + letter.len_utf8();
        match words.last_mut() {
            Some(last) if last.1 == at => last.1 = end,
            _ => words.push((at, end)),
        }
    }
    words
}

impl Term {
    /// Where a sentence says it first.
    fn within(&self, t: Language, sentence: &str) -> Option<(usize, usize)> {
        let words = words(sentence);
        let found = |form: &str| {
            let length = form.split(' ').count();
            words.windows(length).find_map(|run| {
                let (from, to) = (run.first()?.0, run.last()?.1);
                (sentence.get(from..to)?.to_lowercase() == form).then_some((from, to))
            })
        };
        // Of two that begin at one place, the longer one.
        (self.forms)(t).split('|').filter_map(found).min_by_key(|(from, to)| (*from, std::cmp::Reverse(*to)))
    }

    /// The word as it was said, as a button that explains it.
    fn mark(&self, t: Language, said: &str) -> String {
        let Self { anchor, meaning, .. } = self;
        let (said, meaning, more) = (html::escape(said), html::escape(meaning(t)), t.glossary());
        format!(
            "<button type=\"button\" class=\"term\" popovertarget=\"term-{anchor}\">{said}</button>\
             <span class=\"term-text\" id=\"term-{anchor}\" popover data-nosnippet>{meaning} \
             <a href=\"{PATH}#{anchor}\">{more}</a></span>"
        )
    }
}

impl Language {
    /// A sentence as HTML in which these words explain themselves, each where it is said first; `terms` are their anchors with
    /// spaces between them. A page names each of them once.
    pub(crate) fn explained(self, sentence: impl Display, terms: &str) -> String {
        let sentence = sentence.to_string();
        let wanted = TERMS.iter().filter(|term| terms.split(' ').any(|anchor| anchor == term.anchor));
        let mut places: Vec<_> =
            wanted.filter_map(|term| term.within(self, &sentence).map(|place| (place, term))).collect();
        places.sort_by_key(|((from, to), _)| (*from, std::cmp::Reverse(*to)));
        let (mut said, mut at) = (String::new(), 0);
        for ((from, to), term) in places {
            if from >= at {
                let (before, word) = (sentence.get(at..from), sentence.get(from..to));
                let (before, word) = (before.unwrap_or_default(), word.unwrap_or_default());
                let _never = write!(said, "{}{}", html::escape(before), term.mark(self, word));
                at = to;
            }
        }
        said.push_str(&html::escape(sentence.get(at..).unwrap_or_default()));
        said
    }

    /// These words in a line, as HTML, each of which explains itself.
    pub(crate) fn our_words(self, terms: &str) -> String {
        let wanted = TERMS.iter().filter(|term| terms.split(' ').any(|anchor| anchor == term.anchor));
        let marked: Vec<String> = wanted.map(|term| term.mark(self, (term.name)(self))).collect();
        format!("{} {}", self.what_means(), marked.join(" · "))
    }
}

#[derive(Template)]
#[template(path = "glossary.html")]
struct Page {
    frame: Frame,
    /// The anchor, the word, and what it means.
    terms: Vec<(&'static str, &'static str, &'static str)>,
}

/// `GET /glossary`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, visit: Visit) -> HttpResponse {
    let t = visit.language;
    let mut frame = Frame::public(&visit, t.glossary(), app.site().page(PATH));
    t.glossary_lead().clone_into(&mut frame.description);
    let terms = TERMS.iter().map(|term| (term.anchor, (term.name)(t), (term.meaning)(t))).collect();
    answer::page(&request, StatusCode::OK, visit.keep(), &Page { frame, terms })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_explains_itself_where_it_is_said_first() {
        let said =
            Language::ES.explained("Los <servidores> y otro servidor: una comunidad.", "server community leader");
        assert!(
            said.starts_with("Los &lt;<button type=\"button\" class=\"term\" popovertarget=\"term-server\">"),
            "{said}"
        );
        assert_eq!((said.matches("<button").count(), said.matches("id=\"term-community\"").count()), (2, 1), "{said}");
        assert!(said.contains(">servidores</button>") && said.ends_with('.'), "{said}");
        assert_eq!(Language::ES.explained("Nada de eso", "server"), "Nada de eso");
    }

    #[test]
    fn the_longer_of_two_words_at_one_place_counts() {
        let said = Language::EN.explained("An account on another server", "server account-elsewhere");
        assert!(said.contains(">account on another server</button>") && !said.contains("id=\"term-server\""), "{said}");
    }

    #[test]
    fn those_who_follow_are_explained_however_many_they_are() {
        for count in [1_i64, 7] {
            let said = Language::EN.explained(Language::EN.followers(count), "following");
            assert!(said.contains("id=\"term-following\""), "{said}");
        }
    }

    #[test]
    fn every_word_is_said_by_one_of_its_forms() {
        for t in [Language::ES, Language::EN] {
            for term in TERMS {
                assert!(term.within(t, (term.name)(t)).is_some(), "{} {t:?}", term.anchor);
                for form in (term.forms)(t).split('|') {
                    assert_eq!(form, form.trim().to_lowercase(), "{} {t:?}", term.anchor);
                }
            }
        }
    }
}
