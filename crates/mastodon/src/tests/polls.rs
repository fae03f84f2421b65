//! Polls as clients ask them, choose in them and read them.
use std::time::Duration;

use actix_web::test::TestRequest;
use serde_json::{Value, json};

use super::{World, on_both};

async fn polls_are_asked_and_answered(w: World) {
    let form = TestRequest::post()
        .uri("/api/v1/statuses")
        .insert_header(("authorization", format!("Bearer {}", w.ana.token)))
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .set_payload(
            "status=%C2%BFqu%C3%A9%3F&poll[options][]=uno&poll[options][]=dos&poll[expires_in]=300&poll[multiple]=true",
        );
    let status = w.send(form).await.ok();
    let poll = &status["poll"];
    assert_eq!((&poll["multiple"], &poll["voted"], &poll["own_votes"]), (&json!(true), &json!(true), &json!([])));
    let path = format!("/api/v1/polls/{}", poll["id"].as_str().unwrap());
    let unknown = w.get_unknown(&path).await.ok();
    assert_eq!((&unknown["expired"], &unknown["voted"]), (&json!(false), &json!(false)));
    let vote = |choices: Value| json!({ "choices": choices });
    for wrong in [json!([]), json!(["x"]), json!([-1]), json!([9])] {
        assert_eq!(w.call(&w.bea, "POST", &format!("{path}/votes"), vote(wrong)).await.status, 422);
    }
    let voted = w.call(&w.bea, "POST", &format!("{path}/votes"), vote(json!(["0", 1]))).await.ok();
    assert_eq!((&voted["voted"], &voted["own_votes"]), (&json!(true), &json!([0, 1])));
    assert_eq!((&voted["votes_count"], &voted["voters_count"]), (&json!(2), &json!(1)));
    w.clock.advance(Duration::from_secs(301));
    let late = w.call(&w.caro, "POST", &format!("{path}/votes"), vote(json!([0]))).await;
    assert_eq!(late.status, 422);
    assert_eq!(w.get_unknown(&path).await.ok()["expired"], true);
    let plain = w.say(&w.ana, "nada").await;
    let path = format!("/api/v1/polls/{}", plain["id"].as_str().unwrap());
    assert_eq!(w.get_unknown(&path).await.status, 404);
    assert_eq!(w.call(&w.bea, "POST", &format!("{path}/votes"), vote(json!([0]))).await.status, 404);
}

async fn polls_that_make_no_sense_are_refused(w: World) {
    let long = "x".repeat(201);
    for poll in [
        json!({ "options": ["a"], "expires_in": 300 }),
        json!({ "options": ["a", "a"], "expires_in": 300 }),
        json!({ "options": ["a", " "], "expires_in": 300 }),
        json!({ "options": ["a", long], "expires_in": 300 }),
        json!({ "options": ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"], "expires_in": 300 }),
        json!({ "options": ["a", "b"] }),
        json!({ "options": ["a", "b"], "expires_in": 1 }),
        json!({ "options": ["a", "b"], "expires_in": "9999999999999999999" }),
    ] {
        let refused = w.call(&w.ana, "POST", "/api/v1/statuses", json!({ "status": "x", "poll": poll })).await;
        assert_eq!(refused.status, 422, "{poll}");
    }
}

async fn what_was_counted_can_stay_hidden_until_the_end(w: World) {
    let poll = json!({ "options": ["uno", "dos"], "expires_in": 300, "hide_totals": true });
    let status = w.call(&w.ana, "POST", "/api/v1/statuses", json!({ "status": "¿qué?", "poll": poll })).await.ok();
    let path = format!("/api/v1/polls/{}", status["poll"]["id"].as_str().unwrap());
    w.call(&w.bea, "POST", &format!("{path}/votes"), json!({ "choices": [1] })).await.ok();
    for who in [&w.ana, &w.bea, &w.caro] {
        let poll = w.get(who, &path).await.ok();
        assert_eq!(
            poll["options"],
            json!([{ "title": "uno", "votes_count": null }, { "title": "dos", "votes_count": null }])
        );
        assert_eq!((&poll["votes_count"], &poll["voters_count"]), (&json!(1), &json!(1)));
    }
    w.clock.advance(Duration::from_secs(301));
    assert_eq!(w.get_unknown(&path).await.ok()["options"][1]["votes_count"], 1);

    let due = crate::entities::instant(w.app.now() + domain::time::span::hours(1));
    let plan = json!({ "status": "mañana", "scheduled_at": due, "poll": poll });
    let planned = w.call(&w.ana, "POST", "/api/v1/statuses", plan).await.ok();
    assert_eq!(planned["params"]["poll"]["hide_totals"], true);
}

on_both! {
    what_was_counted_can_stay_hidden_until_the_end
    polls_are_asked_and_answered
    polls_that_make_no_sense_are_refused
}
