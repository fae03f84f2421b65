//! Nothing that a team decides is missing from the log of its community, and outsiders do not learn there about whom it was.
use std::{collections::BTreeSet, time::Duration};

use app::{
    Me, appeals, bylaws, charters, grafts, held, invitations, members,
    moderation::{self, Measure, NewBan},
    paces,
    posts::Writing,
    reports::{self, Complaint},
    statements, transfers,
};
use domain::{
    group::{Role, Visibility},
    held::Screen,
    id::{ActorId, PostId},
    pace::Lane,
    report::{Category, Reach},
    statement::Sanction,
};

use super::{
    World,
    appeals::latest,
    journeys::{Browser, login},
    new_group,
};

/// What a log says, in words of its own; `open` is what admins do, and is held elsewhere.
const ALL: [&str; 27] = [
    "admit",
    "ban",
    "change",
    "demote",
    "dismiss",
    "grant",
    "invite",
    "let_in",
    "lock",
    "merge",
    "pin",
    "promote",
    "remove",
    "resolve",
    "restore",
    "rules",
    "screen",
    "slow",
    "split",
    "transfer",
    "turn_down",
    "unban",
    "unlock",
    "unpin",
    "unslow",
    "uphold",
    "warn",
];

/// A community, who leads it, who keeps order there, and somebody about whom all is decided.
struct Scene {
    world: World,
    group: ActorId,
    ana: Me,
    diego: Me,
    zacarias: Me,
}

impl Scene {
    async fn new() -> Self {
        let world = World::new();
        let (ana, huerto) = world.first_run().await;
        let (diego, zacarias) = (login(&world, "diego").await, login(&world, "zacarias").await);
        Self { world, group: huerto.id, ana, diego, zacarias }
    }

    async fn write(&self, text: &str, parent: Option<PostId>) -> PostId {
        let group = parent.is_none().then_some(self.group);
        let writing = Writing { text: text.into(), group, parent, ..Writing::default() };
        self.world.write(self.zacarias, writing).await.id
    }

    /// Roles, from nothing to nothing.
    async fn people(&self) {
        let (app, group) = (&self.world.app, self.group);
        for person in [self.diego, self.zacarias] {
            members::join(app, person, group).await.unwrap();
            invitations::invite(app, self.ana, group, person.0).await.unwrap();
        }
        let appoint = async |person: Me, role| members::appoint(app, self.ana, group, person.0, role).await.unwrap();
        appoint(self.diego, Some(Role::Moderator)).await;
        for role in [Some(Role::Moderator), Some(Role::Member), None] {
            appoint(self.zacarias, role).await;
        }
        invitations::invite(app, self.ana, group, self.zacarias.0).await.unwrap();
    }

    /// What is done with posts, what is said against it, and what becomes of that.
    async fn posts(&self) {
        let (app, group) = (&self.world.app, self.group);
        let thread = self.write("Macetas baratas", None).await;
        let take = async |post, measure| moderation::take(app, self.diego, post, measure, "".into()).await.unwrap();
        for measure in [Measure::Lock, Measure::Unlock, Measure::Feature, Measure::Unfeature] {
            take(thread, measure).await;
        }
        for granted in [true, false] {
            take(thread, Measure::Remove).await;
            let statement = latest(&self.world, group, Sanction::Remove).await;
            let address = statements::page(app, statement).unwrap();
            let word = address.rsplit('/').next().unwrap();
            appeals::file(app, word, "No es un anuncio".into()).await.unwrap();
            appeals::decide(app, self.ana, statement, granted, "Visto".into()).await.unwrap();
        }
        take(thread, Measure::Restore).await;
        let reply = self.write("Muy baratas", Some(thread)).await;
        grafts::split(app, self.diego, reply, "Aparte".into(), String::new()).await.unwrap();
        grafts::merge(app, self.diego, reply, thread, String::new()).await.unwrap();
        let complaint = Complaint {
            target: self.zacarias.0,
            posts: vec![thread],
            comment: "Anuncio".into(),
            category: Category::Spam,
            bylaw: None,
            rules: Vec::new(),
            reach: Reach::Team,
        };
        let report = reports::file(app, self.ana, complaint).await.unwrap();
        reports::resolve(app, self.diego, report.id).await.unwrap();
        let junta = app::groups::create(app, self.ana.0, new_group("junta", Visibility::Public)).await.unwrap();
        transfers::transfer(app, self.ana, thread, junta.id, String::new()).await.unwrap();
        let there = app.read(move |c| store::log::page(c, junta.id, None, 10)).await.unwrap();
        assert!(there.iter().any(|entry| entry.action == "receive"), "both communities note it: {there:?}");
    }

    /// What is decided about whole communities, and about somebody in them.
    async fn rest(&self) {
        let (app, group) = (&self.world.app, self.group);
        moderation::warn(app, self.diego, group, self.zacarias.0, "Calma".into()).await.unwrap();
        let screen = Screen { words: vec!["casino".into()], ..Screen::default() };
        held::set_screen(app, self.ana, group, screen).await.unwrap();
        for (text, yes) in [("Un casino", true), ("Otro casino", false)] {
            let waiting = self.write(text, None).await;
            held::answer(app, self.diego, waiting, yes, "Aquí no".into()).await.unwrap();
        }
        for span in [Duration::from_mins(1), Duration::ZERO] {
            paces::set(app, self.diego, Lane::Group(group), span, String::new()).await.unwrap();
        }
        let ban = NewBan { group, person: self.zacarias.0, until: None, grounds: "".into(), clean: false };
        moderation::ban(app, self.diego, ban).await.unwrap();
        moderation::unban(app, self.diego, group, self.zacarias.0).await.unwrap();
        let rule = bylaws::Entry { key: None, title: "Sin gritos".into(), text: String::new(), others: Vec::new() };
        bylaws::change(app, self.ana, group, 0, vec![rule]).await.unwrap();
        let (_, settings) = charters::look(app, self.ana, group).await.unwrap();
        let renamed = charters::Settings { title: "El huerto de todos".into(), ..settings };
        charters::change(app, self.diego, group, renamed.clone()).await.unwrap_err();
        charters::change(app, self.ana, group, renamed).await.unwrap();
    }
}

#[actix_web::test]
async fn every_decision_is_in_the_log_and_names_nobody_to_outsiders() {
    let it = Scene::new().await;
    it.people().await;
    it.posts().await;
    it.rest().await;
    let group = it.group;
    let entries = it.world.app.read(move |c| store::log::page(c, group, None, 100)).await.unwrap();
    let noted: BTreeSet<&str> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(noted, BTreeSet::from(ALL), "{entries:?}");

    // Each is said in words of its own, and to outsiders without a name but those of the team.
    let public = it.world.get("/@huerto/log", "en").await.body;
    assert_eq!(public.matches("<p class=\"told\">").count(), entries.len());
    assert!(!public.contains("took a decision"), "{public}");
    for private in ["zacarias", "Macetas", "baratas", "casino", "Aparte"] {
        assert!(!public.contains(private), "{private}: {public}");
    }
    assert!(public.contains("<bdi>diego</bdi>"), "those who decide are named: {public}");
    let inside = Browser::of(&it.world, it.diego, "en").await.get("/@huerto/log").await.body;
    assert!(inside.contains("<bdi>zacarias</bdi>") && inside.contains("Macetas"), "{inside}");
}
