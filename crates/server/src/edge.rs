//! What holds for every answer, whichever door gives it: it is for our host, and browsers are told to be careful.
use actix_web::{
    Error, HttpResponse,
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
use domain::{host::Host, urls::Site};

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
    let site = app.as_ref().map(|app| app.site());
    let is_for_us = site.is_none_or(|site| is_served(site, &request)) || BY_ANY_NAME.contains(&request.path());
    let mut answer = if is_for_us {
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

/// Whether a request names one of our hosts; the one in its target counts, if it has one.
fn is_served(site: &Site, request: &ServiceRequest) -> bool {
    let target = request.uri().authority().map(Authority::as_str);
    let named = || request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let Some(host) = target.or_else(named).and_then(Host::parse) else { return false };
    // The scheme's own port means no port at all.
    let own_port = if site.is_development() { 80 } else { 443 };
    match host.port() {
        Some(port) if port == own_port => Host::parse(host.name()).is_some_and(|host| site.serves(&host)),
        _ => site.serves(&host),
    }
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
            is_served(site, &TestRequest::default().insert_header((header::HOST, host)).to_srv_request())
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
