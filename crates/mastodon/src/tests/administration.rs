//! What clients offer those who administer the server, and nobody else.
use actix_web::{http::Method, test::TestRequest};
use app::people;
use serde_json::{Value, json};

use super::{Answer, Person, World, on_both};

/// Method, path, and the scope of the token that it needs.
const ROUTES: &[(&str, &str, &str)] = &[
    ("GET", "/api/v1/admin/accounts", "admin:read:accounts"),
    ("GET", "/api/v2/admin/accounts", "admin:read:accounts"),
    ("GET", "/api/v1/admin/accounts/{bea}", "admin:read:accounts"),
    ("POST", "/api/v1/admin/accounts/{bea}/action", "admin:write:accounts"),
    ("GET", "/api/v1/admin/reports", "admin:read:reports"),
    ("POST", "/api/v1/admin/reports/1/resolve", "admin:write:reports"),
    ("GET", "/api/v1/admin/domain_blocks", "admin:read:domain_blocks"),
    ("POST", "/api/v1/admin/domain_blocks", "admin:write:domain_blocks"),
    ("GET", "/api/v1/admin/domain_allows", "admin:read:domain_allows"),
    ("POST", "/api/v1/admin/domain_allows", "admin:write:domain_allows"),
    ("GET", "/api/v1/admin/ip_blocks", "admin:read:ip_blocks"),
    ("POST", "/api/v1/admin/ip_blocks", "admin:write:ip_blocks"),
    ("GET", "/api/v1/admin/email_domain_blocks", "admin:read:email_domain_blocks"),
    ("POST", "/api/v1/admin/email_domain_blocks", "admin:write:email_domain_blocks"),
    ("GET", "/api/v1/admin/canonical_email_blocks", "admin:read:canonical_email_blocks"),
    ("POST", "/api/v1/admin/canonical_email_blocks", "admin:write:canonical_email_blocks"),
    ("POST", "/api/v1/admin/measures", "admin:read"),
    ("POST", "/api/v1/admin/dimensions", "admin:read"),
    ("GET", "/api/v1/admin/trends/tags", "admin:read"),
];

/// A person with a token for all that admins do.
pub(super) async fn with_token(w: &World, me: app::Me) -> Person {
    let token = people::create_token(&w.app, me.0, "read write admin:read admin:write").await.unwrap();
    Person { me, token }
}

async fn ask(w: &World, method: &str, path: &str, token: &str) -> Answer {
    let request = TestRequest::default().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(path);
    w.send(request.insert_header(("authorization", format!("Bearer {token}")))).await
}

async fn nobody_but_admins_with_the_right_token(w: World) {
    let (jefa, bea) = (w.admin().await, with_token(&w, w.bea.me).await);
    for (method, path, scope) in ROUTES {
        let path = path.replace("{bea}", &bea.id().to_string());
        assert_eq!(
            w.send(TestRequest::default().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(&path))
                .await
                .status,
            401,
            "{path}"
        );
        for scopes in ["read write", "profile push"] {
            let token = people::create_token(&w.app, jefa.0, scopes).await.unwrap();
            assert_eq!(ask(&w, method, &path, &token).await.status, 403, "{method} {path} with {scopes}");
        }
        let token = people::create_token(&w.app, jefa.0, scope).await.unwrap();
        let heard = ask(&w, method, &path, &token).await.status;
        assert!(heard != 401 && heard != 403, "{method} {path} with {scope}: {heard}");
        // A token may say what it wants: who is no admin learns nothing, and changes nothing.
        let empty = path.contains("/trends/");
        let refused = ask(&w, method, &path, &bea.token).await;
        assert!(
            refused.status == 403 || refused.status == 422 || refused.status == 404 || empty,
            "{path}: {}",
            refused.status
        );
        assert!(refused.body["error"].is_string() || empty, "{path}");
    }
}

fn names(found: &Value) -> Vec<&str> {
    found.as_array().unwrap().iter().map(|account| account["username"].as_str().unwrap()).collect()
}

