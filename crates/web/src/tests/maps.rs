//! What search engines, feeds and those who show links to a page find, and what they do not.
use actix_web::{
    http::{StatusCode, header},
    test::{TestRequest, call_service, init_service},
    web::Data,
};
use app::{posts::Writing, profiles};
use domain::{
    group::Visibility,
    post::{Attachment, Content, Post},
};

use super::{HERE, World, is_well_formed, journeys::login, neighbour, new_group};

/// Lets somebody be found by search engines no more.
async fn hide(world: &World, who: app::Me) {
    let change = profiles::Change { indexable: Some(false), ..profiles::Change::default() };
    profiles::change(&world.app, who, change).await.unwrap();
}

fn writing(text: &str, group: domain::id::ActorId) -> Writing {
    Writing { text: text.into(), language: Some("es".into()), group: Some(group), ..Writing::default() }
}

#[actix_web::test]
async fn whoever_does_not_want_to_be_found_is_not() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let open = world.write(ana, writing("Riego #agua\n\nA las siete", huerto.id)).await;
    let shy =
        world.write(bea, Writing { title: Some("Tímida".into()), ..writing("Poda #agua\n\nCon guantes", huerto.id) });
    let shy = shy.await;
    world.write(bea, Writing { text: "Mejor a las ocho".into(), parent: Some(open.id), ..Writing::default() }).await;
    hide(&world, bea).await;

    let maps = ["/sitemap-threads.xml", "/sitemap-recent.xml"];
    for map in maps {
        let map = world.get(map, "es").await.body;
        assert!(map.contains(&open.uri) && !map.contains(&shy.uri), "{map}");
    }
    // Nobody shows what she says but the site itself: not in a list, nor as a reply, nor beneath a hashtag.
    let list = world.get(&huerto.uri, "es").await.body;
    for words in ["Tímida", "Poda"] {
        assert_eq!(
            list.matches(words).count(),
            list.matches(&format!("<span data-nosnippet>{words}")).count(),
            "{list}"
        );
    }
    assert!(list.contains(">Riego") && !list.contains("<span data-nosnippet>Riego"), "{list}");
    let thread = world.get(&open.uri, "es").await.body;
    let hidden: Vec<&str> = thread.split("<div data-nosnippet>").skip(1).collect();
    assert_eq!(hidden.len(), 1, "{thread}");
    assert!(hidden[0].contains("<p>Mejor") && !hidden[0].contains("<p>Riego"), "{thread}");
    let tag = world.get("/tags/agua", "es").await.body;
    assert!(tag.contains("content=\"noindex\"") && tag.contains("Riego"), "{tag}");

    // Nor where it is quoted, with its poll and its pictures, or named as alike.
    let poll = domain::post::Poll {
        options: vec![("Goteo fino".into(), 0), ("Manguera".into(), 0)],
        closes: Some(world.app.now() + domain::time::span::days(1)),
        ..domain::post::Poll::default()
    };
    let title = Some("Macetas amarillas con manchas".into());
    let warning = Some("Bichos".into());
    let alike = Writing { title, warning, poll: Some(poll), ..writing("Son pulgones", huerto.id) };
    let alike = world.write(bea, alike).await;
    let title = Some("Manchas amarillas en macetas".into());
    let near = Writing { title, quote: Some(alike.id), ..writing("¿Qué será?", huerto.id) };
    let near = world.get(&world.write(ana, near).await.uri, "es").await.body;
    for words in ["Macetas amarillas con manchas", "Bichos", "Son pulgones"] {
        let shown = near.split_once("<body>").unwrap().1;
        assert!(shown.contains(words), "{words}: {near}");
        for before in shown.split(words).take(shown.matches(words).count()) {
            let (_, since) = before.rsplit_once("data-nosnippet").unwrap_or_else(|| panic!("{words}: {near}"));
            assert!(!since.contains("</span>") || since.contains("<div"), "{words}: {near}");
        }
    }
    let asked = world.get(&alike.uri, "es").await.body;
    assert!(
        asked.contains("<section class=\"ballot\"") && asked.contains("aria-label=\"Encuesta\" data-nosnippet"),
        "{asked}"
    );
}

#[actix_web::test]
async fn maps_are_of_all_that_is_public_here() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    for number in 0..3 {
        let name = format!("plaza{number}");
        app::groups::create(&world.app, ana.0, new_group(&name, Visibility::Public)).await.unwrap();
    }
    app::groups::create(&world.app, ana.0, new_group("junta", Visibility::Private)).await.unwrap();
    let communities = world.get("/sitemap-communities.xml", "es").await.body;
    assert_eq!((communities.matches("<loc>").count(), communities.contains("junta")), (4, false), "{communities}");
    let open = world.write(ana, writing("Riego", huerto.id)).await;
    let from = |id: i64| format!("/sitemap-threads.xml?from={id}");
    assert!(world.get(&from(0), "es").await.body.contains(&open.uri));
    assert_eq!(world.get(&from(open.id.0), "es").await.status, StatusCode::NOT_FOUND, "no map begins there");
}

