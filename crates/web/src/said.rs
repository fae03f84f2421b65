//! What a page says first when something was done: the address that leads back to it carries one word for that.
use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use app::{App, Result};

use crate::{
    answer::{self, Visit},
    language::Language,
};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// What was entered is kept.
    Saved,
    /// The address for letters is another one.
    Email,
    /// The password is another one.
    Password,
    /// What was decided about an appeal is known to whoever made it.
    Decided,
    /// What was decided about a post or about somebody holds.
    Measure,
    /// What one wrote is gone.
    Deleted,
    /// The second step is asked for from now on.
    SecondStep,
}

impl Said {
    const ALL: [Self; 7] =
        [Self::Saved, Self::Email, Self::Password, Self::Decided, Self::Measure, Self::Deleted, Self::SecondStep];

    const fn word(self) -> &'static str {
        match self {
            Self::Saved => "done=true",
            Self::Email => "done=email",
            Self::Password => "done=password",
            Self::Decided => "done=decided",
            Self::Measure => "done=measure",
            Self::Deleted => "done=deleted",
            Self::SecondStep => "done=second-step",
        }
    }

    /// What it is, in a sentence.
    pub(crate) fn in_words(self, t: Language) -> &'static str {
        match self {
            Self::Saved => t.is_set(),
            Self::Email => t.email_changed(),
            Self::Password => t.password_changed(),
            Self::Decided => t.is_decided(),
            Self::Measure => t.is_done(),
            Self::Deleted => t.is_deleted(),
            Self::SecondStep => t.second_is_on(),
        }
    }

    /// The address of a page with the word.
    pub(crate) fn at(self, page: &str) -> String {
        let (page, anchor) = page.split_once('#').map_or((page, None), |(page, anchor)| (page, Some(anchor)));
        let (page, _) = Self::heard(page);
        let joint = if page.contains('?') { '&' } else { '?' };
        let anchor = anchor.map(|anchor| format!("#{anchor}")).unwrap_or_default();
        format!("{page}{joint}{}{anchor}", self.word())
    }

    /// The address of a page without the word, and what it says.
    pub(crate) fn heard(page: &str) -> (&str, Option<Self>) {
        let bare = |said: Self| page.strip_suffix(said.word()).and_then(|page| page.strip_suffix(['?', '&']));
        let heard = Self::ALL.into_iter().find_map(|said| Some((bare(said)?, Some(said))));
        heard.unwrap_or((page, None))
    }
}

/// Back to a page of this site, which says so.
pub(crate) fn back(app: &App, visit: &Visit, page: &str, said: Said) -> HttpResponse {
    answer::redirect(StatusCode::SEE_OTHER, &way_back(app, visit, &said.at(page)))
}

/// Back to a page, which says that it is saved; or the page that says why it is not.
pub(crate) fn done(request: &HttpRequest, app: &App, visit: &Visit, result: Result<()>, page: &str) -> HttpResponse {
    told(request, app, visit, result, (page, Said::Saved))
}

/// The same of what was decided about somebody, which is not saved but done.
pub(crate) fn decided(request: &HttpRequest, app: &App, visit: &Visit, result: Result<()>, page: &str) -> HttpResponse {
    told(request, app, visit, result, (page, Said::Measure))
}

fn told(
    request: &HttpRequest,
    app: &App,
    visit: &Visit,
    result: Result<()>,
    (page, said): (&str, Said),
) -> HttpResponse {
    match result {
        Ok(()) => back(app, visit, page, said),
        Err(error) => answer::error(request, visit, &error),
    }
}

/// Where somebody wants to go back to, as a URL of this site and of no other: `back` is a path that a form brought.
pub(crate) fn way_back(app: &App, visit: &Visit, back: &str) -> String {
    app.site().page_on(&visit.host, if is_path(back) { back } else { "/" })
}

/// Whether it leads to a page of this site, and as a link, too: two slashes lead to another one.
pub(crate) fn is_path(back: &str) -> bool {
    let leads_away = back.get(1..2).is_some_and(|second| matches!(second, "/" | "\\"));
    back.starts_with('/') && !leads_away && back.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::Said;

    #[test]
    fn what_was_said_is_said_once_and_leaves_no_trace() {
        let page = Said::Saved.at("/manage?group=7#pictures");
        assert_eq!(page, "/manage?group=7&done=true#pictures");
        assert_eq!(Said::heard("/manage?group=7&done=true"), ("/manage?group=7", Some(Said::Saved)));
        assert_eq!(Said::Password.at("/settings?done=true"), "/settings?done=password");
        for page in ["/done=true", "/search?q=done=true&x", "/a?undone=true"] {
            assert_eq!(Said::heard(page), (page, None));
        }
    }
}
