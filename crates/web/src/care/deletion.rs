//! Deleting what one wrote.
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{App, Error, Me, Result, posts, view::PostView};
use serde::Deserialize;

use super::{About, Asked, Care, DELETE, seen};
use crate::{
    answer::{self, Frame, Keep, Visit},
    cards::{self, Card},
    forms::Fields,
    posted::Sent,
    said::Said,
    session::SignedIn,
};

/// Which post goes.
#[derive(Debug, Deserialize)]
pub(crate) struct Entered {
    post: i64,
}

/// A post of one's own.
async fn own(app: &App, me: Me, id: i64) -> Result<PostView> {
    let view = seen(app, me, id).await?;
    if view.post.author == me.0 { Ok(view) } else { Err(Error::NotFound) }
}

/// `GET /delete`
pub(crate) async fn form(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    let t = visit.language;
    let page = own(&app, by.me, asked.map_or(0, |asked| asked.post)).await.map(|view| Care {
        frame: Frame::private(&visit, t.delete_post()),
        heading: t.delete_post(),
        explanation: t.delete_explained().to_owned(),
        action: DELETE,
        about: About::Post(Box::new(Card::new(&app, t, &view))),
        back: String::new(),
        form: Fields::default(),
        send: t.delete(),
        is_danger: true,
        ways: Vec::new(),
    });
    answer::shown(&request, &visit, Keep::Never, page)
}

/// `POST /delete`
pub(crate) async fn delete(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Entered>) -> HttpResponse {
    let (me, id) = (sent.by.me, sent.entered.post);
    let deleted = async {
        let view = own(&app, me, id).await?;
        posts::delete(&app, me, view.post.id).await?;
        Ok(view.group.map_or_else(|| view.author.uri.clone(), |group| cards::page_of(app.site(), &group)))
    };
    match deleted.await {
        Ok(page) => answer::redirect(StatusCode::SEE_OTHER, &Said::Deleted.at(&page)),
        Err(error) => answer::error(&request, &visit, &error),
    }
}
