//! What a client shows of a notice whose kind it does not know, in words.
use std::collections::HashMap;

use domain::{
    actor::Actor,
    id::{ActorId, ReportId, SeveranceId},
    report::Report,
    severance::Severance,
    text::html,
    urls::Site,
};
use serde::Serialize;
use store::{
    Conn, Result,
    notifications::{Notification as Told, REPORT, SEVERED, STATED},
};

use super::account::acct;

/// The kind that says that somebody signed up.
const SIGN_UP: &str = "admin.sign_up";

/// The kinds that came after the first ones: whoever has not heard of them needs words.
const LATER: [&str; 4] = [SEVERED, STATED, SIGN_UP, REPORT];

/// Which kinds a client knows, and in which language it is told of the others.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    /// The kinds, as it names them.
    pub(crate) kinds: Vec<String>,
    /// The language of whoever reads.
    pub(crate) language: &'static str,
}

impl Known {
    fn lacks(&self, kind: &str) -> bool {
        LATER.contains(&kind) && !self.kinds.iter().any(|known| known == kind)
    }
}

/// A `NotificationFallback`; texts are HTML.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Fallback {
    title: String,
    summary: Option<String>,
    details: Option<()>,
}

/// What is needed to say in words what some notices tell.
#[derive(Debug, Default)]
pub(crate) struct Words {
    known: Option<Known>,
    people: HashMap<ActorId, Actor>,
    reported: HashMap<ReportId, ActorId>,
    lost: HashMap<SeveranceId, String>,
}

impl Words {
    /// For a client that knows these kinds; nothing is needed for one that does not say which.
    pub(crate) fn load(
        conn: &mut Conn,
        known: Option<&Known>,
        told: &[&Told],
        filed: &[Report],
        lost: &HashMap<SeveranceId, Severance>,
    ) -> Result<Self> {
        let Some(known) = known.filter(|known| told.iter().any(|told| known.lacks(&told.kind))) else {
            return Ok(Self::default());
        };
        let by = told.iter().filter(|told| known.lacks(&told.kind)).map(|told| told.actor);
        let mut people: Vec<ActorId> = by.chain(filed.iter().map(|report| report.target)).collect();
        people.sort_unstable();
        people.dedup();
        Ok(Self {
            known: Some(known.clone()),
            people: store::actors::by_ids(conn, &people)?.into_iter().map(|actor| (actor.id, actor)).collect(),
            reported: filed.iter().map(|report| (report.id, report.target)).collect(),
            lost: lost.iter().map(|(id, lost)| (*id, lost.target.clone())).collect(),
        })
    }

    /// What a notice tells, that stands for as many `others`, if its client does not know the kind.
    pub(crate) fn of(&self, site: &Site, told: &Told, others: usize) -> Option<Fallback> {
        let known = self.known.as_ref().filter(|known| known.lacks(&told.kind))?;
        let pick = |es: String, en: String| super::pick(known.language, es, en);
        let name = |actor: ActorId| self.people.get(&actor).map(|actor| link(site, actor));
        let title = match told.kind.as_str() {
            SEVERED => {
                let target = html::escape(self.lost.get(&told.severance?)?);
                pick(
                    format!("Has perdido relaciones por {target}"),
                    format!("You lost connections because of {target}"),
                )
            }
            STATED => {
                pick("Has recibido un aviso de la moderación".to_owned(), "You received a moderation notice".to_owned())
            }
            SIGN_UP if others > 0 => {
                let name = name(told.actor)?;
                pick(format!("Se han registrado {name} y {others} más"), format!("{name} and {others} more signed up"))
            }
            SIGN_UP => {
                let name = name(told.actor)?;
                pick(format!("Se ha registrado {name}"), format!("{name} signed up"))
            }
            _ => {
                let (name, whom) = (name(told.actor)?, name(*self.reported.get(&told.report?)?)?);
                pick(format!("{name} ha denunciado a {whom}"), format!("{name} reported {whom}"))
            }
        };
        let page = html::escape(&site.page("/notices"));
        let summary = pick(
            format!("Tu aplicación no muestra esto: <a href=\"{page}\">míralo en la web</a>."),
            format!("Your app does not show this: <a href=\"{page}\">see it on the web</a>."),
        );
        Some(Fallback { title, summary: Some(summary), details: None })
    }
}

fn link(site: &Site, actor: &Actor) -> String {
    let (url, name) = (html::escape(&actor.url), html::escape(&acct(site, actor)));
    format!("<a href=\"{url}\" class=\"u-url mention\">@{name}</a>")
}
