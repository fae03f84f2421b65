//! Announcements: what those who run the server tell everybody who has a login.
use domain::{
    id::AnnouncementId,
    policy,
    text::{plain, shortcode},
    time::Timestamp,
};
use futures_util::future::BoxFuture;
use store::announcements::Announcement;

use crate::{App, Change, Error, Me, Result, Tx, groups, linked, rules};

/// The longest announcement, in characters.
pub const TEXT: usize = 10_000;

/// How many different answers one person may give to one announcement.
const ANSWERS: usize = 8;

/// A day, in milliseconds.
const DAY: i64 = 86_400_000;

/// What everybody is to be told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Telling {
    /// In Markdown.
    pub text: String,
    /// From when on; at once, if nothing is said.
    pub starts: Option<Timestamp>,
    /// Until when; for good, if nothing is said.
    pub ends: Option<Timestamp>,
    /// Whether it is about whole days: the one that it starts in, the one that it ends in, and those between, all in UTC.
    pub all_day: bool,
}

impl Telling {
    /// The same from the beginning of a day to the end of one, if it is about whole days.
    fn rounded(self) -> Self {
        if !self.all_day {
            return self;
        }
        let begins = |at: Timestamp| Timestamp(at.millis().div_euclid(DAY) * DAY);
        Self { starts: self.starts.map(begins), ends: self.ends.map(|at| Timestamp(begins(at).0 + DAY - 1)), ..self }
    }
}

/// The job that tells open pages and clients of an announcement whose time has come; its subject is its number.
pub(crate) const TELL: &str = "announce";

/// Tells everybody something now, in Markdown; `by` is an admin, or whoever may type commands on the server.
pub async fn create(app: &App, by: Option<Me>, text: String, ends: Option<Timestamp>) -> Result<Announcement> {
    schedule(app, by, Telling { text, ends, ..Telling::default() }).await
}

/// Tells everybody something from a moment on.
pub async fn schedule(app: &App, by: Option<Me>, telling: Telling) -> Result<Announcement> {
    let Telling { text, starts, ends, all_day } = telling.rounded();
    let text = plain::clean(&text, TEXT);
    if text.trim().is_empty() {
        return Err(Error::Invalid("an announcement needs a text".into()));
    }
    let body = render(app, &text).await?;
    app.write(move |tx| {
        may_tell(tx, by)?;
        let now = tx.now();
        let starts = starts.unwrap_or(now);
        if ends.is_some_and(|ends| ends <= starts.max(now)) {
            return Err(Error::Invalid("an announcement ends after it begins".into()));
        }
        let announcement = Announcement { id: tx.new_id(), body: body.clone(), created: now, starts, ends, all_day };
        store::announcements::insert(tx, &announcement)?;
        if starts > now {
            tx.push_job(TELL, &announcement.id.to_string(), starts.since(now))?;
        } else {
            tx.show(Change::Announced(announcement.id));
        }
        Ok(announcement)
    })
    .await
}

/// What a text looks like, told to everybody: it names those of whom everybody may know.
pub async fn render(app: &App, text: &str) -> Result<String> {
    let (site, now, text) = (app.site().clone(), app.now(), text.to_owned());
    app.read(move |c| linked::render(c, &site, &text, (None, now))).await
}

/// The newest announcements before `before`, those to come and those that are over among them; for admins.
pub async fn page(app: &App, me: Me, before: AnnouncementId, limit: i64) -> Result<Vec<Announcement>> {
    rules::read_as_admin(app, me, move |c| store::announcements::page(c, before, limit)).await
}

/// Tells now what was to be told later.
pub async fn publish(app: &App, me: Me, id: AnnouncementId) -> Result<()> {
    app.write(move |tx| {
        may_tell(tx, Some(me))?;
        let (found, now) = (store::announcements::by_id(tx, id)?.ok_or(Error::NotFound)?, tx.now());
        if found.starts > now {
            store::announcements::set_starts(tx, id, now)?;
            tx.show(Change::Announced(id));
        }
        Ok(())
    })
    .await
}

/// Tells open pages and clients of an announcement whose time has come.
pub(crate) fn tell(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let Ok(id) = subject.parse::<AnnouncementId>() else { return Ok(()) };
        app.write(move |tx| {
            let now = tx.now();
            if store::announcements::by_id(tx, id)?.is_some_and(|found| found.starts <= now) {
                tx.show(Change::Announced(id));
            }
            Ok(())
        })
        .await
    })
}

fn may_tell(tx: &mut Tx<'_, '_>, by: Option<Me>) -> Result<()> {
    match by {
        Some(me) => Ok(policy::administer(&groups::regard_at_large(tx, me.0)?)?),
        None => Ok(()),
    }
}

/// Takes an announcement back.
pub async fn remove(app: &App, by: Option<Me>, id: AnnouncementId) -> Result<()> {
    app.write(move |tx| {
        may_tell(tx, by)?;
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
        let now = tx.now();
        // What is yet to come is nobody's to answer.
        store::announcements::by_id(tx, id)?.filter(|found| found.starts <= now).ok_or(Error::NotFound)?;
        if let Some(name) = emoji.as_ref().filter(|emoji| on && shortcode::is_shortcode(emoji))
            && store::emoji::named(tx, None, std::slice::from_ref(name))?.iter().all(|emoji| !emoji.enabled)
        {
            return Err(Error::Invalid("this is no emoji".into()));
        }
        if on && emoji.is_some() && store::announcements::own(tx, me.0, &[id.0])?.len() > ANSWERS {
            return Err(Error::Invalid("there are enough answers".into()));
        }
        store::announcements::mark(tx, id, me.0, emoji.as_deref(), on)?;
        if let Some(emoji) = &emoji {
            let answers = store::announcements::answers(tx, &[id.0])?;
            let count = answers.iter().find(|answer| answer.emoji == *emoji).map_or(0, |answer| answer.count);
            tx.show(Change::Answered(id, emoji.clone(), count));
        }
        Ok(())
    })
    .await
}
