//! What is done with one button: joining and leaving a community, following somebody, voting,
//! passing a post on, keeping a post for oneself, how much one wants to be told, and what one has been told.
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use app::{
    App, Error, Me, Result, announcements, bookmarks, echoes, follows, invitations, levels, members, pins, portions,
    shares, solutions, votes,
};
use domain::{
    id::{ActorId, AnnouncementId, PostId},
    notice::Level,
    portion::Portion,
    post::Vote,
};
use serde::Deserialize;

use crate::{
    answer::{self, Visit},
    language::Language,
    posted::Sent,
    said,
    session::Present,
};

/// Where one joins and leaves a community, follows somebody and does not any more, and votes.
pub(crate) const JOIN: &str = "/join";
pub(crate) const LEAVE: &str = "/leave";
pub(crate) const FOLLOW: &str = "/follow";
pub(crate) const UNFOLLOW: &str = "/unfollow";
pub(crate) const VOTE: &str = "/vote";
/// Where one passes a post on to those who follow one.
pub(crate) const SHARE: &str = "/pass-on";
/// Where one keeps a post for oneself, pins one of one's own to one's page, and says how much one wants to be told of a conversation or a community.
pub(crate) const SAVE: &str = "/save";
pub(crate) const PIN: &str = "/pin";
pub(crate) const LEVEL: &str = "/level";
/// Where one says that the same happens to one, and which reply answers.
pub(crate) const ECHO: &str = "/same-here";
pub(crate) const SOLVE: &str = "/solve";
/// Where one says how much of a community one wants.
pub(crate) const PORTION: &str = "/portion";
/// Where one puts away what everybody is told.
pub(crate) const DISMISS: &str = "/announcements/seen";

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

/// `POST /pin`
pub(crate) async fn pin(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Switch>) -> HttpResponse {
    let (me, Switch { post, turn, back }) = (sent.by.me, sent.entered);
    let (id, is_on) = (PostId(post), turn == "on");
    let pinned = match app.read(move |c| store::pins::of(c, me.0, Some(me.0), 100)).await {
        Ok(pinned) => pinned,
        Err(error) => return answer::error(&request, &visit, &error),
    };
    if is_on && pinned.len() >= pins::MOST && !pinned.contains(&id) {
        return answer::refused(&request, &visit, StatusCode::CONFLICT, visit.language.pins_full());
    }
    let result = pins::set(&app, me, id, is_on).await;
    done(&request, &app, &visit, result, &format!("{back}#p{post}"))
}

/// `POST /pass-on`
pub(crate) async fn share(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Switch>) -> HttpResponse {
    let Switch { post, turn, back } = sent.entered;
    let (me, id) = (sent.by.me, PostId(post));
    let result = if turn == "on" { shares::create(&app, me, id).await } else { shares::remove(&app, me, id).await };
    done(&request, &app, &visit, result.map(drop), &format!("{back}#p{post}"))
}

/// `POST /same-here`
pub(crate) async fn echo(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Switch, Present>,
) -> HttpResponse {
    let Switch { post, turn, back } = sent.entered;
    let result = echoes::set(&app, sent.by.me, PostId(post), turn == "on").await;
    done(&request, &app, &visit, result, &back)
}

/// `POST /solve`
pub(crate) async fn solve(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Switch, Present>,
) -> HttpResponse {
    let Switch { post, turn, back } = sent.entered;
    let result = solutions::set(&app, sent.by.me, PostId(post), turn == "on").await;
    done(&request, &app, &visit, result, &format!("{back}#p{post}"))
}

/// The conversation or the community that a level is about.
#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    post: Option<i64>,
    group: Option<i64>,
    level: Level,
    #[serde(default)]
    back: String,
}

/// `POST /level`
pub(crate) async fn level(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Wanted>) -> HttpResponse {
    let (me, Wanted { post, group, level, back }) = (sent.by.me, sent.entered);
    let result = match (post, group) {
        (Some(post), _) => levels::of_thread(&app, me, PostId(post), level).await,
        (None, Some(group)) => levels::of_group(&app, me, ActorId(group), level).await,
        (None, None) => Err(Error::NotFound),
    };
    done(&request, &app, &visit, result, &back)
}

