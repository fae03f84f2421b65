//! Texts that are no posts, as they look: whoever is known here is linked, and so are hashtags.
use domain::{
    handle::Handle,
    id::ActorId,
    text::{markdown, mention},
    time::Timestamp,
    urls::Site,
};
use store::Conn;

use crate::groups;

/// The HTML of a text. It names no hidden community of which `viewer` may not know at that moment: whether a name becomes a
/// link would tell that it is there.
pub(crate) fn render(
    c: &mut Conn,
    site: &Site,
    text: &str,
    (viewer, now): (Option<ActorId>, Timestamp),
) -> store::Result<String> {
    let mut known = Vec::new();
    for handle in mention::find(text) {
        let handle = handle.localized(site.host());
        let host = handle.host.as_ref().unwrap_or(site.host());
        let actor = store::actors::by_handle(c, &handle.name.to_lowercase(), host.as_str())?;
        let Some(actor) = actor.filter(|actor| actor.deleted.is_none()) else { continue };
        if groups::is_known(c, &actor, viewer, now)? {
            known.push((handle.folded(), actor));
        }
    }
    let mention = |handle: &Handle| {
        let folded = handle.clone().localized(site.host()).folded();
        let (_, actor) = known.iter().find(|(named, _)| *named == folded)?;
        Some(markdown::Mentioned { href: actor.url.clone(), display: actor.name.clone() })
    };
    Ok(markdown::render(text, mention, |tag| Some(site.tag(tag))))
}
