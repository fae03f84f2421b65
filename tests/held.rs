//! Posts that wait until the team of a community has seen them: from here and from elsewhere, let in or not.

use app::Me;
use domain::{
    held::{Doubt, Limits, Screen},
    id::PostId,
    statement::Grounds,
};
use serde_json::{Value, json};

use crate::network::{Group, Network, Person, Puppet, Server, Software, id, on_both, text};

struct Setting {
    alpha: Server,
    ana: Person,
    /// Follows the club and keeps no order there.
    cat: Person,
    club: Group,
    /// Writes to the club from elsewhere.
    max: Puppet,
    /// Is told everything that the club passes on.
    witness: Puppet,
}

impl Setting {
    async fn new(net: &Network, screen: Screen) -> Self {
        let alpha = net.server("alpha.test");
        let (ana, cat) = (alpha.person("ana").await, alpha.person("cat").await);
        let club = alpha.group("club", &ana).await;
        let max = net.peer("masto.test", Software::Mastodon).person("max");
        let witness = net.peer("lem.test", Software::Lemmy).person("witness");
        cat.follow(&club.handle()).await;
        for person in [&max, &witness] {
            person.follow(&alpha, club.uri()).await;
        }
        net.settle().await;
        let it = Self { alpha, ana, cat, club, max, witness };
        app::held::set_screen(it.alpha.app(), Me(it.ana.actor.id), it.club.actor.id, screen).await.expect("a screen");
        it.hush();
        it
    }

    fn hush(&self) {
        self.max.peer.take();
        self.witness.peer.take();
    }

    /// What max writes to the club; its id on the network.
    async fn toot(&self, net: &Network, html: &str) -> String {
        let (uri, handle) = self.club.named();
        let toot = self.max.toot(html, &[(&uri, &handle)], None);
        self.max.send(&self.alpha, &toot).await;
        net.settle().await;
        toot["object"]["id"].as_str().expect("an id").to_owned()
    }

    /// What waits, and why.
    async fn waiting(&self) -> Vec<(PostId, Doubt)> {
        let open = app::held::open(self.alpha.app(), Me(self.ana.actor.id)).await.expect("a queue");
        open.iter().map(|(held, view)| (view.post.id, held.doubt)).collect()
    }

    async fn answer(&self, net: &Network, post: PostId, yes: bool, reason: &str) {
        let grounds = Grounds::from(reason);
        app::held::answer(self.alpha.app(), Me(self.ana.actor.id), post, yes, grounds).await.expect("an answer");
        net.settle().await;
    }

    async fn is_found(&self, by: &Person, uri: &str) -> bool {
        by.search(uri).await["statuses"][0].is_object()
    }
}

fn number(post: &Value) -> PostId {
    id(post).parse().expect("a number")
}

