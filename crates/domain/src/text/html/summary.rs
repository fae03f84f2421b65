//! What a web page says of itself in its head, for whoever only sees a link to it.
use serde::{Deserialize, Serialize};
use url::Url;

use super::{entity, to_text};
use crate::{media::Look, text::plain, time::Timestamp, urls};

/// The longest title and description, in characters, and the longest address, in bytes.
const TITLE: usize = 200;
const DESCRIPTION: usize = 500;
const NAME: usize = 100;
const HANDLE: usize = 255;
const ADDRESS: usize = 2_000;

/// How many attributes of one tag are read, and how many tags.
const ATTRIBUTES: usize = 40;
const TAGS: usize = 2_000;

/// What a page says of itself; plain text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// What the site is called.
    pub site: String,
    /// Who wrote it.
    pub author: String,
    /// Under which handle whoever wrote it is found on the network (`fediverse:creator`).
    #[serde(default)]
    pub creator: Option<String>,
    /// BCP 47.
    pub language: Option<String>,
    /// When it says that it was published.
    #[serde(default)]
    pub published: Option<Timestamp>,
    /// The address of a picture for it.
    pub image: Option<String>,
    /// What the picture shows.
    pub image_alt: String,
    /// How the picture looks: that no page says, it is known once somebody fetched it.
    #[serde(default)]
    pub look: Option<Look>,
}

/// What was found in a head; of each the first that is said.
#[derive(Debug, Default)]
struct Head<'a> {
    title: Option<&'a str>,
    language: Option<&'a str>,
    said: Vec<(String, &'a str)>,
}

type Named<'a> = (&'a str, &'a str);

/// What the page at `address` says of itself; nothing, if it has no title.
pub fn summarize(page: &str, address: &str) -> Option<Summary> {
    let head = Head::read(page);
    let title = head.line(&["og:title", "twitter:title"], TITLE);
    let title = if title.is_empty() { line(head.title.unwrap_or_default(), TITLE) } else { title };
    if title.is_empty() {
        return None;
    }
    let author = head.line(&["author", "article:author"], NAME);
    let image = head.first(&["og:image:secure_url", "og:image", "og:image:url", "twitter:image"]);
    Some(Summary {
        title,
        description: head.line(&["og:description", "twitter:description", "description"], DESCRIPTION),
        site: head.line(&["og:site_name", "application-name"], NAME),
        // Some name a page instead of a person.
        author: if author.contains("://") { String::new() } else { author },
        creator: Some(head.line(&["fediverse:creator"], HANDLE)).filter(|handle| !handle.is_empty()),
        language: head
            .language
            .or_else(|| head.first(&["og:locale"]))
            .and_then(|tag| crate::text::language::normalize_tag(&tag.replace('_', "-"))),
        published: head.first(&["article:published_time", "datepublished"]).and_then(moment),
        image: image.and_then(|image| located(image, address)),
        image_alt: head.line(&["og:image:alt", "twitter:image:alt"], DESCRIPTION),
        look: None,
    })
}

fn line(text: &str, most: usize) -> String {
    if entity::is_beyond_us(text) {
        plain::line(&to_text(text), most)
    } else {
        plain::line(&entity::decode(text), most)
    }
}

/// A moment as pages write it: in UTC, if they name no zone, and how a day begins, if they name no hour. Before 1970 nobody published pages.
fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let in_utc = || jiff::tz::TimeZone::UTC.to_timestamp(text.parse().ok()?).ok();
    let at = text.parse::<jiff::Timestamp>().ok().or_else(in_utc)?;
    Some(Timestamp(at.as_millisecond())).filter(|at| at.millis() > 0)
}

/// The whole address of a picture.
fn located(image: &str, address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?.join(entity::decode(image).trim()).ok()?.to_string();
    (url.len() <= ADDRESS && urls::is_web(&url)).then_some(url)
}

impl<'a> Head<'a> {
    fn read(page: &'a str) -> Self {
        let (mut head, mut rest) = (Self::default(), page);
        for _ in 0..TAGS {
            let Some((_, after)) = rest.split_once('<') else { break };
            if let Some(comment) = after.strip_prefix("!--") {
                rest = comment.split_once("-->").map_or("", |(_, behind)| behind);
                continue;
            }
            let (name, after) = split_at(after, |c| !c.is_ascii_alphanumeric());
            let (attributes, behind) = attributes(after);
            rest = behind;
            match name.to_ascii_lowercase().as_str() {
                "body" => break,
                "html" => head.language = value(&attributes, "lang"),
                "title" if head.title.is_none() => head.title = behind.split("</").next(),
                "meta" => head.note(&attributes),
                // What stands in these is no markup.
                "script" => rest = behind_end(behind, "</script"),
                "style" => rest = behind_end(behind, "</style"),
                _ => {}
            }
        }
        head
    }

    fn note(&mut self, attributes: &[Named<'a>]) {
        let name = ["property", "name", "itemprop"].iter().find_map(|key| value(attributes, key));
        if let (Some(name), Some(content)) = (name, value(attributes, "content")) {
            self.said.push((name.trim().to_ascii_lowercase(), content));
        }
    }

    /// What is said first under the first of these names that says anything.
    fn first(&self, names: &[&str]) -> Option<&'a str> {
        let said = |name: &&str| self.said.iter().find(|(known, what)| known == name && !what.trim().is_empty());
        names.iter().find_map(said).map(|(_, what)| *what)
    }

