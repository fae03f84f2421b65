//! The rules of a community here: changed by whoever leads it, each change a new version.
use domain::{
    bylaw::{Bylaw, Bylaws, Citation},
    id::ActorId,
    imprint::Wording,
    policy,
    text::plain,
};

use crate::{App, Error, Event, Me, Result, Tx, groups};

/// How many rules there may be.
pub const MOST: usize = 20;
/// The longest title, in characters.
pub const TITLE: usize = 120;
/// The longest text.
pub const TEXT: usize = 1_000;

/// How many phrases a team keeps, and the longest, in characters.
const PHRASES: usize = 30;
const PHRASE: usize = 300;

/// A rule as it was entered; one that is new has no key yet.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Which it is.
    pub key: Option<i64>,
    /// What it says.
    pub title: String,
    /// What that means.
    pub text: String,
    /// The same in other languages of this site; one without a word is none.
    pub others: Vec<Wording>,
}

/// Gives a community here that I lead these rules, if they still are at `version` as I read them (0 when there are none).
/// What changes nothing makes no version.
pub async fn change(app: &App, me: Me, group: ActorId, version: i64, entries: Vec<Entry>) -> Result<()> {
    if entries.len() > MOST {
        return Err(Error::Invalid(format!("there may be {MOST} rules")));
    }
    app.write(move |tx| {
        let (_, standing) = groups::named(tx, group, me.0)?;
        policy::manage(&standing)?;
        if !groups::is_local(tx, group)? {
            return Err(Error::NotFound);
        }
        let latest = store::bylaws::of(tx, group)?;
        let before = latest.as_ref().map_or(0, |latest| latest.version);
        if before != version {
            return Err(Error::Conflict("somebody else changed the rules meanwhile".into()));
        }
        let former = latest.map(|latest| latest.list).unwrap_or_default();
        let list = numbered(before + 1, &former, &entries)?;
        if list == former {
            return Ok(());
        }
        let new = Bylaws { version: before + 1, by: me.0, created: tx.now(), list };
        store::bylaws::insert(tx, group, &new)?;
        tx.emit(Event::BylawsChanged { group, by: me.0 });
        Ok(())
    })
    .await
}

/// Says what the team of a community here that I lead says often when it decides something.
pub async fn set_phrases(app: &App, me: Me, group: ActorId, list: Vec<String>) -> Result<()> {
    let list: Vec<String> = list.iter().map(|phrase| plain::line(phrase, PHRASE)).filter(|p| !p.is_empty()).collect();
    if list.len() > PHRASES {
        return Err(Error::Invalid(format!("there may be {PHRASES} of them")));
    }
    app.write(move |tx| {
        let (_, standing) = groups::named(tx, group, me.0)?;
        policy::manage(&standing)?;
        if !groups::is_local(tx, group)? {
            return Err(Error::NotFound);
        }
        Ok(store::bylaws::set_phrases(tx, group, &list)?)
    })
    .await
}

/// Rules as `version` keeps them: those that were there before keep their keys, and no key is ever given twice.
fn numbered(version: i64, former: &[Bylaw], entries: &[Entry]) -> Result<Vec<Bylaw>> {
    let mut list: Vec<Bylaw> = Vec::new();
    for (place, entry) in (1..).zip(entries) {
        let title = plain::line(&entry.title, TITLE);
        if title.is_empty() {
            return Err(Error::Invalid("every rule needs a title".into()));
        }
        let known = entry.key.filter(|key| former.iter().any(|bylaw| bylaw.key == *key));
        // The version that brings a rule and its place there are a key that no other rule has.
        let key = known.filter(|key| list.iter().all(|bylaw| bylaw.key != *key)).unwrap_or(version * 100 + place);
        let others = entry.others.iter().filter_map(worded).collect();
        list.push(Bylaw { key, title, text: plain::clean(&entry.text, TEXT), others });
    }
    Ok(list)
}

/// A rule in another language as it is kept, if it says anything there.
fn worded(other: &Wording) -> Option<Wording> {
    let (text, hint) = (plain::line(&other.text, TITLE), plain::clean(&other.hint, TEXT));
    (!text.is_empty() || !hint.is_empty()).then(|| Wording { language: other.language.clone(), text, hint })
}

/// Makes sure that a rule that somebody names is one of that group.
pub(crate) fn check(tx: &mut Tx<'_, '_>, group: Option<ActorId>, cited: Option<Citation>) -> Result<()> {
    let Some(cited) = cited else { return Ok(()) };
    let unknown = || Error::Invalid("there is no such rule".into());
    let version = store::bylaws::version(tx, group.ok_or_else(unknown)?, cited.version)?;
    version.as_ref().and_then(|version| version.at(cited.number)).map(drop).ok_or_else(unknown)
}
