//! How much of a group its followers receive: each says so on its page, or in one word to the group, which answers once.
use std::time::Duration;

use domain::{
    actor::Actor,
    id::ActorId,
    policy,
    portion::Portion,
    post::{Audience, Post},
    text::{html, markdown, plain},
    time::{Timestamp, span},
    urls,
};
use futures_util::future::BoxFuture;

use crate::{App, Error, Event, Me, Result, Tx, digests, groups, messages, notes, tongues::Tongue};

/// The job that writes what was most talked about; its subject is the numbers of the group and the person, and when it is
/// due.
pub(crate) const WRITE: &str = "portion";

/// The job that answers; its subject is the numbers of the group and the person, what they want, and the language of the word.
/// It goes with the answer.
pub(crate) const ANSWER: &str = "portion_answer";

/// The longest message that is a wish, in characters.
const WISH: usize = 200;
/// How many threads a letter names, and how much of each.
const THREADS: i64 = 5;
const HEADLINE: usize = 100;
const WEEK: Duration = span::days(7);

/// Says how much of a group here, which I follow, I want.
pub async fn choose(app: &App, me: Me, group: ActorId, portion: Portion) -> Result<()> {
    app.write(move |tx| set(tx, me.0, group, portion).map(drop)).await
}

/// Records how much somebody wants, and says how much that is.
fn set(tx: &mut Tx<'_, '_>, person: ActorId, group: ActorId, portion: Portion) -> Result<Portion> {
    policy::apportion(notes::is_following(tx, person, group)?)?;
    if !groups::is_local(tx, group)? {
        return Err(Error::Invalid("its own server says how much it sends".into()));
    }
    // Of replies people here are told as they choose for themselves: none comes to their home.
    let is_here = store::accounts::by_id(tx, person)?.is_some();
    let portion = if is_here && portion == Portion::All { Portion::Threads } else { portion };
    let before = store::portions::of(tx, person, group)?;
    store::portions::set(tx, person, group, portion)?;
    if portion == Portion::Digest && before != Some(Portion::Digest) {
        plan(tx, group, person)?;
    }
    Ok(portion)
}

/// What a message wishes, of which group that its author follows, and in which language; nothing, if it is a message.
pub(crate) fn wished(tx: &mut Tx<'_, '_>, post: &Post) -> Result<Option<(ActorId, Portion, &'static str)>> {
    if post.audience != Audience::Direct {
        return Ok(None);
    }
    let Some((portion, language)) = Portion::said(&html::excerpt(&post.content.html, WISH)) else { return Ok(None) };
    for group in store::posts::mentioned(tx, post.id)? {
        if groups::is_local(tx, group)? && notes::is_following(tx, post.author, group)? {
            return Ok(Some((group, portion, language)));
        }
    }
    Ok(None)
}

/// Somebody wrote to a group how much of it they want.
pub(crate) fn record(tx: &mut Tx<'_, '_>, event: &Event) -> Result<()> {
    let Event::Posted { post, old: false, .. } = event else { return Ok(()) };
    let Some((group, portion, language)) = wished(tx, post)? else { return Ok(()) };
    let portion = set(tx, post.author, group, portion)?;
    // Nobody hears of what happens while one hears of something.
    tx.push_job(ANSWER, &format!("{group} {} {} {language}", post.author, portion.as_str()), Duration::ZERO)
}

/// Answers somebody who wrote how much of a group they want.
pub(crate) fn reply(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let words: Vec<&str> = subject.split(' ').collect();
        let &[group, person, portion, language] = words.as_slice() else { return Ok(()) };
        let (Ok(group), Ok(person), Ok(portion)) = (group.parse(), person.parse(), portion.parse()) else {
            return Ok(());
        };
        let (group, person, language) = (ActorId(group), ActorId(person), language.to_owned());
        app.write(move |tx| {
            if !store::jobs::take(tx, ANSWER, &subject)? {
                return Ok(());
            }
            let Some(name) = store::actors::by_id(tx, group)?.map(|group| group.handle()) else { return Ok(()) };
            messages::confide(tx, group, person, &answer(&name, portion, &language)).map(drop)
        })
        .await
    })
}

