//! The communities that one belongs to, all of them: those that one joined or follows, here and elsewhere.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use app::{App, Result};
use askama::Template;
use domain::{actor::Actor, id::ActorId, urls};
use serde::Deserialize;
use store::Conn;

use crate::{
    answer::{self, Frame, Keep, Visit},
    directory::{self, Entry},
    listing,
    session::Present,
};

/// Where they are.
pub(crate) const PATH: &str = "/communities/mine";
/// How many a page lists.
const GROUPS: i64 = 50;

/// After which one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    after: String,
}

#[derive(Template)]
#[template(path = "mine.html")]
struct Mine {
    frame: Frame,
    entries: Vec<Entry>,
    /// Where those are that one may join.
    all: String,
    more: Option<String>,
}

/// The communities of somebody by name, after one of them. Those of a guest are the ones here: all others are on their own server.
pub(crate) fn page(
    c: &mut Conn,
    me: ActorId,
    is_guest: bool,
    after: Option<ActorId>,
    most: i64,
) -> store::Result<Vec<Actor>> {
    let ids = store::directory::of(c, me, is_guest, after, most)?;
    let mut groups = store::actors::by_ids(c, &ids)?;
    groups.sort_by_key(|group| ids.iter().position(|id| *id == group.id));
    Ok(groups)
}

/// `GET /communities/mine`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: Present,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    let after = asked.and_then(|asked| asked.after.parse().ok());
    answer::shown(&request, &visit, Keep::Never, list(&app, &visit, by, after).await)
}

async fn list(app: &App, visit: &Visit, by: Present, after: Option<ActorId>) -> Result<Mine> {
    let (me, is_guest) = (by.me.0, by.account.is_none());
    let groups = app.read(move |c| page(c, me, is_guest, after, GROUPS)).await?;
    let ids: Vec<ActorId> = groups.iter().map(|group| group.id).collect();
    let mut frame = Frame::private(visit, visit.language.my_communities());
    frame.place = "communities";
    Ok(Mine {
        frame,
        entries: directory::described(app, visit, groups).await?,
        all: app.site().page_on(&visit.host, directory::PATH),
        more: listing::last(&ids, GROUPS).map(|last| urls::asking(PATH, &[("after", &last.to_string())])),
    })
}
