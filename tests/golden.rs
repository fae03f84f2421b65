//! Twenty kinds of post, and that nothing of them is lost: ours as Mastodon reads them, theirs as our page shows them.

use app::Me;
use app::posts::Writing;
use serde_json::{Map, Value, json};

use crate::media::{PIXEL, bring};
use crate::network::{ACTIVITY, Group, Network, Person, Puppet, Server, Software, id, on_both};

/// What of an object Mastodon and its like show; ids and moments differ from one run to the next.
fn shown(object: &Value) -> Value {
    const KEPT: [&str; 9] =
        ["type", "summary", "sensitive", "content", "attachment", "tag", "oneOf", "anyOf", "votersCount"];
    let mut kept: Map<String, Value> = KEPT
        .into_iter()
        .filter_map(|key| Some((key.to_owned(), object.get(key)?.clone())))
        .filter(|(_, value)| *value != json!([]))
        .collect();
    if let Some(languages) = object["contentMap"].as_object() {
        kept.insert("languages".to_owned(), languages.keys().cloned().collect());
    }
    for key in ["attachment", "tag"] {
        for item in kept.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten() {
            let item = item.as_object_mut().expect("an object");
            item.retain(|key, _| ["type", "name", "mediaType", "width", "height"].contains(&key.as_str()));
        }
    }
    Value::Object(kept)
}

/// The numbers in addresses are new each time.
fn covered(value: Value) -> Value {
    match value {
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, covered(value))).collect(),
        Value::Array(items) => items.into_iter().map(covered).collect(),
        Value::String(text) => {
            let mut words = String::new();
            for part in text.split_inclusive(|c: char| !c.is_ascii_digit()) {
                let digits = part.trim_end_matches(|c: char| !c.is_ascii_digit());
                words.push_str(if digits.len() > 9 { "#" } else { digits });
                words.push_str(part.strip_prefix(digits).unwrap_or_default());
            }
            Value::String(words)
        }
        other => other,
    }
}

async fn written(who: &Person, body: Value) -> Value {
    who.api("POST", "/api/v1/statuses", &body).await
}

/// What somebody here writes in a community, one post of each kind.
async fn ours(ana: &Person, club: &Group) -> Vec<(&'static str, String)> {
    let to = |text: &str| format!("{} {text}", club.handle());
    let picture = bring(ana, PIXEL, "Una maceta roja").await;
    let alone = bring(ana, PIXEL, "Otra maceta").await;
    let said = ana.post("Mañana llueve").await;
    let long =
        format!("Diario del huerto\n\n{}", "Hoy he regado los tomates y he quitado las malas hierbas. ".repeat(60));
    let poll = json!({ "options": ["sí", "no"], "expires_in": 3600 });
    let bodies = [
        ("content warning", json!({ "status": to("Se me han muerto"), "spoiler_text": "Plantas muertas" })),
        ("alt text", json!({ "status": to("Mirad"), "media_ids": [picture["id"]] })),
        ("image only", json!({ "status": club.handle(), "media_ids": [alone["id"]] })),
        ("poll", json!({ "status": to("¿Regamos?"), "poll": poll })),
        ("quote", json!({ "status": to("Ojo"), "quoted_status_id": said["id"] })),
        ("language", json!({ "status": to("Bos días a todo o mundo"), "language": "gl" })),
        ("long text", json!({ "status": to(&long) })),
        ("table", json!({ "status": to("Riego\n\n| día | litros |\n|---|---|\n| lunes | 4 |") })),
        ("code", json!({ "status": to("Receta\n\n```\nagua < 4\n```") })),
        ("heading and list", json!({ "status": to("Tareas\n\n## Hoy\n\n- regar\n- podar") })),
        ("mention", json!({ "status": to("¿Vienes, @bea?") })),
        ("hashtag", json!({ "status": to("Por fin #tomates") })),
        ("link", json!({ "status": to("Leed esto: https://example.org/riego?a=1&b=2") })),
        ("right to left", json!({ "status": to("مرحبا بكم في الحديقة"), "language": "ar" })),
        ("emoji", json!({ "status": to("Cosecha 🍅👩‍🌾") })),
    ];
    let mut uris = Vec::new();
    for (name, body) in bodies {
        let post = written(ana, body).await;
        uris.push((name, post["uri"].as_str().expect("a URI").to_owned()));
    }
    let titled = Writing {
        text: "Con **cuidado**.".into(),
        title: Some("Cómo se poda".into()),
        group: Some(club.actor.id),
        ..Writing::default()
    };
    let titled = app::posts::create(club.server.app(), Me(ana.actor.id), titled).await.expect("a post");
    uris.push(("title", titled.uri));
    uris
}

