//! What somebody was told: replies, mentions, votes, requests.
use std::collections::HashSet;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use app::{
    App, Result, filters::Sieve, follows, markers, notifications::Kind, posts::schedule, push::Along, sentences::Words,
    statements,
};
use askama::Template;
use domain::{
    actor::Actor,
    filter::Place,
    id::{ActorId, NotificationId, PostId, ReportId},
    post::Audience,
    report::Report,
    text::html,
    urls::{self, Site, path},
};
use serde::Deserialize;
use store::{
    Conn,
    notifications::{HEEDED, Notification},
    timelines::{self, Told, Window},
};

use crate::{
    admin,
    answer::{self, Frame, Keep, Visit},
    cards::{self, Card, Face, Faces},
    deeds,
    language::{self, Language},
    listing::{self, From},
    posted::Sent,
    queue,
    session::SignedIn,
    settings::scheduled,
};

/// Where it is.
pub(crate) const PATH: &str = path::NOTICES;
/// Where those are answered who ask to follow.
pub(crate) const ANSWER: &str = "/notices/answer";
const NOTICES: i64 = 40;
/// What many do with one post.
const VOTE: &str = "favourite";
const SHARE: &str = "reblog";
const FOLLOW: &str = "follow";
/// What somebody says to one, or to many.
const MENTION: &str = "mention";
const STATUS: &str = Kind::Status.as_str();
const ASKED: &str = Kind::FollowRequest.as_str();
const SEVERED: &str = store::notifications::SEVERED;
const UNPUBLISHED: &str = store::notifications::UNPUBLISHED;

struct Notice {
    face: Face,
    /// HTML, with the emoji of their name as pictures.
    text: String,
    card: Option<Card>,
    /// Where it is dealt with, if that is not the page of a post.
    page: Option<String>,
    /// Who waits to be let follow whoever looks, who answers here.
    asks: Option<i64>,
    when: String,
    when_exactly: String,
}

#[derive(Template)]
#[template(path = "notices.html")]
struct Notices {
    frame: Frame,
    list: Vec<Notice>,
    older: Option<String>,
}

/// Beyond this nobody counts.
const COUNTED: i64 = 99;

/// How much somebody was told since they last looked, as far as anybody counts.
pub(crate) fn news(c: &mut Conn, me: ActorId) -> store::Result<i64> {
    let read = store::markers::of(c, me)?.into_iter().find(|marker| marker.timeline == markers::NOTICES);
    let after = read.map_or(0, |marker| marker.last_read);
    store::notifications::count_since(c, me, NotificationId(after), COUNTED)
}

/// `GET /notices`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    from: Option<Query<From>>,
) -> HttpResponse {
    let before = From::of(from);
    let shown = async {
        let (mut page, newest) = notices(&app, &visit, &by, before).await?;
        if let (Some(newest), i64::MAX) = (newest, before) {
            markers::set(&app, by.me, vec![(markers::NOTICES, newest.0)]).await?;
            // Whoever reads them has nothing new by that.
            if let Some(me) = &mut page.frame.me {
                me.news = 0;
            }
        }
        Ok(page)
    };
    answer::shown(&request, &visit, Keep::Never, shown.await)
}

