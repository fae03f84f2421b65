//! Coming back: what is new in a thread and among the notices, what software reads of a page, and what an open one hears.
use std::pin::pin;

use actix_web::{
    body::MessageBody,
    http::{StatusCode, header},
    test::TestRequest,
    web::Data,
};
use app::posts::Writing;
use domain::{group::Visibility, post::Attachment};
use futures_util::future::poll_fn;

use super::{
    HERE, World,
    journeys::{Browser, login},
    new_group,
};

#[actix_web::test]
async fn whoever_comes_back_sees_what_is_new() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let thread = Writing { text: "Riego".into(), group: Some(huerto.id), ..Writing::default() };
    let thread = world.write(bea, thread).await;
    let bea = Browser::of(&world, bea, "en").await;
    let first = bea.get(&thread.uri).await.body;
    assert!(!first.contains("Go to the new reply") && !first.contains("class=\"news\""), "{first}");
    let reply = world.write(ana, Writing { text: "A las siete".into(), parent: Some(thread.id), ..Writing::default() });
    let reply = reply.await;
    assert!(bea.get(&huerto.uri).await.body.contains("New replies</span>"));
    let second = bea.get(&thread.uri).await.body;
    assert!(second.contains(&format!("href=\"#p{}\">Go to the new reply", reply.id)), "{second}");
    assert!(second.contains("class=\"reply new\"") && second.contains("1 unread"), "{second}");
    assert!(!bea.get(&thread.uri).await.body.contains("class=\"reply new\""), "what was read is no news");
    assert!(!bea.get(&huerto.uri).await.body.contains("New replies</span>"));
    assert!(bea.get("/notices").await.body.contains("A las siete"));
    assert!(!bea.get("/").await.body.contains("class=\"news\""), "what was told is no news");
}

#[actix_web::test]
async fn software_reads_what_people_read() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let writing = Writing { text: "</script><b>&".into(), title: Some("Á".into()), ..Writing::default() };
    let thread = world.write(ana, Writing { group: Some(huerto.id), ..writing }).await;
    let reply = world.write(ana, Writing { text: "uno".into(), parent: Some(thread.id), ..Writing::default() }).await;
    let warned = Writing { text: "dos".into(), warning: Some("Bichos".into()), ..Writing::default() };
    world.write(ana, Writing { parent: Some(reply.id), ..warned }).await;
    let page = world.get(&thread.uri, "es").await.body;
    let data = page.split("<script type=\"application/ld+json\">").nth(1).unwrap().split("</script>").next().unwrap();
    let data: serde_json::Value = serde_json::from_str(data).unwrap_or_else(|error| panic!("{error}: {data}"));
    assert_eq!((data["@type"].as_str(), data["headline"].as_str()), (Some("DiscussionForumPosting"), Some("Á")));
    assert_eq!(data["comment"][0]["text"], "uno");
    assert_eq!(data["comment"][0]["comment"][0]["text"], "Bichos", "what comes with a warning is not given away");
    assert!(page.contains("type=\"application/rss+xml\""), "{page}");
}

#[actix_web::test]
async fn an_open_page_hears_of_new_replies() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let thread = world.write(ana, Writing { text: "Hola".into(), group: Some(huerto.id), ..Writing::default() }).await;
    let other = world.write(ana, Writing { text: "Otra".into(), group: Some(huerto.id), ..Writing::default() }).await;
    assert_eq!(world.get("/live?thread=1", "es").await.status, StatusCode::NOT_FOUND);

    let service = actix_web::App::new().app_data(Data::new(world.app.clone())).configure(crate::configure(&world.app));
    let service = actix_web::test::init_service(service).await;
    let request = TestRequest::get().uri(&format!("/live?thread={}", thread.id)).peer_addr(HERE);
    let request = request.insert_header((header::ACCEPT_LANGUAGE, "es")).to_request();
    let response = actix_web::test::call_service(&service, request).await;
    assert_eq!(response.headers().get(header::CONTENT_TYPE).unwrap(), "text/event-stream");
    let mut body = pin!(response.into_body());
    for (parent, text) in [(other.id, "allí"), (thread.id, "uno"), (thread.id, "dos")] {
        world.write(ana, Writing { text: text.into(), parent: Some(parent), ..Writing::default() }).await;
    }
    for count in ["1 respuesta nueva", "2 respuestas nuevas"] {
        let line = poll_fn(|context| body.as_mut().poll_next(context)).await.unwrap().unwrap();
        let line = String::from_utf8(line.to_vec()).unwrap();
        assert!(line.starts_with("data: {") && line.contains(count) && line.ends_with("\n\n"), "{line}");
    }
}

