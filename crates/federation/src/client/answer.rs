//! Reading what another server answered.

use std::{io::Read, time::Duration};

use flate2::read::MultiGzDecoder;
use http::{
    HeaderMap, HeaderName, StatusCode,
    header::{CONTENT_ENCODING, CONTENT_TYPE, DATE, LOCATION, RETRY_AFTER},
    response,
};
use url::Url;

use super::{FetchError, target};

const LONGEST_PAUSE: Duration = Duration::from_hours(1);
const AS_PROFILE: &str = "https://www.w3.org/ns/activitystreams";

/// Whether a content type is that of an ActivityPub document, whatever its case, spaces and further parameters.
pub fn is_activity_json(content_type: &str) -> bool {
    let (essence, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    match essence.trim().to_ascii_lowercase().as_str() {
        "application/activity+json" => true,
        "application/ld+json" => parameters.split(';').any(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or_default();
            name.trim().eq_ignore_ascii_case("profile")
                && value.trim().trim_matches('"').split_ascii_whitespace().any(|profile| profile == AS_PROFILE)
        }),
        _ => false,
    }
}

/// Where the answer sends us, if it does.
pub(super) fn redirect(head: &response::Parts, base: &Url) -> Result<Option<Url>, FetchError> {
    if !matches!(head.status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = single(&head.headers, &LOCATION).ok_or(FetchError::Malformed("a redirect to nowhere"))?;
    target::follow(base, location).map(Some)
}

/// What a status other than success means.
pub(super) fn check_status(head: &response::Parts) -> Result<(), FetchError> {
    match head.status {
        status if status.is_success() => Ok(()),
        StatusCode::GONE => Err(FetchError::Gone),
        StatusCode::NOT_FOUND => Err(FetchError::NotFound),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(FetchError::Refused(head.status.as_u16())),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            Err(FetchError::Busy { retry_after: retry_after(&head.headers) })
        }
        status => Err(FetchError::Status(status.as_u16())),
    }
}

/// Whether a refusal is one of the signature: some say so by the status, others in the text.
pub(super) fn blames_signature(status: StatusCode, text: &[u8]) -> bool {
    let names = |word: &[u8]| text.windows(word.len()).any(|piece| piece.eq_ignore_ascii_case(word));
    match status {
        StatusCode::UNAUTHORIZED => true,
        StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN => names(b"signature"),
        _ => false,
    }
}

/// The one content type; empty when there is none.
pub(super) fn content_type(headers: &HeaderMap) -> Result<String, FetchError> {
    let absent = !headers.contains_key(CONTENT_TYPE);
    let one = single(headers, &CONTENT_TYPE).or(absent.then_some(""));
    one.map(ToOwned::to_owned).ok_or(FetchError::ContentType)
}

/// How long the other server wants to be left alone; garbage says nothing.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = single(headers, &RETRY_AFTER)?;
    let pause = if let Ok(seconds) = value.parse() {
        Duration::from_secs(seconds)
    } else {
        // A date is meant by the clock of its sender.
        let sent = httpdate::parse_http_date(single(headers, &DATE)?).ok()?;
        httpdate::parse_http_date(value).ok()?.duration_since(sent).ok()?
    };
    Some(pause.min(LONGEST_PAUSE))
}

/// The body without its encoding, never more than `limit`.
pub(super) fn decode(headers: &HeaderMap, body: Vec<u8>, limit: usize) -> Result<Vec<u8>, FetchError> {
    let encoding = if headers.contains_key(CONTENT_ENCODING) {
        single(headers, &CONTENT_ENCODING).unwrap_or("several").to_ascii_lowercase()
    } else {
        String::new()
    };
    match encoding.as_str() {
        "" | "identity" => Ok(body),
        "gzip" | "x-gzip" => {
            let mut plain = Vec::new();
            let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
            let read = MultiGzDecoder::new(body.as_slice()).take(most).read_to_end(&mut plain);
            match read {
                Ok(_) if plain.len() > limit => Err(FetchError::TooLarge),
                Ok(_) => Ok(plain),
                Err(_) => Err(FetchError::Malformed("broken compression")),
            }
        }
        _ => Err(FetchError::Malformed("an encoding nobody asked for")),
    }
}

/// The value of a header that stands exactly once.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok().map(str::trim),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_of_the_signature() {
        for (status, text, blames) in [
            (401, "", true),
            (400, "{\"error\":\"http_signature: Signature was malformed\"}", true),
            (403, "Invalid SIGNATURE", true),
            (403, "this server is blocked", false),
            (400, "no such person", false),
            (422, "signature", false),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(blames_signature(status, text.as_bytes()), blames, "{status} {text}");
        }
    }

    #[test]
    fn content_types_of_activity_documents() {
        for (content_type, is) in [
            ("application/activity+json", true),
            ("Application/Activity+JSON ; charset=utf-8", true),
            ("application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"", true),
            ("application/ld+json;charset=utf-8;PROFILE=https://www.w3.org/ns/activitystreams", true),
            ("application/ld+json; profile=\"http://x.test/ https://www.w3.org/ns/activitystreams\"", true),
            ("application/ld+json", false),
            ("application/ld+json; profile=\"https://www.w3.org/ns/activitystreams-evil\"", false),
            ("application/json", false),
            ("application/activity+jsonp", false),
            ("text/html; x=application/activity+json", false),
            ("text/html; profile=\"https://www.w3.org/ns/activitystreams\"", false),
            ("", false),
        ] {
            assert_eq!(is_activity_json(content_type), is, "{content_type}");
        }
    }

    #[test]
    fn pauses() {
        let headers = |pairs: &[(&HeaderName, &'static str)]| -> HeaderMap {
            pairs.iter().map(|(name, value)| ((*name).clone(), value.parse().unwrap())).collect()
        };
        let date = (&DATE, "Sun, 22 Nov 2026 14:48:00 GMT");
        for (value, seconds) in [
            ("0", Some(0)),
            ("120", Some(120)),
            ("999999", Some(3_600)),
            ("Sun, 22 Nov 2026 14:49:00 GMT", Some(60)),
            ("Sun, 22 Nov 2026 14:47:00 GMT", None),
            ("-5", None),
            ("soon", None),
            ("99999999999999999999999", None),
        ] {
            let seconds = seconds.map(Duration::from_secs);
            assert_eq!(retry_after(&headers(&[date, (&RETRY_AFTER, value)])), seconds, "{value}");
        }
        assert_eq!(retry_after(&headers(&[])), None);
    }
}
