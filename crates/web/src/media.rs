//! Pictures, films, sounds and links as a page shows them: always from here, and private ones by addresses that were lent.
use app::{
    App,
    media::{self, Lender},
};
use domain::{
    actor::Actor,
    host::Host,
    media::small,
    post::{Attachment, Post},
    text::plain,
    urls::{
        self, Site,
        media::{self as paths, Portrait},
    },
};

use crate::{
    answer::Visit,
    cards::{Card, called, outward},
    language::Language,
};

/// How many a post shows.
const MOST: usize = 16;

/// How much is shown of what a page says that it is about, in characters.
const ABOUT: usize = 160;

/// How something is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Picture,
    Film,
    Sound,
    /// Anything else is there to be fetched.
    File,
}

impl Kind {
    fn of(media_type: &str) -> Self {
        match media_type.split('/').next() {
            Some("image") => Self::Picture,
            Some("video") => Self::Film,
            Some("audio") => Self::Sound,
            _ => Self::File,
        }
    }
}

/// Something that belongs to a post.
#[derive(Debug, Clone)]
pub(crate) struct Medium {
    pub(crate) kind: Kind,
    pub(crate) media_type: String,
    pub(crate) url: String,
    /// A small version, and its width.
    pub(crate) preview: Option<(String, u32)>,
    /// Its size, as far as it is known.
    pub(crate) pixels: Option<(u32, u32)>,
    /// What it shows, in words.
    pub(crate) alt: String,
    /// What it is called where there is nothing to see.
    pub(crate) label: String,
    /// Whether it is what one sees first on a page: that does not wait until it is scrolled to.
    pub(crate) is_first: bool,
}

/// A link that a post is about.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) url: String,
    pub(crate) title: String,
    pub(crate) host: String,
    /// What the page is about.
    pub(crate) about: String,
    /// Its picture, from here.
    pub(crate) picture: Option<String>,
    /// Whether it plays a film: there, since here nobody is made to ask another server for anything.
    pub(crate) is_film: bool,
}

/// The links of a post with the page it links to, as that says of itself.
pub(crate) fn linked(app: &App, post: &Post, page: Option<&store::cards::Card>) -> Vec<Link> {
    let mut all = links(post);
    let Some((page, summary)) = page.and_then(|page| Some((page, page.summary.as_ref()?))) else { return all };
    all.retain(|link| urls::page_at(&link.url, link.url.len()).as_ref() != Some(&page.url));
    // What is covered in the post is not shown beside it.
    let picture = summary.image.as_ref().filter(|_| !post.content.sensitive);
    let picture = picture.map(|image| app.site().media(&paths::card(page.id, image)));
    let host = Host::of(&page.url).map_or_else(String::new, |host| host.display());
    let (title, about) = (summary.title.clone(), plain::cut(&summary.description, ABOUT));
    let is_film = summary.embed.as_ref().is_some_and(|embed| embed.player.is_some());
    all.push(Link { url: page.url.clone(), title, host, about, picture, is_film });
    all
}

fn is_link(attachment: &Attachment) -> bool {
    ["text/html", "application/xhtml"].iter().any(|kind| attachment.media_type.starts_with(kind))
}

/// What a post shows.
pub(crate) fn shown(app: &App, t: Language, post: &Post) -> Vec<Medium> {
    if post.content.attachments.is_empty() {
        return Vec::new();
    }
    let lender = Lender::for_people(app);
    let is_there = |url: &str| paths::is_ours(url) || outward(url).is_some();
    let all = post.content.attachments.iter().enumerate();
    let shown = all.filter(|(_, attachment)| !is_link(attachment) && is_there(&attachment.url)).take(MOST);
    shown.map(|(place, attachment)| medium(app, t, &lender, post, (place, attachment))).collect()
}