#[actix_web::test]
async fn one_keeps_posts_and_hushes_conversations() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let thread = Writing { text: "Riego".into(), group: Some(huerto.id), ..Writing::default() };
    let thread = world.write(bea, thread).await;
    let bea = Browser::of(&world, bea, "en").await;
    assert_eq!(bea.send(&thread.uri, "/save", &[("turn", "on")]).await.status, StatusCode::SEE_OTHER);
    assert!(bea.get("/saved").await.body.contains("Riego"));
    assert_eq!(bea.send(&thread.uri, "/save", &[("turn", "off")]).await.status, StatusCode::SEE_OTHER);
    assert!(!bea.get("/saved").await.body.contains("Riego"));

    assert_eq!(bea.send(&thread.uri, "/level", &[("level", "none")]).await.status, StatusCode::SEE_OTHER);
    let reply = |text: &str| Writing { text: text.into(), parent: Some(thread.id), ..Writing::default() };
    world.write(ana, reply("en silencio")).await;
    assert!(!bea.get("/notices").await.body.contains("en silencio"));
    assert_eq!(bea.send(&thread.uri, "/level", &[("level", "mine")]).await.status, StatusCode::SEE_OTHER);
    world.write(ana, reply("en voz alta")).await;
    assert!(bea.get("/notices").await.body.contains("en voz alta"));
}

#[actix_web::test]
async fn one_says_how_much_one_wants_to_be_told() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let writing =
        |text: &str, parent| Writing { text: text.into(), group: Some(huerto.id), parent, ..Writing::default() };
    let thread = world.write(ana, writing("Riego", None)).await;
    let bea = Browser::of(&world, bea, "en").await;
    world.write(ana, writing("sin avisar", Some(thread.id))).await;
    assert!(!bea.get("/notices").await.body.contains("sin avisar"), "what is usual is what concerns oneself");
    assert!(bea.get(&thread.uri).await.body.contains("Notices: Replies to me"));

    assert_eq!(bea.send(&thread.uri, "/level", &[("level", "all")]).await.status, StatusCode::SEE_OTHER);
    assert!(bea.get(&thread.uri).await.body.contains("Notices: Everything"));
    world.write(ana, writing("una respuesta", Some(thread.id))).await;
    assert!(bea.get("/notices").await.body.contains("una respuesta"));

    world.write(ana, writing("primer hilo", None)).await;
    assert!(!bea.get("/notices").await.body.contains("primer hilo"));
    assert_eq!(bea.send("/@huerto", "/level", &[("level", "all")]).await.status, StatusCode::SEE_OTHER);
    world.write(ana, writing("segundo hilo", None)).await;
    assert!(bea.get("/notices").await.body.contains("segundo hilo"));

    // Of a community that is silent one hears only where one said otherwise.
    assert_eq!(bea.send("/@huerto", "/level", &[("level", "none")]).await.status, StatusCode::SEE_OTHER);
    world.write(ana, writing("tercer hilo para @bea", None)).await;
    world.write(ana, writing("aquí sí", Some(thread.id))).await;
    let told = bea.get("/notices").await.body;
    assert!(!told.contains("tercer hilo") && told.contains("aquí sí"), "{told}");
    assert_eq!(bea.send("/@huerto", "/level", &[("level", "loud")]).await.status, StatusCode::BAD_REQUEST);
}

#[actix_web::test]
async fn a_thread_leads_to_those_like_it_that_everybody_may_read() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let junta = app::groups::create(&world.app, ana.0, new_group("junta", Visibility::Private)).await.unwrap();
    let titled = |title: &str, group| Writing {
        text: "Eso.".into(),
        title: Some(title.into()),
        group: Some(group),
        ..Writing::default()
    };
    world.write(ana, titled("Hojas amarillas en los tomates de la junta", junta.id)).await;
    world.write(ana, titled("Riego por goteo", huerto.id)).await;
    let gone = world.write(ana, titled("Las hojas amarillas del tomate: ayuda", huerto.id)).await;
    world.write(ana, titled("Mi tomate tiene hojas amarillas", huerto.id)).await;
    let thread = world.write(ana, titled("¿Por qué se ponen amarillas las hojas de los tomates?", huerto.id)).await;
    let page = world.get(&thread.uri, "es").await.body;
    let similar = page.split("class=\"similar\"").nth(1).expect("similar threads");
    assert!(similar.contains("Mi tomate tiene hojas amarillas") && similar.contains("ayuda"), "{similar}");
    assert!(!similar.contains("junta") && !similar.contains("goteo"), "{similar}");

    // What was found is remembered, but not shown to those who may not read it any more.
    app::posts::delete(&world.app, ana, gone.id).await.unwrap();
    let page = world.get(&thread.uri, "es").await.body;
    let similar = page.split("class=\"similar\"").nth(1).expect("similar threads");
    assert!(similar.contains("Mi tomate tiene hojas amarillas") && !similar.contains("ayuda"), "{similar}");
}

