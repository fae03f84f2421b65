//! How one is known to the provider of one's organization: linked with one's login, and unlinked.
use actix_web::{HttpRequest, HttpResponse, web::Data};
use app::{
    App, Me, Result,
    identities::{self, Departure, Trouble},
};
use domain::{id::IdentityId, time::Timestamp};
use serde::Deserialize;
use store::identities::Identity;

use super::{Action, Panel, back, entry, page, password};
use crate::{
    answer::{self, Visit},
    guests,
    identities::{RETURN, Said, ask},
    login,
    posted::Sent,
};

/// Where one goes to link one's login, and where one unlinks it.
pub(crate) const LINK: &str = "/settings/entry/organization";
pub(crate) const UNLINK: &str = "/settings/entry/organization/unlink";

/// How somebody is known to the provider, or the way to be; nothing, where there is no provider and never was.
pub(super) async fn panel(app: &App, visit: &Visit, me: Me) -> Result<Option<Panel>> {
    let own = identities::list(app, me).await?;
    Ok(match (identities::provider(app), own.first()) {
        (_, Some(identity)) => Some(linked(app, visit, identity)),
        (Ok(provider), None) => Some(unlinked(visit, &provider.name)),
        (Err(_), None) => None,
    })
}

fn empty(visit: &Visit) -> Panel {
    Panel { id: "organization-heading", heading: visit.language.provider(), ..Panel::default() }
}

fn unlinked(visit: &Visit, provider: &str) -> Panel {
    let t = visit.language;
    let action = Action::new(LINK, vec![password(t, "known")], t.provider_link());
    Panel { lead: t.provider_unlinked(provider), action: Some(action), ..empty(visit) }
}

fn linked(app: &App, visit: &Visit, identity: &Identity) -> Panel {
    let t = visit.language;
    let hidden = vec![("key", identity.id.to_string())];
    let action = Action::new(UNLINK, vec![password(t, "known")], t.provider_unlink());
    let since = t.ago(app.now(), Timestamp(identity.used.unwrap_or(identity.created)));
    Panel {
        lead: t.provider_linked(since, &identity.name),
        action: Some(Action { hidden, is_danger: true, ..action }),
        ..empty(visit)
    }
}

/// What shows that it is them, and what is unlinked.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Shown {
    known: String,
    key: i64,
}

/// A page of one panel, which says what went wrong.
async fn again(request: &HttpRequest, app: &App, visit: &Visit, me: Me, trouble: Trouble) -> HttpResponse {
    let t = visit.language;
    let mut panel = match panel(app, visit, me).await {
        Ok(panel) => panel.unwrap_or_else(|| empty(visit)),
        Err(error) => return answer::error(request, visit, &error),
    };
    if let Some(action) = &mut panel.action {
        match trouble {
            Trouble::Password => action.form.flaw("known", t.flaw_wrong_password()),
            Trouble::Last => action.form.trouble = Some(t.provider_last().to_owned()),
        }
    }
    page(request, visit, entry::PATH, vec![panel])
}

/// `POST /settings/entry/organization`
pub(crate) async fn link(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Shown>) -> HttpResponse {
    let (redirect, secret) = (app.site().page_on(&visit.host, RETURN), sent.by.shows(sent.entered.known));
    match identities::depart_to_link(&app, sent.by.me, secret, &redirect, entry::PATH).await {
        Ok(Some(Departure::Here(trip))) => {
            let said = Said::to_link(trip.unwrap_or_default());
            ask(&request, &app, &visit, &said, Some(sent.by.form_token))
        }
        Ok(Some(Departure::Away(way))) => {
            let lead = visit.language.provider_way().to_owned();
            guests::show_way(&request, &app, &visit, way, lead)
        }
        Ok(None) => again(&request, &app, &visit, sent.by.me, Trouble::Password).await,
        Err(error) => login::failed(&request, &visit, &error),
    }
}

/// `POST /settings/entry/organization/unlink`
pub(crate) async fn unlink(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Shown>) -> HttpResponse {
    let (me, Shown { known, key }) = (sent.by.me, sent.entered);
    match identities::unlink(&app, me, IdentityId(key), sent.by.shows(known)).await {
        Ok(Ok(())) => back(&visit, &app, entry::PATH),
        Ok(Err(trouble)) => again(&request, &app, &visit, me, trouble).await,
        Err(error) => login::failed(&request, &visit, &error),
    }
}
