//! What finds what, and that no query can break out.
use proptest::prelude::*;

use super::*;

/// Both databases in miniature: does the query match the indexed words?
fn finds(typed: &str, text: &str, language: Option<&str>) -> bool {
    let index = analyze(text, language);
    let index: Vec<&str> = index.split(' ').collect();
    // `("a b" OR "c") AND ("d")`, with or without `NOT (…)`, is what `to_fts5` writes.
    let holds = |term: &str| {
        term.split(" OR ").any(|run| {
            let run: Vec<&str> = run.trim_matches(['(', ')', '"']).split(' ').collect();
            index.windows(run.len()).any(|window| window == run)
        })
    };
    let fts5 = query(typed).to_fts5();
    let (wanted, excluded) = fts5.split_once(" NOT ").unwrap_or((&fts5, ""));
    !wanted.is_empty() && wanted.split(" AND ").all(holds) && (excluded.is_empty() || !holds(excluded))
}

#[test]
fn finds_what_a_person_remembers_badly() {
    for language in [Some("es"), Some("es-MX"), None] {
        for (typed, text) in [
            ("cancion", "La canción del verano"),
            ("canción", "las CANCIONES viejas"),
            ("responder", "Nos respondieron tarde"),
            ("respondio", "Ella respondió"),
            ("respondió", "ayer respondieron"),
            ("año", "hace dos años"),
            ("AÑO", "an\u{303}o nuevo"),
            ("\"año nuevo\"", "feliz Año  Nuevo a todos"),
            ("pinguino", "un pingüino"),
        ] {
            assert!(finds(typed, text, language), "{typed} in {text} ({language:?}): {}", analyze(text, language));
        }
    }
    for language in [Some("en"), None] {
        assert!(finds("running", "they run", language) && finds("run", "she was running", language));
        assert!(
            finds("communities", "a community", language) && finds("\"running shoes\"", "my running shoe", language)
        );
    }
    assert!(
        finds("cafe", "un Café", Some("fr")) && finds("東京", "東京都の天気", None) && !finds("京東", "東京都", None)
    );
}

#[test]
fn does_not_find_what_was_not_meant() {
    for language in [Some("es"), Some("en"), Some("fr"), None] {
        assert!(!finds("año", "el ano", language) && !finds("ano", "el año", language));
        assert!(!finds("\"nuevo año\"", "año nuevo", language));
        assert!(!finds("año -nuevo", "año nuevo", language) && finds("año -viejo", "año nuevo", language));
        assert!(!finds("-nuevo", "año", language));
    }
}

#[test]
fn n_with_tilde_stays_one_letter() {
    for written in ["ñ", "n\u{303}", "Ñ", "N\u{303}"] {
        assert_eq!(analyze(written, Some("es")), "ñ");
        assert_eq!(fold(written), "ñ");
    }
    assert_eq!(fold("ÀÉÎÕÜçß Łódź"), "aeioucß łodz");
    assert_eq!(fold("ﬁ Ａ９ İ"), "fi a9 i");
}

#[test]
fn queries_are_written_for_both() {
    let query = query("\"hola mundo\" -rust @ana");
    assert!(query.to_fts5().contains("\"hol mund\" OR "), "{}", query.to_fts5());
    assert!(query.to_fts5().contains(") NOT (("), "{}", query.to_fts5());
    assert!(query.to_tsquery().contains("('hol' <-> 'mund') | "), "{}", query.to_tsquery());
    assert!(query.to_tsquery().contains(" & !(('rust'))"), "{}", query.to_tsquery());
    assert!(super::query("-x \"\" ' * ()").is_empty());
}

proptest! {
    #[test]
    fn nothing_breaks_out(typed in "([\"'()*:^&|!<>\\\\ +-]|NEAR|AND|OR|NOT|ñ|a|\\PC){0,40}") {
        let query = query(&typed);
        for part in query.to_fts5().split('"').skip(1).step_by(2) {
            prop_assert!(!part.trim().is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == ' '));
        }
        let outside: String = query.to_tsquery().split('\'').step_by(2).collect();
        prop_assert!(outside.chars().all(|c| " ()|&!<->".contains(c)), "{}", outside);
        prop_assert_eq!(query.to_fts5().is_empty(), query.to_tsquery().is_empty());
    }

    #[test]
    fn the_index_holds_words_only(text in "\\PC*") {
        let index = analyze(&text, None);
        prop_assert!(index.chars().all(|c| c.is_alphanumeric() || c == ' '), "{}", index);
    }

    #[test]
    fn folding_twice_changes_nothing(text in "(\\PC|[ñÑİßﬁﷺ½ϴΐ\u{300}-\u{315}]){0,20}") {
        let folded = fold(&text);
        prop_assert_eq!(fold(&folded), folded);
    }

    #[test]
    fn every_word_finds_its_text(words in prop::collection::vec("[a-zA-ZáéíñüÑçßѣﬁΩ]{1,14}|[0-9]{1,6}|[漢字かが]{1,3}", 1..6), language in prop::sample::select(vec![None, Some("es"), Some("en"), Some("fr")])) {
        let text = words.join(" ");
        for word in &words {
            prop_assert!(finds(word, &text, language), "{} in {}: {}", word, text, analyze(&text, language));
        }
        prop_assert!(finds(&format!("\"{text}\""), &text, language), "{}: {}", text, analyze(&text, language));
    }
}

#[test]
fn western_letters_come_out_as_by_the_tables() {
    let all: Vec<char> = (' '..='~').chain('À'..='ÿ').collect();
    for c in &all {
        let text = format!("é{c}");
        assert!(is_western(&text));
        assert_eq!(fold(&text), fold_any(&text), "{text}");
        assert_eq!(text.chars().map(western_lower).collect::<String>(), composed(&text).collect::<String>(), "{text}");
    }
    assert!(!is_western("e\u{301}") && !is_western("ﬁ") && !is_western("ª"));
}
