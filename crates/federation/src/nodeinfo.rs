//! What this server says of itself to those who count servers, and to those who choose how to speak with it.
use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header::HeaderValue},
    web::Data,
};
use app::{
    imprint, nameplate,
    totals::{Total, Totals},
    visits,
};
use domain::{
    host::Host,
    imprint::Kind,
    registration::Registration,
    time::{Timestamp, span},
    urls::{NODEINFO_SCHEMA, path},
};
use serde_json::json;

use crate::routes::{
    Documents,
    answer::{self, JSON},
    asked_host,
    documents::Document,
};

/// The name by which other software recognises ours.
pub const SOFTWARE: &str = "tertulia";

/// `GET /.well-known/nodeinfo`
pub(crate) async fn index(request: HttpRequest, documents: Data<Documents>) -> HttpResponse {
    let (site, host) = (documents.app().site(), asked_host(&request, documents.app()));
    let links = json!({ "links": [
        { "rel": format!("{NODEINFO_SCHEMA}/2.0"), "href": site.page_on(&host, path::NODEINFO_20) },
        { "rel": format!("{NODEINFO_SCHEMA}/2.1"), "href": site.page_on(&host, path::NODEINFO_21) },
        { "rel": "https://www.w3.org/ns/activitystreams#Application", "href": site.instance(&host) },
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
    let host = asked_host(&request, documents.app());
    let make = || async {
        let app = documents.app();
        let (now, totals) = (app.now(), app.totals());
        let (of, is_main) = (host.clone(), host == *app.site().host());
        let (site, spoken) = (app.site().clone(), app.spoken(""));
        let (counts, name, summary) = app
            .read(move |c| {
                let counts = Counts::read(c, (&totals, now), &of, is_main)?;
                let name = if is_main { nameplate::read(c, &site)?.name } else { of.display() };
                Ok((counts, name, imprint::read(c, Kind::Summary, spoken, now)?))
            })
            .await?;
        let (ours, source) = (env!("CARGO_PKG_VERSION"), app.config().premises.source.as_ref());
        let software = match source.filter(|_| version == "2.1") {
            Some(source) => json!({ "name": SOFTWARE, "version": ours, "repository": source }),
            // The older form takes no other member.
            None => json!({ "name": SOFTWARE, "version": ours }),
        };
        let body = json!({
            "version": version,
            "software": software,
            "protocols": ["activitypub"],
            "services": { "inbound": [], "outbound": [] },
            "openRegistrations": app::registration::now(app) == Registration::Open,
            "usage": {
                "users": { "total": counts.people, "activeMonth": counts.month, "activeHalfyear": counts.halfyear },
                "localPosts": counts.posts,
            },
            "metadata": {
                "nodeName": name,
                "nodeDescription": summary.filter(|_| is_main).map(|text| text.body).unwrap_or_default(),
                "groups": counts.groups,
            },
        });
        let media_type = format!("application/json; profile=\"{NODEINFO_SCHEMA}/{version}#\"");
        let media_type = HeaderValue::from_str(&media_type).map_err(app::Error::internal)?;
        Ok(Document::new(media_type, body.to_string(), Vec::new()))
    };
    match documents.get(format!("{host} nodeinfo {version}"), make).await {
        Ok(document) => answer::document(&request, &document),
        Err(error) => answer::error(&request, &error),
    }
}

#[derive(Default)]
struct Counts {
    people: i64,
    groups: i64,
    posts: i64,
    month: i64,
    halfyear: i64,
}

impl Counts {
    /// What is counted on a host. People, and what they wrote, are counted once: on the main one, where they live.
    fn read(
        c: &mut store::Conn,
        (totals, now): (&Totals, Timestamp),
        host: &Host,
        is_main: bool,
    ) -> store::Result<Self> {
        let groups = store::actors::count_open_groups(c, host)?;
        if !is_main {
            return Ok(Self { groups, ..Self::default() });
        }
        let people = totals.get(Total::People, now, || store::accounts::count(c))?;
        let active = |c: &mut _, days| {
            let since = visits::day(now - span::days(days));
            totals.get_among(Total::Active(days), now, people, || store::visits::count_since(c, since))
        };
        Ok(Self {
            people,
            groups,
            posts: totals.get(Total::Posts, now, || store::posts::count_local(c))?,
            month: active(c, 30)?,
            halfyear: active(c, 180)?,
        })
    }
}
