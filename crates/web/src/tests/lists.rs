//! Lists, by pages alone: made, filled from a profile, read, changed and deleted.
use actix_web::http::StatusCode;
use app::{
    actors, follows,
    lists::{self, Wish},
    posts::Writing,
};
use domain::{
    actor::{Actor, ActorKind},
    list::Replies,
    time::Timestamp,
};

use super::{
    World,
    journeys::{Browser, login},
};

#[actix_web::test]
async fn a_list_is_made_filled_from_a_profile_read_changed_and_deleted() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let (bea, carl) = (login(&world, "bea").await, login(&world, "carl").await);
    let reader = Browser::of(&world, bea, "en").await;
    let lists = async |with| world.app.read(move |c| store::lists::of(c, bea.0, with)).await.unwrap();
    assert!(reader.get("/").await.body.contains("/lists\""), "one finds them at home");

    let wrong = reader.send("/lists", "/lists", &[("title", " ")]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("Write a name."), "{}", wrong.body);
    let made = reader.send("/lists", "/lists", &[("title", "Barrio")]).await;
    let list = lists(None).await.pop().unwrap();
    let page = format!("/lists/{}", list.id);
    assert_eq!(made.location, format!("https://plaza.test{page}"));
    assert!(reader.get(&page).await.body.contains("There is nobody in this list yet"));

    // Only whom one follows is put into lists, from their profile.
    let who = format!("/lists/who?who={}", ana.0);
    assert!(!reader.get("/@ana").await.body.contains(&who));
    let field = format!("list_{}", list.id);
    let value = list.id.to_string();
    let refused = reader.send(&who, "/lists/who", &[(&field, &value)]).await;
    assert_ne!(refused.status, StatusCode::SEE_OTHER);
    for person in [ana, carl] {
        follows::request(&world.app, bea, person.0).await.unwrap();
    }
    assert!(reader.get("/@ana").await.body.contains(&format!("href=\"{who}\"")));
    let done = reader.send(&who, "/lists/who", &[(&field, &value), ("title", "Amigas")]).await;
    assert_eq!(done.location, "https://plaza.test/@ana", "{}", done.body);
    let with: Vec<String> = lists(Some(ana.0)).await.into_iter().map(|list| list.title).collect();
    assert_eq!(with, ["Barrio", "Amigas"]);
    let form = reader.get(&who).await.body;
    assert!(form.matches(" checked").count() == 2, "{form}");
    // A form from before another list was made takes nobody out of that one.
    let done = reader.send(&who, "/lists/who", &[(&field, &value), ("offered", &value)]).await;
    assert_eq!((done.status, lists(Some(ana.0)).await.len()), (StatusCode::SEE_OTHER, 2), "{}", done.body);

    world.write(ana, Writing { text: "Se vende pan".into(), ..Writing::default() }).await;
    let theirs = world.write(carl, Writing { text: "Hace sol".into(), ..Writing::default() }).await;
    let read = reader.get(&page).await.body;
    assert!(read.contains("Se vende pan") && !read.contains("Hace sol"), "{read}");
    app::shares::create(&world.app, ana, theirs.id).await.unwrap();
    let read = reader.get(&page).await.body;
    assert!(read.contains("Hace sol") && read.contains("Passed on by <bdi>ana</bdi>"), "{read}");

    // It is theirs alone.
    let other = Browser::of(&world, carl, "en").await;
    for path in [page.clone(), format!("{page}/manage")] {
        assert_eq!(other.fetch(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(reader.fetch("/lists/x").await.status, StatusCode::NOT_FOUND);

    let manage = format!("{page}/manage");
    let wish = [("title", "Plaza"), ("replies", "none"), ("apart", "yes")];
    let done = reader.send(&manage, &manage, &wish).await;
    assert_eq!(done.location, format!("https://plaza.test{page}?done=true"), "{}", done.body);
    let list = lists(None).await.into_iter().find(|one| one.id == list.id).unwrap();
    assert!((&*list.title, list.replies, list.apart) == ("Plaza", Replies::Nobody, true), "{list:?}");
    let out = reader.send(&manage, "/lists/take-out", &[]).await;
    assert_eq!(out.location, format!("https://plaza.test{manage}?done=true"), "{}", out.body);
    assert_eq!(lists(Some(ana.0)).await.len(), 1);
    let gone = reader.send(&manage, "/lists/remove", &[]).await;
    assert_eq!(gone.location, "https://plaza.test/lists?done=true");
    assert!(lists(None).await.len() == 1 && reader.fetch(&page).await.status == StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn a_long_list_of_people_goes_on_on_another_page() {
    let world = World::new();
    world.first_run().await;
    let bea = login(&world, "bea").await;
    let wish = Wish { title: "Barrio".into(), replies: Replies::Members, apart: false };
    let list = lists::create(&world.app, bea, wish).await.unwrap();
    let manage = format!("/lists/{}/manage", list.id);
    let filled = world.app.write(move |tx| {
        for n in 0..=200 {
            let (name, uri) = (format!("n{n}"), format!("https://other.test/users/n{n}"));
            let inbox = format!("{uri}/inbox");
            let actor = Actor { inbox, ..Actor::new(ActorKind::Person, uri, (&*name, "other.test"), Timestamp(0)) };
            let (keys, emoji) = (Vec::new(), Vec::new());
            let found = actors::Found { actor, keys, rules: None, staff: None, emoji, suspended: false };
            let person = actors::record(tx, &found)?;
            store::lists::add(tx, &list, person)?;
        }
        Ok(())
    });
    filled.await.unwrap();
    let reader = Browser::of(&world, bea, "en").await;
    let first = reader.get(&manage).await.body;
    let (newest, oldest) = ("@n200@other.test", "@n0@other.test");
    assert!(first.contains(newest) && !first.contains(oldest), "{first}");
    let next = first.split("rel=\"next\" href=\"").nth(1).unwrap_or_else(|| panic!("no way on: {first}"));
    let second = reader.get(next.split('"').next().unwrap()).await.body;
    assert!(second.contains(oldest) && !second.contains(newest) && !second.contains("rel=\"next\""), "{second}");
}
