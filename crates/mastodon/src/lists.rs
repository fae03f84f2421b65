//! Lists, and who is in them.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, ServiceConfig},
};
use app::{
    App,
    lists::{self, Wish},
};
use domain::{
    id::{ActorId, ListId},
    list::Replies,
};
use serde_json::json;
use store::{
    people::{For, People},
    timelines::Window,
};

use crate::{
    accounts::people,
    caller::{Allowed, ReadLists, WriteLists},
    entities::{
        account,
        list::{self, List, Source},
    },
    error::{Error, Result},
    paging,
    params::{Asked, Params, Sent},
    route::{Number, at, get},
};

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    let members = at("/v1/lists/{id}/accounts").route(get().to(accounts)).route(web::post().to(add));
    let one = at("/v1/lists/{id}").route(get().to(show)).route(web::delete().to(delete));
    cfg.service(at("/v1/lists").route(get().to(all)).route(web::post().to(create)))
        .service(one.route(web::put().to(change)).route(web::patch().to(change)))
        .service(members.route(web::delete().to(remove)));
}

async fn all(app: Data<App>, caller: Allowed<ReadLists>) -> Result<HttpResponse> {
    let me = caller.me.0;
    Ok(HttpResponse::Ok().json(app.read(move |c| list::with(c, me, None)).await?))
}

async fn show(app: Data<App>, caller: Allowed<ReadLists>, Number(id): Number) -> Result<HttpResponse> {
    let me = caller.me.0;
    let list = app.read(move |c| match list::source(c, me, id)? {
        Some(Source::Own(list)) => Ok(Some(List::from(&list))),
        Some(Source::Group(group)) => Ok(list::groups_as_lists(c, &[group])?.pop()),
        None => Ok(None),
    });
    Ok(HttpResponse::Ok().json(list.await?.ok_or_else(Error::missing)?))
}

/// What is wished for; what is not said is as before.
fn wish(params: &Params, was: &Wish) -> Result<Wish> {
    let replies = match params.text("replies_policy").filter(|word| !word.is_empty()) {
        Some(word) => word.parse().map_err(|_unknown| Error::invalid("there is no such replies_policy"))?,
        None => was.replies,
    };
    Ok(Wish {
        title: params.text("title").unwrap_or_else(|| was.title.clone()),
        replies,
        apart: params.flag("exclusive").unwrap_or(was.apart),
    })
}

async fn create(app: Data<App>, caller: Allowed<WriteLists>, sent: Sent) -> Result<HttpResponse> {
    let usual = Wish { title: String::new(), replies: Replies::Members, apart: false };
    let list = lists::create(&app, caller.me, wish(&sent.read()?, &usual)?).await?;
    Ok(HttpResponse::Ok().json(List::from(&list)))
}

async fn change(app: Data<App>, caller: Allowed<WriteLists>, Number(id): Number, sent: Sent) -> Result<HttpResponse> {
    let (me, id) = (caller.me, ListId(id));
    let was = app.read(move |c| store::lists::get(c, id, me.0)).await?;
    let was = was.map(|list| Wish { title: list.title, replies: list.replies, apart: list.apart });
    // The list of a group is refused by the action.
    let was = was.unwrap_or_else(|| Wish { title: "-".into(), replies: Replies::Members, apart: false });
    let list = lists::change(&app, me, id, wish(&sent.read()?, &was)?).await?;
    Ok(HttpResponse::Ok().json(List::from(&list)))
}

async fn delete(app: Data<App>, caller: Allowed<WriteLists>, Number(id): Number) -> Result<HttpResponse> {
    lists::delete(&app, caller.me, ListId(id)).await?;
    Ok(HttpResponse::Ok().json(json!({})))
}

async fn accounts(
    app: Data<App>,
    caller: Allowed<ReadLists>,
    Number(id): Number,
    Asked(params): Asked,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let (me, site) = (caller.me.0, app.site().clone());
    match app.read(move |c| list::source(c, me, id)).await?.ok_or_else(Error::missing)? {
        Source::Group(group) => {
            let accounts = app.read(move |c| account::list(c, &site, &[group])).await?;
            Ok(HttpResponse::Ok().json(accounts))
        }
        Source::Own(list) => {
            // Whoever wants none of it at a time wants all of it at once.
            let window = match params.number("limit") {
                Some(0) => Window::newest(app::lists::MEMBERS),
                _ => paging::window(&params, 40, 80),
            };
            people::page_of(&app, &request, window, People::Listed(list.id), For::Keeper).await
        }
    }
}

fn named(sent: &Sent) -> Result<Vec<ActorId>> {
    Ok(sent.read()?.numbers("account_ids").into_iter().map(ActorId).collect())
}

async fn add(app: Data<App>, caller: Allowed<WriteLists>, Number(id): Number, sent: Sent) -> Result<HttpResponse> {
    lists::add(&app, caller.me, ListId(id), named(&sent)?).await?;
    Ok(HttpResponse::Ok().json(json!({})))
}

async fn remove(app: Data<App>, caller: Allowed<WriteLists>, Number(id): Number, sent: Sent) -> Result<HttpResponse> {
    lists::remove(&app, caller.me, ListId(id), named(&sent)?).await?;
    Ok(HttpResponse::Ok().json(json!({})))
}
