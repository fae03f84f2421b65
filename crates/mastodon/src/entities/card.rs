//! Pages to which posts link, as cards; and how often they are linked to.
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use domain::{
    host::Host,
    id::{ActorId, CardId},
    post::Post,
    text::html::{self, Embed, Summary},
    urls::{Site, media as paths},
};
use serde::Serialize;
use store::{
    Conn, Result,
    cards::{Card as Known, Use},
};
use url::Url;

use super::{
    Reader,
    account::{self, Shown},
    instant,
    media::{is_address, is_link},
    tag::{Day, history, since},
};

/// How many links within a week are counted.
const COUNTED: i64 = 5_000;

/// How wide and high a film is of which nobody says it, in pixels.
const FILM: (u32, u32) = (640, 360);

/// A `PreviewCard`.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Card {
    url: String,
    title: String,
    description: String,
    language: Option<String>,
    #[serde(rename = "type")]
    kind: &'static str,
    author_name: String,
    author_url: Option<String>,
    provider_name: String,
    provider_url: Option<String>,
    html: String,
    width: u32,
    height: u32,
    image: Option<String>,
    image_description: String,
    embed_url: Option<String>,
    blurhash: Option<String>,
    published_at: Option<String>,
    authors: Vec<Author>,
}

/// Who wrote a page, and their account, if they are here and say that they write there.
#[derive(Debug, Clone, Serialize)]
struct Author {
    name: String,
    url: Option<String>,
    account: Option<Arc<Shown>>,
}

impl Card {
    /// The page at `url`, of which nothing is known but its title.
    fn bare(url: &str, title: String) -> Self {
        Self {
            url: url.to_owned(),
            title,
            kind: "link",
            provider_name: Host::of(url).map_or_else(String::new, |host| host.display()),
            provider_url: Url::parse(url).ok().map(|url| url.origin().ascii_serialization()),
            ..Self::default()
        }
    }

    /// The page as it says of itself, by the person here who has this account; its picture is handed on by this server.
    fn of(site: &Site, known: &Known, summary: &Summary, account: Option<Arc<Shown>>) -> Self {
        let bare = Self::bare(&known.url, summary.title.clone());
        let (look, embed) = (summary.look.as_ref(), summary.embed.as_ref());
        let image = summary.image.as_ref().map(|image| site.media(&paths::card(known.id, image)));
        let player = embed.and_then(|embed| embed.player.as_deref());
        let (width, height) = pixels(embed, look.map(|look| look.pixels));
        let has_author = !summary.author.is_empty() || summary.author_page.is_some() || account.is_some();
        let author = Author { name: summary.author.clone(), url: summary.author_page.clone(), account };
        Self {
            description: summary.description.clone(),
            language: summary.language.clone(),
            provider_name: if summary.site.is_empty() { bare.provider_name } else { summary.site.clone() },
            author_name: summary.author.clone(),
            author_url: summary.author_page.clone(),
            kind: match embed {
                Some(_) if player.is_some() => "video",
                Some(_) if image.is_some() => "photo",
                _ => bare.kind,
            },
            html: player.map_or_else(String::new, |player| frame(player, (width, height))),
            // Whoever looks at a picture is seen nowhere else.
            embed_url: player.map(str::to_owned).or_else(|| embed.and(image.clone())),
            authors: if has_author { vec![author] } else { Vec::new() },
            image,
            image_description: summary.image_alt.clone(),
            width,
            height,
            published_at: summary.published.map(instant),
            blurhash: look.and_then(|look| look.blurhash.clone()),
            ..bare
        }
    }
}

/// How wide and high is what can be looked at in place of a page, or else its picture.
fn pixels(embed: Option<&Embed>, look: Option<(u32, u32)>) -> (u32, u32) {
    let said = embed.map(|embed| embed.pixels).filter(|pixels| *pixels != (0, 0));
    let is_film = embed.is_some_and(|embed| embed.player.is_some());
    said.or(if is_film { Some(FILM) } else { look }).unwrap_or_default()
}

/// A frame in which an address plays a film: it may run its scripts and nothing of the page that it stands in.
fn frame(player: &str, (width, height): (u32, u32)) -> String {
    let player = html::escape(player);
    format!(
        "<iframe src=\"{player}\" width=\"{width}\" height=\"{height}\" allowfullscreen=\"true\" frameborder=\"0\" scrolling=\"no\" \
         sandbox=\"allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-forms\"></iframe>"
    )
}

/// The accounts of those here who wrote these pages.
pub(crate) fn authors<'a>(
    conn: &mut Conn,
    site: &Site,
    cards: impl IntoIterator<Item = &'a Known>,
) -> Result<HashMap<CardId, Arc<Shown>>> {
    let named = app::cards::authors(conn, site, cards)?;
    if named.is_empty() {
        return Ok(HashMap::new());
    }
    let people: Vec<ActorId> = named.values().copied().collect();
    let shown = account::shown(conn, site, &people)?;
    Ok(named.into_iter().filter_map(|(card, person)| Some((card, Arc::clone(shown.get(&person)?)))).collect())
}

/// The card of a post: the page it links to, by the person here who has this account, or the link it is about.
pub(crate) fn of(reader: &Reader, post: &Post, known: Option<&Known>, author: Option<Arc<Shown>>) -> Option<Card> {
    if let Some((known, summary)) = known.and_then(|known| Some((known, known.summary.as_ref()?))) {
        return Some(Card::of(&reader.site, known, summary, author));
    }
    let link = post.content.attachments.iter().find(|a| is_link(a) && is_address(&a.url))?;
    let title = if link.alt.is_empty() { post.content.title.clone() } else { Some(link.alt.clone()) };
    Some(Card::bare(&link.url, title.unwrap_or_else(|| link.url.clone())))
}

/// A `Trends::Link`.
#[derive(Debug, Serialize)]
pub(crate) struct Trend {
    #[serde(flatten)]
    card: Card,
    history: Vec<Day>,
}

/// The pages that most people linked to within the last days, so many of them behind the first ones.
pub(crate) fn trending(conn: &mut Conn, reader: &Reader, skipped: usize, limit: usize) -> Result<Vec<Trend>> {
    let uses = store::cards::uses(conn, since(reader.now), COUNTED)?;
    let mut by: HashMap<CardId, HashSet<ActorId>> = HashMap::new();
    for (card, _, author) in &uses {
        by.entry(*card).or_default().insert(*author);
    }
    let mut ranked: Vec<(usize, CardId)> = by.into_iter().map(|(card, authors)| (authors.len(), card)).collect();
    ranked.sort_unstable_by(|one, other| other.cmp(one));
    let ids: Vec<CardId> = ranked.into_iter().map(|(_, card)| card).collect();
    let known = store::cards::by_ids(conn, &ids)?;
    let authors = authors(conn, &reader.site, &known)?;
    let trend = |id: &CardId| {
        let known = known.iter().find(|known| known.id == *id)?;
        let of_card: Vec<_> =
            uses.iter().filter(|(card, ..)| card == id).map(|(_, post, by): &Use| (*post, *by)).collect();
        let card = Card::of(&reader.site, known, known.summary.as_ref()?, authors.get(id).cloned());
        Some(Trend { card, history: history(&of_card, reader.now) })
    };
    Ok(ids.iter().filter_map(trend).skip(skipped).take(limit).collect())
}
