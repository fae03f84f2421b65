//! Posts as objects: a note for those who know people, a page or an article for those who know groups.
use std::{borrow::Cow, collections::BTreeMap};

use app::view::PostView;
use domain::{
    post::{Assent, Attachment, Post, PostKind, Quote, QuoteState, Quoting},
    text::{html, title},
    time::Timestamp,
    urls::{self, PostPart, Site},
};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    PUBLIC,
    address::Address,
    date,
    tag::{Image, Tag, tags},
};

/// In which form a thread is sent; a reply is a note for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// With its title inside: what is read everywhere, and what an id answers.
    Note,
    /// As Lemmy and its relatives have it.
    Page,
    /// As other forums have it, with a note to show instead.
    Article,
}

/// A post.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Object<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    attributed_to: &'a str,
    to: Vec<&'a str>,
    cc: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audience: Option<&'a str>,
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_reply_to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'a str>,
    sensitive: bool,
    content: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_map: Option<BTreeMap<&'a str, Cow<'a, str>>>,
    media_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<Language<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preview: Option<Preview<'a>>,
    published: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<String>,
    attachment: Vec<Media<'a>>,
    tag: Vec<Tag<'a>>,
    #[serde(flatten)]
    quote: Option<Quotation<'a>>,
    #[serde(flatten)]
    assent: Option<Assented<'a>>,
    #[serde(flatten)]
    poll: Option<Choices<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<String>,
    #[serde(flatten)]
    collections: Option<Collections>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interaction_policy: Option<Policy<'a>>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Source<'a> {
    pub(super) content: &'a str,
    pub(super) media_type: &'static str,
}

#[derive(Debug, Clone, Serialize)]
struct Language<'a> {
    identifier: &'a str,
    name: &'a str,
}

/// What is quoted, under each of the names it has.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Quotation<'a> {
    quote: &'a str,
    quote_uri: &'a str,
    #[serde(rename = "_misskey_quote")]
    misskey: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    quote_authorization: Option<&'a str>,
}

/// By which document the author of what is answered agrees to that, under the name it has in GoToSocial, and had before.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Assented<'a> {
    reply_authorization: &'a str,
    approved_by: &'a str,
}

/// What to show of an article where articles are unknown (FEP-b2b8).
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename = "Note")]
struct Preview<'a> {
    content: Cow<'a, str>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
enum Media<'a> {
    Document {
        media_type: &'a str,
        url: Cow<'a, str>,
        name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        blurhash: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        focal_point: Option<[Value; 2]>,
        #[serde(skip_serializing_if = "Option::is_none")]
        width: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        height: Option<u32>,
    },
    Link {
        href: Cow<'a, str>,
        media_type: &'a str,
    },
    #[serde(untagged)]
    Image(Image<'a>),
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Choices<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    one_of: Vec<Answer<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    any_of: Vec<Answer<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<String>,
    voters_count: u32,
}

#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename = "Note")]
struct Answer<'a> {
    name: &'a str,
    replies: Count,
}

#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename = "Collection", rename_all = "camelCase")]
struct Count {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_items: Option<i64>,
    /// Where to read on: Mastodon takes an embedded collection at its word, and never asks for its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Collections {
    replies: Count,
    likes: Count,
    shares: Count,
}

/// Who may quote it; silence would mean that nobody may.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Policy<'a> {
    can_quote: Approval<'a>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Approval<'a> {
    automatic_approval: [&'a str; 1],
}

/// A post in the given form, as it is told `now`.
pub fn object<'a>((site, now): (&Site, Timestamp), view: &'a PostView, form: Form) -> Object<'a> {
    let (post, content) = (&view.post, &view.post.content);
    let form = if post.is_thread() { form } else { Form::Note };
    let (kind, body) = match form {
        Form::Note if content.poll.is_some() => ("Question", note(view)),
        Form::Note => ("Note", note(view)),
        Form::Page => ("Page", Cow::Borrowed(content.html.as_str())),
        Form::Article => ("Article", Cow::Borrowed(content.html.as_str())),
    };
    let body = with_quote(body, view);
    let language = content.language.as_deref();
    let Address { to, cc } = Address::of(view);
    Object {
        id: &post.uri,
        kind,
        attributed_to: &view.author.uri,
        to,
        cc,
        audience: view.group.as_ref().map(|group| group.uri.as_str()),
        url: &post.url,
        in_reply_to: view.parent.as_ref().map(|parent| parent.post.uri.as_str()),
        name: name(post, form),
        summary: content.warning.as_deref(),
        sensitive: content.sensitive || content.warning.is_some(),
        content_map: language.map(|language| BTreeMap::from([(language, body.clone())])),
        content: body,
        media_type: "text/html",
        source: content.source.as_deref().map(|text| Source { content: text, media_type: "text/markdown" }),
        language: language.map(|code| Language { identifier: code, name: code }),
        preview: (form == Form::Article).then(|| Preview { content: note(view) }),
        published: date(post.published),
        updated: post.edited.map(date),
        attachment: content.attachments.iter().map(|one| media(site, one, form)).collect(),
        tag: tags(site, view),
        quote: quoted(view).map(|quote| Quotation {
            quote: &quote.uri,
            quote_uri: &quote.uri,
            misskey: &quote.uri,
            quote_authorization: quote.stamp.as_deref(),
        }),
        assent: match &content.assent {
            Some(Assent::Given(document)) => Some(Assented { reply_authorization: document, approved_by: document }),
            _ => None,
        },
        poll: choices(post, now).filter(|_| form == Form::Note),
        context: context(site, view),
        collections: post.local.then(|| collections(view)),
        interaction_policy: post.audience.is_open().then(|| {
            let who = match content.quoting {
                Quoting::Anybody => PUBLIC,
                Quoting::Followers => view.author.followers.as_deref().unwrap_or(&view.author.uri),
                Quoting::Nobody => &view.author.uri,
            };
            Policy { can_quote: Approval { automatic_approval: [who] } }
        }),
    }
}

