//! What one is told: one by one and in groups, what is held back, conversations, announcements.
use app::announcements::Telling;
use serde_json::{Value, json};
use store::notifications::UNKNOWN;

use super::{World, hidden, of, on_both};

async fn told(w: &World, query: &str) -> Vec<Value> {
    w.get(&w.ana, &format!("/api/v1/notifications{query}")).await.ok().as_array().unwrap().clone()
}

async fn count(w: &World, path: &str) -> i64 {
    w.get(&w.ana, path).await.ok()["count"].as_i64().unwrap()
}

async fn one_reads_and_forgets_what_one_was_told(w: World) {
    w.say(&w.bea, "@ana uno").await;
    w.follow(&w.caro, w.ana.id()).await;
    let all = told(&w, "").await;
    assert_eq!((&all[0]["type"], &all[1]["type"]), (&"follow".into(), &"mention".into()));
    assert_eq!(told(&w, "?exclude_types[]=follow").await.len(), 1);
    assert_eq!(told(&w, &format!("?account_id={}", w.caro.id())).await[0]["type"], "follow");
    let id = |told: &Value| told["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/notifications/{}", id(&all[1]));
    assert_eq!(w.get(&w.ana, &path).await.ok()["status"]["content"], all[1]["status"]["content"]);
    assert_eq!(w.get(&w.bea, &path).await.status, 404, "not hers");
    assert_eq!(count(&w, "/api/v1/notifications/unread_count").await, 2);
    let read = json!({ "notifications": { "last_read_id": id(&all[1]) } });
    w.call(&w.ana, "POST", "/api/v1/markers", read).await.ok();
    assert_eq!(count(&w, "/api/v1/notifications/unread_count").await, 1);
    w.post(&w.bea, &format!("{path}/dismiss")).await.ok();
    assert_eq!(told(&w, "").await.len(), 2, "nobody forgets for somebody else");
    w.post(&w.ana, &format!("{path}/dismiss")).await.ok();
    assert_eq!(told(&w, "").await.len(), 1);
    w.post(&w.ana, "/api/v1/notifications/clear").await.ok();
    assert_eq!(told(&w, "").await.len(), 0);
}

async fn those_about_one_thing_are_one_group(w: World) {
    let (post, other) = (w.say(&w.ana, "buena").await, w.say(&w.ana, "otra").await);
    for who in [&w.bea, &w.caro] {
        w.post(who, &of(&post, "/favourite")).await.ok();
    }
    w.post(&w.bea, &of(&other, "/favourite")).await.ok();
    w.follow(&w.bea, w.ana.id()).await;
    w.follow(&w.caro, w.ana.id()).await;
    w.say(&w.caro, "@ana ¡hola!").await;
    let page = w.get(&w.ana, "/api/v2/notifications").await.ok();
    let groups = page["notification_groups"].as_array().unwrap();
    let shown: Vec<_> = groups
        .iter()
        .map(|group| (group["type"].as_str().unwrap(), group["notifications_count"].as_i64().unwrap()))
        .collect();
    assert_eq!(shown, [("mention", 1), ("follow", 2), ("favourite", 1), ("favourite", 2)]);
    let both = &groups[3];
    assert_eq!((&both["status_id"], both["sample_account_ids"].as_array().unwrap().len()), (&post["id"], 2));
    assert!(both["most_recent_notification_id"].is_i64() && both["latest_page_notification_at"].is_string());
    assert_eq!(
        (page["accounts"].as_array().unwrap().len(), page["statuses"].as_array().unwrap().len()),
        (2, 3),
        "each once"
    );
    assert_eq!(count(&w, "/api/v2/notifications/unread_count").await, 4);

    let first = w.get(&w.ana, "/api/v2/notifications?limit=2").await;
    assert_eq!(first.body["notification_groups"].as_array().unwrap().len(), 2);
    let second = w.get(&w.ana, &first.link("next").unwrap()).await.ok();
    assert_eq!(second["notification_groups"].as_array().unwrap().len(), 2);
    let alone = w.get(&w.ana, "/api/v2/notifications?grouped_types[]=follow").await.ok();
    assert_eq!(alone["notification_groups"].as_array().unwrap().len(), 5);

    let path = format!("/api/v2/notifications/{}", both["group_key"].as_str().unwrap());
    assert_eq!(w.get(&w.ana, &path).await.ok()["notification_groups"][0]["notifications_count"], 2);
    assert_eq!(w.get(&w.ana, &format!("{path}/accounts")).await.ok().as_array().unwrap().len(), 2);
    assert_eq!(w.get(&w.bea, &path).await.status, 404);
    w.post(&w.ana, &format!("{path}/dismiss")).await.ok();
    assert_eq!(w.get(&w.ana, &path).await.status, 404);
    assert_eq!(told(&w, "").await.len(), 4);
}

