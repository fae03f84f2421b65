//! How others find an actor by its handle: WebFinger (RFC 7033), and host-meta (RFC 6415) that points to it.
use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header::HeaderValue},
    web::{Data, Query},
};
use app::App;
use domain::{
    actor::{Actor, ActorKind},
    handle::Handle,
    host::Host,
    urls::{Intent, Local, Site, path},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::routes::{Documents, answer, asked_host, asker, documents::Document, is_known, is_signed};

/// The media type of WebFinger's answers.
const JRD: HeaderValue = HeaderValue::from_static("application/jrd+json; charset=utf-8");
const XRD: HeaderValue = HeaderValue::from_static("application/xrd+xml; charset=utf-8");

/// Whom a `resource` names, as far as that can be told from its text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Resource {
    /// The server itself: `acct:host@host`, or the URL of its front page or actor.
    Server,
    /// A person or group here, by the name in lower case.
    Actor(String),
    /// Nobody who could be here.
    Stranger,
}

impl Resource {
    /// What `text` names on `host`: each of our hosts speaks for itself alone.
    fn parse(text: &str, site: &Site, host: &Host) -> Self {
        if text.contains("://") {
            return match site.parse(text).filter(|(named, _)| named == host) {
                Some((_, Local::Instance)) => Self::Server,
                Some((_, Local::Other)) if text.trim_end_matches('/') == site.page_on(host, "") => Self::Server,
                Some((_, Local::Actor(name))) => Self::named(&name, host),
                _ => Self::Stranger,
            };
        }
        let text = text.strip_prefix("acct:").unwrap_or(text);
        // A handle without its host would be anybody's.
        if text.trim_start_matches('@').contains('@') { Self::named(text, host) } else { Self::Stranger }
    }

    fn named(handle: &str, host: &Host) -> Self {
        let Some(handle) = Handle::parse(handle) else { return Self::Stranger };
        if handle.host.as_ref() == Some(host) && Host::parse(&handle.name).as_ref() == Some(host) {
            return Self::Server;
        }
        match handle.localized(host) {
            Handle { name, host: None } => Self::Actor(name),
            Handle { .. } => Self::Stranger,
        }
    }
}

/// What one may ask WebFinger.
#[derive(Debug, Deserialize)]
pub(crate) struct Question {
    #[serde(default)]
    resource: String,
}

/// `GET /.well-known/webfinger`
pub(crate) async fn webfinger(
    request: HttpRequest,
    documents: Data<Documents>,
    question: Option<Query<Question>>,
) -> HttpResponse {
    let text = question.map(|question| question.into_inner().resource).unwrap_or_default();
    if text.is_empty() {
        return answer::refusal(&request, StatusCode::BAD_REQUEST, "`resource` is missing");
    }
    let host = asked_host(&request, documents.app());
    let resource = Resource::parse(&text, documents.app().site(), &host);
    let key = match &resource {
        Resource::Server => format!("{host} {}", path::WEBFINGER),
        Resource::Actor(name) => format!("{host} {}?{name}", path::WEBFINGER),
        Resource::Stranger => return answer::refusal(&request, StatusCode::NOT_FOUND, "not found"),
    };
    let make = async |asker: Option<Host>| {
        let app = documents.app();
        let (resource, site, asked) = (resource.clone(), app.site().clone(), host.clone());
        let now = app.now();
        let actor = app.read(move |c| {
            let found = match &resource {
                Resource::Actor(name) => store::actors::by_handle(c, name, asked.as_str())?,
                _ => store::actors::by_uri(c, &site.instance(&asked))?,
            };
            Ok(match found {
                Some(actor) if is_known(c, &actor, asker.as_ref(), now)? => Some(actor),
                _ => None,
            })
        });
        let actor = actor.await?.filter(Actor::is_local).ok_or(app::Error::NotFound)?;
        let status = if actor.deleted.is_some() { StatusCode::GONE } else { StatusCode::OK };
        let gone = || json!({ "error": "gone" });
        let body = if actor.deleted.is_some() { gone() } else { jrd(&actor, app.site(), &host) };
        // What it says changes only when everything of the actor does.
        let subjects = Vec::new();
        Ok::<_, app::Error>(Document { status, ..Document::new(JRD, body.to_string(), subjects) })
    };
    let found = documents.get(key, || make(None)).await;
    let is_missing = found.as_ref().is_err_and(|error| matches!(**error, app::Error::NotFound));
    if is_missing
        && is_signed(&request)
        && let Some(host) = asker(&request, documents.app()).await
        && let Ok(known) = make(Some(host)).await
    {
        return answer::document(&request, &known);
    }
    match found {
        Ok(document) => answer::document(&request, &document),
        Err(error) => answer::error(&request, &error),
    }
}

