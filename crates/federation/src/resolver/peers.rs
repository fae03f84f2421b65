//! What software another server runs: NodeInfo, in its two hops.
use app::{App, Result};
use domain::{
    host::{Host, same_origin},
    text::plain,
    urls::path,
};
use serde_json::Value;

use super::{Budget, FRESH, FederationResolver, Miss, webfinger::at};
use crate::parse::shape;

/// Names and versions of software are cut after so many characters.
const LONGEST: usize = 64;

impl FederationResolver {
    /// Finds out what `host` runs, unless that was done a short time ago; what cannot be found out stays unknown.
    pub(super) async fn describe_peer(&self, app: &App, host: &Host, budget: &Budget) -> Result<()> {
        let name = host.to_string();
        let known = app.read(move |c| store::peers::by_host(c, &name)).await?.and_then(|peer| peer.described);
        let now = app.now();
        if known.is_some_and(|at| at + FRESH > now) || !self.is_due(app, "describe", host.as_str(), span()) {
            return Ok(());
        }
        match self.nodeinfo(app, host, budget).await {
            Ok((software, version)) => app::peers::describe(app, host.clone(), software, version).await,
            Err(miss) => {
                tracing::debug!(%host, %miss, "no NodeInfo");
                Ok(())
            }
        }
    }

    async fn nodeinfo(&self, app: &App, host: &Host, budget: &Budget) -> Result<(String, String), Miss> {
        let index_url = at(app.site(), host, path::NODEINFO)?;
        let index = self.plain_json(app, index_url.as_str(), budget).await?;
        let url = newest(&index).filter(|url| same_origin(url, index_url.as_str()));
        let url = url.ok_or_else(|| Miss::useless("no NodeInfo of that server"))?;
        let info = self.plain_json(app, url, budget).await?;
        software(&info).ok_or_else(|| Miss::useless("NodeInfo names no software"))
    }
}

/// How long to leave a server alone that did not tell.
const fn span() -> std::time::Duration {
    domain::time::span::minutes(10)
}

/// The description by the newest schema that the index offers.
fn newest(index: &Value) -> Option<&str> {
    let links = shape::each(index, "links").filter_map(|link| {
        let (_, version) = shape::text(link, "rel")?.rsplit_once("/ns/schema/")?;
        Some((version, shape::text(link, "href")?))
    });
    links.filter(|(version, _)| matches!(*version, "1.0" | "1.1" | "2.0" | "2.1" | "2.2")).max().map(|(_, url)| url)
}

fn software(info: &Value) -> Option<(String, String)> {
    let software = info.get("software")?;
    let name = plain::line(shape::text(software, "name")?, LONGEST).to_lowercase();
    let version = plain::line(shape::text(software, "version").unwrap_or_default(), LONGEST);
    Some((name, version))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_newest_schema_and_the_name_in_lower_case() {
        let link = |version: &str| json!({ "rel": format!("http://nodeinfo.diaspora.software/ns/schema/{version}"), "href": format!("https://a.test/{version}") });
        let index = json!({ "links": [link("2.0"), link("2.1"), link("9.9"), { "rel": "https://www.w3.org/ns/activitystreams#Application", "href": "https://a.test/" }] });
        assert_eq!(newest(&index), Some("https://a.test/2.1"));
        assert_eq!(newest(&json!({ "links": link("2.0") })), Some("https://a.test/2.0"));
        assert_eq!(newest(&json!({ "links": null })), None);
        assert_eq!(
            software(&json!({ "software": { "name": "NodeBB", "version": 4 } })),
            Some(("nodebb".into(), String::new()))
        );
        assert_eq!(software(&json!({ "software": [] })), None);
    }
}
