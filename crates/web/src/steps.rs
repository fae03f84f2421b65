//! What whoever runs a new community does next, by what it has and lacks, and how those fare who came.
use actix_web::{HttpRequest, HttpResponse, web::Data};
use app::{App, steps};
use domain::{
    actor::Actor,
    id::ActorId,
    time::{Timestamp, span},
};
use serde::Deserialize;
use store::{
    Conn,
    steps::{Facts, arrivals, facts},
};

use crate::{
    answer::Visit, bylaws, charters, compose, deeds, desk, entrance, language::Language, posted::Sent, session::Present,
};

/// Where one puts them away.
pub(crate) const PUT_AWAY: &str = "/manage/steps";
/// How many there should be who take part, the owner among them.
const COMPANY: i64 = 4;
/// Who came lately.
const LATELY: std::time::Duration = span::days(28);

/// Something to do.
pub(crate) struct Step {
    pub(crate) label: &'static str,
    pub(crate) text: &'static str,
    pub(crate) page: String,
    pub(crate) is_done: bool,
}

/// What a new community lacks, most important first, with what it has.
pub(crate) fn of(t: Language, group: &Actor, facts: Facts) -> Vec<Step> {
    let step = |is_done, label, text, path| Step { label, text, page: desk::page(path, group.id), is_done };
    let field = |is_done, label, text, anchor| {
        let page = format!("{}#{anchor}", desk::page(charters::MANAGE, group.id));
        Step { label, text, page, is_done }
    };
    // One chooses among those that are there.
    let pin = if facts.thread { group.uri.clone() } else { desk::page(compose::PATH, group.id) };
    vec![
        field(!group.summary.is_empty(), t.step_purpose(), t.step_purpose_text(), "summary"),
        field(group.icon.is_some(), t.step_look(), t.step_look_text(), "pictures"),
        step(facts.rules, t.step_rules(), t.step_rules_text(), bylaws::PATH),
        field(facts.welcome, t.step_welcome(), t.step_welcome_text(), "welcome"),
        step(facts.thread, t.step_write(), t.step_write_text(), compose::PATH),
        Step { label: t.step_pin(), text: t.step_pin_text(), page: pin, is_done: facts.pinned },
        step(facts.members >= COMPANY, t.step_invite(), t.step_invite_text(), entrance::PATH),
    ]
}

/// What the page of settings says of it: the steps, while any is left and they are wanted, and who came.
pub(crate) struct Progress {
    pub(crate) steps: Vec<Step>,
    pub(crate) done: usize,
    /// Those who came from here and from elsewhere, and how many of them wrote, in words.
    pub(crate) arrivals: Vec<String>,
}

impl Progress {
    pub(crate) fn read(c: &mut Conn, t: Language, group: &Actor, now: Timestamp) -> store::Result<Self> {
        let facts = facts(c, group.id)?;
        let mut steps = of(t, group, facts);
        let done = steps.iter().filter(|step| step.is_done).count();
        if facts.put_away || done == steps.len() {
            steps.clear();
        }
        let mut said = Vec::new();
        for is_local in [true, false] {
            let (came, wrote) = arrivals(c, group.id, now - LATELY, is_local)?;
            if came > 0 {
                said.push(if is_local { t.arrivals_here(came, wrote) } else { t.arrivals_elsewhere(came, wrote) });
            }
        }
        Ok(Self { steps, done, arrivals: said })
    }
}

/// The community of which they are put away.
#[derive(Debug, Deserialize)]
pub(crate) struct Away {
    group: i64,
}

/// `POST /manage/steps`
pub(crate) async fn put_away(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Away, Present>,
) -> HttpResponse {
    let group = ActorId(sent.entered.group);
    let result = steps::put_away(&app, sent.by.me, group).await;
    deeds::done(&request, &app, &visit, result, &desk::page(charters::MANAGE, group))
}
