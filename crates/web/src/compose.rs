//! Writing: a new conversation, a reply, or a change of what one wrote; with pictures, a poll, a preview, and a draft
//! that outlives the browser.
use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::StatusCode,
    web::{Data, Query},
};
use app::{
    App, Error, Me, Result,
    drafts::{self, Place},
    media,
    posts::{self, Writing},
};
use domain::{
    actor::Actor,
    id::{ActorId, PostId},
    post::Post,
    urls,
};
use serde::Deserialize;
use store::preferences::Preferences;

use crate::{
    answer::{self, Keep, Visit},
    cards,
    filled::Filled,
    language::Language,
    later, readers,
    resumed::{self, Kept},
    said::{self, Said},
    session::{self, SignedIn},
    settings::scheduled,
};

mod entered;
mod page;

pub(crate) use entered::LATER;
pub(crate) use page::{TONGUES, tongues};

use entered::{Deed, Entered};
use page::{Compose, Preview, page};

/// Where one writes, and where what is being written is kept meanwhile.
pub(crate) const PATH: &str = "/write";
pub(crate) const DRAFT: &str = "/write/draft";

/// What is to be written: in which community, in reply to what, instead of what, or quoting what; and what it is called.
#[derive(Debug, Default, Clone, Deserialize)]
pub(crate) struct Asked {
    title: Option<String>,
    group: Option<i64>,
    to: Option<i64>,
    edit: Option<i64>,
    quote: Option<i64>,
}

impl Asked {
    fn place(&self) -> Place {
        match (self.edit, self.to) {
            (Some(post), _) => Place::Edit(PostId(post)),
            (None, Some(to)) => Place::Reply(PostId(to)),
            (None, None) => Place::Thread,
        }
    }
}

/// What the writing is for.
enum Aim {
    Thread,
    Reply(Post),
    Edit(Post),
    /// For what is gone, or what whoever writes cannot read or change.
    Lost,
}

impl Aim {
    async fn of(app: &App, me: Me, at: Place) -> Result<Self> {
        let (Place::Reply(id) | Place::Edit(id)) = at else { return Ok(Self::Thread) };
        let seen = app.read(move |c| store::posts::seen(c, id, Some(me.0))).await?;
        Ok(match (at, seen) {
            (Place::Reply(_), Some(post)) => Self::Reply(post),
            (Place::Edit(_), Some(post)) if post.author == me.0 => Self::Edit(post),
            _ => Self::Lost,
        })
    }

    /// What it answers.
    fn parent(&self) -> Option<&Post> {
        if let Self::Reply(to) = self { Some(to) } else { None }
    }
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
    answer::shown(&request, &visit, Keep::Never, begin(&app, &visit, by.me, asked).await)
}

/// The page with what was begun there before, or else with what it begins with.
async fn begin(app: &App, visit: &Visit, me: Me, asked: Asked) -> Result<Compose> {
    let at = asked.place();
    let aim = Aim::of(app, me, at).await?;
    let (kept, usual) = app.read(move |c| Ok((drafts::find(c, me, at)?, store::preferences::of(c, me.0)?))).await?;
    if matches!(aim, Aim::Lost) && kept.is_none() {
        return Err(Error::NotFound);
    }
    let is_recovered = kept.is_some();
    let mut entered = fresh(app, visit, me, asked, (&aim, usual)).await?;
    if let Some(kept) = kept.map(|kept| Entered::draft(kept, at)) {
        // Where one comes from says where one wants to write now.
        entered = Entered {
            group: if entered.group.is_empty() { kept.group.clone() } else { entered.group },
            title: if kept.title.is_empty() { entered.title } else { kept.title.clone() },
            quote: if entered.quote.is_empty() { kept.quote.clone() } else { entered.quote },
            ..kept
        };
    }
    let mut shown = page(app, visit, me, &aim, entered).await?;
    shown.is_recovered = is_recovered;
    Ok(shown)
}

