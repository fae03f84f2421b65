//! Both engines find the same posts, in Spanish and in English.
use domain::{id::PostId, text::search};

use super::{TestDb, on_both, thread, world};
use crate::{posts, search as index};

const TEXTS: [(i64, &str, Option<&str>); 6] = [
    (11, "Una canción para la huerta", Some("es")),
    (12, "Ellos respondieron ayer: el año nuevo", Some("es")),
    (13, "She was running through the gardens", Some("en")),
    (14, "El ano es una palabra distinta", Some("es")),
    (15, "sin idioma: tomates verdes fritos", None),
    (16, "can\u{303}on de cumplean\u{303}os", Some("es")),
];

async fn what_is_meant_is_found(t: TestDb) {
    t.db.write(|tx| {
        world(tx)?;
        for (id, text, language) in TEXTS {
            posts::insert(tx, &thread(id), &[])?;
            index::index(tx, PostId(id), &search::analyze(text, language))?;
        }
        Ok::<_, crate::Error>(())
    })
    .await
    .unwrap();
    let cases: [(&str, &[i64]); 14] = [
        ("cancion", &[11]),
        ("CANCIÓN", &[11]),
        ("responder", &[12]),
        ("año", &[12]),
        ("ano", &[14]),
        ("run", &[13]),
        ("garden", &[13]),
        ("tomate", &[15]),
        ("\"tomates verdes\"", &[15]),
        ("\"verdes tomates\"", &[]),
        ("tomate -verde", &[]),
        ("cañon", &[16]),
        ("\" OR ) NEAR( * -", &[]),
        ("'; DROP TABLE posts; --", &[]),
    ];
    for (words, expected) in cases {
        let query = search::query(words);
        let found =
            t.db.read(move |c| index::narrowed(c, &query, &index::Narrow::default(), None, posts::Page::first(9)))
                .await
                .unwrap();
        assert_eq!(found.iter().map(|id| id.0).collect::<Vec<_>>(), expected, "{words}");
    }
    t.db.write(|tx| index::unindex(tx, PostId(11))).await.unwrap();
    let gone = t
        .db
        .read(|c| index::narrowed(c, &search::query("cancion"), &index::Narrow::default(), None, posts::Page::first(9)))
        .await
        .unwrap();
    assert!(gone.is_empty());
}

on_both! { what_is_meant_is_found }
