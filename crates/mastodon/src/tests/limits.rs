//! How often clients may come, and what they are told of it.
use actix_web::{
    App as Actix, HttpMessage,
    test::{self, TestRequest},
    web::Data,
};
use app::Whence;
use serde_json::json;

use super::{Answer, Person, World, of, on_both};
use crate::limits::Rate;

impl World {
    /// The answer of a server that lets clients come `rate` times, to somebody at this address.
    async fn visit(&self, rate: u32, address: &str, request: TestRequest) -> Answer {
        let app = Actix::new().app_data(Data::new(self.app.clone())).app_data(Data::new(Rate(rate)));
        let service = test::init_service(app.configure(crate::configure)).await;
        let request = request.to_request();
        request.extensions_mut().insert(Whence { address: address.parse().ok(), ..Whence::default() });
        let response = test::call_service(&service, request).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = serde_json::from_slice(&test::read_body(response).await).unwrap_or_default();
        Answer { status, headers, body }
    }
}

fn by(token: &str, request: TestRequest) -> TestRequest {
    request.insert_header(("authorization", format!("Bearer {token}")))
}

fn home(who: &Person) -> TestRequest {
    by(&who.token, TestRequest::get().uri("/api/v1/timelines/home"))
}

fn told(answer: &Answer, name: &str) -> String {
    answer.headers.get(name).unwrap_or_else(|| panic!("{name}")).to_str().unwrap().to_owned()
}

fn left(answer: &Answer) -> String {
    told(answer, "x-ratelimit-remaining")
}

const HERE: &str = "192.0.2.1";
const THERE: &str = "192.0.2.2";

async fn each_token_has_its_own_and_is_told_what_is_left(w: World) {
    for expected in ["1", "0"] {
        let answer = w.visit(2, HERE, home(&w.ana)).await;
        assert_eq!((answer.status, left(&answer).as_str()), (200, expected));
        assert_eq!(told(&answer, "x-ratelimit-limit"), "2");
        let reset = told(&answer, "x-ratelimit-reset");
        assert!(reset.ends_with('Z') && reset.contains('T'), "{reset}");
    }
    let refused = w.visit(2, THERE, home(&w.ana)).await;
    assert_eq!((refused.status, left(&refused).as_str()), (429, "0"), "wherever the token is used");
    assert_eq!(refused.body, json!({ "error": "Too many requests" }));
    assert_eq!(told(&refused, "access-control-allow-origin"), "*", "pages can read why");
    let wait: u64 = told(&refused, "retry-after").parse().unwrap();
    assert!((1..=300).contains(&wait), "{wait}");
    assert_eq!(w.visit(2, HERE, home(&w.bea)).await.status, 200, "others have their own");
    w.clock.advance(domain::time::span::minutes(5));
    assert_eq!(w.visit(2, HERE, home(&w.ana)).await.status, 200, "and time forgives");
}
on_both!(each_token_has_its_own_and_is_told_what_is_left);

async fn who_has_no_token_counts_for_the_place_they_come_from(w: World) {
    let instance = || TestRequest::get().uri("/api/v2/instance");
    assert_eq!(w.visit(2, HERE, instance()).await.status, 200);
    // A token that nobody has makes nobody else of them.
    assert_eq!(w.visit(2, HERE, by("invented", instance())).await.status, 200);
    assert_eq!(w.visit(2, HERE, by("invented-again", instance())).await.status, 429);
    assert_eq!(w.visit(2, HERE, TestRequest::get().uri("/api/v1/nowhere")).await.status, 429);
    assert_eq!(w.visit(2, THERE, instance()).await.status, 200);
    assert_eq!(w.visit(2, HERE, home(&w.ana)).await.status, 200, "whoever has a login is not shut out with them");
    for _ in 0..5 {
        assert_eq!(left(&w.visit(2, "", instance()).await), "2", "the machine itself is not limited");
    }
    assert!(w.visit(0, HERE, instance()).await.headers.get("x-ratelimit-limit").is_none(), "0 is no limit");
}
on_both!(who_has_no_token_counts_for_the_place_they_come_from);

async fn many_tokens_of_one_person_are_counted_together(w: World) {
    for _ in 0..5 {
        let token = app::people::create_token(&w.app, w.ana.me.0, "read").await.unwrap();
        let mine = || by(&token, TestRequest::get().uri("/api/v1/timelines/home"));
        for _ in 0..2 {
            assert_eq!(w.visit(2, HERE, mine()).await.status, 200);
        }
    }
    let refused = w.visit(2, HERE, home(&w.ana)).await;
    assert_eq!((refused.status, told(&refused, "x-ratelimit-limit").as_str()), (429, "10"));
}
on_both!(many_tokens_of_one_person_are_counted_together);

