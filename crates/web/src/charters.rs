//! Creating a community, and what whoever leads it decides about it.
use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{App, Error, Result, charters, charters::Settings, groups::NewGroup};
use askama::Template;
use domain::{
    charter::{Charter, Colour, Purpose},
    group::{Joining, Reach, Visibility},
    handle,
    id::ActorId,
    policy::Refusal,
    theme::{THEMES, Theme},
};
use serde::Deserialize;

use crate::{
    answer::{self, Frame, Keep, Visit},
    archive,
    compose::TONGUES,
    desk::{self, Asked, Desk},
    forms::{Choice, Field, Fields, Kind, YES},
    language::Language,
    posted::Worded,
    said::{self, Said},
    session::{Present, SignedIn},
    setup,
    steps::Progress,
    themes,
};

/// Where one creates a community, and where one changes it.
pub(crate) const FOUND: &str = "/found";
pub(crate) const MANAGE: &str = "/manage";
/// What is chosen for a private community of which nobody learns.
const HIDDEN: &str = "hidden";
/// Who starts threads.
const ALL: &str = "all";
const TEAM: &str = "team";

/// What was entered, as it was entered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    group: String,
    title: String,
    summary: String,
    purpose: String,
    visibility: String,
    joining: String,
    threads: String,
    reach: String,
    colour: String,
    questions: String,
    welcome: String,
    nudges: String,
    second_step: String,
    topics: String,
    /// The languages and themes, each under a name of its own.
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

impl Entered {
    fn of(settings: &Settings) -> Self {
        let charter = &settings.charter;
        Self {
            group: String::new(),
            title: settings.title.clone(),
            summary: charter.source.clone(),
            purpose: charter.purpose.to_string(),
            visibility: if settings.hidden { HIDDEN.to_owned() } else { settings.visibility.to_string() },
            joining: settings.joining.to_string(),
            threads: if settings.moderators_only { TEAM } else { ALL }.to_owned(),
            reach: settings.reach.to_string(),
            colour: charter.colour.map(|colour| colour.to_string()).unwrap_or_default(),
            questions: charter.questions.join("\n"),
            welcome: charter.welcome.clone(),
            nudges: checked(charter.nudges),
            second_step: checked(charter.second_step),
            topics: charter.topics.iter().map(|topic| format!("#{topic}")).collect::<Vec<_>>().join(" "),
            rest: {
                let spoken = charter.languages.iter().map(|tag| (format!("language_{tag}"), tag.clone()));
                spoken.chain(charter.themes.iter().map(|it| (format!("theme_{it}"), it.to_string()))).collect()
            },
        }
    }

    /// A community as most want it.
    fn fresh(language: Language) -> Self {
        let tag = language.tag().to_owned();
        Self {
            visibility: Visibility::Public.to_string(),
            joining: Joining::Open.to_string(),
            rest: BTreeMap::from([(format!("language_{tag}"), tag)]),
            ..Self::default()
        }
    }

    fn languages(&self) -> Vec<String> {
        let chosen = |(tag, _): &&(&str, &str)| self.rest.contains_key(&format!("language_{tag}"));
        TONGUES.iter().filter(chosen).map(|(tag, _)| (*tag).to_owned()).collect()
    }

    fn themes(&self) -> Vec<Theme> {
        let chosen = |theme: &&Theme| self.rest.contains_key(&format!("theme_{theme}"));
        Theme::ALL.iter().filter(chosen).copied().collect()
    }
}

#[derive(Template)]
#[template(path = "found.html")]
struct Found {
    frame: Frame,
    form: Fields,
}

#[derive(Template)]
#[template(path = "manage.html")]
struct Manage {
    frame: Frame,
    desk: Desk,
    form: Fields,
    progress: Progress,
    /// All that the community owns.
    archive: String,
}

/// What only whoever knows one's way around a form of these fields.
fn about(t: Language, entered: &Entered) -> Vec<Field> {
    let summary = Field::lines("summary", 4, t.summary()).hint(t.summary_hint()).longest(charters::PURPOSE);
    vec![
        Field::line("title", t.group_title()).hint(t.group_title_hint()).value(&entered.title).longest(100),
        summary.value(&entered.summary).optional(),
        Field::choices("purpose", t.purpose(), purposes(t)).value(&entered.purpose),
    ]
}

