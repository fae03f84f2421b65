//! What those who run the server tell everybody, with whom and what it names.
use std::collections::{HashMap, HashSet};

use app::groups;
use domain::{
    actor::Actor,
    emoji::Palette,
    id::PostId,
    post::Post,
    text::html,
    urls::{Local, Site},
};
use serde::Serialize;
use serde_json::{Value, json};
use store::{
    Conn, Result,
    announcements::{Announcement as Said, Answer},
};

use super::{
    Id, Reader,
    emoji::{self, CustomEmoji},
    instant, status,
};

/// How many announcements are shown.
const SHOWN: i64 = 40;

/// An `Announcement`.
#[derive(Debug, Serialize)]
pub(crate) struct Announcement {
    pub(crate) id: Id,
    content: String,
    starts_at: Option<String>,
    ends_at: Option<String>,
    all_day: bool,
    published_at: String,
    updated_at: String,
    read: bool,
    mentions: Vec<Value>,
    statuses: Vec<Named>,
    tags: Vec<Value>,
    emojis: Vec<CustomEmoji>,
    reactions: Vec<Value>,
}

/// A post that is named.
#[derive(Debug, Serialize)]
struct Named {
    id: Id,
    url: String,
}

/// What of here the links of texts lead to, as far as everybody may know of it.
struct Things {
    actors: HashMap<String, Actor>,
    posts: HashMap<PostId, Post>,
}

impl Things {
    fn load(c: &mut Conn, reader: &Reader, texts: &[&str]) -> Result<Self> {
        let (mut uris, mut numbers) = (HashSet::new(), HashSet::new());
        for address in texts.iter().flat_map(|text| html::addresses(text)) {
            match reader.site.parse(&address) {
                Some((host, Local::Actor(name))) => {
                    uris.insert(reader.site.actor(&host, &name));
                }
                Some((_, Local::Post(_, id))) => {
                    numbers.insert(id);
                }
                _ => {}
            }
        }
        let (mut actors, mut posts) = (HashMap::new(), HashMap::new());
        if !uris.is_empty() {
            let uris: Vec<String> = uris.into_iter().collect();
            for actor in store::actors::by_uris(c, &uris)? {
                if actor.deleted.is_none() && groups::is_known(c, &actor, None, reader.now)? {
                    actors.insert(actor.uri.clone(), actor);
                }
            }
        }
        for id in numbers {
            posts.extend(store::posts::seen(c, id, None)?.map(|post| (id, post)));
        }
        Ok(Self { actors, posts })
    }
}

/// What one text names, each once, in its order.
#[derive(Default)]
struct Links<'a> {
    actors: Vec<&'a Actor>,
    posts: Vec<&'a Post>,
    tags: Vec<String>,
}

impl<'a> Links<'a> {
    fn of(site: &Site, things: &'a Things, text: &str) -> Self {
        let (mut links, mut seen, tags) = (Self::default(), HashSet::new(), site.tag(""));
        for address in html::addresses(text).filter(|address| seen.insert(address.clone())) {
            match site.parse(&address) {
                Some((host, Local::Actor(name))) => links.actors.extend(things.actors.get(&site.actor(&host, &name))),
                Some((_, Local::Post(_, id))) => links.posts.extend(things.posts.get(&id)),
                Some((_, Local::Other)) => links.tags.extend(address.strip_prefix(&tags).map(str::to_owned)),
                _ => {}
            }
        }
        links
    }
}

/// The announcements that hold, as somebody reads them.
pub(crate) fn list(c: &mut Conn, reader: &Reader) -> Result<Vec<Announcement>> {
    let current = store::announcements::current(c, reader.now, SHOWN)?;
    let ids: Vec<i64> = current.iter().map(|said| said.id.0).collect();
    let answers = store::announcements::answers(c, &ids)?;
    let own = reader.me.map(|me| store::announcements::own(c, me, &ids)).transpose()?.unwrap_or_default();
    let reacted: Vec<String> = answers.iter().map(|answer| format!(":{}:", answer.emoji)).collect();
    let texts: Vec<&str> = current.iter().map(|said| said.body.as_str()).collect();
    let all = texts.iter().copied().chain(reacted.iter().map(String::as_str));
    let palette = store::emoji::palette(c, all.map(|text| (None, text)))?;
    let things = Things::load(c, reader, &texts)?;
    let entity = |said: &Said| {
        let links = Links::of(&reader.site, &things, &said.body);
        let reactions = answers.iter().filter(|answer| answer.id == said.id).map(|answer| {
            let mine = own.contains(&(said.id, Some(answer.emoji.clone())));
            reaction(&reader.site, &palette, answer, mine)
        });
        // Clients show from when to when it is about something that takes its time, or begins at a time that somebody chose.
        let has_start = said.starts != said.created && said.starts.millis() > 0;
        let starts = if has_start { said.starts } else { said.created };
        let named = |post: &&Post| Named { id: Id(post.id.0), url: post.url.clone() };
        Announcement {
            id: Id(said.id.0),
            content: said.body.clone(),
            starts_at: (has_start || said.ends.is_some()).then(|| instant(starts)),
            ends_at: said.ends.map(instant),
            all_day: said.all_day,
            published_at: instant(said.created.max(said.starts)),
            updated_at: instant(said.created),
            read: own.contains(&(said.id, None)),
            mentions: links.actors.iter().map(|actor| json!(status::mention(&reader.site, actor))).collect(),
            statuses: links.posts.iter().map(named).collect(),
            tags: links.tags.iter().map(|name| json!(status::tag(&reader.site, name))).collect(),
            emojis: emoji::named(&reader.site, &palette, None, [said.body.as_str()]),
            reactions: reactions.collect(),
        }
    };
    Ok(current.iter().map(entity).collect())
}

/// With what people answered; `mine` says whether the reader is among them.
fn reaction(site: &Site, palette: &Palette, answer: &Answer, mine: bool) -> Value {
    match palette.of(None, [format!(":{}:", answer.emoji).as_str()]).as_slice() {
        [emoji] => json!({
            "name": answer.emoji,
            "count": answer.count,
            "me": mine,
            "url": emoji.picture(site),
            "static_url": emoji.still(site),
        }),
        _ => json!({ "name": answer.emoji, "count": answer.count, "me": mine }),
    }
}