async fn people_are_looked_through_and_decided_about(w: World) {
    let jefa = w.admin().await;
    let jefa = with_token(&w, jefa).await;
    let list = async |query: &str| w.get(&jefa, &format!("/api/v2/admin/accounts?{query}")).await;
    assert_eq!(names(&list("origin=local").await.ok()), ["jefa", "caro", "bea", "ana"]);
    assert_eq!(names(&list("permissions=staff").await.ok()), ["jefa"]);
    assert_eq!(names(&list("username=BE").await.ok()), ["bea"]);
    assert_eq!(names(&list("email=caro@").await.ok()), ["caro"]);
    assert_eq!(list("origin=remote").await.ok(), json!([]));
    let page = list("origin=local&limit=2").await;
    let next = page.link("next").unwrap();
    assert_eq!(names(&w.get(&jefa, &next).await.ok()), ["bea", "ana"]);
    assert_eq!(names(&w.get(&jefa, "/api/v1/admin/accounts?local=true&active=true").await.ok()).len(), 4);

    let of = |what: &str| format!("/api/v1/admin/accounts/{}{what}", w.bea.id());
    let shown = w.get(&jefa, &of("")).await.ok();
    let told = |key: &str| shown[key].clone();
    assert_eq!(
        (told("email"), told("confirmed"), told("approved"), told("domain"), told("locale")),
        ("bea@plaza.example".into(), true.into(), true.into(), Value::Null, "es".into())
    );
    assert_eq!(shown["account"]["acct"], "bea");
    assert!(shown["role"]["name"].is_string() && shown["ips"].is_array());

    // A closed login opens again; its tokens do not work meanwhile.
    w.call(&jefa, "POST", &of("/action"), json!({ "type": "disable" })).await.ok();
    assert_eq!(names(&list("status=disabled").await.ok()), ["bea"]);
    assert_eq!(w.get(&w.bea, "/api/v1/accounts/verify_credentials").await.status, 401);
    assert_eq!(w.post(&jefa, &of("/enable")).await.ok()["disabled"], false);
    assert_eq!(w.call(&jefa, "DELETE", &of(""), Value::Null).await.status, 422, "only who is suspended");

    let reported = json!({ "account_id": w.bea.id().to_string(), "comment": "spam" });
    let report = w.call(&w.ana, "POST", "/api/v1/reports", reported).await.ok();
    let act = json!({ "type": "suspend", "report_id": report["id"], "text": "spam" });
    w.call(&jefa, "POST", &of("/action"), act).await.ok();
    assert_eq!(names(&list("status=suspended").await.ok()), ["bea"]);
    let resolved = w.get(&jefa, "/api/v1/admin/reports?resolved=true").await.ok();
    assert_eq!(resolved[0]["action_taken_by_account"]["username"], "jefa");
    assert_eq!(w.post(&jefa, &of("/enable")).await.status, 422, "a suspension is lifted, not opened");
    assert_eq!(w.post(&jefa, &of("/unsuspend")).await.ok()["suspended"], false);
    w.call(&jefa, "POST", &of("/action"), json!({ "type": "suspend" })).await.ok();
    w.call(&jefa, "DELETE", &of(""), Value::Null).await.ok();
    assert_eq!(w.get(&jefa, &of("")).await.status, 404);
    assert_eq!(names(&list("origin=local").await.ok()), ["jefa", "caro", "ana"]);

    let myself = format!("/api/v1/admin/accounts/{}/action", jefa.id());
    for (path, body, status) in [
        (&myself, json!({ "type": "suspend" }), 403),
        (&of("/action"), json!({ "type": "silence" }), 422),
        (&of("/action"), json!({ "type": "x" }), 422),
    ] {
        assert_eq!(w.call(&jefa, "POST", path, body).await.status, status, "{path}");
    }
}

