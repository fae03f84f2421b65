//! What the site says of itself: what it is and who answers for it, what it knows of people, and what they agree to.
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{
    App, Error, Result,
    imprint::{self, Shown},
};
use askama::Template;
use domain::{
    imprint::{HouseRule, Kind},
    urls::{self, path},
};
use serde::Deserialize;

use crate::{
    answer::{self, Frame, Visit},
    cards::Face,
    language::{self, Language},
};

/// A rule of the house as it is read.
pub(crate) struct Rule {
    pub(crate) text: String,
    pub(crate) hint: String,
    /// Its language, if it is not the one of the page.
    pub(crate) language: Option<String>,
}

/// The rules of the house, in the language of the page where they are written in it.
pub(crate) fn read(t: Language, rules: &[HouseRule]) -> Vec<Rule> {
    let rule = |rule: &HouseRule| {
        let said = rule.said(t.tag())?;
        let language = Some(said.language.clone()).filter(|language| language != t.tag());
        Some(Rule { text: said.text.clone(), hint: said.hint.clone(), language })
    };
    rules.iter().filter_map(rule).collect()
}

/// A text of the site on a page that is about something else.
pub(crate) struct Said {
    pub(crate) html: String,
    /// Its language, if it is not the one of the page.
    pub(crate) language: Option<String>,
}

/// What those who run the site say above the forms for signing up.
pub(crate) async fn of_sign_up(app: &App, t: Language) -> Result<Option<Said>> {
    let text = imprint::text(app, Kind::SignUp, t.tag()).await?;
    Ok(text.map(|text| Said { html: text.body, language: Some(text.language).filter(|tag| tag != t.tag()) }))
}

#[derive(Template)]
#[template(path = "about.html")]
struct About {
    frame: Frame,
    summary: Option<Shown>,
    description: Option<Shown>,
    rules: Vec<Rule>,
    email: String,
    person: Option<Face>,
}

/// `GET /about`
pub(crate) async fn about(request: HttpRequest, app: Data<App>, visit: Visit) -> HttpResponse {
    answer::shown(&request, &visit, visit.keep(), about_page(&app, &visit).await)
}

async fn about_page(app: &App, visit: &Visit) -> Result<About> {
    let t = visit.language;
    let contact = imprint::contact(app).await?;
    let summary = imprint::text(app, Kind::Summary, t.tag()).await?;
    let mut frame = Frame::public(visit, t.about_site(&visit.site), app.site().page(path::ABOUT));
    frame.description = summary.as_ref().map_or(frame.description, |text| text.body.clone());
    Ok(About {
        frame,
        summary,
        description: imprint::text(app, Kind::Description, t.tag()).await?,
        rules: read(t, &imprint::house_rules(app).await?),
        email: contact.email,
        person: contact.person.map(|actor| Face::new(app.site(), &actor)),
    })
}

#[derive(Template)]
#[template(path = "imprint.html")]
struct Page {
    frame: Frame,
    /// What it says; nothing, if nobody has written it.
    text: Option<Shown>,
    /// Since when it is so, and from when on it will be otherwise, with the way to that.
    since: Option<String>,
    next: Option<(String, String)>,
    /// Whether there are rules of the house.
    has_rules: bool,
}

/// Which day's text is wanted.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    since: Option<String>,
}

/// `GET /privacy`
pub(crate) async fn privacy(request: HttpRequest, app: Data<App>, visit: Visit) -> HttpResponse {
    let text = imprint::text(&app, Kind::Privacy, visit.language.tag()).await;
    show(&request, &app, &visit, (visit.language.privacy(), path::PRIVACY), text, false)
}

/// `GET /terms`
pub(crate) async fn terms(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    let tag = visit.language.tag();
    let text = match asked.and_then(|asked| asked.into_inner().since) {
        None => imprint::text(&app, Kind::Terms, tag).await,
        Some(day) => match language::parse_day(&day) {
            None => Err(Error::NotFound),
            Some(day) => imprint::text_of(&app, Kind::Terms, tag, day)
                .await
                .and_then(|text| text.ok_or(Error::NotFound).map(Some)),
        },
    };
    let has_rules = imprint::house_rules(&app).await.is_ok_and(|rules| !rules.is_empty());
    show(&request, &app, &visit, (visit.language.terms(), path::TERMS), text, has_rules)
}

fn show(
    request: &HttpRequest,
    app: &App,
    visit: &Visit,
    (title, path): (&'static str, &str),
    text: Result<Option<Shown>>,
    has_rules: bool,
) -> HttpResponse {
    let t = visit.language;
    let text = match text {
        Ok(text) => text,
        Err(error) => return answer::error(request, visit, &error),
    };
    let since = text.as_ref().map(|text| match path {
        path::TERMS => t.holds_since(t.day(text.effective)),
        _ => t.changed_on(t.day(text.updated)),
    });
    let next = text
        .as_ref()
        .and_then(|text| text.succeeded_by)
        .map(|day| (t.holds_until(t.day(day)), urls::asking(path, &[("since", &language::machine_day(day))])));
    let frame = Frame::public(visit, title, app.site().page(path));
    answer::page(request, StatusCode::OK, visit.keep(), &Page { frame, text, since, next, has_rules })
}
