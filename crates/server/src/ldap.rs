//! The directory of an organization, asked by LDAP (RFC 4511): as much of it as it takes to find somebody, and to try
//! their password.
//!
//! The operator names the directory, and nobody else can have it asked for anything: that it may stand at a private address
//! needs no further word. A password leaves this machine by TLS alone.
use std::{io, time::Duration};

use app::{
    Clerk, Error, Result,
    identities::ldap::{Directory, Listed},
};
use async_trait::async_trait;
use native_tls::{Protocol, TlsConnector};
use tokio::net::TcpStream;

use ber::{OCTETS, Reader, SEQUENCE, SET};
use line::{Duplex, Line};

mod ber;
pub(crate) mod filter;
mod line;

/// How long connecting may take, and how long each answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The attribute of the address.
const MAIL: &str = "mail";

/// That a password opens nothing (RFC 4511, appendix A): it is wrong, there is none, or it may not be used by now.
/// Directories differ in what they say of which.
const WRONG: [u32; 6] = [19, 32, 48, 49, 50, 53];

fn strange(what: impl std::fmt::Display) -> Error {
    Error::Unreachable { what: format!("the directory {what}"), retry: true }
}

/// Asks directories.
pub(crate) struct Asker;

#[async_trait]
impl Clerk for Asker {
    async fn find(&self, directory: &Directory, name: &str) -> Result<Option<Listed>> {
        let filter = filter::of(&directory.filter, name).ok_or_else(|| strange("is asked by no filter"))?;
        let mut line = enter(directory).await?;
        // Two, so that one alone is known to be the only one.
        let (mut found, is_all) = search(&mut line, directory, &filter, 2).await?;
        // What people say is not logged: it may be a password.
        match found.pop() {
            Some(entry) if found.is_empty() && is_all => return listed(directory, entry).map(Some),
            Some(entry) => tracing::warn!(entry = entry.dn, "more than one entry fits a name: nobody comes in by it"),
            None => tracing::info!("no entry fits a name: see `ldap_base` and `ldap_filter`"),
        }
        Ok(None)
    }

    async fn is_right(&self, directory: &Directory, dn: &str, password: &str) -> Result<bool> {
        let said = in_time(connect(directory).await?.bind(dn, password)).await??;
        if WRONG.contains(&said.code) {
            tracing::info!(entry = dn, code = said.code, said = said.text, "the directory does not take a password");
            return Ok(false);
        }
        said.success("does not try passwords").map(|()| true)
    }

    async fn look(&self, directory: &Directory) -> Result<()> {
        let mut line = enter(directory).await?;
        let nobody = filter::of(&directory.filter, "nobody").ok_or_else(|| strange("is asked by no filter"))?;
        search(&mut line, directory, &nobody, 1).await?;
        match search(&mut line, directory, &filter::having(&directory.subject), 1).await? {
            (found, is_all) if found.is_empty() && is_all => {
                Err(strange(format!("shows nobody below `ldap_base` who has `{}`", directory.subject)))
            }
            _ => Ok(()),
        }
    }
}

/// An entry: its name, and its attributes with their values.
struct Entry {
    dn: String,
    attributes: Vec<(String, Vec<Vec<u8>>)>,
}

impl Entry {
    /// Reads one (RFC 4511, section 4.5.2).
    fn read(content: &[u8]) -> Option<Self> {
        let mut reader = Reader(content);
        let dn = String::from_utf8(reader.take(OCTETS)?.to_vec()).ok()?;
        let (mut all, mut attributes) = (Reader(reader.take(SEQUENCE)?), Vec::new());
        while let Some((SEQUENCE, attribute)) = all.next() {
            let mut attribute = Reader(attribute);
            let name = String::from_utf8(attribute.take(OCTETS)?.to_vec()).ok()?;
            let (mut set, mut values) = (Reader(attribute.take(SET)?), Vec::new());
            while let Some((OCTETS, value)) = set.next() {
                values.push(value.to_vec());
            }
            attributes.push((name, values));
        }
        Some(Self { dn, attributes })
    }

