//! Searching, hashtags, following, and the ways from and to other servers.
use actix_web::{http::StatusCode, test::TestRequest};
use app::posts::Writing;
use domain::{
    charter::{Charter, Purpose},
    group::Visibility,
};

use super::{
    HERE, World,
    journeys::{Browser, login},
    neighbour, new_group,
};

#[actix_web::test]
async fn search_finds_what_was_meant_and_nothing_private() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let junta =
        app::groups::create(&world.app, ana.0, super::new_group("junta", domain::group::Visibility::Private)).await;
    let write = async |text: &str, group, parent| {
        let writing = Writing { text: text.into(), group, parent, language: Some("es".into()), ..Writing::default() };
        world.write(ana, writing).await
    };
    let song = write("Una canción para regar\n\n#canciones", Some(huerto.id), None).await;
    write("Respondieron con otra canción", None, Some(song.id)).await;
    write("La canción del ano", Some(huerto.id), None).await;
    write("Canción secreta del acta", Some(junta.unwrap().id), None).await;
    let find = async |query: &str| world.get(&format!("/search?q={query}"), "es").await.body;

    let page = find("cancion").await;
    assert!(page.contains("para regar") && page.contains("Respondieron") && page.contains("3 resultados"), "{page}");
    assert!(!page.contains("secreta"), "{page}");
    assert!(find("responder").await.contains("Respondieron"));
    assert!(!find("a%C3%B1o").await.contains("del ano"));
    let unanswered = find("cancion+estado:sin-respuesta").await;
    assert!(unanswered.contains("del ano") && !unanswered.contains("para regar"), "{unanswered}");
    assert!(find("cancion+idioma:en").await.contains("Sin resultados"));
    assert!(find("cancion+origin:remote").await.contains("Sin resultados"));
    assert!(find("cancion+de:@nadie").await.contains("Sin resultados"));
    assert!(find("de:@ana").await.contains("para regar"));
    assert!(find("cancion+estado:triste").await.contains("No entendemos «estado:triste»"));
    let within = world.get("/search?q=cancion&within=@junta", "es").await.body;
    assert!(!within.contains("secreta") && within.contains("Sin resultados"), "{within}");
    let member = Browser::of(&world, ana, "es").await;
    assert!(member.get("/search?q=cancion&within=@junta").await.body.contains("secreta"));
    let communities = find("huerto").await;
    assert!(communities.contains("El huerto") && communities.contains(&huerto.uri), "{communities}");

    // What names something leads there.
    let there = world.get(&format!("/search?q={}", song.uri), "es").await;
    assert_eq!((there.status, there.location), (StatusCode::SEE_OTHER, song.uri.clone()));
    let lost = world.get("/search?q=https://nowhere.test/x", "es").await;
    assert!(lost.status == StatusCode::OK && lost.body.contains("no conocemos esa dirección"), "{}", lost.body);
    assert!(member.get("/search?q=@who@nowhere.test").await.body.contains("Ahí no hay nada"));

    // Hashtags have a page, under one spelling.
    let tag = world.get("/tags/canciones", "es").await.body;
    assert!(tag.contains("para regar") && !tag.contains("secreta"), "{tag}");
    assert_eq!(world.get("/tags/CANCIONES", "es").await.location, "https://plaza.test/tags/canciones");
    assert_eq!(world.get("/tags/...", "es").await.status, StatusCode::NOT_FOUND);
    let feed = world.get("/tags/canciones/feed.rss", "es").await.body;
    assert!(feed.contains(&format!("<guid isPermaLink=\"false\">{}</guid>", song.uri)), "{feed}");
}

