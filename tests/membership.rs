//! What one is to a group: said by oneself, answered by the group; and what a group reports of several people at once.

use domain::{
    group::{Joining, MemberState, Visibility},
    post::FollowState,
};
use serde_json::{Value, json};

use crate::network::{Network, Puppet, Software, on_both};

async fn nobody_joins_or_leaves_for_another() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let ana = alpha.person("ana").await;
    let club = alpha.group_like("club", &ana, Visibility::Public, Joining::Approval).await;
    let far = net.peer("far.test", Software::Lemmy);
    let (rocks, mia, pol) = (far.group("rocks"), far.person("mia"), far.person("pol"));
    let id_of = async |uri: &str| alpha.app().resolver().actor(alpha.app(), uri).await.expect("somebody");
    let follows = async |who: &str, whom: &str| {
        let (who, whom) = (id_of(who).await, id_of(whom).await);
        let found = alpha.app().read(move |c| {
            let membership = store::groups::membership(c, whom, who)?.map(|membership| membership.state);
            Ok((store::follows::get(c, who, whom)?.map(|follow| follow.state), membership))
        });
        found.await.unwrap()
    };
    let send = async |by: &Puppet, activity: &Value| {
        by.send(&alpha, activity).await;
        net.settle().await;
    };
    let asked = (Some(FollowState::Pending), Some(MemberState::Pending));

    // Who was never there leaves nothing, whatever they call it.
    let never = mia.activity("Follow", &json!(club.uri()));
    for leaving in [mia.activity("Leave", &json!(club.uri())), mia.undo(&never)] {
        send(&mia, &leaving).await;
        assert_eq!(follows(&mia.uri, club.uri()).await, (None, None), "{leaving}");
    }
    assert!(far.kinds().is_empty(), "nobody is told: {:?}", far.kinds());

    // To join is to ask; nobody asks, leaves or answers for another.
    let join = mia.activity("Join", &json!(club.uri()));
    let mut for_pol = mia.activity("Join", &json!(club.uri()));
    for_pol["object"] = json!({ "type": "Group", "id": club.uri(), "attributedTo": pol.uri });
    send(&mia, &for_pol).await;
    assert_eq!(follows(&pol.uri, club.uri()).await, (None, None));
    send(&mia, &join).await;
    assert_eq!(follows(&mia.uri, club.uri()).await, asked);
    let (site, groups) = (alpha.app().config().site.clone(), vec![club.actor.id]);
    let keeper = app::Me(ana.actor.id);
    let waiting = alpha.app().read(move |c| app::queue::count(c, &site, keeper, groups)).await.unwrap();
    assert_eq!(waiting, 1, "one wish, whatever it is made of");
    for (by, kind) in [(&pol, "Accept"), (&mia, "Accept"), (&pol, "Reject"), (&rocks, "Accept")] {
        send(by, &by.activity(kind, &join)).await;
        assert_eq!(follows(&mia.uri, club.uri()).await, asked, "{kind} by {}", by.name);
    }
    send(&pol, &pol.undo(&join)).await;
    send(&pol, &pol.activity("Leave", &json!(club.uri()))).await;
    assert_eq!(follows(&mia.uri, club.uri()).await, asked);
    send(&mia, &mia.activity("Leave", &json!(club.uri()))).await;
    assert_eq!(follows(&mia.uri, club.uri()).await, (None, None));

    // A group elsewhere says no: when it is asked, and later, too. Nobody else does, and not to joining alone.
    ana.follow(&rocks.handle()).await;
    net.settle().await;
    let request = far.take().pop().expect("a request").activity;
    let mut to_join = request.clone();
    to_join["type"] = json!("Join");
    for (by, kind, answered, state) in [
        (&mia, "Reject", &request, Some(FollowState::Pending)),
        (&rocks, "Reject", &to_join, Some(FollowState::Pending)),
        (&mia, "Accept", &request, Some(FollowState::Pending)),
        (&rocks, "Accept", &request, Some(FollowState::Accepted)),
        (&mia, "Reject", &request, Some(FollowState::Accepted)),
        (&rocks, "Reject", &request, None),
        (&rocks, "Accept", &request, None),
    ] {
        send(by, &by.activity(kind, answered)).await;
        assert_eq!(follows(ana.uri(), &rocks.uri).await.0, state, "{kind} by {}", by.name);
    }
}

async fn a_group_takes_back_several_things_at_once() {
    let net = Network::of(["alpha.test"]).await;
    let alpha = net.server("alpha.test");
    let far = net.peer("far.test", Software::PieFed);
    let (rocks, leo) = (far.group("rocks"), far.person("leo"));
    let ana = alpha.person("ana").await;
    ana.follow(&rocks.handle()).await;
    net.settle().await;
    let page = leo.piefed_page(&rocks.uri, "Rocks", "Which is the hardest?");
    rocks.send(&alpha, &rocks.activity("Announce", &page)).await;
    net.settle().await;
    let post = ana.find_post(page["object"]["id"].as_str().unwrap()).await;
    let voters: Vec<Puppet> = ["mia", "pol", "noa"].iter().map(|name| far.person(name)).collect();
    let likes: Vec<Value> = voters.iter().map(|voter| voter.activity("Like", &page["object"]["id"])).collect();
    let votes = async |activities: Vec<Value>| {
        rocks.send(&alpha, &rocks.activity("Announce", &json!(activities))).await;
        net.settle().await;
        ana.status(&post).await["favourites_count"].clone()
    };
    assert_eq!(votes(likes.clone()).await, 3);
    let undone = voters.iter().zip(&likes).take(2).map(|(voter, like)| voter.undo(like)).collect();
    assert_eq!(votes(undone).await, 1, "each is looked at by itself");
    let mut both = voters[0].undo(&likes[0]);
    let again = |voter: &Puppet| voter.activity("Like", &page["object"]["id"]);
    let (mine, more) = (again(&voters[0]), again(&voters[1]));
    assert_eq!(votes(vec![mine.clone(), more.clone()]).await, 3);
    // In one word as well; and nobody takes back what others did.
    both["object"] = json!([mine, more]);
    rocks.send(&alpha, &rocks.activity("Announce", &both)).await;
    net.settle().await;
    assert_eq!(ana.status(&post).await["favourites_count"], 2);
}

on_both![nobody_joins_or_leaves_for_another, a_group_takes_back_several_things_at_once];
