//! Reading no more of somebody, by pages alone: blocked, muted for a while, and read again.
use actix_web::http::StatusCode;
use app::{groups, invitations, members, posts::Writing, shuns};
use domain::{
    group::{Joining, Visibility},
    id::ActorId,
    shun::Deed,
};
use store::shuns as kept;

use super::{
    World,
    journeys::{Browser, login},
    neighbour, new_group,
};

#[actix_web::test]
async fn somebody_is_blocked_from_what_they_wrote_and_unblocked_on_their_profile() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let (bea, carl) = (login(&world, "bea").await, login(&world, "carl").await);
    let writing = Writing { text: "¡Compra!".into(), group: Some(huerto.id), ..Writing::default() };
    let post = world.write(carl, writing).await;
    let reader = Browser::of(&world, bea, "en").await;
    let page = reader.get(&post.uri).await.body;
    let (block, mute) = (format!("/block?who={}", carl.0), format!("/mute?who={}", carl.0));
    for way in [&block, &mute] {
        assert!(page.contains(&format!("href=\"{way}\"")), "{page}");
    }
    assert!(page.contains("Block carl") && page.contains("Mute carl"), "{page}");
    assert_eq!(reader.send("/@carl", "/follow", &[]).await.status, StatusCode::SEE_OTHER);

    // Nothing is done before one knows what it means.
    let asked = reader.get(&block).await;
    assert!(asked.status == StatusCode::OK && asked.body.contains("Whoever follows the other"), "{}", asked.body);
    let is_blocked = async || {
        let found = world.app.read(move |c| kept::get(c, bea.0, carl.0, Deed::Block)).await;
        found.unwrap().is_some()
    };
    assert!(!is_blocked().await);
    let done = reader.send(&block, "/block", &[]).await;
    assert_eq!((done.status, &*done.location), (StatusCode::SEE_OTHER, "https://plaza.test/@carl"));
    assert!(is_blocked().await);
    let profile = reader.get("/@carl").await.body;
    assert!(profile.contains("You block carl") && !profile.contains(&block), "{profile}");
    assert!(!profile.contains("action=\"/follow\"") && !profile.contains("action=\"/unfollow\""), "{profile}");
    assert!(!reader.get(&huerto.uri).await.body.contains("¡Compra!"));
    assert!(reader.get("/settings/blocks").await.body.contains("@carl@plaza.test"));

    // Where the profile says it, it is taken back.
    let back = reader.send("/@carl", "/settings/blocks/unblock", &[]).await;
    assert_eq!((back.status, &*back.location), (StatusCode::SEE_OTHER, "https://plaza.test/@carl?done=true"));
    assert!(!is_blocked().await);
    let profile = reader.get("/@carl").await.body;
    assert!(!profile.contains("You block carl") && profile.contains("action=\"/follow\""), "{profile}");
    assert!(reader.get(&huerto.uri).await.body.contains("¡Compra!"));

    // Nobody shuns themselves, a community, or nobody; and visitors are offered nothing.
    let own = Browser::of(&world, carl, "en").await;
    assert!(!own.get(&post.uri).await.body.contains("/block?") && !own.get("/@carl").await.body.contains("/block?"));
    for who in [bea.0, huerto.id, ActorId(7)] {
        assert_eq!(reader.get(&format!("/mute?who={who}")).await.status, StatusCode::NOT_FOUND, "{who}");
        let fields = [("who", who.to_string()), ("form_token", reader.token("/write").await)];
        let fields = fields.map(|(name, value)| (name.to_owned(), value));
        for path in ["/block", "/mute"] {
            assert_eq!(reader.post(path, &fields).await.status, StatusCode::NOT_FOUND, "{path} {who}");
        }
    }
    assert!(!world.get(&post.uri, "en").await.body.contains("/block?"));
    shuns::block(&world.app, carl, ana.0).await.unwrap();
    assert!(!Browser::of(&world, ana, "es").await.get("/@carl").await.body.contains("Has bloqueado"), "it is theirs");
}

#[actix_web::test]
async fn in_a_conversation_whom_one_shuns_is_folded_and_keeps_their_place() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let (bea, carl) = (login(&world, "bea").await, login(&world, "carl").await);
    let write = async |who, text: &str, parent: Option<domain::id::PostId>, quote| {
        let group = parent.is_none().then_some(huerto.id);
        world.write(who, Writing { text: text.into(), group, parent, quote, ..Writing::default() }).await
    };
    let thread = write(ana, "¿Riego?", None, None).await;
    let loud = write(carl, "¡Compra macetas!", Some(thread.id), None).await;
    let below = write(ana, "No, gracias", Some(loud.id), None).await;
    write(ana, "Mirad esto", Some(thread.id), Some(loud.id)).await;
    let reader = Browser::of(&world, bea, "en").await;
    let folds = |page: &str, why: &str| page.matches(&format!("</svg><span>{why}</span>")).count();
    assert_eq!(folds(&reader.get(&thread.uri).await.body, "You mute carl."), 0);
    for (deed, why) in [(Deed::Mute, "You mute carl."), (Deed::Block, "You block carl.")] {
        match deed {
            Deed::Mute => shuns::mute(&world.app, bea, carl.0, false, None).await.unwrap(),
            Deed::Block => shuns::block(&world.app, bea, carl.0).await.unwrap(),
        }
        let page = reader.get(&thread.uri).await.body;
        assert_eq!(folds(&page, why), 2, "what he wrote, and where it is quoted: {page}");
        let (fold, place) = (page.find(why).unwrap(), page.find("¡Compra macetas!").unwrap());
        assert!(fold < place && page.contains("<p>No, gracias</p>"), "the tree stays: {page}");
        assert_eq!(folds(&reader.get(&below.uri).await.body, why), 1, "above what one reads, too");
        assert_eq!(folds(&reader.get(&loud.uri).await.body, why), 0, "what one came for is shown");
        shuns::unmute(&world.app, bea, carl.0).await.unwrap();
    }
    assert!(!world.get(&thread.uri, "en").await.body.contains("You block"), "nobody else sees it so");
}

