//! Codes of the second step: six digits that change every half minute (RFC 6238), as every authenticator shows them.
use domain::time::Timestamp;
use openssl::{hash::MessageDigest, pkey::PKey, sign::Signer};

use crate::{Error, Result, seal};

/// How long one code is good, in seconds.
const STEP: i64 = 30;

/// The letters of base32.
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The step that a moment is in.
fn step_at(at: Timestamp) -> i64 {
    at.seconds().div_euclid(STEP)
}

/// The code of a secret in one step.
fn code(secret: &[u8], step: i64) -> Result<u32> {
    let key = PKey::hmac(secret).map_err(Error::internal)?;
    let mut signer = Signer::new(MessageDigest::sha1(), &key).map_err(Error::internal)?;
    let digest = signer.sign_oneshot_to_vec(&step.to_be_bytes()).map_err(Error::internal)?;
    let offset = usize::from(digest.last().copied().unwrap_or_default() & 0xf);
    let chosen = digest.get(offset..offset + 4).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok()).unwrap_or_default();
    Ok((u32::from_be_bytes(chosen) & 0x7fff_ffff) % 1_000_000)
}

/// The step whose code was entered, if it is one of now, or of half a minute before or after; none that is not later
/// than `last` is good again.
pub(crate) fn matching_step(secret: &[u8], entered: &str, now: Timestamp, last: i64) -> Result<Option<i64>> {
    let digits: String = entered.chars().filter(|c| !c.is_whitespace()).collect();
    let current = step_at(now);
    let mut found = None;
    for step in [current - 1, current, current + 1] {
        let right = format!("{:06}", code(secret, step)?);
        if seal::is_same(&right, &digits) && step > last {
            found = Some(step);
        }
    }
    Ok(found)
}

/// The code that an authenticator shows now; for tests.
pub fn current(secret: &str, now: Timestamp) -> Option<String> {
    code(&decode(secret)?, step_at(now)).ok().map(|code| format!("{code:06}"))
}

/// A secret as people type it into an authenticator.
pub(crate) fn encode(secret: &[u8]) -> String {
    let mut text = String::new();
    let (mut bits, mut held) = (0u32, 0u32);
    for byte in secret {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            let index = usize::try_from((held >> bits) & 31).unwrap_or_default();
            text.push(LETTERS.get(index).copied().map_or('A', char::from));
        }
    }
    if bits > 0 {
        let index = usize::try_from((held << (5 - bits)) & 31).unwrap_or_default();
        text.push(LETTERS.get(index).copied().map_or('A', char::from));
    }
    text
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0u32, 0u32);
    for letter in text.bytes() {
        let value = LETTERS.iter().position(|known| *known == letter)?;
        held = (held << 5) | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 255).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        // RFC 6238, appendix B: the last six of eight digits.
        for (seconds, expected) in [(59, 287_082), (1_111_111_109, 81_804), (20_000_000_000, 353_130)] {
            assert_eq!(code(secret, step_at(Timestamp::from_seconds(seconds))).unwrap(), expected, "{seconds}");
        }
    }

    #[test]
    fn a_code_is_good_for_a_moment_and_once() {
        let (secret, now) = (b"12345678901234567890", Timestamp::from_seconds(1_111_111_109));
        let step = matching_step(secret, "081 804", now, 0).unwrap().unwrap();
        assert_eq!(matching_step(secret, "081804", now, step).unwrap(), None, "used");
        let later = Timestamp::from_seconds(1_111_111_109 + 90);
        assert_eq!(matching_step(secret, "081804", later, 0).unwrap(), None, "too late");
        for wrong in ["", "81804", "081805", "0818040", "６６６６６６"] {
            assert_eq!(matching_step(secret, wrong, now, 0).unwrap(), None, "{wrong}");
        }
    }

    #[test]
    fn secrets_survive_being_typed() {
        let secret = b"12345678901234567890";
        assert_eq!(encode(secret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(decode(&encode(secret)).unwrap(), secret);
        assert_eq!(current(&encode(secret), Timestamp::from_seconds(59)).as_deref(), Some("287082"));
    }
}
