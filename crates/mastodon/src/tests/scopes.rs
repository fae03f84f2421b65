//! Every route with every kind of token.
use actix_web::{http::Method, test::TestRequest};
use app::people;

use super::{Answer, World, on_both};

/// Method, path, the scope it needs, and whether strangers may.
const ROUTES: &[(&str, &str, &str, bool)] = &[
    ("GET", "/api/v1/accounts/verify_credentials", "read:accounts", false),
    ("PATCH", "/api/v1/accounts/update_credentials", "write:accounts", false),
    ("GET", "/api/v1/profile", "read:accounts", false),
    ("PUT", "/api/v1/profile", "write:accounts", false),
    ("DELETE", "/api/v1/profile/avatar", "write:accounts", false),
    ("DELETE", "/api/v1/profile/header", "write:accounts", false),
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
    ("GET", "/api/v1/notifications/1", "read:notifications", false),
    ("GET", "/api/v1/notifications/unread_count", "read:notifications", false),
    ("POST", "/api/v1/notifications/clear", "write:notifications", false),
    ("POST", "/api/v1/notifications/1/dismiss", "write:notifications", false),
    ("GET", "/api/v1/notifications/requests", "read:notifications", false),
    ("POST", "/api/v1/notifications/requests/1/accept", "write:notifications", false),
    ("POST", "/api/v1/notifications/requests/1/dismiss", "write:notifications", false),
    ("GET", "/api/v2/notifications", "read:notifications", false),
    ("GET", "/api/v2/notifications/x", "read:notifications", false),
    ("GET", "/api/v2/notifications/policy", "read:notifications", false),
    ("PATCH", "/api/v2/notifications/policy", "write:notifications", false),
    ("GET", "/api/v1/conversations", "read:statuses", false),
    ("DELETE", "/api/v1/conversations/1", "write:conversations", false),
    ("POST", "/api/v1/conversations/1/read", "write:conversations", false),
    ("GET", "/api/v1/announcements", "read", false),
    ("POST", "/api/v1/announcements/1/dismiss", "write:accounts", false),
    ("PUT", "/api/v1/announcements/1/reactions/x", "write:favourites", false),
    ("POST", "/api/v1/statuses/4/pin", "write:accounts", false),
    ("POST", "/api/v1/statuses/4/mute", "write:mutes", false),
    ("GET", "/api/v1/statuses/4/history", "read:statuses", true),
    ("GET", "/api/v1/scheduled_statuses", "read:statuses", false),
    ("DELETE", "/api/v1/scheduled_statuses/1", "write:statuses", false),
    ("GET", "/api/v1/accounts?id[]=1", "read:accounts", true),
    ("GET", "/api/v1/accounts/search?q=x", "read:accounts", false),
    ("GET", "/api/v1/accounts/familiar_followers", "read:follows", false),
    ("GET", "/api/v1/accounts/1/followers", "read:accounts", true),
    ("GET", "/api/v1/accounts/1/following", "read:accounts", true),
    ("GET", "/api/v1/accounts/1/endorsements", "read:accounts", true),
    ("GET", "/api/v1/accounts/1/featured_tags", "read:accounts", true),
    ("GET", "/api/v1/accounts/1/lists", "read:lists", false),
    ("POST", "/api/v1/accounts/1/block", "write:blocks", false),
    ("POST", "/api/v1/accounts/1/unblock", "write:blocks", false),
    ("POST", "/api/v1/accounts/1/mute", "write:mutes", false),
    ("POST", "/api/v1/accounts/1/unmute", "write:mutes", false),
    ("POST", "/api/v1/accounts/1/note", "write:accounts", false),
    ("POST", "/api/v1/accounts/1/pin", "write:accounts", false),
    ("POST", "/api/v1/accounts/1/unpin", "write:accounts", false),
    ("POST", "/api/v1/accounts/1/remove_from_followers", "write:follows", false),
    ("GET", "/api/v1/blocks", "read:blocks", false),
    ("GET", "/api/v1/mutes", "read:mutes", false),
    ("GET", "/api/v1/endorsements", "read:accounts", false),
    ("GET", "/api/v1/domain_blocks", "read:blocks", false),
    ("POST", "/api/v1/domain_blocks", "write:blocks", false),
    ("DELETE", "/api/v1/domain_blocks", "write:blocks", false),
    ("GET", "/api/v1/suggestions", "read", false),
    ("GET", "/api/v2/suggestions", "read", false),
    ("GET", "/api/v1/directory", "read:accounts", true),
    ("GET", "/api/v1/tags/x", "read:follows", true),
    ("POST", "/api/v1/tags/x/follow", "write:follows", false),
    ("POST", "/api/v1/tags/x/unfollow", "write:follows", false),
    ("GET", "/api/v1/followed_tags", "read:follows", false),
    ("GET", "/api/v1/featured_tags", "read:accounts", false),
    ("POST", "/api/v1/featured_tags", "write:accounts", false),
    ("DELETE", "/api/v1/featured_tags/1", "write:accounts", false),
    ("GET", "/api/v1/trends/statuses", "read:statuses", true),
    ("GET", "/api/v1/timelines/tag/x", "read:statuses", true),
    ("GET", "/api/v1/timelines/link?url=x", "read:statuses", true),
    ("GET", "/api/v1/timelines/list/1", "read:lists", false),
    ("GET", "/api/v1/lists", "read:lists", false),
    ("POST", "/api/v1/lists", "write:lists", false),
    ("GET", "/api/v1/lists/1", "read:lists", false),
    ("PUT", "/api/v1/lists/1", "write:lists", false),
    ("DELETE", "/api/v1/lists/1", "write:lists", false),
    ("GET", "/api/v1/lists/1/accounts", "read:lists", false),
    ("POST", "/api/v1/lists/1/accounts", "write:lists", false),
    ("DELETE", "/api/v1/lists/1/accounts", "write:lists", false),
    ("GET", "/api/v1/markers", "read:statuses", false),
    ("POST", "/api/v1/markers", "write:statuses", false),
    ("GET", "/api/v1/push/subscription", "push", false),
    ("POST", "/api/v1/push/subscription", "push", false),
    ("PUT", "/api/v1/push/subscription", "push", false),
    ("DELETE", "/api/v1/push/subscription", "push", false),
    ("GET", "/api/v1/bookmarks", "read:bookmarks", false),
    ("GET", "/api/v1/favourites", "read:favourites", false),
    ("POST", "/api/v1/statuses/4/bookmark", "write:bookmarks", false),
    ("GET", "/api/v1/statuses?id[]=4", "read:statuses", true),
    ("GET", "/api/v1/statuses/4/favourited_by", "read:statuses", true),
    ("GET", "/api/v1/statuses/4/reblogged_by", "read:statuses", true),
    ("GET", "/api/v1_alpha/async_refreshes/context-1", "read", false),
    ("GET", "/api/v1/filters", "read:filters", false),
    ("POST", "/api/v1/filters", "write:filters", false),
    ("GET", "/api/v2/filters", "read:filters", false),
    ("POST", "/api/v2/filters", "write:filters", false),
    ("PUT", "/api/v2/filters/1", "write:filters", false),
    ("DELETE", "/api/v2/filters/1", "write:filters", false),
    ("POST", "/api/v2/filters/1/keywords", "write:filters", false),
    ("POST", "/api/v2/filters/1/statuses", "write:filters", false),
];

async fn ask(w: &World, method: &str, path: &str, token: Option<&str>) -> Answer {
    let mut request = TestRequest::default().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(path);
    if let Some(token) = token {
        request = request.insert_header(("authorization", format!("Bearer {token}")));
    }
    w.glance(request).await
}

async fn every_route_asks_for_its_scope(w: World) {
    let token = async |scopes: &str| people::create_token(&w.app, w.ana.me.0, scopes).await.unwrap();
    for &(method, path, scope, public) in ROUTES {
        let told = |status: u16| format!("{method} {path} ({scope}): {status}");
        let whole = scope.split(':').next().unwrap();
        let other = if whole == "read" { "write" } else { "read" };
        let beside = if scope == "read:search" { "read:statuses" } else { "read:search write:media" };

        let none = ask(&w, method, path, None).await.status;
        assert_eq!(none == 401, !public, "no token, {}", told(none));
        let broken = ask(&w, method, path, Some("x")).await;
        assert_eq!(broken.status, 401, "a broken token, {}", told(broken.status));
        assert!(broken.body["error"].is_string() && broken.headers.contains_key("www-authenticate"));
        for wrong in [other, beside, "push"].into_iter().filter(|wrong| *wrong != scope) {
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
