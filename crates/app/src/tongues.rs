//! In which of the languages of this server somebody is written to.
use domain::{id::ActorId, text::language};
use store::Conn;

use crate::{Result, Tx};

/// Of how many posts of somebody the language is looked at.
const POSTS: i64 = 20;

/// A language in which the server writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tongue {
    Es,
    En,
}

impl Tongue {
    fn parse(tag: &str) -> Option<Self> {
        match language::primary(tag) {
            "es" => Some(Self::Es),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    fn other(self) -> Self {
        self.pick(Self::En, Self::Es)
    }

    /// What is said in this language, out of the same in all of them.
    pub(crate) fn pick<T>(self, es: T, en: T) -> T {
        match self {
            Self::Es => es,
            Self::En => en,
        }
    }
}

/// The languages in which to write to somebody, of those that this site speaks: the one they chose here or write in, or else
/// all, first the one that is spoken where the word comes from.
pub(crate) fn of(tx: &mut Tx<'_, '_>, person: ActorId, from: ActorId) -> Result<Vec<Tongue>> {
    let mut tongues = if let Some(account) = store::accounts::by_id(tx, person)? {
        vec![Tongue::parse(tx.config().spoken(&account.language)).unwrap_or(Tongue::En)]
    } else if let Some(known) = most(&store::tongues::of_author(tx, person, POSTS)?) {
        vec![known]
    } else {
        let first = usual(tx, from)?;
        vec![first, first.other()]
    };
    for tongue in &mut tongues {
        *tongue = Tongue::parse(tx.config().spoken(tongue.pick("es", "en"))).unwrap_or(*tongue);
    }
    tongues.dedup();
    Ok(tongues)
}

/// The language in which most of these are, if it is one of ours.
fn most(tags: &[String]) -> Option<Tongue> {
    let count = |tongue| tags.iter().filter(|tag| Tongue::parse(tag) == Some(tongue)).count();
    let (es, en) = (count(Tongue::Es), count(Tongue::En));
    let (tongue, all) = if es > en { (Tongue::Es, es) } else { (Tongue::En, en) };
    (all * 2 > tags.len()).then_some(tongue)
}

/// The language of a community, or else of whoever owns it; of the server, that of whoever runs it.
fn usual(c: &mut Conn, from: ActorId) -> store::Result<Tongue> {
    let charter = store::charters::of(c, from)?;
    if let Some(said) = charter.and_then(|charter| charter.languages.iter().find_map(|tag| Tongue::parse(tag))) {
        return Ok(said);
    }
    let mut people: Vec<ActorId> = store::groups::owners(c, &[from])?.into_iter().map(|(_, owner)| owner).collect();
    people.extend(store::accounts::admins(c)?);
    let accounts = store::accounts::by_ids(c, &people)?;
    let of = |person: &ActorId| accounts.iter().find(|account| account.id == person.0);
    Ok(people.iter().filter_map(of).find_map(|account| Tongue::parse(&account.language)).unwrap_or(Tongue::Es))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_written_to_in_the_language_in_which_they_write() {
        let most = |tags: &[&str]| most(&tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>());
        assert_eq!(most(&["es-AR", "es", "en"]), Some(Tongue::Es));
        assert_eq!(most(&["en"]), Some(Tongue::En));
        assert_eq!(most(&["fr", "en", "fr"]), None);
        assert_eq!(most(&["es", "en"]), None);
        assert_eq!(most(&[]), None);
    }
}