/// What people here can do about things elsewhere (FEP-3b86).
const INTENT: &str = "https://w3id.org/fep/3b86/";
const INTENTS: [(&str, Intent); 4] =
    [("Follow", Intent::Follow), ("Like", Intent::Like), ("Announce", Intent::Announce), ("Object", Intent::Object)];

fn jrd(actor: &Actor, site: &Site, host: &Host) -> Value {
    let kind = crate::render::actor::kind(actor.kind);
    let subscribe = site.page_on(host, &format!("{}?uri={{uri}}", path::INTERACTION));
    let mut links = vec![
        json!({
            "rel": "self",
            "type": "application/activity+json",
            "href": actor.uri,
            "properties": { "https://www.w3.org/ns/activitystreams#type": kind },
        }),
        json!({ "rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": actor.url }),
        json!({ "rel": "http://ostatus.org/schema/1.0/subscribe", "template": subscribe }),
    ];
    if actor.kind == ActorKind::Person {
        for (word, intent) in INTENTS {
            links.push(json!({ "rel": format!("{INTENT}{word}"), "template": site.intent(host, intent) }));
        }
    }
    if actor.uri == site.instance(host) {
        links.push(json!({ "rel": "https://www.w3.org/ns/activitystreams#Service", "href": actor.uri }));
    }
    for link in &mut links {
        // Lemmy reads nothing of an answer in which one link has none, until its version 0.17.
        if let Some(link) = link.as_object_mut() {
            link.entry("properties").or_insert_with(|| json!({}));
        }
    }
    json!({ "subject": format!("acct:{}", actor.handle()), "aliases": [actor.uri], "links": links })
}

fn webfinger_template(request: &HttpRequest, app: &App) -> String {
    app.site().page_on(&asked_host(request, app), &format!("{}?resource={{uri}}", path::WEBFINGER))
}

/// `GET /.well-known/host-meta`
pub(crate) async fn host_meta(request: HttpRequest, documents: Data<Documents>) -> HttpResponse {
    let accept = request.headers().get("accept").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accept.contains("json") {
        return host_meta_json(request, documents).await;
    }
    let template = webfinger_template(&request, documents.app());
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\
         <Link rel=\"lrdd\" type=\"application/jrd+json\" template=\"{template}\"/></XRD>\n"
    );
    answer::with(&request, StatusCode::OK, XRD, body.into())
}

/// `GET /.well-known/host-meta.json`
pub(crate) async fn host_meta_json(request: HttpRequest, documents: Data<Documents>) -> HttpResponse {
    let template = webfinger_template(&request, documents.app());
    let body = json!({ "links": [{ "rel": "lrdd", "type": "application/jrd+json", "template": template }] });
    answer::with(&request, StatusCode::OK, JRD, body.to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(url: &str) -> Site {
        Site::new(&url::Url::parse(url).unwrap()).unwrap()
    }

    #[test]
    fn every_spelling_of_a_handle_finds_the_same_actor() {
        let site = site("https://plaza.example");
        for text in [
            "acct:huerto@plaza.example",
            "acct:Huerto@PLAZA.example",
            "ACCT:huerto@plaza.example.",
            "acct:@huerto@plaza.example",
            "huerto@plaza.example",
            "https://plaza.example/@huerto",
            "https://plaza.example/@Huerto/",
        ] {
            assert_eq!(Resource::parse(text, &site, site.host()), Resource::Actor("huerto".into()), "{text}");
        }
    }

    #[test]
    fn the_server_is_found_by_its_host() {
        let (site, local) = (site("https://plaza.example"), site("http://127.0.0.2:8081"));
        for text in [
            "acct:plaza.example@plaza.example",
            "https://plaza.example",
            "https://plaza.example/",
            &site.instance(site.host()),
        ] {
            assert_eq!(Resource::parse(text, &site, site.host()), Resource::Server, "{text}");
        }
        assert_eq!(Resource::parse("acct:127.0.0.2:8081@127.0.0.2:8081", &local, local.host()), Resource::Server);
        assert_eq!(Resource::parse("acct:ana@127.0.0.2:8081", &local, local.host()), Resource::Actor("ana".into()));
    }

    #[test]
    fn nobody_else_is_found() {
        let site = site("https://plaza.example");
        for text in [
            "huerto",
            "@huerto",
            "acct:huerto",
            "acct:huerto@other.example",
            "acct:hu erto@plaza.example",
            "acct:huerto@plaza.example@other.example",
            "acct:plaza.example@other.example",
            "https://other.example/@huerto",
            "https://plaza.example/@huerto/inbox",
            "https://plaza.example/nothing",
            "mailto:huerto@plaza.example/x",
        ] {
            assert_eq!(Resource::parse(text, &site, site.host()), Resource::Stranger, "{text}");
        }
    }
}
