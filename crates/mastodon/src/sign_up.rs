//! Signing up by an application: its own token makes a login, and a token for it.
use actix_web::{HttpRequest, HttpResponse, web::Data};
use app::{
    App,
    sign_up::{self, Flaw, Wish},
};
use serde_json::{Map, Value, json};

use crate::{
    caller::Holder,
    error::{Error, Result},
    oauth,
    params::Sent,
};

pub(crate) async fn sign_up(
    app: Data<App>,
    Holder(client): Holder,
    request: HttpRequest,
    sent: Sent,
) -> Result<HttpResponse> {
    if client.person.is_some() || client.app.is_none() {
        return Err(Error::Unauthorized("This method requires a client credentials token"));
    }
    if !client.may("write:accounts") {
        return Err(Error::Scope);
    }
    let params = sent.read()?;
    let text = |name: &str| params.text(name).unwrap_or_default();
    let wish = Wish {
        name: text("username"),
        email: text("email"),
        password: text("password"),
        agreement: params.flag("agreement") == Some(true),
        reason: text("reason"),
        language: params.text("locale").unwrap_or_else(|| "en".to_owned()),
        invitation: params.text("invite_code"),
        towards: None,
    };
    match sign_up::sign_up_by_app(&app, &client, wish, &oauth::whence(&request)).await? {
        Ok(issued) => Ok(HttpResponse::Ok().json(oauth::entity_of(&issued))),
        Err(flaws) => Ok(HttpResponse::UnprocessableEntity().json(details(&flaws))),
    }
}

/// What is wrong, field by field, as clients show it.
pub(crate) fn details(flaws: &[Flaw]) -> Value {
    let mut details: Map<String, Value> = Map::new();
    let mut sentences = Vec::new();
    for (field, error, why) in flaws.iter().map(|flaw| words(*flaw)) {
        let entry = details.entry(field).or_insert_with(|| json!([]));
        if let Value::Array(list) = entry {
            list.push(json!({ "error": error, "description": why }));
        }
        sentences.push(format!("{} {why}", title(field)));
    }
    json!({ "error": format!("Validation failed: {}", sentences.join(", ")), "details": details })
}

fn title(field: &str) -> &'static str {
    match field {
        "username" => "Username",
        "email" => "Email",
        "password" => "Password",
        "agreement" => "Service agreement",
        "reason" => "Reason",
        _ => "Invite code",
    }
}

fn words(flaw: Flaw) -> (&'static str, &'static str, &'static str) {
    match flaw {
        Flaw::Name => ("username", "ERR_INVALID", "must contain only letters, numbers and underscores"),
        Flaw::NameReserved => ("username", "ERR_RESERVED", "is reserved"),
        Flaw::NameTaken => ("username", "ERR_TAKEN", "has already been taken"),
        Flaw::Email => ("email", "ERR_INVALID", "is invalid"),
        Flaw::EmailTaken => ("email", "ERR_TAKEN", "has already been taken"),
        Flaw::EmailForeign => ("email", "ERR_BLOCKED", "is not one of those that may sign up here"),
        Flaw::EmailBarred => ("email", "ERR_BLOCKED", "contains a disallowed e-mail provider"),
        Flaw::PasswordShort => ("password", "ERR_TOO_SHORT", "is too short (minimum is 8 characters)"),
        Flaw::PasswordLong => ("password", "ERR_TOO_LONG", "is too long (maximum is 128 characters)"),
        Flaw::Agreement => ("agreement", "ERR_ACCEPTED", "must be accepted"),
        Flaw::Reason => ("reason", "ERR_BLANK", "can't be blank"),
        Flaw::Invitation => ("invite_code", "ERR_INVALID", "is not valid any more"),
    }
}
