//! My data: taken along as files, moved to another server, or deleted for good.
use std::path::Path;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
    web::{self, Bytes, Data, Query},
};
use app::{
    App, Error, Me, Result,
    archive::{self, Circle},
    leaving::{self, Farewell},
    moves, second_step,
};
use domain::{
    actor::Actor,
    handle::Handle,
    id::PostId,
    post::Post,
    time::Timestamp,
    urls::{Site, media::Portrait},
};
use futures_util::stream;
use serde::Deserialize;
use serde_json::json;

use super::{Action, Button, Done, Panel, Row, back, page, password, said};
use crate::{
    answer::{self, Visit},
    forms::Field,
    language::machine_moment,
    login,
    posted::Sent,
    session::{self, SignedIn},
};

pub(crate) const PATH: &str = "/settings/data";
pub(crate) const EXPORT: &str = "/settings/data/{file}";
pub(crate) const ALIAS: &str = "/settings/data/alias";
pub(crate) const UNALIAS: &str = "/settings/data/alias/remove";
pub(crate) const MOVE: &str = "/settings/data/move";
pub(crate) const LEAVE: &str = "/settings/data/leave";

/// The files, in the shape that other servers read.
const FILES: [&str; 7] =
    ["profile.json", "posts.json", "follows.csv", "followers.csv", "blocks.csv", "mutes.csv", "domain_blocks.csv"];

struct Panels {
    export: Panel,
    aliases: Panel,
    moving: Panel,
    leaving: Panel,
}

impl Panels {
    async fn of(app: &App, visit: &Visit, me: Me) -> Result<Self> {
        let t = visit.language;
        let aliases = app.read(move |c| store::moves::aliases(c, me.0)).await?;
        let file = |name: &str| {
            let page = Some(format!("{PATH}/{name}"));
            Row { title: name.to_owned(), page, ..Row::default() }
        };
        let alias = |uri: String| {
            let button = Button { path: UNALIAS, name: "account", value: uri.clone(), label: t.put_away() };
            Row { title: uri, button: Some(button), ..Row::default() }
        };
        let account = |id| Field::exact(id, "text", t.other_account()).hint(t.other_account_hint()).longest(300);
        let move_to = vec![account("target"), password(t, "password")];
        let typed = Field::exact("typed", "text", t.type_name()).hint(t.type_name_hint()).longest(60);
        let leave = Action::new(LEAVE, vec![typed, password(t, "secret")], t.leave_for_good());
        Ok(Self {
            export: Panel {
                id: "export",
                heading: t.export(),
                lead: t.export_hint().to_owned(),
                rows: FILES.into_iter().map(file).collect(),
                ..Panel::default()
            },
            aliases: Panel {
                id: "aliases",
                heading: t.aliases(),
                lead: t.aliases_hint().to_owned(),
                rows: aliases.into_iter().map(alias).collect(),
                action: Some(Action::new(ALIAS, vec![account("account")], t.add_alias())),
                ..Panel::default()
            },
            moving: Panel {
                id: "moving",
                heading: t.moving(),
                lead: t.moving_hint().to_owned(),
                action: Some(Action { is_danger: true, ..Action::new(MOVE, move_to, t.move_away()) }),
                ..Panel::default()
            },
            leaving: Panel {
                id: "leaving",
                heading: t.leaving(),
                lead: t.leaving_hint().to_owned(),
                action: Some(Action { is_danger: true, ..leave }),
                ..Panel::default()
            },
        })
    }

    fn show(self, request: &HttpRequest, visit: &Visit, done: Option<&'static str>) -> HttpResponse {
        page(request, visit, PATH, done, vec![self.export, self.aliases, self.moving, self.leaving])
    }
}

