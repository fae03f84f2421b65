//! A community that one believes: people of a town who grow vegetables, what they wrote in three weeks, and who runs it.

use std::time::Duration;

use app::Me;
use app::gates::Terms;
use app::groups::NewGroup;
use app::moderation::{Measure, take};
use app::people::NewPerson;
use domain::charter::{Charter, Purpose};
use domain::group::{Joining, MemberState, Reach, Role, Visibility};
use domain::id::{ActorId, PostId};
use domain::theme::Theme;
use domain::urls::media::Portrait;
use serde_json::{Value, json};

use super::house::{House, Residents};
use super::paintings;
use crate::network::{Browser, Group, Network, Person, PostOffice, Request, Server, Software, Visitor, id};

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// The community, and those who look at it.
pub(super) struct Demo {
    pub(super) bea: Person,
    pub(super) huerto: Group,
    pub(super) vecinos: Group,
    /// A thread with a tree of replies, one with a poll, and a reply.
    pub(super) leaves: Value,
    pub(super) swap: Value,
    pub(super) reply: Value,
    /// Somebody elsewhere.
    pub(super) lucas: String,
    pub(super) house: House,
}

/// The paintings, by what they are for.
struct Pictures {
    leaves: Vec<u8>,
    seeds: Vec<u8>,
    garden: Vec<u8>,
    sprout: Vec<u8>,
    face: Vec<u8>,
}

impl Pictures {
    async fn paint(browser: &Browser) -> Self {
        Self {
            leaves: browser.paint(paintings::LEAVES, 1200, 800).await,
            seeds: browser.paint(paintings::SEEDS, 1200, 800).await,
            garden: browser.paint(paintings::GARDEN, 1500, 500).await,
            sprout: browser.paint(paintings::SPROUT, 400, 400).await,
            face: browser.paint(paintings::FACE, 400, 400).await,
        }
    }
}

pub(super) async fn person(server: &Server, name: &str, shown: &str, about: &str, admin: bool) -> Person {
    let new = NewPerson {
        name: name.to_owned(),
        email: format!("{name}@example.org"),
        password: "correct horse".to_owned(),
        admin,
        language: "es".to_owned(),
    };
    let actor = app::people::create(server.app(), new).await.expect("a person");
    let token = app::people::create_token(server.app(), actor.id, "read write follow").await.expect("a token");
    let person = Person { server: server.clone(), actor, token };
    let fields =
        json!([{ "name": "Barrio", "value": "Lavapiés, Madrid" }, { "name": "Blog", "value": "http://huerta.test/" }]);
    let body = json!({ "display_name": shown, "note": about, "fields_attributes": fields });
    person.api("PATCH", "/api/v1/accounts/update_credentials", &body).await;
    person
}

async fn group(owner: &Person, new: NewGroup, purpose: Purpose, languages: &[&str], questions: &[&str]) -> Group {
    let (themes, topics): (&[Theme], &[&str]) = match &*new.name {
        "huerto" => (&[Theme::Home, Theme::Environment], &["compost", "semillas"]),
        "vecinos" => (&[Theme::Local, Theme::Politics], &["lavapiés"]),
        "lectura" => (&[Theme::Books], &[]),
        "rust" => (&[Theme::Technology], &["rust"]),
        _ => (&[], &[]),
    };
    let charter = Charter {
        purpose,
        themes: themes.to_vec(),
        topics: topics.iter().map(|topic| (*topic).to_owned()).collect(),
        languages: languages.iter().map(|tag| (*tag).to_owned()).collect(),
        questions: questions.iter().map(|question| (*question).to_owned()).collect(),
        ..Charter::default()
    };
    let actor = app::charters::found(owner.server.app(), Me(owner.actor.id), new, charter).await.expect("a group");
    Group { server: owner.server.clone(), actor }
}

fn new(name: &str, title: &str, summary: &str) -> NewGroup {
    NewGroup {
        hidden: false,
        name: name.to_owned(),
        title: title.to_owned(),
        summary: summary.to_owned(),
        visibility: Visibility::Public,
        joining: Joining::Open,
        reach: Reach::Home,
        host: None,
    }
}

/// Brings a picture for a post.
pub(super) async fn bring(who: &Person, picture: &[u8], alt: &str) -> Value {
    let head = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n";
    let rest = format!("\r\n--x\r\nContent-Disposition: form-data; name=\"description\"\r\n\r\n{alt}\r\n--x--\r\n");
    let request = Request::new("POST", &who.server.url("/api/v2/media"))
        .with("authorization", &format!("Bearer {}", who.token))
        .with("content-type", "multipart/form-data; boundary=x")
        .body([head.as_bytes(), picture, rest.as_bytes()].concat());
    let answer = who.server.ask(&request).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.value()["id"].clone()
}