fn medium(app: &App, t: Language, lender: &Lender, post: &Post, (place, attachment): (usize, &Attachment)) -> Medium {
    let here = |path: &str| app.site().media(&lender.path(post, path));
    let kind = Kind::of(&attachment.media_type);
    let pixels = attachment.width.zip(attachment.height).filter(|(width, height)| *width > 0 && *height > 0);
    let url = match (paths::is_ours(&attachment.url), kind) {
        (true, _) => here(&attachment.url),
        // What we do not know how to show is not handed on either.
        (false, Kind::File) => attachment.url.clone(),
        (false, _) => here(&paths::attached(post.id, place, &attachment.url)),
    };
    let preview = attachment.preview.as_deref().filter(|path| paths::is_ours(path)).map(here);
    Medium {
        kind,
        media_type: attachment.media_type.clone(),
        url,
        preview: preview.zip(pixels.map(|pixels| small(pixels).0)),
        pixels,
        label: if attachment.alt.is_empty() { t.attachment().to_owned() } else { attachment.alt.clone() },
        alt: attachment.alt.clone(),
        is_first: false,
    }
}

/// The links that a post is about.
pub(crate) fn links(post: &Post) -> Vec<Link> {
    let links = post.content.attachments.iter().filter(|attachment| is_link(attachment));
    let link = |attachment: &Attachment| {
        let url = outward(&attachment.url)?;
        let host = Host::of(&url).map(|host| host.display()).unwrap_or_default();
        let title = Some(&attachment.alt).filter(|title| !title.is_empty());
        let title = title.or(post.content.title.as_ref()).unwrap_or(&url).clone();
        Some(Link { url, title, host, about: String::new(), picture: None, is_film: false })
    };
    links.take(MOST).filter_map(link).collect()
}

/// A small version of the first picture.
pub(crate) fn thumbnail(media: &[Medium]) -> Option<String> {
    let first = media.iter().find(|medium| medium.kind == Kind::Picture)?;
    Some(first.preview.as_ref().map_or(&first.url, |(small, _)| small).clone())
}

/// A picture that stands for a page where links to it are shown.
#[derive(Debug, Clone)]
pub(crate) struct Emblem {
    pub(crate) url: String,
    /// Its size, as far as it is known.
    pub(crate) pixels: Option<(u32, u32)>,
    /// What it shows, in words.
    pub(crate) alt: String,
    /// Whether it is what the page is about, and no mere sign of where it stands.
    pub(crate) is_subject: bool,
}

impl Emblem {
    /// The banner of an actor, or else its picture.
    pub(crate) fn of_actor(site: &Site, actor: &Actor) -> Option<Self> {
        [Portrait::Image, Portrait::Icon].into_iter().find_map(|portrait| Self::of_portrait(site, actor, portrait))
    }

    /// One of the pictures of an actor.
    pub(crate) fn of_portrait(site: &Site, actor: &Actor, portrait: Portrait) -> Option<Self> {
        let url = site.portrait(actor, portrait)?;
        // Elsewhere they have whatever size they have.
        let pixels = portrait.of(actor).is_some_and(paths::is_ours).then(|| media::frame(portrait));
        Some(Self { url, pixels, alt: called(actor).to_owned(), is_subject: false })
    }

    /// The picture of the site itself.
    pub(crate) fn of_site(visit: &Visit) -> Option<Self> {
        let banner = visit.banner.clone().map(|url| (url, Portrait::Image));
        let (url, portrait) = banner.or_else(|| visit.emblem.clone().map(|url| (url, Portrait::Icon)))?;
        Some(Self { url, pixels: Some(media::frame(portrait)), alt: visit.site.clone(), is_subject: false })
    }

    /// The first picture of a post that everybody may see at once.
    pub(crate) fn of_post(card: &Card) -> Option<Self> {
        if card.is_veiled || card.warning.is_some() {
            return None;
        }
        let found = card.media.iter().find(|medium| medium.kind == Kind::Picture)?;
        let Medium { url, pixels, alt, .. } = found.clone();
        Some(Self { url, pixels, alt, is_subject: true })
    }
}
