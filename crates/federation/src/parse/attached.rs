//! What hangs on a post: pictures and links, hashtags, custom emoji, the options of a poll.
use domain::{
    emoji::{Named, Reaction},
    media::Focus,
    post::{Attachment, Leave, Leaves, Poll, Quoting},
    text::{hashtag, plain, shortcode},
};
use serde_json::Value;

use super::shape::{
    bare_url, count, each, http, id, id_of, is_a, is_public, link, link_of, media_type, moment, text, types,
};

const ATTACHMENTS: usize = 16;
const EMOJI: usize = 50;
const OPTIONS: usize = 500;
const MENTIONS: usize = domain::text::mention::MAX;
const HASHTAGS: usize = hashtag::MAX;
/// How many tags are looked at, of whatever kind.
const TAGS: usize = 512;
const ALT: usize = 10_000;
const OPTION: usize = 500;
const MOST_VOTERS: usize = 10_000;
const LONGEST_MEDIA_TYPE: usize = 100;
const LONGEST_BLURHASH: usize = 128;
const LONGEST_URL: usize = 2_000;

/// Pictures, films, sounds and links; a preview picture counts when there is no other.
pub(super) fn attachments(post: &Value) -> Vec<Attachment> {
    let mut found: Vec<Attachment> = each(post, "attachment").filter_map(attachment).take(ATTACHMENTS).collect();
    found.extend(sound(post).filter(|_| found.len() < ATTACHMENTS));
    let has_picture = found.iter().any(|a| a.media_type.starts_with("image/"));
    if let Some(preview) = preview(post).filter(|_| !has_picture && found.len() < ATTACHMENTS) {
        found.push(preview);
    }
    found
}

/// What is heard of a sound that is no attachment, but the thing itself, as on Funkwhale.
fn sound(post: &Value) -> Option<Attachment> {
    let is_sound = |link: &&Value| media_type(link).is_some_and(|kind| kind.starts_with("audio/"));
    let sound = each(post, "url").find(is_sound).filter(|_| is_a(post, "Audio"))?;
    media(sound, "audio/mpeg")
}

/// The picture beside a text; of films and sounds the largest of those that stand for them.
fn preview(post: &Value) -> Option<Attachment> {
    let icon = || {
        let icons = each(post, "icon").filter(|_| is_a(post, "Video") || is_a(post, "Audio"));
        icons.max_by_key(|icon| count(icon, "width").unwrap_or(0)).and_then(picture)
    };
    each(post, "image").find_map(picture).or_else(icon)
}

fn attachment(value: &Value) -> Option<Attachment> {
    let kind = types(value).next()?;
    let fallback = match kind {
        "Link" | "Page" | "Article" => "text/html",
        "Image" => "image/jpeg",
        "Video" => "video/mp4",
        "Audio" => "audio/mpeg",
        "Document" => "application/octet-stream",
        _ => return None,
    };
    media(value, fallback)
}

fn picture(value: &Value) -> Option<Attachment> {
    media(value, "image/jpeg").filter(|media| media.media_type.starts_with("image/"))
}

fn media(value: &Value, fallback: &str) -> Option<Attachment> {
    let url = bare_url(link(value)?);
    let media_type = media_type(value)
        .or_else(|| each(value, "url").find_map(media_type))
        .filter(|kind| kind.len() <= LONGEST_MEDIA_TYPE && kind.is_ascii() && kind.contains('/'))
        .map_or_else(|| by_name(&url).unwrap_or(fallback).to_owned(), str::to_ascii_lowercase);
    let alt = ["name", "summary", "content"].into_iter().find_map(|key| text(value, key)).unwrap_or_default();
    Some(Attachment {
        media: None,
        preview: None,
        url,
        media_type,
        alt: plain::clean(alt, ALT),
        blurhash: text(value, "blurhash")
            .filter(|hash| hash.len() <= LONGEST_BLURHASH && hash.is_ascii())
            .map(str::to_owned),
        width: count(value, "width"),
        height: count(value, "height"),
        duration: None,
        focus: focus(value),
    })
}

