//! Slow mode by pages and forms alone.
use actix_web::http::StatusCode;
use app::posts::Writing;

use super::{
    World,
    journeys::{Browser, login},
};

#[actix_web::test]
async fn a_heated_conversation_is_slowed_down_and_nobody_loses_what_they_wrote() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let (ana, reads) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "en").await);
    let writing = Writing { text: "Tomates".into(), group: Some(huerto.id), ..Writing::default() };
    let thread = world.write(bea, writing).await;

    // The team slows a conversation down; everybody reads that, and only who writes has to wait.
    let form = format!("/moderate?post={}", thread.id);
    let odd = ana.send(&form, "/moderate", &[("what", "slow"), ("pace", "7")]).await;
    assert!(odd.status == StatusCode::UNPROCESSABLE_ENTITY && odd.body.contains("id=\"pace-flaw\""), "{}", odd.body);
    let entered = [("what", "slow"), ("pace", "10"), ("reason", "Calma")];
    assert_eq!(ana.send(&form, "/moderate", &entered).await.status, StatusCode::SEE_OTHER);
    assert!(ana.get(&form).await.body.contains("<option value=\"10\" selected>"));
    let page = world.get(&thread.uri, "es").await.body;
    assert!(page.contains("Modo lento: Una publicación cada 10 minutos por persona."), "{page}");
    let said = "You can write again in 10 minutes.";
    assert!(!reads.get(&thread.uri).await.body.contains(said));
    let to = thread.id.to_string();
    let entered = [("to", to.as_str()), ("text", "Rojos")];
    assert_eq!(reads.send(&thread.uri, "/write", &entered).await.status, StatusCode::SEE_OTHER);
    assert!(reads.get(&thread.uri).await.body.contains(said));
    let refused = reads.send(&thread.uri, "/write", &[("to", &*to), ("text", "Verdes, y muchos")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let kept = ["you can write again in 10 minutes", "Verdes, y muchos", said];
    assert!(kept.iter().all(|kept| refused.body.contains(kept)), "{}", refused.body);
    let again = reads.get(&format!("/write?to={to}")).await.body;
    assert!(again.contains(said) && again.contains("Verdes, y muchos"), "{again}");

    // So is a whole community, on a page of its own; one button of the log ends it.
    let manage = format!("/manage/pace?group={}", huerto.id);
    assert_eq!(reads.get(&manage).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ana.send(&manage, "/manage/pace", &[("pace", "60")]).await.status, StatusCode::SEE_OTHER);
    assert!(ana.get(&manage).await.body.contains("<option value=\"60\" selected>"));
    assert!(world.get(&huerto.uri, "en").await.body.contains("Slow mode: One post an hour each."));
    let log = ana.get("/@huerto/log").await.body;
    assert_eq!(log.matches("puso el modo lento").count(), 2, "{log}");
    assert_eq!(log.matches("action=\"/log/undo\"").count(), 2);
    assert_eq!(ana.send("/@huerto/log", "/log/undo", &[]).await.status, StatusCode::SEE_OTHER);
    assert!(!world.get(&huerto.uri, "en").await.body.contains("Slow mode"));
    assert!(world.get(&thread.uri, "en").await.body.contains("Slow mode"), "the conversation is as slow as before");
    let log = ana.get("/@huerto/log").await.body;
    assert!(log.contains("quitó el modo lento") && log.matches("action=\"/log/undo\"").count() == 1, "{log}");
}