async fn the_first_posts_of_somebody_elsewhere_wait_and_are_then_as_if_just_published() {
    let net = Network::of(["alpha.test"]).await;
    let it = Setting::new(&net, Screen { first: 1, ..Screen::default() }).await;

    // It is out of the community, and nobody but its author and the team hears of it.
    let first = it.toot(&net, "hello, all").await;
    assert_eq!(it.witness.peer.kinds(), [""; 0]);
    assert!(it.cat.home().await.is_empty() && !it.is_found(&it.cat, &first).await);
    let waiting = it.waiting().await;
    assert_eq!(waiting.iter().map(|(_, doubt)| *doubt).collect::<Vec<_>>(), [Doubt::First]);
    assert!(it.is_found(&it.ana, &first).await, "the team reads it");
    let told = it.max.peer.only("Create{Note}").activity;
    let words = told["object"]["content"].as_str().expect("words");
    assert!(words.contains("waits until the team has looked at it"), "{told}");
    assert!(!words.contains("acabas de llegar"), "they write in English: {told}");
    assert_eq!(told["to"], json!([it.max.uri]));

    // What else comes of theirs meanwhile waits, too, without one more word.
    it.hush();
    let second = it.toot(&net, "and hello again").await;
    assert_eq!((it.waiting().await.len(), it.max.peer.kinds().len()), (2, 0));

    // Let in, it is as if it had just been published; whatever they write next needs no look.
    let (known, _) = *waiting.first().expect("a post");
    it.answer(&net, known, true, "").await;
    assert_eq!(it.witness.peer.kinds(), ["Announce{Create{Note}}"]);
    assert_eq!(it.max.peer.kinds(), ["Announce"]);
    assert_eq!(it.cat.home().await.len(), 1);
    assert_eq!(it.waiting().await.len(), 1, "the other one waits still");
    it.hush();
    it.toot(&net, "now I am known").await;
    assert_eq!(it.witness.peer.kinds(), ["Announce{Create{Note}}"]);

    // Not let in, it stays where it is, and its author reads why; that can be undone.
    it.hush();
    let (other, _) = *it.waiting().await.first().expect("a post");
    let nothing = app::held::answer(it.alpha.app(), Me(it.ana.actor.id), other, false, Grounds::default()).await;
    assert!(nothing.is_err(), "nobody is turned down without a reason");
    it.answer(&net, other, false, "Once is enough").await;
    assert_eq!((it.waiting().await.len(), it.witness.peer.kinds().len()), (0, 0));
    let told = it.max.peer.only("Create{Note}").activity;
    assert!(told["object"]["content"].as_str().expect("words").contains("/statement/"), "{told}");
    assert!(!it.is_found(&it.cat, &second).await);
    it.hush();
    it.answer(&net, other, true, "").await;
    assert_eq!(it.witness.peer.kinds(), ["Announce{Create{Note}}"]);
    assert!(it.is_found(&it.cat, &second).await);
    let log = it.alpha.get("/@club/log", "text/html").await.text();
    assert!(log.contains("Once is enough"), "{log}");
}

async fn what_waits_here_is_shown_to_its_author_and_leaves_no_trace() {
    let net = Network::of(["alpha.test"]).await;
    let it = Setting::new(&net, Screen { words: vec!["casino".into()], ..Screen::default() }).await;
    let ben = it.alpha.person("ben").await;
    it.max.follow(&it.alpha, ben.uri()).await;
    net.settle().await;
    let topic = it.ana.post("@club a casino of our own").await;
    net.settle().await;
    assert_eq!(it.waiting().await, [], "nothing of the team waits");
    it.hush();

    let reply = ben.reply(&topic, "the best Casino is mine").await;
    let counted = async || it.cat.status(&topic).await["replies_count"].clone();
    net.settle().await;
    assert_eq!(it.waiting().await, [(number(&reply), Doubt::Word)]);
    assert_eq!(ben.status(&reply).await["content"], reply["content"]);
    let path = format!("/api/v1/statuses/{}", id(&reply));
    assert_eq!(it.cat.call("GET", &path, &Value::Null).await.status, 404);
    assert_eq!(it.alpha.document(reply["uri"].as_str().unwrap()).await, Value::Null);
    assert_eq!(it.alpha.get(reply["uri"].as_str().unwrap(), "application/activity+json").await.status, 404);
    assert_eq!((counted().await, it.cat.replies(&topic).await.len()), (json!(0), 0));
    let told = async || it.ana.read("/api/v1/notifications?types[]=mention").await;
    assert_eq!(told().await, json!([]), "whom it answers hears of it when it is let in");
    for deed in ["favourite", "reblog", "pin"] {
        let done = ben.call("POST", &format!("{path}/{deed}"), &Value::Null).await;
        assert!(done.status >= 400, "{deed}: others would learn of it");
    }

    // What its author changes meanwhile is told to nobody either.
    ben.api("PUT", &path, &json!({ "status": "the second best casino is mine" })).await;
    net.settle().await;
    assert!(it.witness.peer.take().is_empty() && it.max.peer.take().is_empty());

    it.answer(&net, number(&reply), true, "").await;
    assert_eq!(it.witness.peer.kinds(), ["Announce{Create{Note}}"]);
    assert_eq!(it.max.peer.kinds(), ["Create{Note}"], "its author's followers hear of it now");
    assert_eq!((counted().await, it.cat.replies(&topic).await.len()), (json!(1), 1));
    assert_eq!(told().await.as_array().map(Vec::len), Some(1));

    // Who takes back what waits leaves nothing behind.
    it.hush();
    let another = ben.reply(&topic, "casino, casino").await;
    net.settle().await;
    assert_eq!(it.waiting().await.len(), 1);
    ben.api("DELETE", &format!("/api/v1/statuses/{}", id(&another)), &Value::Null).await;
    net.settle().await;
    assert_eq!(it.waiting().await, []);
    assert!(it.witness.peer.take().is_empty() && it.max.peer.take().is_empty());
}

