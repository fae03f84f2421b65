//! The only source of randomness, and of numbers that are never given twice.
use std::sync::atomic::{AtomicI64, Ordering};

use domain::{
    id::{
        self, ActivityId, ActorId, AnnouncementId, AppId, BarId, CardId, ConversationId, EmojiId, FeedKeyId, FilterId,
        HouseRuleId, IdentityId, InvitationId, JobId, ListId, LogEntryId, MediaId, NotificationId, PasskeyId, PeerId,
        PostId, ReceivedId, ReportId, SEQUENCE_BITS, ScheduledId, SessionId, SeveranceId, StampId, StatementId, TagId,
        TieId, WaitId,
    },
    time::Timestamp,
};
use store::{Db, Holder};
use tokio::sync::OnceCell;

use crate::error::{Error, Result};

/// Random bytes, fit for secrets.
#[expect(clippy::disallowed_methods, reason = "this is the one source of randomness")]
pub fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    openssl::rand::rand_bytes(&mut bytes).map_err(Error::internal)?;
    Ok(bytes)
}

/// A random text of 43 letters, fit for secrets.
pub fn secret() -> Result<String> {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    Ok(URL_SAFE_NO_PAD.encode(bytes::<32>()?))
}

/// By what a secret is known to the database: SHA-256, hexadecimal. It is long and random, so that this is enough.
pub fn fingerprint(secret: &str) -> String {
    hex::encode(openssl::sha::sha256(secret.as_bytes()))
}

/// A small random number, fit for spreading things out and for nothing else.
pub fn spread(below: u64) -> u64 {
    let bytes = bytes::<8>().unwrap_or_default();
    u64::from_le_bytes(bytes) % below.max(1)
}

/// A number for this process among those that share a database.
pub(crate) fn holder() -> Holder {
    let most = u64::from(i32::MAX.unsigned_abs()) - 1;
    Holder(1 + i32::try_from(spread(most)).unwrap_or(0))
}

/// Gives out ids: time-ordered, never twice within a process, after all that are stored, and apart from those of other nodes.
#[derive(Debug)]
pub(crate) struct Ids {
    last: AtomicI64,
    node: i64,
    begun: OnceCell<()>,
}

/// By how many milliseconds clocks differ without harm.
const TOLERANCE: i64 = 60_000;

/// How many bits of the sequence tell nodes apart.
const NODE_BITS: u32 = 6;

impl Ids {
    pub(crate) fn new() -> Self {
        let node = i64::try_from(spread(1 << NODE_BITS)).unwrap_or(0) << (SEQUENCE_BITS - NODE_BITS);
        Self { last: AtomicI64::new(0), node, begun: OnceCell::new() }
    }

    /// Goes on, once, with the numbers where they ended: what comes now is newer than what there is, even if the clock was set
    /// back while nobody served.
    pub(crate) async fn begin(&self, db: &Db, now: Timestamp) -> Result<()> {
        let begin = async || {
            let highest = db.read(store::ids::highest).await?;
            let ahead = id::time(highest).0.saturating_sub(now.0);
            if ahead > TOLERANCE {
                tracing::warn!(
                    milliseconds = ahead,
                    "the clock is behind what is stored, and numbers go on from there"
                );
            }
            self.last.fetch_max(highest, Ordering::Relaxed);
            Ok::<_, Error>(())
        };
        self.begun.get_or_try_init(begin).await.map(drop)
    }

    pub(crate) fn next(&self, now: Timestamp) -> i64 {
        self.draw(now, 1)
    }

    /// The next multiple of `step`.
    pub(crate) fn draw(&self, now: Timestamp, step: i64) -> i64 {
        let earliest = id::at(now, 0) | self.node;
        let next = |last: i64| (earliest.max(last + 1) + step - 1) / step * step;
        match self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(next(last))) {
            Ok(last) | Err(last) => next(last),
        }
    }

    /// An id for something that came to be at `at`, elsewhere.
    pub(crate) fn dated(at: Timestamp) -> i64 {
        id::at(at, u16::try_from(spread(1 << SEQUENCE_BITS)).unwrap_or(0))
    }
}

/// Ids that [`crate::Tx::new_id`] can make.
pub trait NewId {
    /// How far such numbers lie apart.
    const STEP: i64 = 1;
    /// The id with this number.
    fn new(id: i64) -> Self;
}
macro_rules! new_ids {
    ($($id:ident)*) => {$(impl NewId for $id { fn new(id: i64) -> Self { Self(id) } })*};
}
new_ids! {
    ActivityId ActorId AnnouncementId AppId BarId CardId ConversationId EmojiId FeedKeyId FilterId HouseRuleId IdentityId InvitationId JobId ListId
    LogEntryId MediaId PasskeyId PeerId PostId ReceivedId ReportId ScheduledId SessionId SeveranceId StampId StatementId TagId
    TieId WaitId
}

impl NewId for NotificationId {
    const STEP: i64 = Self::STEP;
    fn new(id: i64) -> Self {
        Self(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_grow_and_posts_leave_room_between_them() {
        let (ids, now) = (Ids::new(), Timestamp(1_000));
        let mut last = 0;
        for n in 0..50 {
            let id = if n % 3 == 0 { ids.next(now) } else { ids.draw(now, PostId::STEP) };
            assert!(id > last && (n % 3 == 0 || PostId::at_or_before(id).0 == id), "{n}: {id} after {last}");
            last = id;
        }
        assert_eq!(
            id::at(Timestamp(1_000), u16::MAX).max(last),
            id::at(Timestamp(1_000), u16::MAX),
            "within the millisecond"
        );
    }
}
