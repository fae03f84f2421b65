//! Every entity as clients read it, whole, so that a field that is lost, or of another kind, is seen. What differs from one
//! run to the next is covered; `INSTA_UPDATE=always` keeps what is new.
use actix_web::test::TestRequest;
use app::posts::{Draft, Origin, Way};
use domain::{
    group::{Joining, Visibility},
    post::{Attachment, Audience, Content, PostKind},
    time::span,
};
use serde_json::{Map, Value, json};

use super::{Person, World, administration::with_token, of, world};

/// Whether keys are made of it.
fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// The text without numbers, keys and moments.
fn covered_text(text: &str) -> String {
    let is_moment = text.len() == 24 && text.ends_with('Z') && text.get(10..11) == Some("T");
    let is_day = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
    if is_moment || is_day {
        return if is_moment { "(moment)".into() } else { "(day)".into() };
    }
    let mut covered = String::new();
    for word in text.replace(env!("CARGO_PKG_VERSION"), "(version)").split_inclusive(|c: char| !is_of_word(c)) {
        let bare = word.trim_end_matches(|c: char| !is_of_word(c));
        let digits = bare.chars().filter(char::is_ascii_digit).count();
        let is_number = bare.len() >= 10 && digits == bare.len();
        if is_number || (bare.len() >= 16 && digits > 0) {
            covered.push('#');
            covered.push_str(word.strip_prefix(bare).unwrap_or_default());
        } else {
            covered.push_str(word);
        }
    }
    covered
}

/// An entity without what differs. Those inside it that have a shape of their own are only named.
fn covered(value: &Value, is_inside: bool) -> Value {
    match value {
        Value::Object(map) if is_inside && map.contains_key("statuses_count") && map.contains_key("acct") => {
            format!("(account of {})", map["acct"].as_str().unwrap()).into()
        }
        Value::Object(map) if is_inside && map.contains_key("reblogs_count") => "(status)".into(),
        Value::Object(map) => {
            let cover = |(key, value): (&String, &Value)| match value {
                // Those of one day are one group, and have its number.
                Value::String(text) if key == "group_key" => {
                    (key.clone(), format!("{}#", text.trim_end_matches(|c: char| c.is_ascii_digit())).into())
                }
                value => (key.clone(), covered(value, true)),
            };
            Value::Object(map.iter().map(cover).collect())
        }
        Value::Array(list) => list.iter().map(|value| covered(value, is_inside)).collect(),
        Value::String(text) => covered_text(text).into(),
        Value::Number(number) if number.as_i64().is_some_and(|number| number > 9_999_999_999) => "(number)".into(),
        other => other.clone(),
    }
}

/// What was seen of one area, by name.
#[derive(Default)]
struct Seen(Map<String, Value>);

impl Seen {
    fn add(&mut self, name: &str, entity: &Value) {
        assert!(!entity.is_null(), "there is no {name}");
        assert!(self.0.insert(name.to_owned(), covered(entity, false)).is_none(), "{name} twice");
    }
}

/// Someone elsewhere shows one of each kind of media, and a page that they link to.
async fn from_elsewhere(w: &World) -> Value {
    let shown = |name: &str, media_type: &str| Attachment {
        url: format!("https://far.example/{name}"),
        media_type: media_type.into(),
        alt: format!("un {name}"),
        ..Attachment::default()
    };
    let attachments = vec![
        shown("a.png", "image/png"),
        shown("b.mp4", "video/mp4"),
        shown("c.ogg", "audio/ogg"),
        shown("d", ""),
        shown("", "text/html"),
    ];
    let content = Content { html: "<p>mirad</p>".into(), attachments, ..Content::default() };
    let (uri, published) = ("https://far.example/1".to_owned(), w.clock.now());
    let origin = Origin { url: uri.clone(), uri, published, edited: None, way: Way::Sent };
    let draft = Draft::new(PostKind::Note, content, Audience::Public);
    let post = app::posts::learn(&w.app, w.caro.me.0, draft, origin).await.unwrap();
    w.get_unknown(&format!("/api/v1/statuses/{}", post.id)).await.ok()
}

