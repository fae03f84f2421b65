//! Conversations that are split and put together by pages and forms alone.
use actix_web::http::StatusCode;
use app::posts::Writing;
use domain::id::PostId;

use super::{
    World,
    journeys::{Browser, login},
};

#[actix_web::test]
async fn a_reply_becomes_a_conversation_and_goes_back_from_the_log() {
    let world = World::new();
    let (me, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let ana = Browser::of(&world, me, "es").await;
    let write = async |text: &str, parent: Option<PostId>| {
        let group = Some(huerto.id);
        world.write(bea, Writing { text: text.into(), parent, group, ..Writing::default() }).await
    };
    let topic = write("Tomates", None).await;
    let reply = write("¿Y las babosas?", Some(topic.id)).await;
    let below = write("Cerveza", Some(reply.id)).await;

    // What is missing is said beside its field.
    let form = format!("/moderate?post={}", reply.id);
    let again = ana.send(&form, "/moderate", &[("what", "split"), ("title", " ")]).await;
    assert!(again.status == StatusCode::UNPROCESSABLE_ENTITY && again.body.contains("title-flaw"), "{}", again.body);
    let entered = [("what", "split"), ("title", "Babosas"), ("reason", "Otro tema")];
    let done = ana.send(&form, "/moderate", &entered).await;
    assert_eq!((done.status, &*done.location), (StatusCode::SEE_OTHER, &*reply.uri), "{}", done.body);
    let page = world.get(&reply.uri, "es").await.body;
    assert!(page.contains("Babosas</h1>") && page.contains("Cerveza"), "{page}");
    assert!(page.contains("Esta conversación empezó en") && page.contains("Tomates"), "{page}");
    let old = world.get(&topic.uri, "en").await.body;
    assert!(old.contains("From here it went on in") && !old.contains("Cerveza"), "{old}");
    let community = world.get(&huerto.uri, "es").await.body;
    assert!(community.contains("Babosas") && community.contains("Tomates"), "{community}");

    // The other way round, by the address of the other one, which has to be one of this community.
    let wrong = [("what", "merge"), ("into", "https://plaza.test/@bea/1")];
    let again = ana.send(&form, "/moderate", &wrong).await;
    assert!(again.status == StatusCode::UNPROCESSABLE_ENTITY && again.body.contains("into-flaw"), "{}", again.body);
    let entered = [("what", "merge"), ("into", topic.uri.as_str())];
    assert_eq!(ana.send(&form, "/moderate", &entered).await.status, StatusCode::SEE_OTHER);
    let page = world.get(&topic.uri, "es").await.body;
    assert!(page.contains("Babosas") && page.contains("Cerveza") && !page.contains("De aquí siguió"), "{page}");
    assert!(!world.get(&huerto.uri, "es").await.body.contains("Babosas"));

    // And from the log back to where it was before that.
    let log = ana.get("/@huerto/log").await.body;
    assert!(log.contains("puso una conversación dentro de otra") && log.contains("Otro tema"), "{log}");
    assert_eq!(log.matches("action=\"/log/undo\"").count(), 1, "the first one does not hold any more");
    assert_eq!(ana.send("/@huerto/log", "/log/undo", &[]).await.status, StatusCode::SEE_OTHER);
    assert!(world.get(&huerto.uri, "es").await.body.contains("Babosas"));
    assert_eq!(world.get(&below.uri, "es").await.status, StatusCode::OK);

    // Or by choosing it among those in which something was said last.
    let page = ana.get(&form).await.body;
    assert!(page.contains(&format!("<option value=\"{}\">Tomates</option>", topic.id)), "{page}");
    assert!(!page.contains(&format!("<option value=\"{}\"", reply.id)), "not under itself: {page}");
    let entered = [("what", "merge"), ("under", &*topic.id.to_string()), ("into", "")];
    assert_eq!(ana.send(&form, "/moderate", &entered).await.status, StatusCode::SEE_OTHER);
    assert!(world.get(&topic.uri, "es").await.body.contains("Cerveza"));
}
