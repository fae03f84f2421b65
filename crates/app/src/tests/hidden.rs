//! Hidden communities: whoever may not know of one does nothing about its number and learns nothing by trying, and what one
//! did about it oneself one may take back.
use domain::{
    charter::Charter,
    group::{Joining, Reach, Role, Visibility},
    held::Screen,
    id::{ActorId, InvitationId},
    list::Replies,
    notice::Level,
    pace::Lane,
    report::{self, Category},
    time::{Timestamp, span},
};
use futures_util::{FutureExt, future::BoxFuture};

use super::{World, world};
use crate::{
    App, Error, Me, Result, bylaws, charters, feed_keys, follows, gates, groups, held, invitations, levels, lists,
    members, moderation, moves, notes, notices, paces, posts, reports, shuns, steps,
};

/// The number of nobody.
const NOBODY: ActorId = ActorId(7);

/// Something that one does about somebody, who is named by their number.
type Deed = fn(App, Me, ActorId) -> BoxFuture<'static, Result<()>>;

macro_rules! deeds {
    ($($name:literal: |$app:ident, $me:ident, $id:ident| $done:expr;)*) => {
        vec![$(($name, (|$app, $me, $id| async move { $done.map(drop) }.boxed()) as Deed)),*]
    };
}

/// What everybody does for themselves.
fn for_oneself() -> Vec<(&'static str, Deed)> {
    deeds! {
        "block": |app, me, id| shuns::block(&app, me, id).await;
        "unblock": |app, me, id| shuns::unblock(&app, me, id).await;
        "mute": |app, me, id| shuns::mute(&app, me, id, true, Some(span::hours(1))).await;
        "unmute": |app, me, id| shuns::unmute(&app, me, id).await;
        "note": |app, me, id| notes::write(&app, me, id, "beware".into()).await;
        "forget the note": |app, me, id| notes::write(&app, me, id, String::new()).await;
        "recommend": |app, me, id| notes::endorse(&app, me, id, true).await;
        "recommend no more": |app, me, id| notes::endorse(&app, me, id, false).await;
        "leave out of what is suggested": |app, me, id| notes::unsuggest(&app, me, id).await;
        "follow": |app, me, id| follows::request(&app, me, id).await;
        "unfollow": |app, me, id| follows::end(&app, me, id).await;
        "put out": |app, me, id| follows::put_out(&app, me, id).await;
        "list": |app, me, id| lists::add(&app, me, list(&app, me).await, vec![id]).await;
        "hear of": |app, me, id| notices::accept(&app, me, vec![id]).await;
        "be told more": |app, me, id| levels::of_group(&app, me, id, Level::All).await;
        "report": |app, me, id| reports::file(&app, me, complaint(id)).await;
        "join": |app, me, id| members::join(&app, me, id).await;
        "apply": |app, me, id| gates::apply(&app, me, id, Vec::new()).await;
        "leave": |app, me, id| members::leave(&app, me, id).await;
        "decline": |app, me, id| invitations::decline(&app, me, id).await;
        "write": |app, me, id| posts::create(&app, me, writing(id)).await;
        "write later": |app, me, id| posts::schedule::create(&app, me, writing(id), soon(&app), None).await;
        "look at what was written": |app, me, id| posts::preview(&app, me, writing(id), None).await;
        "subscribe": |app, me, id| feed_keys::renew(&app, me, id).await;
    }
}

/// What whoever keeps order does for a community.
fn for_all() -> Vec<(&'static str, Deed)> {
    deeds! {
        "invite": |app, me, id| invitations::invite(&app, me, id, me.0).await;
        "open a gate": |app, me, id| gates::make(&app, me, id, gates::Terms::default()).await;
        "shut a gate": |app, me, id| gates::revoke(&app, me, id, InvitationId(1)).await;
        "answer": |app, me, id| follows::answer(&app, me, id, NOBODY, true).await;
        "refuse": |app, me, id| members::refuse(&app, me, id, NOBODY).await;
        "explain": |app, me, id| members::explain(&app, me, id, me.0, "no".into()).await;
        "appoint": |app, me, id| members::appoint(&app, me, id, me.0, Some(Role::Owner)).await;
        "hand over": |app, me, id| members::hand_over(&app, me, id, me.0, false).await;
        "ban": |app, me, id| moderation::ban(&app, me, ban(id, me.0)).await;
        "unban": |app, me, id| moderation::unban(&app, me, id, me.0).await;
        "hush": |app, me, id| moderation::hush(&app, me, (id, me.0), soon(&app), "x".into()).await;
        "unhush": |app, me, id| moderation::unhush(&app, me, id, me.0).await;
        "warn": |app, me, id| moderation::warn(&app, me, id, me.0, "x".into()).await;
        "slow down": |app, me, id| paces::set(&app, me, Lane::Group(id), span::minutes(1), String::new()).await;
        "screen": |app, me, id| held::set_screen(&app, me, id, Screen::default()).await;
        "rule": |app, me, id| bylaws::change(&app, me, id, 0, Vec::new()).await;
        "look at the settings": |app, me, id| charters::look(&app, me, id).await;
        "change the settings": |app, me, id| charters::change(&app, me, id, settings()).await;
        "rename": |app, me, id| groups::change(&app, me, id, groups::Change::default()).await;
        "trust others": |app, me, id| groups::set_reach(&app, me, id, Reach::Trusted).await;
        "put the steps away": |app, me, id| steps::put_away(&app, me, id).await;
    }
}

