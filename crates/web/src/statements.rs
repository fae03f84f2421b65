//! What somebody is told of a measure that concerns them, and where they appeal: for whoever knows the address, with an
//! account here or without.
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use app::{
    App, Error, appeals,
    statements::{self, Case},
};
use askama::Template;
use domain::{
    policy,
    statement::{Sanction, Statement},
    text::{html, markdown},
    urls::{self, Sheet, path},
};
use serde::Deserialize;

use crate::{
    answer::{self, Frame, Keep, Visit},
    cards::{self, Face},
    forms::{Field, Fields},
    language::Language,
    posted::Posted,
};

/// The longest piece of a post that is shown.
const EXCERPT: usize = 500;

/// A measure as a page tells of it.
pub(crate) struct Told {
    pub(crate) what: String,
    pub(crate) when: String,
    pub(crate) lasts: String,
    /// What the post says that it is about.
    pub(crate) excerpt: Option<String>,
    /// The rule in short, where it stands, and what it says.
    pub(crate) rule: Option<(String, String, String)>,
    pub(crate) reason: String,
    pub(crate) note: String,
}

impl Told {
    pub(crate) fn new(t: Language, case: &Case) -> Self {
        let statement = &case.statement;
        let cited = statement.grounds.bylaw.zip(case.bylaw.as_ref());
        let rule = cited.map(|(cited, bylaw)| {
            let page =
                urls::asking(&urls::sheet(&case.group.uri, Sheet::Rules), &[("version", &cited.version.to_string())]);
            let (title, text) = bylaw.said(t.tag());
            let text = markdown::render(text, |_| None, |_| None);
            (t.law_cited(cited.number, title), format!("{page}#rule-{}", cited.number), text)
        });
        let excerpt = case.post.as_ref().map(|post| {
            let text = html::excerpt(&post.content.html, EXCERPT);
            // A title that was taken from the text stands in it already.
            match post.content.title.as_ref().filter(|title| !text.contains(*title)) {
                Some(title) => format!("{title}. {text}"),
                None => text,
            }
        });
        Self {
            what: what(t, statement),
            when: t.clock(statement.created),
            lasts: lasts(t, statement),
            excerpt: excerpt.filter(|text| !text.trim().is_empty()),
            rule,
            reason: statement.grounds.reason.clone(),
            note: statement.grounds.note.clone(),
        }
    }
}

/// What was done, to whomever it was done.
fn what(t: Language, statement: &Statement) -> String {
    match statement.sanction {
        Sanction::Remove => t.stated_remove(),
        Sanction::Refuse => t.stated_refuse(),
        Sanction::Lock => t.stated_lock(),
        Sanction::Ban if statement.clean => t.stated_ban_clean(),
        Sanction::Ban => t.stated_ban(),
        Sanction::Hush => t.stated_hush(),
        Sanction::Warn | Sanction::Caution => t.stated_warn(),
        Sanction::Suspend => t.stated_suspend(),
        Sanction::Silence => t.stated_silence(),
        Sanction::Veil => t.stated_veil(),
    }
    .to_owned()
}

fn lasts(t: Language, statement: &Statement) -> String {
    match (statement.sanction, statement.until) {
        (Sanction::Warn | Sanction::Caution, _) => t.lasts_nothing().to_owned(),
        (_, Some(until)) => t.until(t.clock(until)),
        (_, None) => t.for_good().to_owned(),
    }
}

/// Whose decision it is: that of a community, or of this server.
pub(crate) fn decider(app: &App, case: &Case) -> Face {
    let face = Face::new(app.site(), &case.group);
    if !case.statement.sanction.is_everywhere() {
        return face;
    }
    let (name, page) = (app.nameplate().seen(app.site()).name.clone(), app.site().page(path::ABOUT));
    Face { shown: html::escape(&name), letter: cards::letter(&name), name, page, ..face }
}

/// How far an appeal has come.
enum Appeal {
    /// One may appeal until then.
    Open { until: String, form: Fields },
    /// It is too late.
    Over { since: String },
    /// It waits.
    Waiting { text: String },
    /// It was decided.
    Decided { text: String, granted: bool, answer: String, when: String },
    /// There is nothing to appeal against any more.
    Needless,
}

#[derive(Template)]
#[template(path = "statement.html")]
struct Page {
    frame: Frame,
    face: Face,
    person: Face,
    told: Told,
    /// Who decided it, and where it holds.
    by_team: String,
    scope: &'static str,
    /// When it was undone.
    lifted: Option<String>,
    appeal: Appeal,
    action: String,
}

fn page(app: &App, visit: &Visit, case: &Case) -> Page {
    let t = visit.language;
    let (face, statement) = (decider(app, case), &case.statement);
    let mut frame = Frame::private(visit, format!("{} · {}", t.statement(), face.name));
    // Whoever signs in from here comes back to their own pages: the address is a secret of its own.
    crate::session::LOGIN.clone_into(&mut frame.login);
    let appeal = match &case.appeal {
        Some(appeal) => match &appeal.decision {
            Some(decision) => Appeal::Decided {
                text: appeal.text.clone(),
                granted: decision.granted,
                answer: decision.answer.clone(),
                when: t.clock(decision.at),
            },
            None => Appeal::Waiting { text: appeal.text.clone() },
        },
        None => match policy::appeal(statement, false, app.now()) {
            Ok(()) => Appeal::Open { until: t.clock(statement.appealable()), form: form(t, "") },
            Err(policy::Refusal::TooLate) => Appeal::Over { since: t.clock(statement.appealable()) },
            Err(_) => Appeal::Needless,
        },
    };
    let everywhere = statement.sanction.is_everywhere();
    Page {
        by_team: if everywhere { t.decided_by_admins(&face.name) } else { t.decided_by_team(&face.name) },
        scope: if everywhere { t.scope_of_it_here() } else { t.scope_of_it_text() },
        action: visit.path.clone(),
        person: Face::new(app.site(), &case.person),
        told: Told::new(t, case),
        lifted: statement.lifted.map(|at| t.clock(at)),
        frame,
        face,
        appeal,
    }
}

fn form(t: Language, text: &str) -> Fields {
    let field = Field::lines("text", 6, t.appeal_text()).hint(t.appeal_hint());
    Fields::new(vec![field.longest(appeals::TEXT).value(text)])
}

/// `GET /statement/{token}`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, visit: Visit, token: Path<String>) -> HttpResponse {
    match statements::read(&app, &token).await {
        Ok(case) => answer::page(&request, StatusCode::OK, Keep::Never, &page(&app, &visit, &case)),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// What somebody says to a measure.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Said {
    text: String,
}

/// `POST /statement/{token}`
pub(crate) async fn appeal(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    token: Path<String>,
    sent: Posted<Said>,
) -> HttpResponse {
    let text = sent.entered.text;
    let result = appeals::file(&app, &token, text.clone()).await;
    let error = match result {
        Ok(()) => return answer::redirect(StatusCode::SEE_OTHER, &visit.path),
        Err(error @ Error::Invalid(_)) => error,
        Err(error) => return answer::error(&request, &visit, &error),
    };
    match statements::read(&app, &token).await {
        Ok(case) => {
            let mut page = page(&app, &visit, &case);
            if let Appeal::Open { form: shown, .. } = &mut page.appeal {
                *shown = form(visit.language, &text);
                shown.flaw("text", visit.language.flaw_appeal());
            }
            answer::page(&request, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &page)
        }
        Err(_gone) => answer::error(&request, &visit, &error),
    }
}
