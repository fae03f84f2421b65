//! What people here tell of themselves, and how they write where they do not say otherwise.
use std::{sync::Arc, time::Duration};

use domain::{
    actor::{Actor, ActorKind, Field},
    host::Host,
    id::ActorId,
    text::{html, language, plain},
};
use store::{
    Conn,
    preferences::{Preferences, Reading},
    profile_sources::Source,
};

use crate::{App, Error, Event, Me, Result, Tx, linked, vouching};

/// The longest name, in characters.
pub const NAME: usize = 100;
/// The longest text about oneself, in characters: that of Mastodon.
pub const ABOUT: usize = 500;
/// How many lines a profile has at most.
pub const FIELDS: usize = 8;
/// The longest name of a line, and the longest line, in characters: those of Mastodon.
pub const FIELD: usize = 255;
/// How many sites may name somebody as an author at most: that of Mastodon.
pub const SITES: usize = 100;

/// What is to be told of oneself; `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// What one is called.
    pub name: Option<String>,
    /// What one says of oneself, Markdown.
    pub about: Option<String>,
    /// Lines: what each is about, and what it says, which may be an address. Those without both are left out.
    pub fields: Option<Vec<(String, String)>>,
    /// Whether one answers by hand those who ask to follow.
    pub approves_followers: Option<bool>,
    /// Whether a program writes here.
    pub is_bot: Option<bool>,
    /// Whether directories and search may list one.
    pub discoverable: Option<bool>,
    /// Whether search engines may keep what one writes.
    pub indexable: Option<bool>,
    /// Whether one keeps to oneself who follows and is followed.
    pub hides_circle: Option<bool>,
    /// The sites, as hosts or addresses, whose pages may name one as their author.
    pub attribution: Option<Vec<String>>,
}

impl Change {
    /// What is typed after it, where `before` was typed before.
    fn typed(&self, before: Source) -> Source {
        Source {
            about: self.about.clone().unwrap_or(before.about),
            lines: self.lines().unwrap_or(before.lines),
            attribution: self.sites().unwrap_or(before.attribution),
        }
    }

    /// The hosts that are named, each once, if they are to be changed.
    fn sites(&self) -> Option<Vec<String>> {
        let mut sites: Vec<String> = Vec::new();
        for host in self.attribution.as_ref()?.iter().filter_map(|text| site(text)) {
            if !sites.contains(&host) {
                sites.push(host);
            }
        }
        Some(sites)
    }

    /// The lines that say something, if they are to be changed.
    fn lines(&self) -> Option<Vec<(String, String)>> {
        let line = |(name, text): &(String, String)| (plain::name(name), text.trim().to_owned());
        let lines = self.fields.as_ref()?.iter().map(line);
        Some(lines.filter(|(name, text)| !name.is_empty() && !text.is_empty()).collect())
    }
}

/// The host that somebody means who writes it alone, with its address, or with all that stand below it.
fn site(text: &str) -> Option<String> {
    let text = text.trim();
    let host = if text.contains("://") { Host::of(text) } else { Host::parse(text.trim_start_matches("*.")) };
    host.map(|host| host.to_string())
}

/// What somebody here tells of themselves, as it is to be edited.
pub fn source(conn: &mut Conn, actor: &Actor) -> store::Result<Source> {
    let read = || Source {
        about: html::to_text(&actor.summary),
        lines: actor.fields.iter().map(|field| (field.name.clone(), html::to_text(&field.value))).collect(),
        attribution: Vec::new(),
    };
    Ok(store::profile_sources::of(conn, actor.id)?.unwrap_or_else(read))
}

/// Changes what I tell of myself.
pub async fn change(app: &App, me: Me, change: Change) -> Result<Actor> {
    check(&change)?;
    app.write(move |tx| {
        let was = store::actors::by_id(tx, me.0)?.filter(Actor::is_local).ok_or(Error::NotFound)?;
        let mut actor = was.clone();
        let typed = source(tx, &was)?;
        apply(tx, &mut actor, &change)?;
        let now = change.typed(typed.clone());
        store::profile_sources::set(tx, me.0, &now)?;
        // Whoever saves their lines again has them looked at again.
        if change.fields.is_some() && actor.fields.iter().any(is_unproven) {
            tx.push_job(vouching::LOOK, &me.0.to_string(), Duration::ZERO)?;
        }
        if actor == was && now.attribution == typed.attribution {
            return Ok(actor);
        }
        actor.updated = tx.now();
        store::actors::upsert(tx, &actor)?;
        tx.emit(Event::ProfileChanged { actor: Arc::new(actor.clone()), by: me.0 });
        Ok(actor)
    })
    .await
}

