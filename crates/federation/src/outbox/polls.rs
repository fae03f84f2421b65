//! Polls: what people here chose in those elsewhere, and what was counted in those here.
use std::slice;

use app::{Result, Tx, view};
use domain::{
    actor::Actor,
    id::ActorId,
    peer::Receivers,
    post::{Audience, Post},
    urls,
};
use store::deliveries::Recipients;

use super::{
    posts::{reaches_followers, to_microblogs},
    send::{Envelope, Name, actors, pass_on, send, tells_of},
};
use crate::render::{Form, activity};

/// Somebody here chose in a poll elsewhere: its author is told, and nobody else.
pub(super) fn chosen(tx: &mut Tx<'_, '_>, post: &Post, voter: ActorId, choices: &[usize]) -> Result<()> {
    let [voter, author] = actors(tx, [voter, post.author])?;
    let (Some(voter), Some(author)) = (voter.filter(Actor::is_local), author.filter(|author| !author.is_local()))
    else {
        return Ok(());
    };
    for choice in choices {
        let options = post.content.poll.as_ref().map(|poll| poll.options.as_slice()).unwrap_or_default();
        let Some((option, _)) = options.get(*choice) else { continue };
        let (name, ballot) = (Name::new(tx, &voter), urls::ballot(&voter.uri, post.id, *choice));
        let activity = activity::choose(&name.uri, &ballot, (&voter, &author), post, option);
        let to = Recipients { people: slice::from_ref(&author.id), ..Recipients::NONE };
        send(tx, &name, Envelope { public: false, ..Envelope::of(voter.id, None) }, &activity, &[to])?;
    }
    Ok(())
}

/// What was counted in a poll here is told to all who hold a copy: who voted, who follows its author, or its group. What
/// stays among members is told by the group alone.
pub(super) fn counted(tx: &mut Tx<'_, '_>, post: &Post) -> Result<()> {
    if !post.local {
        return Ok(());
    }
    let view = view::post(tx, post.clone())?;
    let (name, inside) = (Name::new(tx, &view.author), post.audience == Audience::Members);
    let activity = activity::update((tx.site(), tx.now()), &name.uri, &view, Form::Note);
    let (mut to, mut instead_of) = (Vec::new(), Vec::new());
    if let Some(group) = &view.group
        && tells_of(tx, group, post)?
    {
        instead_of.extend(pass_on(tx, group, Some(post), (Receivers::Polls, &[]), &activity)?);
        to.extend((!inside).then(|| to_microblogs(group)));
    }
    let mut people = if inside { Vec::new() } else { store::polls::voters(tx, post.id)? };
    people.extend(view.group.as_ref().filter(|group| !group.is_local()).map(|group| group.id));
    let followers_of = if reaches_followers(post) { slice::from_ref(&view.author.id) } else { &[] };
    to.push(Recipients { followers_of, people: &people, instead_of: &instead_of, ..Recipients::NONE });
    send(tx, &name, Envelope::of(view.author.id, Some(post)), &activity, &to)?;
    Ok(())
}
