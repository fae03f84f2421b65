//! What somebody is told of a measure, and what they have to say to it, by pages and forms alone.
use actix_web::{http::StatusCode, test::TestRequest};
use app::{invitations, members, posts::Writing, statements};
use domain::{
    group::Role,
    id::{ActorId, StatementId},
    statement::Sanction,
};

use super::{
    HERE, World,
    journeys::{Browser, login},
};

/// The latest statement about somebody.
pub(super) async fn latest(world: &World, group: ActorId, sanction: Sanction) -> StatementId {
    let entries = world.app.read(move |c| store::log::page(c, group, None, 50)).await.unwrap();
    let wanted = entries.iter().find(|entry| entry.action == sanction.as_str() && entry.statement_id.is_some());
    StatementId(wanted.and_then(|entry| entry.statement_id).expect("a statement"))
}

fn path(world: &World, id: StatementId) -> String {
    statements::page(&world.app, id).unwrap().strip_prefix("https://plaza.test").unwrap().to_owned()
}

#[actix_web::test]
async fn a_measure_is_told_with_its_reasons_appealed_once_and_undone_by_somebody_else() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let (bea, carla) = (login(&world, "bea").await, login(&world, "carla").await);
    for person in [bea, carla] {
        members::join(&world.app, person, huerto.id).await.unwrap();
        invitations::invite(&world.app, ana, huerto.id, person.0).await.unwrap();
    }
    members::appoint(&world.app, ana, huerto.id, carla.0, Some(Role::Moderator)).await.unwrap();
    let writing = Writing { text: "Compra mis macetas".into(), group: Some(huerto.id), ..Writing::default() };
    let post = world.write(bea, writing).await;
    let judged = bea;
    let (ana, bea) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "en").await);
    let carla = Browser::of(&world, carla, "es").await;
    let rules = format!("/manage/rules?group={}", huerto.id);
    let saved = ana.send(&rules, "/manage/rules", &[("title1", "Sin publicidad"), ("text1", "Ni ventas")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);

    // Where there are rules, nothing is taken out without a word why.
    let form = format!("/moderate?post={}", post.id);
    let again = carla.send(&form, "/moderate", &[("what", "remove"), ("note", "Con cariño")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.body.contains("id=\"rule-flaw\"") && again.body.contains("Con cariño"), "{}", again.body);
    let entered = [("what", "remove"), ("rule", "1.1"), ("reason", "Es un anuncio"), ("note", "Con cariño")];
    assert_eq!(carla.send(&form, "/moderate", &entered).await.status, StatusCode::SEE_OTHER);

    // Bea is told what, why and by which rule, but not by whom; the log names the rule, and not the note.
    let told = path(&world, latest(&world, huerto.id, Sanction::Remove).await);
    assert!(bea.get("/notices").await.body.contains(&told), "the notice leads there");
    app::shuns::mute(&world.app, judged, huerto.id, true, None).await.unwrap();
    assert!(bea.get("/notices").await.body.contains(&told), "nobody mutes what was decided about them");
    app::shuns::unmute(&world.app, judged, huerto.id).await.unwrap();
    let page = world.get(&told, "en").await;
    assert_eq!(page.status, StatusCode::OK, "without an account, too");
    for said in ["To take a post out", "Compra mis macetas", "Rule 1: Sin publicidad", "Es un anuncio", "Con cariño"] {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    assert!(!page.body.contains("carla"), "{}", page.body);
    let log = world.get("/@huerto/log", "es").await.body;
    assert!(log.contains("Norma 1: Sin publicidad") && !log.contains("Con cariño"), "{log}");
    for wrong in [format!("{told}0"), format!("{}x", told.strip_suffix(|_: char| true).unwrap()), "/statement/1".into()]
    {
        assert_eq!(world.get(&wrong, "en").await.status, StatusCode::NOT_FOUND, "{wrong}");
    }

    // Her own post leads there, too; what others see of it does not.
    assert!(bea.get(&post.uri).await.body.contains(&told), "the page of the post");
    assert!(!ana.get(&post.uri).await.body.contains(&told), "for her alone");

    // She appeals, once.
    let send = async |text: &str| {
        world.ask(TestRequest::post().uri(&told).peer_addr(HERE).set_form([("text", text)]), "en").await
    };
    let empty = send(" ").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.body.contains("id=\"text-flaw\""), "{}", empty.body);
    assert_eq!(send("They were a gift").await.status, StatusCode::SEE_OTHER);
    assert_eq!(send("Once more").await.status, StatusCode::FORBIDDEN);
    assert!(world.get(&told, "en").await.body.contains("The team has your appeal"));

    // Whoever decided it does not look at it again; somebody else grants it.
    let theirs = carla.get("/queue").await.body;
    assert!(theirs.contains("They were a gift") && !theirs.contains("value=\"grant\""), "{theirs}");
    assert!(ana.get("/notices").await.body.contains("<bdi>bea</bdi> recurre"));
    let token = carla.token("/write").await;
    let id = latest(&world, huerto.id, Sanction::Remove).await.to_string();
    let forced = [("form_token", &*token), ("appeal", &id), ("answer", "No"), ("verdict", "uphold")];
    let forced: Vec<_> = forced.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    assert_eq!(carla.post("/queue/decide", &forced).await.status, StatusCode::FORBIDDEN);
    let granted = ana.send("/queue", "/queue/decide", &[("answer", "Era un regalo"), ("verdict", "grant")]).await;
    assert_eq!(granted.status, StatusCode::SEE_OTHER, "{}", granted.body);
    assert!(!ana.get("/queue").await.body.contains("They were a gift"));

    // The post is back, and everybody reads why.
    assert!(world.get(&post.uri, "es").await.body.contains("Compra mis macetas"));
    let page = world.get(&told, "en").await.body;
    assert!(page.contains("Your appeal was granted") && page.contains("Era un regalo"), "{page}");
    assert!(page.contains("This decision was undone on"), "{page}");
    let log = world.get("/@huerto/log", "es").await.body;
    assert!(log.contains("dio la razón a un recurso") && log.contains("devolvió una publicación"), "{log}");
    let notices = bea.get("/notices").await.body;
    assert!(notices.contains("Your appeal was successful"), "{notices}");
}

#[actix_web::test]
async fn a_ban_is_appealed_and_lifted_with_all_that_went_with_it() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let writing = Writing { text: "Hola a todos".into(), group: Some(huerto.id), ..Writing::default() };
    let post = world.write(bea, writing).await;
    let ana_reads = Browser::of(&world, ana, "es").await;
    let card = format!("/member?group={}&person={}", huerto.id, bea.0);
    let entered = [("reason", "Insultos"), ("days", "3"), ("clean", "yes")];
    assert_eq!(ana_reads.send(&card, "/member/ban", &entered).await.status, StatusCode::SEE_OTHER);
    app::jobs::drain(&world.app, &app::jobs::handlers()).await.unwrap();
    assert!(!world.get(&huerto.uri, "es").await.body.contains("Hola a todos"));

    let told = path(&world, latest(&world, huerto.id, Sanction::Ban).await);
    let page = world.get(&told, "es").await.body;
    assert!(page.contains("retirar lo publicado") && page.contains("hasta el"), "{page}");
    let sent = world.ask(TestRequest::post().uri(&told).peer_addr(HERE).set_form([("text", "No fui yo")]), "es").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    // She is alone, and so she looks at it herself.
    let granted = ana_reads.send("/queue", "/queue/decide", &[("answer", "Cierto"), ("verdict", "grant")]).await;
    assert_eq!(granted.status, StatusCode::SEE_OTHER, "{}", granted.body);
    app::jobs::drain(&world.app, &app::jobs::handlers()).await.unwrap();
    assert!(world.get(&huerto.uri, "es").await.body.contains("Hola a todos"));
    assert!(world.get(&post.uri, "es").await.body.contains("Hola a todos"));
    assert!(!ana_reads.get(&format!("/members?group={}&banned=yes", huerto.id)).await.body.contains("@bea@"));
}
