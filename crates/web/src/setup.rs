//! The first run: one form makes the login that runs the site and the first community.
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Form, Query},
};
use app::{App, Error, Me, groups::NewGroup, people::NewPerson, sessions, setup::Flaw};
use askama::Template;
use domain::{
    actor::Actor,
    charter::Purpose,
    group::{Joining, Reach, Visibility},
    handle, policy, urls,
};
use serde::Deserialize;
use store::steps::Facts;

use crate::{
    admin::people,
    answer::{self, Frame, Keep, Visit},
    cards::Face,
    charters,
    forms::{Choice, Field, Fields},
    language::Language,
    login, posted,
    steps::{self, Step},
};

/// Where the first run ends.
pub(crate) const WELCOME: &str = "/welcome";

/// What was entered, as it was entered.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    name: String,
    email: String,
    password: String,
    group: String,
    title: String,
    summary: String,
    purpose: String,
    visibility: String,
    joining: String,
    code: String,
}

#[derive(Template)]
#[template(path = "setup.html")]
struct Setup {
    frame: Frame,
    form: Fields,
}

/// How many of the fields are about the person; the rest is about the community.
const ACCOUNT: usize = 3;

impl Setup {
    fn new(visit: &Visit, entered: &Entered, asks_code: bool) -> Self {
        let (t, host) = (visit.language, visit.host.display());
        let name = Field::exact("name", "text", t.name()).hint(t.name_hint(&host)).value(&entered.name);
        let email = Field::exact("email", "email", t.email()).hint(t.email_hint()).value(&entered.email);
        let password = Field::exact("password", "password", t.password()).hint(t.password_hint());
        let group = Field::exact("group", "text", t.group_name()).hint(t.group_name_hint(host)).value(&entered.group);
        let summary = Field::lines("summary", 3, t.summary()).hint(t.summary_hint()).value(&entered.summary);
        let mut fields = vec![
            name.autocomplete("username").longest(30),
            email.autocomplete("email").longest(254),
            password.autocomplete("new-password").longest(128),
            Field::line("title", t.group_title()).hint(t.group_title_hint()).value(&entered.title),
            group.longest(30).optional(),
            summary.longest(2000).optional(),
            Field::choices("purpose", t.purpose(), charters::purposes(t)).value(&entered.purpose),
            Field::choices("visibility", t.who_reads(), visibilities(t)).value(&entered.visibility),
            Field::choices("joining", t.who_joins(), joinings(t)).value(&entered.joining),
        ];
        if asks_code {
            let code = Field::exact("code", "text", t.setup_code()).hint(t.setup_code_hint());
            fields.push(code.value(&entered.code).longest(40));
        }
        // Nobody else makes a login before.
        let frame = Frame { sign_up: None, ..Frame::private(visit, t.setup_title()) };
        Self { frame, form: Fields::new(fields) }
    }

    fn account(&self) -> &[Field] {
        self.form.all.split_at_checked(ACCOUNT).map_or(&[], |(account, _)| account)
    }

    fn community(&self) -> &[Field] {
        self.form.all.split_at_checked(ACCOUNT).map_or(&[], |(_, community)| community)
    }
}

/// Who reads and who writes, to be chosen.
pub(crate) fn visibilities(t: Language) -> Vec<Choice> {
    vec![
        Choice::new(Visibility::Public.as_str(), t.choice_public(), t.choice_public_hint()),
        Choice::new(Visibility::Restricted.as_str(), t.choice_restricted(), t.choice_restricted_hint()),
        Choice::new(Visibility::Private.as_str(), t.choice_private(), t.choice_private_hint()),
    ]
}

/// How one becomes a member, to be chosen.
pub(crate) fn joinings(t: Language) -> Vec<Choice> {
    vec![
        Choice::new(Joining::Open.as_str(), t.choice_open(), t.choice_open_hint()),
        Choice::new(Joining::Approval.as_str(), t.choice_approval(), t.choice_approval_hint()),
        Choice::new(Joining::Invite.as_str(), t.choice_invite(), t.choice_invite_hint()),
    ]
}

