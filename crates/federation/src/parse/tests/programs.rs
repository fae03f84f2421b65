//! What single programs say in words of their own.
use domain::post::{Leave, Leaves};

use super::*;

#[test]
fn a_film_stands_in_its_channel_and_shows_its_largest_picture() {
    let (person, channel) = ("https://v.test/accounts/ana", "https://v.test/channels/walks");
    let picture = |name: &str, width: u32| json!({ "type": "Image", "url": format!("https://v.test/{name}.jpg"), "mediaType": "image/jpeg", "width": width });
    let found = read(json!({
        "type": "Video", "name": "Walks", "commentsEnabled": false, "mediaType": "text/markdown", "content": "*Up*",
        "attributedTo": [{ "type": "Person", "id": person }, { "type": "Group", "id": channel }],
        "url": [
            { "type": "Link", "mediaType": "application/x-mpegURL", "href": "https://v.test/1.m3u8" },
            { "type": "Link", "mediaType": "text/html", "href": "https://v.test/w/1" },
        ],
        "icon": [picture("small", 223), picture("large", 850)],
    }));
    assert_eq!((found.kind, found.authors.as_slice()), (PostKind::Video, &[person.to_owned()][..]));
    assert_eq!(found.addressed.audience, [channel]);
    let attached: Vec<&str> = found.content.attachments.iter().map(|one| one.url.as_str()).collect();
    assert_eq!(attached, ["https://v.test/w/1", "https://v.test/large.jpg"]);
    assert_eq!(found.content.leaves, Leaves { reply: Leave::Nobody, ..Leaves::default() });
    // A channel that speaks alone is the author.
    let alone = read(json!({ "type": "Video", "attributedTo": [{ "type": "Group", "id": channel }] }));
    assert_eq!(alone.authors, [channel]);
}

#[test]
fn a_sound_is_heard_and_led_to_by_its_page() {
    let found = read(json!({
        "type": "Audio", "name": "Compositions", "url": [
            { "type": "Link", "mimeType": "audio/ogg", "href": "https://f.test/listen/1" },
            { "type": "Link", "mimeType": "text/html", "href": "https://f.test/tracks/1" },
        ],
    }));
    assert_eq!(found.url, "https://f.test/tracks/1");
    let kinds: Vec<(&str, &str)> =
        found.content.attachments.iter().map(|one| (one.media_type.as_str(), one.url.as_str())).collect();
    assert_eq!(kinds, [("text/html", "https://f.test/tracks/1"), ("audio/ogg", "https://f.test/listen/1")]);
}

#[test]
fn a_page_that_leads_elsewhere_is_found_where_it_stands() {
    let found = read(json!({ "type": "Page", "name": "Snowflake", "url": "https://blog.test/snowflake" }));
    assert_eq!((found.uri.as_str(), found.url.as_str()), ("https://a.test/1", "https://a.test/1"));
    let attached: Vec<&str> = found.content.attachments.iter().map(|one| one.url.as_str()).collect();
    assert_eq!(attached, ["https://blog.test/snowflake"]);
    let own = read(json!({ "type": "Page", "name": "Snowflake", "url": "https://a.test/pages/1" }));
    assert_eq!((own.url.as_str(), own.content.attachments.len()), ("https://a.test/pages/1", 0));
}

#[test]
fn what_small_programs_say_in_words_of_their_own() {
    let stream = json!({ "type": "Image", "url": "https://o.test/live.gif", "content": "Live stream preview" });
    assert_eq!(read(json!({ "attachment": stream })).content.attachments[0].alt, "Live stream preview");
    assert_eq!(read(json!({ "quoteURL": "https://q.test/1" })).quote, Some(("https://q.test/1".to_owned(), None)));
    let event =
        read(json!({ "type": "Event", "name": "Dance", "inLanguage": "en", "startTime": "2026-12-11T19:00:00Z" }));
    assert_eq!(event.content.language.as_deref(), Some("en"));
    let options =
        json!([{ "name": "yes", "replies": { "totalItems": 2 } }, { "name": "no", "replies": { "totalItems": 1 } }]);
    let poll = read(json!({ "type": "Question", "anyOf": options, "voters": ["a", "b", "c"] })).content.poll.unwrap();
    assert_eq!(poll.voters, 3);
}

#[test]
fn whom_an_author_lets_do_what() {
    let (ana, ben, fans) = ("https://a.test/ana", "https://b.test/ben", "https://a.test/ana/followers");
    for (said, leave) in [
        (json!(null), Leave::Anybody),
        (json!({}), Leave::Anybody),
        (json!({ "automaticApproval": PUBLIC }), Leave::Anybody),
        (json!({ "always": [ana, PUBLIC], "approvalRequired": [] }), Leave::Anybody),
        (json!({ "automaticApproval": [ana], "manualApproval": [PUBLIC] }), Leave::Asked),
        (json!({ "automaticApproval": [ana, fans], "manualApproval": [] }), Leave::Asked),
        (json!({ "always": ana, "approvalRequired": "https://c.test/cleo" }), Leave::Asked),
        (json!({ "automaticApproval": [ana, ben] }), Leave::Nobody),
        (json!({ "automaticApproval": [], "manualApproval": [] }), Leave::Nobody),
    ] {
        let tag = json!({ "type": "Mention", "href": ben });
        let policy = json!({ "canReply": said, "canLike": said, "canAnnounce": said });
        let found = read(json!({ "interactionPolicy": policy, "tag": tag })).content.leaves;
        assert_eq!(found, Leaves { reply: leave, like: leave, share: leave }, "{said}");
    }
    for odd in [json!(null), json!([]), json!("no"), json!({ "canReply": 7 })] {
        assert_eq!(read(json!({ "interactionPolicy": odd })).content.leaves, Leaves::default(), "{odd}");
    }
}
