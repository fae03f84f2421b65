//! What documents look like: every field of one of each kind, and what differs in the others.
use std::sync::Arc;

use app::view::{ActorView, Parent, PostView};
use domain::{
    actor::{Actor, ActorKind},
    emoji::{Emoji, Palette},
    group::{GroupRules, Joining, Visibility},
    id::{ActorId, EmojiId, PostId},
    post::{Attachment, Audience, Content, Poll, Post, PostKind, Tally, Vote},
    urls::{self, Site},
};
use serde_json::{Value, json};
use store::actors::KeyRow;

use super::*;
use crate::{outbox::tests::world::somebody, signature::PrivateKey};

/// When everything here is told.
const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn site() -> Site {
    Site::new(&"https://plaza.example".parse().unwrap()).unwrap()
}

fn local(id: i64, name: &str, kind: ActorKind) -> Actor {
    let uri = format!("https://plaza.example/@{name}");
    Actor {
        id: ActorId(id),
        inbox: format!("{uri}/inbox"),
        followers: Some(format!("{uri}/followers")),
        shared_inbox: Some(site().inbox(site().host())),
        created: Timestamp(1_700_000_000_123),
        url: uri.clone(),
        uri,
        ..somebody("plaza.example", name, kind)
    }
}

fn thread() -> PostView {
    let post = Post {
        id: PostId(7),
        uri: "https://plaza.example/@ana/7".into(),
        url: "https://plaza.example/@ana/7".into(),
        kind: PostKind::Note,
        author: ActorId(1),
        group: Some(ActorId(2)),
        parent: None,
        root: PostId(7),
        depth: 0,
        audience: Audience::Public,
        content: Content {
            title: Some("Tomates & <co>".into()),
            html: "<h2>Hoy</h2><p>Rojos</p>".into(),
            source: Some("## Hoy\nRojos".into()),
            language: Some("es".into()),
            tags: vec!["huerto".into()],
            attachments: vec![
                Attachment {
                    url: "https://plaza.example/m/1.webp".into(),
                    media_type: "image/webp".into(),
                    alt: "Un tomate".into(),
                    width: Some(640),
                    ..Attachment::default()
                },
                Attachment { url: "https://a.test/".into(), media_type: "text/html".into(), ..Attachment::default() },
            ],
            ..Content::default()
        },
        local: true,
        published: Timestamp(1_700_000_000_000),
        edited: None,
        deleted: None,
        removed: None,
        locked: None,
        featured: None,
    };
    PostView {
        quote: None,
        held: None,
        root_uri: post.uri.clone(),
        post,
        author: local(1, "ana", ActorKind::Person).into(),
        group: Some(local(2, "huerto", ActorKind::Group).into()),
        parent: None,
        mentioned: vec![Actor { id: ActorId(3), ..somebody("masto.test", "bob", ActorKind::Person) }.into()],
        tally: Tally { replies: 2, likes: 3, dislikes: 1, shares: 1 },
        palette: Arc::default(),
    }
}

fn tomato() -> Emoji {
    Emoji {
        id: EmojiId(9),
        peer: None,
        shortcode: "tomate".into(),
        url: "/media/files/t.png".into(),
        still: None,
        category: None,
        enabled: true,
        updated: Timestamp(1_700_000_000_000),
    }
}

fn value(content: &impl Serialize) -> Value {
    let value: Value = serde_json::from_str(&document(content).unwrap()).unwrap();
    crate::proof::tests::is_signable(&value);
    value
}

