//! What pages say of themselves in JSON: in their heads (schema.org), and elsewhere what can be looked at in their place
//! (<https://oembed.com>).
use domain::text::html::{self, Embed, Page, Summary};
use serde::Deserialize;
use serde_json::Value;

/// What can be looked at in place of a page, as a server says; of all that it says only what we know to be harmless is used.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Offer {
    version: Value,
    #[serde(rename = "type")]
    kind: String,
    author_name: Value,
    author_url: Value,
    thumbnail_url: Value,
    url: Value,
    html: Value,
    width: Value,
    height: Value,
}

/// Who wrote a page, and a page of theirs.
type Author = (String, Option<String>);

impl Offer {
    /// What a server says; nothing, if it says it in another way than it should.
    pub(super) fn read(json: &[u8]) -> Option<Self> {
        let offer: Self = serde_json::from_slice(json).ok()?;
        let is_first = offer.version.as_str() == Some("1.0") || offer.version.as_f64() == Some(1.0);
        is_first.then_some(offer)
    }

    /// What is shown, if it is a picture or a film, and the picture for it. Everything else comes as scripts.
    fn embed(&self, at: &str) -> Option<(Embed, Option<String>)> {
        let size = (side(&self.width), side(&self.height));
        let secure = |value: &Value| {
            let url = html::located(value.as_str()?, at)?;
            url.starts_with("https://").then_some(url)
        };
        match self.kind.as_str() {
            "photo" => Some((Embed::picture(size), Some(secure(&self.url)?))),
            "video" => {
                let film = Embed::framed(self.html.as_str()?, at)?;
                // What is said of the film goes before how wide the frame is in which somebody wanted it.
                let said = Embed::film(film.player.as_deref()?, at, size).filter(|said| said.pixels != (0, 0));
                Some((said.unwrap_or(film), secure(&self.thumbnail_url)))
            }
            _ => None,
        }
    }

    fn author(&self, at: &str) -> Author {
        author(self.author_name.as_str(), self.author_url.as_str(), at)
    }
}

/// The length of a side in pixels: some write it as a text.
fn side(value: &Value) -> u32 {
    let number = || value.as_u64().and_then(|side| u32::try_from(side).ok());
    number().or_else(|| value.as_str()?.trim().parse().ok()).unwrap_or_default()
}

fn author(name: Option<&str>, page: Option<&str>, at: &str) -> Author {
    (name.map_or_else(String::new, html::author_name), page.and_then(|page| html::located(page, at)))
}

/// All that a page at `address` says of itself, and what is said at another address that it offers.
pub(super) fn joined(page: Page, offer: Option<(Offer, String)>, address: &str) -> Summary {
    let Page { mut summary, notes, .. } = page;
    let own = (std::mem::take(&mut summary.author), summary.author_page.take());
    let noted = notes.iter().find_map(|note| noted(note, address));
    let offered = offer.as_ref().map(|(offer, at)| offer.author(at));
    (summary.author, summary.author_page) = credited([noted, Some(own), offered]);
    if let Some((embed, picture)) = offer.and_then(|(offer, at)| offer.embed(&at)) {
        // A picture that is offered is what the page is about; one for a film is only used where there is none.
        if embed.player.is_none() || summary.image.is_none() {
            summary.image = picture.or(summary.image);
        }
        summary.embed = Some(embed);
    }
    summary
}

/// The first who is named, with the first page that is said to be theirs, or nobody's in particular.
fn credited(said: [Option<Author>; 3]) -> Author {
    let said: Vec<Author> = said.into_iter().flatten().collect();
    let named = said.iter().map(|(name, _)| name).find(|name| !name.is_empty()).cloned().unwrap_or_default();
    let page = said.into_iter().filter(|(name, _)| name.is_empty() || *name == named).find_map(|(_, page)| page);
    (named, page)
}

/// Who wrote a page, by a note in it for machines. Some wrap it in what is a comment for others.
fn noted(note: &str, address: &str) -> Option<Author> {
    let bare = note.replace("<![CDATA[", "").replace("]]>", "");
    let (start, end) = (bare.find(['{', '['])?, bare.rfind(['}', ']'])?);
    let note: Value = serde_json::from_str(bare.get(start..=end)?).ok()?;
    let all = note.get("@graph").unwrap_or(&note);
    let article = each(all).find(|thing| is_article(thing))?;
    let by = each(article.get("author")?).next()?;
    let name = by.as_str().or_else(|| by.get("name")?.as_str());
    let page = by.get("url").and_then(|page| each(page).next()?.as_str());
    Some(author(name, page, address)).filter(|by| *by != Author::default())
}

