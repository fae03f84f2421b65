//! How large a film is and how long it lasts, by what it says of itself while it passes: in boxes (`mvhd`, `tkhd`), or in the
//! head of a `WebM` (`Info`, `Tracks`). What makes no sense is left unsaid.
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};

use crate::Result;

/// The largest side that is believed, in pixels, and the longest film, in milliseconds: a week.
const SIDE: u32 = 16_384;
const LONGEST: u32 = 7 * 86_400_000;

/// How much of the beginning of a `WebM` is looked at, in bytes.
const HEAD: usize = 64 << 10;

/// What a film says of itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Film {
    /// Width and height in pixels.
    pub(super) pixels: Option<(u32, u32)>,
    /// How long it lasts, in milliseconds.
    pub(super) duration: Option<u32>,
}

impl Film {
    fn is_large(&mut self, (width, height): (u32, u32)) {
        let area = |(width, height): (u32, u32)| u64::from(width) * u64::from(height);
        let fits = (1..=SIDE).contains(&width) && (1..=SIDE).contains(&height);
        if fits && self.pixels.is_none_or(|known| area(known) < area((width, height))) {
            self.pixels = Some((width, height));
        }
    }

    fn lasts(&mut self, milliseconds: u128) {
        self.duration =
            u32::try_from(milliseconds).ok().filter(|lasts| (1..=LONGEST).contains(lasts)).or(self.duration);
    }

    /// What a box says, by its name.
    pub(super) fn learn(&mut self, name: [u8; 4], within: &[u8]) {
        match &name {
            b"mvhd" => self.lasts(lasts(within).unwrap_or_default()),
            b"tkhd" => self.is_large(seen(within).unwrap_or_default()),
            _ => {}
        }
    }
}

/// What is found out while a film passes.
#[derive(Debug, Clone, Default)]
pub(super) struct Watch(Arc<Mutex<Passed>>);

#[derive(Debug, Default)]
struct Passed {
    /// What boxes said.
    film: Film,
    /// The beginning of a `WebM`, [`HEAD`] bytes at most. It is read once it passed, and not with each of its pieces, which may
    /// be as small as whoever sends them likes.
    head: Vec<u8>,
}

impl Watch {
    fn passed(&self) -> MutexGuard<'_, Passed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was found out.
    pub(super) fn film(&self) -> Film {
        let passed = self.passed();
        if passed.head.is_empty() { passed.film } else { webm(&passed.head) }
    }

    pub(super) fn tell(&self, say: impl FnOnce(&mut Film)) {
        say(&mut self.passed().film);
    }

