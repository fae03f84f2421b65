//! Taking part by pages and forms alone: joining, writing, replying, voting, reporting, keeping order.
use actix_web::{
    http::{StatusCode, header},
    test::TestRequest,
};
use app::{Me, Whence, people, posts::Writing, sessions};
use domain::group::Visibility;

use super::{Answer, HERE, World, is_well_formed, strangers};

/// Somebody in a browser.
pub(super) struct Browser<'a> {
    world: &'a World,
    cookie: String,
    language: &'static str,
}

impl<'a> Browser<'a> {
    pub(super) async fn of(world: &'a World, me: Me, language: &'static str) -> Self {
        let secret = sessions::begin(&world.app, me, &Whence::default()).await.unwrap();
        Self { world, cookie: format!("__Host-tertulia={secret}; language={language}"), language }
    }

    /// What it shows to be who it is.
    pub(super) fn cookie(&self) -> &str {
        &self.cookie
    }

    /// What is at an address, whatever that is.
    pub(super) async fn fetch(&self, path: &str) -> Answer {
        let request =
            TestRequest::get().uri(path).peer_addr(HERE).insert_header((header::COOKIE, self.cookie.as_str()));
        self.world.ask(request, "de").await
    }

    pub(super) async fn get(&self, url: &str) -> Answer {
        let path = url.strip_prefix("https://plaza.test").unwrap_or(url);
        let answer = self.fetch(path).await;
        // In a feed, elements are called as in pages and close otherwise; an archive has none.
        if answer.body.starts_with("<?xml") || answer.body.starts_with("PK") {
            return answer;
        }
        assert_eq!(is_well_formed(&answer.body), Ok(()), "{path}: {}", answer.body);
        assert_eq!(strangers(&answer.body, self.language), Vec::<&str>::new(), "{path}");
        answer
    }

    /// The token that the forms of a page hold.
    pub(super) async fn token(&self, from: &str) -> String {
        let page = self.get(from).await.body;
        page.split("name=\"form_token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    /// Sends the form at `action` of the page `from`, with what it holds and what is entered.
    pub(super) async fn send(&self, from: &str, action: &str, entered: &[(&str, &str)]) -> Answer {
        let page = self.get(from).await.body;
        let form = page
            .split("<form")
            .find(|form| form.contains(&format!("action=\"{action}\"")))
            .unwrap_or_else(|| panic!("{from} has no form for {action}: {page}"));
        let form = form.split("</form>").next().unwrap();
        let mut fields: Vec<(String, String)> = Vec::new();
        for input in form.split("<input type=\"hidden\" name=\"").skip(1) {
            let (name, rest) = input.split_once("\" value=\"").unwrap();
            fields.push((name.to_owned(), rest.split('"').next().unwrap().to_owned()));
        }
        fields.retain(|(name, _)| entered.iter().all(|(given, _)| given != name));
        fields.extend(entered.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.post(action, &fields).await
    }

    /// Sends the form of `/write` with a file, as browsers do.
    pub(super) async fn bring(&self, entered: &[(&str, &str)], file: &[u8]) -> Answer {
        self.bring_to("/write", "/write", entered, file).await
    }

    /// Sends a form of the page `from` with a file.
    pub(super) async fn bring_to(&self, from: &str, action: &str, entered: &[(&str, &str)], file: &[u8]) -> Answer {
        let token = self.token(from).await;
        let mut body = Vec::new();
        for (name, value) in [("form_token", token.as_str())].iter().chain(entered) {
            let part = format!("--frontier\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head = "--frontier\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--frontier--\r\n");
        let request = TestRequest::post().uri(action).peer_addr(HERE).set_payload(body);
        let request = request.insert_header((header::CONTENT_TYPE, "multipart/form-data; boundary=frontier"));
        self.world.ask(request.insert_header((header::COOKIE, self.cookie.as_str())), "de").await
    }

    pub(super) async fn post(&self, action: &str, fields: &[(String, String)]) -> Answer {
        let request = TestRequest::post().uri(action).peer_addr(HERE).set_form(fields);
        self.world.ask(request.insert_header((header::COOKIE, self.cookie.as_str())), "de").await
    }
}

pub(super) async fn login(world: &World, name: &str) -> Me {
    let new = people::NewPerson {
        name: name.into(),
        email: format!("{name}@plaza.test"),
        password: "correct horse battery".into(),
        admin: false,
        language: "en".into(),
    };
    Me(people::create(&world.app, new).await.unwrap().id)
}

#[actix_web::test]
async fn a_form_that_is_too_large_says_so() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let post = Writing { text: "Hola".into(), group: Some(huerto.id), ..Writing::default() };
    let form = format!("/report?post={}", world.write(ana, post).await.id);
    let ana = Browser::of(&world, ana, "es").await;
    let long = |length: usize| "x".repeat(length);
    let fits = ana.send(&form, "/report", &[("what", "other"), ("reason", &long(300_000))]).await;
    assert_ne!(fits.status, StatusCode::PAYLOAD_TOO_LARGE);
    for (page, action) in [(&*form, "/report"), ("/write", "/write")] {
        let refused = ana.send(page, action, &[("text", &long(crate::FORM_MAX))]).await;
        assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE, "{action}");
        assert!(refused.body.contains("El formulario es demasiado grande"), "{}", refused.body);
    }
}

#[actix_web::test]
async fn a_conversation_is_held_by_forms_alone() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let (ana, bea) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "en").await);

