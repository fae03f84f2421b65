//! One text of the site in one language: written, looked at before it holds, and, where it begins on a day, with its other
//! days.
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{
    App, Error, Me, Result,
    imprint::{self, LINE, TEXT},
};
use askama::Template;
use domain::{
    imprint::{Kind, LANGUAGES, Text},
    time::Timestamp,
    urls,
};
use serde::Deserialize;

use super::{Tab, texts};
use crate::{
    answer::{self, Frame, Keep, Visit},
    forms::{Field, Fields},
    language,
    posted::Sent,
    said,
    session::SignedIn,
};

/// Where it is.
pub(crate) const PATH: &str = "/admin/texts/one";

/// The page of a text.
pub(super) fn address(kind: Kind, language: &str) -> String {
    urls::asking(PATH, &[("kind", kind.as_str()), ("language", language)])
}

/// Which text is meant, and what it is to say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    kind: String,
    language: String,
    /// The day that it begins on.
    since: String,
    source: String,
    /// Whether it is only to be looked at.
    preview: String,
}

impl Entered {
    /// The text that is meant, and the day it begins on; today, if that is not said.
    fn meant(&self, now: Timestamp) -> Option<(Kind, &'static str, Option<Timestamp>)> {
        let kind = self.kind.parse().ok()?;
        let language = LANGUAGES.into_iter().find(|tag| *tag == self.language)?;
        let today = language::parse_day(&language::machine_day(now));
        Some((kind, language, if self.since.is_empty() { today } else { language::parse_day(&self.since) }))
    }
}

#[derive(Template)]
#[template(path = "admin/text.html")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    hint: &'static str,
    kind: Kind,
    /// The language that it is in: its tag and its name.
    tongue: (&'static str, &'static str),
    form: Fields,
    /// How it will look.
    preview: Option<String>,
    /// The days on which it begins otherwise.
    days: Vec<(String, String)>,
}

/// `GET /admin/texts/one`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    asked: Option<Query<Entered>>,
) -> HttpResponse {
    let asked = asked.map(Query::into_inner).unwrap_or_default();
    answer::shown(&request, &visit, Keep::Never, page(&app, &visit, by.me, &asked, None).await)
}

/// The page of a text as it is kept, or, with `entered`, as it is being written.
async fn page(app: &App, visit: &Visit, me: Me, asked: &Entered, entered: Option<&str>) -> Result<Page> {
    let t = visit.language;
    // Whoever may not write hears that before anything else.
    let known = imprint::sources(app, me, asked.kind.parse().unwrap_or(Kind::Summary)).await?;
    let (kind, tag, day) = asked.meant(app.now()).ok_or(Error::NotFound)?;
    let written: Vec<&Text> = known.iter().filter(|text| text.language == tag).collect();
    // Without a day it is about the newest.
    let meant = match day {
        Some(day) if kind == Kind::Terms && !asked.since.is_empty() => {
            written.iter().find(|text| text.effective == day).copied()
        }
        _ => written.first().copied(),
    };
    let since = match meant {
        Some(text) if asked.since.is_empty() => language::machine_day(text.effective),
        _ if asked.since.is_empty() => language::machine_day(app.now()),
        _ => asked.since.clone(),
    };
    let source = entered.map_or_else(|| meant.map(|text| text.source.clone()).unwrap_or_default(), str::to_owned);
    let field = if kind.is_line() {
        Field::line("source", t.text_says()).longest(LINE)
    } else {
        Field::lines("source", 18, t.text_says()).longest(TEXT).hint(t.text_says_hint())
    };
    let mut fields = vec![field.value(&source).optional()];
    if kind == Kind::Terms {
        fields.insert(0, Field::exact("since", "date", t.text_since()).hint(t.text_since_hint()).value(since));
    }
    let name = t.all().iter().find(|(other, _)| *other == tag).map_or(tag, |(_, name)| name);
    let (label, hint) = texts::named(t, kind);
    let (frame, tabs) = super::frame(app, visit, format!("{label} · {name}"), texts::PATH);
    let way = |text: &&Text| {
        let day = language::machine_day(text.effective);
        let page = urls::asking(PATH, &[("kind", kind.as_str()), ("language", tag), ("since", &day)]);
        (t.day(text.effective), page)
    };
    let days = if kind == Kind::Terms { written.iter().map(way).collect() } else { Vec::new() };
    let preview = entered.filter(|_| !kind.is_line()).map(imprint::render);
    Ok(Page { frame, tabs, hint, kind, tongue: (tag, name), form: Fields::new(fields), preview, days })
}

/// `POST /admin/texts/one`
pub(crate) async fn write(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Entered>) -> HttpResponse {
    let (me, entered) = (sent.by.me, sent.entered);
    let meant = entered.meant(app.now());
    let (flaw, status) = match meant {
        _ if entered.preview == "yes" => (None, StatusCode::OK),
        Some((kind, language, Some(day))) => {
            let done = imprint::write(&app, me, kind, language, day, &entered.source).await;
            return said::done(&request, &app, &visit, done, texts::PATH);
        }
        _ => (Some(visit.language.flaw_day()), StatusCode::UNPROCESSABLE_ENTITY),
    };
    match page(&app, &visit, me, &entered, Some(&entered.source)).await {
        Ok(mut page) => {
            if let Some(what) = flaw {
                page.form.flaw("since", what);
            }
            answer::page(&request, status, Keep::Never, &page)
        }
        Err(error) => answer::error(&request, &visit, &error),
    }
}
