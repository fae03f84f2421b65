//! Coming in: by a link, by the door of a community, with a login or without one, and what a private community shows of itself.
use std::time::Duration;

use actix_web::{
    http::{StatusCode, header},
    test::TestRequest,
};
use app::{Me, gates, groups, moderation, people, posts::Writing, second_step::Secret, sessions, sign_up};
use domain::{
    actor::Actor,
    group::{Joining, MemberState, Visibility},
    id::{ActorId, InvitationId, SessionId},
    registration::Registration,
    urls,
};

use super::{
    Answer, HERE, World,
    journeys::{Browser, login},
    new_group,
};

impl World {
    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.ask(TestRequest::post().uri(path).peer_addr(HERE).set_form(fields), "es").await
    }

    /// Signs up as a visitor does who wants to go on to `back`, and says why if that is asked.
    async fn sign_up(&self, name: &str, reason: &str, back: &str) -> Answer {
        let form = self.get(&urls::asking("/signup", &[("back", back)]), "es").await.body;
        let sealed = form.split("name=\"sealed\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        // What scripts fill in at once takes a person a moment.
        self.app.clock().advance(Duration::from_secs(5));
        let email = format!("{name}@mail.test");
        let entered = [
            ("name", name),
            ("email", &email),
            ("password", "correct horse battery"),
            ("agreement", "yes"),
            ("reason", reason),
            ("back", back),
            ("sealed", sealed.unwrap_or_default()),
        ];
        self.post("/signup", &entered).await
    }

    /// Where a link into a group leads, made by whoever keeps order there.
    pub(super) async fn link(&self, by: Me, group: ActorId, most: Option<i64>) -> String {
        gates::make(&self.app, by, group, gates::Terms { most, ..gates::Terms::default() }).await.unwrap();
        let (_, code) = gates::list(&self.app, by, group, InvitationId(i64::MAX), 1).await.unwrap().swap_remove(0);
        format!("/enter?code={code}")
    }

    async fn state(&self, group: ActorId, name: &str) -> Option<MemberState> {
        let person = people::by_name(&self.app, name).await.unwrap().id;
        let found = self.app.read(move |c| store::groups::membership(c, group, person)).await;
        found.unwrap().map(|member| member.state)
    }

    /// Somebody who keeps order in a group and administers nothing.
    async fn moderator(&self, owner: Me, group: &Actor) -> Me {
        let moderator = login(self, "mod").await;
        let role = Some(domain::group::Role::Moderator);
        app::invitations::invite(&self.app, owner, group.id, moderator.0).await.unwrap();
        app::members::join(&self.app, moderator, group.id).await.unwrap();
        app::members::appoint(&self.app, owner, group.id, moderator.0, role).await.unwrap();
        moderator
    }
}

/// Where the first link of a page that begins with this leads, as browsers read it.
fn linked(page: &str, start: &str) -> String {
    let address = page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let found = address.into_iter().find(|address| address.starts_with(start));
    found.unwrap_or_else(|| panic!("no link to {start}: {page}")).replace("&#38;", "&").replace("&amp;", "&")
}

#[actix_web::test]
async fn a_link_of_an_admin_lets_those_in_at_once_who_have_no_account() {
    for registration in ["open", "approval", "invite"] {
        let world = World::of(registration);
        let (ana, huerto) = world.first_run().await;
        let link = world.link(ana, huerto.id, Some(1)).await;
        let page = world.get(&link, "es").await.body;
        assert!(page.contains("entrarás al momento") && page.contains("/login/elsewhere?back=%2Fenter"), "{page}");
        let form = world.get(&linked(&page, "/signup?back=%2Fenter"), "es").await;
        assert_eq!(form.status, StatusCode::OK, "{registration}: {}", form.body);
        assert!(form.body.contains("entras en El huerto") && !form.body.contains("¿Por qué quieres"), "{}", form.body);
        assert!(form.body.contains(&format!("name=\"back\" value=\"{link}\"")), "{}", form.body);

        let made = world.sign_up("bea", "", &link).await;
        let door = format!("https://plaza.test/apply?group={}", huerto.id);
        assert_eq!((made.status, &made.location), (StatusCode::SEE_OTHER, &door), "{registration}: {}", made.body);
        assert_eq!(world.state(huerto.id, "bea").await, Some(MemberState::Active), "{registration}");
        let bea = Me(people::by_name(&world.app, "bea").await.unwrap().id);
        assert_eq!(Browser::of(&world, bea, "es").await.get(&door).await.location, huerto.uri, "she is inside");

        // It was for one.
        assert_eq!(world.get(&link, "es").await.status, StatusCode::NOT_FOUND);
        let late = world.sign_up("carl", "", &link).await;
        let is_in = people::by_name(&world.app, "carl").await.is_ok();
        assert_eq!(is_in, registration == "open", "{registration}: {}", late.body);
    }
    let world = World::of("closed");
    let (ana, huerto) = world.first_run().await;
    let link = world.link(ana, huerto.id, None).await;
    let page = world.get(&link, "es").await.body;
    assert!(!page.contains("/signup") && page.contains("no se crean cuentas nuevas"), "{page}");
    assert_eq!(world.sign_up("bea", "", &link).await.status, StatusCode::FORBIDDEN);
}

