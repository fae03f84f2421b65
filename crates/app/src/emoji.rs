//! Custom emoji: those that admins give to everybody here, and those that others name in what they send.
use domain::{
    emoji::{Emoji, Named},
    id::{ActorId, EmojiId, MediaId, PeerId},
    media::{Media, MediaState, Purpose},
    policy,
    text::{plain, shortcode},
    urls::media as paths,
};

use crate::{
    App, Error, Event, House, Me, Part, Result, Tx,
    rules::{may_administer, read_as_admin},
};

/// The largest picture of ours, in bytes: that of Mastodon.
pub const LARGEST: u64 = 256 << 10;

/// The largest picture of another server that is handed on, in bytes.
pub(crate) const LARGEST_ELSEWHERE: u64 = 1 << 20;

/// The longest heading, in characters.
const CATEGORY: usize = 50;

/// How many are kept of one server.
const MOST: i64 = 5_000;

/// What an admin says of an emoji.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Its name, with or without colons.
    pub shortcode: String,
    /// Under which heading one finds it; none if that is empty.
    pub category: String,
    /// Whether it is shown.
    pub enabled: bool,
}

/// All of ours, shown or not, for admins.
pub async fn list(app: &App, me: Me) -> Result<Vec<Emoji>> {
    read_as_admin(app, me, store::emoji::ours).await
}

/// Makes a picture that I brought an emoji for everybody here.
pub async fn create(app: &App, me: Me, wish: Wish, picture: MediaId) -> Result<Emoji> {
    app.write(move |tx| {
        may_administer(tx, me)?;
        let media = fitting(tx, me, picture)?;
        let emoji = Emoji {
            id: tx.new_id(),
            peer: None,
            shortcode: free(tx, &wish.shortcode, None)?,
            url: media.path(),
            still: media.preview(),
            category: heading(&wish.category),
            enabled: wish.enabled,
            updated: tx.now(),
        };
        store::media::update(tx, &Media { purpose: Purpose::Emoji, expires: None, ..media })?;
        store::emoji::insert(tx, &emoji)?;
        changed(tx, me, &emoji);
        Ok(emoji)
    })
    .await
}

/// Calls one of ours otherwise, puts it under another heading, shows it or does not.
pub async fn change(app: &App, me: Me, id: EmojiId, wish: Wish) -> Result<Emoji> {
    app.write(move |tx| {
        may_administer(tx, me)?;
        let was = ours(tx, id)?;
        let shortcode = free(tx, &wish.shortcode, Some(id))?;
        let updated = if shortcode == was.shortcode { was.updated } else { tx.now() };
        let (category, enabled) = (heading(&wish.category), wish.enabled);
        let emoji = Emoji { shortcode, category, enabled, updated, ..was };
        store::emoji::update(tx, &emoji)?;
        changed(tx, me, &emoji);
        Ok(emoji)
    })
    .await
}

/// Throws one of ours away: its name is a word again wherever it was written.
pub async fn remove(app: &App, me: Me, id: EmojiId) -> Result<()> {
    app.write(move |tx| {
        may_administer(tx, me)?;
        let emoji = ours(tx, id)?;
        let token = emoji.url.rsplit('/').next().and_then(paths::token);
        if let Some((token, _)) = token
            && let Some(media) = store::media::by_token(tx, token)?
        {
            let now = tx.now();
            store::media::keep_until(tx, &[media.id], Some(now))?;
        }
        store::emoji::remove(tx, id)?;
        changed(tx, me, &emoji);
        Ok(())
    })
    .await
}

fn changed(tx: &mut Tx<'_, '_>, me: Me, emoji: &Emoji) {
    tx.emit(Event::House(House::Changed { by: me.0, what: Part::Emoji, about: format!(":{}:", emoji.shortcode) }));
}

fn ours(tx: &mut Tx<'_, '_>, id: EmojiId) -> Result<Emoji> {
    store::emoji::by_id(tx, id)?.filter(|emoji| emoji.peer.is_none()).ok_or(Error::NotFound)
}

/// What I brought, if it can be an emoji.
fn fitting(tx: &mut Tx<'_, '_>, me: Me, picture: MediaId) -> Result<Media> {
    let media = store::media::by_id(tx, picture)?.ok_or(Error::NotFound)?;
    policy::handle_media(&media, me.0).map_err(|_refusal| Error::NotFound)?;
    let is_loose = media.purpose == Purpose::Attachment && media.post.is_none() && media.state == MediaState::Ready;
    if !is_loose || !media.media_type.is_picture() {
        return Err(Error::Invalid("this is no picture".into()));
    }
    if media.size > LARGEST {
        return Err(Error::Invalid(format!("this picture is larger than {} kB", LARGEST >> 10)));
    }
    Ok(media)
}

/// A name that no other emoji of ours has.
fn free(tx: &mut Tx<'_, '_>, name: &str, own: Option<EmojiId>) -> Result<String> {
    let name = name.trim().trim_matches(':');
    if name.len() < 2 || !shortcode::is_shortcode(name) {
        return Err(Error::Invalid("a name has 2 to 64 letters a–z, digits or underscores".into()));
    }
    let is_taken =
        store::emoji::ours(tx)?.iter().any(|one| one.shortcode.eq_ignore_ascii_case(name) && Some(one.id) != own);
    if is_taken { Err(Error::Conflict(format!("there is an emoji :{name}: already"))) } else { Ok(name.to_owned()) }
}

fn heading(text: &str) -> Option<String> {
    Some(plain::line(text, CATEGORY)).filter(|heading| !heading.is_empty())
}

/// Records what somebody elsewhere named in a text. Of one name the last picture counts, on all of their server.
pub(crate) fn learn(tx: &mut Tx<'_, '_>, peer: PeerId, said: &[Named]) -> Result<()> {
    let names: Vec<String> = said.iter().map(|named| named.shortcode.clone()).collect();
    if names.is_empty() {
        return Ok(());
    }
    let known = store::emoji::named(tx, Some(peer), &names)?;
    let mut room = None;
    for (at, named) in said.iter().enumerate() {
        let is_repeated = said.iter().take(at).any(|earlier| earlier.shortcode == named.shortcode);
        match known.iter().find(|emoji| emoji.shortcode == named.shortcode) {
            _ if is_repeated => {}
            Some(same) if same.url == named.url => {}
            Some(other) => {
                let updated = tx.now();
                store::emoji::update(tx, &Emoji { url: named.url.clone(), updated, ..other.clone() })?;
            }
            None => {
                let left = match room {
                    Some(left) => left,
                    None => MOST - store::emoji::count(tx, peer)?,
                };
                if left > 0 {
                    let new = found(tx, peer, named);
                    store::emoji::insert(tx, &new)?;
                }
                room = Some(left - 1);
            }
        }
    }
    Ok(())
}

/// The same, of an author.
pub(crate) fn learn_of(tx: &mut Tx<'_, '_>, author: ActorId, said: &[Named]) -> Result<()> {
    if said.is_empty() {
        return Ok(());
    }
    match store::actors::by_id(tx, author)?.and_then(|author| author.peer) {
        Some(peer) => learn(tx, peer, said),
        None => Ok(()),
    }
}

fn found(tx: &Tx<'_, '_>, peer: PeerId, named: &Named) -> Emoji {
    Emoji {
        id: tx.new_id(),
        peer: Some(peer),
        shortcode: named.shortcode.clone(),
        url: named.url.clone(),
        still: None,
        category: None,
        enabled: true,
        updated: tx.now(),
    }
}
