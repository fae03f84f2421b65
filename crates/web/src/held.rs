//! What the team of a community wants to see before anybody else does, and what it does with what waits for that.
use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{App, Error, Result, held};
use askama::Template;
use domain::{
    held::{Doubt, Limits, NEWCOMER, Screen},
    host::Host,
    id::{ActorId, PostId},
    policy,
    statement::Grounds,
};
use serde::Deserialize;

use crate::{
    answer::{self, Frame, Keep, Visit},
    deeds,
    desk::{self, Desk},
    forms::{Choice, Field, Fields},
    language::Language,
    posted::{Sent, Worded},
    said,
    session::Present,
};

/// Where it is said.
pub(crate) const PATH: &str = "/manage/screen";
/// Where the button of the queue leads.
pub(crate) const ANSWER: &str = "/queue/held";

/// Of how many first posts one may choose.
const FIRST: [i64; 5] = [0, 1, 2, 5, 10];

#[derive(Template)]
#[template(path = "screen.html")]
struct Page {
    frame: Frame,
    desk: Desk,
    form: Fields,
}

/// What is to be seen first, as it was entered.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    group: i64,
    first: String,
    words: String,
    domains: String,
    links: String,
    media: String,
    mentions: String,
    threads: String,
    replies: String,
    /// What else waits, each under a name of its own.
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

impl Entered {
    fn read(&self) -> Option<Screen> {
        Some(Screen {
            first: self.first.parse().ok()?,
            strangers: self.rest.contains_key("what_strangers"),
            links: self.rest.contains_key("what_links"),
            words: self.words.lines().map(str::to_owned).collect(),
            domains: self.domains.split_whitespace().map(Host::parse).collect::<Option<_>>()?,
            again: self.rest.contains_key("what_again"),
            limits: self.rest.contains_key("what_limits").then(|| self.limits()),
        })
    }

    /// What is left empty is as usual.
    fn limits(&self) -> Limits {
        let usual = Limits::default();
        let number = |text: &str, usual| text.trim().parse().unwrap_or(usual);
        Limits {
            links: number(&self.links, usual.links),
            media: number(&self.media, usual.media),
            mentions: number(&self.mentions, usual.mentions),
            threads: number(&self.threads, usual.threads),
            replies: number(&self.replies, usual.replies),
        }
    }
}

fn form(t: Language, screen: &Screen) -> Fields {
    let mut numbers = FIRST.to_vec();
    if !numbers.contains(&screen.first) {
        numbers.push(screen.first);
    }
    let label = |n| if n == 0 { t.screen_none().to_owned() } else { t.screen_first_of(n) };
    let first = numbers.into_iter().map(|n| Choice::new(n.to_string(), label(n), ""));
    let what = vec![
        Choice::new("strangers", t.screen_strangers(), t.screen_strangers_hint()),
        Choice::new("links", t.screen_links(), t.screen_links_hint(NEWCOMER)),
        Choice::new("again", t.screen_again(), t.screen_again_hint()),
        Choice::new("limits", t.screen_limits(), t.screen_limits_hint(NEWCOMER)),
    ];
    let chosen = [
        ("strangers", screen.strangers),
        ("links", screen.links),
        ("again", screen.again),
        ("limits", screen.limits.is_some()),
    ];
    let chosen: Vec<&str> = chosen.into_iter().filter(|(_, holds)| *holds).map(|(word, _)| word).collect();
    let words = Field::lines("words", 6, t.screen_words()).hint(t.screen_words_hint()).longest(held::WORDS * 100);
    let domains = Field::lines("domains", 4, t.screen_domains()).hint(t.screen_domains_hint());
    let domains = domains.longest(held::DOMAINS * 100);
    let limits = screen.limits.unwrap_or_default();
    let limit = |id, label: &str, limit: i64| Field::exact(id, "number", label).value(limit.to_string()).depends();
    Fields::new(vec![
        Field::select("first", t.screen_first(), first.collect())
            .hint(t.screen_first_hint())
            .value(screen.first.to_string()),
        Field::several("what", t.screen_what(), what).value(chosen.join(" ")),
        limit("links", t.limit_links(), limits.links).half(),
        limit("media", t.limit_media(), limits.media).half(),
        limit("mentions", t.limit_mentions(), limits.mentions),
        limit("threads", t.limit_threads(), limits.threads).half(),
        limit("replies", t.limit_replies(), limits.replies).half(),
        words.value(screen.words.join("\n")).optional(),
        domains.value(screen.domains.iter().map(Host::as_str).collect::<Vec<_>>().join("\n")).optional(),
    ])
}

async fn led(app: &App, visit: &Visit, by: &Present, group: i64) -> Result<Desk> {
    let (group, standing) = desk::kept(app, by.me.0, group).await?;
    policy::manage(&standing)?;
    Desk::of(app, visit, &group, standing, PATH).await
}

/// `GET /manage/screen`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: Present,
    asked: Option<Query<desk::Asked>>,
) -> HttpResponse {
    let group = asked.map_or(0, |asked| asked.group);
    let shown = async {
        let desk = led(&app, &visit, &by, group).await?;
        let screen = app.read(move |c| store::held::screen(c, ActorId(group))).await?.unwrap_or_default();
        Ok(Page { frame: desk.frame.clone(), desk, form: form(visit.language, &screen) })
    };
    match shown.await {
        Ok(page) => answer::page(&request, StatusCode::OK, Keep::Never, &page),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// `POST /manage/screen`
pub(crate) async fn change(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Entered, Present>,
) -> HttpResponse {
    let (group, screen) = (ActorId(sent.entered.group), sent.entered.read());
    let changed = async {
        let screen = screen.ok_or_else(|| Error::Invalid(visit.language.flaw_choice().to_owned()))?;
        held::set_screen(&app, sent.by.me, group, screen).await
    };
    said::done(&request, &app, &visit, changed.await, &desk::page(PATH, group))
}

/// What is decided about a post that waits.
#[derive(Debug, Deserialize)]
pub(crate) struct Answered {
    post: i64,
    answer: String,
    #[serde(default)]
    rule: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    back: String,
}

/// `POST /queue/held`
pub(crate) async fn answer(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Worded<Answered, Present>,
) -> HttpResponse {
    let Answered { post, answer, rule, reason, back } = sent.entered;
    let grounds = Grounds { reason, bylaw: rule.parse().ok(), ..Grounds::default() };
    let decided = held::answer(&app, sent.by.me, PostId(post), answer == "yes", grounds).await;
    deeds::done(&request, &app, &visit, decided, &back)
}

/// Why something waits, in words.
pub(crate) fn because(t: Language, doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::First => t.held_first(),
        Doubt::Stranger => t.held_stranger(),
        Doubt::Link => t.held_link(),
        Doubt::Word => t.held_word(),
        Doubt::Links => t.held_links(),
        Doubt::Media => t.held_media(),
        Doubt::Mentions => t.held_mentions(),
        Doubt::Many => t.held_many(),
        Doubt::Parent => t.held_parent(),
        Doubt::Edited => t.held_edited(),
        Doubt::Domain => t.held_domain(),
        Doubt::Again => t.held_again(),
    }
}
