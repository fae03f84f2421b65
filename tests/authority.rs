//! Who may keep order from elsewhere, as a table: every decision by everybody, in a group here and in one elsewhere.

use std::time::Duration;

use app::moderation::{self, Measure, NewBan};
use app::reports::Complaint;
use domain::{
    group::{MemberState, Membership, Role},
    id::{ActorId, PostId},
    report::{Category, Reach},
};
use serde_json::{Value, json};

use crate::network::{Network, Puppet, Server, Software, on_both};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Delete,
    UndoDelete,
    Lock,
    UndoLock,
    AddFeatured,
    RemoveFeatured,
    AddModerator,
    RemoveModerator,
    Block,
    UndoBlock,
    Warn,
    Invite,
    Resolve,
    UpdateGroup,
    Move,
}

impl Deed {
    /// Whether those who follow the group hear of it from whoever did it: some things concern one person, or the team, and some are
    /// told by the group itself.
    fn is_told(self) -> bool {
        !matches!(self, Self::Warn | Self::Invite | Self::Resolve | Self::UpdateGroup | Self::Move)
    }
}

/// What a decision may change.
#[derive(Debug, PartialEq, Eq)]
struct State {
    gone: bool,
    removed: bool,
    locked: bool,
    featured: bool,
    role: Option<Role>,
    waiting: Option<MemberState>,
    banned: bool,
    /// Where the page stands.
    place: Option<ActorId>,
    title: String,
    reported: bool,
    /// What was last noted in the log, if it was about somebody.
    warned: Option<i64>,
}

struct Setting {
    net: Network,
    alpha: Server,
    group: (String, ActorId),
    /// Another group of the same server, and the document of the first.
    second: String,
    document: Value,
    /// Who makes things as they have to be before each decision.
    owner: ActorId,
    /// Who writes.
    mia: Puppet,
    /// Whom decisions about people concern.
    pol: Puppet,
}

impl Setting {
    async fn id_of(&self, uri: &str) -> ActorId {
        self.alpha.app().resolver().actor(self.alpha.app(), uri).await.expect("somebody")
    }

    /// A new page in the group; `through` passes it on if the group lives elsewhere.
    async fn page(&self, through: Option<&Puppet>) -> (Value, PostId) {
        let page = self.mia.lemmy_page(&self.group.0, "Rocks", "Which is the hardest?");
        match through {
            Some(group) => group.send(&self.alpha, &group.activity("Announce", &page)).await,
            None => self.mia.send(&self.alpha, &page).await,
        }
        self.net.settle().await;
        let uri = page["object"]["id"].as_str().unwrap().to_owned();
        let post = self.alpha.app().read(move |c| store::posts::by_uri(c, &uri)).await.unwrap().expect("a page");
        (page["object"]["id"].clone(), post.id)
    }

    /// Makes things so that `deed` would change something.
    async fn prepare(&self, deed: Deed, post: PostId) {
        let (owner, group, pol) = (self.owner, self.group.1, self.id_of(&self.pol.uri).await);
        let (report, complaint) = (self.report(post), complaint(self.id_of(&self.mia.uri).await, post));
        let prepared = self.alpha.app().write(move |tx| {
            if matches!(deed, Deed::AddModerator | Deed::RemoveModerator | Deed::Invite) {
                let (role, state, since) = (Role::Member, MemberState::Active, tx.now());
                let member = Membership { group, person: pol, role, state, since };
                store::groups::set_membership(tx, &member)?;
            }
            let mut take = |measure| moderation::receive(tx, owner, post, measure, "", None);
            match deed {
                Deed::UndoDelete => take(Measure::Remove),
                Deed::UndoLock => take(Measure::Lock),
                Deed::RemoveFeatured => take(Measure::Feature),
                Deed::RemoveModerator => {
                    app::members::receive_appoint(tx, owner, group, pol, Some(Role::Moderator), None)
                }
                Deed::Block => moderation::receive_unban(tx, owner, group, pol, None),
                Deed::UndoBlock => {
                    let ban = NewBan { group, person: pol, until: None, grounds: "".into(), clean: false };
                    moderation::receive_ban(tx, owner, &ban, None)
                }
                Deed::Invite => {
                    moderation::receive_unban(tx, owner, group, pol, None)?;
                    app::members::receive_appoint(tx, owner, group, pol, None, None)
                }
                Deed::Resolve => app::reports::receive(tx, owner, &complaint, &report),
                Deed::AddModerator
                | Deed::Delete
                | Deed::Lock
                | Deed::AddFeatured
                | Deed::Warn
                | Deed::UpdateGroup
                | Deed::Move => Ok(()),
            }
        });
        prepared.await.expect("the owner may");
        self.net.settle().await;
    }

