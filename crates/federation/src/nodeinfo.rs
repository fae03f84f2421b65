//! What this server says of itself to those who count servers, and to those who choose how to speak with it.
use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header::HeaderValue},
    web::Data,
};
use domain::{
    actor::ActorKind,
    id::{self, PostId},
    time::{Timestamp, span},
    urls::{NODEINFO_SCHEMA, path},
};
use serde_json::json;

use crate::routes::{
    Documents,
    answer::{self, JSON},
    documents::Document,
};

/// The name by which other software recognises ours.
pub const SOFTWARE: &str = "tertulia";

/// `GET /.well-known/nodeinfo`
pub(crate) async fn index(request: HttpRequest, documents: Data<Documents>) -> HttpResponse {
    let site = documents.app().site();
    let links = json!({ "links": [
        { "rel": format!("{NODEINFO_SCHEMA}/2.0"), "href": site.page(path::NODEINFO_20) },
        { "rel": format!("{NODEINFO_SCHEMA}/2.1"), "href": site.page(path::NODEINFO_21) },
        { "rel": "https://www.w3.org/ns/activitystreams#Application", "href": site.instance() },
    ] });
    answer::with(&request, StatusCode::OK, JSON, links.to_string().into())
}

/// `GET /nodeinfo/2.0`
pub(crate) async fn version_20(request: HttpRequest, documents: Data<Documents>) -> HttpResponse {
    respond(request, documents, "2.0").await
}

/// `GET /nodeinfo/2.1`
pub(crate) async fn version_21(request: HttpRequest, documents: Data<Documents>) -> HttpResponse {
    respond(request, documents, "2.1").await
}

async fn respond(request: HttpRequest, documents: Data<Documents>, version: &'static str) -> HttpResponse {
    let make = || async {
        let app = documents.app();
        let now = app.now();
        let counts = app.read(move |c| Counts::read(c, now)).await?;
        let body = json!({
            "version": version,
            "software": { "name": SOFTWARE, "version": env!("CARGO_PKG_VERSION") },
            "protocols": ["activitypub"],
            "services": { "inbound": [], "outbound": [] },
            "openRegistrations": app.config().registration == "open",
            "usage": {
                "users": { "total": counts.people, "activeMonth": counts.month, "activeHalfyear": counts.halfyear },
                "localPosts": counts.posts,
            },
            "metadata": { "nodeName": app.site().host().display(), "groups": counts.groups },
        });
        let media_type = format!("application/json; profile=\"{NODEINFO_SCHEMA}/{version}#\"");
        let media_type = HeaderValue::from_str(&media_type).map_err(app::Error::internal)?;
        Ok(Document::new(media_type, body.to_string(), Vec::new()))
    };
    match documents.get(format!("nodeinfo {version}"), make).await {
        Ok(document) => answer::document(&request, &document),
        Err(error) => answer::error(&request, &error),
    }
}

struct Counts {
    people: i64,
    groups: i64,
    posts: i64,
    month: i64,
    halfyear: i64,
}

impl Counts {
    fn read(c: &mut store::Conn, now: Timestamp) -> store::Result<Self> {
        let active = |c: &mut _, days| store::accounts::count_active(c, PostId(id::at(now - span::days(days), 0)));
        Ok(Self {
            people: store::accounts::count(c)?,
            groups: store::actors::count_local(c, ActorKind::Group)?,
            posts: store::posts::count_local(c)?,
            month: active(c, 30)?,
            halfyear: active(c, 180)?,
        })
    }
}
