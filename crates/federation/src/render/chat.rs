//! A private message from one person to one other, for forums that know no other: Pleroma had it first.
use std::borrow::Cow;

use app::view::PostView;
use domain::{actor::Actor, post::Attachment, text::html, urls::Site};
use serde::Serialize;

use super::{
    date,
    object::{Source, note, with_quote},
};

/// A private message to one person.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename = "ChatMessage", rename_all = "camelCase")]
pub struct Message<'a> {
    id: Cow<'a, str>,
    attributed_to: &'a str,
    to: [&'a str; 1],
    content: Cow<'a, str>,
    media_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source<'a>>,
    published: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<String>,
}

/// What `by` says to `person`: a post of theirs, or of whom they speak for.
pub fn message<'a>(site: &Site, view: &'a PostView, (by, person): (&'a Actor, &'a Actor)) -> Message<'a> {
    let post = &view.post;
    let own = by.id == view.author.id;
    let beside = beside(site, view);
    let content = with_quote(note(view), view);
    // Where there is a source nothing else is read.
    let source = post.content.source.as_deref().filter(|_| beside.is_none() && view.quote.is_none());
    Message {
        // On the host of whoever says it.
        id: if own { Cow::Borrowed(post.uri.as_str()) } else { Cow::Owned(format!("{}#{}", by.uri, post.id)) },
        attributed_to: &by.uri,
        to: [&person.uri],
        content: match beside {
            Some((before, behind)) => Cow::Owned([before.as_str(), &content, &behind].concat()),
            None => content,
        },
        media_type: "text/html",
        source: source.map(|text| Source { content: text, media_type: "text/markdown" }),
        published: date(post.published),
        updated: post.edited.map(date),
    }
}

/// What has no place of its own there: the warning, before the text, and links to what is attached, behind it.
fn beside(site: &Site, view: &PostView) -> Option<(String, String)> {
    let content = &view.post.content;
    let warning = content.warning.as_ref().map(|text| format!("<p><strong>{}</strong></p>", html::escape(text)));
    let links: Vec<String> = content.attachments.iter().map(|one| link(site, one)).collect();
    (warning.is_some() || !links.is_empty()).then(|| (warning.unwrap_or_default(), links.concat()))
}

fn link(site: &Site, one: &Attachment) -> String {
    let (url, alt) = (html::escape(&site.located(&one.url)), html::escape(&one.alt));
    let said = if alt.is_empty() { &url } else { &alt };
    format!("<p><a href=\"{url}\">{said}</a></p>")
}
