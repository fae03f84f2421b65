//! What is made of rows is kept in memory and lent again, until a write touches a row that it was made of. Who may be
//! shown it, `timelines::visible_among` says.
use std::{
    any::{Any, TypeId},
    collections::{HashMap, HashSet},
    hash::{BuildHasher, Hash},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::id::{ActorId, PostId};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};

use crate::{conn::Conn, error::Result};

/// How long something is kept at most: so late is seen what another process wrote while it could not be heard.
const LIFE: Duration = Duration::from_mins(1);
/// How many bytes are kept, and about how many each thing takes beside its own.
const CAPACITY: u64 = 32 << 20;
const ROOM: usize = 300;
/// Of how many rows it is known that they were touched; beyond that, all are.
const MOST: usize = 50_000;

/// The word before those of other processes that are about this, and how many rows one names: PostgreSQL carries no more.
const WORD: &str = "touched ";
const NAMED: usize = 200;
/// What is said instead of more.
const ALL: [Basis; 2] = [Basis::Everything, Basis::Numbers(None)];

/// A row, with what is counted of it and hangs on it: what something is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Basis {
    /// A post, its counters, whom it mentions and what it quotes.
    Post(PostId),
    /// An actor.
    Actor(ActorId),
    /// What is found with an actor: what they wrote and passed on; with a group, what stands in it.
    Found(ActorId),
    /// What is found with the hashtag that has this number.
    Tagged(u64),
    /// What a reader wants: whom they follow and shun, where they belong, their hashtags, lists and filters.
    Wishes(ActorId),
    /// What a reader did with posts.
    Marks(ActorId),
    /// What is counted of an actor, or of all if none is named: remembered elsewhere, and made of rows of others.
    Numbers(Option<ActorId>),
    /// Any of them but numbers, and what all are shown with.
    Everything,
}

impl Basis {
    /// A hashtag, folded, by a number of it. Two that share one are taken for one, which forgets more than need be.
    pub(crate) fn tag(tag: &str) -> Self {
        // FNV-1a: the same in every process.
        let add = |number: u64, byte: u8| (number ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self::Tagged(tag.bytes().fold(0xcbf2_9ce4_8422_2325, add))
    }
}

impl From<PostId> for Basis {
    fn from(id: PostId) -> Self {
        Self::Post(id)
    }
}

impl From<ActorId> for Basis {
    fn from(id: ActorId) -> Self {
        Self::Actor(id)
    }
}

/// Something that is made of a row.
pub trait Made: Any + Send + Sync {
    /// What the row is known by.
    type Of: Into<Basis> + Copy + Eq + Hash;
    /// The row.
    fn of(&self) -> Self::Of;
    /// Of what else it was made; nothing if it must not be kept.
    fn made_of(&self) -> Option<Vec<Basis>>;
    /// About how many bytes it takes.
    fn bytes(&self) -> usize;
}

/// What is made of these rows, in no order: what is kept of it, if it fits, and the rest as `make` reads it now.
pub fn lend<T: Made>(
    conn: &mut Conn,
    ids: &[T::Of],
    fits: impl Fn(&T) -> bool,
    make: impl FnOnce(&mut Conn, &[T::Of]) -> Result<Vec<T>>,
) -> Result<Vec<Arc<T>>> {
    let lent = conn.memory().lent();
    let mut all = lent.as_ref().map(|(memory, _)| memory.kept.find::<T>(ids)).unwrap_or_default();
    all.retain(|thing| fits(thing));
    // Mostly all is there.
    if all.len() < ids.len() {
        let there: HashSet<T::Of> = all.iter().map(|thing| thing.of()).collect();
        let missing: Vec<T::Of> = ids.iter().copied().filter(|id| !there.contains(id)).collect();
        let rest = make(conn, &missing)?.into_iter().map(Arc::new);
        all.extend(rest.inspect(|thing| {
            if let Some((memory, since)) = &lent {
                memory.kept.keep(thing, *since);
            }
        }));
    }
    Ok(all)
}

/// What is made of one row: what is kept of it, if it fits, or as `make` reads it now, if it does.
pub fn lend_one<T: Made>(
    conn: &mut Conn,
    id: T::Of,
    fits: impl Fn(&T) -> bool,
    make: impl FnOnce(&mut Conn) -> Result<Option<T>>,
) -> Result<Option<Arc<T>>> {
    Ok(lend(conn, &[id], fits, |conn, _| Ok(make(conn)?.into_iter().collect()))?.pop())
}

/// How other processes that share the database are told what a transaction touched, if anything.
pub fn word<S: BuildHasher>(touched: &HashSet<Basis, S>) -> Option<String> {
    if touched.is_empty() {
        return None;
    }
    let named: Vec<Basis> = touched.iter().copied().collect();
    say(if touched.len() > NAMED { &ALL } else { &named })
}

/// What is said to oneself after one could not hear for a while.
pub(crate) fn word_of_all() -> Option<String> {
    say(&ALL)
}

fn say(touched: &[Basis]) -> Option<String> {
    Some(format!("{WORD}{}", serde_json::to_string(touched).ok()?))
}

/// What another process says that it touched.
pub(crate) fn heard(word: &str) -> Option<Vec<Basis>> {
    serde_json::from_str(word.strip_prefix(WORD)?).ok()
}

/// How much had been touched at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Moment(u64);

/// What is kept.
#[derive(Debug)]
pub(crate) struct Kept {
    things: Cache<(TypeId, Basis), Thing>,
    touched: Mutex<Touched>,
}

#[derive(Debug, Clone)]
struct Thing {
    value: Arc<dyn Any + Send + Sync>,
    bytes: u32,
    /// When it was begun to be read, and what else it was made of.
    read: Moment,
    others: Arc<[Basis]>,
}

/// Which rows were touched, and when last.
#[derive(Debug, Default)]
struct Touched {
    now: Moment,
    rows: HashMap<Basis, Moment>,
    all: Moment,
}

impl Touched {
    fn is_good(&self, of: Basis, thing: &Thing) -> bool {
        // Mostly nothing at all was touched since.
        let is_good = |basis: &Basis| self.rows.get(basis).is_none_or(|touched| *touched <= thing.read);
        thing.read == self.now || (thing.read >= self.all && is_good(&of) && thing.others.iter().all(is_good))
    }
}

impl Default for Kept {
    fn default() -> Self {
        let weigh = |_: &(TypeId, Basis), thing: &Thing| thing.bytes;
        let things = Cache::builder().max_capacity(CAPACITY).weigher(weigh).time_to_live(LIFE).build();
        Self { things, touched: Mutex::default() }
    }
}

impl Kept {
    fn touched(&self) -> MutexGuard<'_, Touched> {
        self.touched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The present moment: what is read from now on is no older.
    pub(crate) fn moment(&self) -> Moment {
        self.touched().now
    }

