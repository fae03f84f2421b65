//! The pages of those who administer the server: who may see them, and what is done there by forms alone.
use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use app::{
    Whence,
    sign_up::{self, Wish},
};

use super::{
    World,
    journeys::{Browser, login},
};

/// Every page for admins, and what is sent there.
const READ: &[&str] = &[
    "/admin",
    "/admin/people",
    "/admin/people/{bea}",
    "/admin/rules",
    "/admin/servers",
    "/admin/servers/other.test",
    "/admin/jobs",
    "/admin/log",
    "/admin/bars",
    "/admin/emoji",
    "/admin/settings",
    "/admin/announcements",
    "/admin/communities",
    "/admin/open",
    "/admin/texts",
    "/admin/texts/one?kind=privacy&language=es",
    "/admin/sentences",
    "/admin/sentences/one?name=communities&language=es",
];
/// The files for them.
const FILES: &[&str] = &["/admin/rules/blocks.csv", "/admin/rules/allowed.csv"];
const SENT: &[(&str, &[(&str, &str)])] = &[
    ("/admin/people/answer", &[("person", "1"), ("answer", "yes")]),
    ("/admin/people/invite", &[("days", "1")]),
    ("/admin/people/revoke", &[("invitation", "1")]),
    ("/admin/rules", &[("host", "x.test"), ("ruling", "suspend")]),
    ("/admin/rules", &[("host", "x.test"), ("ruling", "suspend"), ("sure", "yes")]),
    ("/admin/servers/other.test", &[]),
    ("/admin/jobs", &[("sort", "job"), ("id", "1"), ("what", "drop")]),
    ("/admin/bars", &[("kind", "network"), ("subject", "203.0.113.0/24"), ("severity", "block")]),
    ("/admin/bars/lift", &[("kind", "network"), ("bar", "1")]),
    ("/admin/emoji", &[("shortcode", "tomate")]),
    ("/admin/emoji/change", &[("emoji", "1"), ("deed", "delete")]),
    ("/admin/texts/one", &[("kind", "privacy"), ("language", "es"), ("source", "x")]),
    ("/admin/sentences/one", &[("name", "communities"), ("language", "es"), ("text", "x")]),
    ("/admin/announcements", &[("text", "x")]),
    ("/admin/announcements", &[("text", "x"), ("preview", "yes")]),
    ("/admin/announcements/decide", &[("id", "1"), ("what", "withdraw")]),
    ("/admin/communities/founders", &[("founders", "admins")]),
    ("/admin/people/registration", &[("registration", "closed")]),
    ("/admin/open", &[("address", "1"), ("reason", "x")]),
    ("/admin/communities/second-step", &[("second_step", "yes")]),
    ("/admin/communities/suspend", &[("group", "1"), ("turn", "on"), ("reason", "x")]),
    ("/admin/communities/owner", &[("group", "1"), ("name", "bea")]),
    ("/admin/texts/name", &[("name", "x")]),
    ("/admin/texts/contact", &[("email", "x@y.test")]),
    ("/admin/texts/rule", &[("what", "say"), ("text_es", "x")]),
    ("/admin/rules/lift", &[("host", "x.test")]),
    ("/admin/rules/import", &[("list", "x.test"), ("sure", "yes")]),
    ("/admin/people/{bea}", &[("what", "suspend"), ("reason", "x")]),
];

/// How many routes the sources name.
fn routes() -> (usize, usize) {
    let source = include_str!("../lib.rs");
    let lines = source.lines().filter(|line| line.contains("(config, admin::"));
    lines.fold((0, 0), |(read, sent), line| {
        let (page, post) = (line.contains("page!("), line.contains("button!(") || line.contains("post =>"));
        (read + usize::from(page), sent + usize::from(post))
    })
}