    /// The id of a report about a page.
    fn report(&self, post: PostId) -> String {
        self.mia.peer.url(&format!("/flags/{post}"))
    }

    async fn state(&self, post: PostId) -> State {
        let (group, pol, now) = (self.group.1, self.id_of(&self.pol.uri).await, self.alpha.app().now());
        let report = self.report(post);
        let state = self.alpha.app().read(move |c| {
            let post = store::posts::by_id(c, post)?.expect("a page");
            let standing = store::groups::standing(c, group, pol, now)?;
            let last = store::log::page(c, group, None, 1)?.pop();
            Ok(State {
                gone: post.deleted.is_some(),
                removed: post.removed.is_some(),
                locked: post.locked.is_some(),
                featured: post.featured.is_some(),
                role: standing.role,
                waiting: standing.waiting,
                banned: standing.banned,
                place: post.group,
                title: store::actors::by_id(c, group)?.expect("the group").title,
                reported: store::reports::by_uri(c, &report)?.is_some_and(|report| report.resolved.is_none()),
                warned: last.filter(|entry| entry.action == "warn").map(|entry| entry.id),
            })
        });
        state.await.unwrap()
    }

    /// A decision as forums send it.
    fn activity(&self, deed: Deed, by: &Puppet, (page, post): (&Value, PostId)) -> Value {
        let (group, pol) = (self.group.0.as_str(), json!(self.pol.uri));
        let (itself, report) = (json!(group), json!(self.report(post)));
        let mut renamed = self.document.clone();
        renamed["name"] = json!(format!("As {} calls it", by.name));
        let (kind, object, target, undo) = match deed {
            Deed::Delete => ("Delete", page, None, false),
            Deed::UndoDelete => ("Delete", page, None, true),
            Deed::Lock => ("Lock", page, None, false),
            Deed::UndoLock => ("Lock", page, None, true),
            Deed::AddFeatured => ("Add", page, Some(format!("{group}/featured")), false),
            Deed::RemoveFeatured => ("Remove", page, Some(format!("{group}/featured")), false),
            Deed::AddModerator => ("Add", &pol, Some(format!("{group}/moderators")), false),
            Deed::RemoveModerator => ("Remove", &pol, Some(format!("{group}/moderators")), false),
            Deed::Block => ("Block", &pol, Some(group.to_owned()), false),
            Deed::UndoBlock => ("Block", &pol, Some(group.to_owned()), true),
            Deed::Warn => ("Warn", &pol, Some(group.to_owned()), false),
            Deed::Invite => ("Invite", &itself, Some(self.pol.uri.clone()), false),
            Deed::Resolve => ("Resolve", &report, None, false),
            Deed::UpdateGroup => ("Update", &renamed, None, false),
            Deed::Move => ("Move", page, Some(self.second.clone()), false),
        };
        let mut activity = by.addressed(kind, object, &[group]);
        activity["audience"] = json!(group);
        activity["target"] = json!(target);
        if kind == "Delete" || kind == "Warn" {
            activity["summary"] = json!("off topic");
        }
        if undo { by.undo(&activity) } else { activity }
    }

    /// Whether a decision, said by `by` and, if there is one, passed on by a group, changes anything.
    async fn obeys(&self, deed: Deed, by: &Puppet, through: Option<&Puppet>, home: Option<&Puppet>) -> bool {
        let (page, post) = self.page(home).await;
        self.prepare(deed, post).await;
        let (before, activity) = (self.state(post).await, self.activity(deed, by, (&page, post)));
        match through {
            Some(group) => group.send(&self.alpha, &group.activity("Announce", &activity)).await,
            None => by.send(&self.alpha, &activity).await,
        }
        self.net.settle().await;
        before != self.state(post).await
    }
}

