//! What somebody meant who spelt a word otherwise.
use domain::post::Audience;

use super::{World, world};
use crate::{
    lexicon,
    posts::{self, Writing},
};

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

async fn what_nobody_says_any_more_is_forgotten(w: World) {
    let say = async |text: &str| {
        let writing = Writing { text: text.into(), audience: Some(Audience::Public), ..Writing::default() };
        posts::create(&w.app, w.bea, writing).await.unwrap()
    };
    let (said, _) = (say("Berenjenas a la parmesana").await, say("Berenjenas y calabacines").await);
    lexicon::read(&w.app).await.unwrap();
    let known = async || -> Vec<bool> {
        let asked = ["berenjenas", "parmesana", "calabacines"];
        w.app.read(move |c| asked.into_iter().map(|word| store::words::is_known(c, word)).collect()).await.unwrap()
    };
    lexicon::prune(&w.app).await.unwrap();
    assert_eq!(known().await, [true, true, true]);
    posts::delete(&w.app, w.bea, said.id).await.unwrap();
    lexicon::prune(&w.app).await.unwrap();
    assert_eq!(known().await, [true, false, true], "what was deleted gives nothing away");
}

on_both! { what_nobody_says_any_more_is_forgotten few_words_are_looked_at_and_none_that_is_used }