async fn reports_are_sorted_resolved_and_opened_again(w: World) {
    let jefa = w.admin().await;
    let say = vec![domain::imprint::Wording { language: "es".into(), text: "Sé amable".into(), hint: String::new() }];
    app::imprint::change_house_rules(&w.app, jefa, app::imprint::Change::Say(None, say)).await.unwrap();
    let rule = app::imprint::house_rules(&w.app).await.unwrap()[0].id.to_string();
    let jefa = with_token(&w, jefa).await;
    let post = w.say(&w.bea, "compra piedras").await;
    let reported = json!({ "account_id": w.bea.id().to_string(), "status_ids": [post["id"]], "comment": "piedras" });
    let id = w.call(&w.ana, "POST", "/api/v1/reports", reported).await.ok()["id"].as_str().unwrap().to_owned();
    let list = async |query: &str| w.get(&jefa, &format!("/api/v1/admin/reports?{query}")).await.ok();
    let all = list("").await;
    let one = &all[0];
    assert_eq!((&one["id"], &one["comment"], &one["category"]), (&json!(id), &"piedras".into(), &"other".into()));
    assert_eq!((&one["account"]["username"], &one["target_account"]["username"]), (&"ana".into(), &"bea".into()));
    assert_eq!(one["statuses"][0]["id"], post["id"]);
    assert_eq!(list(&format!("target_account_id={}", w.ana.id())).await, json!([]));
    assert_eq!(list(&format!("account_id={}", w.ana.id())).await[0]["id"], json!(id));

    let of = |what: &str| format!("/api/v1/admin/reports/{id}{what}");
    let sorted = w.call(&jefa, "PUT", &of(""), json!({ "category": "violation", "rule_ids": [rule] })).await.ok();
    assert_eq!((&sorted["category"], &sorted["rules"][0]["text"]), (&"violation".into(), &"Sé amable".into()));
    assert_eq!(w.call(&jefa, "PUT", &of(""), json!({ "rule_ids": ["1"] })).await.status, 404);
    assert_eq!(
        w.post(&jefa, &of("/assign_to_self")).await.ok()["assigned_account"]["id"],
        json!(jefa.id().to_string())
    );
    assert_eq!(w.post(&jefa, &of("/unassign")).await.ok()["assigned_account"], Value::Null);
    assert_eq!(w.post(&jefa, &of("/resolve")).await.ok()["action_taken"], true);
    assert_eq!(list("").await, json!([]));
    assert_eq!(w.post(&jefa, &of("/reopen")).await.ok()["action_taken_by_account"], Value::Null);
    assert_eq!(list("").await[0]["id"], json!(id));
    assert_eq!(w.get(&jefa, "/api/v1/admin/reports/1").await.status, 404);
}

async fn servers_are_ruled_out_and_in(w: World) {
    let jefa = w.admin().await;
    let jefa = with_token(&w, jefa).await;
    let blocks = "/api/v1/admin/domain_blocks";
    let new = json!({ "domain": "Malo.example", "severity": "suspend", "private_comment": "y más" });
    let made = w.call(&jefa, "POST", blocks, new).await.ok();
    assert_eq!(
        (&made["domain"], &made["severity"], &made["private_comment"]),
        (&"malo.example".into(), &"suspend".into(), &"y más".into())
    );
    let one = format!("{blocks}/{}", made["id"].as_str().unwrap());
    let changed = w.call(&jefa, "PUT", &one, json!({ "severity": "silence", "public_comment": "spam" })).await.ok();
    assert_eq!(
        (&changed["severity"], &changed["public_comment"], &changed["private_comment"]),
        (&"silence".into(), &"spam".into(), &"y más".into())
    );
    assert_eq!(w.app.rules().regard("https://malo.example/x"), domain::rule::Regard::Silenced);
    w.call(&jefa, "POST", "/api/v1/admin/domain_allows", json!({ "domain": "bueno.example" })).await.ok();
    assert_eq!(w.get(&jefa, blocks).await.ok().as_array().unwrap().len(), 1);
    assert_eq!(w.get(&jefa, "/api/v1/admin/domain_allows/bueno.example").await.ok()["domain"], "bueno.example");
    assert_eq!(w.get(&jefa, &format!("{blocks}/bueno.example")).await.status, 404, "that is no block");
    w.call(&jefa, "DELETE", &one, Value::Null).await.ok();
    w.call(&jefa, "DELETE", "/api/v1/admin/domain_allows/bueno.example", Value::Null).await.ok();
    assert_eq!((w.get(&jefa, blocks).await.ok(), w.get(&jefa, &one).await.status), (json!([]), 404));
    for (domain, severity) in [("plaza.example", "suspend"), ("not a host", "suspend"), ("x.example", "noop")] {
        let wrong = json!({ "domain": domain, "severity": severity });
        assert_eq!(w.call(&jefa, "POST", blocks, wrong).await.status, 422, "{domain}");
    }
}

