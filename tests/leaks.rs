//! What is not for everybody, asked for by everybody everywhere: every route there is, found in the sources, is asked for
//! everything that is private, as anyone who could ask. A new route is part of this by itself; one whose path cannot be
//! filled fails, and `leaks/routes.rs` is where to say what its parts stand for.

pub(crate) mod routes;

use std::collections::BTreeSet;
use std::time::Duration;

use app::{Me, groups::NewGroup};
use domain::group::{Joining, Reach, Visibility};
use domain::held::Screen;
use domain::id::ActorId;
use serde_json::{Value, json};

use crate::media::{PIXEL, bring};
use crate::network::{ACTIVITY, Group, Network, Person, Puppet, Request, Server, Software, id, on_both};

/// Something private, known by a word that stands nowhere else.
struct Secret {
    word: &'static str,
    post: Value,
}

impl Secret {
    /// The picture that hangs on it, if one does: with the mark by which it is lent, and without.
    fn picture(&self) -> Option<(&str, &str)> {
        let url = self.post["media_attachments"][0]["url"].as_str()?;
        Some((url, url.split('?').next().unwrap_or(url)))
    }
}

/// Who asks.
enum Asker<'a> {
    Nobody,
    Person(&'a Person),
    /// Somebody who has signed in on a page, by their cookie.
    Visitor(&'a str),
    Server(&'a Puppet),
}

struct World {
    net: Network,
    alpha: Server,
    /// Wrote everything but what waits, and keeps order everywhere.
    ana: Person,
    /// Is a member of both groups, follows ana, is named in what is direct, and wrote what waits.
    ben: Person,
    /// Is nothing to anybody.
    eve: Person,
    /// Was a member of both groups, and followed ana.
    fay: Person,
    home: Group,
    trusted: Group,
    /// A member of both groups, whose server keeps what is private among members.
    leo: Puppet,
    /// A member of both groups, whose server does not.
    bea: Puppet,
    /// Is nothing to anybody, on a server of her own.
    eva: Puppet,
    /// Was a member of both groups, the only one of her server.
    zoe: Puppet,
    secrets: Vec<Secret>,
}

const AT_HOME: &str = "Quetzalcoatl";
const TRUSTED: &str = "Xochipilli";
const DIRECT: &str = "Tlaloc";
const FOLLOWERS: &str = "Mictlantecuhtli";
/// Waits in a group for everybody until the team of it has seen it.
const HELD: &str = "Huitzilopochtli";

impl Asker<'_> {
    fn signs(&self, request: Request) -> Request {
        match self {
            Self::Person(person) => request.with("authorization", &format!("Bearer {}", person.token())),
            Self::Visitor(cookie) => request.with("cookie", cookie),
            Self::Nobody | Self::Server(_) => request,
        }
    }
}

/// A form that is sent from a page of the server.
fn form(server: &Server, path: &str) -> Request {
    Request::new("POST", &server.url(path))
        .with("content-type", "application/x-www-form-urlencoded")
        .with("accept", "text/html")
        .with("origin", server.url("").as_str())
}

impl World {
    async fn new() -> Self {
        let net = Network::of(["alpha.test"]).await;
        let alpha = net.server("alpha.test");
        let (ana, ben) = (alpha.person("ana").await, alpha.person("ben").await);
        let (eve, fay) = (alpha.person("eve").await, alpha.person("fay").await);
        let new = |name: &str, reach| NewGroup {
            hidden: false,
            name: name.to_owned(),
            title: name.to_uppercase(),
            summary: "A private group.".to_owned(),
            visibility: Visibility::Private,
            joining: Joining::Approval,
            reach,
            host: None,
        };
        let home = alpha.found(&ana, new("junta", Reach::Home)).await;
        let trusted = alpha.found(&ana, new("mesa", Reach::Trusted)).await;
        let leo = net.peer("lem.test", Software::Lemmy).person("leo");
        let bea = net.peer("masto.test", Software::Mastodon).person("bea");
        let eva = net.peer("other.test", Software::Lemmy).person("eva");
        let zoe = net.peer("gone.test", Software::Lemmy).person("zoe");
        for group in [&home, &trusted] {
            for member in [&ben, &fay] {
                member.follow(&group.handle()).await;
            }
            for member in [&leo, &bea, &zoe] {
                member.follow(&alpha, group.uri()).await;
            }
        }
        for follower in [&ben, &fay] {
            follower.follow(&ana.handle()).await;
        }
        net.settle().await;
        // Two groups: somebody who asked for both stands in the list once.
        for group in [&home, &trusted] {
            for account in ana.read("/api/v1/follow_requests").await.as_array().unwrap() {
                let person = ActorId(id(account).parse().unwrap());
                let answer = app::follows::answer(alpha.app(), Me(ana.actor.id), group.actor.id, person, true).await;
                answer.unwrap();
            }
        }
        let mut world = Self { net, alpha, ana, ben, eve, fay, home, trusted, leo, bea, eva, zoe, secrets: Vec::new() };
        world.write().await;
        world.part().await;
        world
    }

    async fn write(&mut self) {
        for (word, group) in [(AT_HOME, "junta"), (TRUSTED, "mesa")] {
            let media = bring(&self.ana, PIXEL, word).await;
            let text = format!("{word} rises @{group} #{word}");
            let body = json!({ "status": text, "visibility": "public", "media_ids": [media["id"]] });
            let post = self.ana.api("POST", "/api/v1/statuses", &body).await;
            let reply = self.ben.reply(&post, &format!("{word} indeed")).await;
            self.ben.act(&format!("/api/v1/statuses/{}/favourite", id(&post))).await;
            self.secrets.extend([post, reply].map(|post| Secret { word, post }));
        }
        for (word, visibility) in [(DIRECT, "direct"), (FOLLOWERS, "private")] {
            let media = bring(&self.ana, PIXEL, word).await;
            let text = format!("{word} speaks @ben #{word}");
            let body = json!({ "status": text, "visibility": visibility, "media_ids": [media["id"]] });
            let post = self.ana.api("POST", "/api/v1/statuses", &body).await;
            self.secrets.push(Secret { word, post });
        }
        let patio = self.alpha.group("patio", &self.ana).await;
        let screen = Screen { first: 1, ..Screen::default() };
        app::held::set_screen(self.alpha.app(), Me(self.ana.actor.id), patio.actor.id, screen).await.unwrap();
        let media = bring(&self.ben, PIXEL, HELD).await;
        let text = format!("{HELD} waits @patio #{HELD}");
        let body = json!({ "status": text, "visibility": "public", "media_ids": [media["id"]] });
        let post = self.ben.api("POST", "/api/v1/statuses", &body).await;
        self.secrets.push(Secret { word: HELD, post });
        self.net.settle().await;
    }

    /// Fay and Zoe are members no more, and follow no more.
    async fn part(&self) {
        let (app, by) = (self.alpha.app(), Me(self.ana.actor.id));
        let zoe = app.resolver().actor(app, &self.zoe.uri).await.expect("somebody");
        for group in [&self.home, &self.trusted] {
            for person in [self.fay.actor.id, zoe] {
                app::members::appoint(app, by, group.actor.id, person, None).await.unwrap();
            }
        }
        self.fay.act(&format!("/api/v1/accounts/{}/unfollow", self.ana.actor.id)).await;
        self.net.settle().await;
    }

    /// The cookie of somebody who signs in on a page.
    async fn visit(&self, person: &Person) -> String {
        let body = format!("name={}&password=correct+horse&back=%2F", person.actor.name);
        let request = form(&self.alpha, "/login").body(body);
        let answer = self.alpha.ask(&request).await;
        let cookie = answer.header("set-cookie").unwrap_or_else(|| panic!("not signed in: {}", answer.text()));
        cookie.split(';').next().unwrap_or_default().to_owned()
    }

    async fn ask(&self, asker: &Asker<'_>, target: &str, accept: &str) -> (u16, String) {
        let url = if target.starts_with("http") { target.to_owned() } else { self.alpha.url(target) };
        let request = match asker {
            Asker::Server(puppet) => puppet.asks(&url),
            asker => asker.signs(Request::new("GET", &url).with("accept", accept)),
        };
        self.answer(target, &request).await
    }

    /// Sends something to a path: words that a form or an application could send, as far as the path understands them.
    async fn tell(&self, asker: &Asker<'_>, target: &str) -> (u16, String) {
        let request = if target.starts_with("/api/") {
            let request = Request::new("POST", &self.alpha.url(target)).with("content-type", "application/json");
            request.body(json!({ "status": "hola", "comment": "hola", "visibility": "public" }).to_string())
        } else {
            form(&self.alpha, target).body("text=hola&title=hola&reason=hola&name=eve&what=hola&reply=1".to_owned())
        };
        self.answer(target, &asker.signs(request)).await
    }

    async fn answer(&self, target: &str, request: &Request) -> (u16, String) {
        let answer = tokio::time::timeout(Duration::from_secs(20), self.alpha.glance(request)).await;
        let answer = answer.unwrap_or_else(|_| panic!("{target} does not end; is it a stream? See `routes::STREAMS`"));
        (answer.status, answer.text())
    }

    /// What may fill the places in the paths.
    fn fillings(&self) -> routes::Fillings {
        let number = |secret: &Secret| id(&secret.post).to_owned();
        let posts: Vec<String> = self.secrets.iter().map(number).collect();
        let people = [&self.ana, &self.ben].map(|person| person.actor.id.to_string());
        let groups = [&self.home, &self.trusted].map(|group| group.actor.id.to_string());
        routes::Fillings {
            numbers: posts.iter().cloned().chain(people).chain(groups).collect(),
            posts,
            names: ["junta", "mesa", "patio", "ana", "ben"].map(str::to_owned).to_vec(),
            words: [AT_HOME, TRUSTED, DIRECT, FOLLOWERS, HELD].map(str::to_lowercase).to_vec(),
        }
    }

    /// What one may say behind the question mark, so that every route finds what it understands.
    fn queries(&self) -> Vec<String> {
        let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let of_words =
            [AT_HOME, TRUSTED, DIRECT, FOLLOWERS, HELD].map(|word| format!("q={word}&resolve=true&tag={word}"));
        let of_urls = self.secrets.iter().map(|secret| {
            let uri = encoded(secret.post["uri"].as_str().unwrap());
            format!("q={uri}&uri={uri}&url={uri}&resource={uri}&resolve=true&id[]={0}&ids[]={0}", id(&secret.post))
        });
        let more = ["page=1", "local=true&limit=40", "acct=junta", "pinned=true", "resource=acct:junta@alpha.test"];
        let more = more.map(str::to_owned);
        [String::new()].into_iter().chain(of_words).chain(of_urls).chain(more).collect()
    }
}

async fn nobody_finds_what_is_not_for_them() {
    let world = World::new().await;
    let targets = routes::targets(&world.fillings(), &world.queries());
    assert!(targets.len() > 500, "{} routes only", targets.len());
    let words = [AT_HOME, TRUSTED, DIRECT, FOLLOWERS, HELD];
    let visitors = [world.visit(&world.eve).await, world.visit(&world.fay).await, world.visit(&world.ben).await];
    let [eve, fay, ben] = visitors.each_ref().map(|cookie| Asker::Visitor(cookie));
    let askers = [
        ("nobody", Asker::Nobody, &[][..]),
        ("a stranger on a page", eve, &[]),
        ("a former member on a page", fay, &[]),
        ("a member on a page", ben, &words),
        ("a stranger", Asker::Person(&world.eve), &[]),
        ("a former member", Asker::Person(&world.fay), &[]),
        ("the server of a stranger", Asker::Server(&world.eva), &[]),
        ("the server of a former member", Asker::Server(&world.zoe), &[]),
        ("the server of a member that shows it to all", Asker::Server(&world.bea), &[]),
        ("the server of a member", Asker::Server(&world.leo), &[TRUSTED]),
        // Who may read everything finds all of it by the same questions, or these would prove nothing.
        ("a member", Asker::Person(&world.ben), &words),
    ];
    let mut leaks = Vec::new();
    for (who, asker, may) in &askers {
        let is_server = matches!(asker, Asker::Server(_));
        let mut found = BTreeSet::new();
        for target in targets.iter().filter(|target| !is_server || !target.starts_with("/api/")) {
            let accepts = match asker {
                Asker::Server(_) => &[ACTIVITY][..],
                _ if target.starts_with("/api/") => &["application/json"],
                Asker::Nobody => &[ACTIVITY, "text/html"],
                Asker::Person(_) | Asker::Visitor(_) => &["text/html"],
            };
            for accept in accepts {
                let (status, body) = world.ask(asker, target, accept).await;
                let body = said(&body, target);
                assert!(status < 500, "{who}, {target} as {accept}: {status} {body}");
                found.extend(may.iter().filter(|word| body.contains(&word.to_lowercase())));
                for word in words.iter().filter(|word| !may.contains(word)) {
                    if body.contains(&word.to_lowercase()) {
                        leaks.push(format!("{who} finds `{word}` at {target} as {accept}: {body:.400}"));
                    }
                }
                for secret in world.secrets.iter().filter(|secret| !may.contains(&secret.word)) {
                    let number = id(&secret.post);
                    if !target.contains(number) && body.contains(number) {
                        leaks.push(format!("{who} learns the number of `{}` at {target}", secret.word));
                    }
                    if secret.picture().is_some_and(|(_, bare)| body.contains(&bare.to_lowercase())) {
                        leaks.push(format!("{who} learns where the picture of `{}` is at {target}", secret.word));
                    }
                }
            }
        }
        assert_eq!(found, may.iter().collect(), "what {who} finds");
        // Where a picture is says nothing without the mark that those get who may see it.
        for (_, bare) in world.secrets.iter().filter_map(Secret::picture) {
            assert_eq!(world.ask(asker, bare, "image/*").await.0, 404, "{who}: {bare}");
        }
    }
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n"));
}

async fn nobody_gets_what_is_not_for_them_by_sending_something() {
    let world = World::new().await;
    let targets = routes::targets(&world.fillings(), &[]);
    let words = [AT_HOME, TRUSTED, DIRECT, FOLLOWERS, HELD];
    let counts = ["votes", "shares", "members", "follows"].map(|table| world.net.census("alpha.test")[table]);
    let visitor = world.visit(&world.fay).await;
    let askers = [
        ("nobody", Asker::Nobody),
        ("a stranger", Asker::Person(&world.eve)),
        ("a former member", Asker::Visitor(&visitor)),
    ];
    let (mut leaks, mut statuses) = (Vec::new(), BTreeSet::new());
    for (who, asker) in &askers {
        for target in targets.iter().filter(|target| !target.contains("logout") && !target.contains("/statuses")) {
            let (status, body) = world.tell(asker, target).await;
            let body = body.to_lowercase();
            assert!(status < 500, "{who}, {target}: {status} {body}");
            statuses.insert(status);
            for word in words.iter().filter(|word| body.contains(&word.to_lowercase())) {
                leaks.push(format!("{who} finds `{word}` by a POST to {target}: {body:.400}"));
            }
        }
        for Secret { post, .. } in &world.secrets {
            for deed in ["favourite", "reblog", "bookmark", "pin", "mute", "translate"] {
                let path = format!("/api/v1/statuses/{}/{deed}", id(post));
                let (status, body) = world.tell(asker, &path).await;
                assert!(matches!(status, 401 | 403 | 404 | 405), "{who}, {path}: {status} {body}");
            }
        }
    }
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n"));
    assert!(statuses.len() > 3, "they were understood: {statuses:?}");
    let votes = ["votes", "shares"].map(|table| world.net.census("alpha.test")[table]);
    assert_eq!(votes, counts[..2], "nothing of theirs counts");
}

/// What an answer says, in lower case, without what it only repeats of the question. A page of a hashtag has its name.
fn said(body: &str, target: &str) -> String {
    let mut body = body.to_lowercase();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if let Some(tag) = path.strip_prefix("/tags/").and_then(|rest| rest.split('/').next()) {
        body = body.replace(tag, "");
    }
    for (_, asked) in url::form_urlencoded::parse(query.as_bytes()) {
        if asked.len() > 3 {
            body = body.replace(&asked.to_lowercase(), "");
        }
    }
    body
}

async fn what_is_not_there_and_what_is_not_for_one_look_the_same() {
    let world = World::new().await;
    let app = world.alpha.app();
    for Secret { word, post } in &world.secrets {
        let (number, uri) = (id(post), post["uri"].as_str().unwrap());
        let number_of_post = domain::id::PostId(number.parse().unwrap());
        let told = app.read(move |c| {
            let author = store::posts::by_id(c, number_of_post)?.map(|post| post.author);
            let mut told = Vec::new();
            if let Some(author) = author {
                for kind in ["Create", "Announce", "Like"] {
                    told.extend(store::activities::about(c, number_of_post, author, kind)?);
                }
            }
            Ok(told.into_iter().map(|activity| activity.id.to_string()).collect::<Vec<_>>())
        });
        let mut urls = vec![uri.to_owned()];
        urls.extend(["replies", "likes", "shares", "context"].map(|part| format!("{uri}/{part}")));
        urls.extend(told.await.unwrap().iter().map(|id| world.alpha.url(&format!("/activities/{id}"))));
        for url in &urls {
            for asker in [&world.eva, &world.bea, &world.zoe].map(Asker::Server).into_iter().chain([Asker::Nobody]) {
                assert_eq!(world.ask(&asker, url, ACTIVITY).await.0, 404, "{word}: {url}");
            }
            let of_member = world.ask(&Asker::Server(&world.leo), url, ACTIVITY).await.0;
            assert_eq!(of_member, if *word == TRUSTED { 200 } else { 404 }, "{word}: {url}");
        }
        assert_eq!(world.ask(&Asker::Nobody, uri, "text/html").await.0, 404, "{word}: {uri}");
        let nothing = world.eve.call("GET", "/api/v1/statuses/117000000000000000", &Value::Null).await;
        for path in ["", "/context", "/source"] {
            let path = format!("/api/v1/statuses/{number}{path}");
            for stranger in [&world.eve, &world.fay] {
                let answer = stranger.call("GET", &path, &Value::Null).await;
                assert_eq!((answer.status, answer.text()), (404, nothing.text()), "{word}: {path}");
            }
        }
    }
}

async fn those_who_may_read_do() {
    let world = World::new().await;
    for Secret { word, post } in &world.secrets {
        let by_number = format!("/api/v1/statuses/{}", id(post));
        // What waits is read by its author and the team, and found by nobody.
        let by_word = (*word != HELD).then(|| format!("/api/v2/search?q={word}"));
        for path in [by_number].into_iter().chain(by_word) {
            for reader in [&world.ana, &world.ben] {
                let found = reader.read(&path).await.to_string();
                assert!(found.contains(word), "{} does not find {word} at {path}: {found}", reader.handle());
            }
        }
    }
    for secret in world.secrets.iter().filter(|secret| secret.word != HELD) {
        let shown = world.ben.status(&secret.post).await;
        let Some(url) = shown["media_attachments"][0]["url"].as_str() else { continue };
        assert_eq!(world.ask(&Asker::Nobody, url, "image/*").await.0, 200, "{url}");
    }
    let home = json!(world.ben.home().await).to_string();
    for word in [AT_HOME, TRUSTED, FOLLOWERS] {
        assert!(home.contains(word), "{word} is missing at home: {home}");
    }
    let told = world.ben.read("/api/v1/notifications").await.to_string();
    assert!(told.contains(DIRECT), "{told}");
    for (group, word) in [(&world.home, AT_HOME), (&world.trusted, TRUSTED)] {
        let path = format!("/api/v1/accounts/{}/statuses", group.actor.id);
        let threads = world.ben.read(&path).await.to_string();
        assert!(threads.contains(word), "{word} is missing in its group: {threads}");
    }
    let outbox = world.ask(&Asker::Server(&world.leo), &format!("{}/outbox", world.trusted.uri()), ACTIVITY).await;
    assert!(outbox.1.contains(TRUSTED), "{outbox:?}");
}

async fn nothing_private_leaves_but_to_servers_that_keep_it() {
    let world = World::new().await;
    for exchange in &world.net.transcript().0 {
        let said = exchange.sent.to_string();
        for word in [AT_HOME, DIRECT, FOLLOWERS, HELD] {
            assert!(!said.contains(word), "{} got {word}: {said}", exchange.to);
        }
        let members = ["lem.test", "gone.test"].contains(&exchange.to.as_str());
        assert!(!said.contains(TRUSTED) || members, "{} got {said}", exchange.to);
    }
    // Whose last member left gets nothing more.
    let before = world.net.transcript().0.len();
    world.ana.post(&format!("{TRUSTED} sets @mesa")).await;
    world.net.settle().await;
    let later = world.net.transcript().after(before);
    let told: BTreeSet<&str> =
        later.0.iter().filter(|said| said.sent.to_string().contains(TRUSTED)).map(|said| said.to.as_str()).collect();
    assert_eq!(told, BTreeSet::from(["lem.test"]));
    let counts = world.alpha.get("/nodeinfo/2.1", "*/*").await.value();
    assert_eq!((&counts["usage"]["localPosts"], &counts["metadata"]["groups"]), (&json!(0), &json!(1)));
}

on_both![
    nobody_gets_what_is_not_for_them_by_sending_something,
    nobody_finds_what_is_not_for_them,
    what_is_not_there_and_what_is_not_for_one_look_the_same,
    those_who_may_read_do,
    nothing_private_leaves_but_to_servers_that_keep_it,
];
