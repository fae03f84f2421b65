//! The reply that answers what a thread asks: whoever began it says so, or the team.
use std::sync::Arc;

use domain::{
    actor::Actor,
    id::{ActorId, PostId},
    policy,
    post::Post,
    text::markdown,
    urls,
};

use crate::{App, Error, Event, Me, Result, Tx, groups, messages, moves, posts, tongues::Tongue};

/// What helps those who have the same question.
#[derive(Debug, Clone)]
pub enum Help {
    /// The same happens to this person as to the author of this thread, or does not after all.
    Echoed(Arc<Post>, ActorId, bool),
    /// A reply answers its thread, or does not after all.
    Solved(Solution),
}

/// That a reply answers its thread, or does not after all.
#[derive(Debug, Clone)]
pub struct Solution {
    /// The thread.
    pub thread: Arc<Post>,
    /// The reply.
    pub reply: Arc<Post>,
    /// Who says so.
    pub by: ActorId,
    /// It does, or not after all.
    pub on: bool,
}

/// Says that a reply answers its thread, in place of any other, or does not after all.
pub async fn set(app: &App, me: Me, reply: PostId, on: bool) -> Result<()> {
    app.write(move |tx| {
        let reply = posts::load_seen(tx, reply, me)?;
        let thread = posts::load_seen(tx, reply.root, me)?;
        let Some(group) = thread.group.filter(|_| !reply.is_thread()) else {
            return Err(Error::Invalid("replies in communities answer".into()));
        };
        let (_, standing) = groups::regard(tx, group, me.0)?;
        policy::solve(&thread, &reply, me.0, &standing)?;
        let now = tx.now();
        let is_news = if on {
            store::solutions::set(tx, thread.id, reply.id, me.0, now)?
        } else {
            store::solutions::remove(tx, thread.id, reply.id)?
        };
        // Whoever takes it back and says it again is not heard twice.
        if is_news && on && store::solutions::accept(tx, thread.id, reply.id)? {
            // Here and not where others hear of it: what they write is heard by nobody.
            write_answer(tx, &reply, me.0, &[thread.author])?;
            if reply.author != me.0 {
                write_thanks(tx, (group, &reply))?;
            }
        }
        if is_news {
            tx.emit(Event::Helped(Help::Solved(Solution {
                thread: Arc::new(thread),
                reply: Arc::new(reply),
                by: me.0,
                on,
            })));
        }
        Ok(())
    })
    .await
}

/// Writes to those who wait for an answer that `by` accepted, may read it and have no notices here: guests, and people
/// elsewhere.
pub(crate) fn write_answer(tx: &mut Tx<'_, '_>, reply: &Post, by: ActorId, people: &[ActorId]) -> Result<()> {
    let Some(group) = reply.group else { return Ok(()) };
    let say = |tongue: Tongue, title: &str| {
        tongue.pick(
            format!("En {title} hay una respuesta aceptada a lo que preguntabas."),
            format!("In {title} there is an accepted answer to what you asked."),
        )
    };
    for person in people.iter().filter(|person| ![by, reply.author].contains(person)) {
        if store::posts::seen(tx, reply.id, Some(*person))?.is_some() {
            write(tx, (group, *person), reply, say)?;
        }
    }
    Ok(())
}

/// Thanks whoever answered, if they have no notices here.
fn write_thanks(tx: &mut Tx<'_, '_>, (group, reply): (ActorId, &Post)) -> Result<()> {
    let say = |tongue: Tongue, title: &str| {
        tongue.pick(
            format!("Tu respuesta en {title} se ha aceptado: ayuda a quien preguntaba. ¡Gracias!"),
            format!("Your answer in {title} was accepted: it helps whoever asked. Thank you!"),
        )
    };
    write(tx, (group, reply.author), reply, say)
}

/// A letter of a community here to somebody without a login, which leads to a reply and says nothing of what stands there.
fn write(
    tx: &mut Tx<'_, '_>,
    (group, person): (ActorId, ActorId),
    reply: &Post,
    say: impl Fn(Tongue, &str) -> String,
) -> Result<()> {
    let living = |actor: Actor| Some(actor).filter(|actor| actor.deleted.is_none());
    let place = store::actors::by_id(tx, group)?.and_then(living).filter(Actor::is_local);
    let author = store::actors::by_id(tx, reply.author)?.and_then(living);
    let (Some(place), Some(author)) = (place, author) else { return Ok(()) };
    // Whoever moved away says nothing any more.
    let is_mute = matches!(moves::refuse_moved(tx, group), Err(Error::Denied(_)));
    if is_mute || store::accounts::by_id(tx, person)?.is_some() {
        return Ok(());
    }
    let title = format!("{} (@{})", markdown::escape(&place.title), place.handle());
    let page = if author.is_local() { author.uri } else { tx.site().actor(tx.site().host(), &author.handle()) };
    let address = urls::post(&page, reply.id);
    let way = (&*address, ("Ver la respuesta", "See the answer"));
    let text = messages::letter(tx, (group, person), |tongue| say(tongue, &title), Some(way))?;
    messages::confide(tx, group, person, &text).map(drop)
}
