//! Whom an answer is for, and that pages say so.
use actix_web::http::StatusCode;
use app::{Me, follows, posts::Writing};
use domain::{
    id::ActorId,
    post::{Audience, Post},
};

use super::{
    World,
    journeys::{Browser, login},
};

fn to(audience: Audience, text: &str) -> Writing {
    Writing { text: text.into(), audience: Some(audience), ..Writing::default() }
}

/// The post with this address, as somebody sees it.
async fn seen(world: &World, uri: &str, who: Option<ActorId>) -> Option<Post> {
    let uri = uri.to_owned();
    let found = world.app.read(move |c| match store::posts::by_uri(c, &uri)? {
        Some(post) => store::posts::seen(c, post.id, who),
        None => Ok(None),
    });
    found.await.unwrap()
}

#[actix_web::test]
async fn what_answers_a_private_message_is_private() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let [bea, caro, dani] = [login(&world, "bea").await, login(&world, "caro").await, login(&world, "dani").await];
    let asked = world.write(ana, to(Audience::Direct, "@bea @caro ¿venís?")).await;
    let (es, en) = (Browser::of(&world, bea, "es").await, Browser::of(&world, bea, "en").await);
    let page = es.get(&asked.uri).await.body;
    assert!(page.contains("Mención privada") && page.contains("Privado: solo lo leerán ana, caro y tú."), "{page}");
    let page = en.get(&format!("/write?to={}", asked.id)).await.body;
    assert!(page.contains("Private: only you and ana, caro will read it."), "{page}");

    // From the box below it, and from the page with everything.
    for from in [asked.uri.clone(), format!("/write?to={}", asked.id)] {
        let sent = es.send(&from, "/write", &[("text", "Sí, con lo del hospital")]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let uri = sent
            .location
            .rsplit_once("#p")
            .map_or(sent.location.clone(), |(_, id)| format!("https://plaza.test/@bea/{id}"));
        assert_eq!(world.get(&uri, "es").await.status, StatusCode::NOT_FOUND, "{uri}");
        assert_eq!(seen(&world, &uri, Some(dani.0)).await, None);
        for reader in [ana, bea, caro] {
            let answer = seen(&world, &uri, Some(reader.0)).await.expect("an answer to everybody in it");
            assert_eq!((answer.audience, answer.parent), (Audience::Direct, Some(asked.id)));
        }
        // A change of it leaves it to the same.
        let id = uri.rsplit('/').next().unwrap();
        let changed = es.send(&format!("/write?edit={id}"), "/write", &[("text", "Sí")]).await;
        assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.body);
        assert_eq!(seen(&world, &uri, Some(caro.0)).await.expect("it is still hers to read").content.html, "<p>Sí</p>");
        assert_eq!(seen(&world, &uri, None).await, None);
    }
}

#[actix_web::test]
async fn an_answer_is_no_wider_than_what_it_answers() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    follows::request(&world.app, bea, ana.0).await.unwrap();
    let page = Browser::of(&world, bea, "es").await;
    let answered = async |post: &Post| {
        let sent = page.send(&format!("/write?to={}", post.id), "/write", &[("text", "Vale")]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        seen(&world, &sent.location, Some(bea.0)).await.unwrap()
    };
    for (audience, words) in [
        (Audience::Public, "Lo podrá leer cualquiera."),
        (Audience::Unlisted, "cualquiera que tenga el enlace"),
        (Audience::Followers, "Lo leerán quienes te siguen"),
    ] {
        let post = world.write(ana, to(audience, "¿Qué tal?")).await;
        let shown = page.get(&post.uri).await.body;
        assert!(shown.contains(words), "{audience:?}: {shown}");
        assert_eq!(shown.contains("Solo seguidores"), audience == Audience::Followers, "{audience:?}");
        assert_eq!(answered(&post).await.audience, audience);
    }
    // Whoever usually writes for a few still takes part in a community, and nowhere else in front of everybody.
    prefer(&world, bea, Audience::Followers).await;
    let alone = world.write(ana, to(Audience::Public, "Sola")).await;
    assert_eq!(answered(&alone).await.audience, Audience::Followers);
    let thread = Writing { group: Some(huerto.id), ..to(Audience::Public, "Tema") };
    let answer = answered(&world.write(ana, thread).await).await;
    assert_eq!((answer.audience, answer.group), (Audience::Public, Some(huerto.id)));
}

async fn prefer(world: &World, me: Me, audience: Audience) {
    let known = world.app.read(move |c| store::preferences::of(c, me.0)).await.unwrap();
    let wanted = store::preferences::Preferences { audience, ..known };
    app::profiles::prefer(&world.app, me, wanted).await.unwrap();
}
