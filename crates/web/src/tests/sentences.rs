//! Sentences that those who run the site say in words of their own.
use actix_web::http::StatusCode;
use app::mail::{About, Letter};
use domain::sentence::Sentence;

use super::{World, journeys::Browser};
use crate::{language::Language, letters};

const LIST: &str = "/admin/sentences";
const ONE: &str = "/admin/sentences/one";

fn form(name: &str, language: &str) -> String {
    format!("{ONE}?name={name}&language={language}")
}

#[actix_web::test]
async fn a_sentence_is_found_said_otherwise_and_said_as_before() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let ana = Browser::of(&world, ana, "es").await;
    let heading = async |language: &'static str| {
        let page = world.get("/communities", language).await.body;
        page.split("<h1>").nth(1).unwrap().split("</h1>").next().unwrap().to_owned()
    };
    assert_eq!(heading("es").await, "Comunidades");
    assert!(ana.get("/admin/texts").await.body.contains("href=\"/admin/sentences\""));
    assert!(ana.get(LIST).await.body.contains("Todas las frases son todavía las del programa."));
    let way = "href=\"/admin/sentences/one?name=communities&#38;language=es\"";
    for q in ["comunidades", "COMMUNITIES"] {
        let found = ana.get(&format!("{LIST}?q={q}&language=es")).await.body;
        assert!(found.contains(way), "{q}: {found}");
    }
    assert!(ana.get(&format!("{LIST}?q=plazas+y+corros")).await.body.contains("Ninguna frase dice eso."));

    let said = ana.send(&form("communities", "es"), ONE, &[("text", " Plazas & \"corros\"\r\ndel barrio")]).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.body);
    assert_eq!(heading("es").await, "Plazas &#38; &#34;corros&#34; del barrio");
    assert_eq!(heading("en").await, "Communities");
    let own = ana.get(LIST).await.body;
    assert!(own.contains(way) && own.contains("Plazas &#38;"), "{own}");
    assert!(ana.get(&format!("{LIST}?q=plazas&language=es")).await.body.contains(way));
    let log = ana.get("/admin/log").await.body;
    assert!(log.contains("cambió una frase de las páginas") && log.contains("communities, es"), "{log}");

    let back = ana.send(&form("communities", "es"), ONE, &[("what", "restore")]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.body);
    assert_eq!(heading("es").await, "Comunidades");
    let twice = ana.send(&form("communities", "es"), ONE, &[("what", "restore")]).await;
    assert_eq!(twice.status, StatusCode::NOT_FOUND);
    for nothing in [form("nothing-like-that", "es"), form("communities", "fr")] {
        assert_eq!(ana.get(&nothing).await.status, StatusCode::NOT_FOUND, "{nothing}");
    }
}

#[actix_web::test]
async fn what_does_not_fit_is_not_taken_and_no_html_is_said() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let ana = Browser::of(&world, ana, "es").await;
    let members = form("members", "es");
    for (text, why) in [
        ("{ $count } <b>vecinas</b>", "Los signos de menor y mayor no se admiten."),
        ("{ $cuantas } vecinas", "En esta frase no se puede rellenar { $cuantas }."),
        ("vecinas", "Falta { $count }."),
        ("{ $count vecinas", "No se entiende lo que va entre llaves."),
        ("{ $count ->\n[una] una\n*[other] { $count }\n}", "Ningún plural se llama [una]"),
        (" ", "Tiene que decir algo."),
    ] {
        let refused = ana.send(&members, ONE, &[("text", text)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
        assert!(refused.body.contains(why) && !refused.body.contains("<b>vecinas"), "{text}: {}", refused.body);
    }
    let t = Language::of_person("es", world.app.sentences().words());
    assert_eq!(t.members(1_i64), "1 miembro");
    let plural = "{ $count ->\r\n[one] una vecina\r\n[many] { $count } de vecinas\r\n*[other] { $count } vecinas\r\n}";
    let said = ana.send(&members, ONE, &[("text", plural)]).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.body);
    let t = Language::of_person("es", world.app.sentences().words());
    let counted = [1_i64, 12_000, 1_000_000].map(|count| t.members(count));
    assert_eq!(counted, ["una vecina", "12.000 vecinas", "1.000.000 de vecinas"].map(str::to_owned));
    let en = Language::of_person("en", world.app.sentences().words());
    assert_eq!(en.members(1_i64), "1 member");
}

#[actix_web::test]
async fn what_fits_no_more_is_not_said_and_letters_say_the_rest() {
    let world = World::new();
    let (me, _) = world.first_run().await;
    let ana = Browser::of(&world, me, "es").await;
    let say = async |name: &str, text: &str| {
        let sentence = Sentence { name: name.into(), language: "es".into(), text: text.into() };
        app::sentences::say(&world.app, me, sentence).await.unwrap();
    };
    // So it may be after an upgrade: the program knows other names, or fills in other things.
    say("members", "{ $neighbours } vecinas").await;
    say("no-more", "Adiós").await;
    say("mail-greeting", "Salud, { $name }.").await;
    let own = ana.get(LIST).await.body;
    assert_eq!(own.matches("no se usa").count(), 2, "{own}");
    let void = ana.get(&form("no-more", "es")).await.body;
    assert!(void.contains("Esto ya no encaja") && void.contains("Adiós") && !void.contains("<textarea"), "{void}");
    let back = ana.send(&form("no-more", "es"), ONE, &[("what", "restore")]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);

    let t = Language::of_person("es", world.app.sentences().words());
    assert_eq!(t.members(7_i64), "7 miembros");
    let letter = Letter {
        to: "ana@plaza.test".into(),
        name: "ana".into(),
        language: "es".into(),
        words: world.app.sentences().words(),
        site: "plaza.test".into(),
        closing: String::new(),
        about: About::Renew { link: "https://plaza.test/x".into() },
    };
    let letter = letters::write(&letter).unwrap();
    assert!(letter.text.starts_with("Salud, ana.\n") && letter.html.contains("Salud, ana."), "{}", letter.text);
}

#[actix_web::test]
async fn what_another_process_says_otherwise_is_said_here_when_it_is_read_again() {
    let world = World::new();
    world.first_run().await;
    let theirs = Sentence { name: "communities".into(), language: "en".into(), text: "Squares".into() };
    world.app.write(move |tx| Ok(store::sentences::set(tx, &theirs)?)).await.unwrap();
    assert!(world.get("/communities", "en").await.body.contains("<h1>Communities</h1>"));
    app::sentences::load(&world.app).await.unwrap();
    assert!(world.get("/communities", "en").await.body.contains("<h1>Squares</h1>"));
    assert!(world.get("/communities", "es").await.body.contains("<h1>Comunidades</h1>"));
}