fn soon(app: &App) -> Timestamp {
    app.now() + span::hours(1)
}

fn writing(group: ActorId) -> posts::Writing {
    posts::Writing { text: "hola".into(), group: Some(group), ..posts::Writing::default() }
}

fn complaint(target: ActorId) -> reports::Complaint {
    let (posts, rules, reach) = (Vec::new(), Vec::new(), report::Reach::Here);
    reports::Complaint { target, posts, comment: "x".into(), category: Category::Other, bylaw: None, rules, reach }
}

fn ban(group: ActorId, person: ActorId) -> moderation::NewBan {
    moderation::NewBan { group, person, until: None, grounds: "x".into(), clean: false }
}

fn settings() -> charters::Settings {
    let (title, charter, reach) = ("Sombra".into(), Charter::default(), Reach::Home);
    let (visibility, joining) = (Visibility::Private, Joining::Invite);
    charters::Settings { title, charter, visibility, joining, moderators_only: false, reach, hidden: true }
}

async fn list(app: &App, me: Me) -> domain::id::ListId {
    let wish = lists::Wish { title: "x".into(), replies: Replies::Members, apart: false };
    lists::create(app, me, wish).await.unwrap().id
}

async fn hidden(w: &World) -> ActorId {
    let group = w.group("sombra", Visibility::Private, Joining::Invite).await;
    charters::change(&w.app, w.ana, group, settings()).await.unwrap();
    group
}

async fn nothing_is_done_about_whom_one_may_not_know_of(w: World) {
    let (secret, club) = (hidden(&w).await, w.group("junta", Visibility::Private, Joining::Approval).await);
    for (name, deed) in for_oneself().into_iter().chain(for_all()) {
        for id in [secret, NOBODY] {
            let done = deed(w.app.clone(), w.bea, id).await;
            assert!(matches!(done, Err(Error::NotFound)), "{name} {id}: {done:?}");
        }
        // Of a community that is only private one knows that it is there.
        let done = deed(w.app.clone(), w.bea, club).await;
        assert!(!matches!(done, Err(Error::NotFound)), "{name}: {done:?}");
    }
    assert!(!w.app.read(move |c| store::known::has_own(c, w.bea.0, secret)).await.unwrap());
}

async fn what_one_did_about_it_one_takes_back(w: World) {
    let group = hidden(&w).await;
    let all = for_oneself();
    let deed = |name: &str| all.iter().find(|(known, _)| *known == name).unwrap().1;
    let unlist: Deed = |app, me, id| {
        async move {
            let of = app.read(move |c| store::lists::of(c, me.0, Some(id))).await?;
            for list in of {
                lists::remove(&app, me, list.id, vec![id]).await?;
            }
            Ok(())
        }
        .boxed()
    };
    let unlevel: Deed = |app, me, id| async move { levels::of_group(&app, me, id, Level::Mine).await }.boxed();
    let turns = [
        ("mute", deed("unmute")),
        ("block", deed("unblock")),
        ("note", deed("forget the note")),
        ("recommend", deed("recommend no more")),
        ("list", unlist),
        ("be told more", unlevel),
    ];
    for (name, undo) in turns {
        invitations::invite(&w.app, w.ana, group, w.bea.0).await.unwrap();
        members::join(&w.app, w.bea, group).await.unwrap();
        deed(name)(w.app.clone(), w.bea, group).await.unwrap();
        members::leave(&w.app, w.bea, group).await.unwrap();
        let (bea, now) = (w.bea, w.app.now());
        let knows = async || {
            let found = w.app.read(move |c| {
                let actor = store::actors::by_id(c, group)?.unwrap();
                Ok((groups::is_known(c, &actor, Some(bea.0), now)?, groups::is_acquainted(c, &actor, bea, now)?))
            });
            found.await.unwrap()
        };
        assert_eq!(knows().await, (false, true), "{name}: what became of it she is not told");
        undo(w.app.clone(), w.bea, group).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(knows().await, (false, false), "{name}");
        let again = deed("unmute")(w.app.clone(), w.bea, group).await;
        assert!(matches!(again, Err(Error::NotFound)), "{name}: {again:?}");
    }
}

async fn whoever_may_not_go_along_holds_nobody_up(w: World) {
    let (open, secret) = (w.group("huerto", Visibility::Public, Joining::Open).await, hidden(&w).await);
    follows::request(&w.app, w.bea, open).await.unwrap();
    moves::take_along(w.app.clone(), format!("{open} {secret}")).await.unwrap();
    for (me, group, follows) in
        [(w.ana, open, false), (w.bea, open, false), (w.ana, secret, true), (w.bea, secret, false)]
    {
        let found = w.app.read(move |c| store::follows::get(c, me.0, group)).await.unwrap();
        assert_eq!(found.is_some(), follows, "{me:?} {group}");
    }
}

on_both! {
    whoever_may_not_go_along_holds_nobody_up
    nothing_is_done_about_whom_one_may_not_know_of
    what_one_did_about_it_one_takes_back
}
