//! What people are told and tell: announcements until they put them away, rules that a report names, a profile as it was
//! typed with its pictures, and names with emoji.
use actix_web::http::StatusCode;
use app::{Me, announcements, follows, imprint, levels, posts::Writing, profiles};
use domain::{emoji::Emoji, id::EmojiId, imprint::Wording, notice::Level, post::FollowState, time::Timestamp};

use super::{
    World,
    journeys::{Browser, login},
    writing::PICTURE,
};

#[actix_web::test]
async fn an_announcement_is_shown_until_one_puts_it_away() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let bea = login(&world, "bea").await;
    announcements::create(&world.app, Some(ana), "Mudanza el **domingo**".into(), None).await.unwrap();
    let (ana, bea) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "en").await);
    let is_told = async |who: &Browser<'_>| who.get("/").await.body.contains("Mudanza el <strong>domingo</strong>");
    assert!(is_told(&ana).await && is_told(&bea).await);
    assert!(!world.get("/", "es").await.body.contains("Mudanza"), "it is for those with a login");
    let away = bea.send("/", "/announcements/seen", &[]).await;
    assert_eq!((away.status, &*away.location), (StatusCode::SEE_OTHER, "https://plaza.test/"));
    assert!(is_told(&ana).await && !is_told(&bea).await, "each for themselves");
}

