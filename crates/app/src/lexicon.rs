//! The words that people use here: read from what everybody may read, a little at a time, to tell what somebody meant who
//! spelt one otherwise.
use std::{collections::BTreeMap, time::Duration};

use domain::{
    id::{self, PostId},
    text::{
        html,
        search::{Spelling, fold, is_worthwhile, vocabulary},
    },
    time::span,
};
use store::Conn;

use crate::{App, Result};

/// How often what is new is read.
const EVERY: Duration = span::hours(1);
/// How many posts are read at once: so few that nobody waits for it.
const BATCH: i64 = 100;
/// How many such pieces are read one after another before others come.
const PIECES: usize = 100;
/// What was written before that is not read when one begins.
const BEFORE: Duration = span::days(90);
/// What remembers how far one has read.
const READ: &str = "words_read";
/// How many more or fewer letters a word may have than the one it is taken for.
const LETTERS: i64 = 2;
/// How many words are compared with one: of those that begin with its first letter, and with its second.
const COMPARED: [i64; 2] = [400, 100];
/// How many words of a search are looked at.
const WORDS: usize = 3;

/// Reads until the program stops.
pub async fn run(app: App) {
    loop {
        if let Err(error) = read(&app).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot read which words people use");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = app.tasks().stopping() => return,
        }
    }
}

/// Reads what everybody may read and is new, as far as it is not too much at once.
pub async fn read(app: &App) -> Result<()> {
    let earliest = PostId(id::at(app.now() - BEFORE, 0));
    for _ in 0..PIECES {
        let said = app.read(move |c| {
            let read = store::settings::get(c, READ)?.and_then(|id| id.parse().ok());
            store::words::unread(c, read.unwrap_or(earliest), BATCH)
        });
        let said = said.await?;
        let Some(last) = said.last().map(|(id, ..)| *id) else { break };
        // In one order, so that two who count do not wait for each other.
        let mut found: BTreeMap<String, (String, i64)> = BTreeMap::new();
        for (_, title, text) in &said {
            let text = [title.as_deref().unwrap_or_default(), &html::to_text(text)].join(" ");
            for (word, spelt) in vocabulary(&text) {
                found.entry(word).or_insert((spelt, 0)).1 += 1;
            }
        }
        let found: Vec<(String, String, i64)> =
            found.into_iter().map(|(word, (spelt, posts))| (word, spelt, posts)).collect();
        app.write(move |tx| {
            store::words::count(tx, &found)?;
            Ok(store::settings::set(tx, READ, &last.to_string())?)
        })
        .await?;
        if app.tasks().is_stopping() {
            break;
        }
    }
    Ok(())
}

/// What somebody may have meant who searched for this, word by word; nothing, if there is no word more likely.
pub fn meant(conn: &mut Conn, typed: &str) -> store::Result<Option<String>> {
    let (mut looked_at, mut is_other) = (0, false);
    let mut words = Vec::new();
    for word in typed.split_whitespace() {
        let is_asked = looked_at < WORDS && is_worthwhile(word);
        looked_at += usize::from(is_asked);
        let likely = if is_asked { likely(conn, &fold(word))? } else { None };
        is_other |= likely.is_some();
        words.push(likely.unwrap_or_else(|| word.to_owned()));
    }
    Ok(is_other.then(|| words.join(" ")))
}

/// The word that a folded one is most like; nothing, if it is one itself.
fn likely(conn: &mut Conn, word: &str) -> store::Result<Option<String>> {
    if store::words::is_known(conn, word)? {
        return Ok(None);
    }
    let letters = i64::try_from(word.chars().count()).unwrap_or(i64::MAX);
    let (typed, mut best): (_, Option<(usize, i64, String)>) = (Spelling::of(word), None);
    // The first letter may be missing, or stand behind the second.
    for (start, compared) in word.chars().zip(COMPARED) {
        for (known, spelt, posts) in
            store::words::starting(conn, start, letters - LETTERS..=letters + LETTERS, compared)?
        {
            if let Some(close) = typed.closeness(&Spelling::of(&known)) {
                best = best.max(Some((close, posts, spelt)));
            }
        }
    }
    Ok(best.map(|(.., spelt)| spelt))
}
