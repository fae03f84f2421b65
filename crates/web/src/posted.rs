//! Forms as they are sent: only from pages of this site, and with the token of the session that they were made for.
use std::{future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, ResponseError,
    dev::Payload,
    http::{StatusCode, header},
    web::{Bytes, Data},
};
use app::App;
use domain::{host, id::ActorId};
use serde::de::DeserializeOwned;

use crate::{
    answer::{self, Visit},
    resumed::Ended,
    session::{self, Admits, Present, SignedIn},
};

/// The name of the field that holds the token of the session.
pub(crate) const TOKEN: &str = "form_token";

/// A form: who sent it, if they are signed in, and what they entered. Whatever changes something takes one of these, or
/// [`Sent`] if it is for those who are signed in only.
#[derive(Debug)]
pub(crate) struct Posted<T> {
    /// Who sent it; their login may wait for something.
    pub(crate) by: Option<Present>,
    /// What they entered.
    pub(crate) entered: T,
}

/// A form of somebody who is signed in: with a login here, or whoever else `W` admits. Of one that has `WORDS`, what was
/// written is not lost when the session has ended.
#[derive(Debug)]
pub(crate) struct Sent<T, W = SignedIn, const WORDS: bool = false> {
    /// Who sent it; they wait for nothing.
    pub(crate) by: W,
    /// What they entered.
    pub(crate) entered: T,
}

/// A form in which people write. It holds no password, and nothing that whoever wrote it might not send once more.
pub(crate) type Worded<T, W = SignedIn> = Sent<T, W, true>;

/// Why a form is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// It came from a page of another site, or without the token of the session.
    #[error("this is no form of this site")]
    Foreign(HttpRequest),
    /// It lacks what it should have.
    #[error("this form is broken")]
    Broken(HttpRequest),
    /// It is longer than any form here.
    #[error("this form is too large")]
    TooLarge(HttpRequest),
    /// Whoever sent it is not signed in any more.
    #[error("the session has ended")]
    Ended(Ended),
    /// It is for others.
    #[error(transparent)]
    Shut(#[from] session::Shut),
}

impl Refused {
    /// A form whose body could not be read.
    pub(crate) fn unread(request: &HttpRequest, error: &actix_web::Error) -> Self {
        match error.as_response_error().status_code() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge(request.clone()),
            _ => Self::Broken(request.clone()),
        }
    }
}

impl ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Foreign(_) => StatusCode::FORBIDDEN,
            Self::Broken(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Ended(ended) => ended.status_code(),
            Self::Shut(shut) => shut.status_code(),
        }
    }

    fn error_response(&self) -> HttpResponse {
        let page = |request: &HttpRequest, why: fn(&Visit) -> &'static str| {
            let Some(app) = request.app_data::<Data<App>>() else { return HttpResponse::new(self.status_code()) };
            let visit = Visit::remembered(request, app);
            answer::refused(request, &visit, self.status_code(), why(&visit))
        };
        match self {
            Self::Foreign(request) => page(request, |visit| visit.language.refused_origin()),
            Self::Broken(request) => page(request, |visit| visit.language.refused_form()),
            Self::TooLarge(request) => page(request, |visit| visit.language.refused_size()),
            Self::Ended(ended) => ended.error_response(),
            Self::Shut(shut) => shut.error_response(),
        }
    }
}

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, Refused>>>>;

/// The same, knowing who is told when it is refused.
pub(crate) fn known<T: 'static>(
    request: HttpRequest,
    read: impl Future<Output = Result<T, Refused>> + 'static,
) -> Extracting<T> {
    Box::pin(async move {
        let read = read.await;
        if read.is_err() {
            Visit::remember(&request).await;
        }
        read
    })
}

/// Who sent a form of this site, and what it holds.
async fn open(
    request: &HttpRequest,
    body: <Bytes as FromRequest>::Future,
) -> Result<(Option<Present>, Bytes), Refused> {
    let home = request.app_data::<Data<App>>().map(|app| app.site().page("/")).unwrap_or_default();
    if !is_own(request, &home) {
        return Err(Refused::Foreign(request.clone()));
    }
    let by = session::look_up(request).await.map_err(session::Shut::from)?;
    let body = body.await.map_err(|error| Refused::unread(request, &error))?;
    match &by {
        Some(by) if !has_token(&body, &by.form_token) => Err(Refused::Foreign(request.clone())),
        _ => Ok((by, body)),
    }
}

/// What was entered.
fn entered<T: DeserializeOwned>(request: &HttpRequest, body: &[u8]) -> Result<T, Refused> {
    serde_urlencoded::from_bytes(body).map_err(|_error| Refused::Broken(request.clone()))
}

impl<T: DeserializeOwned + 'static> FromRequest for Posted<T> {
    type Error = Refused;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, body) = (request.clone(), Bytes::from_request(request, payload));
        known(request.clone(), async move {
            let (by, body) = open(&request, body).await?;
            Ok(Self { by, entered: entered(&request, &body)? })
        })
    }
}

