//! Lists that go on behind their first page, and choices that leave nothing out.
use app::{announcements, gates, sign_up};
use domain::{
    actor::{Actor, ActorKind},
    group::{GroupRules, Joining, MemberState, Membership, Reach, Role, Visibility},
    id::PostId,
    post::FollowState,
};
use store::follows::{self, Follow};

use super::{
    World,
    journeys::{Browser, login},
};

/// More than a page lists.
const MANY: usize = 35;

impl Browser<'_> {
    /// Of what stands in `pieces`, how much each page shows: this one, and those to which its last way on with `sign` leads.
    async fn pages(&self, first: &str, sign: &str, piece: &str) -> Vec<usize> {
        let (mut shown, mut next) = (Vec::new(), Some(first.to_owned()));
        while let Some(path) = next.take() {
            let page = self.get(&path).await.body;
            shown.push(page.matches(piece).count());
            let ways = page.split("rel=\"next\" href=\"").skip(1).filter_map(|rest| rest.split('"').next());
            next = ways.map(|way| way.replace("&#38;", "&")).find(|way| way.contains(sign));
            assert!(shown.len() < 5, "{path}");
        }
        shown
    }
}

#[actix_web::test]
async fn invitations_and_announcements_are_read_to_their_end() {
    let world = World::of("invite");
    let (me, huerto) = world.first_run().await;
    for number in 0..MANY {
        sign_up::invite(&world.app, me, None, None).await.unwrap();
        gates::make(&world.app, me, huerto.id, gates::Terms::default()).await.unwrap();
        announcements::create(&world.app, Some(me), format!("Aviso {number}"), None).await.unwrap();
    }
    let ana = Browser::of(&world, me, "es").await;
    let found = ana.pages("/admin/people", "invited=", "/signup?invitation=").await;
    assert_eq!(found, [30, 5], "invitations to sign up");
    let found = ana.pages("/admin/announcements", "before=", "<p>Aviso ").await;
    assert_eq!(found, [30, 5], "announcements");
    let links = format!("/invitations?group={}", huerto.id);
    let found = ana.pages(&links, "before=", "name=\"link\"").await;
    assert_eq!(found, [30, 5], "links into a community");
}

#[actix_web::test]
async fn whoever_has_very_many_communities_writes_in_each() {
    let world = World::new();
    world.first_run().await;
    let bea = login(&world, "bea").await;
    let followed = world.app.write(move |tx| {
        let now = tx.now();
        for number in 0..250 {
            let (name, uri) = (format!("g{number}"), format!("https://plaza.test/@g{number}"));
            let group = Actor::new(ActorKind::Group, uri, (&name, "plaza.test"), now);
            let group = Actor { id: tx.new_id(), title: format!("Grupo {number:03}"), ..group };
            store::actors::insert(tx, &group)?;
            let (state, activity_uri) = (FollowState::Accepted, format!("https://plaza.test/f/{number}"));
            let follow = Follow { follower: bea.0, target: group.id, state, activity_uri, created: now };
            let tie = tx.new_id();
            follows::set(tx, tie, &follow)?;
        }
        Ok::<_, app::Error>(())
    });
    followed.await.unwrap();
    let page = Browser::of(&world, bea, "en").await.get("/write").await.body;
    let named: Vec<&str> = page.split(">Grupo ").skip(1).filter_map(|rest| rest.split('<').next()).collect();
    assert_eq!(named.len(), 250);
    assert!(named.is_sorted(), "in an order in which one finds them: {named:?}");
}

#[actix_web::test]
async fn all_that_one_belongs_to_is_reached_from_home() {
    let world = World::new();
    world.first_run().await;
    let bea = login(&world, "bea").await;
    let made = world.app.write(move |tx| {
        let now = tx.now();
        for number in 0..60 {
            let (name, uri) = (format!("g{number}"), format!("https://plaza.test/@g{number}"));
            let group = Actor::new(ActorKind::Group, uri, (&name, "plaza.test"), now);
            let group = Actor { id: tx.new_id(), title: format!("Grupo {number:03}"), ..group };
            store::actors::insert(tx, &group)?;
            let rules = GroupRules {
                id: group.id,
                visibility: Visibility::Public,
                joining: Joining::Open,
                moderators_only: false,
                reach: Reach::Home,
                confides_from: PostId(0),
                hidden: false,
            };
            store::groups::set_rules(tx, &rules)?;
            // A member may have stopped following, and whoever follows need not be a member.
            if number % 2 == 0 {
                let (state, activity_uri) = (FollowState::Accepted, format!("https://plaza.test/f/{number}"));
                let follow = Follow { follower: bea.0, target: group.id, state, activity_uri, created: now };
                let tie = tx.new_id();
                follows::set(tx, tie, &follow)?;
            } else {
                let (role, state) = (Role::Member, MemberState::Active);
                let member = Membership { group: group.id, person: bea.0, role, state, since: now };
                store::groups::set_membership(tx, &member)?;
            }
        }
        Ok::<_, app::Error>(())
    });
    made.await.unwrap();
    let browser = Browser::of(&world, bea, "en").await;
    let home = browser.get("/").await.body;
    assert_eq!(home.matches("Grupo 0").count(), 12, "home stays short");
    assert!(home.contains("href=\"/communities/mine\">All my communities"), "{home}");
    let (mut named, mut next) = (Vec::new(), Some("/communities/mine".to_owned()));
    while let Some(path) = next.take() {
        let page = browser.get(&path).await.body;
        let heads = page.split("<h2>").skip(1).filter_map(|rest| rest.split("Grupo ").nth(1)?.split('<').next());
        named.extend(heads.map(str::to_owned));
        let way = page.split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split('"').next());
        next = way.map(|way| way.replace("&#38;", "&"));
    }
    let all: Vec<String> = (0..60).map(|number| format!("{number:03}")).collect();
    assert_eq!(named, all);
    assert_eq!(world.get("/communities/mine", "en").await.status, actix_web::http::StatusCode::SEE_OTHER);
}