async fn portrait(who: &Person, whose: ActorId, portrait: Portrait, picture: &[u8]) {
    let bytes = futures_util::stream::iter([Ok(picture.to_vec().into())]);
    app::media::set_portrait(who.server.app(), Me(who.actor.id), whose, portrait, bytes).await.expect("a picture");
}

/// Starts a thread: what `text` begins with is its title.
pub(super) async fn thread(who: &Person, group: &Group, text: &str, more: Value) -> Value {
    let mut body = json!({ "status": format!("{} {text}", group.handle()), "visibility": "public", "language": "es" });
    for (key, value) in more.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    who.api("POST", "/api/v1/statuses", &body).await
}

pub(super) async fn reply(who: &Person, parent: &Value, text: &str) -> Value {
    let body = json!({ "status": text, "visibility": "public", "language": "es", "in_reply_to_id": parent["id"] });
    who.api("POST", "/api/v1/statuses", &body).await
}

async fn like(who: &Person, post: &Value) {
    who.act(&format!("/api/v1/statuses/{}/favourite", id(post))).await;
}

async fn measure(who: &Person, post: &Value, measure: Measure, reason: &str) {
    let post = PostId(id(post).parse().expect("a number"));
    take(who.server.app(), Me(who.actor.id), post, measure, reason.into()).await.expect("a measure");
}

/// Somebody signs up, confirms her address, and waits for an answer.
async fn newcomer(net: &Network, server: &Server, office: &PostOffice) {
    let mut marta = Visitor::new(server);
    let wish = [
        ("name", "marta"),
        ("email", "marta@example.org"),
        ("password", "una frase larga"),
        ("reason", "Tengo un balcón y muchas dudas."),
        ("agreement", "yes"),
    ];
    let answer = marta.fill("/signup", "/signup", &wish).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    net.settle().await;
    let link = office.letter("marta@example.org", 0).await.link(server.host());
    assert_eq!(marta.fill(&link, "/login/confirm", &[]).await.status, 200);
}

async fn pass(net: &Network, seconds: u64) {
    // What is on its way bears the time of now.
    net.settle().await;
    net.pass_time(Duration::from_secs(seconds)).await;
}

impl Demo {
    /// Lets it all happen.
    pub(super) async fn play(net: &Network, server: &Server, browser: &Browser, office: &PostOffice) -> Self {
        let pictures = Pictures::paint(browser).await;
        let ana = person(server, "ana", "Ana Morales", "Huerta en la azotea desde 2014. Cuido esta casa.", true).await;
        let bea = person(server, "bea", "Beatriz Luna", "Tomates, libros y **bicicleta**.", false).await;
        let carla = person(server, "carla", "Carla Ríos", "Moderadora de tarde. Escribo despacio.", false).await;
        let diego = person(server, "diego", "Diego Fuentes", "Riego por goteo y cacharreo.", false).await;
        portrait(&bea, bea.actor.id, Portrait::Icon, &pictures.face).await;

        let about = "Cultivar en casa, en la azotea o en el solar del barrio. Se pregunta sin miedo y se comparte lo que \
            sobra: semillas, esquejes y **herramientas**.";
        let huerto = group(&ana, new("huerto", "Huerto urbano", about), Purpose::Theme, &["es"], &[]).await;
        portrait(&ana, huerto.actor.id, Portrait::Icon, &pictures.sprout).await;
        portrait(&ana, huerto.actor.id, Portrait::Image, &pictures.garden).await;
        let asking = NewGroup {
            joining: Joining::Approval,
            ..new("vecinos", "Vecinas y vecinos de Lavapiés", "Lo que pasa en el barrio, y lo que queremos que pase.")
        };
        let asked = ["¿En qué calle vives?", "¿Cómo supiste de esta comunidad?"];
        let vecinos = group(&ana, asking, Purpose::Society, &["es", "en"], &asked).await;
        let read = new("lectura", "Club de lectura La Noche", "Un libro al mes, sin prisa.");
        let lectura = group(&bea, read, Purpose::Theme, &["es", "ca"], &[]).await;
        let rust = new("rust", "Rust en español", "Para quien programa en Rust, o quiere empezar.");
        group(&carla, rust, Purpose::Profession, &["es"], &[]).await;
        let closed = NewGroup {
            visibility: Visibility::Private,
            joining: Joining::Invite,
            ..new("junta", "Junta de la asociación", "Actas y cuentas.")
        };
        group(&ana, closed, Purpose::Society, &["es"], &[]).await;
        let app = server.app();
        for (person, group) in
            [(&bea, &huerto), (&carla, &huerto), (&diego, &huerto), (&carla, &vecinos), (&diego, &lectura)]
        {
            let asked = app::members::join(app, Me(person.actor.id), group.actor.id).await.expect("a member");
            assert!(group.uri() == vecinos.uri() || asked == MemberState::Active, "{asked:?}");
        }
        let (me, moderator) = (Me(ana.actor.id), Some(Role::Moderator));
        app::members::appoint(app, me, huerto.actor.id, carla.actor.id, moderator).await.expect("a role");
        app::members::appoint(app, me, huerto.actor.id, diego.actor.id, Some(Role::Expert)).await.expect("a role");
        app::gates::make(app, me, huerto.actor.id, Terms { most: Some(20), ..Terms::default() }).await.expect("a link");

        let mastodon = net.peer("mastodon.test", Software::Mastodon);
        let lucas = mastodon.person("lucas");
        let mut face = lucas.document();
        face["name"] = json!("Lucas Prieto");
        face["summary"] = json!("<p>Biólogo. Aquí hablo de plantas y de trenes.</p>");
        mastodon.serve(&face);
        lucas.follow(server, huerto.uri()).await;
        net.settle().await;

        let cast =
            Cast { net, ana: &ana, bea: &bea, carla: &carla, diego: &diego, huerto: &huerto, pictures: &pictures };
        cast.first_weeks(&vecinos, &lectura).await;
        let (leaves, answer) = cast.leaves(&lucas).await;
        let swap = cast.swap().await;
        cast.trouble(&lucas, &vecinos).await;
        newcomer(net, server, office).await;
        let residents =
            Residents { ana: &ana, bea: &bea, carla: &carla, diego: &diego, huerto: &huerto, vecinos: &vecinos };
        let house = residents.furnish(net, server, &pictures.sprout, office).await;
        Self { house, lucas: lucas.handle(), bea, huerto, vecinos, leaves, swap, reply: answer }
    }
}

