//! What is done with one button: joining and leaving a community, following somebody, voting,
//! keeping a post for oneself, and hearing of a conversation no more.
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use app::{App, Me, Result, bookmarks, follows, invitations, members, pins, votes};
use domain::{
    id::{ActorId, PostId},
    post::Vote,
};
use serde::Deserialize;

use crate::{
    answer::{self, Visit},
    posted::Sent,
    session::Present,
};

/// Where one joins and leaves a community, follows somebody and does not any more, and votes.
pub(crate) const JOIN: &str = "/join";
pub(crate) const LEAVE: &str = "/leave";
pub(crate) const FOLLOW: &str = "/follow";
pub(crate) const UNFOLLOW: &str = "/unfollow";
pub(crate) const VOTE: &str = "/vote";
/// Where one keeps a post for oneself, and wants to hear of a conversation no more.
pub(crate) const SAVE: &str = "/save";
pub(crate) const HUSH: &str = "/hush";

/// The community that a button is about.
#[derive(Debug, Deserialize)]
pub(crate) struct Membership {
    group: i64,
    #[serde(default)]
    back: String,
}

/// The post that a button is about.
#[derive(Debug, Deserialize)]
pub(crate) struct Opinion {
    post: i64,
    /// A vote; anything else takes it back.
    vote: String,
    #[serde(default)]
    back: String,
}

/// `POST /join`
pub(crate) async fn join(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Membership, Present>,
) -> HttpResponse {
    let Membership { group, back } = sent.entered;
    done(&request, &app, &visit, enter(&app, sent.by.me, ActorId(group)).await, &back)
}

/// Groups here are joined; those elsewhere are followed, which is how one joins there.
async fn enter(app: &App, me: Me, group: ActorId) -> Result<()> {
    let is_local = app.read(move |c| store::actors::is_local(c, group)).await?;
    if is_local {
        members::join(app, me, group).await.map(drop)
    } else {
        follows::request(app, me, group).await.map(drop)
    }
}

/// `POST /leave`
pub(crate) async fn leave(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Membership, Present>,
) -> HttpResponse {
    let Membership { group, back } = sent.entered;
    done(&request, &app, &visit, exit(&app, sent.by.me, ActorId(group)).await, &back)
}

/// Leaves a community, or does not want to enter it.
async fn exit(app: &App, me: Me, group: ActorId) -> Result<()> {
    if invitations::decline(app, me, group).await? {
        return Ok(());
    }
    let is_local = app.read(move |c| store::actors::is_local(c, group)).await?;
    if is_local { members::leave(app, me, group).await } else { follows::end(app, me, group).await }
}

/// Somebody whom a button is about.
#[derive(Debug, Deserialize)]
pub(crate) struct Somebody {
    who: i64,
    #[serde(default)]
    back: String,
}

/// `POST /follow`
pub(crate) async fn follow(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Somebody>) -> HttpResponse {
    let Somebody { who, back } = sent.entered;
    done(&request, &app, &visit, follows::request(&app, sent.by.me, ActorId(who)).await.map(drop), &back)
}

/// `POST /unfollow`
pub(crate) async fn unfollow(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Somebody>) -> HttpResponse {
    let Somebody { who, back } = sent.entered;
    done(&request, &app, &visit, follows::end(&app, sent.by.me, ActorId(who)).await, &back)
}

/// `POST /vote`
pub(crate) async fn vote(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Opinion, Present>,
) -> HttpResponse {
    let Opinion { post, vote, back } = sent.entered;
    let post = PostId(post);
    let result = match vote.parse::<Vote>() {
        Ok(vote) => votes::cast(&app, sent.by.me, post, vote).await,
        Err(_none) => votes::retract(&app, sent.by.me, post).await,
    };
    done(&request, &app, &visit, result.map(drop), &format!("{back}#p{post}"))
}

/// The post that a switch is about.
#[derive(Debug, Deserialize)]
pub(crate) struct Switch {
    post: i64,
    /// On, or anything else for off.
    turn: String,
    #[serde(default)]
    back: String,
}

/// `POST /save`
pub(crate) async fn save(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Switch>) -> HttpResponse {
    let Switch { post, turn, back } = sent.entered;
    let result = bookmarks::set(&app, sent.by.me, PostId(post), turn == "on").await;
    done(&request, &app, &visit, result, &format!("{back}#p{post}"))
}

/// `POST /hush`
pub(crate) async fn hush(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Switch>) -> HttpResponse {
    let Switch { post, turn, back } = sent.entered;
    let result = pins::mute_thread(&app, sent.by.me, PostId(post), turn == "on").await;
    done(&request, &app, &visit, result, &format!("{back}#p{post}"))
}

/// Back to where the button was, or the page that says why not.
pub(crate) fn done(request: &HttpRequest, app: &App, visit: &Visit, result: Result<()>, back: &str) -> HttpResponse {
    match result {
        Ok(()) => answer::redirect(StatusCode::SEE_OTHER, &answer::way_back(app, visit, back)),
        Err(error) => answer::error(request, visit, &error),
    }
}
