//! What a text is about, in its author's words.
use std::collections::HashSet;

use super::scan::Piece;
use super::{markdown, search};

/// How many hashtags a post may have.
pub const MAX: usize = 100;

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

/// Whether a text without the sign is a hashtag: word characters, at least one of them a letter.
pub fn is_tag(text: &str) -> bool {
    use unicode_normalization::char::is_combining_mark;
    let fits =
        |c: char| c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '_' | '·' | '\u{200c}' | '\u{200d}');
    text.chars().all(fits) && text.chars().any(char::is_alphabetic) && text.chars().count() <= 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_and_each_once() {
        assert_eq!(find("#Canción #cancion #AÑO `#no` #1 [#l](https://x.test)"), ["cancion", "año"]);
        let many: String = (0..120).map(|n| format!("#t{n} ")).collect::<Vec<_>>().concat();
        assert_eq!(find(&many).len(), MAX);
        assert!(!is_tag("123") && !is_tag("a b") && !is_tag("") && is_tag("Gdańsk"));
    }
}
