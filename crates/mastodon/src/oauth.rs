//! OAuth 2 for applications: registering, tokens and taking them back. The page of consent is the web face's.
use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    http::{StatusCode, header},
    middleware::from_fn,
    web::{self, Data, PayloadConfig, ServiceConfig},
};
use app::{
    App, Whence,
    oauth::{self, Issued, NewApp},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    scope,
    urls::{Site, path},
};
use serde_json::{Value, json};
use store::apps::Application;

use crate::{
    caller::{Allowed, Holder, Userinfo},
    entities::account,
    error::{Error, Result},
    headers,
    params::{Params, Sent},
    route::{at, get, top},
};

/// More than any of these requests needs, in bytes.
const LONGEST_BODY: usize = 64 * 1024;

/// The routes below `/api`.
pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/apps").route(web::post().to(register)))
        .service(at("/v1/apps/verify_credentials").route(get().to(verify)));
}

/// The routes outside.
pub(crate) fn outside(cfg: &mut ServiceConfig) {
    cfg.service(
        top("/oauth/token")
            .app_data(PayloadConfig::new(LONGEST_BODY))
            .wrap(from_fn(headers::dress))
            .route(web::post().to(token)),
    )
    .service(
        top("/oauth/revoke")
            .app_data(PayloadConfig::new(LONGEST_BODY))
            .wrap(from_fn(headers::dress))
            .route(web::post().to(revoke)),
    )
    .service(
        top("/oauth/userinfo").wrap(from_fn(headers::dress)).route(get().to(userinfo)).route(web::post().to(userinfo)),
    )
    .service(top(path::OAUTH).wrap(from_fn(headers::dress)).route(get().to(metadata)));
}

/// Where a request comes from.
pub(crate) fn whence(request: &HttpRequest) -> Whence {
    request.extensions().get::<Whence>().cloned().unwrap_or_default()
}

async fn register(app: Data<App>, request: HttpRequest, sent: Sent) -> Result<HttpResponse> {
    let params = sent.read()?;
    let redirect_uris = params.list("redirect_uris").unwrap_or_default();
    let new = NewApp {
        name: params.text("client_name").unwrap_or_default(),
        website: params.text("website"),
        redirect_uris: redirect_uris.iter().flat_map(|uris| uris.split_whitespace()).map(str::to_owned).collect(),
        scopes: params.text("scopes").filter(|scopes| !scopes.trim().is_empty()),
    };
    let (known, secret) = oauth::register(&app, new, &whence(&request)).await?;
    let mut entity = entity(&app, &known).await?;
    if let Value::Object(map) = &mut entity {
        map.insert("client_id".to_owned(), json!(known.client_id));
        map.insert("client_secret".to_owned(), json!(secret));
        map.insert("client_secret_expires_at".to_owned(), json!(0));
    }
    Ok(HttpResponse::Ok().json(entity))
}

/// An `Application`.
async fn entity(app: &App, known: &Application) -> Result<Value> {
    Ok(json!({
        "id": known.id.to_string(),
        "name": known.name,
        "website": known.website,
        "scopes": known.scopes.split(' ').collect::<Vec<_>>(),
        "redirect_uri": known.redirect_uris.join("\n"),
        "redirect_uris": known.redirect_uris,
        "vapid_key": app.read(app::push::public_key).await?,
    }))
}

async fn verify(app: Data<App>, Holder(bearer): Holder) -> Result<HttpResponse> {
    let id = bearer.app.ok_or_else(Error::missing)?;
    let known = oauth::by_id(&app, id).await?.ok_or_else(Error::missing)?;
    Ok(HttpResponse::Ok().json(entity(&app, &known).await?))
}

/// A refusal in the words of RFC 6749.
fn refuse(status: StatusCode, error: &str, why: &str) -> HttpResponse {
    let mut answer = HttpResponse::build(status);
    if status == StatusCode::UNAUTHORIZED {
        answer.insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"tertulia\""));
    }
    answer.json(json!({ "error": error, "error_description": why }))
}

fn invalid_client() -> HttpResponse {
    let why = "Client authentication failed due to unknown client, no client authentication included, or unsupported \
               authentication method.";
    refuse(StatusCode::UNAUTHORIZED, "invalid_client", why)
}