/// What somebody finds wrong with a page.
fn complaint(target: ActorId, post: PostId) -> Complaint {
    let (posts, comment, category) = (vec![post], "It is wrong.".to_owned(), Category::Other);
    Complaint { target, posts, comment, category, bylaw: None, rules: Vec::new(), reach: Reach::Here }
}

async fn in_a_group_here() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let (club, other) = (alpha.group("club", &ana).await, alpha.group("other", &ana).await);
    let (lem, pie) = (net.peer("lem.test", Software::Lemmy), net.peer("pie.test", Software::Lemmy));
    let (lea, leo, otto, noa) = (lem.person("lea"), lem.person("leo"), lem.person("otto"), lem.person("noa"));
    let (mia, boss, pol) = (pie.person("mia"), pie.person("boss"), pie.person("pol"));
    let witness = net.peer("witness.test", Software::Lemmy).person("witness");
    for person in [&mia, &witness] {
        person.follow(&alpha, club.uri()).await;
    }
    net.settle().await;
    let (group, owner) = ((club.uri().to_owned(), club.actor.id), ana.actor.id);
    let (second, document) = (other.uri().to_owned(), alpha.document(club.uri()).await);
    let it = Setting { net, alpha, group, second, document, owner, mia: mia.clone(), pol };
    for (person, group, role) in [
        (&lea, &club, Role::Leader),
        (&lea, &other, Role::Moderator),
        (&leo, &club, Role::Moderator),
        (&otto, &other, Role::Moderator),
    ] {
        let (person, me) = (it.id_of(&person.uri).await, app::Me(ana.actor.id));
        group.has(person).await;
        app::members::appoint(it.alpha.app(), me, group.actor.id, person, Some(role)).await.unwrap();
    }

    let everybody = [
        ("a leader", &lea),
        ("a moderator", &leo),
        ("the author", &mia),
        ("no moderator", &noa),
        ("a moderator of another group", &otto),
        ("an admin of the author's server", &boss),
    ];
    let staff = ["a leader", "a moderator"].as_slice();
    let table = [
        (Deed::Delete, ["a leader", "a moderator", "the author"].as_slice()),
        (Deed::UndoDelete, staff),
        (Deed::Lock, staff),
        (Deed::UndoLock, staff),
        (Deed::AddFeatured, staff),
        (Deed::RemoveFeatured, staff),
        (Deed::AddModerator, &["a leader"]),
        (Deed::RemoveModerator, &["a leader"]),
        (Deed::Block, staff),
        (Deed::UndoBlock, staff),
        (Deed::Warn, staff),
        (Deed::Invite, staff),
        (Deed::Resolve, staff),
        (Deed::UpdateGroup, &["a leader"]),
        // Only the leader keeps order in the other group, too.
        (Deed::Move, &["a leader"]),
    ];
    for (deed, obeyed) in table {
        for (who, by) in everybody {
            let expected = obeyed.contains(&who);
            assert_eq!(it.obeys(deed, by, None, None).await, expected, "{deed:?} by {who}");
            // The last word was about this: the witness hears of it, or of nothing.
            let told = witness.peer.take().pop().expect("at least a page").activity;
            assert_eq!(
                told["object"]["actor"] == by.uri.as_str(),
                expected && deed.is_told() || by.uri == mia.uri && told["object"]["type"] == "Create",
                "{deed:?} by {who}: {told}"
            );
        }
    }
}

