//! What a community is for, how it looks, and what it asks those who want to join.
use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{UnknownWord, actor::text_enum, theme::Theme};

text_enum! {
    /// What brings its people together.
    Purpose {
        /// A subject.
        Theme = "theme",
        /// A profession.
        Profession = "profession",
        /// A company, and whoever has to do with it.
        Company = "company",
        /// A cause, a place, an association.
        Society = "society",
    }
}

text_enum! {
    /// Who may create communities here.
    Founders {
        /// Whoever has a login.
        Everybody = "everybody",
        /// Those who administer the server.
        Admins = "admins",
    }
}

/// What a community here says of itself, beside its name, its picture and its rules of joining.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charter {
    /// What brings its people together.
    pub purpose: Purpose,
    /// What is talked about in it, in words of a closed list.
    pub themes: Vec<Theme>,
    /// The same in its own words: hashtags, folded.
    pub topics: Vec<String>,
    /// Its colour.
    pub colour: Option<Colour>,
    /// The languages that are spoken in it, BCP 47; any, if there are none.
    pub languages: Vec<String>,
    /// What is asked of those who want to join.
    pub questions: Vec<String>,
    /// What it says it is for, as it was entered: Markdown.
    pub source: String,
    /// What it says, once, to those who begin to follow it or join: Markdown; nothing, if it is empty.
    pub welcome: String,
    /// Whether its team is told of conversations that nobody answered for a day.
    pub nudges: bool,
    /// Whether those who keep order in it have to have a second step of signing in, as far as their login is here.
    pub second_step: bool,
}

impl Default for Charter {
    fn default() -> Self {
        Self {
            purpose: Purpose::Theme,
            themes: Vec::new(),
            topics: Vec::new(),
            colour: None,
            languages: Vec::new(),
            questions: Vec::new(),
            source: String::new(),
            welcome: String::new(),
            nudges: false,
            second_step: false,
        }
    }
}

/// A colour of the screen: red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Colour(u8, u8, u8);

/// The least contrast at which text is read without effort (WCAG 2.2, 1.4.3).
const LEGIBLE: f64 = 4.5;

impl Colour {
    /// How much it differs from white, in which letters stand on it: from 1 to 21.
    pub fn contrast(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let light = 0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2);
        1.05 / (light + 0.05)
    }

    /// Whether white letters are read on it without effort.
    pub fn is_legible(self) -> bool {
        self.contrast() >= LEGIBLE
    }

    /// The same hue, only as much darker as white letters need.
    #[must_use]
    pub fn legible(self) -> Self {
        let darker = |share: u16| {
            let part = |part: u8| u8::try_from(u16::from(part) * share / 255).unwrap_or(u8::MAX);
            Self(part(self.0), part(self.1), part(self.2))
        };
        (0..=255).rev().map(darker).find(|colour| colour.is_legible()).unwrap_or(Self(0, 0, 0))
    }

    /// Its six digits, without a sign before them.
    pub fn digits(self) -> String {
        format!("{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.digits())
    }
}

impl FromStr for Colour {
    type Err = UnknownWord;

    /// Six hexadecimal digits, with or without `#`.
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let unknown = || UnknownWord(text.to_owned());
        let digits = text.strip_prefix('#').unwrap_or(text);
        if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(unknown());
        }
        let number = u32::from_str_radix(digits, 16).map_err(|_digits| unknown())?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self(red, green, blue))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_and_shown() {
        for (text, shown) in
            [("#A8401f", Some("#a8401f")), ("a8401f", Some("#a8401f")), ("#fff", None), ("+12345", None)]
        {
            assert_eq!(text.parse::<Colour>().ok().map(|colour| colour.to_string()).as_deref(), shown, "{text}");
        }
    }

    #[test]
    fn white_letters_stay_legible() {
        let colour = |text: &str| text.parse::<Colour>().unwrap();
        assert!((colour("#000000").contrast() - 21.0).abs() < 0.01);
        assert!((colour("#ffffff").contrast() - 1.0).abs() < 0.01);
        // The grey that is just dark enough, and the one that is not.
        assert!(colour("#767676").is_legible() && !colour("#777777").is_legible());
        let yellow = colour("#ffe000");
        assert!(!yellow.is_legible() && yellow.legible().is_legible());
        // No darker than needed, and what is legible stays.
        assert!(yellow.legible().contrast() < 4.7);
        assert_eq!(colour("#a8401f").legible(), colour("#a8401f"));
    }
}
