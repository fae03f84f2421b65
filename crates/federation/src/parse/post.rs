//! Posts of other servers: notes, pages, articles, polls, and whatever else has a name or a text.
use domain::{
    emoji::Named,
    host::same_origin,
    post::{Attachment, Content, PostKind},
    text::{html, language, markdown, plain, title},
    time::Timestamp,
};
use serde_json::Value;

use super::{
    Addressed, Listing, Misfit, actor, attached, event,
    shape::{each, http, id, id_of, ids_of, is_a, moment, page_of, text, truth, types, worded},
};

/// The longest content warning, in characters.
const WARNING: usize = 500;
/// How many authors are looked at.
const AUTHORS: usize = 16;

/// What the document of a post says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPost {
    /// Its id.
    pub uri: String,
    /// The page to show to people.
    pub url: String,
    /// Who says to have written it; more than one in collections of people.
    pub authors: Vec<String>,
    /// What its author calls it.
    pub kind: PostKind,
    /// What it says, sanitised.
    pub content: Content,
    /// The post it replies to.
    pub parent: Option<String>,
    /// When it was published, never in the future.
    pub published: Timestamp,
    /// When it was last changed, never in the future.
    pub edited: Option<Timestamp>,
    /// Whom it is addressed to.
    pub addressed: Addressed,
    /// Whom it mentions.
    pub mentions: Vec<String>,
    /// The custom emoji in its texts.
    pub emoji: Vec<Named>,
    /// The id of what it quotes, and of the document that says that its author agrees.
    pub quote: Option<(String, Option<String>)>,
    /// The option it names, if it is no post but a vote in a poll.
    pub ballot: Option<String>,
    /// Where the thread it belongs to is listed.
    pub context: Option<String>,
    /// The replies to it, as far as its document lists them.
    pub replies: Listing,
}

/// Reads a post. `now` bounds the dates it claims.
pub fn post(document: &Value, now: Timestamp) -> Result<FoundPost, Misfit> {
    let kind = kind(document)?;
    let uri = id(document).and_then(http).ok_or(Misfit::Lacks("id"))?.to_owned();
    let parent = id_of(document, "inReplyTo").map(str::to_owned);
    let page = page_of(document, "url").unwrap_or(&uri);
    // A page that leads to another server is about what is there, as on lotide.
    let leads_away = kind == PostKind::Page && !same_origin(page, &uri);
    let url = if leads_away { uri.clone() } else { page.to_owned() };
    let published = moment(document, "published").unwrap_or(now).clamp(Timestamp(0), now);
    let edited = moment(document, "updated").map(|at| at.min(now)).filter(|at| *at > published);
    let tags = attached::tags(document);
    let mut content = Content {
        leaves: attached::leaves(document, &tags.mentions),
        ..content(document, kind, &url, parent.is_some(), tags.hashtags)
    };
    if leads_away && content.attachments.iter().all(|one| one.url != page) {
        content.attachments.insert(0, link_to(page));
    }
    let has_body = !content.html.is_empty() || !content.attachments.is_empty() || content.poll.is_some();
    let name = text(document, "name");
    if !has_body && name.is_none() && content.warning.is_none() {
        return Err(Misfit::Lacks("content"));
    }
    let mut authors = ids_of(document, "attributedTo", AUTHORS);
    let mut addressed = Addressed::of(document);
    // A film of PeerTube is attributed to a person, and to the channel in which it stands.
    let channel = |of: &&Value| kind == PostKind::Video && is_a(of, "Group");
    if let Some(channel) = each(document, "attributedTo").find(channel).and_then(id)
        && authors.len() > 1
    {
        authors.retain(|author| author != channel);
        addressed.audience.push(channel.to_owned());
    }
    // An event of a group is attributed to the group, and says apart who wrote it.
    if let Some(writer) = id_of(document, "actor").filter(|_| kind == PostKind::Event)
        && !authors.iter().any(|author| author == writer)
    {
        addressed.audience.append(&mut authors);
        authors.push(writer.to_owned());
    }
    Ok(FoundPost {
        uri,
        url,
        authors,
        kind,
        ballot: name.filter(|_| kind == PostKind::Note && !has_body && parent.is_some()).map(str::to_owned),
        quote: attached::quote(document),
        content,
        parent,
        published,
        edited,
        addressed,
        mentions: tags.mentions,
        emoji: tags.emoji,
        context: id_of(document, "context").and_then(http).map(str::to_owned),
        replies: document.get("replies").map(Listing::of).unwrap_or_default(),
    })
}