    /// What is kept of these, and still as they are.
    fn find<T: Made>(&self, ids: &[T::Of]) -> Vec<Arc<T>> {
        let thing = |id: &T::Of| {
            let of: Basis = (*id).into();
            Some((of, self.things.get(&(TypeId::of::<T>(), of))?))
        };
        // Others wait for what is touched: it is looked at for all of them at once.
        let there: Vec<(Basis, Thing)> = ids.iter().filter_map(thing).collect();
        let touched = self.touched();
        let good = there.into_iter().filter(|(of, thing)| touched.is_good(*of, thing));
        good.filter_map(|(_, thing)| thing.value.downcast().ok()).collect()
    }

    /// Keeps what was made of rows that were read since a moment.
    fn keep<T: Made>(&self, thing: &Arc<T>, read: Moment) {
        if let Some(others) = thing.made_of() {
            let bytes = u32::try_from(ROOM + thing.bytes()).unwrap_or(u32::MAX);
            let kept = Thing { value: Arc::<T>::clone(thing), bytes, read, others: others.into() };
            self.things.insert((TypeId::of::<T>(), thing.of().into()), kept);
        }
    }

    /// Forgets what was made of these, now that others see what was written.
    pub(crate) fn touch(&self, rows: impl IntoIterator<Item = Basis>) {
        let mut touched = self.touched();
        touched.now.0 += 1;
        let now = touched.now;
        for row in rows.into_iter().filter(|row| !matches!(row, Basis::Numbers(_))) {
            if row == Basis::Everything || touched.rows.len() >= MOST {
                touched.rows.clear();
                touched.all = now;
            } else {
                touched.rows.insert(row, now);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: PostId = PostId(1);
    const AUTHOR: ActorId = ActorId(2);

    struct Page(bool);

    impl Made for Page {
        type Of = PostId;
        fn of(&self) -> PostId {
            ID
        }
        fn made_of(&self) -> Option<Vec<Basis>> {
            self.0.then(|| vec![AUTHOR.into()])
        }
        fn bytes(&self) -> usize {
            4
        }
    }

    fn count(kept: &Kept) -> usize {
        kept.find::<Page>(&[ID, PostId(3)]).len()
    }

    #[test]
    fn what_was_made_of_a_row_is_kept_until_it_is_touched() {
        let kept = Kept::default();
        let page = Arc::new(Page(true));
        for touched in [ID.into(), AUTHOR.into(), Basis::Everything] {
            let before = kept.moment();
            kept.keep(&page, before);
            kept.touch([PostId(7).into()]);
            assert_eq!(count(&kept), 1, "another row was touched");
            kept.touch([touched]);
            assert_eq!(count(&kept), 0, "{touched:?}");
            kept.keep(&page, before);
            assert_eq!(count(&kept), 0, "it was read before {touched:?} was touched");
        }
    }

    #[test]
    fn processes_tell_one_another_what_they_touched() {
        let touched = |count: i64| (0..count).map(|id| PostId(i64::MAX - id).into()).collect::<HashSet<Basis>>();
        assert_eq!(word(&touched(0)), None);
        let some = word(&touched(200)).unwrap();
        assert!(some.len() < 7_900, "{}", some.len());
        assert_eq!(heard(&some).unwrap().into_iter().collect::<HashSet<_>>(), touched(200));
        assert_eq!(word(&touched(201)), word_of_all());
        assert_eq!(heard(&word_of_all().unwrap()), Some(ALL.to_vec()));
        for nonsense in ["jobs", "touched", "touched x", "live 8 {}"] {
            assert_eq!(heard(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn what_must_not_be_kept_is_not() {
        let kept = Kept::default();
        kept.keep(&Arc::new(Page(false)), kept.moment());
        assert_eq!(count(&kept), 0);
    }

    #[test]
    fn whoever_touches_too_much_touches_everything() {
        let kept = Kept::default();
        kept.keep(&Arc::new(Page(true)), kept.moment());
        kept.touch((10..).take(MOST + 1).map(|id| PostId(id).into()));
        assert_eq!(count(&kept), 0);
        assert!(kept.touched().rows.len() <= MOST);
    }
}
