//! A mail server that keeps what it gets: as much of SMTP as a client needs.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use app::Tasks;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::work::eventually;

/// A letter as it was handed in.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) raw: String,
}

impl Mail {
    /// Everything it says, with soft line breaks and escapes undone.
    pub(crate) fn text(&self) -> String {
        let joined = self.raw.replace("=\r\n", "").into_bytes();
        let (mut bytes, mut at) = (Vec::new(), 0);
        while let Some(byte) = joined.get(at) {
            let escaped = (*byte == b'=').then(|| joined.get(at + 1..at + 3)).flatten();
            let decoded = escaped.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
            bytes.push(decoded.unwrap_or(*byte));
            at += if decoded.is_some() { 3 } else { 1 };
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The path and query of the first link to `host`.
    pub(crate) fn link(&self, host: &str) -> String {
        let text = self.text();
        let after = text.split(&format!("http://{host}")).nth(1).unwrap_or_else(|| panic!("no link: {text}"));
        after.split(|c: char| c.is_whitespace() || c == '"' || c == '<').next().expect("a link").to_owned()
    }
}

/// The mail server of a story.
#[derive(Clone)]
pub(crate) struct PostOffice {
    port: u16,
    mails: Arc<Mutex<Vec<Mail>>>,
    /// How many letters are still turned away for the moment.
    busy: Arc<Mutex<u32>>,
    /// Who see to those who come.
    clerks: Tasks,
}

impl PostOffice {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let office = Self { port, mails: Arc::default(), busy: Arc::default(), clerks: Tasks::default() };
        let clerk = office.clone();
        office.clerks.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let one = clerk.clone();
                clerk.clerks.spawn(async move { drop(one.serve(stream).await) });
            }
        });
        office
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Turns the next letters away for the moment.
    pub(crate) fn be_busy(&self, letters: u32) {
        *self.busy.lock().unwrap() = letters;
    }

    async fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 office.test ESMTP\r\n").await?;
        let (mut to, mut line) = (String::new(), String::new());
        while stream.read_line(&mut line).await? > 0 {
            let command = line.trim_end().to_owned();
            line.clear();
            let answer: &[u8] = match command.split([' ', ':']).next().unwrap_or_default().to_uppercase().as_str() {
                "RCPT" if command.contains("nobody") => b"550 5.1.1 no such mailbox\r\n",
                "RCPT" => {
                    let address = command.split(['<', '>']).nth(1).unwrap_or_default();
                    address.clone_into(&mut to);
                    b"250 ok\r\n"
                }
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").await?;
                    let mut raw = String::new();
                    while stream.read_line(&mut raw).await? > 0 && !raw.ends_with("\r\n.\r\n") {}
                    let busy = {
                        let mut busy = self.busy.lock().unwrap();
                        let was = *busy;
                        *busy = was.saturating_sub(1);
                        was > 0
                    };
                    if busy {
                        b"451 4.3.0 later\r\n"
                    } else {
                        self.mails.lock().unwrap().push(Mail { to: to.clone(), raw });
                        b"250 ok\r\n"
                    }
                }
                "QUIT" => {
                    stream.write_all(b"221 bye\r\n").await?;
                    return Ok(());
                }
                _ => b"250 ok\r\n",
            };
            stream.write_all(answer).await?;
        }
        Ok(())
    }

    /// All letters to an address so far.
    pub(crate) fn letters_to(&self, address: &str) -> Vec<Mail> {
        self.mails.lock().unwrap().iter().filter(|mail| mail.to == address).cloned().collect()
    }

    /// The `n`th letter to an address.
    pub(crate) async fn letter(&self, address: &str, n: usize) -> Mail {
        eventually(&format!("letter {n} to {address}"), || async { self.letters_to(address).into_iter().nth(n) }).await
    }
}