fn sentence(t: Language, flaw: Flaw) -> (&'static str, &'static str) {
    match flaw {
        Flaw::PersonName => ("name", t.flaw_name()),
        Flaw::PersonReserved => ("name", t.flaw_reserved()),
        Flaw::Email => ("email", t.flaw_email()),
        Flaw::Password => ("password", t.flaw_password()),
        Flaw::GroupName => ("group", t.flaw_name()),
        Flaw::GroupReserved => ("group", t.flaw_reserved()),
        Flaw::SameName => ("group", t.flaw_same()),
        Flaw::Title => ("title", t.flaw_title()),
        Flaw::OpenDoor => ("joining", t.refused_open_door()),
    }
}

/// Whether a request comes from this machine itself, and not through it from elsewhere.
fn is_from_here(request: &HttpRequest) -> bool {
    let is_loopback = request.peer_addr().is_some_and(|peer| peer.ip().to_canonical().is_loopback());
    is_loopback
        && !["x-forwarded-for", "forwarded", "x-real-ip"].iter().any(|name| request.headers().contains_key(*name))
}

/// The link to the first run that the log shows.
#[derive(Deserialize)]
struct Invitation {
    code: String,
}

/// The empty form.
pub(crate) fn form(request: &HttpRequest, visit: &Visit) -> HttpResponse {
    let (visibility, joining) = (Visibility::Public.to_string(), Joining::Open.to_string());
    let purpose = Purpose::Theme.to_string();
    let code = Query::from_query(request.query_string()).map(|Query(Invitation { code })| code).unwrap_or_default();
    let setup = Setup::new(
        visit,
        &Entered { purpose, visibility, joining, code, ..Entered::default() },
        !is_from_here(request),
    );
    answer::page(request, StatusCode::OK, Keep::Never, &setup)
}

/// `POST /`
pub(crate) async fn submit(
    request: HttpRequest,
    app: Data<App>,
    form: Result<Form<Entered>, actix_web::Error>,
) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    let t = visit.language;
    if !posted::is_own(&request, &visit.home) {
        return answer::refused(&request, &visit, StatusCode::FORBIDDEN, t.refused_origin());
    }
    match app::setup::is_needed(&app).await {
        Ok(true) => {}
        Ok(false) => return answer::refused(&request, &visit, StatusCode::CONFLICT, t.already_set_up()),
        Err(error) => return answer::error(&request, &visit, &error),
    }
    let Ok(Form(entered)) = form else {
        return answer::refused(&request, &visit, StatusCode::BAD_REQUEST, t.refused_form());
    };
    match complete(&app, &visit, entered, !is_from_here(&request)).await {
        Ok((owner, group)) => begin(&request, &app, &visit, &owner, &group).await,
        Err(Failure::Flawed(setup)) => answer::page(&request, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &*setup),
        Err(Failure::Late) => answer::refused(&request, &visit, StatusCode::CONFLICT, t.already_set_up()),
        Err(Failure::Other(error)) => answer::error(&request, &visit, &error),
    }
}

/// Where whoever made a community learns what comes next.
pub(crate) fn welcome_page(group: &Actor) -> String {
    urls::asking(WELCOME, &[("group", &group.name)])
}

/// Whoever set the server up is signed in.
async fn begin(request: &HttpRequest, app: &App, visit: &Visit, owner: &Actor, group: &Actor) -> HttpResponse {
    match sessions::begin(app, Me(owner.id), &login::whence(request)).await {
        Ok(secret) => login::enter(app, visit, &secret, &welcome_page(group)),
        Err(error) => answer::error(request, visit, &error),
    }
}

enum Failure {
    /// Something of it has to be entered again.
    Flawed(Box<Setup>),
    /// Somebody else was faster.
    Late,
    Other(Error),
}

/// The name of a community: what was entered, or else what its title makes.
pub(crate) fn named(entered: &str, title: &str) -> String {
    match entered.trim() {
        "" => handle::proposed(title).unwrap_or_default(),
        name => name.to_owned(),
    }
}