/// The things of a list, or the only one.
fn each(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice).iter()
}

fn is_article(thing: &Value) -> bool {
    let is = |kind: &Value| kind.as_str().is_some_and(|kind| kind.ends_with("Article") || kind == "BlogPosting");
    thing.get("@type").is_some_and(|kinds| each(kinds).any(is))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const HERE: &str = "https://a.example/b";

    fn offered(offer: &Value) -> Option<Summary> {
        let offer = Offer::read(offer.to_string().as_bytes())?;
        Some(joined(Page::default(), Some((offer, "https://a.example/oembed".into())), HERE))
    }

    #[test]
    fn a_film_is_a_frame_that_we_write() {
        let html = "<iframe src=\"https://tube.example/e/1\" width=1 height=1></iframe><script>bad()</script>";
        let film = json!({ "version": "1.0", "type": "video", "html": html, "width": "640", "height": 360,
            "thumbnail_url": "/still.jpg", "author_name": "Ana <b>", "author_url": "https://a.example/ana" });
        let found = offered(&film).unwrap();
        let player = Some("https://tube.example/e/1".to_owned());
        assert_eq!(found.embed, Some(Embed { player, pixels: (640, 360) }));
        assert_eq!(found.image.as_deref(), Some("https://a.example/still.jpg"));
        assert_eq!((found.author.as_str(), found.author_page.as_deref()), ("Ana <b>", Some("https://a.example/ana")));
    }

    #[test]
    fn a_picture_is_what_the_page_is_about_and_all_else_is_a_link() {
        let photo =
            json!({ "version": 1.0, "type": "photo", "url": "https://a.example/p.jpg", "width": 8, "height": 6 });
        let found = offered(&photo).unwrap();
        assert_eq!(found.embed, Some(Embed { player: None, pixels: (8, 6) }));
        assert_eq!(found.image.as_deref(), Some("https://a.example/p.jpg"));
        for odd in [
            json!({ "version": "1.0", "type": "photo", "url": "http://a.example/p.jpg" }),
            json!({ "version": "1.0", "type": "video", "html": "<script src=https://a.example/x></script>" }),
            json!({ "version": "1.0", "type": "rich", "html": "<iframe src=https://a.example/x>" }),
        ] {
            assert_eq!(offered(&odd).unwrap().embed, None, "{odd}");
        }
        assert!(offered(&json!({ "type": "photo", "url": "https://a.example/p.jpg" })).is_none(), "of no version");
    }

    #[test]
    fn notes_say_who_wrote_an_article() {
        let by = |note: &str| noted(note, HERE);
        let ana = Some(("Ana".to_owned(), Some("https://a.example/ana".to_owned())));
        let article = r#"{"@type":["NewsArticle"],"author":[{"name":"Ana","url":"/ana"},{"name":"Bea"}]}"#;
        assert_eq!(by(article), ana);
        assert_eq!(by(&format!("//<![CDATA[\n[{{\"@type\":\"WebSite\"}},{article}]\n//]]>")), ana);
        assert_eq!(by(&format!("{{\"@graph\":[{article}]}}")), ana);
        assert_eq!(by(r#"{"@type":"BlogPosting","author":"Ana"}"#), Some(("Ana".into(), None)));
        for none in
            ["", "]", "}{", "{", "no", r#"{"@type":"Person","author":"Ana"}"#, r#"{"@type":"Article","author":{}}"#]
        {
            assert_eq!(by(none), None, "{none}");
        }
    }

    #[test]
    fn a_page_of_somebody_else_is_not_theirs() {
        let said = |name: &str, page: Option<&str>| Some((name.to_owned(), page.map(str::to_owned)));
        assert_eq!(credited([said("Ana", None), said("Bea", Some("b")), None]), ("Ana".into(), None));
        assert_eq!(credited([None, said("Ana", None), said("Ana", Some("a"))]), ("Ana".into(), Some("a".into())));
        assert_eq!(credited([None, said("", Some("a")), said("Ana", None)]), ("Ana".into(), Some("a".into())));
    }
}
