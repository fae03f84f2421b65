//! Large things, as they come: pictures, films and sounds that we hand on.
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use http::{HeaderValue, Method, header::ACCEPT};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::time::{Instant, timeout, timeout_at};
use url::Url;

use super::{Client, FetchError, MOST_REDIRECTS, answer, hosts::Asking};

/// How long the whole may take.
const WHOLE: Duration = Duration::from_mins(5);

impl Client {
    /// Asks for what is at `url`, following redirects, and reads it as it comes. Whoever reads it counts.
    pub async fn get_stream(
        &self,
        url: Url,
        accept: &'static str,
    ) -> Result<impl Stream<Item = Result<Bytes, FetchError>> + Send + use<>, FetchError> {
        let body = timeout(self.patience.total, self.find(url, accept));
        let body = body.await.unwrap_or_else(|_elapsed| Err(FetchError::timed_out("the answer")))?;
        let (idle, end) = (self.patience.idle, Instant::now() + WHOLE);
        Ok(stream::try_unfold(body, move |(mut body, asking)| async move {
            let frame = timeout_at(end, timeout(idle, body.frame()));
            match frame.await.map(Result::ok).ok().flatten().ok_or(FetchError::timed_out("the body"))? {
                None => Ok(None),
                Some(Err(error)) => Err(FetchError::Network(error.to_string())),
                Some(Ok(frame)) => Ok(Some((frame.into_data().unwrap_or_default(), (body, asking)))),
            }
        })
        .boxed())
    }

    /// What is there, with the place that its reader takes among those who ask.
    async fn find(&self, mut url: Url, accept: &'static str) -> Result<(Incoming, Asking), FetchError> {
        url.set_fragment(None);
        let headers = vec![(ACCEPT, HeaderValue::from_static(accept))];
        for _ in 0..=MOST_REDIRECTS {
            let asking = self.hosts.ask(url.as_str()).await?;
            let answer = self.exchange(&Method::GET, &url, &headers, &Bytes::new()).await;
            let answer = answer.and_then(|(head, body)| match answer::redirect(&head, &url)? {
                Some(next) => Ok((Some(next), body)),
                None => answer::check_status(&head).map(|()| (None, body)),
            });
            match asking.came(answer)? {
                (Some(next), _) => url = next,
                (None, body) => return Ok((body, asking)),
            }
        }
        Err(FetchError::Malformed("too many redirects"))
    }
}
