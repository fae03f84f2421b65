//! Coming into a community for which one signed up, by a link that is for others or is gone by then.
use domain::{
    group::{GroupRules, Joining, Visibility},
    host::Host,
    id::{ActorId, InvitationId},
    time::span,
};
use store::arrivals::Arrival;

use super::{World, world};
use crate::{
    Me, arrivals,
    gates::{self, Terms},
    leaving, moderation,
};

/// Makes a link, and keeps a place in it for `person`, who signs up by it.
async fn link(w: &World, group: ActorId, person: Me, terms: Terms) -> InvitationId {
    gates::make(&w.app, w.ana, group, terms).await.unwrap();
    let id = gates::list(&w.app, w.ana, group, InvitationId(i64::MAX), 1).await.unwrap()[0].0.id;
    w.app
        .write(move |tx| {
            store::gates::spend(tx, InvitationId(id))?;
            let arrival = Arrival { person_id: person.0.0, group_id: group.0, gate_id: Some(id) };
            Ok(store::arrivals::set(tx, &arrival)?)
        })
        .await
        .unwrap();
    InvitationId(id)
}

async fn used(w: &World, group: ActorId) -> i64 {
    gates::list(&w.app, w.ana, group, InvitationId(i64::MAX), 1).await.unwrap().remove(0).0.used
}

async fn arrive(w: &World, person: Me) {
    w.app.write(move |tx| arrivals::arrive(tx, person.0)).await.unwrap();
    assert_eq!(arrivals::ahead(&w.app, person).await.unwrap(), None, "nobody is on their way any more");
}

async fn is_member(w: &World, group: ActorId, person: Me) -> bool {
    let now = w.app.now();
    w.app.read(move |c| store::groups::standing(c, group, person.0, now)).await.unwrap().is_member()
}

async fn a_link_that_is_gone_keeps_nobody_from_their_login(w: World) {
    let group = w.group("huerto", Visibility::Private, Joining::Invite).await;
    w.app
        .write(move |tx| {
            let rules = store::groups::rules(tx, group)?.unwrap();
            Ok(store::groups::set_rules(tx, &GroupRules { hidden: true, ..rules })?)
        })
        .await
        .unwrap();
    let gate = link(&w, group, w.bea, Terms::default()).await;
    gates::revoke(&w.app, w.ana, group, gate).await.unwrap();
    arrive(&w, w.bea).await;
    assert!(!is_member(&w, group, w.bea).await);
}

async fn a_place_is_given_back_by_whoever_does_not_take_it(w: World) {
    let group = w.group("huerto", Visibility::Restricted, Joining::Open).await;
    let terms = Terms { domain: Host::parse("school.example"), most: Some(1), ..Terms::default() };
    link(&w, group, w.bea, terms).await;
    assert_eq!(used(&w, group).await, 1);
    arrive(&w, w.bea).await;
    assert!(is_member(&w, group, w.bea).await, "by the door, as everybody");
    assert_eq!(used(&w, group).await, 0, "her mailbox is elsewhere");

    link(&w, group, w.bea, Terms::default()).await;
    let ban = moderation::NewBan { group, person: w.bea.0, until: None, grounds: "spam".into(), clean: false };
    moderation::ban(&w.app, w.ana, ban).await.unwrap();
    arrive(&w, w.bea).await;
    assert_eq!(used(&w, group).await, 0, "she is kept out meanwhile");

    let eva = super::person(&w.app, "eva").await;
    link(&w, group, eva, Terms { most: Some(1), ..Terms::default() }).await;
    w.app.write(move |tx| arrivals::give_up(tx, eva.0)).await.unwrap();
    assert_eq!(used(&w, group).await, 0);
    w.clock.advance(span::days(8));
    leaving::sweep(&w.app).await.unwrap();
    assert_eq!(used(&w, group).await, 0, "once");
}

on_both! {
    a_link_that_is_gone_keeps_nobody_from_their_login
    a_place_is_given_back_by_whoever_does_not_take_it
}