/// The point that matters, as Mastodon has it: right, and up.
fn focus(value: &Value) -> Option<Focus> {
    let [x, y] = value.get("focalPoint")?.as_array()?.as_slice() else { return None };
    Some(Focus::new(x.as_f64()?, y.as_f64()?))
}

/// The media type that the end of a URL promises.
fn by_name(url: &str) -> Option<&'static str> {
    let path = url.split(['?', '#']).next()?;
    let (_, extension) = path.rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        _ => return None,
    })
}

/// What the tags of a post say.
#[derive(Debug, Default)]
pub(super) struct Tags {
    pub(super) mentions: Vec<String>,
    pub(super) hashtags: Vec<String>,
    pub(super) emoji: Vec<Named>,
}

pub(super) fn tags(post: &Value) -> Tags {
    let mut tags = Tags::default();
    for tag in each(post, "tag").take(TAGS) {
        if is_a(tag, "Mention") {
            let href = tag.get("href").and_then(id);
            add(&mut tags.mentions, href.map(str::to_owned), MENTIONS);
        } else if is_a(tag, "Hashtag") {
            let name = text(tag, "name").map(|name| name.trim().trim_start_matches(['#', '＃']));
            add(&mut tags.hashtags, name.filter(|name| hashtag::is_tag(name)).map(hashtag::fold), HASHTAGS);
        } else if is_a(tag, "Emoji") {
            add(&mut tags.emoji, emoji(tag), EMOJI);
        }
    }
    tags
}

fn add<T: PartialEq>(list: &mut Vec<T>, found: Option<T>, most: usize) {
    if let Some(found) = found.filter(|found| list.len() < most && !list.contains(found)) {
        list.push(found);
    }
}

fn emoji(tag: &Value) -> Option<Named> {
    let name = text(tag, "name")?.trim_matches(':');
    let url = link_of(tag, "icon").filter(|url| url.len() <= LONGEST_URL)?;
    shortcode::is_shortcode(name).then(|| Named { shortcode: name.to_owned(), url: url.to_owned() })
}

/// With what somebody likes a post: an `EmojiReact` of Pleroma, or a `Like` of Misskey.
pub fn reaction(activity: &Value) -> Option<Reaction> {
    let said = text(activity, "content").or_else(|| text(activity, "_misskey_reaction"))?;
    Reaction::parse(said, tags(activity).emoji)
}

/// Under which names a quote is given, the ones with consent first.
const QUOTES: [&str; 5] = ["quote", "quoteUri", "quoteUrl", "quoteURL", "_misskey_quote"];

/// What a post quotes, and the stamp that says that it may.
pub(super) fn quote(post: &Value) -> Option<(String, Option<String>)> {
    let linked = || {
        let is_object = |tag: &&Value| {
            let kind = text(tag, "mediaType").unwrap_or_default();
            is_a(tag, "Link") && (kind.starts_with("application/ld+json") || kind == "application/activity+json")
        };
        each(post, "tag").take(TAGS).filter(is_object).find_map(link)
    };
    let given = QUOTES.into_iter().find_map(|key| each(post, key).find_map(id).and_then(http));
    let stamp = each(post, "quoteAuthorization").find_map(id).and_then(http).map(str::to_owned);
    given.or_else(linked).map(|quoted| (quoted.to_owned(), stamp))
}

/// Whom its author lets quote a post (FEP-044f), as far as that is known: who may ask is not refused before. What says
/// nothing of it is from before there were such words.
pub(super) fn quoting(post: &Value) -> Quoting {
    let Some(policy) = post.get("interactionPolicy").and_then(|policy| policy.get("canQuote")) else {
        return Quoting::Anybody;
    };
    let author = each(post, "attributedTo").find_map(id);
    let asked = each(policy, "manualApproval").filter_map(id);
    let mut anybody = each(policy, "automaticApproval").filter_map(id).filter(|who| is_public(who)).chain(asked);
    let mut others = each(policy, "automaticApproval").filter_map(id).filter(|who| Some(*who) != author);
    match (anybody.next(), others.next()) {
        (Some(_), _) => Quoting::Anybody,
        (None, Some(_)) => Quoting::Followers,
        (None, None) => Quoting::Nobody,
    }
}

