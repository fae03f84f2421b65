//! Reading the body of a request: never more than its limit, and never longer than its time.
use std::time::Duration;

use actix_web::{
    HttpRequest,
    error::PayloadError,
    http::header::{CONTENT_ENCODING, CONTENT_LENGTH},
    web::{Bytes, BytesMut, Payload},
};
use futures_util::{Stream, StreamExt};

use super::Refusal;

/// The longest body, and how long it may take.
const LONGEST: usize = 1024 * 1024;
const TIME: Duration = Duration::from_secs(30);

/// The whole body.
pub(super) async fn body(request: &HttpRequest, payload: Payload) -> Result<Bytes, Refusal> {
    body_within(TIME, request, payload).await
}

async fn body_within(
    time: Duration,
    request: &HttpRequest,
    mut payload: impl Stream<Item = Result<Bytes, PayloadError>> + Unpin,
) -> Result<Bytes, Refusal> {
    if request.headers().contains_key(CONTENT_ENCODING) {
        return Err(Refusal::Encoded);
    }
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > LONGEST) {
        return Err(Refusal::TooLarge);
    }
    let mut body = BytesMut::with_capacity(announced.unwrap_or(0));
    let read = async {
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|e| Refusal::Malformed(format!("the body cannot be read: {e}")))?;
            if body.len() + chunk.len() > LONGEST {
                return Err(Refusal::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(())
    };
    tokio::time::timeout(time, read).await.unwrap_or(Err(Refusal::Slow))?;
    Ok(body.freeze())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use futures_util::stream;

    use super::*;

    #[actix_web::test]
    async fn who_never_comes_to_an_end_is_cut_off() {
        let drip = stream::unfold((), |()| async {
            tokio::task::yield_now().await;
            Some((Ok(Bytes::new()), ()))
        });
        let request = TestRequest::post().to_http_request();
        let read = body_within(Duration::from_millis(50), &request, Box::pin(drip)).await;
        assert!(matches!(read, Err(Refusal::Slow)), "{read:?}");
    }
}
