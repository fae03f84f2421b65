//! Pictures, films and sounds: what one is, its first bytes say, never its name or its sender.
use serde::{Deserialize, Serialize};

use crate::{
    actor::text_enum,
    id::{ActorId, MediaId, PostId},
    post::Attachment,
    time::Timestamp,
    urls,
};

text_enum! {
    /// Which media somebody finds covered at first, in the words of Mastodon.
    #[derive(Default)]
    Covered {
        /// Those that are said to be sensitive.
        #[default]
        Sensitive = "default",
        /// None.
        None = "show_all",
        /// All of them.
        All = "hide_all",
    }
}

text_enum! {
    /// A format that is kept and shown. There is no SVG among them: it can run scripts.
    MediaType {
        /// Photographs.
        Jpeg = "image/jpeg",
        /// Drawings.
        Png = "image/png",
        /// Short moving pictures.
        Gif = "image/gif",
        /// Either.
        Webp = "image/webp",
        /// Either, newer; shown, but not taken.
        Avif = "image/avif",
        /// Films.
        Mp4 = "video/mp4",
        /// Films, as Apple wraps them.
        Mov = "video/quicktime",
        /// Films, without patents.
        Webm = "video/webm",
        /// Sounds.
        Mp3 = "audio/mpeg",
        /// Sounds, as Apple wraps them.
        M4a = "audio/mp4",
        /// Sounds, without patents.
        Ogg = "audio/ogg",
        /// Sounds, without loss.
        Flac = "audio/flac",
        /// Sounds, as they were.
        Wav = "audio/wav",
        /// Sounds, naked.
        Aac = "audio/aac",
    }
}

/// How many bytes [`MediaType::sniff`] needs.
pub const SNIFF: usize = 64;

impl MediaType {
    /// What begins with these bytes.
    pub fn sniff(bytes: &[u8]) -> Option<Self> {
        let at = |from: usize, mark: &[u8]| bytes.get(from..).is_some_and(|rest| rest.starts_with(mark));
        Some(match bytes {
            _ if at(0, b"\xff\xd8\xff") => Self::Jpeg,
            _ if at(0, b"\x89PNG\r\n\x1a\n") => Self::Png,
            _ if at(0, b"GIF87a") || at(0, b"GIF89a") => Self::Gif,
            _ if at(0, b"RIFF") && at(8, b"WEBP") => Self::Webp,
            _ if at(0, b"RIFF") && at(8, b"WAVE") => Self::Wav,
            _ if at(4, b"ftyp") => return bytes.get(8..12).and_then(Self::of_brand),
            _ if at(0, b"\x1a\x45\xdf\xa3") && bytes.windows(4).any(|word| word == b"webm") => Self::Webm,
            _ if at(0, b"OggS") => Self::Ogg,
            _ if at(0, b"fLaC") => Self::Flac,
            _ if at(0, b"ID3") => Self::Mp3,
            [0xff, second, ..] if second & 0xf6 == 0xf0 => Self::Aac,
            [0xff, second, third, ..] if second & 0xe6 == 0xe2 && third >> 4 != 0xf => Self::Mp3,
            _ => return None,
        })
    }

    /// By the brand of an ISO file.
    fn of_brand(brand: &[u8]) -> Option<Self> {
        Some(match brand {
            b"avif" | b"avis" => Self::Avif,
            b"M4A " | b"M4B " => Self::M4a,
            b"qt  " => Self::Mov,
            b"isom" | b"iso2" | b"iso4" | b"iso5" | b"iso6" | b"mp41" | b"mp42" | b"avc1" | b"M4V " | b"MSNV"
            | b"dash" | b"3gp4" | b"3gp5" | b"3gp6" => Self::Mp4,
            _ => return None,
        })
    }

    /// How its files end.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Webp => "webp",
            Self::Avif => "avif",
            Self::Mp4 => "mp4",
            Self::Mov => "mov",
            Self::Webm => "webm",
            Self::Mp3 => "mp3",
            Self::M4a => "m4a",
            Self::Ogg => "ogg",
            Self::Flac => "flac",
            Self::Wav => "wav",
            Self::Aac => "aac",
        }
    }

    /// Whether it is a picture, moving or not.
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Gif | Self::Webp | Self::Avif)
    }

    /// Whether its files are made of boxes (ISO/IEC 14496-12), which may say where a film was taken.
    pub const fn is_in_boxes(self) -> bool {
        matches!(self, Self::Mp4 | Self::Mov | Self::M4a)
    }

    /// Whether people here may bring it: what we can read, or need not.
    pub const fn is_taken(self) -> bool {
        !matches!(self, Self::Avif)
    }
}

/// What of a picture matters, and stays when it is cropped: thousandths from the middle, right and up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Focus(i16, i16);

impl Focus {
    /// From -1 to 1 each; what is outside is at the edge.
    pub fn new(x: f64, y: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "within a thousand")]
        let thousandths = |part: f64| (part.clamp(-1.0, 1.0) * 1_000.0).round() as i16;
        Self(thousandths(x), thousandths(y))
    }

    /// As `x,y`, the way clients write it.
    pub fn parse(text: &str) -> Option<Self> {
        let (x, y) = text.split_once(',')?;
        let number = |part: &str| part.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        Some(Self::new(number(x)?, number(y)?))
    }

    /// From -1 to 1 each: right, and up.
    pub fn xy(self) -> (f64, f64) {
        (f64::from(self.0) / 1_000.0, f64::from(self.1) / 1_000.0)
    }
}

