//! What the demo community has beside its conversations: rules, an emoji, an announcement, a measure that somebody may
//! appeal against, and what is gone.

use app::Me;
use app::bars::NewBar;
use app::bylaws::Entry;
use app::groups::NewGroup;
use app::imprint::Change;
use app::lists::Wish;
use app::moderation::{Measure, NewBan, take};
use app::posts::Writing;
use app::rules::NewRule;
use domain::bar::{Kind, Severity};
use domain::bylaw::Citation;
use domain::filter::{Action, Filter, Keyword, Place};
use domain::group::{Joining, Reach, Visibility};
use domain::held::Screen;
use domain::host::Host;
use domain::id::{ActorId, FilterId, InvitationId, MediaId, PostId};
use domain::imprint::Wording;
use domain::list::Replies;
use domain::rule::Ruling;
use domain::statement::Grounds;
use serde_json::{Value, json};

use super::demo::{bring, person, reply, thread};
use crate::network::{Group, Network, Person, PostOffice, Server, Visitor, form, id};

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
    /// The links of two letters: to a new password, and to an address that is confirmed.
    pub(super) renewal: String,
    pub(super) confirmation: String,
    /// Where an application asks for leave.
    pub(super) authorise: String,
    /// A post that waits for the team, and one that 500 reply to.
    pub(super) held: String,
    pub(super) crowded: String,
    /// Where somebody changes what she does not want to read.
    pub(super) filter: String,
    /// Whom she reads apart.
    pub(super) list: String,
    /// What she wrote for another day.
    pub(super) scheduled: String,
}

/// Those who have something to do with it.
pub(super) struct Residents<'a> {
    pub(super) ana: &'a Person,
    pub(super) bea: &'a Person,
    pub(super) carla: &'a Person,
    pub(super) diego: &'a Person,
    pub(super) huerto: &'a Group,
    pub(super) vecinos: &'a Group,
}

fn rule(key: Option<i64>, title: &str, text: &str) -> Entry {
    Entry { key, title: title.to_owned(), text: text.to_owned(), others: Vec::new() }
}

/// The path of an address of this server.
fn path(server: &Server, address: &str) -> String {
    address.strip_prefix(&server.url("")).unwrap_or(address).to_owned()
}