async fn strangers_wait_until_one_asks_for_them(w: World) {
    let policy = w.get(&w.ana, "/api/v2/notifications/policy").await.ok();
    assert_eq!(
        (&policy["for_not_following"], &policy["summary"]["pending_requests_count"]),
        (&"accept".into(), &0.into())
    );
    let wish = json!({ "for_not_following": "filter", "for_private_mentions": "drop" });
    for method in ["PATCH", "PUT"] {
        let set = w.call(&w.ana, method, "/api/v2/notifications/policy", wish.clone()).await.ok();
        assert_eq!((&set["for_not_following"], &set["for_not_followers"]), (&"filter".into(), &"accept".into()));
    }
    w.follow(&w.ana, w.caro.id()).await;
    let said = w.say(&w.bea, "@ana soy nueva").await;
    w.say(&w.caro, "@ana hola").await;
    let direct = json!({ "status": "@ana psst", "visibility": "direct" });
    w.call(&w.bea, "POST", "/api/v1/statuses", direct).await.ok();
    assert_eq!(told(&w, "").await.len(), 1, "of whom she follows");
    assert_eq!(told(&w, "?include_filtered=true").await.len(), 2);
    let waiting = w.get(&w.ana, "/api/v1/notifications/requests").await.ok();
    assert_eq!((waiting.as_array().unwrap().len(), &waiting[0]["account"]["acct"]), (1, &"bea".into()));
    assert_eq!((&waiting[0]["notifications_count"], &waiting[0]["last_status"]["id"]), (&"1".into(), &said["id"]));
    let policy = w.get(&w.ana, "/api/v1/notifications/policy").await.ok();
    assert_eq!(
        (&policy["filter_not_following"], &policy["summary"]["pending_notifications_count"]),
        (&true.into(), &1.into())
    );
    let path = format!("/api/v1/notifications/requests/{}", waiting[0]["id"].as_str().unwrap());
    assert_eq!(w.get(&w.ana, &path).await.ok(), waiting[0]);
    w.post(&w.ana, &format!("{path}/accept")).await.ok();
    assert_eq!(told(&w, "").await.len(), 2);
    w.say(&w.bea, "@ana gracias").await;
    assert_eq!(told(&w, "").await.len(), 3, "from now on at once");
    assert_eq!(w.get(&w.ana, &path).await.status, 404);

    w.post(&w.caro, &format!("/api/v1/accounts/{}/follow", w.bea.id())).await.ok();
    let wish = json!({ "filter_not_followers": true });
    w.call(&w.bea, "PUT", "/api/v1/notifications/policy", wish).await.ok();
    w.say(&w.ana, "@bea no me sigues").await;
    let waiting = w.get(&w.bea, "/api/v1/notifications/requests").await.ok();
    w.say(&w.caro, "@bea yo sí").await;
    let (one, all) = (waiting[0]["id"].as_str().unwrap(), "/api/v1/notifications/requests");
    for verb in ["accept", "dismiss"] {
        assert_eq!(w.post(&w.caro, &format!("{all}/{one}/{verb}")).await.status, 404, "it is not hers");
        assert_eq!(w.post(&w.bea, &format!("{all}/7/{verb}")).await.status, 404, "{verb} nobody");
    }
    assert_eq!(w.get(&w.bea, all).await.ok(), waiting, "nobody forgets for somebody else");
    w.post(&w.bea, &format!("{all}/{one}/dismiss")).await.ok();
    assert_eq!(w.get(&w.bea, all).await.ok(), json!([]));
    w.say(&w.ana, "@bea todavía").await;
    let waiting = w.get(&w.bea, all).await.ok();
    assert_eq!(
        (waiting.as_array().unwrap().len(), &waiting[0]["account"]["acct"]),
        (1, &"ana".into()),
        "who writes on"
    );
    let ids = json!({ "id": [waiting[0]["id"]] });
    w.call(&w.bea, "POST", "/api/v1/notifications/requests/dismiss", ids).await.ok();
    assert_eq!(w.get(&w.bea, "/api/v1/notifications/requests").await.ok(), json!([]));
    let left = w.get(&w.bea, "/api/v1/notifications?include_filtered=1&types[]=mention").await.ok();
    assert_eq!((left.as_array().unwrap().len(), &left[0]["account"]["acct"]), (1, &"caro".into()), "who follows her");
}

