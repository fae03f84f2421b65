//! What belongs to a post: pictures, films and sounds as attachments, the first link as a card.
use domain::{
    id::PostId,
    post::{Attachment, Post},
};
use serde::Serialize;

use super::{Id, Nothing};

/// How many attachments a post can show; their numbers follow from that of the post.
const MOST: usize = 16;

/// A `MediaAttachment`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Media {
    id: Id,
    #[serde(rename = "type")]
    kind: &'static str,
    url: String,
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
}

#[derive(Debug, Clone, Serialize)]
struct Size {
    width: u32,
    height: u32,
    #[serde(rename = "size")]
    both: String,
    aspect: f64,
}

fn is_link(attachment: &Attachment) -> bool {
    attachment.media_type.starts_with("text/html") || attachment.media_type.starts_with("application/xhtml")
}

fn is_address(text: &str) -> bool {
    text.starts_with("https:") || text.starts_with("http:")
}

/// The attachments of a post.
pub(crate) fn attachments(post: &Post) -> Vec<Media> {
    let shown = post.content.attachments.iter().filter(|a| !is_link(a) && is_address(&a.url)).take(MOST);
    shown.zip(0..).map(|(attachment, at)| media(post, attachment, at)).collect()
}

fn media(post: &Post, attachment: &Attachment, at: i64) -> Media {
    let kind = match attachment.media_type.split('/').next() {
        Some("image") => "image",
        Some("video") => "video",
        Some("audio") => "audio",
        _ => "unknown",
    };
    let size = match (attachment.width, attachment.height) {
        (Some(width), Some(height)) if width > 0 && height > 0 => Some(Size {
            width,
            height,
            both: format!("{width}x{height}"),
            aspect: f64::from(width) / f64::from(height),
        }),
        _ => None,
    };
    let url = attachment.url.clone();
    Media {
        id: number(post.id, at),
        kind,
        preview_url: (kind == "image").then(|| url.clone()),
        remote_url: (!post.local).then(|| url.clone()),
        url,
        preview_remote_url: None,
        text_url: None,
        meta: Meta { small: size.clone(), original: size },
        description: Some(attachment.alt.clone()).filter(|alt| !alt.is_empty()),
        blurhash: attachment.blurhash.clone(),
    }
}

fn number(post: PostId, at: i64) -> Id {
    Id(post.0.saturating_mul(16).saturating_add(at))
}

/// A `PreviewCard`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Card {
    url: String,
    title: String,
    description: String,
    language: Option<String>,
    #[serde(rename = "type")]
    kind: &'static str,
    author_name: &'static str,
    author_url: &'static str,
    provider_name: String,
    provider_url: &'static str,
    html: &'static str,
    width: u32,
    height: u32,
    image: Option<()>,
    image_description: &'static str,
    embed_url: &'static str,
    blurhash: Option<()>,
    published_at: Option<()>,
    authors: Nothing,
}

/// The card of a post: the link it is about.
pub(crate) fn card(post: &Post) -> Option<Card> {
    let link = post.content.attachments.iter().find(|a| is_link(a) && is_address(&a.url))?;
    let provider = domain::host::Host::of(&link.url).map_or_else(String::new, |host| host.display());
    let title = if link.alt.is_empty() { post.content.title.clone() } else { Some(link.alt.clone()) };
    Some(Card {
        url: link.url.clone(),
        title: title.unwrap_or_else(|| link.url.clone()),
        description: String::new(),
        language: None,
        kind: "link",
        author_name: "",
        author_url: "",
        provider_name: provider,
        provider_url: "",
        html: "",
        width: 0,
        height: 0,
        image: None,
        image_description: "",
        embed_url: "",
        blurhash: None,
        published_at: None,
        authors: Nothing::default(),
    })
}
