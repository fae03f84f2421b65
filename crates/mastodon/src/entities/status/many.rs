//! One post as many read it: those of whom nothing differs share what they are told.
use std::collections::{BTreeMap, HashMap};

use domain::id::{ActorId, PostId};
use store::{Conn, Result, timelines::Entry};

use super::{Gathered, Own, Personal, Status};
use crate::entities::Reader;

/// What is the own of some readers about a post and what it quotes.
type Face = BTreeMap<PostId, Personal>;

/// A post as many read it.
pub(crate) struct Many {
    found: Gathered,
    faces: Vec<Face>,
    shown: HashMap<ActorId, usize>,
}

impl Many {
    /// Reads the post that all these entries are of, in a fixed number of queries.
    pub(crate) fn load(conn: &mut Conn, reader: &Reader, entries: &[Entry], people: &[ActorId]) -> Result<Self> {
        let found = Gathered::load(conn, reader, entries)?;
        let own = Own::load_many(conn, reader.now, &found, people)?;
        let (mut numbers, mut shown) = (HashMap::<Face, usize>::new(), HashMap::new());
        for (person, own) in &own {
            let personal = found.views().filter_map(|said| Some((said.view.post.id, own.of(Some(*person), said)?)));
            let (face, next) = (personal.collect::<Face>(), numbers.len());
            shown.insert(*person, *numbers.entry(face).or_insert(next));
        }
        let mut faces: Vec<(Face, usize)> = numbers.into_iter().collect();
        faces.sort_unstable_by_key(|(_, number)| *number);
        Ok(Self { found, faces: faces.into_iter().map(|(face, _)| face).collect(), shown })
    }

    /// Which face a reader is shown: those of the same read the same.
    pub(crate) fn face(&self, person: ActorId) -> Option<usize> {
        self.shown.get(&person).copied()
    }

    /// The status of an entry as those read it who are shown this face, if they may.
    pub(crate) fn status(&self, reader: &Reader, entry: Entry, face: usize) -> Option<Status> {
        let face = self.faces.get(face)?;
        self.found.entry(reader, entry, |said| face.get(&said.view.post.id).cloned())
    }
}
