//! The pages of those who administer the server: who may see them, and what is done there by forms alone.
use actix_web::http::StatusCode;

use super::{
    World,
    journeys::{Browser, login},
};

/// Every page for admins, and what is sent there.
const READ: &[&str] = &["/admin"];
const SENT: &[(&str, &[(&str, &str)])] = &[];

/// How many routes the sources name.
fn routes() -> (usize, usize) {
    let source = include_str!("../lib.rs");
    let lines = source.lines().filter(|line| line.contains("(config, admin::"));
    lines.fold((0, 0), |(read, sent), line| {
        let (page, post) = (line.contains("page!("), line.contains("button!(") || line.contains("post =>"));
        (read + usize::from(page), sent + usize::from(post))
    })
}

#[actix_web::test]
async fn nobody_but_admins_gets_to_see_or_send_anything() {
    assert_eq!((READ.len(), SENT.len()), routes(), "every route stands in these tables");
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let (ana, bea) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "en").await);
    for path in READ {
        let stranger = world.get(path, "es").await;
        assert!(stranger.status == StatusCode::SEE_OTHER && stranger.location.starts_with("/login?back="), "{path}");
        let refused = bea.get(path).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        assert!(refused.body.contains("Only those who run this site") && !refused.body.contains("class=\"office\""), "{path}");
        assert_eq!(ana.get(path).await.status, StatusCode::OK, "{path}");
    }
    let token = bea.token("/write").await;
    for (path, fields) in SENT {
        let mut fields: Vec<_> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(bea.post(path, &fields).await.status, StatusCode::FORBIDDEN, "{path} without the token");
        fields.push(("form_token".to_owned(), token.clone()));
        let refused = bea.post(path, &fields).await;
        assert!(refused.status == StatusCode::FORBIDDEN && refused.body.contains("Only those who run this site"), "{path}: {}", refused.body);
    }
    assert!(ana.get("/").await.body.contains("href=\"/admin\"") && !bea.get("/").await.body.contains("/admin\""));
}