/// Whom its author lets answer, like and pass on a post, as GoToSocial says it, now or before. Collections cannot be looked
/// into: whoever may be in one asks.
pub(super) fn leaves(post: &Value, mentions: &[String]) -> Leaves {
    const LISTS: [&str; 4] = ["automaticApproval", "always", "manualApproval", "approvalRequired"];
    // Forums and PeerTube have a word for closed posts alone.
    let is_closed =
        ["commentsEnabled", "repliesEnabled"].iter().any(|key| post.get(key).and_then(Value::as_bool) == Some(false));
    let closed = Leaves { reply: if is_closed { Leave::Nobody } else { Leave::Anybody }, ..Leaves::default() };
    let Some(policy) = post.get("interactionPolicy") else { return closed };
    let author = id_of(post, "attributedTo");
    let leave = |what: &str| {
        let Some(said) = policy.get(what).filter(|said| LISTS.iter().any(|list| said.get(list).is_some())) else {
            return Leave::Anybody;
        };
        let at_once = || LISTS.iter().take(2).flat_map(|list| each(said, list)).filter_map(id);
        let mut all = LISTS.iter().flat_map(|list| each(said, list)).filter_map(id);
        let is_named = |who: &str| Some(who) == author || mentions.iter().any(|mentioned| mentioned == who);
        if at_once().any(is_public) {
            Leave::Anybody
        } else if all.any(|who| !is_named(who)) {
            Leave::Asked
        } else {
            Leave::Nobody
        }
    };
    let reply = if is_closed { Leave::Nobody } else { leave("canReply") };
    Leaves { reply, like: leave("canLike"), share: leave("canAnnounce") }
}

/// The poll of a question, if it has options.
pub(super) fn poll(post: &Value) -> Option<Poll> {
    let multiple = each(post, "anyOf").next().is_some();
    let told: Vec<(String, Option<u32>)> = each(post, if multiple { "anyOf" } else { "oneOf" })
        .filter_map(|option| {
            let votes = option.get("replies").and_then(|replies| count(replies, "totalItems"));
            Some((plain::line(text(option, "name")?, OPTION), votes))
        })
        .take(OPTIONS)
        .collect();
    if told.is_empty() {
        return None;
    }
    let closes = moment(post, "endTime").or_else(|| moment(post, "closed"));
    // Where no count is told its author wants them hidden until it closes, and an `Update` tells them then.
    let hides_totals = closes.is_some() && told.iter().all(|(_, votes)| votes.is_none());
    let options: Vec<(String, u32)> = told.into_iter().map(|(name, votes)| (name, votes.unwrap_or(0))).collect();
    // Who voted may be named instead of counted.
    let named = u32::try_from(each(post, "voters").take(MOST_VOTERS).count()).unwrap_or(0);
    let most = options.iter().map(|(_, votes)| *votes).max().unwrap_or(0).max(named);
    Some(Poll { options, multiple, closes, voters: count(post, "votersCount").unwrap_or(most), hides_totals })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn counts_that_nobody_tells_are_hidden_until_it_closes() {
        let asked = |counts: [Value; 2], end: Value| {
            let options = counts.map(|count| json!({ "name": "Sí", "replies": { "totalItems": count } }));
            poll(&json!({ "oneOf": options, "endTime": end })).unwrap().hides_totals
        };
        let end = || json!("2026-12-01T10:00:00Z");
        assert!(asked([Value::Null, Value::Null], end()));
        assert!(!asked([json!(0), json!(0)], end()));
        assert!(!asked([Value::Null, Value::Null], Value::Null), "nothing would ever show them");
    }
}