impl Residents<'_> {
    /// Furnishes it all.
    pub(super) async fn furnish(&self, net: &Network, server: &Server, picture: &[u8], office: &PostOffice) -> House {
        self.rules(server).await;
        self.words(server, picture).await;
        let (statement, appealed) = self.measures(net, server).await;
        let (gone, changed) = self.changes(server).await;
        let ana = Me(self.ana.actor.id);
        let links =
            app::gates::list(server.app(), ana, self.huerto.actor.id, InvitationId(i64::MAX), 1).await.expect("links");
        let link = links.first().map(|(_, code)| format!("/enter?code={code}")).expect("a link");
        // Somebody who has just come, and follows nobody yet.
        let nora = person(server, "nora", "Nora", "", false).await;
        let held = self.screened(server, &nora).await;
        self.bars(server).await;
        let (renewal, confirmation) = letters(net, server, office).await;
        let authorise = self.application().await;
        let crowded = self.crowd(server).await;
        let (filter, list, scheduled) =
            (self.filter(server).await, self.list(server).await, self.scheduled(server).await);
        House {
            statement,
            appealed,
            gone,
            changed,
            link,
            renewal,
            confirmation,
            authorise,
            held,
            crowded,
            filter,
            list,
            scheduled,
        }
    }

    /// Bea follows a hashtag, and writes for another day.
    async fn scheduled(&self, server: &Server) -> String {
        let (app, bea) = (server.app(), Me(self.bea.actor.id));
        app::tags::follow(app, bea, "riego").await.expect("a hashtag");
        let writing = Writing {
            title: Some("¿Quién viene el sábado a sembrar?".to_owned()),
            text: "Empezamos a las diez, con **café**.\n\nTraed guantes.".to_owned(),
            group: Some(self.huerto.actor.id),
            ..Writing::default()
        };
        let due = app.now() + domain::time::span::days(3);
        let kept = app::posts::schedule::create(app, bea, writing, due, None).await.expect("a post for later");
        format!("/settings/scheduled/{}", kept.id)
    }

    /// Bea reads Ana and Diego apart.
    async fn list(&self, server: &Server) -> String {
        let (app, bea, people) = (server.app(), Me(self.bea.actor.id), [self.ana, self.diego].map(|one| one.actor.id));
        for person in people {
            app::follows::request(app, bea, person).await.expect("a follow");
        }
        let wish = Wish { title: "Del barrio".to_owned(), replies: Replies::Followed, apart: false };
        let list = app::lists::create(app, bea, wish).await.expect("a list");
        app::lists::add(app, bea, list.id, people.to_vec()).await.expect("people");
        format!("/lists/{}", list.id)
    }

    /// Bea reads of some things only if she wants.
    async fn filter(&self, server: &Server) -> String {
        let keyword = Keyword { id: FilterId(0), keyword: "glifosato".to_owned(), whole_word: true };
        let filter = Filter {
            id: FilterId(0),
            title: "Peleas de siempre".to_owned(),
            places: Place::ALL.to_vec(),
            action: Action::Warn,
            expires: None,
            keywords: vec![keyword],
            picked: Vec::new(),
        };
        let filter = app::filters::create(server.app(), Me(self.bea.actor.id), filter).await.expect("a filter");
        format!("/settings/filters/{}", filter.id)
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

    /// Something waits until the team has seen it.
    async fn screened(&self, server: &Server, newcomer: &Person) -> String {
        let screen =
            Screen { first: 1, words: vec!["oferta".to_owned(), "criptomonedas".to_owned()], ..Screen::default() };
        let (app, me) = (server.app(), Me(self.ana.actor.id));
        app::held::set_screen(app, me, self.huerto.actor.id, screen).await.expect("a screen");
        let text = "Hola, acabo de llegar\n\nTengo un balcón orientado al norte. ¿Qué plantáis con poca luz?";
        id(&thread(newcomer, self.huerto, text, Value::Null).await).to_owned()
    }

    /// Everybody has something to say.
    async fn crowd(&self, server: &Server) -> String {
        let text = "¿Qué hacemos con el solar de la esquina?\n\nEl ayuntamiento pregunta, y hay hasta el viernes.";
        let people = [person(server, "iris", "Iris", "", false).await, person(server, "olmo", "Olmo", "", false).await];
        let first = thread(&people[0], self.vecinos, text, Value::Null).await;
        let first = PostId(id(&first).parse().expect("a number"));
        let mut parents = vec![first];
        for n in 0..500_usize {
            let parent = parents[n * 7 % parents.len()];
            let text = format!("Idea {n}: un **banco**, sombra y agua. Lo demás ya vendrá, como en la otra plaza.");
            let writing = Writing { text, parent: Some(parent), language: Some("es".to_owned()), ..Writing::default() };
            let me = Me(people[n % people.len()].actor.id);
            let reply = app::posts::create(server.app(), me, writing).await.expect("a reply");
            if n % 3 == 0 {
                parents.push(reply.id);
            }
        }
        first.to_string()
    }

    /// Whom the server keeps away: a person, a community, a host, and some who would sign up.
    async fn bars(&self, server: &Server) {
        let (app, me) = (server.app(), Me(self.ana.actor.id));
        let pedro = person(server, "pedro", "Pedro", "", false).await;
        let sold = pedro_sells(server, &pedro).await;
        let reason = || "Vende seguidores, después de dos avisos.".to_owned();
        let (group, person) = (self.huerto.actor.id, pedro.actor.id);
        app::members::join(app, Me(person), group).await.expect("a member");
        let grounds = Grounds { reason: reason(), ..Grounds::default() };
        let ban = NewBan { group, person, until: None, grounds, clean: false };
        app::moderation::ban(app, me, ban).await.expect("a ban");
        app::suspensions::suspend(app, me, pedro.actor.id, reason()).await.expect("a suspension");
        app::suspensions::close(app, me, sold, reason()).await.expect("a suspension");
        let rule = |host: &str, ruling, public: &str, private: &str| NewRule {
            host: Host::parse(host).expect("a host"),
            ruling,
            public_comment: public.to_owned(),
            private_comment: private.to_owned(),
        };
        let rules = vec![
            rule("seguidores-baratos.test", Ruling::Suspend, "Publicidad", "Tres denuncias en una semana"),
            rule("noticias.test", Ruling::Silence, "", "Publica cien veces al día"),
        ];
        app::rules::set_all(app, me, rules).await.expect("rules");
        for (kind, subject, severity) in [
            (Kind::Network, "203.0.113.0/24", Severity::Approval),
            (Kind::MailHost, "correo-de-usar-y-tirar.test", Severity::Block),
        ] {
            let comment = "De ahí llegan cuentas que solo anuncian.".to_owned();
            let new = NewBar { kind, subject: subject.to_owned(), severity, comment, expires: None };
            app::bars::add(app, me, new).await.expect("a bar");
        }
        let noise = Host::parse("noticias.test").expect("a host");
        app::shuns::shun_host(app, Me(self.carla.actor.id), noise).await.expect("a block");
        app::shuns::mute(app, Me(self.carla.actor.id), pedro.actor.id, true, None).await.expect("a mute");
    }

    /// An application wants to act for somebody.
    async fn application(&self) -> String {
        let redirect = "urn:ietf:wg:oauth:2.0:oob";
        let wish = json!({ "client_name": "Tusky", "redirect_uris": redirect, "scopes": "read write follow push",
            "website": "https://tusky.test/" });
        let app = self.ana.api("POST", "/api/v1/apps", &wish).await;
        let client = app["client_id"].as_str().expect("a client");
        let asked = [("client_id", client), ("redirect_uri", redirect), ("response_type", "code")];
        format!("/oauth/authorize?{}", form(&[&asked[..], &[("scope", "read write follow push")]].concat()))
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

/// A community that nobody misses.
async fn pedro_sells(server: &Server, pedro: &Person) -> ActorId {
    let new = NewGroup {
        hidden: false,
        name: "ofertas".to_owned(),
        title: "Ofertas del barrio".to_owned(),
        summary: String::new(),
        visibility: Visibility::Public,
        joining: Joining::Open,
        reach: Reach::Home,
        host: None,
    };
    app::groups::create(server.app(), pedro.actor.id, new).await.expect("a group").id
}

/// The links of the letters to somebody who forgot a password, and to somebody who signs up.
async fn letters(net: &Network, server: &Server, office: &PostOffice) -> (String, String) {
    let mut visitor = Visitor::new(server);
    visitor.submit("/login/recover", &[("email", "diego@example.org")]).await;
    let wish = [
        ("name", "olga"),
        ("email", "olga@example.org"),
        ("password", "correct horse"),
        ("reason", "Leo mucho y planto poco."),
        ("agreement", "yes"),
    ];
    let answer = visitor.fill("/signup", "/signup", &wish).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    net.settle().await;
    let letters = office.letters_to("diego@example.org");
    let renewal = letters.iter().rfind(|letter| letter.text().contains("/login/renew")).expect("a letter");
    let confirmation = office.letter("olga@example.org", 0).await;
    (renewal.link(server.host()), confirmation.link(server.host()))
}