/// The application that sends a request, if it proves who it is: in a header, or in the body.
async fn client(app: &App, request: &HttpRequest, params: &Params) -> Result<Option<Application>> {
    let basic = || {
        let (scheme, text) = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        let text = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(text.trim()).ok())??;
        let (id, secret) = std::str::from_utf8(&text).ok()?.split_once(':')?;
        Some((id.to_owned(), secret.to_owned()))
    };
    let body = || Some((params.text("client_id")?, params.text("client_secret")?));
    let Some((id, secret)) = basic().or_else(body) else { return Ok(None) };
    Ok(oauth::authenticate(app, &id, &secret).await?)
}

async fn token(app: Data<App>, request: HttpRequest, sent: Sent) -> Result<HttpResponse> {
    let params = sent.read()?;
    let Some(client) = client(&app, &request, &params).await? else { return Ok(invalid_client()) };
    let issued = match params.text("grant_type").as_deref() {
        Some("authorization_code") => {
            let code = params.text("code").unwrap_or_default();
            let redirect_uri = params.text("redirect_uri").unwrap_or_default();
            let verifier = params.text("code_verifier").filter(|verifier| !verifier.is_empty());
            let issued = oauth::exchange(&app, &client, &code, &redirect_uri, verifier.as_deref()).await?;
            issued.ok_or((
                "invalid_grant",
                "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI \
                 used in the authorization request, or was issued to another client.",
            ))
        }
        Some("client_credentials") => {
            let scope = params.text("scope");
            let issued = oauth::issue_to_app(&app, &client, scope.as_deref(), &whence(&request)).await?;
            issued.ok_or(("invalid_scope", "The requested scope is invalid, unknown, or malformed."))
        }
        Some(_) => Err((
            "unsupported_grant_type",
            "The authorization grant type is not supported by the authorization server.",
        )),
        None => Err(("invalid_request", "Missing required parameter: grant_type.")),
    };
    Ok(match issued {
        Ok(issued) => HttpResponse::Ok().json(entity_of(&issued)),
        Err((error, why)) => refuse(StatusCode::BAD_REQUEST, error, why),
    })
}

/// A `Token`.
pub(crate) fn entity_of(issued: &Issued) -> Value {
    json!({
        "access_token": issued.token,
        "token_type": "Bearer",
        "scope": issued.scopes,
        "created_at": issued.created.seconds(),
    })
}

async fn revoke(app: Data<App>, request: HttpRequest, sent: Sent) -> Result<HttpResponse> {
    let params = sent.read()?;
    let Some(client) = client(&app, &request, &params).await? else {
        let why = "You are not authorized to revoke this token";
        return Ok(refuse(StatusCode::FORBIDDEN, "unauthorized_client", why));
    };
    // What is no token of theirs is as good as revoked (RFC 7009).
    oauth::revoke(&app, &client, &params.text("token").unwrap_or_default()).await?;
    Ok(HttpResponse::Ok().json(json!({})))
}

async fn userinfo(app: Data<App>, caller: Allowed<Userinfo>) -> Result<HttpResponse> {
    let (site, me) = (app.site().clone(), caller.me.0);
    let found = app.read(move |c| {
        let Some(actor) = store::actors::by_id(c, me)? else { return Ok(None) };
        Ok(Some((account::picture(&site, &actor), actor, site.page("/"))))
    });
    let (picture, actor, issuer) = found.await?.ok_or_else(Error::missing)?;
    Ok(HttpResponse::Ok().json(json!({
        "iss": issuer,
        "sub": actor.uri,
        "name": actor.title,
        "preferred_username": actor.name,
        "profile": actor.url,
        "picture": picture,
    })))
}

async fn metadata(app: Data<App>) -> Result<HttpResponse> {
    let site: &Site = app.site();
    Ok(HttpResponse::Ok().json(json!({
        "issuer": site.page("/"),
        "authorization_endpoint": site.page("/oauth/authorize"),
        "token_endpoint": site.page("/oauth/token"),
        "revocation_endpoint": site.page("/oauth/revoke"),
        "userinfo_endpoint": site.page("/oauth/userinfo"),
        "app_registration_endpoint": site.page("/api/v1/apps"),
        "service_documentation": "https://docs.joinmastodon.org/",
        "scopes_supported": scope::ALL,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
    })))
}
