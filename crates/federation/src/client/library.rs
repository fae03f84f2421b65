//! The same client for libraries that insist on `reqwest`: they get its types, and none of its connections.

use async_trait::async_trait;
use http::Extensions;
use reqwest::{Request, Response, ResponseBuilderExt};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Error, Middleware, Next};
use tokio::time::timeout;

use super::{Client, FetchError};
use crate::signature::Headers;

impl Client {
    /// This client behind the interface of `reqwest`; redirects are left to the caller.
    pub fn for_library(&self) -> ClientWithMiddleware {
        #[expect(clippy::disallowed_methods, reason = "it is never reached: the guard answers in its place")]
        let unreached = reqwest::Client::new();
        ClientBuilder::new(unreached).with(Guard(self.clone())).build()
    }

    async fn relay(&self, request: Request) -> Result<Response, FetchError> {
        let mut url = request.url().clone();
        url.set_fragment(None);
        let headers: Headers = request.headers().iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        let body = request.body().and_then(|body| body.as_bytes()).unwrap_or_default().to_vec().into();
        let (head, body) = self.exchange(request.method(), &url, &headers, &body).await?;
        let body = self.document(&head.headers, body).await?;
        let mut response = http::Response::builder().status(head.status).url(url);
        if let Some(headers) = response.headers_mut() {
            *headers = head.headers;
        }
        let response = response.body(body).map_err(|_error| FetchError::Malformed("the answer"))?;
        Ok(response.into())
    }
}

/// Answers every request itself, so that nothing reaches the client below.
struct Guard(Client);

#[async_trait]
impl Middleware for Guard {
    async fn handle(&self, request: Request, _: &mut Extensions, _: Next<'_>) -> Result<Response, Error> {
        let answer = timeout(self.0.patience.total, self.0.relay(request)).await;
        answer.unwrap_or_else(|_elapsed| Err(FetchError::timed_out("the exchange"))).map_err(Error::middleware)
    }
}