    /// Keeps what belongs to the beginning of a `WebM`.
    fn keep(&self, piece: &[u8]) {
        let mut passed = self.passed();
        let room = HEAD.saturating_sub(passed.head.len());
        passed.head.extend(piece.iter().take(room));
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// So many bytes from there on.
fn at(bytes: &[u8], from: usize, count: usize) -> Option<&[u8]> {
    bytes.get(from..from.checked_add(count)?)
}

/// How long a film in boxes lasts.
fn lasts(mvhd: &[u8]) -> Option<u128> {
    let (scale, lasts) = match mvhd.first()? {
        0 => (number(at(mvhd, 12, 4)?), number(at(mvhd, 16, 4)?)),
        1 => (number(at(mvhd, 20, 4)?), number(at(mvhd, 24, 8)?)),
        _ => return None,
    };
    (scale > 0).then(|| u128::from(lasts) * 1_000 / u128::from(scale))
}

/// How large a track in boxes is seen: phones turn what they film by its matrix. Sounds have no size.
fn seen(tkhd: &[u8]) -> Option<(u32, u32)> {
    let fixed = match tkhd.first()? {
        0 => 84,
        1 => 96,
        _ => return None,
    };
    let side = |from: usize| Some(u32::try_from(number(at(tkhd, from, 4)?) >> 16).unwrap_or_default());
    let (width, height) = (side(fixed - 8)?, side(fixed - 4)?);
    let matrix = at(tkhd, fixed - 44, 20)?;
    let is_nothing = |from: usize| at(matrix, from, 4).is_some_and(|value| number(value) == 0);
    let is_turned = is_nothing(0) && is_nothing(16) && !is_nothing(4) && !is_nothing(12);
    Some(if is_turned { (height, width) } else { (width, height) })
}

/// Looks at a `WebM` while it passes.
pub(super) fn watch<S: Stream<Item = Result<Bytes>> + Unpin>(
    bytes: S,
    watch: Watch,
) -> impl Stream<Item = Result<Bytes>> + Unpin {
    bytes.inspect(move |piece| {
        if let Ok(piece) = piece {
            watch.keep(piece);
        }
    })
}

/// The elements of a `WebM` that matter here.
const SEGMENT: u64 = 0x1853_8067;
const INFO: u64 = 0x1549_a966;
const TICK: u64 = 0x2a_d7b1;
const DURATION: u64 = 0x4489;
const TRACKS: u64 = 0x1654_ae6b;
const TRACK: u64 = 0xae;
const VIDEO: u64 = 0xe0;
const WIDTH: u64 = 0xb0;
const HEIGHT: u64 = 0xba;
const CLUSTER: u64 = 0x1f43_b675;

/// A number that says itself how long it is; of names the mark of that is a part.
fn variable(bytes: &[u8], is_name: bool) -> Option<(u64, usize)> {
    let first = *bytes.first()?;
    let length = first.leading_zeros() as usize + 1;
    let whole = number(at(bytes, 0, length)?);
    let mark = 1_u64.checked_shl(u32::try_from(7 * length).ok()?).unwrap_or_default();
    (length <= 8).then_some((if is_name { whole } else { whole & !mark }, length))
}

/// The elements in these bytes, by name; what is cut off is given as far as it goes.
fn elements(mut bytes: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    std::iter::from_fn(move || {
        let (name, behind) = variable(bytes, true)?;
        let (size, more) = variable(bytes.get(behind..)?, false)?;
        let rest = bytes.get(behind + more..)?;
        // One that does not know its size goes on to the end.
        let size = usize::try_from(size).unwrap_or(usize::MAX).min(rest.len());
        let (within, rest) = rest.split_at_checked(size)?;
        bytes = rest;
        Some((name, within))
    })
}

fn within(bytes: &[u8], name: u64) -> Option<&[u8]> {
    elements(bytes).take_while(|(known, _)| *known != CLUSTER).find(|(known, _)| *known == name).map(|(_, found)| found)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is within bounds")]
fn webm(head: &[u8]) -> Film {
    let mut film = Film::default();
    let Some(segment) = within(head, SEGMENT) else { return film };
    if let Some(info) = within(segment, INFO) {
        let tick = within(info, TICK).map_or(1_000_000, number);
        let ticks = within(info, DURATION).and_then(|bytes| match bytes.len() {
            4 => Some(f64::from(f32::from_be_bytes(*bytes.first_chunk()?))),
            8 => Some(f64::from_be_bytes(*bytes.first_chunk()?)),
            _ => None,
        });
        let tick = u32::try_from(tick).unwrap_or_default();
        let lasts = ticks.unwrap_or_default() * f64::from(tick) / 1e6;
        if (1.0..f64::from(LONGEST)).contains(&lasts) {
            film.lasts(lasts.round() as u128);
        }
    }
    for (_, track) in elements(within(segment, TRACKS).unwrap_or_default()).filter(|(name, _)| *name == TRACK) {
        let Some(video) = within(track, VIDEO) else { continue };
        let side = |name| within(video, name).map_or(0, number).try_into().unwrap_or_default();
        film.is_large((side(WIDTH), side(HEIGHT)));
    }
    film
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, stream};

    use super::*;

    fn tkhd((width, height): (u32, u32), matrix: [u32; 9]) -> Vec<u8> {
        let matrix = matrix.iter().flat_map(|value| value.to_be_bytes());
        let sides = [width << 16, height << 16].into_iter().flat_map(u32::to_be_bytes);
        [0; 40].into_iter().chain(matrix).chain(sides).collect()
    }

    #[test]
    fn a_film_in_boxes_says_how_large_and_how_long_it_is() {
        let upright = [1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30];
        let turned = [0, 1 << 16, 0, u32::MAX << 16, 0, 0, 0, 0, 1 << 30];
        let mut film = Film::default();
        film.learn(*b"tkhd", &tkhd((0, 0), upright));
        assert_eq!(film.pixels, None, "a sound");
        film.learn(*b"tkhd", &tkhd((640, 360), upright));
        film.learn(*b"tkhd", &tkhd((64, 36), upright));
        assert_eq!(film.pixels, Some((640, 360)));
        film.learn(*b"tkhd", &tkhd((1_920, 1_080), turned));
        assert_eq!(film.pixels, Some((1_080, 1_920)));
        let head = |scale: u32, lasts: u32| [&[0; 12][..], &scale.to_be_bytes(), &lasts.to_be_bytes()].concat();
        film.learn(*b"mvhd", &head(600, 1_500));
        assert_eq!(film.duration, Some(2_500));
        let long = [&[1][..], &[0; 19], &1_000_u32.to_be_bytes(), &7_u64.to_be_bytes()].concat();
        film.learn(*b"mvhd", &long);
        assert_eq!(film.duration, Some(7));
        for odd in [head(0, 1), head(1, u32::MAX), vec![2; 40], Vec::new(), vec![0; 13]] {
            film.learn(*b"mvhd", &odd);
            film.learn(*b"tkhd", &odd);
        }
        assert_eq!(film, Film { pixels: Some((1_080, 1_920)), duration: Some(7) });
    }

    fn made(name: &[u8], within: &[u8]) -> Vec<u8> {
        [
            name,
            &[0x10 | u8::try_from(within.len() >> 24).unwrap()],
            &u32::try_from(within.len()).unwrap().to_be_bytes()[1..],
            within,
        ]
        .concat()
    }

    #[test]
    fn a_webm_says_so_in_its_head() {
        let info = [made(b"\x2a\xd7\xb1", &[0x0f, 0x42, 0x40]), made(b"\x44\x89", &1_234.4_f64.to_be_bytes())].concat();
        let video = made(b"\xe0", &[made(b"\xb0", &[2, 128]), made(b"\xba", &[1, 104])].concat());
        let tracks = [made(b"\xae", &made(b"\xe1", b"x")), made(b"\xae", &video)].concat();
        let segment = [made(b"\x15\x49\xa9\x66", &info), made(b"\x16\x54\xae\x6b", &tracks)].concat();
        // One that is being written does not know how long it becomes.
        let open =
            [&b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff"[..], &segment, b"\x1f\x43\xb6\x75\x81x"].concat();
        let head = made(b"\x1a\x45\xdf\xa3", b"webm");
        for file in [[head.clone(), made(b"\x18\x53\x80\x67", &segment)].concat(), [head.clone(), open].concat()] {
            assert_eq!(webm(&file), Film { pixels: Some((640, 360)), duration: Some(1_234) });
            for cut in 0..file.len() {
                webm(&file[..cut]);
            }
        }
        for odd in [&b""[..], b"\0\0\0\0\0\0\0\0\0", b"\xff", b"\x18\x53\x80\x67\x08\xff\xff\xff\xff\xff\xff\xff\xff"] {
            assert_eq!(webm(odd), Film::default());
        }
    }

    #[test]
    fn of_a_webm_no_more_than_its_head_is_kept_however_small_its_pieces_are() {
        let tracks = made(b"\xae", &made(b"\xe0", &[made(b"\xb0", &[2, 128]), made(b"\xba", &[1, 104])].concat()));
        let segment = [made(b"\x16\x54\xae\x6b", &tracks), made(b"\x1f\x43\xb6\x75", &vec![0_u8; 2 * HEAD])].concat();
        let file = made(b"\x18\x53\x80\x67", &segment);
        for size in [1, 7, HEAD - 1, file.len()] {
            let pieces: Vec<Result<Bytes>> = file.chunks(size).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
            let seen = Watch::default();
            let passed = watch(stream::iter(pieces), seen.clone()).collect::<Vec<_>>().now_or_never().unwrap();
            assert_eq!(passed.into_iter().flat_map(Result::unwrap).collect::<Vec<u8>>(), file, "{size}");
            assert_eq!((seen.film().pixels, seen.passed().head.len()), (Some((640, 360)), HEAD), "{size}");
        }
    }
}
