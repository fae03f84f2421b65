//! From what a member typed to a draft: Markdown rendered, mentions found, the group chosen.
use std::collections::HashMap;
use std::time::Duration;

use domain::{
    actor::Actor,
    handle::Handle,
    host::Host,
    id::{ActorId, MediaId, PostId},
    policy::{self, Place},
    post::{Audience, Content, Poll, Post, PostKind, Quoting},
    text::{hashtag, language, markdown, mention, plain, title},
};

use serde::{Deserialize, Serialize};
use store::Conn;

use super::{Draft, TITLE};
use crate::{App, Error, Me, Result, media, polls, quotes};

/// The longest text a member may write, in characters.
pub const TEXT: usize = 50_000;

/// What a member typed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Writing {
    /// Markdown.
    pub text: String,
    /// A title; a thread without one takes its first line.
    pub title: Option<String>,
    /// A content warning.
    pub warning: Option<String>,
    /// Whether media should be hidden at first.
    pub sensitive: bool,
    /// BCP 47; guessed if there is none.
    pub language: Option<String>,
    /// Whom it is addressed to.
    pub audience: Audience,
    /// The post it replies to.
    pub parent: Option<PostId>,
    /// The group it is meant for; otherwise the first one it mentions.
    pub group: Option<ActorId>,
    /// Pictures, films and sounds that its author brought.
    pub media: Vec<MediaId>,
    /// A poll.
    pub poll: Option<Poll>,
    /// The post it quotes.
    pub quote: Option<PostId>,
    /// Who may quote it.
    pub quoting: Quoting,
}

impl Default for Writing {
    fn default() -> Self {
        Self {
            text: String::new(),
            title: None,
            warning: None,
            sensitive: false,
            language: None,
            audience: Audience::Public,
            parent: None,
            group: None,
            media: Vec::new(),
            poll: None,
            quote: None,
            quoting: Quoting::default(),
        }
    }
}

/// Makes a draft of what `me` typed; asks other servers about people it does not know.
pub(super) async fn complete(app: &App, me: Me, writing: Writing) -> Result<Draft> {
    check(&writing)?;
    let poll = writing.poll.clone().map(polls::checked).transpose()?;
    let writing = Writing { poll, ..writing };
    let parent = match writing.parent {
        Some(id) => Some(app.read(move |c| store::posts::seen(c, id, Some(me.0))).await?.ok_or(Error::NotFound)?),
        None => None,
    };
    let known = find_mentioned(app, &writing.text).await;
    let group = match (&parent, writing.group) {
        (Some(parent), _) => parent.group,
        (None, Some(group)) => Some(group),
        (None, None) => choose_group(app, me, &writing.text, &known).await?,
    };
    let mut mentions = mentioned(&known, group.filter(|_| writing.audience.is_open()), parent.as_ref(), me);
    if let Some(parent) = parent.as_ref().filter(|parent| parent.audience == Audience::Direct) {
        // What was written to a group stays before the eyes of its team.
        let id = parent.id;
        mentions.extend(app.read(move |c| written_to(c, id)).await?);
        mentions.sort_unstable();
        mentions.dedup();
    }
    let attachments = media::attachments(app, me, &writing.media).await?;
    let content = render(app, writing.clone(), &known, group.is_some() && parent.is_none());
    let content = Content { attachments, ..content };
    let kind = if content.poll.is_some() { PostKind::Question } else { PostKind::Note };
    let (parent, audience) = (writing.parent, writing.audience);
    let quote = match writing.quote {
        Some(quoted) => Some(quotes::prepare(app, me, quoted).await?),
        None => None,
    };
    Ok(Draft { parent, group, mentions, quote, ..Draft::new(kind, content, audience) })
}

fn check(writing: &Writing) -> Result<()> {
    let empty = writing.text.trim().is_empty() && writing.media.is_empty() && writing.poll.is_none();
    if empty && writing.title.as_deref().is_none_or(|title| title.trim().is_empty()) {
        return Err(Error::Invalid("a post needs a text, a title, a picture or a poll".into()));
    }
    if writing.text.chars().count() > TEXT {
        return Err(Error::Invalid(format!("a post has at most {TEXT} characters")));
    }
    Ok(())
}

