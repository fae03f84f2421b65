//! The queue of those who keep order: who sees to what, what one wants to see of it, and taking a decision back.
use actix_web::http::StatusCode;
use app::{invitations, members, posts::Writing};
use domain::group::Role;

use super::{
    World,
    journeys::{Browser, login},
};

#[actix_web::test]
async fn what_waits_is_claimed_filtered_and_answered_by_one() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let (bea, carla) = (login(&world, "bea").await, login(&world, "carla").await);
    let cine = super::new_group("cine", domain::group::Visibility::Public);
    let cine = app::groups::create(&world.app, ana.0, cine).await.unwrap();
    invitations::invite(&world.app, ana, huerto.id, carla.0).await.unwrap();
    members::join(&world.app, carla, huerto.id).await.unwrap();
    members::appoint(&world.app, ana, huerto.id, carla.0, Some(Role::Moderator)).await.unwrap();
    let writing = Writing { text: "Vendo".into(), group: Some(cine.id), ..Writing::default() };
    let post = world.write(ana, writing).await;
    let (ana, bea) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "en").await);
    let carla = Browser::of(&world, carla, "es").await;
    bea.send(&huerto.uri, "/join", &[]).await;
    let report = [("what", "spam"), ("reason", "Vende cosas")];
    assert_eq!(bea.send(&format!("/report?post={}", post.id), "/report", &report).await.status, StatusCode::OK);

    // By kind and by community.
    let sees = async |path: &str| {
        let page = ana.get(path).await.body;
        (page.contains("Quiere entrar en"), page.contains("Vende cosas"))
    };
    assert_eq!(sees("/queue").await, (true, true));
    assert_eq!(sees("/queue?kind=request").await, (true, false));
    assert_eq!(sees("/queue?kind=report").await, (false, true));
    assert_eq!(sees(&format!("/queue?group={}", huerto.id)).await, (true, false));
    assert_eq!(sees(&format!("/queue?group={}", cine.id)).await, (false, true));

    // Carla sees to the request; Ana is told, and does not answer it meanwhile.
    let claim = [("turn", "on")];
    assert_eq!(carla.send("/queue", "/queue/claim", &claim).await.status, StatusCode::SEE_OTHER);
    assert!(carla.get("/queue?who=mine").await.body.contains("Lo llevas tú"));
    assert_eq!(sees("/queue?who=free").await, (false, true));
    assert_eq!(sees("/queue?who=mine").await, (false, false));
    let page = ana.get("/queue").await.body;
    assert!(page.contains("Lo lleva <bdi>carla</bdi>"), "{page}");
    let late = ana.send("/queue", "/queue/answer", &[("answer", "no")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);

    // She gives it back, and Ana answers it; what one answers one sees to.
    assert_eq!(carla.send("/queue", "/queue/claim", &[("turn", "off")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(sees("/queue?who=free").await, (true, true));
    let answered = ana.send("/queue?kind=request", "/queue/answer", &[("answer", "yes")]).await;
    assert_eq!(
        (answered.status, &*answered.location),
        (StatusCode::SEE_OTHER, "https://plaza.test/queue?kind=request")
    );
    assert_eq!(sees("/queue").await, (false, true));

    // What is none of one's business cannot be claimed.
    let token = bea.token("/write").await;
    for item in [format!("request-{}-{}", cine.id, huerto.id), "report-1".into(), "nothing".into()] {
        let fields = [("form_token", &*token), ("item", &item), ("turn", "on")];
        let fields: Vec<_> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(bea.post("/queue/claim", &fields).await.status, StatusCode::NOT_FOUND, "{item}");
    }
}

#[actix_web::test]
async fn reasons_are_at_hand_and_what_was_decided_is_undone_from_the_log() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let writing = Writing { text: "Vendo macetas".into(), group: Some(huerto.id), ..Writing::default() };
    let post = world.write(bea, writing).await;
    let (ana, bea) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "en").await);
    let rules = format!("/manage/rules?group={}", huerto.id);
    let phrases = [("phrases", "Aquí no se vende nada.\n\nRepite lo mismo.")];
    assert_eq!(ana.send(&rules, "/manage/reasons", &phrases).await.status, StatusCode::SEE_OTHER);
    assert!(ana.get(&rules).await.body.contains("Aquí no se vende nada.\nRepite lo mismo."));

    let form = format!("/moderate?post={}", post.id);
    assert!(ana.get(&form).await.body.contains("<option value=\"Repite lo mismo.\">"));
    let entered = [("what", "remove"), ("phrase", "Aquí no se vende nada."), ("reason", "Ni macetas.")];
    assert_eq!(ana.send(&form, "/moderate", &entered).await.status, StatusCode::SEE_OTHER);
    let log = ana.get("/@huerto/log").await.body;
    assert!(log.contains("Aquí no se vende nada. Ni macetas."), "{log}");

    // Only those who keep order take it back, and only while it holds.
    assert!(!bea.get("/@huerto/log").await.body.contains("/log/undo"));
    let undone = ana.send("/@huerto/log", "/log/undo", &[]).await;
    assert_eq!((undone.status, &*undone.location), (StatusCode::SEE_OTHER, "https://plaza.test/@huerto/log"));
    assert!(world.get(&post.uri, "es").await.body.contains("Vendo macetas"));
    let log = ana.get("/@huerto/log").await.body;
    assert!(log.contains("devolvió una publicación") && !log.contains("/log/undo"), "{log}");
}