/// What is talked about in it: up to three of a short list, and hashtags of its own.
fn subjects(t: Language, entered: &Entered) -> Vec<Field> {
    let offered = themes::all(t).into_iter().map(|(theme, name)| Choice::new(theme.as_str(), name, "")).collect();
    let chosen: Vec<&str> = entered.themes().iter().map(|theme| theme.as_str()).collect();
    let topics = Field::exact("topics", "text", t.topics()).hint(t.topics_hint(charters::TOPICS)).longest(500);
    vec![
        Field::several("theme", t.themes_list(), offered).hint(t.themes_hint(THEMES)).value(chosen.join(" ")),
        topics.value(&entered.topics).optional(),
    ]
}

/// What a community may be for, to be chosen.
pub(crate) fn purposes(t: Language) -> Vec<Choice> {
    let choice = |purpose: &Purpose| {
        let (label, hint) = named(t, *purpose);
        Choice::new(purpose.as_str(), label, hint)
    };
    Purpose::ALL.iter().map(choice).collect()
}

/// What a community is for, in words.
pub(crate) fn named(t: Language, purpose: Purpose) -> (&'static str, &'static str) {
    match purpose {
        Purpose::Theme => (t.purpose_theme(), t.purpose_theme_hint()),
        Purpose::Profession => (t.purpose_profession(), t.purpose_profession_hint()),
        Purpose::Company => (t.purpose_company(), t.purpose_company_hint()),
        Purpose::Society => (t.purpose_society(), t.purpose_society_hint()),
    }
}

/// Who reads, who joins, and in which languages.
fn doors(t: Language, entered: &Entered) -> Vec<Field> {
    let tongues = TONGUES.iter().map(|(tag, name)| Choice::new(*tag, *name, "")).collect();
    let mut visibilities = setup::visibilities(t);
    visibilities.push(Choice::new(HIDDEN, t.choice_hidden(), t.choice_hidden_hint()));
    vec![
        Field::choices("visibility", t.who_reads(), visibilities).value(&entered.visibility),
        Field::choices("joining", t.who_joins(), setup::joinings(t)).value(&entered.joining),
        Field::several("language", t.spoken(), tongues).hint(t.spoken_hint()).value(entered.languages().join(" ")),
    ]
}

fn founding(visit: &Visit, entered: &Entered) -> Found {
    let t = visit.language;
    let name = Field::exact("group", "text", t.group_name())
        .hint(t.group_name_hint(visit.host.display()))
        .value(&entered.group);
    let mut fields = about(t, entered);
    fields.insert(1, name.longest(30).optional());
    fields.extend(doors(t, entered));
    let fields = Fields::new(fields).fold(t.themes(), subjects(t, entered));
    let mut frame = Frame::private(visit, t.found_title());
    frame.place = "communities";
    Found { frame, form: fields }
}