/// What the page begins with where nothing was begun.
async fn fresh(app: &App, visit: &Visit, me: Me, asked: Asked, (aim, usual): (&Aim, Preferences)) -> Result<Entered> {
    if let Aim::Edit(post) = aim {
        return Ok(Entered::written(post));
    }
    let number = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
    let group = match (aim, asked.group) {
        (Aim::Thread, None) => page::only_group(app, me).await?,
        (_, group) => page::known(app, me, group).await?,
    };
    // Whoever replies speaks the language they are spoken to in.
    let spoken = match aim.parent() {
        Some(to) => to.content.language.clone(),
        None => match (usual.language, group) {
            (None, Some(group)) => page::only_language(app, ActorId(group)).await?,
            (language, _) => language,
        },
    };
    Ok(Entered {
        group: number(group),
        to: number(asked.to),
        edit: number(asked.edit),
        quote: number(asked.quote),
        title: asked.title.unwrap_or_default(),
        language: spoken.unwrap_or_else(|| visit.language.tag().to_owned()),
        is_sensitive: usual.sensitive,
        ..Entered::default()
    })
}

/// `POST /write`
pub(crate) async fn submit(request: HttpRequest, app: Data<App>, visit: Visit, filled: Filled) -> HttpResponse {
    let token = filled.token().to_owned();
    let Filled { by, pairs, brought } = filled;
    let entered = Entered::read(pairs);
    let Some(by) = by else {
        // The session ended while they wrote: what they wrote waits for them.
        let (back, writing) = (back_to(&entered), Box::new(entered.writing(app.now())));
        return match resumed::keep(&app, &token, &Kept::Draft(back.clone(), writing)).await {
            Some(secret) => resumed::asking(&request, &app, &visit, &back, &secret),
            None => session::Shut::SignIn { back }.error_response(),
        };
    };
    match write(&app, &visit, by.me, entered, brought).await {
        Ok(Outcome::Done(page)) => answer::redirect(StatusCode::SEE_OTHER, &page),
        Ok(Outcome::Again(status, page)) => answer::page(&request, status, Keep::Never, &*page),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// `POST /write/draft`: keeps what is being written, for browsers that send it now and then.
pub(crate) async fn keep(request: HttpRequest, app: Data<App>, visit: Visit, filled: Filled) -> HttpResponse {
    let entered = Entered::read(filled.pairs);
    let Some(by) = filled.by else { return HttpResponse::Unauthorized().finish() };
    match hold(&app, by.me, &entered).await {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// Where one goes on writing.
fn back_to(entered: &Entered) -> String {
    urls::asking(PATH, &[("to", &entered.to), ("edit", &entered.edit)])
}

/// Keeps what somebody wrote who had to sign in again; where they go on.
pub(crate) async fn take_up(app: &App, me: Me, back: &str, writing: Writing) -> Result<()> {
    let query = back.split_once('?').map_or("", |(_, query)| query);
    let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    drafts::keep(app, me, Entered::read(pairs).place(), writing).await
}

/// Keeps what is being written.
async fn hold(app: &App, me: Me, entered: &Entered) -> Result<()> {
    drafts::keep(app, me, entered.place(), entered.writing(app.now())).await
}

enum Outcome {
    Done(String),
    /// The form once more, with a preview or with what is wrong.
    Again(StatusCode, Box<Compose>),
}

async fn write(
    app: &App,
    visit: &Visit,
    me: Me,
    mut entered: Entered,
    brought: Vec<Result<domain::id::MediaId>>,
) -> Result<Outcome> {
    let (t, at) = (visit.language, entered.place());
    if entered.deed == Deed::Discard {
        drafts::discard(app, me, at).await?;
        return Ok(Outcome::Done(said::way_back(
            app,
            visit,
            if entered.back.is_empty() { "/" } else { &entered.back },
        )));
    }
    let usual = app.read(move |c| store::preferences::of(c, me.0)).await?;
    let trouble = brought.iter().find_map(|brought| brought.as_ref().err()).map(|error| refusal(t, error));
    let is_attaching = brought.iter().any(Result::is_ok);
    // Nobody was asked before there was anything to cover.
    entered.is_sensitive |= entered.media.is_empty() && entered.edit.is_empty() && usual.sensitive;
    entered.media.extend(brought.into_iter().flatten());
    entered.media.truncate(media::MOST);
    // No text is ever lost: it is kept before anything is asked that may fail, and comes back with the reason.
    hold(app, me, &entered).await?;
    let aim = Aim::of(app, me, at).await?;
    let (audience, quoting) = (readers::addressed(usual.audience, aim.parent()), usual.quoting);
    // Nothing that is there already is published later.
    let is_new = !matches!(aim, Aim::Edit(_) | Aim::Lost);
    let due = (entered.deed.is_later() && is_new).then(|| later::read(t, &entered.due, &entered.zone, app.now()));
    // A poll is open from when it is published.
    let from = due.and_then(std::result::Result::ok).unwrap_or(app.now());
    let mut writing = Writing { audience, quoting, ..entered.writing(from) };
    if let Aim::Edit(post) = &aim {
        writing = kept(post, writing);
    }
    let mut shown = page(app, visit, me, &aim, entered).await?;
    if let Some(Err((field, what))) = due {
        shown.later.flaw(field, what);
    }
    if let Some(status) = check(visit, &aim, &mut shown, trouble, is_attaching) {
        if shown.entered.deed == Deed::Preview && status == StatusCode::OK {
            match Preview::of(app, t, me, writing, &aim).await {
                Ok(preview) => shown.preview = Some(preview),
                Err(error) => return again(t, error, shown),
            }
        }
        return Ok(Outcome::Again(status, Box::new(shown)));
    }
    if let Some(Ok(due)) = due {
        return match posts::schedule::create(app, me, writing, due, None).await {
            Ok(_) => {
                drafts::discard(app, me, at).await?;
                Ok(Outcome::Done(said::way_back(app, visit, &Said::Saved.at(scheduled::PATH))))
            }
            Err(error) => again(t, error, shown),
        };
    }
    let written = match &aim {
        Aim::Thread | Aim::Reply(_) => posts::create(app, me, writing).await,
        Aim::Edit(post) => posts::edit(app, me, post.id, writing).await,
        Aim::Lost => Err(Error::NotFound),
    };
    match written {
        Ok(post) => {
            drafts::discard(app, me, at).await?;
            let back = &shown.entered.back;
            let back = (!back.is_empty()).then(|| said::way_back(app, visit, &format!("{back}#p{}", post.id)));
            Ok(Outcome::Done(back.unwrap_or(post.uri)))
        }
        Err(error) => again(t, error, shown),
    }
}

/// The form once more, with what went wrong.
fn again(t: Language, error: Error, mut shown: Compose) -> Result<Outcome> {
    if matches!(error, Error::Internal(_)) {
        return Err(error);
    }
    shown.form.trouble = Some(answer::words(t, &error));
    Ok(Outcome::Again(StatusCode::UNPROCESSABLE_ENTITY, Box::new(shown)))
}

/// The status with which the form is shown again, if it is: because something is missing, or because that was asked for.
fn check(
    visit: &Visit,
    aim: &Aim,
    shown: &mut Compose,
    trouble: Option<&'static str>,
    is_attaching: bool,
) -> Option<StatusCode> {
    let t = visit.language;
    let deed = shown.entered.deed;
    if matches!(aim, Aim::Lost) {
        return Some(StatusCode::NOT_FOUND);
    }
    shown.form.trouble = trouble.map(str::to_owned);
    if deed == Deed::Attach {
        return Some(if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK });
    }
    let has_more = !shown.pieces.is_empty() || shown.entered.options.iter().any(|option| !option.trim().is_empty());
    if shown.entered.text.trim().is_empty() && !(has_more && matches!(aim, Aim::Reply(_))) {
        shown.form.flaw("text", t.flaw_text());
    }
    if matches!(aim, Aim::Thread) && shown.entered.group.parse::<i64>().is_err() {
        shown.form.flaw("group", t.flaw_group());
    }
    let blank = shown.pieces.iter().filter(|piece| piece.is_picture && piece.alt.trim().is_empty()).count();
    // What was chosen only now has not been described yet, and cannot be without a look at it.
    if blank > 0 && matches!(deed, Deed::Publish | Deed::Later) {
        shown.is_undescribed = true;
        shown.form.trouble.get_or_insert_with(|| t.flaw_alt(blank));
    }
    if shown.form.is_flawed() || shown.later.is_flawed() {
        return Some(StatusCode::UNPROCESSABLE_ENTITY);
    }
    (deed == Deed::Preview || is_attaching && !matches!(deed, Deed::Anyway | Deed::LaterAnyway) && blank > 0)
        .then_some(StatusCode::OK)
}

fn refusal(t: Language, error: &Error) -> &'static str {
    match error {
        Error::Invalid(_) => t.flaw_file(),
        _ => t.failed_text(),
    }
}

/// What an edit leaves as it was.
fn kept(post: &Post, writing: Writing) -> Writing {
    Writing { poll: post.content.poll.clone(), quoting: post.content.quoting, ..writing }
}

/// The page of a post here.
pub(crate) fn page_of(app: &App, author: &Actor, id: PostId) -> String {
    urls::post(&cards::page_of(app.site(), author), id)
}
