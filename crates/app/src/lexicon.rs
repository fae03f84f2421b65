//! The words that people use here: read from what everybody may read, a little at a time, to tell what somebody meant who
//! spelt one otherwise.
use std::{collections::BTreeMap, time::Duration};

use domain::{
    id::{self, PostId},
    text::{
        html,
        search::{Spelling, fold, is_worthwhile, query, vocabulary},
    },
    time::span,
};
use store::{Conn, posts::Page, search::Narrow};

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
/// What remembers how far one has looked for words that nobody uses any more.
const LOOKED: &str = "words_looked_at";
/// How many pieces of words are looked at each time: all of a large dictionary within some days.
const LOOKS: usize = 10;
/// Of how many posts a word is so common that nobody asks whether it is still used.
const COMMON: i64 = 1_000;
/// How many more or fewer letters a word may have than the one it is taken for.
const LETTERS: i64 = 2;
/// How many words are compared with one: of those that begin with its first letter, and with its second.
const COMPARED: [i64; 2] = [400, 100];
/// How many words of a search are looked at.
const WORDS: usize = 3;

/// Reads until the program stops.
pub async fn run(app: App) {
    loop {
        let done = async { read(&app).await.and(prune(&app).await) };
        if let Err(error) = done.await {
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

/// Forgets words that nothing has any more that everybody may read: a piece of the dictionary, from where one ended last time.
pub async fn prune(app: &App) -> Result<()> {
    for _ in 0..LOOKS {
        let looked = app.read(|c| {
            let from = store::settings::get(c, LOOKED)?.unwrap_or_default();
            let words = store::words::after(c, &from, COMMON, BATCH)?;
            let last = words.last().map(|(word, _)| word.clone());
            let mut gone = Vec::new();
            for (word, spelt) in words {
                if !is_used(c, &word)? && !is_used(c, &spelt)? {
                    gone.push(word);
                }
            }
            Ok((last, gone))
        });
        let (last, gone) = looked.await?;
        let is_over = last.is_none() || app.tasks().is_stopping();
        app.write(move |tx| {
            store::words::remove(tx, &gone)?;
            // After the last one it begins anew.
            Ok(store::settings::set(tx, LOOKED, last.as_deref().unwrap_or_default())?)
        })
        .await?;
        if is_over {
            break;
        }
    }
    Ok(())
}

/// Whether anything has this word, in any form, that everybody may read and search for.
fn is_used(conn: &mut Conn, word: &str) -> store::Result<bool> {
    let narrow = Narrow { indexable: true, ..Narrow::default() };
    Ok(!store::search::narrowed(conn, &query(word), &narrow, None, Page::first(1))?.is_empty())
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
