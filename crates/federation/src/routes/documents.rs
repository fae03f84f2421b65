//! Rendered documents, kept for a moment: whatever happens here outdates what it changes before the next request.
use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use actix_web::{
    http::{
        StatusCode,
        header::{EntityTag, HeaderValue},
    },
    web::Bytes,
};
use app::{App, Course, Error, Event, House, posts::Deletion};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    id::{ActorId, PostId},
    post::Post,
};
use moka::future::Cache;
use openssl::sha::sha256;
use tokio::sync::broadcast::{Receiver, error::TryRecvError};

use crate::proof::Sealer;

/// How long a document may be kept: what other nodes change becomes visible here within this time.
const LIFE: Duration = Duration::from_secs(8);
/// How many bytes are kept.
const CAPACITY: u64 = 32 << 20;
/// How many marks there are; things that share one outdate one another's documents needlessly, but never wrongly.
const MARKS: usize = 1 << 13;

/// What a document depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A post: its text, its counters, its replies.
    Post(PostId),
    /// The lists of an actor: what it wrote or holds, who follows it, who keeps order.
    Lists(ActorId),
}

impl Subject {
    fn mark(self) -> usize {
        let (id, salt) = match self {
            Self::Post(id) => (id.0, 0x5851_f42d_4c95_7f2d),
            Self::Lists(id) => (id.0, 0x1405_7b7e_f767_814f),
        };
        let mixed = id.cast_unsigned().wrapping_add(salt).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        usize::try_from(mixed >> (u64::BITS - MARKS.trailing_zeros())).unwrap_or(0)
    }
}

/// A document as it is sent.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) status: StatusCode,
    pub(crate) media_type: HeaderValue,
    pub(crate) body: Bytes,
    pub(crate) subjects: Vec<Subject>,
    /// Tells whoever has the same bytes already that nothing is new.
    pub(crate) tag: EntityTag,
    /// Whether there is more for the servers of members.
    pub(crate) partial: bool,
}

impl Document {
    pub(crate) fn new(media_type: HeaderValue, body: impl Into<Bytes>, subjects: Vec<Subject>) -> Self {
        let body = body.into();
        let tag = EntityTag::new_strong(URL_SAFE_NO_PAD.encode(sha256(&body)));
        Self { status: StatusCode::OK, media_type, body, subjects, tag, partial: false }
    }
}

#[derive(Clone)]
struct Kept {
    document: Arc<Document>,
    /// How much had happened when the document was begun.
    begun: u64,
}

/// What happened, as far as it outdates documents.
struct Marks {
    events: Receiver<Arc<Event>>,
    count: u64,
    /// Documents begun before this are outdated, whatever they depend on.
    floor: u64,
    latest: Vec<u64>,
}

impl Marks {
    /// Takes note of what happened since the last call; returns how much that is in all.
    fn catch_up(&mut self) -> u64 {
        loop {
            match self.events.try_recv() {
                Ok(event) => {
                    self.count += 1;
                    self.note(&event);
                }
                Err(TryRecvError::Lagged(_)) => {
                    self.count += 1;
                    self.floor = self.count;
                }
                Err(TryRecvError::Empty | TryRecvError::Closed) => return self.count,
            }
        }
    }

