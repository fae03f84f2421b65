//! The front page: the communities of this site, or its first run.
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use app::{App, Result};
use askama::Template;
use domain::group::Visibility;
use domain::text::html;

use crate::{
    answer::{self, Frame, Keep, Visit},
    cards::Face,
    setup,
};

/// How many communities the front page lists.
const GROUPS: i64 = 100;
const EXCERPT: usize = 200;

struct Community {
    face: Face,
    summary: String,
    members: String,
}

#[derive(Template)]
#[template(path = "front.html")]
struct Front {
    frame: Frame,
    communities: Vec<Community>,
}

/// `GET /`
pub(crate) async fn show(request: HttpRequest, app: Data<App>) -> HttpResponse {
    let visit = Visit::new(&request, &app);
    match front(&app, &visit).await {
        Ok(Some(front)) => answer::page(&request, StatusCode::OK, Keep::Briefly, &front),
        Ok(None) => setup::form(&request, &visit),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

async fn front(app: &App, visit: &Visit) -> Result<Option<Front>> {
    if app::setup::is_needed(app).await? {
        return Ok(None);
    }
    // The server's own host lists all its communities, the host of an organization those of that organization.
    let of = (visit.host != *app.site().host()).then(|| visit.host.clone());
    let listed = app.read(move |c| {
        let mut listed = Vec::new();
        for group in store::actors::local_groups(c, of.as_ref(), GROUPS)? {
            let rules = store::groups::rules(c, group.id)?;
            if group.discoverable && rules.is_some_and(|rules| rules.visibility != Visibility::Private) {
                listed.push((store::groups::count_members(c, group.id)?, group));
            }
        }
        Ok(listed)
    });
    let listed = listed.await?;
    let communities = listed.iter().map(|(members, group)| Community {
        face: Face::new(app.site(), group),
        summary: html::excerpt(&group.summary, EXCERPT),
        members: visit.language.members(*members),
    });
    let frame = Frame::public(visit, visit.language.communities(), visit.home.clone());
    Ok(Some(Front { frame, communities: communities.collect() }))
}