    // Bea asks to join, and Ana lets her in.
    let asked = bea.send(&huerto.uri, "/join", &[]).await;
    assert_eq!((asked.status, asked.location), (StatusCode::SEE_OTHER, huerto.uri.clone()));
    assert!(bea.get(&huerto.uri).await.body.contains("Request sent"));
    assert!(ana.get("/notices").await.body.contains("<bdi>bea</bdi> espera respuesta"));
    let admitted = ana.send("/queue", "/queue/answer", &[("answer", "yes")]).await;
    assert_eq!(admitted.status, StatusCode::SEE_OTHER, "{}", admitted.body);
    assert!(bea.get(&huerto.uri).await.body.contains("Leave"));

    // She writes: first she looks at it, then she publishes it.
    let text = [("group", huerto.id.to_string()), ("title", "Agua".into()), ("text", "¿Quién *riega*?".into())];
    let text: Vec<(&str, &str)> = text.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let preview = bea.send("/write", "/write", &[&text[..], &[("preview", "yes")]].concat()).await;
    assert!(preview.status == StatusCode::OK && preview.body.contains("<em>riega</em>"), "{}", preview.body);
    assert!(!world.get(&huerto.uri, "es").await.body.contains("Agua"), "a preview publishes nothing");
    let empty = bea.send("/write", "/write", &[("group", text[0].1), ("title", "Sin texto")]).await;
    assert!(empty.status == StatusCode::UNPROCESSABLE_ENTITY && empty.body.contains("Sin texto"));
    let thread = bea.send("/write", "/write", &text).await;
    assert_eq!(thread.status, StatusCode::SEE_OTHER, "{}", thread.body);
    let thread = thread.location;

    // Ana replies below it and votes; both are there for everybody.
    let reply = ana.send(&thread, "/write", &[("text", "Yo, los martes")]).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
    assert_eq!(ana.send(&thread, "/vote", &[("vote", "like")]).await.status, StatusCode::SEE_OTHER);
    let page = world.get(&thread, "es").await.body;
    assert!(page.contains("los martes") && page.contains("1 voto a favor") && page.contains("1 respuesta"), "{page}");
    assert!(ana.get(&thread).await.body.contains("aria-pressed=\"true\""));
    assert_eq!(ana.send(&thread, "/vote", &[("vote", "none")]).await.status, StatusCode::SEE_OTHER);
    assert!(!world.get(&thread, "es").await.body.contains("1 voto a favor"));
    assert!(bea.get("/notices").await.body.contains("<bdi>ana</bdi> replied to you"));

