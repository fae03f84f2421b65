//! How much I want to be told of a community, or of one conversation.
use domain::{
    id::{ActorId, PostId},
    notice::Level,
};

use crate::{App, Error, Me, Result, Tx, follows, groups, posts};

/// Says how much I want to be told of a group.
pub async fn of_group(app: &App, me: Me, group: ActorId, level: Level) -> Result<()> {
    app.write(move |tx| {
        if !groups::acquaintance(tx, me, group)?.is_group() {
            return Err(Error::NotFound);
        }
        // Clients show it as the bell beside whom one follows.
        if store::follows::get(tx, me.0, group)?.is_some() {
            let wishes = store::follows::wishes(tx, me.0, group)?;
            let wishes = store::follows::Wishes { notify: level == Level::All, ..wishes };
            store::follows::set_wishes(tx, me.0, group, &wishes)?;
        }
        Ok(store::levels::set_group(tx, me.0, group, (level != Level::Mine).then_some(level))?)
    })
    .await
}

/// Says how much I want to be told of the thread of a post.
pub async fn of_thread(app: &App, me: Me, post: PostId, level: Level) -> Result<()> {
    set_thread(app, me, post, Some(level)).await
}

/// Wants to hear of the thread of a post no more, or as usual.
pub async fn mute_thread(app: &App, me: Me, post: PostId, on: bool) -> Result<()> {
    set_thread(app, me, post, on.then_some(Level::Nothing)).await
}

async fn set_thread(app: &App, me: Me, post: PostId, level: Option<Level>) -> Result<()> {
    app.write(move |tx| {
        let root = posts::load_seen(tx, post, me)?.root;
        Ok(store::levels::set_thread(tx, me.0, root, level)?)
    })
    .await
}

/// What was said by the bell beside whom one follows is said of the group.
pub(crate) fn follow_bell(tx: &mut Tx<'_, '_>, me: Me, target: ActorId, rings: bool) -> Result<()> {
    let was = store::levels::of_group(tx, me.0, target)?;
    let now = if rings { Some(Level::All) } else { was.filter(|level| *level != Level::All) };
    if was != now && follows::living(tx, target)?.is_group() {
        store::levels::set_group(tx, me.0, target, now)?;
    }
    Ok(())
}
