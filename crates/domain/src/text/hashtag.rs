//! What a text is about, in its author's words.
use std::collections::HashSet;

use super::scan::Piece;
use super::{markdown, search};

/// How many hashtags a post may have.
pub const MAX: usize = 100;

/// The longest hashtag, in characters.
pub(super) const LONGEST: usize = 100;

/// The hashtags of Markdown in their folded form, each once, in order, outside code and links.
pub fn find(md: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    markdown::each_piece(md, |piece| {
        if let Piece::Hashtag(tag) = piece
            && found.len() < MAX
        {
            let folded = fold(tag);
            if seen.insert(folded.clone()) {
                found.push(folded);
            }
        }
    });
    found
}

/// The form in which hashtags are one: no sign, lower case, no accents, ñ kept.
pub fn fold(tag: &str) -> String {
    search::fold(tag.trim().trim_start_matches(['#', '＃']))
}

/// Those of these folded hashtags that a text does not say itself.
pub fn unsaid<'a>(tags: &'a [String], text: &str) -> Vec<&'a str> {
    if tags.is_empty() {
        return Vec::new();
    }
    let word = |rest: &str| fold(&rest.chars().take_while(|c| fits(*c)).collect::<String>());
    let said: HashSet<String> = text.split(['#', '＃']).skip(1).map(word).collect();
    tags.iter().filter(|tag| !said.contains(*tag)).map(String::as_str).collect()
}

fn fits(c: char) -> bool {
    use unicode_normalization::char::is_combining_mark;
    c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '_' | '·' | '\u{200c}' | '\u{200d}')
}

/// Whether a text without the sign is a hashtag, as it is written and folded (`½` becomes three signs): word characters,
/// at least one of them a letter.
pub fn is_tag(text: &str) -> bool {
    let is =
        |text: &str| text.chars().all(fits) && text.chars().any(char::is_alphabetic) && text.chars().count() <= LONGEST;
    is(text) && is(&fold(text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_text_says_is_not_said_again() {
        let tags = ["huerta", "año", "lluvia"].map(str::to_owned);
        assert_eq!(unsaid(&tags, "En la #Huerta,#AÑO y lluvia"), ["lluvia"]);
        assert_eq!(unsaid(&tags, "#huertas ##año"), ["huerta", "lluvia"]);
        assert!(unsaid(&[], "#x").is_empty());
    }

    #[test]
    fn folded_and_each_once() {
        assert_eq!(find("#Canción #cancion #AÑO `#no` #1 [#l](https://x.test)"), ["cancion", "año"]);
        let many: String = (0..120).map(|n| format!("#t{n} ")).collect::<Vec<_>>().concat();
        assert_eq!(find(&many).len(), MAX);
        assert!(!is_tag("123") && !is_tag("a b") && !is_tag("") && is_tag("Gdańsk"));
        for text in ["ñ½", "x⑴", "ﷺ"] {
            assert!(!is_tag(text) && find(&format!("#{text}")).is_empty(), "{text} would be {}", fold(text));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

        #[test]
        fn what_is_found_is_a_hashtag_in_its_one_form(text in "(#|＃)(\\PC|[ñÑéİßﬁﷺ½⑴Ａ９_·ｶﾞ]){1,12} (#\\PC{1,8} ){0,4}") {
            for tag in find(&text) {
                prop_assert!(is_tag(&tag), "{:?}", tag);
                prop_assert_eq!(fold(&tag), tag);
            }
        }
    }
}
