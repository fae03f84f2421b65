//! WebFinger: from a handle to an actor, and back, so that each confirms the other.
use app::App;
use domain::{
    handle::Handle,
    host::Host,
    urls::{Site, path},
};
use serde_json::Value;
use url::Url;

use super::{Budget, FederationResolver, Miss};
use crate::{client::is_activity_json, parse::shape};

const XRD: &str = "application/xrd+xml, application/xml, text/xml";

/// What WebFinger says of a handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// The handle by its proper name.
    pub(super) subject: Option<Handle>,
    /// The id of the actor.
    pub(super) uri: String,
}

impl FederationResolver {
    /// What `host` says of `handle`.
    pub(super) async fn webfinger(
        &self,
        app: &App,
        host: &Host,
        handle: &Handle,
        budget: &Budget,
    ) -> Result<Found, Miss> {
        let answer = self.jrd(app, host, handle, budget).await?;
        read(&answer).ok_or_else(|| Miss::useless("WebFinger names no actor"))
    }

    /// The relations that somebody's server has templates for, and these.
    pub(super) async fn templates(
        &self,
        app: &App,
        who: &Handle,
        budget: &Budget,
    ) -> Result<Vec<(String, String)>, Miss> {
        let host = who.host.as_ref().filter(|host| !app.site().serves(host)).ok_or(Miss::NotFound)?;
        Ok(read_templates(&self.jrd(app, host, who, budget).await?))
    }

    async fn jrd(&self, app: &App, host: &Host, handle: &Handle, budget: &Budget) -> Result<Value, Miss> {
        let resource = format!("acct:{}", handle.acct());
        let mut url = at(app.site(), host, path::WEBFINGER)?;
        url.query_pairs_mut().append_pair("resource", &resource);
        match self.plain_json(app, url.as_str(), budget).await {
            Err(Miss::NotFound) => match self.lrdd(app, host, &resource, budget).await {
                Some(other) if other != url.as_str() => self.plain_json(app, &other, budget).await,
                _ => Err(Miss::NotFound),
            },
            answer => answer,
        }
    }

    /// Where host-meta says that WebFinger is.
    async fn lrdd(&self, app: &App, host: &Host, resource: &str, budget: &Budget) -> Option<String> {
        let url = at(app.site(), host, path::HOST_META).ok()?;
        let xml = self.text(app, url.as_str(), XRD, budget).await.ok()?;
        let encoded: String = url::form_urlencoded::byte_serialize(resource.as_bytes()).collect();
        template(&xml).map(|template| template.replace("{uri}", &encoded))
    }
}

/// The URL of a well-known path on a host; the scheme is the one this server itself uses.
pub(super) fn at(site: &Site, host: &Host, path: &str) -> Result<Url, Miss> {
    let not_a_host = || Miss::useless("not a host");
    let mut url = Url::parse(&site.page(path)).ok().ok_or_else(not_a_host)?;
    url.set_host(Some(host.name())).ok().ok_or_else(not_a_host)?;
    url.set_port(host.port()).ok().ok_or_else(not_a_host)?;
    Ok(url)
}

fn read(answer: &Value) -> Option<Found> {
    let subject = shape::text(answer, "subject").and_then(Handle::parse).filter(|subject| subject.host.is_some());
    let mut selves = shape::each(answer, "links").filter(|link| shape::text(link, "rel") == Some("self"));
    let uri = selves.find_map(|link| {
        let kind = shape::text(link, "type").unwrap_or_default();
        shape::text(link, "href").and_then(shape::http).filter(|_| is_activity_json(kind))
    })?;
    Some(Found { subject, uri: uri.to_owned() })
}

/// The links that are templates of addresses of the web, a few of them.
fn read_templates(answer: &Value) -> Vec<(String, String)> {
    const MOST: usize = 50;
    let link = |link: &Value| {
        let (rel, template) = (shape::text(link, "rel")?, shape::text(link, "template")?);
        let is_web = template.starts_with("https://") || template.starts_with("http://");
        is_web.then(|| (rel.to_owned(), template.to_owned()))
    };
    shape::each(answer, "links").filter_map(link).take(MOST).collect()
}