async fn notices(app: &App, visit: &Visit, by: &SignedIn, before: i64) -> Result<(Notices, Option<NotificationId>)> {
    let (site, t, me, now) = (app.site().clone(), visit.language, by.me, app.now());
    let ours = site.clone();
    let found = app.read(move |c| {
        let told = timelines::told(c, me.0, &Told::default(), Window { before, ..Window::newest(NOTICES) })?;
        let posts: Vec<PostId> = told.iter().filter_map(|notice| notice.post).collect();
        let seen = timelines::visible_among(c, &posts, Some(me.0))?;
        let posts: Vec<PostId> = posts.into_iter().filter(|id| seen.contains(id)).collect();
        let complaints = Complaints::read(c, &told)?;
        let people = told.iter().map(|notice| notice.actor).chain(complaints.about());
        let people: Vec<_> = people.collect();
        let (found, signs) = (store::posts::by_ids(c, &posts)?, store::votes::signs(c, &posts, &people)?);
        let severed: Vec<_> = told.iter().filter_map(|notice| notice.severance).collect();
        let lost = store::severances::by_ids(c, &severed)?;
        let planned: Vec<_> = told.iter().filter_map(|notice| notice.scheduled).collect();
        let planned = store::scheduled::by_ids(c, &planned)?;
        let newcomers = told.iter().filter(|notice| is_sign_up(notice)).map(|notice| notice.actor);
        let waiting = store::accounts::waiting_among(c, &newcomers.collect::<Vec<_>>())?;
        let asking = told.iter().filter(|notice| is_request(notice)).map(|notice| notice.actor);
        let asking = store::relations::waiting_among(c, &asking.collect::<Vec<_>>(), &[me.0])?;
        let views = app::view::posts(c, found)?;
        let sieve = Sieve::of(c, Some(me.0), Place::Notifications, now)?;
        let (about, who) = ((signs, lost, planned), (waiting, asking, complaints));
        Ok((told, cards::faces_of(c, &ours, &people)?, (views, sieve), about, who))
    });
    let (told, people, (posts, sieve), (signs, lost, planned), (waiting, asking, complaints)) = found.await?;
    let older =
        listing::last(&told, NOTICES).map(|last| urls::page_before(&site.page_on(&visit.host, PATH), Some(last.id.0)));
    let notice = |(notice, others): (&Notification, usize)| {
        let face = people.get(&notice.actor)?.clone();
        let view = notice.post.and_then(|id| posts.iter().find(|view| view.post.id == id));
        let card = match view {
            Some(view) => Some(Card::new(app, t, view).under(t, sieve.fate(&view.post))?),
            None => None,
        };
        let is_staff = visit.me.as_ref().is_some_and(|me| me.is_staff);
        let for_staff = [Kind::FollowRequest, Kind::Report, Kind::Appeal, Kind::Held].map(Kind::as_str);
        let asks_me = is_request(notice) && asking.contains(&(notice.actor, me.0));
        let waits = is_sign_up(notice) && waiting.contains(&notice.actor);
        let page = match notice.statement {
            None if waits => Some(admin::people::WAITING.to_owned()),
            None if notice.scheduled.is_some() => notice.scheduled.map(scheduled::address),
            // Without its page there is still the notice.
            Some(id) => statements::page(app, id).ok(),
            None if asks_me || !is_staff => None,
            None => for_staff.contains(&notice.kind.as_str()).then(|| queue::PATH.to_owned()),
        };
        let name = if is_of_server(&notice.kind, &face) { html::escape(&visit.site) } else { face.shown.clone() };
        let is_by = |(post, by, _): &&(PostId, ActorId, String)| Some(*post) == notice.post && *by == notice.actor;
        let sign = signs.iter().find(is_by).map(|(_, _, sign)| sign);
        Some(Notice {
            text: match (notice.kind.as_str(), others, sign) {
                (SEVERED, ..) => {
                    let lost = lost.get(&notice.severance?)?;
                    t.told_severed_from(lost.followers, lost.following, html::escape(&lost.target))
                }
                (UNPUBLISHED, ..) => {
                    let about = planned.iter().find(|one| Some(one.id) == notice.scheduled);
                    let why = answer::words(t, &about.and_then(schedule::refused)?);
                    t.told_unpublished_because(html::escape(&why))
                }
                (VOTE, 1.., _) => t.told_votes(&name, others),
                (VOTE, 0, Some(sign)) => t.told_reaction(&name, sign),
                (SHARE, 1.., _) => t.told_shares(&name, others),
                _ if waits => t.told_waits(&name),
                (ASKED, ..) if asks_me => t.told_asks(&name),
                (STATUS, ..) if view.is_some_and(|view| view.post.is_thread()) => t.told_began(&name),
                (STATUS, ..) if view.is_some() => t.told_replied(&name),
                (MENTION, ..) if view.is_some_and(|view| view.post.audience == Audience::Direct) => {
                    t.told_private(&name)
                }
                _ => complaints.sentence(t, notice, &name, &people).unwrap_or_else(|| sentence(t, &notice.kind, &name)),
            },
            card,
            page,
            asks: asks_me.then_some(notice.actor.0),
            when: t.ago(app.now(), notice.created),
            when_exactly: language::machine_moment(notice.created),
            face,
        })
    };
    let mut frame = Frame::private(visit, t.notices());
    frame.place = "notices";
    let newest = told.first().map(|notice| notice.id);
    Ok((Notices { frame, list: gathered(&told).into_iter().filter_map(notice).collect(), older }, newest))
}

/// Whether it tells of somebody who made a login here.
fn is_sign_up(notice: &Notification) -> bool {
    notice.kind == Kind::SignUp.as_str()
}

/// Whether it tells of somebody who asks for something: to follow, or to join.
fn is_request(notice: &Notification) -> bool {
    notice.kind == ASKED
}

/// What somebody is answered who asks to follow.
#[derive(Debug, Deserialize)]
pub(crate) struct Answered {
    person: i64,
    answer: String,
    #[serde(default)]
    back: String,
}

/// `POST /notices/answer`
pub(crate) async fn answer(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Answered>) -> HttpResponse {
    let (me, Answered { person, answer, back }) = (sent.by.me, sent.entered);
    let result = follows::answer(&app, me, me.0, ActorId(person), answer == "yes").await;
    deeds::done(&request, &app, &visit, result, &back)
}

/// What the notices of a page say of reports.
struct Complaints {
    reports: Vec<Report>,
    /// What of all that is reported does not stand any more.
    taken: HashSet<PostId>,
}

impl Complaints {
    fn read(c: &mut Conn, told: &[Notification]) -> store::Result<Self> {
        let reports: Vec<ReportId> = told.iter().filter_map(|notice| notice.report).collect();
        let reports = store::reports::by_ids(c, &reports)?;
        let posts: Vec<PostId> = reports.iter().flat_map(|report| report.posts.iter().copied()).collect();
        let posts = store::posts::by_ids(c, &posts)?;
        let taken = posts.iter().filter(|post| post.removed.is_some() || post.deleted.is_some());
        Ok(Self { taken: taken.map(|post| post.id).collect(), reports })
    }