impl<T: DeserializeOwned + 'static, W: Admits + 'static, const WORDS: bool> FromRequest for Sent<T, W, WORDS> {
    type Error = Refused;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, body) = (request.clone(), Bytes::from_request(request, payload));
        known(request.clone(), async move {
            let (by, body) = open(&request, body).await?;
            let Some(by) = by else { return Err(Refused::Ended(Ended::of(&request, &body, WORDS).await)) };
            let by = W::admit(by).map_err(|bar| session::Shut::by(bar, &request))?;
            Ok(Self { by, entered: entered(&request, &body)? })
        })
    }
}

/// Whether a body holds the token of a session.
fn has_token(body: &[u8], token: &str) -> bool {
    let mut pairs = url::form_urlencoded::parse(body);
    let given = pairs.find(|(key, _)| key == TOKEN).map(|(_, value)| value.into_owned()).unwrap_or_default();
    is_token(&given, token)
}

/// What takes forms, asked for otherwise.
pub(crate) async fn only_sent(request: HttpRequest, visit: Visit) -> HttpResponse {
    not_so(&request, &visit, (visit.language.refused_unsent(), "POST"))
}

/// What is asked for by a method that it does not have: why, and which ones it has.
pub(crate) fn not_so(
    request: &HttpRequest,
    visit: &Visit,
    (why, methods): (&'static str, &'static str),
) -> HttpResponse {
    let mut said = answer::refused(request, visit, StatusCode::METHOD_NOT_ALLOWED, why);
    said.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static(methods));
    said
}

/// The token of a session as one answer says it: behind a mask that no other answer has. Beside it stands what others wrote,
/// and how well both compress together tells nothing of what is behind the mask.
pub(crate) fn masked(token: &str) -> app::Result<String> {
    let token = hex::decode(token).map_err(app::Error::internal)?;
    let mask: [u8; 32] = app::random::bytes()?;
    let behind: Vec<u8> = token.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
    Ok(hex::encode(mask) + &hex::encode(behind))
}

/// Who was signed in where a form was made that says this token, if it is one of ours.
pub(crate) fn author(app: &App, said: &str) -> Option<ActorId> {
    app::sessions::author(app, &hex::encode(unmasked(said)?)).ok().flatten()
}

/// What is behind the mask.
fn unmasked(said: &str) -> Option<Vec<u8>> {
    let bytes = hex::decode(said).ok().filter(|bytes| !bytes.is_empty())?;
    let (mask, behind) = bytes.split_at(bytes.len() / 2);
    (mask.len() == behind.len()).then(|| mask.iter().zip(behind).map(|(mask, byte)| mask ^ byte).collect())
}

/// Whether both are the token of one session; how long that takes does not tell how much of it is right.
pub(crate) fn is_token(given: &str, own: &str) -> bool {
    let (Some(given), Some(own)) = (unmasked(given), unmasked(own)) else { return false };
    given.len() == own.len() && given.iter().zip(own).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

/// Whether a form was sent from a page of this site. Browsers always say where a form comes from; what is no browser
/// has no cookies or networks that a foreign page could abuse.
pub(crate) fn is_own(request: &HttpRequest, home: &str) -> bool {
    let named = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
    match (named("sec-fetch-site"), named(header::ORIGIN.as_str())) {
        (Some(from), _) => matches!(from, "same-origin" | "none"),
        (None, Some(origin)) => host::same_origin(origin, home),
        (None, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_token_is_never_said_twice_in_the_same_way() {
        let (token, other) = ("a1".repeat(32), "b2".repeat(32));
        let (one, two) = (masked(&token).unwrap(), masked(&token).unwrap());
        assert!(one != two && is_token(&one, &two));
        assert!(!one.contains(&token) && !is_token(&token, &one), "what is no mask's is no token");
        for wrong in [masked(&other).unwrap(), "0".repeat(128), String::new(), "x".into(), one.get(2..).unwrap().into()]
        {
            assert!(!is_token(&wrong, &one) && !is_token(&one, &wrong), "{wrong}");
        }
        assert!(!is_token("", ""));
    }

    #[test]
    fn only_forms_of_this_site_are_taken() {
        let own = |headers: &[(&'static str, &str)]| {
            let request = headers.iter().fold(TestRequest::post(), |request, header| request.insert_header(*header));
            is_own(&request.to_http_request(), "https://plaza.example/")
        };
        assert!(own(&[("sec-fetch-site", "same-origin"), ("origin", "https://plaza.example")]));
        assert!(own(&[("origin", "https://PLAZA.example")]));
        assert!(own(&[]));
        for headers in [
            [("sec-fetch-site", "cross-site"), ("origin", "https://plaza.example")],
            [("sec-fetch-site", "same-site"), ("origin", "https://x.plaza.example")],
        ] {
            assert!(!own(&headers), "{headers:?}");
        }
        for origin in
            ["null", "http://plaza.example", "https://plaza.example.evil.example", "https://plaza.example:8443"]
        {
            assert!(!own(&[("origin", origin)]), "{origin}");
        }
    }
}
