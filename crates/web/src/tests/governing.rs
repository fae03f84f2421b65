//! Running a community by pages and forms alone.
use actix_web::http::StatusCode;
use app::{charters, invitations, posts::Writing};
use domain::{charter::Founders, group::Visibility, policy::Refusal};

use super::{
    World,
    journeys::{Browser, login},
};

/// A form for a new community, filled in.
const NEW: [(&str, &str); 8] = [
    ("group", "cine"),
    ("title", "Cine de barrio"),
    ("summary", "Hablamos de **películas**."),
    ("purpose", "theme"),
    ("visibility", "public"),
    ("joining", "approval"),
    ("language_es", "es"),
    ("language_ca", "ca"),
];

fn but<'a>(change: (&'a str, &'a str)) -> Vec<(&'a str, &'a str)> {
    NEW.iter().map(|pair| if pair.0 == change.0 { change } else { *pair }).collect()
}

/// Where a community is run that was just made, as the page says that comes then.
async fn managed(browser: &Browser<'_>, welcome: &str) -> String {
    let page = browser.get(welcome).await.body;
    let way = page.split("href=\"").find(|href| href.starts_with("/manage?group=")).expect("a way on");
    way.split(['"', '#']).next().unwrap().to_owned()
}

#[actix_web::test]
async fn a_community_is_created_and_changed_by_its_owner_alone() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let (ana_reads, bea_reads) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "en").await);

    // What cannot be is said beside its field, and nothing that was entered is lost.
    for (change, flaw) in [
        (("group", "Ñu!"), "id=\"group-flaw\""),
        (("group", "admin"), "id=\"group-flaw\""),
        (("group", "huerto"), "id=\"group-flaw\""),
        (("title", " "), "id=\"title-flaw\""),
        (("purpose", "fun"), "id=\"purpose-flaw\""),
    ] {
        let again = bea_reads.send("/found", "/found", &but(change)).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{change:?}");
        assert!(again.body.contains(flaw) && again.body.contains("Hablamos de **películas**."), "{}", again.body);
    }
    let made = bea_reads.send("/found", "/found", &NEW).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let manage = managed(&bea_reads, &made.location).await;
    let page = bea_reads.get(&manage).await.body;
    // Before one is chosen, the colour is that of the initial.
    let (before, _) = page.split_once(" square\"").expect("an initial");
    let tone: usize = before.rsplit("tone-").next().unwrap().parse().unwrap();
    assert!(page.contains(&format!("type=\"color\" value=\"{}\"", crate::cards::TONES[tone])), "{page}");
    assert!(page.contains("Cine de barrio") && page.contains("Hablamos de **películas**."));
    assert!(page.contains("name=\"language_ca\" value=\"ca\" checked"), "{page}");
    assert!(!page.contains("name=\"language_en\" value=\"en\" checked"));

    // A colour on which nobody reads is refused, and the closest one offered.
    let pale = [("title", "Cine"), ("colour", "#ffe000"), ("threads", "team"), ("reach", "home")];
    let entered = |colour| [pale[0], ("colour", colour), pale[2], pale[3]].into_iter().chain(NEW[2..].to_vec());
    let again = bea_reads.send(&manage, "/manage", &entered("#ffe000").collect::<Vec<_>>()).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let offered =
        again.body.split("the nearest one that serves (#").nth(1).expect("an offer").get(..6).unwrap().to_owned();
    // A phone has no field to type it into: it is chosen already.
    assert!(again.body.contains(&format!("type=\"color\" value=\"#{offered}\"")), "{}", again.body);
    let changed = bea_reads.send(&manage, "/manage", &entered(&format!("#{offered}")).collect::<Vec<_>>()).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.body);
    let kept = bea_reads.get(&changed.location).await.body;
    assert!(kept.contains("role=\"status\"") && kept.contains("Saved."), "{kept}");
    assert!(kept.contains(&format!("type=\"color\" value=\"#{offered}\"")), "{kept}");
    let community = ana_reads.get("/@cine").await.body;
    assert!(community.contains("<strong>películas</strong>") && community.contains("Un tema"), "{community}");
    let sheet = format!("/assets/colour-{offered}.css");
    assert!(community.contains(&sheet));
    assert!(world.get(&sheet, "es").await.body.contains(&offered));
    assert_eq!(world.get("/assets/colour-ffe000.css", "es").await.status, StatusCode::NOT_FOUND);
    assert!(world.get("/@cine/log", "es").await.body.contains("cambió los ajustes"));

    // Nobody else gets there.
    let carl = Browser::of(&world, login(&world, "carl").await, "en").await;
    assert_eq!(carl.get(&manage).await.status, StatusCode::FORBIDDEN);
    let token = carl.token("/found").await;
    let group = manage.split("group=").nth(1).unwrap().to_owned();
    let fields =
        [("form_token".to_owned(), token), ("group".to_owned(), group), ("title".to_owned(), "Mine".to_owned())];
    assert_eq!(carl.post("/manage", &fields).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.get(&manage, "es").await.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn who_may_create_communities_is_for_admins_to_say() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let bea = login(&world, "bea").await;
    assert!(matches!(
        charters::set_founders(&world.app, bea, Founders::Admins).await,
        Err(app::Error::Denied(Refusal::NotAdmin))
    ));
    charters::set_founders(&world.app, ana, Founders::Admins).await.unwrap();
    let (ana, bea) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "en").await);
    assert!(!bea.get("/communities").await.body.contains("href=\"/found\""));
    assert_eq!(bea.get("/found").await.status, StatusCode::FORBIDDEN);
    assert!(ana.get("/communities").await.body.contains("href=\"/found\""));
    assert_eq!(ana.send("/found", "/found", &NEW).await.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn an_invitation_is_taken_or_turned_down() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    for (name, action, says) in [("bea", "/join", "action=\"/leave\""), ("carl", "/leave", "action=\"/join\"")] {
        let who = login(&world, name).await;
        let browser = Browser::of(&world, who, "en").await;
        invitations::invite(&world.app, ana, huerto.id, who.0).await.unwrap();
        assert!(browser.get("/notices").await.body.contains("You are invited"));
        assert!(browser.get(&huerto.uri).await.body.contains("An invitation for you"));
        assert_eq!(browser.send(&huerto.uri, action, &[]).await.location, huerto.uri);
        let page = browser.get(&huerto.uri).await.body;
        assert!(page.contains(says) && !page.contains("An invitation for you"), "{page}");
    }
}

