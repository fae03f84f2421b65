//! What belongs to a post: pictures, films and sounds as attachments.
use app::media::Lender;
use domain::{
    id::PostId,
    media::{Focus, Media as Brought, MediaState, small},
    post::{Attachment, Post},
    urls::{Site, media as paths},
};
use serde::Serialize;

use super::{Id, Reader};

/// How many attachments a post can show; their numbers follow from that of the post.
const MOST: usize = 16;

/// A `MediaAttachment`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Media {
    id: Id,
    #[serde(rename = "type")]
    kind: &'static str,
    url: Option<String>,
    preview_url: Option<String>,
    remote_url: Option<String>,
    preview_remote_url: Option<()>,
    text_url: Option<()>,
    meta: Meta,
    description: Option<String>,
    blurhash: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize)]
struct Meta {
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<Size>,
    #[serde(skip_serializing_if = "Option::is_none")]
    small: Option<Size>,
    #[serde(skip_serializing_if = "Option::is_none")]
    focus: Option<Point>,
}

#[derive(Debug, Clone, Serialize)]
struct Size {
    width: u32,
    height: u32,
    #[serde(rename = "size")]
    both: String,
    aspect: f64,
    /// In seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<f64>,
}

#[derive(Debug, Clone, Serialize)]
struct Point {
    x: f64,
    y: f64,
}

impl Size {
    fn new((width, height): (u32, u32)) -> Self {
        let aspect = f64::from(width) / f64::from(height);
        Self { width, height, both: format!("{width}x{height}"), aspect, duration: None }
    }
}

impl Meta {
    fn new(pixels: Option<(u32, u32)>, duration: Option<u32>, has_preview: bool, focus: Option<Focus>) -> Self {
        let pixels = pixels.filter(|(width, height)| *width > 0 && *height > 0);
        let small = pixels.map(|pixels| if has_preview { small(pixels) } else { pixels });
        let point = |focus: Focus| {
            let (x, y) = focus.xy();
            Point { x, y }
        };
        let lasts = |size: Size| Size { duration: duration.map(|lasts| f64::from(lasts) / 1_000.0), ..size };
        Self { original: pixels.map(Size::new).map(lasts), small: small.map(Size::new), focus: focus.map(point) }
    }
}

pub(super) fn is_link(attachment: &Attachment) -> bool {
    attachment.media_type.starts_with("text/html") || attachment.media_type.starts_with("application/xhtml")
}

pub(super) fn is_address(text: &str) -> bool {
    text.starts_with("https:") || text.starts_with("http:")
}

fn kind(media_type: &str) -> &'static str {
    match media_type.split('/').next() {
        Some("image") => "image",
        Some("video") => "video",
        Some("audio") => "audio",
        _ => "unknown",
    }
}

/// The attachments of a post.
pub(crate) fn attachments(reader: &Reader, post: &Post) -> Vec<Media> {
    let all = post.content.attachments.iter().enumerate();
    let shown = all.filter(|(_, a)| !is_link(a) && (is_address(&a.url) || paths::is_ours(&a.url))).take(MOST);
    shown.zip(0..).map(|((place, attachment), at)| media(reader, post, (place, attachment), at)).collect()
}

fn media(reader: &Reader, post: &Post, (place, attachment): (usize, &Attachment), at: i64) -> Media {
    let kind = kind(&attachment.media_type);
    let url = |path: &str| reader.site.media(&reader.lender.path(post, path));
    let is_ours = paths::is_ours(&attachment.url);
    let (own, remote) = if is_ours {
        (url(&attachment.url), None)
    } else {
        (url(&paths::attached(post.id, place, &attachment.url)), Some(attachment.url.clone()))
    };
    let preview = attachment.preview.as_deref().filter(|path| paths::is_ours(path)).map(url);
    let pixels = attachment.width.zip(attachment.height);
    Media {
        id: attachment.media.map_or_else(|| number(post.id, at), |media| Id(media.0)),
        kind,
        meta: Meta::new(pixels, attachment.duration, preview.is_some(), attachment.focus),
        preview_url: preview.or_else(|| (kind == "image").then(|| own.clone())),
        remote_url: remote,
        url: Some(own),
        preview_remote_url: None,
        text_url: None,
        description: Some(attachment.alt.clone()).filter(|alt| !alt.is_empty()),
        blurhash: attachment.blurhash.clone(),
    }
}

impl Media {
    /// What somebody brought, for themselves; without an address until it is ready.
    pub(crate) fn brought(site: &Site, lender: &Lender, media: &Brought) -> Self {
        let url = |path: &str| site.media(&lender.lend(path));
        let ready = media.state == MediaState::Ready;
        let own = ready.then(|| url(&media.path()));
        let preview = media.preview().filter(|_| ready);
        let kind = kind(media.media_type.as_str());
        Self {
            id: Id(media.id.0),
            kind,
            meta: Meta::new(media.pixels, media.duration, preview.is_some(), media.focus),
            preview_url: preview.as_deref().map(url).or_else(|| own.clone().filter(|_| kind == "image")),
            url: own,
            remote_url: None,
            preview_remote_url: None,
            text_url: None,
            description: Some(media.description.clone()).filter(|text| !text.is_empty()),
            blurhash: media.blurhash.clone(),
        }
    }
}

fn number(post: PostId, at: i64) -> Id {
    Id(post.0.saturating_mul(16).saturating_add(at))
}
