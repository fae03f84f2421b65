//! What people set for themselves: pages of panels, each with what is there, and a form for what may be.
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web::Data,
};
use app::{App, digests, mailings, people};
use askama::Template;
use domain::notice::Subject;
use serde::Deserialize;

use crate::{
    answer::{self, Frame, Keep, Visit},
    forms::{Choice, Field, Fields},
    language::{COOKIE, Language},
    login::LOGOUT,
    portraits::Shown,
    posted::Sent,
    said::{self, Said},
    session::SignedIn,
};

pub(crate) mod data;
pub(crate) mod devices;
pub(crate) mod entry;
pub(crate) mod files;
pub(crate) mod filters;
pub(crate) mod identities;
pub(crate) mod passkeys;
pub(crate) mod profile;
pub(crate) mod quiet_hours;
pub(crate) mod reading;
pub(crate) mod scheduled;
pub(crate) mod shuns;
pub(crate) mod tags;
pub(crate) mod writing;

/// Where one sets things.
pub(crate) const PATH: &str = "/settings";
/// Where one turns the letters of each week on and off.
pub(crate) const DIGEST: &str = "/settings/digest";

/// Where one chooses of which notices one gets letters at once.
pub(crate) const LETTERS: &str = "/settings/letters";

/// A page of settings.
#[derive(Template)]
#[template(path = "settings.html")]
struct Page {
    frame: Frame,
    /// Whether it is the one from which one looks for all others: they stand there without anything cut off.
    is_first: bool,
    places: Vec<Place>,
    panels: Vec<Panel>,
}

/// One of the pages, as the others lead to it.
struct Place {
    page: &'static str,
    label: &'static str,
    is_chosen: bool,
}

/// A part of a page.
#[derive(Default)]
struct Panel {
    id: &'static str,
    heading: &'static str,
    lead: String,
    /// A QR code: how many squares it is wide, and the path of the dark ones.
    squares: Option<(i32, String)>,
    /// What was written, in paragraphs.
    quoted: Vec<String>,
    /// What is to be copied.
    codes: Vec<String>,
    /// Where that comes back from as a file, and what the button says. It goes there in the form: nobody keeps it meanwhile.
    file: Option<(&'static str, &'static str)>,
    /// Where it goes on, and what that is called.
    way: Option<(String, &'static str)>,
    /// What shows somebody, to be changed.
    pictures: Vec<Shown>,
    rows: Vec<Row>,
    action: Option<Action>,
}

/// One of many things that are kept.
#[derive(Default)]
struct Row {
    title: String,
    /// The same as HTML, of somebody who has emoji in their name.
    shown: Option<String>,
    detail: String,
    page: Option<String>,
    button: Option<Button>,
}

/// What can be done with one of many things: a form with one value.
struct Button {
    path: &'static str,
    name: &'static str,
    value: String,
    label: &'static str,
}

/// A form.
struct Action {
    path: &'static str,
    form: Fields,
    hidden: Vec<(&'static str, String)>,
    /// What its own button says; if that is empty, a passkey is the only way.
    label: &'static str,
    is_danger: bool,
    /// A passkey, as another way to send it.
    passkey: Option<crate::passkeys::Button>,
}

impl Action {
    fn new(path: &'static str, fields: Vec<Field>, label: &'static str) -> Self {
        Self { path, form: Fields::new(fields), hidden: Vec::new(), label, is_danger: false, passkey: None }
    }

