//! The address of somebody who signed up by an application: asked for again, and whether it is confirmed.
use actix_web::{
    HttpResponse,
    web::{self, Data, ServiceConfig},
};
use app::{App, Me, addresses, people::Bearer};
use serde_json::json;
use store::accounts::Account;

use crate::{
    caller::Holder,
    error::{Error, Result},
    params::Sent,
    route::{at, get},
    sign_up,
};

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/emails/confirmations").route(web::post().to(ask_again)))
        .service(at("/v1/emails/check_confirmation").route(get().to(check)));
}

/// The person of a token that an application has, whatever their login waits for.
fn person(bearer: Bearer) -> Result<(Me, Account)> {
    bearer.app.ok_or(Error::Forbidden(
        "This method is only available to the application the user originally signed-up with",
    ))?;
    bearer.person.ok_or(Error::NeedsPerson)
}

async fn ask_again(app: Data<App>, Holder(bearer): Holder, sent: Sent) -> Result<HttpResponse> {
    let (me, account) = person(bearer)?;
    if account.confirmed.is_some() {
        return Err(Error::Forbidden("This method is only available while the e-mail is awaiting confirmation"));
    }
    let address = sent.read()?.text("email").filter(|email| !email.trim().is_empty());
    Ok(match addresses::ask_again(&app, me, address.as_deref()).await? {
        Ok(()) => HttpResponse::Ok().json(json!({})),
        Err(flaw) => HttpResponse::UnprocessableEntity().json(sign_up::details(&[flaw])),
    })
}

async fn check(Holder(bearer): Holder) -> Result<HttpResponse> {
    let (_, account) = person(bearer)?;
    Ok(HttpResponse::Ok().json(account.confirmed.is_some()))
}