#[actix_web::test]
async fn what_waits_is_let_in_from_the_queue_or_turned_down_with_a_reason() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let (ana, reads) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "en").await);
    let screen = format!("/manage/screen?group={}", huerto.id);
    assert_eq!(reads.get(&screen).await.status, StatusCode::FORBIDDEN);
    let entered = [("first", "1"), ("what_links", "links"), ("words", "Macetas\n\nabono gratis")];
    assert_eq!(ana.send(&screen, "/manage/screen", &entered).await.status, StatusCode::SEE_OTHER);
    let page = ana.get(&screen).await.body;
    let kept = ["value=\"1\" selected", "value=\"links\" checked", "Macetas\nabono gratis"];
    assert!(kept.iter().all(|kept| page.contains(kept)), "{page}");
    assert!(!page.contains("value=\"strangers\" checked"), "{page}");
    assert!(world.get("/@huerto/log", "en").await.body.contains("changed what waits for the team"));

    // What newcomers write is limited by numbers that may be changed.
    let numbers = [("links", "4"), ("media", "1"), ("mentions", "2"), ("threads", "3"), ("replies", "10")];
    let limited: Vec<_> = entered.into_iter().chain([("what_limits", "limits")]).chain(numbers).collect();
    assert!(page.contains("name=\"links\" type=\"number\" value=\"2\""), "{page}");
    assert_eq!(ana.send(&screen, "/manage/screen", &limited).await.status, StatusCode::SEE_OTHER);
    let page = ana.get(&screen).await.body;
    assert!(page.contains("name=\"links\" type=\"number\" value=\"4\"") && page.contains("value=\"limits\" checked"));
    assert_eq!(ana.send(&screen, "/manage/screen", &entered).await.status, StatusCode::SEE_OTHER);

    // Its author sees that it waits, the team is told, and nobody else sees anything.
    let writing = |text: &str| Writing { text: text.into(), group: Some(huerto.id), ..Writing::default() };
    let first = world.write(bea, writing("Hola, soy nueva")).await;
    assert!(reads.get(&first.uri).await.body.contains("Waiting for the team"));
    assert_eq!(world.get(&first.uri, "es").await.status, StatusCode::NOT_FOUND);
    assert!(!world.get(&huerto.uri, "es").await.body.contains("soy nueva"));
    assert!(ana.get("/notices").await.body.contains("Algo de <bdi>bea</bdi> espera al equipo"));
    assert!(reads.get("/notices").await.body.contains("waits until the team has looked at it"));
    let queue = ana.get("/queue?kind=held").await.body;
    assert!(queue.contains("De las primeras suyas") && queue.contains("soy nueva"), "{queue}");
    assert!(!ana.get("/queue?kind=report").await.body.contains("soy nueva"));

    // Claimed by nobody else, it is let in with one button.
    let yes = [("answer", "yes")];
    let let_in = ana.send("/queue?kind=held", "/queue/held", &yes).await;
    assert_eq!((let_in.status, &*let_in.location), (StatusCode::SEE_OTHER, "https://plaza.test/queue?kind=held"));
    assert!(world.get(&huerto.uri, "es").await.body.contains("soy nueva"));
    assert!(!reads.get(&first.uri).await.body.contains("Waiting for the team"));

    // The next one waits for a word; without a reason it is not turned down.
    let second = world.write(bea, writing("Vendo macetas")).await;
    let silent = ana.send("/queue", "/queue/held", &[("answer", "no"), ("reason", " ")]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    let refusal = [("answer", "no"), ("reason", "Aquí no se vende")];
    assert_eq!(ana.send("/queue", "/queue/held", &refusal).await.status, StatusCode::SEE_OTHER);
    assert!(!ana.get("/queue").await.body.contains("Vendo macetas"));
    assert!(reads.get(&second.uri).await.body.contains("Not let in"));
    assert!(reads.get("/notices").await.body.contains("The team of <bdi>El huerto</bdi> decided something"));
    let log = world.get("/@huerto/log", "es").await.body;
    assert!(log.contains("no admitió una publicación en espera") && log.contains("Aquí no se vende"), "{log}");

    // What was turned down is let in after all by taking that back.
    assert_eq!(ana.send("/@huerto/log", "/log/undo", &[]).await.status, StatusCode::SEE_OTHER);
    assert!(world.get(&second.uri, "es").await.body.contains("Vendo macetas"));
}

