//! The only HTTP client of the program: it dials public addresses only, and never waits or reads without end.

mod address;
mod answer;
mod breaker;
mod connect;
mod error;
mod hosts;
mod question;
mod stream;
mod target;
#[cfg(test)]
mod tests;

use std::{io, sync::Arc, time::Duration};

use app::{Clock, rules::Rules};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Uri,
    header::{ACCEPT, ACCEPT_ENCODING, USER_AGENT},
    response,
};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper_util::{
    client::legacy::{self, Client as Pool},
    rt::{TokioExecutor, TokioTimer},
};
use ipnet::IpNet;
use tokio::time::timeout;
use url::Url;

pub(crate) use self::hosts::{Hosts, News};
pub use self::{answer::is_activity_json, connect::Lookup, error::FetchError, target::parse_url};
use self::{connect::Connector, error::causes};
use crate::signature::{Headers, Signer};

/// By which a server says what signatures it takes (RFC 9421, section 5.1).
const ACCEPT_SIGNATURE: HeaderName = HeaderName::from_static("accept-signature");

const MOST_REDIRECTS: usize = 3;
/// The longest document read, unpacked.
const LONGEST_DOCUMENT: usize = 1024 * 1024;
/// What is read of the answer to a delivery, so that the connection can be used again.
const LONGEST_RECEIPT: usize = 64 * 1024;
const LONGEST_HEAD: usize = 64 * 1024;
/// Connections that nobody used for so long are closed; shorter than what usual servers wait.
const IDLE_CONNECTION: Duration = Duration::from_secs(20);
const IDLE_CONNECTIONS_PER_HOST: usize = 4;

/// How the client behaves.
#[derive(Default)]
pub struct Config {
    /// Ranges that may be dialled although they are not public.
    pub allow_private: Vec<IpNet>,
    /// Plain http and any port are fine.
    pub development: bool,
    /// How we introduce ourselves.
    pub user_agent: String,
    /// Who finds addresses; the operating system by default.
    pub lookup: Option<Arc<dyn Lookup>>,
    /// The clock.
    pub clock: Clock,
    /// Servers that are suspended by these are asked nothing and sent nothing.
    pub rules: Rules,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The user agent cannot stand in a header.
    #[error("the user agent is no header value")]
    UserAgent(#[from] http::header::InvalidHeaderValue),
}

/// How long one waits.
#[derive(Clone, Copy)]
struct Patience {
    connect: Duration,
    idle: Duration,
    total: Duration,
}

const PATIENCE: Patience =
    Patience { connect: Duration::from_secs(5), idle: Duration::from_secs(10), total: Duration::from_secs(30) };

/// The guarded client. A clone shares the connections.
#[derive(Clone)]
pub struct Client {
    pool: Pool<Connector, Full<Bytes>>,
    user_agent: HeaderValue,
    rules: Rules,
    hosts: Hosts,
    development: bool,
    patience: Patience,
}

/// A document of another server.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// Where it was found in the end, without fragment.
    pub final_url: Url,
    /// A success.
    pub status: u16,
    /// As sent; empty when absent.
    pub content_type: String,
    /// Unpacked.
    pub body: Bytes,
}

impl Fetched {
    /// The body, if the document says that it is ActivityPub.
    pub fn activity_json(&self) -> Result<&Bytes, FetchError> {
        if is_activity_json(&self.content_type) { Ok(&self.body) } else { Err(FetchError::ContentType) }
    }
}

/// What another server said to a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The status, whatever it is; redirects are not followed.
    pub status: u16,
    /// When to come back, if it said so; at most an hour.
    pub retry_after: Option<Duration>,
    /// Whether it says that it takes signatures by RFC 9421.
    pub accepts_rfc9421: bool,
    /// Whether it refuses, and because of the signature.
    pub blames_signature: bool,
}

impl Answer {
    /// Whether it took the delivery.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Where one request of several has led.
enum Hop {
    Further(Url),
    Found(Fetched),
}

impl Client {
    /// A client with no connections yet.
    pub fn new(config: Config) -> Result<Self, SetupError> {
        Self::with_patience(config, PATIENCE)
    }

    fn with_patience(config: Config, patience: Patience) -> Result<Self, SetupError> {
        let lookup = config.lookup.unwrap_or_else(|| Arc::new(connect::System));
        let connector = Connector::new(lookup, config.allow_private, config.development, patience.connect);
        let pool = Pool::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_CONNECTION)
            .pool_max_idle_per_host(IDLE_CONNECTIONS_PER_HOST)
            .http1_max_buf_size(LONGEST_HEAD)
            .build(connector);
        Ok(Self {
            pool,
            user_agent: config.user_agent.parse()?,
            rules: config.rules,
            hosts: Hosts::new(config.clock),
            development: config.development,
            patience,
        })
    }

    /// What goes to each server.
    pub(crate) fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    /// Fetches a document, following redirects; each hop is checked and signed like the first.
    pub async fn get_document(&self, url: &Url, accept: &str, signer: Option<&Signer>) -> Result<Fetched, FetchError> {
        let accept = accept.parse().ok().ok_or(FetchError::Malformed("Accept"))?;
        timeout(self.patience.total, self.follow(url, accept, signer))
            .await
            .unwrap_or_else(|_elapsed| Err(FetchError::timed_out("the exchange")))
    }