#[actix_web::test]
async fn a_link_of_somebody_else_waits_for_the_admins_and_then_lets_in() {
    let world = World::of("approval");
    let (ana, huerto) = world.first_run().await;
    let moderator = world.moderator(ana, &huerto).await;
    let link = world.link(moderator, huerto.id, Some(1)).await;
    let page = world.get(&link, "es").await.body;
    assert!(page.contains("miran antes las cuentas nuevas"), "{page}");
    let form = world.get(&linked(&page, "/signup?back="), "es").await.body;
    assert!(form.contains("¿Por qué quieres") && form.contains("irás a El huerto"), "{form}");
    let unsaid = world.sign_up("bea", "", &link).await;
    assert!(unsaid.body.contains(&format!("value=\"{link}\"")), "the link is kept: {}", unsaid.body);
    let made = world.sign_up("bea", "Tomates", &link).await;
    assert_eq!(made.location, "https://plaza.test/waiting", "{}", made.body);
    assert_eq!(world.state(huerto.id, "bea").await, None, "not yet");
    assert_eq!(world.get(&link, "es").await.status, StatusCode::NOT_FOUND, "her place is kept");

    // Admins are told that she waits, where they let her in, and of nobody when nobody waits.
    let admin = Browser::of(&world, ana, "es").await;
    let told = admin.get("/notices").await.body;
    assert!(told.contains("<bdi>bea</bdi> pide una cuenta aquí"), "{told}");
    assert!(told.contains("href=\"/admin/people?state=waiting\""), "{told}");
    let queue = admin.get("/queue").await.body;
    assert!(queue.contains("1 persona espera a que la admitas") && queue.contains("(espera 1 cosa)"), "{queue}");
    assert!(!queue.contains("No hay nada por atender"), "{queue}");
    let bea = people::by_name(&world.app, "bea").await.unwrap().id;
    let waiting = "/admin/people?state=waiting";
    assert_eq!(admin.send(waiting, "/admin/people/answer", &[("answer", "yes")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(world.state(huerto.id, "bea").await, Some(MemberState::Active));
    assert!(admin.get(waiting).await.body.contains("nadie espera respuesta"));
    assert!(!admin.get("/queue").await.body.contains("espera a que la admitas"));
    assert!(admin.get("/notices").await.body.contains("<bdi>bea</bdi> ha creado una cuenta aquí"));
    let read = Browser::of(&world, Me(bea), "es").await;
    assert_eq!(read.get("/waiting").await.location, "https://plaza.test/");
}

#[actix_web::test]
async fn whoever_leaves_on_the_way_gives_their_place_back() {
    let world = World::of("approval");
    let (ana, huerto) = world.first_run().await;
    let link = world.link(world.moderator(ana, &huerto).await, huerto.id, Some(1)).await;
    world.sign_up("bea", "Tomates", &link).await;
    assert_eq!(world.get(&link, "es").await.status, StatusCode::NOT_FOUND, "her place is kept");
    let bea = Me(people::by_name(&world.app, "bea").await.unwrap().id);
    let secret = Secret { password: "correct horse battery".into(), session: SessionId(0) };
    let left = app::leaving::leave(&world.app, bea, "bea", secret).await.unwrap();
    assert_eq!(left, app::leaving::Farewell::Done);
    assert_eq!(world.get(&link, "es").await.status, StatusCode::OK);
}

#[actix_web::test]
async fn the_wish_to_join_outlives_signing_in_and_signing_up() {
    let world = World::of("approval");
    let (ana, huerto) = world.first_run().await;
    login(&world, "dora").await;
    let page = world.get(&huerto.uri, "es").await.body;
    assert!(page.contains("Pedir entrar"), "{page}");
    let door = linked(&page, "/apply?group=");
    let page = world.get(&door, "es").await.body;
    let entry = [("name", "dora"), ("password", "correct horse battery"), ("back", door.as_str())];
    assert!(linked(&page, "/login?back=%2Fapply").len() > 20);
    let entered = world.post("/login", &entry).await;
    assert_eq!(entered.location, format!("https://plaza.test{door}"));
    let dora = Me(people::by_name(&world.app, "dora").await.unwrap().id);
    let dora = Browser::of(&world, dora, "en").await;
    assert_eq!(dora.send(&door, "/apply", &[]).await.location, huerto.uri);
    assert_eq!(world.state(huerto.id, "dora").await, Some(MemberState::Pending));
    assert_eq!(dora.get(&door).await.location, huerto.uri, "nobody asks twice");

    // Who signs up for it has asked to join as soon as they are let in.
    assert_eq!(world.sign_up("bea", "Tomates", &door).await.location, "https://plaza.test/waiting");
    assert_eq!(world.state(huerto.id, "bea").await, None);
    let bea = people::by_name(&world.app, "bea").await.unwrap().id;
    sign_up::approve(&world.app, ana, bea).await.unwrap();
    assert_eq!(world.state(huerto.id, "bea").await, Some(MemberState::Pending));

    // Where questions are asked, they are led to them.
    let settings = app::charters::look(&world.app, ana, huerto.id).await.unwrap().1;
    let charter = domain::charter::Charter { questions: vec!["¿Riegas?".into()], ..settings.charter.clone() };
    let asking = app::charters::Settings { charter, ..settings };
    app::charters::change(&world.app, ana, huerto.id, asking).await.unwrap();
    world.sign_up("carl", "Tomates", &door).await;
    let carl = people::by_name(&world.app, "carl").await.unwrap().id;
    sign_up::approve(&world.app, ana, carl).await.unwrap();
    assert_eq!(world.state(huerto.id, "carl").await, None, "not without answers");
    let carl = Browser::of(&world, Me(carl), "es").await;
    assert_eq!(carl.get("/waiting").await.location, door);
    let campo = groups::create(&world.app, ana.0, new_group("campo", Visibility::Public)).await.unwrap();
    carl.send(&campo.uri, "/join", &[]).await;
    assert!(world.state(campo.id, "carl").await.is_some());
    assert_eq!(carl.get("/waiting").await.location, door, "another door is not this one");
    assert_eq!(carl.send(&door, "/apply", &[("answer1", "Sí")]).await.location, huerto.uri);
    assert_eq!(world.state(huerto.id, "carl").await, Some(MemberState::Pending));
    assert_eq!(carl.get("/waiting").await.location, "https://plaza.test/");

    // Who is turned away is on the way to nothing.
    world.sign_up("eva", "Tomates", &door).await;
    let eva = people::by_name(&world.app, "eva").await.unwrap().id;
    sign_up::reject(&world.app, ana, eva, String::new()).await.unwrap();
    let left = world.app.read(move |c| store::arrivals::of(c, eva)).await.unwrap();
    assert_eq!(left, None);
}

#[actix_web::test]
async fn whoever_is_kept_out_meanwhile_has_a_login_all_the_same() {
    let world = World::of("approval");
    let (ana, huerto) = world.first_run().await;
    let keeper = world.moderator(ana, &huerto).await;
    let link = world.link(keeper, huerto.id, Some(1)).await;
    world.sign_up("bea", "Tomates", &link).await;
    let bea = people::by_name(&world.app, "bea").await.unwrap().id;
    let ban =
        moderation::NewBan { group: huerto.id, person: bea, until: None, grounds: "Insultos".into(), clean: false };
    moderation::ban(&world.app, keeper, ban).await.unwrap();
    sign_up::approve(&world.app, ana, bea).await.unwrap();
    assert_eq!(world.state(huerto.id, "bea").await, None);
    let bea = Browser::of(&world, Me(bea), "es").await;
    assert_eq!(bea.get("/waiting").await.location, "https://plaza.test/");
}

#[actix_web::test]
async fn admins_choose_who_may_sign_up() {
    let world = World::of("approval");
    let (ana, _) = world.first_run().await;
    let ana = Browser::of(&world, ana, "es").await;
    let offered = async || world.get("/", "es").await.body.matches(">Crear cuenta<").count() > 0;
    for (chosen, is_offered) in [("closed", false), ("open", true), ("invite", false)] {
        assert_ne!(offered().await, is_offered, "before {chosen}");
        let sent = ana.send("/admin/people", "/admin/people/registration", &[("registration", chosen)]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
        assert_eq!(offered().await, is_offered, "{chosen}");
        let page = ana.get("/admin/people").await.body;
        assert!(page.contains(&format!("value=\"{chosen}\" checked")), "{page}");
    }
    let nonsense = ana.send("/admin/people", "/admin/people/registration", &[("registration", "everybody")]).await;
    assert_eq!(nonsense.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(ana.get("/admin/log").await.body.contains("cambió quién puede crear una cuenta"));
    // Another process reads what was chosen.
    assert_eq!(app::registration::now(&world.app), Registration::Invite);
    app::registration::load(&world.app).await.unwrap();
    assert_eq!(app::registration::now(&world.app), Registration::Invite);
}

#[actix_web::test]
async fn the_way_in_is_offered_where_there_is_one() {
    for (registration, is_offered) in [("open", true), ("approval", true), ("invite", false), ("closed", false)] {
        let world = World::of(registration);
        assert!(!world.get("/", "es").await.body.contains("/signup"), "nobody before whoever sets it up");
        let (ana, huerto) = world.first_run().await;
        let (front, group) = (world.get("/", "es").await.body, world.get(&huerto.uri, "es").await.body);
        assert_eq!(front.matches(">Crear cuenta<").count(), if is_offered { 2 } else { 0 }, "{front}");
        assert_eq!(group.contains("href=\"/signup?back=%2F%40huerto\""), is_offered, "{group}");
        let mine = Browser::of(&world, ana, "es").await.get("/").await.body;
        assert!(!mine.contains("/signup"), "{mine}");
    }
    // What the form says fits what it asks.
    let (open, approval) = (World::of("open"), World::of("approval"));
    for world in [&open, &approval] {
        world.first_run().await;
    }
    let (free, asked) = (open.get("/signup", "es").await.body, approval.get("/signup", "es").await.body);
    assert!(free.contains("No hace falta más") && !free.contains("¿Por qué quieres"), "{free}");
    assert!(!asked.contains("No hace falta más") && asked.contains("una frase sobre ti"), "{asked}");
    assert!(asked.contains("Acepto las condiciones de este sitio") && !asked.contains("Acepto las normas"), "{asked}");
}

#[actix_web::test]
async fn where_no_mail_is_sent_those_who_forgot_their_password_learn_whom_to_ask() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let page = world.get("/login/recover", "es").await.body;
    assert!(page.contains("no manda correo") && page.contains("@ana@plaza.test"), "{page}");
    assert!(!page.contains("action=\"/login/recover\""), "{page}");
    app::imprint::set_contact(&world.app, ana, "ayuda@plaza.test", "").await.unwrap();
    let sent = world.post("/login/recover", &[("email", "ana@plaza.test")]).await.body;
    assert!(sent.contains("ayuda@plaza.test") && !sent.contains("Mira tu correo"), "{sent}");
}

#[actix_web::test]
async fn a_private_community_is_open_to_nobody_who_only_asks() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    app::follows::request(&world.app, bea, huerto.id).await.unwrap();
    let ana_reads = Browser::of(&world, ana, "es").await;
    let manage = format!("/manage?group={}", huerto.id);
    let entered = |visibility, joining| {
        [
            ("title", "El huerto"),
            ("summary", "Tomates"),
            ("purpose", "theme"),
            ("visibility", visibility),
            ("joining", joining),
        ]
    };
    let refused = ana_reads.send(&manage, "/manage", &entered("private", "open")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("se entra por solicitud o por invitación"), "{}", refused.body);
    let founded = [&entered("private", "open")[..], &[("group", "club")]].concat();
    assert_eq!(ana_reads.send("/found", "/found", &founded).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let new = [&entered("private", "approval")[..], &[("group", "")]].concat();
    let named = ana_reads.send("/found", "/found", &[&new[1..], &[("title", "Café, té y más")]].concat()).await;
    assert!(named.location.contains("cafe_te_y_mas"), "{} {}", named.location, named.body);

    // What was made so before may be changed in everything else.
    let old = groups::NewGroup { joining: Joining::Open, ..new_group("vieja", Visibility::Private) };
    let old = groups::create(&world.app, ana.0, old).await.unwrap();
    let kept = ana_reads.send(&format!("/manage?group={}", old.id), "/manage", &entered("private", "open")).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.body);
}

#[actix_web::test]
async fn strangers_before_a_private_community_see_its_rules_and_the_right_door() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let junta = groups::create(&world.app, ana.0, new_group("junta", Visibility::Private)).await.unwrap();
    let admin = Browser::of(&world, ana, "es").await;
    let rules = format!("/manage/rules?group={}", junta.id);
    let saved = admin.send(&rules, "/manage/rules", &[("title1", "Sin actas fuera"), ("text1", "Nunca.")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let page = world.get(&junta.uri, "es").await.body;
    assert!(page.contains("Pedir entrar") && page.contains("Sin actas fuera"), "{page}");
    assert_eq!(
        page.matches("<rect x=\"5\" y=\"11\"").count(),
        2,
        "a lock before the list, and one in place of the globe: {page}"
    );
    let door = linked(&page, "/apply?group=");
    let page = world.get(&door, "es").await.body;
    assert!(page.contains("Nunca.") && page.contains("responde a quien pide entrar"), "{page}");
    assert!(!page.contains("/elsewhere?uri="), "following alone is not enough: {page}");

    // Where one is invited, nobody is told to ask.
    let club = groups::NewGroup { joining: Joining::Invite, ..new_group("club", Visibility::Private) };
    let club = groups::create(&world.app, ana.0, club).await.unwrap();
    let page = world.get(&club.uri, "es").await.body;
    assert!(page.contains("Solo con invitación") && !page.contains("Unirme"), "{page}");
    let bea = Browser::of(&world, login(&world, "bea").await, "es").await;
    for page in [
        world.get(&format!("/apply?group={}", club.id), "es").await,
        bea.get(&format!("/apply?group={}", club.id)).await,
    ] {
        assert!(
            page.body.contains("Se entra por invitación") && !page.body.contains("action=\"/apply\""),
            "{}",
            page.body
        );
    }
}

#[actix_web::test]
async fn who_leads_knows_whom_becoming_private_would_put_out_and_sees_who_follows() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let neighbour = super::neighbour(&world.app).await;
    let (group, pepe) = (huerto.id, login(&world, "pepe").await);
    let follows = world.app.write(move |tx| {
        for (follower, activity) in
            [(neighbour, "https://other.test/follow/1"), (pepe.0, "https://plaza.test/follow/2")]
        {
            let state = domain::post::FollowState::Accepted;
            let (activity_uri, created) = (activity.to_owned(), tx.now());
            let id: domain::id::TieId = tx.new_id();
            store::follows::set(
                tx,
                id,
                &store::follows::Follow { follower, target: group, state, activity_uri, created },
            )?;
        }
        Ok(())
    });
    follows.await.unwrap();
    let admin = Browser::of(&world, ana, "es").await;
    let manage = admin.get(&format!("/manage?group={group}")).await.body;
    assert!(manage.contains("2 personas que la siguen sin ser miembros dejarán de recibirla"), "{manage}");

    let page = admin.get(&huerto.uri).await.body;
    let list = linked(&page, "/members?");
    let people = admin.get(&list).await.body;
    assert!(people.contains("@pepe@plaza.test") && people.contains("@bea@other.test"), "{people}");
    assert!(!people.contains("@ana@plaza.test"), "she is a member: {people}");
    let after = admin.get(&format!("{list}&after={}", pepe.0.0.max(neighbour.0))).await.body;
    assert!(!after.contains("@pepe@") && !after.contains("@bea@"), "{after}");
    let pepe = Browser::of(&world, pepe, "en").await;
    assert_eq!(pepe.get(&list).await.status, StatusCode::FORBIDDEN);
    assert!(!pepe.get(&huerto.uri).await.body.contains("href=\"/members?"));
}

#[actix_web::test]
async fn who_is_put_out_reads_it_on_the_page_with_the_way_to_appeal() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let (ana, bea_reads) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "es").await);
    let card = format!("/member?group={}&person={}", huerto.id, bea.0);
    let out = "Estás fuera de esta comunidad";
    assert!(!bea_reads.get(&huerto.uri).await.body.contains(out));
    let banned = ana.send(&card, "/member/ban", &[("reason", "Vende macetas"), ("days", "3")]).await;
    assert_eq!(banned.status, StatusCode::SEE_OTHER, "{}", banned.body);
    let page = bea_reads.get(&huerto.uri).await.body;
    assert!(page.contains(out) && page.contains("Vende macetas"), "{page}");
    let statement = linked(&page, "https://plaza.test/statement/");
    assert!(bea_reads.get(&statement).await.body.contains("Vende macetas"));
    assert!(!world.get(&huerto.uri, "es").await.body.contains(out), "it is hers to know");
    assert_eq!(ana.send(&card, "/member/unban", &[]).await.status, StatusCode::SEE_OTHER);
    assert!(!bea_reads.get(&huerto.uri).await.body.contains(out));
}