#[test]
fn a_thread_as_a_note() {
    let view = thread();
    let mut note = value(&object((&site(), NOW), &view, Form::Note));
    let context = note.as_object_mut().unwrap().remove("@context").unwrap();
    assert_eq!(context[0], "https://www.w3.org/ns/activitystreams");
    assert_eq!(context[2]["Hashtag"], "as:Hashtag");
    assert_eq!(
        note,
        json!({
            "id": "https://plaza.example/@ana/7",
            "type": "Note",
            "attributedTo": "https://plaza.example/@ana",
            "to": [PUBLIC, "https://plaza.example/@huerto"],
            "cc": ["https://plaza.example/@ana/followers", "https://masto.test/bob"],
            "audience": "https://plaza.example/@huerto",
            "url": "https://plaza.example/@ana/7",
            "name": "Tomates & <co>",
            "sensitive": false,
            "content": "<p><strong>Tomates &amp; &lt;co&gt;</strong></p><p><strong>Hoy</strong></p><p>Rojos</p>",
            "contentMap": {
                "es": "<p><strong>Tomates &amp; &lt;co&gt;</strong></p><p><strong>Hoy</strong></p><p>Rojos</p>"
            },
            "mediaType": "text/html",
            "source": { "content": "## Hoy\nRojos", "mediaType": "text/markdown" },
            "language": { "identifier": "es", "name": "es" },
            "published": "2023-11-14T22:13:20Z",
            "attachment": [
                {
                    "type": "Document", "mediaType": "image/webp", "url": "https://plaza.example/m/1.webp",
                    "name": "Un tomate", "width": 640
                },
                { "type": "Link", "href": "https://a.test/", "mediaType": "text/html" }
            ],
            "tag": [
                { "type": "Mention", "href": "https://plaza.example/@huerto", "name": "@huerto@plaza.example" },
                { "type": "Mention", "href": "https://masto.test/bob", "name": "@bob@masto.test" },
                { "type": "Hashtag", "href": "https://plaza.example/tags/huerto", "name": "#huerto" }
            ],
            "context": "https://plaza.example/@ana/7/context",
            "replies": {
                "type": "Collection", "id": "https://plaza.example/@ana/7/replies", "totalItems": 2,
                "first": "https://plaza.example/@ana/7/replies?page=1",
            },
            "likes": { "type": "Collection", "id": "https://plaza.example/@ana/7/likes", "totalItems": 3 },
            "shares": { "type": "Collection", "id": "https://plaza.example/@ana/7/shares", "totalItems": 1 },
            "interactionPolicy": { "canQuote": { "automaticApproval": [PUBLIC] } }
        })
    );
}

#[test]
fn a_title_that_the_text_begins_with_is_not_said_twice() {
    let mut view = thread();
    view.post.content.html = "<p>@<span>huerto</span> Tomates &amp; &lt;co&gt;</p><p>Rojos</p>".into();
    for form in [Form::Note, Form::Article] {
        let sent = value(&object((&site(), NOW), &view, form));
        let note = if form == Form::Note { &sent["content"] } else { &sent["preview"]["content"] };
        assert_eq!((note, &sent["name"]), (&json!(view.post.content.html), &json!("Tomates & <co>")));
    }
    view.post.content.warning = Some("Tomates".into());
    view.post.content.title = Some("Tomates".into());
    assert_eq!(value(&object((&site(), NOW), &view, Form::Note))["content"], json!(view.post.content.html));
}

#[test]
fn a_thread_for_forums() {
    let mut view = thread();
    let page = value(&object((&site(), NOW), &view, Form::Page));
    assert_eq!((&page["type"], &page["content"]), (&json!("Page"), &json!("<h2>Hoy</h2><p>Rojos</p>")));
    assert_eq!(
        page["attachment"][0],
        json!({ "type": "Image", "url": "https://plaza.example/m/1.webp", "name": "Un tomate" })
    );
    let article = value(&object((&site(), NOW), &view, Form::Article));
    assert_eq!(article["type"], "Article");
    assert!(article["preview"]["content"].as_str().unwrap().starts_with("<p><strong>Tomates"));
    view.post.content.title = None;
    assert_eq!(value(&object((&site(), NOW), &view, Form::Page))["name"], "Hoy");
    assert_eq!(value(&object((&site(), NOW), &view, Form::Note)).get("name"), None);
}