#[actix_web::test]
async fn nobody_but_admins_gets_to_see_or_send_anything() {
    let sent: BTreeSet<&str> = SENT.iter().map(|(path, _)| *path).collect();
    assert_eq!((READ.len() + FILES.len(), sent.len()), routes(), "every route stands in these tables");
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let bea = login(&world, "bea").await;
    super::neighbour(&world.app).await;
    let filled = |path: &str| path.replace("{bea}", &bea.0.to_string());
    let (ana, bea) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "en").await);
    for path in FILES {
        assert_eq!(bea.fetch(path).await.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(ana.fetch(path).await.status, StatusCode::OK, "{path}");
    }
    for path in READ {
        let path = &filled(path);
        let stranger = world.get(path, "es").await;
        assert!(stranger.status == StatusCode::SEE_OTHER && stranger.location.starts_with("/login?back="), "{path}");
        let refused = bea.get(path).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        assert!(
            refused.body.contains("Only those who run this site") && !refused.body.contains("class=\"office\""),
            "{path}"
        );
        assert_eq!(ana.get(path).await.status, StatusCode::OK, "{path}");
    }
    let token = bea.token("/write").await;
    for (path, fields) in SENT {
        let path = &filled(path);
        let mut fields: Vec<_> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(bea.post(path, &fields).await.status, StatusCode::FORBIDDEN, "{path} without the token");
        fields.push(("form_token".to_owned(), token.clone()));
        let refused = bea.post(path, &fields).await;
        assert!(
            refused.status == StatusCode::FORBIDDEN && refused.body.contains("Only those who run this site"),
            "{path}: {}",
            refused.body
        );
    }
    assert!(ana.get("/").await.body.contains("href=\"/admin\"") && !bea.get("/").await.body.contains("/admin\""));
}

/// What somebody asks who wants a login.
fn wish(name: &str) -> Wish {
    Wish {
        name: name.into(),
        email: format!("{name}@plaza.test"),
        password: "correct horse battery".into(),
        agreement: true,
        reason: "Tengo <b>tomates</b>".into(),
        language: "es".into(),
        ..Wish::default()
    }
}

#[actix_web::test]
async fn those_who_wait_are_let_in_or_turned_away() {
    let world = World::of("approval");
    let (ana, _) = world.first_run().await;
    let mut people = Vec::new();
    for name in ["carla", "dario"] {
        let newcomer = sign_up::sign_up(&world.app, wish(name), &Whence::default()).await.unwrap().unwrap();
        assert!(!newcomer.ready);
        people.push(newcomer.me.0);
    }
    let ana = Browser::of(&world, ana, "es").await;
    let health = ana.get("/admin").await.body;
    assert!(
        health.contains("2 personas esperan respuesta") && health.contains("/admin/people?state=waiting"),
        "{health}"
    );
    let list = ana.get("/admin/people?state=waiting").await.body;
    assert!(
        list.contains("carla@plaza.test") && list.contains("Tengo &#60;b&#62;tomates") && !list.contains(">ana<"),
        "{list}"
    );
    let answer = async |person: domain::id::ActorId, answer: &str| {
        let entered = [("person", person.to_string()), ("answer", answer.into()), ("reason", "Ya no cabemos".into())];
        let entered: Vec<(&str, &str)> = entered.iter().map(|(name, value)| (*name, value.as_str())).collect();
        ana.send("/admin/people?state=waiting", "/admin/people/answer", &entered).await
    };
    for (person, said) in [(people[0], "yes"), (people[1], "no")] {
        assert_eq!(answer(person, said).await.status, StatusCode::SEE_OTHER);
    }
    let state = async |person| {
        let account = world.app.read(move |c| store::accounts::by_id(c, person)).await.unwrap().unwrap();
        (account.approved.is_some(), account.disabled.is_some())
    };
    assert_eq!((state(people[0]).await, state(people[1]).await), ((true, false), (false, true)));
    assert!(ana.get("/admin/people?state=waiting").await.body.contains("nadie espera respuesta"));
    assert!(ana.get("/admin/people?state=closed").await.body.contains("dario"));
}

