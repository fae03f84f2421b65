//! The network of a story: several real servers in one process, fake peers beside them, and a switchboard between.

mod asked;
mod browser;
mod bucket;
mod database;
mod directory;
mod forms;
mod notary;
mod peer;
mod post_office;
mod program;
mod provider;
mod puppet;
mod push_service;
mod server;
mod switchboard;
mod transcript;
mod visitor;
mod wire;
mod work;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ::server::settings::{Given, LogFormat, MediaUrl, Registration, Settings, Smtp};
use domain::rule::Openness;
use tempfile::TempDir;

pub(crate) use self::asked::line as note_asked;
pub(crate) use self::browser::{Browser, ENTER, Eyes, SPACE};
pub(crate) use self::bucket::Bucket;
pub(crate) use self::database::{Backend, Database};
pub(crate) use self::directory::Directory;
pub(crate) use self::forms::date;
pub(crate) use self::notary::{Citizen, Notary, Wish};
pub(crate) use self::peer::{ACTIVITY, Delivered, Peer, Software};
pub(crate) use self::post_office::PostOffice;
pub(crate) use self::program::Program;
pub(crate) use self::provider::{Lie, Provider};
pub(crate) use self::puppet::{CONTEXT, PUBLIC, Puppet, Scheme};
pub(crate) use self::push_service::{PushService, Waiting};
pub(crate) use self::server::{Group, Person, Server, id, text};
pub(crate) use self::switchboard::{Line, Switchboard, is_ours};
pub(crate) use self::transcript::{Transcript, kind};
pub(crate) use self::visitor::{Visitor, field, form};
pub(crate) use self::wire::{Answer, Request};
pub(crate) use self::work::{eventually, variable};

/// Makes two tests of each story: one on SQLite, one on PostgreSQL.
macro_rules! on_both {
    ($($story:ident),+ $(,)?) => {$(
        mod $story {
            use crate::network::{Backend, run};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                run(Backend::Sqlite, super::$story()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                run(Backend::Postgres, super::$story()).await;
            }
        }
    )+};
}
pub(crate) use on_both;

/// What the running story has.
struct Stage {
    backend: Backend,
    networks: RefCell<Vec<Network>>,
}

tokio::task_local! {
    static STAGE: Stage;
}

/// Tells a story on a database, then holds that it left nothing behind.
pub(crate) async fn run(backend: Backend, story: impl Future<Output = ()>) {
    if !backend.is_there() {
        return;
    }
    let stage = Stage { backend, networks: RefCell::default() };
    let ending = async {
        story.await;
        let networks = STAGE.with(|stage| stage.networks.take());
        for network in networks {
            network.end().await;
        }
    };
    STAGE.scope(stage, ending).await;
}

/// The database of the running story.
pub(crate) fn backend() -> Backend {
    STAGE.with(|stage| stage.backend)
}

/// A server with what it needs to live.
struct Running {
    handle: Server,
    server: ::server::Server,
    _folder: TempDir,
    /// Dropped after the server.
    database: Database,
}

/// All servers and fake peers of a story; a clone is the same network.
#[derive(Clone)]
pub(crate) struct Network {
    /// The clock of everybody.
    pub(crate) clock: app::Clock,
    board: Switchboard,
    servers: Vec<Server>,
    running: Arc<Mutex<Vec<Running>>>,
    peers: Arc<Mutex<Vec<Peer>>>,
}

impl Network {
    /// Starts servers, each at `http://NAME`.
    pub(crate) async fn of<const N: usize>(names: [&str; N]) -> Self {
        Self::dealing_with(Openness::Open, names).await
    }

    /// The same, of servers that deal with everybody, or only with those they allow.
    pub(crate) async fn dealing_with<const N: usize>(openness: Openness, names: [&str; N]) -> Self {
        Self::with(|settings| Settings { federation: openness, ..settings }, names).await
    }

    /// The same, of servers in secure mode: they answer only those who sign.
    pub(crate) async fn secured<const N: usize>(names: [&str; N]) -> Self {
        Self::with(|settings| Settings { secure_mode: true, ..settings }, names).await
    }

    /// The same, of servers to which others may send only so much each second, and read only so much.
    pub(crate) async fn limited<const N: usize>(inbox_limit: u32, read_limit: u32, names: [&str; N]) -> Self {
        Self::with(|settings| Settings { inbox_limit, read_limit, ..settings }, names).await
    }

    /// The same, of servers that apps may ask only so often.
    pub(crate) async fn visited<const N: usize>(client_limit: u32, names: [&str; N]) -> Self {
        Self::with(|settings| Settings { client_limit, ..settings }, names).await
    }

    /// The same, of servers that send mail, and take people in like this.
    pub(crate) async fn with_mail<const N: usize>(
        office: &PostOffice,
        registration: Registration,
        names: [&str; N],
    ) -> Self {
        let smtp = Smtp::parse(&office.url()).flatten();
        Self::with(|settings| Settings { smtp: smtp.clone(), registration, ..settings }, names).await
    }

    /// The same, of servers with these settings.
    pub(crate) async fn with<const N: usize>(change: impl Fn(Settings) -> Settings, names: [&str; N]) -> Self {
        work::show_logs();
        let (clock, board) = (app::Clock::default(), Switchboard::default());
        let backend = backend();
        let mut running = Vec::new();
        for name in names {
            running.push(start(name, backend, &change, &clock, &board).await);
        }
        let servers = running.iter().map(|running| running.handle.clone()).collect();
        let network = Self { clock, board, servers, running: Arc::new(Mutex::new(running)), peers: Arc::default() };
        STAGE.with(|stage| stage.networks.borrow_mut().push(network.clone()));
        network
    }