async fn in_a_group_elsewhere() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (lem, pie, far) = (
        net.peer("lem.test", Software::Lemmy),
        net.peer("pie.test", Software::Lemmy),
        net.peer("far.test", Software::Lemmy),
    );
    let (rocks, leo, chief) = (lem.group("rocks"), lem.person("leo"), lem.person("chief"));
    let stones = lem.group("stones");
    let (mia, pol, noa) = (pie.person("mia"), pie.person("pol"), far.person("noa"));
    let (others, otto) = (far.group("others"), far.person("otto"));
    for (group, moderator) in [(&rocks, &leo), (&stones, &leo), (&others, &otto)] {
        let items = json!([moderator.uri]);
        let (id, kind) = (group.part("moderators"), "OrderedCollection");
        group.peer.serve(&json!({ "id": id, "type": kind, "totalItems": 1, "orderedItems": items }));
    }
    let ana = alpha.person("ana").await;
    ana.follow(&rocks.handle()).await;
    ana.follow(&others.handle()).await;
    net.settle().await;
    let (group, owner) = ((rocks.uri.clone(), ActorId(0)), ActorId(0));
    let (second, document) = (stones.uri.clone(), rocks.document());
    let mut it = Setting { net, alpha, group, second, document, owner, mia: mia.clone(), pol };
    it.group.1 = it.id_of(&rocks.uri).await;
    it.owner = it.id_of(&leo.uri).await;

    let everybody = [
        ("a moderator", &leo),
        ("an admin of the group's server", &chief),
        ("the author", &mia),
        ("no moderator", &noa),
        ("a moderator of another group", &otto),
    ];
    let (home, moderator) = (["a moderator", "an admin of the group's server"].as_slice(), ["a moderator"].as_slice());
    let nobody: &[&str] = &[];
    // Who is obeyed if the group passes it on, and who if they say so themselves. Nobody is if another group does.
    let table = [
        (Deed::Delete, home, ["a moderator", "the author"].as_slice()),
        (Deed::UndoDelete, home, moderator),
        (Deed::Lock, home, moderator),
        (Deed::UndoLock, home, moderator),
        (Deed::AddFeatured, home, nobody),
        (Deed::RemoveFeatured, home, nobody),
        (Deed::Block, home, nobody),
        (Deed::UndoBlock, home, nobody),
        // A warning is no business of all followers. Of where a thread stands a server speaks by whomever it lets.
        (Deed::Warn, nobody, home),
        (Deed::Move, home, home),
        // The group says itself what it is called.
        (Deed::UpdateGroup, nobody, nobody),
    ];
    for (deed, passed_on, direct) in table {
        for (who, by) in everybody {
            let ways = [
                (Some(&rocks), passed_on, "by its group"),
                (None, direct, "directly"),
                (Some(&others), nobody, "by another"),
            ];
            for (through, obeyed, way) in ways {
                let expected = obeyed.contains(&who);
                assert_eq!(it.obeys(deed, by, through, Some(&rocks)).await, expected, "{deed:?} by {who}, {way}");
            }
        }
    }
}

