//! Addresses that are good for a while: what is not for everybody is shown to those who may see it by these only.
use std::time::Duration;

use domain::{
    media::Media,
    post::Post,
    time::{Timestamp, span},
    urls,
};

use crate::{App, Result, Tx, posts::UNPUBLISHED, seal::Seal};

/// How long a person sees what they were shown; twice as long at most.
const PEOPLE: Duration = span::hours(12);

/// How long another server may take to fetch what it was sent.
const SERVERS: Duration = span::days(30);

/// Makes addresses; cheap to clone.
#[derive(Debug, Clone)]
pub struct Lender {
    seal: Seal,
    until: Timestamp,
}

impl Lender {
    /// For a person who reads now. The address stays the same for hours, so that it can be cached.
    pub fn for_people(app: &App) -> Self {
        let step = i64::try_from(PEOPLE.as_millis()).unwrap_or(i64::MAX);
        let until = Timestamp((app.now().millis() / step + 2).saturating_mul(step));
        Self { seal: app.seal().clone(), until }
    }

    /// For servers to which a post is sent by this transaction.
    pub fn of(tx: &Tx<'_, '_>) -> Self {
        Self { seal: tx.seal().clone(), until: tx.now() + SERVERS }
    }

    /// The path of something that belongs to `post`, for those who may read that. What is not published yet is only for
    /// whoever writes it, and what is out of its group for them and the team.
    pub fn path(&self, post: &Post, path: &str) -> String {
        let is_open = post.audience.is_open() && post.id != UNPUBLISHED && post.is_live();
        if is_open { path.to_owned() } else { self.lend(path) }
    }

    /// The path of what somebody brought, for themselves.
    pub fn own(&self, media: &Media) -> String {
        self.lend(&media.path())
    }

    /// A path that is good for a while.
    pub fn lend(&self, path: &str) -> String {
        // Without a proof it opens nothing.
        let proof = self.seal.token(&purpose(path, self.until.seconds())).unwrap_or_default();
        urls::media::lent(path, self.until, &proof)
    }

    /// The same post as others are shown it: what it has here, by addresses that they can use.
    pub fn lend_all(&self, post: &mut Post) {
        if post.audience.is_open() {
            return;
        }
        let mut attachments = std::mem::take(&mut post.content.attachments);
        for attachment in attachments.iter_mut().filter(|attachment| urls::media::is_ours(&attachment.url)) {
            attachment.url = self.lend(&attachment.url);
        }
        post.content.attachments = attachments;
    }
}

/// Whether `path` was lent, and is now.
pub(super) fn is_lent(app: &App, path: &str, until: i64, proof: &str) -> Result<bool> {
    Ok(app.seal().is_token(&purpose(path, until), proof)? && app.now().seconds() <= until)
}

fn purpose(path: &str, until: i64) -> String {
    format!("media {until} {path}")
}