async fn what_answers_something_that_waits_comes_along_with_it() {
    let net = Network::of(["alpha.test"]).await;
    let it = Setting::new(&net, Screen { links: true, ..Screen::default() }).await;
    let thread = it.toot(&net, "see <a href=\"https://shop.test/\">my shop</a>").await;
    let (uri, handle) = it.club.named();
    let reply = it.max.toot("and it is cheap", &[(&uri, &handle)], Some(&thread));
    it.max.send(&it.alpha, &reply).await;
    net.settle().await;
    let waiting = it.waiting().await;
    assert_eq!(waiting.iter().map(|(_, doubt)| *doubt).collect::<Vec<_>>(), [Doubt::Link, Doubt::Parent]);
    let [(top, _), (below, _)] = waiting[..] else { panic!("{waiting:?}") };
    let early = app::held::answer(it.alpha.app(), Me(it.ana.actor.id), below, true, Grounds::default()).await;
    assert!(matches!(early, Err(app::Error::Conflict(_))), "{early:?}");
    assert_eq!(it.witness.peer.kinds(), [""; 0]);

    it.answer(&net, top, true, "").await;
    assert_eq!(it.waiting().await, []);
    assert_eq!(it.witness.peer.kinds(), ["Announce{Create{Note}}", "Announce{Create{Note}}"]);
    let shown = it.cat.home().await;
    assert_eq!(shown.iter().map(|boost| text(&boost["reblog"])).collect::<Vec<_>>(), ["@club see my shop"]);
    let post = it.cat.find_post(&thread).await;
    assert_eq!(it.cat.replies(&post).await.len(), 1);
}

async fn what_is_changed_after_it_was_let_in_is_looked_at_again() {
    let net = Network::of(["alpha.test"]).await;
    let it = Setting::new(&net, Screen { words: vec!["casino".into()], ..Screen::default() }).await;
    let ben = it.alpha.person("ben").await;
    let topic = ben.post("@club tomatoes").await;
    net.settle().await;
    assert_eq!(it.witness.peer.kinds(), ["Announce{Create{Page}}"]);
    it.hush();

    // It goes as if it had been taken out, and comes back as if that had been undone.
    let path = format!("/api/v1/statuses/{}", id(&topic));
    ben.api("PUT", &path, &json!({ "status": "@club my casino" })).await;
    net.settle().await;
    assert_eq!(it.waiting().await, [(number(&topic), Doubt::Edited)]);
    assert_eq!(it.witness.peer.kinds(), ["Announce{Delete}"]);
    assert_eq!(it.cat.call("GET", &path, &Value::Null).await.status, 404);
    it.hush();
    it.answer(&net, number(&topic), true, "").await;
    assert_eq!(it.witness.peer.kinds(), ["Announce{Undo{Delete}}"]);
    assert_eq!(text(&it.cat.status(&topic).await), "@club my casino");
    it.hush();

    // What nobody has to look at is changed as ever.
    let other = ben.post("@club lettuce").await;
    net.settle().await;
    it.hush();
    let path = format!("/api/v1/statuses/{}", id(&other));
    ben.api("PUT", &path, &json!({ "status": "@club lettuce and kale" })).await;
    net.settle().await;
    assert_eq!((it.waiting().await, it.witness.peer.kinds()), (vec![], vec!["Announce{Update{Page}}".to_owned()]));
}