async fn direct_messages_are_conversations(w: World) {
    let direct = |text: &str, to: &Value| json!({ "status": text, "visibility": "direct", "in_reply_to_id": to["id"] });
    let first = w.call(&w.bea, "POST", "/api/v1/statuses", direct("@ana ¿vienes?", &Value::Null)).await.ok();
    w.say(&w.bea, "@ana en público").await;
    let all = w.get(&w.ana, "/api/v1/conversations").await.ok();
    assert_eq!(
        (all.as_array().unwrap().len(), &all[0]["unread"], &all[0]["last_status"]["id"]),
        (1, &true.into(), &first["id"])
    );
    assert_eq!(all[0]["accounts"][0]["acct"], "bea");
    let path = format!("/api/v1/conversations/{}", all[0]["id"].as_str().unwrap());
    assert_eq!(w.post(&w.ana, &format!("{path}/read")).await.ok()["unread"], false);
    assert_eq!(w.post(&w.bea, &format!("{path}/read")).await.status, 404, "hers is another one");
    let answer = w.call(&w.ana, "POST", "/api/v1/statuses", direct("@bea sí", &first)).await.ok();
    let hers = w.get(&w.bea, "/api/v1/conversations").await.ok();
    assert_eq!(
        (hers.as_array().unwrap().len(), &hers[0]["unread"], &hers[0]["last_status"]["id"]),
        (1, &true.into(), &answer["id"])
    );
    assert_eq!(w.get(&w.ana, "/api/v1/conversations").await.ok()[0]["unread"], false, "one's own is not news");
    // Without a word about it an answer is for whoever reads the question; with one it is for whom it says.
    let says = |more: Value| {
        let mut said = json!({ "status": "y más", "in_reply_to_id": first["id"] });
        said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        said
    };
    for (more, visibility) in [(json!({}), "direct"), (json!({ "visibility": "public" }), "public")] {
        let said = w.call(&w.bea, "POST", "/api/v1/statuses", says(more)).await.ok();
        assert_eq!(said["visibility"], visibility);
        w.call(&w.bea, "DELETE", &of(&said, ""), Value::Null).await.ok();
    }
    assert_eq!(w.get(&w.caro, "/api/v1/conversations").await.ok(), json!([]));
    assert_eq!(w.call(&w.ana, "DELETE", &path, Value::Null).await.status, 200);
    assert_eq!(w.get(&w.ana, "/api/v1/conversations").await.ok(), json!([]));
}