#[actix_web::test]
async fn a_branch_of_a_conversation_folds() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let say = async |text: &str, parent| {
        let writing = Writing { text: text.into(), group: Some(huerto.id), parent, ..Writing::default() };
        world.write(ana, writing).await
    };
    let thread = say("Tema", None).await;
    let first = say("primera", Some(thread.id)).await;
    let below = say("debajo", Some(first.id)).await;
    say("más abajo", Some(below.id)).await;
    say("segunda", Some(thread.id)).await;
    let page = world.get(&thread.uri, "es").await.body;
    assert_eq!(super::is_well_formed(&page), Ok(()));
    let folds: Vec<&str> = page.split("<details class=\"branch\" open><summary>").skip(1).collect();
    let words: Vec<&str> = folds.iter().filter_map(|fold| fold.split('<').next()).collect();
    assert_eq!(words, ["2 respuestas", "1 respuesta"]);
    let (inner, after) = folds[1].split_once("</ol></details></li>").expect("its end");
    assert!(inner.contains("más abajo") && !inner.contains("segunda") && after.contains("segunda"), "{page}");
    let linear = world.get(&format!("{}?view=linear", thread.uri), "es").await.body;
    assert!(!linear.contains("class=\"branch\""), "in the order of time nothing is below anything");
}

#[actix_web::test]
async fn one_reads_as_one_wants_to() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let show = async |warning: Option<&str>, sensitive: bool| {
        let text = "Mirad".to_owned();
        let writing =
            Writing { text, group: Some(huerto.id), warning: warning.map(str::to_owned), ..Writing::default() };
        let post = world.write(ana, Writing { sensitive, ..writing }).await;
        let (id, picture) = (
            post.id,
            Attachment { url: "https://far.test/1.png".into(), media_type: "image/png".into(), ..Default::default() },
        );
        world
            .app
            .write(move |tx| {
                let mut post = store::posts::by_id(tx, id)?.expect("it was written");
                post.content.attachments = vec![picture.clone()];
                Ok(store::posts::update(tx, &post, &[])?)
            })
            .await
            .unwrap();
        post.uri
    };
    let (plain, covered, warned) = (show(None, false).await, show(None, true).await, show(Some("Araña"), true).await);
    let reader = Browser::of(&world, ana, "en").await;
    let seen = async |page: &str| {
        let body = reader.get(page).await.body;
        [body.contains("class=\"veil\""), body.contains("<details class=\"warned\" open>")]
    };
    let as_is = [seen(&plain).await, seen(&covered).await, seen(&warned).await];
    assert_eq!(as_is, [[false, false], [true, false], [false, false]]);
    for (chosen, opens, expected) in [
        ("default", "yes", [[false, false], [true, false], [true, true]]),
        ("show_all", "yes", [[false, false], [false, false], [false, true]]),
        ("hide_all", "", [[true, false], [true, false], [true, false]]),
    ] {
        let page = "/settings/reading";
        assert_eq!(
            reader.send(page, page, &[("covered", chosen), ("opens", opens)]).await.status,
            StatusCode::SEE_OTHER
        );
        assert_eq!([seen(&plain).await, seen(&covered).await, seen(&warned).await], expected, "{chosen}");
    }
    let stranger = world.get(&covered, "en").await.body;
    assert!(stranger.contains("class=\"veil\""), "it is for oneself");
}

#[actix_web::test]
async fn a_page_that_is_linked_to_is_shown_from_here() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let text = "Mirad https://pages.example/riego";
    let thread = world.write(ana, Writing { text: text.into(), group: Some(huerto.id), ..Writing::default() }).await;
    let summary = domain::text::html::Summary {
        title: "Riego <con> gotas".into(),
        description: "Poca agua".into(),
        image: Some("https://pages.example/gota.png".into()),
        embed: domain::text::html::Embed::film("https://tube.example/1", "https://pages.example", (4, 3)),
        ..Default::default()
    };
    let at = world.app.now();
    let known = world.app.write(move |tx| {
        let card = store::cards::at(tx, "https://pages.example/riego")?.expect("it was noted");
        Ok(store::cards::set(tx, card.id, Some(&summary), at)?)
    });
    known.await.unwrap();
    let page = Browser::of(&world, ana, "es").await.get(&thread.uri).await.body;
    let card = page.split("class=\"link-card\"").nth(1).expect("a card").split("</a>").next().unwrap();
    assert!(
        card.contains("href=\"https://pages.example/riego\"") && card.contains("Riego &#60;con&#62; gotas"),
        "{card}"
    );
    assert!(card.contains("Poca agua") && card.contains("Vídeo · pages.example</span>"), "{card}");
    assert!(card.contains("<img src=\"https://") && card.contains("/media/cards/"), "{card}");
    assert!(!page.contains("gota.png") && !page.contains("tube.example"), "nobody is seen elsewhere when they read");
}
