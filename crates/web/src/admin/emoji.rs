//! The custom emoji of the server: brought, named, put under headings, hidden and thrown away.
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use app::{
    App, Error, Me, Result,
    emoji::{self, Wish},
};
use askama::Template;
use domain::{emoji::Emoji, id::EmojiId};
use serde::Deserialize;

use super::Tab;
use crate::{
    answer::{self, Frame, Keep, Visit},
    filled::Filled,
    posted::Sent,
    said,
    session::{self, SignedIn},
};

/// Where it is, and where its buttons lead.
pub(crate) const PATH: &str = "/admin/emoji";
pub(crate) const CHANGE: &str = "/admin/emoji/change";

/// An emoji as the page lists it.
struct Row {
    id: i64,
    shortcode: String,
    category: String,
    picture: String,
    is_shown: bool,
}

impl Row {
    fn new(app: &App, emoji: &Emoji) -> Self {
        Self {
            id: emoji.id.0,
            shortcode: emoji.shortcode.clone(),
            category: emoji.category.clone().unwrap_or_default(),
            picture: emoji.picture(app.site()),
            is_shown: emoji.enabled,
        }
    }
}

#[derive(Template)]
#[template(path = "admin/emoji.html")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    /// What is known of a new one that was not taken: its name and its heading.
    wish: Option<(String, String)>,
}

async fn page(app: &App, visit: &Visit, me: Me, wish: Option<(String, String)>) -> Result<Page> {
    let rows = emoji::list(app, me).await?.iter().map(|emoji| Row::new(app, emoji)).collect();
    let (frame, tabs) = super::frame(app, visit, visit.language.admin_emoji(), PATH);
    Ok(Page { frame, tabs, rows, wish })
}

/// `GET /admin/emoji`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, visit: Visit, by: SignedIn) -> HttpResponse {
    answer::shown(&request, &visit, Keep::Never, page(&app, &visit, by.me, None).await)
}

/// `POST /admin/emoji`
pub(crate) async fn add(request: HttpRequest, app: Data<App>, visit: Visit, filled: Filled) -> HttpResponse {
    let Filled { by, pairs, brought } = filled;
    let Some(by) = by else {
        return actix_web::ResponseError::error_response(&session::Shut::SignIn { back: PATH.to_owned() });
    };
    let said =
        |name: &str| pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str()).to_owned();
    let (shortcode, category) = (said("shortcode"), said("category"));
    let wish = Wish { shortcode: shortcode.clone(), category: category.clone(), enabled: true };
    let made = match brought.into_iter().next() {
        Some(Ok(picture)) => emoji::create(&app, by.me, wish, picture).await.map(drop),
        Some(Err(error)) => Err(error),
        None => Err(Error::Invalid("there is no picture".into())),
    };
    match made {
        Err(Error::Invalid(_) | Error::Conflict(_)) => {
            match page(&app, &visit, by.me, Some((shortcode, category))).await {
                Ok(page) => answer::page(&request, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &page),
                Err(error) => answer::error(&request, &visit, &error),
            }
        }
        made => said::done(&request, &app, &visit, made, PATH),
    }
}

/// What becomes of one of them.
#[derive(Debug, Deserialize)]
pub(crate) struct Changed {
    emoji: i64,
    deed: String,
    #[serde(default)]
    shortcode: String,
    #[serde(default)]
    category: String,
    shown: Option<String>,
}

/// `POST /admin/emoji/change`
pub(crate) async fn change(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Changed>) -> HttpResponse {
    let Changed { emoji, deed, shortcode, category, shown } = sent.entered;
    let (me, id) = (sent.by.me, EmojiId(emoji));
    let done = match deed.as_str() {
        "delete" => emoji::remove(&app, me, id).await,
        _ => emoji::change(&app, me, id, Wish { shortcode, category, enabled: shown.is_some() }).await.map(drop),
    };
    said::done(&request, &app, &visit, done, PATH)
}
