//! The little of BER (X.690) that LDAP is written in (RFC 4511, section 5.1): tags of one byte, and lengths that are known.

/// The tags that are the same wherever they stand.
pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTETS: u8 = 0x04;
pub(super) const CHOICE: u8 = 0x0a;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// How many bytes of a length are read: what is longer than they can say is longer than anything we read.
const LENGTH: usize = 4;

/// What has this tag and this content.
pub(super) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let significant = length.iter().skip_while(|byte| **byte == 0).copied().collect::<Vec<u8>>();
    let mut written = vec![tag];
    match (significant.as_slice(), u8::try_from(significant.len())) {
        ([], _) => written.push(0),
        ([short @ 0..0x80], _) => written.push(*short),
        (long, count) => {
            written.push(0x80 | count.unwrap_or_default());
            written.extend_from_slice(long);
        }
    }
    written.extend_from_slice(content);
    written
}

/// A whole number of at least zero.
pub(super) fn number(tag: u8, number: u32) -> Vec<u8> {
    // With a zero in front, it is never taken for a negative one.
    let bytes = [&[0][..], &number.to_be_bytes()].concat();
    let spare = bytes.windows(2).take_while(|pair| matches!(pair, [0, 0..0x80])).count();
    element(tag, bytes.get(spare..).unwrap_or_default())
}

/// The first bytes of an element: its tag, and how many bytes of content follow, once all that says so is there.
pub(super) enum Head {
    /// It takes more bytes to say.
    Partial,
    /// The tag, how many bytes said so, and how many follow.
    Whole(u8, usize, usize),
    /// It is of no kind that LDAP uses.
    Odd,
}

impl Head {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let [tag, first, rest @ ..] = bytes else { return Self::Partial };
        let count = match *first {
            short @ 0..0x80 => return Self::Whole(*tag, 2, usize::from(short)),
            long => usize::from(long & 0x7f),
        };
        if count == 0 || count > LENGTH {
            return Self::Odd;
        }
        match rest.get(..count) {
            Some(length) => {
                let length = length.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
                Self::Whole(*tag, 2 + count, length)
            }
            None => Self::Partial,
        }
    }
}

/// Reads one element after the other.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    /// The next one: its tag and its content.
    pub(super) fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let Head::Whole(tag, head, length) = Head::of(self.0) else { return None };
        let (content, rest) = self.0.get(head..)?.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    /// The content of the next one, if it has this tag.
    pub(super) fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().filter(|(found, _)| *found == tag).map(|(_, content)| content)
    }

    /// The next one, if it is a whole number of at least zero and has this tag.
    pub(super) fn number(&mut self, tag: u8) -> Option<u32> {
        let bytes = self.take(tag)?;
        let is_good = matches!(bytes, [0..0x80, ..]) && bytes.len() <= 5;
        let sum = bytes.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        u32::try_from(sum).ok().filter(|_| is_good)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for length in [0, 1, 127, 128, 255, 256, 65_535, 65_536] {
            let content = vec![7; length];
            let written = [element(OCTETS, &content), element(BOOLEAN, &[255])].concat();
            let mut reader = Reader(&written);
            assert_eq!(reader.take(OCTETS), Some(content.as_slice()), "{length}");
            assert_eq!((reader.next(), reader.next()), (Some((BOOLEAN, &[255][..])), None), "{length}");
        }
        for (value, bytes) in
            [(0, &[0][..]), (127, &[127]), (128, &[0, 128]), (256, &[1, 0]), (u32::MAX, &[0, 255, 255, 255, 255])]
        {
            let written = number(INTEGER, value);
            assert_eq!((&written[2..], Reader(&written).number(INTEGER)), (bytes, Some(value)));
        }
    }

    #[test]
    fn what_is_broken_is_nothing() {
        let whole = element(SEQUENCE, &[1; 300]);
        for end in 0..whole.len() {
            assert_eq!(Reader(&whole[..end]).next(), None, "{end}");
        }
        assert!(matches!(Head::of(&whole[..3]), Head::Partial));
        // Lengths that are not known beforehand, or that nobody could mean.
        for odd in [&[SEQUENCE, 0x80, 0, 0][..], &[SEQUENCE, 0x85, 0, 0, 0, 0, 1, 0], &[SEQUENCE, 0xff]] {
            assert!(matches!(Head::of(odd), Head::Odd), "{odd:?}");
        }
        assert_eq!(Reader(&[SEQUENCE, 0x84, 0xff, 0xff, 0xff, 0xff, 1]).next(), None);
        for negative in [&[INTEGER, 1, 255][..], &[INTEGER, 0], &[INTEGER, 6, 0, 0, 0, 0, 0, 1]] {
            assert_eq!(Reader(negative).number(INTEGER), None, "{negative:?}");
        }
    }
}
