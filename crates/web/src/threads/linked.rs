//! What a thread is, in the words that search engines read (schema.org).
use app::view::PostView;
use domain::{id::PostId, text::html};
use serde_json::{Value, json};

use crate::{cards::Card, language, media::Emblem};

/// How many comments are told of, and how deep they nest.
const COMMENTS: usize = 50;
const DEPTH: usize = 5;
/// The longest text, in characters.
const TEXT: usize = 5_000;

/// The thread with its comments, or the question with its answers, as the members of one object without its opening brace.
pub(super) fn posting(post: &PostView, replies: &[PostView], card: &Card, solution: Option<PostId>) -> String {
    let is_open = |view: &&PostView| view.post.audience.is_open() && view.author.indexable;
    let open: Vec<&PostView> = replies.iter().filter(is_open).take(COMMENTS).collect();
    let solution = replies.iter().filter(is_open).find(|view| Some(view.post.id) == solution);
    let mut thread = piece(post, if solution.is_some() { "Question" } else { "DiscussionForumPosting" });
    if let Some(members) = thread.as_object_mut() {
        members.insert("headline".into(), json!(card.headline));
        members.insert("mainEntityOfPage".into(), json!(card.page));
        if let Some(picture) = Emblem::of_post(card) {
            members.insert("image".into(), json!(picture.url));
        }
        if let Some(group) = &post.group {
            members.insert("isPartOf".into(), json!({ "@type": "WebPage", "url": group.uri, "name": group.title }));
        }
        if let Some(solution) = solution {
            let others =
                open.iter().filter(|view| view.post.parent == Some(post.post.id) && view.post.id != solution.post.id);
            members.insert("name".into(), json!(card.headline));
            members.insert("answerCount".into(), json!(replies.len()));
            members.insert("acceptedAnswer".into(), answer(solution));
            members.insert("suggestedAnswer".into(), json!(others.map(|view| answer(view)).collect::<Vec<_>>()));
        } else {
            members.insert("commentCount".into(), json!(replies.len()));
            members.insert("comment".into(), json!(below(post.post.id, &open, 1)));
        }
    }
    if solution.is_some() {
        thread = json!({ "@type": "QAPage", "mainEntity": thread });
    }
    // Nothing in it may end the element that it stands in.
    let text = thread.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    text.strip_prefix('{').map(str::to_owned).unwrap_or_default()
}

fn answer(view: &PostView) -> Value {
    let mut answer = piece(view, "Answer");
    if let Some(members) = answer.as_object_mut() {
        members.insert("upvoteCount".into(), json!(view.tally.likes));
    }
    answer
}

/// The comments on a post, with those on them.
fn below(parent: PostId, all: &[&PostView], depth: usize) -> Vec<Value> {
    if depth > DEPTH {
        return Vec::new();
    }
    let children = all.iter().filter(|view| view.post.parent == Some(parent));
    let comment = |view: &&PostView| {
        let mut comment = piece(view, "Comment");
        let answers = below(view.post.id, all, depth + 1);
        if let Some(members) = comment.as_object_mut().filter(|_| !answers.is_empty()) {
            members.insert("comment".into(), json!(answers));
        }
        comment
    };
    children.map(comment).collect()
}

fn piece(view: &PostView, kind: &str) -> Value {
    let content = &view.post.content;
    // What comes with a warning is not given away.
    let text = content.warning.clone().unwrap_or_else(|| html::excerpt(&content.html, TEXT));
    let name = if view.author.title.is_empty() { &view.author.name } else { &view.author.title };
    let count = |deed: &str, count: i64| json!({ "@type": "InteractionCounter", "interactionType": { "@type": deed }, "userInteractionCount": count });
    let mut piece = json!({
        "@type": kind,
        "url": view.post.url,
        "text": text,
        "datePublished": language::machine_moment(view.post.published),
        "author": { "@type": "Person", "name": name, "url": view.author.url },
        "interactionStatistic": [count("LikeAction", view.tally.likes), count("CommentAction", view.tally.replies)],
    });
    if let (Some(edited), Some(members)) = (view.post.edited, piece.as_object_mut()) {
        members.insert("dateModified".into(), json!(language::machine_moment(edited)));
    }
    if let (Some(language), Some(members)) = (&content.language, piece.as_object_mut()) {
        members.insert("inLanguage".into(), json!(language));
    }
    piece
}
