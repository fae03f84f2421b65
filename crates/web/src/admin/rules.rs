//! Which servers one deals with: blocks, silences and exceptions, looked at before they hold, brought and taken as lists.
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, ContentDisposition, DispositionParam, DispositionType},
    },
    web::{Data, Query},
};
use app::{
    App, Error, Me, Result,
    rules::{self, COMMENT, NewRule},
};
use askama::Template;
use domain::{
    host::Host,
    rule::{Openness, Ruling},
};
use serde::Deserialize;
use store::rules::{Reach, Rule};

use super::{Tab, blocklist};
use crate::{
    answer::{self, Frame, Keep, Visit},
    forms::{Choice, Field, Fields},
    language::{self, Language},
    posted::Sent,
    said,
    session::SignedIn,
};

/// Where it is, and where its buttons lead.
pub(crate) const PATH: &str = "/admin/rules";
pub(crate) const LIFT: &str = "/admin/rules/lift";
pub(crate) const BRING: &str = "/admin/rules/import";
pub(crate) const BLOCKS: &str = "/admin/rules/blocks.csv";
pub(crate) const ALLOWED: &str = "/admin/rules/allowed.csv";

/// A rule in the list.
struct Row {
    host: String,
    ruling: &'static str,
    tint: &'static str,
    public_comment: String,
    private_comment: String,
    since: String,
    since_exactly: String,
}

impl Row {
    fn new(t: Language, rule: &Rule) -> Self {
        Self {
            host: rule.host.display(),
            ruling: named(t, rule.ruling),
            tint: tint(rule.ruling),
            public_comment: rule.public_comment.clone(),
            private_comment: rule.private_comment.clone(),
            since: t.day(rule.since),
            since_exactly: language::machine_moment(rule.since),
        }
    }
}

fn named(t: Language, ruling: Ruling) -> &'static str {
    match ruling {
        Ruling::Suspend => t.rule_blocked(),
        Ruling::Silence => t.rule_silenced(),
        Ruling::Allow => t.rule_allowed(),
    }
}

fn tint(ruling: Ruling) -> &'static str {
    match ruling {
        Ruling::Suspend => "bad",
        Ruling::Silence => "fair",
        Ruling::Allow => "good",
    }
}

#[derive(Template)]
#[template(path = "admin/rules.html")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    /// Whom we deal with when nothing is said, in words.
    openness: &'static str,
    form: Fields,
    rows: Vec<Row>,
}

/// What is about to be done, and whom that would concern.
#[derive(Template)]
#[template(path = "admin/ruling.html")]
struct Trial {
    frame: Frame,
    tabs: Vec<Tab>,
    /// Where the form leads, and what it holds.
    action: &'static str,
    hidden: Vec<(&'static str, String)>,
    rows: Vec<(String, &'static str, &'static str)>,
    /// What is already so, or cannot be.
    left_out: Vec<String>,
    effects: Vec<String>,
}

/// `GET /admin/rules`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    begun: Option<Query<Entered>>,
) -> HttpResponse {
    let form = fields(visit.language, &begun.map(Query::into_inner).unwrap_or_default());
    answer::shown(&request, &visit, Keep::Never, page(&app, &visit, by.me, form).await)
}

async fn page(app: &App, visit: &Visit, me: Me, form: Fields) -> Result<Page> {
    let t = visit.language;
    let rules = rules::list(app, me).await?;
    let (frame, tabs) = super::frame(app, visit, t.admin_rules(), PATH);
    let openness = match app.config().federation {
        Openness::Open => t.openness_open(),
        Openness::Allowlist => t.openness_allowlist(),
    };
    Ok(Page { frame, tabs, openness, form, rows: rules.iter().map(|rule| Row::new(t, rule)).collect() })
}

/// A rule as it was entered.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    host: String,
    ruling: String,
    comment: String,
    note: String,
    sure: String,
}

fn fields(t: Language, entered: &Entered) -> Fields {
    let choice = |ruling: Ruling, hint| Choice::new(ruling.as_str(), named(t, ruling), hint);
    let rulings = vec![
        choice(Ruling::Suspend, t.rule_blocked_hint()),
        choice(Ruling::Silence, t.rule_silenced_hint()),
        choice(Ruling::Allow, t.rule_allowed_hint()),
    ];
    let ruling = if entered.ruling.is_empty() { Ruling::Suspend.as_str() } else { &entered.ruling };
    Fields::new(vec![
        Field::exact("host", "text", t.rule_host()).hint(t.rule_host_hint()).longest(255).value(&entered.host),
        Field::choices("ruling", t.rule_what(), rulings).value(ruling),
        Field::line("comment", t.rule_comment()).hint(t.rule_comment_hint()).longest(COMMENT).optional(),
        Field::line("note", t.rule_note()).hint(t.rule_note_hint()).longest(COMMENT).optional(),
    ])
}