async fn numbers_are_counted_by_day(w: World) {
    let jefa = w.admin().await;
    let jefa = with_token(&w, jefa).await;
    let first = w.say(&w.ana, "hola").await;
    w.reply(&w.bea, &first, "hola").await;
    let today = &crate::entities::date(w.app.now());
    let asked =
        json!({ "keys": ["new_users", "active_users", "interactions", "x"], "start_at": today, "end_at": today });
    let told = w.call(&jefa, "POST", "/api/v1/admin/measures", asked).await.ok();
    let totals: Vec<_> = told
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["key"].as_str().unwrap(),
                one["total"].as_str().unwrap(),
                one["previous_total"].as_str().unwrap(),
                one["data"].as_array().unwrap().len(),
            )
        })
        .collect();
    assert_eq!(totals, [("active_users", "2", "0", 1), ("new_users", "4", "0", 1), ("interactions", "1", "0", 1)]);
    let asked =
        json!({ "keys": ["languages", "servers", "software_versions", "x"], "start_at": today, "end_at": today });
    let told = w.call(&jefa, "POST", "/api/v1/admin/dimensions", asked).await.ok();
    let keys: Vec<_> = told.as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["languages", "servers", "software_versions"]);
    assert_eq!(told[0]["data"], json!([{ "key": "es", "human_key": "es", "value": "2" }]));
    assert_eq!((&told[1]["data"], &told[2]["data"][0]["key"]), (&json!([]), &"tertulia".into()));
    let for_ever = json!({ "keys": ["new_users"], "start_at": "1970-01-01", "end_at": today });
    assert_eq!(w.call(&jefa, "POST", "/api/v1/admin/measures", for_ever).await.status, 422);
}

async fn who_is_kept_out_does_not_sign_up(w: World) {
    use app::sign_up::{self, Flaw, Wish};
    let jefa = w.admin().await;
    let jefa = with_token(&w, jefa).await;
    let add = async |what: &str, body: Value| w.call(&jefa, "POST", &format!("/api/v1/admin/{what}"), body).await;
    let made =
        add("ip_blocks", json!({ "ip": "203.0.113.7/24", "severity": "sign_up_block", "expires_in": 60 })).await.ok();
    assert_eq!((&made["ip"], made["expires_at"].is_string()), (&"203.0.113.0/24".into(), true));
    let other = json!({ "ip": "2001:db8::1", "severity": "sign_up_requires_approval" });
    assert_eq!(add("ip_blocks", other).await.ok()["ip"], "2001:db8::1/128");
    add("email_domain_blocks", json!({ "domain": "malo.example" })).await.ok();
    let mailbox = add("canonical_email_blocks", json!({ "email": "D.ora+x@gente.example" })).await.ok();
    assert_eq!(add("email_domain_blocks", json!({ "domain": "malo.example" })).await.status, 422, "once is enough");
    assert_eq!(add("ip_blocks", json!({ "ip": "203.0.113.0/24", "severity": "no_access" })).await.status, 422);
    assert_eq!(add("ip_blocks", json!({ "ip": "everywhere", "severity": "sign_up_block" })).await.status, 422);

    let attempt = async |name: &str, email: &str, from: &str| {
        let wish = Wish {
            name: name.into(),
            email: email.into(),
            password: "correct horse battery".into(),
            agreement: true,
            language: "es".into(),
            ..Wish::default()
        };
        let whence = app::Whence { address: Some(from.parse().unwrap()), ..app::Whence::default() };
        sign_up::sign_up(&w.app, wish, &whence).await.map(|made| made.map(|newcomer| newcomer.ready))
    };
    assert!(attempt("uno", "uno@gente.example", "203.0.113.99").await.is_err(), "by the network");
    for email in ["dos@correo.malo.example", "dora@gente.example"] {
        assert_eq!(attempt("dos", email, "198.51.100.1").await.unwrap(), Err(vec![Flaw::EmailBarred]), "{email}");
    }
    assert_eq!(attempt("tres", "tres@gente.example", "2001:db8::1").await.unwrap(), Ok(false), "waits for an admin");
    assert_eq!(attempt("cuatro", "cuatro@gente.example", "198.51.100.2").await.unwrap(), Ok(true));
    w.clock.advance(domain::time::span::minutes(2));
    assert_eq!(attempt("uno", "uno@gente.example", "203.0.113.98").await.unwrap(), Ok(true), "its time is over");

    let tested = add("canonical_email_blocks/test", json!({ "email": "dora@gente.example" })).await.ok();
    assert_eq!(tested[0]["id"], mailbox["id"]);
    let one = format!("/api/v1/admin/ip_blocks/{}", made["id"].as_str().unwrap());
    let changed = w.call(&jefa, "PUT", &one, json!({ "comment": "trolls", "expires_in": "" })).await.ok();
    assert_eq!(
        (&changed["comment"], &changed["severity"], &changed["expires_at"]),
        (&"trolls".into(), &"sign_up_block".into(), &Value::Null)
    );
    assert_eq!(w.get(&jefa, &one.replace("ip_blocks", "email_domain_blocks")).await.status, 404, "of another kind");
    w.call(&jefa, "DELETE", &one, Value::Null).await.ok();
    assert_eq!(w.get(&jefa, &one).await.status, 404);
    assert_eq!(w.get(&jefa, "/api/v1/admin/ip_blocks").await.ok().as_array().unwrap().len(), 1);
}

