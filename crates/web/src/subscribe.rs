//! Where one subscribes to a community in a feed reader: to all of it, to a part, or by a secret address to what only members
//! read.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use app::{App, Error, Me, Result, feed_keys};
use askama::Template;
use domain::{
    group::Visibility,
    id::ActorId,
    policy,
    urls::{self, Sheet},
};
use serde::Deserialize;

use crate::{
    answer::{self, Frame, Keep, Visit},
    cards::Face,
    compose::TONGUES,
    desk, feeds,
    language::Language,
    posted::Sent,
    said,
    session::Present,
};

pub(crate) const PATH: &str = "/subscribe";
pub(crate) const SECRET: &str = "/subscribe/secret";

/// An address to subscribe to.
struct Address {
    label: String,
    url: String,
}

#[derive(Template)]
#[template(path = "subscribe.html")]
struct Subscribe {
    frame: Frame,
    face: Face,
    id: i64,
    /// Whether only members read it.
    is_private: bool,
    addresses: Vec<Address>,
}

/// `GET /subscribe`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    asked: Option<Query<desk::Asked>>,
) -> HttpResponse {
    let group = ActorId(asked.map_or(0, |asked| asked.group));
    let keep = if visit.me.is_some() { Keep::Secret } else { visit.keep() };
    answer::shown(&request, &visit, keep, page(&app, &visit, group).await)
}

async fn page(app: &App, visit: &Visit, id: ActorId) -> Result<Subscribe> {
    let (viewer, now) = (visit.viewer(), app.now());
    let found = app.read(move |c| {
        let group = store::actors::by_id(c, id)?;
        let group = group.filter(|group| group.is_group() && group.is_local() && group.deleted.is_none());
        let (Some(group), Some(rules)) = (group, store::groups::rules(c, id)?) else { return Ok(None) };
        let standing = viewer.map(|me| store::groups::standing(c, id, me, now)).transpose()?;
        let languages = store::charters::of(c, id)?.map(|charter| charter.languages).unwrap_or_default();
        Ok(Some((group, rules, standing.unwrap_or_default(), languages)))
    });
    let (group, rules, standing, languages) = found.await?.ok_or(Error::NotFound)?;
    policy::read(&rules, &standing).map_err(|_hidden| Error::NotFound)?;
    let is_private = rules.visibility == Visibility::Private;
    let secret = match viewer.filter(|_| is_private) {
        Some(me) => feed_keys::of(app, Me(me), id).await?,
        None => None,
    };
    let face = Face::new(app.site(), &group);
    let addresses = if is_private && secret.is_none() {
        Vec::new()
    } else {
        addresses(visit.language, &urls::sheet(&group.uri, Sheet::Atom), &languages, &secret.unwrap_or_default())
    };
    let frame = Frame::private(visit, format!("{} · {}", visit.language.feed(), face.name));
    Ok(Subscribe { frame, face, id: id.0, is_private, addresses })
}

fn addresses(t: Language, feed: &str, languages: &[String], key: &str) -> Vec<Address> {
    let address = |label: String, sort, lang: &str| Address {
        label,
        url: urls::asking(feed, &[("sort", sort), ("lang", lang), ("key", key)]),
    };
    let mut addresses =
        vec![address(t.feed_all().to_owned(), "", ""), address(t.feed_unanswered().to_owned(), feeds::UNANSWERED, "")];
    // Where one language is spoken, all is in it.
    if languages.len() > 1 {
        addresses.extend(languages.iter().map(|tag| {
            let name = TONGUES.iter().find(|(known, _)| *known == *tag).map_or(tag.as_str(), |(_, name)| *name);
            address(t.feed_in(name), "", tag)
        }));
    }
    addresses
}

/// A secret address to be made anew, or taken back.
#[derive(Debug, Deserialize)]
pub(crate) struct Wish {
    group: i64,
    #[serde(default)]
    revoke: String,
}

/// `POST /subscribe/secret`
pub(crate) async fn change(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Wish, Present>,
) -> HttpResponse {
    let (me, group) = (sent.by.me, ActorId(sent.entered.group));
    let done = if sent.entered.revoke.is_empty() {
        feed_keys::renew(&app, me, group).await
    } else {
        feed_keys::revoke(&app, me, group).await
    };
    said::done(&request, &app, &visit, done, &desk::page(PATH, group))
}