/// What a group answers.
fn answer(name: &str, portion: Portion, language: &str) -> String {
    let text = match (language, portion) {
        ("es", Portion::All) => {
            "Recibirás los hilos de @NAME y también sus respuestas, si en tu servidor la mayoría de quienes eligen así lo \
             quiere: lo que envía un grupo lo ven todos sus seguidores de un servidor. Para cambiarlo, escríbeme «hilos», \
             «destacados» o «resumen»."
        }
        ("es", Portion::Threads) => {
            "Recibirás los hilos nuevos de @NAME, sin sus respuestas. Para cambiarlo, escríbeme «todo», «destacados» o \
             «resumen»."
        }
        ("es", Portion::Highlights) => {
            "Recibirás los hilos de @NAME que destaque su equipo, cuando los destaque. Los demás dejan de llegar a tu servidor si \
             nadie más los quiere allí. Para cambiarlo, escríbeme «todo», «hilos» o «resumen»."
        }
        ("es", Portion::Digest) => {
            "Cada lunes recibirás un mensaje con lo más comentado de @NAME. Los hilos dejan de llegar a tu servidor si nadie \
             más los quiere allí. Para cambiarlo, escríbeme «todo», «hilos» o «destacados»."
        }
        (_, Portion::All) => {
            "You will get the threads of @NAME and the replies to them, too, if most of those who choose on your server want \
             that: what a group sends is seen by all who follow it on a server. To change it, write me “threads”, “highlights” or \
             “digest”."
        }
        (_, Portion::Threads) => {
            "You will get the new threads of @NAME, without the replies. To change it, write me “all”, “highlights” or \
             “digest”."
        }
        (_, Portion::Highlights) => {
            "You will get the threads of @NAME that its team puts in front, once it does. Others stop coming to your server if \
             nobody else wants them there. To change it, write me “all”, “threads” or “digest”."
        }
        (_, Portion::Digest) => {
            "Each Monday you will get a message with what was most talked about in @NAME. Threads stop coming to your server \
             if nobody else wants them there. To change it, write me “all”, “threads” or “highlights”."
        }
    };
    text.replace("NAME", name)
}

/// Plans the next letter; `false` if it is planned already.
fn plan(tx: &mut Tx<'_, '_>, group: ActorId, person: ActorId) -> Result<bool> {
    let (now, due) = (tx.now(), digests::next(tx.now()));
    let subject = format!("{group} {person} {}", due.0);
    let is_new = !store::jobs::is_planned(tx, WRITE, &subject)?;
    tx.push_job(WRITE, &subject, due.since(now))?;
    Ok(is_new)
}

/// Writes the letter of this week, if its person still wants it and anything happened, and plans the next one.
pub(crate) fn write_due(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let words: Vec<&str> = subject.split(' ').collect();
        // Those that were planned before have a language behind that.
        let &[group, person, due, ..] = words.as_slice() else { return Ok(()) };
        let (Ok(group), Ok(person), Ok(due)) = (group.parse(), person.parse(), due.parse()) else { return Ok(()) };
        let (group, person, due) = (ActorId(group), ActorId(person), Timestamp(due));
        app.write(move |tx| {
            if store::portions::of(tx, person, group)? != Some(Portion::Digest) {
                return Ok(());
            }
            let Some(group) = store::actors::by_id(tx, group)?.filter(|group| group.deleted.is_none()) else {
                return Ok(());
            };
            // Whoever planned the next one wrote this one.
            if !plan(tx, group.id, person)? {
                return Ok(());
            }
            match letter(tx, (&group, person), due - WEEK)? {
                Some(text) if !group.suspended => messages::confide(tx, group.id, person, &text).map(drop),
                _ => Ok(()),
            }
        })
        .await
    })
}

/// What was most talked about in a group since a moment; nothing, if nothing happened.
fn letter(tx: &mut Tx<'_, '_>, (group, person): (&Actor, ActorId), since: Timestamp) -> Result<Option<String>> {
    let ids = store::portions::best(tx, group.id, since, THREADS)?;
    let threads = store::posts::by_ids(tx, &ids)?;
    if threads.is_empty() {
        return Ok(None);
    }
    let handle = group.handle();
    let say = |tongue: Tongue| {
        format!("{} @{handle}", tongue.pick("Lo más comentado de la semana en", "Most talked about this week in"))
    };
    let heading = messages::letter(tx, (group.id, person), say, None)?;
    let mut lines = Vec::new();
    for thread in &threads {
        let author = store::actors::by_id(tx, thread.author)?.ok_or(Error::NotFound)?;
        let page = if author.is_local() { author.uri } else { tx.site().actor(tx.site().host(), &author.handle()) };
        let content = &thread.content;
        let said = content.title.clone().or_else(|| content.warning.clone()).filter(|title| !title.is_empty());
        let title = said.unwrap_or_else(|| html::excerpt(&content.html, HEADLINE));
        lines.push(format!("- {}: <{}>", markdown::escape(&plain::name(&title)), urls::post(&page, thread.id)));
    }
    Ok(Some(format!("{heading}\n\n{}", lines.join("\n"))))
}
