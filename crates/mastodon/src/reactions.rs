//! With which signs people elsewhere like a status, as Pleroma and its kin tell it.
use std::collections::HashMap;

use actix_web::{
    HttpResponse,
    web::{Data, ServiceConfig},
};
use app::App;
use domain::{
    actor::Actor,
    id::{ActorId, PostId},
    urls::Site,
};
use serde::Serialize;
use store::{Conn, people::People, timelines::Window};

use crate::{
    caller::{ReadStatuses, Viewer},
    entities::account::{self, Account},
    error::Result,
    route::{Number, at, get},
    statuses::find,
};

/// How many of those who like a status are looked at, the last ones.
const MOST: i64 = 200;

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/pleroma/statuses/{id}/reactions").route(get().to(list)));
}

/// One sign, and who uses it.
#[derive(Debug, Serialize)]
struct Reaction {
    /// The sign; of a custom emoji its name and server.
    name: String,
    count: usize,
    /// Nobody here likes with a sign.
    me: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    accounts: Vec<Account>,
}

async fn list(app: Data<App>, caller: Viewer<ReadStatuses>, Number(id): Number) -> Result<HttpResponse> {
    let (post, viewer, site) = (find(&app, id, caller.me).await?.post, caller.id(), app.site().clone());
    Ok(HttpResponse::Ok().json(app.read(move |c| reactions(c, &site, post, viewer)).await?))
}

/// The signs of a post, the most used first.
fn reactions(c: &mut Conn, site: &Site, post: PostId, viewer: Option<ActorId>) -> store::Result<Vec<Reaction>> {
    let liking = store::people::page(c, People::Liking(post), viewer, Window::newest(MOST))?;
    let signs = store::votes::signs(c, &[post], &liking)?;
    let ids: Vec<ActorId> = signs.iter().map(|(_, actor, _)| *actor).collect();
    let actors: HashMap<ActorId, Actor> =
        store::actors::by_ids(c, &ids)?.into_iter().map(|actor| (actor.id, actor)).collect();
    let accounts: HashMap<ActorId, Account> =
        account::list(c, site, &ids)?.into_iter().map(|account| (account.actor(), account)).collect();
    let texts = signs.iter().filter_map(|(_, actor, sign)| Some((actors.get(actor)?.peer, sign.as_str())));
    let palette = store::emoji::palette(c, texts)?;
    let mut found: Vec<Reaction> = Vec::new();
    for (_, actor, sign) in &signs {
        let (Some(by), Some(account)) = (actors.get(actor), accounts.get(actor)) else { continue };
        let picture = palette.of(by.peer, [sign.as_str()]).first().map(|emoji| emoji.picture(site));
        let bare = sign.trim_matches(':');
        let name = if bare == sign { sign.clone() } else { format!("{bare}@{}", by.host) };
        match found.iter_mut().find(|reaction| reaction.name == name) {
            Some(reaction) => {
                reaction.count += 1;
                reaction.accounts.push(account.clone());
            }
            None => found.push(Reaction { name, count: 1, me: false, url: picture, accounts: vec![account.clone()] }),
        }
    }
    found.sort_by_key(|reaction| std::cmp::Reverse(reaction.count));
    Ok(found)
}