async fn accounts(w: &World, huerto: i64) -> Seen {
    let mut seen = Seen::default();
    let told = json!({
        "display_name": "Ana", "note": "Tomates y #riego", "bot": false, "discoverable": true,
        "fields_attributes": [{ "name": "Casa", "value": "https://ana.example" }],
    });
    seen.add("own", &w.call(&w.ana, "PATCH", "/api/v1/accounts/update_credentials", told).await.ok());
    seen.add("profile", &w.get(&w.ana, "/api/v1/profile").await.ok());
    seen.add("person", &w.get_unknown(&format!("/api/v1/accounts/{}", w.ana.id())).await.ok());
    seen.add("group", &w.get_unknown(&format!("/api/v1/accounts/{huerto}")).await.ok());
    seen.add("relationship", &w.follow(&w.bea, huerto).await);
    w.follow(&w.bea, w.ana.id()).await;
    w.follow(&w.caro, w.bea.id()).await;
    let mute = json!({ "duration": 3600 });
    w.call(&w.caro, "POST", &format!("/api/v1/accounts/{}/mute", w.bea.id()), mute).await.ok();
    seen.add("muted", &w.get(&w.caro, "/api/v1/mutes").await.ok()[0]);
    let familiar = format!("/api/v1/accounts/familiar_followers?id[]={}", w.ana.id());
    seen.add("familiar followers", &w.get(&w.caro, &familiar).await.ok());
    seen.add("suggestion", &w.get(&w.caro, "/api/v2/suggestions").await.ok()[0]);
    seen.add("featured tag", &w.call(&w.ana, "POST", "/api/v1/featured_tags", json!({ "name": "riego" })).await.ok());
    seen
}

async fn statuses(w: &World) -> Seen {
    let mut seen = Seen::default();
    let picture = w.bring(&w.ana).await;
    seen.add("media", &picture);
    let topic = json!({
        "status": "@huerto Tomates\n\n¿Quién? @bea #riego", "media_ids": [picture["id"]], "language": "es",
        "spoiler_text": "ojo",
    });
    let topic = w.call(&w.ana, "POST", "/api/v1/statuses", topic).await.ok();
    seen.add("topic", &topic);
    seen.add("boost of a group", &w.home(&w.bea).await[0]);
    seen.add("reply", &w.reply(&w.bea, &topic, "@ana yo").await);
    let poll = json!({ "status": "¿Cuál?", "poll": { "options": ["sí", "no"], "expires_in": 600 } });
    let poll = w.call(&w.ana, "POST", "/api/v1/statuses", poll).await.ok();
    let ballot = format!("/api/v1/polls/{}/votes", poll["poll"]["id"].as_str().unwrap());
    seen.add("poll", &w.call(&w.bea, "POST", &ballot, json!({ "choices": [1] })).await.ok());
    let said = w.say(&w.ana, "El jueves").await;
    let quote = json!({ "status": "apuntadlo", "quoted_status_id": said["id"] });
    seen.add("quote", &w.call(&w.bea, "POST", "/api/v1/statuses", quote).await.ok());
    w.call(&w.ana, "PUT", &of(&said, ""), json!({ "status": "El viernes" })).await.ok();
    seen.add("history", &w.get_unknown(&of(&said, "/history")).await.ok());
    seen.add("source", &w.get(&w.ana, &of(&said, "/source")).await.ok());
    seen.add("deleted", &w.call(&w.ana, "DELETE", &of(&said, ""), Value::Null).await.ok());
    seen.add("to a stranger", &w.get_unknown(&of(&topic, "")).await.ok());
    seen.add("from elsewhere", &from_elsewhere(w).await);
    let due = crate::entities::instant(w.app.now() + span::hours(1));
    let later = json!({ "status": "mañana", "scheduled_at": due });
    seen.add("scheduled", &w.call(&w.ana, "POST", "/api/v1/statuses", later).await.ok());
    seen.add("context", &w.get_unknown(&of(&topic, "/context")).await.ok());
    seen.add("search", &w.get(&w.ana, "/api/v2/search?q=riego").await.ok());
    seen.add("tag", &w.get(&w.ana, "/api/v1/tags/riego").await.ok());
    seen
}