    /// The server with this name.
    pub(crate) fn server(&self, name: &str) -> Server {
        self.servers.iter().find(|server| server.host() == name).expect("a server of this network").clone()
    }

    /// How much of everything a server has.
    pub(crate) fn census(&self, name: &str) -> BTreeMap<String, i64> {
        let running = self.running.lock().unwrap();
        running.iter().find(|running| running.handle.host() == name).expect("a server").database.census()
    }

    /// What became of everything that a server received, by its text: the state of its row, and the note in it.
    pub(crate) fn fates(&self, name: &str) -> BTreeMap<String, (String, String)> {
        let running = self.running.lock().unwrap();
        running.iter().find(|running| running.handle.host() == name).expect("a server").database.fates()
    }

    /// A new fake peer.
    pub(crate) fn peer(&self, host: &str, software: Software) -> Peer {
        let peer = Peer::new(host, software, &self.board, &self.clock);
        self.peers.lock().unwrap().push(peer.clone());
        peer
    }

    /// A new push service.
    pub(crate) fn push_service(&self, host: &str) -> PushService {
        let service = PushService::new(host);
        self.board.connect_push_service(&service);
        service
    }

    /// A new provider, which says who people are.
    pub(crate) fn provider(&self, host: &str) -> Provider {
        let provider = Provider::new(host, &self.clock);
        self.board.connect_provider(&provider);
        provider
    }

    /// A new provider that speaks SAML.
    pub(crate) fn notary(&self, host: &str) -> Notary {
        let notary = Notary::new(host, &self.clock);
        self.board.connect_notary(&notary);
        notary
    }

    /// Opens a browser for a server, which finds another host of the network, too.
    pub(crate) async fn browser(&self, server: &Server, other: &str, eyes: Eyes) -> Browser {
        let door = self.board.listen(Ipv4Addr::LOCALHOST, "browser").await.expect("a free port");
        Browser::open_with(server, Some((other, door)), eyes).await
    }

    /// A new fake peer outside the switchboard's names: at a real address of its own, as programs need it.
    pub(crate) async fn peer_at(&self, address: Ipv4Addr, software: Software) -> Peer {
        let address = self.board.listen(address, "programs").await.expect("a free port");
        self.peer(&address.to_string(), software)
    }

    /// Lets fake peers reach a program.
    pub(crate) fn reach(&self, program: &Program) {
        self.board.connect_server(&program.host(), program.address());
    }

    /// Lets another name lead to a server, too.
    pub(crate) fn lead(&self, name: &str, server: &Server) {
        self.board.connect_server(name, server.address());
    }

    /// Makes the line from one host to another misbehave; both ways need two calls.
    pub(crate) fn spoil(&self, from: &str, to: &str, line: Line) {
        self.board.spoil(from, to, line);
    }

    /// Repairs the line from one host to another.
    pub(crate) fn mend(&self, from: &str, to: &str) {
        self.board.mend(from, to);
    }

    /// Hands over what [`Line::Reverses`] kept back, and whatever follows from that.
    pub(crate) async fn release(&self) -> usize {
        let mut all = 0;
        loop {
            let count = self.board.release().await;
            self.settle().await;
            all += count;
            if count == 0 {
                return all;
            }
        }
    }

    /// Everything that was said so far.
    pub(crate) fn transcript(&self) -> Transcript {
        self.board.transcript()
    }

    /// Waits until no server has anything to do that is due.
    pub(crate) async fn settle(&self) {
        work::settle(&self.servers, &self.board).await;
    }

    /// Moves all clocks, and waits for what has become due.
    pub(crate) async fn pass_time(&self, by: Duration) {
        self.clock.advance(by);
        self.settle().await;
    }

    /// Holds that nothing is left to do and that nobody got anything wrong, and stops everything.
    async fn end(self) {
        self.settle().await;
        for server in &self.servers {
            let left = work::left_over(server).await;
            assert!(server.may_park() || left.is_empty(), "{} has work left:\n{left}", server.host());
        }
        for peer in self.peers.lock().unwrap().iter() {
            assert!(peer.faults().is_empty(), "{:#?}", peer.faults());
        }
        let running = std::mem::take(&mut *self.running.lock().unwrap());
        futures_util::future::join_all(running.into_iter().map(|running| running.server.stop())).await;
        self.board.close();
    }
}

async fn start(
    name: &str,
    backend: Backend,
    change: impl Fn(Settings) -> Settings,
    clock: &app::Clock,
    board: &Switchboard,
) -> Running {
    let folder = work::folder();
    let database = Database::make(backend, folder.path());
    let settings = Settings {
        url: format!("http://{name}").parse().expect("a URL"),
        listen: ([127, 0, 0, 1], 0).into(),
        data: folder.path().to_owned(),
        database: database.url.clone(),
        media: MediaUrl::File(folder.path().join("media")),
        media_url: None,
        media_limit: 1,
        source_url: None,
        media_cache: 1,
        languages: vec!["en", "es"],
        registration: Registration::Open,
        registration_domains: Vec::new(),
        provider: None,
        federation: Openness::Open,
        secure_mode: false,
        inbox_limit: 0,
        read_limit: 0,
        client_limit: 0,
        smtp: None,
        mail_from: None,
        allow_private_networks: vec!["127.0.0.0/8".parse().expect("a range")],
        trusted_proxies: Vec::new(),
        log: "warn".to_owned(),
        log_format: LogFormat::Text,
        given: Given::default(),
    };
    let door = board.door(name).await.expect("a door");
    let overrides = ::server::Overrides { lookup: Some(Arc::new(door)), clock: clock.clone() };
    let server =
        ::server::Server::start(change(settings), overrides).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    board.connect_server(name, server.address());
    Running { handle: Server::new(name, &server), server, _folder: folder, database }
}