    // Bea reports the reply, and Ana takes it out with a reason; it leaves a place only if somebody answered it.
    let answer = reply.location.rsplit("#p").next().unwrap().to_owned();
    let reported =
        bea.send(&format!("/report?post={answer}"), "/report", &[("what", "spam"), ("reason", "Otra vez")]).await;
    assert_eq!(reported.status, StatusCode::OK);
    assert!(ana.get("/queue").await.body.contains("Otra vez"));
    let below = bea.send(&format!("/write?to={answer}"), "/write", &[("text", "Gracias")]).await;
    assert_eq!(below.status, StatusCode::SEE_OTHER, "{}", below.body);
    let undecided = ana.send(&format!("/moderate?post={answer}"), "/moderate", &[("reason", "Norma 1")]).await;
    assert_eq!(undecided.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(undecided.body.contains("href=\"#what\"") && undecided.body.contains("Norma 1"), "{}", undecided.body);
    let moderated =
        ana.send(&format!("/moderate?post={answer}"), "/moderate", &[("what", "remove"), ("reason", "Norma 1")]).await;
    assert_eq!(moderated.status, StatusCode::SEE_OTHER, "{}", moderated.body);
    let page = world.get(&thread, "es").await.body;
    assert!(!page.contains("los martes") && page.contains("Motivo: Norma 1") && page.contains("Gracias"), "{page}");
    // The report about it is dealt with by that.
    assert!(!ana.get("/queue").await.body.contains("Otra vez"));

    // Whoever wrote something is warned from its page, and hears why.
    let id = thread.rsplit('/').next().unwrap().to_owned();
    let page = format!("/moderate?post={id}");
    let unsaid = ana.send(&page, "/moderate", &[("what", "warn")]).await;
    assert!(
        unsaid.status == StatusCode::UNPROCESSABLE_ENTITY && unsaid.body.contains("Di de qué es"),
        "{}",
        unsaid.body
    );
    let warned = ana.send(&page, "/moderate", &[("what", "warn"), ("reason", "Sin prisas")]).await;
    assert_eq!(warned.status, StatusCode::SEE_OTHER, "{}", warned.body);
    assert!(world.get("/@huerto/log", "es").await.body.contains("Sin prisas"));

    // A closed conversation says who closed it and why, and takes no more replies of others.
    ana.send(&format!("/moderate?post={id}"), "/moderate", &[("what", "lock"), ("reason", "Ya está")]).await;
    let page = world.get(&thread, "es").await.body;
    assert!(page.contains("<bdi>ana</bdi> cerró esta conversación") && page.contains("Motivo: Ya está"), "{page}");
    assert!(!bea.get(&thread).await.body.contains("name=\"text\""));

    // She changes what she wrote, and deletes it.
    let edited = bea.send(&format!("/write?edit={id}"), "/write", &[("title", "Agua"), ("text", "Ya regué yo")]).await;
    assert_eq!(edited.status, StatusCode::SEE_OTHER, "{}", edited.body);
    assert!(world.get(&thread, "es").await.body.contains("Ya regué yo"));
    assert_eq!(bea.send(&format!("/delete?post={id}"), "/delete", &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(world.get(&thread, "es").await.status, StatusCode::GONE);
}

#[actix_web::test]
async fn what_is_for_others_is_not_done() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let writing = app::posts::Writing { text: "Hola".into(), group: Some(huerto.id), ..Default::default() };
    let post = world.write(ana, writing).await;
    let bea = Browser::of(&world, bea, "en").await;
    for path in ["/write", "/notices", "/saved", "/queue", "/report?post=1", "/delete?post=1", "/moderate?post=1"] {
        let answer = world.get(path, "en").await;
        assert!(answer.status == StatusCode::SEE_OTHER && answer.location.starts_with("/login?back="), "{path}");
    }
    for path in [
        format!("/delete?post={}", post.id),
        format!("/write?edit={}", post.id),
        "/report".into(),
        "/write?to=1".into(),
    ] {
        assert_eq!(bea.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let id = post.id.to_string();
    let removed = bea.send(&format!("/moderate?post={id}"), "/moderate", &[("what", "remove")]).await;
    assert!(
        removed.status == StatusCode::FORBIDDEN && removed.body.contains("Only the moderators"),
        "{}",
        removed.body
    );
    let forged = [("post".to_owned(), id), ("vote".to_owned(), "like".to_owned())];
    assert_eq!(bea.post("/vote", &forged).await.status, StatusCode::FORBIDDEN, "a form without its token");
    assert!(world.get(&post.uri, "en").await.body.contains("Hola"));
    assert!(!world.get(&post.uri, "en").await.body.contains("1 upvote"));
}

#[actix_web::test]
async fn feeds_logs_and_search_engines_hear_of_what_is_public_alone() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let junta = app::groups::create(&world.app, ana.0, super::new_group("junta", Visibility::Private)).await.unwrap();
    let write = async |text: &str, group| {
        let writing = app::posts::Writing { text: text.into(), group: Some(group), ..Default::default() };
        world.write(ana, writing).await
    };
    let open = write("Agua & <sol>", huerto.id).await;
    let closed = write("El acta secreta", junta.id).await;
    let taken = write("Publicidad", huerto.id).await;
    let reason = "Norma 1".into();
    app::moderation::take(&world.app, ana, taken.id, app::moderation::Measure::Remove, reason).await.unwrap();

    let feed = world.get("/@huerto/feed.atom", "es").await;
    assert_eq!(
        (feed.status, is_well_formed(feed.body.trim_start_matches("<?xml version=\"1.0\" encoding=\"utf-8\"?>"))),
        (StatusCode::OK, Ok(()))
    );
    assert!(feed.body.contains(&format!("<id>{}</id>", open.uri)) && feed.body.contains("Agua"), "{}", feed.body);
    assert!(!feed.body.contains("Publicidad"));
    let log = world.get("/@huerto/log", "es").await;
    assert!(log.body.contains("retiró una publicación") && log.body.contains("Norma 1"), "{}", log.body);
    let index = world.get("/sitemap.xml", "es").await.body;
    let mut maps = Vec::new();
    for (name, page) in [("recent", &open.uri), ("threads", &open.uri), ("communities", &huerto.uri)] {
        let map = format!("https://plaza.test/sitemap-{name}.xml");
        assert!(index.contains(&format!("<loc>{map}</loc>")), "{index}");
        maps.push(world.get(&map, "es").await.body);
        assert!(maps.iter().any(|map| map.contains(&format!("<loc>{page}</loc>"))), "{name}: {maps:?}");
    }
    assert!(world.get("/robots.txt", "es").await.body.contains("Sitemap: https://plaza.test/sitemap.xml"));
    for path in [
        "/@junta/feed.atom",
        "/@junta/feed.rss",
        "/@junta/sitemap.xml",
        &format!("/@ana/{}/feed.rss", closed.id),
        "/@junta/log",
        "/@nobody/feed.atom",
        "/@ana/log",
    ] {
        assert_eq!(world.get(path, "es").await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let person = world.get("/@ana/feed.atom", "es").await.body;
    let rss = world.get("/@huerto/feed.rss", "es").await.body;
    assert!(rss.contains(&format!("<guid isPermaLink=\"false\">{}</guid>", open.uri)), "{rss}");
    let thread = world.get(&format!("{}/feed.atom", open.uri), "es").await.body;
    assert!(thread.contains(&format!("<id>{}</id>", open.uri)), "{thread}");
    for page in maps.into_iter().chain([index, person, feed.body, rss]) {
        assert!(!page.contains("secreta") && !page.contains(&closed.uri) && !page.contains("junta"), "{page}");
    }
    let ana = Browser::of(&world, ana, "es").await;
    assert_eq!(ana.get("/@junta/log").await.status, StatusCode::OK);
}

#[actix_web::test]
async fn feeds_are_of_a_part_or_by_a_secret_address_that_is_taken_back() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let junta = app::groups::create(&world.app, ana.0, super::new_group("junta", Visibility::Private)).await.unwrap();
    let write = async |text: &str, language: &str, group| {
        let (text, language) = (text.to_owned(), Some(language.to_owned()));
        world.write(ana, app::posts::Writing { text, language, group: Some(group), ..Default::default() }).await
    };
    let agua = write("Agua", "es", huerto.id).await;
    write("Water", "en-GB", huerto.id).await;
    write("El acta secreta", "es", junta.id).await;
    let reply = app::posts::Writing { text: "Sí".into(), parent: Some(agua.id), ..Default::default() };
    world.write(ana, reply).await;
    for (query, has_agua, has_water) in
        [("", true, true), ("?sort=unanswered", false, true), ("?lang=en", false, true), ("?lang=es", true, false)]
    {
        let feed = world.get(&format!("/@huerto/feed.atom{query}"), "es").await.body;
        assert_eq!((feed.contains("Agua"), feed.contains("Water")), (has_agua, has_water), "{query}: {feed}");
    }

    let (page, secret) = (format!("/subscribe?group={}", junta.id), "/subscribe/secret");
    assert_eq!(world.get(&page, "es").await.status, StatusCode::NOT_FOUND);
    let ana = Browser::of(&world, ana, "es").await;
    assert!(!ana.get(&page).await.body.contains("feed.atom"), "there is none before one asks");
    assert_eq!(ana.send(&page, secret, &[]).await.status, StatusCode::SEE_OTHER);
    let address = async || {
        let page = ana.get(&page).await.body;
        page.split("<code>").nth(1).unwrap().split('<').next().unwrap().replace("&#38;", "&")
    };
    let first = address().await;
    let feed = world.get(&first, "es").await;
    assert!(feed.status == StatusCode::OK && feed.body.contains("secreta"), "{first}: {}", feed.body);
    let elsewhere = world.get(&first.replace("junta", "huerto"), "es").await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND, "it is the key of one community");
    assert_eq!(world.get(&format!("{first}0"), "es").await.status, StatusCode::NOT_FOUND);
    ana.send(&page, secret, &[]).await;
    let second = address().await;
    assert_eq!(world.get(&first, "es").await.status, StatusCode::NOT_FOUND, "another one took its place");
    assert_eq!(world.get(&second, "es").await.status, StatusCode::OK);
    ana.send(&page, secret, &[("revoke", "yes")]).await;
    assert_eq!(world.get(&second, "es").await.status, StatusCode::NOT_FOUND);
}
