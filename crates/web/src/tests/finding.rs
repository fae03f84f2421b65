//! Searching, hashtags, following, and the ways from and to other servers.
use actix_web::{
    body::to_bytes,
    http::{StatusCode, header},
    test::{TestRequest, call_service, init_service},
    web::Data,
};
use app::{actors, posts::Writing};
use domain::{
    actor::{Actor, ActorKind},
    charter::{Charter, Purpose},
    group::{Joining, Visibility},
    post::FollowState,
    pulse::Pulse,
    theme::Theme,
};

use store::follows::Follow;

use super::{
    ELSEWHERE, HERE, World,
    journeys::{Browser, login},
    neighbour, new_group,
};

#[actix_web::test]
async fn search_marks_what_it_found_and_helps_where_there_is_nothing() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let junta = new_group("junta", domain::group::Visibility::Private);
    let junta = app::groups::create(&world.app, ana.0, junta).await.unwrap().id;
    let write = async |title: &str, text: &str, group, parent| {
        let title = Some(title.to_owned()).filter(|title| !title.is_empty());
        let language = Some("es".to_owned());
        world.write(ana, Writing { title, text: text.into(), group, parent, language, ..Writing::default() }).await
    };
    let long = format!("{} unos tomates <b>raros</b> con manchas", "Sale el sol. ".repeat(40));
    let asked = write("Mis tomates", &long, Some(huerto.id), None).await;
    let answer = write("", "Menos agua", None, Some(asked.id)).await;
    write("Más tomates", "Sin más", Some(huerto.id), None).await;
    write("Tomatera secreta", "Murciélagos", Some(junta), None).await;
    app::solutions::set(&world.app, ana, answer.id, true).await.unwrap();
    let find = async |query: &str| world.get(&format!("/search?q={query}"), "es").await.body;

    // Words are marked as they are written, in the title and where the text says them; what is no markup is none.
    let page = find("tomate").await;
    for part in ["Mis <mark>tomates</mark>", "…el sol. unos <mark>tomates</mark>", "Más <mark>tomates</mark>"] {
        let part = part.trim_start_matches('…');
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("<b>raros"), "{page}");
    let place = |page: &str, title: &str| page.find(title).unwrap_or_else(|| panic!("{title}: {page}"));
    assert!(place(&page, "Más <mark>") < place(&page, "Mis <mark>"), "the newest first");
    assert!(page.contains("order=solved") && page.contains("Lo resuelto primero"), "{page}");
    let solved = find("tomate&order=solved").await;
    assert!(place(&solved, "Mis <mark>") < place(&solved, "Más <mark>"), "{solved}");
    let rest = find("tomate&kind=threads&order=rest").await;
    assert!(rest.contains("Más <mark>") && !rest.contains("Mis <mark>"), "{rest}");

    // What nobody wrote is taken for what somebody did, and everybody may read.
    app::lexicon::read(&world.app).await.unwrap();
    let nothing = find("tomtaes+origen:local").await;
    assert!(nothing.contains("¿Querías decir…?") && nothing.contains("tomates origen:local"), "{nothing}");
    assert!(nothing.contains("Comunidades en las que podrías preguntar") && nothing.contains("El huerto"), "{nothing}");
    for word in ["murcielagso", "zxzxzx", "tomtaes+origen:remoto"] {
        assert!(!find(word).await.contains("Querías decir"), "{word}");
    }
    login(&world, "bea").await;
    assert!(find("tomtaes+de:@ana").await.contains("tomates de:@ana"), "who wrote it stays asked for");
    for narrow in ["tomtaes+de:@bea", "tomtaes+de:@nadie", "tomtaes&within=@junta"] {
        assert!(!find(narrow).await.contains("Querías decir"), "{narrow}: it finds nothing there");
    }
    let member = Browser::of(&world, ana, "es").await;
    let empty = member.get("/search?q=zapatos+rojos&within=@huerto").await.body;
    let ask = format!("/write?title=zapatos+rojos&#38;group={}", huerto.id);
    assert!(empty.contains(&ask), "{empty}");
    let composing = member.get(&ask.replace("&#38;", "&")).await.body;
    assert!(composing.contains("value=\"zapatos rojos\""), "{composing}");
}