async fn what_is_written_here_is_whole_for_microblogs() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    alpha.person("bea").await;
    let mut seen = Map::new();
    for (name, uri) in ours(&ana, &club).await {
        let object = alpha.get(&uri, ACTIVITY).await.value();
        let text = domain::text::html::to_text(object["content"].as_str().expect("a text"));
        let beside = text.replace(&uri, "").replace("@club", "");
        assert!(name == "image only" || !beside.trim().is_empty(), "{name} is more than a bare link: {text}");
        assert!(matches!(object["type"].as_str(), Some("Note" | "Question")), "{name}: {}", object["type"]);
        seen.insert(name.to_owned(), covered(shown(&object)));
    }
    insta::assert_json_snapshot!("ours", seen);
}

/// Somebody of each program, and a thread of theirs with this changed in it.
struct Theirs {
    alpha: Server,
    club: Group,
    bea: Puppet,
}

impl Theirs {
    fn thread(&self, changes: &Value) -> Value {
        let (uri, handle) = self.club.named();
        let mut create = match self.bea.peer.software() {
            Software::Lemmy => self.bea.lemmy_page(&uri, "Un título", "Un texto."),
            Software::NodeBb => self.bea.nodebb_post(&uri, "Un título", "Un texto.", None),
            _ => self.bea.toot("Un texto.", &[(&uri, &handle)], None),
        };
        let object = create["object"].as_object_mut().expect("an object");
        for (key, value) in changes.as_object().expect("changes") {
            object.insert(key.clone(), value.clone());
        }
        self.bea.peer.serve(&create["object"]);
        create
    }
}

