//! How often clients may come: every answer says what is left, and whoever comes too often is asked for patience.
use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::Data,
};
use app::{
    App, Me, Whence,
    limits::{Allowance, Call, Outward},
};
use serde_json::json;

use crate::{caller, entities::instant};

/// How many requests one client may make in five minutes; 0 is no limit, on anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate(pub u32);

/// Lets those in who do not come too often, and says how often they may still come.
pub(crate) async fn admit<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let rate = request.app_data::<Data<Rate>>().map_or(0, |rate| rate.0);
    let Some(app) = request.app_data::<Data<App>>().cloned().filter(|_| rate > 0) else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    let (mut allowance, person) = count(&app, &request, rate).await;
    let outward = outward(request.method(), request.path());
    let mut answer = if allowance.left.is_some() {
        let answer = next.call(request).await?.map_into_left_body();
        if let Some((me, what)) = person.zip(outward) {
            // What it came to is known only now.
            allowance = app::limits::outward(&app, me, what).await.map_or(allowance, |left| least(allowance, left));
        }
        answer
    } else {
        let wait = allowance.until.since(app.now()).as_secs().max(1);
        let refusal = HttpResponse::TooManyRequests()
            .insert_header((header::RETRY_AFTER, wait.to_string()))
            .json(json!({ "error": "Too many requests" }));
        request.into_response(refusal).map_into_right_body()
    };
    tell(answer.headers_mut(), allowance);
    Ok(answer)
}

/// That of the two of which less is left.
fn least(one: Allowance, other: Allowance) -> Allowance {
    if other.left < one.left { other } else { one }
}

/// Counts a request for all that it is, and says of what the least is left, and who comes.
async fn count(app: &App, request: &ServiceRequest, rate: u32) -> (Allowance, Option<Me>) {
    // A token that nobody has counts for the place it comes from, like none; that it is void is for the handler to say.
    let bearer = caller::bearer(request.request()).await.ok().flatten();
    let me = bearer.as_ref().and_then(|bearer| bearer.person.as_ref()).map(|(me, _)| *me);
    let person = me.map(|me| me.0.to_string());
    let place = || request.extensions().get::<Whence>().and_then(Whence::neighbourhood);
    let client = bearer.as_ref().map(|bearer| bearer.hash.clone()).or_else(place);
    if let Some(bearer) = bearer {
        request.extensions_mut().insert(bearer);
    }
    let mut left = app::limits::call(app, Call::Client, client.as_deref(), rate);
    let special = person.as_ref().and_then(|_| special(request.method(), request.path()));
    for call in person.as_ref().map(|_| Call::Person).into_iter().chain(special) {
        // What is refused already is not counted.
        if left.left.is_some() {
            left = least(left, app::limits::call(app, call, person.as_deref(), rate));
        }
    }
    (left, me)
}

/// What reaches others, and is counted where it is done.
fn outward(method: &Method, path: &str) -> Option<Outward> {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match (method, parts.as_slice()) {
        (&Method::POST, ["api", "v1", "statuses"] | ["api", "v1", "statuses", _, "reblog"])
        | (&Method::PUT, ["api", "v1", "statuses", _]) => Some(Outward::Post),
        (&Method::POST, ["api", "v1", "accounts", _, "follow"]) => Some(Outward::Follow),
        _ => None,
    }
}

/// What costs more than other requests, or cannot be undone.
fn special(method: &Method, path: &str) -> Option<Call> {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match (method, parts.as_slice()) {
        (&Method::POST, ["api", "v1" | "v2", "media"]) => Some(Call::Upload),
        (&Method::DELETE, ["api", "v1", "statuses", _]) | (&Method::POST, ["api", "v1", "statuses", _, "unreblog"]) => {
            Some(Call::Deletion)
        }
        _ => None,
    }
}

fn tell(headers: &mut HeaderMap, allowance: Allowance) {
    let left = allowance.left.unwrap_or(0);
    for (name, value) in [
        ("x-ratelimit-limit", allowance.most.to_string()),
        ("x-ratelimit-remaining", left.to_string()),
        ("x-ratelimit-reset", instant(allowance.until)),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}