/// A thread in a forum needs a name; one without gets its first line.
fn name(post: &Post, form: Form) -> Option<Cow<'_, str>> {
    if !post.is_thread() {
        // A note that has a name and answers something is taken for a vote in a poll.
        return None;
    }
    let given = post.content.title.as_deref().map(Cow::Borrowed);
    let derived = || title::derived(&post.content.html, post.content.warning.as_deref(), &[]).map(Cow::Owned);
    given.or_else(|| if form == Form::Note { None } else { derived() })
}

/// The text for those who ignore names.
pub(super) fn note(view: &PostView) -> Cow<'_, str> {
    html::for_microblogs(view.title_before_text(), &view.post.content.html)
}

/// What a post quotes, unless its author does not agree.
pub(super) fn quoted(view: &PostView) -> Option<&Quote> {
    view.quote.as_ref().filter(|quote| matches!(quote.state, QuoteState::Pending | QuoteState::Accepted))
}

/// The text with a link to what is quoted, for those who do not know quotes; the others leave it out by its class.
pub(super) fn with_quote<'a>(body: Cow<'a, str>, view: &PostView) -> Cow<'a, str> {
    let Some(quote) = quoted(view).filter(|quote| view.post.local && !body.contains(&*html::escape(&quote.uri))) else {
        return body;
    };
    let url = html::escape(&quote.uri);
    Cow::Owned(format!("{body}<p class=\"quote-inline\">RE: <a href=\"{url}\">{url}</a></p>"))
}

fn media<'a>(site: &Site, attachment: &'a Attachment, form: Form) -> Media<'a> {
    let Attachment { url, media_type, alt, blurhash, width, height, focus, .. } = attachment;
    let url = site.located(url);
    if media_type == "text/html" {
        return Media::Link { href: url, media_type };
    }
    if form == Form::Page && media_type.starts_with("image/") {
        return Media::Image(Image { url, name: Some(alt) });
    }
    let focal_point = focus.map(|focus| <[f64; 2]>::from(focus.xy()).map(number));
    let blurhash = blurhash.as_deref();
    Media::Document { media_type, url, name: alt, blurhash, focal_point, width: *width, height: *height }
}

/// A whole number is written as one: with a fraction of nothing, readers of RDF disagree on what it is.
fn number(part: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "from -1 to 1")]
    if part.fract() == 0.0 { json!(part as i64) } else { json!(part) }
}

/// What one chooses from. What was counted for each answer stays untold as long as its author wants that.
fn choices(post: &Post, now: Timestamp) -> Option<Choices<'_>> {
    let poll = post.content.poll.as_ref().filter(|_| post.kind == PostKind::Question)?;
    let shown = poll.shows_totals(now);
    let answers = poll.options.iter().map(|(name, votes)| {
        let total_items = shown.then(|| i64::from(*votes));
        Answer { name, replies: Count { id: None, total_items, first: None } }
    });
    let answers: Vec<_> = answers.collect();
    let (one_of, any_of) = if poll.multiple { (Vec::new(), answers) } else { (answers, Vec::new()) };
    Some(Choices { one_of, any_of, end_time: poll.closes.map(date), voters_count: poll.voters })
}

/// The thread as this server knows it; under the thread's own name only where that is ours.
fn context(site: &Site, view: &PostView) -> Option<String> {
    let ours = |uri: &&str| site.parse(uri).is_some();
    let named = [view.root_uri.as_str(), view.post.uri.as_str()].into_iter().find(ours)?;
    Some(urls::post_part(named, PostPart::Context))
}

fn part_of(view: &PostView, part: PostPart) -> String {
    urls::post_part(&view.post.uri, part)
}

fn collections(view: &PostView) -> Collections {
    let count = |part, total| Count { id: Some(part_of(view, part)), total_items: Some(total), first: None };
    let first = Some(urls::page_before(&part_of(view, PostPart::Replies), None));
    Collections {
        replies: Count { first, ..count(PostPart::Replies, view.tally.replies) },
        likes: count(PostPart::Likes, view.tally.likes),
        shares: count(PostPart::Shares, view.tally.shares),
    }
}

/// What stands where a post was.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type")]
pub struct Tombstone<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted: Option<String>,
}

/// What stands where a post was.
pub fn tombstone(post: &Post) -> Tombstone<'_> {
    Tombstone { id: &post.uri, deleted: post.deleted.map(date) }
}