/// What others write, by the program, what is special in it, and what stands on our page then.
#[expect(clippy::too_many_lines, reason = "a list, each row of which is read by itself")]
fn theirs() -> Vec<(&'static str, Software, Value, Vec<&'static str>)> {
    use Software::{Lemmy, Mastodon, Mobilizon, NodeBb};
    let file = |kind: &str, media: &str, name: &str| json!([{ "type": kind, "mediaType": media, "url": format!("http://far.test/file.{name}"), "name": "Una maceta" }]);
    let emoji = json!([{ "type": "Emoji", "id": "http://far.test/emoji/1", "name": ":brote:",
        "icon": { "type": "Image", "mediaType": "image/png", "url": "http://far.test/brote.png" } }]);
    let options = |names: [&str; 2]| {
        names.map(|name| json!({ "type": "Note", "name": name, "replies": { "type": "Collection", "totalItems": 3 } }))
    };
    vec![
        ("title and text", Lemmy, json!({}), vec!["Un título", "Un texto."]),
        ("article", NodeBb, json!({}), vec!["Un título", "Un texto."]),
        (
            "spoiler",
            Lemmy,
            json!({ "content": "<details><summary>El final</summary><p>Muere.</p></details>" }),
            vec!["<details><summary>El final</summary><p>Muere.</p></details>"],
        ),
        (
            "crosspost",
            Lemmy,
            json!({ "content": "<p>cross-posted from: <a href=\"http://lem.test/post/1\">http://lem.test/post/1</a></p><blockquote><p>Hola</p></blockquote>" }),
            vec!["cross-posted from", "href=\"http://lem.test/post/1\"", "<blockquote>"],
        ),
        (
            "link",
            Lemmy,
            json!({ "attachment": [{ "type": "Link", "href": "http://example.test/riego" }] }),
            vec!["example.test/riego"],
        ),
        (
            "picture of a forum",
            Lemmy,
            json!({ "attachment": file("Image", "image/png", "png") }),
            vec!["alt=\"Una maceta\""],
        ),
        (
            "not for everybody",
            Lemmy,
            json!({ "sensitive": true, "attachment": file("Image", "image/png", "png") }),
            vec!["<details"],
        ),
        (
            "table",
            Lemmy,
            json!({ "content": "<table><tbody><tr><td>lunes</td><td>4 litros</td></tr></tbody></table>" }),
            vec!["<td>4 litros</td>"],
        ),
        (
            "code",
            NodeBb,
            json!({ "content": "<pre><code>agua &lt; 4</code></pre>" }),
            vec!["<pre><code>agua &lt; 4</code></pre>"],
        ),
        (
            "heading and list",
            NodeBb,
            json!({ "content": "<h2>Hoy</h2><ul><li>regar</li></ul>" }),
            vec!["Hoy</h", "<li>regar</li>"],
        ),
        (
            "hashtag",
            NodeBb,
            json!({
                "content": "<p>Por fin <a href=\"http://far.test/tags/tomates\" rel=\"tag\">#tomates</a></p>",
                "tag": [{ "type": "Hashtag", "name": "#tomates", "href": "http://far.test/tags/tomates" }],
            }),
            vec!["#tomates</a>"],
        ),
        (
            "content warning",
            Mastodon,
            json!({ "summary": "Plantas muertas", "sensitive": true }),
            vec!["<details class=\"warned\"", "Plantas muertas"],
        ),
        (
            "alt text",
            Mastodon,
            json!({ "attachment": file("Document", "image/jpeg", "jpg") }),
            vec!["alt=\"Una maceta\""],
        ),
        (
            "sound",
            Mastodon,
            json!({ "attachment": file("Document", "audio/mpeg", "mp3") }),
            vec!["<audio", "Una maceta"],
        ),
        ("film", Mastodon, json!({ "attachment": file("Document", "video/mp4", "mp4") }), vec!["<video", "Una maceta"]),
        (
            "poll",
            Mastodon,
            json!({ "type": "Question", "oneOf": options(["sí", "no"]), "endTime": "2099-01-01T00:00:00Z" }),
            vec!["class=\"ballot\"", ">sí<", ">no<"],
        ),
        (
            "custom emoji",
            Mastodon,
            json!({ "content": "<p>Un :brote: verde</p>", "tag": emoji }),
            vec!["alt=\":brote:\"", " verde"],
        ),
        (
            "language",
            Mastodon,
            json!({ "content": "<p>Bos días</p>", "contentMap": { "gl": "<p>Bos días</p>" } }),
            vec!["lang=\"gl\"", "Bos días"],
        ),
        (
            "right to left",
            Mastodon,
            json!({ "content": "<p>مرحبا بكم</p>", "contentMap": { "ar": "<p>مرحبا بكم</p>" } }),
            vec!["lang=\"ar\" dir=\"auto\"", "مرحبا بكم"],
        ),
        (
            "long text",
            Mastodon,
            json!({ "content": format!("<p>{}</p><p>Y punto.</p>", "Hoy he regado. ".repeat(400)) }),
            vec!["Hoy he regado.", "Y punto."],
        ),
        (
            "event",
            Mobilizon,
            json!({ "type": "Event", "name": "Cosecha", "startTime": "2099-05-01T10:00:00Z",
            "endTime": "2099-05-01T12:00:00Z", "location": { "type": "Place", "name": "El huerto" } }),
            vec!["Cosecha", "2099-05-01 10:00", "El huerto"],
        ),
    ]
}

async fn what_others_write_is_whole_on_our_page() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let mut lost = Vec::new();
    for (at, (name, software, changes, expected)) in theirs().into_iter().enumerate() {
        let bea = net.peer(&format!("far{at}.test"), software).person("bea");
        let it = Theirs { alpha: alpha.clone(), club: club.clone(), bea };
        let create = it.thread(&changes);
        it.bea.send(&it.alpha, &create).await;
        net.settle().await;
        let status = ana.find_post(create["object"]["id"].as_str().expect("an id")).await;
        let acct = status["account"]["acct"].as_str().expect("a name");
        let page = alpha.get(&format!("/@{acct}/{}", id(&status)), "text/html").await.text();
        let main = page.split("<main").nth(1).unwrap_or_default();
        lost.extend(expected.into_iter().filter(|text| !main.contains(text)).map(|text| format!("{name}: {text}")));
    }
    assert_eq!(lost, [""; 0], "not on our pages");
}

on_both![what_is_written_here_is_whole_for_microblogs, what_others_write_is_whole_on_our_page];
