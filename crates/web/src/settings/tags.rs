//! Settings: the hashtags that one follows. Their own pages have the same buttons.
use actix_web::{HttpRequest, HttpResponse, web::Data};
use app::{App, Result, tags};
use serde::Deserialize;
use store::timelines::Window;

use super::{Action, Button, Panel, Row, shown};
use crate::{answer::Visit, forms::Field, posted::Sent, said, session::SignedIn};

pub(crate) const PATH: &str = "/settings/tags";
pub(crate) const UNFOLLOW: &str = "/settings/tags/unfollow";

/// Nobody follows more.
const MOST: i64 = 1_000;

/// `GET /settings/tags`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, visit: Visit, by: SignedIn) -> HttpResponse {
    shown(&request, &visit, PATH, panels(&app, &visit, &by).await)
}

async fn panels(app: &App, visit: &Visit, by: &SignedIn) -> Result<Vec<Panel>> {
    let (t, me) = (visit.language, by.me);
    let mut followed = app.read(move |c| store::tags::followed(c, me.0, Window::newest(MOST))).await?;
    followed.sort_by(|one, other| one.tag.cmp(&other.tag));
    let row = |kept: store::tags::Kept| Row {
        title: format!("#{}", kept.tag),
        page: Some(app.site().tag(&kept.tag)),
        button: Some(Button { path: UNFOLLOW, name: "tag", value: kept.tag, label: t.unfollow() }),
        ..Row::default()
    };
    let field = Field::exact("tag", "text", t.hashtag()).hint(t.tags_hint()).longest(100);
    Ok(vec![Panel {
        id: "tags",
        heading: t.settings_tags(),
        lead: t.tags_lead().to_owned(),
        rows: followed.into_iter().map(row).collect(),
        action: Some(Action::new(PATH, vec![field], t.follow())),
        ..Panel::default()
    }])
}

/// A hashtag, and where one came from.
#[derive(Debug, Deserialize)]
pub(crate) struct Named {
    tag: String,
    #[serde(default)]
    back: String,
}

impl Named {
    fn page(&self) -> &str {
        if self.back.is_empty() { PATH } else { &self.back }
    }
}

/// `POST /settings/tags`
pub(crate) async fn follow(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Named>) -> HttpResponse {
    let followed = tags::follow(&app, sent.by.me, &sent.entered.tag).await;
    said::done(&request, &app, &visit, followed.map(drop), sent.entered.page())
}

/// `POST /settings/tags/unfollow`
pub(crate) async fn unfollow(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Named>) -> HttpResponse {
    let unfollowed = tags::unfollow(&app, sent.by.me, &sent.entered.tag).await;
    said::done(&request, &app, &visit, unfollowed.map(drop), sent.entered.page())
}
