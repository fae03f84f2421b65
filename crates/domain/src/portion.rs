//! How much of a group its followers receive.
use crate::actor::text_enum;

text_enum! {
    /// How much of a group somebody who follows it receives.
    Portion {
        /// Each thread and each reply.
        All = "all",
        /// Each thread.
        Threads = "threads",
        /// The threads that its team puts in front, once it does.
        Highlights = "highlights",
        /// A letter each week with what was most talked about.
        Digest = "digest",
    }
}

impl Portion {
    /// What somebody who writes one word to a group wishes, and the language of the word, a primary subtag.
    pub fn said(text: &str) -> Option<(Self, &'static str)> {
        let mut words = text.split_whitespace().filter(|word| !word.starts_with('@'));
        let word = words.next()?.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        if words.next().is_some() {
            return None;
        }
        Some(match word.as_str() {
            "todo" => (Self::All, "es"),
            "all" => (Self::All, "en"),
            "hilos" => (Self::Threads, "es"),
            "threads" => (Self::Threads, "en"),
            "destacados" => (Self::Highlights, "es"),
            "highlights" => (Self::Highlights, "en"),
            "resumen" => (Self::Digest, "es"),
            "digest" => (Self::Digest, "en"),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_is_a_wish_and_more_is_a_message() {
        assert_eq!(Portion::said("@club@plaza.test Todo."), Some((Portion::All, "es")));
        assert_eq!(Portion::said("digest"), Some((Portion::Digest, "en")));
        assert_eq!(Portion::said("@club Destacados"), Some((Portion::Highlights, "es")));
        assert_eq!(Portion::said("«hilos» @club"), Some((Portion::Threads, "es")));
        for message in ["", "@club", "@club todo va mal", "todos", "@all"] {
            assert_eq!(Portion::said(message), None, "{message}");
        }
    }
}