    /// Asks for no password that there is not: whoever has none shows that it is them by having signed in a moment ago.
    fn ask_no_password(&mut self, t: Language) {
        let (asked, kept): (Vec<_>, Vec<_>) = self.form.all.drain(..).partition(|field| field.autocomplete == CURRENT);
        self.form.all = kept;
        for field in asked {
            self.hidden.push((field.id, String::new()));
            if field.flaw.is_some() {
                self.form.trouble = Some(t.sign_in_again().to_owned());
            }
        }
    }
}

/// What browsers know the field of the password by.
const CURRENT: &str = "current-password";

/// A form without a question.
#[derive(Debug, Deserialize)]
pub(crate) struct Nothing {}

/// A page of settings at `path`.
fn page(request: &HttpRequest, visit: &Visit, path: &'static str, mut panels: Vec<Panel>) -> HttpResponse {
    let t = visit.language;
    if visit.me.as_ref().is_some_and(|me| !me.has_password) {
        panels.iter_mut().filter_map(|panel| panel.action.as_mut()).for_each(|action| action.ask_no_password(t));
    }
    let places = [
        (PATH, t.settings_general()),
        (profile::PATH, t.settings_profile()),
        (writing::PATH, t.settings_writing()),
        (reading::PATH, t.settings_reading()),
        (entry::PATH, t.settings_entry()),
        (devices::PATH, t.settings_devices()),
        (quiet_hours::PATH, t.silence()),
        (shuns::PATH, t.settings_shuns()),
        (filters::PATH, t.settings_filters()),
        (tags::PATH, t.settings_tags()),
        (scheduled::PATH, t.scheduled()),
        (data::PATH, t.settings_data()),
    ];
    let title = places.iter().find(|(page, _)| *page == path).map_or(t.my_settings(), |(_, label)| *label);
    let is_open = |page: &str| visit.guest().is_none() || page == devices::PATH;
    let places = places.into_iter().filter(|(page, _)| is_open(page));
    let places = places.map(|(page, label)| Place { page, label, is_chosen: page == path }).collect();
    let is_flawed = panels.iter().any(|panel| panel.action.as_ref().is_some_and(|action| action.form.is_flawed()));
    let status = if is_flawed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    // Whoever chooses another language here comes back by asking for the page, never by sending a form.
    let frame = Frame::private(&Visit { path: path.to_owned(), ..visit.clone() }, title);
    answer::page(request, status, Keep::Never, &Page { frame, is_first: path == PATH, places, panels })
}

/// A page of settings as it was asked for.
fn shown(request: &HttpRequest, visit: &Visit, path: &'static str, panels: app::Result<Vec<Panel>>) -> HttpResponse {
    match panels {
        Ok(panels) => page(request, visit, path, panels),
        Err(error) => answer::error(request, visit, &error),
    }
}

/// Back to a page, which says that it is done.
fn back(visit: &Visit, app: &App, path: &str) -> HttpResponse {
    said::back(app, visit, path, Said::Saved)
}

fn password(t: Language, id: &'static str) -> Field {
    Field::exact(id, "password", t.current_password()).autocomplete(CURRENT).longest(128)
}

/// `GET /settings`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, visit: Visit, by: SignedIn) -> HttpResponse {
    let t = visit.language;
    let letters = match letters(&app, &visit, &by).await {
        Ok(letters) => letters,
        Err(error) => return answer::error(&request, &visit, &error),
    };
    let choices = visit.tongues.iter().map(|(tag, name)| Choice::new(*tag, *name, "")).collect();
    let language = Field::choices("language", t.language(), choices).value(&by.account.language);
    let mut panels = vec![
        Panel {
            id: "language-heading",
            heading: t.language(),
            lead: t.settings_language_hint().to_owned(),
            action: Some(Action::new(PATH, vec![language], t.save())),
            ..Panel::default()
        },
        Panel {
            id: "leave",
            heading: t.sign_out(),
            lead: t.sign_out_hint().to_owned(),
            action: Some(Action::new(LOGOUT, Vec::new(), t.sign_out())),
            ..Panel::default()
        },
    ];
    panels.splice(1..1, letters);
    page(&request, &visit, PATH, panels)
}

/// The letters of each week, and those about single notices; nothing, where there is no mail.
async fn letters(app: &App, visit: &Visit, by: &SignedIn) -> app::Result<Vec<Panel>> {
    if app.mailer().is_none() {
        return Ok(Vec::new());
    }
    let t = visit.language;
    let is_on = digests::is_on(app, by.me).await?;
    let action = Action::new(DIGEST, Vec::new(), if is_on { t.digest_turn_off() } else { t.digest_turn_on() });
    let turn = if is_on { "off" } else { "on" };
    let digest = Panel {
        id: "digest-heading",
        heading: t.digest(),
        lead: if is_on { t.digest_is_on() } else { t.digest_is_off() }.to_owned(),
        action: Some(Action { hidden: vec![("turn", turn.to_owned())], ..action }),
        ..Panel::default()
    };
    let wanted = mailings::wanted(app, by.me).await?;
    let is_staff = visit.me.as_ref().is_some_and(|me| me.is_staff);
    // What one wants already is there to be put off.
    let offered = Subject::ALL.iter().filter(|one| is_staff || **one != Subject::Reports || wanted.contains(one));
    let choices = offered.map(|one| Choice::new(one.as_str(), subject(t, *one), "")).collect();
    let chosen: Vec<&str> = wanted.iter().map(|one| one.as_str()).collect();
    let field = Field::several("about", t.mailings_about(), choices).value(chosen.join(" "));
    let single = Panel {
        id: "mailings-heading",
        heading: t.mailings(),
        lead: t.mailings_lead().to_owned(),
        action: Some(Action::new(LETTERS, vec![field], t.save())),
        ..Panel::default()
    };
    Ok(vec![digest, single])
}

fn subject(t: Language, subject: Subject) -> &'static str {
    match subject {
        Subject::Replies => t.mailings_replies(),
        Subject::Requests => t.mailings_requests(),
        Subject::Reports => t.mailings_reports(),
    }
}

/// About what one wants letters, each under a name of its own.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    #[serde(rename = "about_replies")]
    replies: String,
    #[serde(rename = "about_requests")]
    requests: String,
    #[serde(rename = "about_reports")]
    reports: String,
}

/// `POST /settings/letters`
pub(crate) async fn choose_letters(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Wanted>,
) -> HttpResponse {
    let Wanted { replies, requests, reports } = sent.entered;
    let entered = [replies, requests, reports];
    let wanted = entered.iter().filter_map(|word| word.parse().ok()).collect();
    said::done(&request, &app, &visit, mailings::set(&app, sent.by.me, wanted).await, PATH)
}

/// On, or anything else for off.
#[derive(Debug, Deserialize)]
pub(crate) struct Turned {
    turn: String,
}

/// `POST /settings/digest`
pub(crate) async fn turn_letters(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Turned>,
) -> HttpResponse {
    said::done(&request, &app, &visit, digests::set(&app, sent.by.me, sent.entered.turn == "on").await, PATH)
}

/// The language that was chosen.
#[derive(Debug, Deserialize)]
pub(crate) struct Chosen {
    language: String,
}

/// `POST /settings`
pub(crate) async fn choose(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Chosen>) -> HttpResponse {
    let Some(language) = Language::offered(&app, &sent.entered.language) else {
        return answer::refused(&request, &visit, StatusCode::BAD_REQUEST, visit.language.refused_form());
    };
    if let Err(error) = people::speak(&app, sent.by.me, language.tag()).await {
        return answer::error(&request, &visit, &error);
    }
    let mut answer = back(&visit, &app, PATH);
    // What this browser chose before counts no more.
    if let Ok(cookie) = HeaderValue::from_str(&format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}