#[actix_web::test]
async fn a_report_names_rules_of_the_house_and_the_team_reads_them() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    for (es, en) in [("Nada de acoso", "No harassment"), ("Nada ilegal", "Nothing illegal")] {
        let wording =
            |language: &str, text: &str| Wording { language: language.into(), text: text.into(), hint: String::new() };
        let say = imprint::Change::Say(None, vec![wording("es", es), wording("en", en)]);
        imprint::change_house_rules(&world.app, ana, say).await.unwrap();
    }
    let rules = imprint::house_rules(&world.app).await.unwrap();
    let post = Writing { text: "Grosería".into(), group: Some(huerto.id), ..Writing::default() };
    let post = world.write(ana, post).await;
    let carla = login(&world, "carla").await;
    let (ana, bea) = (Browser::of(&world, ana, "es").await, Browser::of(&world, bea, "en").await);
    let form = format!("/report?post={}", post.id);
    let page = bea.get(&form).await.body;
    assert!(page.contains("No harassment") && page.contains("Nothing illegal"), "{page}");
    let field = format!("house_{}", rules[0].id);
    let entered = [("what", "violation"), (field.as_str(), &*rules[0].id.to_string())];
    assert_eq!(bea.send(&form, "/report", &entered).await.status, StatusCode::OK);
    let queue = ana.get("/queue").await.body;
    assert!(queue.contains("Nada de acoso") && !queue.contains("Nada ilegal"), "{queue}");
    // Nobody names what is no rule.
    let carla = Browser::of(&world, carla, "en").await;
    let entered = [("what", "other"), ("house_1", "1"), ("house_x", "x")];
    assert_eq!(carla.send(&form, "/report", &entered).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn whoever_asks_to_follow_is_answered_in_the_notice() {
    let world = World::new();
    world.first_run().await;
    let bea = login(&world, "bea").await;
    let change = profiles::Change { approves_followers: Some(true), ..profiles::Change::default() };
    profiles::change(&world.app, bea, change).await.unwrap();
    let follow = async |who: Me| {
        let found = world.app.read(move |c| store::follows::get(c, who.0, bea.0)).await.unwrap();
        found.map(|follow| follow.state)
    };
    let reads = Browser::of(&world, bea, "en").await;
    for (name, answer, becomes) in [("carl", "yes", Some(FollowState::Accepted)), ("dora", "no", None)] {
        let asks = login(&world, name).await;
        follows::request(&world.app, asks, bea.0).await.unwrap();
        assert_eq!(follow(asks).await, Some(FollowState::Pending));
        let notices = reads.get("/notices").await.body;
        assert!(notices.contains(&format!("<bdi>{name}</bdi> asks to follow you")), "{notices}");
        assert!(!notices.contains("href=\"/queue\""), "nothing waits for her there: {notices}");
        let done = reads.send("/notices", "/notices/answer", &[("answer", answer)]).await;
        assert_eq!((done.status, &*done.location), (StatusCode::SEE_OTHER, "https://plaza.test/notices"));
        assert_eq!(follow(asks).await, becomes, "{name}");
        assert!(!reads.get("/notices").await.body.contains("/notices/answer"), "it is answered");
    }
}

#[actix_web::test]
async fn one_says_who_finds_one() {
    let world = World::new();
    world.first_run().await;
    let bea = login(&world, "bea").await;
    let (browser, page) = (Browser::of(&world, bea, "en").await, "/settings/profile");
    let is = async || {
        let actor = world.app.read(move |c| store::actors::by_id(c, bea.0)).await.unwrap().unwrap();
        [actor.discoverable, actor.indexable, actor.approves_followers, actor.hides_circle]
    };
    assert_eq!(is().await, [true, true, false, false]);
    assert!(!world.get("/@bea", "en").await.body.contains("noindex"));
    // From the first page of the settings one looks for all others; on each of them they stay in one line.
    let whole = "<nav class=\"whole\"";
    assert!(browser.get("/settings").await.body.contains(whole) && !browser.get(page).await.body.contains(whole));
    let action = "/settings/profile/finding";
    let kept = browser.send(page, action, &[("discoverable", "yes"), ("approves", "yes"), ("hides", "yes")]).await;
    assert_eq!(kept.location, "https://plaza.test/settings/profile?done=true", "{}", kept.body);
    assert_eq!(is().await, [true, false, true, true]);
    assert!(world.get("/@bea", "en").await.body.contains("<meta name=\"robots\" content=\"noindex\">"));
    let shown = browser.get(page).await.body;
    let is_ticked = |name: &str| shown.contains(&format!("name=\"{name}\" value=\"yes\" checked"));
    assert_eq!(["discoverable", "indexable", "approves", "hides"].map(is_ticked), [true, false, true, true], "{shown}");
    browser.send(page, page, &[("name", "Bea")]).await;
    assert_eq!(is().await, [true, false, true, true], "the one form leaves the other as it was");
}

#[actix_web::test]
async fn whoever_wants_to_hear_of_everything_is_told_what_it_is() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    levels::of_group(&world.app, bea, huerto.id, Level::All).await.unwrap();
    let writing = |text: &str| Writing { text: text.into(), group: Some(huerto.id), ..Writing::default() };
    let thread = world.write(ana, writing("¿Quién riega?")).await;
    levels::of_thread(&world.app, bea, thread.id, Level::All).await.unwrap();
    world.write(ana, Writing { parent: Some(thread.id), ..writing("Ya riego yo") }).await;
    for (language, began, replied) in [
        (
            "es",
            "<bdi>ana</bdi> ha abierto una conversación",
            "<bdi>ana</bdi> ha respondido en una conversación que sigues",
        ),
        ("en", "<bdi>ana</bdi> began a conversation", "<bdi>ana</bdi> replied in a conversation that you follow"),
    ] {
        let notices = Browser::of(&world, bea, language).await.get("/notices").await.body;
        assert!(notices.contains(began) && notices.contains(replied), "{notices}");
    }
}

#[actix_web::test]
async fn a_profile_is_changed_as_it_was_typed() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let about = "Tomates, **libros** y [huerta](https://huerta.test/).\n\n- uno\n- dos";
    let entered = [("name", "Ana"), ("about", about), ("about1", "Web"), ("line1", "*casi* siempre")];
    let browser = Browser::of(&world, ana, "es").await;
    let form = "/settings/profile";
    assert_eq!(browser.send(form, form, &entered).await.status, StatusCode::SEE_OTHER);
    let page = browser.get(form).await.body;
    assert!(page.contains(&about.replace('>', "&#62;")), "{page}");
    assert!(page.contains("value=\"*casi* siempre\""), "{page}");
    assert!(browser.get("/@ana").await.body.contains("<strong>libros</strong>"));
    // What an application changes alone leaves the rest as it was typed.
    let change = profiles::Change { name: Some("Ana M.".into()), ..profiles::Change::default() };
    profiles::change(&world.app, ana, change).await.unwrap();
    assert!(browser.get(form).await.body.contains("**libros**"));
}