    fn note(&mut self, event: &Event) {
        match event {
            Event::Posted { post, .. }
            | Event::Edited { post, .. }
            | Event::Requoted { post, .. }
            | Event::Quoted { quoting: post, .. }
            | Event::Deleted(Deletion { post, .. })
            | Event::Removed { post, .. }
            | Event::Restored { post, .. }
            | Event::Locked { post, .. }
            | Event::Featured { post, .. }
            | Event::Pinned { post, .. } => self.note_post(post),
            Event::Voted { post, .. }
            | Event::Unvoted { post, .. }
            | Event::Chosen { post, .. }
            | Event::Counted { post, .. }
            | Event::PollClosed { post }
            | Event::Shared { post, .. }
            | Event::Unshared { post, .. } => self.set(Subject::Post(post.id)),
            Event::FollowAnswered { follow, .. } | Event::Unfollowed { follow, .. } => {
                self.set(Subject::Lists(follow.target));
                self.set(Subject::Lists(follow.follower));
            }
            Event::QuoteRevoked { quoted, .. } => self.set(Subject::Post(quoted.id)),
            Event::RoleChanged { group, .. } => self.set(Subject::Lists(*group)),
            Event::FollowAsked { .. }
            | Event::JoinAsked { .. }
            | Event::Blocked { .. }
            | Event::Unblocked { .. }
            | Event::GroupCreated { .. }
            | Event::Banned { .. }
            | Event::Unbanned { .. }
            | Event::Helped(_)
            | Event::Warned { .. }
            | Event::BylawsChanged { .. }
            | Event::Held { .. }
            | Event::Admitted { .. }
            | Event::Refused { .. }
            | Event::ScreenChanged { .. }
            | Event::Course(
                Course::Paced { .. } | Course::Hushed { .. } | Course::Unheard { .. } | Course::Opened { .. },
            )
            | Event::House(
                House::Changed { .. }
                | House::Sorted { .. }
                | House::Reopened { .. }
                | House::Entrusted { .. }
                | House::Cautioned { .. }
                | House::Eased { .. },
            )
            | Event::SignedUp(_)
            | Event::Stated { .. }
            | Event::Appealed { .. }
            | Event::AppealDecided { .. }
            | Event::Invited { .. }
            | Event::InvitationAnswered { .. }
            | Event::PostRefused { .. }
            | Event::ConsentAnswered { .. }
            | Event::AssentAsked { .. }
            | Event::Reported { .. }
            | Event::ReportHandedOn(_)
            | Event::ReportResolved { .. }
            | Event::TiesLost(_) => {}
            // Rare, and near everything the actor, a server full of them, or a whole thread ever did.
            Event::ProfileChanged { .. }
            | Event::Transferred { .. }
            | Event::Course(Course::Grafted { .. })
            | Event::Moved { .. }
            | Event::ActorDeleted { .. }
            | Event::House(House::Ruled { .. } | House::Restrained { .. })
            | Event::Suspended { .. }
            | Event::Withdrawn { .. }
            | Event::Severed(_) => {
                self.floor = self.count;
            }
        }
    }

    fn note_post(&mut self, post: &Post) {
        for id in [Some(post.id), Some(post.root), post.parent].into_iter().flatten() {
            self.set(Subject::Post(id));
        }
        for id in [Some(post.author), post.group].into_iter().flatten() {
            self.set(Subject::Lists(id));
        }
    }

    fn set(&mut self, subject: Subject) {
        if let Some(latest) = self.latest.get_mut(subject.mark()) {
            *latest = self.count;
        }
    }

    fn is_current(&self, kept: &Kept) -> bool {
        let untouched = |subject: &Subject| self.latest.get(subject.mark()).is_none_or(|latest| *latest <= kept.begun);
        self.floor <= kept.begun && kept.document.subjects.iter().all(untouched)
    }
}

/// The public documents of this server.
#[derive(Clone)]
pub struct Documents(Arc<Inner>);

struct Inner {
    app: App,
    sealer: Sealer,
    kept: Cache<String, Kept>,
    marks: Mutex<Marks>,
}

impl std::fmt::Debug for Documents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Documents").field("kept", &self.0.kept.entry_count()).finish_non_exhaustive()
    }
}

impl Documents {
    /// The documents of `app`, none of them made yet. One for all threads.
    pub fn new(app: &App) -> Self {
        let weigh =
            |key: &String, kept: &Kept| u32::try_from(key.len() + kept.document.body.len() + 256).unwrap_or(u32::MAX);
        let marks = Marks { events: app.events(), count: 0, floor: 0, latest: vec![0; MARKS] };
        let kept = Cache::builder().max_capacity(CAPACITY).weigher(weigh).time_to_live(LIFE).build();
        Self(Arc::new(Inner { app: app.clone(), sealer: Sealer::new(app), kept, marks: Mutex::new(marks) }))
    }