async fn what_is_said_again_or_comes_from_a_listed_server_waits() {
    let net = Network::of(["alpha.test"]).await;
    let domains = vec![domain::host::Host::parse("masto.test").expect("a host")];
    let it = Setting::new(&net, Screen { domains, again: true, ..Screen::default() }).await;
    it.toot(&net, "hello, all").await;
    let ben = it.alpha.person("ben").await;
    ben.post("@club cheap seeds").await;
    let again = ben.post("@club Cheap   seeds").await;
    net.settle().await;
    let waiting = it.waiting().await;
    assert_eq!(waiting.iter().map(|(_, doubt)| *doubt).collect::<Vec<_>>(), [Doubt::Domain, Doubt::Again]);
    assert_eq!(waiting[1].0, number(&again));
}

async fn what_is_more_than_newcomers_write_waits_and_the_rest_does_not() {
    let net = Network::of(["alpha.test"]).await;
    let it = Setting::new(&net, Screen { limits: Some(Limits::default()), ..Screen::default() }).await;
    let doubts = async || it.waiting().await.iter().map(|(_, doubt)| *doubt).collect::<Vec<_>>();
    let link = "<a href=\"https://shop.test/\">my shop</a> ";

    // From elsewhere: two links are usual, three wait, and whoever wrote them reads why.
    it.toot(&net, &link.repeat(2)).await;
    assert_eq!(doubts().await, []);
    it.hush();
    it.toot(&net, &link.repeat(3)).await;
    assert_eq!(doubts().await, [Doubt::Links]);
    let told = it.max.peer.only("Create{Note}").activity;
    assert!(told["object"]["content"].as_str().expect("words").contains("it has many links"), "{told}");

    // From here, on the first day: whom one names besides the community, and how much one begins.
    let ben = it.alpha.person("ben").await;
    ben.post("@club @ana @cat good morning").await;
    let crowd = ben.post("@club @ana @cat @max@masto.test good morning").await;
    let second = ben.post("@club cabbage").await;
    ben.post("@club carrots").await;
    let fourth = ben.post("@club onions").await;
    let reply = ben.reply(&second, "white ones").await;
    net.settle().await;
    let waiting = it.waiting().await;
    let of_ben = |it: &&(PostId, Doubt)| [&crowd, &fourth, &reply, &second].iter().any(|post| number(post) == it.0);
    let of_ben: Vec<_> = waiting.iter().filter(of_ben).copied().collect();
    assert_eq!(of_ben, [(number(&crowd), Doubt::Mentions), (number(&fourth), Doubt::Many)]);

    // To change what stands is no new conversation; and the next day is another one.
    ben.api("PUT", &format!("/api/v1/statuses/{}", id(&second)), &json!({ "status": "@club red cabbage" })).await;
    net.settle().await;
    net.pass_time(std::time::Duration::from_hours(25)).await;
    ben.post("@club leeks").await;
    net.settle().await;
    assert_eq!(it.waiting().await.len(), 3);
}

on_both![
    what_is_more_than_newcomers_write_waits_and_the_rest_does_not,
    what_is_changed_after_it_was_let_in_is_looked_at_again,
    what_is_said_again_or_comes_from_a_listed_server_waits,
    the_first_posts_of_somebody_elsewhere_wait_and_are_then_as_if_just_published,
    what_waits_here_is_shown_to_its_author_and_leaves_no_trace,
    what_answers_something_that_waits_comes_along_with_it,
];
