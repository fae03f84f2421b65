//! Custom emoji: small pictures that stand for names between colons, ours and those of other servers.
use std::collections::HashMap;

use crate::{
    id::{EmojiId, PeerId},
    text::shortcode,
    time::Timestamp,
    urls::Site,
};

/// A picture for a name, as somebody elsewhere says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name between colons, without them.
    pub shortcode: String,
    /// Where the picture is.
    pub url: String,
}

/// What somebody likes a post with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// A sign, or the name of a custom emoji between colons.
    pub sign: String,
    /// The picture of a custom emoji, as its server says.
    pub picture: Option<Named>,
}

/// The longest sign, in bytes: families of signs are held together by others that one does not see.
const LONGEST_SIGN: usize = 64;

impl Reaction {
    /// What `text` says, if it is one sign or the name of one of these emoji.
    pub fn parse(text: &str, known: Vec<Named>) -> Option<Self> {
        let text = text.trim();
        // Some write the server after the name.
        let name = text.strip_prefix(':').and_then(|rest| rest.strip_suffix(':'));
        if let Some(name) = name.map(|name| name.split('@').next().unwrap_or(name)) {
            let picture = known.into_iter().find(|named| named.shortcode == name)?;
            return Some(Self { sign: format!(":{name}:"), picture: Some(picture) });
        }
        let is_sign = !text.is_empty() && text.len() <= LONGEST_SIGN && text.chars().all(is_of_sign);
        let is_seen = text.chars().any(|c| c >= '\u{203c}' && c != '\u{fe0f}');
        (is_sign && is_seen).then(|| Self { sign: text.to_owned(), picture: None })
    }
}

/// Whether emoji are made of it: signs, and what joins and colours them.
fn is_of_sign(c: char) -> bool {
    matches!(c,
        '0'..='9' | '#' | '*' | '\u{a9}' | '\u{ae}' | '\u{200d}' | '\u{203c}'..='\u{2bff}' | '\u{3030}' | '\u{303d}'
        | '\u{3297}' | '\u{3299}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}' | '\u{e0020}'..='\u{e007f}')
}

/// A custom emoji that is known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emoji {
    /// Its number.
    pub id: EmojiId,
    /// The server it belongs to; `None` when that is this one.
    pub peer: Option<PeerId>,
    /// Its name between colons, without them.
    pub shortcode: String,
    /// Its picture; of ours, the path alone.
    pub url: String,
    /// The same picture, not moving, if there is one.
    pub still: Option<String>,
    /// Under which heading one finds it.
    pub category: Option<String>,
    /// Whether it is shown.
    pub enabled: bool,
    /// When its picture or its name last changed.
    pub updated: Timestamp,
}

impl Emoji {
    /// Where people here see it.
    pub fn picture(&self, site: &Site) -> String {
        site.emoji(self.id, &self.url)
    }

    /// Where they see it not moving.
    pub fn still(&self, site: &Site) -> String {
        self.still.as_deref().map_or_else(|| self.picture(site), |still| site.emoji(self.id, still))
    }
}

/// The emoji that some texts name, by whose texts they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Palette(HashMap<(Option<PeerId>, String), Emoji>);

impl Palette {
    /// Those that these texts name, which are of somebody on this server; each once, in order.
    pub fn of<'t>(&self, peer: Option<PeerId>, texts: impl IntoIterator<Item = &'t str>) -> Vec<&Emoji> {
        let mut found: Vec<&Emoji> = Vec::new();
        if !self.0.is_empty() {
            for name in texts.into_iter().flat_map(shortcode::find) {
                let emoji = self.0.get(&(peer, name.to_owned()));
                let new = emoji.filter(|emoji| found.iter().all(|known| known.id != emoji.id));
                found.extend(new);
            }
        }
        found
    }

    /// HTML that may be put into a page, of somebody on this server, with pictures for what names one.
    pub fn paint(&self, site: &Site, peer: Option<PeerId>, html: &str) -> String {
        if self.0.is_empty() {
            return html.to_owned();
        }
        shortcode::paint(html, |name| Some(self.0.get(&(peer, name.to_owned()))?.picture(site)))
    }
}

impl FromIterator<Emoji> for Palette {
    fn from_iter<T: IntoIterator<Item = Emoji>>(all: T) -> Self {
        Self(all.into_iter().map(|emoji| ((emoji.peer, emoji.shortcode.clone()), emoji)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reaction_is_one_sign_or_a_name_that_is_known() {
        let cat = Named { shortcode: "blob_cat".into(), url: "https://far.example/cat.png".into() };
        let parse = |text: &str| Reaction::parse(text, vec![cat.clone()]).map(|reaction| reaction.sign);
        for sign in ["👍", "❤️", "🇪🇸", "1️⃣", "👩‍👩‍👧", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "™️"]
        {
            assert_eq!(parse(sign).as_deref(), Some(sign));
        }
        for cat in [":blob_cat:", " :blob_cat@far.example: "] {
            assert_eq!(parse(cat).as_deref(), Some(":blob_cat:"));
        }
        for none in ["", " ", "x", "ñ", "hola", "1", "<b>", ":dog:", "::", "👍 <b>", "\u{fe0f}", &"👍".repeat(20)]
        {
            assert_eq!(parse(none), None, "{none}");
        }
    }
}