async fn complete(app: &App, visit: &Visit, mut entered: Entered, asks_code: bool) -> Result<(Actor, Actor), Failure> {
    entered.group = named(&entered.group, &entered.title);
    let t = visit.language;
    let person = NewPerson {
        name: entered.name.trim().to_owned(),
        email: entered.email.trim().to_owned(),
        password: entered.password.clone(),
        admin: true,
        language: t.tag().to_owned(),
    };
    let (visibility, joining) = (entered.visibility.parse::<Visibility>(), entered.joining.parse::<Joining>());
    let group = NewGroup {
        hidden: false,
        name: entered.group.clone(),
        title: entered.title.trim().to_owned(),
        summary: entered.summary.clone(),
        visibility: visibility.clone().unwrap_or(Visibility::Private),
        joining: joining.clone().unwrap_or(Joining::Invite),
        reach: Reach::Home,
        host: None,
    };
    let knows_code = !asks_code || app::setup::is_code(app, &entered.code).map_err(Failure::Other)?;
    let mut setup = Setup::new(visit, &entered, asks_code);
    for flaw in app::setup::flaws(&person, &group) {
        let (field, what) = sentence(t, flaw);
        setup.form.flaw(field, what);
    }
    if visibility.is_err() {
        setup.form.flaw("visibility", t.flaw_choice());
    }
    let purpose = entered.purpose.parse::<Purpose>();
    if purpose.is_err() {
        setup.form.flaw("purpose", t.flaw_choice());
    }
    if joining.is_err() {
        setup.form.flaw("joining", t.flaw_choice());
    }
    if !knows_code {
        setup.form.flaw("code", t.flaw_code());
    }
    if setup.form.is_flawed() {
        setup.form.flaw("password", t.password_again());
        return Err(Failure::Flawed(Box::new(setup)));
    }
    match app::setup::complete(app, person, group, purpose.unwrap_or(Purpose::Theme)).await {
        Ok(made) => Ok(made),
        Err(Error::Conflict(_)) => Err(Failure::Late),
        Err(error @ Error::Invalid(_)) => {
            setup.form.trouble = Some(error.to_string());
            Err(Failure::Flawed(Box::new(setup)))
        }
        Err(error) => Err(Failure::Other(error)),
    }
}

/// Which community was just made.
#[derive(Debug, Deserialize)]
pub(crate) struct Made {
    group: String,
}

#[derive(Template)]
#[template(path = "welcome.html")]
struct Welcome {
    frame: Frame,
    face: Face,
    /// What applications ask for.
    host: String,
    /// Who may make an account here, for whoever decides that.
    door: Option<&'static str>,
    /// What to do next, and where.
    steps: Vec<Step>,
}

/// What comes next; what is there already is told to those alone who run the community.
async fn steps(app: &App, visit: &Visit, group: &Actor) -> app::Result<Vec<Step>> {
    let (viewer, now, t, id) = (visit.viewer(), app.now(), visit.language, group.id);
    let facts = app.read(move |c| {
        let standing = viewer.map(|me| store::groups::standing(c, id, me, now)).transpose()?;
        let runs_it = standing.is_some_and(|standing| policy::manage(&standing).is_ok());
        if runs_it { store::steps::facts(c, id) } else { Ok(Facts::default()) }
    });
    let mut steps = steps::of(t, group, facts.await?);
    if visit.me.as_ref().is_some_and(|me| me.is_admin) {
        let page = crate::admin::texts::PATH.to_owned();
        steps.push(Step { label: t.step_site(), text: t.step_site_text(), page, is_done: false });
    }
    Ok(steps)
}

/// `GET /welcome`
pub(crate) async fn welcome(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    made: Option<Query<Made>>,
) -> HttpResponse {
    let name = made.and_then(|made| handle::local_name(&made.group)).unwrap_or_default();
    let page = async {
        let group = app::people::by_name(&app, &name).await?;
        if !group.is_group() || !app::groups::is_somebody(&app, group.id, visit.viewer()).await? {
            return Err(Error::NotFound);
        }
        let face = Face::new(app.site(), &group);
        let frame = Frame::private(&visit, visit.language.welcome(&face.name));
        let host = visit.host.display();
        let is_admin = visit.me.as_ref().is_some_and(|me| me.is_admin);
        let door = is_admin.then(|| people::door(app::registration::now(&app), visit.language));
        Ok(Welcome { frame, face, host, door, steps: steps(&app, &visit, &group).await? })
    };
    answer::shown(&request, &visit, Keep::Never, page.await)
}