/// Whether a line names a page that is not known to be its author's.
fn is_unproven(field: &Field) -> bool {
    field.verified.is_none() && html::own_page(&field.value).is_some()
}

fn check(change: &Change) -> Result<()> {
    let fits = |what: &str, text: &str, most: usize| {
        let refusal = || Error::Invalid(format!("{what} has at most {most} characters"));
        (text.chars().count() <= most).then_some(()).ok_or_else(refusal)
    };
    fits("a name", change.name.as_deref().unwrap_or_default(), NAME)?;
    fits("what you say of yourself", change.about.as_deref().unwrap_or_default(), ABOUT)?;
    let fields = change.fields.as_deref().unwrap_or_default();
    if fields.len() > FIELDS {
        return Err(Error::Invalid(format!("a profile has at most {FIELDS} lines")));
    }
    let sites = change.attribution.as_deref().unwrap_or_default();
    if sites.len() > SITES {
        return Err(Error::Invalid(format!("at most {SITES} sites may name you")));
    }
    if let Some(none) = sites.iter().find(|text| site(text).is_none()) {
        return Err(Error::Invalid(format!("`{none}` is no site")));
    }
    fields.iter().flat_map(|(name, text)| [name, text]).try_for_each(|text| fits("a line of a profile", text, FIELD))
}

fn apply(tx: &mut Tx<'_, '_>, actor: &mut Actor, change: &Change) -> Result<()> {
    if let Some(name) = &change.name {
        let name = plain::name(name);
        actor.title = if name.is_empty() { actor.name.clone() } else { name };
    }
    if let Some(about) = &change.about {
        actor.summary = written(tx, actor.id, about)?;
    }
    if let Some(given) = change.lines() {
        let mut fields = Vec::new();
        for (name, text) in given {
            let value = line(tx, actor.id, &text)?;
            let known = actor.fields.iter().find(|field| field.value == value);
            fields.push(Field { name, verified: known.and_then(|field| field.verified), value });
        }
        actor.fields = fields;
    }
    if let Some(is_bot) = change.is_bot {
        actor.kind = if is_bot { ActorKind::Service } else { ActorKind::Person };
    }
    actor.approves_followers = change.approves_followers.unwrap_or(actor.approves_followers);
    actor.discoverable = change.discoverable.unwrap_or(actor.discoverable);
    actor.indexable = change.indexable.unwrap_or(actor.indexable);
    actor.hides_circle = change.hides_circle.unwrap_or(actor.hides_circle);
    Ok(())
}

/// The HTML of what somebody says of themselves; whoever is known here can be mentioned.
fn written(tx: &mut Tx<'_, '_>, by: ActorId, text: &str) -> Result<String> {
    let (site, now) = (tx.site().clone(), tx.now());
    Ok(linked::render(tx, &site, text, (Some(by), now))?)
}

/// The HTML of one line: an address is a link that says that the page there is one's own.
fn line(tx: &mut Tx<'_, '_>, by: ActorId, text: &str) -> Result<String> {
    let is_address = ["https://", "http://"].iter().any(|scheme| text.starts_with(scheme))
        && !text.contains(char::is_whitespace)
        && Host::of(text).is_some();
    if is_address {
        let text = html::escape(text);
        return Ok(format!(r#"<a href="{text}" rel="me nofollow noopener">{text}</a>"#));
    }
    let html = written(tx, by, text)?;
    let inner = html.strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>"));
    Ok(inner.filter(|inner| !inner.contains("<p>")).unwrap_or(&html).to_owned())
}

/// Sets how I read.
pub async fn read_as(app: &App, me: Me, wanted: Reading) -> Result<()> {
    app.write(move |tx| {
        store::accounts::by_id(tx, me.0)?.ok_or(Error::NotFound)?;
        Ok(store::preferences::set_reading(tx, me.0, wanted)?)
    })
    .await
}

/// Sets how I write where I do not say otherwise.
pub async fn prefer(app: &App, me: Me, wanted: Preferences) -> Result<()> {
    let language = match wanted.language.as_deref().filter(|tag| !tag.is_empty()) {
        Some(tag) => Some(language::normalize_tag(tag).ok_or_else(|| Error::Invalid("this is no language".into()))?),
        None => None,
    };
    let wanted = Preferences { language, ..wanted };
    app.write(move |tx| {
        store::accounts::by_id(tx, me.0)?.ok_or(Error::NotFound)?;
        Ok(store::preferences::set(tx, me.0, &wanted)?)
    })
    .await
}
