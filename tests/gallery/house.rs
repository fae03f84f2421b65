//! What the demo community has beside its conversations: rules, an emoji, an announcement, a measure that somebody may
//! appeal against, and what is gone.

use app::Me;
use app::bylaws::Entry;
use app::imprint::Change;
use app::moderation::{Measure, take};
use domain::bylaw::Citation;
use domain::id::{MediaId, PostId};
use domain::imprint::Wording;
use domain::statement::Grounds;
use serde_json::{Value, json};

use super::demo::{bring, person, reply, thread};
use crate::network::{Group, Network, Person, Server, id};

/// Where some of it is.
pub(super) struct House {
    /// Where somebody reads what was decided about them, and where somebody appealed.
    pub(super) statement: String,
    pub(super) appealed: String,
    /// A post that was deleted, and one that was changed.
    pub(super) gone: String,
    pub(super) changed: String,
    /// The link into a community.
    pub(super) link: String,
}

/// Those who have something to do with it.
pub(super) struct Residents<'a> {
    pub(super) ana: &'a Person,
    pub(super) carla: &'a Person,
    pub(super) diego: &'a Person,
    pub(super) huerto: &'a Group,
}

fn rule(key: Option<i64>, title: &str, text: &str) -> Entry {
    Entry { key, title: title.to_owned(), text: text.to_owned() }
}

/// The path of an address of this server.
fn path(server: &Server, address: &str) -> String {
    address.strip_prefix(&server.url("")).unwrap_or(address).to_owned()
}

impl Residents<'_> {
    /// Furnishes it all.
    pub(super) async fn furnish(&self, net: &Network, server: &Server, picture: &[u8]) -> House {
        self.rules(server).await;
        self.words(server, picture).await;
        // Somebody who has just come, and follows nobody yet.
        person(server, "nora", "Nora", "", false).await;
        let (statement, appealed) = self.measures(net, server).await;
        let (gone, changed) = self.changes(server).await;
        let ana = Me(self.ana.actor.id);
        let links = app::gates::list(server.app(), ana, self.huerto.actor.id).await.expect("links");
        let link = links.first().map(|(_, code)| format!("/enter?code={code}")).expect("a link");
        House { statement, appealed, gone, changed, link }
    }

    async fn rules(&self, server: &Server) {
        let (app, ana, huerto) = (server.app(), Me(self.ana.actor.id), self.huerto.actor.id);
        let kind = "No hay preguntas tontas. Se contesta como a una vecina.";
        let first = vec![rule(None, "Trata bien a quien pregunta", kind), rule(None, "Nada de anuncios", "")];
        app::bylaws::change(app, ana, huerto, 0, first).await.expect("rules");
        let kept = app.read(move |c| store::bylaws::of(c, huerto)).await.expect("rules").expect("rules");
        let key = |at: usize| Some(kept.list[at].key);
        let second = vec![
            rule(key(0), "Trata bien a quien pregunta", kind),
            rule(key(1), "Nada de anuncios", "Intercambiar semillas sí; **vender**, no."),
            rule(None, "Fotos con descripción", "Hay quien las lee sin verlas."),
        ];
        app::bylaws::change(app, ana, huerto, 1, second).await.expect("rules");
        let phrases = vec!["Ya hay un hilo sobre esto.".to_owned(), "Aquí no se vende.".to_owned()];
        app::bylaws::set_phrases(app, ana, huerto, phrases).await.expect("phrases");
        for (es, en) in [
            ("Nada de acoso ni de odio", "No harassment, no hate"),
            ("Nada ilegal en España", "Nothing illegal in Spain"),
        ] {
            let wording = |language: &str, text: &str| Wording {
                language: language.into(),
                text: text.into(),
                hint: String::new(),
            };
            let say = Change::Say(None, vec![wording("es", es), wording("en", en)]);
            app::imprint::change_house_rules(app, ana, say).await.expect("a rule");
        }
    }

    async fn words(&self, server: &Server, picture: &[u8]) {
        let (app, ana) = (server.app(), Me(self.ana.actor.id));
        let media = bring(self.ana, picture, "Un tomate").await;
        let media = MediaId(media.as_str().expect("a number").parse().expect("a number"));
        let wish = app::emoji::Wish { shortcode: "brote".into(), category: "Huerto".into(), enabled: true };
        app::emoji::create(app, ana, wish, media).await.expect("an emoji");
        let text = "El **domingo 13**, de 7 a 9, el sitio estará cerrado: nos mudamos a una máquina más grande.";
        app::announcements::create(app, Some(ana), text.to_owned(), None).await.expect("an announcement");
        let body = json!({ "display_name": "Carla Ríos :brote:" });
        self.carla.api("PATCH", "/api/v1/accounts/update_credentials", &body).await;
    }

    /// Two measures against Diego; he appeals against one of them.
    async fn measures(&self, net: &Network, server: &Server) -> (String, String) {
        let mut pages = Vec::new();
        for text in
            ["Semillas a 3 € el sobre\n\nPago por adelantado.", "Último aviso: macetas a mitad de precio\n\nSolo hoy."]
        {
            let post = thread(self.diego, self.huerto, text, Value::Null).await;
            let post = PostId(id(&post).parse().expect("a number"));
            let bylaw = Some(Citation { version: 2, number: 2 });
            let grounds =
                Grounds { reason: "Aquí no se vende.".into(), note: "Prueba en el mercadillo.".into(), bylaw };
            take(server.app(), Me(self.carla.actor.id), post, Measure::Remove, grounds).await.expect("a measure");
            net.settle().await;
            let diego = self.diego.actor.id;
            let told =
                server.app().read(move |c| store::notifications::page(c, diego, None, 1)).await.expect("notices");
            let statement = told.first().and_then(|told| told.statement).expect("a statement");
            pages.push(path(server, &app::statements::page(server.app(), statement).expect("a page")));
        }
        let (statement, appealed) = (pages[0].clone(), pages[1].clone());
        let word = appealed.rsplit('/').next().expect("a word");
        let said = "No era un anuncio: son las macetas que me sobran, y quien las quiera puede llevárselas gratis.";
        app::appeals::file(server.app(), word, said.to_owned()).await.expect("an appeal");
        (statement, appealed)
    }

    async fn changes(&self, server: &Server) -> (String, String) {
        let gone = thread(self.diego, self.huerto, "Me equivoqué de sitio\n\nPerdón.", Value::Null).await;
        self.diego.call("DELETE", &format!("/api/v1/statuses/{}", id(&gone)), &Value::Null).await;
        let changed =
            thread(self.carla, self.huerto, "¿Cuándo se poda el limonero?\n\nEl mío tiene tres años.", Value::Null)
                .await;
        let text = format!(
            "{} ¿Cuándo se poda el limonero?\n\nEl mío tiene tres años y vive en maceta.",
            self.huerto.handle()
        );
        let path_of = format!("/api/v1/statuses/{}", id(&changed));
        self.carla.api("PUT", &path_of, &json!({ "status": text, "language": "es" })).await;
        let long = "Enhorabuenaporesasupercalifragilisticoespialidosapacienciaconloscitricos: https://huerta.test/una/direccion/larguisima/que/no/cabe/en/ningun/telefono";
        reply(self.ana, &changed, long).await;
        (path(server, gone["url"].as_str().expect("a page")), id(&changed).to_owned())
    }
}
