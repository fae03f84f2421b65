//! From what a member typed to a draft: Markdown rendered, mentions found, the group chosen.
use std::collections::HashMap;
use std::time::Duration;

use domain::{
    actor::Actor,
    handle::Handle,
    host::Host,
    id::{ActorId, MediaId, PostId},
    policy::{self, Place},
    post::{Audience, Content, Pen, Poll, Post, PostKind, Quoting},
    text::{hashtag, language, markdown, mention, plain, title},
};

use serde::{Deserialize, Serialize};
use store::Conn;

use super::{Draft, TITLE};
use crate::{
    App, Error, Me, Result, groups,
    media::{self, About},
    polls, quotes,
};

/// The longest text a member may write, in characters.
pub const TEXT: usize = 50_000;

/// What a member typed.
#[derive(Debug, Clone, Serialize, Deserialize, Default)]
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
    /// Whom it is addressed to, if its author says so; otherwise `policy::address` does.
    pub audience: Option<Audience>,
    /// The post it replies to.
    pub parent: Option<PostId>,
    /// The group it is meant for; otherwise the first one it mentions.
    pub group: Option<ActorId>,
    /// Pictures, films and sounds that its author brought.
    pub media: Vec<MediaId>,
    /// What is said of them from when it is published.
    #[serde(default)]
    pub described: Vec<(MediaId, About)>,
    /// A poll.
    pub poll: Option<Poll>,
    /// The post it quotes.
    pub quote: Option<PostId>,
    /// Who may quote it.
    pub quoting: Quoting,
    /// With what it is written.
    #[serde(default)]
    pub pen: Option<Pen>,
}

/// Who is asked about people who are not known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asking {
    /// Their servers.
    Servers,
    /// Nobody: what is about to be read only names whom we know.
    Nobody,
}

/// Makes a draft of what `me` typed.
pub(super) async fn complete(app: &App, me: Me, writing: Writing, asking: Asking) -> Result<Draft> {
    let parent = match writing.parent {
        Some(id) => Some(app.read(move |c| store::posts::seen(c, id, Some(me.0))).await?.ok_or(Error::NotFound)?),
        None => None,
    };
    if let (None, Some(group)) = (&parent, writing.group)
        && !groups::is_somebody(app, group, Some(me.0)).await?
    {
        return Err(Error::NotFound);
    }
    compose(app, me, writing, parent, asking).await
}

/// Makes a draft of what `me` made of a post of theirs. It stays where it is, even if they cannot read any more what it
/// answers, and whoever was to read it still is.
pub(super) async fn complete_anew(app: &App, me: Me, writing: Writing, id: PostId, asking: Asking) -> Result<Draft> {
    let known = app.read(move |c| {
        let Some(post) = store::posts::by_id(c, id)? else { return Ok(None) };
        let parent = post.parent.map(|parent| store::posts::by_id(c, parent)).transpose()?.flatten();
        let named = if post.audience.is_open() { Vec::new() } else { store::posts::mentioned(c, id)? };
        Ok(Some((post, parent, named)))
    });
    let (post, parent, named) = known.await?.ok_or(Error::NotFound)?;
    // Nobody is asked, and nothing is looked at, for what may not be.
    policy::edit(&post, me.0)?;
    let writing = Writing { parent: post.parent, group: post.group, audience: Some(post.audience), ..writing };
    let mut draft = compose(app, me, writing, parent, asking).await?;
    add(&mut draft.mentions, named);
    Ok(draft)
}

async fn compose(app: &App, me: Me, writing: Writing, parent: Option<Post>, asking: Asking) -> Result<Draft> {
    check(&writing)?;
    let poll = writing.poll.clone().map(polls::checked).transpose()?;
    let writing = Writing { poll, ..writing };
    let known = find_mentioned(app, me, &writing.text, asking).await;
    let group = match (&parent, writing.group) {
        (Some(parent), _) => parent.group,
        (None, Some(group)) => Some(group),
        (None, None) => choose_group(app, me, &writing.text, &known).await?,
    };
    let usual = app.read(move |c| store::preferences::of(c, me.0)).await?.audience;
    let audience = policy::address(writing.audience, usual, parent.as_ref());
    let is_said_to_all = audience.is_open() || audience == Audience::Members;
    let mut mentions = mentioned(&known, group.filter(|_| is_said_to_all), parent.as_ref(), me);
    if let Some(parent) = parent.as_ref().filter(|parent| parent.audience == Audience::Direct) {
        let (parent, is_for_all) = (parent.clone(), writing.audience.is_none());
        let all = app.read(move |c| between(c, &parent, me)).await?;
        // What was written to a group stays before the eyes of its team.
        add(&mut mentions, all.into_iter().filter(|actor| is_for_all || actor.is_group()).map(|actor| actor.id));
    }
    let attachments = media::attachments(app, me, &writing.media, &writing.described).await?;
    let content = render(app, writing.clone(), &known, group.is_some() && writing.parent.is_none());
    let content = Content { attachments, ..content };
    let kind = if content.poll.is_some() { PostKind::Question } else { PostKind::Note };
    let parent = writing.parent;
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
async fn find_mentioned(app: &App, me: Me, text: &str, asking: Asking) -> HashMap<String, Actor> {
    let now = app.now();
    let ours = app.site().host().clone();
    let mut known = HashMap::new();
    for handle in mention::find(text) {
        let handle = handle.localized(&ours);
        let Ok(actor) = by_handle(app, &handle, &ours, asking).await else { continue };
        // A hidden community is nobody for those who are not in it.
        let asked = actor.clone();
        if app.read(move |c| groups::is_known(c, &asked, Some(me.0), now)).await.unwrap_or_default() {
            known.insert(handle.folded(), actor);
        }
    }
    known
}

async fn by_handle(app: &App, handle: &Handle, ours: &Host, asking: Asking) -> Result<Actor> {
    let host = handle.host.clone().unwrap_or_else(|| ours.clone());
    let (name, at) = (handle.name.to_lowercase(), host.to_string());
    if asking == Asking::Nobody || app.site().serves(&host) {
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

/// The others between whom a post that names its readers is: its author, and whom it names.
pub fn between(c: &mut Conn, post: &Post, me: Me) -> store::Result<Vec<Actor>> {
    let mut ids = store::posts::mentioned(c, post.id)?;
    add(&mut ids, [post.author]);
    ids.retain(|id| *id != me.0);
    store::actors::by_ids(c, &ids)
}

/// Names these, too.
fn add(mentions: &mut Vec<ActorId>, more: impl IntoIterator<Item = ActorId>) {
    mentions.extend(more);
    mentions.sort_unstable();
    mentions.dedup();
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
    let warning = writing.warning.map(|warning| plain::line(&warning, 500)).filter(|warning| !warning.is_empty());
    let title = given.or_else(|| starts_thread.then(|| title::derived(&html, warning.as_deref(), &groups)).flatten());
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
        pen: writing.pen,
        source: Some(writing.text),
        ..Content::default()
    }
}
