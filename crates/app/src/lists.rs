//! Lists: reading some people apart from all others.
use domain::{
    id::{ActorId, ListId},
    list::{List, Replies},
    policy,
    text::plain,
};

use crate::{App, Error, Me, Result, Tx, groups, notes};

/// How many lists one may have.
const LISTS: usize = 100;

/// How many people may be in one.
pub const MEMBERS: i64 = 5_000;

/// What the owner of a list decides.
#[derive(Debug, Clone)]
pub struct Wish {
    /// What it is called.
    pub title: String,
    /// Which replies it shows.
    pub replies: Replies,
    /// Whether those in it are read only there.
    pub apart: bool,
}

fn titled(title: &str) -> Result<String> {
    let title = plain::line(title, 250);
    if title.is_empty() { Err(Error::Invalid("a list needs a title".into())) } else { Ok(title) }
}

/// Makes a list.
pub async fn create(app: &App, me: Me, wish: Wish) -> Result<List> {
    app.write(move |tx| begin(tx, me, &wish)).await
}

fn begin(tx: &mut Tx<'_, '_>, me: Me, wish: &Wish) -> Result<List> {
    let title = titled(&wish.title)?;
    if store::lists::of(tx, me.0, None)?.len() >= LISTS {
        return Err(Error::Invalid(format!("one may have {LISTS} lists")));
    }
    let (id, now) = (tx.new_id(), tx.now());
    let list = List { id, owner: me.0, title, replies: wish.replies, apart: wish.apart };
    store::lists::insert(tx, &list, now)?;
    Ok(list)
}

/// The list of mine with this number. That of a group follows from following it or being a member, and is not changed.
fn mine(tx: &mut Tx<'_, '_>, me: Me, id: ListId) -> Result<List> {
    if let Some(list) = store::lists::get(tx, id, me.0)? {
        return Ok(list);
    }
    policy::reshape(store::lists::is_of_group(tx, me.0, ActorId(id.0))?)?;
    Err(Error::NotFound)
}

/// Changes a list.
pub async fn change(app: &App, me: Me, id: ListId, wish: Wish) -> Result<List> {
    let title = titled(&wish.title)?;
    app.write(move |tx| {
        let list = List { title: title.clone(), replies: wish.replies, apart: wish.apart, ..mine(tx, me, id)? };
        store::lists::update(tx, &list)?;
        Ok(list)
    })
    .await
}

/// Forgets a list.
pub async fn delete(app: &App, me: Me, id: ListId) -> Result<()> {
    app.write(move |tx| {
        let list = mine(tx, me, id)?;
        Ok(store::lists::delete(tx, &list)?)
    })
    .await
}

/// Puts people whom I follow into a list, or myself.
pub async fn add(app: &App, me: Me, id: ListId, people: Vec<ActorId>) -> Result<()> {
    app.write(move |tx| {
        let list = mine(tx, me, id)?;
        put(tx, me, &list, &people)
    })
    .await
}

fn put(tx: &mut Tx<'_, '_>, me: Me, list: &List, people: &[ActorId]) -> Result<()> {
    let more = i64::try_from(people.len()).unwrap_or(MEMBERS);
    if store::lists::count(tx, list.id)?.saturating_add(more) > MEMBERS {
        return Err(Error::Invalid(format!("a list has at most {MEMBERS} people")));
    }
    for person in people {
        let person = groups::acquaintance(tx, me, *person)?.id;
        policy::gather(person == me.0 || notes::is_following(tx, me.0, person)?)?;
        store::lists::add(tx, list, person)?;
    }
    Ok(())
}

/// Takes people out of a list.
pub async fn remove(app: &App, me: Me, id: ListId, people: Vec<ActorId>) -> Result<()> {
    app.write(move |tx| {
        let list = mine(tx, me, id)?;
        for person in &people {
            store::lists::remove(tx, &list, *person)?;
        }
        Ok(())
    })
    .await
}

/// Has somebody in these lists of mine, out of those, and in a new one if it is wished for: all of it, or nothing.
pub async fn place(
    app: &App,
    me: Me,
    person: ActorId,
    (into, out_of): (Vec<ListId>, Vec<ListId>),
    new: Option<Wish>,
) -> Result<()> {
    app.write(move |tx| {
        let within: Vec<ListId> = store::lists::of(tx, me.0, Some(person))?.iter().map(|list| list.id).collect();
        for id in into.iter().filter(|id| !within.contains(id)) {
            let list = mine(tx, me, *id)?;
            put(tx, me, &list, &[person])?;
        }
        for id in out_of.iter().filter(|id| within.contains(id)) {
            let list = mine(tx, me, *id)?;
            store::lists::remove(tx, &list, person)?;
        }
        if let Some(wish) = &new {
            let list = begin(tx, me, wish)?;
            put(tx, me, &list, &[person])?;
        }
        Ok(())
    })
    .await
}
