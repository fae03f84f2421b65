//! Reading the body of a request: never more than its limit, and never longer than its time.
use std::time::Duration;

use actix_web::{
    HttpRequest,
    http::header::{CONTENT_ENCODING, CONTENT_LENGTH},
    web::{Bytes, BytesMut, Payload},
};
use futures_util::StreamExt;

use super::Refusal;

/// The longest body, and how long it may take.
const LONGEST: usize = 1024 * 1024;
const TIME: Duration = Duration::from_secs(30);

/// The whole body.
pub(super) async fn body(request: &HttpRequest, mut payload: Payload) -> Result<Bytes, Refusal> {
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
    tokio::time::timeout(TIME, read).await.unwrap_or(Err(Refusal::Slow))?;
    Ok(body.freeze())
}