#[actix_web::test]
async fn a_search_within_a_hidden_community_says_nothing_of_it() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let joining = Joining::Invite;
    let hidden = app::groups::NewGroup { hidden: true, joining, ..new_group("sombra", Visibility::Private) };
    app::groups::create(&world.app, ana.0, hidden).await.unwrap();
    let query = "/search?q=hola&within=@sombra";
    let page = world.get(query, "es").await.body;
    assert!(page.contains("Sin resultados") && !page.contains("El sombra"), "{page}");
    let page = Browser::of(&world, ana, "es").await.get(query).await.body;
    assert!(page.contains("El sombra"), "{page}");
}

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
    // To follow, one copies the handle; and nobody has us ask foreign servers without end.
    let follow = [("uri", huerto.uri.as_str()), ("deed", "follow"), ("account", "@luz@lejos.test")];
    let ask = async || {
        let whence = app::Whence { address: Some(ELSEWHERE.ip()), ..app::Whence::default() };
        let form = TestRequest::post().uri("/elsewhere").peer_addr(ELSEWHERE).set_form(follow);
        world.ask_from(whence, form, "es").await
    };
    let copy = ask().await.body;
    assert!(copy.contains("<p class=\"copy\" data-copy=\"Copiar\""), "{copy}");
    assert!(copy.contains("<code>@huerto@plaza.test</code>"), "{copy}");
    let mut answers = Vec::new();
    for _ in 0..10 {
        answers.push(ask().await.status);
    }
    assert_eq!((answers[0], answers[9]), (StatusCode::OK, StatusCode::TOO_MANY_REQUESTS), "{answers:?}");
    for uri in ["https://evil.test/@ana", "javascript:alert(1)", ""] {
        assert_eq!(world.get(&format!("/elsewhere?uri={uri}"), "es").await.status, StatusCode::NOT_FOUND, "{uri}");
    }
}

#[actix_web::test]
async fn what_was_found_says_that_it_is_solved() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let mut threads = Vec::new();
    for text in ["Tomates con manchas", "Tomates sin manchas"] {
        threads
            .push(world.write(ana, Writing { text: text.into(), group: Some(huerto.id), ..Writing::default() }).await);
    }
    let answer = Writing { text: "Es el calcio".into(), parent: Some(threads[0].id), ..Writing::default() };
    let answer = world.write(ana, answer).await;
    let member = Browser::of(&world, ana, "es").await;
    let solved = member.send(&threads[0].uri, "/solve", &[("post", &answer.id.to_string()), ("turn", "on")]).await;
    assert_eq!(solved.status, StatusCode::SEE_OTHER, "{}", solved.body);
    let page = world.get("/search?q=manchas", "es").await.body;
    assert_eq!(page.matches("Resuelta").count(), 1, "{page}");
}

#[actix_web::test]
async fn what_takes_forms_alone_says_so() {
    let world = World::new();
    world.first_run().await;
    let service = actix_web::App::new().app_data(Data::new(world.app.clone())).configure(crate::configure(&world.app));
    let service = init_service(service).await;
    for (path, methods, why) in [("/follow", "POST", "takes what is sent"), ("/search", "GET, HEAD", "only be read")] {
        let request = if methods == "POST" { TestRequest::get() } else { TestRequest::post() };
        let request = request.uri(path).peer_addr(HERE).insert_header((header::ACCEPT_LANGUAGE, "en")).to_request();
        let answer = call_service(&service, request).await;
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(answer.headers().get(header::ALLOW).unwrap(), methods, "{path}");
        let page = to_bytes(answer.into_body()).await.unwrap();
        assert!(String::from_utf8_lossy(&page).contains(why), "{path}");
    }
}