#[test]
fn a_reply_is_a_note_for_everybody_and_tells_whom_it_answers() {
    let mut view = thread();
    let root = thread().post;
    let author = Actor { id: ActorId(4), ..somebody("lemmy.test", "lea", ActorKind::Person) };
    view.parent = Some(Parent { post: root.clone().into(), author: author.into() });
    view.post = Post {
        id: PostId(8),
        parent: Some(root.id),
        edited: Some(Timestamp(1_700_000_001_500)),
        content: Content { html: "<p>Sí :tomate:</p>".into(), warning: Some("comida".into()), ..Content::default() },
        ..view.post
    };
    view.palette = Arc::new(Palette::from_iter([tomato()]));
    let note = value(&object((&site(), NOW), &view, Form::Page));
    assert_eq!((&note["type"], &note["inReplyTo"]), (&json!("Note"), &json!(root.uri)));
    assert_eq!(note["cc"], json!([view.author.followers, "https://lemmy.test/lea", "https://masto.test/bob"]));
    assert_eq!((&note["summary"], &note["sensitive"]), (&json!("comida"), &json!(true)));
    assert_eq!(note["updated"], "2023-11-14T22:13:21.5Z");
    assert_eq!(
        note["tag"][3],
        json!({
            "type": "Emoji",
            "id": "https://plaza.example/emojis/9",
            "name": ":tomate:",
            "updated": "2023-11-14T22:13:20Z",
            "icon": { "type": "Image", "url": "https://plaza.example/media/files/t.png" },
        })
    );
}

#[test]
fn a_poll() {
    let mut view = thread();
    view.post.kind = PostKind::Question;
    let options = vec![("Sí".into(), 2), ("No".into(), 1)];
    let closes = Some(Timestamp(1_700_000_000_000));
    view.post.content.poll = Some(Poll { options, closes, voters: 3, ..Poll::default() });
    let poll = value(&object((&site(), NOW), &view, Form::Note));
    assert_eq!((&poll["type"], &poll["votersCount"]), (&json!("Question"), &json!(3)));
    assert_eq!(
        poll["oneOf"][0],
        json!({ "type": "Note", "name": "Sí", "replies": { "type": "Collection", "totalItems": 2 } })
    );
    assert_eq!(poll.get("anyOf"), None);

    view.post.content.poll.as_mut().unwrap().hides_totals = true;
    let over = value(&object((&site(), NOW), &view, Form::Note));
    assert_eq!(over["oneOf"][0]["replies"]["totalItems"], 2, "it is over");
    view.post.content.poll.as_mut().unwrap().closes = Some(Timestamp(NOW.0 + 1));
    let open = value(&object((&site(), NOW), &view, Form::Note));
    let untold = json!({ "type": "Note", "name": "Sí", "replies": { "type": "Collection" } });
    assert_eq!((&open["oneOf"][0], &open["votersCount"]), (&untold, &json!(3)));
}

#[test]
fn addresses_follow_the_audience() {
    let mut view = thread();
    let group = json!("https://plaza.example/@huerto");
    let (followers, bob) = (json!("https://plaza.example/@ana/followers"), json!("https://masto.test/bob"));
    for (audience, to, cc) in [
        (Audience::Unlisted, json!([followers, group]), json!([PUBLIC, bob])),
        (Audience::Followers, json!([followers]), json!([bob])),
        (Audience::Direct, json!([bob]), json!([])),
        (Audience::Members, json!([group, "https://plaza.example/@huerto/followers"]), json!([])),
    ] {
        view.post.audience = audience;
        let note = value(&object((&site(), NOW), &view, Form::Note));
        assert_eq!((&note["to"], &note["cc"]), (&to, &cc), "{audience}");
        assert_eq!(note.get("interactionPolicy").is_some(), audience.is_open());
        let create = value(&activity::create((&site(), NOW), "https://plaza.example/activities/1", &view, Form::Note));
        assert_eq!((&create["to"], &create["cc"]), (&to, &cc), "{audience}");
    }
}

