//! HTTP/1.1 by hand: what is sent is exactly what a test says, and what is received is kept as it came.

use std::io;
use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Header lines in their order, repeated ones too.
pub(crate) type Headers = Vec<(String, String)>;

/// A request, as it stands on the wire.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
}

/// An answer, as it stands on the wire.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
}

fn find<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

impl Request {
    /// A request of `url`'s path on `url`'s host.
    pub(crate) fn new(method: &str, url: &str) -> Self {
        let rest = url.strip_prefix("http://").unwrap_or_else(|| panic!("{url} is not plain http"));
        let at = rest.find('/').unwrap_or(rest.len());
        let (host, target) = rest.split_at(at);
        let target = if target.is_empty() { "/" } else { target };
        let headers = vec![("host".to_owned(), host.to_owned())];
        Self { method: method.to_owned(), target: target.to_owned(), headers, body: Vec::new() }
    }

    /// The same with one more header line.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with a body.
    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// The host asked for.
    pub(crate) fn host(&self) -> &str {
        self.header("host").unwrap_or_default()
    }

    /// The path without the query.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// Sends this to `address` on a connection of its own.
    pub(crate) async fn exchange(&self, address: SocketAddr) -> io::Result<Answer> {
        let mut stream = BufReader::new(TcpStream::connect(address).await?);
        stream.write_all(&self.bytes()).await?;
        read_answer(&mut stream, self.method == "HEAD").await
    }

    fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            if !name.eq_ignore_ascii_case("connection") {
                head.extend([name, ": ", value, "\r\n"]);
            }
        }
        let framed = ["content-length", "transfer-encoding"].iter().any(|name| self.header(name).is_some());
        if !framed && (!self.body.is_empty() || self.method == "POST") {
            head.extend(["content-length: ", &self.body.len().to_string(), "\r\n"]);
        }
        head.push_str("connection: close\r\n\r\n");
        [head.as_bytes(), &self.body].concat()
    }
}

impl Answer {
    pub(crate) fn status(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    pub(crate) fn json(media_type: &str, value: &Value) -> Self {
        let headers = vec![("content-type".to_owned(), media_type.to_owned())];
        Self { status: 200, headers, body: value.to_string().into_bytes() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub(crate) fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text()))
    }

    /// Writes this as the answer to a request.
    pub(crate) async fn write(&self, stream: &mut (impl AsyncWrite + Unpin), head_only: bool) -> io::Result<()> {
        let mut head = format!("HTTP/1.1 {} .\r\n", self.status);
        for (name, value) in &self.headers {
            if !["connection", "content-length", "transfer-encoding"].contains(&name.to_ascii_lowercase().as_str()) {
                head.extend([name, ": ", value, "\r\n"]);
            }
        }
        head.extend(["content-length: ", &self.body.len().to_string(), "\r\n\r\n"]);
        let body = if head_only { &[] } else { self.body.as_slice() };
        stream.write_all(&[head.as_bytes(), body].concat()).await?;
        stream.flush().await
    }
}

/// The next request on a connection; `None` when the other side has closed it.
pub(crate) async fn read_request(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Request>> {
    let Some((first, headers)) = read_head(stream).await? else { return Ok(None) };
    let mut words = first.split(' ').map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let body = read_body(stream, &headers, false).await?;
    Ok(Some(Request { method, target, headers, body }))
}

async fn read_answer(stream: &mut (impl AsyncBufRead + Unpin), head_only: bool) -> io::Result<Answer> {
    loop {
        let Some((first, headers)) = read_head(stream).await? else { return Err(io::ErrorKind::UnexpectedEof.into()) };
        let status = first.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or_default();
        if status == 100 {
            continue;
        }
        let bodiless = head_only || matches!(status, 204 | 304);
        let body = if bodiless { Vec::new() } else { read_body(stream, &headers, true).await? };
        return Ok(Answer { status, headers, body });
    }
}

async fn read_head(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<(String, Headers)>> {
    let mut first = String::new();
    if stream.read_line(&mut first).await? == 0 {
        return Ok(None);
    }
    let mut headers = Headers::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    Ok(Some((first.trim_end().to_owned(), headers)))
}

async fn read_body(
    stream: &mut (impl AsyncBufRead + Unpin),
    headers: &Headers,
    until_close: bool,
) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if find(headers, "transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        loop {
            let mut size = String::new();
            stream.read_line(&mut size).await?;
            let size = usize::from_str_radix(size.trim(), 16).map_err(io::Error::other)?;
            let mut chunk = vec![0; size + 2];
            stream.read_exact(&mut chunk).await?;
            if size == 0 {
                return Ok(body);
            }
            body.extend_from_slice(&chunk[..size]);
        }
    } else if let Some(length) = find(headers, "content-length") {
        body.resize(length.parse().map_err(io::Error::other)?, 0);
        stream.read_exact(&mut body).await?;
    } else if until_close {
        stream.read_to_end(&mut body).await?;
    }
    Ok(body)
}