async fn columns(w: &World) -> Seen {
    let mut seen = Seen::default();
    let filter = json!({
        "title": "Fruta", "context": ["home"], "keywords_attributes": [{ "keyword": "tomates", "whole_word": true }],
    });
    seen.add("filter", &w.call(&w.bea, "POST", "/api/v2/filters", filter).await.ok());
    seen.add("first filter", &w.get(&w.bea, "/api/v1/filters").await.ok()[0]);
    let home = w.home(&w.bea).await;
    let mut filtered = home.iter().flat_map(|status| [&status["filtered"], &status["reblog"]["filtered"]]);
    seen.add("filtered", filtered.find(|found| !found[0].is_null()).expect("a filtered topic"));
    seen.add("list", &w.call(&w.bea, "POST", "/api/v1/lists", json!({ "title": "Vecinas" })).await.ok());
    let markers = json!({ "home": { "last_read_id": "40" } });
    seen.add("markers", &w.call(&w.bea, "POST", "/api/v1/markers", markers).await.ok());
    seen.add("preferences", &w.get(&w.bea, "/api/v1/preferences").await.ok());
    let direct = json!({ "status": "@ana ¿vienes?", "visibility": "direct" });
    w.call(&w.bea, "POST", "/api/v1/statuses", direct).await.ok();
    seen.add("conversation", &w.get(&w.ana, "/api/v1/conversations").await.ok()[0]);
    let app = json!({ "client_name": "x", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read" });
    seen.add("application", &w.call(&w.ana, "POST", "/api/v1/apps", app).await.ok());
    let ends = Some(w.app.now() + span::hours(1));
    app::announcements::create(&w.app, None, "Mañana cerramos".into(), ends).await.unwrap();
    seen.add("announcement", &w.get(&w.bea, "/api/v1/announcements").await.ok()[0]);
    seen.add("missing", &w.get_unknown("/api/v1/statuses/4").await.body);
    seen.add("not allowed", &w.get_unknown("/api/v1/timelines/home").await.body);
    seen.add("invalid", &w.call(&w.ana, "POST", "/api/v1/statuses", json!({ "status": "" })).await.body);
    seen
}

/// One notification of each kind that somebody was told.
async fn of_each_kind(w: &World, who: &Person, seen: &mut Seen) {
    for told in w.get(who, "/api/v1/notifications?limit=80").await.ok().as_array().unwrap() {
        let kind = told["type"].as_str().unwrap();
        if !seen.0.contains_key(kind) {
            seen.add(kind, told);
        }
    }
}

async fn notifications(w: &World, jefa: &Person) -> Seen {
    let mut seen = Seen::default();
    let said = w.say(&w.ana, "Abro a las diez").await;
    for (who, deed) in [(&w.bea, "/favourite"), (&w.bea, "/reblog"), (&w.caro, "/favourite")] {
        w.post(who, &of(&said, deed)).await.ok();
    }
    let quote = json!({ "status": "sí", "quoted_status_id": said["id"] });
    w.call(&w.caro, "POST", "/api/v1/statuses", quote).await.ok();
    w.call(&w.ana, "PUT", &of(&said, ""), json!({ "status": "Abro a las once" })).await.ok();
    w.call(&w.bea, "PATCH", "/api/v1/accounts/update_credentials", json!({ "locked": true })).await.ok();
    w.follow(&w.ana, w.bea.id()).await;
    let notify = json!({ "notify": true });
    w.call(&w.caro, "POST", &format!("/api/v1/accounts/{}/follow", w.ana.id()), notify).await.ok();
    w.say(&w.ana, "Ya está").await;
    w.clock.advance(span::hours(2));
    w.work().await;
    let report =
        json!({ "account_id": w.caro.id().to_string(), "status_ids": [], "comment": "spam", "category": "spam" });
    seen.add("report", &w.call(&w.ana, "POST", "/api/v1/reports", report).await.ok());
    let act = json!({ "type": "silence", "text": "gritos" });
    w.call(jefa, "POST", &format!("/api/v1/admin/accounts/{}/action", w.caro.id()), act).await.ok();
    for who in [&w.ana, &w.bea, &w.caro, jefa] {
        of_each_kind(w, who, &mut seen).await;
    }
    let groups = w.get(&w.ana, "/api/v2/notifications?types[]=favourite&types[]=reblog").await.ok();
    seen.add("groups", &groups);
    let wish = json!({ "for_not_following": "filter" });
    w.call(&w.bea, "PATCH", "/api/v2/notifications/policy", wish).await.ok();
    w.say(jefa, "@bea hola").await;
    seen.add("policy", &w.get(&w.bea, "/api/v2/notifications/policy").await.ok());
    seen.add("request", &w.get(&w.bea, "/api/v1/notifications/requests").await.ok()[0]);
    seen
}

async fn server(w: &World, jefa: &Person, born: &str) -> Seen {
    let mut seen = Seen::default();
    for (name, path) in [
        ("instance", "/api/v2/instance"),
        ("first instance", "/api/v1/instance"),
        ("extended description", "/api/v1/instance/extended_description"),
        ("languages", "/api/v1/instance/languages"),
    ] {
        seen.add(name, &w.get_unknown(path).await.ok());
    }
    let account = format!("/api/v1/admin/accounts/{}", w.caro.id());
    seen.add("account for admins", &w.get(jefa, &account).await.ok());
    seen.add("report for admins", &w.get(jefa, "/api/v1/admin/reports").await.ok()[0]);
    let block = json!({ "domain": "malo.example", "severity": "suspend", "public_comment": "spam" });
    seen.add("domain block", &w.call(jefa, "POST", "/api/v1/admin/domain_blocks", block).await.ok());
    let allow = json!({ "domain": "bueno.example" });
    seen.add("domain allow", &w.call(jefa, "POST", "/api/v1/admin/domain_allows", allow).await.ok());
    let network = json!({ "ip": "192.0.2.0/24", "severity": "sign_up_block", "comment": "x", "expires_in": 3600 });
    seen.add("network", &w.call(jefa, "POST", "/api/v1/admin/ip_blocks", network).await.ok());
    let mail = json!({ "domain": "basura.example" });
    seen.add("mail", &w.call(jefa, "POST", "/api/v1/admin/email_domain_blocks", mail).await.ok());
    let counted = json!({ "keys": ["new_users"], "start_at": born, "end_at": born });
    seen.add("measure", &w.call(jefa, "POST", "/api/v1/admin/measures", counted).await.ok()[0]);
    seen.add("rules", &w.get_unknown("/api/v1/instance/rules").await.ok());
    let oauth = w.send(TestRequest::get().uri("/.well-known/oauth-authorization-server")).await.ok();
    seen.add("oauth", &oauth);
    seen
}

#[actix_web::test]
async fn entities_have_the_shape_that_clients_know() {
    let w = world(false).await.unwrap();
    let born = crate::entities::date(w.app.now());
    let jefa = with_token(&w, w.admin().await).await;
    let huerto = w.group("huerto", Visibility::Public, Joining::Open).await;
    insta::assert_json_snapshot!("accounts", accounts(&w, huerto).await.0);
    insta::assert_json_snapshot!("statuses", statuses(&w).await.0);
    insta::assert_json_snapshot!("columns", columns(&w).await.0);
    insta::assert_json_snapshot!("notifications", notifications(&w, &jefa).await.0);
    insta::assert_json_snapshot!("server", server(&w, &jefa, &born).await.0);
}
