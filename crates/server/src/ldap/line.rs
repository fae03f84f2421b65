//! A line to a directory: requests and what is answered (RFC 4511), one after the other, within bounds.
use app::{Error, Result};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::{
    ber::{self, BOOLEAN, CHOICE, Head, INTEGER, OCTETS, Reader, SEQUENCE},
    strange,
};

/// How long one message may be, in bytes, and how many of them may answer a search: what is asked for is short.
const LONGEST: usize = 64 << 10;
const MOST: usize = 32;

/// How long the directory may search, in seconds.
const SECONDS: u32 = 10;

/// What answers mean (appendix A).
const SUCCESS: u32 = 0;
pub(super) const TOO_MANY: u32 = 4;
const REFERRAL: u32 = 10;

/// How a request that begins TLS is called (section 4.14).
const START_TLS: &[u8] = b"1.3.6.1.4.1.1466.20037";

/// Whatever is read and written.
pub(super) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// What a directory says of a request.
pub(super) struct Outcome {
    /// What it means.
    pub(super) code: u32,
    /// What it is in words, for the log.
    pub(super) text: String,
}

impl Outcome {
    /// Reads one (section 4.1.9).
    fn read(content: &[u8]) -> Option<Self> {
        let mut reader = Reader(content);
        let code = reader.number(CHOICE)?;
        reader.take(OCTETS)?;
        let text = String::from_utf8_lossy(reader.take(OCTETS)?);
        Some(Self { code, text: text.chars().filter(|c| !c.is_control()).take(200).collect() })
    }

    /// Nothing, if it did what it was asked for; `otherwise` says what it does not.
    pub(super) fn success(self, otherwise: &str) -> Result<()> {
        match self.code {
            SUCCESS => Ok(()),
            REFERRAL => Err(strange(format!("{otherwise}: it names another one, which is not asked"))),
            code => Err(strange(format!("{otherwise}: {code} {}", self.text))),
        }
    }
}

/// A line on which one request is made after the other.
pub(super) struct Line<S> {
    stream: S,
    /// The number of the last request.
    last: u32,
}

impl<S: Duplex> Line<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, last: 0 }
    }

    /// What it runs over. Nothing of what the other side said is left unread.
    pub(super) fn into_inner(self) -> S {
        self.stream
    }

    /// Asks for TLS: it begins once this is a success (section 4.14).
    pub(super) async fn start_tls(&mut self) -> Result<Outcome> {
        self.send(&ber::element(0x77, &ber::element(0x80, START_TLS))).await?;
        self.outcome(0x78).await
    }

    /// Says who one is (section 4.2). A password that is empty would be none.
    pub(super) async fn bind(&mut self, dn: &str, password: &str) -> Result<Outcome> {
        let (version, name) = (ber::number(INTEGER, 3), ber::element(OCTETS, dn.as_bytes()));
        let request = [version, name, ber::element(0x80, password.as_bytes())].concat();
        self.send(&ber::element(0x60, &request)).await?;
        self.outcome(0x61).await
    }

    /// Searches everything below `base` (section 4.5): the entries that are found, `most` of them, and what is said in the
    /// end. What another directory has is left there.
    pub(super) async fn search(
        &mut self,
        base: &str,
        filter: &[u8],
        attributes: &[&str],
        most: u32,
    ) -> Result<(Vec<Vec<u8>>, Outcome)> {
        let attributes: Vec<u8> = attributes.iter().flat_map(|name| ber::element(OCTETS, name.as_bytes())).collect();
        let (everything_below, aliases_as_they_are) = (ber::number(CHOICE, 2), ber::number(CHOICE, 0));
        let request = [
            ber::element(OCTETS, base.as_bytes()),
            everything_below,
            aliases_as_they_are,
            ber::number(INTEGER, most),
            ber::number(INTEGER, SECONDS),
            ber::element(BOOLEAN, &[0]),
            filter.to_vec(),
            ber::element(SEQUENCE, &attributes),
        ];
        self.send(&ber::element(0x63, &request.concat())).await?;
        let mut found = Vec::new();
        for _ in 0..MOST {
            match self.receive().await? {
                (0x64, entry) => found.push(entry),
                (0x65, said) => return Ok((found, outcome(&said)?)),
                (0x73, _elsewhere) => {}
                _ => return Err(strange("answers something else")),
            }
        }
        Err(strange("says too much"))
    }

    async fn outcome(&mut self, expected: u8) -> Result<Outcome> {
        match self.receive().await? {
            (tag, said) if tag == expected => outcome(&said),
            _ => Err(strange("answers something else")),
        }
    }

    async fn send(&mut self, request: &[u8]) -> Result<()> {
        self.last += 1;
        let message = ber::element(SEQUENCE, &[ber::number(INTEGER, self.last).as_slice(), request].concat());
        self.stream.write_all(&message).await.map_err(broken)?;
        self.stream.flush().await.map_err(broken)
    }

    /// The next message that answers the last request: what it is, and what it says.
    async fn receive(&mut self) -> Result<(u8, Vec<u8>)> {
        let mut head = vec![0; 2];
        self.stream.read_exact(&mut head).await.map_err(broken)?;
        let length = loop {
            match Head::of(&head) {
                Head::Whole(SEQUENCE, _, length) if length <= LONGEST => break length,
                Head::Partial => head.push(self.stream.read_u8().await.map_err(broken)?),
                _ => return Err(strange("speaks no LDAP, or says too much")),
            }
        };
        let mut message = vec![0; length];
        self.stream.read_exact(&mut message).await.map_err(broken)?;
        let mut reader = Reader(&message);
        match (reader.number(INTEGER), reader.next()) {
            (Some(number), Some((tag, content))) if number == self.last => Ok((tag, content.to_vec())),
            // Whoever hangs up may say so in a message that answers nothing (section 4.4.1).
            (Some(0), Some(_)) => Err(strange("hangs up")),
            _ => Err(strange("answers something else")),
        }
    }
}

