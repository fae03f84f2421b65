//! Films and sounds in boxes (ISO/IEC 14496-12, `QuickTime`), passed on without what they say of where and by what they were
//! taken: phones write that beside the film.
use bytes::Bytes;
use futures_util::{Stream, StreamExt};

use super::film::Watch;
use crate::Result;

/// How long the head of a box is: its size and its name; and of one whose size needs more room.
const HEAD: usize = 8;
const LONG_HEAD: usize = 16;

/// How large a box is at most that says something of the film, in bytes.
const HEARD: u64 = 256;

/// Where in a file one is.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// In the head of a box.
    Head,
    /// In a box that is passed on as it is, or filled with nothing, with so many bytes to come.
    Within { left: u64, blank: bool },
}

/// Passes boxes on; those that hold words about the film become empty room of the same size, so that nothing moves.
#[derive(Debug)]
struct Blank {
    head: Vec<u8>,
    place: Place,
    /// The box that says something of the film, and what was read of it.
    heard: Option<([u8; 4], Vec<u8>)>,
    watch: Watch,
}

/// The same file without its words; what it says of its size is told to `watch`.
pub(super) fn blank<S: Stream<Item = Result<Bytes>> + Unpin>(
    bytes: S,
    watch: Watch,
) -> impl Stream<Item = Result<Bytes>> + Unpin {
    let mut blank = Blank::new(watch);
    bytes.map(move |piece| piece.map(|piece| blank.pass(&piece)))
}

impl Blank {
    fn new(watch: Watch) -> Self {
        Self { head: Vec::new(), place: Place::Head, heard: None, watch }
    }

    fn pass(&mut self, mut piece: &[u8]) -> Bytes {
        let mut passed = Vec::with_capacity(piece.len() + LONG_HEAD);
        while !piece.is_empty() {
            let left = match self.place {
                Place::Head => self.wanted(),
                Place::Within { left, .. } => usize::try_from(left).unwrap_or(usize::MAX),
            };
            let (these, rest) = piece.split_at(left.min(piece.len()));
            piece = rest;
            match self.place {
                Place::Head => {
                    self.head.extend_from_slice(these);
                    if self.wanted() == 0 {
                        self.enter(&mut passed);
                    }
                }
                Place::Within { left, blank } => {
                    if blank {
                        passed.resize(passed.len() + these.len(), 0);
                    } else {
                        passed.extend_from_slice(these);
                    }
                    if let Some((_, heard)) = &mut self.heard {
                        heard.extend_from_slice(these);
                    }
                    let left = left.saturating_sub(these.len() as u64);
                    if let Some((name, heard)) = self.heard.take_if(|_| left == 0) {
                        self.watch.tell(|film| film.learn(name, &heard));
                    }
                    self.place = if left == 0 { Place::Head } else { Place::Within { left, blank } };
                }
            }
        }
        passed.into()
    }

    /// The size that stands at the beginning of the head.
    fn size(&self) -> Option<u32> {
        self.head.first_chunk().map(|size| u32::from_be_bytes(*size))
    }

    /// How much of a head is still to come.
    fn wanted(&self) -> usize {
        let whole = if self.head.len() >= HEAD && self.size() == Some(1) { LONG_HEAD } else { HEAD };
        whole.saturating_sub(self.head.len())
    }

    /// Passes the head on that was read, and goes to what comes behind it.
    fn enter(&mut self, passed: &mut Vec<u8>) {
        let head = std::mem::take(&mut self.head);
        let (size, name) = match head.split_at_checked(4) {
            Some((size, name)) => (size, name.first_chunk::<4>().copied().unwrap_or_default()),
            None => return,
        };
        let size = match (size, head.last_chunk::<8>()) {
            ([0, 0, 0, 0], _) => u64::MAX,
            ([0, 0, 0, 1], Some(long)) if head.len() == LONG_HEAD => u64::from_be_bytes(*long),
            (size, _) => size.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        };
        let blank = matches!(&name, b"udta" | b"meta" | b"uuid");
        passed.extend(head.iter().enumerate().map(|(at, byte)| match at {
            4..8 if blank => b"free".get(at - 4).copied().unwrap_or(*byte),
            _ => *byte,
        }));
        // What is in these is boxes as well; they end where their last one does.
        let holds_boxes = matches!(&name, b"moov" | b"trak");
        let left = size.saturating_sub(head.len() as u64);
        // What says that it is smaller than its head is no box, nor is anything behind it.
        let left = if size < head.len() as u64 { u64::MAX } else { left };
        self.heard = (matches!(&name, b"mvhd" | b"tkhd") && left <= HEARD).then(|| (name, Vec::new()));
        self.place = if holds_boxes || left == 0 { Place::Head } else { Place::Within { left, blank } };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(name: [u8; 4], within: &[&[u8]]) -> Vec<u8> {
        let within = within.concat();
        let size = u32::try_from(HEAD + within.len()).unwrap();
        [&size.to_be_bytes()[..], &name, &within].concat()
    }

    fn passed(file: &[u8], pieces: usize) -> Vec<u8> {
        let mut blank = Blank::new(Watch::default());
        file.chunks(pieces).flat_map(|piece| blank.pass(piece)).collect()
    }

    #[test]
    fn a_film_does_not_say_where_it_was_taken_and_nothing_moves() {
        let place = made(*b"udta", &[&made(*b"\xa9xyz", &[b"+40.4168-003.7038/"])]);
        let keys = made(*b"meta", &[b"com.apple.quicktime.location.ISO6709"]);
        let long = [&1_u32.to_be_bytes()[..], b"mdat", &25_u64.to_be_bytes(), b"udta here"].concat();
        let sound = made(*b"trak", &[&made(*b"tkhd", &[b"udta"]), &place]);
        let film = |place: &[u8], keys: &[u8], sound: &[u8]| {
            let moov = made(*b"moov", &[&made(*b"mvhd", &[b"1234"]), place, keys, sound]);
            [made(*b"ftyp", &[b"isom"]), long.clone(), moov, made(*b"mdat", &[b"meta"])].concat()
        };
        let empty = |size: usize| made(*b"free", &[&vec![0; size - HEAD]]);
        let quiet = made(*b"trak", &[&made(*b"tkhd", &[b"udta"]), &empty(place.len())]);
        let whole = film(&place, &keys, &sound);
        for pieces in [1, 3, 7, 16, 1_000] {
            assert_eq!(passed(&whole, pieces), film(&empty(place.len()), &empty(keys.len()), &quiet), "{pieces}");
        }
    }

    #[test]
    fn what_is_no_box_passes_as_it_is() {
        for odd in [&b"\0\0\0\x03oddsomething else udta"[..], b"\0\0\0\0mdatudta to the end"] {
            assert_eq!(passed(odd, 5), odd);
        }
    }
}
