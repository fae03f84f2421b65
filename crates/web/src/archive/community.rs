//! What a community owns, for those who lead it to take along: its arrangement, its people, its posts, its log.
use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use app::{App, Error, Me, Result, archive};
use domain::{actor::Actor, bylaw::Bylaw, group::Membership, id::ActorId, policy, time::Timestamp};
use futures_util::{FutureExt, StreamExt, future::BoxFuture};
use serde_json::json;
use store::{groups::Ban, log::Entry as Logged};

use super::{File, Text, packed, pieces, whole};
use crate::{
    answer::{self, Visit},
    desk,
    language::machine_moment,
    session::Present,
    table,
    written::{Entry, Form},
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
        Ok(group) => packed(&format!("{}.zip", group.name), files(&app, by.me, &group), app.now()),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

fn files(app: &App, me: Me, group: &Actor) -> Vec<File> {
    let file = |name, text| File { name, text };
    vec![
        file("community.json", whole(arrangement(app.clone(), me, group.clone()))),
        file("members.csv", rows(app, me, group, "account,role,since\n", members)),
        file("bans.csv", rows(app, me, group, "account,reason,since,until\n", bans)),
        file("log.csv", rows(app, me, group, "when,who,what,about,reason\n", log)),
        file("posts.json", posts(app, me, group, Form::Json)),
        file("posts.csv", posts(app, me, group, Form::Table)),
    ]
}

async fn arrangement(app: App, me: Me, group: Actor) -> Result<String> {
    let found = archive::arrangement(&app, me, group.id).await?;
    let (charter, bylaws) = (found.charter.unwrap_or_default(), found.bylaws);
    let rule = |bylaw: &Bylaw| json!({ "title": bylaw.title, "text": bylaw.text });
    let community = json!({
        "id": group.uri,
        "name": group.name,
        "title": group.title,
        "purpose": charter.purpose.as_str(),
        "summary": charter.source,
        "languages": charter.languages,
        "questions": charter.questions,
        "welcome": charter.welcome,
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

fn log(app: App, me: Me, group: ActorId, before: Option<i64>) -> BoxFuture<'static, Rows> {
    async move {
        let (found, people) = archive::decisions(&app, me, group, before).await?;
        let row = |it: &Logged| {
            let about = it.person_id.map(|id| handle(&people, ActorId(id))).unwrap_or_default();
            let who = handle(&people, ActorId(it.actor_id));
            table::written(&[&moment(it.created), &who, &it.action, &about, &it.reason])
        };
        Ok(found.last().map(|last| (found.iter().map(row).collect(), last.id)))
    }
    .boxed()
}

fn posts(app: &App, me: Me, group: &Actor, form: Form) -> Text {
    let (app, group) = (app.clone(), group.clone());
    pieces(form.head(), form.foot(), move |before| {
        let (app, group) = (app.clone(), group.clone());
        async move {
            let (found, people, last) = archive::threads(&app, me, group.id, before).await?;
            let entries: Vec<Entry<'_>> = found
                .iter()
                .map(|post| Entry { post, author: people.get(&post.author), group: Some(&group) })
                .collect();
            Ok(last.map(|last| (form.say(app.site(), &entries, before.is_none()), last)))
        }
        .boxed()
    })
}