    fn values(&self, name: &str) -> &[Vec<u8>] {
        let same = |(other, _): &&(String, _)| other.eq_ignore_ascii_case(name);
        self.attributes.iter().find(same).map(|(_, values)| values.as_slice()).unwrap_or_default()
    }

    fn text(&self, name: &str) -> Option<String> {
        self.values(name).iter().find_map(|value| text(value))
    }
}

/// What is written so that it can be shown.
fn text(value: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(value).ok()?.trim();
    (!text.is_empty() && !text.contains(char::is_control)).then(|| text.to_owned())
}

/// What stands in an entry about somebody.
fn listed(directory: &Directory, entry: Entry) -> Result<Listed> {
    let [subject] = entry.values(&directory.subject) else {
        tracing::warn!(entry = entry.dn, attribute = directory.subject, "an entry has no single `ldap_subject`");
        return Err(strange(format!("gives no single `{}`", directory.subject)));
    };
    // To the last byte: nobody is known by what is much the same.
    let exact = text(subject).filter(|text| text.len() == subject.len());
    Ok(Listed {
        subject: exact.unwrap_or_else(|| hex::encode(subject)),
        handle: entry.text(&directory.handle),
        mail: entry.text(MAIL),
        dn: entry.dn,
    })
}

/// What is found below the base of a directory, and whether that is all there is; no more than `most`.
async fn search(line: &mut Open, directory: &Directory, filter: &[u8], most: u32) -> Result<(Vec<Entry>, bool)> {
    let wanted = [directory.subject.as_str(), &directory.handle, MAIL];
    let (found, said) = in_time(line.search(&directory.base, filter, &wanted, most)).await??;
    let is_all = said.code != line::TOO_MANY;
    if is_all {
        said.success("cannot be searched below `ldap_base` with `ldap_filter`")?;
    }
    let read = found.iter().map(|content| Entry::read(content).ok_or_else(|| strange("gives broken entries")));
    Ok((read.collect::<Result<_>>()?, is_all))
}

/// A line to a directory, however it is secured.
type Open = Line<Box<dyn Duplex>>;

/// Connects, and says as whom people are looked up.
async fn enter(directory: &Directory) -> Result<Open> {
    let mut line = connect(directory).await?;
    if !directory.bind_dn.is_empty() {
        let said = in_time(line.bind(&directory.bind_dn, &directory.bind_password)).await??;
        said.success("does not let in who looks people up (`ldap_bind_dn`, `ldap_bind_password`)")?;
    }
    Ok(line)
}

/// Connects, by TLS unless the directory is on this very machine.
async fn connect(directory: &Directory) -> Result<Open> {
    let connecting = async {
        let stream = TcpStream::connect((directory.host.as_str(), directory.port)).await?;
        let is_here = stream.peer_addr()?.ip().to_canonical().is_loopback();
        Ok::<_, io::Error>((stream, is_here))
    };
    let (stream, is_here) = in_time(connecting).await?.map_err(|e| strange(format!("cannot be reached: {e}")))?;
    if !directory.tls && is_here {
        return Ok(Line::new(Box::new(stream)));
    }
    let stream = if directory.tls {
        stream
    } else {
        let mut line = Line::new(stream);
        let said = in_time(line.start_tls()).await??;
        said.success("does not begin TLS, and passwords are sent by nothing else")?;
        line.into_inner()
    };
    let unsure = |e: native_tls::Error| strange(format!("cannot be spoken with by TLS: {e}"));
    // Made each time: few sign in at once, and the certificates of all authorities take two megabytes.
    let connector = TlsConnector::builder().min_protocol_version(Some(Protocol::Tlsv12)).build().map_err(unsure)?;
    let connector = tokio_native_tls::TlsConnector::from(connector);
    let stream = in_time(connector.connect(&directory.host, stream)).await?.map_err(unsure)?;
    Ok(Line::new(Box::new(stream)))
}

async fn in_time<T>(asking: impl Future<Output = T>) -> Result<T> {
    tokio::time::timeout(PATIENCE, asking).await.map_err(|_late| strange("does not answer in time"))
}