#[actix_web::test]
async fn what_is_taken_out_needs_no_further_answer_and_whoever_reported_it_hears() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let (bea, carl) = (login(&world, "bea").await, login(&world, "carl").await);
    let writing = |text: &str| Writing { text: text.into(), group: Some(huerto.id), ..Writing::default() };
    let (bad, worse) = (world.write(carl, writing("Vendo")).await, world.write(carl, writing("Vendo más")).await);
    let (ana, bea) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "en").await);
    for post in [&bad, &worse] {
        let page = bea.get(&format!("/report?post={}", post.id)).await.body;
        assert!(page.contains("The team that looks after El huerto will see it"), "{page}");
        assert!(!page.contains("name=\"forward\""), "nobody else decides about it: {page}");
        let sent = bea.send(&format!("/report?post={}", post.id), "/report", &[("what", "spam")]).await;
        assert!(sent.body.contains("El huerto will see it as soon as possible"), "{}", sent.body);
    }

    // The header says how much waits, to those for whom it does; the notice says what it is about.
    let front = ana.get("/").await.body;
    assert!(front.contains("(esperan 2 cosas)"), "{front}");
    assert!(!bea.get("/").await.body.contains("things wait"));
    let notices = ana.get("/notices").await.body;
    assert!(notices.contains("<bdi>bea</bdi> ha denunciado algo que escribió <bdi>carl"), "{notices}");
    let bell = notices.split("href=\"/notices\"").nth(1).and_then(|rest| rest.split("</a>").next()).unwrap();
    assert!(!bell.contains("class=\"news\""), "whoever reads the notices has no new ones: {bell}");

    // Taken out, the one is dealt with; the other is dealt with by hand.
    let removal = [("what", "remove"), ("reason", "Aquí no se vende")];
    let page = format!("/moderate?post={}", bad.id);
    assert_eq!(ana.send(&page, "/moderate", &removal).await.status, StatusCode::SEE_OTHER);
    let queue = ana.get("/queue?kind=report").await.body;
    assert!(queue.contains("Vendo más") && queue.contains("(espera 1 cosa)"), "{queue}");
    assert_eq!(queue.matches("action=\"/queue/resolve\"").count(), 1, "{queue}");
    assert!(queue.contains("/moderate?post=") && queue.contains("Decidir sobre carl"), "{queue}");
    assert_eq!(ana.send("/queue", "/queue/resolve", &[]).await.status, StatusCode::SEE_OTHER);
    let log = world.get("/@huerto/log", "es").await.body;
    assert_eq!(log.matches("atendió una denuncia").count(), 2, "{log}");
    let told = bea.get("/notices").await.body;
    assert!(
        told.contains("The team of <bdi>El huerto</bdi> dealt with your report: what <bdi>carl</bdi> wrote is gone"),
        "{told}"
    );
    assert!(told.contains("The team of <bdi>El huerto</bdi> dealt with your report about <bdi>carl"), "{told}");
    assert!(!told.contains("@ana@") && !told.contains(">ana<"), "by whom is nobody's business: {told}");
}

