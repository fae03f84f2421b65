//! Passkeys as their person sees them: added under a name, called something else, and taken away.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use app::{
    App, Error, Me, Result,
    passkeys::{self, Challenge, Proof, Trouble, Unfit},
};
use domain::{id::PasskeyId, time::Timestamp};
use serde::Deserialize;
use store::passkeys::Passkey;

use super::{Action, Button, Nothing, Panel, Row, back, entry, page, password};
use crate::{
    agents,
    answer::{self, Visit},
    forms::{Field, YES},
    login, passkeys as asking,
    posted::Sent,
    said,
    session::{self, SignedIn},
};

/// Where the script gets what is asked of whoever shows once more that it is them.
pub(crate) const CHALLENGE: &str = "/settings/entry/passkeys/challenge";
/// Where one is made, added, and taken away.
pub(crate) const OFFER: &str = "/settings/entry/passkeys/offer";
pub(crate) const ADD: &str = "/settings/entry/passkeys/add";
pub(crate) const REMOVE: &str = "/settings/entry/passkeys/remove";
pub(crate) const RENAME: &str = "/settings/entry/passkeys/rename";
/// Where one is called something else.
pub(crate) const ONE: &str = "/settings/entry/passkeys/{id}";

/// The field of the password that shows that it is them.
const PROOF: &str = "proof";

/// The passkeys of somebody, and the way to another one.
pub(super) async fn panel(app: &App, visit: &Visit, me: Me) -> Result<Panel> {
    let (t, own) = (visit.language, passkeys::list(app, me).await?);
    let unfit = passkeys::unfit(app.site(), &visit.host);
    let lead = match unfit {
        None => t.passkeys_lead().to_owned(),
        Some(Unfit::Address) => t.passkeys_unfit_address().to_owned(),
        Some(Unfit::Insecure) => t.passkeys_unfit_insecure().to_owned(),
        Some(Unfit::Elsewhere) => t.passkeys_unfit_elsewhere(app.site().host().display()),
    };
    let action = unfit.is_none().then(|| shown(visit, OFFER, t.passkey_add(), !own.is_empty()));
    Ok(Panel {
        id: "passkeys-heading",
        heading: t.passkeys(),
        lead,
        rows: own.into_iter().map(|passkey| row(app, visit, passkey)).collect(),
        action,
        ..Panel::default()
    })
}

fn row(app: &App, visit: &Visit, passkey: Passkey) -> Row {
    let (t, now) = (visit.language, app.now());
    let added = t.day(Timestamp(passkey.created));
    let detail = match passkey.used {
        Some(used) => t.passkey_used(added, t.ago(now, Timestamp(used))),
        None => t.passkey_unused(added),
    };
    let button = Button { path: REMOVE, name: "key", value: passkey.id.to_string(), label: t.put_away() };
    let page = Some(ONE.replace("{id}", &passkey.id.to_string()));
    Row { title: passkey.name, detail, page, button: Some(button), ..Row::default() }
}

/// A form by which somebody shows that it is them: by their password, or by a passkey if they have one.
fn shown(visit: &Visit, path: &'static str, label: &'static str, has_passkeys: bool) -> Action {
    let t = visit.language;
    let passkey = has_passkeys.then(|| asking::Button::asking(t.passkey_confirm(), path, CHALLENGE));
    Action { passkey, ..Action::new(path, vec![password(t, PROOF)], label) }
}

/// A page of one panel, which says what went wrong.
fn again(request: &HttpRequest, visit: &Visit, mut panel: Panel, trouble: Trouble) -> HttpResponse {
    let what = asking::words(visit.language, trouble);
    match &mut panel.action {
        Some(action) if trouble == Trouble::Password => action.form.flaw(PROOF, what),
        Some(action) => action.form.trouble = Some(what.to_owned()),
        None => {}
    }
    page(request, visit, entry::PATH, vec![panel])
}

async fn start_over(request: &HttpRequest, app: &App, visit: &Visit, me: Me, trouble: Trouble) -> HttpResponse {
    match panel(app, visit, me).await {
        Ok(panel) => again(request, visit, panel, trouble),
        Err(error) => answer::error(request, visit, &error),
    }
}

/// `POST /settings/entry/passkeys/challenge`
pub(crate) async fn challenge(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Nothing>) -> HttpResponse {
    let challenge = passkeys::ask_again(&app, sent.by.me, asking::kept(&request, &app)).await;
    asking::asked(&request, &app, &visit, challenge)
}

/// What shows that it is them, and which passkey it is about.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Shown {
    proof: String,
    answer: String,
    key: i64,
    /// Whether they were asked: whoever has no password shows nothing by the form.
    sure: String,
}

impl Shown {
    fn proof(self, request: &HttpRequest, app: &App, by: &SignedIn) -> Proof {
        if self.answer.is_empty() {
            Proof::Password(by.shows(self.proof))
        } else {
            Proof::Passkey(asking::answer(request, app, self.answer))
        }
    }
}

/// The field for what a passkey is called.
fn name_field(visit: &Visit, called: &str) -> Field {
    let t = visit.language;
    Field::line("name", t.passkey_name()).hint(t.passkey_name_hint()).value(called).longest(60)
}