#[actix_web::test]
async fn people_follow_and_are_led_to_their_own_server() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let post = world.write(ana, Writing { text: "Hola".into(), group: Some(huerto.id), ..Writing::default() }).await;
    let bea = login(&world, "bea").await;
    let bea = Browser::of(&world, bea, "en").await;
    let followed = bea.send("/@ana", "/follow", &[]).await;
    assert_eq!(followed.status, StatusCode::SEE_OTHER, "{}", followed.body);
    assert_eq!(bea.send("/@ana", "/unfollow", &[]).await.status, StatusCode::SEE_OTHER);
    assert!(bea.get("/@ana").await.body.contains("action=\"/follow\""));

    // Somebody of another server comes back as its member: what they want to take part in is found for them.
    neighbour(&world.app).await;
    let led = bea.get("/authorize_interaction?uri=https://other.test/users/bea").await;
    assert_eq!((led.status, led.location.as_str()), (StatusCode::SEE_OTHER, "https://plaza.test/@bea@other.test"));
    let led = bea.get("/authorize_interaction?uri=acct:bea@other.test").await;
    assert_eq!(led.location, "https://plaza.test/@bea@other.test");
    assert!(bea.get("/@bea@other.test").await.body.contains("action=\"/follow\""));

    // Visitors say where they have their account; of a server that cannot be asked they get the address to copy.
    let page = world.get(&huerto.uri, "es").await.body;
    assert!(page.contains("/elsewhere?uri="), "{page}");
    let asked = world.get(&format!("/elsewhere?uri={}&deed=reply", post.uri), "es").await;
    assert!(asked.status == StatusCode::OK && asked.body.contains("Responder desde tu cuenta"), "{}", asked.body);
    let send = async |account: &str| {
        let fields = [("uri", post.uri.as_str()), ("deed", "reply"), ("account", account)];
        world.ask(TestRequest::post().uri("/elsewhere").peer_addr(HERE).set_form(fields), "es").await
    };
    assert_eq!(send("nadie").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(send("@ana@plaza.test").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    for (deed, said) in [("like", "Votar desde tu cuenta"), ("share", "Compartir desde tu cuenta")] {
        let thread = world.get(&post.uri, "es").await.body;
        assert!(thread.contains(&format!("&#38;deed={deed}")), "{deed}: {thread}");
        let asked = world.get(&format!("/elsewhere?uri={}&deed={deed}", post.uri), "es").await;
        assert!(asked.body.contains(said), "{}", asked.body);
    }
    let copy = send("@luz@lejos.test").await;
    assert!(copy.body.contains("Copia esta dirección") && copy.body.contains(&format!("<code>{}</code>", post.uri)));
    for uri in ["https://evil.test/@ana", "javascript:alert(1)", ""] {
        assert_eq!(world.get(&format!("/elsewhere?uri={uri}"), "es").await.status, StatusCode::NOT_FOUND, "{uri}");
    }
}

#[actix_web::test]
async fn the_directory_is_narrowed_by_purpose_and_language() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    for (name, purpose, languages) in
        [("oficio", Purpose::Profession, &["es", "ca"][..]), ("barrio", Purpose::Society, &["en"])]
    {
        let languages = languages.iter().map(|tag| (*tag).to_owned()).collect();
        let charter = Charter { purpose, languages, ..Charter::default() };
        app::charters::found(&world.app, ana, new_group(name, Visibility::Public), charter).await.unwrap();
    }
    let listed = async |query: &str| {
        let page = world.get(&format!("/communities{query}"), "en").await.body;
        ["@huerto@", "@oficio@", "@barrio@"].map(|handle| page.contains(handle))
    };
    assert_eq!(listed("").await, [true, true, true]);
    assert_eq!(listed("?purpose=profession").await, [false, true, false]);
    assert_eq!(listed("?language=ca").await, [false, true, false]);
    assert_eq!(listed("?language=en&purpose=society").await, [false, false, true]);
    assert_eq!(listed("?language=en&purpose=profession").await, [false, false, false]);
    assert_eq!(listed("?purpose=nonsense&language=xx").await, [true, true, true], "what nobody knows narrows nothing");
    let page = world.get("/communities?purpose=profession", "en").await.body;
    assert!(
        page.contains("purpose=profession&#38;language=&#38;pulse=alive")
            || page.contains("purpose=profession&#38;pulse=alive"),
        "{page}"
    );
}