#[actix_web::test]
async fn people_show_themselves_by_forms() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let (browser, form) = (Browser::of(&world, ana, "es").await, "/settings/profile");
    for (what, class) in [("icon", "class=\"avatar\" src"), ("image", "class=\"cover\" src")] {
        assert!(!browser.get(form).await.body.contains(class), "{what}");
        let mine = [("whose", ana.0.to_string()), ("what", what.to_owned())];
        let mine: Vec<(&str, &str)> = mine.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let kept = browser.bring_to(form, "/picture", &mine, &PICTURE).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.body);
        let shown = browser.get(&kept.location).await.body;
        assert!(shown.contains(class) && shown.contains("role=\"status\"") && shown.contains("Guardado"), "{shown}");
        let gone = browser.bring_to(form, "/picture", &[&mine[..], &[("remove", "yes")]].concat(), &[]).await;
        assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.body);
        let page = browser.get(form).await.body;
        assert!(!page.contains(class) && !page.contains("Guardado"), "it is said once: {page}");
    }
    // Nobody shows somebody else, nor a community that they do not lead.
    let bea = Browser::of(&world, bea, "en").await;
    for (whose, status) in [(ana.0, StatusCode::NOT_FOUND), (huerto.id, StatusCode::FORBIDDEN)] {
        let theirs = whose.to_string();
        // What they bring is not looked at.
        for file in [&PICTURE[..], b"no picture"] {
            let refused = bea.bring_to(form, "/picture", &[("whose", &*theirs), ("what", "icon")], file).await;
            assert_eq!(refused.status, status, "{}", refused.body);
        }
    }
}

#[actix_web::test]
async fn of_the_lines_those_in_use_are_shown_and_one_that_is_free() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let (browser, form) = (Browser::of(&world, ana, "es").await, "/settings/profile");
    let fold = |page: &str| page.split("<details class=\"more-fields\"").nth(1).map(str::to_owned);
    let folded = fold(&browser.get(form).await.body).expect("a fold");
    assert!(!folded.contains("id=\"about1\"") && folded.contains("id=\"about2\""), "{folded}");
    let two = [("name", "Ana"), ("about1", "Web"), ("line1", "a"), ("about2", "Blog"), ("line2", "b")];
    assert_eq!(browser.send(form, form, &two).await.status, StatusCode::SEE_OTHER);
    let folded = fold(&browser.get(form).await.body).expect("a fold");
    assert!(!folded.contains("id=\"about3\"") && folded.contains("id=\"about4\""), "{folded}");
    let four = [two.as_slice(), &[("about3", "c"), ("line3", "c"), ("about4", "d"), ("line4", "d")]].concat();
    assert_eq!(browser.send(form, form, &four).await.status, StatusCode::SEE_OTHER);
    assert_eq!(fold(&browser.get(form).await.body), None);
}

#[actix_web::test]
async fn emoji_in_names_are_pictures_and_are_at_hand_where_one_writes() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    let emoji = |id, shortcode: &str, enabled| Emoji {
        id: EmojiId(id),
        peer: None,
        shortcode: shortcode.into(),
        url: format!("{shortcode}.png"),
        still: None,
        category: None,
        enabled,
        updated: Timestamp(0),
    };
    let (shown, hidden) = (emoji(1, "brote", true), emoji(2, "seca", false));
    let kept = world.app.write(move |tx| Ok([&shown, &hidden].map(|emoji| store::emoji::insert(tx, emoji))));
    kept.await.unwrap().into_iter().collect::<Result<Vec<_>, _>>().unwrap();
    let change = profiles::Change { name: Some("Ana <b> :brote:".into()), ..profiles::Change::default() };
    profiles::change(&world.app, ana, change).await.unwrap();
    let thread = world.write(bea, Writing { text: "Hola".into(), group: Some(huerto.id), ..Writing::default() }).await;
    world.write(ana, Writing { text: "Buenas".into(), parent: Some(thread.id), ..Writing::default() }).await;
    let bea = Browser::of(&world, bea, "en").await;
    for path in ["/@huerto", "/@ana", "/notices", "/search?q=ana", &thread.uri] {
        let page = bea.get(path).await.body;
        assert!(
            page.contains("Ana &#60;b&#62; <img class=\"emoji\"")
                || page.contains("Ana &lt;b&gt; <img class=\"emoji\""),
            "{path}: {page}"
        );
    }
    let writing = bea.get("/write").await.body;
    assert!(writing.contains("data-insert=\":brote:\"") && !writing.contains(":seca:"), "{writing}");
}
