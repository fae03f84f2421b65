//! Conversations: threads of direct messages.
use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, ServiceConfig},
};
use app::{App, Me, conversations};
use domain::id::{ActorId, ConversationId};
use serde::Serialize;
use serde_json::json;
use store::{Conn, conversations::Conversation as Kept};

use crate::{
    caller::{Allowed, ReadStatuses, WriteConversations},
    entities::{
        Id, Reader,
        account::{self, Account},
        status::{self, Status},
    },
    error::{Error, Result},
    paging::{self, Ends},
    params::Asked,
    route::{Number, at, get},
};

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/conversations").route(get().to(list)))
        .service(at("/v1/conversations/{id}").route(web::delete().to(remove)))
        .service(at("/v1/conversations/{id}/read").route(web::post().to(read)))
        .service(at("/v1/conversations/{id}/unread").route(web::post().to(unread)));
}

/// A `Conversation`.
#[derive(Debug, Serialize)]
pub(crate) struct Conversation {
    id: Id,
    unread: bool,
    accounts: Vec<Account>,
    last_status: Option<Status>,
}

/// These conversations of `me`, each with the others who take part in it.
pub(crate) fn entities(c: &mut Conn, reader: &Reader, me: ActorId, kept: &[Kept]) -> store::Result<Vec<Conversation>> {
    let last: Vec<_> = kept.iter().map(|kept| kept.last).collect();
    let posts = store::posts::by_ids(c, &last)?;
    let mut taking_part: HashMap<_, Vec<ActorId>> = posts.iter().map(|post| (post.id, vec![post.author])).collect();
    for (post, person) in store::posts::mentions(c, &last)? {
        taking_part.entry(post).or_default().push(person);
    }
    let mut all: Vec<ActorId> = taking_part.values().flatten().copied().filter(|person| *person != me).collect();
    all.sort_unstable();
    all.dedup();
    let accounts = account::list(c, &reader.site, &all)?;
    let accounts: HashMap<ActorId, Account> = accounts.into_iter().map(|account| (account.actor(), account)).collect();
    let mut statuses = status::by_post(c, reader, last.iter().copied())?;
    let conversation = |kept: &Kept| {
        let people = taking_part.get(&kept.last).map(Vec::as_slice).unwrap_or_default();
        Conversation {
            id: Id(kept.id.0),
            unread: kept.unread,
            accounts: people.iter().filter_map(|person| accounts.get(person).cloned()).collect(),
            last_status: statuses.remove(&kept.last),
        }
    };
    Ok(kept.iter().map(conversation).collect())
}

async fn list(
    app: Data<App>,
    caller: Allowed<ReadStatuses>,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let (window, me, reader) = (paging::window(&params, 20, 40), caller.me.0, Reader::new(&app, Some(caller.me)));
    let page = app.read(move |c| {
        let kept = store::conversations::of(c, me, window)?;
        let ends = Ends::of(kept.iter().map(|kept| kept.last.0), window);
        Ok((entities(c, &reader, me, &kept)?, ends))
    });
    let (conversations, ends) = page.await?;
    Ok(paging::answer(&request, app.site(), &conversations, ends))
}

async fn set(app: &App, me: Me, id: i64, unread: bool) -> Result<HttpResponse> {
    let (id, reader) = (ConversationId(id), Reader::new(app, Some(me)));
    conversations::set_unread(app, me, id, unread).await?;
    let found = app.read(move |c| match store::conversations::get(c, id, me.0)? {
        Some(kept) => Ok(entities(c, &reader, me.0, &[kept])?.pop()),
        None => Ok(None),
    });
    Ok(HttpResponse::Ok().json(found.await?.ok_or_else(Error::missing)?))
}

async fn read(app: Data<App>, caller: Allowed<WriteConversations>, Number(id): Number) -> Result<HttpResponse> {
    set(&app, caller.me, id, false).await
}

async fn unread(app: Data<App>, caller: Allowed<WriteConversations>, Number(id): Number) -> Result<HttpResponse> {
    set(&app, caller.me, id, true).await
}

async fn remove(app: Data<App>, caller: Allowed<WriteConversations>, Number(id): Number) -> Result<HttpResponse> {
    conversations::remove(&app, caller.me, ConversationId(id)).await?;
    Ok(HttpResponse::Ok().json(json!({})))
}