async fn announcements_say_when_and_whom_and_what_they_name(w: World) {
    let boss = w.admin().await;
    hidden::hidden(&w).await;
    let open = w.say(&w.ana, "Riego a las siete").await;
    let body = json!({ "status": "solo para quienes me siguen", "visibility": "private" });
    let narrow = w.call(&w.ana, "POST", "/api/v1/statuses", body).await.ok();
    let url = |status: &Value| status["url"].as_str().unwrap().to_owned();
    let text = format!(
        "@bea y @Bea y @sombra y @nadie: #Riego y [esto]({}) y {} y https://far.example/@ana",
        url(&open),
        url(&narrow)
    );
    let day = |hours: u64| Some(w.app.now() + domain::time::span::hours(hours));
    let telling = Telling { text, starts: day(1), ends: day(30), all_day: true };
    let made = app::announcements::schedule(&w.app, Some(boss), telling).await.unwrap();
    w.clock.advance(domain::time::span::hours(25));
    let told = w.get(&w.caro, "/api/v1/announcements").await.ok()[0].clone();
    let bea = json!([{ "id": w.bea.id().to_string(), "username": "bea", "url": "https://plaza.example/@bea", "acct": "bea" }]);
    assert_eq!(told["mentions"], bea, "{told}");
    assert_eq!(told["statuses"], json!([{ "id": open["id"], "url": open["url"] }]), "{told}");
    assert_eq!(told["tags"], json!([{ "name": "riego", "url": "https://plaza.example/tags/riego" }]));
    assert!(told["content"].as_str().unwrap().contains(" @sombra y @nadie"), "{told}");
    let (starts, ends) = (told["starts_at"].as_str().unwrap(), told["ends_at"].as_str().unwrap());
    assert!(starts.ends_with("T00:00:00.000Z") && ends.ends_with("T23:59:59.999Z"), "{told}");
    assert_eq!(told["all_day"], true);
    app::announcements::remove(&w.app, None, made.id).await.unwrap();
    app::announcements::create(&w.app, None, "Hola".into(), None).await.unwrap();
    let told = w.get(&w.caro, "/api/v1/announcements").await.ok()[0].clone();
    let none = (&Value::Null, &Value::Null, &json!(false));
    assert_eq!((&told["starts_at"], &told["ends_at"], &told["all_day"]), none, "at once, for good");
}

async fn announcements_are_read_and_answered(w: World) {
    let ends = Some(w.app.now() + domain::time::span::hours(1));
    let made = app::announcements::create(&w.app, None, "Mañana **cerramos** una hora".into(), ends).await.unwrap();
    let all = w.get(&w.bea, "/api/v1/announcements").await.ok();
    assert_eq!(
        (&all[0]["content"], &all[0]["read"]),
        (&"<p>Mañana <strong>cerramos</strong> una hora</p>".into(), &false.into())
    );
    let path = format!("/api/v1/announcements/{}", made.id);
    w.post(&w.bea, &format!("{path}/dismiss")).await.ok();
    let emoji = "%F0%9F%91%8D";
    for who in [&w.bea, &w.caro] {
        assert_eq!(w.call(who, "PUT", &format!("{path}/reactions/{emoji}"), Value::Null).await.status, 200);
    }
    assert_eq!(w.call(&w.bea, "PUT", &format!("{path}/reactions/bonito"), Value::Null).await.status, 422);
    let all = w.get(&w.bea, "/api/v1/announcements").await.ok();
    assert_eq!(all[0]["read"], true);
    assert_eq!(all[0]["reactions"], json!([{ "name": "👍", "count": 2, "me": true }]));
    w.call(&w.bea, "DELETE", &format!("{path}/reactions/{emoji}"), Value::Null).await.ok();
    assert_eq!(
        w.get(&w.bea, "/api/v1/announcements").await.ok()[0]["reactions"],
        json!([{ "name": "👍", "count": 1, "me": false }])
    );
    assert!(app::announcements::create(&w.app, Some(w.bea.me), "yo".into(), None).await.is_err(), "only admins");
    w.clock.advance(domain::time::span::hours(2));
    assert_eq!(w.get(&w.bea, "/api/v1/announcements").await.ok(), json!([]));
    assert_eq!(w.post(&w.bea, "/api/v1/announcements/7/dismiss").await.status, 404);
}

