//! The directory of an organization, as much of LDAP as it takes to look people up, written with what others made.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use app::identities::{Provider, Speaks, ldap};
use bytes::BytesMut;
use ldap3_proto::LdapCodec;
use ldap3_proto::proto::{
    LdapBindCred, LdapBindRequest, LdapBindResponse, LdapFilter, LdapMsg, LdapOp, LdapPartialAttribute, LdapResult,
    LdapResultCode, LdapSearchResultEntry, LdapSearchResultReference, LdapSearchScope,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::codec::{Decoder, Encoder};

/// Somebody who stands in it.
#[derive(Clone)]
struct Entry {
    dn: String,
    attributes: Vec<(String, Vec<u8>)>,
    password: String,
}

impl Entry {
    fn has(&self, name: &str, is_it: impl Fn(&str) -> bool) -> bool {
        let mut named = self.attributes.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        named.any(|(_, value)| is_it(&String::from_utf8_lossy(value).to_lowercase()))
    }

    fn fits(&self, filter: &LdapFilter) -> bool {
        match filter {
            LdapFilter::And(all) => all.iter().all(|one| self.fits(one)),
            LdapFilter::Or(all) => all.iter().any(|one| self.fits(one)),
            LdapFilter::Not(one) => !self.fits(one),
            LdapFilter::Equality(name, asked) => self.has(name, |value| value == asked.to_lowercase()),
            LdapFilter::Present(name) => self.has(name, |_| true),
            LdapFilter::Substring(name, parts) => {
                self.has(name, |value| value.starts_with(parts.initial.as_deref().unwrap_or_default()))
            }
            other => panic!("nobody asks that: {other:?}"),
        }
    }
}

struct Inner {
    entries: Mutex<Vec<Entry>>,
    /// As whom somebody wanted to come in, with which password.
    tries: Mutex<Vec<(String, String)>>,
}

/// A directory at an address of its own, for as long as it is held.
pub(crate) struct Directory {
    port: u16,
    inner: Arc<Inner>,
    serving: JoinSet<()>,
}

impl Directory {
    /// The entry that looks people up, and its password.
    pub(crate) const CLERK: (&str, &str) = ("cn=plaza,dc=org", "s3cr:t");

    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let inner = Arc::new(Inner { entries: Mutex::default(), tries: Mutex::default() });
        let (mut serving, kept) = (JoinSet::new(), Arc::clone(&inner));
        serving.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                open.spawn(serve(stream, Arc::clone(&kept)));
            }
        });
        Self { port, inner, serving }
    }

    /// Takes somebody in who is known for ever by `subject`; their password is "open " and their name.
    pub(crate) fn add(&self, name: &str, mail: &str, subject: &[u8]) {
        let attributes =
            [("objectClass", &b"person"[..]), ("uid", name.as_bytes()), ("mail", mail.as_bytes()), ("number", subject)];
        let attributes = attributes.map(|(name, value)| (name.to_owned(), value.to_vec())).to_vec();
        let dn = format!("uid={name},ou=people,dc=org");
        self.inner.entries.lock().unwrap().push(Entry { dn, attributes, password: format!("open {name}") });
    }

    /// Answers nobody any more.
    pub(crate) async fn go_away(&mut self) {
        self.serving.shutdown().await;
    }

    /// How often somebody wanted to come in who is not the one that looks people up, and the password of the last.
    pub(crate) fn tries(&self) -> (usize, Option<String>) {
        let tries = self.inner.tries.lock().unwrap();
        let others: Vec<_> = tries.iter().filter(|(dn, _)| dn != Self::CLERK.0).collect();
        (others.len(), others.last().map(|(_, password)| password.clone()))
    }

    /// The same, as a server is told of it.
    pub(crate) fn provider(&self, admits: bool, only: bool) -> Provider {
        Provider {
            issuer: "ldap://directory.test/ou=people,dc=org".to_owned(),
            name: "Casa Grande".to_owned(),
            only,
            admits,
            speaks: Speaks::Ldap(ldap::Directory {
                host: "127.0.0.1".to_owned(),
                port: self.port,
                tls: false,
                base: "ou=people,dc=org".to_owned(),
                bind_dn: Self::CLERK.0.to_owned(),
                bind_password: Self::CLERK.1.to_owned(),
                filter: "(&(objectClass=person)(|(uid={login})(mail={login})))".to_owned(),
                subject: "number".to_owned(),
                handle: "uid".to_owned(),
            }),
        }
    }
}