/// `POST /admin/rules`
pub(crate) async fn set(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Entered>) -> HttpResponse {
    let (t, me, entered) = (visit.language, sent.by.me, sent.entered);
    let (host, ruling) = (Host::parse(entered.host.trim()), entered.ruling.parse::<Ruling>());
    let (Some(host), Ok(ruling)) = (host, ruling) else {
        let mut form = fields(t, &entered);
        if Host::parse(entered.host.trim()).is_none() {
            form.flaw("host", t.flaw_host());
        }
        if entered.ruling.parse::<Ruling>().is_err() {
            form.flaw("ruling", t.flaw_choice());
        }
        return match page(&app, &visit, me, form).await {
            Ok(page) => answer::page(&request, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &page),
            Err(error) => answer::error(&request, &visit, &error),
        };
    };
    let rule = NewRule { host, ruling, public_comment: entered.comment, private_comment: entered.note };
    if entered.sure == "yes" {
        return said::done(&request, &app, &visit, rules::set(&app, me, rule).await, PATH);
    }
    let hidden = vec![
        ("host", rule.host.to_string()),
        ("ruling", ruling.to_string()),
        ("comment", rule.public_comment.clone()),
        ("note", rule.private_comment.clone()),
    ];
    answer::shown(&request, &visit, Keep::Never, trial(&app, &visit, me, (PATH, hidden), vec![rule], Vec::new()).await)
}

/// A look at whom rules would concern.
async fn trial(
    app: &App,
    visit: &Visit,
    me: Me,
    (action, hidden): (&'static str, Vec<(&'static str, String)>),
    new: Vec<NewRule>,
    left_out: Vec<String>,
) -> Result<Trial> {
    let t = visit.language;
    let hosts: Vec<Host> =
        new.iter().filter(|rule| rule.ruling != Ruling::Allow).map(|rule| rule.host.clone()).collect();
    let reach = rules::reach(app, me, &hosts).await?;
    if new.iter().any(|rule| rule.ruling != Ruling::Allow && rules::is_about_us(app, &rule.host)) {
        return Err(Error::Invalid("this rule would be about this server itself".into()));
    }
    let (frame, tabs) = super::frame(app, visit, t.rule_trial(), PATH);
    let rows = new.iter().map(|rule| (rule.host.display(), named(t, rule.ruling), tint(rule.ruling))).collect();
    let cuts = new.iter().any(|rule| rule.ruling == Ruling::Suspend);
    Ok(Trial { frame, tabs, action, hidden, rows, left_out, effects: effects(t, &reach, cuts) })
}

/// Whom it would concern, in words; and what of that would end.
fn effects(t: Language, reach: &Reach, cuts: bool) -> Vec<String> {
    let mut effects = vec![t.reach_servers(reach.servers), t.reach_people(reach.people), t.reach_posts(reach.posts)];
    if cuts {
        effects.extend([
            t.reach_followers(reach.followers),
            t.reach_following(reach.following),
            t.reach_members(reach.members),
        ]);
    }
    effects
}

/// A rule that ends.
#[derive(Debug, Deserialize)]
pub(crate) struct Lifted {
    host: String,
}

/// `POST /admin/rules/lift`
pub(crate) async fn lift(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Lifted>) -> HttpResponse {
    let lifted = match Host::parse(&sent.entered.host) {
        Some(host) => rules::lift(&app, sent.by.me, &host).await,
        None => Err(Error::NotFound),
    };
    said::done(&request, &app, &visit, lifted, PATH)
}

/// A list that somebody brings.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Brought {
    list: String,
    usual: String,
    sure: String,
}

/// `POST /admin/rules/import`
pub(crate) async fn bring(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Brought>) -> HttpResponse {
    let (me, Brought { list, usual, sure }) = (sent.by.me, sent.entered);
    match brought(&app, &visit, me, list, &usual).await {
        Ok((new, _)) if sure == "yes" => said::done(&request, &app, &visit, rules::set_all(&app, me, new).await, PATH),
        Ok((_, trial)) => answer::page(&request, StatusCode::OK, Keep::Never, &trial),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// What of a list is new, and a look at whom that would concern.
async fn brought(app: &App, visit: &Visit, me: Me, list: String, usual: &str) -> Result<(Vec<NewRule>, Trial)> {
    let t = visit.language;
    let usual = usual.parse().unwrap_or(Ruling::Suspend);
    let known = rules::list(app, me).await?;
    let blocklist::Read { mut rules, strange } = blocklist::read(&list, usual);
    let mut left_out: Vec<String> = strange.into_iter().map(|line| t.list_strange(&line)).collect();
    rules.retain(|rule| {
        let is_ours = rule.ruling != Ruling::Allow && rules::is_about_us(app, &rule.host);
        let is_known = known.iter().any(|other| other.host == rule.host && other.ruling == rule.ruling);
        if is_ours {
            left_out.push(t.list_ours(rule.host.display()));
        } else if is_known {
            left_out.push(t.list_known(rule.host.display()));
        }
        !is_ours && !is_known
    });
    let hidden = vec![("list", list), ("usual", usual.to_string())];
    let trial = trial(app, visit, me, (BRING, hidden), rules.clone(), left_out).await?;
    Ok((rules, trial))
}

/// `GET /admin/rules/blocks.csv`
pub(crate) async fn blocks(request: HttpRequest, app: Data<App>, visit: Visit, by: SignedIn) -> HttpResponse {
    match rules::list(&app, by.me).await {
        Ok(rules) => file("blocks.csv", blocklist::write(&rules)),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// `GET /admin/rules/allowed.csv`
pub(crate) async fn allowed(request: HttpRequest, app: Data<App>, visit: Visit, by: SignedIn) -> HttpResponse {
    match rules::list(&app, by.me).await {
        Ok(rules) => file("allowed.csv", blocklist::write_allowed(&rules)),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

fn file(name: &str, text: String) -> HttpResponse {
    let parameters = vec![DispositionParam::Filename(name.to_owned())];
    HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header(ContentDisposition { disposition: DispositionType::Attachment, parameters })
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(text)
}
