//! Custom emoji.
use domain::{
    emoji::{Emoji, Palette},
    id::PeerId,
    urls::Site,
};
use serde::Serialize;

/// A `CustomEmoji`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CustomEmoji {
    shortcode: String,
    url: String,
    static_url: String,
    visible_in_picker: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<String>,
}

impl CustomEmoji {
    /// An emoji as people here see it; they choose among ours alone.
    pub(crate) fn new(site: &Site, emoji: &Emoji) -> Self {
        Self {
            shortcode: emoji.shortcode.clone(),
            url: emoji.picture(site),
            static_url: emoji.still(site),
            visible_in_picker: emoji.peer.is_none() && emoji.enabled,
            category: emoji.category.clone(),
        }
    }
}

/// Those that these texts name, which are of somebody on this server.
pub(crate) fn named<'t>(
    site: &Site,
    palette: &Palette,
    peer: Option<PeerId>,
    texts: impl IntoIterator<Item = &'t str>,
) -> Vec<CustomEmoji> {
    palette.of(peer, texts).into_iter().map(|emoji| CustomEmoji::new(site, emoji)).collect()
}