fn outcome(said: &[u8]) -> Result<Outcome> {
    Outcome::read(said).ok_or_else(|| strange("answers something else"))
}

fn broken(error: std::io::Error) -> Error {
    strange(format!("breaks off: {error}"))
}

#[cfg(test)]
mod tests {
    use tokio::io::{DuplexStream, duplex};

    use super::*;

    /// What a line makes of whatever the other side says.
    async fn search(said: &[u8]) -> Result<(Vec<Vec<u8>>, Outcome)> {
        let (near, mut far): (DuplexStream, DuplexStream) = duplex(1 << 20);
        far.write_all(said).await.unwrap();
        far.shutdown().await.unwrap();
        Line::new(near).search("dc=a", &super::super::filter::having("uid"), &["uid"], 2).await
    }

    fn message(number: u32, tag: u8, content: &[u8]) -> Vec<u8> {
        ber::element(SEQUENCE, &[ber::number(INTEGER, number), ber::element(tag, content)].concat())
    }

    fn done(code: u32) -> Vec<u8> {
        let content =
            [ber::number(CHOICE, code), ber::element(OCTETS, b""), ber::element(OCTETS, b"so\nbe it")].concat();
        message(1, 0x65, &content)
    }

    #[tokio::test]
    async fn a_search_ends_with_what_is_said_of_it() {
        let said = [message(1, 0x64, b"one"), message(1, 0x73, b"elsewhere"), done(4)].concat();
        let (found, outcome) = search(&said).await.unwrap();
        assert_eq!((found, outcome.code, outcome.text.as_str()), (vec![b"one".to_vec()], TOO_MANY, "sobe it"));
    }

    #[tokio::test]
    async fn what_is_broken_or_without_end_is_an_error() {
        let endless = message(1, 0x64, b"one").repeat(MOST + 1);
        let hostile = [0x30, 0x80].repeat(30_000);
        for said in [
            &b""[..],
            b"HTTP/1.1 400 Bad Request\r\n\r\n",
            &done(0)[..9],
            &message(2, 0x65, b""),
            &message(0, 0x78, b""),
            &message(1, 0x65, b""),
            &message(1, 0x61, b""),
            &[0x30, 0x83, 1, 0, 1],
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
            &hostile,
            &endless,
        ] {
            assert!(matches!(search(said).await, Err(Error::Unreachable { .. })), "{said:?}");
        }
    }
}
