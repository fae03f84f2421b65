//! Writing: a new conversation, a reply, or a change of what one wrote; with pictures, a poll, a preview, and a draft
//! that outlives the browser.
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{App, Error, Me, Result, drafts, media, posts, posts::Writing};
use domain::{actor::Actor, id::PostId, post::Post, urls};
use serde::Deserialize;

use crate::{
    answer::{self, Keep, Visit},
    cards,
    filled::Filled,
    login,
    session::SignedIn,
};

mod entered;
mod page;

pub(crate) use page::TONGUES;

use entered::{Deed, Entered};
use page::{Compose, Preview, page};

/// Where one writes, and where what is being written is kept meanwhile.
pub(crate) const PATH: &str = "/write";
pub(crate) const DRAFT: &str = "/write/draft";

/// What is to be written: in which community, in reply to what, instead of what, or quoting what.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
pub(crate) struct Asked {
    group: Option<i64>,
    to: Option<i64>,
    edit: Option<i64>,
    quote: Option<i64>,
}

/// What the writing is for.
enum Aim {
    Thread,
    Reply(Post),
    Edit(Post),
}

impl Aim {
    async fn of(app: &App, me: Me, to: Option<i64>, edit: Option<i64>) -> Result<Self> {
        let seen = |id: i64| app.read(move |c| store::posts::seen(c, PostId(id), Some(me.0)));
        if let Some(id) = edit {
            let post = seen(id).await?.filter(|post| post.author == me.0).ok_or(Error::NotFound)?;
            return Ok(Self::Edit(post));
        }
        match to {
            Some(id) => Ok(Self::Reply(seen(id).await?.ok_or(Error::NotFound)?)),
            None => Ok(Self::Thread),
        }
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
    let aim = Aim::of(app, me, asked.to, asked.edit).await?;
    let number = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
    let tongue = |post: Option<&Post>| post.and_then(|post| post.content.language.clone());
    let fresh = match &aim {
        Aim::Edit(post) => Entered::written(post),
        Aim::Thread | Aim::Reply(_) => Entered {
            group: number(asked.group),
            to: number(asked.to),
            quote: number(asked.quote),
            // Whoever replies speaks the language they are spoken to in.
            language: tongue(if let Aim::Reply(to) = &aim { Some(to) } else { None })
                .unwrap_or_else(|| visit.language.tag().to_owned()),
            ..Entered::default()
        },
    };
    let at = fresh.place();
    let kept = app.read(move |c| drafts::find(c, me, at)).await?;
    let is_recovered = kept.is_some();
    let entered = match kept.map(|kept| Entered::draft(kept, at)) {
        // Where one comes from says where one wants to write now.
        Some(kept) => Entered {
            group: if fresh.group.is_empty() { kept.group.clone() } else { fresh.group },
            quote: if fresh.quote.is_empty() { kept.quote.clone() } else { fresh.quote },
            ..kept
        },
        None => fresh,
    };
    let mut shown = page(app, visit, me, &aim, entered).await?;
    shown.is_recovered = is_recovered;
    Ok(shown)
}

/// `POST /write`
pub(crate) async fn submit(request: HttpRequest, app: Data<App>, visit: Visit, filled: Filled) -> HttpResponse {
    let Filled { by, pairs, brought } = filled;
    let entered = Entered::read(pairs);
    let Some(by) = by else {
        // The session ended while they wrote: what they wrote goes with them through the door.
        return login::keeping(&request, &app, &visit, &back_to(&entered), &entered.writing(app.now()));
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
    let Some(by) = filled.by else { return HttpResponse::Forbidden().finish() };
    match drafts::keep(&app, by.me, entered.place(), entered.writing(app.now())).await {
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
        return Ok(Outcome::Done(answer::way_back(
            app,
            visit,
            if entered.back.is_empty() { "/" } else { &entered.back },
        )));
    }
    let number = |text: &str| text.parse::<i64>().ok();
    let aim = Aim::of(app, me, number(&entered.to), number(&entered.edit)).await?;
    let trouble = brought.iter().find_map(|brought| brought.as_ref().err()).map(|error| refusal(t, error));
    let is_attaching = brought.iter().any(Result::is_ok);
    entered.media.extend(brought.into_iter().flatten());
    entered.media.truncate(media::MOST);
    describe(app, me, &entered).await?;
    let writing = entered.writing(app.now());
    let mut shown = page(app, visit, me, &aim, entered).await?;
    let status = check(visit, &aim, &mut shown, trouble, is_attaching);
    if let Some(status) = status {
        drafts::keep(app, me, at, writing).await?;
        return Ok(Outcome::Again(status, Box::new(shown)));
    }
    let written = match &aim {
        Aim::Thread | Aim::Reply(_) => posts::create(app, me, writing.clone()).await,
        Aim::Edit(post) => posts::edit(app, me, post.id, kept(post, writing.clone())).await,
    };
    match written {
        Ok(post) => {
            drafts::discard(app, me, at).await?;
            let back = &shown.entered.back;
            let back = (!back.is_empty()).then(|| answer::way_back(app, visit, &format!("{back}#p{}", post.id)));
            Ok(Outcome::Done(back.unwrap_or(post.uri)))
        }
        // No text is ever lost: what was written comes back with the reason.
        Err(error @ (Error::Invalid(_) | Error::Denied(_) | Error::TooOften { .. })) => {
            drafts::keep(app, me, at, writing).await?;
            shown.form.trouble = Some(answer::words(t, &error));
            Ok(Outcome::Again(StatusCode::UNPROCESSABLE_ENTITY, Box::new(shown)))
        }
        Err(error) => Err(error),
    }
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
    if blank > 0 && deed == Deed::Publish {
        shown.is_undescribed = true;
        shown.form.trouble.get_or_insert_with(|| t.flaw_alt(blank));
    }
    if shown.form.is_flawed() {
        return Some(StatusCode::UNPROCESSABLE_ENTITY);
    }
    if deed == Deed::Preview {
        shown.preview = Some(Preview::of(&shown.entered));
    }
    (deed == Deed::Preview || is_attaching && deed != Deed::Anyway && blank > 0).then_some(StatusCode::OK)
}

fn refusal(t: crate::language::Language, error: &Error) -> &'static str {
    match error {
        Error::Invalid(_) => t.flaw_file(),
        _ => t.failed_text(),
    }
}

/// Says of what is attached what was entered.
async fn describe(app: &App, me: Me, entered: &Entered) -> Result<()> {
    for (id, alt) in &entered.alts {
        let about = media::About { description: Some(alt.clone()), focus: None };
        match media::describe(app, me, *id, about).await {
            // What was thrown away meanwhile needs no words.
            Ok(_) | Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// What an edit leaves as it was.
fn kept(post: &Post, writing: Writing) -> Writing {
    Writing {
        audience: post.audience,
        parent: post.parent,
        group: post.group,
        poll: post.content.poll.clone(),
        ..writing
    }
}

/// The page of a post here.
pub(crate) fn page_of(app: &App, author: &Actor, id: PostId) -> String {
    urls::post(&cards::page_of(app.site(), author), id)
}