    /// Everything that can be done here.
    pub(crate) fn app(&self) -> &App {
        &self.0.app
    }

    /// An activity with its proofs.
    pub(crate) async fn seal(&self, activity: String) -> app::Result<String> {
        self.0.sealer.seal(activity).await
    }

    /// The document `key`: the one that is kept, or else the one that `make` makes. Failures are not kept.
    pub(crate) async fn get<F>(&self, key: String, make: impl Fn() -> F) -> Result<Arc<Document>, Arc<Error>>
    where
        F: Future<Output = app::Result<Document>>,
    {
        if let Some(kept) = self.0.kept.get(&key).await {
            if self.is_current(&kept) {
                return Ok(kept.document);
            }
            self.0.kept.invalidate(&key).await;
        }
        let begin = || async {
            let begun = self.with_marks(Marks::catch_up);
            Ok::<_, Error>(Kept { document: Arc::new(make().await?), begun })
        };
        let entry = self.0.kept.entry(key).or_try_insert_with(begin()).await?;
        // Somebody else may have begun it before something happened that whoever asks now knows of.
        if entry.is_fresh() || self.is_current(entry.value()) {
            return Ok(entry.into_value().document);
        }
        Ok(begin().await?.document)
    }

    fn is_current(&self, kept: &Kept) -> bool {
        self.with_marks(|marks| {
            marks.catch_up();
            marks.is_current(kept)
        })
    }

    fn with_marks<T>(&self, f: impl FnOnce(&mut Marks) -> T) -> T {
        f(&mut self.0.marks.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::broadcast::Sender;

    use super::*;

    fn marks() -> (Sender<Arc<Event>>, Marks) {
        let (sender, events) = tokio::sync::broadcast::channel(4);
        (sender, Marks { events, count: 0, floor: 0, latest: vec![0; MARKS] })
    }

    fn kept(begun: u64, subjects: &[Subject]) -> Kept {
        Kept { document: Arc::new(Document::new(HeaderValue::from_static(""), "", subjects.to_vec())), begun }
    }

    fn dismissal(group: ActorId) -> Arc<Event> {
        let person = ActorId(9);
        Arc::new(Event::RoleChanged { group, person, by: person, from: None, to: None, cause: None })
    }

    #[test]
    fn an_event_outdates_what_it_changes_and_nothing_else() {
        let (sender, mut marks) = marks();
        let begun = marks.catch_up();
        let (mine, other) = (kept(begun, &[Subject::Lists(ActorId(1))]), kept(begun, &[Subject::Lists(ActorId(2))]));
        sender.send(dismissal(ActorId(1))).unwrap();
        let now = marks.catch_up();
        assert!(!marks.is_current(&mine));
        assert!(marks.is_current(&other));
        assert!(marks.is_current(&kept(now, &[Subject::Lists(ActorId(1))])));
    }

    #[test]
    fn what_was_missed_outdates_everything() {
        let (sender, mut marks) = marks();
        let before = kept(marks.catch_up(), &[Subject::Post(PostId(5))]);
        for _ in 0..9 {
            sender.send(dismissal(ActorId(1))).unwrap();
        }
        let now = marks.catch_up();
        assert!(!marks.is_current(&before));
        assert!(marks.is_current(&kept(now, &[])));
    }

    #[test]
    fn neighbours_rarely_share_a_mark() {
        let marks: std::collections::HashSet<usize> = (0..100)
            .flat_map(|n| [Subject::Post(PostId(n << 16)).mark(), Subject::Lists(ActorId(n << 16)).mark()])
            .collect();
        assert!(marks.len() > 190, "{}", marks.len());
    }
}