#[actix_web::test]
async fn who_is_kept_from_writing_reads_why_and_the_log_undoes_it() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let thread = Writing { text: "¿Riego?".into(), group: Some(huerto.id), ..Writing::default() };
    let thread = world.write(ana, thread).await;
    let (ana, bea_reads) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "es").await);
    let card = format!("/member?group={}&person={}", huerto.id, bea.0);
    let kept = |entered: &'static [(&'static str, &'static str)]| {
        let (ana, card) = (&ana, &card);
        async move {
            let token = ana.token(card).await;
            let group = huerto.id.to_string();
            let mut sent: Vec<(String, String)> =
                vec![("form_token".into(), token), ("group".into(), group), ("person".into(), bea.0.to_string())];
            sent.extend(entered.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
            ana.post("/member/hush", &sent).await
        }
    };
    for unclear in [&[("hush", "3")][..], &[("reason", "Grita")], &[("reason", "Grita"), ("hush", "4000")]] {
        assert_eq!(kept(unclear).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{unclear:?}");
    }
    let done = kept(&[("reason", "Grita"), ("hush", "3")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let page = bea_reads.get(&huerto.uri).await.body;
    assert!(page.contains("pero no escribir en ella hasta el") && page.contains("Grita"), "{page}");
    assert!(!page.contains("href=\"/write?group="), "{page}");
    let statement = linked(&page, "https://plaza.test/statement/");
    assert!(bea_reads.get(&statement).await.body.contains("Quitar la palabra en la comunidad"));
    let read = bea_reads.get(&thread.uri).await.body;
    assert!(read.contains("¿Riego?") && read.contains("te ha quitado la palabra"), "{read}");
    assert!(!read.contains("id=\"text\""), "there is nothing to write into: {read}");
    let listed = ana.get(&format!("/members?group={}&banned=yes", huerto.id)).await.body;
    assert!(listed.contains("@bea@") && listed.contains("Sin la palabra"), "{listed}");
    let log = ana.get(&format!("{}/log", huerto.uri)).await.body;
    assert!(log.contains("quitó la palabra a alguien"), "{log}");
    assert_eq!(ana.send(&format!("{}/log", huerto.uri), "/log/undo", &[]).await.status, StatusCode::SEE_OTHER);
    assert!(bea_reads.get(&thread.uri).await.body.contains("id=\"text\""));
    assert!(ana.get(&format!("{}/log", huerto.uri)).await.body.contains("devolvió la palabra"));

    // The same from the page of a post that she wrote.
    let reply = Writing { text: "¡¡NO!!".into(), parent: Some(thread.id), ..Writing::default() };
    let reply = app::posts::create(&world.app, bea, reply).await.unwrap();
    let form = format!("/moderate?post={}", reply.id);
    let entered = [("what", "hush"), ("hush", "1"), ("reason", "Grita otra vez")];
    assert_eq!(ana.send(&form, "/moderate", &entered[..1]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(ana.send(&form, "/moderate", &entered).await.status, StatusCode::SEE_OTHER);
    assert!(bea_reads.get(&thread.uri).await.body.contains("te ha quitado la palabra"));
    assert_eq!(ana.send(&card, "/member/unhush", &[]).await.status, StatusCode::SEE_OTHER);
    assert!(!bea_reads.get(&thread.uri).await.body.contains("te ha quitado la palabra"));
}

#[actix_web::test]
async fn an_invitation_can_be_copied_and_scanned() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    world.link(ana, huerto.id, None).await;
    let page = Browser::of(&world, ana, "es").await.get(&format!("/invitations?group={}", huerto.id)).await.body;
    assert!(page.contains("<svg class=\"squares\"") && page.contains("data-copy=\"Copiar\""), "{page}");
    assert!(page.contains("<script src=\"/assets/page-"), "{page}");
    let secret = sessions::begin(&world.app, ana, &app::Whence::default()).await.unwrap();
    let asked = TestRequest::get().uri("/@huerto").insert_header((header::COOKIE, format!("__Host-tertulia={secret}")));
    assert!(world.ask(asked, "es").await.body.contains("data-copy=\"Copiar\""));
}
