//! Writing: a new conversation, a reply, or a change of what one wrote; with a preview before it is sent.
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{App, Error, Me, Result, posts, posts::Writing};
use askama::Template;
use domain::{
    actor::Actor,
    id::{ActorId, PostId},
    post::Post,
    text::{html, markdown},
    urls,
};
use serde::Deserialize;

use crate::{
    answer::{self, Frame, Keep, Visit},
    cards::{self, Card, Face},
    forms::{Choice, Field, Fields},
    posted::Sent,
    session::SignedIn,
};

/// Where one writes.
pub(crate) const PATH: &str = "/write";
/// How many communities one may choose from.
const GROUPS: i64 = 200;
/// The languages one may choose from: what is spoken where Tertulia is at home, and what is read most besides.
const TONGUES: [(&str, &str); 12] = [
    ("es", "Español"),
    ("en", "English"),
    ("ca", "Català"),
    ("gl", "Galego"),
    ("eu", "Euskara"),
    ("pt", "Português"),
    ("fr", "Français"),
    ("it", "Italiano"),
    ("de", "Deutsch"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("eo", "Esperanto"),
];

/// What is to be written: in which community, in reply to what, or instead of what.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
pub(crate) struct Asked {
    group: Option<i64>,
    to: Option<i64>,
    edit: Option<i64>,
}

/// What was entered.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    group: String,
    to: String,
    edit: String,
    title: String,
    text: String,
    warning: String,
    language: String,
    /// Whether it is only to be looked at.
    preview: Option<String>,
    back: String,
}

/// What the writing is for.
enum Aim {
    Thread,
    Reply(Post),
    Edit(Post),
}

/// The text as it will be read.
struct Preview {
    title: String,
    /// Sanitised.
    html: String,
    warning: String,
    language: String,
}

#[derive(Template)]
#[template(path = "compose.html")]
struct Compose {
    frame: Frame,
    heading: &'static str,
    form: Fields,
    entered: Entered,
    /// What it replies to.
    original: Option<Card>,
    preview: Option<Preview>,
    send: &'static str,
}

