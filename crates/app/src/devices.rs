//! Browsers in which somebody has signed in: they go on trying passwords, however often strangers try the same name elsewhere.
//!
//! Nobody is locked out by others, and nobody guesses faster for having many networks: what strangers try is counted for each name
//! from one place and for each name from everywhere, and once that is used up goes on slowly. A browser that somebody signed in
//! with shows it by a mark (a device cookie, as OWASP describes it) and is counted for itself.
use std::time::Duration;

use domain::{
    id::ActorId,
    text::plain,
    time::{Timestamp, span},
};

use crate::{App, Result, Whence, limits::Deed, random, seal};

/// How long a browser is known.
pub const KNOWN: Duration = span::days(365);

/// For how many names it is: a few people, each by name and by address.
const MARKS: usize = 6;

/// How many digits tell marks apart, and how many prove that one is of ours.
const NUMBER: usize = 16;
const PROOF: usize = 32;

/// Whose passwords are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Those of the logins here.
    Here,
    /// Those that the directory of an organization knows.
    Directory,
}

impl Door {
    /// A name as it is entered there, apart from names at other doors.
    fn key(self, name: &str) -> String {
        let door = if self == Self::Here { "here" } else { "directory" };
        let name = plain::cut(name.trim().trim_start_matches('@'), 254).to_lowercase();
        format!("{door} {name}")
    }
}

/// What shows that somebody signed in with a browser by one name: until when, a number, and the proof of both.
struct Mark<'a> {
    until: Timestamp,
    number: &'a str,
    proof: &'a str,
}

impl<'a> Mark<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.split('-');
        let (until, number, proof) = (parts.next()?, parts.next()?, parts.next()?);
        let is_whole = number.len() == NUMBER && proof.len() == PROOF && parts.next().is_none();
        i64::from_str_radix(until, 16).ok().filter(|_| is_whole).map(|at| Self { until: Timestamp(at), number, proof })
    }

    /// Whether it is one of ours, and for this name.
    fn is_for(&self, app: &App, key: &str) -> Result<bool> {
        Ok(seal::is_same(&proof(app, key, self.until, self.number)?, self.proof))
    }
}

fn proof(app: &App, key: &str, until: Timestamp, number: &str) -> Result<String> {
    let proof = app.seal().token(&format!("browser {number} until {} of {key}", until.0))?;
    Ok(proof.get(..PROOF).unwrap_or_default().to_owned())
}

fn marks(whence: &Whence, now: Timestamp) -> impl Iterator<Item = (&str, Mark<'_>)> {
    let all = whence.marks.split('.').take(2 * MARKS);
    all.filter_map(|text| Some((text, Mark::read(text)?))).filter(move |(_, mark)| mark.until > now)
}

/// Counts one try of the password of `name`, as it was entered: the answer must not tell whether there is such a login. Whether it
/// comes from a browser in which that name was let in before.
pub(crate) fn guess(app: &App, door: Door, name: &str, whence: &Whence) -> Result<bool> {
    let (key, now, limits) = (door.key(name), app.now(), app.limits());
    for (_, mark) in marks(whence, now) {
        if mark.is_for(app, &key)? {
            limits.of(Deed::KnownGuess, mark.number, now)?;
            return Ok(true);
        }
    }
    if let Some(place) = whence.neighbourhood() {
        limits.of(Deed::NearGuess, format!("{place} {key}"), now)?;
    }
    stranger(app, &key)?;
    Ok(false)
}

/// Counts one try that is about `key`, from wherever it comes.
pub(crate) fn stranger(app: &App, key: &str) -> Result<()> {
    let (limits, now) = (app.limits(), app.now());
    limits.of(Deed::StrangeGuess, key, now).or_else(|_often| limits.of(Deed::SlowGuess, key, now))
}

/// What a browser keeps from now on in which somebody was let in by these names, beside what it keeps of others.
pub fn remember(app: &App, door: Door, names: &[String], whence: &Whence) -> Result<String> {
    let now = app.now();
    let keys: Vec<String> = names.iter().map(|name| door.key(name)).collect();
    let mut kept = Vec::new();
    for key in &keys {
        let (until, number) = (now + KNOWN, hex::encode(random::bytes::<{ NUMBER / 2 }>()?));
        kept.push(format!("{:x}-{number}-{}", until.0, proof(app, key, until, &number)?));
    }
    for (text, mark) in marks(whence, now) {
        let mut is_old = false;
        for key in &keys {
            is_old |= mark.is_for(app, key)?;
        }
        if !is_old {
            kept.push(text.to_owned());
        }
    }
    kept.truncate(MARKS);
    Ok(kept.join("."))
}

/// By what somebody with a login is let in here: their name and their address.
pub async fn names(app: &App, person: ActorId) -> Result<Vec<String>> {
    app.read(move |c| {
        let (account, actor) = (store::accounts::by_id(c, person)?, store::actors::by_id(c, person)?);
        Ok(actor.map(|actor| actor.name).into_iter().chain(account.map(|account| account.email)).collect())
    })
    .await
}
