//! What holds for every answer, whichever door gives it: it is for our host, and browsers are told to be careful.
use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
        uri::Authority,
    },
    middleware::Next,
    web::Data,
};
use app::App;
use domain::{
    host::Host,
    urls::{Site, media::ROOT},
};

use crate::ops::Ops;

/// What an operator's tools ask by whatever address they know.
const BY_ANY_NAME: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const DENY: HeaderValue = HeaderValue::from_static("DENY");
const SECURE: HeaderValue = HeaderValue::from_static("max-age=63072000");
const NO_STORE: HeaderValue = HeaderValue::from_static("private, no-store");
const NO_REFERRER: HeaderValue = HeaderValue::from_static("no-referrer");
const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");
const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Refuses requests for hosts that are not ours, and completes the headers of all answers.
pub(crate) async fn guard<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let app = request.app_data::<Data<App>>().cloned();
    if let Some(ops) = request.app_data::<Data<Ops>>() {
        let whence = ops.whence(request.peer_addr().map(|peer| peer.ip()), request.headers());
        request.extensions_mut().insert(whence);
    }
    let site = app.as_ref().map(|app| app.site());
    let host = site.and_then(|site| host_of(site, &request));
    let is_for_us = site.is_none()
        || host.is_some()
        || BY_ANY_NAME.contains(&request.path())
        || request.path().starts_with(ROOT) && site.is_some_and(|site| is_of_media(site, &request));
    let mut answer = if is_for_us {
        // The doors need not look at it again.
        host.map(|host| request.extensions_mut().insert(host));
        next.call(request).await?.map_into_left_body()
    } else {
        let url = site.map(|site| site.page("/")).unwrap_or_default();
        let refusal = HttpResponse::build(StatusCode::MISDIRECTED_REQUEST)
            .content_type("text/plain; charset=utf-8")
            .body(format!("This server is {url}\n"));
        request.into_response(refusal).map_into_right_body()
    };
    let (status, is_secure) = (answer.status(), site.is_some_and(|site| !site.is_development()));
    complete(status, is_secure, answer.headers_mut());
    Ok(answer)
}

/// Which of our hosts a request names, if it does; the one in its target counts, if it has one.
fn host_of(site: &Site, request: &ServiceRequest) -> Option<Host> {
    authority(request).and_then(|authority| site.named(authority))
}

/// Whether a request names the host that hands on our media.
fn is_of_media(site: &Site, request: &ServiceRequest) -> bool {
    authority(request).and_then(Host::parse).is_some_and(|host| site.serves_media(&host))
}

fn authority(request: &ServiceRequest) -> Option<&str> {
    let target = request.uri().authority().map(Authority::as_str);
    target.or_else(|| request.headers().get(header::HOST).and_then(|host| host.to_str().ok()))
}

/// Adds what a door did not say. Doors know best how long and by whom an answer may be kept.
fn complete(status: StatusCode, is_secure: bool, headers: &mut HeaderMap) {
    if status.is_informational() {
        return;
    }
    let mut add = |name: HeaderName, value: HeaderValue| {
        if !headers.contains_key(&name) {
            headers.insert(name, value);
        }
    };
    add(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    add(header::X_FRAME_OPTIONS, DENY);
    add(header::CONTENT_SECURITY_POLICY, POLICY);
    add(header::CACHE_CONTROL, NO_STORE);
    if is_secure {
        add(header::STRICT_TRANSPORT_SECURITY, SECURE);
    }
    if status.is_success() {
        add(header::REFERRER_POLICY, NO_REFERRER);
    } else {
        add(header::REFERRER_POLICY, SAME_ORIGIN);
        add(OPENER, SAME_ORIGIN);
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn site(url: &str) -> Site {
        Site::new(&url::Url::parse(url).unwrap()).unwrap()
    }

    #[test]
    fn only_our_own_host_is_served() {
        let (production, local) = (site("https://plaza.example"), site("http://127.0.0.2:8081"));
        let served = |site, host: &str| {
            host_of(site, &TestRequest::default().insert_header((header::HOST, host)).to_srv_request()).is_some()
        };
        for host in ["plaza.example", "PLAZA.example", "plaza.example:443"] {
            assert!(served(&production, host), "{host}");
        }
        for host in
            ["plaza.example.evil.example", "127.0.0.1", "plaza.example:8080", "x@plaza.example", "", "localhost"]
        {
            assert!(!served(&production, host), "{host}");
        }
        assert!(served(&local, "127.0.0.2:8081"));
        assert!(!served(&local, "127.0.0.2"));
    }

    #[test]
    fn what_a_door_says_stays_and_the_rest_is_added() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=180"));
        complete(StatusCode::OK, true, &mut headers);
        assert_eq!(headers.get(header::CACHE_CONTROL).unwrap(), "public, max-age=180");
        assert_eq!(headers.get(header::STRICT_TRANSPORT_SECURITY).unwrap(), "max-age=63072000");
        assert_eq!(headers.get(header::REFERRER_POLICY).unwrap(), "no-referrer");

        let mut headers = HeaderMap::new();
        complete(StatusCode::NOT_FOUND, false, &mut headers);
        assert_eq!(headers.get(header::CACHE_CONTROL).unwrap(), "private, no-store");
        assert!(!headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
        assert_eq!(headers.get(OPENER).unwrap(), "same-origin");
    }
}