/// `GET /settings/data`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    done: Option<Query<Done>>,
) -> HttpResponse {
    match Panels::of(&app, &visit, by.me).await {
        Ok(panels) => panels.show(&request, &visit, said(&visit, done)),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// `GET /settings/data/FILE`
pub(crate) async fn export(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    file: web::Path<String>,
) -> HttpResponse {
    let Some(name) = FILES.into_iter().find(|name| *name == file.as_str()) else {
        return answer::error(&request, &visit, &Error::NotFound);
    };
    let made = match name {
        "posts.json" => return attached(name).streaming(posts(app, by.me)),
        "profile.json" => profile(&app, &by).await,
        "follows.csv" => circle(&app, by.me, Circle::Following, "Account address").await,
        "followers.csv" => circle(&app, by.me, Circle::Followers, "Account address").await,
        "blocks.csv" => circle(&app, by.me, Circle::Blocked, "").await,
        "mutes.csv" => circle(&app, by.me, Circle::Muted, "Account address").await,
        _ => archive::shunned_hosts(&app, by.me).await.map(|hosts| lines(hosts, "")),
    };
    match made {
        Ok(text) => attached(name).body(text),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

fn attached(name: &'static str) -> actix_web::HttpResponseBuilder {
    let is_table = Path::new(name).extension().is_some_and(|kind| kind == "csv");
    let kind = if is_table { "text/csv; charset=utf-8" } else { "application/json" };
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    answer
}

/// One value a line, below a heading if there is one. Handles and hosts need no quotes, and none is a formula.
fn lines(values: Vec<String>, heading: &str) -> String {
    let heading = Some(heading.to_owned()).filter(|heading| !heading.is_empty());
    heading.into_iter().chain(values).flat_map(|line| [line, "\r\n".to_owned()]).collect()
}

async fn circle(app: &App, me: Me, circle: Circle, heading: &str) -> Result<String> {
    let people = archive::circle(app, me, circle).await?;
    // A line that began with an @ would be a formula to some spreadsheets.
    Ok(lines(people.iter().map(|actor| actor.handle().trim_start_matches('@').to_owned()).collect(), heading))
}

async fn profile(app: &App, by: &SignedIn) -> Result<String> {
    let me = by.me;
    let (actor, aliases, groups) = app
        .read(move |c| {
            let groups = store::follows::groups(c, me.0, 10_000)?;
            Ok((store::actors::by_id(c, me.0)?, store::moves::aliases(c, me.0)?, groups))
        })
        .await?;
    let actor: Actor = actor.ok_or(Error::NotFound)?;
    let passkeys = app::passkeys::list(app, me).await?;
    let moment = |millis| machine_moment(Timestamp(millis));
    let passkey = |key: &store::passkeys::Passkey| json!({ "name": key.name, "created": moment(key.created), "used": key.used.map(moment) });
    let picture = |portrait| app.site().portrait(&actor, portrait);
    let profile = json!({
        "id": actor.uri,
        "name": actor.name,
        "title": actor.title,
        "summary": actor.summary,
        "picture": picture(Portrait::Icon),
        "header": picture(Portrait::Image),
        "created": machine_moment(actor.created),
        "email": by.account.email,
        "language": by.account.language,
        "aliases": aliases,
        "passkeys": passkeys.iter().map(passkey).collect::<Vec<_>>(),
        "communities": groups.iter().map(|group| json!({ "id": group.uri, "title": group.title })).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&profile).map_err(Error::internal)
}

/// Where a file of posts is: before which post, and whether it is the beginning or the end.
enum Cursor {
    At(Option<PostId>),
    End,
}

/// All posts as one array, written as it is read.
fn posts(app: Data<App>, me: Me) -> impl stream::Stream<Item = Result<Bytes>> {
    stream::unfold(Cursor::At(None), move |cursor| {
        let app = app.clone();
        async move {
            let Cursor::At(before) = cursor else { return None };
            let piece = match archive::posts(&app, me, before).await {
                Ok(piece) => piece,
                Err(error) => return Some((Err(error), Cursor::End)),
            };
            let mut text = String::new();
            let mut joint = if before.is_none() { "[\n" } else { ",\n" };
            for (post, group) in &piece {
                text.push_str(joint);
                text.push_str(&entry(app.site(), post, group.as_ref()).to_string());
                joint = ",\n";
            }
            let Some((last, _)) = piece.last() else {
                let end = if before.is_none() { "[]\n" } else { "\n]\n" };
                return Some((Ok(Bytes::from_static(end.as_bytes())), Cursor::End));
            };
            Some((Ok(Bytes::from(text)), Cursor::At(Some(last.id))))
        }
    })
}

fn entry(site: &Site, post: &Post, group: Option<&Actor>) -> serde_json::Value {
    let content = &post.content;
    json!({
        "id": post.uri,
        "url": post.url,
        "published": machine_moment(post.published),
        "edited": post.edited.map(machine_moment),
        "community": group.map(|group| &group.uri),
        "audience": post.audience.as_str(),
        "title": content.title,
        "warning": content.warning,
        "language": content.language,
        "html": content.html,
        "markdown": content.source,
        "tags": content.tags,
        "media": content.attachments.iter().map(|it| json!({ "url": site.located(&it.url), "description": it.alt })).collect::<Vec<_>>(),
    })
}

/// Another account of the same person.
#[derive(Debug, Deserialize)]
pub(crate) struct Other {
    account: String,
}

/// The id of an account, by its handle or its id.
async fn find(app: &App, text: &str) -> Result<String> {
    let text = text.trim();
    if text.contains("://") {
        return Ok(text.to_owned());
    }
    let unknown = || Error::Invalid("this is no account".into());
    let handle: Handle = text.parse().map_err(|_wrong| unknown())?;
    let host = handle.host.ok_or_else(unknown)?;
    let id = app.resolver().handle(app, &handle.name, host.as_str()).await?;
    app.read(move |c| store::actors::by_id(c, id)).await?.map(|actor| actor.uri).ok_or(Error::NotFound)
}

async fn set_alias(app: &App, me: Me, account: &str, on: bool) -> Result<()> {
    let uri = if on { find(app, account).await? } else { account.to_owned() };
    moves::set_alias(app, me.0, uri, on).await
}

/// `POST /settings/data/alias`
pub(crate) async fn add_alias(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Other>) -> HttpResponse {
    let account = sent.entered.account;
    let error = match set_alias(&app, sent.by.me, &account, true).await {
        Ok(()) => return back(&visit, &app, PATH),
        Err(error) => error,
    };
    again(&request, &app, &visit, sent.by.me, (Which::Alias, &account, &error)).await
}

/// `POST /settings/data/alias/remove`
pub(crate) async fn remove_alias(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Other>,
) -> HttpResponse {
    match set_alias(&app, sent.by.me, &sent.entered.account, false).await {
        Ok(()) => back(&visit, &app, PATH),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// Which form is shown again.
enum Which {
    Alias,
    Move,
}

/// Shows the page again with what is wrong with another account.
async fn again(
    request: &HttpRequest,
    app: &App,
    visit: &Visit,
    me: Me,
    (which, account, error): (Which, &str, &Error),
) -> HttpResponse {
    let mut panels = match Panels::of(app, visit, me).await {
        Ok(panels) => panels,
        Err(error) => return answer::error(request, visit, &error),
    };
    let panel = match which {
        Which::Alias => &mut panels.aliases,
        Which::Move => &mut panels.moving,
    };
    if let Some(field) = panel.action.as_mut().and_then(|action| action.form.all.first_mut()) {
        account.clone_into(&mut field.value);
        field.flaw = Some(answer::words(visit.language, error));
    }
    panels.show(request, visit, None)
}

/// Where somebody moves to.
#[derive(Deserialize)]
pub(crate) struct Target {
    target: String,
    password: String,
}

/// `POST /settings/data/move`
pub(crate) async fn move_away(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Target>) -> HttpResponse {
    let (me, Target { target, password }) = (sent.by.me, sent.entered);
    match second_step::knows_password(&app, me, password).await {
        Ok(true) => {}
        Ok(false) => {
            let mut panels = match Panels::of(&app, &visit, me).await {
                Ok(panels) => panels,
                Err(error) => return answer::error(&request, &visit, &error),
            };
            if let Some(action) = &mut panels.moving.action {
                action.form.flaw("password", visit.language.flaw_wrong_password());
            }
            return panels.show(&request, &visit, None);
        }
        Err(error) => return login::failed(&request, &visit, &error),
    }
    let moved = async {
        let uri = find(&app, &target).await?;
        moves::depart(&app, me.0, me.0, uri).await
    };
    match moved.await {
        Ok(()) => back(&visit, &app, PATH),
        Err(error) => again(&request, &app, &visit, me, (Which::Move, &target, &error)).await,
    }
}

/// What confirms that somebody leaves.
#[derive(Deserialize)]
pub(crate) struct Last {
    typed: String,
    secret: String,
}

/// `POST /settings/data/leave`
pub(crate) async fn leave(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Last>) -> HttpResponse {
    let (t, me, Last { typed, secret }) = (visit.language, sent.by.me, sent.entered);
    let (field, what) = match leaving::leave(&app, me, &typed, secret).await {
        Ok(Farewell::Done) => {
            let visit = Visit { me: None, ..visit };
            let mut answer = answer::said(&request, &visit, t.left(), t.left_text());
            if let Ok(cookie) = HeaderValue::from_str(&session::no_cookie(app.site())) {
                answer.headers_mut().append(header::SET_COOKIE, cookie);
            }
            return answer;
        }
        Ok(Farewell::Wrong) => ("secret", t.flaw_wrong_password().to_owned()),
        Ok(Farewell::Untyped) => ("typed", t.flaw_typed().to_owned()),
        Ok(Farewell::Owns(groups)) => ("typed", t.flaw_owns(groups.join(", "))),
        Err(error) => return login::failed(&request, &visit, &error),
    };
    match Panels::of(&app, &visit, me).await {
        Ok(mut panels) => {
            if let Some(action) = &mut panels.leaving.action {
                action.form.flaw(field, what);
            }
            panels.show(&request, &visit, None)
        }
        Err(error) => answer::error(&request, &visit, &error),
    }
}