#[actix_web::test]
async fn people_come_in_by_a_link_get_a_role_are_banned_and_let_in_again() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let (bea, carl) = (login(&world, "bea").await, login(&world, "carl").await);
    let (ana, bea_reads) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "en").await);
    let carl_reads = Browser::of(&world, carl, "en").await;
    let (group, links) = (huerto.id, format!("/invitations?group={}", huerto.id));

    // A link for one, and then for nobody.
    assert_eq!(ana.send(&links, "/invitations", &[("days", "7"), ("most", "1")]).await.status, StatusCode::SEE_OTHER);
    let page = ana.get(&links).await.body;
    let link = page.split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let shown = bea_reads.get(&link).await;
    assert!(shown.body.contains("You are invited"), "{}", shown.body);
    assert_eq!(bea_reads.send(&link, "/enter", &[]).await.location, huerto.uri);
    assert!(bea_reads.get(&huerto.uri).await.body.contains("action=\"/leave\""));
    assert_eq!(carl_reads.get(&link).await.status, StatusCode::NOT_FOUND);
    assert_eq!(carl_reads.get(&format!("{link}x")).await.status, StatusCode::NOT_FOUND);
    assert!(ana.get(&links).await.body.contains("entraron 1 de 1"));
    assert_eq!(ana.send(&links, "/invitations/revoke", &[]).await.status, StatusCode::SEE_OTHER);
    assert!(!ana.get(&links).await.body.contains("<code>"));

    // Bea is found, and keeps order.
    let members = format!("/members?group={group}");
    assert!(ana.get(&format!("{members}&q=be")).await.body.contains("@bea@"));
    assert!(!ana.get(&format!("{members}&q=carl")).await.body.contains("@carl@"));
    let card = format!("/member?group={group}&person={}", bea.0);
    assert!(ana.get(&format!("{members}&find=@bea@plaza.test")).await.location.ends_with(&card));
    assert_eq!(bea_reads.get(&members).await.status, StatusCode::FORBIDDEN);
    let given = ana.send(&card, "/member/role", &[("role", "moderator")]).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.body);
    assert_eq!(bea_reads.get(&members).await.status, StatusCode::OK);
    // Whoever keeps order gives no roles, and bans nobody above them.
    assert!(!bea_reads.get(&card).await.body.contains("action=\"/member/role\""));

    // Carl is kept out before he ever came, and let in again.
    let card = format!("/member?group={group}&person={}", carl.0);
    let page = bea_reads.get(&card).await.body;
    assert!(
        page.contains("Only its owner and those who lead the community") && page.contains("Only its owner can"),
        "{page}"
    );
    // Neither why nor for how long is left open, and nothing is lost of what was entered.
    for (entered, flaw) in [
        (("days", "3"), "what the reason is."),
        (("reason", "Sells rocks"), "or “for good”."),
        (("note", "Sorry"), "what the reason is."),
    ] {
        let again = bea_reads.send(&card, "/member/ban", &[entered]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.body.contains(flaw) && !again.body.contains("<h1>This could not"), "{}", again.body);
        assert!(entered.0 == "days" || again.body.contains(entered.1), "{}", again.body);
    }
    let again = bea_reads.send(&card, "/member/warn", &[]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.body.contains("Say what they are warned of."), "{}", again.body);
    assert!(!bea_reads.get(&format!("{members}&banned=yes")).await.body.contains("@carl@"));
    // One form does several things: a browser asks for nothing that belongs to another of them.
    let page = bea_reads.get(&card).await.body;
    let asks = |field: &str| page.split(&format!("<select id=\"{field}\"")).nth(1).unwrap().split('>').next().unwrap();
    assert!(asks("days").contains("required") && !asks("hush").contains("required"), "{page}");
    let banned = bea_reads.send(&card, "/member/ban", &[("reason", "Spam"), ("days", "3")]).await;
    assert_eq!(banned.status, StatusCode::SEE_OTHER, "{}", banned.body);
    let page = bea_reads.get(&format!("{members}&banned=yes")).await.body;
    assert!(page.contains("@carl@") && page.contains("Spam"), "{page}");
    assert!(!carl_reads.get(&huerto.uri).await.body.contains("action=\"/join\""));
    assert_eq!(bea_reads.send(&card, "/member/unban", &[]).await.status, StatusCode::SEE_OTHER);
    assert!(!bea_reads.get(&format!("{members}&banned=yes")).await.body.contains("@carl@"));

    // The community is Bea's in the end, and Ana leads it.
    let card = format!("/member?group={group}&person={}", bea.0);
    let slip = ana.send(&card, "/member/owner", &[("name", "huert")]).await;
    assert_eq!(slip.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(slip.body.contains("Escribe huerto para confirmar"), "{}", slip.body);
    assert_eq!(ana.send(&card, "/member/owner", &[("name", " @Huerto ")]).await.status, StatusCode::SEE_OTHER);
    assert!(bea_reads.get("/notices").await.body.contains("is yours from now on"));
    let page = bea_reads.get(&huerto.uri).await.body;
    assert!(page.contains("Owner") && !page.contains("action=\"/leave\""), "{page}");
    assert!(ana.get(&huerto.uri).await.body.contains("action=\"/leave\""));
}

