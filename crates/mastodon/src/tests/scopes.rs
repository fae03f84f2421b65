//! Every route with every kind of token.
use actix_web::{http::Method, test::TestRequest};
use app::people;

use super::{Answer, World, on_both};

/// Method, path, the scope it needs, and whether strangers may.
const ROUTES: [(&str, &str, &str, bool); 25] = [
    ("GET", "/api/v1/accounts/verify_credentials", "read:accounts", false),
    ("GET", "/api/v1/accounts/lookup?acct=ana", "read:accounts", true),
    ("GET", "/api/v1/accounts/1", "read:accounts", true),
    ("GET", "/api/v1/accounts/1/statuses", "read:statuses", true),
    ("GET", "/api/v1/accounts/relationships?id[]=1", "read:follows", false),
    ("POST", "/api/v1/accounts/1/follow", "write:follows", false),
    ("POST", "/api/v1/accounts/1/unfollow", "write:follows", false),
    ("GET", "/api/v2/search?q=ana", "read:search", true),
    ("POST", "/api/v1/statuses", "write:statuses", false),
    ("GET", "/api/v1/statuses/4", "read:statuses", true),
    ("PUT", "/api/v1/statuses/4", "write:statuses", false),
    ("DELETE", "/api/v1/statuses/4", "write:statuses", false),
    ("GET", "/api/v1/statuses/4/context", "read:statuses", true),
    ("GET", "/api/v1/statuses/4/source", "read:statuses", false),
    ("POST", "/api/v1/statuses/4/favourite", "write:favourites", false),
    ("POST", "/api/v1/statuses/4/unfavourite", "write:favourites", false),
    ("POST", "/api/v1/statuses/4/reblog", "write:statuses", false),
    ("POST", "/api/v1/statuses/4/unreblog", "write:statuses", false),
    ("GET", "/api/v1/timelines/home", "read:statuses", false),
    ("GET", "/api/v1/timelines/public", "read:statuses", true),
    ("GET", "/api/v1/notifications", "read:notifications", false),
    ("GET", "/api/v1/follow_requests", "read:follows", false),
    ("POST", "/api/v1/follow_requests/1/authorize", "write:follows", false),
    ("POST", "/api/v1/follow_requests/1/reject", "write:follows", false),
    ("POST", "/api/v1/reports", "write:reports", false),
];

async fn ask(w: &World, method: &str, path: &str, token: Option<&str>) -> Answer {
    let mut request = TestRequest::default().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(path);
    if let Some(token) = token {
        request = request.insert_header(("authorization", format!("Bearer {token}")));
    }
    w.send(request).await
}

async fn every_route_asks_for_its_scope(w: World) {
    let token = async |scopes: &str| people::create_token(&w.app, w.ana.me.0, scopes).await.unwrap();
    for (method, path, scope, public) in ROUTES {
        let told = |status: u16| format!("{method} {path} ({scope}): {status}");
        let whole = scope.split(':').next().unwrap();
        let other = if whole == "read" { "write" } else { "read" };
        let beside = if scope == "read:search" { "read:statuses" } else { "read:search write:media" };

        let none = ask(&w, method, path, None).await.status;
        assert_eq!(none == 401, !public, "no token, {}", told(none));
        let broken = ask(&w, method, path, Some("x")).await;
        assert_eq!(broken.status, 401, "a broken token, {}", told(broken.status));
        assert!(broken.body["error"].is_string() && broken.headers.contains_key("www-authenticate"));
        for wrong in [other, beside, "push"] {
            let refused = ask(&w, method, path, Some(&token(wrong).await)).await;
            assert_eq!(refused.status, 403, "a token for {wrong}, {}", told(refused.status));
            assert!(refused.body["error"].is_string());
        }
        for right in [whole, scope] {
            let heard = ask(&w, method, path, Some(&token(right).await)).await.status;
            assert!(heard != 401 && heard != 403, "a token for {right}, {}", told(heard));
        }
    }
    let follow = token("follow").await;
    for path in ["/api/v1/follow_requests", "/api/v1/accounts/relationships"] {
        assert_eq!(ask(&w, "GET", path, Some(&follow)).await.status, 200, "`follow` covers {path}");
    }
    assert_eq!(ask(&w, "GET", "/api/v1/accounts/verify_credentials", Some(&token("read").await)).await.status, 200);
}

async fn other_ways_to_send_a_token_are_none(w: World) {
    let path = format!("/api/v1/timelines/home?access_token={}", w.ana.token);
    assert_eq!(w.get_unknown(&path).await.status, 401, "tokens do not travel in addresses");
    for header in ["Bearer", "Basic YTpi", &w.ana.token] {
        let request = TestRequest::get().uri("/api/v1/timelines/public").insert_header(("authorization", header));
        assert_eq!(w.send(request).await.status, 401, "{header}");
    }
    let request = TestRequest::get().uri("/api/v1/timelines/home");
    let request = request.insert_header(("authorization", format!("bearer  {}", w.ana.token)));
    assert_eq!(w.send(request).await.status, 200);
}

on_both! { every_route_asks_for_its_scope other_ways_to_send_a_token_are_none }
