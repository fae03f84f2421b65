//! Reading a private conversation without being a member: for a reason, for an hour, and its owner is told.
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{App, Error, Me, Result, openings};
use askama::Template;
use domain::{id::PostId, policy::Refusal, urls};
use serde::Deserialize;

use super::Tab;
use crate::{
    answer::{self, Frame, Keep, Visit},
    cards::Card,
    forms::{Field, Fields},
    grounds,
    posted::Sent,
    search,
    session::SignedIn,
};

/// Where it is.
pub(crate) const PATH: &str = "/admin/open";

#[derive(Template)]
#[template(path = "admin/open.html")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    form: Fields,
    /// What stands in the conversation that is open.
    cards: Vec<Card>,
}

/// The conversation that is to be read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// The one that is open.
    post: Option<i64>,
    /// The one that is to be opened.
    address: String,
}

/// Where the conversation with this address is opened.
pub(crate) fn address(conversation: &str) -> String {
    urls::asking(PATH, &[("address", conversation)])
}

/// Which conversation, and why.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    address: String,
    reason: String,
}

fn page(app: &App, visit: &Visit, entered: &Entered, cards: Vec<Card>) -> Page {
    let t = visit.language;
    let (frame, tabs) = super::frame(app, visit, t.open_private(), PATH);
    let address = Field::exact("address", "text", t.open_address()).hint(t.open_address_hint()).longest(2_000);
    let reason = Field::lines("reason", 2, t.open_reason()).hint(t.open_reason_hint()).longest(grounds::LONGEST);
    let form = Fields::new(vec![address.value(&entered.address), reason.value(&entered.reason)]);
    Page { frame, tabs, form, cards }
}

/// `GET /admin/open`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    let asked = asked.map(Query::into_inner).unwrap_or_default();
    answer::shown(&request, &visit, Keep::Never, read(&app, &visit, by.me, asked).await)
}

/// Nobody else learns whether there is a post at an address.
fn admit(visit: &Visit) -> Result<()> {
    if visit.me.as_ref().is_some_and(|me| me.is_admin) { Ok(()) } else { Err(Refusal::NotAdmin.into()) }
}

async fn read(app: &App, visit: &Visit, me: Me, asked: Asked) -> Result<Page> {
    admit(visit)?;
    let views = match asked.post {
        Some(post) => openings::read(app, me, PostId(post)).await?,
        None => Vec::new(),
    };
    let cards = views.iter().map(|view| Card::new(app, visit.language, view)).collect();
    Ok(page(app, visit, &Entered { address: asked.address, ..Entered::default() }, cards))
}

/// `POST /admin/open`
pub(crate) async fn open(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Entered>) -> HttpResponse {
    let entered = sent.entered;
    if let Err(error) = admit(&visit) {
        return answer::error(&request, &visit, &error);
    }
    let opened = match search::post_at(&app, &entered.address).await {
        Ok(Some(post)) => openings::open(&app, sent.by.me, post, entered.reason.clone()).await,
        Ok(None) => Err(Error::NotFound),
        Err(error) => Err(error),
    };
    let (field, flaw) = match opened {
        Ok(root) => {
            let there = urls::asking(PATH, &[("post", &root.to_string())]);
            return answer::redirect(StatusCode::SEE_OTHER, &there);
        }
        Err(Error::NotFound) => ("address", visit.language.flaw_open()),
        Err(Error::Invalid(_)) => ("reason", visit.language.flaw_grounds()),
        Err(error) => return answer::error(&request, &visit, &error),
    };
    let mut page = page(&app, &visit, &entered, Vec::new());
    page.form.flaw(field, flaw);
    answer::page(&request, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &page)
}