#[actix_web::test]
async fn a_copy_says_where_it_is_from() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let author = neighbour(&world.app).await;
    let uri = "https://other.test/notes/1".to_owned();
    let content = Content { html: "<p>Desde lejos</p>".into(), ..Content::default() };
    let copy = world.app.write(move |tx| {
        let id = tx.new_id();
        let post = Post {
            id,
            url: "https://other.test/@bea/1".into(),
            uri: uri.clone(),
            kind: domain::post::PostKind::Note,
            author,
            group: Some(huerto.id),
            parent: None,
            root: id,
            depth: 0,
            audience: domain::post::Audience::Public,
            content: content.clone(),
            local: false,
            published: tx.now(),
            edited: None,
            deleted: None,
            removed: None,
            locked: None,
            featured: None,
        };
        store::posts::insert(tx, &post, &[])?;
        Ok(id)
    });
    let copy = copy.await.unwrap();
    let page = world.get(&format!("/@bea@other.test/{copy}"), "es").await.body;
    assert!(page.contains("<link rel=\"canonical\" href=\"https://other.test/@bea/1\">"), "{page}");
    assert!(page.contains("content=\"noindex\""), "{page}");
    // The same replies in another order are one thing, and the first of two pages.
    let own = world.write(ana, Writing { text: "Hola".into(), ..Writing::default() }).await;
    let linear = world.get(&format!("{}?view=linear", own.uri), "es").await.body;
    let canonical = format!("<link rel=\"canonical\" href=\"{}\">", own.uri);
    assert!(linear.contains("content=\"noindex\"") && linear.contains(&canonical), "{linear}");
    let reply = world.write(ana, Writing { text: "uno".into(), parent: Some(own.id), ..Writing::default() }).await;
    let later = world.get(&format!("{}?after={}", own.uri, own.id), "es").await.body;
    let canonical = format!("<link rel=\"canonical\" href=\"{}?after={}\">", own.uri, own.id);
    assert!(later.contains(&canonical) && !later.contains("noindex"), "{later}");
    let beyond = world.get(&format!("{}?after={}", own.uri, reply.id), "es").await.body;
    assert!(beyond.contains(&format!("<link rel=\"canonical\" href=\"{}\">", own.uri)), "{beyond}");
}

#[actix_web::test]
async fn each_feed_has_a_name_of_its_own_and_shows_pictures() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let thread = world.write(ana, writing("Foto", huerto.id)).await;
    let picture = Attachment {
        url: "https://other.test/p.png".into(),
        media_type: "image/png".into(),
        alt: "Un \u{b}tomate".into(),
        ..Attachment::default()
    };
    let shown = Post { content: Content { attachments: vec![picture], ..thread.content.clone() }, ..thread };
    world.app.write(move |tx| Ok(store::posts::update(tx, &shown, &[])?)).await.unwrap();
    let (page, feed) = (&huerto.uri, format!("{}/feed", huerto.uri));
    for (query, part) in
        [("", ""), ("?sort=unanswered", "?sort=unanswered"), ("?lang=ES", "?lang=es"), ("?sort=nonsense&lang=", "")]
    {
        let atom = world.get(&format!("{feed}.atom{query}"), "es").await.body;
        assert!(atom.contains(&format!("\n<id>{page}{part}</id>\n<title>")), "{query}: {atom}");
        assert!(
            atom.contains(&format!("<link rel=\"self\" type=\"application/atom+xml\" href=\"{feed}.atom{part}\"/>"))
        );
        let picture = "<link rel=\"enclosure\" type=\"image/png\" title=\"Un tomate\" href=\"https://plaza.test/";
        assert!(atom.contains(picture), "{atom}");
        let rss = world.get(&format!("{feed}.rss{query}"), "es").await.body;
        assert!(rss.contains(&format!("href=\"{feed}.rss{part}\"/>")), "{rss}");
        assert!(rss.contains("<media:description type=\"plain\">Un tomate</media:description>"), "{rss}");
        for feed in [atom, rss] {
            let (_, feed) = feed.split_once("?>").unwrap();
            assert_eq!(is_well_formed(&feed.replace("<link>", "<a>").replace("</link>", "</a>")), Ok(()), "{feed}");
        }
    }

    // Whoever comes for a feed comes to read it: what is found are its pages.
    let service = actix_web::App::new().app_data(Data::new(world.app.clone())).configure(crate::configure(&world.app));
    let service = init_service(service).await;
    for (path, kept) in [("/@ana/feed.atom", true), ("/@huerto/feed.rss", true), ("/sitemap.xml", false)] {
        let answer = call_service(&service, TestRequest::get().uri(path).peer_addr(HERE).to_request()).await;
        let robots = answer.headers().get("x-robots-tag").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!((answer.status(), robots.as_deref() == Some("noindex")), (StatusCode::OK, kept), "{path}");
        assert!(answer.headers().contains_key(header::CACHE_CONTROL));
    }
}
