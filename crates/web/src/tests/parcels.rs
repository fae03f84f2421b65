//! What waits for other servers, as those who administer this one find it.
use app::posts::Writing;
use domain::{id::ActivityId, post::Post};
use store::deliveries::Recipients;

use super::{World, journeys::Browser};

#[actix_web::test]
async fn what_waits_of_a_post_is_found_by_its_address() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let neighbour = super::neighbour(&world.app).await;
    let [post, other] = [
        world.write(ana, Writing { text: "Hola".into(), ..Writing::default() }).await,
        world.write(ana, Writing { text: "Adiós".into(), ..Writing::default() }).await,
    ];
    let of = post.id;
    let queued = world.app.write(move |tx| {
        let id: ActivityId = tx.new_id();
        let to = Recipients { people: &[neighbour], ..Recipients::NONE };
        assert_eq!(store::deliveries::queue(tx, id, &to)?, 1);
        let (kind, body) = ("Create".to_owned(), "{}".to_owned());
        let row = store::activities::Activity { id, actor: ana.0, kind, post: Some(of), public: true, body };
        Ok(store::activities::insert(tx, &row)?)
    });
    queued.await.unwrap();
    let boss = Browser::of(&world, ana, "es").await;
    let find = |post: &Post| format!("/admin/servers?q={}", post.uri);
    let page = boss.get(&find(&post)).await.body;
    assert!(page.contains("action=\"/admin/servers/other.test\"") && page.contains("Volver a enviar"), "{page}");
    let page = boss.get(&find(&other)).await.body;
    assert!(page.contains("todo ha llegado") && !page.contains("Volver a enviar"), "{page}");
}