#[test]
fn a_group() {
    let actor = local(2, "huerto", ActorKind::Group);
    let rules = GroupRules {
        hidden: false,
        id: actor.id,
        visibility: Visibility::Restricted,
        joining: Joining::Approval,
        moderators_only: true,
        reach: domain::group::Reach::Home,
        confides_from: domain::id::PostId(0),
    };
    let ed25519 = PrivateKey::generate_ed25519().unwrap();
    let key =
        |uri: String, kind: &str, public: String| KeyRow { uri, actor_id: 2, kind: kind.into(), public, private: None };
    let keys = vec![
        key(urls::ed25519_key(&actor.uri), "ed25519", ed25519.public_pem().unwrap()),
        key(urls::rsa_key(&actor.uri), "rsa", "PEM".into()),
    ];
    let mut group = value(&super::actor(
        &site(),
        &ActorView {
            actor,
            rules: Some(rules),
            keys,
            aliases: Vec::new(),
            moved: None,
            attribution: Vec::new(),
            topics: vec!["home".into(), "compost".into()],
            palette: Palette::default(),
        },
    ));
    group.as_object_mut().unwrap().remove("@context");
    let uri = "https://plaza.example/@huerto";
    assert_eq!(
        group,
        json!({
            "id": uri,
            "type": "Group",
            "preferredUsername": "huerto",
            "webfinger": "huerto@plaza.example",
            "name": "huerto",
            "summary": "",
            "url": uri,
            "inbox": format!("{uri}/inbox"),
            "outbox": format!("{uri}/outbox"),
            "followers": format!("{uri}/followers"),
            "following": format!("{uri}/following"),
            "featured": format!("{uri}/featured"),
            "attributedTo": format!("{uri}/moderators"),
            "affiliations": format!("{uri}/affiliations"),
            "endpoints": { "sharedInbox": "https://plaza.example/inbox" },
            "manuallyApprovesFollowers": true,
            "discoverable": true,
            "indexable": true,
            "postingRestrictedToMods": true,
            "accessType": "closed",
            "published": "2023-11-14T22:13:20.123Z",
            "tag": [
                { "type": "Hashtag", "href": "https://plaza.example/tags/home", "name": "#home" },
                { "type": "Hashtag", "href": "https://plaza.example/tags/compost", "name": "#compost" },
            ],
            "publicKey": { "id": format!("{uri}#main-key"), "owner": uri, "publicKeyPem": "PEM" },
            "assertionMethod": [{
                "type": "Multikey", "id": format!("{uri}#ed25519-key"), "controller": uri,
                "publicKeyMultibase": ed25519.multibase().unwrap()
            }],
            "generator": {
                "type": "Application", "id": "https://plaza.example/actor", "implements": [
                    { "name": "RFC-9421: HTTP Message Signatures", "href": "https://datatracker.ietf.org/doc/html/rfc9421" },
                    { "name": "FEP-8b32: Object Integrity Proofs", "href": "https://w3id.org/fep/8b32" },
                ],
            },
        })
    );
}

#[test]
fn activities_hold_what_they_are_about() {
    let view = thread();
    let (id, group) = ("https://plaza.example/activities/1", view.group.as_ref().unwrap());
    let like = activity::vote(id, &view.author, &view.post, Vote::Like, Some(group));
    let bare = json!({
        "id": id, "type": "Like", "actor": view.author.uri, "audience": group.uri, "object": view.post.uri
    });
    assert_eq!(serde_json::to_value(&like).unwrap(), bare, "a vote is addressed to nobody");
    let mut wrapped = value(&activity::wrap("https://plaza.example/activities/2", Room::open(group), &like));
    assert!(wrapped.as_object_mut().unwrap().remove("@context").is_some());
    assert_eq!(
        wrapped,
        json!({
            "id": "https://plaza.example/activities/2", "type": "Announce", "actor": group.uri,
            "to": [PUBLIC], "cc": [format!("{}/followers", group.uri)], "object": bare
        })
    );
    let removed = activity::remove(id, &view.author, &view.post, Room::open(group), "");
    assert_eq!(value(&removed)["summary"], "", "an empty reason still tells a removal from a deletion");
    let undone = value(&activity::undo("https://plaza.example/activities/3", &view.author, &removed));
    assert_eq!((&undone["to"], &undone["cc"]), (&json!([PUBLIC]), &json!([group.uri])));
    assert_eq!((&undone["type"], &undone["object"]["type"]), (&json!("Undo"), &json!("Delete")));
}