async fn whoever_comes_back_is_counted_with_those_who_signed_up_with_them(w: World) {
    let jefa = w.admin().await;
    let jefa = with_token(&w, jefa).await;
    w.get(&w.bea, "/api/v1/timelines/home").await.ok();
    let (first, today) = (w.app.now(), |at: domain::time::Timestamp| crate::entities::date(at));
    w.clock.advance(domain::time::span::days(1));
    for path in ["/api/v1/timelines/home", "/api/v1/notifications"] {
        w.get(&w.caro, path).await.ok();
    }
    let asked = json!({ "start_at": today(first), "end_at": today(w.app.now()), "frequency": "day" });
    let cohorts = w.call(&jefa, "POST", "/api/v1/admin/retention", asked.clone()).await.ok();
    let begins = |at| format!("{}T00:00:00.000Z", today(at));
    assert_eq!(cohorts.as_array().unwrap().len(), 2);
    assert_eq!((&cohorts[0]["period"], &cohorts[0]["frequency"]), (&json!(begins(first)), &json!("day")));
    // Of four, Bea was here on the first day, Caro and whoever asks on the second.
    let data = json!([
        { "date": begins(first), "rate": 0.75, "value": "3" },
        { "date": begins(w.app.now()), "rate": 0.5, "value": "2" },
    ]);
    assert_eq!(cohorts[0]["data"], data);
    assert_eq!(cohorts[1]["data"], json!([{ "date": begins(w.app.now()), "rate": 0.0, "value": "0" }]));
    let months = json!({ "start_at": "2026-01-31", "end_at": "2026-03-01", "frequency": "month" });
    let months = w.call(&jefa, "POST", "/api/v1/admin/retention", months).await.ok();
    let starts: Vec<&str> = months.as_array().unwrap().iter().map(|one| one["period"].as_str().unwrap()).collect();
    assert_eq!(starts, ["2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z"]);
    for wrong in [
        json!({}),
        json!({ "start_at": "2026-02-02", "end_at": "2026-02-01" }),
        json!({ "start_at": "1970-01-01", "end_at": "2026-02-01" }),
    ] {
        assert_eq!(w.call(&jefa, "POST", "/api/v1/admin/retention", wrong).await.status, 422);
    }
    assert_eq!(w.call(&w.bea, "POST", "/api/v1/admin/retention", asked).await.status, 403);
    // The same days count who is active.
    let active = async || w.get_unknown("/api/v2/instance").await.ok()["usage"]["users"]["active_month"].clone();
    assert_eq!(active().await, 3);
    w.clock.advance(domain::time::span::days(31));
    w.get(&w.bea, "/api/v1/timelines/home").await.ok();
    assert_eq!(active().await, 1, "more than a month ago is not lately");
}

on_both! {
    whoever_comes_back_is_counted_with_those_who_signed_up_with_them
    who_is_kept_out_does_not_sign_up nobody_but_admins_with_the_right_token people_are_looked_through_and_decided_about
    reports_are_sorted_resolved_and_opened_again servers_are_ruled_out_and_in numbers_are_counted_by_day
}