#[actix_web::test]
async fn who_asks_to_join_answers_questions_that_only_the_team_reads() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let (ana, bea) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "en").await);
    let made = ana.send("/found", "/found", &NEW).await;
    let manage = managed(&ana, &made.location).await;
    let entered = NEW[1..].iter().copied().chain([("questions", "¿Qué película te gusta?\n\n¿Y por qué?")]);
    let saved = ana.send(&manage, "/manage", &entered.chain([("colour", "#2f6a5b")]).collect::<Vec<_>>()).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);

    let page = bea.get("/@cine").await.body;
    let apply = page.split("href=\"/apply?").nth(1).unwrap().split('"').next().unwrap();
    let apply = format!("/apply?{apply}");
    let again = bea.send(&apply, "/apply", &[("answer1", "El sur"), ("answer2", " ")]).await;
    assert!(again.status == StatusCode::UNPROCESSABLE_ENTITY && again.body.contains("id=\"answer2-flaw\""));
    assert!(again.body.contains("El sur"));
    let sent = bea.send(&apply, "/apply", &[("answer1", "El sur"), ("answer2", "La luz")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    assert!(bea.get("/@cine").await.body.contains("Request sent"));
    let queue = ana.get("/queue").await.body;
    assert!(queue.contains("¿Y por qué?") && queue.contains("La luz"), "{queue}");
    let refused = ana.send("/queue", "/queue/answer", &[("answer", "no"), ("reason", "Solo vecinos")]).await;
    assert_eq!(refused.status, StatusCode::SEE_OTHER);
    assert!(!bea.get("/@cine").await.body.contains("Request sent"));
    let notices = bea.get("/notices").await.body;
    let message = notices.split("class=\"excerpt\"").nth(1).and_then(|rest| rest.split("href=\"").nth(1)).unwrap();
    let message = bea.get(message.split('"').next().unwrap()).await.body;
    assert!(notices.contains("wrote to you in private") && message.contains("Solo vecinos"), "{notices} {message}");
}

#[actix_web::test]
async fn rules_are_kept_version_by_version_and_named_by_who_reports() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let writing = app::posts::Writing { text: "Vendo macetas".into(), group: Some(huerto.id), ..Default::default() };
    let post = world.write(ana, writing).await.id;
    let (ana, bea) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "en").await);
    let manage = format!("/manage/rules?group={}", huerto.id);
    assert!(!world.get("/@huerto", "es").await.body.contains("Normas"));

    // Who leads it writes them; a text needs a title, and nothing that was typed is lost.
    let again = ana.send(&manage, "/manage/rules", &[("text1", "Ni ventas ni enlaces")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.body.contains("Ni ventas ni enlaces") && again.body.contains("role=\"alert\""), "{}", again.body);
    let again = ana.send(&manage, "/manage/rules", &[("text_en_1", "Neither sales nor links")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.body.contains("Neither sales nor links"), "{}", again.body);
    let first = [("title1", "Sin publicidad"), ("text1", "Ni **ventas** ni enlaces"), ("title2", "Con respeto")];
    let saved = ana.send(&manage, "/manage/rules", &first).await;
    assert_eq!(
        (saved.status, saved.location.as_str()),
        (StatusCode::SEE_OTHER, &*format!("https://plaza.test{manage}&done=true"))
    );
    let rules = world.get("/@huerto/rules", "es").await.body;
    assert!(rules.contains("<strong>Sin publicidad</strong>") && rules.contains("<strong>ventas</strong>"), "{rules}");
    assert!(world.get("/@huerto", "es").await.body.contains("#rule-2\">Con respeto"));
    assert_eq!(bea.get(&manage).await.status, StatusCode::FORBIDDEN);

    // A report names a rule, and that stays true when the rules change.
    let form = bea.get(&format!("/report?post={post}")).await.body;
    assert!(form.contains("<option value=\"1.1\">Rule 1: Sin publicidad</option>"), "{form}");
    let report = |rule| [("what", "violation"), ("rule", rule), ("reason", "Vende")];
    let page = format!("/report?post={post}");
    assert_eq!(bea.send(&page, "/report", &report("1.7")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(bea.send(&page, "/report", &report("1.1")).await.status, StatusCode::OK);

    // Whoever reads another language reads it there, where somebody put it into that.
    let page = ana.get(&manage).await.body;
    assert!(page.contains("name=\"title_en_1\""), "{page}");
    let unsaid = world.get("/@huerto/rules", "en").await.body;
    assert!(unsaid.contains("<strong>Sin publicidad</strong>"), "as it was written: {unsaid}");

    // The second version: another order, one changed, one gone, one new.
    let page = ana.get(&manage).await.body;
    let key = |n: usize| {
        let field = format!("name=\"key{n}\" value=\"");
        page.split(&field).nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let (kept, gone) = (key(1), key(2));
    let second = [
        ("key1", &*kept),
        ("title1", "Sin anuncios"),
        ("title_en_1", "No ads"),
        ("text_en_1", "Nor **sales**"),
        ("text1", "Ni **ventas** ni enlaces"),
        ("place1", "2"),
        ("key2", &*gone),
        ("title2", "Con respeto"),
        ("gone2", "yes"),
        ("title3", "Pregunta antes"),
        ("text_en_3", "Search **first**"),
        ("place3", "1"),
    ];
    assert_eq!(ana.send(&manage, "/manage/rules", &second).await.status, StatusCode::SEE_OTHER);
    let diff = world.get("/@huerto/rules?version=2&since=1", "es").await.body;
    let places = ["Pregunta antes", "Sin anuncios", "Sin publicidad", "Con respeto"].map(|text| diff.find(text));
    assert!(places.is_sorted() && places.iter().all(Option::is_some), "{diff}");
    assert!(diff.contains("<del><strong>Con respeto</strong></del>"), "{diff}");
    assert!(world.get("/@huerto/rules?version=1", "en").await.body.contains("Con respeto"));
    assert_eq!(world.get("/@huerto/rules?version=3", "en").await.status, StatusCode::NOT_FOUND);
    let (spanish, english) =
        (world.get("/@huerto/rules", "es").await.body, world.get("/@huerto/rules", "en").await.body);
    assert!(spanish.contains("Sin anuncios") && !spanish.contains("No ads"), "{spanish}");
    assert!(english.contains("No ads") && english.contains("<strong>sales</strong>"), "{english}");
    assert!(!english.contains("Sin anuncios") && english.contains("Pregunta antes"), "{english}");
    let first = "<strong>first</strong>";
    assert!(english.contains(first) && !spanish.contains(first), "a part alone counts: {english}");
    let form = bea.get(&format!("/report?post={post}")).await.body;
    assert!(form.contains("Rule 2: No ads"), "{form}");
    assert!(world.get("/@huerto", "en").await.body.contains("#rule-2\">No ads"));
    assert!(ana.get("/queue").await.body.contains("Norma 1: Sin publicidad"));
    assert!(world.get("/@huerto/log", "es").await.body.contains("cambió las normas"));

    // Saving what is there already is no change, and who comes too late is told.
    let late = [("version", "1"), ("title1", "Otra")];
    let fields: Vec<(String, String)> = [("form_token", &*ana.token(&manage).await), ("group", &huerto.id.to_string())]
        .into_iter()
        .chain(late)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    assert_eq!(ana.post("/manage/rules", &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY);

    // Whoever is invited reads them before they come in.
    let links = format!("/invitations?group={}", huerto.id);
    ana.send(&links, "/invitations", &[("days", "7")]).await;
    let link = ana.get(&links).await.body.split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(bea.get(&link).await.body.contains("Pregunta antes"));
}

#[actix_web::test]
async fn a_conversation_moves_to_another_community_of_whoever_keeps_order_in_both() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let (bea, new) = (login(&world, "bea").await, super::new_group);
    let cine = app::groups::create(&world.app, ana.0, new("cine", Visibility::Public)).await.unwrap();
    let junta = app::groups::create(&world.app, ana.0, new("junta", Visibility::Private)).await.unwrap();
    let others = app::groups::create(&world.app, bea.0, new("musica", Visibility::Public)).await.unwrap();
    let writing = app::posts::Writing { text: "Sobre películas".into(), group: Some(huerto.id), ..Default::default() };
    let post = world.write(ana, writing).await;
    let (ana, form) = (Browser::of(&world, ana, "es").await, format!("/moderate?post={}", post.id));
    let option = |group: &domain::actor::Actor| format!("<option value=\"{}\"", group.id);
    let page = ana.get(&form).await.body;
    assert!(page.contains(&option(&cine)), "{page}");
    assert!([&huerto, &junta, &others].iter().all(|group| !page.contains(&option(group))), "{page}");

    let to = cine.id.to_string();
    for to in ["", "7", &others.id.to_string()] {
        let again = ana.send(&form, "/moderate", &[("what", "move"), ("to", to)]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{to}");
        assert!(again.body.contains("id=\"to-flaw\""), "{}", again.body);
    }
    let moved = ana.send(&form, "/moderate", &[("what", "move"), ("to", &to), ("reason", "Va de cine")]).await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.body);
    for (group, told) in [(&huerto, "movió una conversación"), (&cine, "acogió una conversación")] {
        let log = world.get(&format!("{}/log", group.uri), "es").await.body;
        assert!(log.contains(told) && log.contains("Va de cine"), "{log}");
        let page = world.get(&group.uri, "es").await.body;
        assert_eq!(page.contains("Sobre películas"), group.id == cine.id, "{page}");
    }
    assert!(ana.get(&form).await.body.contains(&option(&huerto)), "and back");
    let log = format!("{}/log", huerto.uri);
    assert_eq!(ana.send(&log, "/log/undo", &[]).await.status, StatusCode::SEE_OTHER);
    assert!(world.get(&huerto.uri, "es").await.body.contains("Sobre películas"), "from the log");
    assert!(!ana.get(&log).await.body.contains("action=\"/log/undo\""), "it is undone");
    // A reply goes with its conversation, and by itself nowhere.
    let reply = app::posts::Writing { text: "Sí".into(), parent: Some(post.id), ..Default::default() };
    let reply = world.write(bea, reply).await;
    assert!(!ana.get(&format!("/moderate?post={}", reply.id)).await.body.contains("id=\"to\""));
}

#[actix_web::test]
async fn an_expert_sees_to_answers_and_moderates_nobody() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let (bea, carla) = (login(&world, "bea").await, login(&world, "carla").await);
    let (ana_reads, bea_reads) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "es").await);
    let card = format!("/member?group={}&person={}", huerto.id, bea.0);
    assert!(!bea_reads.get("/").await.body.contains("href=\"/queue\""));
    // Nobody gets a part of the work who is not there: she is invited, and accepts.
    let page = ana_reads.get(&card).await.body;
    assert!(page.contains("Invitar a la comunidad") && !page.contains("action=\"/member/role\""), "{page}");
    let (token, group, person) = (ana_reads.token(&card).await, huerto.id.to_string(), bea.0.to_string());
    let sent = [("form_token", token), ("group", group), ("person", person), ("role", "expert".to_owned())];
    let refused = ana_reads.post("/member/role", &sent.map(|(name, value)| (name.to_owned(), value))).await;
    assert!(refused.status == StatusCode::FORBIDDEN && refused.body.contains("Todavía no está"), "{}", refused.body);
    assert_eq!(ana_reads.send(&card, "/member/invite", &[]).await.status, StatusCode::SEE_OTHER);
    let page = ana_reads.get(&card).await.body;
    assert!(page.contains("Tiene una invitación") && !page.contains("action=\"/member/invite\""), "{page}");
    assert_eq!(bea_reads.send(&huerto.uri, "/join", &[]).await.status, StatusCode::SEE_OTHER);
    let given = ana_reads.send(&card, "/member/role", &[("role", "expert")]).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.body);
    let page = ana_reads.get(&card).await.body;
    assert!(page.contains("<span class=\"chip\">Anfitriona o experta</span>"), "{page}");
    assert!(world.get(&huerto.uri, "es").await.body.contains("Anfitriona o experta"), "she stands with the team");

    let thread = Writing { text: "¿Riego?".into(), group: Some(huerto.id), ..Writing::default() };
    let thread = world.write(carla, thread).await;
    let reply = Writing { text: "Cada dos días".into(), parent: Some(thread.id), ..Writing::default() };
    let reply = world.write(bea, reply).await;
    let page = bea_reads.get(&thread.uri).await.body;
    assert_eq!(page.matches("<span class=\"chip good\">Anfitriona o experta</span>").count(), 1, "{page}");
    assert!(!page.contains("href=\"/moderate?"), "{page}");
    let answers = [("post", &*reply.id.to_string()), ("turn", "on")];
    assert_eq!(bea_reads.send(&thread.uri, "/solve", &answers).await.status, StatusCode::SEE_OTHER);
    assert!(world.get(&huerto.uri, "es").await.body.contains("Resuelta"));
    assert!(bea_reads.get("/").await.body.contains("href=\"/queue\""));
    assert_eq!(bea_reads.get("/queue").await.status, StatusCode::OK);
    for path in ["members", "invitations", "manage"] {
        let path = format!("/{path}?group={}", huerto.id);
        assert_eq!(bea_reads.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[actix_web::test]
async fn a_hidden_community_is_nowhere_for_those_outside() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let (ana_reads, bea_reads) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "es").await);
    let done = ana_reads.send("/found", "/found", &but(("visibility", "hidden"))).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let cine = world.app.read(|c| store::actors::by_handle(c, "cine", "plaza.test")).await.unwrap().unwrap();
    for path in ["/@cine", "/@cine/rules", "/@cine/log", &format!("/apply?group={}", cine.id)] {
        for (page, who) in [(bea_reads.get(path).await, "bea"), (world.get(path, "es").await, "nobody")] {
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{who} {path}");
            assert!(!page.body.contains("Cine de barrio"), "{who} {path}");
        }
    }
    assert!(bea_reads.get("/search?q=@cine@plaza.test").await.body.contains("Ahí no hay nada"));
    let page = ana_reads.get("/@cine").await.body;
    assert!(page.contains("Oculta: solo sus miembros"), "{page}");
    let manage = format!("/manage?group={}", cine.id);
    assert!(ana_reads.get(&manage).await.body.contains("value=\"hidden\" checked"));

    // A link lets in, and whoever is in sees it.
    let link = world.link(ana, cine.id, None).await;
    let door = bea_reads.get(&link).await;
    assert!(door.status == StatusCode::OK && door.body.contains("Cine de barrio"), "{}", door.body);
    assert_eq!(bea_reads.send(&link, "/enter", &[]).await.status, StatusCode::SEE_OTHER);
    assert!(bea_reads.get("/@cine").await.body.contains("Cine de barrio"));
}
