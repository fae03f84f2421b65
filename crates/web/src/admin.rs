//! The pages of those who administer the server. Each asks an action for what it shows, and that asks who may know it.
use app::App;

use crate::answer::{Frame, Visit};

pub(crate) mod announcements;
pub(crate) mod bars;
mod blocklist;
pub(crate) mod communities;
pub(crate) mod emoji;
pub(crate) mod health;
pub(crate) mod jobs;
pub(crate) mod log;
pub(crate) mod openings;
pub(crate) mod people;
pub(crate) mod person;
pub(crate) mod rules;
pub(crate) mod sentences;
pub(crate) mod servers;
pub(crate) mod settings;
pub(crate) mod text;
pub(crate) mod texts;

/// What every page of theirs begins with: the frame, and the way to the others.
pub(crate) fn frame(app: &App, visit: &Visit, title: impl Into<String>, here: &str) -> (Frame, Vec<Tab>) {
    let t = visit.language;
    let places = [
        (health::PATH, t.admin_health()),
        (people::PATH, t.admin_people()),
        (communities::PATH, t.communities()),
        (bars::PATH, t.admin_bars()),
        (servers::PATH, t.admin_servers()),
        (rules::PATH, t.admin_rules()),
        (emoji::PATH, t.admin_emoji()),
        (texts::PATH, t.admin_texts()),
        (announcements::PATH, t.admin_announcements()),
        (log::PATH, t.log_tab()),
        (jobs::PATH, t.admin_jobs()),
        (settings::PATH, t.settings()),
    ];
    let tab = |(path, label): (&str, &'static str)| Tab {
        label,
        page: app.site().page_on(&visit.host, path),
        is_chosen: path == here,
    };
    let mut frame = Frame::private(visit, title);
    frame.place = "admin";
    (frame, places.map(tab).into())
}

/// A way to another of these pages.
pub(crate) struct Tab {
    pub(crate) label: &'static str,
    pub(crate) page: String,
    pub(crate) is_chosen: bool,
}
