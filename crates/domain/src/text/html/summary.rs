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

/// How many notes for machines are kept of a page, and how long one may be, in bytes.
const NOTES: usize = 8;
const NOTE: usize = 128 * 1024;

/// The widest and highest that anything is shown in place of a page, in pixels.
const SIDE: u32 = 4_096;

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
    /// The address of a page of whoever wrote it.
    #[serde(default)]
    pub author_page: Option<String>,
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
    /// What can be looked at in its place.
    #[serde(default)]
    pub embed: Option<Embed>,
}

/// What can be looked at in place of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Embed {
    /// The https address of a page that plays a film. A picture has none: it is the picture of the summary.
    pub player: Option<String>,
    /// Its width and height in pixels; zero, if nobody says.
    pub pixels: (u32, u32),
}

impl Embed {
    /// The film that a page at `address` plays, so wide and so high; nothing, unless that is an https address.
    pub fn film(player: &str, address: &str, pixels: (u32, u32)) -> Option<Self> {
        let player = located(player, address).filter(|player| player.starts_with("https://"))?;
        Some(Self { player: Some(player), pixels: fitting(pixels) })
    }

    /// The picture that a page is about, so wide and so high.
    pub fn picture(pixels: (u32, u32)) -> Self {
        Self { player: None, pixels: fitting(pixels) }
    }

    /// The first frame in HTML that somebody wrote who is at `address`: of that nothing else is used.
    pub fn framed(html: &str, address: &str) -> Option<Self> {
        let is_frame = |at: &usize| html.get(*at..at + 7).is_some_and(|tag| tag.eq_ignore_ascii_case("<iframe"));
        let at = html.match_indices('<').map(|(at, _)| at).find(is_frame)?;
        let (attributes, _) = attributes(html.get(at + 7..)?);
        let side = |name| value(&attributes, name).and_then(|side| side.trim().parse().ok()).unwrap_or_default();
        Self::film(value(&attributes, "src")?, address, (side("width"), side("height")))
    }
}

/// A size that can be; none, if a side is missing or too long.
fn fitting((width, height): (u32, u32)) -> (u32, u32) {
    let fits = |side: u32| (1..=SIDE).contains(&side);
    if fits(width) && fits(height) { (width, height) } else { (0, 0) }
}

/// A page that was read: what it says in its own words, and what others have to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// What it says of itself.
    pub summary: Summary,
    /// Where it is told in JSON what can be looked at in its place (oEmbed).
    pub offer: Option<String>,
    /// What it says of itself in JSON (`application/ld+json`), as written.
    pub notes: Vec<String>,
}

/// What was found in a head; of each the first that is said.
#[derive(Debug, Default)]
struct Head<'a> {
    title: Option<&'a str>,
    language: Option<&'a str>,
    said: Vec<(String, &'a str)>,
    offer: Option<&'a str>,
    author: Option<&'a str>,
    notes: Vec<String>,
}

type Named<'a> = (&'a str, &'a str);

/// What the page at `address` says of itself; nothing, if it has no title.
pub fn summarize(page: &str, address: &str) -> Option<Page> {
    let head = Head::read(page);
    let title = head.line(&["og:title", "twitter:title"], TITLE);
    let title = if title.is_empty() { line(head.title.unwrap_or_default(), TITLE) } else { title };
    if title.is_empty() {
        return None;
    }
    let image = head.first(&["og:image:secure_url", "og:image", "og:image:url", "twitter:image"]);
    let (author, author_page) = head.author(address);
    let summary = Summary {
        title,
        description: head.line(&["og:description", "twitter:description", "description"], DESCRIPTION),
        site: head.line(&["og:site_name", "application-name"], NAME),
        author,
        author_page,
        creator: Some(head.line(&["fediverse:creator"], HANDLE)).filter(|handle| !handle.is_empty()),
        language: head
            .language
            .or_else(|| head.first(&["og:locale"]))
            .and_then(|tag| crate::text::language::normalize_tag(&tag.replace('_', "-"))),
        published: head.first(&["article:published_time", "datepublished"]).and_then(moment),
        image: image.and_then(|image| located(image, address)),
        image_alt: head.line(&["og:image:alt", "twitter:image:alt"], DESCRIPTION),
        look: None,
        embed: head.film(address),
    };
    let offer = head.offer.and_then(|offer| located(offer, address));
    Some(Page { summary, offer, notes: head.notes })
}