async fn one_hears_that_what_one_passed_on_or_quoted_has_changed(w: World) {
    let said = w.say(&w.ana, "El jueves").await;
    w.post(&w.bea, &of(&said, "/reblog")).await.ok();
    let quote = json!({ "status": "apuntadlo", "quoted_status_id": said["id"] });
    let quote = w.call(&w.caro, "POST", "/api/v1/statuses", quote).await.ok();
    let heard = async |who, kind: &str| {
        let told = w.get(who, &format!("/api/v1/notifications?types[]={kind}")).await.ok();
        let told = told.as_array().unwrap().iter();
        told.map(|told| (told["account"]["acct"].clone(), told["status"]["id"].clone())).collect::<Vec<_>>()
    };
    let ana = Value::from("ana");
    for text in ["El viernes", "El sábado"] {
        w.call(&w.ana, "PUT", &of(&said, ""), json!({ "status": text })).await.ok();
        assert_eq!(heard(&w.bea, "update").await, [(ana.clone(), said["id"].clone())], "once, however often");
        assert_eq!(heard(&w.caro, "quoted_update").await, [(ana.clone(), quote["id"].clone())], "by what one wrote");
    }
    assert_eq!((heard(&w.caro, "update").await, heard(&w.ana, "update").await), (vec![], vec![]));
    w.post(&w.bea, &format!("/api/v1/accounts/{}/block", w.ana.id())).await.ok();
    w.call(&w.ana, "PUT", &of(&said, ""), json!({ "status": "nunca" })).await.ok();
    assert_eq!(heard(&w.bea, "update").await, []);
}