#[actix_web::test]
async fn the_directory_lists_all_and_says_how_alive_each_is() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    for number in 10..61 {
        let named = app::groups::NewGroup {
            hidden: false,
            title: format!("Plaza {number}"),
            ..new_group(&format!("p{number}"), Visibility::Public)
        };
        app::groups::create(&world.app, ana.0, named).await.unwrap();
    }
    let more = |page: &str| {
        let rest = page.split("<p class=\"more\">").nth(1)?;
        Some(rest.split("href=\"").nth(1)?.split('"').next()?.replace("&#38;", "&"))
    };
    let (mut names, mut next) = (Vec::new(), Some("/communities?sort=name".to_owned()));
    while let Some(path) = next {
        let page = world.get(&path, "en").await.body;
        let listed = page.split("<p class=\"handle\">").skip(1).filter_map(|rest| rest.split('<').next());
        names.extend(listed.map(str::to_owned));
        next = more(&page);
    }
    let expected: Vec<String> = (10..61).map(|number| format!("@p{number}@plaza.test")).collect();
    assert_eq!(names, [&["@huerto@plaza.test".to_owned()][..], &expected].concat());

    // Somebody who writes is enough to be quiet at once; several who answer are alive when that is counted.
    let label = async || {
        let page = world.get("/communities?q=huerto", "en").await.body;
        page.split("class=\"chip ").nth(1).unwrap().split(['>', '<']).nth(1).unwrap().to_owned()
    };
    assert_eq!(label().await, "New", "what was just made does not stand still");
    world.write(ana, Writing { text: "¿Riego?".into(), group: Some(huerto.id), ..Writing::default() }).await;
    assert_eq!(label().await, "New", "nor is it quiet because few have come yet");
    world.app.clock().advance(domain::time::span::days(31));
    assert_eq!(label().await, "Quiet");
    let writing = Writing { text: "¿Y ahora?".into(), group: Some(huerto.id), ..Writing::default() };
    let thread = world.write(ana, writing).await;
    for name in ["bea", "luz"] {
        let who = super::journeys::login(&world, name).await;
        let reply = Writing { text: "Sí".into(), parent: Some(thread.id), ..Writing::default() };
        app::posts::create(&world.app, who, reply).await.unwrap();
    }
    app::pulses::count(&world.app).await.unwrap();
    assert_eq!(label().await, "Alive");
    let alive = world.get("/communities?pulse=alive", "en").await.body;
    assert!(alive.contains("@huerto@") && !alive.contains("@p10@"), "{alive}");
    assert!(world.get(&huerto.uri, "es").await.body.contains("Viva"));
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

#[actix_web::test]
async fn the_directory_is_narrowed_by_theme() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let themed = |themes: &[Theme], topics: &[&str]| Charter {
        themes: themes.to_vec(),
        topics: topics.iter().map(|topic| (*topic).to_owned()).collect(),
        languages: vec!["es".into()],
        ..Charter::default()
    };
    for (name, themes) in [("coro", &[Theme::Music][..]), ("teatro", &[Theme::Music, Theme::Arts])] {
        let charter = themed(themes, &["#Zarzuela", "dos palabras", "zarzuela"]);
        app::charters::found(&world.app, ana, new_group(name, Visibility::Public), charter).await.unwrap();
    }
    let all = themed(&[Theme::Arts, Theme::Food, Theme::Music, Theme::Sport], &[]);
    let many = app::charters::found(&world.app, ana, new_group("todo", Visibility::Public), all).await;
    assert!(matches!(many, Err(app::Error::Invalid(_))), "what is about everything is about nothing");
    let page = async |query: &str| world.get(&format!("/communities{query}"), "en").await.body;
    let listed = async |query: &str| {
        let page = page(query).await;
        ["@huerto@", "@coro@", "@teatro@"].map(|handle| page.contains(handle))
    };
    assert_eq!(listed("?theme=music").await, [false, true, true]);
    assert_eq!(listed("?theme=arts&language=es").await, [false, false, true]);
    assert_eq!(listed("?theme=arts&language=en").await, [false, false, false]);
    assert_eq!(listed("?theme=nonsense").await, [true, true, true]);
    assert_eq!(listed("?q=zarzuela").await, [false, true, true], "topics are found by name, too");
    let narrowed = page("?theme=music").await;
    assert!(narrowed.contains("Music (2)") && narrowed.contains("Art and culture (1)"), "{narrowed}");
    assert!(!narrowed.contains("Sport ("), "nothing is offered that leads nowhere");
    let shown = world.get(&huerto.uri.replace("huerto", "teatro"), "es").await.body;
    assert!(shown.contains("/communities?theme=arts") && shown.contains("Arte y cultura"), "{shown}");
    assert!(shown.contains("/tags/zarzuela\">#zarzuela</a>") && !shown.contains("dos palabras"), "{shown}");

    // They are chosen by hand, and chosen anew.
    let boss = Browser::of(&world, ana, "en").await;
    let found = async |themes: &[&'static str]| {
        let mut sent = vec![("title", "Orfeón"), ("group", "orfeon"), ("purpose", "theme"), ("visibility", "public")];
        sent.extend([("joining", "open"), ("topics", "#Góspel, ópera")]);
        sent.extend(themes.iter().map(|theme| (*theme, "yes")));
        boss.send("/found", "/found", &sent).await
    };
    let refused = found(&["theme_music", "theme_arts", "theme_food", "theme_home"]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Choose 3 at most"), "{}", refused.body);
    assert_eq!(found(&["theme_music", "theme_home"]).await.status, StatusCode::SEE_OTHER);
    assert!(page("?theme=home").await.contains("@orfeon@"));
    assert!(page("?q=opera").await.contains("@orfeon@"));
}