/// `GET /write`
pub(crate) async fn form(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    let asked = asked.map(Query::into_inner).unwrap_or_default();
    let shown = async {
        let aim = aim(&app, by.me, asked.to, asked.edit).await?;
        let entered = match &aim {
            Aim::Edit(post) => written(post),
            Aim::Thread | Aim::Reply(_) => Entered {
                group: asked.group.map(|group| group.to_string()).unwrap_or_default(),
                to: asked.to.map(|to| to.to_string()).unwrap_or_default(),
                language: visit.language.tag().to_owned(),
                ..Entered::default()
            },
        };
        page(&app, &visit, by.me, &aim, entered).await
    };
    match shown.await {
        Ok(page) => answer::page(&request, StatusCode::OK, Keep::Never, &page),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// `POST /write`
pub(crate) async fn submit(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Entered>) -> HttpResponse {
    let (me, entered) = (sent.by.me, sent.entered);
    match write(&app, &visit, me, entered).await {
        Ok(Outcome::Published(page)) => answer::redirect(StatusCode::SEE_OTHER, &page),
        Ok(Outcome::Again(status, page)) => answer::page(&request, status, Keep::Never, &*page),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

enum Outcome {
    Published(String),
    /// The form once more, with a preview or with what is wrong.
    Again(StatusCode, Box<Compose>),
}

async fn write(app: &App, visit: &Visit, me: Me, entered: Entered) -> Result<Outcome> {
    let t = visit.language;
    let number = |text: &str| text.parse::<i64>().ok();
    let aim = aim(app, me, number(&entered.to), number(&entered.edit)).await?;
    let mut shown = page(app, visit, me, &aim, entered.clone()).await?;
    if entered.text.trim().is_empty() {
        shown.form.flaw("text", t.flaw_text());
    }
    let group = number(&entered.group).map(ActorId);
    if matches!(aim, Aim::Thread) && group.is_none() {
        shown.form.flaw("group", t.flaw_group());
    }
    if shown.form.is_flawed() {
        return Ok(Outcome::Again(StatusCode::UNPROCESSABLE_ENTITY, Box::new(shown)));
    }
    if entered.preview.is_some() {
        shown.preview = Some(preview(&entered));
        return Ok(Outcome::Again(StatusCode::OK, Box::new(shown)));
    }
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let writing = Writing {
        text: entered.text.clone(),
        title: some(&entered.title),
        warning: some(&entered.warning),
        language: some(&entered.language),
        ..Writing::default()
    };
    let written = match &aim {
        Aim::Thread => posts::create(app, me, Writing { group, ..writing }).await,
        Aim::Reply(to) => posts::create(app, me, Writing { parent: Some(to.id), ..writing }).await,
        Aim::Edit(post) => posts::edit(app, me, post.id, kept(post, writing)).await,
    };
    match written {
        Ok(post) if entered.back.is_empty() => Ok(Outcome::Published(post.uri)),
        Ok(post) => Ok(Outcome::Published(answer::way_back(app, visit, &format!("{}#p{}", entered.back, post.id)))),
        // No text is ever lost: what was written comes back with the reason.
        Err(error @ (Error::Invalid(_) | Error::Denied(_) | Error::TooOften { .. })) => {
            shown.form.trouble = Some(answer::words(t, &error));
            Ok(Outcome::Again(StatusCode::UNPROCESSABLE_ENTITY, Box::new(shown)))
        }
        Err(error) => Err(error),
    }
}

/// What an edit leaves as it was.
fn kept(post: &Post, writing: Writing) -> Writing {
    Writing {
        audience: post.audience,
        parent: post.parent,
        group: post.group,
        sensitive: post.content.sensitive,
        media: post.content.attachments.iter().filter_map(|attachment| attachment.media).collect(),
        poll: post.content.poll.clone(),
        ..writing
    }
}

async fn aim(app: &App, me: Me, to: Option<i64>, edit: Option<i64>) -> Result<Aim> {
    let seen = |id: i64| app.read(move |c| store::posts::seen(c, PostId(id), Some(me.0)));
    if let Some(id) = edit {
        let post = seen(id).await?.filter(|post| post.author == me.0).ok_or(Error::NotFound)?;
        return Ok(Aim::Edit(post));
    }
    match to {
        Some(id) => Ok(Aim::Reply(seen(id).await?.ok_or(Error::NotFound)?)),
        None => Ok(Aim::Thread),
    }
}

/// A post as it was entered.
fn written(post: &Post) -> Entered {
    let content = &post.content;
    Entered {
        edit: post.id.to_string(),
        title: content.title.clone().unwrap_or_default(),
        text: content.source.clone().unwrap_or_else(|| html::to_text(&content.html)),
        warning: content.warning.clone().unwrap_or_default(),
        language: content.language.clone().unwrap_or_default(),
        ..Entered::default()
    }
}

async fn page(app: &App, visit: &Visit, me: Me, aim: &Aim, entered: Entered) -> Result<Compose> {
    let t = visit.language;
    let mut fields = Vec::new();
    if matches!(aim, Aim::Thread) {
        let groups = app.read(move |c| store::follows::groups(c, me.0, GROUPS)).await?;
        let choices = groups.iter().map(|group| choice(app, group)).collect();
        let hint = if groups.is_empty() { t.group_hint_none() } else { t.group_hint() };
        fields.push(Field::select("group", t.community(), choices).hint(hint).value(&entered.group));
    }
    let is_thread = match aim {
        Aim::Thread => true,
        Aim::Reply(_) => false,
        Aim::Edit(post) => post.is_thread(),
    };
    if is_thread {
        fields.push(Field::line("title", t.title()).hint(t.title_hint()).value(&entered.title).optional());
    }
    let text = Field::lines("text", if is_thread { 12 } else { 7 }, t.text()).hint(t.text_hint()).longest(posts::TEXT);
    fields.push(text.value(&entered.text));
    let warning = Field::line("warning", t.warning_field()).hint(t.warning_hint());
    fields.push(warning.value(&entered.warning).optional());
    let tongues = TONGUES.iter().map(|(tag, name)| Choice::new(*tag, *name, "")).collect();
    fields.push(Field::select("language", t.language(), tongues).value(&entered.language).optional());
    let original = match aim {
        Aim::Reply(post) => {
            let post = post.clone();
            let view = app.read(move |c| app::view::post(c, post)).await?;
            Some(Card::new(app, t, &view))
        }
        Aim::Thread | Aim::Edit(_) => None,
    };
    let (heading, send) = match aim {
        Aim::Thread => (t.new_thread(), t.publish()),
        Aim::Reply(_) => (t.reply_to(), t.send_reply()),
        Aim::Edit(_) => (t.edit_post(), t.save()),
    };
    let mut frame = Frame::private(visit, heading);
    frame.place = "write";
    Ok(Compose { frame, heading, form: Fields::new(fields), entered, original, preview: None, send })
}

fn choice(app: &App, group: &Actor) -> Choice {
    let face = Face::new(app.site(), group);
    Choice::new(group.id.to_string(), format!("{} ({})", face.name, face.handle), "")
}

fn preview(entered: &Entered) -> Preview {
    Preview {
        title: entered.title.trim().to_owned(),
        html: html::sanitize(&markdown::render(&entered.text, |_| None, |_| None)),
        warning: entered.warning.trim().to_owned(),
        language: entered.language.clone(),
    }
}

/// The page of a post here.
pub(crate) fn page_of(app: &App, author: &Actor, id: PostId) -> String {
    urls::post(&cards::page_of(app.site(), author), id)
}
