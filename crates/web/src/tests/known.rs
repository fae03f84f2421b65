//! Browsers in which somebody has signed in, and strangers who try passwords.
use actix_web::{
    http::{StatusCode, header},
    test::TestRequest,
};
use app::Whence;

use super::{HERE, World};

#[actix_web::test]
async fn strangers_keep_nobody_from_a_browser_in_which_they_signed_in() {
    let world = World::new();
    world.first_run().await;
    let enter = async |cookie: &str, password: &str| {
        let entered = [("name", "ana"), ("password", password)];
        let request = TestRequest::post().uri("/login").peer_addr(HERE).set_form(entered);
        world.ask(request.insert_header((header::COOKIE, cookie)), "es").await
    };
    let first = enter("", "correct horse battery").await;
    let kept = first.cookie.split("; ").find(|kept| kept.starts_with("__Host-tertulia-known=")).unwrap().to_owned();
    assert!(!kept.contains("ana"), "nobody reads there who it was: {kept}");
    for number in 0..26 {
        let address = Some(format!("192.0.2.{number}").parse().unwrap());
        let whence = Whence { address, ..Whence::default() };
        let tried = app::sessions::enter(&world.app, "ana", "a guess".into(), &whence).await;
        assert!(number == 25 || tried.is_ok(), "{tried:?}");
    }
    let refused = enter("", "correct horse battery").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.body.contains("Espera un poco"), "{}", refused.body);
    assert!(refused.body.contains("action=\"/login\"") && refused.body.contains("/login/recover"), "{}", refused.body);
    assert_eq!(enter(&kept, "correct horse battery").await.status, StatusCode::SEE_OTHER);
    assert_eq!(enter(&kept, "a guess").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}