#[actix_web::test]
async fn a_community_says_where_its_members_live() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let said = async |language| world.get(&huerto.uri, language).await.body;
    assert!(!said("es").await.contains("de otros servidores"), "all of them live here");
    let far = neighbour(&world.app).await;
    app::invitations::invite(&world.app, ana, huerto.id, far).await.unwrap();
    app::members::join(&world.app, app::Me(far), huerto.id).await.unwrap();
    assert!(said("es").await.contains("(1 de aquí, 1 de otros servidores)"), "{}", said("es").await);
    assert!(said("en").await.contains("(1 from here, 1 from other servers)"));
}

#[actix_web::test]
async fn a_still_community_leads_to_others_and_a_lively_one_says_how_soon_one_is_answered() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let found = async |name: &str, theme: Theme, pulse: Pulse| {
        let charter = Charter { themes: vec![theme], languages: vec!["es".into()], ..Charter::default() };
        let group = app::charters::found(&world.app, ana, new_group(name, Visibility::Public), charter).await.unwrap();
        let id = group.id;
        world.app.write(move |tx| Ok(store::pulses::set(tx, id, pulse, 1)?)).await.unwrap();
        group
    };
    let still = found("viejo", Theme::Music, Pulse::Still).await;
    found("callado", Theme::Music, Pulse::Still).await;
    let alike = found("coro", Theme::Music, Pulse::Quiet).await;
    found("taller", Theme::Science, Pulse::Alive).await;
    let page = world.get(&still.uri, "es").await.body;
    assert!(
        page.contains("Nueva") && !page.contains("id=\"others\""),
        "where it is new, nobody stopped writing: {page}"
    );
    world.app.clock().advance(domain::time::span::days(31));
    let page = world.get(&still.uri, "es").await.body;
    let others = page.split("id=\"others\"").nth(1).unwrap().split("</section>").next().unwrap();
    let places = ["El coro", "El taller"].map(|name| others.find(name));
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "what is alike comes first: {others}");
    assert!(!others.contains("El callado") && !others.contains("El viejo"), "{others}");
    let page = world.get(&alike.uri, "es").await.body;
    assert!(!page.contains("id=\"others\"") && !page.contains("suelen tener respuesta"), "{page}");

    let (id, usual) = (alike.id, Some(domain::time::span::hours(5)));
    world.app.write(move |tx| Ok(store::pulses::set_usual(tx, id, usual)?)).await.unwrap();
    let page = Browser::of(&world, ana, "en").await.get(&alike.uri).await.body;
    assert!(page.contains("usually answered within 5 hours"), "{page}");
}

#[actix_web::test]
async fn a_community_elsewhere_is_new_as_long_as_one_here() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let uri = "https://other.test/c/coro".to_owned();
    let actor = Actor {
        inbox: format!("{uri}/inbox"),
        ..Actor::new(ActorKind::Group, uri.clone(), ("coro", "other.test"), world.app.now())
    };
    let rules = Some((Visibility::Public, Joining::Open, false));
    let found = actors::Found { actor, keys: Vec::new(), rules, staff: None, emoji: Vec::new(), suspended: false };
    let group = actors::learn(&world.app, found).await.unwrap();
    let followed = world.app.write(move |tx| {
        store::pulses::set(tx, group, Pulse::Quiet, 1)?;
        let (created, tie) = (tx.now(), tx.new_id());
        let (state, activity_uri) = (FollowState::Accepted, "https://plaza.test/f/1".to_owned());
        Ok(store::follows::set(tx, tie, &Follow { follower: ana.0, target: group, state, activity_uri, created })?)
    });
    followed.await.unwrap();
    let label = async || {
        let page = world.get("/communities?q=coro", "en").await.body;
        page.split("class=\"chip ").nth(1).unwrap().split(['>', '<']).nth(1).unwrap().to_owned()
    };
    assert_eq!(label().await, "New");
    world.app.clock().advance(domain::time::span::days(31));
    assert_eq!(label().await, "Quiet");
}
