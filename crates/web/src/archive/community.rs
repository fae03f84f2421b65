//! What a community owns, for those who lead it to take along: its arrangement, its people, its posts, its log.
use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use app::{App, Error, Me, Result, archive};
use domain::{
    actor::Actor, bylaw::Bylaw, group::Membership, id::ActorId, policy, post::Post, time::Timestamp,
    urls::media::Portrait,
};
use futures_util::{
    FutureExt, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use serde_json::json;
use store::{groups::Ban, log::Entry as Logged};

use super::{File, Text, explained, packed, pieces, shelved, shelves, whole};
use crate::{
    answer::{self, Visit},
    desk,
    language::{Language, machine_moment},
    logs,
    session::Present,
    table,
    written::Form,
};

/// Where it is.
pub(crate) const PATH: &str = "/manage/archive";

/// `GET /manage/archive`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: Present,
    asked: Option<Query<desk::Asked>>,
) -> HttpResponse {
    let led = async {
        let (group, standing) = desk::kept(&app, by.me.0, asked.map_or(0, |asked| asked.group)).await?;
        policy::manage(&standing)?;
        Ok(group)
    };
    match led.await {
        Ok(group) => {
            let files = files(&app, visit.language, by.me, &group);
            packed(&format!("{}.zip", group.name), files, app.now())
        }
        Err(error) => answer::error(&request, &visit, &error),
    }
}

fn files(app: &App, t: Language, me: Me, group: &Actor) -> BoxStream<'static, Result<File>> {
    let log = move |app, me, group, before| log(app, t, me, group, before);
    let texts = [
        ("community.json", t.archive_community(), whole(arrangement(app.clone(), me, group.clone()))),
        ("members.csv", t.archive_members(), rows(app, me, group, "account,role,since\n", members)),
        ("followers.csv", t.archive_followers(), rows(app, me, group, "account\n", followers)),
        ("bans.csv", t.archive_bans(), rows(app, me, group, "account,reason,since,until\n", bans)),
        ("log.csv", t.archive_log(), rows(app, me, group, "when,who,what,about,rule,reason\n", log)),
        ("posts.json", t.archive_posts(), posts(app, me, group.id, Form::Json)),
        ("posts.csv", t.archive_posts_table(), posts(app, me, group.id, Form::Table)),
    ];
    let list = texts.iter().map(|(name, what, _)| (*name, *what)).chain([("media/", t.archive_media())]);
    let first = explained(t, &group.title, &list.collect::<Vec<_>>());
    let texts = texts.into_iter().map(|(name, _, text)| File::text(name, text));
    stream::iter([first].into_iter().chain(texts).map(Ok)).chain(pictures(app, me, group.id)).boxed()
}

/// How it looks, and then what stands in its threads and was brought here.
fn pictures(app: &App, me: Me, group: ActorId) -> BoxStream<'static, Result<File>> {
    let (of_group, in_threads) = (app.clone(), app.clone());
    let own = shelves(app.clone(), move |_| {
        let app = of_group.clone();
        async move { Ok((archive::portraits(&app, me, group).await?, None)) }.boxed()
    });
    let others = shelves(app.clone(), move |before| {
        let app = in_threads.clone();
        async move { archive::media_in_threads(&app, me, group, before).await }.boxed()
    });
    own.chain(others).boxed()
}

