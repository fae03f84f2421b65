//! `tertulia person waiting`, `approve`, `reject` and `invite`: who gets in.
use app::{Me, sign_up};
use domain::{time::span, urls};
use serde_json::json;

use super::{find, open, print_json, print_line, refusal, rules};
use crate::{cli::Failure, cli::PersonInvite, settings::Settings};

/// Prints who waits.
pub(super) async fn waiting(settings: &Settings) -> Result<(), Failure> {
    let app = open(settings).await?;
    let waiting = sign_up::waiting(&app, rules::operator(&app).await?).await.map_err(|e| refusal(&e))?;
    waiting.iter().try_for_each(|(account, actor)| {
        let since = domain::time::Timestamp(account.created).seconds();
        print_json(&json!({ "name": actor.name, "email": account.email, "reason": account.reason, "since": since }))
    })
}

/// Takes somebody in, or sends them away if there is a reason, which may be empty.
pub(super) async fn answer(settings: &Settings, name: &str, refusal_reason: Option<String>) -> Result<(), Failure> {
    let app = open(settings).await?;
    let (me, person) = (rules::operator(&app).await?, find(&app, name).await?.id);
    let done = match refusal_reason {
        None => sign_up::approve(&app, me, person).await,
        Some(reason) => sign_up::reject(&app, me, person, reason).await,
    };
    done.map_err(|e| match e {
        app::Error::NotFound => Failure::Usage(format!("`{name}` does not wait to be taken in")),
        other => refusal(&other),
    })
}

/// Prints a link for others.
pub(super) async fn invite(settings: &Settings, invite: PersonInvite) -> Result<(), Failure> {
    let app = open(settings).await?;
    let me = Me(find(&app, &invite.by).await?.id);
    let expires = invite.days.map(|days| app.now() + span::days(days));
    let code = sign_up::invite(&app, me, expires, invite.most).await.map_err(|e| refusal(&e))?;
    print_line(&urls::with_query(&app.site().page("/signup"), &[("invitation", &code)]))
}