    /// Whom the reports are about.
    fn about(&self) -> impl Iterator<Item = ActorId> {
        self.reports.iter().map(|report| report.target)
    }

    /// Whom somebody reported, or what became of what one reported.
    fn sentence(&self, t: Language, notice: &Notification, name: &str, people: &Faces) -> Option<String> {
        let report = self.reports.iter().find(|report| Some(report.id) == notice.report)?;
        let about = &people.get(&report.target)?.shown;
        Some(match (notice.kind.as_str(), report.posts.is_empty()) {
            (HEEDED, false) if report.posts.iter().all(|post| self.taken.contains(post)) => {
                t.told_heeded_taken(about, name)
            }
            (HEEDED, _) => t.told_heeded(about, name),
            (_, true) => t.told_report_person(about, name),
            (_, false) => t.told_report_post(about, name),
        })
    }
}

/// What many did with one post is told once, with the newest of them and how many others did it.
fn gathered(told: &[Notification]) -> Vec<(&Notification, usize)> {
    let mut gathered: Vec<(&Notification, usize)> = Vec::new();
    for notice in told {
        let is_same = |(known, _): &&mut (&Notification, usize)| {
            notice.post.is_some()
                && Kind::is_gathered(&notice.kind)
                && (&known.kind, known.post) == (&notice.kind, notice.post)
        };
        match gathered.iter_mut().find(is_same) {
            Some((_, others)) => *others += 1,
            None => gathered.push((notice, 0)),
        }
    }
    gathered
}

/// What somebody is told in a line, in the language they read: one word for what happened, by whom, and whether it is about
/// what was written to them alone. What this server does, it does under what it is called. With the language goes what is
/// said otherwise here.
#[must_use]
pub fn told(
    (site, house): (&Site, &str),
    (language, words): (&str, Words),
    (kind, by, is_private): (&str, &Actor, bool),
    along: Along,
) -> String {
    let (t, face) = (Language::of_person(language, words), Face::new(site, by));
    let name = if is_of_server(kind, &face) { house.to_owned() } else { face.name };
    match (along, kind) {
        (Along::Rest(others @ 1..), _) => t.told_meanwhile(others + 1),
        (Along::Others(others @ 1..), VOTE) => t.told_votes(&name, others),
        (Along::Others(others @ 1..), SHARE) => t.told_shares(&name, others),
        (Along::Others(others @ 1..), FOLLOW) => t.told_follows(&name, others),
        (_, MENTION) if is_private => t.told_private(&name),
        _ => sentence(t, kind, &name),
    }
}

/// What somebody is told in a letter.
pub(crate) fn in_letter(t: Language, notice: &app::mailings::Told) -> String {
    if notice.is_private && notice.kind == MENTION {
        return t.told_private(&notice.by);
    }
    sentence(t, &notice.kind, &notice.by)
}

/// Whether it tells of what was decided for this whole server, in whose name somebody else speaks.
fn is_of_server(kind: &str, by: &Face) -> bool {
    let of_server = [Kind::Stated, Kind::Heeded].map(Kind::as_str);
    kind == SEVERED || (of_server.contains(&kind) && !by.is_group)
}

/// What a kind says, without what it is about.
fn sentence(t: Language, kind: &str, name: &str) -> String {
    let Some(kind) = Kind::of(kind) else { return t.told_other(name) };
    match kind {
        Kind::Mention => t.told_mention(name),
        Kind::Follow => t.told_follow(name),
        Kind::FollowRequest => t.told_request(name),
        Kind::Status => t.told_wrote(name),
        Kind::Favourite => t.told_vote(name),
        Kind::Quote => t.told_quote(name),
        Kind::Reblog => t.told_share(name),
        Kind::Update => t.told_update(name),
        Kind::QuotedUpdate => t.told_quoted_update(name),
        Kind::SignUp => t.told_sign_up(name),
        Kind::Poll => t.told_poll(name),
        Kind::Report => t.told_report(name),
        Kind::Heeded => t.told_heard(name),
        Kind::Stated => t.told_stated(name),
        Kind::Severed => t.told_severed(name),
        Kind::Appeal => t.told_appeal(name),
        Kind::Accepted => t.told_accepted(name),
        Kind::Thanked => t.told_thanked(name),
        Kind::Answered => t.told_answered(name),
        Kind::Held => t.told_held(name),
        Kind::Unheard => t.told_unheard(name),
        Kind::Opened => t.told_opened(name),
        Kind::Unpublished => t.told_unpublished().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_says_what_it_is() {
        for t in [Language::ES, Language::EN] {
            for kind in Kind::ALL {
                assert_ne!(sentence(t, kind.as_str(), "ana"), t.told_other("ana"), "{kind:?}");
            }
        }
    }
}