/// `GET /found`
pub(crate) async fn found_form(request: HttpRequest, app: Data<App>, visit: Visit, by: SignedIn) -> HttpResponse {
    match charters::may_found(&app, by.me).await {
        Ok(true) => {
            let page = founding(&visit, &Entered::fresh(visit.language));
            answer::page(&request, StatusCode::OK, Keep::Never, &page)
        }
        Ok(false) => answer::error(&request, &visit, &Error::Denied(Refusal::NotAdmin)),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// `POST /found`
pub(crate) async fn found(request: HttpRequest, app: Data<App>, visit: Visit, sent: Worded<Entered>) -> HttpResponse {
    let (t, mut entered) = (visit.language, sent.entered);
    entered.group = setup::named(&entered.group, &entered.title);
    let mut page = founding(&visit, &entered);
    match handle::local_name(&entered.group) {
        None => page.form.flaw("group", t.flaw_name()),
        Some(name) if handle::is_reserved(&name) => page.form.flaw("group", t.flaw_reserved()),
        Some(_) => {}
    }
    let Some(settings) = read(t, &entered, &mut page.form) else {
        return answer::page(&request, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &page);
    };
    let new = NewGroup {
        hidden: settings.hidden,
        name: entered.group.clone(),
        title: settings.title,
        summary: entered.summary,
        visibility: settings.visibility,
        joining: settings.joining,
        reach: Reach::Home,
        host: None,
    };
    match charters::found(&app, sent.by.me, new, settings.charter).await {
        Ok(group) => answer::redirect(StatusCode::SEE_OTHER, &setup::welcome_page(&group)),
        Err(error) => {
            match error {
                Error::Conflict(_) => page.form.flaw("group", t.flaw_taken()),
                Error::Denied(Refusal::OpenDoor) => page.form.flaw("joining", t.refused_open_door()),
                Error::Invalid(_) => page.form.trouble = Some(answer::words(t, &error)),
                other => return answer::error(&request, &visit, &other),
            }
            answer::page(&request, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &page)
        }
    }
}

/// What a field says that is checked, or not.
fn checked(holds: bool) -> String {
    if holds { YES.to_owned() } else { String::new() }
}

/// What was entered, if it makes sense; else the form says what does not.
fn read(t: Language, entered: &Entered, form: &mut Fields) -> Option<Settings> {
    let title = entered.title.trim().to_owned();
    if title.is_empty() {
        form.flaw("title", t.flaw_title());
    }
    let hidden = entered.visibility == HIDDEN;
    // Nobody finds the door of what is hidden.
    let (visibility, joining) = if hidden {
        (Ok(Visibility::Private), Ok(Joining::Invite))
    } else {
        (entered.visibility.parse::<Visibility>(), entered.joining.parse::<Joining>())
    };
    let purpose = entered.purpose.parse::<Purpose>();
    for (field, is_chosen) in
        [("visibility", visibility.is_ok()), ("joining", joining.is_ok()), ("purpose", purpose.is_ok())]
    {
        if !is_chosen {
            form.flaw(field, t.flaw_choice());
        }
    }
    let colour = match entered.colour.as_str() {
        "" => None,
        text => match text.parse::<Colour>() {
            Ok(colour) if colour.is_legible() => Some(colour),
            Ok(colour) => {
                // The nearest one that serves is chosen then: saving it takes it.
                let legible = colour.legible();
                form.flaw("colour", t.flaw_contrast(legible));
                let field = form.all.iter_mut().find(|field| field.id == "colour");
                if let Some(field) = field {
                    field.value = legible.to_string();
                }
                None
            }
            Err(_unknown) => {
                form.flaw("colour", t.flaw_colour());
                None
            }
        },
    };
    let themes = entered.themes();
    if themes.len() > THEMES {
        form.flaw("theme", t.flaw_themes(THEMES));
    }
    if form.is_flawed() {
        return None;
    }
    let charter = Charter {
        purpose: purpose.ok()?,
        themes,
        topics: entered.topics.split([' ', ',', '\n']).map(str::to_owned).collect(),
        colour,
        languages: entered.languages(),
        questions: entered.questions.lines().map(str::to_owned).collect(),
        source: entered.summary.clone(),
        welcome: entered.welcome.clone(),
        nudges: entered.nudges == YES,
        second_step: entered.second_step == YES,
    };
    Some(Settings {
        title,
        charter,
        visibility: visibility.ok()?,
        joining: joining.ok()?,
        moderators_only: entered.threads == TEAM,
        reach: entered.reach.parse().unwrap_or(Reach::Home),
        hidden,
    })
}

/// Says at the choice of who reads what changing it means; `strangers` are those whom the community would lose.
fn warn(t: Language, fields: &mut [Field], strangers: i64) {
    let Some(field) = fields.iter_mut().find(|field| field.id == "visibility") else { return };
    t.visibility_change().clone_into(&mut field.hint);
    let Kind::Choices(choices) = &mut field.kind else { return };
    let closes = |choice: &&mut Choice| [Visibility::Private.as_str(), HIDDEN].contains(&&*choice.value);
    for choice in choices.iter_mut().filter(|_| strangers > 0).filter(closes) {
        choice.hint = format!("{} {}", choice.hint, t.strangers_lost(strangers));
    }
}

fn managing(visit: &Visit, (desk, progress): (Desk, Progress), entered: &Entered, strangers: i64) -> Manage {
    let t = visit.language;
    let who = vec![
        Choice::new(ALL, t.threads_by_all(), t.threads_by_all_hint()),
        Choice::new(TEAM, t.threads_by_team(), t.threads_by_team_hint()),
    ];
    let reaches = vec![
        Choice::new(Reach::Home.as_str(), t.reach_home(), t.reach_home_hint()),
        Choice::new(Reach::Trusted.as_str(), t.reach_trusted(), t.reach_trusted_hint()),
    ];
    // Whoever has not chosen one sees the one in use.
    let colour = if entered.colour.is_empty() { desk.face.toned() } else { &entered.colour };
    let questions = Field::lines("questions", 3, t.questions()).hint(t.questions_hint()).longest(2_000);
    let mut fields = about(t, entered);
    fields.push(Field::exact("colour", "color", t.colour()).hint(t.colour_hint()).value(colour));
    let mut doors = doors(t, entered);
    doors.extend([
        questions.value(&entered.questions).optional(),
        Field::choices("reach", t.reach(), reaches).hint(t.reach_hint()).value(&entered.reach),
    ]);
    warn(t, &mut doors, strangers);
    let welcome = Field::lines("welcome", 4, t.welcome_word()).hint(t.welcome_word_hint()).longest(charters::WELCOME);
    fields.push(welcome.value(&entered.welcome).optional());
    let talk = vec![
        Field::choices("threads", t.who_starts(), who).value(&entered.threads),
        Field::check("nudges", t.nudges()).hint(t.nudges_hint()).value(&entered.nudges).optional(),
    ];
    let step = Field::check("second_step", t.team_second_step()).hint(t.team_second_step_hint());
    let team = vec![step.value(&entered.second_step).optional()];
    let form = Fields::new(fields)
        .fold(t.themes(), subjects(t, entered))
        .fold(t.fold_doors(), doors)
        .fold(t.fold_talk(), talk)
        .fold(t.fold_team(), team);
    let archive = desk::page(archive::community::PATH, ActorId(desk.id));
    Manage { frame: desk.frame.clone(), desk, form, progress, archive }
}

/// A community with what was decided about it, and how many it would lose by becoming private.
async fn shown(app: &App, visit: &Visit, by: &Present, group: i64) -> Result<((Desk, Progress), Settings, i64)> {
    let (actor, settings) = charters::look(app, by.me, ActorId(group)).await?;
    let (_, standing) = desk::kept(app, by.me.0, group).await?;
    let mut desk = Desk::of(app, visit, &actor, standing, MANAGE).await?;
    desk.frame.colour = settings.charter.colour.map(crate::assets::colour);
    let strangers = match settings.visibility {
        Visibility::Private => 0,
        Visibility::Public | Visibility::Restricted => charters::strangers(app, actor.id).await?,
    };
    let (t, now) = (visit.language, app.now());
    let progress = app.read(move |c| Progress::read(c, t, &actor, now)).await?;
    Ok(((desk, progress), settings, strangers))
}

/// `GET /manage`
pub(crate) async fn manage_form(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: Present,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    match shown(&app, &visit, &by, asked.map_or(0, |asked| asked.group)).await {
        Ok((desk, settings, strangers)) => {
            let page = managing(&visit, desk, &Entered::of(&settings), strangers);
            answer::page(&request, StatusCode::OK, Keep::Never, &page)
        }
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// `POST /manage`
pub(crate) async fn manage(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Worded<Entered, Present>,
) -> HttpResponse {
    let (t, entered) = (visit.language, sent.entered);
    let group = entered.group.parse().unwrap_or_default();
    let (desk, strangers) = match shown(&app, &visit, &sent.by, group).await {
        Ok((desk, _, strangers)) => (desk, strangers),
        Err(error) => return answer::error(&request, &visit, &error),
    };
    let mut page = managing(&visit, desk, &entered, strangers);
    let Some(settings) = read(t, &entered, &mut page.form) else {
        return answer::page(&request, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &page);
    };
    match charters::change(&app, sent.by.me, ActorId(group), settings).await {
        Ok(actor) => said::back(&app, &visit, &desk::page(MANAGE, actor.id), Said::Saved),
        Err(error @ (Error::Invalid(_) | Error::Denied(Refusal::OpenDoor))) => {
            match error {
                Error::Denied(_) => page.form.flaw("joining", t.refused_open_door()),
                _ => page.form.trouble = Some(answer::words(t, &error)),
            }
            answer::page(&request, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &page)
        }
        Err(error) => answer::error(&request, &visit, &error),
    }
}