async fn serve(mut stream: TcpStream, inner: Arc<Inner>) {
    let (mut codec, mut read, mut bound) = (LdapCodec::default(), BytesMut::new(), String::new());
    loop {
        while let Some(LdapMsg { msgid, op, .. }) = codec.decode(&mut read).expect("LDAP") {
            let mut written = BytesMut::new();
            for said in answer(op, &inner, &mut bound) {
                codec.encode(LdapMsg::new(msgid, said), &mut written).expect("LDAP");
            }
            if stream.write_all(&written).await.is_err() {
                return;
            }
        }
        if !matches!(stream.read_buf(&mut read).await, Ok(1..)) {
            return;
        }
    }
}

fn said(code: LdapResultCode) -> LdapResult {
    LdapResult { code, matcheddn: String::new(), message: "as it is".to_owned(), referral: Vec::new() }
}

/// Answers like a directory that lets in whoever says no password, and shows people to nobody but the one who may see them.
fn answer(op: LdapOp, inner: &Inner, bound: &mut String) -> Vec<LdapOp> {
    let entries = inner.entries.lock().unwrap();
    match op {
        LdapOp::BindRequest(LdapBindRequest { version: 3, dn, cred: LdapBindCred::Simple(password) }) => {
            inner.tries.lock().unwrap().push((dn.clone(), password.clone()));
            let is_somebody = entries.iter().any(|entry| entry.dn == dn && entry.password == password);
            let is_in = password.is_empty() || is_somebody || (dn.as_str(), password.as_str()) == Directory::CLERK;
            *bound = if is_in && !password.is_empty() { dn } else { String::new() };
            let code = if is_in { LdapResultCode::Success } else { LdapResultCode::InvalidCredentials };
            vec![LdapOp::BindResponse(LdapBindResponse { res: said(code), saslcreds: None })]
        }
        LdapOp::SearchRequest(_) if *bound != Directory::CLERK.0 => {
            vec![LdapOp::SearchResultDone(said(LdapResultCode::InsufficentAccessRights))]
        }
        LdapOp::SearchRequest(asked) => {
            assert_eq!((asked.base.as_str(), &asked.scope), ("ou=people,dc=org", &LdapSearchScope::Subtree));
            let elsewhere = LdapSearchResultReference { uris: vec!["ldap://other.test/dc=other".to_owned()] };
            let mut all = vec![LdapOp::SearchResultReference(elsewhere)];
            let (fitting, most) = (entries.iter().filter(|entry| entry.fits(&asked.filter)), asked.sizelimit);
            all.extend(fitting.map(|entry| shown(entry, &asked.attrs)));
            let most = usize::try_from(most).unwrap() + 1;
            let is_cut = all.len() > most;
            all.truncate(most);
            let code = if is_cut { LdapResultCode::SizeLimitExceeded } else { LdapResultCode::Success };
            all.push(LdapOp::SearchResultDone(said(code)));
            all
        }
        LdapOp::UnbindRequest => Vec::new(),
        other => panic!("nobody asks that: {other:?}"),
    }
}

fn shown(entry: &Entry, wanted: &[String]) -> LdapOp {
    let is_wanted = |name: &str| wanted.iter().any(|one| one.eq_ignore_ascii_case(name));
    let attributes = entry.attributes.iter().filter(|(name, value)| is_wanted(name) && !value.is_empty());
    // Names may be written otherwise than they were asked for.
    let attributes =
        attributes.map(|(name, value)| LdapPartialAttribute { atype: name.to_uppercase(), vals: vec![value.clone()] });
    LdapOp::SearchResultEntry(LdapSearchResultEntry { dn: entry.dn.clone(), attributes: attributes.collect() })
}