#[actix_web::test]
async fn what_only_members_read_says_so() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let junta = super::new_group("junta", domain::group::Visibility::Private);
    let junta = app::groups::create(&world.app, ana.0, junta).await.unwrap();
    let writing = |group| Writing { text: "Acta".into(), group: Some(group), ..Writing::default() };
    let (open, closed) = (world.write(ana, writing(huerto.id)).await, world.write(ana, writing(junta.id)).await);
    let ana = Browser::of(&world, ana, "es").await;
    for (page, says) in [(&closed.uri, true), (&junta.uri, true), (&open.uri, false), (&huerto.uri, false)] {
        let body = ana.get(page).await.body;
        assert_eq!(body.contains("</svg>Solo miembros</li>"), says, "{page}: {body}");
    }
}

#[actix_web::test]
async fn the_queue_says_what_is_known_of_those_concerned() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let (bea, carl) = (login(&world, "bea").await, login(&world, "carl").await);
    let writing = |text: &str| Writing { text: text.into(), group: Some(huerto.id), ..Writing::default() };
    let mut posts = Vec::new();
    for text in ["Vendo macetas de barro", "Vendo macetas de plástico", "Vendo macetas de barro y plástico"] {
        posts.push(world.write(carl, writing(text)).await);
    }
    let (ana, bea) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "en").await);
    let report = async |post: &domain::post::Post| {
        bea.send(&format!("/report?post={}", post.id), "/report", &[("what", "spam")]).await.status
    };
    assert_eq!(report(&posts[0]).await, StatusCode::OK);
    let first = ana.get("/queue").await.body;
    assert!(first.contains("sin medidas anteriores") && !first.contains("denuncias contra lo suyo"), "{first}");
    // One is upheld, one is not.
    let removal = [("what", "remove"), ("reason", "Aquí no se vende")];
    let page = format!("/moderate?post={}", posts[0].id);
    assert_eq!(ana.send(&page, "/moderate", &removal).await.status, StatusCode::SEE_OTHER);
    assert_eq!(report(&posts[1]).await, StatusCode::OK);
    assert_eq!(ana.send("/queue", "/queue/resolve", &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(report(&posts[2]).await, StatusCode::OK);
    let queue = ana.get("/queue").await.body;
    for known in [
        "publicaciones retiradas: 1",
        "denuncias contra lo suyo: 1 con medidas y 1 sin ellas",
        "denuncias que puso: 1 con medidas y 1 sin ellas",
    ] {
        assert!(queue.contains(known), "{known}: {queue}");
    }
    assert!(queue.contains("Vendo macetas de plástico"), "what is alike is near: {queue}");
    for (path, found) in [
        ("/queue?server=plaza.test", true),
        ("/queue?server=other.test", false),
        ("/queue?age=week", false),
        ("/queue?kind=report&age=nonsense", true),
    ] {
        let page = ana.get(path).await.body;
        assert_eq!(page.contains("action=\"/queue/resolve\""), found, "{path}: {page}");
        assert!(page.contains("name=\"age\""), "what narrows it can be changed: {page}");
    }
}

#[actix_web::test]
async fn who_waits_reads_since_when_and_how_long_that_takes() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let waits = async |name: &str| {
        let me = login(&world, name).await;
        assert_eq!(
            Browser::of(&world, me, "es").await.send(&huerto.uri, "/join", &[]).await.status,
            StatusCode::SEE_OTHER
        );
        me
    };
    for (number, name) in ["uno", "dos", "tres", "cuatro"].into_iter().enumerate() {
        let me = waits(name).await;
        if number == 0 {
            members::refuse(&world.app, ana, huerto.id, me.0).await.unwrap();
        } else {
            invitations::invite(&world.app, ana, huerto.id, me.0).await.unwrap();
        }
    }
    let bea = waits("bea").await;
    let reads = Browser::of(&world, bea, "es").await;
    let page = reads.get(&huerto.uri).await.body;
    assert!(page.contains("Pediste entrar") && !page.contains("suelen responder"), "four say little: {page}");
    let carla = waits("carla").await;
    invitations::invite(&world.app, ana, huerto.id, carla.0).await.unwrap();
    let page = reads.get(&huerto.uri).await.body;
    assert!(page.contains("Aquí suelen responder en menos de una hora."), "{page}");
    assert!(!world.get(&huerto.uri, "es").await.body.contains("Pediste entrar"));
}
