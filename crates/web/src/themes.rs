//! What communities are about: the closed list in words, and where a word of it leads.
use domain::{theme::Theme, urls, urls::Site};

use crate::{directory, language::Language};

/// What a theme is called.
pub(crate) fn named(t: Language, theme: Theme) -> &'static str {
    match theme {
        Theme::Animals => t.theme_animals(),
        Theme::Arts => t.theme_arts(),
        Theme::Books => t.theme_books(),
        Theme::Business => t.theme_business(),
        Theme::Education => t.theme_education(),
        Theme::Environment => t.theme_environment(),
        Theme::Family => t.theme_family(),
        Theme::Food => t.theme_food(),
        Theme::Games => t.theme_games(),
        Theme::Health => t.theme_health(),
        Theme::History => t.theme_history(),
        Theme::Home => t.theme_home(),
        Theme::Languages => t.theme_languages(),
        Theme::Local => t.theme_local(),
        Theme::Mobility => t.theme_mobility(),
        Theme::Music => t.theme_music(),
        Theme::Politics => t.theme_politics(),
        Theme::Rights => t.theme_rights(),
        Theme::Science => t.theme_science(),
        Theme::Screen => t.theme_screen(),
        Theme::Sport => t.theme_sport(),
        Theme::Technology => t.theme_technology(),
        Theme::Travel => t.theme_travel(),
    }
}

/// All of them with what they are called, in the order of that.
pub(crate) fn all(t: Language) -> Vec<(Theme, &'static str)> {
    let mut all: Vec<_> = Theme::ALL.iter().map(|theme| (*theme, named(t, *theme))).collect();
    all.sort_by_key(|(_, name)| domain::text::search::fold(name));
    all
}

/// Where one finds more of what a community is about: its themes in the directory, its topics among posts.
pub(crate) fn links(t: Language, site: &Site, themes: &[Theme], topics: &[String]) -> Vec<(String, String)> {
    let themes = themes
        .iter()
        .map(|theme| (named(t, *theme).to_owned(), urls::asking(directory::PATH, &[("theme", theme.as_str())])));
    themes.chain(topics.iter().map(|topic| (format!("#{topic}"), site.tag(topic)))).collect()
}