/// Who takes part.
struct Cast<'a> {
    net: &'a Network,
    ana: &'a Person,
    bea: &'a Person,
    carla: &'a Person,
    diego: &'a Person,
    huerto: &'a Group,
    pictures: &'a Pictures,
}

impl Cast<'_> {
    async fn first_weeks(&self, vecinos: &Group, lectura: &Group) {
        let Self { net, ana, bea, carla, diego, huerto, .. } = *self;
        let calendar = "Calendario de siembra de primavera\n\nLo vamos completando entre todas:\n\n- **Marzo**: guisantes, \
            habas, lechuga de corte.\n- **Abril**: tomate y pimiento en semillero, patata al suelo.\n- **Mayo**: calabacín, \
            judía y albahaca al aire libre.\n\nSi vives en zona de heladas, retrasa todo dos semanas.";
        let calendar = thread(ana, huerto, calendar, Value::Null).await;
        measure(ana, &calendar, Measure::Feature, "").await;
        let noise = "Obras en la calle Olivar: horarios y cortes de agua\n\nEl ayuntamiento avisa de cortes el martes de 9 a 13.";
        thread(ana, vecinos, noise, Value::Null).await;
        pass(net, 6 * DAY).await;
        let book =
            thread(bea, lectura, "Libro de diciembre: *Nada*, de Carmen Laforet\n\nQuedamos el día 20.", Value::Null)
                .await;
        reply(diego, &book, "Lo tengo en la estantería desde hace años. Esta es la mía.").await;
        reply(bea, &calendar, "Añado el ajo: en noviembre, y no falla nunca.").await;
        pass(net, 7 * DAY).await;
        let drip = "Riego por goteo con botellas: mis medidas\n\nDespués de tres veranos, esto es lo que me funciona:\n\n\
            1. Botella de 1,5 l boca abajo, con dos agujeros de 1 mm en el tapón.\n2. Una por cada dos plantas.\n3. Se \
            rellena cada tres días.\n\n> Lo importante no es el agua, es la regularidad.\n\n`caudal ≈ 0,4 l al día`";
        let drip = thread(diego, huerto, drip, Value::Null).await;
        for person in [ana, bea, carla] {
            like(person, &drip).await;
        }
        reply(carla, &drip, "¿Y si el tapón se atasca con la cal?").await;
        pass(net, 2 * DAY).await;
        let closed = thread(diego, huerto, "¿Glifosato sí o no?\n\nAbro melón.", Value::Null).await;
        reply(bea, &closed, "Otra vez no, por favor.").await;
        measure(carla, &closed, Measure::Lock, "Ya hay un hilo sobre esto, y este iba camino de pelea.").await;
        pass(net, DAY).await;
    }

    /// A question with a picture and a tree of answers.
    async fn leaves(&self, lucas: &crate::network::Puppet) -> (Value, Value) {
        let Self { net, ana, bea, carla, diego, huerto, pictures } = *self;
        let picture = bring(bea, &pictures.leaves, "Tres tomateras; las hojas de abajo están amarillas.").await;
        let leaves = "¿Por qué se ponen amarillas las hojas de abajo de mis tomateras?\n\nLlevan así una semana. Riego cada \
            dos días y están en macetas de 20 litros, con sol desde las diez. Las hojas nuevas salen bien, pero las de abajo \
            amarillean desde el borde y acaban cayendo. #tomates #riego";
        let leaves = thread(bea, huerto, leaves, json!({ "media_ids": [picture] })).await;
        pass(net, 2 * HOUR).await;
        let first = reply(
            diego,
            &leaves,
            "Casi siempre es **nitrógeno**: la planta lo saca de las hojas viejas para las nuevas. \
            ¿Con qué abonas?",
        )
        .await;
        pass(net, HOUR).await;
        let answer = reply(bea, &first, "Con nada desde el trasplante, en mayo… creo que ya sé la respuesta 😅").await;
        reply(diego, &answer, "Humus de lombriz, dos puñados por maceta, y en diez días lo notas.").await;
        like(bea, &first).await;
        like(ana, &first).await;
        pass(net, 3 * HOUR).await;
        let uri = leaves["uri"].as_str().expect("an id").to_owned();
        let (group_uri, group_name) = huerto.named();
        let bea_named = (bea.uri().to_owned(), bea.handle());
        let text = "Mira también el riego: en maceta, cada dos días con este calor es poco, y el borde amarillo puede ser \
            <em>falta de magnesio</em>.";
        let mentions = [(group_uri.as_str(), group_name.as_str()), (bea_named.0.as_str(), bea_named.1.as_str())];
        lucas.send(&huerto.server, &lucas.toot(text, &mentions, Some(&uri))).await;
        net.settle().await;
        reply(
            ana,
            &leaves,
            "Y quita las que ya están amarillas del todo: no vuelven, y así corre el aire. Tengo escrito \
            cómo hago el purín de ortiga en http://huerta.test/purin",
        )
        .await;
        let wrong = reply(carla, &leaves, "A mí me pasó lo mismo y era araña roja. Mira el envés con una lupa.").await;
        reply(bea, &wrong, "Mirado: limpio. Gracias, Carla.").await;
        pass(net, 20 * HOUR).await;
        (leaves, answer)
    }

    async fn swap(&self) -> Value {
        let Self { net, ana, bea, carla, diego, huerto, pictures } = *self;
        let picture = bring(ana, &pictures.seeds, "Sobres de semillas sobre una mesa de madera.").await;
        let day = "Intercambio de semillas: ¿qué día os viene mejor?\n\nEn el patio de la biblioteca, de 11 a 14. Traed sobres \
            con el nombre y el año.";
        let swap = thread(ana, huerto, day, json!({ "media_ids": [picture] })).await;
        let poll =
            json!({ "poll": { "options": ["El sábado 12", "El domingo 13", "El sábado 19"], "expires_in": 4 * DAY } });
        let poll = thread(ana, huerto, "Votamos el día del intercambio #semillas", poll).await;
        for (person, choice) in [(bea, 0), (carla, 0), (diego, 2)] {
            let path = format!("/api/v1/polls/{}/votes", poll["poll"]["id"].as_str().expect("a poll"));
            person.api("POST", &path, &json!({ "choices": [choice] })).await;
        }
        reply(bea, &swap, "Llevo tomate rosa de Barbastro y albahaca.").await;
        pass(net, 5 * HOUR).await;
        poll
    }

    /// What those have to look after who keep order, and who runs the server.
    async fn trouble(&self, lucas: &crate::network::Puppet, vecinos: &Group) {
        let Self { net, ana, bea, carla, diego, huerto, .. } = *self;
        let (group_uri, group_name) = huerto.named();
        let mention = [(group_uri.as_str(), group_name.as_str())];
        lucas
            .send(
                &huerto.server,
                &lucas.toot("¿Alguien tiene semillas de borraja? Cambio por cilantro.", &mention, None),
            )
            .await;
        net.settle().await;
        let covered = json!({ "spoiler_text": "Fotos de plagas" });
        thread(carla, huerto, "Guía rápida de bichos: pulgón, mosca blanca y araña roja.", covered).await;
        let spam =
            thread(diego, huerto, "Vendo móviles baratos\n\nEscríbeme por privado, envío gratis.", Value::Null).await;
        let report = json!({ "account_id": diego.actor.id.to_string(), "status_ids": [id(&spam)], "category": "spam",
            "comment": "Es la tercera vez que lo pone." });
        bea.api("POST", "/api/v1/reports", &report).await;
        let answers = vec!["En la calle Argumosa".to_owned(), "Me la contó Ana".to_owned()];
        app::gates::apply(huerto.server.app(), Me(bea.actor.id), vecinos.actor.id, answers).await.expect("a request");
        like(ana, &spam).await;
        ana.act(&format!("/api/v1/statuses/{}/unfavourite", id(&spam))).await;
        pass(net, 600).await;
    }
}
