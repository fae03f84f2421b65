//! What open pages hear: nothing twice, nothing lost between two connections, and nothing once one has signed out.
use std::{pin::Pin, time::Duration};

use actix_web::{
    HttpMessage,
    body::{BoxBody, MessageBody},
    dev::ServiceResponse,
    http::{StatusCode, header},
    test::{TestRequest, call_service, init_service},
    web::Data,
};
use app::{Whence, posts::Writing, sessions, shuns};
use domain::{group::Visibility, id::PostId};
use futures_util::future::poll_fn;

use super::{
    World,
    journeys::{Browser, login},
    new_group,
};

/// How long a line takes that is not coming.
const PATIENCE: Duration = Duration::from_millis(200);

/// An open page, as far as it listens.
struct Ear {
    status: StatusCode,
    body: Pin<Box<BoxBody>>,
}

impl Ear {
    fn of(answer: ServiceResponse) -> Self {
        Self { status: answer.status(), body: Box::pin(answer.into_body()) }
    }

    /// The next line; an empty one at the end of the stream.
    async fn line(&mut self) -> String {
        let line = poll_fn(|context| self.body.as_mut().poll_next(context)).await;
        line.map(|line| String::from_utf8(line.unwrap().to_vec()).unwrap()).unwrap_or_default()
    }

    async fn is_silent(&mut self) -> bool {
        tokio::time::timeout(PATIENCE, self.line()).await.is_err()
    }
}

/// Where a page says that it listens.
fn ear_of(page: &str) -> String {
    page.split("data-live=\"").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&")
}

/// Begins to listen at an address, with a cookie, from somewhere.
macro_rules! listener {
    ($world:expr) => {{
        let service = actix_web::App::new().app_data(Data::new($world.app.clone()));
        let service = init_service(service.configure(crate::configure(&$world.app))).await;
        async move |path: &str, cookie: &str, from: &str| -> Ear {
            let request = TestRequest::get().uri(path).insert_header((header::ACCEPT_LANGUAGE, "en"));
            let request = request.insert_header((header::COOKIE, cookie)).to_request();
            request.extensions_mut().insert(Whence { address: from.parse().ok(), ..Whence::default() });
            Ear::of(call_service(&service, request).await)
        }
    }};
}

fn reply(to: PostId, text: &str) -> Writing {
    Writing { text: text.into(), parent: Some(to), ..Writing::default() }
}

#[actix_web::test]
async fn nothing_is_lost_between_two_connections() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let (bea, luz) = (login(&world, "bea").await, login(&world, "luz").await);
    let thread = Writing { text: "Riego".into(), group: Some(huerto.id), ..Writing::default() };
    let thread = world.write(ana, thread).await;
    world.write(ana, reply(thread.id, "cero")).await;
    shuns::mute(&world.app, bea, luz.0, false, None).await.unwrap();
    let browser = Browser::of(&world, bea, "en").await;
    let path = ear_of(&browser.get(&thread.uri).await.body);
    let listen = listener!(world);

    // What comes before the page listens is heard at once; of oneself, and of those whom one mutes, nothing is.
    let first = world.write(ana, reply(thread.id, "uno")).await;
    world.write(bea, reply(thread.id, "mío")).await;
    world.write(luz, reply(thread.id, "callada")).await;
    let mut ear = listen(&path, browser.cookie(), "203.0.113.5").await;
    let line = ear.line().await;
    assert!(line.contains("\"1 new reply\"") && line.contains(&format!("?new=1#p{}", first.id)), "{line}");
    world.write(luz, reply(thread.id, "otra vez")).await;
    assert!(ear.is_silent().await);
    world.write(ana, reply(thread.id, "dos")).await;
    assert!(ear.line().await.contains("2 new replies"));
    // Whoever comes again hears of all that the page does not show.
    drop(ear);
    world.write(ana, reply(thread.id, "tres")).await;
    let mut ear = listen(&path, browser.cookie(), "203.0.113.5").await;
    let line = ear.line().await;
    assert!(line.contains("3 new replies") && line.contains(&format!("#p{}", first.id)), "{line}");
    assert!(ear.is_silent().await);
}

#[actix_web::test]
async fn whoever_signs_out_hears_nothing_more() {
    let world = World::new();
    let (ana, _) = world.first_run().await;
    let junta = app::groups::create(&world.app, ana.0, new_group("junta", Visibility::Private)).await.unwrap();
    let acta = Writing { text: "El acta".into(), group: Some(junta.id), ..Writing::default() };
    let acta = world.write(ana, acta).await;
    let listen = listener!(world);
    let (one, two) = (Browser::of(&world, ana, "en").await, Browser::of(&world, ana, "en").await);
    let path = ear_of(&one.get(&acta.uri).await.body);
    let mut here = listen(&path, one.cookie(), "203.0.113.5").await;
    assert!(here.status == StatusCode::OK && here.is_silent().await);
    let left = one.send("/settings", "/logout", &[]).await;
    assert_eq!(left.status, StatusCode::SEE_OTHER, "{}", left.body);
    assert_eq!(here.line().await, "", "the stream ends");
    // The browser asks again, as a stranger by now.
    assert_eq!(listen(&path, one.cookie(), "203.0.113.5").await.status, StatusCode::NOT_FOUND);

    // So it is for whoever is signed out from another browser; that one comes again, and hears on.
    let mut there = listen(&path, two.cookie(), "203.0.113.5").await;
    let kept = sessions::list(&world.app, ana).await.unwrap().first().map(|row| domain::id::SessionId(row.id));
    sessions::end_others(&world.app, ana, kept.unwrap()).await.unwrap();
    assert_eq!(there.line().await, "");
    assert_eq!(listen(&path, two.cookie(), "203.0.113.5").await.status, StatusCode::OK);
}

#[actix_web::test]
async fn nobody_takes_the_places_of_all() {
    let world = World::new();
    let (ana, huerto) = world.first_run().await;
    let thread = Writing { text: "Riego".into(), group: Some(huerto.id), ..Writing::default() };
    let path = format!("/live?thread={}", world.write(ana, thread).await.id);
    let listen = listener!(world);
    let mut open = Vec::new();
    for _ in 0..crate::live::NEAR {
        open.push(listen(&path, "", "2001:db8::1").await);
    }
    assert!(open.iter().all(|ear| ear.status == StatusCode::OK));
    let status = async |from: &str| listen(&path, "", from).await.status;
    assert_eq!(status("2001:db8::2").await, StatusCode::TOO_MANY_REQUESTS, "the same customer has many addresses");
    assert_eq!(status("203.0.113.5").await, StatusCode::OK);
    open.pop();
    assert_eq!(status("2001:db8::2").await, StatusCode::OK, "whoever leaves makes room");
}