/// The template of the first `lrdd` link that promises JSON or promises nothing.
fn template(xml: &str) -> Option<String> {
    let attribute = |tag: &str, name: &str| {
        let rest = tag.split_once(&format!("{name}="))?.1;
        let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        rest.split(quote).nth(1).map(|value| value.replace("&amp;", "&"))
    };
    xml.split('<').filter(|tag| tag.starts_with("Link") || tag.starts_with("link")).find_map(|tag| {
        let json = attribute(tag, "type").is_none_or(|kind| kind.contains("json"));
        let lrdd = attribute(tag, "rel").as_deref() == Some("lrdd");
        attribute(tag, "template").filter(|template| lrdd && json && template.contains("{uri}"))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_link_to_a_document_counts() {
        let answer = json!({ "subject": "acct:Rocks@lemmy.test", "links": [
            { "rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": "https://lemmy.test/c/rocks" },
            { "rel": "self", "type": null, "href": "https://lemmy.test/x" },
            { "rel": "self", "type": "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"", "href": "https://lemmy.test/c/rocks", "properties": {} },
            { "rel": "self", "type": "application/activity+json", "href": "https://lemmy.test/u/rocks", "template": null },
        ]});
        let found = read(&answer).unwrap();
        assert_eq!(
            (found.uri.as_str(), found.subject.unwrap().acct()),
            ("https://lemmy.test/c/rocks", "Rocks@lemmy.test".into())
        );
        for hostile in [
            json!({}),
            json!({ "links": [{ "rel": "self", "type": "text/html", "href": "https://a.test/" }] }),
            json!({ "links": [{ "rel": "self", "type": "application/activity+json", "href": "javascript:x" }] }),
        ] {
            assert_eq!(read(&hostile), None, "{hostile}");
        }
        let odd = json!({ "subject": "acct:a b@lemmy.test", "links": [{ "rel": "self", "type": "application/activity+json", "href": "https://a.test/" }] });
        assert_eq!(read(&odd).unwrap().subject, None);
    }

    #[test]
    fn templates_lead_to_the_web_alone() {
        let answer = json!({ "links": [
            { "rel": "http://ostatus.org/schema/1.0/subscribe", "template": "https://m.test/authorize_interaction?uri={uri}" },
            { "rel": "https://w3id.org/fep/3b86/Follow", "template": "javascript:alert({object})" },
            { "rel": "self", "href": "https://m.test/users/x" },
        ]});
        let templates = read_templates(&answer);
        let only = ("http://ostatus.org/schema/1.0/subscribe", "https://m.test/authorize_interaction?uri={uri}");
        assert_eq!(templates, [(only.0.to_owned(), only.1.to_owned())]);
    }

    #[test]
    fn host_meta_tells_where_webfinger_is() {
        let xml = "<?xml version='1.0'?><XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'>\
            <Link rel=\"lrdd\" type=\"application/xrd+xml\" template=\"https://a.test/xrd?uri={uri}\"/>\
            <Link rel='lrdd' type='application/jrd+json' template='https://b.test/wf?x=1&amp;resource={uri}'/></XRD>";
        assert_eq!(template(xml).as_deref(), Some("https://b.test/wf?x=1&resource={uri}"));
        for xml in [
            "",
            "<Link rel=\"lrdd\" template=\"https://a.test/\"/>",
            "<Link rel=\"x\" template=\"{uri}\"/>",
            "<Link rel=lrdd template={uri}",
        ] {
            assert_eq!(template(xml), None, "{xml}");
        }
    }

    #[test]
    fn well_known_paths_of_other_hosts() {
        let site = |url: &str| Site::new(&Url::parse(url).unwrap()).unwrap();
        let host = |host: &str| Host::parse(host).unwrap();
        let (secure, plain) = (site("https://plaza.test:8443"), site("http://127.0.0.2:8081"));
        assert_eq!(
            at(&secure, &host("beta.test"), path::NODEINFO).unwrap().as_str(),
            "https://beta.test/.well-known/nodeinfo"
        );
        assert_eq!(
            at(&plain, &host("127.0.0.3:8082"), path::WEBFINGER).unwrap().as_str(),
            "http://127.0.0.3:8082/.well-known/webfinger"
        );
    }
}
