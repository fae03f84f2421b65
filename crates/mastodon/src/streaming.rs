//! Streams: what happens, told as it happens, over a WebSocket or as server-sent events.
use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Bytes, Data, Payload, ServiceConfig},
};
use actix_ws::{AggregatedMessage, ProtocolError, Session};
use domain::time::span;
use futures_util::{StreamExt, stream};

use crate::{
    error::{Error, Result},
    params::{Asked, Params},
    route::{at, get, top},
};

mod channel;
mod counted;
mod frame;
mod hub;
mod listener;
mod queue;
mod standing;
mod teller;

pub use self::hub::Hub;
use self::listener::Next;
#[cfg(test)]
pub(crate) use self::teller::Teller;
pub(crate) use self::{channel::Channel, listener::Listener};

/// How often a stream shows that it lives, and looks whether it may go on: what others may be told ends soon after the token.
const BEAT: Duration = span::seconds(15);
/// A client that says nothing for so long, not even that it heard the sign of life, is gone.
const SILENCE: Duration = span::seconds(50);
/// The longest frame a client sends, in bytes.
const LONGEST: usize = 4 * 1024;
/// What comes before the name of a stream in its address.
const PREFIX: &str = "/v1/streaming/";
const PROTOCOL: &str = "sec-websocket-protocol";

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v1/streaming").route(get().to(socket)))
        .service(at("/v1/streaming/health").route(get().to(health)))
        .service(at("/v1/streaming/user").route(get().to(events)))
        .service(at("/v1/streaming/user/notification").route(get().to(events)))
        .service(at("/v1/streaming/public").route(get().to(events)))
        .service(at("/v1/streaming/public/local").route(get().to(events)))
        .service(at("/v1/streaming/public/remote").route(get().to(events)))
        .service(at("/v1/streaming/hashtag").route(get().to(events)))
        .service(at("/v1/streaming/hashtag/local").route(get().to(events)))
        .service(at("/v1/streaming/list").route(get().to(events)))
        .service(at("/v1/streaming/direct").route(get().to(events)));
}

/// What clients ask for outside of `/api`: whether the server lives at all.
pub(crate) fn outside(cfg: &mut ServiceConfig) {
    cfg.service(top("/health").route(get().to(health)));
}

async fn health() -> &'static str {
    "OK"
}

/// The token, and whether it came as the protocol of a WebSocket, which must then be repeated.
fn token(request: &HttpRequest, params: &Params) -> Result<(String, bool)> {
    let header = |name: &str| Some(request.headers().get(name)?.to_str().ok()?.trim().to_owned());
    let given = |token: &String| !token.is_empty();
    let bearer = header(header::AUTHORIZATION.as_str());
    let bearer = bearer.and_then(|value| Some(value.split_once(' ')?.1.trim().to_owned())).filter(given);
    if let Some(token) = bearer.or_else(|| params.text("access_token")).filter(given) {
        return Ok((token, false));
    }
    let protocol = header(PROTOCOL).map(|value| value.split(',').next().unwrap_or_default().trim().to_owned());
    Ok((protocol.filter(given).ok_or(Error::Unauthorized("The access token is missing"))?, true))
}

/// One stream, named by its path, as server-sent events.
async fn events(hub: Data<Hub>, request: HttpRequest, Asked(params): Asked) -> Result<HttpResponse> {
    let name = request.match_pattern().unwrap_or_default();
    let name = name.rsplit_once(PREFIX).map_or("", |(_, name)| name).replace('/', ":");
    let (token, _) = token(&request, &params)?;
    let listener = Listener::open(&hub, token).await?;
    listener.subscribe(Channel::named(&name, &params)?).await?;
    let tasks = hub.app().tasks().clone();
    let told = stream::unfold(listener, |mut listener| async move {
        let lines = match listener.next().await? {
            Next::Beat => Bytes::from_static(b":thump\n\n"),
            Next::Event(frame) => frame.lines(),
        };
        Some((Ok::<_, Infallible>(lines), listener))
    });
    // A client sees at once that it is heard.
    let told = stream::iter([Ok(Bytes::from_static(b":)\n\n"))]).chain(told);
    let told = told.take_until(Box::pin(async move { tasks.closing().await }));
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("x-accel-buffering", "no"))
        .streaming(Box::pin(told)))
}