/// How much of something one wants to be told, and how much one could.
pub(crate) struct Told {
    /// The field that says of what, and its number.
    pub(crate) field: &'static str,
    pub(crate) id: i64,
    /// What is chosen, in words.
    pub(crate) chosen: &'static str,
    /// The word, the label, what it means, and whether it is chosen.
    pub(crate) choices: [(Level, &'static str, &'static str, bool); 3],
}

impl Told {
    /// Of a conversation.
    pub(crate) fn of_thread(t: Language, id: PostId, chosen: Level) -> Self {
        Self::new(t, ("post", id.0), chosen, t.level_all_replies())
    }

    /// Of a community.
    pub(crate) fn of_group(t: Language, id: ActorId, chosen: Level) -> Self {
        Self::new(t, ("group", id.0), chosen, t.level_all_threads())
    }

    fn new(t: Language, (field, id): (&'static str, i64), chosen: Level, all: &'static str) -> Self {
        let choice = |level, label, hint| (level, label, hint, level == chosen);
        let choices = [
            choice(Level::All, t.level_all(), all),
            choice(Level::Mine, t.level_mine(), t.level_mine_hint()),
            choice(Level::Nothing, t.level_none(), t.level_none_hint()),
        ];
        let label = choices.iter().find(|choice| choice.3).map_or("", |choice| choice.1);
        Self { field, id, chosen: label, choices }
    }
}

/// How much of a community somebody wants.
#[derive(Debug, Deserialize)]
pub(crate) struct Apportioned {
    group: i64,
    portion: Portion,
    #[serde(default)]
    back: String,
}

/// `POST /portion`
pub(crate) async fn portion(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Apportioned, Present>,
) -> HttpResponse {
    let Apportioned { group, portion, back } = sent.entered;
    let result = portions::choose(&app, sent.by.me, ActorId(group), portion).await;
    done(&request, &app, &visit, result, &back)
}

/// How much of a community one wants, and how much one could.
pub(crate) struct Portions {
    /// What is chosen, in words.
    pub(crate) chosen: &'static str,
    /// The word, the label, what it means, and whether it is chosen.
    pub(crate) choices: Vec<(Portion, &'static str, &'static str, bool)>,
}

impl Portions {
    /// Replies come to servers elsewhere alone: here one is told of them, as one wants.
    pub(crate) fn of(t: Language, chosen: Option<Portion>, is_guest: bool) -> Self {
        let chosen = chosen.unwrap_or(Portion::Threads);
        let choice = |portion, label, hint| (portion, label, hint, portion == chosen);
        let mut choices = vec![
            choice(Portion::All, t.portion_all(), t.portion_all_hint()),
            choice(Portion::Threads, t.portion_threads(), t.portion_threads_hint()),
            choice(Portion::Highlights, t.portion_highlights(), t.portion_highlights_hint()),
            choice(Portion::Digest, t.portion_digest(), t.portion_digest_hint()),
        ];
        choices.retain(|(portion, ..)| is_guest || *portion != Portion::All);
        let label = choices.iter().find(|choice| choice.3).map_or("", |choice| choice.1);
        Self { chosen: label, choices }
    }
}

/// What a person puts away.
#[derive(Debug, Deserialize)]
pub(crate) struct PutAway {
    announcement: i64,
    #[serde(default)]
    back: String,
}

/// `POST /announcements/seen`
pub(crate) async fn dismiss(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<PutAway, Present>,
) -> HttpResponse {
    let PutAway { announcement, back } = sent.entered;
    let result = announcements::dismiss(&app, sent.by.me, AnnouncementId(announcement)).await;
    done(&request, &app, &visit, result, &back)
}

/// Back to where the button was, or the page that says why not.
pub(crate) fn done(request: &HttpRequest, app: &App, visit: &Visit, result: Result<()>, back: &str) -> HttpResponse {
    match result {
        Ok(()) => answer::redirect(StatusCode::SEE_OTHER, &said::way_back(app, visit, back)),
        Err(error) => answer::error(request, visit, &error),
    }
}