/// A name as it is shown of whoever wrote a page, out of what is said somewhere else than in its head.
pub fn author_name(text: &str) -> String {
    line(text, NAME)
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

/// The whole address of something that a page at `address` names; nothing, if it is not on the web.
pub fn located(named: &str, address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?.join(entity::decode(named).trim()).ok()?.to_string();
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
                "link" => head.follow(&attributes),
                // What stands in these is no markup.
                "script" => {
                    rest = behind_end(behind, "</script");
                    head.keep(&attributes, behind.strip_suffix(rest).unwrap_or_default());
                }
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

    fn follow(&mut self, attributes: &[Named<'a>]) {
        let (Some(rel), Some(href)) = (value(attributes, "rel"), value(attributes, "href")) else { return };
        let is = |word: &str| rel.split_ascii_whitespace().any(|one| one.eq_ignore_ascii_case(word));
        if is("author") {
            self.author.get_or_insert(href);
        }
        if is("alternate") && value(attributes, "type").is_some_and(|kind| kind.trim() == "application/json+oembed") {
            self.offer.get_or_insert(href);
        }
    }

    /// Keeps what a script says that is none.
    fn keep(&mut self, attributes: &[Named<'a>], text: &str) {
        let is_note = value(attributes, "type").is_some_and(|kind| kind.trim() == "application/ld+json");
        if is_note && text.len() <= NOTE && self.notes.len() < NOTES {
            self.notes.push(text.to_owned());
        }
    }

    /// Who wrote the page, and a page of theirs. Some name a page in place of a person.
    fn author(&self, address: &str) -> (String, Option<String>) {
        let said = ["author", "article:author"].into_iter().flat_map(|name| self.all(name));
        let (pages, names): (Vec<&str>, Vec<&str>) = said.partition(|said| said.contains("://"));
        let page = pages.into_iter().chain(self.author).find_map(|page| located(page, address));
        (names.first().map_or_else(String::new, |name| line(name, NAME)), page)
    }

    /// The film that the page shows.
    fn film(&self, address: &str) -> Option<Embed> {
        let side = |name: &str| self.first(&[name]).and_then(|side| side.trim().parse().ok()).unwrap_or_default();
        let film = |names: &[&str], sides: (&str, &str)| {
            let pixels = (side(sides.0), side(sides.1));
            names.iter().flat_map(|name| self.all(name)).find_map(|player| Embed::film(player, address, pixels))
        };
        // What no browser shows any more.
        let is_old = self.first(&["og:video:type"]).is_some_and(|kind| kind.contains("flash"));
        let files: &[&str] = if is_old { &[] } else { &["og:video:secure_url", "og:video:url", "og:video"] };
        film(&["twitter:player"], ("twitter:player:width", "twitter:player:height"))
            .or_else(|| film(files, ("og:video:width", "og:video:height")))
    }

    /// All that is said under this name.
    fn all(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.said.iter().filter(move |(known, what)| known == name && !what.trim().is_empty()).map(|(_, what)| *what)
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

    fn said(page: &str) -> Option<Summary> {
        summarize(page, HERE).map(|page| page.summary)
    }

    #[test]
    fn a_page_says_what_it_is() {
        let page = r#"<!doctype html><!-- <title>no</title> --><html lang="es-mx"><head><title>Otra &amp; cosa</title>
            <script>if (a < b) document.write('<meta property="og:title" content="no">')</script>
            <meta property='og:title' content="El t&iacute;tulo > todo"><meta name=description content=Breve>
            <META Property="og:image" Content="/i.png?a=1&amp;b=2" /><meta property="og:image:alt" content="Un prado">
            <meta property="article:published_time" content="2026-03-01T09:30:00+01:00">
            <meta property="og:site_name" content="Diario"><meta name="author" content="Ana">
            <meta name="fediverse:creator" content="@ana@b.example"></head><body><meta property="og:site_name" content="no"></body>"#;
        let found = said(page).unwrap();
        assert_eq!((found.title.as_str(), found.description.as_str()), ("El título > todo", "Breve"));
        assert_eq!((found.site.as_str(), found.author.as_str()), ("Diario", "Ana"));
        assert_eq!(found.image.as_deref(), Some("https://a.example/i.png?a=1&b=2"));
        assert_eq!((found.image_alt.as_str(), found.language.as_deref()), ("Un prado", Some("es-MX")));
        assert_eq!(found.published.map(Timestamp::to_utc).as_deref(), Some("2026-03-01T08:30:00Z"));
        assert_eq!(found.creator.as_deref(), Some("@ana@b.example"));
    }

    #[test]
    fn a_page_may_say_only_the_day_or_nonsense() {
        let at = |text: &str| {
            let page = format!("<title>x</title><meta itemprop=datePublished content=\"{text}\">");
            said(&page).unwrap().published.map(Timestamp::to_utc)
        };
        assert_eq!(at(" 2026-03-01 ").as_deref(), Some("2026-03-01T00:00:00Z"));
        for none in ["", "ayer", "1772352000", "2026-13-01", "0001-01-01T00:00:00Z", "999999-01-01T00:00:00Z"] {
            assert_eq!(at(none), None, "{none}");
        }
    }

    #[test]
    fn what_is_no_markup_is_left_out() {
        let page = "<SCRIPT>'<title>no</title>'</Script><style></scripté<title>no</title></STYLE ><title>Sí</title>";
        assert_eq!(said(page).map(|found| found.title).as_deref(), Some("Sí"));
        assert_eq!(said("<script><title>no</title>"), None, "it has no end");
    }

    #[test]
    fn a_page_without_a_title_says_nothing() {
        for page in
            ["", "<", "<title", "<title></title>", "<meta property=og:title", "hola", "<meta =\"=>", "<a '<title>x"]
        {
            assert_eq!(said(page), None, "{page}");
        }
        let plain = said("<title>\n Hola\u{202e}</title>").unwrap();
        assert_eq!((plain.title.as_str(), plain.image), ("Hola", None));
        for odd in ["javascript:alert(1)", "data:image/png,x", "https://u:p@b.example/x"] {
            let page = format!("<title>x</title><meta property=og:image content=\"{odd}\">");
            assert_eq!(said(&page).unwrap().image, None, "{odd}");
        }
    }

    #[test]
    fn a_page_says_what_can_be_looked_at_in_its_place() {
        let film = |said_of_it: &str| said(&format!("<title>x</title>{said_of_it}")).unwrap().embed;
        let tag = |name: &str, what: &str| format!("<meta property=\"{name}\" content=\"{what}\">");
        let sized = [
            tag("og:video:url", "https://tube.example/film.mp4"),
            tag("twitter:player", "/embed/1?a=1&amp;b=2"),
            tag("twitter:player:width", "640"),
            tag("twitter:player:height", "360"),
        ];
        let player = Some("https://a.example/embed/1?a=1&b=2".to_owned());
        assert_eq!(film(&sized.concat()), Some(Embed { player, pixels: (640, 360) }));
        let second = tag("og:video", "http://tube.example/1") + &tag("og:video", "https://tube.example/2");
        let player = Some("https://tube.example/2".to_owned());
        assert_eq!(film(&second), Some(Embed { player, pixels: (0, 0) }), "not without a secure address");
        for odd in ["http://tube.example/1", "javascript:alert(1)", "https://u:p@tube.example/1", "data:text/html,x"] {
            assert_eq!(film(&tag("twitter:player", odd)), None, "{odd}");
        }
        let old = tag("og:video", "https://tube.example/1") + &tag("og:video:type", "application/x-shockwave-flash");
        assert_eq!(film(&old), None);
    }

    #[test]
    fn of_html_that_others_write_only_the_address_and_the_size_are_read() {
        let framed = |html: &str| Embed::framed(html, HERE);
        let html = r#"<script>bad()</script><p><IFRAME width=560 height="315" onload="bad()" src="https://tube.example/e/1?a=&quot;b"></p>"#;
        let player = Some("https://tube.example/e/1?a=%22b".to_owned());
        assert_eq!(framed(html), Some(Embed { player, pixels: (560, 315) }));
        let far = Embed::framed("<iframe src=//tube.example/1 width=100% height=90000>", HERE);
        assert_eq!(far.map(|far| far.pixels), Some((0, 0)));
        for odd in ["", "<iframe", "<iframe>", "<iframe src=http://tube.example/1>", "<iframe src=javascript:x>"] {
            assert_eq!(framed(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_page_says_who_wrote_it_and_where_more_is_said() {
        let page = r#"<title>x</title><meta name=author content="https://a.example/ana"><meta name="article:author" content=Ana>
            <link rel=author href="/other"><link rel="alternate" type="application/json+oembed" href="/oembed?a=1&amp;b=2">
            <script type="application/ld+json">{"a":"<title>"}</script><script>no</script>"#;
        let found = summarize(page, HERE).unwrap();
        assert_eq!(found.summary.author, "Ana");
        assert_eq!(found.summary.author_page.as_deref(), Some("https://a.example/ana"));
        assert_eq!(found.offer.as_deref(), Some("https://a.example/oembed?a=1&b=2"));
        assert_eq!(found.notes, [r#"{"a":"<title>"}"#]);
    }
}