/// Everybody a text names, by their folded handle; who cannot be found stays plain text.
async fn find_mentioned(app: &App, text: &str) -> HashMap<String, Actor> {
    let ours = app.site().host().clone();
    let mut known = HashMap::new();
    for handle in mention::find(text) {
        let handle = handle.localized(&ours);
        if let Ok(actor) = by_handle(app, &handle, &ours).await {
            known.insert(handle.folded(), actor);
        }
    }
    known
}

async fn by_handle(app: &App, handle: &Handle, ours: &Host) -> Result<Actor> {
    let host = handle.host.clone().unwrap_or_else(|| ours.clone());
    let (name, at) = (handle.name.to_lowercase(), host.to_string());
    if app.site().serves(&host) {
        let found = app.read(move |c| store::actors::by_handle(c, &name, &at)).await?;
        return found.filter(|actor| actor.deleted.is_none()).ok_or(Error::NotFound);
    }
    let id = app.resolver().handle(app, &handle.name, &at).await?;
    app.read(move |c| store::actors::by_id(c, id)).await?.ok_or(Error::NotFound)
}

/// The first group a text names in which its author may start a thread; the first one at all if there is none.
async fn choose_group(app: &App, me: Me, text: &str, known: &HashMap<String, Actor>) -> Result<Option<ActorId>> {
    let ours = app.site().host().clone();
    let named = mention::find(text).into_iter().filter_map(|h| known.get(&h.localized(&ours).folded()));
    let groups: Vec<ActorId> = named.filter(|actor| actor.is_group()).map(|actor| actor.id).collect();
    let now = app.now();
    app.read(move |c| {
        for group in &groups {
            let Some(rules) = store::groups::rules(c, *group)? else { continue };
            let standing = store::groups::standing(c, *group, me.0, now)?;
            if policy::post(&rules, &standing, Place::Thread, Duration::ZERO).is_ok() {
                return Ok(Some(*group));
            }
        }
        Ok(groups.first().copied())
    })
    .await
}

/// The groups that a post is addressed to.
fn written_to(c: &mut Conn, post: PostId) -> store::Result<Vec<ActorId>> {
    let mentioned = store::posts::mentioned(c, post)?;
    let groups = store::actors::by_ids(c, &mentioned)?.into_iter().filter(Actor::is_group);
    Ok(groups.map(|group| group.id).collect())
}

/// Whom the post mentions: those it names, its group, and whoever it answers.
fn mentioned(known: &HashMap<String, Actor>, group: Option<ActorId>, parent: Option<&Post>, me: Me) -> Vec<ActorId> {
    let mut mentions: Vec<ActorId> = known.values().map(|actor| actor.id).collect();
    mentions.extend(group);
    mentions.extend(parent.map(|parent| parent.author));
    mentions.retain(|id| *id != me.0);
    mentions.sort_unstable();
    mentions.dedup();
    mentions
}

fn render(app: &App, writing: Writing, known: &HashMap<String, Actor>, starts_thread: bool) -> Content {
    let site = app.site();
    let html = markdown::render(
        &writing.text,
        |handle| {
            let actor = known.get(&handle.clone().localized(site.host()).folded())?;
            Some(markdown::Mentioned { href: actor.url.clone(), display: actor.name.clone() })
        },
        |tag| Some(site.tag(tag)),
    );
    let groups: Vec<&str> = known.values().filter(|actor| actor.is_group()).map(|actor| actor.name.as_str()).collect();
    let given = writing.title.map(|title| plain::line(&title, TITLE)).filter(|title| !title.is_empty());
    let title = given.or_else(|| starts_thread.then(|| title::from_post(&html, &groups)).flatten());
    let warning = writing.warning.map(|warning| plain::line(&warning, 500)).filter(|warning| !warning.is_empty());
    let language = writing
        .language
        .and_then(|tag| language::normalize_tag(&tag))
        .or_else(|| language::detect(&writing.text).map(str::to_owned));
    Content {
        title,
        html,
        sensitive: writing.sensitive || warning.is_some(),
        warning,
        language,
        attachments: Vec::new(),
        tags: hashtag::find(&writing.text),
        poll: writing.poll,
        quoting: writing.quoting,
        source: Some(writing.text),
        ..Content::default()
    }
}
