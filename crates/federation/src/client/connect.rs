//! Connecting: names become addresses here, and each address is checked before it is dialled.

use std::{
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
    vec,
};

use async_trait::async_trait;
use http::{Uri, uri::Scheme};
use hyper_tls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::{
    client::legacy::connect::{HttpConnector, dns::Name},
    rt::TokioIo,
};
use ipnet::IpNet;
use native_tls::{Protocol, TlsConnector};
use tokio::{net::TcpStream, sync::OnceCell};
use tower_service::Service;

use super::{address, error::Blocked};

/// Finds the addresses of a host. A port other than 0 replaces the usual one of the scheme.
#[async_trait]
pub trait Lookup: Send + Sync {
    /// All addresses of `name`.
    async fn lookup(&self, name: &str) -> io::Result<Vec<SocketAddr>>;
}

/// The resolver of the operating system.
pub(super) struct System;

#[async_trait]
impl Lookup for System {
    async fn lookup(&self, name: &str) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.collect())
    }
}

type Error = Box<dyn std::error::Error + Send + Sync>;
type Pending<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// A lookup whose answers have passed the check: these very addresses are dialled, nobody resolves again.
#[derive(Clone)]
struct Checked {
    lookup: Arc<dyn Lookup>,
    allow_private: Arc<[IpNet]>,
}

impl Service<Name> for Checked {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = Error;
    type Future = Pending<Self::Response>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let Self { lookup, allow_private } = self.clone();
        Box::pin(async move {
            let mut found = lookup.lookup(name.as_str()).await?;
            found.retain(|address| address::is_allowed(address.ip(), &allow_private));
            if found.is_empty() { Err(Blocked.into()) } else { Ok(found.into_iter()) }
        })
    }
}

/// Dials with all checks, and within `limit`, TLS included.
#[derive(Clone)]
pub(super) struct Connector {
    http: HttpConnector<Checked>,
    /// Made when the first server is called by https: the certificates of all authorities take two megabytes.
    tls: Arc<OnceCell<TlsConnector>>,
    plain_http: bool,
    allow_private: Arc<[IpNet]>,
    limit: Duration,
}

impl Connector {
    pub(super) fn new(lookup: Arc<dyn Lookup>, allow_private: Vec<IpNet>, plain_http: bool, limit: Duration) -> Self {
        let allow_private: Arc<[IpNet]> = allow_private.into();
        let mut http = HttpConnector::new_with_resolver(Checked { lookup, allow_private: allow_private.clone() });
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(limit));
        Self { http, tls: Arc::default(), plain_http, allow_private, limit }
    }

    async fn dial(mut self, uri: Uri) -> Result<MaybeHttpsStream<TokioIo<TcpStream>>, Error> {
        if self.plain_http && uri.scheme() == Some(&Scheme::HTTP) {
            return Ok(MaybeHttpsStream::Http(self.http.call(uri).await?));
        }
        let tls = self
            .tls
            .get_or_try_init(|| async { TlsConnector::builder().min_protocol_version(Some(Protocol::Tlsv12)).build() })
            .await?;
        let mut https = HttpsConnector::from((self.http, tls.clone().into()));
        https.https_only(true);
        https.call(uri).await
    }
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = Error;
    type Future = Pending<Self::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.http.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        // An address in place of a name is never looked up, so it is checked here.
        let literal = uri.host().and_then(|host| host.trim_matches(['[', ']']).parse::<IpAddr>().ok());
        if literal.is_some_and(|ip| !address::is_allowed(ip, &self.allow_private)) {
            return Box::pin(async { Err(Blocked.into()) });
        }
        let (connecting, limit) = (self.clone().dial(uri), self.limit);
        Box::pin(async move { tokio::time::timeout(limit, connecting).await? })
    }
}
