//! Private messages of groups: what a group tells one person; its team can read that, too.
use domain::{
    group::Visibility,
    id::ActorId,
    pace,
    policy::Refusal,
    post::{Audience, Content, Post, PostKind},
    text::markdown,
};

use crate::{
    Cause, Error, Event, Result, Tx, follows, groups, paces,
    posts::{self, Draft, Origin},
    tongues::{self, Tongue},
};

/// Lets a group here write to a person, here or elsewhere. It names itself as well, so that its team reads it.
pub(crate) fn tell(tx: &mut Tx<'_, '_>, group: ActorId, person: ActorId, text: &str) -> Result<Post> {
    send(tx, group, vec![person, group], text)
}

/// The same for what nobody else is to read, not even its team.
pub(crate) fn confide(tx: &mut Tx<'_, '_>, group: ActorId, person: ActorId, text: &str) -> Result<Post> {
    send(tx, group, vec![person], text)
}

fn send(tx: &mut Tx<'_, '_>, group: ActorId, mentions: Vec<ActorId>, text: &str) -> Result<Post> {
    let content = Content {
        html: markdown::render(text, |_| None, |_| None),
        source: Some(text.to_owned()),
        ..Content::default()
    };
    let mut draft = Draft::new(PostKind::Note, content, Audience::Direct);
    draft.mentions = mentions;
    posts::publish(tx, group, &draft, None, None)
}

/// Where a message leads: the address, and what the link to it is called in Spanish and in English.
pub(crate) type Way<'a> = (&'a str, (&'static str, &'static str));

/// A message to one person, in the language that is known of them, or in both: it says that nobody else reads it, and leads
/// further once.
pub(crate) fn letter(
    tx: &mut Tx<'_, '_>,
    (from, person): (ActorId, ActorId),
    say: impl Fn(Tongue) -> String,
    way: Option<Way<'_>>,
) -> Result<String> {
    let tongues = tongues::of(tx, person, from)?;
    let mark = |tongue: Tongue| tongue.pick("Mensaje privado", "Private message");
    let mut parts: Vec<String> =
        tongues.iter().map(|tongue| format!("🔒 {}. {}", mark(*tongue), say(*tongue))).collect();
    if let Some((address, (es, en))) = way {
        let labels: Vec<&str> = tongues.iter().map(|tongue| tongue.pick(es, en)).collect();
        parts.push(format!("[{}](<{address}>)", labels.join(" · ")));
    }
    Ok(parts.join("\n\n"))
}

/// What a group says to whom it invites.
pub(crate) fn invitation(tx: &mut Tx<'_, '_>, group: ActorId, person: ActorId) -> Result<String> {
    let group = follows::living(tx, group)?;
    let (name, title) = (group.handle(), markdown::escape(&group.title));
    let say = |tongue: Tongue| {
        tongue.pick(
            format!("Tienes una invitación a @{name} ({title}): sigue esa cuenta para ser miembro."),
            format!("You are invited to @{name} ({title}): follow it to become a member."),
        )
    };
    letter(tx, (group.id, person), say, None)
}

/// Shows a person here what a group elsewhere tells them by an activity, as a message of the group with the id of that
/// activity. Telling it twice is telling it once.
pub(crate) fn receive(
    tx: &mut Tx<'_, '_>,
    group: ActorId,
    person: ActorId,
    (activity, text): (&str, &str),
    cause: Cause,
) -> Result<()> {
    let content = Content { html: markdown::render(text, |_| None, |_| None), ..Content::default() };
    let mut draft = Draft::new(PostKind::Note, content, Audience::Direct);
    draft.mentions = vec![person];
    let (uri, published) = (activity.to_owned(), tx.now());
    let origin = Origin { url: uri.clone(), uri, published, edited: None, way: posts::Way::Sent };
    posts::receive(tx, group, &draft, &origin, cause).map(drop)
}

/// What somebody elsewhere tried to post or to change, and where.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The id of the activity.
    pub activity: String,
    /// The id of the post.
    pub post: String,
    /// Whether the post stands there already, and was to say something else.
    pub is_change: bool,
}

/// Answers somebody elsewhere whose post a group here does not take because they are no member, are kept from writing, or slow mode lets
/// them wait: always to their server, and in words once. Of anything else nobody is told.
pub fn refuse(tx: &mut Tx<'_, '_>, author: ActorId, draft: &Draft, attempt: &Attempt, why: Error) -> Result<()> {
    let group = match draft.parent {
        Some(parent) => posts::load(tx, parent)?.group,
        None => draft.group,
    };
    let (Some(group), Error::Denied(refusal)) = (group, &why) else { return Err(why) };
    let (rules, _) = groups::regard(tx, group, author)?;
    let place = follows::living(tx, group)?;
    let (name, title) = (place.handle(), markdown::escape(&place.title));
    let text = match refusal {
        Refusal::NotMember if rules.visibility == Visibility::Restricted && groups::is_local(tx, group)? => {
            let say = |tongue: Tongue| {
                tongue.pick(
                    format!(
                        "En {title} (@{name}) solo escriben sus miembros; leer, lee cualquiera. Para serlo, sigue esa cuenta."
                    ),
                    format!("Only members of {title} (@{name}) post there; everybody reads. To become one, follow it."),
                )
            };
            let text = letter(tx, (group, author), say, None)?;
            (!store::posts::has_told(tx, group, author)?).then_some(text)
        }
        Refusal::Slow(wait) => {
            let thread = draft.parent.map(|parent| posts::load(tx, parent)).transpose()?.map(|parent| parent.root);
            let minutes = pace::minutes(*wait);
            let say = |tongue: Tongue| {
                tongue.pick(
                    format!(
                        "{title} (@{name}) está en modo lento: lo que has publicado no ha entrado. Puedes volver a publicar \
                         en {minutes} min."
                    ),
                    format!(
                        "Slow mode is on in {title} (@{name}): what you posted was not taken. You can post again in \
                         {minutes} min."
                    ),
                )
            };
            let text = letter(tx, (group, author), say, None)?;
            paces::tells(tx, (group, thread), author)?.then_some(text)
        }
        // What they were told when it was decided says why.
        Refusal::Hushed(_) if groups::is_local(tx, group)? => None,
        _ => return Err(why),
    };
    if let Some(text) = text {
        tell(tx, group, author, &text)?;
    }
    tx.emit(Event::PostRefused { group, author, attempt: attempt.clone() });
    Ok(())
}

/// Answers the server of somebody elsewhere who changed a post that stands in a group here, and whom its team keeps from
/// writing: the post says what it said. Of anything else nobody is told.
pub fn refuse_change(tx: &mut Tx<'_, '_>, author: ActorId, attempt: &Attempt, why: Error) -> Result<()> {
    let Error::Denied(Refusal::Hushed(_)) = why else { return Err(why) };
    let group = store::posts::by_uri(tx, &attempt.post)?.and_then(|post| post.group);
    let Some(group) = group.filter(|_| attempt.is_change) else { return Err(why) };
    if !groups::is_local(tx, group)? {
        return Err(why);
    }
    // What they were told when it was decided says why.
    tx.emit(Event::PostRefused { group, author, attempt: attempt.clone() });
    Ok(())
}
