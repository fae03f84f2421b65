//! What somebody meant who spelt a word otherwise.
use super::{World, world};
use crate::lexicon;

async fn few_words_are_looked_at_and_none_that_is_used(w: World) {
    let mut words: Vec<(String, String, i64)> =
        (0..450).map(|n| format!("tz{n:05}")).map(|t| (t.clone(), t, 5)).collect();
    for (word, posts) in [("tomates", 9), ("tomtaes", 1)] {
        words.push((word.to_owned(), word.to_owned(), posts));
    }
    w.app.write(move |tx| Ok(store::words::count(tx, &words)?)).await.unwrap();
    let meant = async |typed: &'static str| w.app.read(move |c| lexicon::meant(c, typed)).await.unwrap();
    assert_eq!(meant("tomtaes").await, None, "somebody spells it so, however few do");
    let typed = "de:@ana tomatse Tomatse tomatse tomatse";
    assert_eq!(meant(typed).await.as_deref(), Some("de:@ana tomates tomates tomates tomatse"));
}

on_both! { few_words_are_looked_at_and_none_that_is_used }