    async fn follow(&self, url: &Url, accept: HeaderValue, signer: Option<&Signer>) -> Result<Fetched, FetchError> {
        let mut url = url.clone();
        url.set_fragment(None);
        for _ in 0..=MOST_REDIRECTS {
            let mut headers = signer.map(|signer| signer.get(&url)).transpose()?.unwrap_or_default();
            headers.extend([(ACCEPT, accept.clone()), (ACCEPT_ENCODING, HeaderValue::from_static("gzip"))]);
            let asking = self.hosts.ask(url.as_str()).await?;
            match asking.came(self.hop(&url, &headers).await)? {
                Hop::Further(next) => url = next,
                Hop::Found(fetched) => return Ok(fetched),
            }
        }
        Err(FetchError::Malformed("too many redirects"))
    }

    async fn hop(&self, url: &Url, headers: &Headers) -> Result<Hop, FetchError> {
        let (head, body) = self.exchange(&Method::GET, url, headers, &Bytes::new()).await?;
        if let Some(next) = answer::redirect(&head, url)? {
            return Ok(Hop::Further(next));
        }
        answer::check_status(&head)?;
        let content_type = answer::content_type(&head.headers)?;
        let body = self.document(&head.headers, body).await?;
        Ok(Hop::Found(Fetched { final_url: url.clone(), status: head.status.as_u16(), content_type, body }))
    }

    /// Delivers `body` with `headers`, which are made by [`crate::signature::sign`].
    pub async fn post(&self, url: &Url, headers: &Headers, body: Bytes) -> Result<Answer, FetchError> {
        let delivering = self.hosts.deliver(url.as_str()).await;
        let delivery = self.exchange(&Method::POST, url, headers, &body);
        let elapsed = |_| Err(FetchError::timed_out("the delivery"));
        let answer = timeout(self.patience.total, delivery).await.unwrap_or_else(elapsed);
        if let Some(delivering) = delivering {
            delivering.came(answer.as_ref().map(|(head, _)| head.status.as_u16()));
        }
        let (head, receipt) = answer?;
        // The answer is known; what is wrong with the rest of it costs at most the connection.
        let rest = timeout(self.patience.idle, self.read(receipt, LONGEST_RECEIPT)).await;
        Ok(Answer {
            status: head.status.as_u16(),
            retry_after: answer::retry_after(&head.headers),
            accepts_rfc9421: head.headers.contains_key(ACCEPT_SIGNATURE),
            blames_signature: answer::blames_signature(
                head.status,
                &rest.map(Result::unwrap_or_default).unwrap_or_default(),
            ),
        })
    }

    /// One request and the head of its answer; the URL is checked here, the address when connecting.
    async fn exchange(
        &self,
        method: &Method,
        url: &Url,
        headers: &Headers,
        body: &Bytes,
    ) -> Result<(response::Parts, Incoming), FetchError> {
        target::check(url, self.development)?;
        if self.rules.suspend(url.as_str()) {
            return Err(FetchError::Forbidden("this server is suspended here"));
        }
        let uri = Uri::try_from(url.as_str()).ok().ok_or(FetchError::Forbidden("not a URL"))?;
        let send = || {
            let mut request = http::Request::new(Full::new(body.clone()));
            *request.method_mut() = method.clone();
            *request.uri_mut() = uri.clone();
            let map: &mut HeaderMap = request.headers_mut();
            map.reserve(headers.len() + 3);
            map.insert(USER_AGENT, self.user_agent.clone());
            map.extend(headers.iter().cloned());
            timeout(self.patience.connect + self.patience.idle, self.pool.request(request))
        };
        let mut answer = send().await;
        // A kept connection may close at the moment it is used again. Nothing we send does harm when it arrives twice.
        if matches!(&answer, Ok(Err(error)) if is_stale(error)) {
            answer = send().await;
        }
        let answer = answer.map_err(|_elapsed| FetchError::timed_out("the answer"))??;
        Ok(answer.into_parts())
    }

    async fn document(&self, headers: &HeaderMap, body: Incoming) -> Result<Bytes, FetchError> {
        let body = self.read(body, LONGEST_DOCUMENT).await?;
        Ok(answer::decode(headers, body, LONGEST_DOCUMENT)?.into())
    }

    async fn read(&self, mut body: Incoming, limit: usize) -> Result<Vec<u8>, FetchError> {
        let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
        if announced > limit {
            return Err(FetchError::TooLarge);
        }
        let mut bytes = Vec::with_capacity(announced);
        loop {
            let frame = timeout(self.patience.idle, body.frame()).await;
            match frame.map_err(|_elapsed| FetchError::timed_out("the body"))? {
                None => return Ok(bytes),
                Some(Err(error)) => return Err(FetchError::Network(error.to_string())),
                Some(Ok(frame)) => bytes.extend_from_slice(frame.data_ref().map_or(&[], |data| data)),
            }
            if bytes.len() > limit {
                return Err(FetchError::TooLarge);
            }
        }
    }
}

/// Whether a connection ended before any answer came.
fn is_stale(error: &legacy::Error) -> bool {
    !error.is_connect()
        && causes(error).any(|cause| {
            let closed = cause.downcast_ref::<hyper::Error>();
            let broken = cause.downcast_ref::<io::Error>();
            closed.is_some_and(|error| error.is_incomplete_message() || error.is_canceled())
                || broken.is_some_and(|error| {
                    matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe)
                })
        })
}
