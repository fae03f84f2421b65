//! Where pictures, films and sounds are: always with us, or on a host of ours that hands them on. What is stored of
//! our own is the path alone, so that the host can change.
use std::borrow::Cow;

use url::Url;

use super::Site;
use crate::{
    actor::Actor,
    host::Host,
    id::{ActorId, CardId, EmojiId, PostId},
    media::MediaType,
    time::Timestamp,
};

/// What all the paths begin with.
pub const ROOT: &str = "/media/";
/// A file of ours.
pub const FILE: &str = "/media/files/{file}";
/// Something of another server that belongs to a post: by its place there, and a mark of its address.
pub const POST: &str = "/media/posts/{post}/{place}/{mark}";
/// A picture of somebody elsewhere.
pub const ACTOR: &str = "/media/actors/{actor}/{part}/{mark}";
/// A custom emoji of another server.
pub const EMOJI: &str = "/media/emoji/{emoji}/{mark}";
/// The picture of a page to which posts link.
pub const CARD: &str = "/media/cards/{card}/{mark}";

/// Which picture of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Portrait {
    /// The one beside the name.
    Icon,
    /// The wide one above the profile.
    Image,
}

impl Portrait {
    /// The word in its URL.
    pub const fn segment(self) -> &'static str {
        match self {
            Self::Icon => "icon",
            Self::Image => "image",
        }
    }

    /// The one with this word.
    pub fn from_segment(segment: &str) -> Option<Self> {
        [Self::Icon, Self::Image].into_iter().find(|one| one.segment() == segment)
    }

    /// What an actor has of it: where its server says that it is.
    pub fn of(self, actor: &Actor) -> Option<&str> {
        match self {
            Self::Icon => actor.icon.as_deref(),
            Self::Image => actor.image.as_deref(),
        }
    }
}

/// The path of a file of ours: `token` cannot be guessed.
pub fn file(token: &str, media_type: MediaType) -> String {
    format!("{ROOT}files/{token}.{}", media_type.extension())
}

/// The path of its preview.
pub fn preview(token: &str, media_type: MediaType) -> String {
    format!("{ROOT}files/{token}.small.{}", media_type.extension())
}

/// The token in the last part of a path, and whether the preview is meant.
pub fn token(file: &str) -> Option<(&str, bool)> {
    let (token, rest) = file.split_once('.')?;
    let fits =
        (20..=64).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    fits.then_some((token, rest.starts_with("small.")))
}

/// Whether what is stored as a URL is a path of ours.
pub fn is_ours(url: &str) -> bool {
    url.starts_with(ROOT)
}

/// The path by which we hand on what belongs to a post.
pub fn attached(post: PostId, place: usize, url: &str) -> String {
    format!("{ROOT}posts/{post}/{place}/{}", mark(url))
}

/// The path by which we hand on the picture of a page to which posts link.
pub fn card(card: CardId, url: &str) -> String {
    format!("{ROOT}cards/{card}/{}", mark(url))
}

/// A path that is good until then.
pub fn lent(path: &str, until: Timestamp, proof: &str) -> String {
    format!("{path}?until={}&proof={proof}", until.seconds())
}

/// A few letters that change when the address does, so that what is cached may be kept for ever.
pub fn mark(url: &str) -> String {
    // FNV-1a: nothing secret hangs on it.
    let hash = url
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{hash:016x}")
}

impl Site {
    /// The same, with media on a host of their own.
    #[must_use]
    pub fn with_media(self, url: &Url) -> Self {
        let origin = url.as_str().trim_end_matches('/').to_owned();
        Self { media: Some(origin), ..self }
    }

    /// The origin of media, if it is not that of everything else.
    pub fn media_origin(&self) -> Option<&str> {
        self.media.as_deref()
    }

    /// Whether `host` is the one of media.
    pub fn serves_media(&self, host: &Host) -> bool {
        self.media.as_deref().and_then(Host::of).is_some_and(|own| own == *host)
    }

    /// The URL of a path of media.
    pub fn media(&self, path: &str) -> String {
        match &self.media {
            Some(origin) => format!("{origin}{path}"),
            None => self.page(path),
        }
    }

    /// The URL of what is stored as a URL: of what is ours, only the path is.
    pub fn located<'a>(&self, url: &'a str) -> Cow<'a, str> {
        if is_ours(url) { Cow::Owned(self.media(url)) } else { Cow::Borrowed(url) }
    }

    /// Where people here see a picture of somebody: never at another server.
    pub fn portrait(&self, actor: &Actor, portrait: Portrait) -> Option<String> {
        let url = portrait.of(actor)?;
        Some(if is_ours(url) { self.media(url) } else { self.media(&handed_on(actor.id, portrait, url)) })
    }

    /// The document of a custom emoji of ours.
    pub fn emoji_document(&self, emoji: EmojiId) -> String {
        self.page(&format!("/emojis/{emoji}"))
    }

    /// Where people here see a custom emoji.
    pub fn emoji(&self, emoji: EmojiId, url: &str) -> String {
        if is_ours(url) { self.media(url) } else { self.media(&format!("{ROOT}emoji/{emoji}/{}", mark(url))) }
    }
}

fn handed_on(actor: ActorId, portrait: Portrait, url: &str) -> String {
    format!("{ROOT}actors/{actor}/{}/{}", portrait.segment(), mark(url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_can_be_put_on_another_host() {
        let site = Site::new(&"https://plaza.example".parse().unwrap()).unwrap();
        let path = file("abcdefghijklmnopqrstuvwx", MediaType::Jpeg);
        assert_eq!(site.located(&path), "https://plaza.example/media/files/abcdefghijklmnopqrstuvwx.jpg");
        let site = site.with_media(&"https://media.example/".parse().unwrap());
        assert_eq!(site.located(&path), "https://media.example/media/files/abcdefghijklmnopqrstuvwx.jpg");
        assert_eq!(site.located("https://else.example/x.png"), "https://else.example/x.png");
        assert!(site.serves_media(&Host::parse("media.example").unwrap()));
        assert!(!site.serves(&Host::parse("media.example").unwrap()), "no actor lives there");
    }

    #[test]
    fn only_whole_tokens_name_files() {
        let token = "abcdefghijklmnopqrstuvwx";
        assert_eq!(super::token(&format!("{token}.jpg")), Some((token, false)));
        assert_eq!(super::token(&format!("{token}.small.png")), Some((token, true)));
        for none in ["", "x.jpg", "../../../../../../../etc/passwd.jpg", "abcdefghijklmnopqrstuvwx"] {
            assert_eq!(super::token(none), None, "{none}");
        }
    }
}