async fn deletions_and_uploads_have_limits_of_their_own(w: World) {
    let status = w.say(&w.ana, "Hola").await;
    let delete = |path: &str| by(&w.ana.token, TestRequest::delete().uri(path));
    for count in (0..30).rev() {
        let answer = w.visit(1_000, HERE, delete("/api/v1/statuses/1")).await;
        assert_eq!((answer.status, left(&answer)), (404, count.to_string()));
        assert_eq!(told(&answer, "x-ratelimit-limit"), "30");
    }
    assert_eq!(w.visit(1_000, HERE, delete(&of(&status, ""))).await.status, 429);
    let unreblog = by(&w.ana.token, TestRequest::post().uri(&of(&status, "/unreblog")));
    assert_eq!(w.visit(1_000, HERE, unreblog).await.status, 429);
    let upload = || by(&w.ana.token, TestRequest::post().uri("/api/v2/media/"));
    for _ in 0..30 {
        assert_eq!(w.visit(1_000, HERE, upload()).await.status, 422);
    }
    assert_eq!(w.visit(1_000, HERE, upload()).await.status, 429);
    assert_eq!(w.get(&w.ana, &of(&status, "")).await.status, 200, "it is still there");
    assert_eq!(w.visit(1_000, HERE, home(&w.ana)).await.status, 200, "and reading goes on");
}
on_both!(deletions_and_uploads_have_limits_of_their_own);

async fn what_reaches_others_has_limits_of_its_own(w: World) {
    let post = || by(&w.ana.token, TestRequest::post().uri("/api/v1/statuses").set_json(json!({ "status": "hola" })));
    let first = w.visit(1_000, HERE, post()).await;
    assert_eq!((first.status, told(&first, "x-ratelimit-limit"), left(&first)), (200, "300".into(), "299".into()));
    for _ in 0..3 {
        let wrong = by(&w.ana.token, TestRequest::post().uri("/api/v1/statuses").set_json(json!({ "status": "" })));
        assert_eq!(left(&w.visit(1_000, HERE, wrong).await), "299", "what fails is not counted");
    }
    // On a page it is the same, and so it is for what is published later.
    let writing = || app::posts::Writing { text: "hola".into(), ..app::posts::Writing::default() };
    let due = w.app.now() + domain::time::span::hours(1);
    app::posts::schedule::create(&w.app, w.ana.me, writing(), due, None).await.unwrap();
    // Nor is it another thing to change what was posted.
    let edit = |text: &str| {
        let change = TestRequest::put().uri(&of(&first.body, "")).set_json(json!({ "status": text }));
        by(&w.ana.token, change)
    };
    let edited = w.visit(1_000, HERE, edit("adiós")).await;
    assert_eq!((edited.status, left(&edited)), (200, "297".into()), "{}", edited.body);
    for _ in 0..296 {
        app::posts::create(&w.app, w.ana.me, writing()).await.unwrap();
    }
    let topic = w.say(&w.bea, "qué día").await;
    let share = || by(&w.ana.token, TestRequest::post().uri(&of(&topic, "/reblog")));
    assert_eq!(left(&w.visit(1_000, HERE, share()).await), "0");
    assert_eq!(w.visit(1_000, HERE, share()).await.status, 200, "it is passed on already");
    let refused = w.visit(1_000, HERE, post()).await;
    assert_eq!((refused.status, left(&refused)), (429, "0".into()));
    assert_eq!(refused.body, json!({ "error": "Too many requests" }));
    assert!(told(&refused, "retry-after").parse::<u64>().unwrap() > 3_000);
    assert_eq!(w.visit(1_000, HERE, edit("otra vez")).await.status, 429);
    let later = app::posts::schedule::create(&w.app, w.ana.me, writing(), due, None).await;
    assert!(matches!(later, Err(app::Error::TooOften { .. })), "{later:?}");
    w.say(&w.bea, "otros sí").await;
    w.clock.advance(domain::time::span::hours(3));
    assert_eq!(w.visit(1_000, HERE, post()).await.status, 200);

    let follow = || by(&w.ana.token, TestRequest::post().uri(&format!("/api/v1/accounts/{}/follow", w.bea.id())));
    for _ in 0..2 {
        let answer = w.visit(1_000, HERE, follow()).await;
        assert_eq!((told(&answer, "x-ratelimit-limit"), left(&answer)), ("400".into(), "399".into()));
    }
}
on_both!(what_reaches_others_has_limits_of_its_own);