#[actix_web::test]
async fn somebody_is_muted_for_a_while_or_for_good() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let bea = neighbour(&world.app).await;
    let (reader, profile) = (Browser::of(&world, ana, "es").await, "/@bea@other.test");
    let form = format!("/mute?who={bea}");
    assert!(reader.get(profile).await.body.contains(&format!("href=\"{form}\"")));
    let page = reader.get(&form).await.body;
    assert!(page.contains("Silenciar a Bea") && page.contains("value=\"0\" checked"), "{page}");
    let mute = async || world.app.read(move |c| kept::get(c, ana.0, bea, Deed::Mute)).await.unwrap();

    let week = [("days", "7"), ("quiet", "yes")];
    let done = reader.send(&form, "/mute", &week).await;
    assert_eq!(done.location, "https://plaza.test/@bea@other.test", "{}", done.body);
    let shun = mute().await.unwrap();
    let days = shun.until.unwrap().since(shun.created).as_secs() / 86_400;
    assert!((6..=7).contains(&days) && shun.quiet, "{shun:?}");
    let said = reader.get(profile).await.body;
    assert!(said.contains("Silencias a Bea") && said.contains("hasta el"), "{said}");
    assert!(!said.contains(&form) && said.contains("/block?who="), "{said}");
    let back = reader.send(profile, "/settings/blocks/unmute", &[]).await;
    assert_eq!(back.location, "https://plaza.test/@bea@other.test?done=true");
    assert!(mute().await.is_none());

    // What no form offers is for good, like the first choice; what is not ticked is no wish.
    for days in ["0", "4000000000"] {
        assert_eq!(reader.send(&form, "/mute", &[("days", days)]).await.status, StatusCode::SEE_OTHER, "{days}");
        let shun = mute().await.unwrap();
        assert!(shun.until.is_none() && !shun.quiet, "{shun:?}");
        assert!(reader.get(profile).await.body.contains("para siempre"));
    }
}

#[actix_web::test]
async fn of_a_hidden_community_one_takes_back_what_one_did_and_learns_nothing_else() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let (bea, carl) = (login(&world, "bea").await, login(&world, "carl").await);
    let joining = Joining::Invite;
    let hidden = groups::NewGroup { hidden: true, joining, ..new_group("sombra", Visibility::Private) };
    let group = groups::create(&world.app, ana.0, hidden).await.unwrap().id;
    invitations::invite(&world.app, ana, group, bea.0).await.unwrap();
    members::join(&world.app, bea, group).await.unwrap();
    shuns::mute(&world.app, bea, group, true, None).await.unwrap();
    shuns::block(&world.app, bea, group).await.unwrap();
    members::leave(&world.app, bea, group).await.unwrap();

    let (she, he) = (Browser::of(&world, bea, "en").await, Browser::of(&world, carl, "en").await);
    let page = she.get("/settings/blocks").await.body;
    assert_eq!(page.matches("@sombra@plaza.test").count(), 2, "{page}");
    assert_eq!(she.get("/@sombra").await.status, StatusCode::NOT_FOUND);
    for (deed, rest) in [("/settings/blocks/unblock", 1), ("/settings/blocks/unmute", 0)] {
        let done = she.send("/settings/blocks", deed, &[]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{deed}: {}", done.body);
        let page = she.get("/settings/blocks").await.body;
        assert_eq!(page.matches("@sombra@plaza.test").count(), rest, "{page}");
    }

    // From now on its number is nobody's for her, as it always was for him.
    for reader in [&she, &he] {
        let token = reader.token("/settings/blocks").await;
        for (deed, field) in [
            ("/settings/blocks/unblock", "person"),
            ("/settings/blocks/unmute", "person"),
            ("/block", "who"),
            ("/mute", "who"),
            ("/follow", "who"),
            ("/unfollow", "who"),
            ("/report", "who"),
            ("/join", "group"),
            ("/leave", "group"),
            ("/apply", "group"),
            ("/invitations", "group"),
            ("/manage/steps", "group"),
            ("/subscribe/secret", "group"),
            ("/level", "group"),
        ] {
            for number in [group, ActorId(7)] {
                let fields = [
                    (field, number.to_string()),
                    ("form_token", token.clone()),
                    ("what", "other".into()),
                    ("level", "all".into()),
                ];
                let answer = reader.post(deed, &fields.map(|(name, value)| (name.to_owned(), value))).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{deed} {number}");
                assert!(!answer.body.contains("sombra"), "{deed}: {}", answer.body);
            }
        }
        for page in
            ["manage", "manage/rules", "manage/screen", "manage/pace", "manage/archive", "members", "invitations"]
        {
            let looked = reader.get(&format!("/{page}?group={group}")).await;
            assert_eq!(looked.status, StatusCode::NOT_FOUND, "{page}");
        }
        assert_eq!(reader.get("/welcome?group=sombra").await.status, StatusCode::NOT_FOUND);
        // Whoever writes there by its number writes nowhere, and reads nothing of it.
        let page = reader.get(&format!("/write?group={group}")).await.body;
        assert!(!page.contains("sombra"), "{page}");
        let sent = reader.send("/write", "/write", &[("group", &*group.to_string()), ("text", "Hola")]).await;
        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", sent.body);
        assert!(!sent.body.contains("sombra"), "{}", sent.body);
    }
}
