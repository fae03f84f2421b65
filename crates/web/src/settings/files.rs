//! My data as files, one by one or all in one archive, in the shape that other servers and spreadsheets read.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use app::{
    App, Error, Me, Result,
    archive::{self, Circle},
};
use domain::{actor::Actor, time::Timestamp, urls::media::Portrait};
use futures_util::{
    FutureExt, StreamExt,
    stream::{self, BoxStream},
};
use serde_json::json;

use crate::{
    answer::{self, Visit},
    archive::{File, Text, alone, explained, packed, pieces, shelves, whole},
    language::{Language, machine_moment},
    session::SignedIn,
    written::Form,
};

pub(crate) const PATH: &str = "/settings/data/{file}";

/// The archive of all files.
pub(super) const ALL: &str = "all.zip";

pub(super) const FILES: [&str; 8] = [
    "profile.json",
    "posts.json",
    "posts.csv",
    "follows.csv",
    "followers.csv",
    "blocks.csv",
    "mutes.csv",
    "domain_blocks.csv",
];

/// What a file is called on the page.
pub(super) fn called(t: Language, name: &str) -> &'static str {
    match name {
        "profile.json" => t.export_profile(),
        "posts.json" => t.export_posts(),
        "posts.csv" => t.export_posts_table(),
        "follows.csv" => t.export_follows(),
        "followers.csv" => t.export_followers(),
        "blocks.csv" => t.export_blocks(),
        "mutes.csv" => t.export_mutes(),
        "domain_blocks.csv" => t.export_domain_blocks(),
        _ => t.export_all(),
    }
}

/// `GET /settings/data/FILE`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    file: Path<String>,
) -> HttpResponse {
    let is_all = *file == ALL;
    let made = |name: &str| File::text(name, text(&app, &by, name, is_all));
    if is_all {
        let t = visit.language;
        let list = FILES.map(|name| (name, called(t, name))).into_iter().chain([("media/", t.export_media())]);
        let whose = visit.me.as_ref().map_or("", |me| &*me.face.handle);
        let first = explained(t, whose, &list.collect::<Vec<_>>());
        let texts = [first].into_iter().chain(FILES.map(made)).map(Ok);
        return packed(ALL, stream::iter(texts).chain(pictures(&app, by.me)).boxed(), app.now());
    }
    match FILES.into_iter().find(|name| *name == file.as_str()) {
        Some(name) => alone(made(name)),
        None => answer::error(&request, &visit, &Error::NotFound),
    }
}

/// What a file says; `has_files`, if pictures, films and sounds come along.
fn text(app: &App, by: &SignedIn, name: &str, has_files: bool) -> Text {
    let (app, me) = (app.clone(), by.me);
    let circle = |circle, heading| whole(circle_of(app.clone(), me, circle, heading));
    match name {
        "posts.json" => posts(app, me, (Form::Json, has_files)),
        "posts.csv" => posts(app, me, (Form::Table, has_files)),
        "follows.csv" => circle(Circle::Following, "Account address"),
        "followers.csv" => circle(Circle::Followers, "Account address"),
        "blocks.csv" => circle(Circle::Blocked, ""),
        "mutes.csv" => circle(Circle::Muted, "Account address"),
        "domain_blocks.csv" => whole(async move { Ok(lines(archive::shunned_hosts(&app, me).await?, "")) }),
        _ => whole(profile(app, me, by.account.email.clone(), by.account.language.clone())),
    }
}

/// One value a line, below a heading if there is one. Handles and hosts need no quotes, and none is a formula.
fn lines(values: Vec<String>, heading: &str) -> String {
    let heading = Some(heading.to_owned()).filter(|heading| !heading.is_empty());
    heading.into_iter().chain(values).flat_map(|line| [line, "\r\n".to_owned()]).collect()
}

async fn circle_of(app: App, me: Me, circle: Circle, heading: &'static str) -> Result<String> {
    let people = archive::circle(&app, me, circle).await?;
    // A line that began with an @ would be a formula to some spreadsheets.
    Ok(lines(people.iter().map(|actor| actor.handle().trim_start_matches('@').to_owned()).collect(), heading))
}

fn posts(app: App, me: Me, (form, has_files): (Form, bool)) -> Text {
    pieces(form.head(), form.foot(), move |before| {
        let app = app.clone();
        async move {
            let piece = archive::posts(&app, me, before).await?;
            let told = (app.site(), app.now());
            Ok(piece.last.map(|last| (form.say(told, &piece, |_| has_files, before.is_none()), last)))
        }
        .boxed()
    })
}

/// What somebody brought: their own pictures, and what belongs to their posts.
fn pictures(app: &App, me: Me) -> BoxStream<'static, Result<File>> {
    let reader = app.clone();
    shelves(app.clone(), move |after| {
        let app = reader.clone();
        async move {
            let found = archive::media(&app, me, after).await?;
            let last = found.last().map(|last| last.id.0);
            Ok((found, last))
        }
        .boxed()
    })
}

async fn profile(app: App, me: Me, email: String, language: String) -> Result<String> {
    let (actor, aliases, groups) = app
        .read(move |c| {
            let groups = store::follows::groups(c, me.0, 10_000)?;
            Ok((store::actors::by_id(c, me.0)?, store::moves::aliases(c, me.0)?, groups))
        })
        .await?;
    let actor: Actor = actor.ok_or(Error::NotFound)?;
    let (passkeys, here) = (app::passkeys::list(&app, me).await?, app::visits::last(&app, me).await?);
    let moment = |millis| machine_moment(Timestamp(millis));
    let passkey = |key: &store::passkeys::Passkey| json!({ "name": key.name, "created": moment(key.created), "used": key.used.map(moment) });
    let identities = app::identities::list(&app, me).await?;
    let identity = |one: &store::identities::Identity| {
        let (created, used) = (moment(one.created), one.used.map(moment));
        json!({ "provider": one.issuer, "subject": one.subject, "name": one.name, "created": created, "used": used })
    };
    let picture = |portrait| app.site().portrait(&actor, portrait);
    let known = archive::known(&app, me).await?;
    let membership = |it: &archive::Membered| json!({ "community": it.group.uri, "role": it.role.as_str(), "since": machine_moment(it.since) });
    let measure = |told: &archive::Told| {
        json!({
            "what": told.statement.sanction.as_str(),
            "community": told.group.as_ref().map(|group| &group.uri),
            "reason": told.statement.grounds.reason,
            "note": told.statement.grounds.note,
            "since": machine_moment(told.statement.created),
            "until": told.statement.until.map(machine_moment),
            "lifted": told.statement.lifted.map(machine_moment),
        })
    };
    let profile = json!({
        "id": actor.uri,
        "name": actor.name,
        "title": actor.title,
        "summary": actor.summary,
        "picture": picture(Portrait::Icon),
        "header": picture(Portrait::Image),
        "created": machine_moment(actor.created),
        "email": email,
        "language": language,
        "last_here": here.map(machine_moment),
        "aliases": aliases,
        "passkeys": passkeys.iter().map(passkey).collect::<Vec<_>>(),
        "identities": identities.iter().map(identity).collect::<Vec<_>>(),
        "communities": groups.iter().map(|group| json!({ "id": group.uri, "title": group.title })).collect::<Vec<_>>(),
        "memberships": known.memberships.iter().map(membership).collect::<Vec<_>>(),
        "same_here": known.echoes.iter().map(|(post, at)| json!({ "post": post, "since": machine_moment(*at) })).collect::<Vec<_>>(),
        "measures": known.measures.iter().map(measure).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&profile).map_err(Error::internal)
}