#[actix_web::test]
async fn a_person_is_looked_up_and_decided_about() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let (bea, ana_page) = (login(&world, "bea").await, format!("/admin/people/{}", ana.0));
    let elsewhere = super::neighbour(&world.app).await;
    let (ana, hers) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "en").await);
    let page = format!("/admin/people/{}", bea.0);
    let found = ana.get("/admin/people?q=BEA%40plaza").await.body;
    assert!(found.contains(&page) && !found.contains(&ana_page), "{found}");
    assert!(ana.get("/admin/people?q=nadie").await.body.contains("Nadie encaja"));
    let away = format!("/admin/people/{elsewhere}");
    assert!(ana.get("/admin/people?q=%40bea%40other.test").await.body.contains(&away));
    for nobody in ["/admin/people/1", "/admin/people/x"] {
        assert_eq!(ana.get(nobody).await.status, StatusCode::NOT_FOUND, "{nobody}");
    }

    let decide = async |what: &str| ana.send(&page, &page, &[("what", what), ("reason", "Publicidad")]).await.status;
    let account = async || world.app.read(move |c| store::accounts::by_id(c, bea.0)).await.unwrap().unwrap();
    let entrusted = (decide("entrust").await, hers.get("/settings").await.status);
    assert_eq!(entrusted, (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER), "with that power she signs in anew");
    let hers = Browser::of(&world, bea, "en").await;
    assert!(account().await.admin && hers.get("/admin").await.status == StatusCode::OK);
    assert_eq!(decide("relieve").await, StatusCode::SEE_OTHER);
    assert!(!account().await.admin && hers.get("/admin").await.status == StatusCode::FORBIDDEN);

    assert!(ana.get(&page).await.body.contains("Navegador desconocido"));
    assert_eq!(decide("sign_out").await, StatusCode::SEE_OTHER);
    assert!(ana.get(&page).await.body.contains("En ningún navegador"));
    assert_eq!(hers.get("/notices").await.status, StatusCode::SEE_OTHER);

    world.with_second_step(bea).await;
    assert!(ana.get(&page).await.body.contains("Entra con un código"));
    assert_eq!(decide("second_step").await, StatusCode::SEE_OTHER);
    assert!(account().await.totp.is_none() && ana.get(&page).await.body.contains("Entra solo con la contraseña"));
    assert!(ana.get("/admin/log").await.body.contains("quitó el segundo paso de @bea"));

    assert_eq!(decide("suspend").await, StatusCode::SEE_OTHER);
    assert!(account().await.disabled.is_some() && ana.get(&page).await.body.contains("Suspendida"));
    assert_eq!(decide("entrust").await, StatusCode::UNPROCESSABLE_ENTITY, "nobody who is shut out administers");
    assert_eq!(decide("lift").await, StatusCode::SEE_OTHER);
    assert!(account().await.disabled.is_none());
    let suspended =
        async || world.app.read(move |c| Ok(store::suspensions::of(c, elsewhere)?.is_some())).await.unwrap();
    for (what, is) in [("suspend", true), ("lift", false)] {
        assert_eq!(ana.send(&away, &away, &[("what", what), ("reason", "x")]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(suspended().await, is);
    }

    // Nobody decides about themselves: an admin is always left.
    let token = ana.token("/write").await;
    for what in ["suspend", "relieve", "sign_out"] {
        let fields = [("what".to_owned(), what.to_owned()), ("form_token".to_owned(), token.clone())];
        assert_eq!(ana.post(&ana_page, &fields).await.status, StatusCode::FORBIDDEN, "{what}");
    }
    assert!(ana.get(&ana_page).await.body.contains("Eres tú"));
}

#[actix_web::test]
async fn invitations_are_made_used_and_taken_back() {
    let world = World::of("invite");
    let (ana, _) = world.first_run().await;
    let ana = Browser::of(&world, ana, "en").await;
    let none = ana.get("/admin/people").await.body;
    assert!(none.contains("Only those who are invited") && !none.contains("/signup?invitation="), "{none}");
    let made = ana.send("/admin/people", "/admin/people/invite", &[("days", "3"), ("most", "2")]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER);
    let page = ana.get("/admin/people").await.body;
    let code = page.split("/signup?invitation=").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let invited = Wish { invitation: Some(code.clone()), ..wish("carla") };
    assert!(sign_up::sign_up(&world.app, invited, &Whence::default()).await.unwrap().unwrap().ready);
    assert!(ana.get("/admin/people").await.body.contains("1 of 2 came"));
    assert_eq!(ana.send("/admin/people", "/admin/people/revoke", &[]).await.status, StatusCode::SEE_OTHER);
    assert!(!ana.get("/admin/people").await.body.contains(&code));
    let late = Wish { invitation: Some(code), ..wish("dario") };
    let late = sign_up::sign_up(&world.app, late, &Whence::default()).await.unwrap();
    assert_eq!(late.unwrap_err(), [sign_up::Flaw::Invitation]);
}

#[actix_web::test]
async fn what_was_given_up_is_tried_again_or_dropped() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let ana = Browser::of(&world, ana, "es").await;
    assert!(ana.get("/admin/jobs").await.body.contains("No hay nada abandonado"));
    app::jobs::push(&world.app, "sing", "la <b>".into()).await.unwrap();
    while app::jobs::drain(&world.app, &app::jobs::Handlers::new()).await.unwrap() > 0 {}
    let page = ana.get("/admin/jobs").await.body;
    assert!(page.contains("sing") && page.contains("la &#60;b&#62;") && page.contains("Se intentó 1 vez"), "{page}");
    assert!(ana.get("/admin").await.body.contains("Una cosa necesita"), "it is the first thing that admins see");
    assert_eq!(ana.send("/admin/jobs", "/admin/jobs", &[("what", "retry")]).await.status, StatusCode::SEE_OTHER);
    assert!(ana.get("/admin/jobs").await.body.contains("No hay nada abandonado"));
    while app::jobs::drain(&world.app, &app::jobs::Handlers::new()).await.unwrap() > 0 {}
    assert_eq!(ana.send("/admin/jobs", "/admin/jobs", &[("what", "drop")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(app::jobs::drain(&world.app, &app::jobs::Handlers::new()).await.unwrap(), 0);
    let page = ana.get("/admin/jobs").await.body;
    assert!(page.contains("No hay nada abandonado") && ana.get("/admin").await.body.contains("está roto"), "{page}");
}

#[actix_web::test]
async fn what_the_site_says_of_itself_is_written_and_read() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let ana = Browser::of(&world, ana, "es").await;
    let read = async |path: &str, language: &'static str| world.get(path, language).await.body;

    // Before anybody has written anything, the site says what the software does, and asks nothing beyond that.
    assert!(read("/privacy", "es").await.contains("Qué sale de este sitio"));
    assert!(read("/privacy", "en").await.contains("What leaves this site"));
    assert!(read("/terms", "en").await.contains("Nobody wrote terms"));

    let one = "/admin/texts/one?kind=description&language=es";
    let shown = ana.send(one, "/admin/texts/one", &[("source", "# Uno\n\n<b>dos</b>"), ("preview", "yes")]).await;
    assert!(shown.status == StatusCode::OK && shown.body.contains("<h2>Uno</h2>"), "{}", shown.body);
    assert!(!read("/about", "es").await.contains("Uno"), "it was only looked at");
    let written = ana.send(one, "/admin/texts/one", &[("source", "# Uno\n\n<b>dos</b>")]).await;
    assert_eq!(written.status, StatusCode::SEE_OTHER);
    let about = read("/about", "en").await;
    assert!(about.contains("lang=\"es\"") && about.contains("<h2>Uno</h2>") && !about.contains("<b>dos"), "{about}");
    ana.send(one, "/admin/texts/one", &[("source", "")]).await;
    assert!(!read("/about", "es").await.contains("Uno"), "it is taken back");

    // Terms hold from a day on, and announce the next ones.
    let terms = "/admin/texts/one?kind=terms&language=en";
    for (since, source) in [("2020-01-01", "Old words"), ("2099-01-01", "New words")] {
        let entered = [("since", since), ("source", source)];
        assert_eq!(ana.send(terms, "/admin/texts/one", &entered).await.status, StatusCode::SEE_OTHER);
    }
    let now = read("/terms", "en").await;
    assert!(
        now.contains("Old words") && !now.contains("New words") && now.contains("/terms?since=2099-01-01"),
        "{now}"
    );
    assert!(read("/terms?since=2099-01-01", "en").await.contains("New words"));
    for path in ["/terms?since=2021-01-01", "/terms?since=x"] {
        assert_eq!(world.get(path, "en").await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let wrong = ana.send(terms, "/admin/texts/one", &[("since", "mañana"), ("source", "x")]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("Esto no es una fecha"));

    let contact = [("email", "Hola@plaza.test"), ("person", "@ana")];
    assert_eq!(ana.send("/admin/texts", "/admin/texts/contact", &contact).await.status, StatusCode::SEE_OTHER);
    assert!(read("/about", "en").await.contains("mailto:hola@plaza.test"));
    for (email, person, said) in [("x", "", "Esto no"), ("", "nadie", "Aquí nadie se llama así")] {
        let entered = [("email", email), ("person", person)];
        let wrong = ana.send("/admin/texts", "/admin/texts/contact", &entered).await;
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains(said), "{}", wrong.body);
    }
}

#[actix_web::test]
async fn the_rules_of_the_house_are_read_by_whoever_signs_up() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let ana = Browser::of(&world, ana, "es").await;
    let rule = async |entered: &[(&str, &str)]| {
        let mut fields = vec![("form_token".to_owned(), ana.token("/admin/texts").await)];
        fields.extend(entered.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        ana.post("/admin/texts/rule", &fields).await.status
    };
    for entered in [
        [("what", "say"), ("text_es", "Sé amable"), ("text_en", "Be <kind>"), ("hint_en", "Always")],
        [("what", "say"), ("text_es", "Sin publicidad"), ("text_en", ""), ("hint_en", "")],
    ] {
        assert_eq!(rule(&entered).await, StatusCode::SEE_OTHER);
    }
    assert_eq!(rule(&[("what", "say"), ("text_es", " ")]).await, StatusCode::UNPROCESSABLE_ENTITY);
    let held = async || app::imprint::house_rules(&world.app).await.unwrap();
    let said = async |language: &str| {
        let rules = held().await;
        rules.iter().map(|rule| rule.said(language).unwrap().text.clone()).collect::<Vec<_>>()
    };
    assert_eq!(said("en").await, ["Be <kind>", "Sin publicidad"], "in the other language where there is none");
    let first = held().await[0].id.to_string();
    for (what, order) in [
        ("down", ["Sin publicidad", "Sé amable"]),
        ("down", ["Sin publicidad", "Sé amable"]),
        ("up", ["Sé amable", "Sin publicidad"]),
    ] {
        assert_eq!(rule(&[("what", what), ("id", &first)]).await, StatusCode::SEE_OTHER);
        assert_eq!(said("es").await, order, "{what}");
    }
    let form = world.get("/signup", "en").await.body;
    assert!(form.contains("Be &#60;kind&#62;") && form.contains("<li lang=\"es\"><strong>Sin publicidad"), "{form}");
    assert!(form.contains("href=\"/privacy\"") && form.contains("href=\"/terms\""));
    assert_eq!(rule(&[("what", "end"), ("id", &first)]).await, StatusCode::SEE_OTHER);
    assert_eq!(rule(&[("what", "end"), ("id", &first)]).await, StatusCode::NOT_FOUND);
    assert_eq!(said("es").await, ["Sin publicidad"]);
}

#[actix_web::test]
async fn announcements_are_looked_at_told_later_and_taken_back() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let ana = Browser::of(&world, ana, "es").await;
    let path = "/admin/announcements";
    let current = async || {
        let now = world.app.now();
        world.app.read(move |c| store::announcements::current(c, now, 9)).await.unwrap()
    };
    let shown = ana.send(path, path, &[("text", "**Hola**"), ("preview", "yes")]).await;
    assert!(
        shown.status == StatusCode::OK && shown.body.contains("<strong>Hola</strong>") && current().await.is_empty()
    );
    for (field, wrong) in [("text", " "), ("starts", "mañana"), ("ends", "2020-01-01T10:00")] {
        let entered = [("text", "x"), (field, wrong)];
        let entered = if field == "text" { &entered[1..] } else { &entered[..] };
        assert_eq!(ana.send(path, path, entered).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
    }
    let later = [("text", "Obras"), ("starts", "2099-01-01T10:00"), ("ends", "2099-01-02T10:00")];
    assert_eq!(ana.send(path, path, &later).await.status, StatusCode::SEE_OTHER);
    assert!(current().await.is_empty(), "its time has not come");
    assert!(ana.get(path).await.body.contains("por venir"));
    assert!(!ana.get(path).await.body.contains("23:59"));
    let days = [("text", "Feria"), ("starts", "2099-01-03T10:00"), ("ends", "2099-01-04T10:00"), ("all_day", "yes")];
    assert_eq!(ana.send(path, path, &days).await.status, StatusCode::SEE_OTHER);
    let page = ana.get(path).await.body;
    let row = page.split("Feria").next().unwrap().rsplit("class=\"row\"").next().unwrap();
    assert!(row.contains("2099") && !row.contains("23:59"), "of whole days no hours are told: {row}");
    ana.send(path, "/admin/announcements/decide", &[("what", "withdraw")]).await;
    let decide = async |what| ana.send(path, "/admin/announcements/decide", &[("what", what)]).await.status;
    assert_eq!(decide("publish").await, StatusCode::SEE_OTHER);
    assert_eq!(current().await.len(), 1);
    assert_eq!(decide("x").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(decide("withdraw").await, StatusCode::SEE_OTHER);
    assert!(current().await.is_empty() && ana.get(path).await.body.contains("no se ha anunciado nada"));
}

#[actix_web::test]
async fn communities_are_listed_given_on_and_created_by_whoever_may() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let (bea, carla) = (login(&world, "bea").await, login(&world, "carla").await);
    let junta = super::new_group("junta", domain::group::Visibility::Private);
    let junta = app::groups::create(&world.app, bea.0, junta).await.unwrap();
    app::invitations::invite(&world.app, bea, junta.id, carla.0).await.unwrap();
    app::members::join(&world.app, carla, junta.id).await.unwrap();
    let (me, ana) = (ana, Browser::of(&world, ana, "es").await);
    let path = "/admin/communities";
    let list = ana.get(path).await.body;
    assert!(list.contains(&huerto.uri) && list.contains(&junta.uri) && !list.contains("nadie se ocupa"), "{list}");

    // Whose owner is gone is seen, and given to a member; not to whoever is none.
    let close = app::roll::shut(&world.app, me, bea.0, true);
    close.await.unwrap();
    assert!(ana.get(path).await.body.contains("nadie se ocupa"));
    let give = async |name: &str| {
        let token = ana.token(path).await;
        let entered = [("form_token", token), ("group", junta.id.to_string()), ("name", name.to_owned())];
        let entered: Vec<_> = entered.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        ana.post("/admin/communities/owner", &entered).await.status
    };
    assert_eq!(give("ana").await, StatusCode::FORBIDDEN);
    assert_eq!(give("nadie").await, StatusCode::NOT_FOUND);
    assert_eq!(give("carla").await, StatusCode::SEE_OTHER);
    assert!(!ana.get(path).await.body.contains("nadie se ocupa"));

    let carla = Browser::of(&world, carla, "en").await;
    assert_eq!(carla.get("/found").await.status, StatusCode::OK);
    let chosen = ana.send(path, "/admin/communities/founders", &[("founders", "admins")]).await;
    assert_eq!(chosen.status, StatusCode::SEE_OTHER);
    assert_eq!(carla.get("/found").await.status, StatusCode::FORBIDDEN);
    assert_eq!(ana.get("/found").await.status, StatusCode::OK);
}