async fn admins_hear_of_newcomers(w: World) {
    let jefa = w.admin().await;
    let jefa = super::administration::with_token(&w, jefa).await;
    let app = json!({ "client_name": "x", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read write" });
    let app = w.call(&w.ana, "POST", "/api/v1/apps", app).await.ok();
    let asked = json!({
        "grant_type": "client_credentials", "scope": "read write",
        "client_id": app["client_id"], "client_secret": app["client_secret"],
    });
    let token = w.call(&w.ana, "POST", "/oauth/token", asked).await.ok();
    let nobody = super::Person { me: w.ana.me, token: token["access_token"].as_str().unwrap().to_owned() };
    let wish = json!({
        "username": "nora", "email": "nora@plaza.example", "password": "correct horse", "agreement": true, "locale": "es",
    });
    let issued = w.call(&nobody, "POST", "/api/v1/accounts", wish.clone()).await.ok();
    let nora = super::Person { me: w.ana.me, token: issued["access_token"].as_str().unwrap().to_owned() };
    assert_eq!(w.get(&nora, "/api/v1/accounts/verify_credentials").await.ok()["acct"], "nora");
    let told = w.get(&jefa, "/api/v1/notifications").await.ok();
    let told: Vec<_> = told.as_array().unwrap().iter().map(|told| (&told["type"], &told["account"]["acct"])).collect();
    assert_eq!(told, [(&"admin.sign_up".into(), &"nora".into())]);
    assert_eq!(w.get(&w.ana, "/api/v1/notifications").await.ok(), json!([]), "nobody else does");
    let again = w.call(&nobody, "POST", "/api/v1/accounts", wish).await;
    assert_eq!((again.status, again.body["details"]["username"][0]["error"].as_str()), (422, Some("ERR_TAKEN")));
}

async fn a_group_counts_all_that_is_in_it(w: World) {
    let post = w.say(&w.ana, "hola").await;
    for who in [&w.bea, &w.caro] {
        w.follow(who, w.ana.id()).await;
        w.post(who, &of(&post, "/favourite")).await.ok();
    }
    // In the order in which it was told: follow, favourite, follow, favourite.
    let page = w.get(&w.ana, "/api/v2/notifications?limit=1").await;
    let older = page.link("next").unwrap();
    let shown = page.ok();
    let group = &shown["notification_groups"][0];
    assert_eq!((&group["type"], &group["notifications_count"]), (&json!("favourite"), &json!(2)), "{group}");
    let older = w.get(&w.ana, &older).await.ok();
    let group = &older["notification_groups"][0];
    assert_eq!((&group["type"], &group["notifications_count"]), (&json!("follow"), &json!(2)), "{group}");
    let alone = w.get(&w.ana, "/api/v2/notifications?grouped_types[]=mention").await.ok();
    let counts = alone["notification_groups"].as_array().unwrap().iter().map(|one| one["notifications_count"].clone());
    assert_eq!(counts.collect::<Vec<_>>(), vec![json!(1); 4]);
}

async fn a_client_is_told_in_words_what_it_does_not_know(w: World) {
    let jefa = w.admin().await;
    app::restraints::warn(&w.app, jefa, w.ana.me.0, "no grites".into()).await.unwrap();
    w.follow(&w.bea, w.ana.id()).await;
    let all = w.get(&w.ana, "/api/v1/notifications").await.ok();
    assert!(all.as_array().unwrap().iter().all(|one| one.get("fallback").is_none()), "nobody asked for it");
    let known = "supported_types[]=follow";
    for path in ["/api/v1/notifications", "/api/v2/notifications"] {
        let told = w.get(&w.ana, &format!("{path}?{known}")).await.ok();
        let told = told.get("notification_groups").unwrap_or(&told).as_array().unwrap().clone();
        let said: Vec<&Value> = told.iter().filter_map(|one| one.get("fallback")).collect();
        assert_eq!(said.len(), 1, "{path}");
        assert_eq!(said[0]["title"], "Has recibido un aviso de la moderación");
        assert!(said[0]["summary"].as_str().unwrap().contains("https://plaza.example/notices"));
    }
    let warned = all.as_array().unwrap().iter().find(|one| one["type"] == "moderation_warning").unwrap();
    let id = warned["id"].as_str().unwrap();
    for (kinds, has_words) in [(known, true), ("supported_types[]=moderation_warning", false)] {
        let one = w.get(&w.ana, &format!("/api/v1/notifications/{id}?{kinds}")).await.ok();
        assert_eq!(one.get("fallback").is_some(), has_words);
    }
}

async fn what_no_client_knows_is_told_on_pages_alone(w: World) {
    let (ana, bea) = (w.ana.me.0, w.bea.me.0);
    let told_all = w.app.write(move |tx| {
        let now = tx.now();
        for (about, kind) in (1..).zip(UNKNOWN) {
            let id = tx.new_id();
            assert!(store::notifications::insert(tx, id, ana, kind, bea, Some(about), (now, false))?);
        }
        Ok::<_, app::Error>(())
    });
    told_all.await.unwrap();
    for query in ["", "?types[]=unpublished", "?types[]=unpublished&types[]=mention"] {
        assert_eq!(told(&w, query).await.len(), 0, "{query}");
    }
    assert_eq!(count(&w, "/api/v1/notifications/unread_count").await, 0);
    let page = w.get(&w.ana, "/api/v2/notifications").await.ok();
    assert_eq!(page["notification_groups"], json!([]), "{page}");
}

on_both! {
    what_no_client_knows_is_told_on_pages_alone
    a_group_counts_all_that_is_in_it a_client_is_told_in_words_what_it_does_not_know
    one_hears_that_what_one_passed_on_or_quoted_has_changed admins_hear_of_newcomers
    one_reads_and_forgets_what_one_was_told those_about_one_thing_are_one_group strangers_wait_until_one_asks_for_them
    direct_messages_are_conversations announcements_are_read_and_answered
    announcements_say_when_and_whom_and_what_they_name
}
