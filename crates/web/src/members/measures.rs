//! What is done about somebody in a community: roles, warnings, bans, and handing the community over.
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use app::{
    App, Error, Me, invitations, members,
    moderation::{self, NewBan},
};
use domain::{
    group::Role,
    id::ActorId,
    time::{Timestamp, span},
};
use serde::Deserialize;

use super::{About, DAYS_FIELD, FOR_GOOD, HUSH_FIELD, HUSHES, NAME, NO_ROLE, one, page_of};
use crate::{
    answer::{self, Keep, Visit},
    desk,
    forms::YES,
    grounds,
    posted::{Sent, Worded},
    said,
    session::Present,
};

/// What is done about somebody.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    group: i64,
    person: i64,
    role: String,
    pub(super) days: String,
    pub(super) hush: String,
    clean: Option<String>,
    name: String,
    /// Whether whoever hands a community over goes on owning it, too.
    together: String,
    #[serde(flatten)]
    pub(super) grounds: grounds::Entered,
}

impl Done {
    fn of(&self) -> (ActorId, ActorId, String) {
        let (group, person) = (ActorId(self.group), ActorId(self.person));
        (group, person, page_of(group, person))
    }
}

/// `POST /member/role`
pub(crate) async fn role(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Done, Present>,
) -> HttpResponse {
    let (group, person, back) = sent.entered.of();
    let role = match sent.entered.role.as_str() {
        NO_ROLE => Ok(None),
        role => role.parse::<Role>().map(Some).map_err(|_unknown| Error::Invalid("this is no role".into())),
    };
    let result = match role {
        Ok(role) => members::appoint(&app, sent.by.me, group, person, role).await,
        Err(error) => Err(error),
    };
    said::decided(&request, &app, &visit, result, &back)
}

/// `POST /member/invite`
pub(crate) async fn invite(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Done, Present>,
) -> HttpResponse {
    let (group, person, back) = sent.entered.of();
    said::decided(&request, &app, &visit, invitations::invite(&app, sent.by.me, group, person).await, &back)
}

/// The page of somebody once more, with what is wrong with what was entered.
async fn again(
    request: &HttpRequest,
    app: &App,
    visit: &Visit,
    me: Me,
    (entered, flaws): (&Done, &[(&str, &str)]),
) -> HttpResponse {
    let about = About { group: entered.group, person: entered.person };
    match one(app, visit, me, &about, entered).await {
        Ok(mut page) => {
            for (field, flaw) in flaws {
                // Only whoever hands a community over is asked for its name.
                let form = page.heir.as_mut().filter(|_| *field == NAME).unwrap_or(&mut page.form);
                form.flaw(field, *flaw);
            }
            answer::page(request, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &page)
        }
        Err(error) => answer::error(request, visit, &error),
    }
}

/// `POST /member/ban`
pub(crate) async fn ban(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Worded<Done, Present>,
) -> HttpResponse {
    let (me, entered, t) = (sent.by.me, sent.entered, visit.language);
    let (group, person, back) = entered.of();
    let days = entered.days.parse::<u64>().ok().filter(|days| *days > 0);
    let is_unexplained = entered.grounds.is_empty().then(|| ("reason", t.flaw_grounds()));
    let is_endless = (days.is_none() && entered.days != FOR_GOOD).then(|| (DAYS_FIELD, t.flaw_ban_for()));
    let flaws: Vec<_> = is_unexplained.into_iter().chain(is_endless).collect();
    if !flaws.is_empty() {
        return again(&request, &app, &visit, me, (&entered, &flaws)).await;
    }
    let until = days.map(|days| app.now() + span::days(days));
    let ban = NewBan { group, person, until, grounds: entered.grounds.read(), clean: entered.clean.is_some() };
    said::decided(&request, &app, &visit, moderation::ban(&app, me, ban).await, &back)
}

/// `POST /member/hush`
pub(crate) async fn hush(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Worded<Done, Present>,
) -> HttpResponse {
    let (me, entered, t) = (sent.by.me, sent.entered, visit.language);
    let (group, person, back) = entered.of();
    let until = hush_until(&app, &entered.hush);
    let (Some(until), false) = (until, entered.grounds.is_empty()) else {
        let is_unexplained = entered.grounds.is_empty().then(|| ("reason", t.flaw_grounds()));
        let is_endless = until.is_none().then(|| (HUSH_FIELD, t.flaw_choice()));
        let flaws: Vec<_> = is_unexplained.into_iter().chain(is_endless).collect();
        return again(&request, &app, &visit, me, (&entered, &flaws)).await;
    };
    let grounds = entered.grounds.read();
    said::decided(&request, &app, &visit, moderation::hush(&app, me, (group, person), until, grounds).await, &back)
}

/// When somebody may write again who is kept from it for so many days from now on; nothing, if that is no choice.
pub(crate) fn hush_until(app: &App, days: &str) -> Option<Timestamp> {
    let chosen = HUSHES.into_iter().find(|choice| choice.to_string() == days)?;
    Some(app.now() + span::days(chosen.unsigned_abs()))
}

/// `POST /member/unhush`
pub(crate) async fn unhush(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Done, Present>,
) -> HttpResponse {
    let (group, person, back) = sent.entered.of();
    said::decided(&request, &app, &visit, moderation::unhush(&app, sent.by.me, group, person).await, &back)
}

/// `POST /member/unban`
pub(crate) async fn unban(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Done, Present>,
) -> HttpResponse {
    let (group, person, back) = sent.entered.of();
    said::decided(&request, &app, &visit, moderation::unban(&app, sent.by.me, group, person).await, &back)
}

/// `POST /member/warn`
pub(crate) async fn warn(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Worded<Done, Present>,
) -> HttpResponse {
    let (me, entered) = (sent.by.me, sent.entered);
    let (group, person, back) = entered.of();
    let grounds = entered.grounds.read();
    if grounds.reason.is_empty() {
        let flaw = ("reason", visit.language.flaw_warning());
        return again(&request, &app, &visit, me, (&entered, &[flaw])).await;
    }
    said::decided(&request, &app, &visit, moderation::warn(&app, me, group, person, grounds).await, &back)
}

/// `POST /member/owner`
pub(crate) async fn hand_over(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Done, Present>,
) -> HttpResponse {
    let (me, entered) = (sent.by.me, sent.entered);
    let (id, person, back) = entered.of();
    let group = match desk::kept(&app, me.0, entered.group).await {
        Ok((group, _)) => group,
        Err(error) => return answer::error(&request, &visit, &error),
    };
    if !entered.name.trim().trim_start_matches('@').eq_ignore_ascii_case(&group.name) {
        let flaw = visit.language.flaw_hand_over(&group.name);
        return again(&request, &app, &visit, me, (&entered, &[(NAME, &flaw)])).await;
    }
    let result = members::hand_over(&app, me, id, person, entered.together == YES).await;
    said::decided(&request, &app, &visit, result, &back)
}