/// One of the passkeys of somebody.
async fn one(app: &App, me: Me, id: i64) -> Result<Passkey> {
    passkeys::list(app, me).await?.into_iter().find(|passkey| passkey.id == id).ok_or(Error::NotFound)
}

/// `GET /settings/entry/passkeys/ID`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    id: Path<String>,
) -> HttpResponse {
    let t = visit.language;
    let passkey = match one(&app, by.me, id.parse().unwrap_or_default()).await {
        Ok(passkey) => passkey,
        Err(error) => return answer::error(&request, &visit, &error),
    };
    let hidden = vec![("key", passkey.id.to_string()), ("sure", YES.to_owned())];
    let action = Action { hidden, ..Action::new(RENAME, vec![name_field(&visit, &passkey.name)], t.save()) };
    let panel = Panel { id: "passkeys-heading", heading: t.passkey_rename(), action: Some(action), ..Panel::default() };
    page(&request, &visit, entry::PATH, vec![panel])
}

/// What a passkey is called from now on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Named {
    key: i64,
    name: String,
}

/// `POST /settings/entry/passkeys/rename`
pub(crate) async fn rename(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Named>) -> HttpResponse {
    let Named { key, name } = sent.entered;
    let renamed = passkeys::rename(&app, sent.by.me, PasskeyId(key), &name).await;
    said::done(&request, &app, &visit, renamed, entry::PATH)
}

/// The page on which a browser makes a passkey.
fn making(visit: &Visit, called: &str, challenge: &Challenge) -> Panel {
    let t = visit.language;
    let passkey = Some(asking::Button::prepared(t.passkey_make(), ADD, challenge));
    Panel {
        id: "passkeys-heading",
        heading: t.passkey_add(),
        lead: format!("{} {}", t.passkey_make_lead(), t.others_end()),
        action: Some(Action { passkey, ..Action::new(ADD, vec![name_field(visit, called)], "") }),
        ..Panel::default()
    }
}

/// What a passkey is called unless its person says otherwise: after the browser that makes it.
fn called(request: &HttpRequest, visit: &Visit) -> String {
    let agent = agents::named(&login::whence(request).agent);
    if agent.is_empty() { visit.language.passkey().to_owned() } else { agent }
}

/// `POST /settings/entry/passkeys/offer`
pub(crate) async fn offer(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Shown>) -> HttpResponse {
    let (me, proof) = (sent.by.me, sent.entered.proof(&request, &app, &sent.by));
    match passkeys::offer(&app, me, proof, asking::kept(&request, &app)).await {
        Ok(Ok(challenge)) => {
            let panel = making(&visit, &called(&request, &visit), &challenge);
            let mut answer = page(&request, &visit, entry::PATH, vec![panel]);
            asking::keep(&mut answer, &app, &challenge);
            answer
        }
        Ok(Err(trouble)) => start_over(&request, &app, &visit, me, trouble).await,
        Err(error) => login::failed(&request, &visit, &error),
    }
}

/// A passkey that was made, and what it is called.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Made {
    name: String,
    answer: String,
}

/// `POST /settings/entry/passkeys/add`
pub(crate) async fn add(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Made>) -> HttpResponse {
    let (me, Made { name, answer: said }) = (sent.by.me, sent.entered);
    let name = if name.trim().is_empty() { called(&request, &visit) } else { name };
    match passkeys::add(&app, me, sent.by.session, asking::answer(&request, &app, said), &name).await {
        Ok(Ok(secret)) => {
            let mut answer = back(&visit, &app, entry::PATH);
            session::keep(&mut answer, app.site(), &secret);
            answer
        }
        Ok(Err(trouble)) => start_over(&request, &app, &visit, me, trouble).await,
        Err(error) => login::failed(&request, &visit, &error),
    }
}

/// The page that asks whether it is them who take a passkey away.
fn removing(visit: &Visit, passkey: &Passkey) -> Panel {
    let t = visit.language;
    let hidden = vec![("key", passkey.id.to_string()), ("sure", YES.to_owned())];
    let action = Action { hidden, is_danger: true, ..shown(visit, REMOVE, t.put_away(), true) };
    Panel {
        id: "passkeys-heading",
        heading: t.passkey_remove(),
        lead: t.passkey_remove_lead(&passkey.name),
        action: Some(action),
        ..Panel::default()
    }
}

/// `POST /settings/entry/passkeys/remove`: asks first who it is.
pub(crate) async fn remove(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Shown>) -> HttpResponse {
    let (me, id) = (sent.by.me, sent.entered.key);
    let panel = match one(&app, me, id).await {
        Ok(passkey) => removing(&visit, &passkey),
        Err(error) => return answer::error(&request, &visit, &error),
    };
    if sent.entered.sure != YES {
        return page(&request, &visit, entry::PATH, vec![panel]);
    }
    match passkeys::remove(&app, me, PasskeyId(id), sent.entered.proof(&request, &app, &sent.by)).await {
        Ok(Ok(())) => back(&visit, &app, entry::PATH),
        Ok(Err(trouble)) => again(&request, &visit, panel, trouble),
        Err(error) => login::failed(&request, &visit, &error),
    }
}
