//! What one shows and tells of oneself: two pictures, a name, some words, and lines with a name.
use actix_web::{HttpRequest, HttpResponse, web::Data};
use app::{
    App, Error, Me, Result,
    profiles::{self, Change},
};
use domain::actor::Actor;
use serde::Deserialize;

use super::{Action, Panel, back, page};
use crate::{
    answer::{self, Visit},
    forms::{Field, Fields, YES},
    portraits,
    posted::{Sent, Worded},
    said,
    session::SignedIn,
};

pub(crate) const PATH: &str = "/settings/profile";
/// Where one says who finds one.
pub(crate) const FINDING: &str = "/settings/profile/finding";

/// The ids of the lines: what each is about, and what it says.
const LINES: [(&str, &str); 4] = [("about1", "line1"), ("about2", "line2"), ("about3", "line3"), ("about4", "line4")];

/// What was entered.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    name: String,
    about: String,
    about1: String,
    line1: String,
    about2: String,
    line2: String,
    about3: String,
    line3: String,
    about4: String,
    line4: String,
    sites: String,
}

impl Entered {
    fn lines(&self) -> [(&str, &str); 4] {
        [
            (&self.about1, &self.line1),
            (&self.about2, &self.line2),
            (&self.about3, &self.line3),
            (&self.about4, &self.line4),
        ]
    }

    async fn of(app: &App, me: Me) -> Result<(Actor, Self)> {
        let (actor, typed) = app
            .read(move |c| {
                let Some(actor) = store::actors::by_id(c, me.0)? else { return Ok(None) };
                let typed = profiles::source(c, &actor)?;
                Ok(Some((actor, typed)))
            })
            .await?
            .ok_or(Error::NotFound)?;
        let mut told = Self {
            name: actor.title.clone(),
            about: typed.about,
            sites: typed.attribution.join("\n"),
            ..Self::default()
        };
        let places = [
            (&mut told.about1, &mut told.line1),
            (&mut told.about2, &mut told.line2),
            (&mut told.about3, &mut told.line3),
            (&mut told.about4, &mut told.line4),
        ];
        for ((about, line), (name, text)) in places.into_iter().zip(typed.lines) {
            (*about, *line) = (name, text);
        }
        Ok((actor, told))
    }
}

/// How one looks.
fn pictures(app: &App, visit: &Visit, actor: &Actor) -> Panel {
    let t = visit.language;
    Panel {
        id: "pictures",
        heading: t.pictures(),
        lead: t.pictures_hint().to_owned(),
        pictures: portraits::shown(app, t, actor).into(),
        ..Panel::default()
    }
}

fn panel(visit: &Visit, entered: &Entered) -> Panel {
    let t = visit.language;
    let mut fields = vec![
        Field::line("name", t.display_name()).value(&entered.name).longest(100).optional(),
        Field::lines("about", 4, t.about_me()).hint(t.about_me_hint()).value(&entered.about).longest(2_000).optional(),
    ];
    let lines = (1_i64..).zip(LINES.into_iter().zip(entered.lines()));
    let mut lines: Vec<[Field; 2]> = lines
        .map(|(number, ((about, line), (name, value)))| {
            [
                Field::line(about, t.line_name(number)).value(name).longest(255).half().optional(),
                Field::line(line, t.line_value(number)).value(value).longest(255).half().optional(),
            ]
        })
        .collect();
    // Those in use are shown, and one that is free.
    let used = lines.iter().rposition(|pair| pair.iter().any(|field| !field.value.is_empty()));
    let free = lines.split_off(lines.len().min(used.map_or(0, |last| last + 1) + 1));
    fields.extend(lines.into_iter().flatten());
    let sites = Field::lines("sites", 2, t.my_sites()).hint(t.my_sites_hint()).value(&entered.sites);
    fields.push(sites.longest(5_000).optional());
    let form = Fields::new(fields).fold(t.more_lines(), free.into_iter().flatten().collect());
    Panel {
        id: "profile",
        heading: t.settings_profile(),
        lead: t.profile_hint().to_owned(),
        action: Some(Action { form, ..Action::new(PATH, Vec::new(), t.save()) }),
        ..Panel::default()
    }
}

/// Who finds one, and who follows.
fn finding(visit: &Visit, actor: &Actor) -> Panel {
    let t = visit.language;
    let check = |id, label: &str, hint: &str, is_on: bool| {
        Field::check(id, label).hint(hint).value(if is_on { YES } else { "" }).optional()
    };
    let fields = vec![
        check("discoverable", t.found_in_lists(), t.found_in_lists_hint(), actor.discoverable),
        check("indexable", t.found_by_engines(), t.found_by_engines_hint(), actor.indexable),
        check("approves", t.approves_followers(), t.approves_followers_hint(), actor.approves_followers),
        check("hides", t.hides_circle(), t.hides_circle_hint(), actor.hides_circle),
    ];
    Panel {
        id: "finding",
        heading: t.who_finds_me(),
        action: Some(Action::new(FINDING, fields, t.save())),
        ..Panel::default()
    }
}

/// What is ticked of that.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Ticked {
    discoverable: String,
    indexable: String,
    approves: String,
    hides: String,
}

/// `POST /settings/profile/finding`
pub(crate) async fn change_finding(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Ticked>,
) -> HttpResponse {
    let is_on = |ticked: &str| Some(ticked == YES);
    let change = Change {
        discoverable: is_on(&sent.entered.discoverable),
        indexable: is_on(&sent.entered.indexable),
        approves_followers: is_on(&sent.entered.approves),
        hides_circle: is_on(&sent.entered.hides),
        ..Change::default()
    };
    let changed = profiles::change(&app, sent.by.me, change).await.map(drop);
    said::done(&request, &app, &visit, changed, PATH)
}

/// `GET /settings/profile`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, visit: Visit, by: SignedIn) -> HttpResponse {
    match Entered::of(&app, by.me).await {
        Ok((actor, entered)) => {
            let pictures = pictures(&app, &visit, &actor);
            page(&request, &visit, PATH, vec![pictures, panel(&visit, &entered), finding(&visit, &actor)])
        }
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// `POST /settings/profile`
pub(crate) async fn change(request: HttpRequest, app: Data<App>, visit: Visit, sent: Worded<Entered>) -> HttpResponse {
    let entered = sent.entered;
    let lines = entered.lines().map(|(about, line)| (about.to_owned(), line.to_owned()));
    let change = Change {
        name: Some(entered.name.clone()),
        about: Some(entered.about.clone()),
        fields: Some(lines.into()),
        attribution: Some(entered.sites.split_whitespace().map(str::to_owned).collect()),
        ..Change::default()
    };
    match profiles::change(&app, sent.by.me, change).await {
        Ok(_) => back(&visit, &app, PATH),
        Err(Error::Invalid(_)) => {
            let mut panel = panel(&visit, &entered);
            if let Some(action) = &mut panel.action {
                action.form.trouble = Some(visit.language.invalid_text().to_owned());
            }
            page(&request, &visit, PATH, vec![panel])
        }
        Err(error) => answer::error(&request, &visit, &error),
    }
}
