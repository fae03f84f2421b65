//! With which signs people like a status, as Pleroma, glitch-soc and Fedibird have it.
use std::collections::HashMap;

use actix_web::{
    HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use app::{App, votes};
use domain::{
    actor::Actor,
    id::{ActorId, PostId},
    urls::Site,
};
use serde::Serialize;
use store::{
    Conn,
    people::{For, People, Placed},
    timelines::{Entry, Window},
};

use crate::{
    caller::{Allowed, ReadStatuses, Viewer, WriteFavourites},
    entities::{
        account::{self, Account},
        reaction::{self, Sign},
    },
    error::{Error, Result},
    route::{Number, at, get},
    statuses::{find, find_post, status},
};

/// How many of those who like a status are named, the last ones.
const MOST: i64 = 200;

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/pleroma/statuses/{id}/reactions").route(get().to(list)))
        .service(
            at("/v1/pleroma/statuses/{id}/reactions/{emoji}")
                .route(web::put().to(react))
                .route(web::delete().to(unreact)),
        )
        .service(
            at("/v1/statuses/{id}/emoji_reactions/{emoji}")
                .route(web::put().to(react))
                .route(web::delete().to(unreact)),
        )
        .service(at("/v1/statuses/{id}/react/{emoji}").route(web::post().to(react)))
        .service(at("/v1/statuses/{id}/unreact/{emoji}").route(web::post().to(unreact)));
}

/// The number in a path; what is none names nothing.
fn number(id: &str) -> Result<i64> {
    id.parse().map_err(|_no_number| Error::missing())
}

/// Likes it with a sign; answers with the status.
async fn react(app: Data<App>, caller: Allowed<WriteFavourites>, path: Path<(String, String)>) -> Result<HttpResponse> {
    let (me, (id, emoji)) = (caller.me, path.into_inner());
    let post = find_post(&app, number(&id)?, me).await?.id;
    votes::react(&app, me, post, &emoji).await?;
    Ok(HttpResponse::Ok().json(status(&app, Some(me), Entry::of(post)).await?))
}

/// Likes it with this sign no more.
async fn unreact(
    app: Data<App>,
    caller: Allowed<WriteFavourites>,
    path: Path<(String, String)>,
) -> Result<HttpResponse> {
    let (me, (id, emoji)) = (caller.me, path.into_inner());
    let post = find_post(&app, number(&id)?, me).await?.id;
    votes::take_back(&app, me, post, &emoji).await?;
    Ok(HttpResponse::Ok().json(status(&app, Some(me), Entry::of(post)).await?))
}

/// One sign, and who uses it.
#[derive(Debug, Serialize)]
struct Reaction {
    /// The sign; of a custom emoji its name and server.
    name: String,
    /// Of all, whoever is named.
    count: i64,
    /// Whether the reader uses it.
    me: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    accounts: Vec<Account>,
}

async fn list(app: Data<App>, caller: Viewer<ReadStatuses>, Number(id): Number) -> Result<HttpResponse> {
    let (post, viewer, site) = (find(&app, id, caller.me).await?.post, caller.id(), app.site().clone());
    Ok(HttpResponse::Ok().json(app.read(move |c| reactions(c, &site, post, viewer)).await?))
}

/// The signs of a post, the most used first, as its status counts them; of those who use them, the last whom the reader wants
/// to see.
fn reactions(c: &mut Conn, site: &Site, post: PostId, viewer: Option<ActorId>) -> store::Result<Vec<Reaction>> {
    let told = reaction::of(c, site, &[post])?.remove(&post).unwrap_or_default();
    let mine = store::votes::signs(c, &[post], viewer.as_slice())?.pop().map(|(_, _, sign)| sign);
    let liking = store::people::page(c, People::Liking(post), For::Viewer(viewer), Window::newest(MOST))?;
    let liking: Vec<ActorId> = liking.into_iter().map(Placed::who).collect();
    let signs = store::votes::signs(c, &[post], &liking)?;
    let ids: Vec<ActorId> = signs.iter().map(|(_, actor, _)| *actor).collect();
    let actors: HashMap<ActorId, Actor> =
        store::actors::by_ids(c, &ids)?.into_iter().map(|actor| (actor.id, actor)).collect();
    let accounts: HashMap<ActorId, Account> =
        account::list(c, site, &ids)?.into_iter().map(|account| (account.actor(), account)).collect();
    let mut named: HashMap<String, Vec<Account>> = HashMap::new();
    for (_, actor, sign) in &signs {
        let (Some(by), Some(account)) = (actors.get(actor), accounts.get(actor)) else { continue };
        let name = reaction::name(sign, (!by.is_local()).then_some(by.host.as_str()));
        named.entry(name).or_default().push(account.clone());
    }
    let reaction = |sign: Sign| Reaction {
        me: sign.is_of(mine.as_deref()),
        accounts: named.remove(&sign.name).unwrap_or_default(),
        name: sign.name,
        count: sign.count,
        url: sign.url,
    };
    Ok(told.into_iter().map(reaction).collect())
}