fn kind(document: &Value) -> Result<PostKind, Misfit> {
    let not_a_post = Misfit::Kind("a post");
    if !document.is_object() || actor::kind(document).is_some() || is_furniture(document) {
        return Err(not_a_post);
    }
    let known = types(document).find_map(|name| match name {
        "Note" | "ChatMessage" => Some(PostKind::Note),
        "Article" => Some(PostKind::Article),
        "Page" => Some(PostKind::Page),
        "Question" => Some(PostKind::Question),
        "Event" => Some(PostKind::Event),
        "Video" => Some(PostKind::Video),
        _ => None,
    });
    let named = text(document, "name").is_some() || worded(document, "content", "contentMap").is_some();
    let owned = id_of(document, "attributedTo").is_some();
    known.or_else(|| (named && owned && types(document).next().is_some()).then_some(PostKind::Other)).ok_or(not_a_post)
}

/// What carries or describes other things, and is nothing to read by itself.
fn is_furniture(document: &Value) -> bool {
    types(document).any(|name| {
        matches!(name, "Tombstone" | "Conversation" | "Link" | "Relationship" | "Profile" | "PropertyValue" | "Key")
            || name.contains("Collection")
            || name.ends_with("Authorization")
            || super::Verb::of(name) != super::Verb::Other
    })
}

fn content(document: &Value, kind: PostKind, url: &str, is_reply: bool, tags: Vec<String>) -> Content {
    let body = body(document);
    let summary = worded(document, "summary", "summaryMap");
    // Of short texts, and of what is not for all eyes, the summary is a warning; of long ones it is a summary, and sometimes
    // all there is.
    let sensitive = truth(document, "sensitive");
    let warns = sensitive || matches!(kind, PostKind::Note | PostKind::Question);
    let warning =
        summary.filter(|_| warns && !body.is_empty()).map(|summary| plain::line(&html::to_text(summary), WARNING));
    let html = match summary {
        Some(summary) if body.is_empty() => html::sanitize(summary),
        _ => body,
    };
    let html = if kind == PostKind::Event { event::told(document, &html) } else { html };
    // Forums repeat the title of the thread in every reply.
    let title = text(document, "name").filter(|_| !is_reply).map(|name| plain::line(name, title::MAX));
    let mut attachments = attached::attachments(document);
    if matches!(kind, PostKind::Event | PostKind::Video | PostKind::Other) && attachments.iter().all(|a| a.url != url) {
        attachments.insert(0, link_to(url));
    }
    Content {
        title: title.filter(|title| !title.is_empty()),
        sensitive: sensitive || warning.is_some(),
        warning: warning.filter(|warning| !warning.is_empty()),
        language: written_in(document),
        html,
        source: None,
        attachments,
        tags,
        poll: attached::poll(document),
        quoting: attached::quoting(document),
        ..Content::default()
    }
}

fn link_to(url: &str) -> Attachment {
    Attachment { url: url.to_owned(), media_type: "text/html".into(), ..Attachment::default() }
}

fn body(document: &Value) -> String {
    let text = worded(document, "content", "contentMap").unwrap_or_default();
    match super::shape::text(document, "mediaType") {
        Some("text/markdown") => markdown::render(text, |_| None, |_| None),
        Some("text/plain") => html::sanitize(&html::escape(text).replace('\n', "<br>")),
        _ => html::sanitize(text),
    }
}

/// The language a post says it is written in: by name, or by the one of its translations that it shows.
fn written_in(document: &Value) -> Option<String> {
    let said = each(document, "language")
        .chain(each(document, "inLanguage"))
        .find_map(|said| said.as_str().or_else(|| text(said, "identifier")));
    let shown = || {
        let texts = document.get("contentMap")?.as_object()?;
        let content = worded(document, "content", "contentMap")?;
        let matching = texts.iter().find(|(_, text)| text.as_str() == Some(content));
        matching.or_else(|| texts.iter().next().filter(|_| texts.len() == 1)).map(|(tag, _)| tag.as_str())
    };
    said.and_then(language::normalize_tag).or_else(|| shown().and_then(language::normalize_tag))
}

/// Whether a document says that what had its id is gone.
pub(crate) fn is_tombstone(document: &Value) -> bool {
    is_a(document, "Tombstone")
}