/// Several streams over one WebSocket.
async fn socket(hub: Data<Hub>, request: HttpRequest, Asked(params): Asked, body: Payload) -> Result<HttpResponse> {
    let (token, by_protocol) = token(&request, &params)?;
    let listener = Listener::open(&hub, token.clone()).await?;
    if let Some(name) = params.text("stream").filter(|name| !name.is_empty()) {
        listener.subscribe(Channel::named(&name, &params)?).await?;
    }
    let opened = actix_ws::handle(&request, body);
    let (mut answer, session, messages) = opened.map_err(|_error| Error::invalid("this is no WebSocket"))?;
    if by_protocol && let Ok(value) = token.parse() {
        answer.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, value);
    }
    let messages = messages.max_frame_size(LONGEST).aggregate_continuations().max_continuation_size(LONGEST);
    hub.app().tasks().spawn_here(converse(listener, session, messages));
    Ok(answer)
}

/// Tells what happens, and hears what else is wanted, until either side ends.
async fn converse(mut listener: Listener, mut session: Session, mut messages: actix_ws::AggregatedMessageStream) {
    let mut heard = Instant::now();
    loop {
        // Only what can be dropped is waited for at one time; what has begun is then brought to its end.
        let turn = tokio::select! {
            next = listener.next() => Turn::Ours(next),
            message = messages.recv() => Turn::Theirs(message),
        };
        let done = match turn {
            Turn::Ours(Some(next)) if heard.elapsed() < SILENCE => match next {
                Next::Beat => in_time(session.ping(b"")).await,
                Next::Event(frame) => in_time(session.text(frame.text())).await,
            },
            Turn::Theirs(Some(Ok(message))) => {
                heard = Instant::now();
                match message {
                    AggregatedMessage::Text(text) => match wish(&listener, &text).await {
                        Ok(()) => Some(()),
                        Err(error) => in_time(session.text(error)).await,
                    },
                    AggregatedMessage::Ping(bytes) => in_time(session.pong(&bytes)).await,
                    AggregatedMessage::Pong(_) | AggregatedMessage::Binary(_) => Some(()),
                    AggregatedMessage::Close(_) => break,
                }
            }
            Turn::Ours(_) | Turn::Theirs(_) => break,
        };
        if done.is_none() {
            return;
        }
    }
    in_time(session.close(None)).await;
}

/// Whose turn it is.
enum Turn {
    Ours(Option<Next>),
    Theirs(Option<Result<AggregatedMessage, ProtocolError>>),
}

/// Whoever does not take what they are sent is not waited for.
async fn in_time(sending: impl Future<Output = Result<(), actix_ws::Closed>>) -> Option<()> {
    tokio::time::timeout(BEAT, sending).await.ok()?.ok()
}

/// Does what a client asks for; the error is what it is told.
async fn wish(listener: &Listener, text: &str) -> Result<(), String> {
    let told = |error: &dyn std::fmt::Display| serde_json::json!({ "error": error.to_string() }).to_string();
    let params = Params::of_json(text).ok_or_else(|| told(&"this is no JSON object"))?;
    let name = params.text("stream").unwrap_or_default();
    let channel = Channel::named(&name, &params).map_err(|error| told(&error))?;
    match params.text("type").as_deref() {
        Some("subscribe") => listener.subscribe(channel).await.map_err(|error| told(&error)),
        Some("unsubscribe") => {
            listener.unsubscribe(&channel);
            Ok(())
        }
        _ => Err(told(&"the type is subscribe or unsubscribe")),
    }
}
