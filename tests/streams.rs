//! Streams over real connections: a WebSocket, and server-sent events.
use std::net::Ipv4Addr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::network::{Program, on_both};

const PATIENCE: Duration = Duration::from_secs(10);

/// Sends the head of a request and reads that of the answer.
async fn open(program: &Program, path: &str, headers: &str) -> (TcpStream, String) {
    let address = program.url("").trim_start_matches("http://").to_owned();
    let mut socket = TcpStream::connect(&address).await.unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{headers}\r\n");
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let byte = timeout(PATIENCE, socket.read_u8()).await.expect("an answer").unwrap();
        answer.push(byte);
    }
    (socket, String::from_utf8(answer).unwrap().to_lowercase())
}

/// The next text of a WebSocket (RFC 6455, section 5.2); what the server sends is not masked.
async fn frame(socket: &mut TcpStream) -> Value {
    let read = async {
        loop {
            let (kind, length) = (socket.read_u8().await.unwrap(), socket.read_u8().await.unwrap());
            let length = match length {
                126 => u64::from(socket.read_u16().await.unwrap()),
                127 => socket.read_u64().await.unwrap(),
                short => u64::from(short),
            };
            let mut payload = vec![0; usize::try_from(length).unwrap()];
            socket.read_exact(&mut payload).await.unwrap();
            if kind & 0x0f == 1 {
                return serde_json::from_slice(&payload).unwrap();
            }
        }
    };
    timeout(PATIENCE, read).await.expect("a frame")
}

/// A text as clients send it, under a mask of zeros.
async fn say(socket: &mut TcpStream, text: &str) {
    let length = u8::try_from(text.len()).expect("a short text");
    assert!(length < 126);
    let mut bytes = vec![0x81, 0x80 | length, 0, 0, 0, 0];
    bytes.extend_from_slice(text.as_bytes());
    socket.write_all(&bytes).await.unwrap();
}

async fn post(program: &Program, token: &str, text: &str) {
    let body = format!("status={text}");
    let headers = format!(
        "Authorization: Bearer {token}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
        body.len()
    );
    let address = program.url("").trim_start_matches("http://").to_owned();
    let mut socket = TcpStream::connect(&address).await.unwrap();
    let head = format!("POST /api/v1/statuses HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\r\n{body}");
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    timeout(PATIENCE, socket.read_to_string(&mut answer)).await.expect("an answer").unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

async fn clients_hear_over_both_kinds_of_connections() {
    let mut town = Program::install(Ipv4Addr::new(127, 0, 0, 43));
    town.person("ana").await;
    let token = town.json(&["token", "create", "ana", "--scopes", "read write", "--json"], "").await;
    let token = token["access_token"].as_str().unwrap().to_owned();
    town.start().await;

    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let headers = format!("{upgrade}Sec-WebSocket-Protocol: {token}\r\n");
    let (mut socket, answer) = open(&town, "/api/v1/streaming/?stream=user", &headers).await;
    assert!(answer.starts_with("http/1.1 101"), "{answer}");
    assert!(answer.contains("s3pplmbitxaq9kygzzhzrbk+xoo="), "the answer to the key: {answer}");
    assert!(answer.contains(&format!("sec-websocket-protocol: {}", token.to_lowercase())), "{answer}");
    let (mut events, head) =
        open(&town, "/api/v1/streaming/public/local", &format!("Authorization: Bearer {token}\r\n")).await;
    assert!(head.starts_with("http/1.1 200") && head.contains("text/event-stream"), "{head}");

    post(&town, &token, "hola").await;
    let update = frame(&mut socket).await;
    assert_eq!((&update["stream"][0], &update["event"]), (&Value::from("user"), &Value::from("update")));
    let status: Value = serde_json::from_str(update["payload"].as_str().unwrap()).unwrap();
    assert_eq!(status["content"], "<p>hola</p>");
    let mut lines = String::new();
    let read = async {
        while !lines.contains("data: {") {
            let mut piece = [0; 4096];
            let length = events.read(&mut piece).await.unwrap();
            lines.push_str(&String::from_utf8_lossy(&piece[..length]));
        }
    };
    timeout(PATIENCE, read).await.expect("an event");
    assert!(lines.contains("event: update\n"), "{lines}");

    say(&mut socket, r#"{"type":"subscribe","stream":"public:local"}"#).await;
    say(&mut socket, r#"{"type":"unsubscribe","stream":"user"}"#).await;
    say(&mut socket, r#"{"type":"subscribe","stream":"nothing"}"#).await;
    assert!(frame(&mut socket).await["error"].is_string());
    post(&town, &token, "otra").await;
    assert_eq!(frame(&mut socket).await["stream"][0], "public:local");

    let (_, head) = open(&town, "/api/v1/streaming?stream=user", upgrade).await;
    assert!(head.starts_with("http/1.1 401"), "{head}");
    // Open streams do not keep the program from ending.
    assert_eq!(timeout(PATIENCE, town.stop()).await.expect("it stops soon"), Some(0));
}

on_both![clients_hear_over_both_kinds_of_connections];
