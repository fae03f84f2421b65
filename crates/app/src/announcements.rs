//! Announcements: what those who run the server tell everybody who has a login.
use domain::{
    id::AnnouncementId,
    policy,
    text::{markdown, plain, shortcode},
    time::Timestamp,
};
use store::announcements::Announcement;

use crate::{App, Change, Error, Me, Result, groups};

/// The longest announcement, in characters.
const TEXT: usize = 10_000;

/// How many different answers one person may give to one announcement.
const ANSWERS: usize = 8;

/// Tells everybody something, in Markdown; `by` is an admin, or whoever may type commands on the server.
pub async fn create(app: &App, by: Option<Me>, text: String, ends: Option<Timestamp>) -> Result<Announcement> {
    let text = plain::clean(&text, TEXT);
    if text.trim().is_empty() {
        return Err(Error::Invalid("an announcement needs a text".into()));
    }
    let site = app.site().clone();
    let body = markdown::render(&text, |_| None, |tag| Some(site.tag(tag)));
    app.write(move |tx| {
        if let Some(me) = by {
            policy::administer(&groups::regard_at_large(tx, me.0)?)?;
        }
        let announcement = Announcement { id: tx.new_id(), body: body.clone(), created: tx.now(), ends };
        store::announcements::insert(tx, &announcement)?;
        tx.show(Change::Announced(announcement.id));
        Ok(announcement)
    })
    .await
}

/// Takes an announcement back.
pub async fn remove(app: &App, by: Option<Me>, id: AnnouncementId) -> Result<()> {
    app.write(move |tx| {
        if let Some(me) = by {
            policy::administer(&groups::regard_at_large(tx, me.0)?)?;
        }
        if !store::announcements::remove(tx, id)? {
            return Err(Error::NotFound);
        }
        tx.show(Change::Unannounced(id));
        Ok(())
    })
    .await
}

/// Says that I have seen an announcement.
pub async fn dismiss(app: &App, me: Me, id: AnnouncementId) -> Result<()> {
    mark(app, me, id, None, true).await
}

/// Answers an announcement with an emoji, or takes that back.
pub async fn react(app: &App, me: Me, id: AnnouncementId, emoji: String, on: bool) -> Result<()> {
    let fits = !emoji.is_empty() && emoji.chars().count() <= 16 && !emoji.chars().any(char::is_alphanumeric);
    // Keycaps such as 1️⃣ are a digit with signs behind it. Names are of emoji of ours, if there is one that is shown.
    if !(fits || emoji.contains('\u{20e3}') && emoji.chars().count() <= 3 || shortcode::is_shortcode(&emoji)) {
        return Err(Error::Invalid("this is no emoji".into()));
    }
    mark(app, me, id, Some(emoji), on).await
}

async fn mark(app: &App, me: Me, id: AnnouncementId, emoji: Option<String>, on: bool) -> Result<()> {
    app.write(move |tx| {
        if !store::announcements::exists(tx, id)? {
            return Err(Error::NotFound);
        }
        if let Some(name) = emoji.as_ref().filter(|emoji| on && shortcode::is_shortcode(emoji))
            && store::emoji::named(tx, None, std::slice::from_ref(name))?.iter().all(|emoji| !emoji.enabled)
        {
            return Err(Error::Invalid("this is no emoji".into()));
        }
        if on && emoji.is_some() && store::announcements::own(tx, me.0, &[id.0])?.len() > ANSWERS {
            return Err(Error::Invalid("there are enough answers".into()));
        }
        Ok(store::announcements::mark(tx, id, me.0, emoji.as_deref(), on)?)
    })
    .await
}
