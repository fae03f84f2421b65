//! Pictures, read within limits and written anew: upright, without a word of where and by what they were taken.
use std::io::Cursor;

use domain::media::{self, Look, MediaType};
use gif::{DecodeOptions, Encoder, Repeat};
use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
    imageops::FilterType,
};

use crate::{Error, Result};

/// The largest picture that is read, in pixels: that of Mastodon.
pub const PIXELS: u64 = 33_177_600;
/// No picture is longer than this.
const EDGE: u32 = 16_384;
/// What reading one may take, in bytes.
const MEMORY: u64 = 300 << 20;
/// The largest picture that is kept, in pixels; larger ones are made smaller.
const KEPT: u64 = 8_294_400;
/// How good photographs are.
const QUALITY: u8 = 88;

/// A picture, as it is kept.
pub(super) struct Written {
    pub(super) media_type: MediaType,
    pub(super) bytes: Vec<u8>,
    pub(super) pixels: (u32, u32),
}

/// What became of a picture.
pub(super) struct Remade {
    pub(super) whole: Written,
    pub(super) preview: Written,
    pub(super) blurhash: Option<String>,
}

/// Reads a picture and writes it anew, with a preview. What moves goes on moving.
pub(super) fn remake(bytes: &[u8], media_type: MediaType) -> Result<Remade> {
    let picture = read(bytes, media_type)?;
    let (width, height) = (picture.width(), picture.height());
    let small = {
        let (width, height) = media::small((width, height));
        picture.thumbnail_exact(width, height)
    };
    let whole = if media_type == MediaType::Gif {
        Written { media_type, bytes: animation(bytes)?, pixels: (width, height) }
    } else {
        let fitting = media::within((width, height), KEPT);
        let fitting = if fitting == (width, height) {
            picture
        } else {
            picture.resize_exact(fitting.0, fitting.1, FilterType::Triangle)
        };
        write(&fitting, media_type == MediaType::Png)?
    };
    Ok(Remade { whole, blurhash: blurhash(&small), preview: write(&small, false)? })
}

/// Reads a picture, and writes what fills such a frame.
pub(super) fn frame(bytes: &[u8], media_type: MediaType, (width, height): (u32, u32)) -> Result<Written> {
    let picture = read(bytes, media_type)?;
    write(&picture.resize_to_fill(width, height, FilterType::Triangle), media_type == MediaType::Png)
}

/// Reads a picture, and says how it looks.
pub(super) fn look(bytes: &[u8], media_type: MediaType) -> Result<Look> {
    let picture = read(bytes, media_type)?;
    Ok(Look { pixels: (picture.width(), picture.height()), blurhash: blurhash(&picture) })
}

fn unreadable() -> Error {
    Error::Invalid("this picture cannot be read".into())
}

fn read(bytes: &[u8], media_type: MediaType) -> Result<DynamicImage> {
    let format = match media_type {
        MediaType::Jpeg => ImageFormat::Jpeg,
        MediaType::Png => ImageFormat::Png,
        MediaType::Gif => ImageFormat::Gif,
        MediaType::Webp => ImageFormat::WebP,
        _ => return Err(Error::Invalid("this is no picture".into())),
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(EDGE);
    limits.max_image_height = Some(EDGE);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_error| unreadable())?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS {
        return Err(Error::Invalid(format!("this picture has more than {PIXELS} pixels")));
    }
    let upright = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_error| unreadable())?;
    if let Some(upright) = upright {
        picture.apply_orientation(upright);
    }
    if picture.width() == 0 || picture.height() == 0 { Err(unreadable()) } else { Ok(picture) }
}

/// The frames of an animation as they are, without whatever else stands in the file.
fn animation(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut options = DecodeOptions::new();
    options.skip_frame_decoding(true);
    let mut frames = options.read_info(bytes).map_err(|_error| unreadable())?;
    let (width, height) = (frames.width(), frames.height());
    let palette = frames.global_palette().unwrap_or_default().to_vec();
    let mut written =
        Encoder::new(Vec::with_capacity(bytes.len()), width, height, &palette).map_err(Error::internal)?;
    let mut is_first = true;
    while let Some(frame) = frames.read_next_frame().map_err(|_error| unreadable())? {
        let frame = frame.clone();
        // How often it is repeated is said before the first one.
        if std::mem::take(&mut is_first) && frames.repeat() != Repeat::default() {
            written.set_repeat(frames.repeat()).map_err(Error::internal)?;
        }
        written.write_lzw_pre_encoded_frame(&frame).map_err(|_error| unreadable())?;
    }
    written.into_inner().map_err(Error::internal)
}

/// As a photograph, unless something shines through it, or it is a drawing.
fn write(picture: &DynamicImage, drawing: bool) -> Result<Written> {
    let pixels = (picture.width(), picture.height());
    let clear = picture.color().has_alpha() && picture.to_rgba8().pixels().any(|pixel| pixel.0[3] < u8::MAX);
    let mut bytes = Vec::new();
    let media_type = if clear || drawing { MediaType::Png } else { MediaType::Jpeg };
    let written = match (media_type, clear) {
        (MediaType::Jpeg, _) => {
            picture.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))
        }
        (_, true) => picture.to_rgba8().write_with_encoder(PngEncoder::new(&mut bytes)),
        (_, false) => picture.to_rgb8().write_with_encoder(PngEncoder::new(&mut bytes)),
    };
    written.map_err(Error::internal)?;
    Ok(Written { media_type, bytes, pixels })
}