    fn line(&self, names: &[&str], most: usize) -> String {
        self.first(names).map_or_else(String::new, |said| line(said, most))
    }
}

fn split_at(text: &str, end: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at_checked(text.find(end).unwrap_or(text.len())).unwrap_or((text, ""))
}

/// What stands from an end tag on, looking at nothing behind it: a page may have many.
fn behind_end<'a>(text: &'a str, end: &str) -> &'a str {
    let is_end = |at: usize| text.get(at..at + end.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(end));
    let at = text.match_indices("</").map(|(at, _)| at).find(|at| is_end(*at));
    at.and_then(|at| text.get(at..)).unwrap_or_default()
}

fn value<'a>(attributes: &[Named<'a>], name: &str) -> Option<&'a str> {
    attributes.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
}

/// The attributes of a tag, as written, and what stands behind it.
fn attributes(mut text: &str) -> (Vec<Named<'_>>, &str) {
    let mut found = Vec::new();
    loop {
        text = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '='));
        if text.is_empty() || found.len() == ATTRIBUTES {
            return (found, text);
        }
        if let Some(behind) = text.strip_prefix('>') {
            return (found, behind);
        }
        let (name, after) = split_at(text, |c| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/'));
        text = after.trim_start();
        let Some(after) = text.strip_prefix('=').map(str::trim_start) else {
            found.push((name, ""));
            continue;
        };
        let quoted = |quote: char| Some(after.strip_prefix(quote)?.split_once(quote).unwrap_or((after, "")));
        let bare = || split_at(after, |c| c.is_ascii_whitespace() || c == '>');
        let (value, behind) = quoted('"').or_else(|| quoted('\'')).unwrap_or_else(bare);
        found.push((name, value));
        text = behind;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "https://a.example/b/c";

    #[test]
    fn a_page_says_what_it_is() {
        let page = r#"<!doctype html><!-- <title>no</title> --><html lang="es-mx"><head><title>Otra &amp; cosa</title>
            <script>if (a < b) document.write('<meta property="og:title" content="no">')</script>
            <meta property='og:title' content="El t&iacute;tulo > todo"><meta name=description content=Breve>
            <META Property="og:image" Content="/i.png?a=1&amp;b=2" /><meta property="og:image:alt" content="Un prado">
            <meta property="article:published_time" content="2026-03-01T09:30:00+01:00">
            <meta property="og:site_name" content="Diario"><meta name="author" content="Ana">
            <meta name="fediverse:creator" content="@ana@b.example"></head><body><meta property="og:site_name" content="no"></body>"#;
        let found = summarize(page, HERE).unwrap();
        assert_eq!((found.title.as_str(), found.description.as_str()), ("El título > todo", "Breve"));
        assert_eq!((found.site.as_str(), found.author.as_str()), ("Diario", "Ana"));
        assert_eq!(found.image.as_deref(), Some("https://a.example/i.png?a=1&b=2"));
        assert_eq!((found.image_alt.as_str(), found.language.as_deref()), ("Un prado", Some("es-MX")));
        assert_eq!(found.published.map(Timestamp::to_utc).as_deref(), Some("2026-03-01T08:30:00Z"));
        assert_eq!(found.creator.as_deref(), Some("@ana@b.example"));
    }

    #[test]
    fn a_page_may_say_only_the_day_or_nonsense() {
        let said = |text: &str| {
            let page = format!("<title>x</title><meta itemprop=datePublished content=\"{text}\">");
            summarize(&page, HERE).unwrap().published.map(Timestamp::to_utc)
        };
        assert_eq!(said(" 2026-03-01 ").as_deref(), Some("2026-03-01T00:00:00Z"));
        for none in ["", "ayer", "1772352000", "2026-13-01", "0001-01-01T00:00:00Z", "999999-01-01T00:00:00Z"] {
            assert_eq!(said(none), None, "{none}");
        }
    }

    #[test]
    fn what_is_no_markup_is_left_out() {
        let page = "<SCRIPT>'<title>no</title>'</Script><style></scripté<title>no</title></STYLE ><title>Sí</title>";
        assert_eq!(summarize(page, HERE).map(|found| found.title).as_deref(), Some("Sí"));
        assert_eq!(summarize("<script><title>no</title>", HERE), None, "it has no end");
    }

    #[test]
    fn a_page_without_a_title_says_nothing() {
        for page in
            ["", "<", "<title", "<title></title>", "<meta property=og:title", "hola", "<meta =\"=>", "<a '<title>x"]
        {
            assert_eq!(summarize(page, HERE), None, "{page}");
        }
        let plain = summarize("<title>\n Hola\u{202e}</title>", HERE).unwrap();
        assert_eq!((plain.title.as_str(), plain.image), ("Hola", None));
        for odd in ["javascript:alert(1)", "data:image/png,x", "https://u:p@b.example/x"] {
            let page = format!("<title>x</title><meta property=og:image content=\"{odd}\">");
            assert_eq!(summarize(&page, HERE).unwrap().image, None, "{odd}");
        }
    }
}
