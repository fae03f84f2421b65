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