fn blurhash(picture: &DynamicImage) -> Option<String> {
    let tiny = picture.thumbnail(64, 64).to_rgba8();
    blurhash::encode(4, 3, tiny.width(), tiny.height(), tiny.as_raw()).ok()
}

#[cfg(test)]
mod tests {
    use image::{ExtendedColorType, ImageEncoder, Rgb, RgbImage, Rgba, RgbaImage};

    use super::*;

    /// A photograph whose camera was held upright: red above, and GPS among the rest.
    fn photograph() -> Vec<u8> {
        let picture = RgbImage::from_fn(40, 20, |x, _| if x < 20 { Rgb([250, 0, 0]) } else { Rgb([0, 0, 250]) });
        let mut bytes = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
        // Little-endian TIFF with one entry: orientation 6, a quarter turn to the right; then a text.
        let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
        exif.extend_from_slice(b"GPS 40.4168 -3.7038");
        encoder.set_exif_metadata(exif).unwrap();
        encoder.write_image(&picture, 40, 20, ExtendedColorType::Rgb8).unwrap();
        assert!(bytes.windows(3).any(|word| word == b"GPS"));
        bytes
    }

    #[test]
    fn an_animation_moves_and_says_nothing_else() {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, 2, 1, &[250, 0, 0, 0, 0, 250]).unwrap();
        encoder.set_repeat(Repeat::Infinite).unwrap();
        for pixels in [[0, 1], [1, 0]] {
            let frame = gif::Frame { delay: 10, ..gif::Frame::from_indexed_pixels(2, 1, pixels, None) };
            encoder.write_frame(&frame).unwrap();
            encoder.write_raw_extension(gif::AnyExtension(0xfe), &[b"GPS 40.4168 -3.7038"]).unwrap();
        }
        drop(encoder);
        bytes.extend_from_slice(b"GPS");
        let whole = remake(&bytes, MediaType::Gif).unwrap().whole;
        assert!(!whole.bytes.windows(3).any(|word| word == b"GPS"));
        let frames = |bytes: &[u8]| {
            let mut options = DecodeOptions::new();
            options.set_color_output(gif::ColorOutput::RGBA);
            let mut read = options.read_info(bytes).unwrap();
            let mut frames = Vec::new();
            while let Some(frame) = read.read_next_frame().unwrap() {
                frames.push((frame.buffer.to_vec(), frame.delay, frame.dispose));
            }
            (frames, read.repeat())
        };
        assert_eq!(frames(&whole.bytes), frames(&bytes));
        assert!(frames(&bytes).0.len() == 2 && frames(&bytes).1 == Repeat::Infinite);
    }

    #[test]
    fn a_photograph_stands_upright_and_does_not_say_where_it_was_taken() {
        let made = remake(&photograph(), MediaType::Jpeg).unwrap();
        assert_eq!((made.whole.media_type, made.whole.pixels), (MediaType::Jpeg, (20, 40)));
        for bytes in [&made.whole.bytes, &made.preview.bytes] {
            assert!(!bytes.windows(3).any(|word| word == b"GPS"));
            assert!(!bytes.windows(4).any(|word| word == b"Exif"));
        }
        let picture = image::load_from_memory(&made.whole.bytes).unwrap().to_rgb8();
        assert!(picture.get_pixel(10, 5).0[0] > 200 && picture.get_pixel(10, 35).0[2] > 200, "red above, blue below");
        assert!(made.blurhash.unwrap().len() > 20);
        assert_eq!(look(&photograph(), MediaType::Jpeg).unwrap().pixels, (20, 40));
    }

    #[test]
    fn what_shines_through_stays_so_and_what_is_large_becomes_smaller() {
        let clear = RgbaImage::from_pixel(3_000, 3_000, Rgba([0, 90, 0, 128]));
        let mut bytes = Vec::new();
        clear.write_with_encoder(PngEncoder::new(&mut bytes)).unwrap();
        let made = remake(&bytes, MediaType::Png).unwrap();
        assert_eq!((made.whole.media_type, made.preview.media_type), (MediaType::Png, MediaType::Png));
        assert_eq!((made.whole.pixels, made.preview.pixels), ((2_880, 2_880), (480, 480)));
        let square = frame(&bytes, MediaType::Png, (40, 10)).unwrap();
        assert_eq!(square.pixels, (40, 10));
    }

    #[test]
    fn what_is_no_picture_or_a_bomb_is_refused() {
        assert!(matches!(remake(b"\x89PNG\r\n\x1a\nnothing", MediaType::Png), Err(Error::Invalid(_))));
        assert!(matches!(remake(&photograph()[..200], MediaType::Jpeg), Err(Error::Invalid(_))));
        // A head that promises 60 000 by 60 000 pixels.
        let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bomb.extend_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60, 8, 6, 0, 0, 0, 0x5f, 0x8b, 0x0d, 0x1d]);
        assert!(matches!(remake(&bomb, MediaType::Png), Err(Error::Invalid(_))));
    }
}
