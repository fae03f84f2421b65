//! The switchboard: all hosts of the network reach one another through it, over lines that a test may spoil.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use federation::client::Lookup;
use tokio::io::BufReader;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::notary::Notary;
use super::peer::Peer;
use super::provider::Provider;
use super::push_service::PushService;
use super::transcript::{Exchange, Transcript};
use super::wire::{self, Answer, Request};

/// How a line from one host to another behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// Nothing passes.
    Cut,
    /// Nothing passes; somebody on the way answers with this status.
    Answers(u16),
    /// What is sent arrives, but the answer is lost.
    LosesAnswers,
    /// Whatever is delivered arrives twice.
    Doubles,
    /// Everything arrives late.
    Slow(Duration),
    /// Deliveries are acknowledged and kept back; [`Switchboard::release`] hands them over, the last one first.
    Reverses,
}

/// Who can be reached.
#[derive(Clone)]
enum Host {
    Server(SocketAddr),
    Peer(Peer),
    PushService(PushService),
    Provider(Provider),
    Notary(Notary),
}

/// Connects all hosts; a clone is the same switchboard.
#[derive(Clone, Default)]
pub(crate) struct Switchboard(Arc<Inner>);

#[derive(Default)]
struct Inner {
    hosts: Mutex<HashMap<String, Host>>,
    lines: Mutex<HashMap<(String, String), Line>>,
    kept_back: Mutex<Vec<(String, Request)>>,
    transcript: Mutex<Transcript>,
    /// Requests that are under way.
    flying: AtomicUsize,
    tasks: Mutex<JoinSet<()>>,
}

impl Switchboard {
    pub(crate) fn connect_server(&self, host: &str, address: SocketAddr) {
        self.0.hosts.lock().unwrap().insert(host.to_owned(), Host::Server(address));
    }

    pub(crate) fn connect_peer(&self, peer: &Peer) {
        self.0.hosts.lock().unwrap().insert(peer.host().to_owned(), Host::Peer(peer.clone()));
    }

    pub(crate) fn connect_push_service(&self, service: &PushService) {
        self.0.hosts.lock().unwrap().insert(service.host().to_owned(), Host::PushService(service.clone()));
    }

    pub(crate) fn connect_provider(&self, provider: &Provider) {
        self.0.hosts.lock().unwrap().insert(provider.host().to_owned(), Host::Provider(provider.clone()));
    }

    pub(crate) fn connect_notary(&self, notary: &Notary) {
        self.0.hosts.lock().unwrap().insert(notary.host().to_owned(), Host::Notary(notary.clone()));
    }

    /// Makes the line from one host to another misbehave.
    pub(crate) fn spoil(&self, from: &str, to: &str, line: Line) {
        self.0.lines.lock().unwrap().insert((from.to_owned(), to.to_owned()), line);
    }

    /// Repairs the line from one host to another.
    pub(crate) fn mend(&self, from: &str, to: &str) {
        self.0.lines.lock().unwrap().remove(&(from.to_owned(), to.to_owned()));
    }

    pub(crate) fn transcript(&self) -> Transcript {
        self.0.transcript.lock().unwrap().clone()
    }

    /// Whether no request is under way.
    pub(crate) fn is_quiet(&self) -> bool {
        self.0.flying.load(Ordering::SeqCst) == 0
    }

    /// Hands over the deliveries that were kept back, the last one first; returns how many there were.
    pub(crate) async fn release(&self) -> usize {
        let kept = std::mem::take(&mut *self.0.kept_back.lock().unwrap());
        let count = kept.len();
        for (from, request) in kept.into_iter().rev() {
            let answer = self.forward(&from, &request).await;
            assert!(answer.is_some_and(|answer| answer.status < 300), "{} {}", request.method, request.target);
        }
        count
    }

    /// Opens the door by which `from` reaches everybody else.
    pub(crate) async fn door(&self, from: &str) -> io::Result<Door> {
        Ok(Door(self.listen(Ipv4Addr::LOCALHOST, from).await?))
    }