/// How many pixels a preview has, about.
const PREVIEW: u64 = 640 * 360;

/// How large a preview is.
pub fn small(pixels: (u32, u32)) -> (u32, u32) {
    within(pixels, PREVIEW)
}

/// The same shape with so many pixels at most.
pub fn within((width, height): (u32, u32), most: u64) -> (u32, u32) {
    let whole = u64::from(width) * u64::from(height);
    if whole <= most {
        return (width, height);
    }
    #[expect(clippy::cast_precision_loss, reason = "no picture has that many pixels")]
    let scale = (most as f64 / whole as f64).sqrt();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "smaller than it was, and not below nothing"
    )]
    let scaled = |edge: u32| ((f64::from(edge) * scale).round() as u32).max(1);
    (scaled(width), scaled(height))
}

/// How a picture looks to those who do not have it yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Width and height in pixels, upright.
    pub pixels: (u32, u32),
    /// A coarse preview (a `BlurHash`).
    pub blurhash: Option<String>,
}

text_enum! {
    /// What something was brought for.
    Purpose {
        /// For a post.
        Attachment = "attachment",
        /// As the picture of a person or a group.
        Portrait = "portrait",
        /// As a custom emoji.
        Emoji = "emoji",
    }
}

text_enum! {
    /// How far something has come.
    MediaState {
        /// It has yet to be read and written anew.
        Processing = "processing",
        /// It can be shown.
        Ready = "ready",
        /// It could not be read.
        Failed = "failed",
    }
}

/// Something that somebody here brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// Its number.
    pub id: MediaId,
    /// What it is called in its URLs; nobody can guess it.
    pub token: String,
    /// Who brought it.
    pub owner: ActorId,
    /// What for.
    pub purpose: Purpose,
    /// Its format.
    pub media_type: MediaType,
    /// The format of its preview, if it has one.
    pub preview_type: Option<MediaType>,
    /// How far it has come.
    pub state: MediaState,
    /// How many bytes it has.
    pub size: u64,
    /// Width and height in pixels.
    pub pixels: Option<(u32, u32)>,
    /// How long it lasts, in milliseconds.
    pub duration: Option<u32>,
    /// A coarse preview (a `BlurHash`).
    pub blurhash: Option<String>,
    /// What it shows, in words.
    pub description: String,
    /// What of it matters.
    pub focus: Option<Focus>,
    /// The post it belongs to.
    pub post: Option<PostId>,
    /// When it was brought.
    pub created: Timestamp,
    /// When it is thrown away, unless somebody uses it until then.
    pub expires: Option<Timestamp>,
}

impl Media {
    /// The path of its file.
    pub fn path(&self) -> String {
        urls::media::file(&self.token, self.media_type)
    }

    /// The path of its preview.
    pub fn preview(&self) -> Option<String> {
        Some(urls::media::preview(&self.token, self.preview_type?))
    }

    /// As it belongs to a post.
    pub fn attachment(&self) -> Attachment {
        Attachment {
            media: Some(self.id),
            url: self.path(),
            preview: self.preview(),
            media_type: self.media_type.to_string(),
            alt: self.description.clone(),
            blurhash: self.blurhash.clone(),
            width: self.pixels.map(|(width, _)| width),
            height: self.pixels.map(|(_, height)| height),
            duration: self.duration,
            focus: self.focus,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_what_it_begins_with() {
        for (bytes, is) in [
            (&b"\xff\xd8\xff\xe0"[..], Some(MediaType::Jpeg)),
            (b"\x89PNG\r\n\x1a\nIHDR", Some(MediaType::Png)),
            (b"GIF89a", Some(MediaType::Gif)),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some(MediaType::Webp)),
            (b"RIFF\0\0\0\0WAVEfmt ", Some(MediaType::Wav)),
            (b"\0\0\0\x20ftypisom", Some(MediaType::Mp4)),
            (b"\0\0\0\x20ftypM4A ", Some(MediaType::M4a)),
            (b"\0\0\0\x20ftypavif", Some(MediaType::Avif)),
            (b"\0\0\0\x20ftypheic", None),
            (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", Some(MediaType::Webm)),
            (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x88matroska", None),
            (b"\xff\xfb\x90\x64", Some(MediaType::Mp3)),
            (b"\xff\xf1\x50\x80", Some(MediaType::Aac)),
            (b"ID3\x04", Some(MediaType::Mp3)),
            (b"<svg xmlns='http://www.w3.org/2000/svg'>", None),
            (b"<!DOCTYPE html>", None),
            (b"%PDF-1.7", None),
            (b"\xff\xff\xff\xff", None),
            (b"#EXTM3U", None),
            (b"", None),
        ] {
            assert_eq!(MediaType::sniff(bytes), is, "{bytes:?}");
        }
    }

    #[test]
    fn a_focus_is_within_the_picture() {
        assert_eq!(Focus::parse("0.5, -0.25").unwrap().xy(), (0.5, -0.25));
        assert_eq!(Focus::parse("7,-7").unwrap().xy(), (1.0, -1.0));
        for none in ["", "1", "a,b", "NaN,0", "inf,0"] {
            assert_eq!(Focus::parse(none), None, "{none}");
        }
    }
}
