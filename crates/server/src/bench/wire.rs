//! HTTP/1.1 with as little work as will do, so that what is measured is the server and not who measures.
use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// No head that we meet is longer.
const LONGEST_HEAD: usize = 64 * 1024;

/// A kept connection, at either end of it.
pub(super) struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// How much of the buffer the last message took.
    taken: usize,
}

/// A request, or an answer.
pub(super) struct Message<'a> {
    pub(super) head: &'a str,
    pub(super) body: &'a [u8],
}

impl Wire {
    pub(super) async fn open(address: SocketAddr) -> io::Result<Self> {
        Self::on(TcpStream::connect(address).await?)
    }

    pub(super) fn on(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(4 * 1024), taken: 0 })
    }

    pub(super) async fn send(&mut self, message: &[u8]) -> io::Result<()> {
        self.stream.write_all(message).await
    }

    /// The next message; `None` once the other end has closed.
    pub(super) async fn next(&mut self) -> io::Result<Option<Message<'_>>> {
        self.buffer.drain(..self.taken);
        self.taken = 0;
        let end = loop {
            if let Some(at) = self.buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break at + 4;
            }
            if self.buffer.len() > LONGEST_HEAD {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "a head without end"));
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                let empty = self.buffer.is_empty();
                return if empty { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
        };
        let length = length(self.buffer.get(..end).unwrap_or_default())?;
        while self.buffer.len() < end + length {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        self.taken = end + length;
        let (head, rest) = self.buffer.split_at(end);
        let (body, _) = rest.split_at(length);
        Ok(Some(Message { head: text(head)?, body }))
    }

    /// Asks, and waits for the answer.
    pub(super) async fn ask(&mut self, request: &[u8]) -> io::Result<Message<'_>> {
        self.send(request).await?;
        self.next().await?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

impl Message<'_> {
    /// The status of an answer.
    pub(super) fn status(&self) -> u16 {
        self.head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
    }

    /// Method and target of a request.
    pub(super) fn asked(&self) -> (&str, &str) {
        let mut words = self.head.split(' ');
        (words.next().unwrap_or_default(), words.next().unwrap_or_default())
    }
}

fn text(head: &[u8]) -> io::Result<&str> {
    std::str::from_utf8(head).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))
}

/// How long the body behind a head is.
fn length(head: &[u8]) -> io::Result<usize> {
    let invalid = |what| io::Error::new(io::ErrorKind::InvalidData, what);
    let headers = text(head)?.lines().filter_map(|line| line.split_once(':'));
    for (name, value) in headers {
        if name.eq_ignore_ascii_case("content-length") {
            return value.trim().parse().map_err(|_error| invalid("a length that is none"));
        }
        if name.eq_ignore_ascii_case("transfer-encoding") {
            return Err(invalid("a body of unknown length"));
        }
    }
    Ok(0)
}

/// A request, ready to be sent; `headers` are whole lines.
pub(super) fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{method} {target} HTTP/1.1\r\n").into_bytes();
    for (name, value) in headers {
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    if !body.is_empty() {
        bytes.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}

/// An answer, ready to be sent.
pub(super) fn answer(status: &str, media_type: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
        .into_bytes()
}

/// An answer that sends whoever asked elsewhere.
pub(super) fn redirect(location: &str) -> Vec<u8> {
    format!("HTTP/1.1 308 Permanent Redirect\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn messages_in_pieces_and_together_come_apart_one_by_one() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (client, accepted) = tokio::join!(Wire::open(listener.local_addr().unwrap()), listener.accept());
        let (mut client, mut server) = (client.unwrap(), Wire::on(accepted.unwrap().0).unwrap());
        let first = request("POST", "/a", &[("host", "x")], b"one");
        let both = [first, request("GET", "/b", &[], b"")].concat();
        let sent = async {
            for piece in both.chunks(7) {
                client.send(piece).await.unwrap();
            }
            drop(client);
        };
        let read = async {
            let post = server.next().await.unwrap().unwrap();
            assert_eq!((post.asked(), post.body), (("POST", "/a"), b"one".as_slice()));
            let get = server.next().await.unwrap().unwrap();
            assert_eq!((get.asked(), get.body), (("GET", "/b"), b"".as_slice()));
            assert!(server.next().await.unwrap().is_none());
        };
        tokio::join!(sent, read);
    }

    #[test]
    fn an_answer_is_understood_by_its_status_and_length() {
        let bytes = answer("202 Accepted", "text/plain", "ok");
        let head = std::str::from_utf8(&bytes).unwrap();
        assert_eq!(Message { head, body: b"" }.status(), 202);
        assert_eq!(length(&bytes).unwrap(), 2);
        assert!(length(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").is_err());
    }
}