/// What people here may do in a group elsewhere, and how its server hears of it: as one who keeps order there does it, and
/// not at all from anybody else.
async fn from_here_in_a_group_elsewhere() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let (ana, ben, eve) = (alpha.person("ana").await, alpha.person("ben").await, alpha.person("eve").await);
    let (lem, mia) = (net.peer("lem.test", Software::Lemmy), net.peer("pie.test", Software::Lemmy).person("mia"));
    let (rocks, stones) = (lem.group("rocks"), lem.group("stones"));
    for group in [&rocks, &stones] {
        let (id, kind) = (group.part("moderators"), "OrderedCollection");
        lem.serve(&json!({ "id": id, "type": kind, "totalItems": 1, "orderedItems": [ben.uri()] }));
    }
    for person in [&ana, &ben] {
        person.follow(&rocks.handle()).await;
    }
    ben.follow(&stones.handle()).await;
    net.settle().await;
    let page = mia.lemmy_page(&rocks.uri, "Rocks", "Which is the hardest?");
    rocks.send(&alpha, &rocks.activity("Announce", &page)).await;
    net.settle().await;
    let app = alpha.app();
    let uri = page["object"]["id"].as_str().unwrap().to_owned();
    let post = app.read(move |c| store::posts::by_uri(c, &uri)).await.unwrap().expect("a page").id;
    let id_of = async |uri: &str| app.resolver().actor(app, uri).await.expect("somebody");
    let (group, other, pol) = (id_of(&rocks.uri).await, id_of(&stones.uri).await, id_of(&mia.uri).await);
    let until = Some(domain::time::Timestamp(app.now().millis() + 86_400_000));

    let take = async |me, measure| moderation::take(app, me, post, measure, "off topic".into()).await;
    let act = async |deed: &str, me: app::Me| match deed {
        "Delete" => take(me, Measure::Remove).await,
        "Undo{Delete}" => take(me, Measure::Restore).await,
        "Lock" => take(me, Measure::Lock).await,
        "Undo{Lock}" => take(me, Measure::Unlock).await,
        "Add" => take(me, Measure::Feature).await,
        "Remove" => take(me, Measure::Unfeature).await,
        "Move" => app::transfers::transfer(app, me, post, other, "off topic".into()).await,
        "Block" => {
            let ban = NewBan { group, person: pol, until, grounds: "off topic".into(), clean: true };
            moderation::ban(app, me, ban).await
        }
        "Undo{Block}" => moderation::unban(app, me, group, pol).await,
        deed => unreachable!("{deed}"),
    };
    lem.take();
    let deeds = ["Lock", "Undo{Lock}", "Add", "Remove", "Delete", "Undo{Delete}", "Move", "Block", "Undo{Block}"];
    for deed in deeds {
        for (who, by) in [("a follower", &ana), ("a stranger", &eve)] {
            let refused = act(deed, app::Me(by.actor.id)).await;
            // Whoever may not see what was taken out does not learn that it is there.
            let refused = matches!(refused, Err(app::Error::Denied(_) | app::Error::NotFound));
            assert!(refused, "{deed} by {who}");
        }
        net.settle().await;
        assert_eq!(lem.kinds(), Vec::<String>::new(), "{deed} by others is not told");
        act(deed, app::Me(ben.actor.id)).await.unwrap_or_else(|error| panic!("{deed} by a moderator: {error}"));
        net.settle().await;
        let told = lem.take().into_iter().find(|told| told.kind() == deed);
        let told = told.unwrap_or_else(|| panic!("{deed} is not told"));
        assert_eq!((&told.activity["actor"], told.signer.as_str()), (&json!(ben.uri()), ben.uri()), "{deed}");
        if deed == "Block" {
            let block = &told.activity;
            assert_eq!((&block["target"], &block["object"]), (&json!(rocks.uri), &json!(mia.uri)));
            assert_eq!((&block["removeData"], &block["summary"]), (&json!(true), &json!("off topic")));
            assert!(block["endTime"].is_string(), "{block}");
        }
        if deed == "Delete" {
            assert_eq!(told.activity["summary"], "off topic");
        }
    }
}

async fn a_ban_ends_when_it_says() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group("club", &ana).await;
    let (leo, mia) =
        (net.peer("lem.test", Software::Lemmy).person("leo"), net.peer("pie.test", Software::Lemmy).person("mia"));
    let leo_id = alpha.app().resolver().actor(alpha.app(), &leo.uri).await.unwrap();
    let (me, role) = (app::Me(ana.actor.id), Some(Role::Moderator));
    club.has(leo_id).await;
    app::members::appoint(alpha.app(), me, club.actor.id, leo_id, role).await.unwrap();
    let ban = |key: &str, end: &str| {
        let mut ban = leo.addressed("Block", &json!(mia.uri), &[club.uri()]);
        ban["target"] = json!(club.uri());
        ban[key] = json!(end);
        ban
    };
    let may_write = async || {
        let before = alpha.document(&format!("{}/outbox", club.uri())).await["totalItems"].clone();
        mia.send(&alpha, &mia.lemmy_page(club.uri(), "Rocks", "Here I am.")).await;
        net.settle().await;
        alpha.document(&format!("{}/outbox", club.uri())).await["totalItems"] != before
    };
    for (key, end, written) in [
        ("endTime", "2020-01-01T00:00:00Z", true),
        ("endTime", "soon", true),
        ("expires", "2099-01-01T00:00:00Z", false),
    ] {
        leo.send(&alpha, &ban(key, end)).await;
        net.settle().await;
        assert_eq!(may_write().await, written, "{key}: {end}");
    }
    let soon = crate::network::date(domain::time::Timestamp(alpha.app().now().millis() + 3_600_000));
    leo.send(&alpha, &ban("endTime", &soon)).await;
    net.settle().await;
    assert!(!may_write().await);
    mia.peer.clock().advance(Duration::from_secs(3_601));
    assert!(may_write().await, "the hour is over");
}

on_both![in_a_group_here, in_a_group_elsewhere, from_here_in_a_group_elsewhere, a_ban_ends_when_it_says];
