//! Sentences that those who run the server say in words of their own: at hand for every page and letter.
use std::{
    sync::{PoisonError, RwLock},
    time::Duration,
};

use domain::{
    imprint::LANGUAGES,
    sentence::{Sentence, Wording},
    time::span,
};

use crate::{App, Error, Event, House, Me, Part, Result, Tx, rules, tasks};

/// How often they are read again: other processes change them, too.
const LOOK: Duration = span::seconds(5);

/// A sentence, and what was understood of it; nothing, of one that an older program took and this one would not.
#[derive(Debug, PartialEq, Eq)]
struct Phrase {
    sentence: Sentence,
    wording: Option<Wording>,
}

impl Phrase {
    fn new(sentence: Sentence) -> Self {
        Self { wording: Wording::parse(&sentence.text).ok(), sentence }
    }
}

/// What is said otherwise in one language.
#[derive(Debug, PartialEq, Eq)]
pub struct Phrases {
    language: String,
    edition: u64,
    /// By their names.
    all: Vec<&'static Phrase>,
}

impl Phrases {
    /// What is said in place of the sentence of this name.
    pub fn get(&self, name: &str) -> Option<&'static Wording> {
        let at = self.all.binary_search_by(|phrase| phrase.sentence.name.as_str().cmp(name)).ok()?;
        self.all.get(at)?.wording.as_ref()
    }

    /// A number that is another one whenever they say something else.
    pub fn edition(&self) -> u64 {
        self.edition
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Book {
    edition: u64,
    /// By language; none of them is empty.
    languages: Vec<Phrases>,
}

/// What is said otherwise on this server, as it was when somebody began to speak. It costs a copy to hand on, since it is never
/// thrown away: with each change, what the sentence says now stays in memory until the program stops, and a few bytes for each
/// of the others. Admins change a few hundred of them in the life of a server, and a restart forgets what is out of use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Words(Option<&'static Book>);

impl Words {
    /// Those of one language, if there are any.
    pub fn in_language(self, language: &str) -> Option<&'static Phrases> {
        self.0?.languages.iter().find(|phrases| phrases.language == language)
    }

    /// The same when these are all that is said otherwise; nothing, if they are what it was before.
    fn revised(self, mut all: Vec<Sentence>) -> Option<Self> {
        all.sort_unstable_by(|one, other| (&one.language, &one.name).cmp(&(&other.language, &other.name)));
        let known = self.0.map(|book| book.languages.as_slice()).unwrap_or_default();
        let known: Vec<&'static Phrase> = known.iter().flat_map(|phrases| phrases.all.iter().copied()).collect();
        if known.iter().map(|phrase| &phrase.sentence).eq(&all) {
            return None;
        }
        let edition = self.0.map_or(0, |book| book.edition) + 1;
        let mut languages: Vec<Phrases> = Vec::new();
        for sentence in all {
            let same = known.iter().copied().find(|phrase| phrase.sentence == sentence);
            let phrase: &'static Phrase = match same {
                Some(phrase) => phrase,
                None => Box::leak(Box::new(Phrase::new(sentence))),
            };
            match languages.last_mut() {
                Some(last) if last.language == phrase.sentence.language => last.all.push(phrase),
                _ => {
                    languages.push(Phrases { language: phrase.sentence.language.clone(), edition, all: vec![phrase] });
                }
            }
        }
        Some(Self(Some(Box::leak(Box::new(Book { edition, languages })))))
    }
}

/// What is said otherwise, as it was read last.
#[derive(Debug, Default)]
pub struct Shelf(RwLock<Words>);

impl Shelf {
    /// What is said otherwise now.
    pub fn words(&self) -> Words {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn replace(&self, all: Vec<Sentence>) {
        let mut words = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(revised) = words.revised(all) {
            *words = revised;
        }
    }
}

/// Reads them again.
pub async fn load(app: &App) -> Result<()> {
    app.sentences().replace(app.read(store::sentences::all).await?);
    Ok(())
}

/// Reads them again now and then, until the program stops.
pub async fn keep_up(app: App) {
    tasks::now_and_then(app, LOOK, "cannot read what is said otherwise here", |app| {
        Box::pin(async move { load(&app).await })
    })
    .await;
}

/// All that is said otherwise; for admins.
pub async fn all(app: &App, me: Me) -> Result<Vec<Sentence>> {
    rules::read_as_admin(app, me, store::sentences::all).await
}

/// Says a sentence otherwise from now on. Whether it fits in its place knows whoever has the one that it replaces
/// ([`domain::sentence::checked`]); where it does not, that one is said.
pub async fn say(app: &App, me: Me, sentence: Sentence) -> Result<()> {
    if !LANGUAGES.contains(&sentence.language.as_str()) {
        return Err(Error::Invalid("the server does not speak this language".into()));
    }
    Wording::parse(&sentence.text).map_err(|flaw| Error::Invalid(flaw.to_string()))?;
    app.write(move |tx| {
        rules::may_administer(tx, me)?;
        store::sentences::set(tx, &sentence)?;
        changed(tx, me, &sentence.name, &sentence.language);
        Ok(())
    })
    .await?;
    load(app).await
}

/// Says a sentence as the program does.
pub async fn restore(app: &App, me: Me, name: &str, language: &str) -> Result<()> {
    let (name, language) = (name.to_owned(), language.to_owned());
    app.write(move |tx| {
        rules::may_administer(tx, me)?;
        if !store::sentences::remove(tx, &name, &language)? {
            return Err(Error::NotFound);
        }
        changed(tx, me, &name, &language);
        Ok(())
    })
    .await?;
    load(app).await
}

/// Says to other admins that it is another one.
fn changed(tx: &mut Tx<'_, '_>, me: Me, name: &str, language: &str) {
    let about = format!("{name}, {language}");
    tx.emit(Event::House(House::Changed { by: me.0, what: Part::Sentence, about }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(name: &str, language: &str, text: &str) -> Sentence {
        Sentence { name: name.into(), language: language.into(), text: text.into() }
    }

    fn said(words: Words, name: &str) -> Option<&'static str> {
        words.in_language("es")?.get(name)?.fixed()
    }

    #[test]
    fn what_is_said_is_made_anew_only_where_it_changed() {
        let none = Words::default();
        assert_eq!(none.revised(Vec::new()), None);
        let all = || vec![sentence("posts", "es", "Escritos"), sentence("likes", "es", "Aplausos")];
        let first = none.revised(all()).unwrap();
        assert_eq!(
            (said(first, "posts"), said(first, "likes"), said(first, "x")),
            (Some("Escritos"), Some("Aplausos"), None)
        );
        assert!(first.in_language("en").is_none());
        assert_eq!(first.revised(all()), None, "in whatever order they are read");

        let second =
            first.revised(vec![sentence("likes", "es", "Aplausos"), sentence("posts", "es", "{ broken")]).unwrap();
        assert_eq!((said(second, "posts"), said(second, "likes")), (None, Some("Aplausos")));
        assert!(std::ptr::eq(
            first.in_language("es").unwrap().get("likes").unwrap(),
            second.in_language("es").unwrap().get("likes").unwrap()
        ));
        let edition = |words: Words| words.in_language("es").unwrap().edition();
        assert_ne!(edition(first), edition(second));
        let third = second.revised(Vec::new()).unwrap();
        assert!(third.in_language("es").is_none());
        assert_ne!(edition(third.revised(all()).unwrap()), edition(first));
    }
}