    /// Listens at a free port of `address`; whoever connects there is `from`.
    pub(crate) async fn listen(&self, address: Ipv4Addr, from: &str) -> io::Result<SocketAddr> {
        let listener = TcpListener::bind((address, 0)).await?;
        let address = listener.local_addr()?;
        let (board, from) = (self.clone(), from.to_owned());
        self.0.tasks.lock().unwrap().spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(board.clone().attend(from.clone(), stream));
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(address)
    }

    async fn attend(self, from: String, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        while let Ok(Some(request)) = wire::read_request(&mut stream).await {
            let Some(answer) = self.pass(&from, request.clone()).await else { return };
            if answer.write(&mut stream, request.method == "HEAD").await.is_err() {
                return;
            }
        }
    }

    /// Passes a request on as its line allows; `None` when the line breaks.
    pub(crate) async fn pass(&self, from: &str, request: Request) -> Option<Answer> {
        let _flight = Flight::begin(&self.0.flying);
        let line = self.0.lines.lock().unwrap().get(&(from.to_owned(), request.host().to_owned())).copied();
        let delivery = request.method == "POST";
        match line {
            Some(Line::Cut) => {
                self.record(from, &request, None);
                return None;
            }
            Some(Line::Answers(status)) => {
                self.record(from, &request, Some(status));
                return Some(Answer::status(status));
            }
            Some(Line::Reverses) if delivery => {
                self.0.kept_back.lock().unwrap().push((from.to_owned(), request));
                return Some(Answer::status(202));
            }
            Some(Line::Slow(by)) => {
                tokio::time::timeout(by, std::future::pending::<()>()).await.unwrap_err();
            }
            Some(Line::Doubles) if delivery => {
                self.forward(from, &request).await;
            }
            _ => {}
        }
        let answer = self.forward(from, &request).await;
        if line == Some(Line::LosesAnswers) && delivery { None } else { answer }
    }

    async fn forward(&self, from: &str, request: &Request) -> Option<Answer> {
        let host = self.0.hosts.lock().unwrap().get(request.host()).cloned();
        let answer = match host {
            Some(Host::Server(address)) => request.exchange(address).await.ok(),
            Some(Host::Peer(peer)) => Some(Box::pin(peer.answer(request)).await),
            Some(Host::Provider(provider)) => Some(provider.answer(request)),
            Some(Host::Notary(notary)) => Some(notary.answer(request)),
            Some(Host::PushService(service)) => Some(service.answer(request)),
            None => None,
        };
        self.record(from, request, answer.as_ref().map(|answer| answer.status));
        answer
    }

    fn record(&self, from: &str, request: &Request, status: Option<u16>) {
        let exchange = Exchange {
            from: from.to_owned(),
            to: request.host().to_owned(),
            method: request.method.clone(),
            target: request.target.clone(),
            sent: serde_json::from_slice(&request.body).unwrap_or_default(),
            status,
        };
        self.0.transcript.lock().unwrap().0.push(exchange);
    }

    /// Closes all doors.
    pub(crate) fn close(&self) {
        self.0.tasks.lock().unwrap().abort_all();
        self.0.hosts.lock().unwrap().clear();
    }
}

/// Counts a request that is under way, also when it is given up.
struct Flight<'a>(&'a AtomicUsize);

impl<'a> Flight<'a> {
    fn begin(flying: &'a AtomicUsize) -> Self {
        flying.fetch_add(1, Ordering::SeqCst);
        Self(flying)
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Where all names of the network lead, for one of its hosts.
pub(crate) struct Door(SocketAddr);

#[async_trait::async_trait]
impl Lookup for Door {
    async fn lookup(&self, name: &str) -> io::Result<Vec<SocketAddr>> {
        if is_ours(name) { Ok(vec![self.0]) } else { Err(io::ErrorKind::NotFound.into()) }
    }
}

/// Whether a host is one of the network's.
pub(crate) fn is_ours(host: &str) -> bool {
    host.rsplit('.').next() == Some("test")
}