async fn arrangement(app: App, me: Me, group: Actor) -> Result<String> {
    let found = archive::arrangement(&app, me, group.id).await?;
    let (charter, bylaws) = (found.charter.unwrap_or_default(), found.bylaws);
    let rule = |bylaw: &Bylaw| json!({ "title": bylaw.title, "text": bylaw.text, "translations": bylaw.others });
    let picture = |portrait: Portrait| portrait.of(&group).map(shelved);
    let community = json!({
        "id": group.uri,
        "name": group.name,
        "title": group.title,
        "purpose": charter.purpose.as_str(),
        "summary": charter.source,
        "hidden": found.rules.is_some_and(|rules| rules.hidden),
        "themes": charter.themes,
        "topics": charter.topics,
        "languages": charter.languages,
        "questions": charter.questions,
        "welcome": charter.welcome,
        "picture": picture(Portrait::Icon),
        "banner": picture(Portrait::Image),
        "colour": charter.colour.map(|colour| colour.to_string()),
        "visibility": found.rules.map(|rules| rules.visibility.as_str()),
        "joining": found.rules.map(|rules| rules.joining.as_str()),
        "created": machine_moment(group.created),
        "rules_version": bylaws.as_ref().map(|bylaws| bylaws.version),
        "rules": bylaws.iter().flat_map(|bylaws| &bylaws.list).map(rule).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&community).map_err(Error::internal)
}

/// Some rows of a table, and the number after which the next begin.
type Rows = Result<Option<(String, i64)>>;

/// A table whose rows are read some at a time.
fn rows<R>(app: &App, me: Me, group: &Actor, head: &'static str, read: R) -> Text
where
    R: Fn(App, Me, ActorId, Option<i64>) -> BoxFuture<'static, Rows> + Send + 'static,
{
    let (app, group) = (app.clone(), group.id);
    let headed = whole(async move { Ok(format!("{}{head}", table::MARK)) });
    headed.chain(pieces("", "", move |at| read(app.clone(), me, group, at))).boxed()
}

/// The handle of somebody, if they still are known.
fn handle(people: &HashMap<ActorId, Actor>, id: ActorId) -> String {
    people.get(&id).map(Actor::handle).unwrap_or_default()
}

fn moment(millis: i64) -> String {
    machine_moment(Timestamp(millis))
}

fn members(app: App, me: Me, group: ActorId, after: Option<i64>) -> BoxFuture<'static, Rows> {
    async move {
        let (found, people) = archive::members(&app, me, group, after).await?;
        let row = |it: &Membership| {
            table::written(&[&handle(&people, it.person), it.role.as_str(), &machine_moment(it.since)])
        };
        Ok(found.last().map(|last| (found.iter().map(row).collect(), last.person.0)))
    }
    .boxed()
}

fn followers(app: App, me: Me, group: ActorId, before: Option<i64>) -> BoxFuture<'static, Rows> {
    async move {
        let (found, last) = archive::followers(&app, me, group, before).await?;
        let row = |it: &Actor| table::written(&[&it.handle()]);
        Ok(last.map(|last| (found.iter().map(row).collect(), last)))
    }
    .boxed()
}

fn bans(app: App, me: Me, group: ActorId, after: Option<i64>) -> BoxFuture<'static, Rows> {
    async move {
        let (found, people) = archive::bans(&app, me, group, after).await?;
        let row = |it: &Ban| {
            let until = it.until.map(moment).unwrap_or_default();
            table::written(&[&handle(&people, ActorId(it.person_id)), &it.reason, &moment(it.since), &until])
        };
        Ok(found.last().map(|last| (found.iter().map(row).collect(), last.person_id)))
    }
    .boxed()
}

fn log(app: App, t: Language, me: Me, group: ActorId, before: Option<i64>) -> BoxFuture<'static, Rows> {
    async move {
        let found = archive::decisions(&app, me, group, before).await?;
        let (entries, people) = (found.entries, found.people);
        let rules = logs::broken(t, &found.bylaws, &found.statements);
        let row = |it: &Logged| {
            let about = it.person_id.map(|id| handle(&people, ActorId(id))).unwrap_or_default();
            let who = handle(&people, ActorId(it.actor_id));
            let rule = it.statement_id.and_then(|id| rules.get(&id)).map_or("", String::as_str);
            table::written(&[&moment(it.created), &who, &it.action, &about, rule, &it.reason])
        };
        Ok(entries.last().map(|last| (entries.iter().map(row).collect(), last.id)))
    }
    .boxed()
}

fn posts(app: &App, me: Me, group: ActorId, form: Form) -> Text {
    let app = app.clone();
    pieces(form.head(), form.foot(), move |before| {
        let app = app.clone();
        async move {
            let piece = archive::threads(&app, me, group, before).await?;
            let told = (app.site(), app.now());
            Ok(piece.last.map(|last| (form.say(told, &piece, Post::is_live, before.is_none()), last)))
        }
        .boxed()
    })
}
